//! Several people writing at the same time: what was answered is kept, and no two undo each other.

use std::collections::BTreeMap;

use futures::future::join_all;
use platform::both_databases;
use platform::testing::{Answer, Person};
use serde_json::{Value, json};

use super::checks::wrong;
use super::people::avery;
use super::{Office, commit};
use crate::enterprise::Enterprise;
use crate::{enterprise, person};

const SEEN: [(&str, &str); 1] = [("if-match", "\"1\"")];

/// Sends all of them at once.
async fn sends(who: &Person<'_>, asked: Vec<(&str, String, Value)>) -> Vec<Answer> {
    join_all(asked.into_iter().map(async |(method, path, body)| who.call(method, &path, &SEEN, body).await)).await
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut all: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    all.sort_unstable();
    all
}

#[both_databases]
async fn every_edit_that_was_answered_stands(office: Office) {
    let held = office.enterprise("Edited Ltd").await;
    let director = office.director();
    let path = format!("/api/v1/enterprises/{}", held.id);
    let edit = |field: &str, value: &str| ("PATCH", path.clone(), json!({ field: value }));
    let answers = sends(
        &director,
        vec![
            edit("website", "a.example"),
            edit("website", "b.example"),
            edit("description", "Makes things"),
            edit("reporting_origin", "france"),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [200, 200, 200, 412], "one of the two websites is refused");
    let kept = if answers[0].status == 200 { "a.example" } else { "b.example" };
    let after = office.get(held.id).await;
    assert_eq!(after.website.as_deref(), Some(kept));
    assert_eq!(after.description.as_deref(), Some("Makes things"));
    assert_eq!(after.reporting_origin.as_deref(), Some("france"));
    let mut cx = office.operator();
    let avery = person::add(&mut cx, held.id, avery()).await.unwrap();
    commit(&mut cx).await;
    let path = format!("/api/v1/people/{}", avery.id);
    let edit = |field: &str, value: &str| ("PATCH", path.clone(), json!({ field: value }));
    let answers = sends(&director, vec![edit("second_name", "艾"), edit("languages", "en, fr")]).await;
    assert_eq!(statuses(&answers), [200, 200]);
    let after = director.get(&path).await.json();
    assert!(after["second_name"] == "艾" && !after["languages"].is_null(), "{after}");
}

#[both_databases]
async fn two_never_end_up_under_each_other(office: Office) {
    let (one, two) = (office.enterprise("Upper Ltd").await, office.enterprise("Lower Ltd").await);
    let under = |child: &Enterprise, parent: &Enterprise| {
        ("PATCH", format!("/api/v1/enterprises/{}", child.id), json!({"parent_id": parent.id}))
    };
    let answers = sends(&office.director(), vec![under(&one, &two), under(&two, &one)]).await;
    assert_eq!(statuses(&answers), [200, 422]);
    assert_eq!(wrong(&office).await, Vec::<String>::new());
}

#[both_databases]
async fn crossed_merges_leave_one_survivor(office: Office) {
    let (one, two) = (office.enterprise("Here Ltd").await, office.enterprise("There Ltd").await);
    let merge = |loser: &Enterprise, into: &Enterprise| {
        let body = json!({"into": into.id, "reason": "the same"});
        ("POST", format!("/api/v1/enterprises/{}/merge", loser.id), body)
    };
    let answers = sends(&office.director(), vec![merge(&one, &two), merge(&two, &one)]).await;
    let refused = statuses(&answers);
    assert!(refused[0] == 200 && [409, 412].contains(&refused[1]), "{refused:?}");
    assert_eq!(wrong(&office).await, Vec::<String>::new());
}

#[both_databases]
async fn those_who_write_to_different_records_never_refuse_each_other(office: Office) {
    let mut held = Vec::new();
    for number in 1..=8 {
        held.push(office.enterprise(&format!("Number {number} Ltd")).await);
    }
    let director = office.director();
    for round in 1..=5_i64 {
        let edit = async |one: &Enterprise| {
            let fields = BTreeMap::from([("website".to_owned(), Some(format!("{round}.example")))]);
            let mut cx = director.cx();
            enterprise::edit(&mut cx, one.id, round, fields).await.unwrap();
            cx.commit().await
        };
        for answer in join_all(held.iter().map(edit)).await {
            answer.unwrap();
        }
        let registered = join_all((0..8).map(async |number| {
            let new = json!({"names": [{"name": format!("New {round} {number}")}], "distinct_from_resembling": true});
            director.call("POST", "/api/v1/enterprises", &[], new).await
        }));
        assert_eq!(statuses(&registered.await), [201; 8]);
    }
    assert_eq!(platform::audit::verify(&mut office.operator()).await.unwrap().1, []);
}
