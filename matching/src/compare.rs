//! Two records, or two clusters of records, compared field by field: which level of agreement each field has.

use crate::contact::{Country, Register};
use crate::distance;
use crate::lexicon::{Lexicon, Symbol, Use};
use crate::name::TRADES;
use crate::record::{Form, Profile};
use crate::wording;

/// The fields that are compared, in the order a waterfall tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(usize)]
pub enum Field {
    Name,
    Whole,
    Trade,
    Legal,
    Place,
    Country,
    Address,
    Website,
    Telephone,
    Registration,
    Year,
}

pub(crate) const FIELDS: usize = 11;

impl Field {
    pub const ALL: [Self; FIELDS] = [
        Self::Name,
        Self::Whole,
        Self::Trade,
        Self::Legal,
        Self::Place,
        Self::Country,
        Self::Address,
        Self::Website,
        Self::Telephone,
        Self::Registration,
        Self::Year,
    ];

    /// The field as models and waterfalls write it.
    pub fn name(self) -> &'static str {
        [
            "name",
            "whole",
            "trade",
            "legal",
            "place",
            "country",
            "address",
            "website",
            "telephone",
            "registration",
            "year",
        ][self as usize]
    }

    /// The levels of agreement, best first. A field that one side doesn't have has none.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "both scripts equal",
                "native equal",
                "latin equal",
                "words in another order",
                "sounds equal across scripts",
                "website spells it",
                "one slip",
                "sounds alike across scripts",
                "part of it",
                "scripts not comparable",
                "sounds equal, written otherwise",
                "different",
                "another number",
            ],
            Self::Trade => &[
                "equal",
                "one says less",
                "in part",
                "different",
                "industry equal",
                "industry says less",
                "industry different",
                "only one names a trade",
            ],
            Self::Whole => &["full legal name equal", "full legal names differ", "equal but for the form"],
            Self::Legal => &["same form", "compatible form", "different form"],
            Self::Place => {
                &["equal", "different", "names say other regions", "names say one region", "only one names a place"]
            }
            Self::Country => &["equal", "different"],
            Self::Address => &["equal", "same street or slip", "different"],
            Self::Website => &["equal", "same word, other suffix", "different"],
            Self::Telephone => &["equal", "one slip", "different"],
            Self::Registration => &["equal", "one slip", "different", "one is broken"],
            Self::Year => &["equal", "one apart", "two or three apart", "different"],
        }
    }
}

pub(crate) mod level {
    //! Levels are counted from 1; 0 is a field that one side lacks.
    pub const BOTH: u8 = 1;
    pub const NATIVE: u8 = 2;
    pub const LATIN: u8 = 3;
    pub const REORDERED: u8 = 4;
    pub const CROSS: u8 = 5;
    pub const BY_WEB: u8 = 6;
    pub const SLIP: u8 = 7;
    pub const CROSS_SLIP: u8 = 8;
    pub const PART: u8 = 9;
    pub const UNLIKE: u8 = 10;
    pub const HOMOPHONE: u8 = 11;
    pub const DIFFERENT: u8 = 12;
    /// Two of a series, told apart by a number or letter: never one enterprise for what else they share.
    pub const ANOTHER: u8 = 13;
    /// Of trades and places: two full names, or a place that sets one apart from the parent, tell entities of a group apart.
    pub const ONE_TRADE: u8 = 8;
    pub const ONE_PLACE: u8 = 5;
    /// Name levels up to this one say that the own words agree.
    pub const LAST_AGREEING: u8 = PART;
}

/// What a comparison found: a level for each field, and how rare what agreed is (records over records that hold it).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Levels {
    pub level: [u8; FIELDS],
    pub rarity: [f32; FIELDS],
}

/// What is known of one side: a record's own fields, or those of all records of a cluster.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct View<'a> {
    pub forms: &'a [Form],
    pub industries: &'a [[u16; TRADES]],
    pub countries: &'a [Country],
    pub places: &'a [Symbol],
    pub addresses: &'a [(Symbol, Symbol)],
    pub webs: &'a [(Symbol, Symbol)],
    pub phones: &'a [(Symbol, Country)],
    pub registrations: &'a [(Symbol, Register)],
    pub years: &'a [u16],
}

/// The parts of a record that a view has as lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    web: (Symbol, Symbol),
    phone: (Symbol, Country),
    registration: (Symbol, Register),
}

impl Sides {
    pub fn of(profile: &Profile) -> Self {
        Self {
            web: (profile.web, profile.label),
            phone: (profile.phone, profile.phone_country),
            registration: (profile.registration, profile.register),
        }
    }

