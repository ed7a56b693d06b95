//! Stories of projects, on both databases.

use directory::enterprise::{self, NewEnterprise, NewName};
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::permission::Role;
use platform::testing::{On, Story, TestHouse, TestPlan};
use platform::{Cx, Id, audit, both_databases};
use time::macros::date;

use crate::batch::{self, NewBatch};
use crate::gate::{self, Gate};
use crate::milestone::{self, NewMilestone};
use crate::project::{self, NewProject};

mod checks;
mod dated;
mod elsewhere;
mod ended;
mod found;
mod gates;
mod grounds;
mod held;
mod holders;
pub(crate) mod import;
mod names;
mod own_fields;
mod papers;
mod partners;
mod redated;
mod refused;
mod together;
mod told;

pub(crate) struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

#[derive(serde::Deserialize)]
struct Gates {
    gate: Vec<Gate>,
}

fn code(list: &str, code: &str, group: &str, aliases: &str) -> Code {
    Code {
        list: list.into(),
        code: code.into(),
        name_en: code.into(),
        name_zh_hant: code.into(),
        name_zh_hans: code.into(),
        valid_from: date!(2022 - 12 - 23),
        valid_to: None,
        position: 0,
        source: "a test".into(),
        aliases: aliases.into(),
        group_code: group.into(),
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![identity::room(), directory::room(), crate::room()],
            shared_texts: ui::texts().to_vec(),
            ..TestPlan::default()
        };
        let office = Self(TestHouse::open(on, plan).await);
        let mut cx = office.operator();
        let mut lists = vec![
            code("nature", "foothold", "", ""),
            code("nature", "expansion", "", ""),
            code("hq_kind", "regional", "", ""),
            code("activity", "rd-centre", "", ""),
            code("origin", "mainland", "", "mainland"),
            code("origin", "france", "", "france"),
            code("industry", "life-health-technology", "", "life and health technology"),
            code("industry", "ai-data-science", "", "artificial intelligence and data science"),
        ];
        for kind in
            ["business-registration", "lease-start", "first-payroll", "first-licence", "agreement", "press-release"]
        {
            lists.push(code("evidence", kind, "", ""));
        }
        codes::load(&mut cx, lists).await.unwrap();
        let gates: Gates = toml::from_str(include_str!("../../../packs/hong-kong/gates.toml")).unwrap();
        gate::load(&mut cx, gates.gate).await.unwrap();
        cx.commit().await.unwrap();
        office.house.codes.reload(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        office
    }
}

impl Office {
    pub(crate) async fn enterprise(&self, name: &str) -> Id {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(&mut cx, new).await.unwrap().id;
        cx.commit().await.unwrap();
        id
    }

    /// A ceremony, named by its day.
    pub(crate) async fn ceremony(&self, day: &str) {
        let mut cx = self.operator();
        let new = NewBatch {
            kind: "ceremony".into(),
            held_on: day.into(),
            name_en: format!("Ceremony of {day}"),
            name_zh_hant: format!("{day} 儀式"),
            name_zh_hans: format!("{day} 仪式"),
            source: "a test".into(),
            ..NewBatch::default()
        };
        batch::make(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
    }

    pub(crate) async fn project(&self, name: &str) -> Id {
        let enterprise = self.enterprise(name).await;
        let mut cx = self.operator();
        let new = NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose(format!("{name} in Hong Kong")),
            ..NewProject::default()
        };
        let id = project::start(&mut cx, new).await.unwrap().id;
        cx.commit().await.unwrap();
        id
    }
}

async fn stage_of(cx: &mut Cx, id: Id) -> String {
    project::get(cx, id).await.unwrap().stage
}

