//! Stories of names: who may be named, and what is seen before.

use platform::permission::Role;
use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::Office;
use super::import::bring_in;
use crate::batch::{self, NewBatch};
use crate::clearance::{self, NewClearance};
use crate::milestone::{self, NewMilestone};
use crate::project;

fn ceremony(code: &str, day: &str) -> NewBatch {
    NewBatch {
        code: code.into(),
        kind: "ceremony".into(),
        held_on: day.into(),
        name_en: format!("Ceremony {code}"),
        name_zh_hant: format!("儀式 {code}"),
        name_zh_hans: format!("仪式 {code}"),
        source: "a test".into(),
        reason: String::new(),
    }
}

/// A target that signed at a ceremony and may not be named yet.
async fn signed(office: &Office, name: &str) -> (Id, Id) {
    let id = office.project(name).await;
    let mut cx = office.operator();
    let known = batch::all(&mut cx, true).await.unwrap().into_iter().find(|batch| batch.code == "third");
    let batch = match known {
        Some(batch) => batch,
        None => batch::make(&mut cx, ceremony("third", "2026-11-11")).await.unwrap(),
    };
    for (kind, day) in [("attracted", "2026-10-01"), ("signed", "2026-11-11")] {
        let new =
            NewMilestone { kind: kind.into(), effective_on: day.into(), batch: "third".into(), ..Default::default() };
        milestone::record(&mut cx, id, new).await.unwrap();
    }
    cx.commit().await.unwrap();
    (id, batch.id)
}

#[both_databases]
async fn nothing_of_a_target_is_seen_outside_its_tier_before_its_name_is_cleared(office: Office) {
    let (id, batch) = signed(&office, "Quiet Harbour").await;
    let file = format!("/api/v1/projects/{id}");
    for role in [Role::PartnerOfficer, Role::CommitteeMember] {
        let reader = office.person(role, None);
        for path in [
            "/projects".to_owned(),
            "/projects/board".to_owned(),
            "/batches".to_owned(),
            "/gates".to_owned(),
            format!("/batches/{batch}"),
            format!("/batches/{batch}/names"),
        ] {
            let page = reader.get(&path).await;
            assert_eq!(page.status, 200, "{role:?} {path}");
            assert!(!page.body.contains("Quiet Harbour"), "{role:?} {path}");
        }
        let counted = reader.get("/batches").await;
        assert!(counted.body.contains("0 attracted, 0 signed"), "{}", counted.body);
        for path in [format!("/projects/{id}"), format!("/projects/{id}/evidence"), format!("/projects/{id}/ledger")] {
            assert_eq!(reader.get(&path).await.status, 404, "{role:?} {path}");
        }
        assert_eq!(reader.call("GET", &file, &[], Value::Null).await.status, 404);
        let members = reader.call("GET", &format!("/api/v1/batches/{batch}/members"), &[], Value::Null).await;
        assert_eq!(members.json()["items"], json!([]));
        let mut cx = reader.cx();
        for kind in ["projects", "partners", "ledger"] {
            let kind = office.house.export_kind(kind).unwrap();
            let page = kind.page(&mut cx, "", None).await.unwrap();
            assert!(page.rows.is_empty(), "{role:?} {}", kind.name());
        }
        cx.undo().await.unwrap();
    }
    let office_reader = office.person(Role::ReadOnly, None);
    assert!(office_reader.get(&format!("/batches/{batch}")).await.body.contains("Quiet Harbour"));
    let names = office_reader.get(&format!("/batches/{batch}/names")).await;
    assert!(!names.body.contains("Quiet Harbour"), "nobody is on the printed list who may not be named");
}

