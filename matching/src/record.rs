//! Records as they come, and as they are compared.

use std::borrow::Cow;

use crate::contact::{self, Country, Phone, Register};
use crate::lexicon::Symbol;
use crate::name::{self, Name, TRADES};
use crate::text::Script;
use crate::words::{Legal, WORDS};

/// What one body holds of one enterprise. Only the name is needed; what is empty is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The holder's own key.
    pub id: Cow<'a, str>,
    pub name: Cow<'a, str>,
    /// Another name, often in another script.
    pub other_name: Cow<'a, str>,
    /// ISO 3166-1 alpha-2.
    pub country: Cow<'a, str>,
    pub city: Cow<'a, str>,
    pub address: Cow<'a, str>,
    pub website: Cow<'a, str>,
    pub telephone: Cow<'a, str>,
    /// A number of a register of companies, a unified social credit code or an LEI.
    pub registration_number: Cow<'a, str>,
    pub industry: Cow<'a, str>,
    /// Calendar year.
    pub year_founded: Cow<'a, str>,
    /// It is found, but not counted among those that share what it holds: for records that not everybody may know of,
    /// so that nobody reads from the weights told of others that there is one more.
    pub silent: bool,
    /// It is of the enterprise that the record before it is of, which holds more than one record has room for: what the
    /// two share is counted once, and they are answered as one. The records of an enterprise are taken in one after the
    /// other, and dropped together.
    pub further: bool,
}

impl Record<'_> {
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        [
            &self.id,
            &self.name,
            &self.other_name,
            &self.country,
            &self.city,
            &self.address,
            &self.website,
            &self.telephone,
            &self.registration_number,
            &self.industry,
            &self.year_founded,
        ]
        .into_iter()
        .map(AsRef::as_ref)
    }
}

/// A record taken apart, before its words are given symbols.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    names: Vec<Name>,
    industry: [u16; TRADES],
    country: Country,
    city: Option<String>,
    address: Option<(String, String)>,
    domain: Option<String>,
    phone: Phone,
    registration: Option<(String, Register)>,
    year: u16,
}

pub(crate) const FORMS: usize = 3;

impl Reading {
    pub fn of(record: &Record<'_>) -> Self {
        let mut names = name::read_name(&record.name);
        for other in name::read_name(&record.other_name) {
            if names.len() < FORMS && !names.contains(&other) {
                names.push(other);
            }
        }
        names.truncate(FORMS);
        let domain = contact::registrable_domain(&record.website)
            .map(str::to_ascii_lowercase)
            .filter(|d| !contact::is_shared_domain(d));
        if names.len() < FORMS
            && let Some(label) = domain.as_deref().and_then(|d| name::read_label(contact::domain_label(d)))
        {
            names.push(label);
        }
        let mut country = Country::parse(&record.country);
        let city = crate::city::read_city(&record.city);
        let phone = Phone::parse(&record.telephone, country);
        if !country.is_known() {
            // What else tells the country: where the city lies, the code dialled, the legal form of the name. The script
            // alone doesn't: every name can be spelt in Hangul or kana.
            country = city.as_ref().map_or(Country::UNKNOWN, |(_, country)| *country);
            if !country.is_known() {
                country = phone.country;
            }
            if !country.is_known() {
                country = names
                    .iter()
                    .filter(|n| n.legal & Legal::PROPER != 0 && !n.foreign_form)
                    .map(|n| match n.script {
                        Script::Hangul => Country::parse("KR"),
                        Script::Kana => Country::parse("JP"),
                        _ => Country::UNKNOWN,
                    })
                    .find(|c| c.is_known())
                    .unwrap_or_default();
            }
        }
        Self {
            names,
            industry: name::read_trades(&record.industry),
            country,
            city: city.map(|(city, _)| city),
            address: contact::address(&record.address),
            domain,
            phone,
            registration: contact::registration(&record.registration_number),
            year: contact::year(&record.year_founded).unwrap_or(0),
        }
    }
}

