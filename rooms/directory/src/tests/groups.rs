//! Groups.

use platform::both_databases;
use platform::permission::Tier;
use serde_json::json;

use super::{Office, key, reader};
use crate::{enterprise, group};

#[both_databases]
async fn a_group_is_a_tree_without_circles(office: Office) {
    let top = office.enterprise("Top").await;
    let (left, right) = (office.enterprise("Left").await, office.enterprise("Right").await);
    let leaf = office.enterprise("Leaf").await;
    for (child, parent) in [(left.id, top.id), (right.id, top.id), (leaf.id, left.id)] {
        office.set_parent(child, Some(parent)).await.unwrap();
    }
    assert_eq!(key(office.set_parent(top.id, Some(top.id)).await.unwrap_err()), "group-of-itself");
    assert_eq!(key(office.set_parent(top.id, Some(leaf.id)).await.unwrap_err()), "group-circle");
    let mut cx = office.operator();
    let held = enterprise::get(&mut cx, leaf.id).await.unwrap();
    let group = group::of(&mut cx, &held).await.unwrap();
    let seen: Vec<_> = group.members.iter().map(|member| (member.depth, member.name.as_str())).collect();
    assert_eq!(seen, [(0, "Top"), (1, "Left"), (2, "Leaf"), (1, "Right")]);
    cx.undo().await.unwrap();
    let page = reader(&office).get(&format!("/enterprises/{}/group", leaf.id)).await;
    assert_eq!(page.body.matches("<ul class=\"tree\">").count(), 3);
    assert_eq!(page.body.matches("/group\" lang").count(), 4);
    office.set_parent(leaf.id, None).await.unwrap();
    assert!(group::parent(&mut office.operator(), &office.get(leaf.id).await).await.unwrap().is_none());
}

#[both_databases]
async fn what_is_out_of_reach_is_neither_parent_nor_child(office: Office) {
    let secret = office.enterprise_of("Secret Parent", Tier::Named).await;
    let open = office.enterprise("Open Child").await;
    office.set_parent(open.id, Some(secret.id)).await.unwrap();
    let officer = office.officer(None);
    for tab in ["", "/group", "/history"] {
        let page = officer.get(&format!("/enterprises/{}{tab}", open.id)).await;
        assert!(!page.body.contains("Secret"), "{tab}");
    }
    let api = format!("/api/v1/enterprises/{}/group", open.id);
    let group = officer.call("GET", &api, &[], json!(null)).await.json();
    assert_eq!(group["members"].as_array().unwrap().len(), 1);
    let edit = json!({ "parent_id": secret.id.to_string() });
    let other = office.enterprise("Other Child").await;
    let patch = format!("/api/v1/enterprises/{}", other.id);
    assert_eq!(officer.call("PATCH", &patch, &[("if-match", "\"1\"")], edit).await.status, 422);
}

#[both_databases]
async fn a_parent_is_chosen_by_form_and_must_not_be_retired(office: Office) {
    let (parent, child) = (office.enterprise("Parent Ltd").await, office.enterprise("Child Ltd").await);
    let director = office.director();
    let at = format!("/enterprises/{}/group/parent", child.id);
    let version = office.get(child.id).await.version.to_string();
    let form = [("parent_id", "Parent Ltd"), ("version", version.as_str())];
    assert_eq!(director.post(&at, &form).await.status, 303);
    assert_eq!(office.get(child.id).await.parent_id, Some(parent.id));
    let mut cx = office.operator();
    enterprise::retire(&mut cx, parent.id, "dissolved").await.unwrap();
    cx.commit().await.unwrap();
    let other = office.enterprise("Another Ltd").await;
    assert_eq!(key(office.set_parent(other.id, Some(parent.id)).await.unwrap_err()), "enterprise-retired");
}
