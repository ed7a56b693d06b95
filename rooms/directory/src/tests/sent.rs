//! Files that speak of one record twice, of a record by its reference or key, or of what was exported:
//! whole rows are kept or refused, and none is dropped in silence.

use std::collections::HashMap;

use platform::import::{Mode, Outcome, Row, Undone};
use platform::permission::Tier;
use platform::{Id, both_databases};

use super::imports::{kept, rows, take, undo};
use super::{Office, commit, names, undone};
use crate::person::{self, list, post};
use crate::relation::{self, Filter};
use crate::{enterprise, identifier, name};

/// The column and key of what a row was refused for.
fn refusal(outcome: &Outcome) -> (&str, &str) {
    let Outcome::Refused(problems) = outcome else { panic!("{outcome:?}") };
    (&problems.all()[0].field, &problems.all()[0].key)
}

/// An export as an import reads it.
async fn exported(office: &Office, kind: &str) -> Vec<Row> {
    let export = office.house.exports.iter().find(|one| one.name() == kind).copied().unwrap();
    let mut cx = office.director().cx();
    let file = platform::export::to_file(&mut cx, export, "", platform::export::Format::Csv).await.unwrap();
    commit(&mut cx).await;
    let text = std::fs::read_to_string(file.path()).unwrap();
    let mut lines = text.trim_start_matches('\u{FEFF}').lines();
    let headers: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
    let columns = office.house.import_kind(kind).unwrap().columns();
    let mapping = platform::import::read::guess(&headers, columns, &office.house.texts);
    let row = |(place, line): (usize, &str)| {
        let cells = mapping.iter().zip(line.split(',')).filter_map(|((_, field), cell)| {
            let column = columns.iter().find(|column| column.field == field)?;
            Some((column.field, cell.to_owned()))
        });
        Row { number: place as u64 + 2, cells: cells.collect::<HashMap<_, _>>() }
    };
    lines.enumerate().map(row).collect()
}

#[both_databases]
async fn a_row_is_judged_whole_before_any_of_it_is_written(office: Office) {
    office.enterprise("Altamar Animation").await;
    let other = office.enterprise("Altamar Batteries").await;
    let columns = ["name_en", "website", "lei"];
    let file = rows(
        &columns,
        &[
            &["Altamar Animation", "a.example", "5493001KJTIIGC8Y1R12"],
            &["Altamar Batteries", "b.example", "5493001KJTIIGC8Y1R12"],
        ],
    );
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["changed", "refused"]);
    let said = take(&office, "enterprises", &file, Mode::Check, 1).await;
    assert_eq!(refusal(&said[1]), ("lei", "import-row-otherwise"));
    let alone = take(&office, "enterprises", &file[1..], Mode::Keep, 2).await;
    assert!(matches!(alone[0], Outcome::Refused(_) | Outcome::Resembles(_)), "{alone:?}");
    let held = enterprise::get(&mut office.operator(), other.id).await.unwrap();
    assert_eq!(held.website, None, "nothing of a refused row is kept");
}

