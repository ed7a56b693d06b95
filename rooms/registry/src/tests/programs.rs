//! Imports by a program: a file sent, its columns told and mapped, its rows checked, kept and taken back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use futures::StreamExt;
use platform::both_databases;
use platform::permission::Role;
use platform::testing::{Answer, Person};
use serde_json::{Value, json};

use super::{FILE, Office};

impl Office {
    /// Sends a file as the whole body.
    async fn sends(&self, person: &Person<'_>, query: &str, bytes: &[u8]) -> Answer {
        let request = Request::post(format!("/api/v1/imports?{query}"))
            .header("cookie", person.cookie())
            .header("content-type", "application/octet-stream")
            .body(Body::from(bytes.to_vec()))
            .unwrap();
        self.send(request).await
    }
}

async fn get(person: &Person<'_>, path: &str) -> Answer {
    person.call("GET", path, &[], Value::Null).await
}

async fn post(person: &Person<'_>, path: &str) -> Answer {
    person.call("POST", path, &[], Value::Null).await
}

fn fields(columns: &Value) -> Vec<(String, String)> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    columns["columns"].as_array().unwrap().iter().map(|one| (text(one, "header"), text(one, "field"))).collect()
}

fn wrong(answer: &Answer) -> Vec<String> {
    let told = answer.json();
    let all = told["errors"].as_array().unwrap_or_else(|| panic!("{told}"));
    all.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect()
}

#[both_databases]
async fn a_program_brings_a_file_in_and_takes_it_back(office: Office) {
    let director = office.director();
    let made = office.sends(&director, "kind=enterprises&file_name=..%2Fnew.csv", FILE.as_bytes()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let import = made.json();
    let path = made.location().to_owned();
    assert_eq!((&import["file_name"], &import["state"]), (&json!("new.csv"), &json!("uploaded")));

    let columns = get(&director, &format!("{path}/columns")).await.json();
    assert_eq!(columns["delimiter"], ",");
    assert_eq!(fields(&columns)[1], ("中文名稱".to_owned(), "name_zh_hant".to_owned()), "guessed: {columns}");
    assert!(columns["fields"].as_array().unwrap().iter().any(|one| one["field"] == "parent"), "{columns}");

    let mapping = json!({"mapping": [
        {"header": "name", "field": "name_en"}, {"header": "中文名稱", "field": "name_zh_hant"},
        {"header": "origin", "field": "reporting_origin"}, {"header": "Web", "field": "website"},
    ]});
    let mapped = director.call("PUT", &format!("{path}/mapping"), &[], mapping).await;
    assert_eq!((mapped.status, &mapped.json()["state"]), (200, &json!("checking")), "{}", mapped.body);
    assert_eq!(post(&director, &format!("{path}/keep")).await.status, 409, "not checked yet");
    office.works().await;
    let checked = get(&director, &path).await.json();
    let counts = [&checked["state"], &checked["to_create"], &checked["refused"], &checked["created"]];
    assert_eq!(counts, [&json!("checked"), &json!(2), &json!(2), &json!(0)], "{checked}");
    assert_eq!(checked["created_rows"][0]["cells"]["name_en"], "Harbour Robotics");
    assert_eq!(checked["may_decide"], true);

    let first = get(&director, &format!("{path}/problems?limit=1")).await.json();
    assert_eq!((&first["items"][0]["row"], &first["items"][0]["message"]), (&json!(3), &json!("Give a name.")));
    let after = first["next"].as_str().unwrap();
    let second = get(&director, &format!("{path}/problems?limit=1&after={after}")).await.json();
    assert_eq!(
        (&second["items"][0]["row"], &second["items"][0]["field"]),
        (&json!(4), &json!("reporting_origin")),
        "{second}"
    );
    assert!(second["next"].is_null(), "{second}");
    assert!(get(&director, &format!("{path}/problems.csv")).await.body.contains("山頂生物"));

    assert_eq!(post(&director, &format!("{path}/keep")).await.json()["state"], "keeping");
    office.works().await;
    let kept = get(&director, &path).await.json();
    assert_eq!((&kept["state"], &kept["created"]), (&json!("kept"), &json!(2)));
    let lantau = kept["created_rows"][1]["record_id"].clone();
    let website = json!({"website": "lantau.example"});
    let lantau_api = format!("/api/v1/enterprises/{lantau}");
    let edited = director.call("PATCH", &lantau_api, &[("if-match", "\"1\"")], website).await;
    assert_eq!(edited.status, 200, "{}", edited.body);

    let foreseen = get(&director, &format!("{path}/undo")).await.json();
    let counts = [&foreseen["records"], &foreseen["touched"], &foreseen["touched_named"][0]["id"], &foreseen["whole"]];
    assert_eq!(counts, [&json!(1), &json!(1), &lantau, &json!(true)], "{foreseen}");
    assert_eq!(get(&director, "/api/v1/enterprises").await.json()["items"].as_array().unwrap().len(), 2, "only told");
    assert_eq!(post(&director, &format!("{path}/undo")).await.status, 200);
    office.works().await;
    let undone = get(&director, &path).await.json();
    assert_eq!((&undone["state"], &undone["stayed"][0]["id"]), (&json!("undone"), &lantau), "{undone}");
    assert_eq!(get(&director, "/api/v1/enterprises").await.json()["items"].as_array().unwrap().len(), 1);
}

#[both_databases]
async fn what_a_program_says_of_a_file_is_refused_by_its_field(office: Office) {
    let officer = office.officer(None);
    assert_eq!(wrong(&office.sends(&officer, "kind=planets", b"name\nA\n").await), ["kind"]);
    assert_eq!(wrong(&office.sends(&officer, "kind=enterprises", b"").await), ["file"]);
    assert_eq!(wrong(&officer.upload("/api/v1/imports", &[], "a.csv", b"name\nA\n").await), ["kind"]);
    let reads_only = office.person(Role::ReadOnly, None);
    assert_eq!(office.sends(&reads_only, "kind=enterprises", b"name\nA\n").await.status, 403);
    assert_eq!(get(&reads_only, "/api/v1/import-kinds").await.status, 403);

    let file = "Titles\nname;name;note\nA;B;C\n".as_bytes();
    let made = officer.upload("/api/v1/imports", &[("kind", "enterprises")], "a.csv", file).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = made.location().to_owned();
    let reading = format!("{path}/reading");
    let read = async |body: Value| officer.call("PUT", &reading, &[], body).await;
    assert_eq!(wrong(&read(json!({"delimiter": ";;"})).await), ["delimiter"]);
    assert_eq!(wrong(&read(json!({"header_row": 1_001})).await), ["header_row"]);
    assert_eq!(wrong(&read(json!({"sheet": "x"})).await), ["sheet"]);
    assert_eq!(read(json!({"encoding": "no-such"})).await.status, 409);
    let found = read(json!({"delimiter": ";", "header_row": 2})).await;
    assert_eq!((found.status, &found.json()["doubled"]), (200, &json!(["name"])), "{}", found.body);

    let address = format!("{path}/mapping");
    let map = async |mapping: Value| officer.call("PUT", &address, &[], json!({ "mapping": mapping })).await;
    let doubled = json!([{"header": "name", "field": "name_en"}, {"header": "nothing", "field": "website"}]);
    assert_eq!(wrong(&map(doubled).await), ["mapping[0].header", "mapping[1].header"]);
    assert_eq!(wrong(&map(json!([{"header": "note", "field": "colour"}])).await), ["mapping"]);
    let whole =
        json!([{"header": "name", "field": "name_en"}, {"header": "name"}, {"header": "note", "field": "name_en"}]);
    assert_eq!(wrong(&map(whole).await), ["name_en"]);
    let condition = [("if-match", "\"1\"")];
    assert_eq!(wrong(&officer.call("POST", &format!("{path}/cancel"), &condition, Value::Null).await), ["If-Match"]);
    assert_eq!(get(&officer, &format!("{path}/undo")).await.status, 409, "nothing is kept");
    for query in ["kind=planets", "state=lost", "by=me", "colour=red"] {
        assert_eq!(get(&officer, &format!("/api/v1/imports?{query}")).await.status, 422, "{query}");
    }
}

#[both_databases]
async fn the_kind_of_a_file_is_not_read_without_end(office: Office) {
    let officer = office.officer(None);
    let read = Arc::new(AtomicUsize::new(0));
    let begins = "--b\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\n".to_owned();
    let all = std::iter::once(begins).chain((0..200).map(|_| "x".repeat(1_000)));
    let counted = read.clone();
    let sent = futures::stream::iter(all).then(move |part| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::task::yield_now().await;
            Ok::<String, std::io::Error>(part)
        }
    });
    let request = Request::post("/api/v1/imports")
        .header("cookie", officer.cookie())
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from_stream(sent))
        .unwrap();
    assert_eq!(wrong(&office.send(request).await), ["kind"]);
    let read = read.load(Ordering::Relaxed);
    assert!(read < 20, "{read} parts were read");
}

