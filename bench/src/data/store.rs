//! SQL of the made-up office: how its rows go in by the thousand.
//!
//! One constant text for each table and database: SQLite takes a JSON list of rows as a single
//! parameter, PostgreSQL takes COPY.

use anyhow::Result;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::str::FromStr;
use time::Date;

use crate::place::Place;

/// A table of the office, and how rows are put into it.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! table {
    ($table:literal: $first:literal $(, $place:literal $column:literal)*) => {
        Table {
            sqlite: concat!("INSERT INTO ", $table, " (", $first, $(", ", $column,)* ") SELECT value->>0",
                $(", value->>", $place,)* " FROM json_each($1)"),
            postgres: concat!("COPY ", $table, " (", $first, $(", ", $column,)* ") FROM STDIN"),
        }
    };
}

pub const ACCOUNTS: Table = table!("accounts": "id", 1 "email", 2 "name", 3 "roles", 4 "language", 5 "password_hash",
    6 "version", 7 "created_at");
pub const ACCOUNT_TEAMS: Table = table!("account_teams": "account_id", 1 "team_id");
pub const API_KEYS: Table = table!("api_keys": "id", 1 "account_id", 2 "label", 3 "start", 4 "key_hash", 5 "scopes",
    6 "expires_on", 7 "created_at");
pub const READERS: Table = table!("readers": "subject_kind", 1 "subject_id", 2 "account_id", 3 "added_at");
pub const ENTERPRISES: Table = table!("enterprises": "id", 1 "reference", 2 "survivor_id", 3 "kind", 4 "name",
    5 "name_language", 6 "second_name", 7 "second_language", 8 "name_key", 9 "tier", 10 "team_id", 11 "owner_id",
    12 "incorporation", 13 "headquarters", 14 "reporting_origin", 15 "value_chain", 16 "website", 17 "description",
    18 "version", 19 "created_at", 20 "updated_at", 21 "industries");
pub const NAMES: Table = table!("enterprise_names": "id", 1 "enterprise_id", 2 "name", 3 "language", 4 "kind",
    5 "name_key");
pub const NAME_KEYS: Table = table!("enterprise_name_keys": "key", 1 "enterprise_id");
pub const IDENTIFIERS: Table = table!("enterprise_identifiers": "id", 1 "enterprise_id", 2 "scheme", 3 "register",
    4 "value");
pub const INDUSTRIES: Table = table!("enterprise_industries": "id", 1 "enterprise_id", 2 "industry", 3 "valid_from",
    4 "valid_to", 5 "recorded_at");
pub const PEOPLE: Table = table!("people": "id", 1 "enterprise_id", 2 "name", 3 "name_key", 4 "languages",
    5 "version", 6 "created_at");
pub const PERSON_KEYS: Table = table!("person_name_keys": "key", 1 "person_id");
pub const POSTS: Table = table!("person_posts": "id", 1 "person_id", 2 "enterprise_id", 3 "title", 4 "version",
    5 "recorded_at");
pub const CONTACTS: Table = table!("person_contacts": "id", 1 "person_id", 2 "kind", 3 "value", 4 "version",
    5 "recorded_at");
pub const CONSENTS: Table = table!("person_consents": "id", 1 "person_id", 2 "given_on", 3 "how", 4 "purpose",
    5 "version", 6 "recorded_at");
pub const PROJECTS: Table = table!("projects": "id", 1 "reference", 2 "enterprise_id", 3 "title", 4 "title_key",
    5 "nature", 6 "hq_kind", 7 "activities", 8 "stage", 9 "status", 10 "proposal_received_on", 11 "assessment",
    12 "tier", 13 "team_id", 14 "owner_id", 15 "version", 16 "created_at", 17 "updated_at");
pub const PROJECT_KEYS: Table = table!("project_search_keys": "key", 1 "project_id");
pub const FACTS: Table = table!("project_facts": "id", 1 "project_id", 2 "field", 3 "value", 4 "effective_on",
    5 "recorded_at");
pub const PASSAGES: Table = table!("gate_passages": "id", 1 "project_id", 2 "from_stage", 3 "into_stage",
    4 "effective_on", 5 "passed_at", 6 "passed_by", 7 "passed_by_name", 8 "unmet");
pub const EVIDENCE: Table = table!("evidence": "id", 1 "project_id", 2 "kind", 3 "dated_on", 4 "reference",
    5 "recorded_at", 6 "recorded_by_name");
pub const MILESTONES: Table = table!("milestones": "id", 1 "project_id", 2 "kind", 3 "effective_on", 4 "batch",
    5 "recorded_at", 6 "recorded_by_name");
pub const LEDGER: Table = table!("ledger_entries": "id", 1 "project_id", 2 "measure", 3 "kind", 4 "amount", 5 "unit",
    6 "base_amount", 7 "basis", 8 "effective_on", 9 "recorded_at", 10 "recorded_by", 11 "recorded_by_name",
    12 "evidence");