#[both_databases]
async fn a_row_with_a_reference_changes_that_record_and_its_name(office: Office) {
    let held = office.enterprise("Altamar Animations").await;
    office.enterprise("Qingchi").await;
    let secret = office.enterprise_of("Secret Ltd", Tier::Named).await;
    let columns = ["reference", "name", "website"];
    let file = rows(
        &columns,
        &[
            &[&held.reference, "Altamar Animations Renamed", "a.example"],
            &["E-1999-0001", "Nobody Ltd", ""],
            &[&secret.reference, "Secret Ltd", "b.example"],
            &[&held.reference.to_lowercase(), "", "c.example"],
        ],
    );
    let expected = ["changed", "refused", "refused", "refused"];
    assert_eq!(kept(&office, "enterprises", &file, 1).await, expected);
    let said = take(&office, "enterprises", &file, Mode::Check, 1).await;
    assert_eq!(refusal(&said[1]), ("reference", "enterprise-reference-unknown"));
    assert_eq!(refusal(&said[2]), refusal(&said[1]), "out of reach is not there");
    assert_eq!(refusal(&said[3]), ("reference", "import-row-otherwise"));
    let state = async || {
        let held = enterprise::get(&mut office.operator(), held.id).await.unwrap();
        (held.name, held.website)
    };
    assert_eq!(state().await, ("Altamar Animations Renamed".to_owned(), Some("a.example".to_owned())));
    assert_eq!(kept(&office, "enterprises", &file[..1], 2).await, ["same"]);
    let answers = undo(&office, "enterprises", 1).await;
    assert!(answers.iter().all(|answer| *answer == Undone::Reversed), "{answers:?}");
    assert_eq!(state().await, ("Altamar Animations".to_owned(), None));
    assert_eq!(name::of(&mut office.operator(), held.id).await.unwrap().len(), 1);
    // A name in a further language stands beside it.
    let further = rows(&columns, &[&[&held.reference, "嵐岳動畫", ""]]);
    assert_eq!(kept(&office, "enterprises", &further, 3).await, ["changed"]);
    assert_eq!(state().await.0, "Altamar Animations");
    assert_eq!(undo(&office, "enterprises", 3).await, [Undone::Reversed]);
}

#[both_databases]
async fn a_doubled_row_that_says_something_else_is_refused_by_the_other(office: Office) {
    let columns = ["name_en", "lei", "website"];
    let file = rows(
        &columns,
        &[
            &["Quorax One", "", "a.example"],
            &["quorax one", "", ""],
            &["Quorax One", "5493001KJTIIGC8Y1R12", "b.example"],
        ],
    );
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["created", "same", "refused"]);
    let said = take(&office, "enterprises", &file, Mode::Check, 1).await;
    let Outcome::Refused(problems) = &said[2] else { panic!("{said:?}") };
    let told = &problems.all()[0];
    assert_eq!((told.key.as_str(), told.args[0].1.as_str()), ("import-row-otherwise", "2"));

    let columns = ["enterprise", "name", "language", "kind", "valid_to"];
    let older = rows(
        &columns,
        &[
            &["Quorax One", "Quorax Old", "en", "former", "2020-12-31"],
            &["Quorax One", "Quorax Old", "en", "former", "2021-12-31"],
        ],
    );
    assert_eq!(kept(&office, "names", &older, 2).await, ["created", "refused"]);
    let columns = ["enterprise", "name", "post"];
    let people = rows(&columns, &[&["Quorax One", "Blake Draft", "Head"], &["Quorax One", "Blake Draft", "Chair"]]);
    assert_eq!(kept(&office, "people", &people, 3).await, ["created", "refused"]);
}

#[both_databases]
async fn a_row_is_set_beside_all_rows_of_the_file_however_far_apart(office: Office) {
    office.enterprise("Quorax").await;
    office.enterprise("Zephyrine").await;
    for (kind, head, first, last) in [
        (
            "measurements",
            "enterprise,measure,year,amount,source",
            "Quorax,headcount,2024,100,Return",
            "Quorax,headcount,2024,999,Return",
        ),
        (
            "identifiers",
            "enterprise,scheme,value",
            "Quorax,lei,5493001KJTIIGC8Y1R12",
            "Zephyrine,lei,5493001KJTIIGC8Y1R12",
        ),
    ] {
        let file = format!("{head}\n{}{last}\n", format!("{first}\n").repeat(1_001));
        let import = undone::bring_in(&office, kind, &file).await;
        let came = (import.to_create, import.created, import.to_leave, import.refused);
        assert_eq!(came, (1, 1, 1_000, 1), "{kind}: what the check told is kept");
    }
}

