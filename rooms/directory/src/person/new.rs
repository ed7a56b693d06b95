//! What is given to add a person, and the rules it must meet whichever way it comes.

use std::collections::BTreeMap;

use platform::own_field::{self, Given, Own};
use platform::{Cx, Problems, Result};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{SUBJECT, contact};

/// A way of contact as it is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NewPersonContact)]
pub struct NewContact {
    pub kind: String,
    pub value: String,
}

/// What is filled in to add a person.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewPerson {
    pub name: String,
    pub second_name: String,
    pub post: String,
    pub post_from: String,
    pub languages: String,
    pub email: String,
    pub telephone: String,
    pub wechat: String,
    /// Further ways of contact.
    pub contacts: Vec<NewContact>,
    /// When the person agreed to be written to; needed with a way of contact.
    pub consent_on: String,
    pub consent_how: String,
    pub consent_purpose: String,
    pub own: Given,
    /// Said by somebody who has seen the resembling ones: it is none of them.
    pub distinct_from_resembling: bool,
}

/// A person who meets the rules.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub name: String,
    pub second_name: Option<String>,
    pub post: Option<String>,
    pub post_from: Option<Date>,
    pub languages: Option<String>,
    /// Kind and value.
    pub contacts: Vec<(String, String)>,
    pub consent_on: Option<Date>,
    pub consent_how: String,
    pub consent_purpose: String,
    /// Fields of the office's own by name.
    pub own: BTreeMap<String, Option<String>>,
}

/// One of the fields that can be edited, as it may stand.
pub(super) fn field(problems: &mut Problems, field: &str, text: &str) -> Option<String> {
    match field {
        "name" => {
            let name = problems.name("name", text, 200);
            problems.require(!name.is_empty(), "name", "problem-name-missing");
            Some(name)
        }
        "second_name" => Some(problems.name(field, text, 300)).filter(|text| !text.is_empty()),
        "languages" => {
            let line = problems.line("languages", text, 300);
            let given = line.split([',', ';', '、', '，', '/']).map(str::trim).filter(|part| !part.is_empty());
            let mut tags: Vec<String> = Vec::new();
            for part in given {
                match platform::languages::written(part) {
                    Some(tag) if tags.contains(&tag) => {}
                    Some(tag) => tags.push(tag),
                    None => problems.add_with("languages", "problem-language-named", &[("value", part.to_owned())]),
                }
            }
            Some(tags.join(", ")).filter(|text| !text.is_empty())
        }
        _ => Some(problems.line(field, text, 300)).filter(|text| !text.is_empty()),
    }
}

impl Checked {
    /// What they say in fields of the office's own.
    pub(super) fn own(&self) -> Own {
        let mut own = Own::default();
        for (name, value) in &self.own {
            if let Some(code) = own_field::code_of(name) {
                own.set(code, value.clone());
            }
        }
        own
    }
}

impl NewPerson {
    pub fn checked(&self, cx: &Cx) -> Result<Checked> {
        let mut problems = Problems::default();
        let name = field(&mut problems, "name", &self.name).unwrap_or_default();
        let second_name = field(&mut problems, "second_name", &self.second_name);
        let languages = field(&mut problems, "languages", &self.languages);
        let post = field(&mut problems, "post", &self.post);
        let post_from = problems.day("post_from", Some(&self.post_from));
        problems.require(post.is_some() || post_from.is_none(), "post", "problem-post-missing");
        let short = [("email", &self.email), ("telephone", &self.telephone), ("wechat", &self.wechat)];
        let mut contacts = Vec::new();
        for (kind, value) in short {
            if !value.trim().is_empty() {
                contacts.push((kind.to_owned(), contact::value(&mut problems, kind, kind, value)));
            }
        }
        for given in &self.contacts {
            let kind = given.kind.trim().to_lowercase();
            problems.require(contact::KINDS.contains(&kind.as_str()), "contacts", "problem-contact-kind");
            let value = contact::value(&mut problems, "contacts", &kind, &given.value);
            contacts.push((kind, value));
        }
        let consent_on = problems.day("consent_on", Some(&self.consent_on));
        let reachable = !contacts.is_empty();
        problems.require(!reachable || consent_on.is_some(), "consent_on", "problem-consent-missing");
        let today = cx.today();
        problems.require(consent_on.is_none_or(|day| day <= today), "consent_on", "problem-consent-future");
        let consent_how = problems.line("consent_how", &self.consent_how, 300);
        let consent_purpose = problems.line("consent_purpose", &self.consent_purpose, 300);
        let mut own = BTreeMap::new();
        for (name, value) in self.own.fields(cx, SUBJECT, &mut problems) {
            if value.as_deref().is_some_and(|text| !text.trim().is_empty()) {
                let value = own_field::checked(cx, &mut problems, SUBJECT, &name, value.as_deref());
                own.extend(value.map(|value| (name, value)));
            }
        }
        problems.into_result()?;
        Ok(Checked {
            name,
            second_name,
            post,
            post_from,
            languages,
            contacts,
            consent_on,
            consent_how,
            consent_purpose,
            own,
        })
    }
}
