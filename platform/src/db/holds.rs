//! Whether there is a database to read. Asking makes nothing.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::{Address, OpenError};

impl Address {
    /// Whether a database is there that this system made. What else is there is left as it is.
    pub async fn holds_house(&self) -> Result<bool, OpenError> {
        let (tables,): (i64,) = match self {
            Self::Sqlite(file) if !file.is_file() => return Ok(false),
            Self::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).read_only(true);
                let mut held = options.connect().await?;
                let sql = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' \
                           AND name IN ('_sqlx_migrations', 'audit_entries')";
                let found = sqlx::query_as(sql).fetch_one(&mut held).await?;
                held.close().await?;
                found
            }
            Self::Postgres(url) => {
                let mut held = PgConnectOptions::from_str(url)?.connect().await?;
                let sql = "SELECT COUNT(*) FROM (VALUES ('_sqlx_migrations'), ('audit_entries')) made (name) \
                           WHERE to_regclass(name) IS NOT NULL";
                let found = sqlx::query_as(sql).fetch_one(&mut held).await?;
                held.close().await?;
                found
            }
        };
        Ok(tables == 2)
    }
}
