//! Files: brought in twice they change nothing, brought up to date they change what differs, and
//! undone they leave what was there before.

use std::collections::HashMap;

use platform::import::{Mode, Outcome, Row, Undone};
use platform::{Id, audit, both_databases};

use super::{Office, commit};
use crate::flag;
use crate::measurement;
use crate::person::{contact, list, post};
use crate::relation::{self, Filter};

pub(super) fn rows(columns: &[&'static str], lines: &[&[&str]]) -> Vec<Row> {
    let row = |(place, line): (usize, &&[&str])| Row {
        number: place as u64 + 2,
        cells: columns.iter().copied().zip(line.iter().map(|cell| (*cell).to_owned())).collect::<HashMap<_, _>>(),
    };
    lines.iter().enumerate().map(row).collect()
}

pub(super) async fn take(office: &Office, kind: &str, rows: &[Row], mode: Mode, import: i64) -> Vec<Outcome> {
    let officer = office.officer(None);
    let mut cx = officer.cx();
    cx.import = (mode == Mode::Keep).then_some(Id(import));
    let kind = office.house.import_kind(kind).unwrap();
    let outcomes = kind.take(&mut cx, rows, mode).await.unwrap();
    commit(&mut cx).await;
    outcomes
}

pub(super) async fn undo(office: &Office, kind: &str, import: i64) -> Vec<Undone> {
    let officer = office.officer(None);
    let mut cx = officer.cx();
    let entries = audit::read::of_import(&mut cx, Id(import), None, 500).await.unwrap();
    let kind = office.house.import_kind(kind).unwrap();
    let answers = kind.undo(&mut cx, &entries).await.unwrap();
    commit(&mut cx).await;
    answers
}

/// What a check says is what keeping does.
pub(super) async fn kept(office: &Office, kind: &str, rows: &[Row], import: i64) -> Vec<&'static str> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Created(_) | Outcome::Alike(..) => "created",
        Outcome::Changed(..) => "changed",
        Outcome::Same(_) => "same",
        Outcome::Resembles(_) => "resembles",
        Outcome::Refused(_) => "refused",
    };
    let check: Vec<_> = take(office, kind, rows, Mode::Check, import).await.iter().map(word).collect();
    let keep: Vec<_> = take(office, kind, rows, Mode::Keep, import).await.iter().map(word).collect();
    assert_eq!(check, keep);
    keep
}

#[both_databases]
async fn figures_of_a_file_correct_what_stands_and_go_back(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let columns = ["enterprise", "measure", "year", "amount", "currency", "source"];
    let first = rows(
        &columns,
        &[
            &["Lanyue", "headcount", "2024", "100", "", "Return"],
            &["Lanyue", "R&D spend", "2024", "1", "USD", "Return"],
            &["Nobody", "headcount", "2024", "100", "", "Return"],
            &["Lanyue", "headcount", "2024", "100", "", "Return"],
            &["Lanyue", "rd spend", "2024", "1.5", "USD", "Return"],
        ],
    );
    assert_eq!(kept(&office, "measurements", &first, 1).await, ["created", "refused", "refused", "same", "created"]);
    assert_eq!(kept(&office, "measurements", &first[..1], 2).await, ["same"]);
    let second = rows(&columns, &[&["Lanyue", "headcount", "2024", "120", "", "Restated"]]);
    assert_eq!(kept(&office, "measurements", &second, 3).await, ["changed"]);
    let heads = async || measurement::latest(&mut office.operator(), held.id).await.unwrap()[0].amount;
    assert_eq!(heads().await, 120);
    assert_eq!(undo(&office, "measurements", 3).await, [Undone::Reversed]);
    assert_eq!(heads().await, 100);
    assert_eq!(undo(&office, "measurements", 1).await, [Undone::Reversed, Undone::Reversed]);
    assert!(measurement::latest(&mut office.operator(), held.id).await.unwrap().is_empty());
}

