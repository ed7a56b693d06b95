//! Forms as they were sent, with the problems found, so that a form comes back with what was typed.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use time::Date;

use crate::clock::{At, Zone, parse_day, parse_known};
use crate::error::{Error, Problems};
use crate::search::fold::has_letter;
use crate::units::narrow;

/// What was filled in, by field name; a field may come several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pairs: Vec<(String, String)>,
    problems: Problems,
}

impl Form {
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { pairs: pairs.into_iter().collect(), problems: Problems::default() }
    }

    /// Reads `a=1&b=2`, from a body or an address.
    pub fn decode(text: &str) -> Self {
        Self::new(serde_urlencoded::from_str::<Vec<(String, String)>>(text).unwrap_or_default())
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.pairs.push((name.to_owned(), value.into()));
        self
    }

    pub fn with_problems(mut self, problems: Problems) -> Self {
        self.problems = problems;
        self
    }

    /// The form as it comes back when what it asked for was refused, with the status of that answer: what is wrong stands
    /// at its field, and a conflict that names none at `main`. What a form can't mend stays an error.
    pub fn refused(self, error: Error, main: &str) -> Result<(u16, Self), Error> {
        match error {
            Error::Invalid(problems) => Ok((422, self.with_problems(problems))),
            Error::Conflict(conflict) if conflict.versions.is_none() => {
                let conflict = *conflict;
                let mut problems = Problems::from(conflict.reasons);
                if problems.is_empty() {
                    let args: Vec<(&str, String)> =
                        conflict.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                    problems.add_with(main, &conflict.key, &args);
                }
                Ok((409, self.with_problems(problems)))
            }
            other => Err(other),
        }
    }

    /// The form of a filter with what is wrong with it, and whether anything is: nothing is listed then.
    pub fn narrowed<T>(self, filter: Result<T, Error>) -> Result<(Self, bool), Error> {
        match filter {
            Ok(_) => Ok((self, true)),
            Err(Error::Invalid(problems)) => Ok((self.with_problems(problems), false)),
            Err(other) => Err(other),
        }
    }

    /// The same form under the names that its fields have on a page that holds several forms: (field, name there).
    pub fn known_as(self, names: &[(&str, &str)]) -> Self {
        let name = |field: &str| {
            let known = names.iter().find(|(given, _)| *given == field);
            known.map_or(field, |(_, there)| *there).to_owned()
        };
        let pairs = self.pairs.into_iter().map(|(field, value)| (name(&field), value)).collect();
        Self { pairs, problems: self.problems.known_as(name) }
    }

    /// The field as typed, or what it began with where the form was not sent.
    pub fn typed<'f>(&'f self, name: &str, began: &'f str) -> &'f str {
        if self.has(name) { self.value(name) } else { began }
    }

    /// The field as typed, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
    }

    pub fn values(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(given, _)| given == name)
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The field without blanks around it; nothing where it is empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.value(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub fn text(&self, name: &str) -> String {
        self.value(name).trim().to_owned()
    }

    /// The chosen values of a field that may have several, empty ones left out.
    pub fn chosen(&self, name: &str) -> Vec<String> {
        self.values(name).into_iter().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        narrow(self.value(name)).trim().parse().ok()
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::conflict("form-too-large")
            } else {
                Error::conflict("form-broken-off")
            }
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::conflict("form-broken-off"))?;
        Ok(Self::decode(text))
    }
}

/// A value that a form sends as text and a program may send as text, number or truth: kept as
/// text, so that one rule reads it whichever way it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Loose(pub String);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text,
            serde_json::Value::Bool(truth) => truth.to_string(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return Err(serde::de::Error::custom("a single value is wanted")),
        }))
    }
}

impl utoipa::PartialSchema for Loose {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for Loose {}

impl Loose {
    pub fn get(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|text| !text.is_empty())
    }

    /// A whole number, such as a year.
    pub fn number(&self) -> Option<i64> {
        narrow(&self.0).trim().parse().ok()
    }
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Loose {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Option<String>> for Loose {
    fn from(text: Option<String>) -> Self {
        Self(text.unwrap_or_default())
    }
}

/// The rules that every field of a kind shares, read the same whichever way in.
impl Problems {
    /// A day that may be left out.
    pub fn day(&mut self, field: &str, text: Option<&str>) -> Option<Date> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match parse_day(text) {
            Ok(day) => Some(day),
            Err(problem) => {
                self.add_with(field, problem.key(), &[("value", shortened(text))]);
                None
            }
        }
    }

    /// Up to when something must have been recorded: a day, to its end, or an instant; may be left out.
    pub fn known(&mut self, field: &str, text: Option<&str>, zone: &Zone) -> Option<At> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match parse_known(text, zone) {
            Ok(at) => Some(at),
            Err(problem) => {
                self.add_with(field, problem.key(), &[("value", shortened(text))]);
                None
            }
        }
    }

