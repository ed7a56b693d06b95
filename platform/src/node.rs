//! Node numbers: each process that makes keys holds one, so that two never make the same key.
//!
//! A claim runs out by itself, ten minutes after it was last kept: a killed process needs
//! nobody to clean up after it.

use crate::clock::{At, Clock};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::id::{Id, IdMaker, NODES};

const CLAIM_SECONDS: i64 = 600;

#[derive(Debug)]
pub struct Node {
    number: i64,
    holder: String,
    /// The highest key that was made under this number before.
    reached: Id,
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

/// The same query on whichever database this is: here is no request yet, and so no [`Cx`](crate::Cx).
macro_rules! on {
    ($tx:expr, $db:ident => $query:expr) => {
        match $tx {
            Tx::Sqlite(transaction) => {
                let $db = &mut **transaction;
                $query
            }
            Tx::Pg(transaction) => {
                let $db = &mut **transaction;
                $query
            }
        }
    };
}

impl Node {
    /// Claims the first free number. Claims are kept by the machine's clock even where a test
    /// lets the office's clock, `office`, stand still.
    pub async fn take(db: &Db, office: At) -> Result<Self, NodeError> {
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random).map_err(|_| NodeError::Random)?;
        let holder = data_encoding::HEXLOWER.encode(&random);
        let now = Clock::System.now();
        let claim = "INSERT INTO nodes (node, holder, until) VALUES ($1, $2, $3)
                     ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, until = excluded.until
                     WHERE nodes.until < $4 RETURNING reached";
        for number in 0..NODES {
            let mut tx = db.begin_write().await?;
            let until = now.plus_seconds(CLAIM_SECONDS);
            let claimed: Option<(Id,)> = on!(&mut tx, db => sqlx::query_as(claim)
                .bind(number).bind(&holder).bind(until).bind(now).fetch_optional(db).await)?;
            if let Some((told,)) = claimed {
                let left = highest_left(&mut tx, number, office).await?;
                tx.commit().await?;
                return Ok(Self { number, holder, reached: told.max(left) });
            }
            tx.rollback().await?;
        }
        Err(NodeError::AllTaken)
    }

    /// What makes this process's keys.
    pub fn maker(&self) -> IdMaker {
        IdMaker::above(self.number, self.reached)
    }

    /// Keeps the claim, and tells how far the keys have come.
    pub async fn keep(&self, db: &Db, reached: Id) -> Result<()> {
        let until = Clock::System.now().plus_seconds(CLAIM_SECONDS);
        let mut tx = db.begin_write().await?;
        let sql = "UPDATE nodes SET until = $3, reached = $4 WHERE node = $1 AND holder = $2";
        let kept = on!(&mut tx, db => sqlx::query(sql).bind(self.number).bind(&self.holder).bind(until)
            .bind(reached).execute(db).await.map(|done| done.rows_affected()))?;
        tx.commit().await?;
        if kept == 0 {
            return Err(crate::error::Error::unexpected("this process slept past its claim on keys; restart it"));
        }
        Ok(())
    }

    pub async fn give_back(&self, db: &Db, reached: Id) -> Result<()> {
        let mut tx = db.begin_write().await?;
        let sql = "UPDATE nodes SET until = 0, reached = $3 WHERE node = $1 AND holder = $2";
        on!(&mut tx, db => sqlx::query(sql).bind(self.number).bind(&self.holder).bind(reached)
            .execute(db).await.map(drop))?;
        tx.commit().await?;
        Ok(())
    }
}

/// The highest key of the audit from this instant on that was made under this number: what a process
/// that was killed has left, when the clock stood still or was set back since. What is older can't
/// come again, so few entries are looked at, and mostly none. A key holds its number above its counter.
async fn highest_left(tx: &mut Tx, number: i64, from: At) -> Result<Id, sqlx::Error> {
    let sql = "SELECT MAX(id) FROM audit_entries WHERE id >= $1 AND ((id >> 7) & 31) = $2";
    let (left,): (Option<Id>,) =
        on!(tx, db => sqlx::query_as(sql).bind(Id::first_at(from)).bind(number).fetch_one(db).await)?;
    Ok(left.unwrap_or(Id(0)))
}
