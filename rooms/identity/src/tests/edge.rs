//! Stories of the web's edge, as whoever signs in or sends a key meets it.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use platform::both_databases;
use platform::permission::Role;
use platform::sql::Sql;
use platform::testing::Answer;
use serde_json::{Value, json};

use super::doors::key_of;
use super::{Office, PASSWORD};
use crate::session;

impl Office {
    async fn ordains(&self, statements: &[&'static str]) {
        let mut cx = self.operator();
        for &statement in statements {
            Sql::new(statement).execute(&mut cx).await.unwrap();
        }
        cx.commit().await.unwrap();
    }

    async fn asks(&self, key: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [&[("authorization", bearer.as_str())][..], headers].concat();
        self.nobody().call(method, path, &headers, body).await
    }
}

#[both_databases]
async fn who_may_read_does_so_though_nothing_can_be_written(office: Office) {
    office.employs("ann@example.org", Role::Administrator).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = key_of(&ann, "identity:read").await;
    if office.is_postgres() {
        office
            .ordains(&[
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$",
                "CREATE TRIGGER no_room BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION no_room()",
                "CREATE TRIGGER no_room BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION no_room()",
            ])
            .await;
    } else {
        office
            .ordains(&[
                "CREATE TRIGGER no_room BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no space left'); END",
                "CREATE TRIGGER no_room_for_keys BEFORE UPDATE ON api_keys BEGIN
                   SELECT RAISE(ABORT, 'no space left'); END",
            ])
            .await;
    }
    office.clock.set(office.clock.now().plus_seconds(600));
    session::forget();
    assert_eq!(ann.get("/account").await.status, 200);
    assert_eq!(office.asks(&key, "GET", "/api/v1/accounts", &[], Value::Null).await.status, 200);
}

#[both_databases]
async fn where_nobody_can_tell_who_asks_it_is_said_in_words(office: Office) {
    office.employs("ann@example.org", Role::Administrator).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = key_of(&ann, "identity:read").await;
    office.ordains(&["ALTER TABLE sessions RENAME TO gone", "ALTER TABLE api_keys RENAME TO gone_too"]).await;
    session::forget();
    let page = ann.get("/account").await;
    assert!(page.status == 503 && page.body.contains("<h1"), "{} {}", page.status, page.body);
    assert_eq!(page.header("retry-after"), "5");
    let program = office.asks(&key, "GET", "/api/v1/accounts", &[], Value::Null).await;
    assert_eq!((program.status, program.header("content-type")), (503, "application/problem+json"));
    assert!(program.json()["id"].is_string(), "{}", program.body);
}

#[both_databases]
async fn a_form_from_the_public_address_is_of_this_house(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let sent_from = async |origin: &str| {
        let request = Request::post("/sign-in")
            .header("host", "127.0.0.1:8080")
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("email=ann%40example.org&password=four+words+in+a+row&back=%2F"))
            .unwrap();
        office.send(request).await.status
    };
    assert_eq!(sent_from("https://oases.example").await, 303);
    assert_eq!(sent_from("https://elsewhere.example").await, 403);
}

#[both_databases]
async fn the_first_administrator_is_told_all_that_is_wrong_at_once(office: Office) {
    let mut cx = office.operator();
    let link = crate::first_run(&mut cx).await.unwrap().unwrap();
    cx.commit().await.unwrap();
    let answer = office.nobody().post(&link, &[("name", ""), ("email", ""), ("password", "")]).await;
    assert_eq!(answer.status, 422);
    for field in ["name", "email", "password"] {
        assert!(answer.body.contains(&format!("id=\"{field}-problem")), "{field}: {}", answer.body);
    }
}

#[both_databases]
async fn a_key_that_reads_identity_sees_what_its_account_administers(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("ann@example.org", Role::Officer).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let (reads, officers) = (key_of(&root, "identity:read").await, key_of(&ann, "identity:read").await);
    for path in ["/api/v1/accounts", "/api/v1/teams", "/api/v1/bodies"] {
        assert_eq!(office.asks(&reads, "GET", path, &[], Value::Null).await.status, 200, "{path}");
        assert_eq!(office.asks(&officers, "GET", path, &[], Value::Null).await.status, 403, "{path}");
    }
    let team = json!({"code": "a", "name_en": "A", "name_zh_hant": "甲", "name_zh_hans": "甲"});
    assert_eq!(office.asks(&reads, "POST", "/api/v1/teams", &[], team).await.status, 403);
    // What opens nothing is neither offered nor made.
    let page = root.get("/account").await.body;
    assert!(page.contains("value=\"identity:read\"") && page.contains("value=\"codes:write\""), "{page}");
    assert!(!page.contains("value=\"codes:read\""), "{page}");
    let key = [("label", "robot"), ("expires_on", "2027-01-31"), ("scopes", "codes:read")];
    assert_eq!(root.post("/account/keys", &key).await.status, 422);
}

