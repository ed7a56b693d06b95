//! Stories of what comes too late or too early for a project, and of what its enterprise allows.

use directory::enterprise;
use directory::enterprise::merge::{self, GivenMerge};
use platform::permission::Role;
use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::Office;
use super::import::{bring_in, named, said};
use crate::batch::{self, NewBatch};
use crate::milestone;

async fn ends(office: &Office, id: Id, day: &str) {
    let gone = json!({"status": "withdrawn", "effective_on": day, "reason": "no site"});
    let done = office.director().call("POST", &format!("/api/v1/projects/{id}/status"), &[], gone).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

async fn records(office: &Office, id: Id, body: Value) -> platform::testing::Answer {
    office.director().call("POST", &format!("/api/v1/projects/{id}/milestones"), &[], body).await
}

async fn batch(office: &Office, code: &str, kind: &str, held_on: &str) {
    let mut cx = office.operator();
    let new = NewBatch {
        code: code.into(),
        kind: kind.into(),
        held_on: held_on.into(),
        name_en: format!("Batch {code}"),
        name_zh_hant: format!("批次 {code}"),
        name_zh_hans: format!("批次 {code}。"),
        source: "a test".into(),
        reason: String::new(),
    };
    batch::make(&mut cx, new).await.unwrap();
    cx.commit().await.unwrap();
}

#[both_databases]
async fn nothing_is_attracted_signs_or_commences_after_an_end(office: Office) {
    let id = office.project("Harbour Robotics").await;
    office.ceremony("2026-10-01").await;
    ends(&office, id, "2026-05-01").await;
    for (kind, batch) in [("attracted", ""), ("signed", "2026-10-01"), ("commenced", "")] {
        let late = json!({"kind": kind, "effective_on": "2026-10-01", "batch": batch});
        let late = records(&office, id, late).await;
        assert_eq!(late.status, 422, "{}", late.body);
        assert!(late.body.contains("problem-day-after-end"), "{kind}: {}", late.body);
    }
    assert_eq!(records(&office, id, json!({"kind": "met", "effective_on": "2026-10-01"})).await.status, 201);
    assert_eq!(records(&office, id, json!({"kind": "attracted", "effective_on": "2026-05-01"})).await.status, 201);

    let other = office.project("Peak Batteries").await;
    assert_eq!(records(&office, other, json!({"kind": "attracted", "effective_on": "2026-10-01"})).await.status, 201);
    let early = json!({"status": "withdrawn", "effective_on": "2026-05-01", "reason": "no site"});
    let refused = office.director().call("POST", &format!("/api/v1/projects/{other}/status"), &[], early).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("problem-end-before-milestone"), "{}", refused.body);
    ends(&office, other, "2026-10-01").await;
}

#[both_databases]
async fn a_file_ends_no_project_without_its_day_nor_before_what_it_says_happened(office: Office) {
    office.enterprise("Peak Batteries").await;
    let file = "enterprise,title,attracted_on,status,status_on,note\n\
                Peak Batteries,One,,withdrawn,,why\n\
                Peak Batteries,Two,2026-10-01,withdrawn,2026-05-01,why\n\
                Peak Batteries,Three,2026-04-01,withdrawn,2026-05-01,why\n";
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    assert_eq!(named(&said, 2), [("status_on", "problem-day-missing")]);
    assert_eq!(named(&said, 3), [("status_on", "problem-end-before-milestone")]);
    assert_eq!((import.created, import.refused), (1, 2));
    let mut cx = office.operator();
    let of = crate::project::by_references(&mut cx, &["P-2026-0001".to_owned()]).await.unwrap().remove(0).reference;
    cx.undo().await.unwrap();
    office.ceremony("2026-06-01").await;
    let file = format!("reference,signed_on,ceremony\n{of},2026-06-01,2026-06-01\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let late = crate::tests::import::said(&office, import.id).await;
    assert_eq!(named(&late, 2), [("signed_on", "problem-day-after-end")]);
}

#[both_databases]
async fn what_came_back_takes_nothing_of_the_days_on_which_it_had_ended(office: Office) {
    let id = office.project("Harbour Robotics").await;
    ends(&office, id, "2024-05-01").await;
    let back = json!({"status": "active", "effective_on": "2024-07-01", "reason": "a new site"});
    let done = office.director().call("POST", &format!("/api/v1/projects/{id}/status"), &[], back).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let pledges = async |kind: &str, day: &str, amount: u32| {
        let body = json!({"measure": "jobs_rd", "kind": kind, "amount": amount, "effective_on": day});
        office.director().call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], body).await
    };
    assert_eq!(pledges("pledged", "2024-04-02", 10).await.status, 201);
    for day in ["2024-05-02", "2024-06-10", "2024-06-30"] {
        let refused = records(&office, id, json!({"kind": "attracted", "effective_on": day})).await;
        assert_eq!((refused.status, refused.body.contains("problem-day-after-end")), (422, true), "{}", refused.body);
        let refused = pledges("pledged", day, 5).await;
        assert_eq!((refused.status, refused.body.contains("ledger-ended-pledge")), (422, true), "{}", refused.body);
        let refused = pledges("revised", day, 15).await;
        assert_eq!((refused.status, refused.body.contains("ledger-ended-upwards")), (422, true), "{}", refused.body);
    }
    let mut cx = office.operator();
    let reference = crate::project::get(&mut cx, id).await.unwrap().reference;
    cx.undo().await.unwrap();
    let file = format!(
        "project,measure,kind,amount,effective_on\n{reference},jobs_rd,pledged,5,2024-06-10\n\
         {reference},jobs_rd,pledged,5,2024-05-01\n{reference},jobs_rd,pledged,5,2024-07-01\n"
    );
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("effective_on", "ledger-ended-pledge")]);
    assert_eq!((import.created, import.refused), (2, 1));
    let file = format!("reference,attracted_on\n{reference},2024-06-10\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("attracted_on", "problem-day-after-end")]);
    assert_eq!(records(&office, id, json!({"kind": "attracted", "effective_on": "2024-07-01"})).await.status, 201);
}

