//! Relations between enterprises.

use platform::both_databases;
use platform::permission::Tier;
use serde_json::json;

use super::{Office, commit, key, reader};
use crate::relation::{self, Filter, GivenRelation};

fn given(other: &str, role: &str) -> GivenRelation {
    GivenRelation { other: other.into(), role: role.into(), source: "Annual report".into(), ..Default::default() }
}

async fn seen(office: &Office, id: platform::Id) -> Vec<(String, String)> {
    let page = relation::page(&mut office.operator(), id, &Filter::default(), 50).await.unwrap();
    page.relations.into_iter().map(|one| (one.role, one.other_name)).collect()
}

#[both_databases]
async fn a_relation_is_read_from_both_sides(office: Office) {
    let (maker, buyer) = (office.enterprise("Maker Ltd").await, office.enterprise("Buyer Ltd").await);
    let mut cx = office.operator();
    let made = relation::relate(&mut cx, maker.id, given(&buyer.reference, "customer")).await.unwrap();
    let share = GivenRelation { share: "12.5".into(), ..given("Buyer Ltd", "investor") };
    relation::relate(&mut cx, maker.id, share).await.unwrap();
    // The same seen from the other side is the same.
    let twice = relation::relate(&mut cx, buyer.id, given(&maker.reference, "supplier")).await.unwrap_err();
    assert_eq!(key(twice), "relation-already-held");
    let own = relation::relate(&mut cx, maker.id, given(&maker.reference, "partner")).await.unwrap_err();
    assert_eq!(key(own), "problem-relation-self");
    let part = GivenRelation { share: "5".into(), ..given(&buyer.reference, "competitor") };
    assert_eq!(key(relation::relate(&mut cx, maker.id, part).await.unwrap_err()), "problem-share-role");
    commit(&mut cx).await;
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(role, name)| ((*role).to_owned(), (*name).to_owned())).collect()
    };
    assert_eq!(seen(&office, maker.id).await, pairs(&[("customer", "Buyer Ltd"), ("investor", "Buyer Ltd")]));
    assert_eq!(seen(&office, buyer.id).await, pairs(&[("supplier", "Maker Ltd"), ("investee", "Maker Ltd")]));
    // Corrected from the other side, it is the same relation.
    let mut cx = office.operator();
    let ended = GivenRelation { valid_to: "2025-01-31".into(), ..given("", "supplier") };
    let corrected = relation::correct(&mut cx, buyer.id, made.id, made.version, ended).await.unwrap();
    assert_eq!(corrected.role, "supplier");
    commit(&mut cx).await;
    for id in [maker.id, buyer.id] {
        assert!(office.history("enterprise", id).await.contains("relation_corrected"));
    }
    let mut cx = office.operator();
    let filter = Filter { role: Some("supplier".into()), ..Filter::default() };
    assert!(relation::page(&mut cx, maker.id, &filter, 50).await.unwrap().relations.is_empty());
    assert_eq!(relation::page(&mut cx, buyer.id, &filter, 50).await.unwrap().relations.len(), 1);
}

