//! Records without a known LEI or number, matched by name with the companies of other sources. The unsure stay apart and are told.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use matching::{Job, Tell};
use screening::Measure;

use crate::catalogue::{Catalogue, DATA, Part};
use crate::cell::{self, Texts};
use crate::error::Error;
use crate::id;
use crate::kept::batches;
use crate::record::Record;
use crate::table::Growing;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::{Arc, LazyLock};

const HEADER: [&str; 11] = [
    "record_id",
    "name",
    "other_name",
    "country",
    "city",
    "address",
    "website",
    "telephone",
    "registration_number",
    "industry",
    "year_founded",
];

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("company", DataType::UInt64, false),
    ]))
});

/// Rows for the matcher, as they are found.
pub(crate) struct Asking {
    to: csv::Writer<BufWriter<File>>,
    place: PathBuf,
}

impl Asking {
    pub fn create(place: &Path) -> Result<Self, Error> {
        let file = File::create(place).map_err(Error::io(place))?;
        Ok(Self { to: csv::Writer::from_writer(BufWriter::new(file)), place: place.to_owned() })
    }

    pub fn put(&mut self, record: &Record, company: u64) -> Result<(), Error> {
        let number = if record.number.is_empty() { &record.lei } else { &record.number };
        let year = match record.fact(Measure::Founded).map(|fact| &fact.value) {
            Some(screening::Value::Number(year)) => year.to_string(),
            _ => String::new(),
        };
        let other = record.names.first().map_or("", String::as_str);
        let row = [
            &format!("{} {}", id::written(company), record.key),
            &record.name,
            other,
            record.code(Measure::Country),
            &record.city,
            &record.address,
            &record.website,
            &record.telephone,
            number,
            "",
            &year,
        ];
        self.row(&row)
    }

    fn row(&mut self, row: &[&str; 11]) -> Result<(), Error> {
        let place = &self.place;
        self.to.write_record(row).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(source) => Error::io(place)(source),
            other => Error::broken(place, format!("{other:?}")),
        })
    }

    pub fn finish(mut self) -> Result<(), Error> {
        self.to.flush().map_err(Error::io(&self.place))
    }
}

/// What the matcher found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Links {
    /// Key of a record, its company before and now.
    pub linked: Vec<(String, u64, u64)>,
    pub unsure: u64,
}

pub(crate) struct Linking<'a> {
    pub folder: &'a Path,
    pub work: &'a Path,
    pub catalogue: &'a Catalogue,
    pub source: &'a str,
    pub memory: u64,
}

impl Linking<'_> {
    /// Matches the records of `asking` with the companies there were before this import; pairs that may be one go to `unsure`.
    pub fn run(&self, asking: &[PathBuf], unsure: &Path, tell: &mut Tell<'_>) -> Result<Links, Error> {
        let (a, b) = (self.work.join("a.csv"), self.work.join("b.csv"));
        let words = self.gather(asking, &a)?;
        if words.is_empty() || self.others(&words, &b)? == 0 {
            return Ok(Links::default());
        }
        let out = self.work.join("clusters.csv");
        let pairs = self.work.join("pairs.csv");
        let mut job = Job::new(&a);
        job.records.push(b);
        job.memory = self.memory;
        job.run(&out, Some(&pairs), tell)?;
        let links = Links { linked: clusters(&out)?, ..Links::default() };
        let sure: HashSet<&str> = links.linked.iter().map(|(key, ..)| key.as_str()).collect();
        let told = tell_unsure(&pairs, unsure, &sure)?;
        Ok(Links { unsure: told, ..links })
    }

    /// All asking rows in one file, and the words and sites by which others could be one of them.
    fn gather(&self, asking: &[PathBuf], to: &Path) -> Result<HashSet<u64>, Error> {
        let mut all = Asking::create(to)?;
        all.row(&HEADER)?;
        let mut words = HashSet::new();
        for place in asking {
            let mut rows = csv::ReaderBuilder::new().has_headers(false).from_path(place).map_err(broken(place))?;
            for row in rows.records() {
                let row = row.map_err(broken(place))?;
                let cell = |at: usize| row.get(at).unwrap_or("");
                all.row(&std::array::from_fn(cell))?;
                each_word(cell(1), cell(6), cell(7), |word| {
                    words.insert(word);
                });
                each_word(cell(2), "", "", |word| {
                    words.insert(word);
                });
            }
        }
        all.finish()?;
        Ok(words)
    }

    /// Companies that no record of this source is of and that share a word, site or telephone with one that asks.
    fn others(&self, words: &HashSet<u64>, to: &Path) -> Result<u64, Error> {
        let mut all = Asking::create(to)?;
        all.row(&HEADER)?;
        let mine = format!("{} ", self.source);
        let mut count = 0;
        let columns = [
            "id",
            "name",
            "names",
            "lei",
            "number",
            "country",
            "status",
            "city",
            "address",
            "website",
            "telephone",
            "founded",
            "records",
        ];
        for part in &self.catalogue.parts {
            let path = part.path(self.folder);
            for batch in batches(&path, Some(&columns))? {
                let batch = batch.map_err(Error::arrow(&path))?;
                let text = |name: &str, row: usize| Texts::in_batch(&batch, name).get(row).unwrap_or("").to_owned();
                for row in 0..batch.num_rows() {
                    let (name, names) = (text("name", row), cell::list(&batch, "names", row));
                    let (site, telephone) = (text("website", row), text("telephone", row));
                    let mut shares = false;
                    for name in std::iter::once(&name).chain(&names) {
                        each_word(name, &site, &telephone, |word| shares |= words.contains(&word));
                    }
                    if !shares
                        || text("status", row) == "ended"
                        || cell::list(&batch, "records", row).iter().any(|record| record.starts_with(&mine))
                    {
                        continue;
                    }
                    let Some(company) = cell::id(&batch, "id", row) else { continue };
                    let number =
                        Some(text("number", row)).filter(|n| !n.is_empty()).unwrap_or_else(|| text("lei", row));
                    let year = cell::number(&batch, "founded", row).map(|year| year.to_string()).unwrap_or_default();
                    all.row(&[
                        &id::written(company),
                        &name,
                        names.first().map_or("", String::as_str),
                        &text("country", row),
                        &text("city", row),
                        &text("address", row),
                        &site,
                        &telephone,
                        &number,
                        "",
                        &year,
                    ])?;
                    count += 1;
                }
            }
        }
        all.finish()?;
        Ok(count)
    }
}