    pub fn view<'a>(&'a self, profile: &'a Profile) -> View<'a> {
        fn some<T>(known: bool, value: &T) -> &[T] {
            if known { std::slice::from_ref(value) } else { &[] }
        }
        View {
            forms: profile.forms(),
            industries: some(profile.industry[0] != 0, &profile.industry),
            countries: some(profile.country.is_known(), &profile.country),
            places: profile.places(),
            addresses: some(profile.address.0.is_some(), &profile.address),
            webs: some(self.web.0.is_some(), &self.web),
            phones: some(self.phone.0.is_some(), &self.phone),
            registrations: some(self.registration.0.is_some(), &self.registration),
            years: some(profile.year != 0, &profile.year),
        }
    }
}

/// Compares with the counts of one lexicon, over `records` records.
#[derive(Clone, Copy)]
pub(crate) struct Comparer<'a> {
    pub lexicon: &'a Lexicon,
    /// Strings that only the record asked about has; their symbols follow the lexicon's.
    pub asked: &'a [String],
    pub records: f32,
}

impl Comparer<'_> {
    pub fn profiles(&self, a: &Profile, b: &Profile) -> Levels {
        let (sides_a, sides_b) = (Sides::of(a), Sides::of(b));
        self.compare(&sides_a.view(a), &sides_b.view(b))
    }

    pub fn compare(&self, a: &View<'_>, b: &View<'_>) -> Levels {
        let mut found = Levels { level: [0; FIELDS], rarity: [1.0; FIELDS] };
        let mut say = |field: Field, (level, rarity): (u8, f32)| {
            found.level[field as usize] = level;
            found.rarity[field as usize] = rarity;
        };
        let site = self.webs(a.webs, b.webs);
        let one_site = site.0 == 1 || site.0 == 2;
        let name = self.names(a.forms, b.forms, one_site);
        // Slips in other fields are worth looking for only where names agree: else they are chance, and dear to find.
        let near = name.0 <= level::LAST_AGREEING;
        say(Field::Name, name);
        say(Field::Whole, (wording::whole(a.forms, b.forms), 1.0));
        say(Field::Trade, (wording::trades(a, b), 1.0));
        say(Field::Legal, (wording::legal(a.forms, b.forms), 1.0));
        say(Field::Place, self.places(a, b));
        say(Field::Country, (simple(a.countries, b.countries), 1.0));
        say(Field::Address, self.addresses(a.addresses, b.addresses, near));
        say(Field::Website, site);
        say(Field::Telephone, self.phones(a.phones, b.phones, near));
        say(Field::Registration, self.registrations(a.registrations, b.registrations, near));
        say(Field::Year, (years(a.years, b.years), 1.0));
        found
    }

    pub fn text(&self, symbol: Symbol) -> &str {
        let at = symbol.0 as usize;
        match at.checked_sub(self.lexicon.len()) {
            Some(beyond) => self.asked.get(beyond).map_or("", String::as_str),
            None => self.lexicon.text(symbol),
        }
    }

    pub fn bytes(&self, symbol: Symbol) -> &[u8] {
        let at = symbol.0 as usize;
        match at.checked_sub(self.lexicon.len()) {
            Some(beyond) => self.asked.get(beyond).map_or(&[], |text| text.as_bytes()),
            None => self.lexicon.bytes(symbol),
        }
    }

    fn counted(&self, symbol: Symbol, used: Use) -> u32 {
        if (symbol.0 as usize) < self.lexicon.len() { self.lexicon.counted(symbol, used) } else { 1 }
    }

    /// How rare a shared value is: records over those that hold it. Among few records every own word looks
    /// common; how rare it is at large then says more.
    pub fn rarity(&self, a: Symbol, b: Symbol, used: Use) -> f32 {
        let count = self.counted(a, used).min(self.counted(b, used)).max(1) as f32;
        let here = self.records / count;
        if used != Use::Name || here > AT_LARGE {
            return here;
        }
        here.max(AT_LARGE / (count + common(self.text(a)).max(common(self.text(b)))))
    }

    fn shared<T>(&self, a: &[T], b: &[T], key: impl Fn(&T) -> Symbol, used: Use, differ: u8) -> (u8, f32) {
        if a.is_empty() || b.is_empty() {
            return (0, 1.0);
        }
        let mut best = (differ, 1.0);
        for x in a {
            for y in b {
                if key(x) == key(y) {
                    let rarity = self.rarity(key(x), key(y), used);
                    if best.0 != 1 || rarity > best.1 {
                        best = (1, rarity);
                    }
                }
            }
        }
        best
    }

    fn places(&self, a: &View<'_>, b: &View<'_>) -> (u8, f32) {
        let wide = |view: &View<'_>, of: u16| view.forms.iter().any(|f| f.wide == of);
        let mut regions = 0;
        for x in a.forms.iter().filter(|f| f.wide != 0) {
            if wide(b, x.wide) {
                regions = 4;
            } else if regions == 0 && b.forms.iter().any(|f| f.wide != 0) {
                regions = 3;
            }
        }
        if regions == 3 {
            return (3, 1.0);
        }
        let (level, rarity) = self.shared(a.places, b.places, |p| *p, Use::Place, 2);
        if level == 0 && (wording::seated_alone(a, b) || wording::seated_alone(b, a)) {
            // Of a name of common words a place is half of what it says.
            let common = |view: &View<'_>| view.forms.iter().any(|f| self.of_common_words(f));
            return (if common(a) && common(b) { 3 } else { level::ONE_PLACE }, 1.0);
        }
        if level == 0 && regions == 4 { (4, 1.0) } else { (level, rarity) }
    }

    fn addresses(&self, a: &[(Symbol, Symbol)], b: &[(Symbol, Symbol)], near: bool) -> (u8, f32) {
        let (level, rarity) = self.shared(a, b, |x| x.0, Use::Contact, 3);
        if level == 3 && near {
            let slipped = |x: &(Symbol, Symbol), y: &(Symbol, Symbol)| {
                let (p, q) = (self.bytes(x.0), self.bytes(y.0));
                // A slip in a word is likely; one in a number is another house.
                let number = |t: &[u8]| t.iter().position(|b| *b == b' ').unwrap_or(0);
                p.len() >= 8 && q.len() >= 8 && p[..number(p)] == q[..number(q)] && distance::within(p, q, 2) <= 2
            };
            if a.iter().any(|x| b.iter().any(|y| slipped(x, y))) {
                return (2, 1.0);
            }
        }
        (level, rarity)
    }

    fn webs(&self, a: &[(Symbol, Symbol)], b: &[(Symbol, Symbol)]) -> (u8, f32) {
        let (level, rarity) = self.shared(a, b, |x| x.0, Use::Contact, 3);
        if level == 3 {
            let (level, rarity) = self.shared(a, b, |x| x.1, Use::Contact, 3);
            if level == 1 {
                return (2, rarity);
            }
        }
        (level, rarity)
    }

    fn phones(&self, a: &[(Symbol, Country)], b: &[(Symbol, Country)], near: bool) -> (u8, f32) {
        if a.is_empty() || b.is_empty() {
            return (0, 1.0);
        }
        let mut best = (3, 1.0);
        for x in a {
            for y in b {
                let lands = !x.1.is_known() || !y.1.is_known() || x.1 == y.1;
                if x.0 == y.0 && lands {
                    return (1, self.rarity(x.0, y.0, Use::Contact));
                }
                if near && distance::within_one(self.bytes(x.0), self.bytes(y.0)) {
                    best = (2, 1.0);
                }
            }
        }
        best
    }

    fn registrations(&self, a: &[(Symbol, Register)], b: &[(Symbol, Register)], near: bool) -> (u8, f32) {
        let (level, rarity) = self.shared(a, b, |x| x.0, Use::Contact, 3);
        if level != 3 {
            return (level, rarity);
        }
        let mut worst = 0;
        for x in a {
            for y in b {
                let broken = x.1 == Register::Broken || y.1 == Register::Broken;
                // Numbers of unlike registers say nothing of each other.
                let one_register = x.1 == y.1 || broken;
                let found = if broken {
                    4
                } else if !one_register {
                    0
                } else if near && distance::within_one(self.bytes(x.0), self.bytes(y.0)) {
                    2
                } else {
                    3
                };
                worst = if worst == 3 || found == 3 { 3 } else { worst.max(found) };
            }
        }
        (worst, 1.0)
    }
}

