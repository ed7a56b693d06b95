//! Relations between enterprises: who supplies whom, who works with whom, who competes, who holds a
//! share. Each is kept once and read from both sides; where the other side is out of reach it is not
//! there.

use platform::audit::{Change, Told};
use platform::forms::Loose;
use platform::permission::Granted;
use platform::units::Decimal;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize, Serializer};
use sqlx::FromRow;
use time::Date;
use ui::lists::Total;

use crate::enterprise::{self, Enterprise};
use crate::entry::{self, agree, period};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod store;

pub use store::{count_from, count_to};

/// What the other one is to this one.
pub const ROLES: [&str; 6] = ["supplier", "customer", "partner", "competitor", "investor", "investee"];

/// A relation as one of its two sides sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseRelation)]
pub struct Relation {
    pub id: Id,
    /// supplier, customer, partner, competitor, investor or investee: what the other is to this one.
    #[sqlx(default)]
    pub role: String,
    #[serde(skip)]
    pub kind: String,
    /// Whether it was written from this side.
    #[serde(skip)]
    pub outward: i64,
    /// Percent held, as it is sent.
    #[serde(serialize_with = "in_percent")]
    #[schema(value_type = Option<Decimal>)]
    pub share: Option<i64>,
    pub source: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub version: i64,
    pub other_id: Id,
    pub other_reference: String,
    pub other_name: String,
    pub other_language: String,
    pub other_second_name: Option<String>,
    #[serde(skip)]
    pub other_key: String,
}

fn in_percent<S: Serializer>(share: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    share.map(|steps| Decimal { steps, decimals: 2 }).serialize(serializer)
}

/// A relation as it stands in its table.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(crate) struct Kept {
    pub id: Id,
    pub from_id: Id,
    pub to_id: Id,
    pub kind: String,
    pub share: Option<i64>,
    pub source: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub version: i64,
}

/// A relation as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenRelation {
    /// The other enterprise: its key, its reference, or a name that only one has.
    pub other: Loose,
    /// What the other is to this one: supplier, customer, partner, competitor, investor or investee.
    pub role: String,
    /// Percent held, of an investor or investee.
    pub share: Loose,
    pub source: String,
    pub valid_from: Loose,
    pub valid_to: Loose,
}

/// A relation that meets the rules, but for who the other is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    role: String,
    share: Option<i64>,
    source: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

impl GivenRelation {
    fn checked(&self, problems: &mut Problems) -> Checked {
        let role = self.role.trim().to_lowercase();
        problems.require(ROLES.contains(&role.as_str()), "role", "problem-relation-role");
        let share = problems.amount("share", self.share.get().map(|text| text.trim_end_matches(['%', '％'])), 2);
        problems.require(share.is_none_or(|share| share <= 10_000), "share", "problem-share");
        let holds = matches!(role.as_str(), "investor" | "investee");
        problems.require(share.is_none() || holds, "share", "problem-share-role");
        let source = problems.line("source", &self.source, 300);
        problems.require(!source.is_empty(), "source", "problem-fact-source");
        let (valid_from, valid_to) = period(problems, &self.valid_from, &self.valid_to);
        Checked { role, share, source, valid_from, valid_to }
    }
}

/// How a role is kept: the kind, and whether this side is the one it is written from.
fn kept_as(role: &str) -> (&'static str, bool) {
    match role {
        "supplier" => ("supplier", false),
        "customer" => ("supplier", true),
        "investor" => ("investor", false),
        "investee" => ("investor", true),
        "competitor" => ("competitor", true),
        _ => ("partner", true),
    }
}

/// What the other side is, seen from this one.
pub(crate) fn role_of(kind: &str, outward: bool) -> &'static str {
    match (kind, outward) {
        ("supplier", true) => "customer",
        ("supplier", false) => "supplier",
        ("investor", true) => "investee",
        ("investor", false) => "investor",
        ("competitor", _) => "competitor",
        _ => "partner",
    }
}

/// Who the other is to a third looking from there.
fn turned(role: &str) -> &'static str {
    let (kind, outward) = kept_as(role);
    role_of(kind, !outward)
}

/// The text key of a role's name.
pub fn role_key(role: &str) -> String {
    format!("relation-role-{role}")
}

