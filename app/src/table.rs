//! `oases export`: records of a kind, through the same exporter as a list's.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use platform::Way;
use platform::export::{self, Format};
use platform::house::House;

use crate::cli::ExportFormat;
use crate::say;

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
    let file = export::to_file(&mut cx, kind, filter, format).await?;
    cx.commit().await?;
    match out {
        Some(path) => {
            std::fs::copy(file.path(), &path)?;
        }
        None => {
            let mut from = std::fs::File::open(file.path())?;
            let mut to = std::io::stdout().lock();
            say::heard(std::io::copy(&mut from, &mut to).and_then(|_| to.flush()))?;
        }
    }
    Ok(())
}