#[both_databases]
async fn a_list_of_flags_is_brought_in_ended_and_undone(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let columns = ["enterprise", "flag", "source", "valid_from", "valid_to"];
    let first = rows(
        &columns,
        &[
            &[&held.reference, "us-entity-list", "A list", "2021-06-01", ""],
            &["Lanyue", "no such list", "A list", "2021-06-01", ""],
            &["Lanyue", "unicorn", "", "31 February 2021", ""],
        ],
    );
    assert_eq!(kept(&office, "flags", &first, 1).await, ["created", "refused", "refused"]);
    let ended = rows(&columns, &[&["Lanyue", "us-entity-list", "A list", "2021-06-01", "2026-01-31"]]);
    assert_eq!(kept(&office, "flags", &ended, 2).await, ["changed"]);
    let now = async || flag::in_force(&mut office.operator(), held.id).await.unwrap().len();
    assert_eq!(now().await, 0);
    assert_eq!(undo(&office, "flags", 2).await, [Undone::Reversed]);
    assert_eq!(now().await, 1);
    assert_eq!(undo(&office, "flags", 1).await, [Undone::Reversed]);
    assert!(flag::of(&mut office.operator(), held.id).await.unwrap().is_empty());
}

#[both_databases]
async fn names_of_a_file_are_found_at_once_and_go_back(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let columns = ["enterprise", "name", "language", "kind", "valid_to"];
    let file = rows(
        &columns,
        &[
            &[&held.reference, "嵐岳生物科技", "", "legal", ""],
            &["Lanyue", "Lanyue Old", "en", "former", "2020-12-31"],
            &["Lanyue", "Lanyue Old", "en", "former", "2020-12-31"],
            &["Lanyue", "Bell \u{7}", "en", "", ""],
            &["Lanyue", "Lanyue Older", "en", "ancient", ""],
            &["Nobody", "Nobody Ltd", "en", "", ""],
        ],
    );
    let expected = ["created", "created", "same", "refused", "refused", "refused"];
    assert_eq!(kept(&office, "names", &file, 1).await, expected);
    assert_eq!(kept(&office, "names", &file[..2], 2).await, ["same", "same"]);
    let found = async |typed: &str| crate::enterprise::find(&mut office.operator(), typed, 9).await.unwrap().len();
    assert_eq!((found("岚岳生物").await, found("lanyue old").await), (1, 1), "in the other script too");
    let later = rows(&columns, &[&["Lanyue", "Lanyue Old", "en", "former", "2021-06-30"]]);
    assert_eq!(kept(&office, "names", &later, 3).await, ["changed"]);
    let last = async || {
        let names = crate::name::of(&mut office.operator(), held.id).await.unwrap();
        names.iter().find(|name| name.kind == "former").and_then(|name| name.valid_to).map(|day| day.to_string())
    };
    assert_eq!(last().await.as_deref(), Some("2021-06-30"));
    assert_eq!(undo(&office, "names", 3).await, [Undone::Reversed]);
    assert_eq!(last().await.as_deref(), Some("2020-12-31"));
    assert_eq!(undo(&office, "names", 1).await, [Undone::Reversed, Undone::Reversed]);
    assert_eq!(found("嵐岳").await, 0);
}

#[both_databases]
async fn identifiers_of_a_file_have_one_holder_and_go_back(office: Office) {
    let (held, other) = (office.enterprise("Lanyue").await, office.enterprise("Qingchi").await);
    let columns = ["enterprise", "scheme", "register", "value", "valid_from", "valid_to"];
    let file = rows(
        &columns,
        &[
            &["Lanyue", "Listing", "XHKG", "99001", "2024-01-02", ""],
            &["Lanyue", "registry", "hk-companies-registry", "1234567", "", ""],
            &["Qingchi", "registry", "hk-companies-registry", "1234567", "", ""],
            &["Lanyue", "lei", "", "not an lei", "", ""],
            &["Lanyue", "passport", "", "1", "", ""],
            &["Qingchi", "listing", "XHKG", "99002", "2024-02-31", ""],
        ],
    );
    let expected = ["created", "created", "refused", "refused", "refused", "refused"];
    assert_eq!(kept(&office, "identifiers", &file, 1).await, expected);
    assert_eq!(kept(&office, "identifiers", &file[..2], 2).await, ["same", "same"]);
    let taken = rows(&columns, &[&[&other.reference, "listing", "XHKG", "99001", "", ""]]);
    assert_eq!(kept(&office, "identifiers", &taken, 3).await, ["refused"], "another's in force");
    let ended = rows(&columns, &[&["Lanyue", "listing", "XHKG", "99001", "2024-01-02", "2026-01-31"]]);
    assert_eq!(kept(&office, "identifiers", &ended, 4).await, ["changed"]);
    assert_eq!(kept(&office, "identifiers", &taken, 5).await, ["created"], "what was given up may be another's");
    assert_eq!(undo(&office, "identifiers", 5).await, [Undone::Reversed]);
    assert_eq!(undo(&office, "identifiers", 4).await, [Undone::Reversed]);
    assert_eq!(undo(&office, "identifiers", 1).await, [Undone::Reversed, Undone::Reversed]);
    assert!(crate::identifier::of(&mut office.operator(), held.id).await.unwrap().is_empty());
}

