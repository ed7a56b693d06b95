//! Matching on a cluster: pairs of records weighed by executors, the same answer as on one machine.
//!
//! What pairs weigh depends on how rare each word is among all records, so each executor reads the records once, and then weighs
//! stretches of pairs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use datafusion::common::{DataFusionError, Result as Done, ScalarValue, exec_err};
use datafusion::logical_expr::Accumulator;
use matching::elsewhere::{Elsewhere, GROUP, Part, Task, Weigher};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::client::Client;
use super::pieces::{self, Limits, Stopped, Told};
use super::{Error, functions, objects, plan};

/// Groups of pairs that make a piece, at most.
const MOST: usize = 64;

/// Executors that weigh pairs. They must reach the records, and the folder of the output, in the same place as this process.
pub struct Pairs {
    address: String,
    pub limits: Limits,
    tell: Box<dyn Fn(Told) + Send + Sync>,
}

/// Some groups of a part's file.
struct Piece<'a> {
    part: &'a Part,
    groups: std::ops::Range<usize>,
    bytes: std::ops::Range<i64>,
}

impl Pairs {
    /// `address` is a scheduler's: http://host:port.
    pub fn at(address: impl Into<String>, tell: impl Fn(Told) + Send + Sync + 'static) -> Self {
        // An executor's first piece takes as long as reading all records does.
        let limits = Limits { late: Duration::from_secs(60), ..Limits::default() };
        Self { address: address.into(), limits, tell: Box::new(tell) }
    }

    async fn run(
        &self,
        task: &Task,
        parts: &[Part],
        here: &dyn Fn(&[u64]) -> Vec<u8>,
        keep: &mut dyn FnMut(usize, &[u8]) -> Result<(), matching::Error>,
    ) -> Result<(), Failed> {
        let client = Client::connect(&self.address).await?;
        let text = serde_json::to_string(task).map_err(|_| Error::Answer("a task can’t be written"))?;
        let slots = client.slots().await?;
        let groups: usize = parts.iter().map(|part| part.pairs.div_ceil(GROUP)).sum();
        let most = groups.div_ceil(slots.max(1) * 4).clamp(1, MOST);
        let mut cut: Vec<Piece<'_>> = Vec::new();
        for part in parts {
            cut.extend(pieces_of(part, most)?);
        }
        let schema = Arc::new(Schema::new(vec![Field::new("pair", DataType::UInt64, false)]));
        let plans = cut.iter().map(|piece| {
            let place = objects::on_disk(&piece.part.place)?;
            let size = std::fs::metadata(&piece.part.place).map_or(0, |found| found.len());
            let scan = plan::Scan {
                store: objects::disk(),
                place,
                size,
                bytes: piece.bytes.clone(),
                schema: schema.clone(),
                columns: vec![0],
            };
            scan.under(functions::weigh(), &text)
        });
        let plans: Vec<Vec<u8>> = plans.collect::<Result<_, Error>>()?;
        let answers = pieces::run(&client, &plans, &self.limits, &|| Ok(()), &|told| (self.tell)(told)).await?;
        let tried = crate::id::hash(&[&text]) as usize % cut.len().max(1);
        let mut whole: Vec<Vec<u8>> = parts.iter().map(|_| Vec::new()).collect();
        for (at, (piece, answer)) in cut.iter().zip(&answers).enumerate() {
            let bytes = read(answer)?;
            if at == tried && here(&piece.part.read(piece.groups.clone())?) != bytes {
                return Err(Error::Differs { piece: at + 1, of: cut.len() }.into());
            }
            if let Some(place) = parts.iter().position(|part| part.at == piece.part.at) {
                whole[place].extend_from_slice(bytes);
            }
        }
        for (part, bytes) in parts.iter().zip(&whole) {
            keep(part.at, bytes)?;
        }
        Ok(())
    }
}

/// Why pairs could not be weighed elsewhere.
enum Failed {
    Cluster(Error),
    Keeping(matching::Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Cluster(error)
    }
}

impl From<matching::Error> for Failed {
    fn from(error: matching::Error) -> Self {
        Self::Keeping(error)
    }
}

impl From<Stopped> for Failed {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Asked(_) => Self::Cluster(Error::Answer("it was stopped")),
            Stopped::Failed(error) => Self::Cluster(error),
        }
    }
}

