//! Merging is a pointer: nothing moves, and it can be taken back whatever was written since.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use platform::both_databases;
use platform::sql::{Sql, Value, insert_many};
use platform::{Cx, Id};

use super::{Office, commit, key};
use crate::enterprise::merge::GivenMerge;
use crate::enterprise::{self, merge};
use crate::flag::{self, GivenFlag};
use crate::measurement::{self, GivenMeasurement};
use crate::name::{self, GivenName};
use crate::person::{self, NewPerson};
use crate::relation::{self, Filter, GivenRelation};
use crate::resemblance::review;
use crate::{group, identifier};

fn flagged(flag: &str) -> GivenFlag {
    GivenFlag { flag: flag.into(), source: "A list".into(), ..GivenFlag::default() }
}

fn heads(amount: &str) -> GivenMeasurement {
    GivenMeasurement {
        measure: "headcount".into(),
        year: "2024".into(),
        amount: amount.into(),
        source: "Return".into(),
        ..GivenMeasurement::default()
    }
}

fn related(other: &str, role: &str) -> GivenRelation {
    GivenRelation { other: other.into(), role: role.into(), source: "Press".into(), ..Default::default() }
}

async fn names_of(cx: &mut Cx, id: Id) -> Vec<String> {
    let page = relation::page(cx, id, &Filter::default(), 50).await.unwrap();
    page.relations.into_iter().map(|one| one.other_name).collect()
}

#[both_databases]
async fn all_that_belongs_to_a_record_is_counted_follows_and_returns(office: Office) {
    let (loser, survivor) = (office.enterprise("Loser Ltd").await, office.enterprise("Survivor Ltd").await);
    let (friend, child) = (office.enterprise("Friend Ltd").await, office.enterprise("Child Ltd").await);
    let mut cx = office.operator();
    name::add(&mut cx, loser.id, GivenName { name: "輸家".into(), ..GivenName::default() }).await.unwrap();
    let lei = identifier::GivenIdentifier {
        scheme: "lei".into(),
        value: "5493001KJTIIGC8Y1R12".into(),
        ..Default::default()
    };
    identifier::add(&mut cx, loser.id, lei).await.unwrap();
    measurement::record(&mut cx, loser.id, heads("10")).await.unwrap();
    flag::set(&mut cx, loser.id, flagged("us-entity-list")).await.unwrap();
    relation::relate(&mut cx, loser.id, related(&friend.reference, "customer")).await.unwrap();
    relation::relate(&mut cx, loser.id, related(&survivor.reference, "supplier")).await.unwrap();
    let person = NewPerson { name: "Avery Sample".into(), post: "Head".into(), ..NewPerson::default() };
    person::add(&mut cx, loser.id, person).await.unwrap();
    commit(&mut cx).await;
    office.set_parent(child.id, Some(loser.id)).await.unwrap();

    let mut cx = office.operator();
    let counts: HashMap<&str, i64> =
        merge::following(&mut cx, loser.id).await.unwrap().into_iter().map(|one| (one.key, one.count)).collect();
    let expected = [
        ("merge-names", 2),
        ("merge-identifiers", 1),
        ("merge-industries", 0),
        ("merge-measurements", 1),
        ("merge-flags", 1),
        ("merge-relations-from", 1),
        ("merge-relations-to", 1),
        ("merge-children", 1),
        ("merge-people", 1),
        ("merge-posts", 1),
    ];
    assert_eq!(counts, HashMap::from(expected));
    cx.undo().await.unwrap();
    let page = office.director().get(&format!("/enterprises/{}/merge?into={}", loser.id, survivor.id)).await;
    assert!(page.body.contains("1 relation written from it"), "{}", page.body);

    merge::merge(&mut cx, loser.id, survivor.id, &GivenMerge::because("the same")).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    assert_eq!(name::of(&mut cx, survivor.id).await.unwrap().len(), 3);
    assert_eq!(flag::in_force(&mut cx, survivor.id).await.unwrap().len(), 1);
    assert_eq!(measurement::latest(&mut cx, survivor.id).await.unwrap()[0].amount, 10);
    // What the two were to each other is not a relation of the one that they are now.
    assert_eq!(names_of(&mut cx, survivor.id).await, ["Friend Ltd"]);
    assert_eq!(names_of(&mut cx, friend.id).await, ["Survivor Ltd"]);
    let held = enterprise::get(&mut cx, survivor.id).await.unwrap();
    assert_eq!(group::children(&mut cx, &held, 9).await.unwrap()[0].id, child.id);
    let people = person::list::Filter { enterprise: Some(survivor.id), ..Default::default() };
    assert_eq!(person::list::page(&mut cx, &people, 9).await.unwrap().people.len(), 1);
    // The survivor is written to, and what came with the loser is corrected through it.
    flag::set(&mut cx, survivor.id, flagged("unicorn")).await.unwrap();
    let held = measurement::latest(&mut cx, survivor.id).await.unwrap().remove(0);
    let why = GivenMeasurement { reason: "restated".into(), ..heads("12") };
    measurement::correct(&mut cx, survivor.id, held.id, held.version, why).await.unwrap();
    commit(&mut cx).await;

    let mut cx = office.operator();
    merge::unmerge(&mut cx, loser.id).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    assert_eq!(measurement::latest(&mut cx, loser.id).await.unwrap()[0].amount, 12);
    assert!(measurement::latest(&mut cx, survivor.id).await.unwrap().is_empty());
    assert_eq!(flag::in_force(&mut cx, survivor.id).await.unwrap()[0].flag, "unicorn");
    assert_eq!(flag::in_force(&mut cx, loser.id).await.unwrap()[0].flag, "us-entity-list");
    assert_eq!(names_of(&mut cx, loser.id).await, ["Friend Ltd", "Survivor Ltd"]);
    cx.undo().await.unwrap();
    for id in [loser.id, survivor.id] {
        let told = office.history("enterprise", id).await;
        assert!(told.contains("enterprise.merged") && told.contains("enterprise.unmerged"), "{told}");
    }
}

