//! The words that names share: legal forms, trades, places, in all scripts; looked up exactly, by phrase, or one slip away.

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::contact::Country;
use crate::text;

/// What a word of the table says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Bits of [`Legal`].
    pub legal: u16,
    /// Which way of writing the legal form, so that AG and SE differ though both are public; 0 is none.
    pub form: u8,
    /// Index into concepts, plus one.
    pub trade: u16,
    /// Index into places, plus one.
    pub place: u16,
}

impl Word {
    fn merge(&mut self, other: Self) {
        self.legal |= other.legal;
        for (mine, theirs) in [(&mut self.trade, other.trade), (&mut self.place, other.place)] {
            if *mine == 0 {
                *mine = theirs;
            }
        }
        if self.form == 0 {
            self.form = other.form;
        }
    }
}

/// Classes of legal form, as bits.
pub(crate) struct Legal;

impl Legal {
    pub const PRIVATE: u16 = 1;
    pub const PUBLIC: u16 = 1 << 1;
    pub const KK: u16 = 1 << 2;
    pub const CORPORATION: u16 = 1 << 3;
    pub const LLC: u16 = 1 << 4;
    pub const GROUP: u16 = 1 << 9;
    pub const HOLDING: u16 = 1 << 10;
    pub const CO: u16 = 1 << 11;
    /// No form: the name says its place behind its own word, as "X (Hong Kong) Limited" does, and not where it comes from.
    pub const SEATED: u16 = 1 << 12;
    /// Forms proper, without marks such as group.
    pub const PROPER: u16 = 0xff;
    const NAMES: [&str; 12] = [
        "private",
        "public",
        "kk",
        "corporation",
        "llc",
        "partnership",
        "sole",
        "nonprofit",
        "branch",
        "group",
        "holding",
        "co",
    ];

    /// The classes of a set of bits, in words.
    pub fn names(legal: u16) -> String {
        let names: Vec<&str> =
            Self::NAMES.iter().enumerate().filter(|(at, _)| legal & (1 << at) != 0).map(|(_, n)| *n).collect();
        names.join(" ")
    }
}

/// Which forms are one form in two languages, though their classes differ: a company limited by shares of the Mainland calls itself
/// Co., Ltd. in English, or Corp. or Inc.
pub(crate) struct Translated {
    shares: u8,
    english: [u8; 2],
}

static TRANSLATED: LazyLock<Translated> = LazyLock::new(|| {
    let form = |word: Option<Word>| word.map_or(0, |word| word.form);
    Translated {
        shares: form(WORDS.cjk("股份有限公司")),
        english: ["co ltd", "inc"].map(|words| form(WORDS.latin(words))),
    }
});

impl Translated {
    pub fn each_other(a: u8, b: u8) -> bool {
        let Self { shares, english } = &*TRANSLATED;
        (a == *shares && english.contains(&b)) || (b == *shares && english.contains(&a))
    }
}

pub(crate) struct Concept {
    pub name: String,
    pub atoms: Vec<u16>,
}

pub(crate) struct Place {
    pub name: String,
    pub country: Country,
    /// A country or province: neither confirms nor denies a city.
    pub wide: bool,
}

pub(crate) struct Words {
    latin: HashMap<String, Word>,
    cjk: HashMap<String, Word>,
    longest_cjk: usize,
    pub concepts: Vec<Concept>,
    pub places: Vec<Place>,
    atoms: Vec<(String, bool)>,
    /// Latin words of five letters and more, by each way of leaving one letter out.
    slips: HashMap<u64, Vec<u32>>,
    long: Vec<(String, Word)>,
    join: Vec<String>,
    cantonese: HashMap<char, &'static str>,
    /// Own words of well-known enterprises, folded and without spaces, and the brand each stands for.
    brands: HashMap<String, &'static str>,
}

pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(Words::read);

impl Words {
    fn read() -> Self {
        let mut words = Self {
            latin: HashMap::new(),
            cjk: HashMap::new(),
            longest_cjk: 0,
            concepts: Vec::new(),
            places: Vec::new(),
            atoms: Vec::new(),
            slips: HashMap::new(),
            long: Vec::new(),
            cantonese: HashMap::new(),
            brands: HashMap::new(),
            join: include_str!("words/join.txt").split_whitespace().map(str::to_owned).collect(),
        };
        words.read_legal(include_str!("words/legal.txt"));
        words.read_trades(include_str!("words/trade.txt"));
        words.read_places(include_str!("words/place.txt"));
        for (brand, written) in entries(include_str!("words/brands.txt")) {
            for one in written.split_whitespace() {
                words.brands.insert(text::fold(&one.replace('_', "")), brand);
            }
        }
        words.read_cantonese(include_str!("words/cantonese.txt"));
        let mut long: Vec<_> = words
            .latin
            .iter()
            .filter(|(w, _)| w.len() >= 5 && !w.contains(' '))
            .map(|(text, word)| (text.clone(), *word))
            .collect();
        long.sort_by(|a, b| a.0.cmp(&b.0));
        for (at, (text, _)) in long.iter().enumerate() {
            each_slip(text.as_bytes(), |key| {
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                let slot: &mut Vec<u32> = words.slips.entry(key).or_default();
                if slot.last() != Some(&at) {
                    slot.push(at);
                }
            });
        }
        words.long = long;
        words
    }

