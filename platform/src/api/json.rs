//! A JSON body. What can't be read of it is told field by field, in the reader's words.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Problems, Result};

mod unknown;

/// The most fields that are told of at once.
const MOST: usize = 100;

/// A JSON body; what can't be read is a problem of the field it stands in.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| Error::conflict("form-too-large"))?;
        read(&bytes).map(Self).map_err(Error::Invalid)
    }
}

/// Reads a body, or says everything that is wrong with it: the reader stops at the first field that it can't take, so
/// each is noted, filled in with something that it takes, and the rest is read.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> std::result::Result<T, Problems> {
    let mut problems = Problems::default();
    let mut body: Value = match serde_json::from_slice(bytes) {
        Ok(body) => body,
        Err(error) => {
            let place = [("line", error.line().to_string()), ("column", error.column().to_string())];
            problems.add_with("body", "problem-json-syntax", &place);
            return Err(problems);
        }
    };
    // The bytes themselves, so that a number keeps every digit.
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let mut error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(read) => {
            unknown::fields::<T>(&body, &mut problems);
            return if problems.is_empty() { Ok(read) } else { Err(problems) };
        }
        Err(error) => error,
    };
    for _ in 0..MOST {
        let words = error.inner().to_string();
        let mut path: Vec<String> = parts(error.path());
        if let Some(field) = between(&words, "missing field `", "`") {
            path.push(field.to_owned());
            problems.add(&named(&path), "problem-json-missing");
        } else if let Some(field) = between(&words, "unknown field `", "`") {
            if path.last().is_none_or(|last| last != field) {
                path.push(field.to_owned());
            }
            problems.add_with(&named(&path), "problem-json-unknown", &[("known", quoted(&words))]);
            if !remove(&mut body, &path) {
                break;
            }
            match again::<T>(&body) {
                Ok(()) => break,
                Err(next) => error = next,
            }
            continue;
        } else {
            let (key, args) = told(&words);
            problems.add_with(&named(&path), key, &args);
        }
        let Some(next) = fill::<T>(&mut body, &path, 8) else { break };
        error = next;
    }
    Err(problems)
}

type Told = serde_path_to_error::Error<serde_json::Error>;

fn again<T: DeserializeOwned>(body: &Value) -> std::result::Result<(), Told> {
    serde_path_to_error::deserialize::<_, T>(body).map(drop)
}

/// Puts something there that is taken; answers what is wrong elsewhere, or nothing where there is nothing more to find.
fn fill<T: DeserializeOwned>(body: &mut Value, path: &[String], deep: usize) -> Option<Told> {
    let fillings = [
        Value::from(""),
        Value::from(0),
        Value::Array(Vec::new()),
        Value::from(false),
        Value::Null,
        Value::Object(serde_json::Map::new()),
    ];
    for filling in fillings {
        let is_object = filling.is_object();
        if !put(body, path, filling) {
            return None;
        }
        let error = again::<T>(body).err()?;
        let mut at = parts(error.path());
        if !at.starts_with(path) {
            return Some(error);
        }
        // A missing field is told of the object that lacks it: the one above, or the one that was just put there.
        let words = error.inner().to_string();
        if let Some(field) = between(&words, "missing field `", "`") {
            at.push(field.to_owned());
            if is_object && deep > 0 && !path.is_empty() {
                return fill::<T>(body, &at, deep - 1);
            }
        }
    }
    None
}

fn parts(path: &serde_path_to_error::Path) -> Vec<String> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { variant } => Some(variant.clone()),
            Segment::Unknown => None,
        })
        .collect()
}

/// `names[0].language`, or `body` for the whole.
fn named(path: &[String]) -> String {
    let mut name = String::new();
    for part in path {
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            name.push_str(&format!("[{part}]"));
        } else {
            name.push_str(if name.is_empty() { "" } else { "." });
            name.push_str(part);
        }
    }
    if name.is_empty() { "body".to_owned() } else { name }
}

