//! SQL of the backup.

use std::path::Path;

use anyhow::{Context, Result, bail};
use platform::db::Tx;
use platform::{Cx, audit};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, PgConnection};

pub(super) async fn copy_sqlite(read: &sqlx::SqlitePool, to: &Path) -> Result<()> {
    let path = to.to_str().context("the temporary folder’s name is not text")?;
    // VACUUM INTO writes a consistent copy from one snapshot while writers go on.
    sqlx::query("VACUUM INTO $1").bind(path).execute(read).await?;
    Ok(())
}

/// Where the audit chains of a copy end.
pub(super) async fn heads_of_copy(copy: &Path) -> Result<Vec<String>> {
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut tx = Tx::Sqlite(pool.begin().await?);
    let heads = audit::heads_in(&mut tx).await?;
    drop(tx);
    pool.close().await;
    Ok(heads)
}

/// Names what a reading context sees on PostgreSQL, for others to see the same as long as it stays open.
pub(super) async fn snapshot(cx: &mut Cx) -> Result<String> {
    let Tx::Pg(transaction) = cx.tx().await? else { bail!("not a PostgreSQL database") };
    let (name,): (String,) = sqlx::query_as("SELECT pg_export_snapshot()").fetch_one(&mut **transaction).await?;
    Ok(name)
}

/// Whether a PostgreSQL database holds nothing yet, but what its extensions brought along.
pub(super) async fn is_empty(url: &str) -> Result<bool> {
    let mut connection = PgConnection::connect(url).await?;
    let sql = "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname <> 'information_schema'
                 AND n.nspname NOT LIKE 'pg\\_%'
                 AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')";
    let (held,): (i64,) = sqlx::query_as(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(held == 0)
}

/// Empties a PostgreSQL database that was empty before: what its extensions brought along stays.
pub(super) async fn empty(url: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let sql = "DO $$ DECLARE one text; BEGIN
                 FOR one IN SELECT format('DROP %s IF EXISTS %I.%I CASCADE',
                       CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                                      ELSE 'TABLE' END, n.nspname, c.relname)
                     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname <> 'information_schema'
                       AND n.nspname NOT LIKE 'pg\\_%'
                       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
                 LOOP EXECUTE one; END LOOP;
                 FOR one IN SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure)
                     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                     WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
                       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                 LOOP EXECUTE one; END LOOP;
                 FOR one IN SELECT format('DROP DOMAIN %I.%I CASCADE', n.nspname, t.typname)
                     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                     WHERE t.typtype = 'd' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
                       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
                 LOOP EXECUTE one; END LOOP;
               END $$";
    sqlx::raw_sql(sql).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
