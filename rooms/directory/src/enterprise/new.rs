//! What is given to register an enterprise, and the rules it must meet whichever way it comes.

use std::collections::{BTreeMap, BTreeSet};

use platform::forms::Loose;
use platform::languages;
use platform::own_field::{self, Given, Own};
use platform::permission::{Relation, Tier};
use platform::{Cx, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Brief, FIELDS, SUBJECT};

mod numbers;

pub(crate) use numbers::listing_codes;

pub const NAME_KINDS: [&str; 5] = ["legal", "trading", "brand", "former", "transliterated"];

/// A name in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewName {
    pub name: String,
    /// BCP 47; told from the script when left out.
    #[serde(default)]
    pub language: String,
    /// legal, trading, brand, former or transliterated; trading when left out.
    #[serde(default)]
    pub kind: String,
}

/// An identifier: `lei`; `registry` with the register's name; `listing` with the exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewIdentifier {
    pub scheme: String,
    #[serde(default)]
    pub register: String,
    pub value: String,
}

/// What is filled in to register an enterprise.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewEnterprise {
    pub names: Vec<NewName>,
    #[serde(default)]
    pub identifiers: Vec<NewIdentifier>,
    /// Codes of the list `industry`.
    #[serde(default)]
    pub industries: Vec<String>,
    /// From when the industries hold; today when left out.
    #[serde(default)]
    pub industries_from: Loose,
    #[serde(default)]
    pub kind: Loose,
    /// The parent: its key, its reference, or a name that only one has.
    #[serde(default)]
    pub parent: Loose,
    #[serde(default)]
    pub reporting_origin: Loose,
    #[serde(default)]
    pub incorporation: Loose,
    #[serde(default)]
    pub headquarters: Loose,
    #[serde(default)]
    pub main_listing: Loose,
    #[serde(default)]
    pub value_chain: Loose,
    #[serde(default)]
    pub website: Loose,
    #[serde(default)]
    pub description: Loose,
    #[serde(default)]
    pub tier: Loose,
    #[serde(default)]
    pub team_id: Loose,
    #[serde(default)]
    pub owner_id: Loose,
    #[serde(default)]
    pub own: Given,
    /// Said by a person who has seen the resembling ones: it is none of them.
    #[serde(default)]
    pub distinct_from_resembling: bool,
    /// Those it was said to be none of, by key: kept as decisions.
    #[serde(default)]
    pub distinct_from: Vec<Id>,
    /// Whether names and identifiers come as fields of a form or columns of a file: problems stand there.
    #[serde(skip)]
    pub by_columns: bool,
    /// Of a row that names one we hold: it need not say its names again.
    #[serde(skip)]
    pub of_held: bool,
}

/// A new enterprise that meets the rules.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub names: Vec<NewName>,
    /// The name shown first, in the enterprise's own script, and the one beside it.
    pub shown: (NewName, Option<NewName>),
    pub identifiers: Vec<NewIdentifier>,
    pub industries: Vec<String>,
    pub industries_from: Option<Date>,
    pub fields: BTreeMap<String, Option<String>>,
    /// The reference by which another office knows it, where its file brings it.
    pub elsewhere: Option<String>,
    pub parent: Option<Brief>,
}

impl NewName {
    /// The field of a form or column of a file that a name of this language stands in.
    fn column(&self) -> &'static str {
        match self.language.as_str() {
            "en" => "name_en",
            "zh-Hant" => "name_zh_hant",
            "zh-Hans" => "name_zh_hans",
            _ => "name_other",
        }
    }

    /// `at` says where problems of the name, of its language and of its kind stand.
    pub(crate) fn checked(mut self, problems: &mut Problems, at: [&str; 3]) -> Self {
        self.name = problems.name(at[0], &self.name, 300);
        problems.require(!self.name.is_empty(), at[0], "problem-name-missing");
        self.described(problems, at)
    }

    /// The same, but that its text is held already and is not asked about again.
    pub(crate) fn described(mut self, problems: &mut Problems, [_, language, kind]: [&str; 3]) -> Self {
        if self.language.is_empty() {
            languages::of_script(&self.name).clone_into(&mut self.language);
        }
        match languages::tag(&self.language) {
            Some(tag) => self.language = tag,
            None => problems.add(language, "problem-language"),
        }
        if self.kind.is_empty() {
            "trading".clone_into(&mut self.kind);
        }
        problems.require(NAME_KINDS.contains(&self.kind.as_str()), kind, "problem-name-kind");
        self
    }
}

fn is_latin(name: &NewName) -> bool {
    !["zh", "ja", "ko"].iter().any(|prefix| name.language.starts_with(prefix)) && languages::is_latin(&name.name)
}