#[both_databases]
async fn a_relation_to_what_is_out_of_reach_is_not_there(office: Office) {
    let open = office.enterprise("Open Ltd").await;
    let secret = office.enterprise_of("Secret Ltd", Tier::Named).await;
    let mut cx = office.operator();
    let made = relation::relate(&mut cx, open.id, given(&secret.reference, "supplier")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(seen(&office, open.id).await.len(), 1);
    let officer = office.officer(None);
    let at = format!("/enterprises/{}", open.id);
    for tab in ["/relations", "", "/history"] {
        let page = officer.get(&format!("{at}{tab}")).await;
        assert!(!page.body.contains("Secret"), "{tab}");
        assert!(!page.body.contains(&secret.reference), "{tab}");
    }
    let api = format!("/api/v1/enterprises/{}/relations", open.id);
    assert!(!officer.call("GET", &api, &[], json!(null)).await.body.contains("Secret"));
    let one = format!("{api}/{}", made.id);
    let put = officer.call("PUT", &one, &[("if-match", "\"1\"")], json!({ "role": "partner" })).await;
    assert_eq!(put.status, 404);
    assert_eq!(
        relation::total(&mut officer.cx(), open.id, &Filter::default()).await.unwrap(),
        ui::lists::Total::Exactly(0)
    );
    // Chosen by reference, what is out of reach is unknown.
    let refused = relation::relate(&mut officer.cx(), open.id, given(&secret.reference, "partner")).await.unwrap_err();
    assert_eq!(key(refused), "problem-enterprise-unknown");
    // It is told where all who read may see the other, and there only.
    assert!(office.history("enterprise", secret.id).await.contains("Open Ltd"));
}

#[both_databases]
async fn many_relations_are_paged_by_name(office: Office) {
    let hub = office.enterprise("Hub Ltd").await;
    let mut cx = office.operator();
    for number in 0..7 {
        let other = office.enterprise(&format!("Spoke {number} Ltd")).await;
        relation::relate(&mut cx, hub.id, given(&other.reference, "partner")).await.unwrap();
        cx.commit().await.unwrap();
    }
    let mut names = Vec::new();
    let mut filter = Filter::default();
    loop {
        let page = relation::page(&mut cx, hub.id, &filter, 3).await.unwrap();
        names.extend(page.relations.into_iter().map(|one| one.other_name));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    assert_eq!(names, (0..7).map(|number| format!("Spoke {number} Ltd")).collect::<Vec<_>>());
    let back = Filter { before: filter.after.clone(), ..Filter::default() };
    let page = relation::page(&mut cx, hub.id, &back, 3).await.unwrap();
    assert_eq!(page.relations.last().unwrap().other_name, "Spoke 4 Ltd");
}

#[both_databases]
async fn a_form_that_names_nobody_offers_whom_it_may_mean(office: Office) {
    let hub = office.enterprise("Hub Ltd").await;
    let one = office.enterprise("Kestrel Robotics").await;
    office.enterprise("Kestrel Data").await;
    let officer = office.officer(None);
    let at = format!("/enterprises/{}/relations", hub.id);
    let form = [("other", "Kestrel"), ("role", "partner"), ("source", "Press")];
    let answer = officer.post(&at, &form).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(&one.reference), "{}", answer.body);
    let form = [("other", one.reference.as_str()), ("role", "partner"), ("source", "Press")];
    assert_eq!(officer.post(&at, &form).await.status, 303);
    assert!(officer.get(&at).await.body.contains("Kestrel Robotics"));
    assert_eq!(reader(&office).get(&format!("{at}/new")).await.status, 403);
}

#[both_databases]
async fn a_share_is_told_to_programs_as_they_send_it(office: Office) {
    let (maker, holder) = (office.enterprise("Maker Ltd").await, office.enterprise("Holder Ltd").await);
    let director = office.director();
    let api = format!("/api/v1/enterprises/{}/relations", maker.id);
    let body = json!({ "other": holder.id, "role": "investor", "share": "12.5", "source": "Press" });
    let mut made = director.call("POST", &api, &[], body).await;
    assert_eq!(made.json()["share"], json!(12.5), "{}", made.body);
    for share in [json!(12.5), json!(95), json!("33.33"), json!(null)] {
        let held = made.json();
        let version = format!("\"{}\"", held["version"]);
        let body = json!({ "role": "investor", "share": share, "source": "Press" });
        made = director.call("PUT", &format!("{api}/{}", held["id"]), &[("if-match", &version)], body).await;
        assert_eq!(made.status, 200, "{share}: {}", made.body);
        let told = if share == json!("33.33") { json!(33.33) } else { share };
        assert_eq!(made.json()["share"], told);
        assert_eq!(director.get(&api).await.json()["items"][0]["share"], told);
    }
}
