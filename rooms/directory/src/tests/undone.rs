//! What an undo of an import leaves because of what happened since, and takes back once that is no more.

use std::fmt::Write;

use platform::import::{Import, run};
use platform::{Id, both_databases};

use super::{Office, commit};
use crate::enterprise::merge::{self, GivenMerge};
use crate::enterprise::{self, list};
use crate::person::{self, NewPerson};

pub(super) async fn bring_in(office: &Office, kind: &str, content: &str) -> Import {
    office.brings_in(kind, content.as_bytes()).await.1
}

/// How many records an undo has taken back in all, and how many it left.
async fn take_back(office: &Office, id: Id) -> (i64, i64) {
    let mut cx = office.operator();
    run::undo(&mut cx, id).await.unwrap();
    commit(&mut cx).await;
    platform::jobs::run_all(&office.house).await.unwrap();
    let import = run::get(&mut cx, id).await.unwrap().0;
    cx.undo().await.unwrap();
    (import.reversed, import.kept_touched)
}

#[both_databases]
async fn what_was_changed_of_a_record_retired_since_stays_until_it_is_restored(office: Office) {
    let (one, other) = (office.enterprise("Banlan").await, office.enterprise("Zhuwei").await);
    let mut file = "reference,website\n".to_owned();
    for held in [&one, &other] {
        writeln!(file, "{},new.example", held.reference).unwrap();
    }
    let import = bring_in(&office, "enterprises", &file).await;
    assert_eq!(import.changed, 2);
    let mut cx = office.operator();
    enterprise::retire(&mut cx, other.id, "registered twice").await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (1, 1));
    assert_eq!(office.get(other.id).await.website.as_deref(), Some("new.example"));
    let mut cx = office.operator();
    enterprise::restore(&mut cx, other.id, "it was not").await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (2, 0));
    for held in [one.id, other.id] {
        assert_eq!(office.get(held).await.website, None);
    }
}

#[both_databases]
async fn what_was_changed_of_a_person_retired_since_stays_until_they_are_restored(office: Office) {
    let held = office.enterprise("Banlan").await;
    let mut cx = office.operator();
    let new = NewPerson { name: "Avery Sample".into(), ..NewPerson::default() };
    let avery = person::add(&mut cx, held.id, new).await.unwrap();
    commit(&mut cx).await;
    let import = bring_in(&office, "people", "enterprise,name,languages\nBanlan,Avery Sample,fr\n").await;
    assert_eq!(import.changed, 1);
    let mut cx = office.operator();
    person::retire(&mut cx, avery.id, "left").await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (0, 1));
    let mut cx = office.operator();
    person::restore(&mut cx, avery.id, "came back").await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (1, 0));
    assert_eq!(person::get(&mut office.operator(), avery.id).await.unwrap().0.languages, None);
}

#[both_databases]
async fn what_was_merged_or_retired_since_is_taken_back_once_that_was_undone(office: Office) {
    let stays = office.enterprise("Halden").await;
    let import = bring_in(&office, "enterprises", "name_en\nQuorax\nZephyrine\nVelmora\n").await;
    assert_eq!(import.created, 3);
    let mut cx = office.operator();
    let mut made = Vec::new();
    for name in ["Quorax", "Zephyrine", "Velmora"] {
        made.push(enterprise::named(&mut cx, name).await.unwrap()[0].id);
    }
    let [merged, retired, worked_on] = made[..] else { panic!("{made:?}") };
    merge::merge(&mut cx, merged, stays.id, &GivenMerge::because("the same")).await.unwrap();
    enterprise::retire(&mut cx, retired, "gone").await.unwrap();
    let fields = [("website".to_owned(), Some("velmora.example".to_owned()))].into();
    enterprise::edit(&mut cx, worked_on, 1, fields).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (0, 3));
    let mut cx = office.operator();
    merge::unmerge(&mut cx, merged).await.unwrap();
    enterprise::restore(&mut cx, retired, "not gone").await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (2, 1), "what somebody wrote since stays");
    let mut cx = office.operator();
    let left = list::page(&mut cx, &list::Filter::default(), 50).await.unwrap().rows;
    let names: Vec<&str> = left.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Halden", "Velmora"]);
}

