//! GLEIF's golden copy as CSV: level 1 (LEI records) and level 2 (relationship records), columns found by name.

use screening::{Measure, Value};

use crate::day::DayForm;
use crate::input::{Bad, Item};
use crate::lei::{Kin, Level1, Relation, has_ended};
use crate::record::{LONGEST, MOST_NAMES, Record};

/// Which of the two a header is of.
pub(crate) enum Golden {
    Level1(Box<Columns>),
    Level2(Level2),
}

pub(crate) struct Columns {
    lei: usize,
    name: usize,
    /// A name and its type.
    names: Vec<(usize, Option<usize>)>,
    /// First line, further lines, city, region, country: of the headquarters, then of the legal address.
    places: [Place; 2],
    one: [Option<usize>; 12],
}

#[derive(Default)]
struct Place {
    lines: Vec<usize>,
    city: Option<usize>,
    region: Option<usize>,
    country: Option<usize>,
}

pub(crate) struct Level2 {
    at: [usize; 4],
    changed: Option<usize>,
    registration: Option<usize>,
}

const ONE: [&str; 12] = [
    "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Entity.RegistrationAuthority.OtherRegistrationAuthorityID",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Entity.LegalJurisdiction",
    "Entity.LegalForm.EntityLegalFormCode",
    "Entity.LegalForm.OtherLegalForm",
    "Entity.EntityStatus",
    "Entity.EntityCreationDate",
    "Registration.InitialRegistrationDate",
    "Registration.LastUpdateDate",
    "Registration.RegistrationStatus",
    "Entity.EntityCategory",
];

impl Golden {
    /// Nothing if the header is of some other table.
    pub fn on(header: &[String]) -> Option<Self> {
        let at = |name: &str| header.iter().position(|h| h == name);
        if let (Some(lei), Some(name)) = (at("LEI"), at("Entity.LegalName")) {
            let mut names = Vec::new();
            for group in [
                "Entity.OtherEntityNames.OtherEntityName",
                "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
            ] {
                for number in 1..=MOST_NAMES {
                    let name = format!("{group}.{number}");
                    names.extend(at(&name).map(|column| (column, at(&format!("{name}.type")))));
                }
            }
            let place = |of: &str| Place {
                lines: std::iter::once(format!("Entity.{of}.FirstAddressLine"))
                    .chain((1..4).map(|n| format!("Entity.{of}.AdditionalAddressLine.{n}")))
                    .filter_map(|name| at(&name))
                    .collect(),
                city: at(&format!("Entity.{of}.City")),
                region: at(&format!("Entity.{of}.Region")),
                country: at(&format!("Entity.{of}.Country")),
            };
            let places = [place("HeadquartersAddress"), place("LegalAddress")];
            return Some(Self::Level1(Box::new(Columns { lei, name, names, places, one: ONE.map(at) })));
        }
        let ends = [
            at("Relationship.StartNode.NodeID")?,
            at("Relationship.EndNode.NodeID")?,
            at("Relationship.RelationshipType")?,
            at("Relationship.RelationshipStatus")?,
        ];
        Some(Self::Level2(Level2 {
            at: ends,
            changed: at("Registration.LastUpdateDate"),
            registration: at("Registration.RegistrationStatus"),
        }))
    }

    pub fn row(&self, row: u64, cells: &[String]) -> Option<Item> {
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let maybe = |at: Option<usize>| at.map_or("", cell);
        let bad = |key: &str, field: &str, why: String| {
            let key = key.chars().take(40).collect();
            Some(Item::Bad(Bad { row, key, field: field.to_owned(), why, kept: false, came: Vec::new() }))
        };
        if let Some(long) = cells.iter().position(|cell| cell.len() > LONGEST) {
            return bad(cell(0), &format!("column {}", long + 1), format!("is longer than {LONGEST} bytes"));
        }
        match self {
            Self::Level2(Level2 { at, changed, registration }) => {
                let [child, parent, kind, status] = at.map(cell);
                let kind = Kin::of(kind)?;
                if let Some(node) = [child, parent].into_iter().find(|node| !matching::is_lei(node)) {
                    return bad(child, "NodeID", format!("“{node}” is no LEI"));
                }
                Some(Item::Relation(Relation {
                    child: child.to_owned(),
                    parent: parent.to_owned(),
                    kind,
                    changed: DayForm::Iso.read(maybe(*changed)),
                    ended: has_ended(status, maybe(*registration)),
                }))
            }
            Self::Level1(columns) => {
                let lei = cell(columns.lei);
                if !matching::is_lei(lei) {
                    return bad(lei, "LEI", "is no LEI: its check digits are wrong".to_owned());
                }
                if cell(columns.name).is_empty() {
                    return bad(lei, "Entity.LegalName", "is missing".to_owned());
                }
                Some(Item::Company(Box::new(columns.record(&cell))))
            }
        }
    }
}

impl Columns {
    fn record<'a>(&self, cell: &impl Fn(usize) -> &'a str) -> Record {
        let maybe = |at: Option<usize>| at.map_or("", cell);
        let [
            register,
            other_register,
            number,
            jurisdiction,
            form,
            other_form,
            status,
            founded,
            first,
            changed,
            registration,
            category,
        ] = self.one.map(maybe);
        let mut record = Record {
            key: cell(self.lei).to_owned(),
            name: cell(self.name).to_owned(),
            register: register.to_owned(),
            number: number.to_owned(),
            form: form.to_owned(),
            changed: DayForm::Iso.read(changed),
            ..Record::default()
        };
        for (name, kind) in &self.names {
            let name = cell(*name);
            let new = !name.is_empty() && !record.names.iter().any(|known| known == name);
            if new && !maybe(*kind).starts_with("AUTO_ASCII") {
                record.names.push(name.to_owned());
            }
        }
        record.names.truncate(MOST_NAMES);
        let there =
            |place: &&Place| !maybe(place.city).is_empty() || place.lines.iter().any(|at| !cell(*at).is_empty());
        if let Some(place) = self.places.iter().find(there) {
            let lines: Vec<&str> = place.lines.iter().map(|at| cell(*at)).filter(|line| !line.is_empty()).collect();
            record.address = lines.join(", ");
            record.address.truncate(record.address.floor_char_boundary(LONGEST));
            record.city = maybe(place.city).to_owned();
            record.region = maybe(place.region).to_owned();
        }
        let country = self.places.iter().map(|place| maybe(place.country)).find(|country| !country.is_empty());
        let level1 = Level1 {
            country: country.unwrap_or(""),
            jurisdiction,
            founded: DayForm::Iso.read(founded),
            first: DayForm::Iso.read(first),
            gone: None,
            status,
            category,
            registration,
            other_register: other_register.to_owned(),
            other_form: other_form.to_owned(),
        };
        let made = level1.finish(record);
        debug_assert!(matches!(made.fact(Measure::Status).map(|fact| &fact.value), Some(Value::Code(_))));
        made
    }
}
