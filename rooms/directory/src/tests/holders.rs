//! Who answers for an enterprise: somebody who may edit it, a team that stands.

use std::collections::BTreeMap;

use identity::account::{self, NewAccount};
use identity::team::{self, Filled};
use platform::permission::Role;
use platform::sql::Sql;
use platform::{Cx, Error, Id, both_databases};

use super::{Office, commit, team_filled};
use crate::enterprise::{self, NewEnterprise, NewName, list};

/// Somebody of the office with this role, by key.
async fn hired(cx: &mut Cx, role: Role) -> Id {
    let new = NewAccount {
        email: format!("{}@office.example", cx.new_id()),
        name: role.code().to_owned(),
        roles: vec![role],
        ..NewAccount::default()
    };
    account::invite(cx, new).await.unwrap().0.id
}

async fn team(cx: &mut Cx, code: &str, ended_on: &str) -> Id {
    let filled = team_filled(code);
    let made = team::make(cx, filled.clone()).await.unwrap();
    if !ended_on.is_empty() {
        team::change(cx, made.id, made.version, Filled { ended_on: ended_on.into(), ..filled }).await.unwrap();
    }
    made.id
}

fn held_by(name: &str, owner: Id, team: Id) -> NewEnterprise {
    NewEnterprise {
        names: vec![NewName { name: name.into(), ..NewName::default() }],
        owner_id: owner.to_string().into(),
        team_id: team.to_string().into(),
        distinct_from_resembling: true,
        ..NewEnterprise::default()
    }
}

/// What is wrong, by field.
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
async fn only_those_who_may_edit_an_enterprise_answer_for_it(office: Office) {
    let mut cx = office.operator();
    let (officer, other) = (hired(&mut cx, Role::Officer).await, hired(&mut cx, Role::TeamLead).await);
    let (standing, ended) = (team(&mut cx, "space", "").await, team(&mut cx, "gone", "2026-11-01").await);
    let gone = hired(&mut cx, Role::Officer).await;
    account::end(&mut cx, gone, "left").await.unwrap();
    let mut cases = vec![(Id(999), "problem-owner-unknown"), (gone, "problem-owner-ended")];
    for role in [Role::Auditor, Role::ReadOnly, Role::CommitteeMember, Role::Administrator] {
        cases.push((hired(&mut cx, role).await, "problem-owner-role"));
    }
    let made = enterprise::register(&mut cx, held_by("Harbour Robotics", officer, standing)).await.unwrap();
    commit(&mut cx).await;
    let edit = |field: &str, value: Id| BTreeMap::from([(field.to_owned(), Some(value.to_string()))]);
    for (owner, key) in cases {
        let expected = vec![("owner_id".to_owned(), key.to_owned())];
        assert_eq!(wrong(enterprise::register(&mut cx, held_by("Other", owner, standing)).await), expected);
        assert_eq!(wrong(enterprise::edit(&mut cx, made.id, made.version, edit("owner_id", owner)).await), expected);
        let (changed, refused) = list::set(&mut cx, &[made.id], "owner_id", &owner.to_string()).await.unwrap();
        assert_eq!((changed, refused[0].reasons[0].key.as_str()), (0, key));
        cx.undo().await.unwrap();
    }
    for unfit in [Id(888), ended] {
        let expected = vec![("team_id".to_owned(), "problem-team-unknown".to_owned())];
        assert_eq!(wrong(enterprise::register(&mut cx, held_by("Other", officer, unfit)).await), expected);
        assert_eq!(wrong(enterprise::edit(&mut cx, made.id, made.version, edit("team_id", unfit)).await), expected);
        cx.undo().await.unwrap();
    }
    let lead = office.director();
    let json = serde_json::json!({"names": [{"name": "Other"}], "owner_id": "999", "team_id": 888});
    let refused = lead.call("POST", "/api/v1/enterprises", &[], json).await;
    assert!(refused.status == 422 && refused.body.contains("There is no account “999”"), "{}", refused.body);
    assert!(refused.body.contains("There is no such team today"), "{}", refused.body);
    // The forms offer none of them.
    let form = lead.get("/enterprises/new").await.body;
    let owners = form.split("name=\"owner_id\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(owners.contains(&format!("\"{officer}\"")) && owners.contains(&format!("\"{other}\"")), "{owners}");
    assert_eq!(owners.matches("<option").count(), 3, "{owners}");
}

#[both_databases]
async fn who_held_an_enterprise_before_leaving_keeps_it_until_it_is_given_on(office: Office) {
    let mut cx = office.operator();
    let officer = hired(&mut cx, Role::Officer).await;
    let team = team(&mut cx, "space", "").await;
    let made = enterprise::register(&mut cx, held_by("Harbour Robotics", officer, team)).await.unwrap();
    account::end(&mut cx, officer, "left").await.unwrap();
    commit(&mut cx).await;
    let director = office.director();
    let form = director.get(&format!("/enterprises/{}/edit", made.id)).await.body;
    assert!(form.contains(&format!("<option value=\"{officer}\" selected>officer</option>")), "{form}");
    let edited = BTreeMap::from([
        ("owner_id".to_owned(), Some(officer.to_string())),
        ("website".to_owned(), Some("harbour.example".to_owned())),
    ]);
    let after = enterprise::edit(&mut cx, made.id, made.version, edited).await.unwrap();
    assert_eq!((after.owner_id, after.website.as_deref()), (Some(officer), Some("harbour.example")));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_batch_asks_once_for_all_its_holders_and_the_check_names_strangers(office: Office) {
    let mut cx = office.operator();
    let officer = hired(&mut cx, Role::Officer).await;
    let team = team(&mut cx, "space", "").await;
    commit(&mut cx).await;
    let many = |owner: Id| (0..200).map(|n| held_by(&format!("Maker {n}"), owner, team)).collect::<Vec<_>>();
    let checked =
        |cx: &Cx, news: Vec<NewEnterprise>| news.into_iter().map(|new| new.checked(cx).unwrap()).collect::<Vec<_>>();
    let one = checked(&cx, many(officer)[..1].to_vec());
    let before = office.statements();
    enterprise::register_many(&mut cx, one).await.unwrap();
    let few = office.statements() - before;
    let all = checked(&cx, many(officer));
    let before = office.statements();
    let ids = enterprise::register_many(&mut cx, all).await.unwrap();
    assert!(office.statements() - before < few + 60, "{few} for one, {} for 200", office.statements() - before);
    let unfit = checked(&cx, many(Id(999)));
    assert_eq!(wrong(enterprise::register_many(&mut cx, unfit).await)[0].1, "problem-owner-unknown");
    let check = enterprise::check();
    assert_eq!((check.run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    let mut sql = Sql::new("UPDATE enterprises SET owner_id = 999, team_id = 888 WHERE id = ");
    sql.bind(ids[0]);
    sql.execute(&mut cx).await.unwrap();
    let found = (check.run)(&mut cx).await.unwrap().wrong.join("; ");
    assert!(found.contains("has an owner that is no account") && found.contains("has a team that is none"), "{found}");
    cx.undo().await.unwrap();
}
