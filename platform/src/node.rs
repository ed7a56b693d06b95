//! Node numbers: each process that makes keys holds one, so that two never make the same key.
//!
//! A claim runs out by itself, ten minutes after it was last kept: a killed process needs
//! nobody to clean up after it.

use crate::clock::{At, Clock};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::id::NODES;

const CLAIM_SECONDS: i64 = 600;

#[derive(Debug)]
pub struct Node {
    number: i64,
    holder: String,
}

#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("{NODES} processes already use this database; end one, or wait ten minutes if they were killed")]
    AllTaken,
    #[error("the node number can't be claimed: {0}")]
    Sqlx(#[from] sqlx::Error),
    #[error("no randomness from the system")]
    Random,
}

macro_rules! execute {
    ($tx:expr, $db:ident => $query:expr) => {
        match $tx {
            Tx::Sqlite(transaction) => {
                let $db = &mut **transaction;
                $query.map(|done| done.rows_affected())
            }
            Tx::Pg(transaction) => {
                let $db = &mut **transaction;
                $query.map(|done| done.rows_affected())
            }
        }
    };
}

impl Node {
    /// Claims the first free number. Claims are kept by the machine's clock even where a test
    /// lets the office's clock stand still.
    pub async fn take(db: &Db, _office: At) -> Result<Self, NodeError> {
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random).map_err(|_| NodeError::Random)?;
        let holder = data_encoding::HEXLOWER.encode(&random);
        let now = Clock::System.now();
        let claim = "INSERT INTO nodes (node, holder, until) VALUES ($1, $2, $3)
                     ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, until = excluded.until
                     WHERE nodes.until < $4";
        for number in 0..NODES {
            let mut tx = db.begin_write().await?;
            let until = now.plus_seconds(CLAIM_SECONDS);
            let claimed = execute!(&mut tx, db => sqlx::query(claim)
                .bind(number).bind(&holder).bind(until).bind(now).execute(db).await)?;
            tx.commit().await?;
            if claimed == 1 {
                return Ok(Self { number, holder });
            }
        }
        Err(NodeError::AllTaken)
    }

    pub fn number(&self) -> i64 {
        self.number
    }

    pub async fn keep(&self, db: &Db, _office: At) -> Result<()> {
        let until = Clock::System.now().plus_seconds(CLAIM_SECONDS);
        let mut tx = db.begin_write().await?;
        let sql = "UPDATE nodes SET until = $3 WHERE node = $1 AND holder = $2";
        let kept = execute!(&mut tx, db => sqlx::query(sql)
            .bind(self.number).bind(&self.holder).bind(until).execute(db).await)?;
        tx.commit().await?;
        if kept == 0 {
            return Err(crate::error::Error::unexpected("this process slept past its claim on keys; restart it"));
        }
        Ok(())
    }

    pub async fn give_back(&self, db: &Db) -> Result<()> {
        let mut tx = db.begin_write().await?;
        let sql = "UPDATE nodes SET until = 0 WHERE node = $1 AND holder = $2";
        execute!(&mut tx, db => sqlx::query(sql).bind(self.number).bind(&self.holder).execute(db).await)?;
        tx.commit().await?;
        Ok(())
    }
}
