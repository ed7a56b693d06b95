//! Attraction batches and signing ceremonies: a dated list from which milestones pick. An
//! enterprise belongs to one batch of attraction and one signing, possibly different.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::permission::{Permission, Role, Scope};
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result, version};
use sqlx::FromRow;
use time::Date;

use crate::READ;

pub mod api;
pub mod pages;
mod store;

pub use store::{Count, Member};

/// Setting the list of batches and ceremonies.
pub const SET: Permission = Permission::write(
    "projects.batch.set",
    &[(Role::Administrator, Scope::All), (Role::Director, Scope::All), (Role::TeamLead, Scope::All)],
);

pub const KINDS: [&str; 2] = ["attraction", "ceremony"];

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Batch {
    pub id: Id,
    /// What milestones name it by.
    pub code: String,
    /// attraction or ceremony.
    pub kind: String,
    pub held_on: Date,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub source: String,
    pub version: i64,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
}

/// What is given to set a batch.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewBatch {
    /// The day when left out.
    pub code: String,
    pub kind: String,
    pub held_on: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub source: String,
    /// Why the day changes; needed where milestones name the batch already.
    pub reason: String,
}

impl Batch {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }

    /// The day and the name, as a choice shows it.
    pub fn label(&self, language: Language) -> String {
        format!("{} · {}", self.held_on, self.name(language))
    }

    /// What is signed at a ceremony bears its day.
    pub(crate) fn held_by(&self, problems: &mut Problems, milestone: &str, day: Option<Date>) {
        if milestone == "signed" && day.is_some_and(|day| day != self.held_on) {
            problems.add_with("effective_on", "problem-signed-another-day", &[("day", self.held_on.to_string())]);
        }
    }

    fn named_so(&self, folded: &str) -> bool {
        [&self.name_en, &self.name_zh_hant, &self.name_zh_hans].iter().any(|name| name.to_lowercase() == folded)
    }
}

impl NewBatch {
    fn checked(&self, cx: &Cx) -> Result<Batch> {
        let mut problems = Problems::default();
        problems.require(KINDS.contains(&self.kind.as_str()), "kind", "problem-batch-kind");
        // A ceremony may be announced before it is held.
        let held_on = problems.required_day("held_on", Some(&self.held_on));
        let mut name = |field: &str, text: &str| {
            let text = problems.line(field, text, 200);
            problems.require(!text.is_empty(), field, "problem-batch-name");
            text
        };
        let (name_en, name_zh_hant) = (name("name_en", &self.name_en), name("name_zh_hant", &self.name_zh_hant));
        let name_zh_hans = name("name_zh_hans", &self.name_zh_hans);
        let source = problems.line("source", &self.source, 500);
        problems.require(!source.is_empty(), "source", "problem-source-missing");
        let code = problems.line("code", &self.code, 60);
        problems.into_result()?;
        let Some(held_on) = held_on else { return Err(Error::invalid("held_on", "problem-day-missing")) };
        Ok(Batch {
            id: cx.new_id(),
            code: Some(code).filter(|code| !code.is_empty()).unwrap_or_else(|| held_on.to_string()),
            kind: self.kind.clone(),
            held_on,
            name_en,
            name_zh_hant,
            name_zh_hans,
            source,
            version: 1,
            retired_at: None,
            retired_reason: None,
        })
    }
}

