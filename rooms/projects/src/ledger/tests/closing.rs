//! Stories of a ledger's end, of what rests on what, and of its way out and back in.

use platform::export;
use platform::forms::Loose;
use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::super::{NewEntry, enter, entries, reverse, totals};
use super::{enters, entry};
use crate::evidence::{self, NewEvidence};
use crate::project;
use crate::tests::Office;
use crate::tests::import::{bring_in, named, said, take_back};

async fn reference(office: &Office, id: Id) -> String {
    let mut cx = office.operator();
    let reference = project::get(&mut cx, id).await.unwrap().reference;
    cx.undo().await.unwrap();
    reference
}

#[both_databases]
async fn what_a_revision_counted_is_not_taken_back_beneath_it(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let pledge = enters(&office, id, entry("pledged", "jobs_rd", "10", "2024-01-01")).await;
    let other = enters(&office, id, entry("pledged", "jobs_management", "4", "2024-01-01")).await;
    let revision = enters(&office, id, entry("revised", "jobs_rd", "15", "2024-06-01")).await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/ledger/{pledge}/reverse");
    assert_eq!(officer.post(&path, &[("reason", "a slip")]).await.status, 409);
    let path = format!("/api/v1/ledger/{pledge}/reverse");
    let refused = officer.call("POST", &path, &[], json!({"reason": "a slip"})).await;
    assert_eq!((refused.status, refused.body.contains("ledger-reversal-below")), (409, true), "{}", refused.body);
    let mut cx = office.operator();
    reverse(&mut cx, other, "another kind of jobs").await.unwrap();
    reverse(&mut cx, revision, "a slip").await.unwrap();
    reverse(&mut cx, pledge, "a slip").await.unwrap();
    cx.commit().await.unwrap();
    let (today, now) = (cx.today(), cx.now());
    assert!(totals(&mut cx, id, today, now).await.unwrap().iter().all(|total| total.standing == 0));
    cx.undo().await.unwrap();
    let reference = reference(&office, id).await;
    let file = format!("project,measure,kind,amount,effective_on\n{reference},jobs_rd,pledged,10,2024-02-01\n");
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    enters(&office, id, entry("revised", "jobs_rd", "25", "2024-07-01")).await;
    assert_eq!(take_back(&office, import.id).await.kept_touched, 1, "a revision counted what was brought in");
    let file = format!(
        "project,measure,kind,amount,effective_on\n\
         {reference},jobs_rd,pledged,5,2024-08-01\n{reference},jobs_rd,revised,40,2024-09-01\n"
    );
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!(take_back(&office, import.id).await.kept_touched, 0, "its own revision goes first");
}

#[both_databases]
async fn an_ended_project_is_brought_to_a_true_close_and_pledges_no_more(office: Office) {
    let id = office.project("Harbour Robotics").await;
    enters(&office, id, entry("pledged", "jobs_rd", "30", "2024-01-01")).await;
    let director = office.director();
    let gone = json!({"status": "withdrawn", "effective_on": "2026-08-01", "reason": "no site"});
    assert_eq!(director.call("POST", &format!("/api/v1/projects/{id}/status"), &[], gone).await.status, 200);
    enters(&office, id, entry("realised", "jobs_rd", "3", "2026-07-01")).await;
    enters(&office, id, entry("withdrawn", "jobs_rd", "10", "2026-08-01")).await;
    enters(&office, id, entry("revised", "jobs_rd", "3", "2026-08-02")).await;
    enters(&office, id, entry("pledged", "jobs_other", "4", "2024-04-02")).await;
    enters(&office, id, entry("pledged", "jobs_other", "4", "2026-08-01")).await;
    let mut cx = office.operator();
    for (kind, amount, key) in [("pledged", "5", "ledger-ended-pledge"), ("revised", "9", "ledger-ended-upwards")] {
        let refused = enter(&mut cx, id, entry(kind, "jobs_rd", amount, "2026-08-03")).await.unwrap_err();
        assert!(refused.to_string().contains(key), "{refused}");
    }
    cx.undo().await.unwrap();
    let reference = reference(&office, id).await;
    let file = format!(
        "project,measure,kind,amount,effective_on\n\
         {reference},jobs_rd,pledged,5,2026-08-03\n{reference},jobs_rd,withdrawn,3,2026-08-03\n\
         {reference},jobs_management,pledged,2,2024-04-02\n"
    );
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!((import.created, import.refused), (2, 1), "what was pledged before the end is entered late");
    assert_eq!(named(&said(&office, import.id).await, 2), [("effective_on", "ledger-ended-pledge")]);
    let form = office.officer(None).get(&format!("/projects/{id}/ledger")).await.body;
    assert!(form.contains("<option value=\"pledged\""), "{form}");

    let smaller = office.project("Peak Batteries").await;
    enters(&office, smaller, entry("pledged", "jobs_rd", "30", "2024-01-01")).await;
    let call = async |path: &str, body: Value| {
        director.call("POST", &format!("/api/v1/projects/{smaller}/{path}"), &[], body).await.status
    };
    assert_eq!(call("passages", json!({"into": "landed", "override_reason": "decided above"})).await, 200);
    assert_eq!(
        call("status", json!({"status": "downsized", "effective_on": "2026-11-01", "reason": "slow"})).await,
        422
    );
    let mut cx = office.operator();
    let today = cx.today().to_string();
    cx.undo().await.unwrap();
    assert_eq!(call("status", json!({"status": "downsized", "effective_on": today, "reason": "slow"})).await, 200);
    enters(&office, smaller, entry("realised", "jobs_rd", "12", &today)).await;
    enters(&office, smaller, entry("revised", "jobs_rd", "40", &today)).await;
    office.clock.set(office.clock.now().plus_seconds(86_400));
    let mut cx = office.operator();
    let after = cx.today().to_string();
    let refused = enter(&mut cx, smaller, entry("pledged", "jobs_rd", "1", &after)).await.unwrap_err();
    assert!(refused.to_string().contains("ledger-ended-pledge"), "{refused}");
    enter(&mut cx, smaller, entry("revised", "jobs_rd", "50", &after)).await.unwrap();
    cx.undo().await.unwrap();
}

