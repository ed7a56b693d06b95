//! Who holds a target: somebody who may edit it, a team that stands.

use identity::account;
use platform::{Error, Id, both_databases};

use super::*;
use crate::target::NewTarget;

fn wrong<T>(done: platform::Result<T>) -> Vec<(String, String)> {
    match done {
        Err(Error::Invalid(problems)) => {
            problems.all().iter().map(|problem| (problem.field.clone(), problem.key.clone())).collect()
        }
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

#[both_databases]
async fn only_those_who_may_edit_a_target_hold_it(office: Office) {
    let enterprise = office.enterprise("Lantern Optics", Tier::Office, None).await;
    let other = office.enterprise("Harbour Robotics", Tier::Office, None).await;
    let id = office.targets(enterprise, Tier::Office, "proposed").await;
    let mut cx = office.operator();
    let auditor = account::NewAccount {
        email: "auditor@office.example".into(),
        name: "Auditor".into(),
        roles: vec![Role::Auditor],
        ..account::NewAccount::default()
    };
    let auditor = account::invite(&mut cx, auditor).await.unwrap().0.id;
    cx.commit().await.unwrap();
    let held = target::get(&mut cx, id).await.unwrap();
    for (field, value, key) in [
        ("owner_id", Id(999), "problem-owner-unknown"),
        ("owner_id", auditor, "problem-owner-role"),
        ("team_id", Id(888), "problem-team-unknown"),
    ] {
        let expected = vec![(field.to_owned(), key.to_owned())];
        let given = |name: &str| Loose(if field == name { value.to_string() } else { String::new() });
        let new = |enterprise: Id| NewTarget {
            enterprise_id: Loose(enterprise.to_string()),
            tier: Loose("office".into()),
            owner_id: given("owner_id"),
            team_id: given("team_id"),
            ..NewTarget::default()
        };
        assert_eq!(wrong(target::propose(&mut cx, new(other), None).await), expected);
        assert_eq!(wrong(target::edit(&mut cx, id, held.version, new(enterprise)).await), expected);
        cx.undo().await.unwrap();
    }
    // Whoever held it and left keeps it on an edit, and is given no project.
    let holder = held.owner_id.unwrap();
    account::end(&mut cx, holder, "left").await.unwrap();
    let kept = NewTarget {
        enterprise_id: Loose(enterprise.to_string()),
        tier: Loose("office".into()),
        owner_id: Loose(holder.to_string()),
        note: Loose("A word".into()),
        ..NewTarget::default()
    };
    assert_eq!(target::edit(&mut cx, id, held.version, kept).await.unwrap().owner_id, Some(holder));
    cx.commit().await.unwrap();
    let director = office.director();
    let form = director.get(&format!("/targets/{id}/edit")).await.body;
    assert!(form.contains(&format!("<option value=\"{holder}\" selected>")), "{form}");
    let refused = director.post(&format!("/targets/{id}/project"), &[("title", "Optics here")]).await;
    assert!(refused.status == 409 && refused.body.contains("Give the target to somebody else"), "{}", refused.body);
}
