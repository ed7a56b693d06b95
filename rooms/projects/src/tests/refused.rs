//! Stories of forms that are refused: what was typed comes back, with what is wrong at its field.

use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::{Office, stage_of};
use crate::ledger;
use crate::project;

/// A project that has been negotiated about since March.
async fn negotiating(office: &Office) -> Id {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let owner = officer.account().to_string();
    let fields = [
        ("into", "negotiating"),
        ("effective_on", "2026-03-01"),
        ("owner_id", &owner),
        ("met_on", "2026-01-10"),
        ("nature", "foothold"),
        ("activities", "rd-centre"),
        ("proposal_received_on", "2026-02-01"),
        ("assessment", "Strong in technology."),
    ];
    let done = officer.post(&format!("/projects/{id}/mend"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    id
}

#[both_databases]
async fn a_gate_that_refuses_again_keeps_nothing_and_forgets_nothing(office: Office) {
    let id = negotiating(&office).await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/mend");
    let fields = |on: &'static str| {
        [
            ("into", "agreed"),
            ("effective_on", on),
            ("attracted_on", "2026-11-19"),
            ("amount", "5000000"),
            ("measure", "investment"),
            ("pledged_on", "2026-11-23"),
            ("paper", "agreement"),
            ("evidence_kind-0", "agreement"),
            ("dated_on-0", "2026-11-20"),
            ("evidence_reference-0", "Agreement 7"),
        ]
    };
    let early = officer.post(&path, &fields("2026-11-20")).await;
    assert_eq!(early.status, 409, "the pledge is of a later day: {}", early.body);
    for kept in ["value=\"5000000\"", "value=\"2026-11-23\"", "Agreement 7", "after the move", "name=\"effective_on\""]
    {
        assert!(early.body.contains(kept), "{kept}: {}", early.body);
    }
    let mut cx = office.operator();
    assert!(ledger::entries(&mut cx, id).await.unwrap().is_empty(), "nothing of it is kept");
    assert_eq!(stage_of(&mut cx, id).await, "negotiating");
    cx.undo().await.unwrap();
    let done = officer.post(&path, &fields("2026-11-23")).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let mut cx = office.operator();
    assert_eq!(ledger::entries(&mut cx, id).await.unwrap().len(), 1, "pledged once");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_gate_shows_what_is_pledged_already(office: Office) {
    let id = negotiating(&office).await;
    let mut cx = office.operator();
    let pledge = ledger::NewEntry {
        kind: "pledged".into(),
        measure: "investment".into(),
        amount: "7000000".into(),
        effective_on: "2026-11-22".into(),
        ..Default::default()
    };
    ledger::enter(&mut cx, id, pledge).await.unwrap();
    cx.commit().await.unwrap();
    let asked = [("into", "agreed"), ("effective_on", "2026-11-20")];
    let refused = office.officer(None).post(&format!("/projects/{id}/move"), &asked).await;
    assert!(refused.status == 409 && refused.body.contains("HK$7,000,000"), "{}", refused.body);
}

#[both_databases]
async fn every_small_form_comes_back_with_what_was_typed(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let lead = office.director();
    let long = "a long reason that nobody types twice";
    let milestone = [("kind", "signed"), ("effective_on", "2026-11-20"), ("reason", long)];
    let clearance = [("cleared_on", "2030-01-01"), ("clearance_source", long)];
    let retirement = [("reason", "")];
    let note = [("note_text", "")];
    let status = [("status", "withdrawn"), ("effective_on", ""), ("reason", long)];
    let forms: [(&str, &[(&str, &str)], u16, &str, &str); 5] = [
        ("status", &status, 422, "#status-on", long),
        ("milestones", &milestone, 422, "#milestone-kind", long),
        ("clearances", &clearance, 422, "#cleared_on", long),
        ("retire", &retirement, 422, "#retire-why", "Harbour Robotics"),
        ("notes", &note, 422, "#note_text", "Harbour Robotics"),
    ];
    for (action, fields, wanted, at, kept) in forms {
        let answer = lead.post(&format!("/projects/{id}/{action}"), fields).await;
        assert_eq!(answer.status, wanted, "{action}: {}", answer.body);
        assert!(answer.body.contains(&format!("href=\"{at}\"")), "{action} {at}: {}", answer.body);
        assert!(answer.body.contains(kept), "{action}: {}", answer.body);
    }
    let page = lead.get(&format!("/projects/{id}")).await.body;
    assert!(page.contains("<option value=\"withdrawn\"") && !page.contains("<option value=\"exited\""), "{page}");
}

#[both_databases]
async fn a_program_is_told_its_own_names_of_fields(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let bodies = [
        (format!("/api/v1/projects/{id}/notes"), json!({"text": ""}), "text"),
        (
            format!("/api/v1/projects/{id}/evidence"),
            json!({"kind": "wish", "dated_on": "2026-01-01", "reference": "x"}),
            "kind",
        ),
        (format!("/api/v1/projects/{id}/clearances"), json!({"cleared_on": "2026-01-01"}), "source"),
        ("/api/v1/batches".to_owned(), json!({"kind": "feast", "held_on": "2026-01-01"}), "kind"),
    ];
    for (path, body, field) in bodies {
        let answer = director.call("POST", &path, &[], body).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{path}: {}", answer.body);
    }
}

#[both_databases]
async fn an_edit_that_a_release_stands_in_the_way_of_keeps_the_rest(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let nature = [("nature".to_owned(), Some("foothold".to_owned()))].into();
    project::edit(&mut cx, id, 1, nature).await.unwrap();
    platform::frozen::freeze(&mut cx, "project", &[id], "R-2026-0001").await.unwrap();
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    let form = officer.get(&format!("/projects/{id}/edit")).await.body;
    assert!(form.contains("R-2026-0001") && !form.contains("name=\"nature\""), "{form}");
    assert!(form.contains(&format!("/projects/{id}/corrections/new?field=nature\"")), "{form}");
    let fields = [("version", "2"), ("title", "Harbour Robotics East"), ("nature", "expansion"), ("tier", "office")];
    let refused = officer.post(&format!("/projects/{id}"), &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("Harbour Robotics East") && refused.body.contains("href=\"#nature\""));
    assert!(refused.body.contains("corrections/new?field=nature&#38;value=expansion"), "{}", refused.body);
    let form = officer.get(&format!("/projects/{id}/corrections/new?field=nature&value=expansion")).await.body;
    assert!(form.contains("value=\"expansion\" selected"), "{form}");
    let rest = [("version", "2"), ("title", "Harbour Robotics East"), ("tier", "office"), ("activities_kept", "yes")];
    assert_eq!(officer.post(&format!("/projects/{id}"), &rest).await.status, 303);
    let by_api = officer
        .call("PATCH", &format!("/api/v1/projects/{id}"), &[("if-match", "\"3\"")], json!({"nature": "expansion"}))
        .await;
    assert_eq!((by_api.status, &by_api.json()["errors"][0]["field"]), (409, &json!("nature")), "{}", by_api.body);
}

#[both_databases]
async fn a_misspelt_filter_is_refused_by_name_and_lists_nothing(office: Office) {
    office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    for (query, field) in [("stage=bogus", "stage"), ("nature=bogus", "nature"), ("status=bogus", "status")] {
        let api = officer.call("GET", &format!("/api/v1/projects?{query}"), &[], Value::Null).await;
        assert_eq!((api.status, &api.json()["errors"][0]["field"]), (422, &json!(field)), "{}", api.body);
        let page = officer.get(&format!("/projects?{query}")).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && !page.body.contains("Harbour Robotics in"));
        assert!(!page.body.contains("-bogus"), "{}", page.body);
    }
    let mut cx = office.operator();
    let kind = &project::export::Projects as &dyn platform::export::ExportKind;
    for query in ["stage=bogus", "sort=bogus", "tier=bogus"] {
        let refused = kind.page(&mut cx, query, None).await.unwrap_err();
        assert!(refused.to_string().contains("problem-asked-other"), "{query}: {refused}");
    }
    assert_eq!(kind.page(&mut cx, "stage=identified&sort=-title", None).await.unwrap().rows.len(), 1);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn dates_that_are_none_are_refused_on_the_ledger_and_entries_say_whether_they_count(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    for day in ["2026-03-01", "2026-09-01"] {
        let pledge = ledger::NewEntry {
            kind: "pledged".into(),
            measure: "investment".into(),
            amount: "7000000".into(),
            effective_on: day.into(),
            ..Default::default()
        };
        ledger::enter(&mut cx, id, pledge).await.unwrap();
    }
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    assert_eq!(officer.get(&format!("/projects/{id}/ledger?as_at=2026-13-45&known_at=zz")).await.status, 422);
    let told = officer.call("GET", &format!("/api/v1/projects/{id}/ledger?as_at=2026-05-01"), &[], Value::Null).await;
    let told = told.json();
    let counted: Vec<bool> =
        told["entries"].as_array().unwrap().iter().map(|entry| entry["counted"].as_bool().unwrap()).collect();
    assert_eq!(counted, [false, true], "latest day first: {told}");
}

#[both_databases]
async fn a_batch_is_never_picked_among_two_of_one_name(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    for code in ["first", "second"] {
        let batch = json!({"code": code, "kind": "ceremony", "held_on": "2026-03-01", "name_en": "Spring",
            "name_zh_hant": "春", "name_zh_hans": "春", "source": "a release"});
        assert_eq!(director.call("POST", "/api/v1/batches", &[], batch).await.status, 201);
    }
    let path = format!("/api/v1/projects/{id}/milestones");
    let attracted = |batch: &str| json!({"kind": "attracted", "effective_on": "2026-03-01", "batch": batch});
    let unsure = director.call("POST", &path, &[], attracted("Spring")).await;
    assert_eq!((unsure.status, &unsure.json()["errors"][0]["field"]), (422, &json!("batch")), "{}", unsure.body);
    assert!(unsure.body.contains("first") && unsure.body.contains("second"), "{}", unsure.body);
    assert_eq!(director.call("POST", &path, &[], attracted("second")).await.status, 201);
}