pub const AUDIT: Table = table!("audit_entries": "id", 1 "lane", 2 "seq", 3 "at", 4 "actor_id", 5 "actor_name",
    6 "way", 7 "verb", 8 "subject_kind", 9 "subject_id", 10 "subject_label", 11 "subject_version", 12 "detail",
    13 "hash");

/// A cell of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Nothing,
    Int(i64),
    Text(&'a str),
    Day(Date),
}

macro_rules! cell_from {
    ($($type:ty, $value:ident => $cell:expr;)*) => {$(
        impl<'a> From<$type> for Cell<'a> {
            fn from($value: $type) -> Self {
                $cell
            }
        }
        impl<'a> From<Option<$type>> for Cell<'a> {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Self::Nothing, |$value| $cell)
            }
        }
    )*};
}

cell_from! {
    i64, value => Cell::Int(value);
    platform::Id, value => Cell::Int(value.0);
    platform::clock::At, value => Cell::Int(value.0);
    &'a str, value => Cell::Text(value);
    &'a String, value => Cell::Text(value);
    Date, value => Cell::Day(value);
}

/// Rows on their way into a table, written as its database reads them.
#[derive(Clone, Debug)]
pub struct Rows {
    table: Table,
    postgres: bool,
    text: String,
    pub count: u64,
}

impl Rows {
    pub fn new(table: Table, postgres: bool) -> Self {
        Self { table, postgres, text: String::new(), count: 0 }
    }

    pub fn add(&mut self, cells: &[Cell]) {
        self.count += 1;
        let opening = if self.postgres { "" } else { "[" };
        let (between, end) = if self.postgres { ('\t', "\n") } else { (',', "],") };
        self.text.push_str(opening);
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.text.push(between);
            }
            match *cell {
                Cell::Nothing => self.text.push_str(if self.postgres { "\\N" } else { "null" }),
                Cell::Int(number) => self.text.push_str(&number.to_string()),
                Cell::Day(day) if self.postgres => self.text.push_str(&day.to_string()),
                Cell::Day(day) => self.text.push_str(&format!("\"{day}\"")),
                Cell::Text(text) if self.postgres => copied(text, &mut self.text),
                Cell::Text(text) => quoted(text, &mut self.text),
            }
        }
        self.text.push_str(end);
    }

    pub fn is_full(&self) -> bool {
        self.text.len() > 512 * 1024
    }

    /// The rows so far, to be put in; this starts anew.
    pub fn take(&mut self) -> Option<(Table, String)> {
        (!self.text.is_empty()).then(|| (self.table, std::mem::take(&mut self.text)))
    }
}

fn copied(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => into.push_str("\\\\"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            other => into.push(other),
        }
    }
}

fn quoted(text: &str, into: &mut String) {
    into.push('"');
    for character in text.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            control if control < ' ' => into.push_str(&format!("\\u{:04x}", control as u32)),
            other => into.push(other),
        }
    }
    into.push('"');
}

/// A connection that fills a database: nobody else is there, and a broken-off filling is begun anew.
pub enum Filling {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Filling {
    pub async fn open(place: &Place) -> Result<Self> {
        match &place.database {
            None => Ok(Self::Sqlite(open_sqlite(&place.sqlite_file()).await?)),
            Some(url) => {
                let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
                // References hold by construction; `oases check` proves it afterwards.
                for setting in ["SET session_replication_role = replica", "SET synchronous_commit = off"] {
                    sqlx::query(setting).execute(&mut connection).await?;
                }
                Ok(Self::Postgres(connection))
            }
        }
    }

