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
                Dialect::Sqlite => for_sqlite(migration.sqlite),
                Dialect::Postgres => migration.postgres.to_owned(),
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

/// Says in SQLite's words where the key of a table is the place of its row. A `BIGINT` key would be
/// an index of its own beside the rows, and so would a key of several columns: each look-up would
/// descend two trees, and each insert fill both.
fn for_sqlite(text: &str) -> String {
    let mut left = text.replace("BIGINT NOT NULL PRIMARY KEY", "INTEGER NOT NULL PRIMARY KEY");
    let mut done = String::with_capacity(left.len());
    while let Some(key) = left.find("PRIMARY KEY (") {
        let end = left[key..].find(')').map_or(left.len(), |end| key + end + 1);
        done.push_str(&left[..end]);
        left.drain(..end);
        if let Some(rest) = left.strip_prefix("\n);") {
            done.push_str("\n) WITHOUT ROWID;");
            left = rest.to_owned();
        }
    }
    done + &left
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

#[cfg(test)]
mod tests {
    use super::for_sqlite;

    #[test]
    fn a_key_is_the_place_of_its_row() {
        let table = "CREATE TABLE a (\n    id BIGINT NOT NULL PRIMARY KEY,\n    b_id BIGINT REFERENCES b (id)\n);\n";
        assert_eq!(for_sqlite(table), table.replace("id BIGINT NOT NULL", "id INTEGER NOT NULL"));
        let pair = "CREATE TABLE a (\n    b BIGINT NOT NULL,\n    PRIMARY KEY (b, c)\n);\nCREATE INDEX x ON a (c);\n";
        assert_eq!(for_sqlite(pair), pair.replace("\n);", "\n) WITHOUT ROWID;"));
        assert_eq!(for_sqlite("PRIMARY KEY (b, c),\n  UNIQUE (c)\n);"), "PRIMARY KEY (b, c),\n  UNIQUE (c)\n);");
    }
}
