//! The industries of an enterprise, by a dated code list: each assignment has the day from which it
//! holds, and what was known before is kept.

use platform::audit::{Change, Told};
use platform::{Cx, Id, Problems, Result};
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

/// Codes as the enterprise's own row keeps those that hold, so that lists need not look them up: `,a,b,`.
pub(crate) fn listed(codes: &[String]) -> String {
    if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) }
}

/// Industries assigned and not superseded, ended ones included, latest first.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Industry>> {
    let members = enterprise::members(cx, survivor).await?;
    store::of(cx, &members).await
}

/// Says which industries an enterprise is in from a day on. Earlier assignments end the day before
/// and keep counting for earlier days; what was said of that day and later ones is superseded.
///
/// `version` is the enterprise's as the editor saw it; where its industries were set since, this is
/// refused with both.
pub async fn assign(cx: &mut Cx, enterprise: Id, version: Option<i64>, codes: &[String], from: Date) -> Result<()> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let since = enterprise::changed_since(cx, &held, version).await?;
    let mut problems = Problems::default();
    let mut wanted: Vec<String> = Vec::new();
    for code in codes {
        // A code list changes: only what is in force on that day can be chosen for it.
        if !cx.house.codes.get("industry", code).is_some_and(|listed| listed.holds_on(from)) {
            problems.add_with("industries", "problem-code-unknown", &[("value", code.chars().take(60).collect())]);
        } else if !wanted.contains(code) {
            wanted.push(code.clone());
        }
    }
    problems.into_result()?;
    let before: Vec<Industry> = of(cx, held.id).await?;
    let mut present: Vec<String> = before
        .iter()
        .filter(|known| known.valid_from <= from && known.valid_to.is_none())
        .map(|known| known.industry.clone())
        .collect();
    let later = before.iter().any(|known| known.valid_from > from || known.valid_to.is_some_and(|end| end >= from));
    let (mut one, mut other) = (present.clone(), wanted.clone());
    one.sort_unstable();
    other.sort_unstable();
    if one == other && !later {
        return Ok(());
    }
    if later {
        present = before.iter().filter(|known| known.valid_to.is_none()).map(|known| known.industry.clone()).collect();
    }
    if since.contains("industries") {
        let both = ("industries", Some(wanted.join(", ")), Some(present.join(", ")));
        crate::entry::agree(version.unwrap_or_default(), held.version, &[both])?;
    }
    let members = enterprise::members(cx, held.id).await?;
    store::assign(cx, &granted, held.id, &members, &wanted, from).await?;
    let change = Change::new("enterprise.classified", "enterprise", held.id)
        .field("industries", told(&present), told(&wanted))
        .set("valid_from", Told::Day(from));
    enterprise::note(cx, &granted, &held, change).await
}

/// The codes as the audit keeps them; one is told by its name in the reader's language.
fn told(codes: &[String]) -> Told {
    Told::listed("industry", Some(codes.join(", ").as_str()).filter(|codes| !codes.is_empty()))
}