#[both_databases]
async fn a_name_is_cleared_and_its_record_then_opened_and_never_before(office: Office) {
    let (id, batch) = signed(&office, "Quiet Harbour").await;
    let director = office.director();
    let opened = async || {
        let path = format!("/api/v1/projects/{id}");
        let held = director.call("GET", &path, &[], serde_json::Value::Null).await;
        director.call("PATCH", &path, &[("if-match", held.header("etag"))], json!({"tier": "public"})).await
    };
    let before = opened().await;
    assert_eq!(before.status, 422, "{}", before.body);
    assert_eq!(before.json()["errors"][0]["key"], "project-public-needs-clearance");
    let body = json!({"enterprise_id": "x", "title": "Early", "tier": "public"});
    let early = director.call("POST", "/api/v1/projects", &[], body).await;
    assert!(early.body.contains("project-public-needs-clearance"), "{}", early.body);

    let fields =
        [("cleared_on", "2026-11-11"), ("clearance_source", "press release"), ("named_as", "Quiet Harbour Group")];
    assert_eq!(director.post(&format!("/projects/{id}/clearances"), &fields).await.status, 303);
    let names = office.officer(None).get(&format!("/batches/{batch}/names")).await;
    assert!(names.body.contains("Quiet Harbour Group"), "{}", names.body);
    assert_eq!(opened().await.status, 200);
    let mut cx = director.cx();
    let standing = clearance::standing(&mut cx, id).await.unwrap().unwrap();
    let kept = clearance::withdraw(&mut cx, id, standing.id, "2026-11-20", "they asked").await.unwrap_err();
    assert!(kept.to_string().contains("clearance-tier-public"), "{kept}");
    cx.undo().await.unwrap();
    assert_eq!(
        office.person(Role::ReadOnly, None).post(&format!("/projects/{id}/clearances"), &fields).await.status,
        403
    );
}

#[both_databases]
async fn a_withdrawn_clearance_takes_the_name_off_the_lists_and_stays_to_be_seen(office: Office) {
    let (id, batch) = signed(&office, "Quiet Harbour").await;
    let mut cx = office.operator();
    let new = NewClearance { cleared_on: "2026-11-11".into(), source: "their letter".into(), ..Default::default() };
    clearance::clear(&mut cx, id, new).await.unwrap();
    let one = clearance::standing(&mut cx, id).await.unwrap().unwrap();
    clearance::withdraw(&mut cx, id, one.id, "2026-11-20", "they asked").await.unwrap();
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    assert!(!officer.get(&format!("/batches/{batch}/names")).await.body.contains("Quiet Harbour"));
    let page = officer.get(&format!("/projects/{id}")).await;
    assert!(page.body.contains("their letter") && page.body.contains("they asked"), "{}", page.body);
    let mut cx = officer.cx();
    let kind = office.house.export_kind("partners").unwrap();
    assert!(kind.page(&mut cx, "cleared=yes", None).await.unwrap().rows.is_empty());
    assert_eq!(kind.page(&mut cx, "", None).await.unwrap().rows.len(), 1);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_file_makes_a_project_public_only_with_its_clearance(office: Office) {
    office.enterprise("Harbour Robotics").await;
    let file = "enterprise,title,tier,cleared_on,clearance_source\n\
        Harbour Robotics,One,public,,\n\
        Harbour Robotics,Two,public,2026-11-11,press release\n";
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.created, import.refused), (1, 1));
}

