//! Jobs on files: match one, link two, train, explain. What a killed job had finished is found again when it is run again.

use std::cell::Cell;
use std::fs::File;
use std::hash::Hasher;
use std::io::{Read as _, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use decoding::Encoding;

use crate::cluster::{Clusters, Decisions, Edge};
use crate::corpus::{Corpus, Read};
use crate::elsewhere::{Elsewhere, Part, Task};
use crate::error::Error;
use crate::explain::{Explanation, Settled};
use crate::model::{Model, Scales};
use crate::spill::Pairs;
use crate::table::{Columns, Whole, read_records};
use crate::told::write_pairs;
use crate::work::{Work, packed};

/// What a job is at, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The encoding of a file, where it could only be guessed.
    Guessed(&'static str),
    /// Bytes read of a file's bytes.
    Reading,
    /// Pairs being found; how many isn't known before.
    Blocking,
    Training,
    /// There was too little to learn from: it goes by the model it began with.
    Unlearnt,
    /// Partitions of pairs compared.
    Comparing,
    Clustering,
    /// Records written.
    Writing,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Guessed(_) => "guessing the encoding",
            Self::Reading => "reading",
            Self::Blocking => "finding pairs",
            Self::Training => "learning",
            Self::Unlearnt => "too little to learn from: going by the model as it was delivered",
            Self::Comparing => "comparing",
            Self::Clustering => "clustering",
            Self::Writing => "writing",
        }
    }
}

/// Told as a job goes: the stage, how much of it is done, and how much there is (0 if that isn't known).
pub type Tell<'a> = dyn FnMut(Stage, u64, u64) + 'a;

/// Matching one file.
#[derive(Clone, Debug)]
pub struct Job {
    pub records: Vec<PathBuf>,
    pub columns: Columns,
    /// Of the second of two files; without them, as of the first.
    pub columns_b: Option<Columns>,
    /// A WHATWG label such as `big5`; without one, the encoding is told by the bytes.
    pub encoding: Option<String>,
    /// A model to go by; without one, one is learnt from the records.
    pub model: Option<PathBuf>,
    /// Pairs of ids with `same` or `different`, as people decided.
    pub decisions: Option<PathBuf>,
    /// Probability from which records are joined, 0 to 1.
    pub threshold: f64,
    /// Bytes that may be used; pairs beyond it are spilt beside the output.
    pub memory: u64,
}

impl Job {
    pub fn new(records: impl Into<PathBuf>) -> Self {
        Self {
            records: vec![records.into()],
            columns: Columns::default(),
            columns_b: None,
            encoding: None,
            model: None,
            decisions: None,
            threshold: crate::run::THRESHOLD,
            memory: 2 << 30,
        }
    }

