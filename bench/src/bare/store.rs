//! The bare statements that stand beside each measure, and the records that are asked for.
//!
//! A bare statement is what the database alone must do: no permission, no audit, no page.

use std::str::FromStr;
use std::time::Instant;

use anyhow::{Context, Result};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::place::Place;

pub const ENTERPRISE: &[&str] = &[
    "SELECT id, reference, survivor_id, kind, name, second_name, tier, team_id, owner_id, reporting_origin, website, \
     description, version, created_at, updated_at FROM enterprises WHERE id = $1",
    "SELECT id, name, language, kind FROM enterprise_names WHERE enterprise_id = $1 ORDER BY id",
    "SELECT id, scheme, register, value FROM enterprise_identifiers WHERE enterprise_id = $1 ORDER BY id",
    "SELECT industry, valid_from, valid_to FROM enterprise_industries WHERE enterprise_id = $1 ORDER BY valid_from, id",
];
pub const HISTORY: &str = "SELECT id, at, actor_name, verb, note, detail FROM audit_entries
    WHERE subject_kind = 'enterprise' AND subject_id = $1 ORDER BY id DESC LIMIT 8";
pub const LIST: &str =
    "SELECT e.id, e.reference, e.kind, e.name, e.second_name, e.tier, e.reporting_origin, e.updated_at
    FROM enterprises e WHERE e.merged_into IS NULL AND e.retired_at IS NULL AND e.tier <= 1
    AND e.industries LIKE '%,' || $1 || ',%' AND COALESCE(e.reporting_origin, '') = $2 AND e.kind = $3 AND (e.name_key, e.id) > ($4, $5)
    ORDER BY e.name_key, e.id LIMIT 51";
pub const TYPEAHEAD: &str = "SELECT e.id, e.name, e.second_name, e.reference FROM (
      SELECT DISTINCT enterprise_id FROM (
        SELECT enterprise_id FROM enterprise_name_keys WHERE key >= $1 AND key < $2 ORDER BY key, enterprise_id LIMIT 80
      ) k) found JOIN enterprises e ON e.id = found.enterprise_id";
pub const EDIT: &str = "UPDATE enterprises SET website = 'https://bare.example', version = version + 1 WHERE id = $1";
pub const ENTRY: &str = "INSERT INTO ledger_entries (id, project_id, measure, kind, amount, unit, base_amount, basis,
      effective_on, recorded_at, recorded_by_name)
    VALUES ($1, $2, 'investment', 'pledged', 100, 'HKD', 100, 'coming_years', '2026-10-01', 1793491200000000, 'bare')";
