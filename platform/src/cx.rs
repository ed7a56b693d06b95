//! The context of one request: who acts, in which language and by which way in, at what time,
//! and in which one transaction. Nothing is kept unless [`Cx::commit`] is reached.

use std::sync::Arc;
use std::time::Instant;

use time::Date;

use crate::audit::{self, Change};
use crate::clock::At;
use crate::db::{Dialect, Tx};
use crate::error::{Error, Result};
use crate::house::House;
use crate::id::Id;
use crate::jobs;
use crate::keep::Kept;
use crate::permission::{Actor, Tier};
use crate::text::Language;

/// How a request came in; the audit keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Page,
    Api,
    Command,
    Import,
    Job,
}

impl Way {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Command => "command",
            Self::Import => "import",
            Self::Job => "job",
        }
    }

    /// The text key of the way's name.
    pub fn key(code: &str) -> &'static str {
        match code {
            "page" => "way-page",
            "api" => "way-api",
            "command" => "way-command",
            "import" => "way-import",
            _ => "way-job",
        }
    }
}

/// The request context.
#[derive(Debug)]
pub struct Cx {
    pub house: Arc<House>,
    pub actor: Option<Actor>,
    pub language: Language,
    pub way: Way,
    /// The import this is part of, which every entry then carries.
    pub import: Option<Id>,
    /// The import that is being undone: what is written then cancels out what it wrote.
    pub(crate) reverses: Option<Id>,
    /// The note given with the change; entries without one of their own carry it.
    pub note: Option<String>,
    /// What rooms remember for this request alone.
    pub kept: Kept,
    pub(crate) page: crate::web::PageFacts,
    pub(crate) idempotency: Option<crate::api::Idempotency>,
    pub(crate) condition: crate::api::Condition,
    at: At,
    reads_only: bool,
    tx: Option<Tx>,
    /// How many changes this process had made, and when, as the transaction began.
    view: Option<(u64, Instant)>,
    changes: Vec<Change>,
    looks: Vec<Change>,
    jobs_waiting: bool,
    renews: bool,
    pub(crate) used: crate::permission::Used,
}

impl Cx {
    /// A context that may write.
    pub fn new(house: Arc<House>, actor: Option<Actor>, way: Way, language: Language) -> Self {
        let at = house.clock.now();
        Self {
            house,
            actor,
            language,
            way,
            import: None,
            reverses: None,
            note: None,
            kept: Kept::default(),
            page: crate::web::PageFacts::default(),
            idempotency: None,
            condition: crate::api::Condition::default(),
            at,
            reads_only: false,
            tx: None,
            view: None,
            changes: Vec::new(),
            looks: Vec::new(),
            jobs_waiting: false,
            renews: false,
            used: crate::permission::Used::default(),
        }
    }

    /// A context that only reads: one view of the data throughout, and no writer is held up.
    pub fn reading(house: Arc<House>, actor: Option<Actor>, way: Way, language: Language) -> Self {
        Self { reads_only: true, ..Self::new(house, actor, way, language) }
    }

    /// The transaction, begun when first needed, so that a slow upload holds nobody up.
    pub async fn tx(&mut self) -> Result<&mut Tx> {
        #[cfg(feature = "testing")]
        self.house.said.count();
        if self.tx.is_none() {
            self.view = Some((self.house.recent.changes(), Instant::now()));
            let mut tx = match self.reads_only {
                true => self.house.db.begin_read().await?,
                false => self.house.db.begin_write().await?,
            };
            if let Some(idempotency) = self.idempotency.as_ref().filter(|_| !self.reads_only) {
                idempotency.refuse_done(&mut tx).await?;
            }
            self.tx = Some(tx);
        }
        self.tx.as_mut().ok_or_else(|| Error::unexpected("no transaction"))
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// What this reads from: how many changes this process had made, and when, as it began.
    pub(crate) fn view_of(&self) -> Option<(u64, Instant)> {
        self.tx.as_ref().and(self.view)
    }

    /// Whether this only reads.
    pub fn is_reading(&self) -> bool {
        self.reads_only
    }

    /// Lets a reader see what has been written since it began; what it reads next is of one view
    /// again.
    pub async fn look_anew(&mut self) -> Result<()> {
        match self.tx.take() {
            Some(tx) if self.reads_only => {
                self.kept = Kept::default();
                tx.commit().await.map_err(Error::from)
            }
            tx => {
                self.tx = tx;
                Ok(())
            }
        }
    }

    pub fn dialect(&self) -> Dialect {
        self.house.db.dialect()
    }

    /// The instant of this request; the same throughout.
    pub fn now(&self) -> At {
        self.at
    }

    /// The office's day.
    pub fn today(&self) -> Date {
        self.house.zone.day_of(self.at)
    }

    pub fn new_id(&self) -> Id {
        self.house.ids.make(self.at)
    }

    /// Text in the reader's language.
    pub fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        self.house.texts.get(self.language, key, args)
    }

