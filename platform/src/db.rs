//! Two databases, one SQL text.
//!
//! Either has one writer at a time and several readers: what a verb has read and checked in a writing
//! transaction still stands when it writes, so that no edit is lost, no two requests make what only one
//! may, and nothing ends in a deadlock. SQLite opens its one writer connection with `BEGIN IMMEDIATE`;
//! on PostgreSQL writers wait for one lock of the whole database, several processes included.
//! The rules both must obey are in `docs/DATABASE.md`.

use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
};

mod holds;
mod migrate;

pub use migrate::{Dialect, MigrateError, Migration};

/// The database of one installation.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Pg { read: PgPool, write: PgPool },
}

/// One transaction, on whichever database this is.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// Runs the same expression on whichever database the context's transaction is:
/// `on!(cx, db => sqlx::query_as::<_, Row>("…").bind(id).fetch_all(db).await)`.
#[macro_export]
macro_rules! on {
    ($cx:expr, $db:ident => $query:expr) => {
        match $cx.tx().await? {
            $crate::db::Tx::Sqlite(transaction) => {
                let $db = &mut **transaction;
                $query
            }
            $crate::db::Tx::Pg(transaction) => {
                let $db = &mut **transaction;
                $query
            }
        }
    };
}

/// As [`on!`], for `execute`: answers the number of rows touched.
#[macro_export]
macro_rules! run {
    ($cx:expr, $db:ident => $query:expr) => {
        match $cx.tx().await? {
            $crate::db::Tx::Sqlite(transaction) => {
                let $db = &mut **transaction;
                $query.map(|done| done.rows_affected())
            }
            $crate::db::Tx::Pg(transaction) => {
                let $db = &mut **transaction;
                $query.map(|done| done.rows_affected())
            }
        }
    };
}

/// How many connections read SQLite beside its one writer.
const READERS: u32 = 8;
/// How often SQLite's log is moved into its file, at most and at least: whoever writes meanwhile waits
/// for the disk, so the seldomer the better, as long as the log stays short.
const TIDIED: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));
/// Pages of the log that are best moved at a time: 32 MB.
const MOVED: f64 = 8_000.0;
/// How often SQLite looks whether its tables have outgrown what it knows of them. A connection learns of it when it is
/// opened, and none lives longer than half an hour.
const LEARNED: Duration = Duration::from_secs(15 * 60);
/// A connection to PostgreSQL that has rested this long is tried before it is used.
const RESTED: Duration = Duration::from_secs(5);
/// How long a request waits for the writer before it, an import's batch included.
const WAITS_FOR_WRITER: Duration = Duration::from_secs(60);
/// Taken by whoever writes to PostgreSQL, until its transaction ends; another process gives up after [`WAITS_FOR_WRITER`].
const ONE_WRITER: &str = "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(7017271)";

impl Db {
    /// Opens the database and brings it to this version's shape.
    pub async fn open(address: &Address, migrations: Vec<Migration>) -> Result<Self, OpenError> {
        match address {
            Address::Sqlite(file) => Self::open_sqlite(file, migrations).await,
            Address::Postgres(url) => Self::open_postgres(url, migrations).await,
        }
    }

    async fn open_sqlite(file: &Path, migrations: Vec<Migration>) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            .statement_cache_capacity(400)
            // A page of a list fits, so that its reader is woken once and not row by row.
            .row_buffer_size(512)
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "MEMORY")
            // What an import leaves is written over by the next: a log cut short is dear to grow again.
            .pragma("journal_size_limit", "268435456");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(WAITS_FOR_WRITER)
            // A file does not go away as a server may; asking costs as much as a short statement.
            .test_before_acquire(false)
            // SQLite ends a transaction by itself when there is no room to write. The driver counts on, and would refuse
            // every further transaction of the one connection that writes: it is closed, and opened anew.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            // An import touches far more pages at a time than any reader, and leaves the log to whoever moves it meanwhile
            // until it is 256 MB.
            .connect_with(options.clone().pragma("cache_size", "-64000").pragma("wal_autocheckpoint", "64000"))
            .await?;
        migrate::run(&write, Dialect::Sqlite, migrations).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    async fn open_postgres(url: &str, migrations: Vec<Migration>) -> Result<Self, OpenError> {
        // Compiling a statement takes longer than all but the slowest of ours, and so does setting off workers for one
        // question while others wait for a core.
        let options = PgConnectOptions::from_str(url)?
            .statement_cache_capacity(400)
            .options([("jit", "off"), ("max_parallel_workers_per_gather", "0")]);
        reach(&options).await?;
        let pool = |connections: u32, wait: Duration| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(wait)
                // A connection just used is good; one that has rested may have been cut off meanwhile.
                .test_before_acquire(false)
                .before_acquire(|connection, rested| {
                    Box::pin(async move { Ok(rested.idle_for < RESTED || connection.ping().await.is_ok()) })
                })
        };
        // Writers of this process wait for its one connection, so that they keep none from the readers.
        // One that is gone without a word would keep all others from writing.
        let writer = options.clone().options([("idle_in_transaction_session_timeout", "60s")]);
        let write = pool(1, WAITS_FOR_WRITER).connect_with(writer).await?;
        migrate::run(&write, Dialect::Postgres, migrations).await?;
        let read = pool(15, Duration::from_secs(30)).connect_with(options).await?;
        Ok(Self::Pg { read, write })
    }

    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Pg { .. } => Dialect::Postgres,
        }
    }

    pub async fn begin_read(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Pg { read, .. } => Tx::Pg(read.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    pub async fn begin_write(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg { write, .. } => {
                // Each statement sees what was committed before it began: nothing is read before the lock is held.
                let mut transaction = write.begin().await?;
                sqlx::raw_sql(ONE_WRITER).execute(&mut *transaction).await?;
                Tx::Pg(transaction)
            }
        })
    }

    /// Moves what was written from SQLite's log into its file, for as long as the process runs, on a
    /// connection of its own: left to the writer, every so many pages a request would wait for it. Beside it renews what
    /// SQLite knows of its tables, by which it chooses among indexes.
    pub async fn tidy(&self) -> Result<(), sqlx::Error> {
        let Self::Sqlite { write, .. } = self else { return Ok(()) };
        let mut connection = write.connect_options().as_ref().clone().connect().await?;
        let (mut pause, mut in_file) = (TIDIED.0, 0_i64);
        let mut learned: Option<Instant> = None;
        loop {
            if learned.is_none_or(|at| at.elapsed() >= LEARNED) {
                if let Err(error) = learn(&mut connection).await {
                    tracing::warn!(%error, "the database's tables were not counted anew");
                }
                learned = Some(Instant::now());
            }
            let slept = Instant::now();
            tokio::time::sleep(pause).await;
            let (_, log, moved): (i64, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut connection).await?;
            // A log shorter than what was in the file before has begun anew.
            let pages = if log >= in_file { log - in_file } else { log };
            in_file = moved;
            let pace = pages.max(1) as f64 / slept.elapsed().as_secs_f64();
            pause = Duration::from_secs_f64((MOVED / pace).clamp(TIDIED.0.as_secs_f64(), TIDIED.1.as_secs_f64()));
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Pg { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// Counts anew the tables that have grown tenfold or were never counted, a thousand rows of an index at most, so that
/// whoever writes waits for a moment only. What fails is tried again in time: an older count serves meanwhile.
async fn learn(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA analysis_limit = 1000").execute(&mut *connection).await?;
    // Of all tables, not of those that this connection has asked for: it asks for none.
    sqlx::query("PRAGMA optimize = 0x10002").execute(&mut *connection).await?;
    Ok(())
}

impl Tx {
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Pg(transaction) => transaction.commit().await,
        }
    }

    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Pg(transaction) => transaction.rollback().await,
        }
    }

    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Pg(_) => Dialect::Postgres,
        }
    }
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Sqlite(std::path::PathBuf),
    Postgres(String),
}