#[both_databases]
async fn of_a_record_only_what_others_changed_since_stays(office: Office) {
    let held = office.enterprise("Banlan").await;
    let file = format!("reference,website,description\n{},new.example,Makers of kilns\n", held.reference);
    let import = bring_in(&office, "enterprises", &file).await;
    let mut cx = office.operator();
    let version = enterprise::get(&mut cx, held.id).await.unwrap().version;
    let fields = [("website".to_owned(), Some("by-hand.example".to_owned()))].into();
    enterprise::edit(&mut cx, held.id, version, fields).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(take_back(&office, import.id).await, (0, 1));
    let left = office.get(held.id).await;
    assert_eq!((left.website.as_deref(), left.description), (Some("by-hand.example"), None));
    let mut cx = office.operator();
    let stayed = platform::import::stayed(&mut cx, import.id).await.unwrap();
    cx.undo().await.unwrap();
    let stayed: Vec<_> = stayed.iter().map(|one| (one.subject_id, one.reason.as_str())).collect();
    assert_eq!(stayed, [(held.id, "in_part")]);
}

#[both_databases]
async fn an_undo_counts_records_and_values_and_is_named_as_the_reason(office: Office) {
    let held = office.enterprise("Banlan").await;
    let file = "name_en,website,description\nBanlan,new.example,Makers of kilns\nQuorax,q.example,\n";
    let import = bring_in(&office, "enterprises", file).await;
    let mut cx = office.operator();
    let made = enterprise::named(&mut cx, "Quorax").await.unwrap()[0].id;
    cx.undo().await.unwrap();
    assert_eq!(take_back(&office, import.id).await, (2, 0));
    let mut cx = office.operator();
    let undone = run::get(&mut cx, import.id).await.unwrap().0;
    cx.undo().await.unwrap();
    assert_eq!((undone.reversed, undone.reversed_values), (2, 2));
    assert_eq!(office.get(held.id).await.website, None);
    let page = office.director().get_in(platform::text::Language::Traditional, &format!("/enterprises/{made}")).await;
    assert!(page.body.contains("撤銷「file.csv」的匯入（"), "{}", page.body);
    assert!(!page.body.contains(&format!("import {}", import.id)), "{}", page.body);
    let history = office.director().get(&format!("/enterprises/{}/history", held.id)).await.body;
    assert!(history.contains("Undo of the import of “file.csv”"), "{history}");
}

#[both_databases]
async fn a_parent_further_down_is_told_and_counted_before_it_is_given(office: Office) {
    let leaf = office.enterprise("Leaf").await;
    let file = "name_en,parent,website\nLeaf,Top,\nLeaf,Top,late.example\nTop,,\n";
    let (checked, kept) = office.brings_in("enterprises", file.as_bytes()).await;
    assert_eq!((checked.to_create, checked.to_change, checked.to_leave, checked.refused), (1, 1, 0, 1));
    assert_eq!((kept.created, kept.changed, kept.refused, kept.incomplete), (1, 1, 1, 0));
    let mut cx = office.operator();
    let shown = platform::import::examples(&mut cx, kept.id, "changed").await.unwrap();
    let top = enterprise::named(&mut cx, "Top").await.unwrap()[0].id;
    cx.undo().await.unwrap();
    assert!(shown.len() == 1 && shown[0].detail.contains("parent_id"), "{shown:?}");
    let held = office.get(leaf.id).await;
    assert_eq!((held.parent_id, held.website), (Some(top), None), "what was refused stays so");
    let again = bring_in(&office, "enterprises", file).await;
    assert_eq!((again.created, again.changed), (0, 0));
}
