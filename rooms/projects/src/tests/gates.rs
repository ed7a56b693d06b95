//! Stories of gates: everything missing can be filled in where it is missed.

use platform::{Id, both_databases};

use super::{Office, stage_of};
use crate::{evidence, gate, ledger};

pub(super) async fn at_negotiating(office: &Office) -> Id {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let owner = officer.account().to_string();
    let path = format!("/projects/{id}/mend");
    let done = officer
        .post(
            &path,
            &[
                ("into", "negotiating"),
                ("owner_id", &owner),
                ("met_on", "2026-01-10"),
                ("nature", "foothold"),
                ("activities", "rd-centre"),
                ("proposal_received_on", "2026-02-01"),
                ("assessment", "Strong in technology."),
            ],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.body);
    id
}

#[both_databases]
async fn a_pledge_and_a_paper_are_given_on_the_page_that_refuses(office: Office) {
    let id = at_negotiating(&office).await;
    let officer = office.officer(None);
    let refused = officer.post(&format!("/projects/{id}/move"), &[("into", "landed")]).await;
    assert_eq!(refused.status, 409);
    for field in ["name=\"attracted_on\"", "name=\"amount\"", "name=\"evidence_kind-0\"", "name=\"evidence_kind-1\""] {
        assert!(refused.body.contains(field), "{field}: {}", refused.body);
    }
    let path = format!("/projects/{id}/mend");
    let wrong = officer
        .post(
            &path,
            &[
                ("into", "landed"),
                ("attracted_on", "2026-02-31"),
                ("amount", "HK$ 3 bn"),
                ("measure", "investment"),
                ("pledged_on", "2026-03-01"),
                ("evidence_kind-0", "agreement"),
                ("evidence_reference-0", "Agreement 7"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 409);
    assert!(wrong.body.contains("no such day") && wrong.body.contains("number alone"), "{}", wrong.body);
    assert!(wrong.body.contains("Agreement 7"), "what was typed comes back");
    let mut cx = office.operator();
    assert!(
        evidence::of(&mut cx, id).await.unwrap().is_empty() && ledger::entries(&mut cx, id).await.unwrap().is_empty()
    );
    cx.undo().await.unwrap();
    let right = officer
        .post(
            &path,
            &[
                ("into", "landed"),
                ("back", "/projects/board?own=yes"),
                ("attracted_on", "2026-03-01"),
                ("amount", "3000000000"),
                ("measure", "investment"),
                ("pledged_on", "2026-03-01"),
                ("evidence_kind-0", "agreement"),
                ("dated_on-0", "2026-03-02"),
                ("evidence_reference-0", "Agreement 7"),
                ("evidence_kind-1", "lease-start"),
                ("dated_on-1", "2026-04-01"),
                ("evidence_reference-1", "Lease 8"),
            ],
        )
        .await;
    assert_eq!((right.status, right.location()), (303, "/projects/board?own=yes"), "{}", right.body);
    let mut cx = office.operator();
    assert_eq!(stage_of(&mut cx, id).await, "landed");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn going_back_asks_for_a_note_on_a_form_that_keeps_what_was_chosen(office: Office) {
    let id = at_negotiating(&office).await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/move");
    let asked = officer.post(&path, &[("into", "contacted"), ("back", "/projects/board")]).await;
    assert_eq!(asked.status, 422);
    assert!(
        asked.body.contains("name=\"note\"") && asked.body.contains("value=\"contacted\" selected"),
        "{}",
        asked.body
    );
    let elsewhere =
        officer.post(&path, &[("into", "contacted"), ("note", "they paused"), ("back", "//evil.example")]).await;
    assert_eq!(elsewhere.location(), format!("/projects/{id}"), "nobody is sent elsewhere");
}

#[both_databases]
async fn the_gates_can_be_read_by_anybody_with_their_sources(office: Office) {
    let page = office.person(platform::permission::Role::CommitteeMember, None).get("/gates").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("a responsible officer") && page.body.contains("LCQ6 of 14 June 2023"));
    let api = office.officer(None).call("GET", "/api/v1/gates", &[], serde_json::Value::Null).await;
    assert_eq!(api.json().as_array().unwrap().len(), 7);
}

#[both_databases]
async fn a_gate_set_anew_holds_from_its_day(office: Office) {
    let mut cx = office.operator();
    let new = gate::Gate {
        into: "contacted".into(),
        needs: vec!["owner".into(), "team".into()],
        any_of: Vec::new(),
        valid_from: time::macros::date!(2026 - 07 - 01),
        valid_to: None,
        source: "a later decision".into(),
    };
    gate::load(&mut cx, vec![new]).await.unwrap();
    let gates = gate::all(&mut cx).await.unwrap();
    cx.commit().await.unwrap();
    let asks = |day| gate::holding(&gates, "contacted", day).unwrap().needs.len();
    assert_eq!((asks(time::macros::date!(2026 - 06 - 30)), asks(time::macros::date!(2026 - 07 - 01))), (1, 2));
    assert!(office.officer(None).get("/gates").await.body.contains("a later decision"));
}

#[both_databases]
async fn the_board_counts_sums_and_says_who_went_past_a_gate(office: Office) {
    let id = office.project("Harbour Robotics").await;
    for number in 0..22 {
        office.project(&format!("Works {number}")).await;
    }
    let director = office.director();
    let past = [("into", "contacted"), ("override_reason", "the Secretary asked"), ("back", "/projects/board")];
    assert_eq!(director.post(&format!("/projects/{id}/move"), &past).await.location(), "/projects/board");
    let mut cx = office.operator();
    let pledge = ledger::NewEntry {
        kind: "pledged".into(),
        measure: "investment".into(),
        amount: "3000000000".into(),
        effective_on: "2026-03-01".into(),
        ..Default::default()
    };
    ledger::enter(&mut cx, id, pledge).await.unwrap();
    cx.commit().await.unwrap();
    let board = director.get("/projects/board").await;
    assert!(board.body.contains("HK$3 billion pledged"), "{}", board.body);
    assert!(!board.body.contains("about HK$3 billion"), "{}", board.body);
    let mut cx = office.operator();
    let more = ledger::NewEntry {
        kind: "pledged".into(),
        measure: "investment".into(),
        amount: "2355000000".into(),
        effective_on: "2026-03-02".into(),
        ..Default::default()
    };
    ledger::enter(&mut cx, id, more).await.unwrap();
    cx.commit().await.unwrap();
    let rounded = director.get("/projects/board").await;
    assert!(rounded.body.contains("about HK$5.36 billion pledged"), "{}", rounded.body);
    assert!(board.body.contains("the Secretary asked") && board.body.contains("Past a gate"));
    assert_eq!(board.body.matches("data-card=").count(), 21, "twenty of a column at once");
    let next = board.body.split("href=\"/projects/board?identified=").nth(1).unwrap().split(['#', '"']).next().unwrap();
    let further = director.get(&format!("/projects/board?identified={next}")).await;
    assert_eq!(further.body.matches("data-card=").count(), 3, "two more of it, and the other column");
    let reader = office.person(platform::permission::Role::PartnerOfficer, None).get("/projects/board").await;
    assert!(!reader.body.contains("data-card=") && !reader.body.contains("HK$"), "{}", reader.body);
}
