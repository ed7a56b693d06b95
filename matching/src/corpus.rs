//! Records taken in, ready to be compared.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::compare::Comparer;
use crate::lexicon::{Lexicon, Use};
use crate::record::{Profile, Reading, Record};

/// Records taken apart and counted. Records are numbered as they came, from 0.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    pub(crate) lexicon: Lexicon,
    pub(crate) profiles: Vec<Profile>,
    ids: String,
    id_ends: Vec<u64>,
    /// Records that are not counted.
    silent: HashSet<u32>,
}

impl Corpus {
    pub fn push(&mut self, record: &Record<'_>) {
        let reading = Reading::of(record);
        self.keep(record, &reading);
    }

    /// Takes in many records, read on all cores.
    pub fn extend(&mut self, records: &[Record<'_>]) {
        let readings: Vec<Reading> = records.par_iter().map(Reading::of).collect();
        for (record, reading) in records.iter().zip(&readings) {
            self.keep(record, reading);
        }
    }

    fn keep(&mut self, record: &Record<'_>, reading: &Reading) {
        let profile = Profile::new(reading, |text| self.lexicon.intern(text));
        if record.silent {
            self.silent.insert(self.profiles.len() as u32);
        } else {
            count(&profile, |symbol, used| self.lexicon.count(symbol, used));
        }
        self.profiles.push(profile);
        self.ids.push_str(&record.id);
        self.id_ends.push(self.ids.len() as u64);
    }

    pub(crate) fn is_silent(&self, record: u32) -> bool {
        self.silent.contains(&record)
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
            (from..self.len() as u32).map(|at| (crate::distance::hash(self.id(at).as_bytes()), at)).collect();
        ids.par_sort_unstable();
        let twice = ids.windows(2).find(|two| two[0].0 == two[1].0 && self.id(two[0].1) == self.id(two[1].1));
        twice.map(|two| self.id(two[0].1).to_owned())
    }

    pub(crate) fn comparer(&self) -> Comparer<'_> {
        Comparer { lexicon: &self.lexicon, asked: &[], records: self.profiles.len().max(1) as f32 }
    }
}

/// Calls with every string of a record that is counted, each once.
pub(crate) fn count(profile: &Profile, mut with: impl FnMut(crate::lexicon::Symbol, Use)) {
    let mut seen = [crate::lexicon::Symbol::default(); 15];
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
    for form in profile.forms().iter().filter(|f| f.script == crate::text::Script::Hangul) {
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
