//! Stories of what a passage rests on: kept as it was, and told when it no longer bears the stage out.

use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::Office;
use super::gates::at_negotiating;

#[both_databases]
async fn a_passage_keeps_what_it_rested_on_and_the_record_says_when_that_is_gone(office: Office) {
    let id = at_negotiating(&office).await;
    let officer = office.officer(None);
    let path = format!("/projects/{id}/mend");
    let landed = [
        ("into", "operating"),
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
    ];
    assert_eq!(officer.post(&path, &landed).await.status, 303);
    let api = format!("/api/v1/projects/{id}");
    let held = async || officer.call("GET", &api, &[], Value::Null).await.json();
    let before = held().await;
    assert_eq!((&before["stage"], &before["no_longer_borne_out"]), (&json!("operating"), &json!([])));
    let grounds = before["passages"][0]["rested_on"].as_array().unwrap().clone();
    let of = |needed: &str| grounds.iter().find(|ground| ground["needed"] == needed).unwrap().clone();
    assert_eq!(of("agreement")["words"], "Agreement 7");
    assert_eq!(
        (&of("attraction")["held_on"], &of("pledge")["amount"]),
        (&json!("2026-03-01"), &json!(3_000_000_000_i64))
    );
    assert_eq!(of("business-registration|lease-start")["what"], "lease-start");
    let listed = async |of: &str| officer.get(&format!("/projects?{of}")).await.body.contains("in Hong Kong");
    assert!(!listed("borne_out=no").await && listed("").await);

    let paper = |words: &str| {
        let papers = before["evidence"].as_array().unwrap();
        papers.iter().find(|paper| paper["reference"] == words).unwrap()["id"].as_i64().unwrap()
    };
    for (words, reason) in [("Agreement 7", "forged"), ("Lease 8", "never begun")] {
        let back = officer
            .call("POST", &format!("{api}/evidence/{}/withdraw", paper(words)), &[], json!({"reason": reason}))
            .await;
        assert_eq!(back.status, 200, "false evidence can go: {}", back.body);
    }
    let attracted = before["milestones"].as_array().unwrap().iter().find(|one| one["kind"] == "attracted").unwrap();
    let back = format!("{api}/milestones/{}/withdraw", attracted["id"]);
    assert_eq!(officer.call("POST", &back, &[], json!({"reason": "not decided"})).await.status, 200);
    let after = held().await;
    let lapsed: Vec<(&str, &str)> = after["no_longer_borne_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["stage"].as_str().unwrap(), one["needed"].as_str().unwrap()))
        .collect();
    let operation = "business-registration|lease-start|first-payroll|first-licence";
    assert_eq!(
        lapsed,
        [
            ("agreed", "attraction"),
            ("agreed", "agreement"),
            ("landed", "business-registration|lease-start"),
            ("operating", operation)
        ]
    );
    assert!(after["no_longer_borne_out"][0]["since"].is_string(), "{after}");
    let kept = after["passages"][0]["rested_on"].as_array().unwrap();
    assert!(kept.iter().any(|ground| ground["words"] == "Agreement 7" && ground["taken_back_at"].is_string()));
    for language in platform::text::Language::ALL {
        assert_eq!(officer.get_in(language, &format!("/projects/{id}")).await.status, 200);
    }
    let page = officer.get(&format!("/projects/{id}")).await.body;
    assert!(page.contains("No longer borne out") && page.contains("Agreement 7"), "{page}");
    assert!(listed("borne_out=no").await);

    let lease = json!({"kind": "lease-start", "dated_on": "2026-03-30", "reference": "Lease 9"});
    assert_eq!(officer.call("POST", &format!("{api}/evidence"), &[], lease).await.status, 201);
    let mended = held().await["no_longer_borne_out"].as_array().unwrap().len();
    assert_eq!(mended, 2, "what takes its place by that day bears it out");
    let note = json!({"into": "negotiating", "note": "the agreement was forged"});
    assert_eq!(officer.call("POST", &format!("{api}/passages"), &[], note).await.status, 200);
    assert_eq!(held().await["no_longer_borne_out"], json!([]), "a gate it no longer stands on asks nothing");
}

#[both_databases]
async fn a_pledge_that_a_passage_rested_on_is_told_as_it_now_stands(office: Office) {
    let id = at_negotiating(&office).await;
    let officer = office.officer(None);
    let agreed = [
        ("into", "agreed"),
        ("attracted_on", "2026-03-01"),
        ("amount", "650000000"),
        ("measure", "investment"),
        ("pledged_on", "2026-03-01"),
        ("evidence_kind-0", "agreement"),
        ("dated_on-0", "2026-03-02"),
        ("evidence_reference-0", "Agreement 7"),
    ];
    assert_eq!(officer.post(&format!("/projects/{id}/mend"), &agreed).await.status, 303);
    let pledge = async || {
        let held = officer.call("GET", &format!("/api/v1/projects/{id}"), &[], Value::Null).await.json();
        let grounds = held["passages"][0]["rested_on"].as_array().unwrap().clone();
        grounds.into_iter().find(|ground| ground["kind"] == "pledge").unwrap()
    };
    let page = async || officer.get(&format!("/projects/{id}")).await.body;
    assert_eq!((&pledge().await["stands"], &pledge().await["taken_back_at"]), (&Value::Null, &Value::Null));
    office.clock.set(office.clock.now().plus_seconds(3_600));
    let revised =
        json!({"measure": "investment", "kind": "revised", "amount": 520_000_000, "effective_on": "2026-10-09"});
    let revised = officer.call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], revised).await;
    assert_eq!(revised.status, 201, "{}", revised.body);
    let now = pledge().await;
    assert_eq!((&now["amount"], &now["stands"]), (&json!(650_000_000), &json!(520_000_000)), "{now}");
    assert_eq!((&now["stands_since"], &now["taken_back_at"]), (&json!("2026-10-09"), &Value::Null), "{now}");
    let told = page().await;
    assert!(told.contains("HK$650,000,000 · now HK$520,000,000 since 9 Oct 2026"), "{told}");
    assert!(!told.contains("taken back"), "{told}");
    for language in platform::text::Language::ALL {
        assert_eq!(officer.get_in(language, &format!("/projects/{id}")).await.status, 200);
    }
    let gone =
        json!({"measure": "investment", "kind": "withdrawn", "amount": 520_000_000, "effective_on": "2026-10-10"});
    let gone = officer.call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], gone).await;
    assert_eq!(gone.status, 201, "{}", gone.body);
    let now = pledge().await;
    assert!(now["stands"].is_null() && now["taken_back_at"].is_string(), "{now}");
    assert!(page().await.contains("HK$650,000,000 · taken back"));
    let of = |answer: &platform::testing::Answer| Id(answer.json()["id"].as_i64().unwrap());
    let mut cx = office.operator();
    crate::ledger::reverse(&mut cx, of(&gone), "a slip").await.unwrap();
    crate::ledger::reverse(&mut cx, of(&revised), "a slip").await.unwrap();
    cx.commit().await.unwrap();
    assert!(pledge().await["stands"].is_null() && pledge().await["taken_back_at"].is_null());
}
