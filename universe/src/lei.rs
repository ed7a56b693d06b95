//! GLEIF's files: LEI records (LEI-CDF 2.1 and 3.x) and relationship records (RR-CDF), as XML streams by.
//!
//! What is read is what the standard names; elements that aren't known are passed over, as later versions add some. Nothing of a
//! document can make the reader fetch, expand or hold more than one record.

use std::io::Read;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use screening::{Measure, Value};

use crate::day::{Day, DayForm};
use crate::error::Error;
use crate::guard::{Budget, Guarded, Limits};
use crate::record::{LONGEST, MOST_NAMES, Record};

/// What the head of a file says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub content: Option<Day>,
    /// Holds only what changed.
    pub delta: bool,
    pub records: Option<u64>,
}

/// One thing of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Company(Box<Record>),
    Relation(Relation),
    /// A record that can't be used: its key, the field and why.
    Bad {
        key: String,
        field: &'static str,
        why: String,
    },
}

/// That one company is consolidated by another, or no longer is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    pub child: String,
    pub parent: String,
    pub kind: Kin,
    pub changed: Option<Day>,
    pub ended: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kin {
    #[default]
    Direct,
    Ultimate,
    Branch,
}

impl Kin {
    pub const ALL: [Self; 3] = [Self::Direct, Self::Ultimate, Self::Branch];

    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Ultimate => "ultimate",
            Self::Branch => "branch",
        }
    }

    /// By GLEIF's word; funds and their managers are no groups.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "IS_DIRECTLY_CONSOLIDATED_BY" => Some(Self::Direct),
            "IS_ULTIMATELY_CONSOLIDATED_BY" => Some(Self::Ultimate),
            "IS_INTERNATIONAL_BRANCH_OF" => Some(Self::Branch),
            _ => None,
        }
    }
}

/// Whether the registration of a record says that it was never rightly one: taken back, made by mistake, or there twice.
fn is_void(registration: &str) -> bool {
    matches!(registration, "ANNULLED" | "DUPLICATE" | "ERRONEOUS")
}

/// Whether a relation is at an end: only one that is active, and published or about to be, stands.
pub(crate) fn has_ended(status: &str, registration: &str) -> bool {
    status != "ACTIVE" || is_void(registration) || matches!(registration, "RETIRED" | "CANCELLED")
}