#[both_databases]
async fn relations_of_a_file_are_kept_once_and_undone(office: Office) {
    let (maker, buyer) = (office.enterprise("Maker Ltd").await, office.enterprise("Buyer Ltd").await);
    let columns = ["enterprise", "role", "other", "share", "source"];
    let file = rows(
        &columns,
        &[
            &["Maker Ltd", "customer", &buyer.reference, "", "Press"],
            &["Buyer Ltd", "supplier", "Maker Ltd", "", "Press"],
            &["Maker Ltd", "investor", "Buyer Ltd", "150", "Press"],
            &["Maker Ltd", "investor", "Maker Ltd", "5", "Press"],
            &["Maker Ltd", "investor", "Buyer Ltd", "12.5%", "Press"],
        ],
    );
    assert_eq!(kept(&office, "relations", &file, 1).await, ["created", "same", "refused", "refused", "created"]);
    let count =
        async || relation::page(&mut office.operator(), maker.id, &Filter::default(), 9).await.unwrap().relations.len();
    assert_eq!(count().await, 2);
    let answers = undo(&office, "relations", 1).await;
    assert_eq!(answers.iter().filter(|one| **one == Undone::Reversed).count(), 2);
    assert_eq!(count().await, 0);
}

#[both_databases]
async fn people_of_a_file_are_added_brought_up_to_date_and_put_back(office: Office) {
    office.enterprise("Lanyue").await;
    let columns = ["enterprise", "name", "second_name", "post", "email", "consent_on"];
    let first = rows(
        &columns,
        &[
            &["Lanyue", "Avery Sample", "", "Head", "old@sample.example", "2024-01-15"],
            &["Lanyue", "Blake Draft", "", "", "blake@sample.example", ""],
            &["Lanyue", "avery sample", "", "", "", ""],
        ],
    );
    assert_eq!(kept(&office, "people", &first, 1).await, ["created", "refused", "same"]);
    let person = list::page(&mut office.operator(), &list::Filter::default(), 9).await.unwrap().people.remove(0);
    let second = rows(&columns, &[&["Lanyue", "Avery Sample", "沈雅文", "Director", "new@sample.example", ""]]);
    assert_eq!(kept(&office, "people", &second, 2).await, ["changed"]);
    assert_eq!(kept(&office, "people", &second, 3).await, ["same"]);
    let state = async || {
        let mut cx = office.operator();
        let held = list::page(&mut cx, &list::Filter::default(), 9).await.unwrap().people.remove(0);
        let contact::Reach::Told(reach) = contact::of(&mut cx, person.id).await.unwrap() else { panic!() };
        (held.second_name, held.post, reach.into_iter().map(|one| one.value).collect::<Vec<_>>())
    };
    let new = (Some("沈雅文".to_owned()), Some("Director".to_owned()), vec!["new@sample.example".to_owned()]);
    assert_eq!(state().await, new);
    let told = office.history("person", person.id).await;
    assert!(!told.contains("@sample.example"), "{told}");
    let answers = undo(&office, "people", 2).await;
    assert!(answers.iter().all(|answer| *answer == Undone::Reversed), "{answers:?}");
    assert_eq!(state().await, (None, Some("Head".to_owned()), vec!["old@sample.example".to_owned()]));
    assert_eq!(post::of(&mut office.operator(), person.id).await.unwrap().len(), 1);
    undo(&office, "people", 1).await;
    // Somebody touched since by another import, and put back, is kept rather than retired.
    let left = list::page(&mut office.operator(), &list::Filter::default(), 9).await.unwrap().people.len();
    assert!(left <= 1);
}

