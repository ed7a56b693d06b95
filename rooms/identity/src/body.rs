//! Bodies: the departments, councils, parks and funds that the office works with. A partner's case
//! officer belongs to one.

use std::collections::HashMap;

use platform::audit::{Change, Told};
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::ADMINISTER;
use crate::team::{NewBody, fits_code};

pub mod pages;
mod store;

pub use store::Body;

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
    if ids.iter().all(Option::is_none) {
        return Ok(HashMap::new());
    }
    let language = cx.language;
    Ok(store::all(cx).await?.into_iter().map(|body| (body.id, body.name(language).to_owned())).collect())
}

/// Every body with how many accounts belong to it, ended ones included.
pub async fn all(cx: &mut Cx) -> Result<Vec<(Body, i64)>> {
    cx.require(&ADMINISTER)?;
    let counts = store::counts(cx).await?;
    let bodies = store::all(cx).await?.into_iter();
    Ok(bodies
        .map(|body| (counts.get(&body.id).copied().unwrap_or_default(), body))
        .map(|(n, body)| (body, n))
        .collect())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Body> {
    cx.require(&ADMINISTER)?;
    store::get(cx, id).await
}

/// The body with a code, for the command line.
pub async fn by_code(cx: &mut Cx, code: &str) -> Result<Option<Id>> {
    Ok(store::all(cx).await?.into_iter().find(|body| body.code == code).map(|body| body.id))
}

/// What is filled in for a body.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub abbreviation: String,
    pub valid_from: String,
    /// The last day it stands; empty while it does.
    pub valid_to: String,
    pub source: String,
}

impl Filled {
    fn checked(self, problems: &mut Problems) -> Option<NewBody> {
        let mut named = |field: &str, text: &str, missing: &str| {
            let text = problems.line(field, text, 200);
            problems.require(!text.is_empty(), field, missing);
            text
        };
        let name_en = named("name_en", &self.name_en, "problem-name-missing");
        let name_zh_hant = named("name_zh_hant", &self.name_zh_hant, "problem-name-missing");
        let name_zh_hans = named("name_zh_hans", &self.name_zh_hans, "problem-name-missing");
        let source = named("source", &self.source, "problem-code-source-missing");
        problems.require(KINDS.contains(&self.kind.as_str()), "kind", "problem-body-kind");
        let abbreviation = problems.line("abbreviation", &self.abbreviation, 40);
        let valid_from = problems.required_day("valid_from", Some(&self.valid_from));
        let valid_to = problems.day("valid_to", Some(&self.valid_to));
        if let (Some(from), Some(to)) = (valid_from, valid_to) {
            problems.require(from <= to, "valid_to", "problem-period-backwards");
        }
        Some(NewBody {
            code: self.code,
            kind: self.kind,
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
pub async fn make(cx: &mut Cx, filled: Filled) -> Result<Id> {
    cx.require(&ADMINISTER)?;
    let mut problems = Problems::default();
    problems.require(fits_code(&filled.code), "code", "problem-code-form");
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let new = checked.ok_or_else(|| Error::invalid("valid_from", "problem-day-missing"))?;
    let id = cx.new_id();
    if !store::insert(cx, id, &new).await? {
        return Err(Error::invalid("code", "problem-code-held"));
    }
    cx.record(Change::new("body.made", "body", id).label(&new.name_en).set("code", Told::Text(new.code.clone())));
    Ok(id)
}

/// Renames a body, says more of it, or ends it on a day. The code stays.
pub async fn change(cx: &mut Cx, id: Id, filled: Filled) -> Result<()> {
    let before = get(cx, id).await?;
    let mut problems = Problems::default();
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let new = checked.ok_or_else(|| Error::invalid("valid_from", "problem-day-missing"))?;
    store::update(cx, id, &new).await?;
    let text = |text: &str| Told::text(Some(text).filter(|text| !text.is_empty()));
    cx.record(
        Change::new("body.changed", "body", id)
            .label(&new.name_en)
            .field("kind", Told::code(&before.kind, kind_key(&before.kind)), Told::code(&new.kind, kind_key(&new.kind)))
            .field("name_en", text(&before.name_en), text(&new.name_en))
            .field("name_zh_hant", text(&before.name_zh_hant), text(&new.name_zh_hant))
            .field("name_zh_hans", text(&before.name_zh_hans), text(&new.name_zh_hans))
            .field("abbreviation", text(&before.abbreviation), text(&new.abbreviation))
            .field("valid_from", Told::Day(before.valid_from), Told::Day(new.valid_from))
            .field("valid_to", Told::day(before.valid_to), Told::day(new.valid_to))
            .field("source", text(&before.source), text(&new.source)),
    );
    Ok(())
}
