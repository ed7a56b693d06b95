//! SQL of the backup.

use std::path::Path;

use anyhow::{Context, Result};

pub(super) async fn copy_sqlite(read: &sqlx::SqlitePool, to: &Path) -> Result<()> {
    let path = to.to_str().context("the temporary folder’s name is not text")?;
    // VACUUM INTO writes a consistent copy from one snapshot while writers go on.
    sqlx::query("VACUUM INTO $1").bind(path).execute(read).await?;
    Ok(())
}
