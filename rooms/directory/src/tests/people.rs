//! People: their posts, ways of contact and consents.

use std::collections::BTreeMap;

use platform::both_databases;
use platform::forms::Loose;
use platform::permission::Tier;
use serde_json::{Value, json};

use super::{Office, commit, key, reader};
use crate::person::consent::{self, GivenConsent};
use crate::person::contact::{self, GivenContact, Reach};
use crate::person::list::{self, Filter};
use crate::person::post::{self, GivenPost};
use crate::person::{self, NewPerson};

pub(super) fn avery() -> NewPerson {
    NewPerson {
        name: "Avery Sample".into(),
        second_name: "沈雅文".into(),
        post: "Head of strategy".into(),
        email: "avery@sample.example".into(),
        wechat: "avery-wx".into(),
        consent_on: "2024-01-15".into(),
        ..NewPerson::default()
    }
}

async fn found(office: &Office, typed: &str) -> Vec<String> {
    let filter = Filter { q: Some(typed.to_owned()), ..Filter::default() };
    let page = list::page(&mut office.operator(), &filter, 50).await.unwrap();
    page.people.into_iter().map(|person| person.name).collect()
}

#[both_databases]
async fn a_person_is_found_by_any_name_in_any_script(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    let made = person::add(&mut cx, held.id, avery()).await.unwrap();
    commit(&mut cx).await;
    for typed in ["aver", "sample", "沈雅", "雅文"] {
        assert_eq!(found(&office, typed).await, ["Avery Sample"], "{typed}");
    }
    let mut cx = office.operator();
    let renamed = BTreeMap::from([("second_name".to_owned(), Some("陳雅文".to_owned()))]);
    person::edit(&mut cx, made.id, made.version, renamed).await.unwrap();
    commit(&mut cx).await;
    assert!(found(&office, "沈雅").await.is_empty());
    assert_eq!(found(&office, "陈雅").await, ["Avery Sample"]);
    let answer = reader(&office).get("/people?q=%E9%99%88").await;
    assert!(answer.body.contains("Avery Sample") && answer.body.contains("Head of strategy"));
    let hits = person::find(&mut reader(&office).cx(), "avery", 5).await.unwrap();
    assert_eq!((hits[0].kind, hits[0].sublabel.as_str()), ("person", "Head of strategy · Lanyue"));
}

#[both_databases]
async fn a_person_is_found_by_words_in_any_order(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    for (name, second) in
        [("Consenta Marielle Leung", "梁美儀"), ("Consenta Ho", ""), ("Marielle Leung", ""), ("กินดี สมชาย", "")]
    {
        let new = NewPerson { name: name.into(), second_name: second.into(), ..NewPerson::default() };
        person::add(&mut cx, held.id, new).await.unwrap();
    }
    commit(&mut cx).await;
    for typed in ["consenta leung", "leung consenta", "Leung, Consenta", "leu marielle con", "梁美 consenta"] {
        assert_eq!(found(&office, typed).await, ["Consenta Marielle Leung"], "{typed}");
        let mut cx = office.operator();
        let hits = person::find(&mut cx, typed, 5).await.unwrap();
        assert_eq!(
            hits.iter().map(|hit| hit.label.as_str()).collect::<Vec<_>>(),
            ["Consenta Marielle Leung"],
            "{typed}"
        );
        let filter = Filter { q: Some(typed.to_owned()), ..Filter::default() };
        assert_eq!(list::total(&mut cx, &filter).await.unwrap(), ui::lists::Total::Exactly(1), "{typed}");
    }
    assert_eq!(found(&office, "leung marielle").await, ["Consenta Marielle Leung", "Marielle Leung"]);
    assert_eq!(found(&office, "สมชาย กินดี").await, ["กินดี สมชาย"]);
    for typed in ["consenta nobody", "eung consenta", "consenta leung ho"] {
        assert!(found(&office, typed).await.is_empty(), "{typed}");
    }
}

