//! What a record says in fields of the office's own: read from forms, files and programs by one rule, kept as text, given
//! out as far as its reader may see.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};

use super::{OwnField, known, of_visible, registry, store, visible};
use crate::audit::Told;
use crate::cx::Cx;
use crate::error::{Problems, Result};
use crate::id::Id;
use crate::room::Findings;
use crate::search::fold;
use crate::sql;
use crate::text::Language;
use crate::units::Decimal;

/// So many decimals a number may have.
const DECIMALS: u32 = 6;
const LONGEST: usize = 200;

/// All that a record says in fields of the office's own. What is given out is only what [`Own::give`] let through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    held: BTreeMap<String, String>,
    given: BTreeMap<String, Typed>,
    is_changed: bool,
}

impl From<String> for Own {
    fn from(kept: String) -> Self {
        Self { held: serde_json::from_str(&kept).unwrap_or_default(), ..Self::default() }
    }
}

impl Own {
    /// As the record's column keeps it.
    pub fn kept(&self) -> String {
        serde_json::to_string(&self.held).unwrap_or_else(|_| "{}".to_owned())
    }

    pub fn get(&self, code: &str) -> Option<&str> {
        self.held.get(code).map(String::as_str)
    }

    pub fn set(&mut self, code: &str, value: Option<String>) {
        self.is_changed = true;
        match value {
            Some(value) => self.held.insert(code.to_owned(), value),
            None => self.held.remove(code),
        };
    }

    /// The codes of the fields in which something is said.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.held.keys().map(String::as_str)
    }

    /// Lets out what the actor may see.
    pub fn give(&mut self, cx: &Cx, subject: &str) {
        if self.held.is_empty() {
            return;
        }
        let said = |field: &OwnField| Some((field.code.clone(), Typed::of(field, self.get(&field.code)?)));
        self.given = of_visible(cx, subject, said).into_iter().flatten().collect();
    }

    /// Rows of the index: subject, code, value, record.
    pub(super) fn rows(&self, cx: &Cx, subject: &str, id: Id) -> Vec<Vec<sql::Value>> {
        let row = |(code, value): (String, String)| vec![subject.into(), code.into(), value.into(), id.into()];
        self.keys(cx, subject).into_iter().map(row).collect()
    }

    /// Code and what the value is found by.
    fn keys(&self, cx: &Cx, subject: &str) -> BTreeSet<(String, String)> {
        let fields = registry(cx);
        let kind = |code: &str| {
            let field = fields.iter().find(|field| field.subject == subject && field.code == code);
            field.map_or("text", |field| field.kind.as_str())
        };
        self.held.iter().map(|(code, value)| (code.clone(), found_by(kind(code), value))).collect()
    }
}

impl Serialize for Own {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.given.serialize(serializer)
    }
}

/// What a value is found by: text in any case, width and script of Chinese, all else as it is kept.
pub(super) fn found_by(kind: &str, value: &str) -> String {
    if kind == "text" { fold::identity_key(value) } else { value.to_owned() }
}

/// A value as JSON gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Typed {
    Yes(bool),
    Number(Decimal),
    Text(String),
}

impl Typed {
    fn of(field: &OwnField, value: &str) -> Self {
        match field.kind.as_str() {
            "yes_no" => Self::Yes(value == "true"),
            "number" => steps(value).map_or_else(|| Self::Text(value.to_owned()), Self::Number),
            _ => Self::Text(value.to_owned()),
        }
    }
}

/// A number as it is kept, by its own steps.
pub(crate) fn steps(kept: &str) -> Option<Decimal> {
    let (whole, rest) = kept.split_once('.').unwrap_or((kept, ""));
    Some(Decimal { steps: format!("{whole}{rest}").parse().ok()?, decimals: rest.len() as u32 })
}

/// Values as a form, a file or a program gives them, by the fields' codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Given(BTreeMap<String, Value>);

impl Given {
    /// As a form or a file gives it: text, whatever the kind.
    pub fn text(&mut self, code: &str, text: &str) {
        self.0.insert(code.to_owned(), json!(text));
    }