#[both_databases]
async fn a_link_of_a_chain_of_merges_comes_out_with_what_hung_on_it(office: Office) {
    let (a, b, c) = (office.enterprise("A").await, office.enterprise("B").await, office.enterprise("C").await);
    let mut cx = office.operator();
    for (id, flag) in [(a.id, "unicorn"), (b.id, "us-entity-list")] {
        flag::set(&mut cx, id, flagged(flag)).await.unwrap();
    }
    merge::merge(&mut cx, a.id, b.id, &GivenMerge::because("same")).await.unwrap();
    merge::merge(&mut cx, b.id, c.id, &GivenMerge::because("same")).await.unwrap();
    assert_eq!(flag::in_force(&mut cx, c.id).await.unwrap().len(), 2);
    let merged: Vec<Id> = merge::merged(&mut cx, c.id).await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(merged, [a.id, b.id]);
    assert_eq!(
        key(merge::merge(&mut cx, a.id, c.id, &GivenMerge::because("again")).await.unwrap_err()),
        "merge-same-record"
    );

    merge::unmerge(&mut cx, b.id).await.unwrap();
    assert!(flag::in_force(&mut cx, c.id).await.unwrap().is_empty());
    assert_eq!(flag::in_force(&mut cx, b.id).await.unwrap().len(), 2);
    assert_eq!(enterprise::get(&mut cx, a.id).await.unwrap().id, b.id);
    merge::merge(&mut cx, b.id, c.id, &GivenMerge::because("after all")).await.unwrap();
    // The deeper one comes out alone, and the other stays.
    merge::unmerge(&mut cx, a.id).await.unwrap();
    assert_eq!(enterprise::get(&mut cx, a.id).await.unwrap().id, a.id);
    assert_eq!(flag::in_force(&mut cx, c.id).await.unwrap()[0].flag, "us-entity-list");
    assert_eq!(key(merge::unmerge(&mut cx, a.id).await.unwrap_err()), "merge-not-merged");
    commit(&mut cx).await;
    let (_, wrong) = run_check(&office).await;
    assert!(wrong.is_empty(), "{wrong:?}");
}

async fn run_check(office: &Office) -> (u64, Vec<String>) {
    let found = (enterprise::check().run)(&mut office.operator()).await.unwrap();
    (found.looked_at, found.wrong)
}

#[both_databases]
async fn a_merge_never_closes_a_group_into_a_circle(office: Office) {
    let (top, middle, low) =
        (office.enterprise("Top").await, office.enterprise("Mid").await, office.enterprise("Low").await);
    office.set_parent(middle.id, Some(top.id)).await.unwrap();
    office.set_parent(low.id, Some(middle.id)).await.unwrap();
    let mut cx = office.operator();
    for (one, other) in [(top.id, low.id), (low.id, top.id)] {
        let refused = merge::merge(&mut cx, one, other, &GivenMerge::because("same")).await.unwrap_err();
        assert_eq!(key(refused), "merge-closes-circle");
    }
    // Parent and child may turn out to be one.
    merge::merge(
        &mut cx,
        middle.id,
        low.id,
        &GivenMerge { take: vec!["parent_id".to_owned()], ..GivenMerge::because("same") },
    )
    .await
    .unwrap();
    let held = enterprise::get(&mut cx, low.id).await.unwrap();
    assert_eq!(group::parent(&mut cx, &held).await.unwrap().unwrap().id, top.id);
    assert_eq!(group::of(&mut cx, &held).await.unwrap().members.len(), 2);
    merge::unmerge(&mut cx, middle.id).await.unwrap();
    let held = enterprise::get(&mut cx, low.id).await.unwrap();
    assert_eq!(group::parent(&mut cx, &held).await.unwrap().unwrap().id, middle.id);
}

