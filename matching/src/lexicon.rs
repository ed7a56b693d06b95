//! Every distinct string once, and how many records hold it: what is rare says much, what is common little.

use std::hint::black_box;

use hashbrown::HashTable;

use crate::distance;

/// A string of a [`Lexicon`]; the first is the empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Symbol(pub u32);

impl Symbol {
    pub fn is_some(self) -> bool {
        self.0 != 0
    }
}

/// What a string is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub(crate) enum Use {
    Name,
    Place,
    Contact,
    /// Loose spellings of Hangul: those that Latin names are looked for by.
    Loose,
}

#[derive(Clone, Debug)]
pub(crate) struct Lexicon {
    text: Vec<u8>,
    ends: Vec<u32>,
    table: HashTable<u32>,
    counts: Vec<[u32; 4]>,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self { text: Vec::new(), ends: vec![0], table: HashTable::new(), counts: vec![[0; 4]] }
    }
}

impl Lexicon {
    /// The symbol of a string whose hash is known.
    pub fn intern(&mut self, text: &str, hash: u64) -> Symbol {
        if text.is_empty() {
            return Symbol(0);
        }
        let (all, ends) = (&self.text, &self.ends);
        if let Some(known) = self.table.find(hash, |at| slice(all, ends, *at) == text.as_bytes()) {
            return Symbol(*known);
        }
        // Four thousand million bytes of names are more than any register has; beyond, a string is taken for unknown.
        let Ok(end) = u32::try_from(self.text.len() + text.len()) else { return Symbol(0) };
        let at = u32::try_from(self.ends.len()).unwrap_or(0);
        self.text.extend_from_slice(text.as_bytes());
        self.ends.push(end);
        self.counts.push([0; 4]);
        let (all, ends) = (&self.text, &self.ends);
        self.table.insert_unique(hash, at, |at| distance::hash(slice(all, ends, *at)));
        Symbol(at)
    }

    pub fn find(&self, text: &str) -> Option<Symbol> {
        let hash = distance::hash(text.as_bytes());
        self.table.find(hash, |at| slice(&self.text, &self.ends, *at) == text.as_bytes()).map(|at| Symbol(*at))
    }

    pub fn text(&self, symbol: Symbol) -> &str {
        std::str::from_utf8(self.bytes(symbol)).unwrap_or_default()
    }

    pub fn bytes(&self, symbol: Symbol) -> &[u8] {
        slice(&self.text, &self.ends, symbol.0)
    }

    /// Has what strings of these hashes will be looked up by fetched, as [`Lexicon::fetch`] does.
    pub fn fetch_hashes(&self, hashes: impl Iterator<Item = u64>) {
        let mut likely: Vec<u32> = Vec::with_capacity(512);
        for hash in hashes {
            self.table.find(hash, |at| {
                likely.push(*at);
                false
            });
        }
        black_box(likely.iter().fold(0, |sum, at| sum ^ self.ends[*at as usize]));
        black_box(
            likely.iter().fold(0, |sum, at| sum ^ slice(&self.text, &self.ends, *at).first().copied().unwrap_or(0)),
        );
    }

    /// Makes room for `times` as many strings as are here, if there is so much room.
    pub fn make_room(&mut self, times: usize) {
        let _ = self.text.try_reserve(self.text.len().saturating_mul(times));
        let _ = self.ends.try_reserve(self.ends.len().saturating_mul(times));
        let _ = self.counts.try_reserve(self.counts.len().saturating_mul(times));
    }

    /// Has the strings and their counts fetched from memory all at once. Asked for one after the other, each would be waited
    /// for: among millions of strings, most of the time of a comparison is that wait.
    pub fn fetch(&self, symbols: &[Symbol]) {
        let ends = symbols.iter().fold(0, |sum, symbol| sum ^ self.ends[symbol.0 as usize]);
        let counts = symbols.iter().fold(0, |sum, symbol| sum ^ self.counts[symbol.0 as usize][0]);
        black_box((ends, counts));
        black_box(symbols.iter().fold(0, |sum, symbol| sum ^ self.bytes(*symbol).first().copied().unwrap_or(0)));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn count(&mut self, symbol: Symbol, used: Use) {
        if symbol.is_some() {
            self.counts[symbol.0 as usize][used as usize] += 1;
        }
    }

    pub fn uncount(&mut self, symbol: Symbol, used: Use) {
        if symbol.is_some() {
            let count = &mut self.counts[symbol.0 as usize][used as usize];
            *count = count.saturating_sub(1);
        }
    }

    /// How many records hold the string, in one use of it.
    pub fn counted(&self, symbol: Symbol, used: Use) -> u32 {
        self.counts[symbol.0 as usize][used as usize]
    }
}

fn slice<'a>(text: &'a [u8], ends: &[u32], at: u32) -> &'a [u8] {
    let at = at as usize;
    if at == 0 { &[] } else { &text[ends[at - 1] as usize..ends[at] as usize] }
}
