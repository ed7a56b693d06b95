//! `oases backup` and `oases restore`: one file with the database, the files and a manifest.
//!
//! SQLite is copied by its own online copy, PostgreSQL by its own dump; both while serving. The
//! manifest carries the audit chains' heads, so that a later rewrite shows, and the digest of all
//! else in the file, so that damage does.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use platform::db::Db;
use platform::house::House;
use platform::{Cx, Way, audit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod postgres;
mod restore;
mod store;

pub use restore::restore;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    version: String,
    made_at: String,
    /// `sqlite` or `postgres`: a backup is restored into the kind it came from.
    database: String,
    audit_heads: Vec<String>,
    /// SHA-256 in hexadecimal of the database and of each file, by their names in the backup. Backups of earlier
    /// versions have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    digests: Option<BTreeMap<String, String>>,
}

const DATABASE: &str = "database";
const FILES: &str = "files";
const MANIFEST: &str = "manifest.json";

pub async fn backup(house: &Arc<House>, to: &Path) -> Result<()> {
    ensure!(!to.exists(), "{} is already there", to.display());
    let operator = house.cx_operator("command line", Way::Command);
    let mut cx = Cx::reading(house.clone(), operator.actor, operator.way, operator.language);
    let made_at = cx.now().to_string();
    let folder = tempfile::tempdir()?;
    let database = folder.path().join(DATABASE);
    // The heads are those of what is copied: others write meanwhile.
    let (kind, audit_heads) = match &house.db {
        Db::Sqlite { read, .. } => {
            store::copy_sqlite(read, &database).await?;
            ("sqlite", store::heads_of_copy(&database).await?)
        }
        Db::Pg { .. } => {
            let snapshot = store::snapshot(&mut cx).await?;
            let heads = audit::heads(&mut cx).await?;
            postgres::dump(&house.config.database, &snapshot, &database)?;
            ("postgres", heads)
        }
    };
    cx.undo().await?;
    let beside = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What breaks off leaves nothing behind.
    let making =
        tempfile::NamedTempFile::new_in(beside).with_context(|| format!("{} can't be written", to.display()))?;
    let mut tar = tar::Builder::new(GzEncoder::new(making.as_file().try_clone()?, Compression::fast()));
    let mut digests = BTreeMap::new();
    let files = house.files.folder();
    let held = if files.is_dir() { walk(files, &format!("{FILES}/"))? } else { Vec::new() };
    for (name, path) in std::iter::once((DATABASE.to_owned(), database)).chain(held) {
        if let Some(digest) = append(&mut tar, &name, &path)? {
            digests.insert(name, digest);
        }
    }
    let (version, database) = (env!("CARGO_PKG_VERSION").to_owned(), kind.to_owned());
    let manifest = Manifest { version, made_at, database, audit_heads, digests: Some(digests) };
    let text = serde_json::to_vec_pretty(&manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, MANIFEST, &text[..])?;
    tar.into_inner()?.finish()?.sync_all()?;
    making.persist_noclobber(to)?;
    say!("{} holds everything as at {}", to.display(), manifest.made_at)?;
    Ok(())
}

/// Adds a file and answers its digest; none where it is gone meanwhile, as what comes in and is not kept goes.
fn append<W: Write>(tar: &mut tar::Builder<W>, name: &str, path: &Path) -> Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(|| format!("{}", path.display()))?,
    };
    let metadata = file.metadata()?;
    let mut header = tar::Header::new_gnu();
    header.set_metadata(&metadata);
    // What comes in may grow while it is read.
    let mut reader = Digesting::new(file.take(metadata.len()));
    tar.append_data(&mut header, name, &mut reader)?;
    ensure!(reader.inner.limit() == 0, "{} became shorter while it was read", path.display());
    Ok(Some(reader.digest()))
}

/// The files of a folder and of those in it: their names in a backup, with `/` between folders, and where they are.
fn walk(folder: &Path, under: &str) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a file’s name is not text")?;
        let name = format!("{under}{name}");
        if entry.file_type()?.is_dir() {
            found.extend(walk(&entry.path(), &format!("{name}/"))?);
        } else {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// Digests what is read through it.
struct Digesting<R> {
    inner: R,
    digest: Sha256,
}

impl<R> Digesting<R> {
    fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    /// SHA-256 of what was read, in hexadecimal.
    fn digest(self) -> String {
        data_encoding::HEXLOWER.encode(&self.digest.finalize())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.digest.update(&bytes[..read]);
        Ok(read)
    }
}
