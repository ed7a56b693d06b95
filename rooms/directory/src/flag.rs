//! Flags of an enterprise: listed, leading in its field, on a list that restricts dealings. Each
//! comes from a dated code list and has its own source and days.

use platform::audit::{Change, Told};
use platform::forms::{Loose, says_again};
use platform::permission::Granted;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::enterprise::{self, Enterprise};
use crate::entry::{self, agree, period};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod store;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseFlag)]
pub struct Flag {
    pub id: Id,
    pub enterprise_id: Id,
    /// A code of the list `enterprise_flag`.
    pub flag: String,
    pub source: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub version: i64,
    /// Of the code: `restriction` where dealings are restricted.
    #[sqlx(default)]
    pub group: String,
}

/// A flag as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenFlag {
    pub flag: String,
    pub source: String,
    pub valid_from: Loose,
    pub valid_to: Loose,
}

/// A flag that meets the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    flag: String,
    source: String,
    valid_from: Date,
    valid_to: Option<Date>,
}

impl Flag {
    pub fn is_in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }

    pub fn restricts(&self) -> bool {
        self.group == "restriction"
    }

    /// The meaning of its badge's colour; the word stands in it.
    pub fn tone(&self) -> &'static str {
        if self.restricts() { "danger" } else { "information" }
    }
}

impl GivenFlag {
    /// `held` is the one that is corrected: as what it was set from its day on, it may stay.
    fn checked(&self, cx: &Cx, held: Option<&Flag>) -> Result<Checked> {
        let mut problems = Problems::default();
        let (from, to) = period(&mut problems, &self.valid_from, &self.valid_to);
        let from = from.unwrap_or_else(|| cx.today());
        let listed = cx.house.codes.written("enterprise_flag", &self.flag);
        let stays = held.is_some_and(|held| says_again(Some(&self.flag), Some(&held.flag)) && held.valid_from == from);
        if !stays && !listed.as_ref().is_some_and(|listed| listed.holds_on(from)) {
            problems.add_with("flag", "problem-code-unknown", &[("value", self.flag.chars().take(60).collect())]);
        }
        let source = problems.line("source", &self.source, 300);
        problems.require(!source.is_empty(), "source", "problem-fact-source");
        problems.require(to.is_none_or(|to| from <= to), "valid_to", "problem-period-backwards");
        problems.into_result()?;
        Ok(Checked {
            flag: listed.map_or_else(|| self.flag.trim().to_owned(), |listed| listed.code),
            source,
            valid_from: from,
            valid_to: to,
        })
    }
}

fn grouped(cx: &Cx, mut flag: Flag) -> Flag {
    flag.group = cx.house.codes.get("enterprise_flag", &flag.flag).map(|code| code.group_code).unwrap_or_default();
    flag
}

/// The flags of an enterprise and of those merged into it, ended ones included, latest first.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Flag>> {
    let members = enterprise::members(cx, survivor).await?;
    let flags = store::of(cx, &members).await?;
    Ok(flags.into_iter().map(|flag| grouped(cx, flag)).collect())
}

/// The flags in force today, restrictions first; what every page about the enterprise shows.
pub async fn in_force(cx: &mut Cx, survivor: Id) -> Result<Vec<Flag>> {
    let today = cx.today();
    let mut flags: Vec<Flag> = of(cx, survivor).await?.into_iter().filter(|flag| flag.is_in_force(today)).collect();
    flags.sort_by_key(|flag| (!flag.restricts(), flag.flag.clone()));
    // Two merged records may say the same.
    flags.dedup_by(|next, flag| next.flag == flag.flag);
    Ok(flags)
}

pub(crate) async fn to_edit(cx: &mut Cx, enterprise: Id, id: Id) -> Result<(Enterprise, Granted, Flag)> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let flag = store::get(cx, id).await?;
    enterprise::belongs(cx, held.id, flag.enterprise_id).await?;
    let flag = grouped(cx, flag);
    Ok((held, granted, flag))
}

