//! Companies ranked by criteria an office composes: whole points, a reason for each, the same bytes everywhere.

mod check;
mod company;
mod compare;
mod criteria;
mod curve;
mod day;
mod engine;
mod error;
mod explain;
mod firmness;
mod measure;
mod plan;
mod scan;
mod sheet;

pub use check::{MOST_CODES, MOST_CONDITIONS, MOST_CRITERIA, MOST_EXCLUDED, MOST_ROWS, MOST_WEIGHT, Problem, Wrong};
pub use company::{Company, Fact, Name, Value, names_company};
pub use compare::{Fate, Shift, compare};
pub use criteria::{Condition, Criteria, Criterion, Missing};
pub use curve::{Between, Curve, FULL, FURTHEST, Row, Shape};
pub use engine::{About, Answer, Engine, FACETS, Facet, MOST_IN_FACET, Screened, Source, Watch, facet_code};
pub use error::Error;
pub use explain::{Change, Ranked, Reason, ToRise};
pub use firmness::{Firm, Firmness, Moved};
pub use measure::{CATEGORIES, Factor, Measure, Unit};
pub use plan::{Context, Plan, Step};
pub use scan::{Companies, Memory, scan, search};