/// A page of an enterprise's relations, by the other's name.
#[derive(Clone, Debug, Default)]
pub struct RelationPage {
    pub relations: Vec<Relation>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// What a page of relations shows; the same names in the address and the API.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub role: Option<String>,
    pub after: Option<String>,
    pub before: Option<String>,
}

/// One page; a relation whose other side is out of reach or retired is left out and counted nowhere.
pub async fn page(cx: &mut Cx, survivor: Id, filter: &Filter, limit: i64) -> Result<RelationPage> {
    let members = enterprise::members(cx, survivor).await?;
    store::page(cx, survivor, &members, filter, limit).await
}

pub async fn total(cx: &mut Cx, survivor: Id, filter: &Filter) -> Result<Total> {
    let members = enterprise::members(cx, survivor).await?;
    Ok(Total::bounded(store::count(cx, survivor, &members, filter).await?))
}

/// One relation of an enterprise that the actor may edit, and the enterprise on its other side.
pub(crate) async fn to_edit(
    cx: &mut Cx,
    enterprise: Id,
    id: Id,
) -> Result<(Enterprise, Granted, Kept, Enterprise, bool)> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let kept = store::get(cx, id).await?;
    let members = enterprise::members(cx, held.id).await?;
    let outward = members.contains(&kept.from_id);
    if !outward && !members.contains(&kept.to_id) {
        return Err(Error::NotFound);
    }
    // What can't be seen from here is not a relation of this one.
    let other = enterprise::get(cx, if outward { kept.to_id } else { kept.from_id }).await?;
    if other.id == held.id {
        return Err(Error::NotFound);
    }
    Ok((held, granted, kept, other, outward))
}

/// Notes a change on both sides; but a record's history never names one that its readers may not
/// see, so such a change stands with the stricter side only, or by itself. With each side goes the record of it that the
/// relation is written on.
async fn note(
    cx: &mut Cx,
    granted: &Granted,
    sides: [(&Enterprise, Id, &str); 2],
    verb: &'static str,
    about: impl Fn(Change) -> Change,
) -> Result<()> {
    let [(held, mine, role), (other, theirs, turned)] = sides;
    let told = |change: Change, of: &Enterprise, role: &str| {
        about(
            change
                .set("relation", Told::record("enterprise", of.id, &of.name))
                .set("role", Told::code(role, &role_key(role))),
        )
    };
    let (here, there) = (enterprise::may_name(held, other), enterprise::may_name(other, held));
    if here {
        let change = told(Change::new(verb, "enterprise", held.id), other, role);
        enterprise::note_of(cx, granted, held, mine, change).await?;
    }
    if there {
        let change = told(Change::new(verb, "enterprise", other.id).label(&other.name), held, turned);
        enterprise::note_beside(cx, other, theirs, &change).await?;
        cx.record(change);
    }
    if !here && !there {
        let change = told(Change::new(verb, "relation", held.id).label(&held.name), other, role);
        cx.record(change);
    }
    Ok(())
}

/// Relates an enterprise to another.
pub async fn relate(cx: &mut Cx, enterprise: Id, given: GivenRelation) -> Result<Relation> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let mut problems = Problems::default();
    let checked = given.checked(&mut problems);
    let other = enterprise::chosen(cx, &mut problems, "other", &given.other).await?;
    if other.as_ref().is_some_and(|other| other.id == held.id) {
        problems.add("other", "problem-relation-self");
    }
    problems.into_result()?;
    let other = other.ok_or(Error::NotFound)?;
    refuse_twice(cx, &held, &other, None, &checked).await?;
    let (kind, outward) = kept_as(&checked.role);
    let (from, to) = if outward { (held.id, other.id) } else { (other.id, held.id) };
    let id = store::insert(cx, &granted, from, to, kind, &checked).await?;
    let sides = [(&held, held.id, checked.role.as_str()), (&other, other.id, turned(&checked.role))];
    note(cx, &granted, sides, "enterprise.related", |change| {
        change
            .set("share", checked.share.map_or(Told::Nothing, told_share))
            .set("source", Told::Text(checked.source.clone()))
            .set("valid_from", Told::day(checked.valid_from))
            .set("valid_to", Told::day(checked.valid_to))
            .set("_relation", Told::record("relation", id, ""))
    })
    .await?;
    seen(cx, &held, id).await
}