    /// A day that must be given.
    pub fn required_day(&mut self, field: &str, text: Option<&str>) -> Option<Date> {
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.add(field, "problem-day-missing");
            return None;
        }
        self.day(field, text)
    }

    /// An amount in the smallest steps of a unit with this many decimals.
    pub fn amount(&mut self, field: &str, text: Option<&str>, decimals: u32) -> Option<i64> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        match crate::units::parse_amount(text, decimals) {
            Ok(amount) => Some(amount),
            Err(problem) => {
                self.add_with(field, problem.key(), &[("value", shortened(text))]);
                None
            }
        }
    }

    /// One line of text: trimmed, no control characters, at most `most` characters.
    pub fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.chars().count() > most {
            self.add_with(field, "problem-text-too-long", &[("most", most.to_string())]);
        }
        if text.chars().any(unwelcome) {
            self.add(field, "problem-text-control");
        }
        text.to_owned()
    }

    /// A name: a line with a letter or a digit in it. Characters that nobody sees are left out, or two names would look the
    /// same and be found as others.
    pub fn name(&mut self, field: &str, text: &str, most: usize) -> String {
        let name = self.line(field, &seen(text), most);
        if !name.is_empty() && !has_letter(&name) {
            self.add(field, "problem-name-signs");
        }
        name
    }

    /// Running text: line ends made one kind, no other control characters.
    pub fn running(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().count() > most {
            self.add_with(field, "problem-text-too-long", &[("most", most.to_string())]);
        }
        if text.chars().any(|character| character != '\n' && character != '\t' && unwelcome(character)) {
            self.add(field, "problem-text-control");
        }
        text
    }
}

/// Whether a field that was given says no more than what is held: blanks around it and the kind of its line ends, which a
/// browser rewrites, are no difference.
pub fn says_again(given: Option<&str>, held: Option<&str>) -> bool {
    let plain = |text: Option<&str>| text.unwrap_or_default().trim().replace("\r\n", "\n").replace('\r', "\n");
    plain(given) == plain(held)
}

/// A text without characters that take no room. The joiners stay where a script writes otherwise with them.
fn seen(text: &str) -> String {
    let joins = |before: Option<char>| {
        before.is_some_and(
            |before| matches!(before, '\u{0600}'..='\u{1AFF}' | '\u{A8E0}'..='\u{ABFF}' | '\u{11000}'..='\u{11FFF}'),
        )
    };
    let mut seen = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{00AD}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{E0000}'..='\u{E007F}' => {}
            '\u{200C}' | '\u{200D}' if !joins(seen.chars().next_back()) => {}
            _ => seen.push(character),
        }
    }
    seen
}

/// Control characters, and the marks that turn the direction of all the text that follows:
/// both can make a page or a log say something else than was typed.
fn unwelcome(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_letter_or_a_digit_and_nothing_that_nobody_sees() {
        let given = |text: &str| {
            let mut problems = Problems::default();
            let name = problems.name("name", text, 300);
            (name, problems.all().first().map(|problem| problem.key.clone()))
        };
        let kept = |text: &str, name: &str| assert_eq!(given(text), (name.to_owned(), None), "{text}");
        kept("Ac\u{200B}me\u{FEFF} \u{200D}Ltd", "Acme Ltd");
        kept("می\u{200C}خواهم", "می\u{200C}خواهم");
        kept("3M", "3M");
        kept("C++", "C++");
        kept("\u{200B}", "");
        for signs in ["★★★", "+++", "!?", "ः ़", "—"] {
            assert_eq!(given(signs).1.as_deref(), Some("problem-name-signs"), "{signs}");
        }
    }

    #[test]
    fn a_form_keeps_what_was_typed() {
        let form = Form::decode("name=%E8%8F%AF%E7%82%BA&team=1&team=2&empty=+");
        assert_eq!(form.value("name"), "華為");
        assert_eq!(form.values("team"), ["1", "2"]);
        assert_eq!(form.optional("empty"), None);
        assert_eq!(form.value("absent"), "");
        assert_eq!(Form::default().with("year", "２０２４").number("year"), Some(2024));
        assert_eq!(Loose::from(" ２０２４ ").number(), Some(2024));
    }

    #[test]
    fn a_refused_form_says_what_is_wrong_where_its_page_has_the_field() {
        let form = Form::default().with("reason", "they left").with("status", "exited");
        let (status, form) = form.refused(Error::conflict("project-stage-status"), "status").unwrap();
        let form = form.known_as(&[("reason", "status-why")]);
        assert_eq!((status, form.typed("status-why", "")), (409, "they left"));
        assert_eq!(form.problems().on("status").len(), 1);
        assert_eq!(form.typed("status-on", "2026-11-24"), "2026-11-24");
        assert!(form.refused(Error::NotFound, "status").is_err());
    }

    #[test]
    fn marks_that_turn_text_around_are_refused() {
        let mut problems = Problems::default();
        problems.line("name", "abc\u{202E}cba", 100);
        problems.line("note", "fine 華為 é", 100);
        assert_eq!(problems.all().len(), 1);
        assert_eq!(problems.all()[0].field, "name");
    }
}
