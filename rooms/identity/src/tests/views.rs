//! Saved views by a program, and the histories of what administrators look after.

use platform::both_databases;
use platform::permission::Role;
use serde_json::{Value, json};

use super::{Office, PASSWORD};

#[both_databases]
async fn a_program_keeps_shares_and_retires_views(office: Office) {
    for (email, role) in
        [("ann@example.org", Role::Officer), ("bob@example.org", Role::Officer), ("eve@example.org", Role::ReadOnly)]
    {
        office.employs(email, role).await;
    }
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let bob = office.with(&office.signs_in("bob@example.org", PASSWORD).await);
    let eve = office.with(&office.signs_in("eve@example.org", PASSWORD).await);
    let call = async |who: &platform::testing::Person<'_>, method: &str, path: &str, version: &str, body: Value| {
        let headers: &[(&str, &str)] = if version.is_empty() { &[] } else { &[("if-match", version)] };
        who.call(method, path, headers, body).await
    };
    let new = json!({"path": "/enterprises", "query": "industry=ai&after=x", "name": "Ours"});
    let made = call(&ann, "POST", "/api/v1/views", "", new.clone()).await;
    assert_eq!((made.status, &made.json()["query"]), (201, &json!("industry=ai")), "{}", made.body);
    let path = made.location().to_owned();
    let again = call(&ann, "POST", "/api/v1/views", "", new).await;
    assert_eq!((again.status, &again.json()["errors"][0]["field"]), (422, &json!("name")), "{}", again.body);
    let shared = json!({"path": "/enterprises", "name": "For all", "sharing": "office"});
    let refused = call(&eve, "POST", "/api/v1/views", "", shared).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("sharing")));

    assert_eq!(call(&bob, "GET", &path, "", Value::Null).await.status, 404, "it is Ann's alone");
    let edit = json!({"sharing": "office", "name": "The office's"});
    assert_eq!(call(&ann, "PATCH", &path, "", edit.clone()).await.status, 422, "which version?");
    assert_eq!(call(&ann, "PATCH", &path, "\"7\"", edit.clone()).await.status, 412);
    let changed = call(&ann, "PATCH", &path, "\"1\"", edit).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.body);
    let changed = changed.json();
    assert_eq!(
        (&changed["query"], &changed["sharing"]),
        (&json!("industry=ai"), &json!("office")),
        "what is not given stays"
    );
    assert_eq!(call(&bob, "GET", &path, "", Value::Null).await.status, 200);
    let listed = call(&bob, "GET", "/api/v1/views", "", Value::Null).await.json();
    assert_eq!(listed["items"][0]["name"], "The office's");
    let theirs = call(&bob, "PATCH", &path, "\"2\"", json!({"name": "Bob's"})).await;
    assert_eq!(theirs.status, 404, "seen and not to be changed");

    assert_eq!(call(&ann, "POST", &format!("{path}/retire"), "\"2\"", Value::Null).await.status, 200);
    assert_eq!(call(&bob, "GET", &path, "", Value::Null).await.status, 404);
    let restored = call(&ann, "POST", &format!("{path}/restore"), "", Value::Null).await;
    assert!(restored.status == 200 && restored.json()["retired_at"].is_null(), "{}", restored.body);
}

#[both_databases]
async fn what_administrators_changed_is_told_to_their_programs(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("ann@example.org", Role::Officer).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let team = json!({"code": "north", "name_en": "North", "name_zh_hant": "北", "name_zh_hans": "北"});
    let made = root.call("POST", "/api/v1/teams", &[], team).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("{}/history", made.location());
    let told = root.call("GET", &path, &[], Value::Null).await.json();
    assert_eq!(
        (&told["items"][0]["verb"], &told["items"][0]["way"], told["items"].as_array().unwrap().len()),
        (&json!("team.made"), &json!("api"), 1),
        "{told}"
    );
    assert_eq!(ann.call("GET", &path, &[], Value::Null).await.status, 403);
    let accounts = root.call("GET", "/api/v1/accounts?q=ann", &[], Value::Null).await.json();
    let path = format!("/api/v1/accounts/{}/history", accounts["items"][0]["id"]);
    assert_eq!(root.call("GET", &path, &[], Value::Null).await.status, 200);
    assert_eq!(ann.call("GET", &path, &[], Value::Null).await.status, 403);
    let reset = accounts["items"][0]["id"].as_i64().map(|id| format!("/api/v1/accounts/{id}/reset")).unwrap();
    assert_eq!(ann.call("POST", &reset, &[], Value::Null).await.status, 403);
    let made = root.call("POST", &reset, &[], Value::Null).await;
    assert!(made.status == 200 && made.json()["link"].as_str().unwrap().starts_with("/welcome/"), "{}", made.body);
    assert_eq!(ann.get("/account").await.status, 303, "every way in has ended");
}
