//! Stories of days: what is dated back passes no gate, contradicts nothing, and signs nothing before
//! it was attracted.

use platform::{Id, both_databases};
use serde_json::json;
use time::macros::date;

use super::import::{bring_in, named, said};
use super::{Office, stage_of};
use crate::evidence::{self, NewEvidence};
use crate::figures::{self, AsOf, Measure};
use crate::milestone::{self, NewMilestone};
use crate::project;

async fn reference(office: &Office, id: Id) -> String {
    let mut cx = office.operator();
    let reference = project::get(&mut cx, id).await.unwrap().reference;
    cx.undo().await.unwrap();
    reference
}

#[both_databases]
async fn a_day_before_the_first_gates_passes_none_of_them(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let body = json!({"into": "operating", "effective_on": "2022-12-01"});
    let refused = office.officer(None).call("POST", &format!("/api/v1/projects/{id}/passages"), &[], body).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.json()["errors"].as_array().unwrap().len() > 8, "{}", refused.body);
    let reference = reference(&office, id).await;
    let file = format!("reference,stage,stage_on\n{reference},operating,2022-12-01\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.changed, import.refused), (0, 1));
    let mut cx = office.operator();
    assert_eq!(stage_of(&mut cx, id).await, "identified");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_move_or_a_status_before_what_has_held_since_is_refused_by_the_day(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let call = async |path: &str, body: serde_json::Value| {
        director.call("POST", &format!("/api/v1/projects/{id}/{path}"), &[], body).await
    };
    let into = |stage: &str, on: &str| json!({"into": stage, "effective_on": on, "override_reason": "decided above"});
    assert_eq!(call("passages", into("contacted", "2026-11-20")).await.status, 200);
    let early = call("passages", into("engaged", "2026-07-02")).await;
    assert_eq!(early.status, 422, "{}", early.body);
    assert_eq!(early.json()["errors"][0]["field"], "effective_on");
    assert!(early.body.contains("2026-11-20") && early.body.contains("Contacted"), "{}", early.body);
    let page = [("into", "engaged"), ("effective_on", "2026-07-02"), ("override_reason", "decided above")];
    let page = director.post(&format!("/projects/{id}/move"), &page).await;
    assert!(page.status == 422 && page.body.contains("2026-11-20"), "{}", page.body);
    let fares = |status: &str, on: &str| json!({"status": status, "effective_on": on, "reason": "told so"});
    assert_eq!(call("status", fares("withdrawn", "2026-11-19")).await.status, 422, "it moved after that");
    assert_eq!(call("status", fares("delayed", "2026-08-02")).await.status, 200, "late, then moved");
    let early = call("status", fares("active", "2026-08-01")).await;
    assert_eq!((early.status, &early.json()["errors"][0]["field"]), (422, &json!("effective_on")));
    assert!(early.body.contains("2026-08-02") && early.body.contains("Delayed"), "{}", early.body);
    let reference = reference(&office, id).await;
    let file = format!(
        "reference,stage,stage_on,status,status_on,note\n\
         {reference},identified,2026-07-02,,,back again\n\
         {reference},,,active,2026-08-01,back again\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    assert_eq!(named(&said, 2), [("stage_on", "problem-day-before-stage")]);
    assert_eq!(named(&said, 3), [("status_on", "problem-day-before-status")]);
    let on_the_day = call("passages", into("engaged", "2026-11-20")).await;
    assert_eq!(on_the_day.status, 200, "the same day is no day before: {}", on_the_day.body);
}

#[both_databases]
async fn no_stage_stands_beside_a_status_that_it_contradicts_on_any_day(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let call = async |path: &str, body: serde_json::Value| {
        director.call("POST", &format!("/api/v1/projects/{id}/{path}"), &[], body).await
    };
    let fares = |status: &str, on: &str| json!({"status": status, "effective_on": on, "reason": "told so"});
    assert_eq!(call("status", fares("withdrawn", "2026-08-01")).await.status, 200);
    assert_eq!(call("status", fares("active", "2026-09-01")).await.status, 200);
    let into = |on: &str| json!({"into": "landed", "effective_on": on, "override_reason": "decided above"});
    let refused = call("passages", into("2026-08-15")).await;
    assert_eq!(refused.status, 422, "it had withdrawn then: {}", refused.body);
    assert!(refused.body.contains("2026-09-01"), "{}", refused.body);
    assert_eq!(call("passages", into("2026-09-01")).await.status, 200);
    office.enterprise("Peak Batteries").await;
    let owner_past = "enterprise,title,stage,stage_on,status,status_on,note\n\
        Peak Batteries,Peak plant,identified,,exited,2026-05-01,left\n";
    let import = bring_in(&office, "projects", owner_past.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("status", "project-stage-status")]);
}

#[both_databases]
async fn nothing_signs_or_commences_before_it_was_attracted(office: Office) {
    let id = office.project("Harbour Robotics").await;
    for day in ["2024-12-15", "2026-06-30", "2026-07-01"] {
        office.ceremony(day).await;
    }
    let mut cx = office.operator();
    let new = |kind: &str, day: &str| NewMilestone {
        kind: kind.into(),
        effective_on: day.into(),
        batch: if kind == "signed" { day.into() } else { String::new() },
        ..Default::default()
    };
    let paper = NewEvidence { kind: "lease-start".into(), dated_on: "1990-01-01".into(), reference: "lease 7".into() };
    evidence::add(&mut cx, id, paper).await.unwrap();
    let alone = milestone::record(&mut cx, id, new("commenced", "1990-01-01")).await.unwrap_err();
    assert!(alone.to_string().contains("problem-commenced-before-attracted"), "{alone}");
    milestone::record(&mut cx, id, new("attracted", "2026-07-01")).await.unwrap();
    for (kind, day) in [("signed", "2024-12-15"), ("commenced", "2026-06-30")] {
        let early = milestone::record(&mut cx, id, new(kind, day)).await.unwrap_err();
        assert!(early.to_string().contains("problem-day-before-attraction"), "{kind}: {early}");
    }
    milestone::record(&mut cx, id, new("signed", "2026-07-01")).await.unwrap();
    milestone::record(&mut cx, id, new("commenced", "2026-08-01")).await.unwrap();
    let all = milestone::all(&mut cx, id).await.unwrap();
    let of = |kind: &str| all.iter().find(|one| one.kind == kind).unwrap().id;
    let correct = |kind: &str, day: &str| NewMilestone {
        corrects: Some(of(kind)),
        reason: "the release of that day".into(),
        ..new(kind, day)
    };
    for (kind, day, key) in [
        ("attracted", "2026-07-02", "problem-day-after-signing"),
        ("attracted", "2026-08-02", "problem-day-after-commencement"),
        ("signed", "2026-06-30", "problem-day-before-attraction"),
    ] {
        let refused = milestone::record(&mut cx, id, correct(kind, day)).await.unwrap_err();
        assert!(refused.to_string().contains(key), "{kind} {day}: {refused}");
    }
    assert!(milestone::withdraw(&mut cx, id, of("signed"), "a slip").await.is_ok());
    let rests = milestone::withdraw(&mut cx, id, of("attracted"), "a slip").await.unwrap_err();
    assert!(rests.to_string().contains("milestone-commenced-stands"), "{rests}");
    milestone::record(&mut cx, id, correct("attracted", "2026-06-01")).await.unwrap();
    assert_eq!((project::check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    let as_of = AsOf { as_at: date!(2025 - 01 - 01), known_at: cx.now() };
    for measure in [Measure::EnterprisesAttracted, Measure::PartnersSigned, Measure::CommencedOperation] {
        assert_eq!(figures::total(&mut cx, as_of, measure).await.unwrap().value, 0);
    }
    cx.commit().await.unwrap();
    let reference = reference(&office, id).await;
    office.ceremony("2026-05-31").await;
    let file = format!("reference,signed_on,ceremony\n{reference},2026-05-31,2026-05-31\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("signed_on", "problem-day-before-attraction")]);
}