    fn insert(&mut self, written: &str, word: Word) {
        let folded = text::fold(&written.replace('_', " ")).replace('\'', "");
        let folded = folded.trim();
        if folded.is_empty() {
            return;
        }
        if folded.is_ascii() {
            self.latin.entry(folded.to_owned()).or_default().merge(word);
        } else {
            let key: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
            self.longest_cjk = self.longest_cjk.max(key.chars().count());
            self.cjk.entry(key).or_default().merge(word);
        }
    }

    fn read_legal(&mut self, table: &'static str) {
        let mut form = 0;
        for (head, rest) in entries(table) {
            let bit = Legal::NAMES.iter().position(|n| *n == head).map_or(0, |at| 1 << at);
            for group in rest.split('|') {
                form += 1;
                for written in group.split_whitespace() {
                    self.insert(written, Word { legal: bit, form, ..Word::default() });
                }
            }
        }
    }

    fn atom(&mut self, name: &str) -> u16 {
        let at = self.atoms.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.atoms.push((name.to_owned(), false));
            self.atoms.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    fn read_trades(&mut self, table: &'static str) {
        for (head, rest) in entries(table) {
            let (name, made_of) = head.split_once('=').unwrap_or((head, ""));
            let general = name.trim().ends_with('*');
            let name = name.trim().trim_end_matches('*');
            let mut atoms: Vec<u16> =
                made_of.split('+').map(str::trim).filter(|a| !a.is_empty()).map(|a| self.atom(a)).collect();
            if atoms.is_empty() {
                let atom = self.atom(name);
                self.atoms[usize::from(atom)].1 = general;
                atoms.push(atom);
            }
            self.concepts.push(Concept { name: name.to_owned(), atoms });
            let trade = u16::try_from(self.concepts.len()).unwrap_or(u16::MAX);
            for written in rest.split(['|', ' ']).filter(|w| !w.is_empty()) {
                self.insert(written, Word { trade, ..Word::default() });
            }
        }
    }

    fn read_places(&mut self, table: &'static str) {
        for line in table.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
            let mut parts = line.splitn(3, ' ');
            let (kind, country, rest) = (parts.next(), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let country = if country == "XX" { Country::UNKNOWN } else { Country::parse(country) };
            let wide = matches!(kind, Some("region" | "wide"));
            if matches!(kind, Some("han" | "region")) {
                for han in rest.split_whitespace() {
                    let latin = text::sound(&text::fold(han));
                    self.place(&latin, country, wide, [han, &latin].into_iter());
                }
            } else if let Some((name, others)) = rest.split_once(':') {
                let name = name.trim();
                self.place(name, country, wide, others.split_whitespace().chain([name]));
            }
        }
    }

    fn place<'a>(&mut self, name: &str, country: Country, wide: bool, written: impl Iterator<Item = &'a str>) {
        let at = self.places.iter().position(|p| p.name == name).unwrap_or_else(|| {
            self.places.push(Place { name: name.to_owned(), country, wide });
            self.places.len() - 1
        });
        let place = u16::try_from(at + 1).unwrap_or(u16::MAX);
        for word in written {
            self.insert(word, Word { place, ..Word::default() });
        }
    }