#[both_databases]
async fn ways_of_contact_are_told_to_those_permitted_and_while_a_consent_stands(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let officer = office.officer(None);
    let mut cx = officer.cx();
    let made = person::add(&mut cx, held.id, avery()).await.unwrap();
    let consent = consent::of(&mut cx, made.id).await.unwrap().remove(0);
    commit(&mut cx).await;
    let page = format!("/people/{}", made.id);
    let api = format!("/api/v1/people/{}", made.id);
    assert!(officer.get(&page).await.body.contains("avery@sample.example"));
    assert!(officer.call("GET", &api, &[], Value::Null).await.body.contains("avery-wx"));
    for path in [page.as_str(), &api, "/api/v1/people", "/people", &format!("/enterprises/{}/people", held.id)] {
        let answer = reader(&office).get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains("avery@sample") && !answer.body.contains("avery-wx"), "{path}");
    }
    // Not in the audit either, whoever reads it.
    for (kind, id) in [("person", made.id), ("enterprise", held.id)] {
        let told = office.history(kind, id).await;
        assert!(told.contains("person.added") && !told.contains("avery@"), "{told}");
    }
    let export = |actor: &platform::testing::Person<'_>| {
        let mut cx = actor.cx();
        async move {
            let kind = cx.house.export_kind("people").unwrap();
            let rows = kind.page(&mut cx, "", None).await.unwrap().rows;
            cx.undo().await.unwrap();
            format!("{rows:?}")
        }
    };
    assert!(export(&officer).await.contains("avery@sample.example"));
    assert!(!export(&reader(&office)).await.contains("avery@"));

    let mut cx = officer.cx();
    let withdrawn = GivenConsent {
        given_on: "2024-01-15".into(),
        how: "in person".into(),
        purpose: "visits".into(),
        withdrawn_on: "2026-11-24".into(),
        withdrawn_how: "by telephone".into(),
    };
    consent::correct(&mut cx, made.id, consent.id, consent.version, withdrawn).await.unwrap();
    commit(&mut cx).await;
    let mut cx = officer.cx();
    assert_eq!(contact::of(&mut cx, made.id).await.unwrap(), Reach::NoConsent);
    cx.undo().await.unwrap();
    assert!(!officer.get(&page).await.body.contains("avery@"));
    assert!(!export(&officer).await.contains("avery@"));
    let new = GivenContact { kind: "telephone".into(), value: "+852 2810 2000".into() };
    let refused = contact::add(&mut cx, made.id, new.clone()).await.unwrap_err();
    assert_eq!(key(refused), "problem-consent-first");
    let again = GivenConsent {
        given_on: "2026-11-20".into(),
        how: "by letter".into(),
        purpose: "visits".into(),
        ..GivenConsent::default()
    };
    consent::give(&mut cx, made.id, again).await.unwrap();
    contact::add(&mut cx, made.id, new).await.unwrap();
    assert!(matches!(contact::of(&mut cx, made.id).await.unwrap(), Reach::Told(all) if all.len() == 3));
}

#[both_databases]
async fn somebody_alike_is_shown_before_they_are_added_twice(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let officer = office.officer(None);
    let at = format!("/enterprises/{}/people", held.id);
    assert_eq!(officer.post(&at, &[("name", "Avery Sample")]).await.status, 303);
    let answer = officer.post(&at, &[("name", "avery  SAMPLE")]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("distinct"));
    assert_eq!(officer.post(&at, &[("name", "avery SAMPLE"), ("distinct", "yes")]).await.status, 303);
    assert_eq!(found(&office, "avery").await.len(), 2);
    let unconsented = officer.post(&at, &[("name", "Blake"), ("email", "b@sample.example")]).await;
    assert_eq!(unconsented.status, 422);
}

#[both_databases]
async fn a_person_moves_and_their_earlier_posts_stay(office: Office) {
    let (old, new) = (office.enterprise("Old Ltd").await, office.enterprise("New Ltd").await);
    let secret = office.enterprise_of("Secret Ltd", Tier::Named).await;
    let mut cx = office.operator();
    let made = person::add(&mut cx, old.id, avery()).await.unwrap();
    let here = person::move_to(&mut cx, made.id, &Loose::from("Old Ltd"), "", &Loose::default()).await.unwrap_err();
    assert_eq!(key(here), "person-already-there");
    let day = Loose::from("2026-03-01");
    let moved = person::move_to(&mut cx, made.id, &Loose::from("New Ltd"), "Chief executive", &day).await.unwrap();
    assert_eq!(moved.enterprise_id, new.id);
    let posts = post::of(&mut cx, made.id).await.unwrap();
    let seen: Vec<_> = posts
        .iter()
        .map(|post| (post.title.as_str(), post.enterprise_name.as_str(), post.valid_to.map(|day| day.to_string())))
        .collect();
    let ended = Some("2026-02-28".to_owned());
    assert_eq!(seen, [("Chief executive", "New Ltd", None), ("Head of strategy", "Old Ltd", ended)]);
    commit(&mut cx).await;
    for id in [old.id, new.id] {
        assert!(office.history("enterprise", id).await.contains("person.moved"));
    }
    // Into secrecy: those who may not see where, no longer find the person, nor learn of it.
    let mut cx = office.operator();
    person::move_to(&mut cx, made.id, &Loose(secret.id.to_string()), "", &Loose::default()).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(reader(&office).get(&format!("/people/{}", made.id)).await.status, 404);
    assert!(!office.history("enterprise", new.id).await.contains("Secret"));
    assert!(list::page(&mut reader(&office).cx(), &Filter::default(), 9).await.unwrap().people.is_empty());
}

