//! The target list: sent to, held, moved on, never doubled.

use super::*;

#[both_databases]
async fn fifty_are_sent_with_their_reasons_and_known_ones_are_not_doubled(office: Office) {
    let mut companies: Vec<Company> = (1..=60).map(company).collect();
    companies[59].lei = Some(lei(1));
    companies[58].lei = Some(lei(2));
    let same_name = companies[57].name.clone();
    office.knows(companies);
    let numbered = office.enterprise("Known By Number", Tier::Office, Some(lei(1))).await;
    office.enterprise("Out Of Reach", Tier::Named, Some(lei(2))).await;
    let named = office.enterprise(&same_name, Tier::Office, None).await;
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let send = format!("/targets/screenings/{id}/send");
    let sent = officer.post(&send, &[("first", "50"), ("round", "2026 Q4"), ("tier", "office")]).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert!(sent.body.contains("48 companies are on the target list now."), "{}", sent.body);
    assert!(sent.body.contains(&format!("The same as {same_name}")), "one resembles by name: {}", sent.body);
    assert!(
        sent.body.contains("held by a record that you can’t see") && !sent.body.contains("Out Of Reach"),
        "{}",
        sent.body
    );
    let rank =
        sent.body.split("name=\"ids\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let blank = officer.post(&send, &[("ids", &rank), ("deciding", "yes"), ("tier", "office")]).await;
    assert_eq!(blank.status, 422);
    assert!(blank.body.contains("Choose which it is") && !blank.body.contains("0 companies are"), "{}", blank.body);
    let decided = officer
        .post(&send, &[("ids", &rank), (&format!("decide-{rank}"), &named.to_string()), ("tier", "office")])
        .await;
    assert_eq!(decided.status, 303, "{}", decided.body);
    let list = officer.get(&format!("/targets?enterprise={named}")).await.body;
    assert!(list.contains("1–1 of 1"), "{list}");
    let page = officer.get(&format!("/enterprises/{numbered}/targets")).await.body;
    assert!(page.contains("T-2026-") && page.contains("2026 Q4"), "{page}");
    // Once more: nothing is doubled.
    let again = officer.post(&send, &[("first", "50"), ("tier", "office")]).await;
    assert!(
        again.body.contains("0 companies are on the target list now.") && again.body.contains("On the list already"),
        "{}",
        again.body
    );
    let targets = officer.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await.json();
    assert_eq!(targets["items"].as_array().unwrap().len(), 49);
    let one = targets["items"].as_array().unwrap().iter().find(|one| one["enterprise_id"] == numbered.0).unwrap();
    let whole =
        officer.call("GET", &format!("/api/v1/targets/{}", one["id"]), &[], serde_json::Value::Null).await.json();
    assert_eq!(whole["reasons"]["ranked"]["company"]["lei"], lei(1));
    // What was known then stays, whatever the universe says later.
    office.knows(vec![company(1)]);
    let page = officer.get(&format!("/targets/{}", one["id"])).await.body;
    assert!(page.contains("600 people") && page.contains("A register · 30 Jun 2026"), "{page}");
}

#[both_databases]
async fn a_target_is_reserved_approached_declined_and_says_why(office: Office) {
    let enterprise = office.enterprise("Lantern Optics", Tier::Office, None).await;
    let director = office.director();
    let owner = office.holder().await.account.unwrap().to_string();
    let fields = [("enterprise_id", "Lantern Optics"), ("tier", "office"), ("owner_id", &owner)];
    let made = director.post("/targets", &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let path = made.location().to_owned();
    let again = director.post("/targets", &[("enterprise_id", &enterprise.to_string()), ("tier", "office")]).await;
    assert_eq!(again.location(), path, "there is one already");
    let standing = format!("{path}/standing");
    let wrong = director.post(&standing, &[("standing", "declined"), ("standing_on", "2026-11-24")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Say why"), "{}", wrong.body);
    let long_ago = director.post(&standing, &[("standing", "reserved"), ("standing_on", "2020-01-01")]).await;
    assert_eq!(long_ago.status, 422);
    assert!(long_ago.body.contains("more than a year before it came on the list"), "{}", long_ago.body);
    let future = director.post(&standing, &[("standing", "reserved"), ("standing_on", "2027-01-01")]).await;
    assert_eq!(future.status, 422);
    for (word, day, note) in [
        ("reserved", "2026-11-20", ""),
        ("declined", "2026-11-22", "no plans abroad"),
        ("approached", "2026-11-21", ""),
    ] {
        let fields = [("standing", word), ("standing_on", day), ("standing_note", note)];
        assert_eq!(director.post(&standing, &fields).await.status, 303, "{word}");
    }
    let page = director.get(&path).await.body;
    assert!(page.contains("no plans abroad"), "{page}");
    let id = key(&made);
    let mut cx = director.cx();
    let held = target::get(&mut cx, id).await.unwrap();
    cx.undo().await.unwrap();
    assert_eq!(held.standing, "declined", "the latest day decides, not the latest entry");
    let list = director.get("/targets?standing=declined").await.body;
    assert!(list.contains("Lantern Optics"), "{list}");
    let retired = director.post(&format!("{path}/retire"), &[("reason", "merged into another")]).await;
    assert_eq!(retired.status, 303);
    assert!(!director.get("/targets").await.body.contains("Lantern Optics"));
    assert!(director.get("/targets?retired=yes").await.body.contains("Lantern Optics"));
    assert_eq!(
        director.post(&standing, &[("standing", "approached"), ("standing_on", "2026-11-24")]).await.status,
        409
    );
    assert_eq!(director.post(&format!("{path}/restore"), &[]).await.status, 303);
    assert!(director.get("/targets").await.body.contains("Lantern Optics"));
    for check in [crate::target::check(), crate::screening::check()] {
        let mut cx = office.operator();
        let found = (check.run)(&mut cx).await.unwrap();
        assert!(found.wrong.is_empty(), "{:?}", found.wrong);
    }
}

#[both_databases]
async fn a_project_is_started_from_a_target_once(office: Office) {
    let enterprise = office.enterprise("Lantern Optics", Tier::Office, None).await;
    let id = office.targets(enterprise, Tier::Office, "reserved").await;
    let director = office.director();
    let path = format!("/targets/{id}");
    let empty = director.post(&format!("{path}/project"), &[("title", "")]).await;
    assert_eq!(empty.status, 422);
    let started = director.post(&format!("{path}/project"), &[("title", "Lantern Optics comes here")]).await;
    assert!(started.location().starts_with("/projects/"), "{}", started.body);
    let page = director.get(&path).await.body;
    assert!(page.contains("P-2026-") && page.contains("approached"), "{page}");
    assert_eq!(director.post(&format!("{path}/project"), &[("title", "Again")]).await.status, 409);
}

#[both_databases]
async fn a_target_is_seen_only_within_its_reach_and_its_enterprises(office: Office) {
    let open = office.enterprise("Open Cells", Tier::Office, None).await;
    let hidden = office.enterprise("Secret Cells", Tier::Named, None).await;
    let shown = office.targets(open, Tier::Office, "proposed").await;
    let secret = office.targets(hidden, Tier::Office, "proposed").await;
    let officer = office.officer(None);
    let page = officer.get("/targets").await.body;
    assert!(page.contains("Open Cells") && !page.contains("Secret") && page.contains("1–1 of 1"), "{page}");
    assert_eq!(officer.get(&format!("/targets/{shown}")).await.status, 200);
    assert_eq!(officer.get(&format!("/targets/{secret}")).await.status, 404);
    assert_eq!(officer.post(&format!("/targets/{secret}/standing"), &[("standing", "reserved")]).await.status, 404);
    let api = officer.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await;
    assert!(!api.body.contains("Secret"), "{}", api.body);
    let export = office.exported(&officer, "targets", "").await;
    assert!(export.contains("Open Cells") && !export.contains("Secret"), "{export}");
    assert!(office.director().get("/targets").await.body.contains("Secret Cells"));
    assert_eq!(office.person(Role::PartnerOfficer, None).get("/targets").await.status, 403);
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(reader.get("/targets").await.status, 200);
    assert_eq!(reader.post("/targets", &[("enterprise_id", &open.to_string())]).await.status, 403);
}

#[both_databases]
async fn several_targets_are_moved_on_at_once(office: Office) {
    let mut ids = Vec::new();
    for name in ["Alpha Cells", "Beta Cells", "Gamma Cells"] {
        let enterprise = office.enterprise(name, Tier::Office, None).await;
        ids.push(office.targets(enterprise, Tier::Office, "proposed").await.to_string());
    }
    let officer = office.officer(None);
    let fields = [("ids", ids[0].as_str()), ("ids", ids[1].as_str()), ("set", "standing"), ("standing", "approached")];
    assert_eq!(officer.post("/targets/selected", &fields).await.status, 303);
    let page = officer.get("/targets?standing=approached").await.body;
    assert!(page.contains("Alpha Cells") && page.contains("Beta Cells") && !page.contains("Gamma"), "{page}");
    assert_eq!(officer.post("/targets/selected", &[("set", "standing"), ("standing", "approached")]).await.status, 409);
}

#[both_databases]
async fn what_is_sent_stays_within_the_senders_reach(office: Office) {
    office.knows((1..=9).map(company).collect());
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 9).await;
    let send = format!("/targets/screenings/{id}/send");
    let mut cx = office.operator();
    let name = || "Batteries".to_owned();
    let new = identity::team::NewTeam { code: "b".into(), name_en: name(), name_zh_hant: name(), name_zh_hans: name() };
    identity::team::load(&mut cx, vec![new]).await.unwrap();
    let team = identity::team::by_code(&mut cx, "b").await.unwrap().unwrap();
    cx.commit().await.unwrap();
    let none = officer.post(&send, &[("first", "2"), ("tier", "team"), ("team_id", "77")]).await;
    assert_eq!(none.status, 422, "{}", none.body);
    let others = team.to_string();
    let elsewhere = officer.post(&send, &[("first", "2"), ("tier", "team"), ("team_id", &others)]).await;
    assert_eq!(elsewhere.status, 409, "{}", elsewhere.body);
    assert!(elsewhere.body.contains("You would not see what you send."), "{}", elsewhere.body);
    let public = officer.post(&send, &[("first", "2"), ("tier", "public")]).await;
    assert_eq!(public.status, 409);
    let mut cx = office.operator();
    let none = enterprise::named(&mut cx, "Harbour 009 Batteries").await.unwrap();
    cx.undo().await.unwrap();
    assert!(none.is_empty(), "nothing was registered of what was refused");
    // What is for a team only needs a team, or nobody else would see it.
    let holder = office.holder().await;
    let alone = office.person_of(holder.clone()).post(&send, &[("first", "3")]).await;
    assert_eq!(alone.status, 409, "{}", alone.body);
    assert!(alone.body.contains("Choose the team that may see it"), "{}", alone.body);
    let sent = office.person_of(holder.clone()).post(&send, &[("first", "3"), ("tier", "office")]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    // The sender's own team, where they are in one.
    let ids = [("ids", "4"), ("ids", "5")];
    let sent = office.person_of(Actor { teams: vec![team], ..holder }).post(&send, &ids).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let lead = office.person(Role::TeamLead, Some(team));
    let seen = lead.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await.json();
    let of_team = seen["items"].as_array().unwrap().iter().filter(|one| one["team_id"] == team.0).count();
    assert_eq!(of_team, 2, "{seen}");
}

#[both_databases]
async fn a_companys_number_goes_with_it_and_finds_it_again(office: Office) {
    let mut companies: Vec<Company> = (1..=3).map(company).collect();
    for one in &mut companies {
        one.lei = None;
        one.register = Some("RA999998".to_owned());
        one.registration_number = Some(format!("hk {}", one.id));
    }
    office.knows(companies.clone());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 3).await;
    let send = |id: Id| format!("/targets/screenings/{id}/send");
    let sent = officer.post(&send(id), &[("first", "2"), ("tier", "office")]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let mut cx = office.operator();
    let number = enterprise::NewIdentifier {
        scheme: "registry".into(),
        register: "RA999998".into(),
        value: format!("HK{}", companies[2].id.to_uppercase()),
    };
    let held = enterprise::identified_many(&mut cx, std::slice::from_ref(&number)).await.unwrap();
    cx.undo().await.unwrap();
    assert!(matches!(held.get(&0), Some(Some(_))), "{held:?}");
    // By its number it is known when it is called otherwise.
    companies[2].name = "Quite Another Name".to_owned();
    office.knows(companies);
    let id = office.screens(&officer, set, 1, 3).await;
    let again = officer.post(&send(id), &[("first", "3"), ("tier", "office")]).await;
    assert!(again.body.contains("1 company is on the target list now."), "{}", again.body);
}

#[both_databases]
async fn a_refused_sending_registers_nobody(office: Office) {
    office.knows((1..=5).map(company).collect());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 5).await;
    for (field, text) in [("round", "R".repeat(60)), ("note", "n".repeat(4_001))] {
        let mut sending = serde_json::json!({"ranks": [1, 2, 3], "tier": "office"});
        sending[field] = text.into();
        let refused = officer.call("POST", &format!("/api/v1/screenings/{id}/send"), &[], sending).await;
        assert_eq!((refused.status, refused.json()["errors"][0]["field"].as_str()), (422, Some(field)));
    }
    let held = officer.call("GET", "/api/v1/enterprises", &[], serde_json::Value::Null).await.json();
    assert_eq!(held["items"].as_array().map(Vec::len), Some(0), "{held}");
}

#[both_databases]
async fn an_enterprise_has_one_live_target_however_many_ask_at_once(office: Office) {
    let enterprise = office.enterprise("Sought Ltd", Tier::Office, None).await;
    let director = office.director();
    let new = serde_json::json!({"enterprise_id": enterprise, "tier": "named", "note": "first"});
    let asked = (0..4).map(|_| director.call("POST", "/api/v1/targets", &[], new.clone()));
    let mut answers = futures::future::join_all(asked).await;
    answers.sort_by_key(|answer| answer.status);
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [201, 409, 409, 409], "{}", answers[3].body);
    let reference = answers[0].json()["reference"].as_str().unwrap().to_owned();
    assert!(answers[3].body.contains(&reference), "it names the one that is there: {}", answers[3].body);
    // To a file or to a program: either way it left the house, and that is a look.
    let mut readers = Vec::new();
    for exported in [true, false] {
        let auditor = office.person(Role::Auditor, None);
        if exported {
            let mut cx = auditor.cx();
            let kind = office.house.export_kind("targets").unwrap();
            platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
            cx.commit().await.unwrap();
        } else {
            assert_eq!(auditor.get("/api/v1/targets").await.status, 200);
        }
        readers.push(auditor.actor.name.clone());
    }
    let mut cx = director.cx();
    let wanted = platform::audit::read::Search {
        verb: Some(platform::audit::read::LOOKED.to_owned()),
        subject_kind: Some("target".to_owned()),
        ..Default::default()
    };
    let told = platform::audit::read::search(&mut cx, &wanted, 50).await.unwrap();
    cx.undo().await.unwrap();
    for reader in readers {
        assert!(told.iter().any(|entry| entry.actor_name == reader), "{reader}: {told:?}");
    }
}

#[both_databases]
async fn a_refused_form_of_a_target_comes_back_with_what_was_typed(office: Office) {
    office.knows((1..=60).map(company).collect());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let send = format!("/targets/screenings/{id}/send");
    let wrong = officer.post(&send, &[("first", "many"), ("tier", "office"), ("note", "a long note")]).await;
    assert_eq!(wrong.status, 409, "{}", wrong.body);
    assert!(wrong.body.contains("a long note") && wrong.body.contains("href=\"#first\""), "{}", wrong.body);
    let none = officer.post(&send, &[("tier", "office"), ("note", "a long note")]).await;
    assert!(none.status == 409 && none.body.contains("a long note"), "{}", none.body);
    assert_eq!(officer.post(&send, &[("first", "1"), ("tier", "office")]).await.status, 303);
    let targets = officer.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await.json();
    let path = format!("/targets/{}", targets["items"][0]["id"]);
    let early = [("standing", "declined"), ("standing_on", "2030-01-01"), ("standing_note", "a long reason")];
    let early = officer.post(&format!("{path}/standing"), &early).await;
    assert!(early.status == 422 && early.body.contains("a long reason"), "{}", early.body);
    let bare = officer.post(&format!("{path}/retire"), &[("reason", "")]).await;
    assert!(bare.status == 422 && bare.body.contains("href=\"#reason\""), "{}", bare.body);
    let stale = [("version", "99"), ("round", "2026 Q4"), ("tier", "office"), ("note", "a long remark")];
    let stale = officer.post(&path, &stale).await;
    assert!(stale.status == 409 && stale.body.contains("a long remark"), "{} {}", stale.status, stale.body);
    let misspelt = officer.get("/targets?standing=bogus").await;
    assert_eq!(misspelt.status, 422, "{}", misspelt.body);
    assert!(misspelt.body.contains("href=\"#standing\"") && !misspelt.body.contains("standing-bogus"));
    let api = officer.call("GET", "/api/v1/targets?standing=bogus", &[], serde_json::Value::Null).await;
    assert_eq!((api.status, &api.json()["errors"][0]["field"]), (422, &serde_json::json!("standing")));
}

#[both_databases]
async fn a_retired_screening_sends_nothing(office: Office) {
    office.knows((1..=60).map(company).collect());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let path = format!("/targets/screenings/{id}");
    assert!(officer.get(&path).await.body.contains("id=\"selection\""));
    assert_eq!(office.director().post(&format!("{path}/retire"), &[("reason", "outdated")]).await.status, 303);
    assert!(!officer.get(&path).await.body.contains("id=\"selection\""));
    let page = officer.post(&format!("{path}/send"), &[("first", "1"), ("tier", "office")]).await;
    assert!(page.status == 409 && !page.body.contains("name=\"first\""), "{} {}", page.status, page.body);
    let given = serde_json::json!({"ranks": [1], "tier": "office"});
    let sent = officer.call("POST", &format!("/api/v1/screenings/{id}/send"), &[], given).await;
    assert!(sent.status == 409 && sent.body.contains("This screening is retired."), "{}", sent.body);
    let targets = officer.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await.json();
    assert_eq!(targets["items"].as_array().map(Vec::len), Some(0));
}

#[both_databases]
async fn one_who_declined_is_not_sent_along_with_others(office: Office) {
    let mut companies: Vec<Company> = (1..=60).map(company).collect();
    companies[59].lei = Some(lei(1));
    office.knows(companies);
    let enterprise = office.enterprise("Known By Number", Tier::Office, Some(lei(1))).await;
    office.targets(enterprise, Tier::Office, "declined").await;
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let path = format!("/api/v1/screenings/{id}");
    let listed = officer.call("GET", &format!("{path}/companies?courted=only"), &[], serde_json::Value::Null).await;
    let rank = listed.json()["items"][0]["rank"].as_i64().unwrap();
    let other = if rank == 1 { 2 } else { 1 };
    let given = serde_json::json!({"ranks": [rank, other], "tier": "office", "round": "2027 Q1"});
    let sent = officer.call("POST", &format!("{path}/send"), &[], given).await.json();
    assert_eq!((&sent["sent"], &sent["refused"][0][0]), (&serde_json::json!(1), &serde_json::json!(rank)), "{sent}");
    assert!(sent["refused"][0][1][0].as_str().unwrap().contains("It has declined (T-2026-"), "{sent}");
    // Whoever means it puts it there by itself.
    let alone = officer.post("/targets", &[("enterprise_id", &enterprise.to_string()), ("tier", "office")]).await;
    assert_eq!(alone.status, 303, "{}", alone.body);
}

#[both_databases]
async fn ranks_that_nothing_has_are_named_and_nothing_is_sent(office: Office) {
    office.knows((1..=60).map(company).collect());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let send = async |ranks: &[i64]| {
        let given = serde_json::json!({"ranks": ranks, "tier": "office"});
        officer.call("POST", &format!("/api/v1/screenings/{id}/send"), &[], given).await
    };
    let refused = send(&[1, 1, 9_999, -1]).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &serde_json::json!("ranks")));
    assert!(refused.body.contains("9999, -1"), "{}", refused.body);
    let targets = officer.call("GET", "/api/v1/targets", &[], serde_json::Value::Null).await.json();
    assert_eq!(targets["items"].as_array().map(Vec::len), Some(0));
    let sent = send(&[1, 1]).await;
    assert_eq!(sent.json()["sent"], 1, "a rank told twice is sent once: {}", sent.body);
}