fn put(body: &mut Value, path: &[String], filling: Value) -> bool {
    let Some((last, above)) = path.split_last() else {
        *body = filling;
        return true;
    };
    match below(body, above) {
        Some(Value::Object(fields)) => {
            fields.insert(last.clone(), filling);
            true
        }
        Some(Value::Array(items)) => match last.parse::<usize>().ok().and_then(|place| items.get_mut(place)) {
            Some(item) => {
                *item = filling;
                true
            }
            None => false,
        },
        _ => false,
    }
}

fn remove(body: &mut Value, path: &[String]) -> bool {
    let Some((last, above)) = path.split_last() else { return false };
    match below(body, above) {
        Some(Value::Object(fields)) => fields.remove(last).is_some(),
        _ => false,
    }
}

fn below<'a>(body: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(body, |at, part| match at {
        Value::Object(fields) => fields.get_mut(part),
        Value::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// The words in backquotes after the first, which the reader names as what it knows.
fn quoted(words: &str) -> String {
    words.split('`').skip(3).step_by(2).collect::<Vec<_>>().join(", ")
}

/// What the reader expected, as one of our sentences.
fn told(words: &str) -> (&'static str, Vec<(&'static str, String)>) {
    let expected = words.rsplit_once("expected ").map(|(_, expected)| expected).unwrap_or_default();
    let begins = |some: &[&str]| some.iter().any(|word| expected.starts_with(word));
    if words.contains("unknown variant") {
        return ("problem-json-other", vec![("known", quoted(words))]);
    }
    let key = if begins(&["struct", "a map", "internally tagged", "adjacently"]) {
        "problem-json-object"
    } else if begins(&["a sequence", "an array", "tuple", "an array of"]) {
        "problem-json-list"
    } else if begins(&["a string", "a borrowed string", "a character", "str"]) {
        "problem-json-text"
    } else if begins(&["i", "u", "f32", "f64", "a number", "an integer"]) {
        "problem-json-number"
    } else if begins(&["a bool"]) {
        "problem-json-yes"
    } else {
        "problem-json-value"
    };
    (key, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Name {
        name: String,
        language: String,
    }

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Given {
        names: Vec<Name>,
        amount: i64,
        on: String,
        #[serde(default)]
        firm: bool,
    }

    fn wrong(text: &str) -> Vec<(String, String)> {
        let problems = read::<Given>(text.as_bytes()).unwrap_err();
        problems.all().iter().map(|problem| (problem.field.clone(), problem.key.clone())).collect()
    }

    fn of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(field, key)| ((*field).to_owned(), format!("problem-json-{key}"))).collect()
    }

    #[test]
    fn a_field_that_nothing_asks_for_is_refused_wherever_it_stands() {
        let several =
            r#"{"names": [{"name": "x", "language": "en", "foo": 1}], "amount": 1, "on": "x", "unit": "CNY"}"#;
        assert_eq!(wrong(several), of(&[("unit", "unknown"), ("names[0].foo", "unknown")]));
        let problems = read::<Given>(several.as_bytes()).unwrap_err();
        assert_eq!(problems.all()[1].args, [("known".to_owned(), "name, language".to_owned())]);
        let map = read::<std::collections::BTreeMap<String, Option<Name>>>(
            br#"{"a": null, "b": {"name": "x", "language": "en"}}"#,
        );
        assert_eq!(map.unwrap().len(), 2, "what takes any name takes it");
    }

    #[test]
    fn everything_that_is_wrong_with_a_body_is_told_by_its_field() {
        assert_eq!(wrong("{\n x"), of(&[("body", "syntax")]));
        assert_eq!(wrong("\"x\""), of(&[("body", "object")]));
        assert_eq!(wrong("{}"), of(&[("names", "missing"), ("amount", "missing"), ("on", "missing")]));
        let several = r#"{"names": [{"name": 1, "language": "en"}, {"name": "x"}], "amount": "much", "firm": 1}"#;
        let told = of(&[
            ("names[0].name", "text"),
            ("names[1].language", "missing"),
            ("amount", "number"),
            ("firm", "yes"),
            ("on", "missing"),
        ]);
        assert_eq!(wrong(several), told);
        assert!(read::<Given>(br#"{"names": [], "amount": 9007199254740993, "on": "x"}"#).unwrap().amount % 2 == 1);
    }
}
