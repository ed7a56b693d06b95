//! What recognition does not depend on, and what moves it: numbers, websites, scripts, decisions.

use platform::forms::Loose;
use platform::permission::{Role, Tier};
use platform::text::Language;
use platform::{Id, both_databases, jobs};
use serde_json::{Value, json};

use super::resemblance::{found, percent_encoded, said};
use super::{Office, commit, key};
use crate::enterprise::{self, NewEnterprise, NewName};
use crate::identifier::{self, GivenIdentifier};
use crate::resemblance::{self, LONG_PATIENCE, model, review};

impl Office {
    /// What a program is told of a question.
    async fn told(&self, query: &str) -> Vec<Value> {
        let address = format!("/api/v1/enterprises/resembling?{query}");
        let answer = self.officer(None).call("GET", &address, &[], Value::Null).await.json();
        answer["items"].as_array().unwrap().clone()
    }

    async fn of_website(&self, name: &str, website: &str) -> Id {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            website: Loose::from(website),
            tier: Loose::from(Tier::Office.code()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let made = enterprise::register(&mut cx, new).await.unwrap();
        commit(&mut cx).await;
        made.id
    }
}

#[both_databases]
async fn recognition_by_a_name_does_not_depend_on_how_many_numbers_there_are(office: Office) {
    office.with_huawei().await;
    let held = office.called(&["Kestrelworks Limited"], Tier::Office).await;
    let asked = "name=Kestrelworks";
    let before = office.told(asked).await;
    assert_eq!((before.len(), &before[0]["refuses"]), (1, &json!(true)), "{before:?}");
    let numbers: Vec<String> = (0..13).map(|nth| format!("22{nth:02}1{nth:02}")).collect();
    for number in &numbers {
        let given = GivenIdentifier {
            scheme: "registry".into(),
            register: "hk-companies-registry".into(),
            value: number.clone(),
            ..GivenIdentifier::default()
        };
        let mut cx = office.operator();
        identifier::add(&mut cx, held.id, given).await.unwrap();
        commit(&mut cx).await;
    }
    assert_eq!(office.told(asked).await, before);
    let refused = office
        .officer(None)
        .call("POST", "/api/v1/enterprises", &[], json!({"names": [{"name": "Kestrelworks"}]}))
        .await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    // A number that differs by a sign is still found by the number.
    let found = office.told(&format!("registry=other&registry_number={}", numbers[12])).await;
    assert_eq!(found[0]["enterprise"]["id"], held.id.0, "{found:?}");
}

#[both_databases]
async fn a_website_is_a_hit_with_its_reason_and_refuses_nothing_by_itself(office: Office) {
    office.with_huawei().await;
    let held = office.of_website("Kestrelworks Limited", "https://www.kestrelworks.com/en").await;
    for query in ["website=kestrelworks.com", "name=Zwetschgenbaum+Pumps&website=http://kestrelworks.com"] {
        let told = office.told(query).await;
        assert_eq!(told.len(), 1, "{query}: {told:?}");
        assert_eq!(told[0]["enterprise"]["id"], held.0, "{query}: {told:?}");
        assert_eq!((&told[0]["equal"], &told[0]["refuses"]), (&json!("website"), &json!(false)), "{query}: {told:?}");
        let reasons = told[0]["resemblance"]["waterfall"]["reasons"].as_array().unwrap();
        assert!(reasons.iter().any(|reason| reason["field"] == "website" && reason["level"] == "equal"), "{reasons:?}");
        for language in Language::ALL {
            let page = office.officer(None).get_in(language, &format!("/enterprises/resembling?{query}")).await;
            let words = match language {
                Language::English => ["May be the same or of one family", "the same website: kestrelworks.com"],
                Language::Traditional => ["可能相同或屬同一集團", "網址相同：kestrelworks.com"],
                Language::Simplified => ["可能相同或属同一集团", "网址相同：kestrelworks.com"],
            };
            for words in words {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
        }
    }
    // Names that agree refuse as ever, and what many share says nothing.
    let told = office.told("name=Kestrelworks&website=kestrelworks.com").await;
    assert_eq!(told[0]["refuses"], true, "{told:?}");
    office.of_website("Quillwork Optics", "https://www.linkedin.com/company/quillwork").await;
    assert!(office.told("website=https://www.linkedin.com/company/kestrelworks").await.is_empty());
    let body = json!({"names": [{"name": "Zwetschgenbaum Pumps"}], "website": "kestrelworks.com"});
    let registered = office.officer(None).call("POST", "/api/v1/enterprises", &[], body).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
}

#[both_databases]
async fn no_country_is_read_from_the_script_of_a_name(office: Office) {
    office.with_huawei().await;
    let held = office.called(&["Hua Wei Telecom", "ファーウェイ", "화웨이"], Tier::Office).await;
    let told = office.told(&format!("name={}", percent_encoded("화웨이"))).await;
    let one = told.iter().find(|one| one["enterprise"]["id"] == held.id.0).expect("it is found");
    assert!(!one.to_string().contains("\"country\""), "{one}");
    assert_eq!(one["resemblance"]["verdict"], "same", "{one}");
}

impl Office {
    /// Decides of so many pairs: of every second enterprise and its twin that they are the same, of others that they are not.
    async fn decided(&self, same: usize, other: usize) {
        let words = ["Amber", "Birch", "Cobalt", "Dahlia", "Ember", "Fjord", "Garnet", "Hazel", "Indigo", "Juniper"];
        let trades = ["Pumps", "Optics", "Foods", "Shipping", "Robotics"];
        let mut pairs = Vec::new();
        for (nth, word) in words.into_iter().enumerate() {
            let trade = trades[nth % trades.len()];
            let one = self.called(&[&format!("{word}gate {trade} Limited")], Tier::Office).await;
            let twin = self.called(&[&format!("{word}gate {trade} Ltd")], Tier::Office).await;
            pairs.push((one, twin));
        }
        let mut cx = self.operator();
        for (one, twin) in pairs.iter().take(same) {
            review::decide_of(&mut cx, one, twin, &said("same")).await.unwrap();
        }
        let apart =
            pairs.iter().enumerate().flat_map(|(at, one)| pairs[at + 1..].iter().map(move |two| (&one.0, &two.1)));
        for (one, two) in apart.take(other) {
            review::decide_of(&mut cx, one, two, &said("different")).await.unwrap();
        }
        commit(&mut cx).await;
    }
}

#[both_databases]
async fn nothing_is_learnt_from_a_handful_of_decisions(office: Office) {
    office.with_huawei().await;
    office.decided(2, 1).await;
    let lead = office.person(Role::TeamLead, None);
    for language in Language::ALL {
        let page = lead.get_in(language, "/enterprises/review/models").await.body;
        assert!(
            page.contains("30") && !page.contains("<form method=\"post\" action=\"/enterprises/review/models\""),
            "{page}"
        );
    }
    let page = lead.get("/enterprises/review/models").await.body;
    assert!(page.contains("at least 30 decisions") && page.contains("So far there are 3: 2 and 1."), "{page}");
    assert_eq!(lead.post("/enterprises/review/models", &[]).await.status, 409);
    let refused = lead.call("POST", "/api/v1/enterprises/review/models", &[], Value::Null).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("at least 30 decisions"), "{}", refused.body);
    let mut cx = office.operator();
    assert_eq!(key(model::learn(&mut cx).await.unwrap_err()), "review-learn-too-few");
    assert!(model::all(&mut cx).await.unwrap().is_empty());
}

#[both_databases]
async fn one_kind_of_decision_teaches_no_difference(office: Office) {
    office.with_huawei().await;
    office.decided(0, 40).await;
    let mut cx = office.operator();
    assert_eq!(key(model::set_off(&mut cx).await.unwrap_err()), "review-learn-too-few");
}

#[both_databases]
async fn what_was_learnt_is_compared_before_it_is_used_and_can_be_gone_back_from(office: Office) {
    let [huawei, ..] = office.with_huawei().await;
    office.decided(8, 24).await;
    let lead = office.person(Role::TeamLead, None);
    let asked = "name=Amber+Pumps";
    let before = office.told(asked).await;
    assert_eq!(lead.post("/enterprises/review/models", &[]).await.status, 303);
    jobs::run_all(&office.house).await.unwrap();
    let mut cx = lead.cx();
    let models = model::all(&mut cx).await.unwrap();
    assert_eq!(models.len(), 1);
    assert!(!models[0].in_use && models[0].decisions == 32, "learnt, and not used: {models:?}");
    let text = model::text(&mut cx, Some(models[0].id)).await.unwrap();
    assert!(text.contains("same_per_record") && text.contains("[registration]"));
    cx.undo().await.unwrap();
    assert_eq!(office.told(asked).await, before, "nothing moves before somebody takes it");

    // Whoever takes it has seen how it fares.
    let path = format!("/enterprises/review/models/{}/use", models[0].id);
    assert!(lead.get("/enterprises/review/models").await.body.contains(&path));
    for language in Language::ALL {
        let page = lead.get_in(language, &path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("<td class=\"number\"") && !page.body.contains("review-"), "{}", page.body);
    }
    let address = format!("/api/v1/enterprises/review/models/{}/comparison", models[0].id);
    let compared = lead.call("GET", &address, &[], Value::Null).await.json();
    assert_eq!((&compared["decisions"], &compared["learnt_from"]), (&json!(32), &json!(32)), "{compared}");
    assert!(compared["proposed"]["right"].as_i64() >= compared["present"]["right"].as_i64(), "{compared}");
    assert_eq!(office.officer(None).get(&path).await.status, 403);
    assert_eq!(office.officer(None).post(&path, &[]).await.status, 403);
    assert_eq!(lead.post(&path, &[]).await.status, 303);
    assert!(model::all(&mut cx).await.unwrap()[0].in_use);
    cx.undo().await.unwrap();
    // Memory goes by the model in use and still answers.
    let mut reader = office.operator();
    assert!(found(&mut reader, "华为").await.contains(&huawei.id));
    reader.undo().await.unwrap();
    assert_eq!(lead.get("/enterprises/review/models/0/use").await.status, 200);
    assert_eq!(lead.post("/enterprises/review/models/0/use", &[]).await.status, 303);
    assert!(!model::all(&mut cx).await.unwrap()[0].in_use);
    cx.undo().await.unwrap();
    assert_eq!(office.told(asked).await, before);
    assert_eq!(lead.post("/enterprises/review/models/77/use", &[]).await.status, 404);
    assert!(resemblance::ready(&office.house, LONG_PATIENCE).await);
}
