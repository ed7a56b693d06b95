//! Reconciliation: what was published beside what the register counts, and why they differ.
//!
//! The rules work on the published rows themselves; each finding names the rows it rests on. They
//! come from slips that were really made: a ceremony told as “25”, “19” or “second batch”, square
//! feet printed as square metres, a nought too many, a definition that grew narrower.

use platform::pages::View;
use platform::units::Decimal;
use platform::{Cx, Id, Result};
use projects::figures::{self, AsOf, Measure};
use serde::Serialize;

use crate::published::{self, Bodies, Published};

pub mod api;
mod beside;
mod bodies;
mod counts;
pub mod pages;
mod releases;
mod slips;

pub use beside::{Beside, Told};

/// How much a finding matters to whoever prints a figure next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Explains a difference.
    Explains,
    /// Someone should look before printing.
    Warns,
}

/// One thing found, and the published rows it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    pub kind: &'static str,
    pub severity: Severity,
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
    pub rests_on: Vec<Id>,
    /// The metric of the register whose records it concerns, if any.
    pub register: Option<&'static str>,
    /// The finding in the reader's language.
    pub message: String,
}

impl Finding {
    fn new(kind: &'static str, severity: Severity, key: &'static str, rests_on: Vec<Id>) -> Self {
        Self { kind, severity, key, args: Vec::new(), rests_on, register: None, message: String::new() }
    }

    fn explains(kind: &'static str, key: &'static str, rests_on: Vec<Id>) -> Self {
        Self::new(kind, Severity::Explains, key, rests_on)
    }

    fn warns(kind: &'static str, key: &'static str, rests_on: Vec<Id>) -> Self {
        Self::new(kind, Severity::Warns, key, rests_on)
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    fn of_register(mut self, measure: Measure) -> Self {
        self.register = Some(measure.code());
        self
    }
}

/// One ceremony: how many signed as published, and how many of them the register names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ceremony {
    pub day: String,
    pub published: i64,
    pub comparator: String,
    pub basis: String,
    pub scope: String,
    pub named: i64,
    pub not_named: i64,
    /// The published figure's own key.
    pub published_figure: Id,
}

/// The register's counts beside what was published, as at a day.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Reconciliation {
    pub as_at: String,
    pub known_at: platform::clock::At,
    /// Whose records are counted: all, or what the reader may see.
    pub scope: String,
    /// Each metric that the office publishes, with what it last published of it.
    pub metrics: Vec<Beside>,
    /// Signatures published up to the day, over all ceremonies.
    pub signed_published: i64,
    /// Signatories the register names.
    pub signed_named: i64,
    /// The published count of enterprises attracted that is set beside the register's, if there is one.
    pub attracted_published: Option<i64>,
    pub attracted_figure: Option<Id>,
    pub attracted_named: i64,
    pub ceremonies: Vec<Ceremony>,
    pub findings: Vec<Finding>,
}

const THOUSAND: i64 = 1_000;
const SIGNED: &str = "partners_signed_in_batch";
const ATTRACTED: &str = "enterprises_attracted_cumulative";

/// What the rules look at, with the words to tell it in.
struct Desk<'a> {
    view: &'a View,
    bodies: &'a Bodies,
    rows: &'a [Published],
    /// The body that the office is, as the pack names it.
    own: &'a str,
}

impl<'a> Desk<'a> {
    /// What the office itself published of a metric, oldest first.
    fn own(&self, metric: &'static str) -> impl DoubleEndedIterator<Item = &'a Published> + use<'a> {
        let own = self.own;
        self.rows.iter().filter(move |row| row.metric == metric && row.body == own)
    }

    fn words(&self, row: &Published) -> String {
        published::pages::value_in_words(self.view, row)
    }

    fn metric(&self, row: &Published) -> String {
        published::metric_name(self.view, &row.metric)
    }

    /// A count of enterprises with its comparator: “about 30”.
    fn count(&self, row: &Published) -> String {
        published::pages::compared(self.view, &row.comparator, row.written())
    }
}

fn say(view: &View, findings: &mut [Finding]) {
    for finding in findings {
        finding.message = view.tn(finding.key, &finding.args);
    }
}

/// What somebody should look at in one published figure, beside the others of its metric that stand:
/// a slip, or a change of what is counted.
pub async fn warnings(cx: &mut Cx, figure: &Published) -> Result<Vec<Finding>> {
    let rows = published::alike(cx, &figure.metric).await?;
    let bodies = Bodies::read(cx).await?;
    let view = cx.view();
    let own = crate::series::own_body(cx);
    let desk = Desk { view: &view, bodies: &bodies, rows: &rows, own: &own };
    let mut findings = slips::findings(&desk);
    findings.extend(releases::drift(&desk));
    findings.retain(|finding| finding.rests_on.contains(&figure.id));
    say(&view, &mut findings);
    Ok(findings)
}

/// Sets the register beside what was published.
pub async fn reconcile(cx: &mut Cx, as_of: AsOf) -> Result<Reconciliation> {
    let rows = published::until(cx, as_of).await?;
    let named = figures::series::cumulative(cx, as_of, Measure::PartnersSigned).await?;
    let totals = figures::totals(cx, as_of, &beside::MEASURES).await?;
    let counted = |measure| totals.iter().find(|(one, _)| *one == measure).map_or(0, |(_, value)| value.value);
    let register = counts::Register {
        signed: named.last().map_or(0, |point| point.value),
        attracted: counted(Measure::EnterprisesAttracted),
    };
    let bodies = Bodies::read(cx).await?;
    let view = cx.view();
    let own = crate::series::own_body(cx);
    let desk = Desk { view: &view, bodies: &bodies, rows: &rows, own: &own };
    let ceremonies = counts::ceremonies(&desk, &named);
    let metrics = beside::metrics(&desk, &ceremonies, &totals);
    let mut findings = counts::findings(&desk, &ceremonies, register);
    findings.extend(beside::findings(&desk, &totals, &ceremonies));
    findings.extend(slips::findings(&desk));
    findings.extend(releases::findings(&desk));
    findings.extend(bodies::findings(&desk));
    say(&view, &mut findings);
    // What somebody must look at comes first; otherwise in the order of the rules.
    findings.sort_by_key(|finding| finding.severity == Severity::Explains);
    let attracted = beside::attracted(&desk, &ceremonies);
    Ok(Reconciliation {
        as_at: as_of.as_at.to_string(),
        known_at: as_of.known_at,
        scope: crate::figures::scope(cx),
        metrics,
        signed_published: ceremonies.iter().map(|one| one.published).sum(),
        signed_named: register.signed,
        attracted_published: attracted.map(|row| row.value / THOUSAND),
        attracted_figure: attracted.map(|row| row.id),
        attracted_named: register.attracted,
        ceremonies,
        findings,
    })
}