/// Reads a document and hands out its records. `at` goes with each: bytes gone by.
pub fn read(
    path: &Path,
    from: impl Read,
    limits: &Limits,
    with: &mut dyn FnMut(Item, u64) -> Result<(), Error>,
) -> Result<Head, Error> {
    let budget = Budget::default();
    budget.renew(limits.record);
    let mut reader = Reader::from_reader(Guarded::new(from, budget.clone()));
    reader.config_mut().expand_empty_elements = true;
    let fail = |at: u64, reason: String| Error::Xml { path: path.to_owned(), at, reason };
    let mut buffer = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut head = Head::default();
    let mut one = Building::default();
    let mut known = false;
    let mut whole = false;
    let mut records = 0u64;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| fail(budget.gone(), said(&error)))?;
        let at = budget.gone();
        match event {
            Event::Start(start) => {
                let name = start.local_name().into_inner().to_owned();
                if open.is_empty() {
                    if !matches!(name.as_str(), "LEIData" | "RelationshipData") {
                        return Err(fail(
                            at,
                            format!("no file of LEI or relationship records: it begins with <{}>", cut(&name)),
                        ));
                    }
                    known = true;
                }
                if open.len() >= limits.depth {
                    return Err(fail(at, format!("elements lie more than {} deep", limits.depth)));
                }
                if matches!(name.as_str(), "LEIRecord" | "RelationshipRecord") && open.len() == 2 {
                    one = Building::default();
                    budget.renew(limits.record);
                }
                one.opens(&name, &start);
                open.push(name);
                text.clear();
            }
            Event::End(_) => {
                let Some(name) = open.pop() else { continue };
                let up = open.last().map_or("", String::as_str);
                let worth = text.trim();
                match (open.len(), up) {
                    (2, "LEIHeader" | "RelationshipHeader" | "Header") => match name.as_str() {
                        "ContentDate" => head.content = DayForm::Iso.read(worth),
                        "FileContent" => head.delta = worth.contains("DELTA"),
                        "RecordCount" => match worth.parse() {
                            Ok(count) => head.records = Some(count),
                            Err(_) => return Err(fail(at, format!("RecordCount: “{}” is no count", cut(worth)))),
                        },
                        _ => {}
                    },
                    (2, _) if matches!(name.as_str(), "LEIRecord" | "RelationshipRecord") => {
                        let relation = name == "RelationshipRecord";
                        records += 1;
                        if let Some(item) = std::mem::take(&mut one).item(relation) {
                            with(item, at)?;
                        }
                        budget.renew(limits.record);
                    }
                    (depth, _) if depth > 2 => one.closes(&open[3.min(depth)..], &name, worth),
                    (0, _) => whole = true,
                    _ => {}
                }
                text.clear();
            }
            Event::Text(piece) => push(&mut text, &piece.xml_content(XmlVersion::Explicit1_0)),
            Event::CData(piece) => push(&mut text, &piece.xml_content(XmlVersion::Explicit1_0)),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => push(&mut text, character.encode_utf8(&mut [0; 4])),
                Ok(None) => {
                    let name = reference.xml_content(XmlVersion::Explicit1_0);
                    let Some(known) = quick_xml::escape::resolve_predefined_entity(&name) else {
                        return Err(fail(
                            at,
                            format!("the entity &{}; isn’t known: documents may not define their own", cut(&name)),
                        ));
                    };
                    push(&mut text, known);
                }
                Err(error) => return Err(fail(at, said(&error))),
            },
            Event::DocType(_) => {
                return Err(fail(at, "a document type is declared, which no file of this kind has".to_owned()));
            }
            Event::Decl(decl) => {
                if let Some(Ok(encoding)) = decl.encoding()
                    && !encoding.eq_ignore_ascii_case("utf-8")
                {
                    return Err(fail(at, format!("the encoding {} is not read: save it as UTF-8", cut(&encoding))));
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
        }
        if !open.is_empty() && open.len() < 3 {
            // Between records: a header may be long, but not endless.
            budget.renew(limits.record);
        }
    }
    if !known {
        return Err(fail(0, "no XML document".to_owned()));
    }
    if !whole {
        return Err(fail(budget.gone(), "broken off: the document has no end".to_owned()));
    }
    if let Some(said) = head.records.filter(|said| *said != records) {
        return Err(fail(budget.gone(), format!("RecordCount says {said} records, and there are {records}")));
    }
    Ok(head)
}

