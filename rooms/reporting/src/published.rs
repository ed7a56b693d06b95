//! Published figures: kept with value, unit, comparator, basis, scope, as-at date and source. One that
//! lacks any of these is refused, naming all that is missing.
//!
//! Nothing is overwritten. A correction is a later version with its reason, a withdrawal ends the
//! last version with its reason, and figures of earlier knowledge go on seeing what stood then.

use std::collections::{BTreeMap, HashMap};

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::pages::View;
use platform::units::{Decimal, Unit};
use platform::{Cx, Error, Id, Problems, Result, version};
use projects::figures::AsOf;
use serde::{Serialize, Serializer};
use sqlx::FromRow;
use time::Date;

use crate::{PUBLISHED, READ};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod list;
mod new;
pub mod pages;
mod proof;
mod store;

pub use new::NewPublished;
pub use proof::check;

pub const COMPARATORS: [&str; 7] = ["exactly", "about", "over", "nearly", "at_least", "range_low", "range_high"];
pub const BASES: [&str; 10] = [
    "pledged",
    "realised",
    "first_year",
    "coming_years",
    "target",
    "counted",
    "applied",
    "approved",
    "forecast",
    "capacity",
];
/// What a value can count, and of what there is no half.
const WHOLE: [&str; 12] = [
    "enterprises",
    "companies",
    "partners",
    "organisations",
    "projects",
    "jobs",
    "persons",
    "applications",
    "guests",
    "offices",
    "listings",
    "lines",
];
/// What else a value can be told in beside money, which is a currency, alone or in millions or billions.
const MEASURES: [&str; 6] = ["months", "percent", "ratio", "square_feet", "square_metres", "PFLOPS"];
/// How much money one unit of a value stands for.
pub const MONEY: [&str; 3] = ["", "_million", "_billion"];
/// The fields of a published figure, in the order forms and files give them.
pub const FIELDS: [&str; 11] =
    ["as_at", "metric", "value", "unit", "comparator", "basis", "scope", "denominator", "body", "source", "note"];

/// One version of a published figure.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Published {
    /// This version's own key; any version's key finds the record.
    pub id: Id,
    /// The same for all versions.
    pub record_id: Id,
    pub version: i64,
    pub as_at: Date,
    pub metric: String,
    /// In thousandths of the unit; programs read and write it in whole units.
    #[serde(serialize_with = "in_units")]
    #[schema(value_type = Decimal)]
    pub value: i64,
    pub unit: String,
    pub comparator: String,
    pub basis: String,
    pub scope: String,
    pub denominator: String,
    pub body: String,
    pub source: String,
    pub note: String,
    pub recorded_at: At,
    pub recorded_by_name: String,
    /// Why this version took the place of the one before.
    pub reason: Option<String>,
    pub superseded_at: Option<At>,
    /// corrected, withdrawn, or undone with its import; absent while it stands.
    pub ended: Option<String>,
    pub ended_reason: Option<String>,
    pub ended_by_name: Option<String>,
}

fn in_units<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    Decimal { steps: *value, decimals: 3 }.serialize(serializer)
}

impl Published {
    /// The value as it is written: `13.3`, `102`.
    pub fn written(&self) -> String {
        platform::format::scaled_short(self.value, 3)
    }

    /// The currency of an amount of money, and how much of it one unit of the value stands for.
    pub fn money(&self) -> Option<(String, i64)> {
        let (currency, scale) = match self.unit.split_once('_') {
            None => (self.unit.as_str(), 1),
            Some((currency, "million")) => (currency, 1_000_000),
            Some((currency, "billion")) => (currency, 1_000_000_000),
            Some(_) => return None,
        };
        match Unit::from_code(currency) {
            Some(Unit::Money(currency)) => Some((currency, scale)),
            _ => None,
        }
    }

    pub fn stands(&self) -> bool {
        self.superseded_at.is_none()
    }

