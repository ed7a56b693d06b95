//! Several people writing to a project at the same time, and what a key or a look tells of one.

use futures::future::join_all;
use platform::both_databases;
use platform::permission::{Actor, KeyLimits, Role};
use serde_json::{Value, json};

use super::Office;

#[both_databases]
async fn an_entry_is_reversed_once_however_many_ask_at_once(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let pledge = json!({"measure": "investment", "kind": "pledged", "amount": "1000", "effective_on": "2026-03-01"});
    let entered = director.call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], pledge).await;
    assert_eq!(entered.status, 201, "{}", entered.body);
    let path = format!("/api/v1/ledger/{}/reverse", entered.json()["id"]);
    let back = join_all((0..4).map(|_| director.call("POST", &path, &[], json!({"reason": "a slip"})))).await;
    let mut statuses: Vec<_> = back.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

#[both_databases]
async fn edits_of_a_project_sent_at_once_all_stand(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let path = format!("/api/v1/projects/{id}");
    let seen = [("if-match", "\"1\"")];
    let edits = [
        json!({"description": "Arms"}),
        json!({"assessment": "Strong"}),
        json!({"nature": "foothold"}),
        json!({"hq_kind": "regional"}),
    ];
    for answer in join_all(edits.into_iter().map(|edit| director.call("PATCH", &path, &seen, edit))).await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let after = director.call("GET", &path, &[], Value::Null).await.json();
    let held =
        ["description", "assessment", "nature", "hq_kind"].map(|field| after[field].as_str().unwrap().to_owned());
    assert_eq!(held, ["Arms", "Strong", "foothold", "regional"]);
}

#[both_databases]
async fn a_key_for_projects_opens_a_project_and_no_enterprise(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let limits = KeyLimits { id: None, scopes: vec!["projects:read".to_owned()] };
    let robot = office.director().actor;
    let robot = office.person_of(Actor { key: Some(limits), ..robot });
    let project = robot.get(&format!("/api/v1/projects/{id}")).await;
    assert_eq!(project.status, 200, "{}", project.body);
    assert_eq!(robot.get(&format!("/api/v1/projects/{id}/ledger")).await.status, 200);
    let enterprise = project.json()["enterprise_id"].to_string();
    for kept in ["/api/v1/enterprises".to_owned(), format!("/api/v1/enterprises/{enterprise}")] {
        assert_eq!(robot.get(&kept).await.status, 403, "{kept}");
    }
    let seen = [("if-match", "\"1\"")];
    let refused = robot.call("PATCH", &format!("/api/v1/projects/{id}"), &seen, json!({"title": "x"})).await;
    assert_eq!(refused.status, 403, "it only reads: {}", refused.body);
}

#[both_databases]
async fn an_export_of_the_ledger_is_a_look_at_each_project_kept_from_others(office: Office) {
    let (kept, open) = (office.project("Kept Robotics").await, office.project("Open Robotics").await);
    let director = office.director();
    let seen = [("if-match", "\"1\"")];
    let path = format!("/api/v1/projects/{kept}");
    assert_eq!(director.call("PATCH", &path, &seen, json!({"tier": "named"})).await.status, 200);
    for id in [kept, open] {
        let pledge = json!({"measure": "investment", "kind": "pledged", "amount": "9", "effective_on": "2026-03-01"});
        let entered = director.call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], pledge).await;
        assert_eq!(entered.status, 201, "{}", entered.body);
    }
    let auditor = office.person(Role::Auditor, None);
    let mut cx = auditor.cx();
    let kind = office.house.export_kind("ledger").unwrap();
    platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
    cx.commit().await.unwrap();
    let looks = director.get(&format!("/projects/{kept}/looks")).await.body;
    assert!(looks.contains(&auditor.actor.name), "{looks}");
    let listed = office.person(Role::Auditor, None);
    assert_eq!(listed.get("/api/v1/projects").await.status, 200);
    let looks = director.get(&format!("/projects/{kept}/looks")).await.body;
    assert!(looks.contains(&listed.actor.name), "{looks}");
}
