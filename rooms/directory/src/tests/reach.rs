//! What a tier keeps from people, and who is named on a record all the same.

use std::collections::BTreeMap;

use identity::account::{self, NewAccount};
use platform::audit::{Change, Told};
use platform::both_databases;
use platform::forms::Loose;
use platform::permission::{Actor, Role, Tier};
use serde_json::json;

use super::{Office, commit, key};
use crate::enterprise::merge::{self, GivenMerge};
use crate::enterprise::{self, reader};
use crate::person::{self, NewPerson};

/// An officer with an account of their own.
async fn officer(office: &Office, email: &str) -> Actor {
    somebody(office, email, Role::Officer).await
}

/// Somebody of the office with an account of their own.
pub(super) async fn somebody(office: &Office, email: &str, role: Role) -> Actor {
    let mut cx = office.operator();
    let new =
        NewAccount { email: email.to_owned(), name: email.to_owned(), roles: vec![role], ..NewAccount::default() };
    let (made, _) = account::invite(&mut cx, new).await.unwrap();
    commit(&mut cx).await;
    Actor { account: Some(made.id), name: email.to_owned(), roles: vec![role], ..Actor::operator("") }
}

#[both_databases]
async fn a_history_names_only_what_its_reader_may_see(office: Office) {
    let secret = office.enterprise_of("Secretcorp", Tier::Named).await;
    let open = office.enterprise("Openhouse").await;
    let mut cx = office.operator();
    merge::merge(&mut cx, secret.id, open.id, &GivenMerge::because("the same")).await.unwrap();
    merge::unmerge(&mut cx, secret.id).await.unwrap();
    // A record that anybody could see when it was written of, and not any more.
    let later = NewPerson { name: "Avery Sample".into(), ..NewPerson::default() };
    let avery = person::add(&mut cx, open.id, later).await.unwrap();
    person::move_to(&mut cx, avery.id, &Loose::from(secret.reference.as_str()), "Head", &Loose::default())
        .await
        .unwrap();
    person::move_to(&mut cx, avery.id, &Loose::from(open.reference.as_str()), "Head", &Loose::default()).await.unwrap();
    commit(&mut cx).await;
    let officer = office.person(Role::Officer, None);
    for path in [
        format!("/enterprises/{}", open.id),
        format!("/enterprises/{}/history", open.id),
        format!("/people/{}", avery.id),
    ] {
        let page = officer.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("Secretcorp"), "{path}: {}", page.body);
    }
    let page = office.director().get(&format!("/enterprises/{}/history", open.id)).await;
    assert!(page.body.contains("Secretcorp"), "who may see it is told its name");
}

#[both_databases]
async fn while_a_record_is_merged_its_history_is_read_with_the_survivors(office: Office) {
    let (gone, stays) = (office.enterprise("Gone Ltd").await, office.enterprise("Stays Ltd").await);
    let mut cx = office.operator();
    let fields = BTreeMap::from([("website".to_owned(), Some("gone.example".to_owned()))]);
    enterprise::edit(&mut cx, gone.id, gone.version, fields).await.unwrap();
    merge::merge(&mut cx, gone.id, stays.id, &GivenMerge::because("the same")).await.unwrap();
    commit(&mut cx).await;
    let page = office.director().get(&format!("/enterprises/{}/history", gone.id)).await;
    assert!(page.body.contains("gone.example") && page.body.contains("of Gone Ltd"), "{}", page.body);
}

#[both_databases]
async fn a_parent_out_of_reach_is_neither_told_nor_taken_away(office: Office) {
    let parent = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let child = office.enterprise("Child Ltd").await;
    office.set_parent(child.id, Some(parent.id)).await.unwrap();
    let officer = office.person(Role::Officer, None);
    let path = format!("/api/v1/enterprises/{}", child.id);
    assert!(officer.get(&path).await.json()["parent_id"].is_null());
    assert!(officer.get("/api/v1/enterprises").await.json()["items"][0]["parent_id"].is_null());
    assert_eq!(office.director().get(&path).await.json()["parent_id"], parent.id.0);
    let version = office.get(child.id).await.version.to_string();
    let form = [("version", version.as_str()), ("parent_id", "")];
    let saved = officer.post(&format!("/enterprises/{}/group/parent", child.id), &form).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(office.get(child.id).await.parent_id, Some(parent.id), "an empty field says nothing of it");
}

