//! A state of a universe, open for reading: each file's footer read once, single companies found by where they stand.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::statistics::Statistics;
use rayon::prelude::*;
use screening::{About, Companies, Company, Condition, Measure};

use super::kernel::Columns;
use super::tally::{Best, Place};
use crate::catalogue::Catalogue;
use crate::cell::{self, Texts};
use crate::company;
use crate::error::Error;
use crate::id;

/// One state. Files that a later state doesn't name stay until they are swept.
pub struct Open {
    pub catalogue: Catalogue,
    files: Vec<Opened>,
    /// Ids of LEIs that were asked for; none where no company has it.
    leis: Mutex<HashMap<String, Option<u64>>>,
}

struct Opened {
    path: PathBuf,
    footer: ArrowReaderMetadata,
}

/// One group of rows of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    pub file: u32,
    pub group: u32,
    pub rows: u64,
}

impl Open {
    pub fn new(folder: &Path) -> Result<Self, Error> {
        let catalogue = Catalogue::read(folder)?;
        let files = catalogue
            .parts
            .par_iter()
            .map(|part| {
                let path = part.path(folder);
                let file = File::open(&path).map_err(Error::io(&path))?;
                let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
                let footer = ArrowReaderMetadata::load(&file, options).map_err(Error::parquet(&path))?;
                let rows = footer.metadata().file_metadata().num_rows();
                if footer.schema().column_with_name("id").is_none() || u64::try_from(rows) != Ok(part.rows) {
                    return Err(Error::broken(&path, "is not the file that the catalogue names"));
                }
                Ok(Opened { path, footer })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { catalogue, files, leis: Mutex::default() })
    }

    pub fn about(&self) -> About {
        let source = |source: &crate::catalogue::Source| screening::Source {
            name: source.name.clone(),
            title: source.title.clone(),
            licence: source.licence.clone(),
            url: source.url.clone(),
            as_at: source.as_at.map(crate::Day::date),
            records: source.records,
            made_up: source.made_up,
        };
        About {
            companies: self.catalogue.companies,
            snapshot: self.catalogue.snapshot.to_string(),
            as_at: self.catalogue.as_at().map(crate::Day::date),
            sources: self.catalogue.sources.iter().map(source).collect(),
        }
    }

    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// All groups in which some row may meet these conditions.
    pub fn groups(&self, conditions: &[Condition]) -> Vec<Group> {
        let mut all = Vec::new();
        for (file, opened) in (0..).zip(&self.files) {
            for (group, meta) in (0..).zip(opened.footer.metadata().row_groups()) {
                let statistics = |measure: Measure| {
                    meta.columns()
                        .iter()
                        .find(|c| c.column_path().string() == measure.name())
                        .and_then(|c| c.statistics())
                };
                if conditions.iter().all(|condition| may_hold(condition, statistics(condition.measure))) {
                    all.push(Group { file, group, rows: u64::try_from(meta.num_rows()).unwrap_or(0) });
                }
            }
        }
        all
    }

    /// From one group of a file to another: the file's name and path, its columns, and between which bytes groups begin.
    #[cfg(feature = "cluster")]
    pub fn stretch(&self, first: Group, last: Group) -> (String, &Path, arrow_schema::SchemaRef, std::ops::Range<i64>) {
        let Opened { path, footer } = &self.files[first.file as usize];
        let groups = footer.metadata().row_groups();
        let begins = |group: u32| {
            groups
                .get(group as usize)
                .and_then(|group| group.columns().first())
                .map_or(i64::MAX, |column| column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset()))
        };
        let name = self.catalogue.parts.get(first.file as usize).map_or_else(String::new, |part| part.file.clone());
        (name, path, footer.schema().clone(), begins(first.group)..begins(last.group + 1))
    }

    fn reader(
        &self,
        file: u32,
        group: Option<u32>,
        columns: Option<&[&str]>,
        rows: Option<&[u32]>,
    ) -> Result<(parquet::arrow::arrow_reader::ParquetRecordBatchReader, &Path), Error> {
        let Opened { path, footer } = &self.files[file as usize];
        let opened = File::open(path).map_err(Error::io(path))?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(opened, footer.clone());
        if let Some(group) = group {
            builder = builder.with_row_groups(vec![group as usize]);
        }
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        if let Some(rows) = rows {
            builder = builder.with_row_selection(selection(rows));
        }
        Ok((builder.with_batch_size(crate::table::GROUP).build().map_err(Error::parquet(path))?, path))
    }