    /// A field as a form holds it.
    pub fn field(&self, field: &str) -> String {
        match field {
            "as_at" => self.as_at.to_string(),
            "metric" => self.metric.clone(),
            // Without the commas that a reader sees.
            "value" => self.written().replace(',', ""),
            "unit" => self.unit.clone(),
            "comparator" => self.comparator.clone(),
            "basis" => self.basis.clone(),
            "scope" => self.scope.clone(),
            "denominator" => self.denominator.clone(),
            "body" => self.body.clone(),
            "source" => self.source.clone(),
            "note" => self.note.clone(),
            _ => String::new(),
        }
    }

    fn label(&self) -> String {
        format!("{} {}", self.metric, self.as_at)
    }

    fn change(&self) -> Change {
        let change = Change::new("published.kept", "published", self.record_id).label(self.label()).version(1);
        FIELDS.iter().fold(change, |change, field| change.set(field, self.told(field)))
    }

    /// A later version beside the one before it.
    fn change_from(&self, before: &Self, verb: &'static str) -> Change {
        let change = Change::new(verb, "published", self.record_id)
            .label(self.label())
            .version(self.version)
            .note(self.reason.clone());
        FIELDS.iter().fold(change, |change, field| change.field(field, before.told(field), self.told(field)))
    }

    fn told(&self, field: &str) -> Told {
        match field {
            "as_at" => Told::Day(self.as_at),
            "value" => Told::Text(self.written()),
            "metric" => Told::Listed { list: METRICS.to_owned(), code: self.metric.clone() },
            "comparator" => Told::code(&self.comparator, &comparator_key(&self.comparator)),
            "basis" => Told::code(&self.basis, &basis_key(&self.basis)),
            "unit" if units().any(|known| known == self.unit) && self.unit != "PFLOPS" => {
                Told::code(&self.unit, &unit_key(&self.unit))
            }
            field => Told::text(Some(self.field(field)).filter(|text| !text.is_empty()).as_deref()),
        }
    }
}

/// The dated code list in which a pack names what is published.
pub const METRICS: &str = "published_metric";

/// A metric without the ending under which a known slip of it is kept.
pub(crate) fn family(metric: &str) -> &str {
    metric.strip_suffix(MISREPORT).unwrap_or(metric)
}

const MISREPORT: &str = "_misreport";

/// What a metric is called: by the pack's list, or by its code's own words.
pub fn metric_name(view: &View, metric: &str) -> String {
    let named = view.code(METRICS, metric);
    if named == metric { metric.replace('_', " ") } else { named }
}

/// Text key of a comparator's word.
pub fn comparator_key(code: &str) -> String {
    format!("comparator-{}", platform::text::kebab(code))
}

/// Text key of a basis's word.
pub fn basis_key(code: &str) -> String {
    format!("basis-{}", platform::text::kebab(code))
}

/// The units there are beside money.
fn units() -> impl Iterator<Item = &'static str> {
    WHOLE.into_iter().chain(MEASURES)
}

/// Text key of a unit's name; money and a capacity in PFLOPS go by their codes.
pub fn unit_key(code: &str) -> String {
    format!("unit-name-{}", platform::text::kebab(code))
}

/// Keeps a figure that was published.
pub async fn keep(cx: &mut Cx, new: NewPublished) -> Result<Published> {
    let granted = cx.require(&PUBLISHED)?;
    let bodies = Bodies::read(cx).await?;
    let figure = new.checked(cx, &bodies)?;
    refuse_held(cx, &figure).await?;
    store::insert_many(cx, &granted, std::slice::from_ref(&figure)).await?;
    cx.record(figure.change());
    Ok(figure)
}

/// What tells one published figure from another: the same source saying the same thing of the same
/// day. What else differs is a correction.
fn same_claim(one: &Published, other: &Published) -> bool {
    claim(one) == claim(other)
}

