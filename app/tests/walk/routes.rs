//! The routes of the house, found by themselves, and how each is asked.

use axum::body::Body;
use axum::http::Request;
use platform::testing::{Answer, Person, TestHouse};
use serde_json::Value;

use super::cast::Office;
use super::made::fitting;

/// What may be seen without signing in, and nothing else.
pub const PUBLIC: [&str; 8] = [
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /welcome/{token}",
    "POST /welcome/{token}",
    "POST /language",
    "POST /theme",
];

/// What everybody who is signed in may do, because it is their own.
pub const OWN: [&str; 18] = [
    "POST /sign-out",
    "GET /account",
    "GET /account/codes",
    "POST /account/codes",
    "POST /account/password",
    "POST /account/keys",
    "POST /account/keys/{id}/end",
    "POST /account/sessions/{id}/end",
    "GET /views/{id}",
    "POST /views/{id}",
    "POST /views/{id}/address",
    "POST /views/{id}/retire",
    "POST /views/{id}/restore",
    "GET /api/v1/views/{id}",
    "PATCH /api/v1/views/{id}",
    "POST /api/v1/views/{id}/retire",
    "POST /api/v1/views/{id}/restore",
    // Shows of each room what one may read; without a right it finds nothing.
    "GET /search",
];

pub const UPLOADS: [&str; 1] = ["/imports"];

/// Fields enough that every form reaches the record it is about.
pub const FORM: [(&str, &str); 14] = [
    ("reason", "a reason"),
    ("name", "Another name"),
    ("title", "Another title"),
    ("kind", "met"),
    // Into a stage; of an enterprise, into another.
    ("into", "contacted"),
    ("status", "delayed"),
    ("version", "1"),
    ("effective_on", "2026-11-01"),
    ("evidence_kind", "first-payroll"),
    ("dated_on", "2026-11-01"),
    ("evidence_reference", "A letter"),
    ("field", "nature"),
    ("value", "expansion"),
    ("roles", "officer"),
];

/// A page's or a program's way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub method: String,
    pub api: bool,
}

impl Route {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn reads(&self) -> bool {
        self.method == "GET"
    }

    pub fn keyed(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether its first key is that of a record with a tier.
    pub fn secret(&self) -> bool {
        let path = self.path.trim_start_matches("/api/v1");
        ["/enterprises/{", "/enterprises/review/{", "/people/{", "/projects/{", "/ledger/{"]
            .iter()
            .any(|start| path.starts_with(start))
    }
}

/// Every route of the house, and the API's description.
pub fn routes(office: &TestHouse) -> (Vec<Route>, Value) {
    let pages = office.listed.iter().map(|listed| Route {
        path: listed.path.to_owned(),
        method: listed.method.to_owned(),
        api: false,
    });
    let api = serde_json::to_value(&office.openapi).expect("the description");
    let methods = ["get", "post", "put", "patch", "delete"];
    let doors = api["paths"].as_object().expect("paths").iter().flat_map(|(path, methods_of)| {
        methods.iter().filter(|method| !methods_of[**method].is_null()).map(|method| Route {
            path: path.clone(),
            method: method.to_uppercase(),
            api: true,
        })
    });
    let mut all: Vec<Route> = pages.chain(doors).collect();
    all.sort();
    assert!(all.len() > 80, "the routes are among them");
    (all, api)
}

pub fn is_public(route: &Route) -> bool {
    PUBLIC.contains(&route.name().as_str())
}

/// Sends the file that an upload wants.
pub async fn upload(office: &TestHouse, person: &Person<'_>, path: &str) -> Answer {
    let body = "--b\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\nenterprises\r\n--b\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"new.csv\"\r\n\r\nname\r\nA name\r\n\r\n--b--\r\n";
    let request = Request::post(path)
        .header("cookie", person.cookie())
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .expect("a request");
    office.send(request).await
}

/// What must be asked of a page that has no answer to nothing.
pub fn asking(path: &str) -> &'static str {
    match path {
        "/figures/records" | "/api/v1/series" => "?metric=enterprises_met",
        "/api/v1/search" => "?q=Harbour",
        "/api/v1/series/groups" => "?metric=enterprises_met&by=industry",
        "/api/v1/crosstab" | "/figures/crosstab/download" | "/figures/releases/new" => {
            "?rows=industry&columns=nature&measure=enterprises_attracted"
        }
        _ => "",
    }
}

/// Whether a program says which version it means to change: `Some(true)` where it must.
pub fn conditional(api: &Value, route: &Route) -> Option<bool> {
    let parameters = api["paths"][&route.path][route.method.to_lowercase()]["parameters"].as_array()?;
    parameters.iter().find(|one| one["name"] == "If-Match").map(|one| one["required"] == true)
}

/// Walks one route to one path.
pub async fn ask(office: &Office, api: &Value, person: &Person<'_>, route: &Route, path: &str) -> Answer {
    ask_of(office, api, person, route, path, "\"1\"").await
}

/// As [`ask`], meaning this version where one must be meant.
pub async fn ask_of(
    office: &Office,
    api: &Value,
    person: &Person<'_>,
    route: &Route,
    path: &str,
    version: &str,
) -> Answer {
    if route.api {
        let operation = &api["paths"][&route.path][route.method.to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut body = if schema.is_null() { Value::Null } else { fitting(api, schema) };
        if route.path.ends_with("/merge") {
            body["into"] = office.other.0.into();
        }
        if let Some(enterprise) = path.strip_suffix("/shown-names") {
            let names = office.director().call("GET", &format!("{enterprise}/names"), &[], Value::Null).await;
            if names.status == 200 {
                body["first"] = names.json()[0]["id"].clone();
            }
        }
        let meant = conditional(api, route).is_some_and(|must| must || version != "\"1\"");
        let headers: &[(&str, &str)] = if meant { &[("if-match", version)] } else { &[] };
        return person.call(&route.method, path, headers, body).await;
    }
    match route.method.as_str() {
        "GET" => person.get(&format!("{path}{}", asking(&route.path))).await,
        _ if UPLOADS.contains(&route.path.as_str()) => upload(office, person, path).await,
        _ => {
            let other = office.other.to_string();
            let mut fields = FORM.to_vec();
            if route.path.ends_with("/merge") {
                fields[4] = ("into", &other);
            }
            if route.path.ends_with("/selected") {
                fields.extend([("ids", other.as_str()), ("set", "tier"), ("tier", "office")]);
            }
            person.post(path, &fields).await
        }
    }
}