    /// One batch of a group's rows.
    fn batch(&self, group: Group, columns: Option<&[&str]>, rows: Option<&[u32]>) -> Result<RecordBatch, Error> {
        let (reader, path) = self.reader(group.file, Some(group.group), columns, rows)?;
        let schema = {
            use arrow_array::RecordBatchReader;
            reader.schema()
        };
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(Error::arrow(path))?;
        match <[RecordBatch; 1]>::try_from(batches) {
            Ok([one]) => Ok(one),
            Err(several) => arrow_select::concat::concat_batches(&schema, &several).map_err(Error::arrow(path)),
        }
    }

    /// The measures of a group's rows.
    pub fn columns(&self, group: Group, measures: &[Measure]) -> Result<(Columns, usize), Error> {
        let names: Vec<&str> = measures.iter().map(|measure| measure.name()).collect();
        let batch = self.batch(group, Some(&names), None)?;
        let mut columns = Columns::default();
        for measure in measures {
            if let Some(column) = batch.column_by_name(measure.name()) {
                columns.put(*measure, column.clone());
            }
        }
        Ok((columns, batch.num_rows()))
    }

    /// The ids of some rows of a group, or of all.
    pub fn ids(&self, group: Group, rows: Option<&[u32]>) -> Result<Vec<u64>, Error> {
        let batch = self.batch(group, Some(&["id"]), rows)?;
        let column: Option<&ArrayRef> = batch.column_by_name("id");
        match column.and_then(|column| column.as_any().downcast_ref::<UInt64Array>()) {
            Some(ids) => Ok(ids.values().to_vec()),
            None => Err(Error::broken(&self.files[group.file as usize].path, "has no ids")),
        }
    }

