//! A project's history, as programs are told it.

use platform::both_databases;
use platform::permission::{Role, Tier};
use serde_json::{Value, json};

use super::Office;
use crate::ledger::{self, NewEntry};

#[both_databases]
async fn a_program_reads_what_happened_to_a_project(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let pledge = NewEntry {
        kind: "pledged".into(),
        measure: "jobs_rd".into(),
        amount: platform::forms::Loose("12".into()),
        effective_on: platform::forms::Loose("2026-03-03".into()),
        evidence: "A letter".into(),
        ..NewEntry::default()
    };
    ledger::enter(&mut cx, id, pledge).await.unwrap();
    cx.commit().await.unwrap();
    let (director, partner) = (office.director(), office.person(Role::PartnerOfficer, None));
    let path = format!("/api/v1/projects/{id}");
    let tier = json!({ "tier": Tier::Named.code() });
    let kept = director.call("PATCH", &path, &[("if-match", "\"1\"")], tier).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    let told = director.call("GET", &format!("{path}/history"), &[], Value::Null).await.json();
    let all = told["items"].as_array().unwrap();
    assert_eq!(all.last().unwrap()["verb"], "project.started", "{told}");
    let told = all.iter().find(|entry| entry["verb"] == "ledger.entered");
    let amount = told.unwrap_or_else(|| panic!("{all:?}"))["changes"].as_array().unwrap().iter();
    assert!(amount.clone().any(|change| change["new_value"] == "12"), "in whole units: {told:?}");
    for of in ["history", "looks"] {
        assert_eq!(partner.call("GET", &format!("{path}/{of}"), &[], Value::Null).await.status, 404, "{of}");
        assert_eq!(director.call("GET", &format!("{path}/{of}"), &[], Value::Null).await.status, 200, "{of}");
    }
    let after = director.call("GET", &format!("{path}/history?after=x"), &[], Value::Null).await;
    assert_eq!((after.status, &after.json()["errors"][0]["field"]), (422, &json!("after")));
}