#[both_databases]
async fn a_record_comes_out_of_a_merge_without_a_parent_that_would_close_a_circle(office: Office) {
    let (above, loser) = (office.enterprise("Above").await, office.enterprise("Loser").await);
    let (below, survivor) = (office.enterprise("Below").await, office.enterprise("Survivor").await);
    office.set_parent(loser.id, Some(above.id)).await.unwrap();
    office.set_parent(below.id, Some(loser.id)).await.unwrap();
    let mut cx = office.operator();
    merge::merge(&mut cx, loser.id, survivor.id, &GivenMerge::because("same")).await.unwrap();
    commit(&mut cx).await;
    // Meanwhile the survivor has no parent, so nothing is in the way of this.
    office.set_parent(above.id, Some(below.id)).await.unwrap();
    let mut cx = office.operator();
    assert_eq!(merge::unmerge(&mut cx, loser.id).await.unwrap(), ["parent_id"]);
    let held = enterprise::get(&mut cx, loser.id).await.unwrap();
    assert!(held.parent_id.is_none());
    let group = group::of(&mut cx, &held).await.unwrap();
    let names: Vec<&str> = group.members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Loser", "Below", "Above"]);
}

/// Rows written by the present transaction.
async fn rows_written(cx: &mut Cx, postgres: bool) -> i64 {
    let sql = match postgres {
        true => "SELECT CAST(SUM(n_tup_ins + n_tup_upd + n_tup_del) AS BIGINT) FROM pg_stat_xact_user_tables",
        false => "SELECT total_changes()",
    };
    Sql::new(sql).fetch_number(cx).await.unwrap()
}

