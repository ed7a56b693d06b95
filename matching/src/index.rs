//! One name, and what else is known, against all records: which are likely the same, with reasons. Takes and drops single records.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::block;
use crate::compare::{Comparer, Field};
use crate::corpus::Corpus;
use crate::distance;
use crate::explain::{Explanation, explain};
use crate::lexicon::Symbol;
use crate::model::{Model, Scales};
use crate::record::{Profile, Reading, Record};
use crate::words::each_slip;

/// How widely records are looked for to answer one question.
#[derive(Clone, Copy, Debug)]
pub struct Breadth {
    /// So many are looked at of those that have one key.
    list: usize,
    /// So many are compared.
    candidates: usize,
    /// Whether words that begin with what was asked count.
    beginnings: bool,
    /// Whether a record with the same registrable domain is answered however unlikely it is.
    sites: bool,
}

impl Breadth {
    /// For somebody who types: half a name, or one that thousands have.
    pub const TYPED: Self = Self { list: 4096, candidates: 6000, beginnings: true, sites: true };
    /// For a whole record, one of many: what it has in common with few says most, so few are compared.
    pub const WHOLE: Self = Self { list: 64, candidates: 128, beginnings: false, sites: false };
}

/// A record that is likely the same as the one asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<'a> {
    pub id: &'a str,
    pub explanation: Explanation,
}

/// An index of records in memory.
pub struct Index {
    pub(crate) corpus: Corpus,
    pub(crate) model: Model,
    pub(crate) scales: Scales,
    /// Records by key, sorted; a key is cut to 32 bits, since what is found is compared anyway.
    keyed: Sorted,
    /// Own words in Latin letters by each way of leaving one letter out, sorted.
    slips: Sorted,
    /// Own words in order, for what somebody has only begun to type.
    words: Vec<Symbol>,
    /// What came after the lists were sorted.
    later: HashMap<u32, Vec<u32>>,
    later_slips: HashMap<u32, Vec<u32>>,
    later_words: Vec<Symbol>,
    later_count: usize,
    by_id: HashMap<u64, u32>,
    pub(crate) dropped: HashSet<u32>,
    /// Enterprises that are counted: neither dropped nor silent.
    pub(crate) counted: usize,
}

fn cut(key: u64) -> u32 {
    (key >> 32) as u32
}

impl Index {
    /// Sorts a corpus into an index, answering by `model`. Of records with one id the last is kept.
    pub fn new(corpus: Corpus, model: Model) -> Self {
        let mut index = Self {
            scales: Scales::new(&model, corpus.len()),
            model,
            keyed: Sorted::default(),
            slips: Sorted::default(),
            words: Vec::new(),
            later: HashMap::new(),
            later_slips: HashMap::new(),
            later_words: Vec::new(),
            later_count: 0,
            by_id: HashMap::with_capacity(corpus.len()),
            dropped: HashSet::new(),
            counted: 0,
            corpus,
        };
        let records = index.corpus.len() as u32;
        for record in 0..records {
            let key = distance::hash(index.corpus.id(record).as_bytes());
            if let Some(earlier) = index.by_id.insert(key, record) {
                index.dropped.insert(earlier);
            }
        }
        let counts = |at: &u32| !index.corpus.is_silent(*at) && !index.corpus.is_further(*at);
        index.counted = (0..records).filter(|at| !index.dropped.contains(at) && counts(at)).count();
        index.scales = Scales::new(&index.model, index.counted);
        let profiles = &index.corpus.profiles;
        let mut keyed: Vec<(u32, u32)> = Vec::with_capacity(profiles.len() * 7);
        let mut heard = vec![false; index.corpus.lexicon.len()];
        for (at, profile) in profiles.iter().enumerate() {
            block::keys(profile, |_| true, |key| keyed.push((cut(key), at as u32)));
            for form in profile.forms() {
                for symbol in [form.core, form.sound] {
                    heard[symbol.0 as usize] = symbol.is_some();
                }
            }
        }
        index.keyed = Sorted::new(keyed);
        let lexicon = &index.corpus.lexicon;
        index.words = (1..heard.len() as u32).filter(|at| heard[*at as usize]).map(Symbol).collect();
        index.words.par_sort_unstable_by(|a, b| lexicon.text(*a).cmp(lexicon.text(*b)));
        let mut slips: Vec<(u32, u32)> = Vec::new();
        for word in &index.words {
            slip_keys(lexicon.text(*word), |key| slips.push((cut(key), word.0)));
        }
        index.slips = Sorted::new(slips);
        index
    }

