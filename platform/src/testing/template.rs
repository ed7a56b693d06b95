//! Databases that were migrated once, to be copied for each story.

use std::path::PathBuf;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::db::{Address, Db, Migration};

fn fingerprint(migrations: &[Migration]) -> String {
    let mut digest = Sha256::new();
    for migration in migrations {
        digest.update(migration.version.to_be_bytes());
        digest.update(migration.sqlite);
        digest.update(migration.postgres);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize()[..8])
}

/// A migrated SQLite file, made once for each test process.
pub(super) async fn sqlite_template(migrations: &[Migration]) -> PathBuf {
    static MAKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let _making = MAKING.lock().await;
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a temporary folder"));
    let file = folder.path().join(format!("{}.db", fingerprint(migrations)));
    if !file.exists() {
        let making = file.with_extension("making");
        let db = Db::open(&Address::Sqlite(making.clone()), migrations.to_vec()).await.expect("a migrated template");
        if let Db::Sqlite { write, .. } = &db {
            write.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a whole file");
        }
        db.close().await;
        std::fs::rename(making, &file).expect("the template in place");
    }
    file
}

/// A database of one's own on the given server, cloned from a migrated template that all test
/// processes share.
pub(super) async fn postgres_clone(migrations: &[Migration]) -> (String, String) {
    let admin_url = super::postgres().expect("told only when an address is given");
    let template = format!("oases_template_{}", fingerprint(migrations));
    let mut admin = PgConnection::connect(&admin_url).await.expect("the PostgreSQL of OASES_TEST_POSTGRES");
    admin.execute("SELECT pg_advisory_lock(20261124)").await.expect("a lock");
    let known: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_optional(&mut admin)
        .await
        .expect("the list of databases");
    if known.is_none() {
        let making = format!("{template}_making");
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {making}"))).await.expect("room");
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {making}"))).await.expect("a template");
        let db = Db::open(&Address::Postgres(on_database(&admin_url, &making)), migrations.to_vec())
            .await
            .expect("a migrated template");
        db.close().await;
        admin.execute(AssertSqlSafe(format!("ALTER DATABASE {making} RENAME TO {template}"))).await.expect("a name");
    }
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).expect("randomness");
    let name = format!("oases_test_{}", data_encoding::HEXLOWER.encode(&random));
    admin
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}")))
        .await
        .expect("a clone of the template");
    admin.close().await.expect("an orderly end");
    let url = on_database(&admin_url, &name);
    (name, url)
}

fn on_database(url: &str, name: &str) -> String {
    match url.rfind('/') {
        Some(slash) => format!("{}/{name}", &url[..slash]),
        None => url.to_owned(),
    }
}