#[both_databases]
async fn what_is_signed_is_signed_at_a_ceremony_and_on_its_day(office: Office) {
    let id = office.project("Harbour Robotics").await;
    batch(&office, "2026", "ceremony", "2026-12-15").await;
    batch(&office, "2026-06", "ceremony", "2026-06-15").await;
    assert_eq!(records(&office, id, json!({"kind": "attracted", "effective_on": "2026-06-01"})).await.status, 201);
    let early = records(&office, id, json!({"kind": "signed", "effective_on": "2026-11-20", "batch": "2026"})).await;
    assert_eq!(early.status, 422, "{}", early.body);
    assert!(early.body.contains("problem-signed-another-day"), "{}", early.body);
    let late = records(&office, id, json!({"kind": "signed", "effective_on": "2026-06-16", "batch": "2026-06"})).await;
    assert_eq!(late.status, 422, "{}", late.body);
    let said_so = |field: &str, key: &str, answer: &platform::testing::Answer| {
        let errors = answer.json()["errors"].clone();
        let errors = errors.as_array().unwrap();
        assert!(errors.iter().any(|one| one["field"] == field && one["key"] == key), "{field} {key}: {}", answer.body);
    };
    said_so("effective_on", "problem-signed-another-day", &late);
    let nowhere = records(&office, id, json!({"kind": "signed", "effective_on": "2026-06-15"})).await;
    assert_eq!(nowhere.status, 422, "{}", nowhere.body);
    said_so("batch", "problem-signed-without-ceremony", &nowhere);
    let unheld = records(&office, id, json!({"kind": "signed", "batch": "2026"})).await;
    said_so("effective_on", "problem-day-future", &unheld);
    let held = records(&office, id, json!({"kind": "signed", "batch": "2026-06"})).await;
    assert_eq!(held.status, 201, "{}", held.body);
    let signed = held.json().as_array().unwrap().iter().find(|one| one["kind"] == "signed").unwrap().clone();
    assert_eq!(signed["effective_on"], "2026-06-15", "the ceremony's day is taken");
    let signed = signed["id"].clone();
    let before = json!({"kind": "signed", "effective_on": "2026-06-14", "corrects": signed, "reason": "the press"});
    assert_eq!(records(&office, id, before).await.status, 422, "the ceremony kept is held a day later");
    office.enterprise("Peak Batteries").await;
    let file = "enterprise,title,attracted_on,signed_on,ceremony\n\
                Peak Batteries,One,2026-06-01,2026-06-14,2026-06\n\
                Peak Batteries,Two,2026-06-01,2026-06-15,\n\
                Peak Batteries,Three,2026-06-01,,2026-06\n";
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    assert_eq!(named(&said, 2), [("signed_on", "problem-signed-another-day")]);
    assert_eq!(named(&said, 3), [("ceremony", "problem-signed-without-ceremony")]);
    assert_eq!((import.created, import.refused), (1, 2));
}

