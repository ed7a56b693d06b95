//! Bodies: the departments, councils, parks and funds that the office works with. A partner's case
//! officer belongs to one.

use std::collections::HashMap;

use futures::future::BoxFuture;
use platform::audit::{Change, Told};
use platform::forms::Loose;
use platform::pack::{PackRow, PackTable};
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result, version};
use serde::Deserialize;
use time::Date;

use crate::team::{fits_code, written};
use crate::{ADMINISTER, READ};

pub mod api;
pub mod pages;
mod store;

pub use store::Body;

/// A body as a pack names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBody {
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    #[serde(default)]
    pub abbreviation: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

impl NewBody {
    fn made(&self, id: Id) -> Change {
        let text = |text: &str| Told::text(Some(text).filter(|text| !text.is_empty()));
        Change::new("body.made", "body", id)
            .label(&self.name_en)
            .set("code", text(&self.code))
            .set("kind", Told::code(&self.kind, kind_key(&self.kind)))
            .set("name_en", text(&self.name_en))
            .set("name_zh_hant", text(&self.name_zh_hant))
            .set("name_zh_hans", text(&self.name_zh_hans))
            .set("abbreviation", text(&self.abbreviation))
            .set("valid_from", Told::Day(self.valid_from))
            .set("valid_to", Told::day(self.valid_to))
            .set("source", text(&self.source))
    }
}

/// Brings in bodies that are not there yet.
pub async fn load(cx: &mut Cx, bodies: Vec<NewBody>) -> Result<()> {
    cx.require(&ADMINISTER)?;
    for body in bodies {
        let id = cx.new_id();
        if store::insert(cx, id, &body).await? {
            cx.record(body.made(id));
        }
    }
    Ok(())
}

/// The kinds a body can be of.
pub const KINDS: [&str; 8] = ["office", "council", "department", "bureau", "park", "fund", "unit", "dedicated-team"];

/// The text key of a kind's name.
pub fn kind_key(code: &str) -> &'static str {
    match code {
        "office" => "body-kind-office",
        "council" => "body-kind-council",
        "department" => "body-kind-department",
        "bureau" => "body-kind-bureau",
        "park" => "body-kind-park",
        "fund" => "body-kind-fund",
        "dedicated-team" => "body-kind-dedicated-team",
        _ => "body-kind-unit",
    }
}

impl Body {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }

    pub fn stands_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }
}

/// The bodies one can choose today, in the reader's language.
pub async fn options(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    let (language, today) = (cx.language, cx.today());
    let bodies = store::all(cx).await?.into_iter().filter(|body| body.stands_on(today));
    Ok(bodies.map(|body| (body.id, body.name(language).to_owned())).collect())
}

/// What these bodies are called.
pub async fn names(cx: &mut Cx, ids: &[Option<Id>]) -> Result<HashMap<Id, String>> {
    if ids.iter().all(Option::is_none) { Ok(HashMap::new()) } else { every_name(cx).await }
}

/// What all bodies are called, ended ones included.
pub(crate) async fn every_name(cx: &mut Cx) -> Result<HashMap<Id, String>> {
    let language = cx.language;
    Ok(store::all(cx).await?.into_iter().map(|body| (body.id, body.name(language).to_owned())).collect())
}

/// Every body, ended ones included: what was counted by one keeps its name.
pub async fn every(cx: &mut Cx) -> Result<Vec<Body>> {
    store::all(cx).await
}

