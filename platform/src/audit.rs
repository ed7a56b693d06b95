//! The audit: every change and every look at a restricted record, append-only, chained by hash.
//!
//! Entries are written in the transaction of the change they tell of, by [`Cx::commit`] and by
//! nothing else. A chain is a *lane*: SQLite has one, PostgreSQL sixteen, so that writers
//! need not wait for one another. `oases check` walks every lane.
//!
//! What this does not stop: whoever owns the database can rewrite a whole lane. The lanes'
//! heads stand in every backup's manifest, so that a rewrite shows beside an older backup.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use time::Date;

use crate::clock::At;
use crate::cx::Cx;
use crate::db::{Dialect, Tx};
use crate::error::{Error, Result};
use crate::id::Id;
use crate::sql::{Sql, insert_many};
use crate::{on, run};

pub mod feed;
pub mod proof;
pub mod read;

/// Writers on PostgreSQL take whichever of these chains is free.
const LANES: i64 = 16;

/// One thing that happened to one record, in the words of the office.
#[derive(Clone, Debug)]
pub struct Change {
    pub verb: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: Id,
    /// What the record was called at the time.
    pub label: String,
    /// The record's version after the change, where it has one.
    pub version: Option<i64>,
    pub fields: Vec<FieldChange>,
    pub note: Option<String>,
}

/// A field's value before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    pub old: Told,
    pub new: Told,
}

/// A value as the audit keeps it: enough to say it in any language, and to put it back.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    #[default]
    Nothing,
    Text(String),
    Number(i64),
    /// A number with decimals, as it is kept.
    Decimal(String),
    Yes(bool),
    Day(Date),
    At(At),
    /// A closed list of ours: the stored code and the text key of its name.
    Code {
        code: String,
        key: String,
    },
    /// Several of a closed list of ours, in order.
    Codes(Vec<Coded>),
    /// An entry of a dated code list, or several with `, ` between them.
    Listed {
        list: String,
        code: String,
    },
    /// Languages by their tags, with `, ` between them.
    Languages(String),
    Money {
        minor: i64,
        currency: String,
    },
    Amount {
        amount: i64,
        unit: String,
    },
    /// Another record, by what it was called.
    Record {
        kind: String,
        id: Id,
        name: String,
    },
    /// Several of a kind, each by its key and what it was called.
    Records {
        kind: String,
        records: Vec<(Id, String)>,
    },
}

/// A code with the words for it: a text key and what goes into it, which may be a text key again.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Coded {
    pub code: String,
    pub key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

impl Told {
    pub fn text(value: Option<&str>) -> Self {
        value.map_or(Self::Nothing, |text| Self::Text(text.to_owned()))
    }

    pub fn languages(tags: Option<&str>) -> Self {
        tags.map_or(Self::Nothing, |tags| Self::Languages(tags.to_owned()))
    }

    pub fn day(value: Option<Date>) -> Self {
        value.map_or(Self::Nothing, Self::Day)
    }

    pub fn number(value: Option<i64>) -> Self {
        value.map_or(Self::Nothing, Self::Number)
    }

    pub fn listed(list: &str, code: Option<&str>) -> Self {
        code.map_or(Self::Nothing, |code| Self::Listed { list: list.to_owned(), code: code.to_owned() })
    }

    pub fn code(code: &str, key: &str) -> Self {
        Self::Code { code: code.to_owned(), key: key.to_owned() }
    }

    pub fn record(kind: &str, id: Id, name: &str) -> Self {
        Self::Record { kind: kind.to_owned(), id, name: name.to_owned() }
    }