/// Companies of a country of middling size, to which few records are held.
const AT_LARGE: f32 = 20_000.0;

/// How many of [`AT_LARGE`] companies go by an own word, by its length: general experience, short words being common.
fn common(word: &str) -> f32 {
    if word.is_ascii() {
        return match word.len() {
            0..=3 => 40.0,
            4 | 5 => 20.0,
            6 | 7 => 8.0,
            8 | 9 => 3.0,
            _ => 1.0,
        };
    }
    match word.chars().count() {
        0 | 1 => 60.0,
        2 => 12.0,
        3 => 4.0,
        _ => 1.0,
    }
}

/// Two different valid numbers of one register: never one enterprise, whatever else agrees.
pub(crate) fn registers_forbid(a: &[(Symbol, Register)], b: &[(Symbol, Register)], same_land: bool) -> bool {
    let mut forbid = false;
    for x in a {
        for y in b {
            if x.0 == y.0 {
                return false;
            }
            let national = x.1 == Register::National;
            forbid |= x.1 == y.1 && x.1 != Register::Broken && x.1 != Register::None && (!national || same_land);
        }
    }
    forbid
}

fn simple<T: PartialEq>(a: &[T], b: &[T]) -> u8 {
    if a.is_empty() || b.is_empty() {
        0
    } else if a.iter().any(|x| b.contains(x)) {
        1
    } else {
        2
    }
}

fn years(a: &[u16], b: &[u16]) -> u8 {
    let apart = a.iter().flat_map(|x| b.iter().map(|y| x.abs_diff(*y))).min();
    match apart {
        None => 0,
        Some(0) => 1,
        Some(1) => 2,
        Some(2 | 3) => 3,
        Some(_) => 4,
    }
}