impl Elsewhere for Pairs {
    fn weigh(
        &mut self,
        task: &Task,
        parts: &[Part],
        here: &dyn Fn(&[u64]) -> Vec<u8>,
        keep: &mut dyn FnMut(usize, &[u8]) -> Result<(), matching::Error>,
    ) -> Result<(), matching::Error> {
        let runtime =
            tokio::runtime::Handle::try_current().map_err(|error| matching::Error::Elsewhere(Box::new(error)))?;
        let done = tokio::task::block_in_place(|| runtime.block_on(self.run(task, parts, here, keep)));
        done.map_err(|failed| match failed {
            Failed::Cluster(error) => matching::Error::Elsewhere(Box::new(error)),
            Failed::Keeping(error) => error,
        })
    }
}

/// A part's file in stretches of so many groups.
fn pieces_of(part: &Part, most: usize) -> Result<Vec<Piece<'_>>, Error> {
    let unreadable = || Error::Answer("the pairs that were written can’t be read again");
    let file = std::fs::File::open(&part.place).map_err(|_| unreadable())?;
    let reader = SerializedFileReader::new(file).map_err(|_| unreadable())?;
    let groups = reader.metadata().row_groups();
    let begins = |at: usize| match groups.get(at).and_then(|group| group.columns().first()) {
        Some(column) => column.data_page_offset(),
        None => i64::MAX,
    };
    let starts = (0..groups.len()).step_by(most);
    Ok(starts
        .map(|from| {
            let to = (from + most).min(groups.len());
            Piece { part, groups: from..to, bytes: begins(from)..begins(to) }
        })
        .collect())
}

fn read(answer: &[RecordBatch]) -> Result<&[u8], Error> {
    let broken = || Error::Answer("an executor’s answer isn’t readable");
    let batch = answer.iter().find(|batch| batch.num_rows() > 0).ok_or_else(broken)?;
    let bytes = batch.column(0).as_any().downcast_ref::<BinaryArray>().filter(|bytes| bytes.len() == 1);
    Ok(bytes.ok_or_else(broken)?.value(0))
}

/// The records of the job that is under way on an executor, read once.
static READ: Mutex<Option<(String, Arc<Weigher>)>> = Mutex::new(None);

/// Weighs the pairs that come by.
pub(super) struct Weighing {
    weigher: Arc<Weigher>,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for Weighing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Weighing").finish_non_exhaustive()
    }
}

impl Weighing {
    pub fn new(task: &str) -> Done<Self> {
        let external = |error: Box<dyn std::error::Error + Send + Sync>| DataFusionError::External(error);
        let mut held = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let weigher = match &*held {
            Some((of, weigher)) if of == task => weigher.clone(),
            _ => {
                // Two jobs' records at once would need twice the memory.
                *held = None;
                let read: Task = serde_json::from_str(task).map_err(|error| external(Box::new(error)))?;
                let weigher = Arc::new(Weigher::open(&read).map_err(|error| external(Box::new(error)))?);
                *held = Some((task.to_owned(), weigher.clone()));
                weigher
            }
        };
        Ok(Self { weigher, bytes: Vec::new() })
    }
}

impl Accumulator for Weighing {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Done<()> {
        let Some(pairs) = values.get(1).and_then(|pairs| pairs.as_any().downcast_ref::<UInt64Array>()) else {
            return exec_err!("a piece has no pairs");
        };
        let weighed = self.weigher.weigh(pairs.values());
        self.bytes.extend(weighed.map_err(|error| DataFusionError::External(Box::new(error)))?);
        Ok(())
    }

    fn evaluate(&mut self) -> Done<ScalarValue> {
        Ok(ScalarValue::Binary(Some(std::mem::take(&mut self.bytes))))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.bytes.capacity()
    }

    fn state(&mut self) -> Done<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    /// What parts of a piece weighed follows in the order in which they come; pieces are of one part.
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Done<()> {
        let Some(parts) = states.first().and_then(|parts| parts.as_any().downcast_ref::<BinaryArray>()) else {
            return exec_err!("a state is no bytes");
        };
        parts.iter().flatten().for_each(|part| self.bytes.extend_from_slice(part));
        Ok(())
    }
}
