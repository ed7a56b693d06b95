//! Fields of the office's own, said of projects.

use platform::audit;
use platform::export::{Format, to_file};
use platform::import::Undone;
use platform::own_field::{self, Definition, GivenChoice};
use platform::permission::Role;
use platform::testing::{Answer, Person};
use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::{Office, import};

async fn define(office: &Office, code: &str, kind: &str, label: &str, see: Role) {
    let mut cx = office.operator();
    let edit = if see == Role::Director { Role::Director } else { Role::Officer };
    let choices = if kind == "choice" { "low | Low | 低 | 低\nhigh | High | 高 | 高" } else { "" };
    let given = Definition {
        label_en: label.into(),
        label_zh_hant: label.into(),
        label_zh_hans: label.into(),
        see_role: see.code().into(),
        edit_role: edit.code().into(),
        filterable: true,
        choices: GivenChoice::lines(choices),
        ..Definition::default()
    };
    own_field::define(&mut cx, "project", code, kind, given).await.unwrap();
    cx.commit().await.unwrap();
}

async fn edits(by: &Person<'_>, id: Id, version: i64, own: Value) -> Answer {
    let (path, tag) = (format!("/api/v1/projects/{id}"), format!("\"{version}\""));
    by.call("PATCH", &path, &[("if-match", &tag)], json!({ "own": own })).await
}

async fn own(by: &Person<'_>, id: Id) -> Value {
    by.get(&format!("/api/v1/projects/{id}")).await.json()["own"].clone()
}