async fn seen(cx: &mut Cx, held: &Enterprise, id: Id) -> Result<Relation> {
    let members = enterprise::members(cx, held.id).await?;
    store::one(cx, held.id, &members, id).await
}

fn told_share(share: i64) -> Told {
    Told::Text(platform::format::percent(share))
}

/// Corrects a relation, or ends it by giving its last day. Who the other is stays: another one is
/// another relation.
pub async fn correct(cx: &mut Cx, enterprise: Id, id: Id, version: i64, given: GivenRelation) -> Result<Relation> {
    let (held, granted, before, other, outward) = to_edit(cx, enterprise, id).await?;
    let mut problems = Problems::default();
    let after = given.checked(&mut problems);
    problems.into_result()?;
    let was = role_of(&before.kind, outward);
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let share = |share: Option<i64>| share.map(platform::format::percent);
    agree(
        version,
        before.version,
        &[
            ("role", Some(after.role.clone()), Some(was.to_owned())),
            ("share", share(after.share), share(before.share)),
            ("source", Some(after.source.clone()), Some(before.source.clone())),
            ("valid_from", day(after.valid_from), day(before.valid_from)),
            ("valid_to", day(after.valid_to), day(before.valid_to)),
        ],
    )?;
    let same = Checked {
        role: was.to_owned(),
        share: before.share,
        source: before.source.clone(),
        valid_from: before.valid_from,
        valid_to: before.valid_to,
    };
    if same == after {
        return seen(cx, &held, id).await;
    }
    refuse_twice(cx, &held, &other, Some(id), &after).await?;
    let (kind, writes_from) = kept_as(&after.role);
    let (from, to) =
        if writes_from == outward { (before.from_id, before.to_id) } else { (before.to_id, before.from_id) };
    store::update(cx, &granted, id, from, to, kind, &after).await?;
    let (mine, theirs) = sides_of(&before, outward);
    let sides = [(&held, mine, after.role.as_str()), (&other, theirs, turned(&after.role))];
    note(cx, &granted, sides, "enterprise.relation_corrected", |change| {
        change
            .field(
                "share",
                before.share.map_or(Told::Nothing, told_share),
                after.share.map_or(Told::Nothing, told_share),
            )
            .field("source", Told::Text(before.source.clone()), Told::Text(after.source.clone()))
            .field("valid_from", Told::day(before.valid_from), Told::day(after.valid_from))
            .field("valid_to", Told::day(before.valid_to), Told::day(after.valid_to))
            .set("_relation", Told::record("relation", id, ""))
    })
    .await?;
    seen(cx, &held, id).await
}

/// Takes back a relation that never was.
pub async fn withdraw(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let (held, granted, kept, other, outward) = to_edit(cx, enterprise, id).await?;
    let reason = entry::reason(reason)?;
    store::withdraw(cx, &granted, id, &reason).await?;
    let role = role_of(&kept.kind, outward);
    let (mine, theirs) = sides_of(&kept, outward);
    let sides = [(&held, mine, role), (&other, theirs, turned(role))];
    note(cx, &granted, sides, "enterprise.relation_withdrawn", |change| change.note(Some(reason.clone()))).await
}

/// The records that a relation is written on, as seen from one side.
fn sides_of(kept: &Kept, outward: bool) -> (Id, Id) {
    if outward { (kept.from_id, kept.to_id) } else { (kept.to_id, kept.from_id) }
}

/// The same two can't be the same to each other twice on one day, whichever side wrote it first.
async fn refuse_twice(
    cx: &mut Cx,
    held: &Enterprise,
    other: &Enterprise,
    but: Option<Id>,
    new: &Checked,
) -> Result<()> {
    let (mine, theirs) = (enterprise::members(cx, held.id).await?, enterprise::members(cx, other.id).await?);
    let known = store::between(cx, &mine, &theirs).await?;
    let overlaps = known.iter().any(|kept| {
        Some(kept.id) != but
            && role_of(&kept.kind, mine.contains(&kept.from_id)) == new.role
            && kept.valid_to.is_none_or(|end| new.valid_from.is_none_or(|from| from <= end))
            && new.valid_to.is_none_or(|end| kept.valid_from.is_none_or(|from| from <= end))
    });
    if overlaps { Err(Error::invalid("other", "relation-already-held")) } else { Ok(()) }
}