async fn shown_by_a_paper(office: &Office, id: Id) -> (Id, Id) {
    let mut cx = office.operator();
    let paper =
        NewEvidence { kind: "first-payroll".into(), dated_on: "2024-05-01".into(), reference: "payroll".into() };
    evidence::add(&mut cx, id, paper).await.unwrap();
    let paper = evidence::of(&mut cx, id).await.unwrap()[0].id;
    let new = NewEntry {
        evidence: String::new(),
        evidence_id: Loose(paper.to_string()),
        ..entry("realised", "jobs_rd", "12", "2024-05-01")
    };
    let entry = enter(&mut cx, id, new).await.unwrap();
    cx.commit().await.unwrap();
    (paper, entry)
}

#[both_databases]
async fn an_entry_says_that_its_paper_was_taken_back(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let (paper, entry) = shown_by_a_paper(&office, id).await;
    let officer = office.officer(None);
    assert!(!officer.get(&format!("/projects/{id}/ledger")).await.body.contains("Taken back"));
    let path = format!("/projects/{id}/evidence/{paper}/withdraw");
    assert_eq!(officer.post(&path, &[("reason", "forged")]).await.status, 303);
    let page = officer.get(&format!("/projects/{id}/ledger")).await.body;
    assert!(page.contains("Taken back: forged"), "{page}");
    let held = officer.call("GET", &format!("/api/v1/ledger/{entry}"), &[], Value::Null).await;
    let held: Value = serde_json::from_str(&held.body).unwrap_or_else(|_| panic!("{}", held.body));
    assert_eq!(held["evidence_withdrawn_reason"], "forged", "{held}");
    assert!(held["evidence_withdrawn_at"].is_string());
}

#[both_databases]
async fn an_unchanged_export_of_the_ledger_is_known_row_by_row(office: Office) {
    let id = office.project("Harbour Robotics").await;
    shown_by_a_paper(&office, id).await;
    let slip = enters(&office, id, entry("pledged", "jobs_rd", "10", "2024-01-01")).await;
    let dollars = NewEntry {
        unit: Loose::from("USD"),
        rate: Loose::from("7.8"),
        rate_source: "HKMA, that day".into(),
        note: "=as they\nsaid".into(),
        ..entry("pledged", "investment", "1000000.50", "2024-01-01")
    };
    enters(&office, id, dollars).await;
    enters(&office, id, entry("pledged", "jobs_other", "8", "2024-01-01")).await;
    enters(&office, id, entry("revised", "jobs_other", "0", "2024-02-01")).await;
    let mut cx = office.operator();
    reverse(&mut cx, slip, "a slip").await.unwrap();
    cx.commit().await.unwrap();
    let gone = json!({"status": "withdrawn", "effective_on": "2026-08-01", "reason": "no site"});
    let path = format!("/api/v1/projects/{id}/status");
    assert_eq!(office.director().call("POST", &path, &[], gone).await.status, 200);
    let kind = office.house.exports.iter().find(|kind| kind.name() == "ledger").copied().unwrap();
    let file = export::to_file(&mut cx, kind, "", export::Format::Csv).await.unwrap();
    let content = std::fs::read_to_string(file.path()).unwrap();
    let count = entries(&mut cx, id).await.unwrap().len() as u64;
    cx.undo().await.unwrap();
    assert!(content.contains(&slip.to_string()), "a reversal says what it takes back: {content}");
    let import = bring_in(&office, "ledger", content.as_bytes()).await;
    let problems = said(&office, import.id).await;
    assert_eq!((import.to_leave as u64, import.created, import.refused), (count, 0, 0), "{problems:?}\n{content}");
    let changed = content.replace("1000000.5", "1000001.5");
    assert_ne!(changed, content);
    let import = bring_in(&office, "ledger", changed.as_bytes()).await;
    assert_eq!(import.refused, 1);
    let told: Vec<_> = said(&office, import.id).await.into_iter().map(|(_, field, key)| (field, key)).collect();
    assert_eq!(told, [("amount".to_owned(), "ledger-entry-otherwise".to_owned())]);
    let reference = reference(&office, id).await;
    let file = format!(
        "project,measure,kind,amount,effective_on,entry,reverses\n\
         {reference},jobs_rd,pledged,10,2024-01-01,,{slip}\n{reference},jobs_rd,pledged,10,2024-01-01,7,\n"
    );
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    let told = said(&office, import.id).await;
    assert!(named(&told, 2).contains(&("reverses", "ledger-reversal-by-file")), "{told:?}");
    assert_eq!(named(&told, 3), [("entry", "ledger-entry-unknown")]);
}
