//! The API keeps its word: every answer of every test is held to the description that programs read.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

use super::Answer;

/// What the description says of the answers to one method of one path.
struct Described<'d> {
    path: &'d str,
    answers: &'d Value,
}

/// Fails when an answer is not as described: a status of success that is not among those given, or
/// a body that does not fit its schema, or a refusal that is not described. Errors are all of one shape.
pub(super) fn holds(description: &Value, method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or(path);
    if !path.starts_with("/api/v1/") || path == "/api/v1/openapi.json" || answer.body.is_empty() {
        return;
    }
    let kind = answer.header("content-type");
    if answer.status >= 400 {
        let body = answer.json();
        assert_eq!(kind, "application/problem+json", "{method} {path} {}: {body}", answer.status);
        assert_eq!(body["status"], answer.status, "{method} {path}: {body}");
        assert!(body["title"].is_string() && body["type"].is_string(), "{method} {path}: {body}");
        if let Some(found) = find(description, method, path) {
            let declares = match answer.status {
                404 => found.path.contains('{'),
                409 => method != "GET",
                422 => true,
                _ => false,
            };
            let said = &found.answers[answer.status.to_string()];
            assert!(!declares || !said.is_null(), "{method} {} answers an undescribed {}", found.path, answer.status);
        }
        return;
    }
    let Some(found) = find(description, method, path) else {
        panic!("{method} {path} answers {} and is not described", answer.status);
    };
    let said = &found.answers[answer.status.to_string()];
    assert!(!said.is_null(), "{method} {} answers {}, which is not described", found.path, answer.status);
    let schema = &said["content"]["application/json"]["schema"];
    if !kind.starts_with("application/json") {
        assert!(schema.is_null() || said["content"].get(kind).is_some(), "{method} {} answers {kind}", found.path);
        return;
    }
    assert!(!schema.is_null(), "{method} {} answers JSON of no described shape", found.path);
    let body = answer.json();
    let problems = check(description, schema, &body);
    assert!(problems.is_empty(), "{method} {} answers what it does not describe:\n{}", found.path, problems.join("\n"));
}

fn find<'d>(description: &'d Value, method: &str, path: &str) -> Option<Described<'d>> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(said, given)| said.starts_with('{') || said == given)
    };
    let paths = description["paths"].as_object()?;
    // A path written out goes before one with a part left open.
    let known = paths.keys().filter(|pattern| fits(pattern)).min_by_key(|pattern| pattern.matches('{').count())?;
    let answers = &paths[known][method.to_lowercase()]["responses"];
    (!answers.is_null()).then_some(Described { path: known, answers })
}

/// What is wrong with a body, by place. Validators are made once for each schema.
fn check(description: &Value, schema: &Value, body: &Value) -> Vec<String> {
    static MADE: OnceLock<Mutex<HashMap<String, &'static jsonschema::Validator>>> = OnceLock::new();
    let mut whole = schema.clone();
    whole["components"] = description["components"].clone();
    let name = whole.to_string();
    let mut made = MADE.get_or_init(Mutex::default).lock().expect("validators");
    let validator: &'static jsonschema::Validator = made.entry(name).or_insert_with(|| {
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .build(&whole)
            .unwrap_or_else(|error| panic!("a schema of the description is none: {error}\n{schema}"));
        Box::leak(Box::new(validator))
    });
    drop(made);
    validator.iter_errors(body).map(|error| format!("  {}: {error}", error.instance_path())).collect()
}

#[test]
fn an_answer_that_breaks_its_word_is_told() {
    use serde_json::json;
    let description = json!({
        "components": { "schemas": { "One": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } } } }
    });
    let schema = json!({ "$ref": "#/components/schemas/One" });
    assert!(check(&description, &schema, &json!({ "id": 1 })).is_empty());
    assert_eq!(check(&description, &schema, &json!({ "id": "1" })).len(), 1);
    assert_eq!(check(&description, &schema, &json!({})).len(), 1);
}
