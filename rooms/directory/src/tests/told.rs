//! Histories and looks, as programs are told them.

use platform::both_databases;
use platform::permission::{Role, Tier};
use serde_json::{Value, json};

use super::{Office, commit};
use crate::enterprise::merge::{self, GivenMerge};
use crate::person::{self, NewPerson};

#[both_databases]
async fn a_program_reads_what_happened_to_an_enterprise_page_by_page(office: Office) {
    let held = office.enterprise("Harbour Robotics").await;
    let api = format!("/api/v1/enterprises/{}", held.id);
    let director = office.director();
    for (version, tier) in [(1, "team"), (2, "office")] {
        let tag = format!("\"{version}\"");
        let edit = director.call("PATCH", &api, &[("if-match", &tag)], json!({ "tier": tier })).await;
        assert_eq!(edit.status, 200, "{}", edit.body);
    }
    let get = async |path: &str| director.call("GET", path, &[], Value::Null).await;
    let first = get(&format!("{api}/history?limit=2")).await.json();
    let latest = &first["items"][0];
    assert_eq!((&latest["verb"], &latest["way"]), (&json!("enterprise.edited"), &json!("api")), "{first}");
    assert_eq!((&latest["actor_id"], &latest["subject_version"]), (&json!(director.account()), &json!(3)));
    let change = &latest["changes"][0];
    assert_eq!(
        [&change["field"], &change["old_value"], &change["new_value"]],
        [&json!("tier"), &json!("team"), &json!("office")],
        "{change}"
    );
    assert!(change["new"] != change["new_value"] && change["label"] != "tier", "in words too: {change}");
    let chinese = [("accept-language", "zh-Hant")];
    let words = director.call("GET", &format!("{api}/history?limit=1"), &chinese, Value::Null).await.json();
    assert_ne!(words["items"][0]["what"], latest["what"], "in the reader's language");

    let after = first["next"].as_str().unwrap();
    let second = get(&format!("{api}/history?limit=2&after={after}")).await.json();
    assert_eq!(second["items"][0]["verb"], "enterprise.registered", "{second}");
    assert!(second["next"].is_null() && second["items"][0]["changes"].as_array().unwrap().len() > 1, "{second}");
    assert_eq!(get(&format!("{api}/history?after=nonsense")).await.status, 422);
    assert_eq!(get(&format!("{api}/history?colour=red")).await.status, 422);
    assert_eq!(get("/api/v1/enterprises/7/history").await.status, 404);
}

#[both_databases]
async fn a_history_told_to_a_program_names_only_what_it_may_see(office: Office) {
    let secret = office.enterprise_of("Secretcorp", Tier::Named).await;
    let open = office.enterprise("Openhouse").await;
    let mut cx = office.operator();
    merge::merge(&mut cx, secret.id, open.id, &GivenMerge::because("the same")).await.unwrap();
    merge::unmerge(&mut cx, secret.id).await.unwrap();
    let avery = person::add(&mut cx, open.id, NewPerson { name: "Avery Sample".into(), ..NewPerson::default() });
    let avery = avery.await.unwrap();
    let there = platform::forms::Loose::from(secret.reference.as_str());
    person::move_to(&mut cx, avery.id, &there, "Head of secrets", &Default::default()).await.unwrap();
    let back = platform::forms::Loose::from(open.reference.as_str());
    person::move_to(&mut cx, avery.id, &back, "Head", &Default::default()).await.unwrap();
    commit(&mut cx).await;
    let (officer, director) = (office.person(Role::Officer, None), office.director());
    for path in [format!("/api/v1/enterprises/{}/history", open.id), format!("/api/v1/people/{}/history", avery.id)] {
        let told = officer.call("GET", &path, &[], Value::Null).await;
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        assert!(!told.body.contains("Secretcorp") && !told.body.contains("secrets"), "{path}: {}", told.body);
        assert!(director.call("GET", &path, &[], Value::Null).await.body.contains("Secretcorp"), "{path}");
        let nothing = office.nobody().call("GET", &path, &[], Value::Null).await;
        assert_eq!(nothing.status, 401);
        // A page is full though what is hidden was passed over.
        let first = officer.call("GET", &format!("{path}?limit=1"), &[], Value::Null).await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 1, "{first}");
    }
    let hidden = format!("/api/v1/enterprises/{}/history", secret.id);
    assert_eq!(officer.call("GET", &hidden, &[], Value::Null).await.status, 404);
}

#[both_databases]
async fn who_has_looked_is_told_to_those_who_may_know(office: Office) {
    let secret = office.enterprise_of("Secretcorp", Tier::Named).await;
    let path = format!("/api/v1/enterprises/{}", secret.id);
    let (director, auditor) = (office.director(), office.person(Role::Auditor, None));
    assert_eq!(director.call("GET", &path, &[], Value::Null).await.status, 200);
    let looks = format!("{path}/looks");
    let told = auditor.call("GET", &looks, &[], Value::Null).await.json();
    let who: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|look| &look["actor_id"]).collect();
    assert!(who.contains(&&json!(director.account())), "{told}");
    assert_eq!(told["items"][0]["verb"], "record.looked");
    let open = office.enterprise("Openhouse").await;
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(reader.call("GET", &looks, &[], Value::Null).await.status, 404);
    let looks = format!("/api/v1/enterprises/{}/looks", open.id);
    assert_eq!(reader.call("GET", &looks, &[], Value::Null).await.status, 403);
}
