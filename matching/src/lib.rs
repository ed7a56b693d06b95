//! Which records mean the same enterprise: names in any script, reasons for every answer, weights learnt without labels.

mod agree;
mod apart;
mod block;
mod city;
mod cluster;
mod compare;
mod contact;
mod corpus;
mod decided;
mod distance;
pub mod elsewhere;
mod error;
mod explain;
mod index;
mod job;
mod lexicon;
mod model;
mod model_file;
mod name;
#[cfg(feature = "parquet")]
mod parquet_table;
mod parts;
mod question;
mod record;
mod run;
mod spill;
mod table;
mod text;
mod told;
mod train;
mod wording;
mod words;
mod work;

pub use apart::apart;
pub use cluster::{Clusters, Decisions};
pub use compare::Field;
pub use contact::{
    Country, Phone, Register, address, domain_label, is_credit_code, is_lei, registrable_domain, registration, year,
};
pub use corpus::Corpus;
pub use error::Error;
pub use explain::{Explanation, Reason, Settled, Verdict};
pub use index::{Breadth, Hit, Index};
pub use job::{Found, Job, Stage, Tell, memory};
pub use model::{MODEL_VERSION, Model};
pub use name::{Name, read_name};
pub use question::{LEAST, Question};
pub use record::Record;
pub use run::THRESHOLD;
pub use table::{Columns, FIELD_NAMES};
pub use text::{Script, fold, script, sound};