impl NewEnterprise {
    fn fields(&self) -> BTreeMap<String, Option<String>> {
        let all: [(&str, &Loose); 11] = [
            ("kind", &self.kind),
            ("reporting_origin", &self.reporting_origin),
            ("incorporation", &self.incorporation),
            ("headquarters", &self.headquarters),
            ("main_listing", &self.main_listing),
            ("value_chain", &self.value_chain),
            ("website", &self.website),
            ("description", &self.description),
            ("tier", &self.tier),
            ("team_id", &self.team_id),
            ("owner_id", &self.owner_id),
        ];
        all.into_iter().filter_map(|(field, value)| Some((field.to_owned(), Some(value.get()?.to_owned())))).collect()
    }

    /// Who is to hold it, as far as it can be read.
    pub(super) fn relation(&self) -> Relation {
        let id = |given: &Loose| given.get().and_then(|text| text.parse().ok());
        Relation { team: id(&self.team_id), owner: id(&self.owner_id) }
    }

    /// Everything that is wrong, at once; whether those who are to hold it may is asked where it is
    /// registered.
    pub fn checked(self, cx: &Cx) -> Result<Checked> {
        let mut problems = Problems::default();
        let mut given = self.fields();
        given.extend(self.own.fields(cx, SUBJECT, &mut problems).into_iter().filter(|(_, value)| says(value)));
        let fields = match checked_fields(cx, &given) {
            Ok(fields) => fields,
            Err(platform::Error::Invalid(found)) => {
                problems.extend(found);
                BTreeMap::new()
            }
            Err(other) => return Err(other),
        };
        let names: Vec<NewName> = self
            .names
            .into_iter()
            .filter(|name| !name.name.trim().is_empty())
            .map(|name| {
                let field = if self.by_columns { name.column() } else { "names" };
                name.checked(&mut problems, [field; 3])
            })
            .collect();
        let first = if self.by_columns { "name_en" } else { "names" };
        problems.require(self.of_held || !names.is_empty(), first, "problem-name-missing");
        let identifiers: Vec<NewIdentifier> = self
            .identifiers
            .into_iter()
            .filter(|identifier| !identifier.value.trim().is_empty())
            .map(|identifier| {
                let mut found = Problems::default();
                let scheme = identifier.scheme.clone();
                let checked = identifier.checked(cx, &mut found);
                for problem in found.all() {
                    let field = if self.by_columns { column_of(&scheme, &problem.key) } else { "identifiers" };
                    let args: Vec<(&str, String)> =
                        problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                    problems.add_with(field, &problem.key, &args);
                }
                checked
            })
            .collect();
        let leis: BTreeSet<&str> =
            identifiers.iter().filter(|held| held.scheme == "lei").map(|held| held.value.as_str()).collect();
        if leis.len() > 1 && fields.get("kind").cloned().flatten().as_deref() != Some("group") {
            problems.add(if self.by_columns { "lei" } else { "identifiers" }, "identifier-second-lei");
        }
        let from = problems.day("industries_from", self.industries_from.get());
        let day = from.unwrap_or_else(|| cx.today());
        for code in &self.industries {
            let held = cx.house.codes.get("industry", code);
            if !held.is_some_and(|held| held.valid_to.is_none() || held.holds_on(day)) {
                problems.add_with("industries", "problem-code-unknown", &[("value", code.clone())]);
            }
        }
        problems.into_result()?;
        let shown = shown(&names, own_script_first(cx, fields.get("reporting_origin").cloned().flatten().as_deref()));
        Ok(Checked {
            names,
            shown,
            identifiers,
            industries: self.industries,
            industries_from: from,
            fields,
            elsewhere: None,
            parent: None,
        })
    }
}

impl Checked {
    /// What it says in fields of the office's own.
    pub(super) fn own(&self) -> Own {
        let mut own = Own::default();
        for (field, value) in &self.fields {
            if let Some(code) = own_field::code_of(field) {
                own.set(code, value.clone());
            }
        }
        own
    }

    pub(super) fn tier(&self) -> Tier {
        self.fields.get("tier").cloned().flatten().and_then(|code| Tier::from_code(&code)).unwrap_or(Tier::Office)
    }

    /// Who is to hold it.
    pub(super) fn relation(&self) -> Relation {
        let id = |field: &str| self.fields.get(field).cloned().flatten().and_then(|text| text.parse().ok());
        Relation { team: id("team_id"), owner: id("owner_id") }
    }
}

fn says(value: &Option<String>) -> bool {
    value.as_deref().is_some_and(|text| !text.trim().is_empty())
}

/// Whether enterprises from there are shown by the name in their own script first: the pack says so of
/// some origins, and of one that is not known the own name is the likelier one.
fn own_script_first(cx: &Cx, origin: Option<&str>) -> bool {
    let origins = cx.house.settings.get("own-script-origins").unwrap_or_default();
    origin.is_none_or(|origin| origins.split(',').any(|of| of == origin))
}