fn claim(figure: &Published) -> (Date, [&str; 4]) {
    (figure.as_at, [&figure.metric, &figure.scope, &figure.body, &figure.source].map(String::as_str))
}

/// Text key of what is said of a figure that is kept already.
const HELD: &str = "published-held";

/// Refuses what is kept already, naming it: the same figure is corrected, not kept twice.
async fn refuse_held(cx: &mut Cx, figure: &Published) -> Result<()> {
    let held = store::of_days(cx, &[figure.as_at]).await?;
    let Some(held) = held.iter().find(|one| same_claim(one, figure)) else { return Ok(()) };
    let view = cx.view();
    let named = [
        ("metric", metric_name(&view, &held.metric)),
        ("day", view.date(held.as_at)),
        ("value", pages::value_in_words(&view, held)),
        ("source", held.source.clone()),
        ("record", held.record_id.to_string()),
    ];
    Err(Error::conflict_with(HELD, &named))
}

/// The latest version of a record, by the key of any of its versions.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Published> {
    cx.require_along(&READ)?;
    store::latest(cx, id).await
}

/// All versions of a record, latest first.
pub async fn versions(cx: &mut Cx, id: Id) -> Result<Vec<Published>> {
    cx.require_along(&READ)?;
    store::versions(cx, id).await
}