#[both_databases]
async fn what_was_signed_out_of_sight_is_told_to_nobody_who_signs(office: Office) {
    office.ceremony("2024-03-20").await;
    office.ceremony("2024-11-11").await;
    let hidden = office.project("Peak Batteries").await;
    let open = office.project("Peak Battery Works").await;
    let mut cx = office.operator();
    let of = |project: crate::project::Project| project.enterprise_id;
    let (survivor, loser) = (
        of(crate::project::get(&mut cx, hidden).await.unwrap()),
        of(crate::project::get(&mut cx, open).await.unwrap()),
    );
    merge::merge(&mut cx, loser, survivor, &GivenMerge::because("one company")).await.unwrap();
    cx.commit().await.unwrap();
    for id in [hidden, open] {
        let attracted = json!({"kind": "attracted", "effective_on": "2024-01-01"});
        assert_eq!(records(&office, id, attracted).await.status, 201);
    }
    assert_eq!(records(&office, hidden, json!({"kind": "signed", "batch": "2024-03-20"})).await.status, 201);
    let held = office.director().get(&format!("/api/v1/projects/{hidden}")).await;
    let version = format!("\"{}\"", held.json()["version"]);
    let (path, seen) = (format!("/api/v1/projects/{hidden}"), [("if-match", version.as_str())]);
    assert_eq!(office.director().call("PATCH", &path, &seen, json!({"tier": "named"})).await.status, 200);
    let officer = office.person(Role::Officer, None);
    let path = format!("/api/v1/projects/{open}/milestones");
    let signs = json!({"kind": "signed", "batch": "2024-11-11"});
    let told = records(&office, open, signs.clone()).await;
    assert!(told.status == 422 && told.body.contains("problem-signed-elsewhere"), "{}", told.body);
    let done = officer.call("POST", &path, &[], signs).await;
    assert_eq!(done.status, 201, "{}", done.body);
}

#[both_databases]
async fn an_enterprise_signs_at_one_ceremony_unless_somebody_says_why(office: Office) {
    office.ceremony("2024-03-20").await;
    office.ceremony("2024-11-11").await;
    office.enterprise("Peak Batteries").await;
    let file = "enterprise,title,attracted_on,ceremony,note\n\
                Peak Batteries,One,2024-01-01,2024-03-20,\n\
                Peak Batteries,Two,2024-01-01,2024-11-11,\n\
                Peak Batteries,Three,2024-01-01,2024-03-20,\n\
                Peak Batteries,Four,2024-01-01,2024-11-11,another arm of the firm\n\
                Peak Batteries,Five,2024-01-01,,\n";
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 3), [("note", "problem-signed-elsewhere")]);
    assert_eq!((import.created, import.refused), (4, 1));
    let mut cx = office.operator();
    let of = ["P-2024-0004", "P-2026-0004"].map(str::to_owned);
    let five = crate::project::by_references(&mut cx, &of).await.unwrap().remove(0);
    cx.undo().await.unwrap();

    let bare = json!({"kind": "signed", "batch": "2024-11-11"});
    // Another record of the same company signed nothing itself.
    let twin = office.project("Peak Battery Works").await;
    let mut cx = office.operator();
    let loser = crate::project::get(&mut cx, twin).await.unwrap().enterprise_id;
    merge::merge(&mut cx, loser, five.enterprise_id, &GivenMerge::because("one company")).await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(records(&office, twin, json!({"kind": "attracted", "effective_on": "2024-01-01"})).await.status, 201);
    for id in [five.id, twin] {
        let refused = records(&office, id, bare.clone()).await;
        assert_eq!(
            (refused.status, &refused.json()["errors"][0]["field"]),
            (422, &json!("reason")),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("problem-signed-elsewhere"), "{}", refused.body);
    }
    let why = json!({"kind": "signed", "batch": "2024-11-11", "reason": "the plant signed apart"});
    assert_eq!(records(&office, twin, why).await.status, 201);
    let page = office.director().get(&format!("/projects/{twin}/history")).await.body;
    assert!(page.contains("the plant signed apart"), "{page}");
    let register = "batch_date,name_en,name_zh,source,status\n2024-11-12,Peak Batteries,,a newspaper,signed\n";
    let import = bring_in(&office, "partners", register.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("batch_date", "partner-signed-elsewhere")]);
}

