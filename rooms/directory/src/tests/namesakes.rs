//! Names that fold alike and are not the same: another enterprise or person, until somebody says otherwise.

use std::sync::Arc;

use platform::both_databases;
use platform::import::{Left, Mode, Outcome};
use serde_json::{Value, json};

use super::imports::{kept, rows, take};
use super::{Office, commit};
use crate::enterprise;
use crate::person::{self, NewPerson};

const PAIRS: [(&str, &str); 4] =
    [("टाटा कोलम विशाल", "टीटी कोलम विशाल"), ("บริษัท กินดี", "บริษัท กันดี"), ("C++ Zetamax", "C# Zetamax"), ("ဘဏ်ကို", "ဘဏ်ကု")];

#[both_databases]
async fn a_row_whose_name_differs_by_vowels_or_signs_is_another_enterprise(office: Office) {
    for (place, (name, other)) in PAIRS.into_iter().enumerate() {
        let held = office.enterprise(name).await;
        let columns = ["name_other", "description"];
        let file = rows(&columns, &[&[other, "of the other"]]);
        let [Outcome::Alike(_, alike)] = &take(&office, "enterprises", &file, Mode::Check, 0).await[..] else {
            panic!("{name}, {other}: nothing is asked")
        };
        assert!(alike.iter().any(|one| one.id == held.id && one.likely), "{name}, {other}: {alike:?}");
        let officer = office.officer(None);
        let mut cx = officer.cx();
        cx.kept.put(Arc::new(Left(true)));
        let kind = office.house.import_kind("enterprises").unwrap();
        let outcomes = kind.take(&mut cx, &file, Mode::Keep).await.unwrap();
        assert!(matches!(&outcomes[..], [Outcome::Resembles(likely)] if likely[0].0 == held.id), "{outcomes:?}");
        cx.undo().await.unwrap();

        let import = place as i64 * 10;
        assert_eq!(kept(&office, "enterprises", &file, import + 1).await, ["created"], "{name}, {other}");
        assert_eq!(kept(&office, "enterprises", &file, import + 2).await, ["same"], "{name}, {other}");
        assert_eq!(office.get(held.id).await.description, None, "{name}");
        let own = rows(&columns, &[&[&name.to_uppercase(), "its own"]]);
        assert_eq!(kept(&office, "enterprises", &own, import + 3).await, ["changed"], "{name}");
        assert_eq!(office.get(held.id).await.description.as_deref(), Some("its own"), "{name}");
    }
}

#[both_databases]
async fn two_rows_of_a_file_that_differ_by_signs_are_two(office: Office) {
    let file =
        rows(&["name_en", "description"], &[&["C++ Zetamax", "one"], &["C# Zetamax", "two"], &["c++ zetamax", "one"]]);
    assert_eq!(kept(&office, "enterprises", &file, 1).await, ["created", "created", "same"]);
    let said = rows(&["name_en", "description"], &[&["Vowel Ltd", "टाटा"], &["Vowel Ltd", "टीटी"]]);
    assert_eq!(kept(&office, "enterprises", &said, 2).await, ["created", "refused"], "they say different things");
}

#[both_databases]
async fn a_name_that_only_folds_alike_names_nobody(office: Office) {
    let held = office.enterprise("गीता समूह").await;
    office.enterprise("Maker Ltd").await;
    let mut cx = office.operator();
    assert_eq!(enterprise::written(&mut cx, "गतो समह").await.unwrap(), None);
    assert_eq!(enterprise::written(&mut cx, " गीता  समूह").await.unwrap().map(|brief| brief.id), Some(held.id));
    cx.undo().await.unwrap();
    let columns = ["enterprise", "role", "other", "source"];
    let file = rows(
        &columns,
        &[&["Maker Ltd", "customer", "गतो समह", "Press"], &["Maker Ltd", "customer", "गीता समूह", "Press"]],
    );
    assert_eq!(kept(&office, "relations", &file, 1).await, ["refused", "created"]);
}

#[both_databases]
async fn whoever_registers_a_nearly_equal_name_is_asked_and_not_told_that_it_is_the_same(office: Office) {
    let (name, other) = PAIRS[0];
    let held = office.enterprise(name).await;
    let officer = office.officer(None);
    let at = "/api/v1/enterprises";
    let refused = officer.call("POST", at, &[], json!({ "names": [{ "name": other }] })).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert_eq!(refused.json()["errors"][0]["key"], "resembles-name-nearly", "{}", refused.body);
    let asked = format!("{at}/resembling?name={}", platform::web::encode(other));
    let told = officer.call("GET", &asked, &[], Value::Null).await.json();
    assert_eq!(
        (&told["items"][0]["equal"], &told["items"][0]["enterprise"]["id"]),
        (&json!("nearly_name"), &json!(held.id.0))
    );
    let distinct = json!({ "names": [{ "name": other }], "distinct_from_resembling": true });
    assert_eq!(officer.call("POST", at, &[], distinct).await.status, 201);
    let same = officer.call("POST", at, &[], json!({ "names": [{ "name": other }] })).await.json();
    assert_eq!(same["errors"][0]["key"], "resembles-name", "{same}");
}

#[both_databases]
async fn a_row_about_a_person_whose_name_differs_by_vowels_is_left_for_a_person(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let add = async |name: &str| {
        let mut cx = office.operator();
        let new = NewPerson { name: name.into(), distinct_from_resembling: true, ..NewPerson::default() };
        person::add(&mut cx, held.id, new).await.unwrap();
        commit(&mut cx).await;
    };
    add("गीता देवी").await;
    let columns = ["enterprise", "name", "post"];
    let file = rows(&columns, &[&["Lanyue", "गीतो देवी", "Head"], &["Lanyue", "गीता देवी", "Director"]]);
    assert_eq!(kept(&office, "people", &file, 1).await, ["resembles", "changed"]);
    add("गीतो देवी").await;
    assert_eq!(kept(&office, "people", &file, 2).await, ["changed", "same"]);
}