    pub(crate) fn read(&self, tell: &mut Tell<'_>) -> Result<(Corpus, Vec<u32>), Error> {
        let mut corpus = Corpus::default();
        let mut ends = Vec::new();
        let encoding = match &self.encoding {
            Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| Error::NoEncoding(label.clone()))?),
            None => None,
        };
        let guessed = Cell::new(None);
        for (place, path) in self.records.iter().enumerate() {
            let columns = self.columns_b.as_ref().filter(|_| place > 0).unwrap_or(&self.columns);
            let size = std::fs::metadata(path).map_err(Error::io(path))?.len();
            let mut come = corpus.len();
            // While a batch is taken in, the next is read.
            corpus = std::thread::scope(|scope| {
                let (send, taken) = sync_channel::<(Vec<Read>, u64)>(1);
                let keeper = scope.spawn(move || {
                    for (read, at) in taken {
                        let first = corpus.is_empty();
                        corpus.keep_all(&read);
                        if first && let Some(times) = size.checked_div(at) {
                            corpus.make_room(usize::try_from(times).unwrap_or(0));
                        }
                        // Letting many strings go takes a while: others do it.
                        rayon::spawn(move || drop(read));
                    }
                    corpus
                });
                let read = read_records(path, columns, encoding, &guessed, |records, at| {
                    if let Some(name) = guessed.take() {
                        tell(Stage::Guessed(name), 0, 0);
                    }
                    come += records.len();
                    if come > u32::MAX as usize {
                        return Err(Error::TooMany);
                    }
                    // A keeper that is gone has panicked, which joining it passes on.
                    let _ = send.send((Read::all(records), at));
                    tell(Stage::Reading, at, size);
                    Ok(())
                });
                drop(send);
                let corpus = keeper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                read.map(|()| corpus)
            })?;
            let from = ends.last().copied().unwrap_or(0);
            if let Some(id) = corpus.first_twice(from) {
                return Err(Error::TwiceId { path: path.clone(), id });
            }
            ends.push(corpus.len() as u32);
        }
        Ok((corpus, ends))
    }

    fn decided(&self, corpus: &Corpus) -> Result<Decisions, Error> {
        self.decisions.as_ref().map_or_else(|| Ok(Decisions::default()), |path| crate::decided::read(path, corpus))
    }

    /// Refuses outputs that are read, or that can't be written, before anything is done.
    fn apart(&self, outputs: &[&Path]) -> Result<(), Error> {
        let inputs = self.records.iter().chain(&self.model).chain(&self.decisions);
        crate::apart::apart(outputs, &inputs.map(PathBuf::as_path).collect::<Vec<_>>())
    }

    /// Learns a model and writes it.
    pub fn train(&self, out: &Path, tell: &mut Tell<'_>) -> Result<Model, Error> {
        self.apart(&[out])?;
        let (corpus, _) = self.read(tell)?;
        let decisions = self.decided(&corpus)?;
        let start = self.start()?;
        let work = Work::open(out, 0)?;
        let (pairs, came) = self.block(&corpus, &work, tell);
        tell(Stage::Training, 0, 1);
        let trained = corpus.train_on(&pairs, came, &start, &decisions).and_then(|model| {
            if model == start {
                tell(Stage::Unlearnt, 0, 0);
            }
            model.write(out)?;
            Ok(model)
        });
        work.remove();
        trained
    }

    /// Why the two records with these ids are taken for one, or not.
    pub fn explain(&self, a: &str, b: &str, tell: &mut Tell<'_>) -> Result<Explanation, Error> {
        let (corpus, _) = self.read(tell)?;
        let place = |id: &str| corpus.position(id).ok_or_else(|| Error::NoRecord(id.to_owned()));
        let (a, b) = (place(a)?, place(b)?);
        if a == b {
            return Err(Error::OneRecord(corpus.id(a).to_owned()));
        }
        let decisions = self.decided(&corpus)?;
        let model = match &self.model {
            Some(path) => Model::read(path)?,
            None => {
                tell(Stage::Training, 0, 1);
                let model = corpus.train(&Model::default(), &decisions)?;
                if model == Model::default() {
                    tell(Stage::Unlearnt, 0, 0);
                }
                model
            }
        };
        let mut why = corpus.explain(&model, a, b);
        let alike = || corpus.alike(a, b).then_some(Settled::Alike);
        why.settle(decisions.settle(a, b).map(Settled::Decided).or_else(alike));
        Ok(why)
    }

    /// Matches the records: `out` gets `record_id,cluster_id`, `pairs` every pair worth knowing with its reasons.
    pub fn run(&self, out: &Path, pairs_out: Option<&Path>, tell: &mut Tell<'_>) -> Result<Found, Error> {
        self.run_by(out, pairs_out, None, tell)
    }

    /// As [`Job::run`], the pairs weighed by others who reach the same files. The output is the same bytes.
    pub fn run_elsewhere(
        &self,
        out: &Path,
        pairs_out: Option<&Path>,
        by: &mut dyn Elsewhere,
        tell: &mut Tell<'_>,
    ) -> Result<Found, Error> {
        self.run_by(out, pairs_out, Some(by), tell)
    }

    fn run_by(
        &self,
        out: &Path,
        pairs_out: Option<&Path>,
        by: Option<&mut dyn Elsewhere>,
        tell: &mut Tell<'_>,
    ) -> Result<Found, Error> {
        self.apart(&[Some(out), pairs_out].into_iter().flatten().collect::<Vec<_>>())?;
        let (corpus, _) = self.read(tell)?;
        let decisions = self.decided(&corpus)?;
        let (clusters, edges, scales, work) = self.resolve(&corpus, &decisions, out, pairs_out.is_some(), by, tell)?;
        let total = corpus.len() as u64;
        let mut file = Whole::create(out, &["record_id", "cluster_id"])?;
        for at in 0..corpus.len() as u32 {
            file.row(&[corpus.id(at), corpus.id(clusters.of(at))])?;
            if at % (1 << 16) == 0 {
                tell(Stage::Writing, u64::from(at), total);
            }
        }
        file.finish()?;
        if let Some(place) = pairs_out {
            write_pairs(&corpus, &decisions, &clusters, &edges, &scales, place)?;
        }
        work.remove();
        let count = (0..corpus.len() as u32).filter(|at| clusters.of(*at) == *at).count();
        Ok(Found { records: corpus.len(), clusters: count })
    }

    /// Links the first file's records with the second's: `out` gets each pair of one enterprise, with its probability.
    pub fn link(&self, out: &Path, tell: &mut Tell<'_>) -> Result<Found, Error> {
        self.apart(&[out])?;
        let (corpus, ends) = self.read(tell)?;
        let decisions = self.decided(&corpus)?;
        let (clusters, _, scales, work) = self.resolve(&corpus, &decisions, out, false, None, tell)?;
        let middle = ends.first().copied().unwrap_or(0);
        let mut members: Vec<(u32, u32)> = (0..corpus.len() as u32).map(|at| (clusters.of(at), at)).collect();
        members.sort_unstable();
        let comparer = corpus.comparer();
        let mut file = Whole::create(out, &["record_id_a", "record_id_b", "probability"])?;
        let mut count = 0;
        for cluster in members.chunk_by(|a, b| a.0 == b.0) {
            let (left, right) = cluster.split_at(cluster.partition_point(|(_, at)| *at < middle));
            for (_, a) in left {
                for (_, b) in right {
                    let odds =
                        scales.odds(&comparer.profiles(&corpus.profiles[*a as usize], &corpus.profiles[*b as usize]));
                    file.row(&[corpus.id(*a), corpus.id(*b), &format!("{:.4}", odds.probability())])?;
                    count += 1;
                }
            }
        }
        file.finish()?;
        work.remove();
        Ok(Found { records: corpus.len(), clusters: count })
    }

    fn start(&self) -> Result<Model, Error> {
        self.model.as_deref().map_or_else(|| Ok(Model::default()), Model::read)
    }

    fn block(&self, corpus: &Corpus, work: &Work, tell: &mut Tell<'_>) -> (Pairs, u64) {
        tell(Stage::Blocking, 0, 0);
        // Records and words take their share first; pairs get what is left, and never less than 64 MB.
        let left = self.memory.saturating_sub(corpus.len() as u64 * 420).max(64 << 20);
        let pairs = Pairs::new(corpus.len(), &work.folder, usize::try_from(left / 8).unwrap_or(usize::MAX));
        let came = corpus.block(&pairs);
        (pairs, came)
    }

    fn resolve(
        &self,
        corpus: &Corpus,
        decisions: &Decisions,
        out: &Path,
        with_kin: bool,
        by: Option<&mut dyn Elsewhere>,
        tell: &mut Tell<'_>,
    ) -> Result<(Clusters, Vec<Edge>, Scales, Work), Error> {
        let given = self.start()?;
        let work = Work::open(out, self.mark(corpus)? ^ u64::from(with_kin))?;
        let partitions = Pairs::new(corpus.len(), &work.folder, 0).partitions();
        let mut edges: Vec<Edge> = Vec::new();
        let mut done = work.done(partitions);
        let mut model = work.model();
        if model.is_none() {
            done.fill(false);
        }
        if model.is_none() || done.iter().any(|d| !d) {
            let (pairs, came) = self.block(corpus, &work, tell);
            if model.is_none() {
                tell(Stage::Training, 0, 1);
                model = Some(if self.model.is_some() {
                    given.clone()
                } else {
                    corpus.train_on(&pairs, came, &given, decisions)?
                });
                if self.model.is_none() && model.as_ref() == Some(&given) {
                    tell(Stage::Unlearnt, 0, 0);
                }
                if let Some(model) = &model {
                    model.write(&work.model_place())?;
                }
            }
            let model = model.as_ref().unwrap_or(&given);
            let scales = Scales::new(model, corpus.len());
            match by {
                None => {
                    for (at, done) in done.iter().enumerate() {
                        tell(Stage::Comparing, at as u64, partitions as u64);
                        if !done {
                            work.keep(at, &packed(&corpus.edges(&pairs.take(at)?, &scales, with_kin)))?;
                        }
                    }
                }
                Some(by) => {
                    let left: Vec<usize> = (0..partitions).filter(|at| !done[*at]).collect();
                    self.hand_out(corpus, &pairs, &left, model, with_kin, &work, by, tell)?;
                }
            }
        }
        for at in 0..partitions {
            work.load(at, &mut edges)?;
        }
        tell(Stage::Clustering, 0, 1);
        let scales = Scales::new(model.as_ref().unwrap_or(&given), corpus.len());
        let clusters = corpus.grow(&edges, &scales, decisions, self.threshold);
        Ok((clusters, edges, scales, work))
    }

    /// Has the pairs of some partitions weighed by others.
    fn hand_out(
        &self,
        corpus: &Corpus,
        pairs: &Pairs,
        left: &[usize],
        model: &Model,
        with_kin: bool,
        work: &Work,
        by: &mut dyn Elsewhere,
        tell: &mut Tell<'_>,
    ) -> Result<(), Error> {
        let whole = |path: &PathBuf| path.canonicalize().map_err(Error::io(path));
        let task = Task {
            records: self.records.iter().map(whole).collect::<Result<_, _>>()?,
            sizes: crate::elsewhere::sizes(&self.records)?,
            columns: self.columns.clone(),
            encoding: self.encoding.clone(),
            model: model.to_text(),
            with_kin,
        };
        let folder = whole(&work.folder)?;
        let mut parts = Vec::new();
        for at in left {
            parts.push(Part::write(*at, folder.join(format!("pairs-{at:05}.parquet")), &pairs.take(*at)?)?);
        }
        let scales = Scales::new(model, corpus.len());
        let (mut kept, most) = (0, parts.len() as u64);
        tell(Stage::Comparing, 0, most);
        by.weigh(&task, &parts, &|pairs| packed(&corpus.edges(pairs, &scales, with_kin)), &mut |at, bytes| {
            kept += 1;
            tell(Stage::Comparing, kept, most);
            work.keep(at, bytes)
        })
    }

    /// What a job's half-done work must have been made from to be used again.
    fn mark(&self, corpus: &Corpus) -> Result<u64, Error> {
        let mut mark = std::hash::DefaultHasher::new();
        mark.write_usize(corpus.len());
        let mut head = [0u8; 4096];
        for path in self.records.iter().chain(&self.model).chain(&self.decisions) {
            let mut file = File::open(path).map_err(Error::io(path))?;
            let size = file.metadata().map_err(Error::io(path))?.len();
            mark.write_u64(size);
            for from in [0, size / 2, size.saturating_sub(4096)] {
                file.seek(SeekFrom::Start(from)).map_err(Error::io(path))?;
                let got = file.read(&mut head).map_err(Error::io(path))?;
                mark.write(&head[..got]);
            }
        }
        mark.write(format!("{:?} {:?} {:?}", self.columns, self.columns_b, self.encoding).as_bytes());
        mark.write(env!("CARGO_PKG_VERSION").as_bytes());
        Ok(mark.finish())
    }
}

/// What came out of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub records: usize,
    /// Clusters of a match, pairs of a link.
    pub clusters: usize,
}

/// Reads a size such as `2GB`, `500MB` or `800000000`.
pub fn memory(text: &str) -> Result<u64, Error> {
    let bad = || Error::Memory(text.to_owned());
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match lower[digits.len()..].trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return Err(bad()),
    };
    digits.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0).ok_or_else(bad)
}