    /// The value as a form or a column would hold it, for putting it back.
    pub fn raw(&self) -> Option<String> {
        Some(match self {
            Self::Nothing => return None,
            Self::Text(text) | Self::Languages(text) | Self::Decimal(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Yes(yes) => yes.to_string(),
            Self::Day(day) => day.to_string(),
            Self::At(at) => at.to_string(),
            Self::Code { code, .. } | Self::Listed { code, .. } => code.clone(),
            Self::Codes(codes) => codes.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(","),
            Self::Money { minor, .. } => minor.to_string(),
            Self::Amount { amount, .. } => amount.to_string(),
            Self::Record { id, .. } => id.to_string(),
            Self::Records { records, .. } => records.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(","),
        })
    }
}

impl Change {
    pub fn new(verb: &'static str, subject_kind: &'static str, subject_id: Id) -> Self {
        Self { verb, subject_kind, subject_id, label: String::new(), version: None, fields: Vec::new(), note: None }
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    pub fn note(mut self, note: Option<String>) -> Self {
        self.note = note.filter(|note| !note.trim().is_empty());
        self
    }

    /// Notes a field, unless it stayed as it was.
    pub fn field(mut self, field: &str, old: Told, new: Told) -> Self {
        if old != new {
            self.fields.push(FieldChange { field: field.to_owned(), old, new });
        }
        self
    }

    /// A field of a new record.
    pub fn set(self, field: &str, new: Told) -> Self {
        self.field(field, Told::Nothing, new)
    }
}

/// One entry as it stands in the table; what the chain's hash covers.
#[derive(Clone, Debug, FromRow)]
pub struct Entry {
    pub id: Id,
    pub lane: i64,
    pub seq: i64,
    pub at: At,
    pub actor_id: Option<Id>,
    pub actor_name: String,
    pub way: String,
    pub verb: String,
    pub subject_kind: String,
    pub subject_id: Id,
    pub subject_label: String,
    pub subject_version: Option<i64>,
    pub import_id: Option<Id>,
    pub note: Option<String>,
    pub detail: String,
    pub hash: String,
}

impl Entry {
    /// The chain's next link: over the link before and every column of this entry.
    pub fn link(&self, before: &str) -> String {
        let mut digest = Sha256::new();
        let mut part = |text: &str| {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        };
        part(before);
        for number in [self.id.0, self.lane, self.seq, self.at.0, self.subject_id.0] {
            part(&number.to_string());
        }
        for optional in [self.actor_id.map(|id| id.0), self.subject_version, self.import_id.map(|id| id.0)] {
            part(&optional.map(|number| number.to_string()).unwrap_or_default());
        }
        for text in [&self.actor_name, &self.way, &self.verb, &self.subject_kind, &self.subject_label, &self.detail] {
            part(text);
        }
        part(self.note.as_deref().unwrap_or_default());
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }
}

#[derive(Debug, FromRow)]
struct Lane {
    lane: i64,
    seq: i64,
    hash: String,
}

/// Writes the transaction's entries at the end of a lane, and answers their keys. Called once, by the commit.
pub(crate) async fn append(cx: &mut Cx, changes: Vec<Change>) -> Result<Vec<Id>> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut lane = take_lane(cx).await?;
    let (actor_id, actor_name) = match &cx.actor {
        Some(actor) => (actor.account, actor.name.clone()),
        None => (None, String::new()),
    };
    let mut rows = Vec::with_capacity(changes.len());
    let mut ids = Vec::with_capacity(changes.len());
    for change in changes {
        lane.seq += 1;
        let mut entry = Entry {
            id: cx.new_id(),
            lane: lane.lane,
            seq: lane.seq,
            at: cx.now(),
            actor_id,
            actor_name: actor_name.clone(),
            way: cx.way.code().to_owned(),
            verb: change.verb.to_owned(),
            subject_kind: change.subject_kind.to_owned(),
            subject_id: change.subject_id,
            subject_label: change.label,
            subject_version: change.version,
            import_id: cx.import,
            note: change.note.or_else(|| cx.note.clone()),
            detail: serde_json::to_string(&change.fields)?,
            hash: String::new(),
        };
        entry.hash = entry.link(&lane.hash);
        lane.hash.clone_from(&entry.hash);
        let label_key = crate::search::fold::sort_key(&entry.subject_label);
        ids.push(entry.id);
        rows.push(vec![
            entry.id.into(),
            entry.lane.into(),
            entry.seq.into(),
            entry.at.into(),
            entry.actor_id.into(),
            entry.actor_name.into(),
            entry.way.into(),
            entry.verb.into(),
            entry.subject_kind.into(),
            entry.subject_id.into(),
            entry.subject_label.into(),
            entry.subject_version.into(),
            entry.import_id.into(),
            entry.note.into(),
            entry.detail.into(),
            entry.hash.into(),
            label_key.into(),
        ]);
    }
    let head = "INSERT INTO audit_entries (id, lane, seq, at, actor_id, actor_name, way, verb, subject_kind, \
                subject_id, subject_label, subject_version, import_id, note, detail, hash, label_key)";
    insert_many(cx, head, "", rows).await?;
    let update = "UPDATE audit_lanes SET seq = $2, hash = $3 WHERE lane = $1";
    run!(cx, db => sqlx::query(update).bind(lane.lane).bind(lane.seq).bind(&lane.hash).execute(db).await)?;
    Ok(ids)
}

/// Holds a chain's end until the transaction does: a free one if there is, else one to wait for.
async fn take_lane(cx: &mut Cx) -> Result<Lane> {
    let sql = match cx.dialect() {
        Dialect::Sqlite => "SELECT lane, seq, hash FROM audit_lanes WHERE lane = 0",
        Dialect::Postgres => "SELECT lane, seq, hash FROM audit_lanes ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED",
    };
    let free: Option<Lane> = on!(cx, db => sqlx::query_as(sql).fetch_optional(db).await)?;
    if let Some(lane) = free {
        return Ok(lane);
    }
    let any = cx.new_id().0 % LANES;
    let wait = "SELECT lane, seq, hash FROM audit_lanes WHERE lane = $1 FOR UPDATE";
    Ok(on!(cx, db => sqlx::query_as(wait).bind(any).fetch_one(db).await)?)
}

/// Notes that the actor looked at a restricted record, once per person, record and hour.
/// Answers whether this is the first look of the hour, which then becomes an entry.
pub(crate) async fn first_look(cx: &mut Cx, kind: &str, subject: Id) -> Result<bool> {
    let account = cx.actor.as_ref().and_then(|actor| actor.account).map_or(0, |id| id.0);
    let hour = cx.now().0.div_euclid(3_600_000_000);
    let sql = "INSERT INTO looks (account_id, subject_kind, subject_id, hour) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING";
    let rows = run!(cx, db => sqlx::query(sql).bind(account).bind(kind).bind(subject).bind(hour).execute(db).await)?;
    Ok(rows == 1)
}

/// A link of the chain that does not follow from the one before, or a lane that lost its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    pub lane: i64,
    pub seq: i64,
}