#[both_databases]
async fn a_correction_of_the_day_keeps_the_batch_unless_another_is_given(office: Office) {
    let id = office.project("Harbour Robotics").await;
    batch(&office, "2023", "attraction", "2023-12-01").await;
    batch(&office, "2024", "attraction", "2024-12-01").await;
    let first = json!({"kind": "attracted", "effective_on": "2023-11-23", "batch": "2023"});
    let first = records(&office, id, first).await.json()[0]["id"].clone();
    let day = json!({"kind": "attracted", "effective_on": "2023-11-24", "corrects": first, "reason": "a letter"});
    assert_eq!(records(&office, id, day).await.status, 201);
    let mut cx = office.operator();
    let all = milestone::all(&mut cx, id).await.unwrap();
    let stands = all.iter().find(|one| one.superseded_at.is_none()).unwrap();
    assert_eq!((stands.effective_on.to_string().as_str(), stands.batch.as_deref()), ("2023-11-24", Some("2023")));
    let last = stands.id;
    cx.undo().await.unwrap();
    let moved = json!({"kind": "attracted", "effective_on": "2023-11-24", "batch": "2024", "corrects": last, "reason": "a list"});
    assert_eq!(records(&office, id, moved).await.status, 201);
    let mut cx = office.operator();
    let all = milestone::all(&mut cx, id).await.unwrap();
    assert_eq!(all.iter().find(|one| one.superseded_at.is_none()).unwrap().batch.as_deref(), Some("2024"));
    assert_eq!((crate::ledger::check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_retired_enterprise_takes_nothing_new_on_its_projects(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let project = crate::project::get(&mut cx, id).await.unwrap();
    enterprise::retire(&mut cx, project.enterprise_id, "wound up").await.unwrap();
    cx.commit().await.unwrap();
    let pledge = json!({"measure": "jobs_rd", "kind": "pledged", "amount": 5, "effective_on": "2026-01-01"});
    let attracted = json!({"kind": "attracted", "effective_on": "2026-10-01"});
    for (path, body) in [("ledger", pledge.clone()), ("milestones", attracted.clone())] {
        let path = format!("/api/v1/projects/{id}/{path}");
        let refused = office.director().call("POST", &path, &[], body).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains("project-enterprise-retired"), "{}", refused.body);
    }
    let file =
        format!("project,measure,kind,amount,effective_on\n{},jobs_rd,pledged,5,2026-01-01\n", project.reference);
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("project", "project-enterprise-retired")]);
    let file = format!("reference,attracted_on\n{},2026-01-01\n", project.reference);
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("reference", "project-enterprise-retired")]);
    let mut cx = office.operator();
    enterprise::restore(&mut cx, project.enterprise_id, "not wound up").await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(records(&office, id, attracted).await.status, 201);
}

#[both_databases]
async fn the_projects_of_a_survivor_are_those_of_all_it_stands_for(office: Office) {
    let (one, other) = (office.project("Harbour Robotics").await, office.project("Peak Batteries").await);
    let mut cx = office.operator();
    let loser = crate::project::get(&mut cx, one).await.unwrap().enterprise_id;
    let survivor = crate::project::get(&mut cx, other).await.unwrap().enterprise_id;
    let given = GivenMerge { reason: "one company".into(), ..GivenMerge::default() };
    merge::merge(&mut cx, loser, survivor, &given).await.unwrap();
    cx.commit().await.unwrap();
    for asked in [survivor, loser] {
        let path = format!("/api/v1/projects?enterprise={asked}");
        let found = office.director().call("GET", &path, &[], Value::Null).await;
        assert_eq!(found.json()["items"].as_array().unwrap().len(), 2, "{}", found.body);
        let page = office.director().get(&format!("/projects?enterprise={asked}")).await;
        assert_eq!(page.body.matches("<tr data-href").count(), 2, "{}", page.body);
    }
}

#[both_databases]
async fn only_cleared_members_of_a_batch_are_given_where_only_those_are_asked_for(office: Office) {
    let (one, other) = (office.project("Harbour Robotics").await, office.project("Peak Batteries").await);
    batch(&office, "2023", "attraction", "2023-12-01").await;
    for id in [one, other] {
        let new = json!({"kind": "attracted", "effective_on": "2023-11-23", "batch": "2023"});
        assert_eq!(records(&office, id, new).await.status, 201);
    }
    let clear = json!({"cleared_on": "2024-01-01", "source": "the press"});
    let path = format!("/api/v1/projects/{one}/clearances");
    let cleared = office.director().call("POST", &path, &[], clear).await;
    assert_eq!(cleared.status, 201, "{}", cleared.body);
    let mut cx = office.operator();
    let id = batch::all(&mut cx, false).await.unwrap()[0].id;
    cx.undo().await.unwrap();
    for (asked, wanted) in [("?cleared=yes", 1), ("?cleared=no", 2), ("", 2)] {
        let path = format!("/api/v1/batches/{id}/members{asked}");
        let found = office.director().call("GET", &path, &[], Value::Null).await;
        assert_eq!(found.json()["items"].as_array().unwrap().len(), wanted, "{asked}: {}", found.body);
    }
}