#[both_databases]
async fn people_are_named_on_a_record_and_taken_off_it(office: Office) {
    let (ada, ben) = (officer(&office, "ada@office.example").await, officer(&office, "ben@office.example").await);
    let held = office.enterprise_of("Project Mockingbird", Tier::Named).await;
    let path = format!("/enterprises/{}", held.id);
    let id = ada.account.unwrap();
    let (first, second) = (office.person_of(ada), office.person_of(ben));
    assert_eq!(first.get(&path).await.status, 404);
    let director = office.director();
    let named = director.post(&format!("{path}/readers"), &[("account_id", &id.to_string())]).await;
    assert_eq!(named.status, 303, "{}", named.body);
    assert_eq!(first.get(&path).await.status, 200);
    assert_eq!(second.get(&path).await.status, 404);
    let page = first.get(&format!("{path}/readers")).await;
    assert!(page.body.contains("ada@office.example") && page.body.contains("Named since"), "{}", page.body);
    let nobody = director.post(&format!("{path}/readers"), &[("account_id", "999")]).await;
    assert_eq!(nobody.status, 422);
    let mut cx = office.operator();
    assert_eq!(key(reader::name(&mut cx, held.id, platform::Id(999)).await.unwrap_err()), "problem-reader-unknown");
    assert_eq!(reader::of(&mut cx, held.id).await.unwrap().len(), 1);
    cx.undo().await.unwrap();
    let off = director.post(&format!("{path}/readers/{id}/remove"), &[]).await;
    assert_eq!(off.status, 303);
    assert_eq!(first.get(&path).await.status, 404);
    let told = office.history("enterprise", held.id).await;
    assert!(told.contains("record.reader_named") && told.contains("record.reader_unnamed"), "{told}");
}

#[both_databases]
async fn whoever_keeps_a_record_from_others_still_sees_it(office: Office) {
    let ada = officer(&office, "ada@office.example").await;
    let officer = office.person_of(ada);
    let made = officer.post("/enterprises", &[("name_en", "Quiet Ltd"), ("tier", "named"), ("kind", "group")]).await;
    assert_eq!(made.status, 303, "{}", made.body);
    assert_eq!(officer.get(made.location()).await.status, 200);
    let open = office.enterprise("Loud Ltd").await;
    let form = [("version", "1"), ("tier", "named")];
    assert_eq!(officer.post(&format!("/enterprises/{}", open.id), &form).await.status, 303);
    assert_eq!(officer.get(&format!("/enterprises/{}", open.id)).await.status, 200);
    assert_eq!(office.person(Role::Officer, None).get(&format!("/enterprises/{}", open.id)).await.status, 404);
}

#[both_databases]
async fn a_parent_out_of_reach_is_told_by_no_refusal(office: Office) {
    let hidden = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let elsewhere = office.enterprise_of("Hidden Elsewhere", Tier::Named).await;
    let (child, other) = (office.enterprise("Child Ltd").await, office.enterprise("Open Holding").await);
    office.set_parent(child.id, Some(hidden.id)).await.unwrap();
    let officer = office.person(Role::Officer, None);
    let path = format!("/api/v1/enterprises/{}", child.id);
    let stale = [("if-match", "\"1\"")];
    let refused = officer.call("PATCH", &path, &stale, json!({"parent_id": other.id})).await;
    assert_eq!(refused.status, 412, "{}", refused.body);
    assert!(refused.json()["versions"]["fields"][0]["theirs"].is_null(), "{}", refused.body);
    let other_id = other.id.to_string();
    let form = [("version", "1"), ("parent_id", other_id.as_str())];
    let page = officer.post(&format!("/enterprises/{}/group/parent", child.id), &form).await;
    let hidden_id = hidden.id.to_string();
    assert!(page.status == 409 && !page.body.contains(&hidden_id), "{}", page.body);
    let now = [("if-match", "\"2\"")];
    let unknown = platform::Id(4_096);
    for guessed in [hidden.id, elsewhere.id, unknown] {
        let refused = officer.call("PATCH", &path, &now, json!({"parent_id": guessed})).await;
        let told = refused.body.replace(&guessed.to_string(), "ID");
        assert!(refused.status == 422 && told.contains("problem-enterprise-unknown"), "{guessed}: {}", refused.body);
    }
    let kept = office.director().call("PATCH", &path, &now, json!({"parent_id": hidden.id})).await;
    assert_eq!(kept.status, 200, "who sees it may leave it as it is: {}", kept.body);
}

