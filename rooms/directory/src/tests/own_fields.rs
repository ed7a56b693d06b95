//! Fields of the office's own, said of people; what `oases check` finds of them.

use platform::export::{Format, to_file};
use platform::own_field::{self, Definition};
use platform::permission::Role;
use platform::sql::Sql;
use platform::testing::Person;
use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::{Office, commit};
use crate::enterprise::merge::{self, GivenMerge};

async fn define(office: &Office, subject: &str, code: &str, kind: &str, label: &str) {
    let mut cx = office.operator();
    let given = Definition {
        label_en: label.into(),
        label_zh_hant: label.into(),
        label_zh_hans: label.into(),
        personal: subject == "person",
        filterable: true,
        ..Definition::default()
    };
    own_field::define(&mut cx, subject, code, kind, given).await.unwrap();
    commit(&mut cx).await;
}

async fn own(by: &Person<'_>, id: &Value) -> Value {
    by.get(&format!("/api/v1/people/{id}")).await.json()["own"].clone()
}

#[both_databases]
async fn what_is_said_of_a_person_is_seen_by_officers_at_most(office: Office) {
    define(&office, "person", "diet", "text", "Diet").await;
    let held = office.enterprise("Lanyue").await;
    let (officer, reader) = (office.officer(None), office.person(Role::ReadOnly, None));
    let people = format!("/enterprises/{}/people", held.id);
    let form = officer.get(&format!("{people}/new")).await.body;
    assert!(form.contains("name=\"own.diet\"") && form.contains("Diet"), "{form}");
    let made = officer.post(&people, &[("name", "Avery Sample"), ("own.diet", "Vegetarian")]).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let path = made.location().to_owned();
    let id: Value = path.trim_start_matches("/people/").parse::<i64>().unwrap().into();
    assert_eq!(own(&officer, &id).await, json!({ "diet": "Vegetarian" }));
    assert_eq!(own(&reader, &id).await, json!({}));
    let (page, theirs) = (officer.get(&path).await.body, reader.get(&path).await.body);
    assert!(page.contains("<dt>Diet</dt><dd>Vegetarian</dd>") && !theirs.contains("Diet"), "{page}");
    assert!(officer.get(&format!("{path}/edit")).await.body.contains("value=\"Vegetarian\""));
    let edit = [("version", "1"), ("name", "Avery Sample"), ("own.diet", "Vegan")];
    assert_eq!(officer.post(&path, &edit).await.status, 303);
    let stale = officer.post(&path, &[("version", "1"), ("name", "Avery Sample"), ("own.diet", "None")]).await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(stale.body.contains("Vegan") && stale.body.contains("Diet"), "{}", stale.body);
    let version = [("if-match", "\"2\"")];
    let address = format!("/api/v1/people/{id}");
    let refused = officer.call("PATCH", &address, &version, json!({ "own": { "diet": 5, "size": "M" } })).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let patched = officer.call("PATCH", &address, &version, json!({ "own": { "diet": "Halal" } })).await;
    assert_eq!(patched.json()["own"], json!({ "diet": "Halal" }), "{}", patched.body);

    let found = officer.get("/api/v1/people?own.diet=halal").await.json()["items"].clone();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["own"]), (1, &json!({ "diet": "Halal" })));
    assert_eq!(reader.get("/api/v1/people?own.diet=halal").await.status, 422);
    let page = officer.get("/people?own.diet=halal").await.body;
    assert!(page.contains("Diet: halal") && page.contains("Avery Sample"), "{page}");
    let kind = office.house.export_kind("people").unwrap();
    for (by, sees) in [(&officer, true), (&reader, false)] {
        let file = to_file(&mut by.cx(), kind, "", Format::Csv).await.unwrap();
        assert_eq!(std::fs::read_to_string(file.path()).unwrap().contains("own.diet"), sees);
    }

    let file =
        format!("enterprise,id,name,Diet\n{0},{id},Avery Sample,Kosher\n{0},,Jo Example,Vegan\n", held.reference);
    let (_, kept) = office.brings_in("people", file.as_bytes()).await;
    assert_eq!((kept.created, kept.changed), (1, 1));
    assert_eq!(own(&officer, &id).await, json!({ "diet": "Kosher" }));
    let mut cx = office.operator();
    platform::import::run::undo(&mut cx, kept.id).await.unwrap();
    commit(&mut cx).await;
    platform::jobs::run_all(&office.house).await.unwrap();
    assert_eq!(own(&officer, &id).await, json!({ "diet": "Halal" }));
}

#[both_databases]
async fn a_check_finds_values_that_the_index_lost(office: Office) {
    define(&office, "enterprise", "grade", "text", "Grade").await;
    let officer = office.officer(None);
    let body = json!({ "names": [{ "name": "Lanyue" }], "own": { "grade": "A" } });
    let made = officer.call("POST", "/api/v1/enterprises", &[], body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let wrong = async || {
        let mut found = Vec::new();
        for check in crate::check::checks().into_iter().filter(|check| check.name.starts_with("own values")) {
            found.extend((check.run)(&mut office.operator()).await.unwrap().wrong);
        }
        found
    };
    assert_eq!(wrong().await, Vec::<String>::new());
    let mut cx = office.operator();
    let mut sql = Sql::new("DELETE FROM own_values WHERE subject_id = ");
    sql.bind(Id(made.json()["id"].as_i64().unwrap()));
    assert_eq!(sql.execute(&mut cx).await.unwrap(), 1);
    commit(&mut cx).await;
    assert_eq!(wrong().await.len(), 1);
}

#[both_databases]
async fn a_merge_keeps_what_whoever_merges_sees_and_does_not_edit(office: Office) {
    let label = || "Grade".to_owned();
    let given = Definition {
        label_en: label(),
        label_zh_hant: label(),
        label_zh_hans: label(),
        edit_role: Role::Director.code().to_owned(),
        ..Definition::default()
    };
    let mut cx = office.operator();
    own_field::define(&mut cx, "enterprise", "grade", "text", given).await.unwrap();
    commit(&mut cx).await;
    let director = office.director();
    let registered = async |name: &str, own: Value| {
        let body = json!({ "names": [{ "name": name }], "own": own });
        let made = director.call("POST", "/api/v1/enterprises", &[], body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        Id(made.json()["id"].as_i64().unwrap())
    };
    let survivor = registered("Lanyue", json!({})).await;
    let loser = registered("Qingchi", json!({ "grade": "A" })).await;
    let mut cx = office.person(Role::TeamLead, None).cx();
    merge::merge(&mut cx, loser, survivor, &GivenMerge::because("the same")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(office.get(survivor).await.own.get("grade"), Some("A"));
}