#[both_databases]
async fn a_gate_names_everything_missing_at_once_and_changes_nothing(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let refused = officer.post(&format!("/projects/{id}/move"), &[("into", "negotiating")]).await;
    assert_eq!(refused.status, 409);
    for missing in
        ["a responsible officer", "first meeting", "foothold or an expansion", "proposal was received", "assessment"]
    {
        assert!(refused.body.contains(missing), "{missing}: {}", refused.body);
    }
    let by_api = officer
        .call("POST", &format!("/api/v1/projects/{id}/passages"), &[], serde_json::json!({"into": "negotiating"}))
        .await;
    assert_eq!(by_api.status, 409);
    assert_eq!(by_api.json()["errors"].as_array().unwrap().len(), 6, "{}", by_api.body);
    let mut cx = office.operator();
    assert_eq!(stage_of(&mut cx, id).await, "identified");
    assert!(gate::passages(&mut cx, id).await.unwrap().is_empty());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn what_a_gate_misses_can_be_filled_in_on_the_spot(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let owner = officer.account().to_string();
    let path = format!("/projects/{id}/mend");
    let half = officer.post(&path, &[("into", "engaged"), ("met_on", "2026-11-01")]).await;
    assert_eq!(half.status, 409, "the officer is still missing: {}", half.body);
    assert!(half.body.contains("value=\"2026-11-01\""), "what was typed comes back: {}", half.body);
    let mut cx = office.operator();
    assert!(milestone::all(&mut cx, id).await.unwrap().is_empty(), "nothing of it is kept");
    cx.undo().await.unwrap();
    let done = officer.post(&path, &[("into", "engaged"), ("owner_id", &owner), ("met_on", "2026-11-01")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let mut cx = office.operator();
    assert_eq!(stage_of(&mut cx, id).await, "engaged");
    let page = officer.get(&format!("/projects/{id}")).await;
    assert!(page.status == 200 && page.body.contains("Engaged"), "{}", page.body);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn going_past_a_gate_needs_permission_and_a_reason_that_stays(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let fields = [("into", "contacted"), ("override_reason", "the Secretary asked")];
    let path = format!("/projects/{id}/move");
    assert_eq!(office.officer(None).post(&path, &fields).await.status, 403);
    assert_eq!(office.director().post(&path, &fields).await.status, 303);
    let page = office.officer(None).get(&format!("/projects/{id}")).await;
    assert!(page.body.contains("the Secretary asked"));
    let mut cx = office.operator();
    assert_eq!(gate::passages(&mut cx, id).await.unwrap()[0].unmet, "owner");
    cx.undo().await.unwrap();
    let noted = [("into", "engaged"), ("note", "they met twice"), ("override_reason", "said so"), ("past", "yes")];
    assert_eq!(office.director().post(&format!("/projects/{id}/mend"), &noted).await.status, 303);
    let page = office.officer(None).get(&format!("/projects/{id}")).await;
    assert!(page.body.contains("they met twice") && page.body.contains("said so"), "{}", page.body);
    let mut cx = office.operator();
    let last = gate::passages(&mut cx, id).await.unwrap().remove(0);
    assert_eq!((last.note.as_deref(), last.override_reason.as_deref()), (Some("they met twice"), Some("said so")));
    cx.undo().await.unwrap();
    let bare = [("into", "negotiating"), ("note", "they met twice"), ("past", "yes")];
    let bare = office.director().post(&format!("/projects/{id}/mend"), &bare).await;
    assert!(bare.status == 409 && bare.body.contains("they met twice"), "{}", bare.body);
    let mut cx = office.operator();
    cx.undo().await.unwrap();
}

#[both_databases]
async fn the_gates_hold_when_a_project_starts_late_too(office: Office) {
    let enterprise = office.enterprise("Harbour Robotics").await;
    let officer = office.officer(None);
    let body = serde_json::json!({"enterprise_id": enterprise, "title": "Late", "stage": "operating"});
    let refused = officer.call("POST", "/api/v1/projects", &[], body).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let list = officer.call("GET", "/api/v1/projects", &[], serde_json::Value::Null).await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 0, "nothing is half-written");
}

#[both_databases]
async fn an_end_needs_a_reason_and_a_day_and_fits_the_stage(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/status");
    let bare = officer.post(&path, &[("status", "withdrawn")]).await;
    assert_eq!(bare.status, 422);
    let wrong = officer.post(&path, &[("status", "exited"), ("effective_on", "2026-11-01"), ("reason", "left")]).await;
    assert_eq!(wrong.status, 409, "what never landed can't exit");
    assert!(wrong.body.contains("id=\"status-why\" name=\"reason\" value=\"left\""), "{}", wrong.body);
    assert!(wrong.body.contains("href=\"#status\""), "the refusal stands at its field: {}", wrong.body);
    let done =
        officer.post(&path, &[("status", "withdrawn"), ("effective_on", "2026-11-01"), ("reason", "no site")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let moved = officer.post(&format!("/projects/{id}/move"), &[("into", "contacted")]).await;
    assert_eq!(moved.status, 409);
}

#[both_databases]
async fn what_signs_was_attracted_and_what_commences_is_proved(office: Office) {
    let id = office.project("Harbour Robotics").await;
    office.ceremony("2024-03-20").await;
    office.ceremony("2024-11-11").await;
    let mut cx = office.operator();
    let record = |kind: &str, day: &str| NewMilestone {
        kind: kind.into(),
        effective_on: day.into(),
        batch: if kind == "signed" { day.into() } else { String::new() },
        ..Default::default()
    };
    assert!(milestone::record(&mut cx, id, record("signed", "2024-03-20")).await.is_err());
    assert!(milestone::record(&mut cx, id, record("commenced", "2024-05-01")).await.is_err());
    milestone::record(&mut cx, id, record("attracted", "2023-10-04")).await.unwrap();
    milestone::record(&mut cx, id, record("signed", "2024-03-20")).await.unwrap();
    assert!(milestone::record(&mut cx, id, record("signed", "2024-11-11")).await.is_err(), "signed once");
    let late = crate::evidence::NewEvidence {
        kind: "lease-start".into(),
        dated_on: "2024-06-01".into(),
        reference: "lease 7".into(),
    };
    crate::evidence::add(&mut cx, id, late).await.unwrap();
    assert!(milestone::record(&mut cx, id, record("commenced", "2024-05-01")).await.is_err(), "the paper is younger");
    milestone::record(&mut cx, id, record("commenced", "2024-06-02")).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let findings = (project::check().run)(&mut cx).await.unwrap();
    assert_eq!(findings.wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_correction_supersedes_and_both_stay_to_be_seen(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let attracted = NewMilestone { kind: "attracted".into(), effective_on: "2023-10-04".into(), ..Default::default() };
    milestone::record(&mut cx, id, attracted).await.unwrap();
    let first = milestone::all(&mut cx, id).await.unwrap()[0].clone();
    let corrected = NewMilestone {
        kind: "attracted".into(),
        effective_on: "2023-12-01".into(),
        corrects: Some(first.id),
        reason: "the release of that day".into(),
        ..Default::default()
    };
    milestone::record(&mut cx, id, corrected).await.unwrap();
    let all = milestone::all(&mut cx, id).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(milestone::day_of(&all, "attracted"), Some(date!(2023 - 12 - 01)));
    assert_eq!(all[0].superseded_reason.as_deref(), Some("the release of that day"));
    cx.commit().await.unwrap();
}

#[both_databases]
async fn what_a_frozen_release_counted_is_corrected_and_not_overwritten(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let edit = |value: &str| std::collections::BTreeMap::from([("nature".to_owned(), Some(value.to_owned()))]);
    project::edit(&mut cx, id, 1, edit("foothold")).await.unwrap();
    platform::frozen::freeze(&mut cx, "project", &[id], "R-2026-0001").await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let refused = project::edit(&mut cx, id, 2, edit("expansion")).await.unwrap_err();
    assert!(refused.to_string().contains("project-frozen"), "{refused}");
    project::correct(&mut cx, id, "nature", Some("expansion".into()), "2026-11-20", "they were here before")
        .await
        .unwrap();
    assert_eq!(project::get(&mut cx, id).await.unwrap().nature.as_deref(), Some("expansion"));
    let history = audit::read::history(&mut cx, "project", id, None, 10).await.unwrap();
    cx.commit().await.unwrap();
    drop(history);
}

#[both_databases]
async fn a_project_hides_with_its_enterprise(office: Office) {
    let id = office.project("Quiet Harbour").await;
    let mut cx = office.operator();
    let enterprise = project::get(&mut cx, id).await.unwrap().enterprise_id;
    let hide = std::collections::BTreeMap::from([("tier".to_owned(), Some("named".to_owned()))]);
    enterprise::edit(&mut cx, enterprise, 1, hide).await.unwrap();
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    assert_eq!(officer.get(&format!("/projects/{id}")).await.status, 404);
    assert!(!officer.get("/projects").await.body.contains("Quiet Harbour"));
    assert!(!officer.get("/projects/board").await.body.contains("Quiet Harbour"));
    let found = officer.call("GET", "/api/v1/projects?q=quiet", &[], serde_json::Value::Null).await;
    assert_eq!(found.json()["items"].as_array().unwrap().len(), 0);
    assert_eq!(office.director().get(&format!("/projects/{id}")).await.status, 200);
}

#[both_databases]
async fn whoever_keeps_a_project_from_others_still_sees_it_and_names_others(office: Office) {
    let id = office.project("Quiet Harbour").await;
    let (one, other) = (office.officer(None), office.officer(None));
    let path = format!("/projects/{id}");
    let version = project::get(&mut office.operator(), id).await.unwrap().version.to_string();
    let kept = one.post(&path, &[("version", &version), ("tier", "named")]).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    assert_eq!(one.get(&path).await.status, 200);
    assert_eq!(other.get(&path).await.status, 404);
    assert_eq!(other.get(&format!("{path}/readers")).await.status, 404);
    let page = one.get(&format!("{path}/readers")).await;
    assert!(page.status == 200 && page.body.contains("Who may see this"), "{}", page.body);
    let nobody = one.post(&format!("{path}/readers"), &[("account_id", "1")]).await;
    assert_eq!(nobody.status, 422, "there is no such account");
    let told = audit::read::history(&mut office.operator(), "project", id, None, 10).await.unwrap();
    assert!(told.iter().any(|entry| entry.verb == "record.reader_named"));
}

#[both_databases]
async fn what_was_counted_is_corrected_by_the_packs_codes(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let form = officer.get(&format!("/projects/{id}/corrections/new?field=nature")).await.body;
    assert!(form.contains("<option value=\"foothold\"") && form.contains("<option value=\"expansion\""), "{form}");
    let path = format!("/projects/{id}/corrections");
    let wrong = [("field", "nature"), ("value", "elsewhere"), ("effective_on", "2026-11-01"), ("reason", "x")];
    let refused = officer.post(&path, &wrong).await;
    assert!(refused.status == 422 && refused.body.contains("href=\"#value\""), "{}", refused.body);
    let right = [("field", "nature"), ("value", "expansion"), ("effective_on", "2026-11-01"), ("reason", "a letter")];
    assert_eq!(officer.post(&path, &right).await.status, 303);
    let many = officer.get(&format!("/projects/{id}/corrections/new?field=activities")).await.body;
    assert!(many.contains("type=\"checkbox\" id=\"value\" name=\"value\""), "{many}");
}

#[both_databases]
async fn a_stale_edit_lives_beside_another_field_and_is_refused_on_the_same(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let path = format!("/api/v1/projects/{id}");
    let first = officer.call("PATCH", &path, &[("if-match", "\"1\"")], serde_json::json!({"title": "First"})).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let beside =
        officer.call("PATCH", &path, &[("if-match", "\"1\"")], serde_json::json!({"nature": "foothold"})).await;
    assert_eq!(beside.status, 200, "{}", beside.body);
    let same = officer.call("PATCH", &path, &[("if-match", "\"1\"")], serde_json::json!({"title": "Second"})).await;
    assert_eq!(same.status, 412);
    assert_eq!(same.json()["versions"]["fields"][0]["theirs"], "First");
    let unseen = officer.call("PATCH", &path, &[("if-match", "\"9\"")], serde_json::json!({"title": "Third"})).await;
    assert_eq!((unseen.status, &unseen.json()["versions"]["version"]), (412, &serde_json::json!(3)));
    let form = officer.post(&format!("/projects/{id}"), &[("version", "9"), ("title", "Third")]).await;
    assert_eq!(form.status, 409, "a form is refused like a program");
    let blind = officer.call("PATCH", &path, &[], serde_json::json!({"title": "Third"})).await;
    assert_eq!(blind.status, 422);
}

#[both_databases]
async fn every_page_is_drawn_in_every_language(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let director = office.director();
    for path in [
        "/projects",
        "/projects/board",
        "/projects/new",
        "/gates",
        "/batches",
        "/batches/new",
        &format!("/projects/{id}"),
        &format!("/projects/{id}/move?into=contacted"),
        &format!("/projects/{id}/ledger"),
        &format!("/projects/{id}/evidence"),
        &format!("/projects/{id}/edit"),
        &format!("/projects/{id}/history"),
    ] {
        for language in platform::text::Language::ALL {
            let page = director.get_in(language, path).await;
            assert_eq!(page.status, 200, "{path} {language:?}: {}", page.body);
        }
    }
}

#[both_databases]
async fn nobody_and_those_who_only_read_change_nothing(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let reader = office.person(Role::ReadOnly, None);
    for listed in office.listed.iter().filter(|listed| !listed.public) {
        let path = listed
            .path
            .replace("{id}", &id.to_string())
            .replace("{milestone}", "1")
            .replace("{person}", "1")
            .replace("{paper}", "1")
            .replace("{clearance}", "1")
            .replace("{entry}", "1");
        if listed.method == "GET" {
            assert!(office.nobody().get(&path).await.location().starts_with("/sign-in"), "{path}");
        } else {
            assert_eq!(office.nobody().post(&path, &[]).await.status, 401, "{path}");
            if path.starts_with("/projects") {
                let answer = reader
                    .post(
                        &path,
                        &[
                            ("into", "contacted"),
                            ("reason", "x"),
                            ("status", "delayed"),
                            ("effective_on", "2026-11-01"),
                            ("field", "nature"),
                        ],
                    )
                    .await;
                assert!([403, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
            }
        }
    }
}