/// Corrects a figure by a later version with its reason. `edit` holds the fields to change, seen
/// at `version`; a field that somebody else has changed since is refused with both values.
pub async fn correct(
    cx: &mut Cx,
    id: Id,
    version: i64,
    edit: &BTreeMap<String, String>,
    reason: &str,
) -> Result<Published> {
    let granted = cx.require(&PUBLISHED)?;
    let current = standing(cx, id).await?;
    let seen = if version::is_older(version, current.version)? {
        store::version(cx, current.record_id, version).await?
    } else {
        current.clone()
    };
    let mut problems = Problems::default();
    for field in edit.keys() {
        problems.require(FIELDS.contains(&field.as_str()), field, "published-field-unknown");
    }
    let mine: Vec<&String> = edit.keys().filter(|field| edit[*field].trim() != seen.field(field)).collect();
    refuse_stale(&seen, &current, edit, &mine)?;
    let mut fields: BTreeMap<String, String> =
        FIELDS.iter().map(|field| ((*field).to_owned(), current.field(field))).collect();
    for field in &mine {
        fields.insert((*field).clone(), edit[*field].clone());
    }
    let reason = problems.line("reason", reason, 500);
    let bodies = Bodies::read(cx).await?;
    let checked = match NewPublished::of(&fields).checked(cx, &bodies) {
        Ok(checked) => Some(checked),
        Err(Error::Invalid(found)) => {
            problems.extend(found);
            None
        }
        Err(other) => return Err(other),
    };
    let same =
        checked.as_ref().is_some_and(|figure| FIELDS.iter().all(|field| figure.field(field) == current.field(field)));
    problems.require(same || !reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let Some(checked) = checked.filter(|_| !same) else { return Ok(current) };
    if !same_claim(&checked, &current) {
        refuse_held(cx, &checked).await?;
    }
    let next = Published {
        record_id: current.record_id,
        version: current.version + 1,
        reason: Some(reason.clone()),
        ..checked
    };
    store::end(cx, &granted, &[current.id], "corrected", Some(&reason)).await?;
    store::insert_many(cx, &granted, std::slice::from_ref(&next)).await?;
    cx.record(next.change_from(&current, "published.corrected"));
    Ok(next)
}

fn refuse_stale(
    seen: &Published,
    current: &Published,
    edit: &BTreeMap<String, String>,
    mine: &[&String],
) -> Result<()> {
    let theirs = mine.iter().filter(|field| {
        let now = current.field(field);
        seen.field(field) != now && edit[**field].trim() != now
    });
    let both = |field: &&&String| version::both(field, &edit[**field], current.field(field));
    let fields: Vec<serde_json::Value> = theirs.map(|field| both(&field)).collect();
    if fields.is_empty() {
        return Ok(());
    }
    Err(version::changed_meanwhile(current.version, fields))
}

/// Withdraws a figure: it should not have been kept, or its publisher took it back.
pub async fn withdraw(cx: &mut Cx, id: Id, version: i64, reason: &str) -> Result<Published> {
    let granted = cx.require(&PUBLISHED)?;
    let current = standing(cx, id).await?;
    version::expect(version, current.version, Vec::new())?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::end(cx, &granted, &[current.id], "withdrawn", Some(&reason)).await?;
    cx.record(
        Change::new("published.withdrawn", "published", current.record_id)
            .label(current.label())
            .version(current.version)
            .note(Some(reason)),
    );
    store::latest(cx, current.id).await
}

/// The latest version, which must still stand to be worked on.
async fn standing(cx: &mut Cx, id: Id) -> Result<Published> {
    let current = store::latest(cx, id).await?;
    if current.stands() { Ok(current) } else { Err(Error::conflict("published-ended")) }
}

/// What had been published by a day, as known at an instant, oldest first. A reconciliation reads
/// all of it, the latest twenty thousand at most.
pub async fn until(cx: &mut Cx, as_of: AsOf) -> Result<Vec<Published>> {
    cx.require_along(&READ)?;
    store::until(cx, as_of).await
}

/// What had been published of some metrics by one body, oldest first.
pub async fn of_metrics(cx: &mut Cx, as_of: AsOf, metrics: &[&'static str], body: &str) -> Result<Vec<Published>> {
    cx.require_along(&READ)?;
    store::of_metrics(cx, as_of, metrics, body).await
}

/// What stands of a metric, and of known slips of it, oldest first.
pub(crate) async fn alike(cx: &mut Cx, metric: &str) -> Result<Vec<Published>> {
    cx.require_along(&READ)?;
    let family = family(metric);
    store::standing_of(cx, [family.to_owned(), format!("{family}{MISREPORT}")]).await
}

/// The metrics that standing figures have, for choosing one.
pub async fn metrics(cx: &mut Cx) -> Result<Vec<String>> {
    cx.require_along(&READ)?;
    store::metrics(cx).await
}

/// Names of bodies by their codes, in the reader's language.
pub struct Bodies(HashMap<String, (String, String)>);

impl Bodies {
    pub async fn read(cx: &mut Cx) -> Result<Self> {
        let language = cx.language;
        let bodies = identity::body::every(cx).await?;
        let named = bodies.into_iter().map(|body| {
            let name = body.name(language).to_owned();
            let short = if body.abbreviation.is_empty() { name.clone() } else { body.abbreviation };
            (body.code, (name, short))
        });
        Ok(Self(named.collect()))
    }

    /// The name of a body, or of several that counted together; a code that no pack names stays.
    pub fn name(&self, code: &str) -> String {
        self.each(code, |(name, _)| name)
    }

    /// As [`Bodies::name`], by their abbreviations.
    pub fn short(&self, code: &str) -> String {
        self.each(code, |(_, short)| short)
    }

    fn each(&self, code: &str, which: impl Fn(&(String, String)) -> &String) -> String {
        let one = |code: &str| self.0.get(code).map_or_else(|| code.to_owned(), |names| which(names).clone());
        code.split('+').map(one).collect::<Vec<_>>().join(" + ")
    }

    /// Whether every body of a code, or of several that counted together, is known.
    pub fn knows(&self, code: &str) -> bool {
        code.split('+').all(|code| self.0.contains_key(code))
    }

    /// Codes and names in the order of their names.
    pub fn choices(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> =
            self.0.iter().map(|(code, (name, _))| (code.clone(), name.clone())).collect();
        all.sort_by(|one, other| one.1.cmp(&other.1));
        all
    }
}
