//! Who sees what after a merge of secret records, and what a history or a form tells of what is out of reach.

use std::collections::BTreeMap;

use identity::team;
use platform::forms::Loose;
use platform::permission::{Actor, Role, Tier};
use platform::{Id, both_databases};
use serde_json::json;

use super::imports::{kept, rows};
use super::reach::somebody;
use super::{Office, commit, key, team_filled};
use crate::enterprise::merge::{self, GivenMerge};
use crate::enterprise::{self, Enterprise, reader};
use crate::person::{self, NewPerson};

/// A team and an officer of it.
async fn team(office: &Office, code: &str) -> (Id, Actor) {
    let officer = somebody(office, &format!("{code}@office.example"), Role::Officer).await;
    let mut cx = office.operator();
    let filled = team_filled(code);
    let made = team::make(&mut cx, filled).await.unwrap().id;
    team::set_member(&mut cx, made, officer.account.unwrap(), true).await.unwrap();
    commit(&mut cx).await;
    (made, Actor { teams: vec![made], ..officer })
}

async fn held_by(office: &Office, name: &str, tier: Tier, team: Option<Id>) -> Enterprise {
    let made = office.enterprise_of(name, tier).await;
    let mut cx = office.operator();
    let fields = BTreeMap::from([("team_id".to_owned(), team.map(|team| team.to_string()))]);
    let made = enterprise::edit(&mut cx, made.id, made.version, fields).await.unwrap();
    commit(&mut cx).await;
    made
}

#[both_databases]
async fn a_merge_opens_a_secret_record_to_no_other_team_and_keeps_it_in_sight_of_its_own(office: Office) {
    let ((a, ada), (b, ben)) = (team(&office, "ada").await, team(&office, "ben").await);
    let (ada, ben, director) = (office.person_of(ada), office.person_of(ben), office.director());
    for (place, tier) in [Tier::Office, Tier::Team].into_iter().enumerate() {
        let secret = held_by(&office, &format!("Secretcorp {place}"), Tier::Team, Some(a)).await;
        let other = held_by(&office, &format!("Otherhouse {place}"), tier, Some(b)).await;
        let at = format!("/enterprises/{}", other.id);
        assert_eq!(ben.get(&at).await.status, 200);
        let ahead = director.get(&format!("/enterprises/{}/merge?into={}", secret.id, other.id)).await.body;
        assert!(ahead.contains("The two belong to different teams") && ahead.contains("ada@office.example"), "{ahead}");
        assert!(!ahead.contains("ben@office.example"), "{ahead}");

        let mut cx = office.operator();
        merge::merge(&mut cx, secret.id, other.id, &GivenMerge::because("the same")).await.unwrap();
        commit(&mut cx).await;
        assert_eq!(office.get(other.id).await.tier(), Tier::Named);
        assert_eq!(ada.get(&at).await.status, 200, "{tier:?}");
        for path in [&at, &format!("/enterprises/{}", secret.id)] {
            assert_eq!(ben.get(path).await.status, 404, "{tier:?}");
        }
        let mut cx = office.operator();
        assert!(merge::unmerge(&mut cx, secret.id).await.unwrap().is_empty());
        commit(&mut cx).await;
        assert_eq!((office.get(other.id).await.tier(), ben.get(&at).await.status), (tier, 200));
        assert!(reader::of(&mut office.operator(), other.id).await.unwrap().is_empty());
        assert_eq!(ben.get(&format!("/enterprises/{}", secret.id)).await.status, 404);
    }
}

#[both_databases]
async fn a_secret_record_stays_its_teams_in_one_that_no_other_holds(office: Office) {
    let (a, ada) = team(&office, "ada").await;
    let ada = office.person_of(ada);
    let secret = held_by(&office, "Secretcorp", Tier::Team, Some(a)).await;
    let (open, strict) = (office.enterprise("Openhouse").await, office.enterprise_of("Stricthouse", Tier::Named).await);
    for (survivor, tier, named) in [(&open, Tier::Team, 0), (&strict, Tier::Named, 1)] {
        let mut cx = office.operator();
        let eased = GivenMerge { take: vec!["tier".to_owned()], ..GivenMerge::because("the same") };
        if tier == Tier::Named {
            let refused = merge::merge(&mut cx, secret.id, survivor.id, &eased).await.unwrap_err();
            assert_eq!(key(refused), "merge-tier-eases");
        }
        merge::merge(&mut cx, secret.id, survivor.id, &GivenMerge::because("the same")).await.unwrap();
        commit(&mut cx).await;
        assert_eq!(office.get(survivor.id).await.tier(), tier);
        assert_eq!(reader::of(&mut office.operator(), survivor.id).await.unwrap().len(), named);
        assert_eq!(ada.get(&format!("/enterprises/{}", survivor.id)).await.status, 200);
        let mut cx = office.operator();
        merge::unmerge(&mut cx, secret.id).await.unwrap();
        commit(&mut cx).await;
        let back = office.get(survivor.id).await;
        assert_eq!((back.tier, back.team_id), (survivor.tier, survivor.team_id));
    }
}