#[both_databases]
async fn posts_are_corrected_with_their_version_and_the_person_is_retired_with_a_way_back(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    let made = person::add(&mut cx, held.id, avery()).await.unwrap();
    let post = post::of(&mut cx, made.id).await.unwrap().remove(0);
    let given = |title: &str| GivenPost { title: title.into(), ..GivenPost::default() };
    post::correct(&mut cx, made.id, post.id, 1, given("Director")).await.unwrap();
    let stale = post::correct(&mut cx, made.id, post.id, 1, given("Chair")).await.unwrap_err();
    assert_eq!(key(stale), "record-changed-meanwhile");
    let unseen = post::correct(&mut cx, made.id, post.id, 9, given("Chair")).await.unwrap_err();
    assert_eq!(key(unseen), "record-changed-meanwhile");
    let backwards = GivenPost { valid_from: "2025-01-02".into(), valid_to: "2025-01-01".into(), ..given("Chair") };
    assert_eq!(
        key(post::correct(&mut cx, made.id, post.id, 2, backwards).await.unwrap_err()),
        "problem-period-backwards"
    );
    assert_eq!(key(person::retire(&mut cx, made.id, " ").await.unwrap_err()), "problem-reason-missing");
    person::retire(&mut cx, made.id, "left").await.unwrap();
    commit(&mut cx).await;
    assert!(found(&office, "avery").await.is_empty());
    let mut cx = office.operator();
    assert_eq!(key(post::hold(&mut cx, made.id, given("Chair")).await.unwrap_err()), "person-retired");
    cx.undo().await.unwrap();
    let trash = reader(&office).get("/people?retired=yes").await;
    assert!(trash.body.contains("Avery Sample") && trash.body.contains("left"));
    let officer = office.officer(None);
    let restored = officer.post(&format!("/people/{}/restore", made.id), &[("reason", "came back")]).await;
    assert_eq!(restored.status, 303);
    assert_eq!(found(&office, "avery").await.len(), 1);
    let page = officer.get(&format!("/people/{}", made.id)).await;
    assert!(page.body.contains("Director") && page.body.contains("came back"));
}

#[both_databases]
async fn the_list_of_people_is_paged_by_key_in_both_directions(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    for number in 0..5 {
        let new = NewPerson { name: format!("Person {number}"), ..NewPerson::default() };
        person::add(&mut cx, held.id, new).await.unwrap();
    }
    let names = |page: &list::ListPage| -> Vec<String> { page.people.iter().map(|one| one.name.clone()).collect() };
    let first = list::page(&mut cx, &Filter::default(), 2).await.unwrap();
    let next = Filter { after: first.next.clone(), ..Filter::default() };
    let second = list::page(&mut cx, &next, 2).await.unwrap();
    assert_eq!(names(&second), ["Person 2", "Person 3"]);
    let back = Filter { before: second.previous.clone(), ..Filter::default() };
    assert_eq!(names(&list::page(&mut cx, &back, 2).await.unwrap()), names(&first));
    commit(&mut cx).await;
    let api = reader(&office).call("GET", "/api/v1/people?limit=2", &[], Value::Null).await.json();
    assert_eq!(api["items"].as_array().unwrap().len(), 2);
    assert!(api["next"].is_string());
}

#[both_databases]
async fn a_person_is_written_by_program_with_tags_and_keys(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let officer = office.officer(None);
    let at = format!("/api/v1/enterprises/{}/people", held.id);
    let new = json!({ "name": "Avery Sample", "contacts": [{ "kind": "whatsapp", "value": "+852 9000 0000" }],
        "consent_on": "2024-01-15" });
    let keyed = [("idempotency-key", "person-0001")];
    let made = officer.call("POST", &at, &keyed, new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(officer.call("POST", &at, &keyed, new).await.body, made.body);
    let one = format!("/api/v1/people/{}", made.json()["id"]);
    let whole = officer.call("GET", &one, &[], Value::Null).await;
    assert_eq!((whole.header("etag"), whole.json()["contacts"][0]["kind"].as_str()), ("\"1\"", Some("whatsapp")));
    let change = json!({ "languages": "en; zh" });
    assert_eq!(officer.call("PATCH", &one, &[], change.clone()).await.status, 422);
    let changed = officer.call("PATCH", &one, &[("if-match", "\"1\"")], change).await;
    assert_eq!(changed.json()["languages"], "en, zh");
    let other = json!({ "languages": "fr" });
    assert_eq!(officer.call("PATCH", &one, &[("if-match", "\"1\"")], other).await.status, 412);
    let post = officer.call("POST", &format!("{one}/posts"), &[], json!({ "title": "Head" })).await;
    assert_eq!(post.status, 201, "{}", post.body);
    let moved = officer.call("POST", &format!("{one}/move"), &[], json!({ "enterprise": "nobody" })).await;
    assert_eq!(moved.status, 422);
    for path in ["/edit", "/move", "/posts/new", "/contacts/new", "/consents/new"] {
        let page = officer.get(&format!("/people/{}{path}", made.json()["id"])).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
}