async fn listed(by: &Person<'_>, filter: &str) -> Vec<Value> {
    let answer = by.get(&format!("/api/v1/projects?{filter}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["items"].as_array().cloned().unwrap()
}

#[both_databases]
async fn a_project_says_what_the_office_asks_for_by_itself(office: Office) {
    define(&office, "urgency", "choice", "Urgency", Role::ReadOnly).await;
    define(&office, "grant_cap", "number", "Grant cap", Role::Director).await;
    let enterprise = office.enterprise("Harbour Robotics").await;
    let (director, officer) = (office.director(), office.officer(None));
    let form = officer.get("/projects/new").await.body;
    assert!(form.contains("name=\"own.urgency\"") && !form.contains("own.grant_cap"), "{form}");
    let body =
        json!({ "enterprise_id": enterprise, "title": "Laboratory", "own": { "urgency": "High", "grant_cap": 2.5 } });
    let made = director.call("POST", "/api/v1/projects", &[], body).await;
    assert_eq!((made.status, &made.json()["own"]), (201, &json!({ "urgency": "high", "grant_cap": 2.5 })));
    let id = Id(made.json()["id"].as_i64().unwrap());
    assert_eq!(own(&officer, id).await, json!({ "urgency": "high" }));
    let page = officer.get(&format!("/projects/{id}")).await.body;
    assert!(page.contains("<dt>Urgency</dt><dd>High</dd>") && !page.contains("Grant cap"), "{page}");
    assert!(director.get(&format!("/projects/{id}/history")).await.body.contains("Grant cap"));
    assert!(!officer.get(&format!("/projects/{id}/history")).await.body.contains("Grant cap"));

    assert_eq!(edits(&officer, id, 1, json!({ "grant_cap": "2.5" })).await.status, 422, "it is not there to hit on");
    assert_eq!(edits(&officer, id, 1, json!({ "urgency": "low" })).await.status, 200);
    assert_eq!(edits(&director, id, 1, json!({ "grant_cap": 3 })).await.status, 200, "other fields don't quarrel");
    assert_eq!(edits(&officer, id, 1, json!({ "urgency": null })).await.status, 412);
    let post = [("version", "3"), ("title", "Laboratory"), ("tier", "office"), ("own.urgency", "high")];
    assert_eq!(officer.post(&format!("/projects/{id}"), &post).await.status, 303);
    assert_eq!(own(&director, id).await, json!({ "urgency": "high", "grant_cap": 3 }));

    assert_eq!(listed(&officer, "own.urgency=high").await[0]["own"], json!({ "urgency": "high" }));
    assert!(listed(&officer, "own.urgency=low").await.is_empty());
    assert_eq!(listed(&director, "own.grant_cap=3").await.len(), 1);
    assert_eq!(officer.get("/api/v1/projects?own.grant_cap=3").await.status, 422);
    let page = officer.get("/projects?own.urgency=high&columns=title,own.urgency").await.body;
    assert!(page.contains("Urgency: High") && page.contains("Laboratory"), "{page}");
    let kind = office.house.export_kind("projects").unwrap();
    let brought_out = async |by: &Person<'_>| {
        let file = to_file(&mut by.cx(), kind, "", Format::Csv).await.unwrap();
        std::fs::read_to_string(file.path()).unwrap()
    };
    let (file, whole) = (brought_out(&officer).await, brought_out(&director).await);
    assert!(file.contains("own.urgency") && !file.contains("own.grant_cap"), "{file}");
    assert!(whole.contains("own.grant_cap"), "{whole}");
}

#[both_databases]
async fn a_file_of_projects_fills_own_fields_and_is_taken_back(office: Office) {
    define(&office, "urgency", "choice", "Urgency", Role::ReadOnly).await;
    define(&office, "desks", "number", "Desks", Role::ReadOnly).await;
    let id = office.project("Harbour Robotics").await;
    office.enterprise("Peak Biologics").await;
    let director = office.director();
    assert_eq!(edits(&director, id, 1, json!({ "desks": 10 })).await.status, 200);
    let reference = director.get(&format!("/api/v1/projects/{id}")).await.json()["reference"].clone();
    let file = format!(
        "reference,enterprise,title,urgency,own.desks\n{},,,high,25\n,Peak Biologics,Clinic,low,5\n,Peak Biologics,Ward,none,x\n",
        reference.as_str().unwrap()
    );
    let (_, kept) = office.brings_in("projects", file.as_bytes()).await;
    assert_eq!((kept.created, kept.changed), (1, 1));
    assert_eq!(import::named(&import::said(&office, kept.id).await, 4).len(), 2, "each wrong value is told");
    assert_eq!(own(&director, id).await, json!({ "desks": 25, "urgency": "high" }));
    let made = listed(&director, "own.desks=5").await;
    assert_eq!((made.len(), &made[0]["own"]["urgency"]), (1, &json!("low")));
    import::take_back(&office, kept.id).await;
    assert_eq!(own(&director, id).await, json!({ "desks": 10 }));
    assert!(listed(&director, "own.desks=25").await.is_empty() && listed(&director, "own.desks=5").await.is_empty());
    assert_eq!(listed(&director, "own.desks=10").await.len(), 1);
    let found = (crate::project::check().run)(&mut office.operator()).await.unwrap();
    assert_eq!(found.wrong, Vec::<String>::new());
}

#[both_databases]
async fn rows_of_one_project_say_one_thing_of_an_own_field(office: Office) {
    define(&office, "desks", "number", "Desks", Role::ReadOnly).await;
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let held = director.get(&format!("/api/v1/projects/{id}")).await.json();
    let one = held["reference"].as_str().unwrap();
    let file = format!("reference,description,own.desks\n{one},more,25\n{one},,30\n{one},,25\n");
    let (_, kept) = office.brings_in("projects", file.as_bytes()).await;
    assert_eq!((kept.changed, kept.to_leave, kept.refused), (1, 1, 1));
    let said = import::said(&office, kept.id).await;
    assert_eq!(import::named(&said, 3), [("own.desks", "import-row-otherwise")]);
    assert_eq!(own(&director, id).await, json!({ "desks": 25 }));
}

#[both_databases]
async fn an_undo_leaves_the_own_fields_that_are_not_the_actors(office: Office) {
    define(&office, "grant_cap", "number", "Grant cap", Role::Director).await;
    let id = office.project("Harbour Robotics").await;
    let (director, officer) = (office.director(), office.officer(None));
    let path = format!("/api/v1/projects/{id}");
    let held = director.get(&path).await.json();
    let file = format!("reference,title,own.grant_cap\n{},Renamed,25\n", held["reference"].as_str().unwrap());
    let (_, kept) = office.brings_in("projects", file.as_bytes()).await;
    assert_eq!(kept.changed, 1);
    let mut cx = officer.cx();
    let mut entries = audit::read::of_import(&mut cx, kept.id, None, 100).await.unwrap();
    entries.retain(|entry| entry.subject_kind == "project");
    let undone = office.house.import_kind("projects").unwrap().undo(&mut cx, &entries).await.unwrap();
    assert_eq!(undone, [Undone::InPart]);
    cx.commit().await.unwrap();
    let left = director.get(&path).await.json();
    assert_eq!((&left["title"], &left["own"]), (&held["title"], &json!({ "grant_cap": 25 })));
}
