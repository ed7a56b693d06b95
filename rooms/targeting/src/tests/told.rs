//! The universe and histories, as programs are told them.

use serde_json::{Value, json};

use super::*;

#[both_databases]
async fn a_program_searches_the_universe_and_reads_what_happened(office: Office) {
    let officer = office.person_of(office.holder().await);
    let get = async |path: &str| officer.call("GET", path, &[], Value::Null).await;
    let empty = get("/api/v1/universe?q=company").await.json();
    assert!(empty["about"].is_null(), "there is no universe yet: {empty}");
    assert_eq!(get("/api/v1/universe/1").await.status, 404);
    office.knows((1..=3).map(company).collect());
    let one = company(1);
    let found = get(&format!("/api/v1/universe?q={}", platform::web::encode(&one.name))).await.json();
    assert_eq!((&found["about"]["companies"], &found["items"][0]["id"]), (&json!(3), &json!(one.id)), "{found}");
    let whole = get(&format!("/api/v1/universe/{}", one.id)).await.json();
    assert_eq!(whole["company"]["name"], json!(one.name), "{whole}");
    assert_eq!(get("/api/v1/universe/none-such").await.status, 404);
    let partner = office.person(Role::PartnerOfficer, None);
    assert_eq!(partner.call("GET", "/api/v1/universe", &[], Value::Null).await.status, 403);

    let set = office.composes(&officer, CRITERIA).await;
    let screening = office.screens(&officer, set, 1, 2).await;
    let enterprise = office.enterprise("Harbour Robotics", Tier::Office, None).await;
    let target = office.targets(enterprise, Tier::Named, "proposed").await;
    let director = office.director();
    for (path, verb) in [
        (format!("/api/v1/criteria/{set}"), "criteria."),
        (format!("/api/v1/screenings/{screening}"), "screening."),
        (format!("/api/v1/targets/{target}"), "target."),
    ] {
        let told = director.call("GET", &format!("{path}/history"), &[], Value::Null).await;
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        let told = told.json();
        assert!(told["items"][0]["verb"].as_str().unwrap().starts_with(verb), "{told}");
        assert_eq!(partner.call("GET", &format!("{path}/history"), &[], Value::Null).await.status, 403, "{path}");
    }
    let hidden = format!("/api/v1/targets/{target}/history");
    assert_eq!(get(&hidden).await.status, 404, "held by another, and for those who are named");

    let path = format!("/api/v1/screenings/{screening}");
    let reason = json!({ "reason": "a test" });
    let other = office.officer(None);
    assert_eq!(other.call("POST", &format!("{path}/retire"), &[], reason.clone()).await.status, 403);
    let refused = director.call("POST", &format!("{path}/retire"), &[], json!({ "reason": "" })).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("reason")), "{}", refused.body);
    let retired = director.call("POST", &format!("{path}/retire"), &[], reason.clone()).await;
    assert!(retired.status == 200 && !retired.json()["retired_at"].is_null(), "{}", retired.body);
    assert_eq!(director.call("POST", &format!("{path}/retire"), &[], reason).await.status, 409);
    assert_eq!(director.call("POST", &format!("{path}/restore"), &[], Value::Null).await.status, 200);
}