#[both_databases]
async fn a_hidden_parent_is_named_to_those_who_see_it(office: Office) {
    let hidden = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let child = office.enterprise("Child Ltd").await;
    office.set_parent(child.id, Some(hidden.id)).await.unwrap();
    let mut cx = office.operator();
    // As entries were once written: without the name, for good.
    let nameless = Told::record("enterprise", hidden.id, "–");
    cx.record(Change::new("enterprise.edited", "enterprise", child.id).version(3).field(
        "parent_id",
        nameless,
        Told::Nothing,
    ));
    commit(&mut cx).await;
    let path = format!("/enterprises/{}/history", child.id);
    for role in [Role::Director, Role::Auditor] {
        let page = office.person(role, None).get(&path).await.body;
        assert_eq!(page.matches("Hidden Holding").count(), 2, "{page}");
    }
    let page = office.person(Role::Officer, None).get(&path).await;
    assert!(page.status == 200 && !page.body.contains("Hidden Holding"), "{}", page.body);
}

#[both_databases]
async fn what_is_hidden_follows_a_merge_without_being_counted_aloud(office: Office) {
    let above = office.enterprise("Above Ltd").await;
    let (open, hidden) =
        (office.enterprise("Open Child").await, office.enterprise_of("Hidden Child", Tier::Named).await);
    for child in [&open, &hidden] {
        office.set_parent(child.id, Some(above.id)).await.unwrap();
    }
    let path = format!("/api/v1/enterprises/{}/following", above.id);
    let director = office.director();
    let children = async |answer: platform::testing::Answer| {
        let all = answer.json();
        let one = all.as_array().unwrap().iter().find(|one| one["key"] == "merge-children").unwrap().clone();
        one["count"].as_i64().unwrap()
    };
    assert_eq!(children(office.person(Role::TeamLead, None).get(&path).await).await, 1);
    assert_eq!(children(director.get(&path).await).await, 2);
}

#[both_databases]
async fn a_list_that_gives_whole_records_out_is_a_look_at_each(office: Office) {
    let hidden = office.enterprise_of("Hidden Works", Tier::Named).await;
    office.enterprise("Open Works").await;
    let director = office.director();
    assert_eq!(director.get("/api/v1/enterprises").await.status, 200);
    let looks = director.get(&format!("/enterprises/{}/looks", hidden.id)).await.body;
    assert!(looks.contains(&director.actor.name), "{looks}");
    let refused = director.get("/api/v1/enterprises?limit=5000").await;
    assert!(refused.status == 422 && refused.body.contains("problem-asked-limit"), "{}", refused.body);
}

#[both_databases]
async fn a_stale_form_says_both_in_the_words_of_the_history(office: Office) {
    let held = office.enterprise("Edited Ltd").await;
    let ada = officer(&office, "ada@office.example").await.account.unwrap().to_string();
    let ben = officer(&office, "ben@office.example").await.account.unwrap().to_string();
    let director = office.director();
    let path = format!("/enterprises/{}", held.id);
    let form = |owner: &str, tier: &str| {
        [("version", "1"), ("owner_id", owner), ("tier", tier)].map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |form: [(String, String); 3]| {
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        director.post(&path, &pairs).await
    };
    assert_eq!(send(form(&ada, "team")).await.status, 303);
    let refused = send(form(&ben, "named")).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    for told in
        ["<td>ben@office.example</td><td>ada@office.example</td>", "<td>Named people only</td><td>Team only</td>"]
    {
        assert!(refused.body.contains(told), "{told}: {}", refused.body);
    }
}