#[both_databases]
async fn a_parent_out_of_reach_gives_way_to_no_other(office: Office) {
    let hidden = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let (child, other) = (office.enterprise("Child Ltd").await, office.enterprise("Open Holding").await);
    office.set_parent(child.id, Some(hidden.id)).await.unwrap();
    let officer = office.person(Role::Officer, None);
    let now = [("if-match", "\"2\"")];
    let api = format!("/api/v1/enterprises/{}", child.id);
    let refused = officer.call("PATCH", &api, &now, json!({ "parent_id": other.id })).await;
    assert!(refused.status == 422 && refused.body.contains("problem-parent-not-yours"), "{}", refused.body);
    assert!(!refused.body.contains(&hidden.id.to_string()) && !refused.body.contains("Hidden"), "{}", refused.body);
    let form = [("version", "2"), ("parent_id", &*other.id.to_string())];
    let page = officer.post(&format!("/enterprises/{}/group/parent", child.id), &form).await;
    assert!(page.status == 422 && page.body.contains("can’t set the parent"), "{}", page.body);
    let columns = ["reference", "parent"];
    let file = rows(&columns, &[&[&child.reference, "Open Holding"]]);
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["refused"]);
    let mut cx = office.operator();
    let loser = office.enterprise("Childe Ltd").await;
    let takes = GivenMerge { take: vec!["parent_id".to_owned()], ..GivenMerge::because("the same") };
    commit(&mut cx).await;
    let lead = office.person(Role::TeamLead, None);
    let body = json!({ "into": child.id, "take": takes.take, "reason": "the same" });
    let merged = lead.call("POST", &format!("/api/v1/enterprises/{}/merge", loser.id), &[], body).await;
    assert_eq!(merged.status, 422, "{}", merged.body);
    assert_eq!(office.get(child.id).await.parent_id, Some(hidden.id));
    assert_eq!(office.director().call("PATCH", &api, &now, json!({ "parent_id": other.id })).await.status, 200);
}

#[both_databases]
async fn a_history_leaves_out_what_is_of_nothing_but_what_is_out_of_reach(office: Office) {
    let hidden = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let child = office.enterprise("Child Ltd").await;
    office.set_parent(child.id, Some(hidden.id)).await.unwrap();
    let path = format!("/enterprises/{}/history", child.id);
    let told = office.director().get(&path).await.body;
    assert!(told.contains("Hidden Holding"), "{told}");
    let changed = "Enterprise changed";
    assert!(told.contains(changed), "{told}");
    let told = office.person(Role::Officer, None).get(&path).await.body;
    assert!(!told.contains(changed) && told.contains("Child Ltd"), "{told}");
}

#[both_databases]
async fn a_post_at_a_hidden_enterprise_is_told_nowhere(office: Office) {
    let hidden = office.enterprise_of("Hidden Holding", Tier::Named).await;
    let open = office.enterprise("Openhouse").await;
    let mut cx = office.operator();
    let new = NewPerson { name: "Avery Sample".into(), post: "Chairperson".into(), ..NewPerson::default() };
    let avery = person::add(&mut cx, hidden.id, new).await.unwrap();
    commit(&mut cx).await;
    office.clock.set(office.clock.now().plus_seconds(60));
    let mut cx = office.operator();
    let second = person::post::GivenPost { title: "Treasurer".into(), ..Default::default() };
    let second = person::post::hold(&mut cx, avery.id, second).await.unwrap();
    person::post::withdraw(&mut cx, avery.id, second.id, "mistaken").await.unwrap();
    commit(&mut cx).await;
    office.clock.set(office.clock.now().plus_seconds(60));
    let mut cx = office.operator();
    let to = Loose::from(open.reference.as_str());
    person::move_to(&mut cx, avery.id, &to, "Adviser", &Loose::default()).await.unwrap();
    commit(&mut cx).await;
    let path = format!("/people/{}", avery.id);
    let page = office.person(Role::Officer, None).get(&path).await.body;
    for told in ["Chairperson", "Treasurer", "mistaken", "Hidden Holding"] {
        assert!(!page.contains(told), "{told}: {page}");
    }
    assert!(page.contains("Person added") && page.matches("Adviser").count() >= 2, "{page}");
    let page = office.director().get(&path).await.body;
    assert!(page.contains("Chairperson") && page.contains("Treasurer") && page.contains("mistaken"), "{page}");
}