    /// The values under their names beside standard fields. A value that is of another kind in JSON than the field's is a
    /// problem of that field.
    pub fn fields(&self, cx: &Cx, subject: &str, problems: &mut Problems) -> BTreeMap<String, Option<String>> {
        let seen = visible(cx, subject);
        let mut fields = BTreeMap::new();
        for (code, value) in &self.0 {
            let name = format!("{}{code}", super::PREFIX);
            let kind = seen.iter().find(|field| field.code == *code).map(|field| field.kind.as_str());
            let text = match (value, kind) {
                (Value::Null, Some(_)) => None,
                (Value::String(text), Some(_)) => Some(text.clone()),
                (Value::Number(number), Some("number")) => Some(number.to_string()),
                (Value::Bool(yes), Some("yes_no")) => Some(yes.to_string()),
                (_, Some(kind)) => {
                    problems.add(&name, wanted_in_json(kind));
                    continue;
                }
                // Which fields there are is not told by what they take.
                (_, None) => Some(String::from("?")),
            };
            fields.insert(name, text);
        }
        fields
    }
}

fn wanted_in_json(kind: &str) -> &'static str {
    match kind {
        "number" => "problem-json-number",
        "yes_no" => "problem-json-yes",
        _ => "problem-json-text",
    }
}

macro_rules! an_object {
    ($type:ty, $about:literal) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Object))
                    .additional_properties(Some(AdditionalProperties::FreeForm(true)))
                    .description(Some($about))
                    .into()
            }
        }
        impl utoipa::ToSchema for $type {}
    };
}

an_object!(
    Own,
    "By the codes of fields of the office's own: text, a number, a day, a code of the field's list, true or false. \
     Fields that the caller's role does not see are left out."
);
an_object!(
    Given,
    "By the codes of fields of the office's own: text; a number or a number as text, up to six decimals; a day; a code of \
     the field's list; true or false. null empties."
);

/// A value that meets the rules of its field, as it is kept; nothing where it does not. Who may not see the field is told
/// what would be told were there none.
pub fn checked(
    cx: &Cx,
    problems: &mut Problems,
    subject: &str,
    name: &str,
    value: Option<&str>,
) -> Option<Option<String>> {
    let field = known(cx, subject, name);
    let (Some(field), Some(actor)) =
        (field.filter(|field| cx.actor.as_ref().is_some_and(|by| field.seen_by(by))), &cx.actor)
    else {
        problems.add(name, "problem-field-unknown");
        return None;
    };
    if !field.edited_by(actor) {
        problems.add(name, "own-field-not-yours");
        return None;
    }
    // What an import wrote while the field was asked for, its undo takes back when it is not.
    let puts_back = cx.reverses.is_some();
    if !puts_back && !field.is_asked(cx.today()) {
        problems.add(name, "own-field-not-asked");
        return None;
    }
    let Some(text) = value.map(str::trim).filter(|text| !text.is_empty()) else { return Some(None) };
    read(cx, problems, &field, name, text, puts_back).map(Some)
}

/// A text as a value of a field, as it is kept.
pub(super) fn read(
    cx: &Cx,
    problems: &mut Problems,
    field: &OwnField,
    name: &str,
    text: &str,
    ended_too: bool,
) -> Option<String> {
    let before = problems.all().len();
    let found = match field.kind.as_str() {
        "number" => {
            let (sign, digits) = match text.strip_prefix(['-', '−', '－']) {
                Some(digits) => ("-", digits),
                None => ("", text),
            };
            let steps = problems.amount(name, Some(digits), DECIMALS);
            steps.map(|steps| format!("{}{}", if steps == 0 { "" } else { sign }, decimal(steps)))
        }
        "day" => problems.day(name, Some(text)).map(|day| day.to_string()),
        "choice" => {
            let code = cx.house.codes.written(&field.list(), text);
            let code = code.filter(|code| ended_too || code.holds_on(cx.today())).map(|code| code.code);
            if code.is_none() {
                problems.add_with(name, "problem-code-unknown", &[("value", text.chars().take(60).collect())]);
            }
            code
        }
        "yes_no" => {
            let yes = is_yes(cx, text);
            problems.require(yes.is_some(), name, "own-field-yes-or-no");
            yes.map(|yes| yes.to_string())
        }
        _ => Some(problems.line(name, text, LONGEST)),
    };
    found.filter(|_| problems.all().len() == before)
}

