//! One name, and what else is known, against all records: which are likely the same, with reasons. Takes and drops single records.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::block;
use crate::compare::Comparer;
use crate::corpus::{self, Corpus};
use crate::distance;
use crate::explain::{Explanation, explain};
use crate::lexicon::Symbol;
use crate::model::{Model, Scales};
use crate::record::{Profile, Reading, Record};
use crate::words::each_slip;

/// Longest list of records behind one key that is still looked at.
const LONGEST_LIST: usize = 4096;
/// So many candidates are compared for one question.
const CANDIDATES: usize = 6000;

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
    keyed: Vec<(u32, u32)>,
    /// Own words in Latin letters by each way of leaving one letter out, sorted.
    slips: Vec<(u32, u32)>,
    /// Own words in order, for what somebody has only begun to type.
    words: Vec<Symbol>,
    /// What came after the lists were sorted.
    later: HashMap<u32, Vec<u32>>,
    later_slips: HashMap<u32, Vec<u32>>,
    later_words: Vec<Symbol>,
    later_count: usize,
    by_id: HashMap<u64, u32>,
    pub(crate) dropped: HashSet<u32>,
    /// Records that are counted: neither dropped nor silent.
    counted: usize,
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
            keyed: Vec::new(),
            slips: Vec::new(),
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
        index.counted = (0..records).filter(|at| !index.dropped.contains(at) && !index.corpus.is_silent(*at)).count();
        index.scales = Scales::new(&index.model, index.counted);
        let profiles = &index.corpus.profiles;
        index.keyed.reserve(profiles.len() * 7);
        let mut heard = vec![false; index.corpus.lexicon.len()];
        for (at, profile) in profiles.iter().enumerate() {
            block::keys(profile, |_| true, |key| index.keyed.push((cut(key), at as u32)));
            for form in profile.forms() {
                for symbol in [form.core, form.sound] {
                    heard[symbol.0 as usize] = symbol.is_some();
                }
            }
        }
        index.keyed.par_sort_unstable();
        index.keyed.dedup();
        let lexicon = &index.corpus.lexicon;
        index.words = (1..heard.len() as u32).filter(|at| heard[*at as usize]).map(Symbol).collect();
        index.words.par_sort_unstable_by(|a, b| lexicon.text(*a).cmp(lexicon.text(*b)));
        for word in &index.words {
            slip_keys(lexicon.text(*word), |key| index.slips.push((cut(key), word.0)));
        }
        index.slips.par_sort_unstable();
        index.slips.dedup();
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
        self.counted += usize::from(!record.silent);
        self.later_count += 1;
        let at = self.corpus.len() as u32 - 1;
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
            let profile = self.corpus.profiles[at as usize];
            corpus::count(&profile, |symbol, used| self.corpus.lexicon.uncount(symbol, used));
            self.counted -= 1;
        }
        true
    }

    /// Where a record stands.
    pub(crate) fn place(&self, id: &str) -> Option<u32> {
        self.by_id.get(&distance::hash(id.as_bytes())).copied().filter(|at| self.corpus.id(*at) == id)
    }

    /// The records most likely the same as `record`, the likeliest first: at most `most`, none less likely than `least`.
    /// Kin, of one family but another legal entity, are among them; their verdict says so.
    pub fn find(&self, record: &Record<'_>, most: usize, least: f64) -> Vec<Hit<'_>> {
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
        let candidates = self.candidates(&profile, &comparer);
        let mut found: Vec<(f64, u32)> = candidates
            .into_iter()
            .filter_map(|at| {
                let odds = self.scales.odds(&comparer.profiles(&profile, &self.corpus.profiles[at as usize]));
                let [same, kin, _] = odds.shares();
                (same + kin >= least).then_some((same + kin * 0.5, at))
            })
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(most);
        found
            .into_iter()
            .map(|(_, at)| Hit {
                id: self.corpus.id(at),
                explanation: explain(&comparer, &self.scales, &profile, &self.corpus.profiles[at as usize]),
            })
            .collect()
    }

    /// Records worth comparing, those behind the shortest lists first.
    fn candidates(&self, profile: &Profile, comparer: &Comparer<'_>) -> Vec<u32> {
        let mut lists: Vec<&[(u32, u32)]> = Vec::new();
        let mut found: HashSet<u32> = HashSet::new();
        let mut look = |key: u64, found: &mut HashSet<u32>| {
            let list = of_key(&self.keyed, cut(key));
            if !list.is_empty() {
                lists.push(list);
            }
            if let Some(later) = self.later.get(&cut(key)) {
                found.extend(later.iter().rev().take(LONGEST_LIST));
            }
        };
        block::keys(profile, |_| true, |key| look(key, &mut found));
        for form in profile.forms() {
            for symbol in [form.core, form.sound] {
                self.near_words(comparer.text(symbol), |word| look(block::name_key(word), &mut found));
            }
        }
        lists.sort_unstable_by_key(|list| list.len());
        for list in lists {
            if found.len() >= CANDIDATES {
                break;
            }
            found.extend(list.iter().take(LONGEST_LIST).map(|(_, at)| *at));
        }
        found.retain(|at| !self.dropped.contains(at));
        found.into_iter().collect()
    }

    /// Known words one slip from this one, and a few that begin with it.
    fn near_words(&self, word: &str, mut with: impl FnMut(Symbol)) {
        let lexicon = &self.corpus.lexicon;
        slip_keys(word, |key| {
            let later = self.later_slips.get(&cut(key)).map_or(&[][..], Vec::as_slice);
            for at in of_key(&self.slips, cut(key)).iter().map(|(_, at)| *at).take(256).chain(later.iter().copied()) {
                if distance::within_one(lexicon.bytes(Symbol(at)), word.as_bytes()) {
                    with(Symbol(at));
                }
            }
        });
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

fn of_key(sorted: &[(u32, u32)], key: u32) -> &[(u32, u32)] {
    let from = sorted.partition_point(|entry| entry.0 < key);
    let upto = from + sorted[from..].partition_point(|entry| entry.0 == key);
    &sorted[from..upto]
}