impl Address {
    /// `postgres://…` or `postgresql://…`, `sqlite:FILE`, or a file's path.
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Postgres(text.to_owned())
        } else {
            let file = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
            Self::Sqlite(file.into())
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database can't be opened: {0}")]
    Sqlx(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

/// How long a server may take to come up beside this program.
const COMES_UP: Duration = Duration::from_secs(10);

/// Waits a little for the server, and then says why it can't be reached, which a pool does not.
async fn reach(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let began = std::time::Instant::now();
    loop {
        let left = COMES_UP.saturating_sub(began.elapsed());
        let tried = tokio::time::timeout(left, PgConnection::connect_with(options)).await;
        match tried {
            Ok(Ok(connection)) => return connection.close().await,
            Ok(Err(sqlx::Error::Io(_))) if began.elapsed() + Duration::from_secs(1) < COMES_UP => {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes `rows` rows of a page each.
    async fn writes(db: &Db, rows: i64, limited: bool) -> Result<(), sqlx::Error> {
        let mut tx = db.begin_write().await?;
        let Tx::Sqlite(connection) = &mut tx else { unreachable!("opened as a file") };
        if limited {
            sqlx::query("PRAGMA max_page_count = 40").execute(&mut **connection).await?;
        }
        for _ in 0..rows {
            sqlx::query("INSERT INTO filled (text) VALUES (hex(zeroblob(2000)))").execute(&mut **connection).await?;
        }
        tx.commit().await
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_writing_goes_on_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let made = Migration::both(1, "filled", "CREATE TABLE filled (text TEXT NOT NULL);");
        let address = Address::Sqlite(folder.path().join("oases.db"));
        let db = Db::open(&address, vec![made]).await.unwrap();
        writes(&db, 3, false).await.unwrap();
        let full = crate::error::Error::from(writes(&db, 200, true).await.unwrap_err());
        assert!(full.is_full(), "{full}");
        writes(&db, 2, false).await.unwrap();
        let Db::Sqlite { read, .. } = &db else { unreachable!("opened as a file") };
        let (held,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM filled").fetch_one(read).await.unwrap();
        assert_eq!(held, 5);
    }

    #[tokio::test]
    async fn a_database_in_use_counts_its_tables() {
        let folder = tempfile::tempdir().unwrap();
        let made = "CREATE TABLE filled (text TEXT NOT NULL); CREATE INDEX filled_by_text ON filled (text);";
        let address = Address::Sqlite(folder.path().join("oases.db"));
        let db = Db::open(&address, vec![Migration::both(1, "filled", made)]).await.unwrap();
        writes(&db, 20, false).await.unwrap();
        let tidying = tokio::spawn({
            let db = db.clone();
            async move { db.tidy().await }
        });
        let Db::Sqlite { read, .. } = &db else { unreachable!("opened as a file") };
        let sql = "SELECT stat FROM sqlite_stat1 WHERE idx = 'filled_by_text'";
        let mut counted = None;
        for _ in 0..100 {
            // There is no such table before anything was counted.
            counted = sqlx::query_as::<_, (String,)>(sql).fetch_optional(read).await.ok().flatten();
            if counted.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tidying.abort();
        assert!(counted.as_ref().is_some_and(|(stat,)| stat.starts_with("20 ")), "{counted:?}");
    }
}
