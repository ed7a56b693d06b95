//! What is asked of memory: an enterprise as somebody has it before them, in part or whole.

use std::borrow::Cow;

use matching::Record;
use platform::codes::Codes;
use platform::search::fold::identity_key;
use platform::{Cx, Id};

use super::store::Standing;
use crate::enterprise::{Checked, NewIdentifier};

/// Names beyond these say nothing new.
const MOST_NAMES: usize = 8;

/// An enterprise that is asked about; whatever is not known is left out.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub names: Vec<String>,
    /// Code of the list `origin`.
    pub origin: Option<String>,
    pub website: Option<String>,
    pub identifiers: Vec<NewIdentifier>,
    /// The enterprise itself where it is held already, which is no answer.
    pub itself: Option<Id>,
    /// The country that the origin stands for, as ISO 3166-1 has it.
    pub(crate) country: String,
}

impl Asked {
    /// What somebody types, with the country that the code list gives its origin.
    pub fn new(cx: &Cx, names: Vec<String>, origin: Option<String>) -> Self {
        let names = names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let country = origin.as_deref().map(|code| country(&cx.house.codes, code)).unwrap_or_default();
        Self { names: names.take(MOST_NAMES).collect(), origin, country, ..Self::default() }
    }

    pub(crate) fn of_new(cx: &Cx, new: &Checked) -> Self {
        let field = |name: &str| new.fields.get(name).cloned().flatten();
        let origin = field("incorporation").or_else(|| field("headquarters")).or_else(|| field("reporting_origin"));
        Self {
            website: field("website"),
            identifiers: new.identifiers.clone(),
            ..Self::new(cx, new.names.iter().map(|name| name.name.clone()).collect(), origin)
        }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.identifiers.is_empty() && self.website.is_none()
    }

    pub(super) fn records(&self) -> Vec<Record<'_>> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let numbers = numbers(&self.identifiers);
        records("", &names, &numbers, &self.country, self.website.as_deref().unwrap_or_default(), false)
    }
}

/// Numbers as the matcher reads them. Codes of an exchange are not among them: one slip apart they are neighbours, not
/// slips; equal to the letter they are found without it.
fn numbers(identifiers: &[NewIdentifier]) -> Vec<String> {
    identifiers.iter().filter(|held| held.scheme != "listing").map(|held| held.value.clone()).collect()
}

/// The two letters of a country among the aliases of a jurisdiction or an origin, if a list has them.
pub(super) fn country(codes: &Codes, origin: &str) -> String {
    let held = codes.get("jurisdiction", origin).or_else(|| codes.get("origin", origin));
    let letters = |alias: &&str| alias.len() == 2 && alias.bytes().all(|byte| byte.is_ascii_alphabetic());
    held.and_then(|code| code.aliases.lines().find(letters).map(str::to_ascii_uppercase)).unwrap_or_default()
}

/// An enterprise as the matcher takes it: a record holds two names and one number, so that one with more is several,
/// `KEY`, `KEY.1` and so on. What they share is counted once, or a name would pass for common the more numbers there are.
pub(super) fn records<'a>(
    key: &str,
    names: &[&'a str],
    numbers: &[String],
    country: &'a str,
    website: &'a str,
    silent: bool,
) -> Vec<Record<'a>> {
    let mut said: Vec<(String, &'a str)> = Vec::new();
    for name in names {
        let key = identity_key(name);
        if !said.iter().any(|(known, _)| *known == key) {
            said.push((key, *name));
        }
    }
    said.truncate(MOST_NAMES);
    let count = said.len().div_ceil(2).max(numbers.len()).max(1);
    (0..count)
        .map(|nth| {
            // One that has more numbers than names is known by the first of them each time.
            let from = if nth * 2 < said.len() { nth * 2 } else { 0 };
            let name = |at: usize| said.get(at).map_or("", |(_, name)| *name);
            let number = numbers.get(nth).or(numbers.first()).cloned().unwrap_or_default();
            Record {
                id: Cow::Owned(if nth == 0 { key.to_owned() } else { format!("{key}.{nth}") }),
                name: Cow::Borrowed(name(from)),
                other_name: Cow::Borrowed(name(from + 1)),
                country: Cow::Borrowed(country),
                website: Cow::Borrowed(website),
                registration_number: Cow::Owned(number),
                silent,
                further: nth > 0,
                ..Record::default()
            }
        })
        .collect()
}

/// The enterprise that a record of the matcher is of.
pub(super) fn key_of(id: &str) -> Option<Id> {
    id.split('.').next().and_then(|key| key.parse().ok())
}

impl Standing {
    /// Where it is from, as far as anything is told.
    pub(super) fn origin(&self) -> Option<&str> {
        self.incorporation.as_deref().or(self.headquarters.as_deref()).or(self.reporting_origin.as_deref())
    }

    pub(super) fn country(&self, codes: &Codes) -> String {
        self.origin().map(|code| country(codes, code)).unwrap_or_default()
    }

    pub(super) fn numbers(&self) -> Vec<String> {
        numbers(&self.identifiers)
    }
}
