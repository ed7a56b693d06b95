//! Records taken in, ready to be compared.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::compare::Comparer;
use crate::distance;
use crate::lexicon::{Lexicon, Symbol, Use};
use crate::record::{Profile, Reading, Record};
use crate::text::Script;

/// Records taken apart and counted. Records are numbered as they came, from 0.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    pub(crate) lexicon: Lexicon,
    pub(crate) profiles: Vec<Profile>,
    ids: String,
    id_ends: Vec<u64>,
    /// Records that are not counted.
    silent: HashSet<u32>,
    /// The first record of the enterprise, for each further one.
    further: HashMap<u32, u32>,
}

/// Records whose strings are fetched from memory together.
const TOGETHER: usize = 16;

/// A record taken apart that is not in a corpus yet.
pub(crate) struct Read {
    id: Box<str>,
    silent: bool,
    further: bool,
    reading: Reading,
    /// Of its strings, in the order in which they are given symbols.
    hashes: Vec<u64>,
}

impl Read {
    fn of(record: &Record<'_>) -> Self {
        let reading = Reading::of(record);
        let mut hashes = Vec::with_capacity(24);
        Profile::new(&reading, |text| {
            hashes.push(distance::hash(text.as_bytes()));
            Symbol::default()
        });
        Self { id: record.id.as_ref().into(), silent: record.silent, further: record.further, reading, hashes }
    }

    /// Reads on all cores.
    pub(crate) fn all(records: &[Record<'_>]) -> Vec<Self> {
        records.par_iter().map(Self::of).collect()
    }
}

impl Corpus {
    pub fn push(&mut self, record: &Record<'_>) {
        self.keep(&Read::of(record));
    }

    /// Takes in many records, read on all cores.
    pub fn extend(&mut self, records: &[Record<'_>]) {
        self.keep_all(&Read::all(records));
    }

    /// Takes in what was read; words are given their symbols one after the other.
    pub(crate) fn keep_all(&mut self, read: &[Read]) {
        for read in read.chunks(TOGETHER) {
            self.lexicon.fetch_hashes(read.iter().flat_map(|record| record.hashes.iter().copied()));
            read.iter().for_each(|record| self.keep(record));
        }
    }

    /// Makes room for `times` as many records as are here, if there is so much room.
    pub(crate) fn make_room(&mut self, times: usize) {
        self.lexicon.make_room(times);
        let _ = self.profiles.try_reserve(self.profiles.len().saturating_mul(times));
        let _ = self.ids.try_reserve(self.ids.len().saturating_mul(times));
        let _ = self.id_ends.try_reserve(self.id_ends.len().saturating_mul(times));
    }

    fn keep(&mut self, record: &Read) {
        let mut hashes = record.hashes.iter();
        let profile = Profile::new(&record.reading, |text| {
            let hash = hashes.next().copied().unwrap_or_else(|| distance::hash(text.as_bytes()));
            self.lexicon.intern(text, hash)
        });
        let at = self.profiles.len() as u32;
        self.profiles.push(profile);
        if record.further && at > 0 {
            self.further.insert(at, self.first_of(at - 1));
        }
        if record.silent {
            self.silent.insert(at);
        } else if !self.is_further(at) {
            count(&profile, |symbol, used| self.lexicon.count(symbol, used));
        } else {
            self.counts_of(at).into_iter().for_each(|(symbol, used)| self.lexicon.count(symbol, used));
        }
        self.ids.push_str(&record.id);
        self.id_ends.push(self.ids.len() as u64);
    }

    pub(crate) fn is_silent(&self, record: u32) -> bool {
        self.silent.contains(&record)
    }

    pub(crate) fn is_further(&self, record: u32) -> bool {
        self.further.contains_key(&record)
    }

    /// The record that an enterprise of several begins with.
    pub(crate) fn first_of(&self, record: u32) -> u32 {
        if self.further.is_empty() { record } else { self.further.get(&record).copied().unwrap_or(record) }
    }

    /// The first record of an enterprise, and its further ones.
    pub(crate) fn records_of(&self, first: u32) -> impl Iterator<Item = u32> {
        (first..self.len() as u32).take_while(move |at| self.first_of(*at) == first)
    }

    /// Whether an enterprise may have several records.
    pub(crate) fn has_further(&self) -> bool {
        !self.further.is_empty()
    }

    /// What a record is counted with: of a further one only what those before it don't hold.
    fn counts_of(&self, record: u32) -> Vec<(Symbol, Use)> {
        let mut before: HashSet<(Symbol, Use)> = HashSet::new();
        for earlier in self.first_of(record)..record {
            count(&self.profiles[earlier as usize], |symbol, used| {
                before.insert((symbol, used));
            });
        }
        let mut counts = Vec::with_capacity(24);
        count(&self.profiles[record as usize], |symbol, used| {
            if !before.contains(&(symbol, used)) {
                counts.push((symbol, used));
            }
        });
        counts
    }

    /// Takes a record out of the counts.
    pub(crate) fn uncount(&mut self, record: u32) {
        self.counts_of(record).into_iter().for_each(|(symbol, used)| self.lexicon.uncount(symbol, used));
    }

    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// The holder's own key of a record.
    pub fn id(&self, record: u32) -> &str {
        let at = record as usize;
        let from = if at == 0 { 0 } else { self.id_ends[at - 1] as usize };
        &self.ids[from..self.id_ends[at] as usize]
    }

    /// Where every id stands.
    pub(crate) fn places(&self) -> std::collections::HashMap<&str, u32> {
        (0..self.len() as u32).map(|at| (self.id(at), at)).collect()
    }

    /// An id that two records have, among those from `from` on.
    pub(crate) fn first_twice(&self, from: u32) -> Option<String> {
        let mut ids: Vec<(u64, u32)> =
            (from..self.len() as u32).map(|at| (distance::hash(self.id(at).as_bytes()), at)).collect();
        ids.par_sort_unstable();
        let twice = ids.windows(2).find(|two| two[0].0 == two[1].0 && self.id(two[0].1) == self.id(two[1].1));
        twice.map(|two| self.id(two[0].1).to_owned())
    }

    pub(crate) fn comparer(&self) -> Comparer<'_> {
        Comparer { lexicon: &self.lexicon, asked: &[], records: self.profiles.len().max(1) as f32 }
    }
}

/// Calls with every string of a record that is counted, each once.
fn count(profile: &Profile, mut with: impl FnMut(Symbol, Use)) {
    let mut seen = [Symbol::default(); 15];
    let mut known = 0;
    for form in profile.forms() {
        for symbol in [form.core, form.sound, form.alternative, form.first, form.other] {
            if symbol.is_some() && !seen[..known].contains(&symbol) {
                seen[known] = symbol;
                known += 1;
                with(symbol, Use::Name);
            }
        }
    }
    let is_heard = |form: &&crate::record::Form| matches!(form.script, Script::Hangul | Script::Kana);
    for form in profile.forms().iter().filter(is_heard) {
        with(form.other, Use::Loose);
    }
    for place in profile.places() {
        with(*place, Use::Place);
    }
    let contacts = [profile.address.0, profile.web, profile.label, profile.phone, profile.registration];
    for (at, symbol) in contacts.iter().enumerate() {
        if !contacts[..at].contains(symbol) {
            with(*symbol, Use::Contact);
        }
    }
}