    pub async fn put(&mut self, table: Table, mut text: String) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                text.pop();
                sqlx::query(table.sqlite).bind(format!("[{text}]")).execute(connection).await?;
            }
            Self::Postgres(connection) => {
                let mut copy = connection.copy_in_raw(table.postgres).await?;
                copy.send(text.into_bytes()).await?;
                copy.finish().await?;
            }
        }
        Ok(())
    }

    pub async fn teams(&mut self) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM teams ORDER BY id";
        let rows: Vec<(i64,)> = match self {
            Self::Sqlite(connection) => sqlx::query_as(sql).fetch_all(connection).await?,
            Self::Postgres(connection) => sqlx::query_as(sql).fetch_all(connection).await?,
        };
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The last number given in a series of references.
    pub async fn last_number(&mut self, series: &str) -> Result<i64> {
        let sql = "SELECT last FROM sequences WHERE series = $1";
        let row: Option<(i64,)> = match self {
            Self::Sqlite(connection) => sqlx::query_as(sql).bind(series).fetch_optional(connection).await?,
            Self::Postgres(connection) => sqlx::query_as(sql).bind(series).fetch_optional(connection).await?,
        };
        Ok(row.map_or(0, |(last,)| last))
    }

    pub async fn set_last_number(&mut self, series: &str, last: i64) -> Result<()> {
        let sql = "INSERT INTO sequences (series, last) VALUES ($1, $2)
                   ON CONFLICT (series) DO UPDATE SET last = excluded.last";
        match self {
            Self::Sqlite(connection) => sqlx::query(sql).bind(series).bind(last).execute(connection).await.map(drop)?,
            Self::Postgres(connection) => {
                sqlx::query(sql).bind(series).bind(last).execute(connection).await.map(drop)?;
            }
        }
        Ok(())
    }

    /// The end of the audit chain that the office goes on from.
    pub async fn chain_end(&mut self) -> Result<(i64, String)> {
        let sql = "SELECT seq, hash FROM audit_lanes WHERE lane = 0";
        Ok(match self {
            Self::Sqlite(connection) => sqlx::query_as(sql).fetch_one(connection).await?,
            Self::Postgres(connection) => sqlx::query_as(sql).fetch_one(connection).await?,
        })
    }

    pub async fn set_chain_end(&mut self, seq: i64, hash: &str) -> Result<()> {
        let sql = "UPDATE audit_lanes SET seq = $1, hash = $2 WHERE lane = 0";
        match self {
            Self::Sqlite(connection) => sqlx::query(sql).bind(seq).bind(hash).execute(connection).await.map(drop)?,
            Self::Postgres(connection) => sqlx::query(sql).bind(seq).bind(hash).execute(connection).await.map(drop)?,
        }
        Ok(())
    }

    /// Says what the data is, and gives the database what it would have gathered by itself in time.
    pub async fn finish(mut self, wish: &str) -> Result<()> {
        let steps: Vec<(i64, Vec<u8>)> = match &mut self {
            Self::Sqlite(connection) => sqlx::query_as(STEPS).fetch_all(connection).await?,
            Self::Postgres(connection) => sqlx::query_as(STEPS).fetch_all(connection).await?,
        };
        let made = format!("{wish} {}", shape(&steps));
        let sql = "INSERT INTO settings (name, value) VALUES ('bench', $1)";
        match &mut self {
            Self::Sqlite(connection) => {
                sqlx::query(sql).bind(&made).execute(&mut *connection).await?;
                sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *connection).await?;
                sqlx::query("PRAGMA analysis_limit = 1000").execute(&mut *connection).await?;
                sqlx::query("PRAGMA optimize = 0x10002").execute(&mut *connection).await?;
            }
            Self::Postgres(connection) => {
                sqlx::query(sql).bind(&made).execute(&mut *connection).await?;
                sqlx::query("VACUUM (ANALYZE)").execute(&mut *connection).await?;
                sqlx::query("CHECKPOINT").execute(&mut *connection).await?;
            }
        }
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}

async fn open_sqlite(file: &Path) -> Result<SqliteConnection> {
    Ok(SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .pragma("cache_size", "-3000000")
        .pragma("locking_mode", "EXCLUSIVE")
        .connect()
        .await?)
}

/// The steps that made a database's tables, in one word.
fn shape(steps: &[(i64, Vec<u8>)]) -> String {
    let mut digest = Sha256::new();
    for (version, checksum) in steps {
        digest.update(version.to_be_bytes());
        digest.update(checksum);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize())
}

const STEPS: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

/// The shape that a database has now.
pub async fn shape_of(place: &Place) -> Result<String> {
    let steps: Vec<(i64, Vec<u8>)> = match &place.database {
        None => {
            let mut connection = SqliteConnectOptions::new().filename(place.sqlite_file()).connect().await?;
            let steps = sqlx::query_as(STEPS).fetch_all(&mut connection).await;
            // Before the office is copied, or its log would vanish meanwhile.
            connection.close().await?;
            steps?
        }
        Some(url) => {
            let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
            sqlx::query_as(STEPS).fetch_all(&mut connection).await?
        }
    };
    Ok(shape(&steps))
}

/// What a database was filled with, and the shape it had then; nothing where it holds no such office.
pub async fn made(place: &Place) -> Option<(String, String)> {
    let sql = "SELECT value FROM settings WHERE name = 'bench'";
    let row: Option<(String,)> = match &place.database {
        None => {
            let file = place.sqlite_file();
            if !file.exists() {
                return None;
            }
            let mut connection = SqliteConnectOptions::new().filename(file).connect().await.ok()?;
            let row = sqlx::query_as(sql).fetch_optional(&mut connection).await;
            connection.close().await.ok()?;
            row.ok()?
        }
        Some(url) => {
            let mut connection = PgConnectOptions::from_str(url).ok()?.connect().await.ok()?;
            sqlx::query_as(sql).fetch_optional(&mut connection).await.ok()?
        }
    };
    let (value,) = row?;
    value.split_once(' ').map(|(wish, shape)| (wish.to_owned(), shape.to_owned()))
}