#[both_databases]
async fn a_row_about_a_retired_enterprise_is_refused_and_the_others_are_kept(office: Office) {
    let gone = office.enterprise("Gone Ltd").await;
    office.enterprise("Here Ltd").await;
    let mut cx = office.operator();
    let lei = crate::identifier::GivenIdentifier {
        scheme: "lei".into(),
        value: "5493001KJTIIGC8Y1R12".into(),
        ..Default::default()
    };
    crate::identifier::add(&mut cx, gone.id, lei).await.unwrap();
    crate::enterprise::retire(&mut cx, gone.id, "twice").await.unwrap();
    commit(&mut cx).await;
    let columns = ["name_en", "lei", "website"];
    let file = rows(&columns, &[&["Gone Ltd", "5493001KJTIIGC8Y1R12", "a.example"], &["New Ltd", "", ""]]);
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["refused", "created"]);
    let flags = rows(
        &["enterprise", "flag", "source"],
        &[&[gone.reference.as_str(), "unicorn", "Press"], &["Here Ltd", "unicorn", "Press"]],
    );
    assert_eq!(kept(&office, "flags", &flags, 2).await, ["refused", "created"]);
}

#[both_databases]
async fn enterprises_of_a_file_come_with_their_parents_and_listings(office: Office) {
    let top = office.enterprise("Top Ltd").await;
    let columns = ["name_en", "parent", "exchange", "listing_code"];
    let file = rows(
        &columns,
        &[
            &["Leaf Ltd", &top.reference, "xhkg", "700"],
            &["Lost Ltd", "Nowhere Ltd", "", ""],
            &["Odd Ltd", "", "the exchange", "1"],
            &["Top Ltd", "Top Ltd", "", ""],
        ],
    );
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["created", "refused", "refused", "refused"]);
    assert_eq!(kept(&office, "enterprises", &file[..1], 2).await, ["same"]);
    let mut cx = office.operator();
    let leaf = crate::enterprise::written(&mut cx, "Leaf Ltd").await.unwrap().unwrap();
    assert_eq!(crate::enterprise::get(&mut cx, leaf.id).await.unwrap().parent_id, Some(top.id));
    assert_eq!(crate::identifier::of(&mut cx, leaf.id).await.unwrap()[0].register, "XHKG");
    // The other way round would be a circle, and is told before anything is kept.
    cx.undo().await.unwrap();
    let circle = rows(&["name_en", "parent"], &[&["Top Ltd", "Leaf Ltd"]]);
    assert_eq!(kept(&office, "enterprises", &circle, 3).await, ["refused"]);
}

#[both_databases]
async fn a_file_adds_the_names_and_identifiers_that_a_known_enterprise_lacks(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let columns = ["name_en", "name_zh_hant", "lei", "website"];
    let file = rows(&columns, &[&["Lanyue", "嵐岳", "5493001KJTIIGC8Y1R12", "a.example"]]);
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["changed"]);
    assert_eq!(kept(&office, "enterprises", &file, 2).await, ["same"]);
    let count = async || {
        let mut cx = office.operator();
        let names = crate::name::of(&mut cx, held.id).await.unwrap().len();
        (names, crate::identifier::of(&mut cx, held.id).await.unwrap().len())
    };
    assert_eq!(count().await, (2, 1));
    // The number of one with the name of another is left for a person.
    office.enterprise("Other Ltd").await;
    let twice = rows(&columns, &[&["Other Ltd", "", "5493001KJTIIGC8Y1R12", "b.example"]]);
    assert_eq!(kept(&office, "enterprises", &twice, 3).await, ["resembles"]);
    let answers = undo(&office, "enterprises", 1).await;
    assert!(answers.contains(&Undone::Reversed), "{answers:?}");
    assert_eq!(count().await, (1, 0));
}
