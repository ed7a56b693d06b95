//! Records for the addresses of the walk: those that a page leads to, a form makes, or a door for programs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use platform::jobs;
use platform::permission::Role;
use platform::testing::Person;

use crate::cast::{OURS, OWN_FIELD, Office};
use crate::forms;
use crate::screened::{COMPANY, COMPOSED};

const TABLE: &str = r#"{"name":"A table","shared":"office","definition":"rows=industry&columns=nature&measure=enterprises_attracted&as_at=2026-11-11"}"#;
const FROZEN: &str =
    r#"{"title":"A table","definition":"rows=industry&columns=nature&measure=enterprises_attracted&as_at=2026-11-11"}"#;
const PUBLISHED: &str = r#"{"as_at":"2026-11-11","metric":"partners_signed_cumulative","value":"31","unit":"enterprises",
    "comparator":"exactly","basis":"counted","scope":"the office","body":"park","source":"a gazette"}"#;

const TARGET: &str = r#"{"enterprise_id":"Lion Rock Batteries","tier":"office"}"#;

static MADE_SO_FAR: AtomicU32 = AtomicU32::new(1);

/// Records that no simple form makes: where they stand, the door that makes them, what it is given.
const MADE: [(&str, &str, &str); 9] = [
    ("/criteria", "/api/v1/criteria", COMPOSED),
    ("/targets/criteria", "/api/v1/criteria", COMPOSED),
    ("/targets", "/api/v1/targets", TARGET),
    ("/crosstab-definitions", "/api/v1/crosstab-definitions", TABLE),
    ("/figures/saved", "/api/v1/crosstab-definitions", TABLE),
    ("/releases", "/api/v1/releases", FROZEN),
    ("/figures/releases", "/api/v1/releases", FROZEN),
    ("/published-figures", "/api/v1/published-figures", PUBLISHED),
    ("/figures/published", "/api/v1/published-figures", PUBLISHED),
];

impl Office {
    /// A record of the kind whose addresses begin so: one that a page leads to, else one that a
    /// form makes, else one that the API lists.
    pub async fn key_on_a_page(&self, above: &str, name: &str) -> Option<String> {
        let everybody = self.somebody(&Role::ALL, Some(OURS)).await;
        let key = if matches!(name, "list" | "code" | "file") { r"[a-z][a-z0-9_.-]*" } else { r"\d+" };
        let pattern = regex::Regex::new(&format!("{}/({key})", regex::escape(above))).expect("a pattern");
        let found = |pages: &[String]| {
            let mut all = pages.iter().flat_map(|page| pattern.captures_iter(page));
            all.find(|found| &found[1] != "new").map(|found| found[1].to_owned())
        };
        match above {
            "/own-fields" | "/admin/own-fields" => return Some("enterprise".to_owned()),
            "/own-fields/enterprise" | "/admin/own-fields/enterprise" => return Some(OWN_FIELD.to_owned()),
            _ => {}
        }
        if matches!(above, "/targets/universe" | "/universe") {
            return Some(COMPANY.to_owned());
        }
        if matches!(above, "/targets/screenings" | "/screenings") || above.ends_with("/compare") {
            return Some(self.screening().await.to_string());
        }
        if above.ends_with("/companies") {
            return Some("1".to_owned());
        }
        if let Some((_, door, body)) = MADE.iter().find(|(place, ..)| *place == above) {
            let mut body: serde_json::Value = serde_json::from_str(body).expect("JSON");
            if let Some(source) = body.get_mut("source") {
                // The same figure of the same source is not kept twice.
                *source = format!("a gazette, no. {}", MADE_SO_FAR.fetch_add(1, Ordering::Relaxed)).into();
            }
            let answer = everybody.call("POST", door, &[], body).await;
            let mut made = answer.json()["id"].as_i64();
            if answer.status == 409 {
                // An enterprise is on the list of targets once.
                made =
                    everybody.call("GET", door, &[], serde_json::Value::Null).await.json()["items"][0]["id"].as_i64();
            }
            return Some(made.unwrap_or_else(|| panic!("{door} made nothing: {}", answer.body)).to_string());
        }
        if matches!(above, "/admin/jobs" | "/jobs") {
            let mut cx = self.operator();
            let job = jobs::enqueue(&mut cx, "Do what nobody knows", serde_json::json!({}), None).await;
            cx.commit().await.expect("the job kept");
            return Some(job.expect("a job").to_string());
        }
        let pages = self.pages_about(&everybody, above).await;
        if let Some(key) = found(&pages) {
            return Some(key);
        }
        if let Some(fields) = pages.iter().find_map(|page| forms::filled(page, above)) {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            let answer = everybody.post(above, &fields).await;
            let mut pages = self.pages_about(&everybody, above).await;
            pages.push(answer.location().to_owned());
            if let Some(key) = found(&pages) {
                return Some(key);
            }
            eprintln!("the form of {above}, sent as {fields:?}, made nothing: {}", answer.status);
        }
        let listed = everybody.get(&format!("/api/v1{above}")).await.body;
        let pattern = regex::Regex::new(r#""(?:id|code)":"?([\w-]+)"#).expect("a pattern");
        pattern.captures(&listed).map(|found| found[1].to_owned())
    }

    /// The pages on which a record of such an address may stand: those of the record it belongs
    /// to, or else all that need no key.
    async fn pages_about(&self, person: &Person<'_>, above: &str) -> Vec<String> {
        let owner = above.split('/').find(|part| part.parse::<i64>().is_ok());
        let kind = above.split('/').nth(1).unwrap_or_default();
        let mut addresses = vec![above.to_owned(), format!("{above}/new")];
        for route in self.listed.iter().filter(|route| route.method == "GET" && !route.public) {
            match owner {
                Some(key) if route.path.starts_with(&format!("/{kind}/{{")) => {
                    addresses.push(route.path.replacen("{id}", key, 1));
                }
                None => addresses.push(route.path.to_owned()),
                Some(_) => {}
            }
        }
        let mut pages = Vec::new();
        for address in addresses.into_iter().filter(|address| !address.contains('{')) {
            pages.push(person.get(&address).await.body);
        }
        pages
    }
}

/// A JSON body that fits a schema of the API's description, as small as it may be.
pub fn fitting(api: &serde_json::Value, schema: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return fitting(api, &api["components"]["schemas"][name]);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(one) = schema[several].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return fitting(api, one);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") | None => {
            let wanted: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let fields: BTreeMap<String, Value> = schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(name, _)| wanted.contains(&name.as_str()))
                .map(|(name, of)| (name.clone(), fitting(api, of)))
                .collect();
            serde_json::json!(fields)
        }
        Some("integer" | "number") => serde_json::json!(1),
        Some("boolean") => serde_json::json!(false),
        Some("array") => serde_json::json!([]),
        _ => serde_json::json!("x"),
    }
}