/// Walks every lane from its first entry; answers how many entries hold, and the first break of
/// each lane.
pub async fn verify(cx: &mut Cx) -> Result<(u64, Vec<Break>)> {
    const PAGE: i64 = 2_000;
    let lanes: Vec<Lane> =
        on!(cx, db => sqlx::query_as("SELECT lane, seq, hash FROM audit_lanes ORDER BY lane").fetch_all(db).await)?;
    let (mut held, mut breaks) = (0, Vec::new());
    for lane in lanes {
        let (mut seq, mut hash) = (0, String::new());
        'lane: loop {
            let mut sql = Sql::new(read::COLUMNS);
            sql.push(" WHERE lane = ").bind(lane.lane).push(" AND seq > ").bind(seq);
            sql.push(" ORDER BY seq LIMIT ").bind(PAGE);
            let entries: Vec<Entry> = sql.fetch_all(cx).await?;
            let full = entries.len() as i64 == PAGE;
            for entry in entries {
                if entry.seq != seq + 1 || entry.hash != entry.link(&hash) {
                    breaks.push(Break { lane: lane.lane, seq: seq + 1 });
                    break 'lane;
                }
                (seq, hash) = (entry.seq, entry.hash);
                held += 1;
            }
            if !full {
                if (seq, &hash) != (lane.seq, &lane.hash) {
                    breaks.push(Break { lane: lane.lane, seq: seq + 1 });
                }
                break;
            }
        }
    }
    Ok((held, breaks))
}

/// The lanes' heads, `lane:seq:hash`, for a backup's manifest.
pub async fn heads(cx: &mut Cx) -> Result<Vec<String>> {
    heads_in(cx.tx().await?).await
}

/// As [`heads`], of what this transaction sees: also of a database that no house is built on.
pub async fn heads_in(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = "SELECT lane, seq, hash FROM audit_lanes WHERE seq > 0 ORDER BY lane";
    let lanes: Vec<Lane> = match tx {
        Tx::Sqlite(transaction) => sqlx::query_as(sql).fetch_all(&mut **transaction).await?,
        Tx::Pg(transaction) => sqlx::query_as(sql).fetch_all(&mut **transaction).await?,
    };
    Ok(lanes.into_iter().map(|lane| format!("{}:{}:{}", lane.lane, lane.seq, lane.hash)).collect())
}

impl From<Break> for Error {
    fn from(found: Break) -> Self {
        Error::unexpected(format!("audit chain {} breaks at entry {}", found.lane, found.seq))
    }
}