#[both_databases]
async fn a_key_binds_a_row_to_that_person(office: Office) {
    let (here, there) = (office.enterprise("Lanyue").await, office.enterprise("Qingchi").await);
    let mut cx = office.operator();
    let mut added = Vec::new();
    for at in [&here, &here, &there] {
        let new = person::NewPerson {
            name: "Avery Demoore".into(),
            distinct_from_resembling: true,
            ..person::NewPerson::default()
        };
        added.push(person::add(&mut cx, at.id, new).await.unwrap().id.to_string());
    }
    commit(&mut cx).await;
    let columns = ["id", "enterprise", "name", "post"];
    let file = rows(
        &columns,
        &[
            &[&added[2], "Lanyue", "Avery Demoore", "Chair"],
            &["999", "Lanyue", "Somebody Else", ""],
            &["abc", "Lanyue", "Somebody Else", ""],
            &[&added[0], "Lanyue", "Avery Moore", "Head"],
            &[&added[1], "Lanyue", "Avery Demoore", "Chair"],
            &["", "Lanyue", "Avery Demoore", "Clerk"],
        ],
    );
    let expected = ["refused", "refused", "refused", "changed", "changed", "resembles"];
    let said = take(&office, "people", &file, Mode::Check, 1).await;
    for outcome in &said[..3] {
        assert_eq!(refusal(outcome), ("id", "person-id-unknown"));
    }
    assert_eq!(kept(&office, "people", &file, 1).await, expected);
    let held = async |place: usize| {
        let mut cx = office.operator();
        let id: Id = added[place].parse().unwrap();
        let name = person::get(&mut cx, id).await.unwrap().0.name;
        (name, post::of(&mut cx, id).await.unwrap().into_iter().map(|post| post.title).collect::<Vec<_>>())
    };
    assert_eq!(held(0).await, ("Avery Moore".to_owned(), vec!["Head".to_owned()]));
    assert_eq!(held(1).await, ("Avery Demoore".to_owned(), vec!["Chair".to_owned()]));
    assert!(held(2).await.1.is_empty());
    // A post that cannot follow the one held refuses the whole row.
    let early = rows(
        &["id", "enterprise", "name", "post", "post_from"],
        &[&[&added[0], "Lanyue", "Avery More", "Chair", "2001-01-01"]],
    );
    assert_eq!(kept(&office, "people", &early, 2).await, ["refused"]);
    assert_eq!(held(0).await.0, "Avery Moore");
    let answers = undo(&office, "people", 1).await;
    assert!(answers.iter().all(|answer| *answer == Undone::Reversed), "{answers:?}");
    assert_eq!(held(0).await, ("Avery Demoore".to_owned(), Vec::new()));
    assert_eq!(list::page(&mut office.operator(), &list::Filter::default(), 9).await.unwrap().people.len(), 3);
}

#[both_databases]
async fn a_relation_that_is_kept_is_brought_up_to_date_and_put_back(office: Office) {
    let (maker, holder) = (office.enterprise("Maker Ltd").await, office.enterprise("Holder Ltd").await);
    let columns = ["enterprise", "role", "other", "share", "source", "valid_from", "valid_to"];
    let first = rows(&columns, &[&["Maker Ltd", "investor", "Holder Ltd", "7", "Press", "2020-01-01", ""]]);
    assert_eq!(kept(&office, "relations", &first, 1).await, ["created"]);
    // From the other side, with another share, source and last day.
    let file = rows(
        &columns,
        &[
            &[&holder.reference, "investee", &maker.reference, "9%", "Return", "2020-01-01", "2025-12-31"],
            &["Maker Ltd", "investor", "Holder Ltd", "8", "Return", "2020-01-01", ""],
            &["Maker Ltd", "investor", "Holder Ltd", "9", "Return", "2024-01-01", ""],
        ],
    );
    assert_eq!(kept(&office, "relations", &file[..2], 2).await, ["changed", "refused"]);
    assert_eq!(kept(&office, "relations", &file[2..], 3).await, ["refused"], "it overlaps what is kept");
    let state = async || {
        let page = relation::page(&mut office.operator(), maker.id, &Filter::default(), 9).await.unwrap();
        assert_eq!(page.relations.len(), 1);
        let one = page.relations.into_iter().next().unwrap();
        (one.share, one.source, one.valid_to.map(|day| day.to_string()))
    };
    assert_eq!(state().await, (Some(900), "Return".to_owned(), Some("2025-12-31".to_owned())));
    assert_eq!(kept(&office, "relations", &file[..1], 4).await, ["same"]);
    let short = rows(&columns[..5], &[&["Maker Ltd", "investor", "Holder Ltd", "9", "Return"]]);
    assert_eq!(kept(&office, "relations", &short, 5).await, ["same"], "a column that is not there changes nothing");
    assert!(undo(&office, "relations", 2).await.contains(&Undone::Reversed));
    assert_eq!(state().await, (Some(700), "Press".to_owned(), None));
}