    /// The companies at these places, in this order.
    pub fn companies(&self, best: &[Best]) -> Result<Vec<Company>, Error> {
        let mut by_group: BTreeMap<(u32, u32), Vec<(u32, usize)>> = BTreeMap::new();
        for (at, one) in best.iter().enumerate() {
            let (file, group, row): Place = one.place;
            by_group.entry((file, group)).or_default().push((row, at));
        }
        let read: Vec<Vec<(usize, Company)>> = by_group
            .into_par_iter()
            .map(|((file, group), mut rows)| {
                rows.sort_unstable();
                let places: Vec<u32> = rows.iter().map(|(row, _)| *row).collect();
                let batch = self.batch(Group { file, group, rows: 0 }, None, Some(&places))?;
                Ok(rows.iter().enumerate().map(|(at, (_, place))| (*place, company::read(&batch, at))).collect())
            })
            .collect::<Result<_, Error>>()?;
        let mut all: Vec<(usize, Company)> = read.into_iter().flatten().collect();
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, company)| company).collect())
    }

    /// The companies with these ids, in this order, wherever they stand.
    #[cfg(feature = "engine")]
    pub fn companies_of(&self, best: &[Best]) -> Result<Vec<Company>, Error> {
        let mut by_file: BTreeMap<usize, HashMap<u64, usize>> = BTreeMap::new();
        for (at, one) in best.iter().enumerate() {
            by_file.entry(id::part(one.id, self.files.len())).or_default().insert(one.id, at);
        }
        let found: Vec<Vec<(usize, Place)>> = by_file
            .into_par_iter()
            .map(|(file, wanted)| {
                let mut places = Vec::new();
                for group in 0..self.files[file].footer.metadata().num_row_groups() {
                    let group = Group { file: file as u32, group: group as u32, rows: 0 };
                    for (row, id) in (0..).zip(self.ids(group, None)?) {
                        places.extend(wanted.get(&id).map(|at| (*at, (group.file, group.group, row))));
                    }
                }
                Ok(places)
            })
            .collect::<Result<_, Error>>()?;
        let mut placed = best.to_vec();
        for (at, place) in found.into_iter().flatten() {
            placed[at].place = place;
        }
        self.companies(&placed)
    }

    /// The company with an id, which tells in which file it stands.
    pub fn company(&self, id: &str) -> Result<Option<Company>, Error> {
        let Some(wanted) = id::read(id).filter(|_| !self.files.is_empty()) else { return Ok(None) };
        let file = id::part(wanted, self.files.len()) as u32;
        for (group, meta) in (0..).zip(self.files[file as usize].footer.metadata().row_groups()) {
            let group = Group { file, group, rows: u64::try_from(meta.num_rows()).unwrap_or(0) };
            if let Some(row) = self.ids(group, None)?.iter().position(|id| *id == wanted) {
                let batch = self.batch(group, None, Some(&[row as u32]))?;
                return Ok(Some(company::read(&batch, 0)));
            }
        }
        Ok(None)
    }

    /// The companies with these ids or LEIs, by id.
    pub fn known(&self, keys: &[String]) -> Result<Vec<Company>, Error> {
        let mut ids: Vec<u64> = self.excluded(keys.iter())?.into_iter().collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.company(&id::written(id)).transpose()).collect()
    }

    /// Those of `excluded`, ids and LEIs, that are of companies, as ids.
    pub fn excluded<'a>(&self, excluded: impl Iterator<Item = &'a String>) -> Result<HashSet<u64>, Error> {
        let mut ids = HashSet::new();
        let mut leis = HashSet::new();
        for text in excluded {
            ids.extend(id::read(text));
            leis.insert(text.as_str());
        }
        let mut known = self.leis.lock().map_err(|_| Error::Engine("a thread has died".to_owned()))?;
        let unknown: HashSet<&str> =
            leis.iter().copied().filter(|lei| lei.len() == 20 && !known.contains_key(*lei)).collect();
        if !unknown.is_empty() {
            let found: Vec<Vec<(String, u64)>> = self
                .groups(&[])
                .into_par_iter()
                .map(|group| {
                    let batch = self.batch(group, Some(&["id", "lei"]), None)?;
                    let column = Texts::in_batch(&batch, "lei");
                    let rows = (0..batch.num_rows()).filter_map(|row| {
                        let lei = column.get(row).filter(|lei| unknown.contains(lei))?;
                        Some((lei.to_owned(), cell::id(&batch, "id", row)?))
                    });
                    Ok(rows.collect())
                })
                .collect::<Result<_, Error>>()?;
            known.extend(unknown.into_iter().map(|lei| (lei.to_owned(), None)));
            known.extend(found.into_iter().flatten().map(|(lei, id)| (lei, Some(id))));
        }
        ids.extend(leis.into_iter().filter_map(|lei| known.get(lei).copied().flatten()));
        Ok(ids)
    }

    /// Companies by words in a name, id or LEI, as `screening::search` orders them.
    /// Which of these no company has as its id or its LEI.
    pub fn unknown(&self, wanted: &BTreeSet<String>) -> Result<Vec<String>, Error> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<Vec<String>> = self
            .groups(&[])
            .into_par_iter()
            .map(|group| {
                let batch = self.batch(group, Some(&["id", "lei"]), None)?;
                let lei = Texts::in_batch(&batch, "lei");
                let ids = (0..batch.num_rows()).filter_map(|row| cell::id(&batch, "id", row).map(id::written));
                let leis = (0..batch.num_rows()).filter_map(|row| lei.get(row).map(str::to_owned));
                Ok(ids.chain(leis).filter(|one| wanted.contains(one)).collect())
            })
            .collect::<Result<_, Error>>()?;
        let found: BTreeSet<String> = found.into_iter().flatten().collect();
        Ok(wanted.difference(&found).cloned().collect())
    }

    pub fn search(&self, words: &str, most: usize) -> Result<Vec<Company>, Error> {
        let wanted = matching::fold(words).trim().to_owned();
        if wanted.is_empty() || most == 0 {
            return Ok(Vec::new());
        }
        // Behind, name, id, place.
        let found: Vec<Vec<(bool, String, u64, Place)>> = self
            .groups(&[])
            .into_par_iter()
            .map(|group| {
                let batch = self.batch(group, Some(&["id", "lei", "name", "names"]), None)?;
                let [name, lei] = ["name", "lei"].map(|column| Texts::in_batch(&batch, column));
                let mut mine = Vec::new();
                for row in 0..batch.num_rows() {
                    let Some(id) = cell::id(&batch, "id", row) else { continue };
                    let first = name.get(row).unwrap_or("");
                    let lower = matching::fold(first);
                    let mut begins = lower.starts_with(&wanted)
                        || lei.get(row).is_some_and(|lei| lei.eq_ignore_ascii_case(&wanted))
                        || (wanted.len() == 13 && id::written(id) == wanted);
                    let mut holds = begins || lower.contains(&wanted);
                    if !begins {
                        for other in cell::list(&batch, "names", row) {
                            let other = matching::fold(&other);
                            begins |= other.starts_with(&wanted);
                            holds |= other.contains(&wanted);
                        }
                    }
                    if holds || begins {
                        mine.push((!begins, first.to_owned(), id, (group.file, group.group, row as u32)));
                    }
                }
                mine.sort();
                mine.truncate(most);
                Ok(mine)
            })
            .collect::<Result<_, Error>>()?;
        let mut all: Vec<_> = found.into_iter().flatten().collect();
        all.sort();
        all.truncate(most);
        let places: Vec<Best> =
            all.into_iter().map(|(_, _, id, place)| Best { id, total: 0, points: Vec::new(), place }).collect();
        self.companies(&places)
    }
}

