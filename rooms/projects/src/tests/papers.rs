//! Stories of evidence with files, and of notes.

use platform::permission::Role;
use platform::{Id, audit, both_databases};
use serde_json::{Value, json};

use super::Office;
use crate::milestone::{self, NewMilestone};
use crate::{evidence, project};

const PDF: &[u8] = b"%PDF-1.7\nthe lease";

async fn with_lease(office: &Office) -> (Id, Id) {
    let id = office.project("Harbour Robotics").await;
    let fields = [("evidence_kind", "lease-start"), ("dated_on", "2026-05-01"), ("evidence_reference", "Lease 7")];
    let sent = office.officer(None).upload(&format!("/projects/{id}/evidence"), &fields, "租約.exe", PDF).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let mut cx = office.operator();
    let paper = evidence::all(&mut cx, id).await.unwrap().remove(0);
    cx.undo().await.unwrap();
    (id, paper.id)
}

#[both_databases]
async fn a_file_is_told_by_its_content_and_handed_over_to_be_saved(office: Office) {
    let (id, paper) = with_lease(&office).await;
    let officer = office.officer(None);
    let page = officer.get(&format!("/projects/{id}/evidence")).await;
    assert!(page.body.contains("租約.exe.pdf"), "{}", page.body);
    let file = officer.get(&format!("/projects/{id}/evidence/{paper}/file")).await;
    assert_eq!((file.status, file.body.as_bytes()), (200, PDF));
    assert_eq!(file.header("content-type"), "application/pdf");
    assert!(file.header("content-disposition").starts_with("attachment;"), "{}", file.header("content-disposition"));
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    let mut cx = office.operator();
    let history = audit::read::history(&mut cx, "project", id, None, 10).await.unwrap();
    assert_eq!(history[0].verb, "evidence.added", "who opens a file changes nothing");
    cx.undo().await.unwrap();
    assert_eq!(officer.get(&format!("/projects/{id}/evidence/{paper}/file")).await.status, 200);
    let looks = office.director().get(&format!("/projects/{id}/looks")).await.body;
    assert_eq!(looks.matches("租約.exe.pdf").count(), 2, "each opening is noted: {looks}");
    assert!(looks.contains(&officer.actor.name), "{looks}");
    assert_eq!(officer.get(&format!("/projects/{id}/looks")).await.status, 403, "it is not the officer's own");
    assert_eq!(
        (evidence::check().run)(&mut cx).await.unwrap(),
        platform::room::Findings { looked_at: 1, wrong: vec![] }
    );
    let held = evidence::all(&mut cx, id).await.unwrap().remove(0);
    std::fs::write(office.house.files.place(held.file_digest.as_deref().unwrap()), b"cut").unwrap();
    assert_eq!((evidence::check().run)(&mut cx).await.unwrap().wrong.len(), 1, "a file that is not whole is named");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn what_is_no_paper_is_not_taken_in(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/evidence");
    let fields = [("evidence_kind", "lease-start"), ("dated_on", "2026-05-01"), ("evidence_reference", "Lease 7")];
    for content in [&b"<html><script>alert(1)</script>"[..], b"MZ\x90\0 a program", b"PK\x03\x04 any archive"] {
        let refused = officer.upload(&path, &fields, "lease.pdf", content).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("by its content") && refused.body.contains("Lease 7"), "{}", refused.body);
    }
    let large = vec![b'x'; (evidence::MOST_BYTES as usize) + 10];
    let refused = officer.upload(&path, &fields, "lease.txt", &large).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert_eq!(office.person(Role::ReadOnly, None).upload(&path, &fields, "lease.pdf", PDF).await.status, 403);
    let bad = [("evidence_kind", "wish"), ("dated_on", "2026-02-31")];
    assert_eq!(officer.upload(&path, &bad, "lease.pdf", PDF).await.status, 422);
    let mut cx = office.operator();
    assert!(evidence::all(&mut cx, id).await.unwrap().is_empty());
    cx.undo().await.unwrap();
    let kept = walk(office.house.files.folder());
    assert_eq!(kept, 0, "nothing of what was refused stays in the store");
}

fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[both_databases]
async fn a_file_is_had_by_those_who_may_see_the_project_and_nobody_else(office: Office) {
    let (id, paper) = with_lease(&office).await;
    let path = format!("/projects/{id}/evidence/{paper}/file");
    assert!(office.nobody().get(&path).await.location().starts_with("/sign-in"));
    for role in [Role::PartnerOfficer, Role::CommitteeMember] {
        assert_eq!(office.person(role, None).get(&path).await.status, 404, "{role:?}");
        assert_eq!(
            office.person(role, None).call("GET", &format!("/api/v1{path}"), &[], Value::Null).await.status,
            404
        );
    }
    let other = office.project("Peak Batteries").await;
    let crossed = office.officer(None).get(&format!("/projects/{other}/evidence/{paper}/file")).await;
    assert_eq!(crossed.status, 404, "a paper is reached through its own project only");
}

#[both_databases]
async fn a_paper_is_taken_back_with_a_reason_unless_an_operation_rests_on_it(office: Office) {
    let (id, paper) = with_lease(&office).await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/evidence/{paper}/withdraw");
    let mut cx = office.operator();
    for kind in ["attracted", "commenced"] {
        let new = NewMilestone { kind: kind.into(), effective_on: "2026-06-01".into(), ..Default::default() };
        milestone::record(&mut cx, id, new).await.unwrap();
    }
    cx.commit().await.unwrap();
    let held = officer.post(&path, &[("reason", "the wrong one")]).await;
    assert_eq!(held.status, 409, "{}", held.body);
    let fields = [("evidence_kind", "first-payroll"), ("dated_on", "2026-05-31"), ("evidence_reference", "Payroll")];
    assert_eq!(officer.post(&format!("/projects/{id}/evidence"), &fields).await.status, 303);
    assert_eq!(officer.post(&path, &[("reason", "")]).await.status, 422);
    assert_eq!(officer.post(&path, &[("reason", "the wrong one")]).await.status, 303);
    let page = officer.get(&format!("/projects/{id}/evidence")).await;
    assert!(page.body.contains("Taken back: the wrong one"), "it stays to be seen");
    let mut cx = office.operator();
    assert_eq!((project::check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn programs_record_papers_notes_and_clearances_once_and_by_version(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.director();
    let paper = json!({"kind": "lease-start", "dated_on": "2026-05-01", "reference": "Lease 7",
        "file_name": "lease.pdf", "file": "JVBERi0xLjcKdGhlIGxlYXNl"});
    let path = format!("/api/v1/projects/{id}/evidence");
    let key = [("idempotency-key", "paper-number-1"), ("if-match", "\"1\"")];
    let first = officer.call("POST", &path, &key, paper.clone()).await;
    assert_eq!((first.status, first.header("etag")), (201, "\"2\""), "{}", first.body);
    let again = officer.call("POST", &path, &key, paper.clone()).await;
    assert_eq!((again.status, &again.body), (201, &first.body), "sent twice, recorded once");
    let stale = officer.call("POST", &path, &[("if-match", "\"1\"")], paper).await;
    assert_eq!(stale.status, 412);
    assert_eq!(stale.json()["versions"]["version"], 2);
    let file = first.json()[0]["id"].as_i64().unwrap();
    let got = officer.call("GET", &format!("{path}/{file}/file"), &[], Value::Null).await;
    assert_eq!(got.body.as_bytes(), PDF);

    let notes = format!("/api/v1/projects/{id}/notes");
    let key = [("idempotency-key", "note-number-1")];
    for _ in 0..2 {
        let said = officer.call("POST", &notes, &key, json!({"text": "They like Tai Po.\nAsk in May."})).await;
        assert_eq!(said.status, 201, "{}", said.body);
    }
    let held = officer.call("GET", &notes, &[], Value::Null).await;
    assert_eq!(held.json()["items"].as_array().unwrap().len(), 1);
    let page = office.officer(None).get(&format!("/projects/{id}")).await;
    assert!(page.body.contains("They like Tai Po."), "a note stands in the timeline");
    assert_eq!(officer.call("POST", &notes, &[], json!({"text": " "})).await.status, 422);

    let names = format!("/api/v1/projects/{id}/clearances");
    let cleared =
        officer.call("POST", &names, &[], json!({"cleared_on": "2026-05-01", "source": "their letter"})).await;
    assert_eq!(cleared.status, 201, "{}", cleared.body);
    let twice = officer.call("POST", &names, &[], json!({"cleared_on": "2026-05-02", "source": "again"})).await;
    assert_eq!(twice.status, 409);
    let one = cleared.json()[0]["id"].as_i64().unwrap();
    let body = json!({"withdrawn_on": "2026-06-01", "reason": "they asked"});
    assert_eq!(officer.call("POST", &format!("{names}/{one}/withdraw"), &[], body).await.status, 200);
    let whole = officer.call("GET", &format!("/api/v1/projects/{id}"), &[], Value::Null).await.json();
    assert_eq!(whole["clearances"][0]["withdrawn_reason"], "they asked");
    assert_eq!(whole["evidence"].as_array().unwrap().len(), 1);
}

#[both_databases]
async fn every_step_of_a_project_can_be_taken_by_a_program(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let base = format!("/api/v1/projects/{id}");
    let call = async |path: &str, body: Value| director.call("POST", &format!("{base}/{path}"), &[], body).await;
    let refused = call("passages", json!({"into": "agreed"})).await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 9, "{}", refused.body);
    let past = json!({"into": "agreed", "override_reason": "decided above"});
    assert_eq!(call("passages", past).await.json()["stage"], "agreed");
    let met = json!({"kind": "attracted", "effective_on": "2026-03-01"});
    let recorded = call("milestones", met).await;
    assert_eq!(recorded.status, 201, "{}", recorded.body);
    let milestone = recorded.json()[0]["id"].as_i64().unwrap();
    assert_eq!(call(&format!("milestones/{milestone}/withdraw"), json!({"reason": "too early"})).await.status, 200);
    let delayed = json!({"status": "delayed", "effective_on": "2026-04-01", "reason": "no site yet"});
    assert_eq!(call("status", delayed).await.json()["status"], "delayed");
    let pledge = json!({"measure": "investment", "kind": "pledged", "amount": "1000", "effective_on": "2026-03-01"});
    let key = [("idempotency-key", "pledge-number-1")];
    let entered = director.call("POST", &format!("{base}/ledger"), &key, pledge.clone()).await;
    assert_eq!(entered.status, 201, "{}", entered.body);
    let again = director.call("POST", &format!("{base}/ledger"), &key, pledge).await;
    assert_eq!(again.body, entered.body);
    let entry = entered.json()["id"].as_i64().unwrap();
    let ledger = director.call("GET", &format!("{base}/ledger?as_at=2026-02-28"), &[], Value::Null).await.json();
    assert_eq!((ledger["totals"].as_array().unwrap().len(), ledger["entries"].as_array().unwrap().len()), (0, 1));
    let back =
        director.call("POST", &format!("/api/v1/ledger/{entry}/reverse"), &[], json!({"reason": "a slip"})).await;
    assert_eq!(back.status, 201, "{}", back.body);
    assert_eq!(back.json()["reverses_id"], entry);
    let negative = json!({"measure": "jobs_rd", "kind": "pledged", "amount": -5, "effective_on": "2026-03-01"});
    assert_eq!(call("ledger", negative).await.json()["errors"][0]["key"], "problem-amount-negative");
    assert_eq!(call("retire", json!({"reason": "a double"})).await.status, 200);
    assert_eq!(call("notes", json!({"text": "late"})).await.status, 409, "a retired record takes nothing new");
    assert_eq!(call("restore", Value::Null).await.status, 200);
}