#[both_databases]
async fn exports_sent_back_unchanged_are_known_row_by_row(office: Office) {
    let held = office.enterprise("嵐岳").await;
    let alike = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    for (text, language, kind) in [("Lanyue Ltd", "en", "legal"), ("岚岳生物", "zh-Hans", ""), ("Landgipfel", "de", "")]
    {
        let given = name::GivenName { language: language.into(), kind: kind.into(), ..names::given(text) };
        name::add(&mut cx, held.id, given).await.unwrap();
    }
    // Two that go by one name are told apart by their references.
    name::add(&mut cx, alike.id, names::given("Lanyue Ltd")).await.unwrap();
    let lei = identifier::GivenIdentifier {
        scheme: "lei".into(),
        value: "5493001KJTIIGC8Y1R12".into(),
        valid_to: "2024-12-31".into(),
        ..Default::default()
    };
    identifier::add(&mut cx, held.id, lei).await.unwrap();
    relation::relate(
        &mut cx,
        held.id,
        relation::GivenRelation {
            other: alike.reference.clone().into(),
            role: "investor".into(),
            share: "7".into(),
            source: "Press".into(),
            ..Default::default()
        },
    )
    .await
    .unwrap();
    commit(&mut cx).await;
    for kind in ["enterprises", "names", "identifiers", "relations"] {
        let file = exported(&office, kind).await;
        assert!(!file.is_empty(), "{kind}");
        let outcomes = kept(&office, kind, &file, 1).await;
        assert!(outcomes.iter().all(|outcome| *outcome == "same"), "{kind}: {outcomes:?}: {file:?}");
    }
    let row = exported(&office, "enterprises").await.into_iter().find(|row| row.text("name") == "嵐岳").unwrap();
    let names = ["name_en", "name_zh_hant", "name_zh_hans", "name_other"].map(|field| row.text(field));
    assert_eq!(names, ["Lanyue Ltd", "嵐岳", "岚岳生物", "Landgipfel"]);
}

#[both_databases]
async fn the_language_of_a_plain_name_is_told_by_its_script(office: Office) {
    let file = rows(&["name", "second_name"], &[&["雙語測試公司", "Bilingual Test"], &["", ""]]);
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["created", "refused"]);
    let said = take(&office, "enterprises", &file, Mode::Check, 2).await;
    assert_eq!(refusal(&said[1]), ("name", "problem-name-missing"));
    let mut cx = office.operator();
    let found = enterprise::written(&mut cx, "Bilingual Test").await.unwrap().unwrap();
    let names = name::of(&mut cx, found.id).await.unwrap();
    let mut told: Vec<_> = names.iter().map(|one| (one.name.as_str(), one.language.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("Bilingual Test", "en"), ("雙語測試公司", "zh-Hant")]);
}

#[both_databases]
async fn what_is_wrong_with_a_name_stands_in_its_own_column(office: Office) {
    office.enterprise("Lanyue").await;
    let columns = ["enterprise", "name", "language", "kind"];
    let lines: [&[&str]; 3] =
        [&["Lanyue", "Oaza", "xx-zz", ""], &["Lanyue", "Oaza", "pl", "ancient"], &["Lanyue", "★★", "pl", ""]];
    let said = take(&office, "names", &rows(&columns, &lines), Mode::Check, 1).await;
    let at: Vec<(&str, &str)> = said.iter().map(refusal).collect();
    let expected = [("language", "problem-language"), ("kind", "problem-name-kind"), ("name", "problem-name-signs")];
    assert_eq!(at, expected);
}
