//! The industries of an enterprise, by a dated code list: each assignment has the day from which it
//! holds, and what was known before is kept.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::permission::Granted;
use platform::{Cx, Error, Id, Problems, Result};
use serde::Serialize;
use sqlx::FromRow;
use time::Date;

use crate::enterprise;

pub mod api;
pub mod pages;
mod store;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseIndustry)]
pub struct Industry {
    pub industry: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
}

impl Industry {
    fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }
}

/// Codes as the enterprise's own row keeps those that hold, so that lists need not look them up: `,a,b,`.
pub(crate) fn listed(codes: &[String]) -> String {
    if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) }
}

/// Industries assigned and not superseded, ended ones included, latest first.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Industry>> {
    let members = enterprise::members(cx, survivor).await?;
    store::of(cx, &members).await
}

/// What becomes of industries that are recorded from a later day on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Later {
    /// They stay: what is set ends the day before.
    #[default]
    Stays,
    /// What is set takes their place.
    IsReplaced,
}

/// The frozen release that may have counted an enterprise by its industries of a day. A release is as at a day that had
/// come when it was frozen: what holds from a later day than today touches none.
pub(crate) async fn counted_in(cx: &mut Cx, survivor: Id, from: Date) -> Result<Option<String>> {
    if from > cx.today() {
        return Ok(None);
    }
    let members = enterprise::members(cx, survivor).await?;
    let releases = platform::frozen::among(cx, "enterprise", &members).await?;
    Ok(releases.into_iter().map(|(_, release)| release).min())
}

/// Says which industries an enterprise is in from a day on. Earlier assignments end the day before
/// and keep counting for earlier days; what was said of the days that this holds for is superseded.
/// Where a frozen release has counted it, days up to today are set with a reason only.
///
/// `version` is the enterprise's as the editor saw it; where its industries were set since, this is
/// refused with both.
pub async fn assign(
    cx: &mut Cx,
    enterprise: Id,
    version: Option<i64>,
    codes: &[String],
    from: Date,
    later: Later,
    reason: &str,
) -> Result<()> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let since = enterprise::changed_since(cx, &held, version).await?;
    let before: Vec<Industry> = of(cx, held.id).await?;
    let mut problems = Problems::default();
    let mut wanted: Vec<String> = Vec::new();
    for code in codes {
        // A code list changes: only what is in force on that day can be chosen for it, and what was recorded may stay.
        let stays = before.iter().any(|known| known.industry == *code && known.holds_on(from));
        if !stays && !cx.house.codes.get("industry", code).is_some_and(|listed| listed.holds_on(from)) {
            problems.add_with("industries", "problem-code-unknown", &[("value", code.chars().take(60).collect())]);
        } else if !wanted.contains(code) {
            wanted.push(code.clone());
        }
    }
    let reason = problems.line("reason", reason, 500);
    problems.into_result()?;
    let until = match later {
        Later::Stays => next(&before, from).and_then(Date::previous_day),
        Later::IsReplaced => None,
    };
    let reached: Vec<&Industry> = before
        .iter()
        .filter(|known| known.valid_to.is_none_or(|end| end >= from) && until.is_none_or(|end| known.valid_from <= end))
        .collect();
    let present = distinct(reached.iter().map(|known| known.industry.as_str()));
    let (mut one, mut other) = (present.clone(), wanted.clone());
    one.sort_unstable();
    other.sort_unstable();
    let is_held_throughout = |known: &&Industry| {
        let reaches = match until {
            Some(until) => known.valid_to.is_none_or(|end| end >= until),
            None => known.valid_to.is_none(),
        };
        known.valid_from <= from && reaches
    };
    if one == other && reached.iter().all(is_held_throughout) {
        return Ok(());
    }
    if since.contains("industries") {
        let both = ("industries", Some(wanted.join(", ")), Some(present.join(", ")));
        crate::entry::agree(version.unwrap_or_default(), held.version, &[both])?;
    }
    if reason.is_empty()
        && let Some(release) = counted_in(cx, held.id, from).await?
    {
        let mut problems = Problems::default();
        problems.add_with("reason", "industry-frozen", &[("release", release)]);
        return Err(Error::Invalid(problems));
    }
    let members = enterprise::members(cx, held.id).await?;
    let cut = store::assign(cx, &granted, held.id, &members, &wanted, (from, until)).await?;
    let days = |change: Change| {
        let change = change.set("valid_from", Told::Day(from)).set("valid_to", Told::day(until));
        change.note(Some(reason.clone()))
    };
    for member in members.iter().filter(|member| **member != held.id) {
        let lost = distinct(cut.iter().filter(|one| one.enterprise_id == *member).map(|one| one.industry.as_str()));
        if !lost.is_empty() {
            let change = Change::new("enterprise.classified", "enterprise", *member);
            let change = days(change.field("industries", told(&lost), Told::Nothing));
            enterprise::note_beside(cx, &held, *member, &change).await?;
        }
    }
    let change = Change::new("enterprise.classified", "enterprise", held.id);
    enterprise::note(cx, &granted, &held, days(change.field("industries", told(&present), told(&wanted)))).await
}

/// The first day after this one from which other industries are recorded.
pub(crate) fn next(held: &[Industry], from: Date) -> Option<Date> {
    held.iter().map(|known| known.valid_from).filter(|day| *day > from).min()
}

fn distinct<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for code in codes {
        if all.iter().all(|known| known != code) {
            all.push(code.to_owned());
        }
    }
    all
}

/// Puts back what an enterprise and those merged into it were said to be in at an instant, where it was cut since; tells
/// that in the change.
pub(crate) async fn put_back(cx: &mut Cx, granted: &Granted, enterprise: Id, at: At, change: Change) -> Result<Change> {
    let members = enterprise::members(cx, enterprise).await?;
    let before = distinct(store::of(cx, &members).await?.iter().map(|known| known.industry.as_str()));
    let Some(stands) = store::put_back(cx, granted, &members, at).await? else { return Ok(change) };
    let now = distinct(stands.iter().map(|known| known.industry.as_str()));
    // The same industries for more days are told, too.
    let before = if before == now { Told::Nothing } else { told(&before) };
    Ok(change.field("industries", before, told(&now)))
}

/// The codes as the audit keeps them; one is told by its name in the reader's language.
fn told(codes: &[String]) -> Told {
    Told::listed("industry", Some(codes.join(", ").as_str()).filter(|codes| !codes.is_empty()))
}