/// The name that is shown, and the one that stands beside it in another script.
fn shown(names: &[NewName], own_script_first: bool) -> (NewName, Option<NewName>) {
    let latin = names.iter().find(|name| is_latin(name));
    let other = names.iter().find(|name| !is_latin(name));
    let (first, second) = match (latin, other, own_script_first) {
        (Some(latin), Some(other), true) => (other, Some(latin)),
        (Some(latin), other, _) => (latin, other),
        (None, Some(other), _) => (other, None),
        (None, None, _) => return (NewName::default(), None),
    };
    (first.clone(), second.cloned())
}

/// The field of a form or column of a file in which something is wrong with an identifier.
fn column_of(scheme: &str, problem: &str) -> &'static str {
    match (scheme, problem) {
        ("lei", _) => "lei",
        ("registry", "problem-register-missing" | "problem-register-unknown") => "registry",
        ("registry", _) => "registry_number",
        ("listing", "problem-register-missing" | "problem-exchange" | "problem-exchange-unknown") => "exchange",
        ("listing", _) => "listing_code",
        _ => "identifiers",
    }
}

/// Whether a text is the address of a website, with or without its scheme: a host with a dot in it, and no scheme but those
/// of the web.
fn is_website(text: &str) -> bool {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => rest,
        Some(_) => return false,
        None => text,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = host.split_once(':').unwrap_or((host, "443"));
    let labels: Vec<&str> = host.split('.').collect();
    let fits = |label: &&str| !label.is_empty() && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-');
    labels.len() > 1 && labels.iter().all(fits) && !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit())
}

/// Edited fields that meet the rules; codes may come as a name or an alias.
pub(super) fn checked_fields(
    cx: &Cx,
    fields: &BTreeMap<String, Option<String>>,
) -> Result<BTreeMap<String, Option<String>>> {
    let mut problems = Problems::default();
    let mut checked = BTreeMap::new();
    for (field, value) in fields {
        if own_field::code_of(field).is_some() {
            let value = own_field::checked(cx, &mut problems, SUBJECT, field, value.as_deref());
            checked.extend(value.map(|value| (field.clone(), value)));
            continue;
        }
        let Some((_, list)) = FIELDS.iter().find(|(name, _)| name == field) else {
            problems.add(field, "problem-field-unknown");
            continue;
        };
        let value = value.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let unknown = |problems: &mut Problems, value: &str| {
            problems.add_with(field, "problem-code-unknown", &[("value", value.chars().take(60).collect())]);
        };
        let fits = match (value, list, field.as_str()) {
            (None, _, "kind" | "tier") => None,
            (None, _, _) => Some(None),
            (Some(text), Some(list), _) => match cx.house.codes.written(list, text) {
                Some(code) => Some(Some(code.code)),
                None => {
                    unknown(&mut problems, text);
                    None
                }
            },
            (Some(text), None, "kind") if matches!(text, "group" | "legal_entity") => Some(Some(text.to_owned())),
            (Some(text), None, "tier") if Tier::from_code(text).is_some() => Some(Some(text.to_owned())),
            (Some(text), None, "team_id" | "owner_id" | "parent_id") if text.parse::<platform::Id>().is_ok() => {
                Some(Some(text.to_owned()))
            }
            (Some(text), None, "kind" | "tier" | "team_id" | "owner_id" | "parent_id") => {
                unknown(&mut problems, text);
                None
            }
            (Some(text), None, "description") => Some(Some(problems.running(field, text, 10_000))),
            (Some(text), None, "website") => {
                let line = problems.line(field, text, 300);
                problems.require(is_website(&line), field, "problem-website");
                Some(Some(line))
            }
            (Some(text), None, _) => Some(Some(problems.line(field, text, 300))),
        };
        if let Some(value) = fits {
            checked.insert(field.clone(), value);
        }
    }
    problems.into_result()?;
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_an_address_of_the_web() {
        for good in ["huawei.com", "https://www.example.org/zh?a=b", "例子.公司.cn", "http://a.example:8080/x y"] {
            assert!(is_website(good), "{good}");
        }
        for bad in ["javascript:alert(1)", "not a site", "example", "ftp://a.example", "a..b", "https://", ".com"] {
            assert!(!is_website(bad), "{bad}");
        }
    }

    #[test]
    fn own_script_comes_first() {
        let name =
            |text: &str, language: &str| NewName { name: text.into(), language: language.into(), kind: String::new() };
        let names = [name("Huawei", "en"), name("華為", "zh-Hant")];
        assert_eq!(shown(&names, true).0.name, "華為");
        assert_eq!(shown(&names, false).0.name, "Huawei");
    }
}