    pub fn len(&self) -> usize {
        self.corpus.len() - self.dropped.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// From now on answers by another model.
    pub fn set_model(&mut self, model: Model) {
        self.scales = Scales::new(&model, self.counted);
        self.model = model;
    }

    /// How many records were put or dropped since the lists were sorted. Past a tenth of all, a new index answers quicker.
    pub fn unsorted(&self) -> usize {
        self.later_count + self.dropped.len()
    }

    pub(crate) fn comparer<'a>(&'a self, asked: &'a [String]) -> Comparer<'a> {
        Comparer { lexicon: &self.corpus.lexicon, asked, records: self.counted.max(1) as f32 }
    }

    /// Takes in a record; one with the same id is replaced.
    pub fn put(&mut self, record: &Record<'_>) {
        self.remove(&record.id);
        let known = self.corpus.lexicon.len() as u32;
        let words = self.later_words.len();
        self.corpus.push(record);
        self.later_count += 1;
        let at = self.corpus.len() as u32 - 1;
        self.counted += usize::from(!record.silent && !self.corpus.is_further(at));
        let profile = self.corpus.profiles[at as usize];
        self.by_id.insert(distance::hash(record.id.as_bytes()), at);
        block::keys(&profile, |_| true, |key| self.later.entry(cut(key)).or_default().push(at));
        for form in profile.forms() {
            for symbol in [form.core, form.sound] {
                if symbol.is_some() && symbol.0 >= known && !self.later_words[words..].contains(&symbol) {
                    self.later_words.push(symbol);
                    slip_keys(self.corpus.lexicon.text(symbol), |key| {
                        self.later_slips.entry(cut(key)).or_default().push(symbol.0);
                    });
                }
            }
        }
        self.scales = Scales::new(&self.model, self.counted);
    }

    /// Drops a record; says whether there was one.
    pub fn remove(&mut self, id: &str) -> bool {
        let key = distance::hash(id.as_bytes());
        let Some(at) = self.place(id) else { return false };
        self.by_id.remove(&key);
        self.dropped.insert(at);
        if !self.corpus.is_silent(at) {
            self.corpus.uncount(at);
            self.counted -= usize::from(!self.corpus.is_further(at));
        }
        true
    }

    /// Where a record stands.
    pub(crate) fn place(&self, id: &str) -> Option<u32> {
        self.by_id.get(&distance::hash(id.as_bytes())).copied().filter(|at| self.corpus.id(*at) == id)
    }

    /// The records most likely the same as `record`, the likeliest first: at most `most`, none less likely than `least`.
    /// Kin, of one family but another legal entity, are among them; their verdict says so. Those with the website of
    /// `record` are among them however unlikely they are. Of an enterprise's records the likeliest is answered.
    pub fn find(&self, record: &Record<'_>, most: usize, least: f64) -> Vec<Hit<'_>> {
        self.find_within(record, most, least, Breadth::TYPED)
    }

    /// As [`Index::find`], looking as widely as told.
    pub fn find_within(&self, record: &Record<'_>, most: usize, least: f64, breadth: Breadth) -> Vec<Hit<'_>> {
        let lexicon = &self.corpus.lexicon;
        let mut asked: Vec<String> = Vec::new();
        let profile = Profile::new(&Reading::of(record), |text| {
            if text.is_empty() {
                return Symbol::default();
            }
            lexicon.find(text).unwrap_or_else(|| {
                let at = asked.iter().position(|known| known == text).unwrap_or_else(|| {
                    asked.push(text.to_owned());
                    asked.len() - 1
                });
                Symbol((lexicon.len() + at) as u32)
            })
        });
        let comparer = self.comparer(&asked);
        let candidates = self.candidates(&profile, &comparer, breadth);
        let mut found: Vec<(bool, f64, u32)> = candidates
            .into_iter()
            .filter_map(|at| {
                let levels = comparer.profiles(&profile, &self.corpus.profiles[at as usize]);
                let [same, kin, _] = self.scales.odds(&levels).shares();
                let one_site = breadth.sites && levels.level[Field::Website as usize] == 1;
                (same + kin >= least || one_site).then_some((one_site, same + kin * 0.5, at))
            })
            .collect();
        let likeliest = |a: &(bool, f64, u32), b: &(bool, f64, u32)| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2));
        found.sort_unstable_by(likeliest);
        if self.corpus.has_further() {
            let mut told: HashSet<u32> = HashSet::new();
            found.retain(|(.., at)| told.insert(self.corpus.first_of(*at)));
        }
        if found.len() > most {
            // A few of the same website have a place behind whatever is likelier.
            let mut sites = found.split_off(most);
            sites.retain(|(one_site, ..)| *one_site);
            sites.truncate(most / 4);
            found.truncate(most - sites.len());
            found.extend(sites);
        }
        found
            .into_iter()
            .map(|(.., at)| Hit {
                id: self.corpus.id(at),
                explanation: explain(&comparer, &self.scales, &profile, &self.corpus.profiles[at as usize]),
            })
            .collect()
    }

    /// Records worth comparing, those behind the shortest lists first.
    fn candidates(&self, profile: &Profile, comparer: &Comparer<'_>, breadth: Breadth) -> Vec<u32> {
        // Behind each key what came later, and what was sorted.
        let mut lists: Vec<(&[u32], &[(u32, u32)])> = Vec::new();
        let mut look = |key: u64| {
            let later = self.later.get(&cut(key)).map_or(&[][..], Vec::as_slice);
            lists.push((later, self.keyed.of(cut(key))));
        };
        block::keys(profile, |_| true, &mut look);
        let mut seen: Vec<Symbol> = Vec::new();
        for form in profile.forms() {
            for symbol in [form.core, form.sound] {
                if seen.contains(&symbol) {
                    continue;
                }
                seen.push(symbol);
                let word = comparer.text(symbol);
                self.slipped(word, |word| look(block::name_key(word)));
                if breadth.beginnings {
                    self.begun(word, |word| look(block::name_key(word)));
                }
            }
        }
        lists.sort_by_key(|(later, sorted)| later.len() + sorted.len());
        let mut found: Vec<u32> = Vec::new();
        for (later, sorted) in lists {
            if found.len() >= breadth.candidates {
                found.sort_unstable();
                found.dedup();
                if found.len() >= breadth.candidates {
                    break;
                }
            }
            let latest_first = later.iter().rev().copied().chain(sorted.iter().map(|(_, at)| *at));
            found.extend(latest_first.take(breadth.list));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|at| !self.dropped.contains(at));
        found
    }

    /// Known words one slip from this one.
    fn slipped(&self, word: &str, mut with: impl FnMut(Symbol)) {
        let lexicon = &self.corpus.lexicon;
        slip_keys(word, |key| {
            let later = self.later_slips.get(&cut(key)).map_or(&[][..], Vec::as_slice);
            for at in self.slips.of(cut(key)).iter().map(|(_, at)| *at).take(256).chain(later.iter().copied()) {
                if distance::within_one(lexicon.bytes(Symbol(at)), word.as_bytes()) {
                    with(Symbol(at));
                }
            }
        });
    }

    /// A few known words that begin with this one.
    fn begun(&self, word: &str, mut with: impl FnMut(Symbol)) {
        let lexicon = &self.corpus.lexicon;
        if word.chars().count() >= 2 {
            let from = self.words.partition_point(|w| lexicon.text(*w) < word);
            let beginning = self.words[from..].iter().take(64).take_while(|w| lexicon.text(**w).starts_with(word));
            beginning.copied().for_each(&mut with);
            self.later_words
                .iter()
                .rev()
                .take(1024)
                .filter(|w| lexicon.text(**w).starts_with(word))
                .for_each(|w| with(*w));
        }
    }
}

/// Slips of a word that is long enough for one to be told.
fn slip_keys(word: &str, with: impl FnMut(u64)) {
    if word.len() >= 4 && word.is_ascii() {
        let bytes = word.as_bytes();
        each_slip(&bytes[..bytes.len().min(40)], with);
    }
}

/// What is found by a key, in order of keys, with marks on the way so that a search misses the cache once or twice.
#[derive(Default)]
struct Sorted {
    entries: Vec<(u32, u32)>,
    /// Where the keys that begin with each run of leading bits start, and the end of all.
    starts: Vec<u32>,
    shift: u32,
}

impl Sorted {
    fn new(mut entries: Vec<(u32, u32)>) -> Self {
        entries.par_sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        // About sixteen entries to a mark.
        let bits = (entries.len() / 16).max(2).ilog2().min(24);
        let shift = 32 - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (at, (key, _)) in entries.iter().enumerate() {
            while starts.len() <= (key >> shift) as usize {
                starts.push(at as u32);
            }
        }
        starts.resize((1 << bits) + 1, entries.len() as u32);
        Self { entries, starts, shift }
    }

    fn of(&self, key: u32) -> &[(u32, u32)] {
        let mark = (key >> self.shift) as usize;
        let [Some(from), Some(upto)] = [mark, mark + 1].map(|at| self.starts.get(at)) else { return &[] };
        let run = &self.entries[*from as usize..*upto as usize];
        let from = run.partition_point(|entry| entry.0 < key);
        let upto = from + run[from..].partition_point(|entry| entry.0 == key);
        &run[from..upto]
    }
}
