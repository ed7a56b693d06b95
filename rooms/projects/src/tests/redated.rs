//! Stories of days that were entered wrongly: a passage's day is corrected, and what was known before stays known.

use platform::clock::At;
use platform::{Cx, Id, both_databases};
use serde_json::json;
use time::Date;
use time::macros::date;

use super::Office;
use super::gates::at_negotiating;
use crate::figures::cut::Cut;
use crate::figures::{self, AsOf, Dimension, Measure};
use crate::gate::{self, Passage};
use crate::project;

async fn passages(cx: &mut Cx, id: Id) -> Vec<Passage> {
    gate::passages(cx, id).await.unwrap()
}

fn a_minute_later(office: &Office) {
    office.clock.set(At::from_micros(office.clock.now().0 + 60_000_000));
}

/// At which stage the only project is counted on a day, as known at an instant.
async fn counted(cx: &mut Cx, as_at: Date, known_at: At) -> Vec<String> {
    let as_of = AsOf { as_at, known_at };
    let cut = Cut { measure: Measure::Projects, as_of, by: vec![Dimension::Stage], only: Vec::new() };
    figures::cut::tally(cx, &cut).await.unwrap().values(0).to_vec()
}

#[both_databases]
async fn a_stage_entered_too_late_is_given_its_day_and_earlier_knowledge_keeps_the_other(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let into = |stage: &str, on: &str| json!({"into": stage, "effective_on": on, "override_reason": "decided above"});
    let path = format!("/api/v1/projects/{id}/passages");
    assert_eq!(director.call("POST", &path, &[], into("contacted", "2026-10-01")).await.status, 200);
    assert_eq!(director.call("POST", &path, &[], into("engaged", "2026-11-20")).await.status, 200);
    let mut cx = office.operator();
    let before = cx.now();
    let engaged = passages(&mut cx, id).await.remove(0);
    cx.undo().await.unwrap();
    a_minute_later(&office);
    let correct = async |passage: Id, on: &str, reason: &str| {
        let body = json!({"effective_on": on, "reason": reason});
        director.call("POST", &format!("{path}/{passage}/corrections"), &[], body).await
    };
    for (on, why) in [("2026-09-01", "before the stage before"), ("2030-01-01", "to come"), ("2026-11-20", "the same")]
    {
        let refused = correct(engaged.id, on, "the minutes").await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("effective_on")), "{why}");
    }
    assert_eq!(correct(engaged.id, "2026-10-10", "").await.json()["errors"][0]["field"], "reason");
    let done = correct(engaged.id, "2026-10-10", "the minutes of that day").await;
    assert_eq!(done.status, 200, "{}", done.body);
    let mut cx = office.operator();
    let all = passages(&mut cx, id).await;
    let standing: Vec<(&str, Date)> = all
        .iter()
        .filter(|passage| passage.superseded_at.is_none())
        .map(|passage| (passage.into_stage.as_str(), passage.effective_on))
        .collect();
    assert_eq!(standing, [("engaged", date!(2026 - 10 - 10)), ("contacted", date!(2026 - 10 - 01))]);
    let old = all.iter().find(|passage| passage.superseded_at.is_some()).unwrap();
    assert_eq!(old.superseded_reason.as_deref(), Some("the minutes of that day"));
    assert_eq!(all[0].override_reason.as_deref(), Some("decided above"), "what it went past stays with it");
    let now = cx.now();
    assert_eq!(counted(&mut cx, date!(2026 - 10 - 15), now).await, ["engaged"]);
    assert_eq!(counted(&mut cx, date!(2026 - 10 - 15), before).await, ["contacted"]);
    assert_eq!((project::check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
    let page = director.get(&format!("/projects/{id}")).await.body;
    assert!(page.contains("the minutes of that day"), "{page}");
    let next = director.call("POST", &path, &[], into("proposal_received", "2026-10-12")).await;
    assert_eq!(next.status, 200, "the day that was wrong stands in the way of none: {}", next.body);
}

#[both_databases]
async fn a_day_moves_to_and_fro_and_each_day_between_tells_the_right_stage(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    let into = json!({"into": "contacted", "effective_on": "2026-10-01", "override_reason": "decided above"});
    let path = format!("/api/v1/projects/{id}/passages");
    assert_eq!(director.call("POST", &path, &[], into).await.status, 200);
    for (on, days) in [
        ("2026-10-20", ["identified", "identified", "contacted"]),
        ("2026-09-20", ["contacted", "contacted", "contacted"]),
        ("2026-10-10", ["identified", "contacted", "contacted"]),
    ] {
        a_minute_later(&office);
        let mut cx = office.operator();
        let last = passages(&mut cx, id).await.into_iter().find(|one| one.superseded_at.is_none()).unwrap();
        cx.undo().await.unwrap();
        let form = [("effective_on", on), ("reason", "the minutes")];
        let done = director.post(&format!("/projects/{id}/passages/{}/day", last.id), &form).await;
        assert_eq!(done.status, 303, "{on}: {}", done.body);
        let mut cx = office.operator();
        let now = cx.now();
        for (day, stage) in [date!(2026 - 09 - 25), date!(2026 - 10 - 15), date!(2026 - 10 - 25)].into_iter().zip(days)
        {
            let at = counted(&mut cx, day, now).await;
            assert!(at.is_empty() || at == [stage], "{on} {day}: {at:?}");
        }
        cx.undo().await.unwrap();
    }
    let status = json!({"status": "withdrawn", "effective_on": "2026-10-15", "reason": "no site"});
    assert_eq!(director.call("POST", &format!("/api/v1/projects/{id}/status"), &[], status).await.status, 200);
    let mut cx = office.operator();
    let last = passages(&mut cx, id).await.into_iter().find(|one| one.superseded_at.is_none()).unwrap();
    cx.undo().await.unwrap();
    let form = [("effective_on", "2026-10-18"), ("reason", "the minutes of a later day")];
    let refused = director.post(&format!("/projects/{id}/passages/{}/day", last.id), &form).await;
    assert_eq!(refused.status, 422, "it had withdrawn by then: {}", refused.body);
    assert!(refused.body.contains("the minutes of a later day") && refused.body.contains("2026-10-18"));
}

#[both_databases]
async fn a_corrected_day_is_asked_by_the_gate_again(office: Office) {
    let id = at_negotiating(&office).await;
    let mut cx = office.operator();
    let last = passages(&mut cx, id).await.remove(0);
    cx.undo().await.unwrap();
    let path = format!("/api/v1/projects/{id}/passages/{}/corrections", last.id);
    let body = json!({"effective_on": "2026-01-20", "reason": "the minutes"});
    let refused = office.officer(None).call("POST", &path, &[], body).await;
    assert_eq!(refused.status, 409, "the proposal came in February: {}", refused.body);
    assert_eq!(refused.json()["errors"][0]["field"], "proposal-received-on", "{}", refused.body);
    let form = [("effective_on", "2026-01-20"), ("reason", "the minutes of January")];
    let page = office.officer(None).post(&format!("/projects/{id}/passages/{}/day", last.id), &form).await;
    assert!(page.status == 409 && page.body.contains("the minutes of January"), "{}", page.body);
    let body = json!({"effective_on": "2026-02-03", "reason": "the minutes"});
    assert_eq!(office.officer(None).call("POST", &path, &[], body).await.status, 200);
}