#[both_databases]
async fn a_key_that_only_reads_changes_no_team_or_body(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("ann@example.org", Role::Officer).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let (reads, writes) = (key_of(&root, "identity:read").await, key_of(&root, "identity:write").await);
    let team = json!({"code": "a", "name_en": "A", "name_zh_hant": "甲", "name_zh_hans": "甲"});
    let body = json!({"code": "b", "kind": "office", "name_en": "B", "name_zh_hant": "乙", "name_zh_hans": "乙",
                      "valid_from": "2023-01-01", "source": "a notice"});
    let mut made = Vec::new();
    for (path, sent) in [("/api/v1/teams", &team), ("/api/v1/bodies", &body)] {
        let held = office.asks(&writes, "POST", path, &[], sent.clone()).await;
        assert_eq!(held.status, 201, "{}", held.body);
        let (id, version) = (held.json()["id"].clone(), held.json()["version"].to_string());
        let (mut changed, version) = (sent.clone(), format!("\"{version}\""));
        changed["name_en"] = "Changed".into();
        let put = |key: &str| {
            let (key, path, changed, version) =
                (key.to_owned(), format!("{path}/{id}"), changed.clone(), version.clone());
            let office = &office;
            async move { office.asks(&key, "PUT", &path, &[("if-match", &version)], changed).await }
        };
        let refused = put(&reads).await;
        assert!(refused.status == 403 && refused.body.contains("it needs identity:write"), "{}", refused.body);
        let done = put(&writes).await;
        assert_eq!(done.status, 200, "{}", done.body);
        made.push(id);
    }
    let accounts = office.asks(&reads, "GET", "/api/v1/accounts?q=ann", &[], Value::Null).await.json();
    let (team, ann) = (&made[0], &accounts["items"][0]["id"]);
    let members = format!("/admin/teams/{team}/members");
    assert_eq!(root.post(&members, &[("account", &ann.to_string())]).await.status, 303);
    let form = [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
    let left = office.asks(&reads, "POST", &format!("{members}/{ann}/leave"), &form, Value::Null).await;
    assert_eq!(left.status, 403, "{}", left.body);
    let page = root.get(&format!("/admin/teams/{team}")).await.body;
    assert!(page.contains("ann@example.org"), "{page}");
}

#[both_databases]
async fn a_create_sent_again_while_the_first_is_worked_on_is_answered_as_it_is(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let new = json!({"email": "new@example.org", "name": "New", "roles": ["officer"]});
    let again = [("idempotency-key", "account-number-1")];
    let mut writer = office.operator();
    writer.tx().await.unwrap();
    let (first, second, ()) = tokio::join!(
        root.call("POST", "/api/v1/accounts", &again, new.clone()),
        root.call("POST", "/api/v1/accounts", &again, new.clone()),
        async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            writer.undo().await.unwrap();
        }
    );
    assert_eq!((first.status, second.status), (201, 201), "{} {}", first.body, second.body);
    assert_eq!(first.json()["id"], second.json()["id"]);
    let other = json!({"email": "other@example.org", "name": "Other", "roles": ["officer"]});
    assert_eq!(root.call("POST", "/api/v1/accounts", &again, other).await.status, 409);
}

#[both_databases]
async fn a_version_weakened_on_its_way_is_still_that_version(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let team = json!({"code": "a", "name_en": "A", "name_zh_hant": "甲", "name_zh_hans": "甲"});
    let made = root.call("POST", "/api/v1/teams", &[], team.clone()).await;
    let path = made.header("location").to_owned();
    for held in ["\"1\"", "W/\"1\"", "\"7\", W/\"1\"", "*"] {
        let found = root.call("GET", &path, &[("if-none-match", held)], Value::Null).await;
        assert_eq!(found.status, 304, "{held}");
    }
    for other in ["\"7\"", "W/\"7\""] {
        assert_eq!(root.call("GET", &path, &[("if-none-match", other)], Value::Null).await.status, 200, "{other}");
    }
    let mut renamed = team.clone();
    renamed["name_en"] = "B".into();
    let changed = root.call("PUT", &path, &[("if-match", "W/\"1\"")], renamed).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
}