fn said(error: &quick_xml::Error) -> String {
    match error {
        quick_xml::Error::Io(error) => error.to_string(),
        other => format!("not well-formed XML: {other}"),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Texts past any sense are cut off one byte beyond what is taken, so that they are still seen to be too long.
fn push(text: &mut String, piece: &str) {
    let room = (LONGEST + 1).saturating_sub(text.len());
    let mut end = piece.len().min(room);
    while !piece.is_char_boundary(end) {
        end += 1;
    }
    text.push_str(&piece[..end]);
}

/// A record as its elements close.
#[derive(Default)]
struct Building {
    record: Record,
    kind: String,
    jurisdiction: String,
    country: String,
    legal: [String; 4],
    founded: Option<Day>,
    status: String,
    category: String,
    registration: String,
    other_register: String,
    other_form: String,
    first: Option<Day>,
    deleted: Option<Day>,
    nodes: [String; 2],
    relation: String,
    relation_status: String,
    bad: Option<(&'static str, String)>,
}

impl Building {
    fn opens(&mut self, name: &str, start: &BytesStart<'_>) {
        if matches!(name, "OtherEntityName" | "TransliteratedOtherEntityName") {
            self.kind =
                start.try_get_attribute("type").ok().flatten().map(|a| cut(a.value.as_ref())).unwrap_or_default();
        }
    }

    /// `path` holds the elements around it, from within the record.
    fn closes(&mut self, path: &[String], name: &str, text: &str) {
        if text.is_empty() {
            if name == "DeletedAt" {
                self.deleted = Some(Day(0));
            }
            return;
        }
        if text.len() > LONGEST {
            self.bad = Some(("text", format!("<{name}> is longer than {LONGEST} bytes")));
            return;
        }
        let within = |element: &str| path.iter().any(|p| p == element);
        let text = || text.to_owned();
        let day = || DayForm::Iso.read(&text());
        match (path.last().map_or("", String::as_str), name) {
            ("", "LEI") => self.record.key = text(),
            ("Entity", "LegalName") => self.record.name = text(),
            ("OtherEntityNames", "OtherEntityName")
            | ("TransliteratedOtherEntityNames", "TransliteratedOtherEntityName") => {
                // A name made by machine for want of letters says nothing new.
                let names = &mut self.record.names;
                if names.len() < MOST_NAMES && !self.kind.starts_with("AUTO_ASCII") && !names.contains(&text()) {
                    names.push(text());
                }
            }
            ("LegalAddress", field) => self.place(field, text(), true),
            ("HeadquartersAddress", field) => self.place(field, text(), false),
            ("RegistrationAuthority", "RegistrationAuthorityID") => self.record.register = text(),
            ("RegistrationAuthority", "OtherRegistrationAuthorityID") => self.other_register = text(),
            ("RegistrationAuthority", "RegistrationAuthorityEntityID") => self.record.number = text(),
            ("Entity", "LegalJurisdiction") => self.jurisdiction = text(),
            ("LegalForm", "EntityLegalFormCode") => self.record.form = text(),
            ("LegalForm", "OtherLegalForm") => self.other_form = text(),
            ("Entity", "EntityStatus") => self.status = text(),
            ("Entity", "EntityCategory") => self.category = text(),
            ("Entity", "EntityCreationDate") => self.founded = day(),
            ("Registration", "InitialRegistrationDate") => self.first = day(),
            ("Registration", "LastUpdateDate") => self.record.changed = day(),
            ("Registration", "RegistrationStatus") => self.registration = text(),
            ("StartNode", "NodeID") => self.nodes[0] = text(),
            ("EndNode", "NodeID") => self.nodes[1] = text(),
            ("Relationship", "RelationshipType") => self.relation = text(),
            ("Relationship", "RelationshipStatus") => self.relation_status = text(),
            (_, "DeletedAt") if within("Extension") => self.deleted = day().or(Some(Day(0))),
            _ => {}
        }
    }

    fn place(&mut self, field: &str, text: String, legal: bool) {
        let [address, city, region, country] = if legal {
            self.legal.each_mut()
        } else {
            let Record { address, city, region, .. } = &mut self.record;
            [address, city, region, &mut self.country]
        };
        match field {
            "FirstAddressLine" => *address = text,
            "AdditionalAddressLine" if address.len() + text.len() < LONGEST => {
                address.push_str(", ");
                address.push_str(&text);
            }
            "City" => *city = text,
            "Region" => *region = text,
            "Country" => *country = text,
            _ => {}
        }
    }

    fn item(self, relation: bool) -> Option<Item> {
        let bad = |key: &str, field, why: String| Some(Item::Bad { key: cut(key), field, why });
        if relation {
            let kind = Kin::of(&self.relation)?;
            let [child, parent] = self.nodes;
            for node in [&child, &parent] {
                if !matching::is_lei(node) {
                    return bad(&child, "NodeID", format!("“{}” is no LEI", cut(node)));
                }
            }
            let ended = self.deleted.is_some() || has_ended(&self.relation_status, &self.registration);
            return Some(Item::Relation(Relation { child, parent, kind, changed: self.record.changed, ended }));
        }
        let gone = self.deleted.is_some();
        let mut record = self.record;
        if let Some((field, why)) = self.bad {
            return bad(&record.key, field, why);
        }
        if !matching::is_lei(&record.key) {
            let why = format!("“{}” is no LEI: its check digits are wrong", cut(&record.key));
            return bad(&record.key, "LEI", why);
        }
        if record.name.is_empty() && !gone {
            return bad(&record.key, "LegalName", "is missing".to_owned());
        }
        if record.city.is_empty() && record.address.is_empty() {
            let [address, city, region, _] = self.legal.clone();
            (record.address, record.city, record.region) = (address, city, region);
        }
        let country = if self.country.is_empty() { &self.legal[3] } else { &self.country };
        let lei = Level1 {
            country,
            jurisdiction: &self.jurisdiction,
            founded: self.founded,
            first: self.first,
            gone: self.deleted,
            status: &self.status,
            category: &self.category,
            registration: &self.registration,
            other_register: self.other_register,
            other_form: self.other_form,
        };
        Some(Item::Company(Box::new(lei.finish(record))))
    }
}

/// What is reckoned from the fields of a level 1 record, by XML and by CSV alike.
pub(crate) struct Level1<'a> {
    pub country: &'a str,
    pub jurisdiction: &'a str,
    pub founded: Option<Day>,
    pub first: Option<Day>,
    pub gone: Option<Day>,
    pub status: &'a str,
    pub category: &'a str,
    pub registration: &'a str,
    pub other_register: String,
    pub other_form: String,
}

impl Level1<'_> {
    pub fn finish(self, mut record: Record) -> Record {
        record.lei.clone_from(&record.key);
        // These two stand for “no register” and “another one”.
        if matches!(record.register.as_str(), "" | "RA888888" | "RA999999") {
            record.register = self.other_register;
        }
        // 8888 stands for a form without a code, 9999 for none.
        if matches!(record.form.as_str(), "" | "8888" | "9999") {
            record.form = self.other_form;
        }
        let as_at = record.changed.or(self.gone).or(self.first).unwrap_or(Day(0));
        if let Some(code) = country(self.country) {
            record.put(Measure::Country, Value::Code(code), as_at);
        }
        if let Some(code) = country(self.jurisdiction.get(..2).unwrap_or("")) {
            record.put(Measure::Incorporated, Value::Code(code), as_at);
        }
        if let Some(day) = self.founded {
            record.put(Measure::Founded, Value::Number(i64::from(day.year())), as_at);
        }
        // Words that no list has say nothing.
        let category = match self.category {
            "GENERAL" => "general",
            "FUND" => "fund",
            "BRANCH" => "branch",
            "SOLE_PROPRIETOR" => "sole_proprietor",
            "RESIDENT_GOVERNMENT_ENTITY" => "government",
            "INTERNATIONAL_ORGANIZATION" => "international",
            _ => "",
        };
        if !category.is_empty() {
            record.put(Measure::Category, Value::Code(category.to_owned()), as_at);
        }
        let void = is_void(self.registration);
        if void {
            // What was never rightly a record says only that it is none, as a deletion does.
            record = Record { key: record.key, lei: record.lei, changed: record.changed, ..Record::default() };
        }
        let withdrawn = void || matches!(self.registration, "RETIRED" | "MERGED" | "CANCELLED");
        let ended = self.gone.is_some() || self.status == "INACTIVE" || withdrawn;
        let status = if ended { "ended" } else { "active" };
        record.put(Measure::Status, Value::Code(status.to_owned()), self.gone.filter(|d| d.0 > 0).unwrap_or(as_at));
        record
    }
}

/// Two letters of ISO 3166-1, upper case; nothing else.
pub(crate) fn country(text: &str) -> Option<String> {
    let code = matching::Country::parse(text);
    code.is_known().then(|| code.code())
}