    fn read_cantonese(&mut self, table: &'static str) {
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let mut parts = line.split_whitespace();
            let Some(spelling) = parts.next().and_then(|s| s.split('/').next()) else { continue };
            for c in parts.flat_map(str::chars) {
                self.cantonese.entry(text::simplified(c)).or_insert(spelling);
            }
        }
    }

    /// How Hong Kong spells a name of Han characters, if every one of them is known.
    pub fn cantonese(&self, folded: &str) -> Option<String> {
        folded.chars().map(|c| self.cantonese.get(&c).copied()).collect()
    }

    /// The well-known enterprise that an own word, folded and without spaces, stands for.
    pub fn brand(&self, word: &str) -> Option<&'static str> {
        self.brands.get(word).copied()
    }

    /// How many characters the longest brand has that a name of more than `place` characters begins with, its place included.
    pub fn brand_beyond(&self, name: &[char], place: usize) -> Option<usize> {
        (place..=name.len()).rev().find(|upto| self.brand(&name[..*upto].iter().collect::<String>()).is_some())
    }

    /// Whether a trade says more than words so general that sharing one says little.
    pub fn is_special(&self, trades: &[u16]) -> bool {
        self.atoms_of(trades).any(|atom| !self.atoms[usize::from(atom)].1)
    }

    pub fn is_join(&self, token: &str) -> bool {
        self.join.iter().any(|j| j == token)
    }

    pub fn latin(&self, phrase: &str) -> Option<Word> {
        self.latin.get(phrase).copied()
    }

    /// The one word of five letters or more that is a slip of the finger away.
    pub fn near(&self, token: &str) -> Option<Word> {
        if token.len() < 5 {
            return None;
        }
        let mut best: Option<Word> = None;
        each_slip(token.as_bytes(), |key| {
            if best.is_some() {
                return;
            }
            for at in self.slips.get(&key).into_iter().flatten() {
                let (known, word) = &self.long[*at as usize];
                if crate::distance::within_one(known.as_bytes(), token.as_bytes()) {
                    best = Some(*word);
                    return;
                }
            }
        });
        best
    }

    /// A trade that a cut-off word begins, when all words that begin so mean the same.
    pub fn cut_off(&self, token: &str) -> Option<u16> {
        if token.len() < 4 {
            return None;
        }
        let from = self.long.partition_point(|(w, _)| w.as_str() < token);
        let mut found = 0;
        for (_, word) in self.long[from..].iter().take_while(|(w, _)| w.starts_with(token)) {
            if word.trade == 0 || (found != 0 && found != word.trade) {
                return None;
            }
            found = word.trade;
        }
        (found != 0).then_some(found)
    }

    /// The longest word that `chars` ends with, and how many characters it has.
    pub fn cjk_ending(&self, chars: &[char], wanted: impl Fn(&Word) -> bool) -> Option<(usize, Word)> {
        self.cjk_part(chars, |length| &chars[chars.len() - length..], wanted)
    }

    pub fn cjk_beginning(&self, chars: &[char], wanted: impl Fn(&Word) -> bool) -> Option<(usize, Word)> {
        self.cjk_part(chars, |length| &chars[..length], wanted)
    }

    fn cjk_part<'a>(
        &self,
        chars: &'a [char],
        part: impl Fn(usize) -> &'a [char],
        wanted: impl Fn(&Word) -> bool,
    ) -> Option<(usize, Word)> {
        let mut text = String::new();
        for length in (1..=chars.len().min(self.longest_cjk)).rev() {
            text.clear();
            text.extend(part(length));
            if let Some(word) = self.cjk.get(text.as_str())
                && wanted(word)
            {
                return Some((length, *word));
            }
        }
        None
    }

    pub fn cjk(&self, text: &str) -> Option<Word> {
        self.cjk.get(text).copied()
    }

    /// How the trades of two names stand to each other; concepts are given plus one, as [`Word`] has them.
    pub fn trades(&self, a: &[u16], b: &[u16]) -> TradeAgreement {
        if a == b {
            return TradeAgreement::Equal;
        }
        let mut shared = false;
        let (mut only_a, mut only_b) = (false, false);
        let (mut only_a_special, mut only_b_special) = (false, false);
        for (these, those, only, special) in
            [(a, b, &mut only_a, &mut only_a_special), (b, a, &mut only_b, &mut only_b_special)]
        {
            for atom in self.atoms_of(these) {
                if self.atoms_of(those).any(|other| other == atom) {
                    shared |= !self.atoms[usize::from(atom)].1;
                } else {
                    *only = true;
                    *special |= !self.atoms[usize::from(atom)].1;
                }
            }
        }
        match (shared, only_a, only_b) {
            (_, false, false) => TradeAgreement::Equal,
            (true, _, _) if !(only_a_special && only_b_special) => TradeAgreement::Near,
            (true, _, _) => TradeAgreement::Part,
            // Only general words apart: "X Holdings" and "X International".
            (false, _, _) if !only_a_special && !only_b_special => TradeAgreement::Part,
            _ => TradeAgreement::Conflict,
        }
    }

    fn atoms_of<'a>(&'a self, trades: &'a [u16]) -> impl Iterator<Item = u16> + 'a {
        trades.iter().filter(|t| **t > 0).flat_map(|t| self.concepts[usize::from(*t) - 1].atoms.iter().copied())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TradeAgreement {
    Equal,
    /// One says less than the other: Energy, New Energy.
    Near,
    /// Something special in common, and something special apart on each side.
    Part,
    Conflict,
}

fn entries(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(" :")).map(|(h, r)| (h.trim(), r))
}

/// Calls with a key for the word itself and for each way of leaving one byte out.
pub(crate) fn each_slip(word: &[u8], mut with: impl FnMut(u64)) {
    with(crate::distance::hash(word));
    for out in 0..word.len() {
        // Leaving out either of two equal neighbours gives the same.
        if out > 0 && word[out] == word[out - 1] {
            continue;
        }
        with(crate::distance::hash_but(word, out));
    }
}