pub const FIGURES: &[&str] = &[
    "SELECT measure, kind, CAST(SUM(base_amount) AS BIGINT), COUNT(DISTINCT project_id) FROM ledger_entries
     WHERE effective_on <= '2025-06-30' GROUP BY measure, kind",
    "SELECT kind, COUNT(DISTINCT project_id), 0, 0 FROM milestones
     WHERE effective_on <= '2025-06-30' AND superseded_at IS NULL GROUP BY kind",
];
pub const CROSSTAB: &[&str] = &["SELECT i.industry, e.reporting_origin, p.nature, CAST(SUM(l.base_amount) AS BIGINT)
    FROM ledger_entries l JOIN projects p ON p.id = l.project_id JOIN enterprises e ON e.id = p.enterprise_id
    JOIN enterprise_industries i ON i.enterprise_id = e.id AND i.valid_from <= '2025-06-30'
      AND (i.valid_to IS NULL OR i.valid_to >= '2025-06-30') AND i.superseded_at IS NULL
    WHERE l.measure = 'investment' AND l.kind IN ('pledged', 'revised', 'withdrawn')
      AND l.effective_on <= '2025-06-30'
    GROUP BY i.industry, e.reporting_origin, p.nature"];
pub const POINT: &str = "UPDATE enterprises SET survivor_id = $2, merged_into = $2 WHERE survivor_id = $1";

#[derive(Clone, Debug)]
pub enum Value {
    Int(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

/// One connection of our own, beside the server's.
pub enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

macro_rules! with_values {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        query
    }};
}

macro_rules! on {
    ($bare:expr, $db:ident => $run:expr) => {
        match $bare {
            Bare::Sqlite($db) => $run,
            Bare::Postgres($db) => $run,
        }
    };
}

impl Bare {
    pub async fn open(place: &Place) -> Result<Self> {
        Ok(match &place.database {
            None => Self::Sqlite(
                SqliteConnectOptions::new()
                    .filename(place.sqlite_file())
                    .busy_timeout(std::time::Duration::from_secs(30))
                    .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                    .pragma("cache_size", "-16000")
                    .pragma("mmap_size", "268435456")
                    .connect()
                    .await?,
            ),
            Some(url) => Self::Postgres(PgConnectOptions::from_str(url)?.connect().await?),
        })
    }

    async fn fetch(&mut self, sql: &'static str, values: &[Value]) -> Result<usize> {
        Ok(on!(self, db => with_values!(sqlx::query(sql), values).fetch_all(db).await?.len()))
    }

    async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<()> {
        on!(self, db => with_values!(sqlx::query(sql), values).execute(db).await.map(drop)?);
        Ok(())
    }

    /// The middle time of these reads, in milliseconds, over a list of what they are asked with.
    pub async fn reads(&mut self, statements: &[&'static str], asked: &[Vec<Value>]) -> Result<f64> {
        let mut millis = Vec::with_capacity(asked.len());
        for values in asked {
            let started = Instant::now();
            for sql in statements {
                self.fetch(sql, values).await?;
            }
            millis.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(middle(millis))
    }

    /// The middle time of one write and its commit.
    pub async fn writes(&mut self, sql: &'static str, asked: &[Vec<Value>]) -> Result<f64> {
        let mut millis = Vec::with_capacity(asked.len());
        for values in asked {
            let started = Instant::now();
            self.execute("BEGIN", &[]).await?;
            self.execute(sql, values).await?;
            self.execute("COMMIT", &[]).await?;
            millis.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(middle(millis))
    }

    /// As [`Bare::writes`], but nothing of it is kept.
    pub async fn tries(&mut self, sql: &'static str, asked: &[Vec<Value>]) -> Result<f64> {
        let mut millis = Vec::with_capacity(asked.len());
        for values in asked {
            let started = Instant::now();
            self.execute("BEGIN", &[]).await?;
            self.execute(sql, values).await?;
            self.execute("ROLLBACK", &[]).await?;
            millis.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(middle(millis))
    }

    /// Enterprises that every officer may see, spread over the whole table: (key, version).
    pub async fn enterprises(&mut self) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT id, version FROM enterprises WHERE tier <= 1 AND merged_into IS NULL AND retired_at IS NULL
                   AND (id / 4096) % 41 = 7 ORDER BY id LIMIT 20000";
        Ok(on!(self, db => sqlx::query_as(sql).fetch_all(db).await?))
    }

    /// Projects that every officer may see and enter amounts for.
    pub async fn projects(&mut self) -> Result<Vec<i64>> {
        let sql = "SELECT p.id FROM projects p JOIN enterprises e ON e.id = p.enterprise_id
                   WHERE p.tier <= 1 AND e.tier <= 1 AND p.status IN ('active', 'delayed') AND p.retired_at IS NULL
                   AND (p.id / 4096) % 11 = 3 ORDER BY p.id LIMIT 20000";
        let rows: Vec<(i64,)> = on!(self, db => sqlx::query_as(sql).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The first two enterprises, which share the relations of [`crate::data`].
    pub async fn related(&mut self) -> Result<(i64, i64)> {
        let sql = "SELECT MAX(enterprise_id), MIN(enterprise_id) FROM (
                     SELECT enterprise_id FROM people GROUP BY enterprise_id HAVING COUNT(*) > 1000) related";
        Ok(on!(self, db => sqlx::query_as(sql).fetch_one(db).await?))
    }

    /// Where a page of a filtered list begins: the order's columns of the row before it.
    pub async fn mark(
        &mut self,
        industry: &str,
        origin: &str,
        kind: &str,
        after: i64,
    ) -> Result<Option<(String, i64)>> {
        let sql = "SELECT e.name_key, e.id FROM enterprises e WHERE e.merged_into IS NULL AND e.retired_at IS NULL
                   AND e.tier <= 1 AND e.industries LIKE '%,' || $1 || ',%'
                   AND COALESCE(e.reporting_origin, '') = $2 AND e.kind = $3 ORDER BY e.name_key, e.id LIMIT 1 OFFSET $4";
        Ok(on!(self, db => sqlx::query_as(sql).bind(industry).bind(origin).bind(kind).bind(after - 1)
            .fetch_optional(db).await?))
    }

    /// How far an import is: its state, and the rows kept so far.
    pub async fn import(&mut self, id: i64) -> Result<(String, i64, i64, i64)> {
        let sql = "SELECT state, created, reversed, refused + resembling FROM imports WHERE id = $1";
        Ok(on!(self, db => sqlx::query_as(sql).bind(id).fetch_one(db).await?))
    }

    /// The database's own name for its version.
    pub async fn version(&mut self) -> Result<String> {
        let (version,): (String,) = match self {
            Self::Sqlite(db) => sqlx::query_as("SELECT 'SQLite ' || sqlite_version()").fetch_one(db).await?,
            Self::Postgres(db) => {
                sqlx::query_as("SELECT 'PostgreSQL ' || current_setting('server_version')").fetch_one(db).await?
            }
        };
        Ok(version)
    }

    /// How much room the database takes, in megabytes.
    pub async fn megabytes(&mut self) -> Result<i64> {
        let (bytes,): (i64,) = match self {
            Self::Sqlite(db) => {
                let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
                sqlx::query_as(sql).fetch_one(db).await?
            }
            Self::Postgres(db) => sqlx::query_as("SELECT pg_database_size(current_database())").fetch_one(db).await?,
        };
        Ok(bytes >> 20)
    }
}

fn middle(mut millis: Vec<f64>) -> f64 {
    millis.sort_by(f64::total_cmp);
    millis.get(millis.len() / 2).copied().unwrap_or_default()
}

/// Makes an empty database for the data, or a copy of it to measure on: what is measured may write.
pub async fn make_database(place: &Place, copy: bool) -> Result<()> {
    let url = place.database_named("postgres").context("only PostgreSQL has databases to make")?;
    let mut connection = PgConnectOptions::from_str(&url)?.connect().await?;
    let statements = if copy {
        [
            "DROP DATABASE IF EXISTS oases_bench_run WITH (FORCE)",
            "CREATE DATABASE oases_bench_run TEMPLATE oases_bench STRATEGY FILE_COPY",
        ]
    } else {
        ["DROP DATABASE IF EXISTS oases_bench WITH (FORCE)", "CREATE DATABASE oases_bench"]
    };
    for sql in statements {
        sqlx::query(sql).execute(&mut connection).await?;
    }
    Ok(())
}

/// Takes the copy away again.
pub async fn drop_copy(place: &Place) -> Result<()> {
    let url = place.database_named("postgres").context("only PostgreSQL has databases to drop")?;
    let mut connection = PgConnectOptions::from_str(&url)?.connect().await?;
    sqlx::query("DROP DATABASE IF EXISTS oases_bench_run WITH (FORCE)").execute(&mut connection).await?;
    Ok(())
}