fn broken(place: &Path) -> impl FnOnce(csv::Error) -> Error + use<> {
    let place = place.to_owned();
    move |error| match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Io { path: place, source },
        other => Error::Broken { path: place, reason: format!("{other:?}") },
    }
}

/// Own words of a name, the site's domain and the telephone's last digits, hashed.
fn each_word(name: &str, site: &str, telephone: &str, mut with: impl FnMut(u64)) {
    for read in matching::read_name(name) {
        with(id::hash(&["core", read.core()]));
        if !read.sound().is_empty() {
            with(id::hash(&["sound", read.sound()]));
        }
    }
    if let Some(domain) = matching::registrable_domain(site) {
        with(id::hash(&["site", &domain.to_ascii_lowercase()]));
    }
    let digits: String = telephone.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 7 {
        with(id::hash(&["telephone", &digits[digits.len() - 7..]]));
    }
}

/// Clusters of one record that asked and one company: where there are more of either, nobody but a person can tell.
fn clusters(place: &Path) -> Result<Vec<(String, u64, u64)>, Error> {
    let mut of: HashMap<String, (Vec<String>, Vec<u64>)> = HashMap::new();
    let mut rows = csv::Reader::from_path(place).map_err(broken(place))?;
    for row in rows.records() {
        let row = row.map_err(broken(place))?;
        let (Some(record), Some(cluster)) = (row.get(0), row.get(1)) else { continue };
        let (asking, others) = of.entry(cluster.to_owned()).or_default();
        match id::read(record) {
            Some(company) => others.push(company),
            None => asking.push(record.to_owned()),
        }
    }
    let mut linked: Vec<(String, u64, u64)> = of
        .into_values()
        .filter_map(|(asking, others)| match (&asking[..], &others[..]) {
            ([one], [company]) => {
                let (own, key) = one.split_once(' ')?;
                Some((key.to_owned(), id::read(own)?, *company))
            }
            _ => None,
        })
        .collect();
    linked.sort();
    Ok(linked)
}

/// Pairs of a record and a company that may be one and were not joined, for a person to look at.
fn tell_unsure(pairs: &Path, to: &Path, sure: &HashSet<&str>) -> Result<u64, Error> {
    let part = to.with_extension("part");
    let file = File::create(&part).map_err(Error::io(&part))?;
    let mut out = csv::Writer::from_writer(BufWriter::new(file));
    out.write_record(["record", "company", "verdict", "probability", "reasons"]).map_err(broken(&part))?;
    let mut count = 0;
    let mut rows = csv::Reader::from_path(pairs).map_err(broken(pairs))?;
    for row in rows.records() {
        let row = row.map_err(broken(pairs))?;
        let cell = |at: usize| row.get(at).unwrap_or("");
        let (asking, company) = match (id::read(cell(0)), id::read(cell(1))) {
            (None, Some(_)) => (cell(0), cell(1)),
            (Some(_), None) => (cell(1), cell(0)),
            _ => continue,
        };
        let key = asking.split_once(' ').map_or(asking, |(_, key)| key);
        if sure.contains(key) || cell(2) == "related" {
            continue;
        }
        out.write_record([key, company, cell(2), cell(3), cell(4)]).map_err(broken(&part))?;
        count += 1;
    }
    out.flush().map_err(Error::io(&part))?;
    drop(out);
    std::fs::rename(&part, to).map_err(Error::io(to))?;
    Ok(count)
}

/// Writes the links of a source; nothing where there are none.
pub(crate) fn write(
    folder: &Path,
    snapshot: u64,
    source: &str,
    links: &[(String, u64)],
) -> Result<Option<Part>, Error> {
    if links.is_empty() {
        return Ok(None);
    }
    let file = format!("{snapshot:06}-{source}-links.parquet");
    let mut to = crate::table::Writing::create(&folder.join(DATA).join(&file), &SCHEMA)?;
    for (key, company) in links {
        to.row(|columns| {
            if let [Growing::Text(keys), Growing::Id(companies)] = columns {
                keys.append_value(key);
                companies.append_value(*company);
            }
        })?;
    }
    let (rows, bytes) = to.finish()?;
    Ok(Some(Part { file, rows, bytes }))
}

pub(crate) fn read(folder: &Path, part: Option<&Part>) -> Result<Vec<(String, u64)>, Error> {
    let mut all = Vec::new();
    let Some(part) = part else { return Ok(all) };
    let path = part.path(folder);
    for batch in batches(&path, None)? {
        let batch = batch.map_err(Error::arrow(&path))?;
        let keys = Texts::in_batch(&batch, "key");
        for row in 0..batch.num_rows() {
            all.extend(cell::id(&batch, "company", row).map(|company| (keys.text(row), company)));
        }
    }
    Ok(all)
}