#[both_databases]
async fn merging_two_with_thousands_of_relations_touches_a_handful_of_rows(office: Office) {
    const EACH: i64 = 2_000;
    let (loser, survivor) = (office.enterprise("Loser Ltd").await, office.enterprise("Survivor Ltd").await);
    let mut cx = office.operator();
    let first = office.enterprise("Far Ltd").await;
    let mut others: Vec<Vec<Value>> = Vec::new();
    let mut relations: Vec<Vec<Value>> = Vec::new();
    for number in 0..EACH {
        let id = cx.new_id();
        others.push(vec![
            id.into(),
            format!("X-{number}").into(),
            id.into(),
            "group".into(),
            format!("Far {number}").into(),
            "en".into(),
            format!("far {number:05}").into(),
            1_i64.into(),
            1_i64.into(),
            first.created_at.into(),
            first.created_at.into(),
        ]);
        for side in [loser.id, survivor.id] {
            relations.push(vec![
                cx.new_id().into(),
                side.into(),
                id.into(),
                "partner".into(),
                "a test".into(),
                1_i64.into(),
                first.created_at.into(),
            ]);
        }
    }
    let head = "INSERT INTO enterprises (id, reference, survivor_id, kind, name, name_language, name_key, tier, version, \
                created_at, updated_at)";
    insert_many(&mut cx, head, "", others).await.unwrap();
    let head = "INSERT INTO enterprise_relations (id, from_id, to_id, kind, source, version, recorded_at)";
    insert_many(&mut cx, head, "", relations).await.unwrap();
    commit(&mut cx).await;

    let count = merge::following(&mut office.operator(), loser.id).await.unwrap();
    assert_eq!(count.iter().find(|one| one.key == "merge-relations-from").unwrap().count, EACH);
    for undo in [false, true] {
        let mut cx = office.operator();
        let before = rows_written(&mut cx, office.is_postgres()).await;
        let began = Instant::now();
        match undo {
            false => merge::merge(&mut cx, loser.id, survivor.id, &GivenMerge::because("the same")).await.unwrap(),
            true => drop(merge::unmerge(&mut cx, loser.id).await.unwrap()),
        }
        let written = rows_written(&mut cx, office.is_postgres()).await - before;
        commit(&mut cx).await;
        // The pointer, who stands for whom, the survivor, the note of the merge: no row of a relation.
        assert!(written <= 6, "{written} rows were written");
        assert!(began.elapsed().as_millis() < 1_000, "it took {:?}", began.elapsed());
        let expected = if undo { EACH } else { 2 * EACH };
        let mut cx = office.operator();
        let mut filter = Filter::default();
        let mut seen = 0;
        loop {
            let page = relation::page(&mut cx, survivor.id, &filter, 500).await.unwrap();
            seen += page.relations.len() as i64;
            match page.next {
                Some(next) => filter.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, expected);
    }
}

fn lei(value: &str) -> identifier::GivenIdentifier {
    identifier::GivenIdentifier { scheme: "lei".into(), value: value.into(), ..Default::default() }
}

#[both_databases]
async fn those_told_apart_are_merged_only_where_that_was_wrong(office: Office) {
    let (one, other) = (office.enterprise("Twin Ltd").await, office.enterprise("Twin Limited").await);
    let mut cx = office.operator();
    review::told_apart(&mut cx, &one, other.id).await.unwrap();
    let refused = merge::merge(&mut cx, one.id, other.id, &GivenMerge::because("same")).await.unwrap_err();
    assert_eq!(key(refused), "merge-told-apart");
    commit(&mut cx).await;
    let director = office.director();
    let path = format!("/enterprises/{}/merge", one.id);
    let page = director.post(&path, &[("into", &other.id.to_string()), ("reason", "the same")]).await;
    assert_eq!(page.status, 409);
    assert!(
        page.body.contains("the same") && page.body.contains("told_apart_wrongly"),
        "the form comes back filled in"
    );
    let form = [("into", &*other.id.to_string()), ("reason", "the same"), ("told_apart_wrongly", "yes")];
    assert_eq!(director.post(&path, &form).await.status, 303);
    let mut cx = office.operator();
    assert_eq!(enterprise::get(&mut cx, one.id).await.unwrap().id, other.id);
    merge::unmerge(&mut cx, one.id).await.unwrap();
    assert!(!merge::told_apart(&mut cx, one.id, other.id).await.unwrap(), "what was decided last stands");
}

#[both_databases]
async fn two_numbers_of_one_register_stay_two_enterprises(office: Office) {
    let (one, other) = (office.enterprise("One Ltd").await, office.enterprise("Other Ltd").await);
    let mut cx = office.operator();
    identifier::add(&mut cx, one.id, lei("5493001KJTIIGC8Y1R12")).await.unwrap();
    let second = identifier::add(&mut cx, other.id, lei("HWUPKR0MPOU8FGXBT394")).await.unwrap();
    let refused = merge::merge(&mut cx, one.id, other.id, &GivenMerge::because("same")).await.unwrap_err();
    assert_eq!(key(refused), "merge-different-numbers");
    identifier::withdraw(&mut cx, other.id, second.id, "mistyped").await.unwrap();
    merge::merge(&mut cx, one.id, other.id, &GivenMerge::because("same")).await.unwrap();
}

#[both_databases]
async fn an_undone_merge_leaves_nothing_behind_in_those_that_came_after(office: Office) {
    let (a, b, s) = (office.enterprise("A").await, office.enterprise("B").await, office.enterprise("S").await);
    let mut cx = office.operator();
    for (held, site) in [(&a, "a.example"), (&b, "b.example"), (&s, "s.example")] {
        let fields = BTreeMap::from([("website".to_owned(), Some(site.to_owned()))]);
        enterprise::edit(&mut cx, held.id, held.version, fields).await.unwrap();
    }
    let takes = GivenMerge { take: vec!["website".to_owned()], ..GivenMerge::because("same") };
    merge::merge(&mut cx, a.id, s.id, &takes).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    merge::merge(&mut cx, b.id, s.id, &takes).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    assert_eq!(merge::unmerge(&mut cx, a.id).await.unwrap(), ["website"], "another value stands there by now");
    commit(&mut cx).await;
    let mut cx = office.operator();
    merge::unmerge(&mut cx, b.id).await.unwrap();
    let website = enterprise::get(&mut cx, s.id).await.unwrap().website;
    assert_eq!(website.as_deref(), Some("s.example"), "not what came from a merge that was undone");
    let unknown = GivenMerge { take: vec!["colour".to_owned()], ..GivenMerge::because("same") };
    let refused = merge::merge(&mut cx, a.id, s.id, &unknown).await.unwrap_err();
    assert_eq!(key(refused), "problem-field-unknown-named");
}
