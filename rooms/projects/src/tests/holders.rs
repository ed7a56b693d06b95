//! Who answers for a project: somebody who may edit it, a team that stands.

use std::collections::BTreeMap;

use identity::account::{self, NewAccount};
use platform::forms::Loose;
use platform::permission::Role;
use platform::sql::Sql;
use platform::{Cx, Error, Id, both_databases};

use super::Office;
use super::import::bring_in;
use crate::project::{self, NewProject};

/// Somebody of the office with this role, by key.
pub(super) async fn hired(cx: &mut Cx, role: Role) -> Id {
    let new = NewAccount {
        email: format!("{}@office.example", cx.new_id()),
        name: role.code().to_owned(),
        roles: vec![role],
        ..NewAccount::default()
    };
    account::invite(cx, new).await.unwrap().0.id
}

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
async fn only_those_who_may_edit_a_project_answer_for_it(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let (auditor, gone) = (hired(&mut cx, Role::Auditor).await, hired(&mut cx, Role::Officer).await);
    account::end(&mut cx, gone, "left").await.unwrap();
    cx.commit().await.unwrap();
    let held = project::get(&mut cx, id).await.unwrap();
    for (field, value, key) in [
        ("owner_id", Id(999), "problem-owner-unknown"),
        ("owner_id", gone, "problem-owner-ended"),
        ("owner_id", auditor, "problem-owner-role"),
        ("team_id", Id(888), "problem-team-unknown"),
    ] {
        let expected = vec![(field.to_owned(), key.to_owned())];
        let given = |name: &str| Loose(if field == name { value.to_string() } else { String::new() });
        let new = NewProject {
            enterprise_id: Loose(held.enterprise_id.to_string()),
            title: Loose("Another".into()),
            owner_id: given("owner_id"),
            team_id: given("team_id"),
            ..NewProject::default()
        };
        assert_eq!(wrong(project::start(&mut cx, new).await), expected);
        let edit = BTreeMap::from([(field.to_owned(), Some(value.to_string()))]);
        assert_eq!(wrong(project::edit(&mut cx, id, held.version, edit).await), expected);
        cx.undo().await.unwrap();
    }
    // The gate that asks for somebody is not passed with nobody.
    let officer = office.officer(None);
    let mended = officer.post(&format!("/projects/{id}/mend"), &[("into", "engaged"), ("owner_id", "999")]).await;
    assert!(mended.status == 409 && mended.body.contains("There is no account “999”"), "{}", mended.body);
    let mut sql = Sql::new("UPDATE projects SET owner_id = 999 WHERE id = ");
    sql.bind(id);
    sql.execute(&mut cx).await.unwrap();
    let found = (project::check().run)(&mut cx).await.unwrap().wrong.join("; ");
    assert!(found.contains("has an owner that is no account"), "{found}");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_file_gives_projects_only_to_those_who_may_hold_them(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let officer = hired(&mut cx, Role::Officer).await;
    hired(&mut cx, Role::Auditor).await;
    let held = project::get(&mut cx, id).await.unwrap();
    let reference = held.reference.clone();
    let edit = BTreeMap::from([("owner_id".to_owned(), Some(officer.to_string()))]);
    project::edit(&mut cx, id, held.version, edit).await.unwrap();
    account::end(&mut cx, officer, "left").await.unwrap();
    cx.commit().await.unwrap();
    let file = format!(
        "reference,enterprise,title,owner,description\n{reference},,,officer,still theirs\n\
         ,Harbour Robotics,Second,auditor,\n,Harbour Robotics,Third,officer,\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.changed, import.created), (1, 0), "one is unchanged in its owner, two are refused");
    let mut problems = platform::import::problems(&mut cx, import.id, 0, 100).await.unwrap();
    problems.sort_by_key(|(row, _)| *row);
    let said: Vec<(&str, &str)> =
        problems.iter().map(|(_, problem)| (problem.field.as_str(), problem.key.as_str())).collect();
    assert_eq!(said, [("owner", "problem-owner-role"), ("owner", "problem-owner-ended")]);
    let after = project::get(&mut cx, id).await.unwrap();
    assert_eq!((after.owner_id, after.description.as_deref()), (Some(officer), Some("still theirs")));
    cx.undo().await.unwrap();
}