/// The fields of a batch in the words of the audit.
fn told(batch: &Batch) -> [(&'static str, Told); 5] {
    [
        ("held_on", Told::Day(batch.held_on)),
        ("name_en", Told::Text(batch.name_en.clone())),
        ("name_zh_hant", Told::Text(batch.name_zh_hant.clone())),
        ("name_zh_hans", Told::Text(batch.name_zh_hans.clone())),
        ("source", Told::Text(batch.source.clone())),
    ]
}

fn made(batch: &Batch) -> Change {
    let change = Change::new("batch.set", "batch", batch.id).label(&batch.name_en).version(1);
    told(batch).into_iter().fold(change, |change, (field, value)| change.set(field, value))
}

/// Sets a batch or a ceremony.
pub async fn make(cx: &mut Cx, new: NewBatch) -> Result<Batch> {
    let granted = cx.require(&SET)?;
    let batch = new.checked(cx)?;
    store::insert(cx, &granted, &batch).await?;
    cx.record(made(&batch));
    Ok(batch)
}

/// Brings in a pack's list; those whose code is held already stay as they are.
pub async fn load(cx: &mut Cx, news: Vec<NewBatch>) -> Result<()> {
    let known: Vec<String> = store::all(cx, true).await?.into_iter().map(|batch| batch.code).collect();
    for new in news {
        if !known.contains(&new.checked(cx)?.code) {
            make(cx, new).await?;
        }
    }
    Ok(())
}

/// Names the day, the words or the source anew. Code and kind stay: milestones hold the one and were
/// judged by the other; given otherwise, each is refused by name. A day that milestones lie on
/// changes only with a reason, which the history keeps.
pub async fn edit(cx: &mut Cx, id: Id, version: i64, new: NewBatch) -> Result<Batch> {
    let granted = cx.require(&SET)?;
    let before = get(cx, id).await?;
    refuse_retired(&before)?;
    version::expect(version, before.version, Vec::new())?;
    let mut problems = Problems::default();
    let given = |text: &str| !text.trim().is_empty();
    problems.require(!given(&new.code) || new.code.trim() == before.code, "code", "problem-batch-code-stays");
    problems.require(!given(&new.kind) || new.kind == before.kind, "kind", "problem-batch-kind-stays");
    let reason = problems.line("reason", &new.reason, 500);
    problems.into_result()?;
    let new = NewBatch { code: before.code.clone(), kind: before.kind.clone(), ..new };
    let checked = new.checked(cx)?;
    if checked.held_on != before.held_on && reason.is_empty() && store::is_named(cx, &before.code).await? {
        return Err(Error::invalid("reason", "problem-batch-day-reason"));
    }
    let after = Batch { id, version: before.version + 1, ..checked };
    store::update(cx, &granted, &after).await?;
    let change =
        Change::new("batch.edited", "batch", id).label(&after.name_en).version(after.version).note(Some(reason));
    let both = told(&before).into_iter().zip(told(&after));
    cx.record(both.fold(change, |change, ((field, old), (_, new))| change.field(field, old, new)));
    Ok(after)
}

fn refuse_retired(batch: &Batch) -> Result<()> {
    if batch.retired_at.is_some() { Err(Error::conflict("batch-retired")) } else { Ok(()) }
}

/// Takes a batch out of the choices, or with no reason given brings it back. What names it keeps it.
pub async fn retire(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let granted = cx.require(&SET)?;
    let batch = get(cx, id).await?;
    let verb = match (reason, batch.retired_at) {
        (Some(_), Some(_)) => return Err(Error::conflict("batch-retired")),
        (None, None) => return Err(Error::conflict("batch-not-retired")),
        (Some(_), None) => "batch.retired",
        (None, Some(_)) => "batch.restored",
    };
    let mut problems = Problems::default();
    let reason = reason.map(|text| problems.line("reason", text, 500));
    problems.require(reason.as_deref() != Some(""), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::set_retired(cx, &granted, id, reason.as_deref()).await?;
    cx.record(Change::new(verb, "batch", id).label(batch.name_en).version(batch.version + 1).note(reason));
    Ok(())
}

/// Every batch and ceremony by day, latest first, retired ones included if asked for.
pub async fn all(cx: &mut Cx, retired: bool) -> Result<Vec<Batch>> {
    cx.require(&READ)?;
    store::all(cx, retired).await
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Batch> {
    cx.require(&READ)?;
    store::get(cx, id).await
}

/// A batch that a milestone names.
pub(crate) struct Named {
    pub code: String,
    /// Unknown of a batch that stands in no list.
    pub held_on: Option<Date>,
}

/// The batch that a milestone's words name; nothing for no words. A signing names a ceremony that
/// was held on its day; an attraction may name either, since the public calls both a batch. `kept`
/// is the code that stands where no words are given, retired since or not.
pub(crate) async fn named(
    cx: &mut Cx,
    text: &str,
    kept: Option<&str>,
    milestone: &str,
    day: Option<Date>,
) -> Result<Option<Named>> {
    if !text.trim().is_empty() {
        return named_among(&store::all(cx, false).await?, text, milestone, day).map(Some);
    }
    let Some(kept) = kept else { return Ok(None) };
    let mut problems = Problems::default();
    let batches = store::all(cx, true).await?;
    let batch = batches.iter().find(|batch| batch.code == kept);
    if let Some(batch) = batch {
        batch.held_by(&mut problems, milestone, day);
    }
    problems.into_result()?;
    Ok(Some(Named { code: kept.to_owned(), held_on: batch.map(|batch| batch.held_on) }))
}

/// As [`named`], among batches looked up already.
pub(crate) fn named_among(batches: &[Batch], text: &str, milestone: &str, day: Option<Date>) -> Result<Named> {
    let folded = text.trim().to_lowercase();
    let mut problems = Problems::default();
    let value = [("value", text.trim().chars().take(60).collect::<String>())];
    // A code names one; a name may be borne by several, of which none is picked unasked.
    let by_code = batches.iter().find(|batch| batch.code.to_lowercase() == folded);
    let mut meant: Vec<&Batch> = match by_code {
        Some(batch) => vec![batch],
        None => batches.iter().filter(|batch| batch.named_so(&folded)).collect(),
    };
    if milestone == "signed" && meant.iter().any(|batch| batch.kind == "ceremony") {
        meant.retain(|batch| batch.kind == "ceremony");
    }
    match meant.first().copied() {
        _ if !matches!(milestone, "attracted" | "signed") => problems.add("batch", "problem-batch-unfit"),
        None => problems.add_with("batch", "problem-batch-unknown", &value),
        Some(_) if meant.len() > 1 => {
            let codes: Vec<&str> = meant.iter().map(|batch| batch.code.as_str()).collect();
            let [value] = value;
            problems.add_with("batch", "problem-batch-several", &[value, ("codes", codes.join(", "))]);
        }
        Some(batch) if milestone == "signed" && batch.kind != "ceremony" => {
            problems.add("batch", "problem-batch-unfit");
        }
        Some(batch) => {
            batch.held_by(&mut problems, milestone, day);
            if problems.is_empty() {
                return Ok(Named { code: batch.code.clone(), held_on: Some(batch.held_on) });
            }
        }
    }
    Err(Error::Invalid(problems))
}

/// What of a batch the reader may see: projects attracted or signed with it, by reference.
pub async fn members(cx: &mut Cx, batch: &Batch, after: Option<&str>, limit: i64) -> Result<Vec<Member>> {
    cx.require(&READ)?;
    store::members(cx, &batch.code, false, after, limit).await
}

/// Those of a batch who signed or were attracted and may be named in public.
pub async fn cleared(cx: &mut Cx, batch: &Batch, after: Option<&str>, limit: i64) -> Result<Vec<Member>> {
    cx.require(&READ)?;
    store::members(cx, &batch.code, true, after, limit).await
}

/// How many enterprises within reach each batch attracted, saw sign, and may name.
pub async fn counts(cx: &mut Cx) -> Result<Vec<Count>> {
    cx.require(&READ)?;
    store::counts(cx).await
}