fn is_yes(cx: &Cx, text: &str) -> Option<bool> {
    let folded = text.to_lowercase();
    let word = |key: &str| {
        Language::ALL.iter().any(|language| cx.house.texts.get(*language, key, &[]).to_lowercase() == folded)
    };
    match folded.as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ if word("yes") => Some(true),
        _ if word("no") => Some(false),
        _ => None,
    }
}

/// Millionths as a number is written, without noughts at its end.
fn decimal(steps: i64) -> String {
    let unit = 10_i64.pow(DECIMALS);
    let rest = format!("{:0width$}", steps % unit, width = DECIMALS as usize);
    match rest.trim_end_matches('0') {
        "" => (steps / unit).to_string(),
        rest => format!("{}.{rest}", steps / unit),
    }
}

/// A value as the audit and a page tell it.
pub fn told(cx: &Cx, subject: &str, name: &str, value: Option<&str>) -> Told {
    let Some(value) = value else { return Told::Nothing };
    known(cx, subject, name).map_or_else(|| Told::Text(value.to_owned()), |field| field.told(value))
}

impl OwnField {
    /// As [`told`].
    pub fn told(&self, value: &str) -> Told {
        match self.kind.as_str() {
            "number" => Told::Decimal(value.to_owned()),
            "day" => crate::clock::parse_day(value).map_or_else(|_| Told::Text(value.to_owned()), Told::Day),
            "choice" => Told::listed(&self.list(), Some(value)),
            "yes_no" => Told::Yes(value == "true"),
            _ => Told::Text(value.to_owned()),
        }
    }
}

/// Keeps the index to what records say, of those that say something else than before.
pub async fn index<'o>(cx: &mut Cx, subject: &str, owns: impl IntoIterator<Item = (Id, &'o Own)>) -> Result<()> {
    let changed = owns.into_iter().filter(|(_, own)| own.is_changed);
    let (ids, rows): (Vec<Id>, Vec<_>) = changed.map(|(id, own)| (id, own.rows(cx, subject, id))).unzip();
    store::replace(cx, &ids, rows.into_iter().flatten().collect()).await
}

/// A record as a check of the index reads it: its key, what it is called, and its column.
pub type Said = (Id, String, String);

/// What the index of a kind of record says otherwise than the records, of which `page` reads those after a key that say
/// anything, in the order of their keys.
pub async fn misplaced<F>(cx: &mut Cx, subject: &str, page: F) -> Result<Findings>
where
    F: for<'a> Fn(&'a mut Cx, Id) -> BoxFuture<'a, Result<Vec<Said>>>,
{
    let (mut found, mut after) = (Findings::default(), Id(0));
    let all = store::indexed_of(cx, subject).await?.unsigned_abs();
    loop {
        let said = page(cx, after).await?;
        let Some((last, ..)) = said.last() else { break };
        after = *last;
        let ids: Vec<Id> = said.iter().map(|(id, ..)| *id).collect();
        let mut stand: BTreeMap<Id, BTreeSet<(String, String)>> = BTreeMap::new();
        for (id, code, value) in store::indexed(cx, subject, &ids).await? {
            stand.entry(id).or_default().insert((code, value));
        }
        for (id, label, kept) in said {
            let keys = Own::from(kept).keys(cx, subject);
            found.looked_at += keys.len() as u64;
            if stand.remove(&id).unwrap_or_default() != keys {
                found.wrong.push(format!("{label} is found by other own values than it has"));
            }
        }
    }
    if found.wrong.is_empty() && found.looked_at != all {
        found.wrong.push(format!("{all} own values of {subject} are found, of {} that records have", found.looked_at));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn a_number_is_written_without_noughts_at_its_end() {
        assert_eq!((decimal(12_500_000).as_str(), decimal(3_000_000).as_str()), ("12.5", "3"));
        assert_eq!((decimal(1).as_str(), decimal(0).as_str()), ("0.000001", "0"));
    }
}