    pub fn account(&self) -> Option<Id> {
        self.actor.as_ref().and_then(|actor| actor.account)
    }

    /// Notes a change; it is written with the rows it tells of, when the request commits, and
    /// enqueues whatever listens for its verb.
    pub fn record(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Notes that a record was opened, exported or printed, if it is of a restricted tier.
    pub fn look(&mut self, kind: &'static str, id: Id, label: &str, tier: Tier) {
        if tier >= Tier::Team {
            self.looks.push(Change::new(audit::read::LOOKED, kind, id).label(label));
        }
    }

    /// As [`Cx::look`], of what a list or an export gives out of several records: kind, key, what it is called, tier.
    pub fn look_over(&mut self, shown: impl IntoIterator<Item = (&'static str, Id, String, Tier)>) {
        for (kind, id, label, tier) in shown {
            self.look(kind, id, &label, tier);
        }
    }

    /// Keeps what was done: rows, entries and jobs in one transaction, or nothing.
    pub async fn commit(&mut self) -> Result<()> {
        self.condition.refuse_unheeded()?;
        self.write_looks().await?;
        let changes = std::mem::take(&mut self.changes);
        if self.reads_only && !changes.is_empty() {
            return Err(Error::unexpected("a reading request recorded a change"));
        }
        for change in &changes {
            for listener in self.house.listeners(change.verb) {
                let payload = serde_json::json!({ "subject": change.subject_id });
                jobs::enqueue(self, listener, payload, None).await?;
            }
        }
        let changed = !changes.is_empty() || self.renews;
        let entries = audit::append(self, changes).await?;
        if let Some(import) = self.reverses {
            crate::import::reverse(self, import, &entries).await?;
        }
        if let Some(tx) = self.tx.take() {
            tx.commit().await?;
        }
        if changed {
            self.house.recent.changed();
        }
        if std::mem::take(&mut self.jobs_waiting) {
            self.house.jobs_wake.notify_waiters();
        }
        if std::mem::take(&mut self.renews) {
            self.house.renew().await?;
        }
        Ok(())
    }

    /// Begins anew after a commit: long work goes in batches, each whole.
    pub fn renew(&mut self) {
        self.at = self.house.clock.now();
    }

    /// Forgets what was done since the last commit.
    pub async fn undo(&mut self) -> Result<()> {
        self.changes.clear();
        self.looks.clear();
        self.jobs_waiting = false;
        self.renews = false;
        if let Some(tx) = self.tx.take() {
            tx.rollback().await?;
        }
        Ok(())
    }

    /// What the house keeps in memory of settings and code lists is read anew once this is kept.
    pub fn renew_on_commit(&mut self) {
        self.renews = true;
    }

    pub(crate) fn wake_jobs_on_commit(&mut self) {
        self.jobs_waiting = true;
    }

    /// A reader's looks are written before the answer goes out, in a transaction of their own:
    /// reading must not hold the writer.
    async fn write_looks(&mut self) -> Result<()> {
        let looks = std::mem::take(&mut self.looks);
        if looks.is_empty() {
            return Ok(());
        }
        let mut writer = Cx::new(self.house.clone(), self.actor.clone(), self.way, self.language);
        // The reading transaction ends first: on PostgreSQL it would hold a connection, on
        // SQLite a snapshot, while this one waits.
        if self.reads_only {
            if let Some(tx) = self.tx.take() {
                tx.commit().await?;
            }
            for look in looks {
                if audit::first_look(&mut writer, look.subject_kind, look.subject_id).await? {
                    writer.changes.push(look);
                }
            }
            let changes = std::mem::take(&mut writer.changes);
            audit::append(&mut writer, changes).await?;
            if let Some(tx) = writer.tx.take() {
                tx.commit().await?;
            }
        } else {
            for look in looks {
                if audit::first_look(self, look.subject_kind, look.subject_id).await? {
                    self.changes.push(look);
                }
            }
        }
        Ok(())
    }
}