/// Every body with how many accounts belong to it, ended ones included.
pub async fn all(cx: &mut Cx) -> Result<Vec<(Body, i64)>> {
    cx.require(&READ)?;
    let counts = store::counts(cx).await?;
    let bodies = store::all(cx).await?.into_iter();
    Ok(bodies
        .map(|body| (counts.get(&body.id).copied().unwrap_or_default(), body))
        .map(|(n, body)| (body, n))
        .collect())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Body> {
    cx.require(&READ)?;
    store::get(cx, id).await
}

/// The body with a code, for the command line.
pub async fn by_code(cx: &mut Cx, code: &str) -> Result<Option<Id>> {
    Ok(store::all(cx).await?.into_iter().find(|body| body.code == code).map(|body| body.id))
}

/// What is filled in for a body.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = FilledBody)]
#[serde(default)]
pub struct Filled {
    /// Small letters, digits and hyphens; stays once given.
    pub code: Loose,
    pub kind: Loose,
    pub name_en: Loose,
    pub name_zh_hant: Loose,
    pub name_zh_hans: Loose,
    pub abbreviation: Loose,
    pub valid_from: Loose,
    /// The last day it stands; empty while it does.
    pub valid_to: Loose,
    pub source: Loose,
}

impl Filled {
    fn checked(self, problems: &mut Problems) -> Option<NewBody> {
        let text = |given: &Loose| given.get().unwrap_or_default().to_owned();
        let mut named = |field: &str, given: &Loose, missing: &str| {
            let text = problems.line(field, given.get().unwrap_or_default(), 200);
            problems.require(!text.is_empty(), field, missing);
            text
        };
        let name_en = named("name_en", &self.name_en, "problem-name-missing");
        let name_zh_hant = named("name_zh_hant", &self.name_zh_hant, "problem-name-missing");
        let name_zh_hans = named("name_zh_hans", &self.name_zh_hans, "problem-name-missing");
        let source = named("source", &self.source, "problem-code-source-missing");
        problems.require(KINDS.contains(&text(&self.kind).as_str()), "kind", "problem-body-kind");
        let abbreviation = problems.line("abbreviation", &text(&self.abbreviation), 40);
        let valid_from = problems.required_day("valid_from", self.valid_from.get());
        let valid_to = problems.day("valid_to", self.valid_to.get());
        if let (Some(from), Some(to)) = (valid_from, valid_to) {
            problems.require(from <= to, "valid_to", "problem-period-backwards");
        }
        Some(NewBody {
            code: text(&self.code),
            kind: text(&self.kind),
            name_en,
            name_zh_hant,
            name_zh_hans,
            abbreviation,
            valid_from: valid_from?,
            valid_to,
            source,
        })
    }
}

/// Makes a body.
pub async fn make(cx: &mut Cx, filled: Filled) -> Result<Body> {
    cx.require(&ADMINISTER)?;
    let mut problems = Problems::default();
    problems.require(fits_code(filled.code.get().unwrap_or_default()), "code", "problem-code-form");
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let new = checked.ok_or_else(|| Error::invalid("valid_from", "problem-day-missing"))?;
    let id = cx.new_id();
    if !store::insert(cx, id, &new).await? {
        return Err(Error::invalid("code", "problem-code-held"));
    }
    cx.record(new.made(id));
    store::get(cx, id).await
}

/// Renames a body, says more of it, or ends it on a day. The code stays.
pub async fn change(cx: &mut Cx, id: Id, version: i64, filled: Filled) -> Result<Body> {
    cx.require(&ADMINISTER)?;
    let before = get(cx, id).await?;
    let mut problems = Problems::default();
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let new = checked.ok_or_else(|| Error::invalid("valid_from", "problem-day-missing"))?;
    let both = vec![
        version::both("kind", &new.kind, &before.kind),
        version::both("name_en", &new.name_en, &before.name_en),
        version::both("name_zh_hant", &new.name_zh_hant, &before.name_zh_hant),
        version::both("name_zh_hans", &new.name_zh_hans, &before.name_zh_hans),
        version::both("abbreviation", &new.abbreviation, &before.abbreviation),
        version::both("valid_from", new.valid_from.to_string(), before.valid_from.to_string()),
        version::both("valid_to", written(new.valid_to), written(before.valid_to)),
        version::both("source", &new.source, &before.source),
    ];
    version::expect(version, before.version, both)?;
    store::update(cx, id, &new).await?;
    let text = |text: &str| Told::text(Some(text).filter(|text| !text.is_empty()));
    cx.record(
        Change::new("body.changed", "body", id)
            .label(&new.name_en)
            .version(before.version + 1)
            .field("kind", Told::code(&before.kind, kind_key(&before.kind)), Told::code(&new.kind, kind_key(&new.kind)))
            .field("name_en", text(&before.name_en), text(&new.name_en))
            .field("name_zh_hant", text(&before.name_zh_hant), text(&new.name_zh_hant))
            .field("name_zh_hans", text(&before.name_zh_hans), text(&new.name_zh_hans))
            .field("abbreviation", text(&before.abbreviation), text(&new.abbreviation))
            .field("valid_from", Told::Day(before.valid_from), Told::Day(new.valid_from))
            .field("valid_to", Told::day(before.valid_to), Told::day(new.valid_to))
            .field("source", text(&before.source), text(&new.source)),
    );
    store::get(cx, id).await
}

/// The bodies as a table of the pack.
pub(crate) fn table() -> PackTable {
    const COLUMNS: &[&str] = &["body-code", "body-name", "body-abbreviation", "body-kind"];
    PackTable { name: "bodies", key: "bodies-heading", columns: COLUMNS, rows }
}

fn rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    Box::pin(async move {
        let language = cx.language;
        let rows = store::all(cx).await?.into_iter().map(|body| PackRow {
            cells: vec![body.code.clone(), body.name(language).to_owned(), body.abbreviation, body.kind],
            valid_from: Some(body.valid_from),
            valid_to: body.valid_to,
            source: body.source,
        });
        Ok(rows.collect())
    })
}
