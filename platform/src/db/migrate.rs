//! Migrations: dated files in the rooms, forward only, merged by date at start.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrationType, Migrator};
use sqlx::{Acquire, AssertSqlSafe, SqlSafeStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// One step forward: `version` is its date and a number, `2026112401`.
///
/// Where one text can't serve both databases, the pair stands side by side.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Migration {
    pub const fn both(version: i64, name: &'static str, sql: &'static str) -> Self {
        Self { version, name, sqlite: sql, postgres: sql }
    }

    pub const fn pair(version: i64, name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { version, name, sqlite, postgres }
    }
}

pub(super) async fn run<'a, A>(database: A, dialect: Dialect, migrations: Vec<Migration>) -> Result<(), MigrateError>
where
    A: Acquire<'a>,
    <A::Connection as std::ops::Deref>::Target: Migrate,
{
    let steps = migrations
        .into_iter()
        .map(|migration| {
            let sql = match dialect {
                Dialect::Sqlite => migration.sqlite,
                Dialect::Postgres => migration.postgres,
            };
            sqlx::migrate::Migration::new(
                migration.version,
                Cow::Borrowed(migration.name),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(steps).run(database).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => MigrateError::Newer(version),
        other => MigrateError::Step(other),
    })
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(
        "this database was made by a newer version of Oases (it knows step {0}); use that version, or restore a backup"
    )]
    Newer(i64),
    #[error("the database can't be brought to this version's shape: {0}")]
    Step(#[from] sqlx::migrate::MigrateError),
}