#[both_databases]
async fn a_program_sees_the_imports_of_whom_it_acts_for(office: Office) {
    let (director, officer, auditor) = (office.director(), office.officer(None), office.person(Role::Auditor, None));
    let secret = "name,tier\nProject Mockingbird Ltd,named\n".as_bytes();
    let path = office.sends(&director, "kind=enterprises&file_name=b.csv", secret).await.location().to_owned();
    for address in ["", "/columns", "/problems", "/problems.csv", "/undo"] {
        assert_eq!(get(&officer, &format!("{path}{address}")).await.status, 404, "{address}");
    }
    for step in ["keep", "cancel", "undo"] {
        assert_eq!(post(&officer, &format!("{path}/{step}")).await.status, 404, "{step}");
        assert_eq!(post(&auditor, &format!("{path}/{step}")).await.status, 403, "{step}");
    }
    assert_eq!(get(&auditor, &path).await.json()["may_decide"], false);
    let own = office.sends(&officer, "kind=enterprises&file_name=a.csv", secret).await.json();
    let listed = get(&officer, "/api/v1/imports").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["items"][0]["id"], own["id"]);
    let first = get(&auditor, "/api/v1/imports?sort=file&limit=1").await.json();
    assert_eq!(first["items"][0]["file_name"], "a.csv");
    let after = first["next"].as_str().unwrap();
    let second = get(&auditor, &format!("/api/v1/imports?sort=file&limit=1&after={after}")).await.json();
    assert_eq!((&second["items"][0]["file_name"], second["next"].is_null()), (&json!("b.csv"), true));
}
