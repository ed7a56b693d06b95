//! What `oases check` finds when somebody has written past the verbs.

use platform::both_databases;
use platform::sql::Sql;

use super::people::avery;
use super::{Office, commit};
use crate::enterprise::{self, NewEnterprise, NewName};
use crate::person;
use crate::relation::{self, GivenRelation};

pub(super) async fn wrong(office: &Office) -> Vec<String> {
    let mut cx = office.operator();
    let mut all = Vec::new();
    for check in office.house.checks.clone() {
        let found = (check.run)(&mut cx).await.unwrap();
        all.extend(found.wrong.into_iter().map(|words| format!("{}: {words}", check.name)));
    }
    cx.undo().await.unwrap();
    all
}

#[both_databases]
async fn each_fault_is_named_and_a_sound_office_has_none(office: Office) {
    let (one, two) = (office.enterprise("Maker Ltd").await, office.enterprise("Buyer Ltd").await);
    let three = office.enterprise("Third Harbour Ltd").await;
    let mut cx = office.operator();
    let added = person::add(&mut cx, one.id, avery()).await.unwrap();
    let given = |role: &str| GivenRelation {
        other: two.id.to_string().into(),
        role: role.into(),
        source: "Press".into(),
        valid_from: "2024-01-02".into(),
        ..GivenRelation::default()
    };
    relation::relate(&mut cx, one.id, given("partner")).await.unwrap();
    relation::relate(&mut cx, one.id, given("customer")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(wrong(&office).await, Vec::<String>::new());

    // Each is written past the verbs, seen, and taken back with its transaction.
    let now = office.operator().now();
    let faults: [(&'static str, &'static str, &str); 20] = [
        ("DELETE FROM person_name_keys WHERE person_id = ", "", "people: Avery"),
        ("UPDATE enterprises SET tier = 0 WHERE name = 'Buyer Ltd' AND id <> ", "", "tier is “public”, and the audit"),
        (
            "UPDATE people SET name = 'Avery Chan' WHERE name <> '' AND id <> ",
            "",
            "name is “Avery Chan”, and the audit",
        ),
        ("UPDATE people SET languages = 'fr' WHERE id <> ", "", "languages is “fr”, and the audit"),
        ("UPDATE person_posts SET title = 'Chair' WHERE person_id = ", "", "post “Chair” is held, and the audit"),
        ("DELETE FROM enterprise_name_keys WHERE enterprise_id <> ", "", "can not be found by name"),
        ("DELETE FROM enterprise_name_keys WHERE key LIKE 'harbour%' AND enterprise_id <> ", "", "by every part of"),
        (
            "UPDATE person_posts SET valid_from = '2025-01-02', valid_to = '2025-01-01' WHERE person_id = ",
            "",
            "post that ends",
        ),
        ("UPDATE person_contacts SET value = '' WHERE person_id = ", "", "says nothing"),
        ("UPDATE person_consents SET withdrawn_on = '1999-01-01' WHERE person_id = ", "", "withdrew a consent"),
        (
            "UPDATE enterprise_relations SET valid_to = '2020-01-01' WHERE kind = 'supplier' AND from_id <> ",
            "",
            "relation that ends",
        ),
        ("UPDATE enterprise_relations SET share = 5 WHERE kind = 'partner' AND from_id <> ", "", "does not invest"),
        (
            "INSERT INTO enterprise_relations (id, from_id, to_id, kind, source, version, recorded_at)
             SELECT id + 4096, to_id, from_id, kind, source, 1, recorded_at FROM enterprise_relations
             WHERE kind = 'partner' AND id <> ",
            "",
            "kept from both sides",
        ),
        (
            "INSERT INTO enterprise_identifiers (id, enterprise_id, scheme, register, value, valid_to)
             SELECT id + 4096, id, 'lei', '', '5493001KJTIIGC8Y1R12', '2020-01-01' FROM enterprises WHERE id <> ",
            "",
            "none is given twice",
        ),
        ("UPDATE enterprises SET industries = ',no-such,' WHERE id <> ", "", "that does not hold"),
        (
            "INSERT INTO enterprise_industries (id, enterprise_id, industry, valid_from, recorded_at)
             SELECT id + 4096, id, 'ai-data-science', '2024-01-01', created_at FROM enterprises WHERE id <> ",
            "",
            "is not listed under",
        ),
        ("UPDATE enterprises SET parent_id = id WHERE id <> ", "", "groups: "),
        (
            "UPDATE enterprises SET merged_into = (SELECT MAX(id) FROM enterprises), survivor_id = (SELECT MAX(id) FROM enterprises) WHERE name = 'Maker Ltd' AND id <> ",
            "",
            "no merge says so",
        ),
        (
            "UPDATE enterprises SET merged_into = (SELECT MAX(id) FROM enterprises) WHERE name = 'Maker Ltd' AND id <> ",
            "",
            "that another stands for",
        ),
        (
            "INSERT INTO enterprise_merges (id, loser_id, into_id, reason, chosen, merged_at)
             SELECT id + 4096, id, (SELECT MAX(id) FROM enterprises), 'a reason', '[]', ",
            " FROM enterprises WHERE name = 'Maker Ltd'",
            "though a merge says so",
        ),
    ];
    for (text, rest, words) in faults {
        let mut cx = office.operator();
        let mut sql = Sql::new(text);
        match text.contains("person_id = ") {
            true => sql.bind(added.id),
            false if rest.is_empty() => sql.bind(1_i64),
            false => sql.bind(now),
        };
        sql.push(rest);
        assert!(sql.execute(&mut cx).await.unwrap() > 0, "{text}");
        let mut found = Vec::new();
        for check in office.house.checks.clone() {
            let findings = (check.run)(&mut cx).await.unwrap();
            found.extend(findings.wrong.into_iter().map(|said| format!("{}: {said}", check.name)));
        }
        assert!(found.iter().any(|said| said.contains(words)), "{text}: {found:?}");
        cx.undo().await.unwrap();
    }
    // A ring of three is seen from each.
    let mut cx = office.operator();
    for (child, parent) in [(one.id, two.id), (two.id, three.id), (three.id, one.id)] {
        let mut sql = Sql::new("UPDATE enterprises SET parent_id = ");
        sql.bind(parent).push(" WHERE id = ").bind(child);
        sql.execute(&mut cx).await.unwrap();
    }
    commit(&mut cx).await;
    assert_eq!(wrong(&office).await.iter().filter(|said| said.starts_with("groups: ")).count(), 3);
}

#[both_databases]
async fn the_last_of_many_is_looked_at_as_the_first(office: Office) {
    let mut cx = office.operator();
    let mut news = Vec::new();
    for number in 0..450 {
        let names = vec![NewName { name: format!("Maker {number} Ltd"), ..NewName::default() }];
        news.push(NewEnterprise { names, ..NewEnterprise::default() }.checked(&cx).unwrap());
    }
    let last = *enterprise::register_many(&mut cx, news).await.unwrap().last().unwrap();
    commit(&mut cx).await;
    assert_eq!(wrong(&office).await, Vec::<String>::new());
    let mut cx = office.operator();
    let mut sql = Sql::new("DELETE FROM enterprise_name_keys WHERE enterprise_id = ");
    sql.bind(last);
    assert!(sql.execute(&mut cx).await.unwrap() > 0);
    commit(&mut cx).await;
    let found = wrong(&office).await;
    assert!(found.len() == 1 && found[0].ends_with("can not be found by name"), "{found:?}");
}
