//! A file as it comes in: it goes straight to the store, and no transaction waits for it.

use axum::body::Body;
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use futures::{Stream, StreamExt};
use platform::import::run;
use platform::import::{Import, ImportKind};
use platform::{Cx, Error, Result};

/// In bytes.
const LONGEST_KIND: usize = 100;

/// What a sender says that the file holds. Nobody's file is received who may not bring it in.
fn told(cx: &Cx, kind: &str) -> Result<&'static dyn ImportKind> {
    let found = cx.house.import_kind(kind).ok_or_else(|| Error::invalid("kind", "import-kind-missing"))?;
    cx.require(found.permission())?;
    Ok(found)
}

/// A file in a form whose `kind` comes before it; `chosen` is what the form says that it holds.
pub(super) async fn parts(cx: &mut Cx, mut parts: Multipart, chosen: &mut String) -> Result<Import> {
    let broken = |_| Error::conflict("form-broken-off");
    let mut kind = if chosen.is_empty() { None } else { Some(told(cx, chosen)?) };
    while let Some(mut field) = parts.next_field().await.map_err(broken)? {
        match field.name() {
            Some("kind") => {
                let mut named = Vec::new();
                while let Some(part) = field.chunk().await.map_err(broken)? {
                    named.extend_from_slice(&part);
                    // A file may be as large as it likes; the name of a kind is not held in memory without end.
                    if named.len() > LONGEST_KIND {
                        return Err(Error::invalid("kind", "import-kind-missing"));
                    }
                }
                *chosen = String::from_utf8_lossy(&named).into_owned();
                kind = Some(told(cx, chosen)?);
            }
            Some("file") => {
                let kind = kind.ok_or_else(|| Error::invalid("kind", "import-kind-missing"))?;
                let name = named(&field);
                return keep(cx, kind, &name, field).await;
            }
            _ => {}
        }
    }
    Err(Error::invalid("file", "import-file-missing"))
}

fn named(field: &Field<'_>) -> String {
    field.file_name().unwrap_or("file").to_owned()
}

/// A file that is the whole of what is sent.
pub(super) async fn whole(cx: &mut Cx, kind: &str, name: &str, body: Body) -> Result<Import> {
    let kind = told(cx, kind)?;
    keep(cx, kind, if name.is_empty() { "file" } else { name }, body.into_data_stream().boxed()).await
}

async fn keep<S, B, E>(cx: &mut Cx, kind: &'static dyn ImportKind, name: &str, content: S) -> Result<Import>
where
    S: Stream<Item = std::result::Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
    E: std::error::Error + Send + Sync + 'static,
{
    let received = cx.house.files.receive(content, run::MOST_BYTES).await?;
    if received.size == 0 {
        return Err(Error::invalid("file", "import-file-missing"));
    }
    run::upload(cx, kind, name, received).await
}