fn told(code: &str) -> Told {
    Told::listed("enterprise_flag", Some(code))
}

/// Sets a flag from a day on.
pub async fn set(cx: &mut Cx, enterprise: Id, given: GivenFlag) -> Result<Flag> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let checked = given.checked(cx, None)?;
    let known = of(cx, held.id).await?;
    refuse_overlap(&known, None, &checked)?;
    let id = store::insert(cx, &granted, held.id, &checked).await?;
    let change = Change::new("enterprise.flagged", "enterprise", held.id)
        .set("flag", told(&checked.flag))
        .set("source", Told::Text(checked.source.clone()))
        .set("valid_from", Told::Day(checked.valid_from))
        .set("valid_to", Told::day(checked.valid_to))
        .set("_flag", Told::record("flag", id, &checked.flag));
    enterprise::note(cx, &granted, &held, change).await?;
    let flag = store::get(cx, id).await?;
    Ok(grouped(cx, flag))
}

/// Corrects a flag, or ends it by giving its last day.
pub async fn correct(cx: &mut Cx, enterprise: Id, id: Id, version: i64, given: GivenFlag) -> Result<Flag> {
    let (held, granted, before) = to_edit(cx, enterprise, id).await?;
    let after = given.checked(cx, Some(&before))?;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    agree(
        version,
        before.version,
        &[
            ("flag", Some(after.flag.clone()), Some(before.flag.clone())),
            ("source", Some(after.source.clone()), Some(before.source.clone())),
            ("valid_from", day(Some(after.valid_from)), day(Some(before.valid_from))),
            ("valid_to", day(after.valid_to), day(before.valid_to)),
        ],
    )?;
    let change = Change::new("enterprise.flag_corrected", "enterprise", held.id)
        .field("source", Told::Text(before.source.clone()), Told::Text(after.source.clone()))
        .field("valid_from", Told::Day(before.valid_from), Told::Day(after.valid_from))
        .field("valid_to", Told::day(before.valid_to), Told::day(after.valid_to));
    let renamed = before.flag != after.flag;
    if change.fields.is_empty() && !renamed {
        return Ok(before);
    }
    let known = of(cx, held.id).await?;
    refuse_overlap(&known, Some(id), &after)?;
    store::update(cx, &granted, id, &after).await?;
    // Which flag it is about is told even where only a day changed.
    let change = match renamed {
        true => change.field("flag", told(&before.flag), told(&after.flag)),
        false => change.set("flag", told(&after.flag)),
    };
    let change = change.set("_flag", Told::record("flag", id, &after.flag));
    enterprise::note_of(cx, &granted, &held, before.enterprise_id, change).await?;
    let flag = store::get(cx, id).await?;
    Ok(grouped(cx, flag))
}

/// Takes back a flag that never held.
pub async fn withdraw(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let (held, granted, flag) = to_edit(cx, enterprise, id).await?;
    let reason = entry::reason(reason)?;
    store::withdraw(cx, &granted, id, &reason).await?;
    let change = Change::new("enterprise.flag_withdrawn", "enterprise", held.id).note(Some(reason)).field(
        "flag",
        told(&flag.flag),
        Told::Nothing,
    );
    enterprise::note_of(cx, &granted, &held, flag.enterprise_id, change).await
}

/// The same flag can't hold twice on one day.
fn refuse_overlap(known: &[Flag], but: Option<Id>, new: &Checked) -> Result<()> {
    let overlaps = known.iter().any(|flag| {
        Some(flag.id) != but
            && flag.flag == new.flag
            && flag.valid_to.is_none_or(|end| new.valid_from <= end)
            && new.valid_to.is_none_or(|end| flag.valid_from <= end)
    });
    if overlaps { Err(Error::invalid("flag", "flag-already-set")) } else { Ok(()) }
}
