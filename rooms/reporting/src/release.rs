//! Releases: a table frozen as it was counted, with its definition, its dates and its words, by one
//! person, and signed off by another. Nothing in it changes any more; what it counted can from then
//! on only be corrected by dated entries.

use std::collections::BTreeMap;

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Form;
use platform::permission::{Permission, Role, Scope};
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result, frozen, sequences};
use projects::figures::{self, AsOf, Record};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::READ;
use crate::crosstab::report::Released;
use crate::crosstab::{self, Definition, Table};

pub mod api;
pub mod compare;
pub mod pages;
mod proof;
mod store;

#[cfg(test)]
mod tests;

pub use proof::check;

/// Freezing tables. It takes somebody who sees every record.
pub const FREEZE: Permission = Permission::write("reporting.release.freeze", &[(Role::Director, Scope::All)]);
/// Signing off what somebody else froze.
pub const SIGN_OFF: Permission = Permission::write("reporting.release.sign_off", &[(Role::Director, Scope::All)]);
/// Reading what is frozen and not yet signed off.
pub const DRAFTS: Permission =
    Permission::read("reporting.release.drafts", &[(Role::Director, Scope::All), (Role::Auditor, Scope::All)]);

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Release {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub note: String,
    /// As the address of the cross-tab carries it.
    pub definition: String,
    pub measure: String,
    pub metric_version: i64,
    pub as_at: Date,
    pub known_at: At,
    pub frozen_by_name: String,
    pub frozen_at: At,
    pub signed_by_name: Option<String>,
    pub signed_at: Option<At>,
    pub sign_off_note: Option<String>,
    pub withdrawn_by_name: Option<String>,
    pub withdrawn_at: Option<At>,
    pub withdrawal_reason: Option<String>,
    #[serde(skip)]
    pub frozen_by: Option<Id>,
    #[serde(skip)]
    pub words: String,
    #[serde(skip)]
    pub body: String,
}

/// The metric's name and rule as they read when the release was frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ReleaseWords)]
pub struct Words {
    pub name: String,
    pub definition: String,
}

impl Release {
    pub fn is_signed_off(&self) -> bool {
        self.signed_at.is_some()
    }

    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn_at.is_some()
    }

    /// drafted, signed_off or withdrawn.
    pub fn state(&self) -> &'static str {
        match self {
            _ if self.is_signed_off() => "signed_off",
            _ if self.is_withdrawn() => "withdrawn",
            _ => "drafted",
        }
    }

    /// What a file of its table says of it.
    pub fn released(&self) -> Released {
        Released {
            reference: self.reference.clone(),
            state: self.state(),
            frozen_by: self.frozen_by_name.clone(),
            frozen_at: self.frozen_at,
            signed_by: self.signed_by_name.clone(),
            signed_at: self.signed_at,
        }
    }

    pub fn table(&self) -> Result<Table> {
        Ok(serde_json::from_str(&self.body)?)
    }

    pub fn words(&self, language: Language) -> Words {
        let all: BTreeMap<String, Words> = serde_json::from_str(&self.words).unwrap_or_default();
        all.get(language.code()).cloned().unwrap_or_default()
    }

    fn as_of(&self) -> AsOf {
        AsOf { as_at: self.as_at, known_at: self.known_at }
    }

    /// The dates of the links to its records: the very instant that it knows of.
    pub fn dates(&self) -> String {
        format!("&as_at={}&known_at={}", self.as_at, platform::web::encode(&self.known_at.to_string()))
    }

    pub fn definition(&self, cx: &Cx) -> Result<Definition> {
        crosstab::read(cx, &Form::decode(&self.definition))
    }
}

/// What is given to freeze a table.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewRelease {
    pub title: String,
    pub note: String,
    /// `rows=industry&columns=nature&measure=…&as_at=2024-11-11`, as in the address of the cross-tab.
    pub definition: String,
}

