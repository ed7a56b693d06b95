//! `oases export`: records of a kind, through the same exporter as a list's.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use platform::Way;
use platform::export::{self, Format};
use platform::house::House;

use crate::cli::ExportFormat;
use crate::say::{self, said};

pub async fn export(
    house: &Arc<House>,
    kind: &str,
    format: ExportFormat,
    filter: &str,
    out: Option<PathBuf>,
) -> Result<()> {
    let kind = house.export_kind(kind).ok_or_else(|| {
        let kinds: Vec<&str> = house.exports.iter().map(|kind| kind.name()).collect();
        anyhow!("there is no export of “{kind}”; there are {}", kinds.join(", "))
    })?;
    let format = match format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Xlsx => Format::Xlsx,
        ExportFormat::Json => Format::Json,
    };
    if out.is_none() && format == Format::Xlsx {
        bail!("say where to write the workbook: --out FILE.xlsx");
    }
    let mut cx = house.cx_operator("command line", Way::Command);
    let file = export::to_file(&mut cx, kind, filter, format).await;
    let file = file.map_err(|error| said(&cx, error))?;
    cx.commit().await?;
    match out {
        Some(path) => {
            place(file.path(), &path).with_context(|| format!("{} can't be written", path.display()))?;
        }
        None => {
            let mut from = std::fs::File::open(file.path())?;
            let mut to = std::io::stdout().lock();
            say::heard(std::io::copy(&mut from, &mut to).and_then(|_| to.flush()))?;
        }
    }
    Ok(())
}

/// Puts a whole file in its place, or none: what breaks off leaves nothing behind, and what was there stays until then.
fn place(from: &Path, to: &Path) -> std::io::Result<()> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if to.exists() && !to.is_file() {
        // A pipe or a device is written to as it stands.
        return std::fs::copy(from, to).map(drop);
    }
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    std::io::copy(&mut std::fs::File::open(from)?, &mut part)?;
    // As an ordinary file would have been made, and not for its writer alone.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        part.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    part.persist(to)?;
    Ok(())
}
