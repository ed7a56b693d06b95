//! Open company data in Parquet with a catalogue: read from LEI files, registers by a column map and analysts' sheets, kept up to
//! date by source, and screened. Knows no room and no database.

mod amount;
mod catalogue;
mod cell;
#[cfg(feature = "cluster")]
pub mod cluster;
mod company;
mod day;
mod diff;
mod error;
mod fits;
mod golden;
mod guard;
mod id;
mod identity;
mod import;
mod input;
mod kept;
mod lei;
mod link;
pub mod made_up;
mod map;
mod record;
mod relations;
mod screen;
mod spool;
mod table;
mod work;

pub use catalogue::{Catalogue, Counts, FORMAT, Part, Source, Swept, Update, sweep};
pub use day::{Day, DayForm};
pub use error::Error;
pub use guard::Limits;
pub use import::{About, Import, Imported, Stage};
pub use input::{Bad, Item, Reader, read_lei};
pub use lei::{Head, Kin, Relation};
pub use map::{Map, Problem};
pub use record::{Record, Said};
#[cfg(feature = "engine")]
pub use screen::DataFusion;
pub use screen::{Open, Universe};