/// What all parts of a name come to, 0 without a legal form; and what its own word does, where that is all there is beside it.
fn whole(name: &Name) -> (u32, u32) {
    // Umlauts are written with and without an e.
    let mut core = Cow::Borrowed(name.core.as_str());
    if name.script == Script::Latin {
        for (written, letter) in [("ae", "a"), ("oe", "o"), ("ue", "u")] {
            if core.contains(written) {
                core = Cow::Owned(core.replace(written, letter));
            }
        }
    }
    let more = |from: u64, parts: &[u16]| {
        parts.iter().fold(from, |sum, part| crate::distance::key(1, sum, u64::from(*part), 0))
    };
    let word = crate::distance::hash(core.as_bytes());
    let of = |parts: u64| (crate::distance::key(2, word, parts, 0) as u32).max(1);
    let bare = more(more(0, &name.trades), &[name.place, name.wide]);
    let formless = name.legal & Legal::PROPER == 0 || name.foreign_form;
    let alone = name.trades[0] == 0 && name.place == 0 && name.wide == 0;
    let full = if formless { 0 } else { of(more(bare, &[name.legal & !Legal::SEATED, u16::from(name.form)])) };
    (full, if alone { of(bare) } else { 0 })
}

/// One name in symbols.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Form {
    pub core: Symbol,
    pub sound: Symbol,
    pub alternative: Symbol,
    pub first: Symbol,
    /// What all parts of a full legal name come to; 0 of a name without its legal form.
    pub whole: u32,
    /// What the own word comes to where nothing but a legal form stands beside it; else 0.
    pub bare: u32,
    pub other: Symbol,
    pub trades: [u16; TRADES],
    pub legal: u16,
    pub wide: u16,
    pub form: u8,
    pub script: Script,
    /// As [`Name`] has it.
    pub number: u32,
}

/// A record in symbols: what is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Profile {
    forms: [Form; FORMS],
    places: [Symbol; FORMS + 1],
    pub industry: [u16; TRADES],
    pub address: (Symbol, Symbol),
    pub web: Symbol,
    pub label: Symbol,
    pub phone: Symbol,
    pub registration: Symbol,
    pub country: Country,
    pub phone_country: Country,
    pub year: u16,
    pub register: Register,
    form_count: u8,
    place_count: u8,
}

impl Profile {
    /// Gives every string its symbol, which `symbol` finds or makes.
    pub fn new(reading: &Reading, mut symbol: impl FnMut(&str) -> Symbol) -> Self {
        let mut profile = Self {
            industry: reading.industry,
            country: reading.country,
            phone_country: reading.phone.country,
            year: reading.year,
            ..Self::default()
        };
        for name in reading.names.iter().take(FORMS) {
            let core = symbol(&name.core);
            let (whole, bare) = whole(name);
            let form = Form {
                whole,
                bare,
                core,
                sound: symbol(&name.sound),
                alternative: symbol(&name.alternative),
                first: symbol(&name.first),
                other: symbol(&name.other),
                trades: name.trades,
                legal: name.legal,
                wide: name.wide,
                form: name.form,
                script: name.script,
                number: name.number,
            };
            profile.forms[usize::from(profile.form_count)] = form;
            profile.form_count += 1;
            if name.place > 0 {
                profile.add_place(symbol(&WORDS.places[usize::from(name.place) - 1].name));
            }
        }
        if let Some(city) = &reading.city {
            profile.add_place(symbol(city));
        }
        if let Some((whole, street)) = &reading.address {
            profile.address = (symbol(whole), symbol(street));
        }
        if let Some(domain) = &reading.domain {
            profile.web = symbol(domain);
            profile.label = symbol(contact::domain_label(domain));
        }
        if reading.phone.is_known() {
            profile.phone = symbol(&reading.phone.national.to_string());
        }
        if let Some((number, register)) = &reading.registration {
            profile.registration = symbol(number);
            profile.register = *register;
        }
        profile
    }

    fn add_place(&mut self, place: Symbol) {
        let count = usize::from(self.place_count);
        if !self.places[..count].contains(&place) && count < self.places.len() {
            self.places[count] = place;
            self.place_count += 1;
        }
    }

    /// A value from each part of the profile, for having it fetched from memory.
    pub fn fetched(&self) -> u32 {
        self.forms.iter().fold(u32::from(self.year) ^ self.registration.0, |sum, form| sum ^ form.core.0)
    }

    pub fn forms(&self) -> &[Form] {
        &self.forms[..usize::from(self.form_count)]
    }

    pub fn places(&self) -> &[Symbol] {
        &self.places[..usize::from(self.place_count)]
    }
}