#[both_databases]
async fn a_batch_is_set_named_in_three_languages_and_taken_out_of_the_choices(office: Office) {
    let (id, batch) = signed(&office, "Quiet Harbour").await;
    let director = office.director();
    let nameless = director.post("/batches", &[("batch_kind", "ceremony"), ("held_on", "2026-12-01")]).await;
    assert_eq!(nameless.status, 422);
    assert_eq!(nameless.body.matches("Give the name in this language").count(), 6, "in the summary and at each field");
    let path = format!("/api/v1/batches/{batch}");
    let new = json!({"held_on": "2026-11-12", "name_en": "The third", "name_zh_hant": "第三", "name_zh_hans": "第三",
        "source": "corrected", "reason": "the release gave another day"});
    let edited = director.call("PUT", &path, &[("if-match", "\"1\"")], new.clone()).await;
    assert_eq!((edited.status, edited.json()["code"].as_str()), (200, Some("third")), "{}", edited.body);
    assert_eq!(director.call("PUT", &path, &[("if-match", "\"1\"")], new).await.status, 412);
    assert_eq!(office.officer(None).post("/batches", &[]).await.status, 403);
    let mut cx = office.operator();
    let twice = batch::make(&mut cx, ceremony("third", "2026-12-24")).await.unwrap_err();
    assert!(twice.to_string().contains("batch-code-taken"), "{twice}");
    cx.undo().await.unwrap();
    assert_eq!(director.post(&format!("/batches/{batch}/retire"), &[("reason", "a double")]).await.status, 303);
    let mut cx = office.operator();
    let gone = NewMilestone {
        kind: "met".into(),
        effective_on: "2026-10-01".into(),
        batch: "third".into(),
        ..Default::default()
    };
    assert!(milestone::record(&mut cx, id, gone).await.is_err());
    cx.undo().await.unwrap();
    let page = director.get(&format!("/projects/{id}")).await;
    assert!(page.body.contains("The third") && !page.body.contains("<option value=\"third\">"), "{}", page.body);
    for language in platform::text::Language::ALL {
        for path in [format!("/batches/{batch}"), format!("/batches/{batch}/names"), format!("/projects/{id}")] {
            assert_eq!(director.get_in(language, &path).await.status, 200);
        }
    }
}

#[both_databases]
async fn a_record_that_breaks_todays_rules_is_repaired_field_by_field(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    // As an earlier version might have left it.
    let mut sql = platform::sql::Sql::new(
        "UPDATE projects SET nature = 'takeover', activities = 'circus', stage = 'landed' WHERE id = ",
    );
    sql.bind(id);
    sql.execute(&mut cx).await.unwrap();
    cx.commit().await.unwrap();
    let edit =
        |field: &str, value: &str| std::collections::BTreeMap::from([(field.to_owned(), Some(value.to_owned()))]);
    let mut cx = office.operator();
    project::edit(&mut cx, id, 1, edit("description", "what we know")).await.unwrap();
    project::edit(&mut cx, id, 2, edit("nature", "foothold")).await.unwrap();
    assert!(project::edit(&mut cx, id, 3, edit("activities", "circus, rd-centre")).await.is_err());
    cx.undo().await.unwrap();
    assert_eq!(office.officer(None).get(&format!("/projects/{id}")).await.status, 200);
}

#[both_databases]
async fn a_batch_keeps_its_code_and_kind_and_says_why_its_day_moves(office: Office) {
    let director = office.director();
    let mut body = serde_json::json!({"code": "2026-07", "kind": "ceremony", "held_on": "2026-07-01", "name_en": "July",
        "name_zh_hant": "七月", "name_zh_hans": "七月", "source": "a release"});
    let made = director.call("POST", "/api/v1/batches", &[], body.clone()).await.json();
    let path = format!("/api/v1/batches/{}", made["id"]);
    let put =
        async |body: &serde_json::Value| director.call("PUT", &path, &[("if-match", "\"1\"")], body.clone()).await;
    for (field, value) in [("code", "2026-08"), ("kind", "attraction")] {
        let mut other = body.clone();
        other[field] = value.into();
        let refused = put(&other).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &field.into()), "{}", refused.body);
    }
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    for kind in ["attracted", "signed"] {
        let new = NewMilestone {
            kind: kind.into(),
            effective_on: "2026-07-01".into(),
            batch: "2026-07".into(),
            ..Default::default()
        };
        milestone::record(&mut cx, id, new).await.unwrap();
    }
    cx.commit().await.unwrap();
    body["held_on"] = "2026-07-02".into();
    let bare = put(&body).await;
    assert_eq!((bare.status, &bare.json()["errors"][0]["field"]), (422, &"reason".into()), "{}", bare.body);
    body["reason"] = "the release gave the wrong day".into();
    assert_eq!(put(&body).await.status, 200);
    let mut cx = office.operator();
    let batch = platform::Id(made["id"].as_i64().unwrap());
    let told = platform::audit::read::history(&mut cx, "batch", batch, None, 5).await.unwrap();
    assert_eq!(told[0].note.as_deref(), Some("the release gave the wrong day"));
    cx.undo().await.unwrap();
}
