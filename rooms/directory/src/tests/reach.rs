//! What a tier keeps from people, and who is named on a record all the same.

use std::collections::BTreeMap;

use identity::account::{self, NewAccount};
use platform::both_databases;
use platform::forms::Loose;
use platform::permission::{Actor, Role, Tier};

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