/// Freezes a table: its values, its whole definition, its dates, and marks what it counted.
pub async fn freeze(cx: &mut Cx, new: NewRelease) -> Result<Release> {
    let granted = cx.require(&FREEZE)?;
    if figures::partial(cx) {
        return Err(Error::conflict("release-partial"));
    }
    let mut problems = Problems::default();
    let title = problems.line("title", &new.title, 200);
    problems.require(!title.is_empty(), "title", "release-title-missing");
    let note = problems.running("note", &new.note, 4_000);
    let form = Form::decode(&new.definition);
    let definition = crosstab::read_table(cx, &form)?;
    let as_of = crosstab::as_of(cx, &form)?;
    problems.require(as_of.as_at <= cx.today(), "as_at", "release-day-future");
    problems.into_result()?;
    let table = crosstab::table(cx, &definition, as_of).await?;
    let year = cx.today().year();
    let number = sequences::take(cx, &format!("R-{year}"), 1).await?;
    let release = Release {
        id: cx.new_id(),
        reference: sequences::reference("R", year, number),
        title,
        note,
        definition: definition.address(),
        measure: table.measure.clone(),
        metric_version: table.version,
        as_at: as_of.as_at,
        known_at: as_of.known_at,
        frozen_by: cx.account(),
        frozen_by_name: cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone()),
        frozen_at: cx.now(),
        signed_by_name: None,
        signed_at: None,
        sign_off_note: None,
        withdrawn_by_name: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        words: serde_json::to_string(&words(cx, &definition, as_of.as_at))?,
        body: serde_json::to_string(&table)?,
    };
    store::insert(cx, &granted, &release).await?;
    mark_counted(cx, &definition, as_of, &release.reference).await?;
    let change = Change::new("release.frozen", "release", release.id)
        .label(format!("{} {}", release.reference, release.title))
        .note(Some(release.note.clone()));
    cx.record(
        definition
            .told(change)
            .set("metric_version", Told::Number(release.metric_version))
            .set("as_at", Told::Day(release.as_at))
            .set("known_at", Told::At(release.known_at))
            .set(proof::DIGEST, Told::Text(release.digest())),
    );
    Ok(release)
}

fn words(cx: &Cx, definition: &Definition, day: Date) -> BTreeMap<String, Words> {
    let metric = figures::metric(definition.measure, day);
    let say = |language: Language, key: &str| cx.house.texts.get(language, key, &[]);
    let in_language = |language: Language| {
        let words = Words { name: say(language, &metric.key()), definition: say(language, &metric.definition_key()) };
        (language.code().to_owned(), words)
    };
    Language::ALL.into_iter().map(in_language).collect()
}

/// Marks every project counted and the enterprise it counts for.
async fn mark_counted(cx: &mut Cx, definition: &Definition, as_of: AsOf, reference: &str) -> Result<()> {
    const AT_ONCE: i64 = 5_000;
    let mut last: Option<String> = None;
    loop {
        let page: Vec<Record> = crosstab::records(cx, definition, as_of, last.as_deref(), AT_ONCE).await?;
        let projects: Vec<Id> = page.iter().map(|record| record.project_id).collect();
        let mut enterprises: Vec<Id> = page.iter().map(|record| record.enterprise_id).collect();
        enterprises.sort_unstable();
        enterprises.dedup();
        frozen::freeze(cx, "project", &projects, reference).await?;
        frozen::freeze(cx, "enterprise", &enterprises, reference).await?;
        match page.last().filter(|_| page.len() as i64 == AT_ONCE) {
            Some(record) => last = Some(record.reference.clone()),
            None => return Ok(()),
        }
    }
}

/// Signs a release off. Whoever froze it can't: two people stand behind every release.
pub async fn sign_off(cx: &mut Cx, id: Id, note: &str) -> Result<()> {
    let release = get(cx, id).await?;
    let granted = cx.require(&SIGN_OFF)?;
    let mut problems = Problems::default();
    let note = problems.running("note", note, 1_000);
    problems.into_result()?;
    refuse_decided(&release)?;
    let by = granted.by().filter(|by| Some(*by) != release.frozen_by);
    let Some(by) = by else { return Err(Error::conflict("release-own")) };
    store::decide(cx, &granted, id, by, "signed_off", &note).await?;
    cx.record(
        Change::new("release.signed_off", "release", id)
            .label(format!("{} {}", release.reference, release.title))
            .note(Some(note)),
    );
    Ok(())
}

/// Takes a draft back with its reason, and frees the records it counted. It stays in the list. What is
/// signed off has been published and stays.
pub async fn withdraw(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    let release = get(cx, id).await?;
    let granted = cx.require(&FREEZE)?;
    refuse_decided(&release)?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let by = granted.by().ok_or(Error::Forbidden(FREEZE.name))?;
    store::decide(cx, &granted, id, by, "withdrawn", &reason).await?;
    frozen::free(cx, &release.reference).await?;
    cx.record(
        Change::new("release.withdrawn", "release", id)
            .label(format!("{} {}", release.reference, release.title))
            .note(Some(reason)),
    );
    Ok(())
}

/// Only a draft is still decided upon.
pub(crate) fn refuse_decided(release: &Release) -> Result<()> {
    match release.state() {
        "signed_off" => Err(Error::conflict("release-already-signed")),
        "withdrawn" => Err(Error::conflict("release-already-withdrawn")),
        _ => Ok(()),
    }
}

/// One release; what is not signed off yet is not found by those who may not read drafts.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Release> {
    cx.require_along(&READ)?;
    store::get(cx, id).await
}

/// A page of releases, latest first.
pub async fn page(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Vec<Release>> {
    cx.require_along(&READ)?;
    store::page(cx, after, limit).await
}