impl Companies for Open {
    /// Every company, in the order of ids.
    fn each(&self, visit: &mut dyn FnMut(&Company) -> Result<(), screening::Error>) -> Result<(), screening::Error> {
        let mut all: Vec<(u64, Place)> = Vec::new();
        for group in self.groups(&[]) {
            let ids = self.ids(group, None).map_err(screening::Error::engine)?;
            all.extend((0..).zip(ids).map(|(row, id)| (id, (group.file, group.group, row))));
        }
        all.sort_unstable();
        for some in all.chunks(crate::table::GROUP) {
            let places: Vec<Best> =
                some.iter().map(|(id, place)| Best { id: *id, total: 0, points: Vec::new(), place: *place }).collect();
            self.companies(&places).map_err(screening::Error::engine)?.iter().try_for_each(&mut *visit)?;
        }
        Ok(())
    }
}

/// Rows, which rise, as stretches to read and to pass over.
fn selection(rows: &[u32]) -> RowSelection {
    let mut stretches = Vec::new();
    let mut at = 0;
    for run in rows.chunk_by(|one, next| one + 1 == *next) {
        if run[0] > at {
            stretches.push(RowSelector::skip((run[0] - at) as usize));
        }
        stretches.push(RowSelector::select(run.len()));
        at = run[0] + run.len() as u32;
    }
    RowSelection::from(stretches)
}

/// Whether a group with these statistics may hold a row that meets a condition.
fn may_hold(condition: &Condition, statistics: Option<&Statistics>) -> bool {
    let Some(statistics) = statistics else { return true };
    if condition.keep_missing && statistics.null_count_opt() != Some(0) {
        return true;
    }
    match statistics {
        Statistics::Int64(numbers) => match (numbers.min_opt(), numbers.max_opt()) {
            (Some(least), Some(most)) => {
                condition.at_least.is_none_or(|at_least| *most >= at_least)
                    && condition.at_most.is_none_or(|at_most| *least <= at_most)
            }
            // Nothing but empty cells, which don't meet it.
            _ => statistics.null_count_opt().is_none(),
        },
        Statistics::ByteArray(codes) => match (codes.min_opt(), codes.max_opt()) {
            (Some(least), Some(most)) => {
                let (least, most) = (least.data(), most.data());
                condition.one_of.is_empty()
                    || condition.one_of.iter().any(|one| {
                        let one = one.as_bytes();
                        // Of an industry all that begins so is meant.
                        let after =
                            if condition.measure.by_beginning() { most.get(..one.len()).unwrap_or(most) } else { most };
                        one <= most && (one >= least || least.starts_with(one)) || after == one
                    })
            }
            _ => statistics.null_count_opt().is_none(),
        },
        _ => true,
    }
}
