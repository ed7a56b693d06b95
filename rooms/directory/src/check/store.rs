//! The rules as SQL: each finds what breaks it, by the name that a person knows it by.

use platform::audit::proof::Held;
use platform::own_field::Said;
use platform::permission::Tier;
use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};

/// The records after a key that say something in fields of the office's own.
pub(super) async fn saying(cx: &mut Cx, subject: &str, after: Id) -> Result<Vec<Said>> {
    let mut sql = Sql::new(match subject {
        "person" => "SELECT id, name, own FROM people WHERE own <> '{}' AND id > ",
        _ => "SELECT id, reference, own FROM enterprises WHERE own <> '{}' AND id > ",
    });
    sql.bind(after).push(" ORDER BY id LIMIT 500");
    sql.fetch_all(cx).await
}

/// What is wrong, after the subject, and where.
pub(super) type Rule = (&'static str, &'static str);

pub(super) const PEOPLE: &[Rule] = &[
    (
        "is with an enterprise that is not there",
        "SELECT p.name FROM people p
         WHERE NOT EXISTS (SELECT 1 FROM enterprises e WHERE e.id = p.enterprise_id) ORDER BY p.id LIMIT 20",
    ),
    (
        "can not be found by name",
        "SELECT p.name FROM people p
         WHERE NOT EXISTS (SELECT 1 FROM person_name_keys k WHERE k.person_id = p.id) ORDER BY p.id LIMIT 20",
    ),
    (
        "has a post that ends before it begins",
        "SELECT p.name FROM person_posts o JOIN people p ON p.id = o.person_id
         WHERE o.withdrawn_at IS NULL AND o.valid_to < o.valid_from ORDER BY o.id LIMIT 20",
    ),
    (
        "has a way of contact that says nothing",
        "SELECT p.name FROM person_contacts c JOIN people p ON p.id = c.person_id
         WHERE c.withdrawn_at IS NULL AND (c.value = '' OR c.kind = '') ORDER BY c.id LIMIT 20",
    ),
    (
        "withdrew a consent before giving it",
        "SELECT p.name FROM person_consents c JOIN people p ON p.id = c.person_id
         WHERE c.withdrawn_on < c.given_on ORDER BY c.id LIMIT 20",
    ),
];

pub(super) const RELATIONS: &[Rule] = &[
    (
        "has a relation that ends before it begins",
        "SELECT e.reference FROM enterprise_relations r JOIN enterprises e ON e.id = r.from_id
         WHERE r.withdrawn_at IS NULL AND r.valid_to < r.valid_from ORDER BY r.id LIMIT 20",
    ),
    (
        "has a partner or competitor that is kept from both sides",
        "SELECT e.reference FROM enterprise_relations r JOIN enterprises e ON e.id = r.from_id
         JOIN enterprise_relations o ON o.from_id = r.to_id AND o.to_id = r.from_id AND o.kind = r.kind
         WHERE r.kind IN ('partner', 'competitor') AND r.id < o.id AND r.withdrawn_at IS NULL AND r.valid_to IS NULL
           AND o.withdrawn_at IS NULL AND o.valid_to IS NULL ORDER BY r.id LIMIT 20",
    ),
    (
        "has a share in one it does not invest in",
        "SELECT e.reference FROM enterprise_relations r JOIN enterprises e ON e.id = r.from_id
         WHERE r.share IS NOT NULL AND r.kind <> 'investor' ORDER BY r.id LIMIT 20",
    ),
];

pub(super) const INDUSTRIES: &[Rule] = &[
    (
        "is not listed under an industry that holds",
        "SELECT e.reference FROM enterprise_industries i JOIN enterprises e ON e.id = i.enterprise_id
         WHERE i.valid_to IS NULL AND i.superseded_at IS NULL
           AND e.industries NOT LIKE ('%,' || i.industry || ',%') ORDER BY i.id LIMIT 20",
    ),
    (
        "is listed under an industry that does not hold",
        "SELECT e.reference FROM enterprises e WHERE e.industries <> ''
           AND length(e.industries) <> 1 + (SELECT COALESCE(SUM(1 + length(i.industry)), -1) FROM enterprise_industries i
             WHERE i.enterprise_id = e.id AND i.valid_to IS NULL AND i.superseded_at IS NULL) ORDER BY e.id LIMIT 20",
    ),
];

pub(super) const IDENTIFIERS: &[Rule] = &[
    (
        "has an LEI that another has or had: none is given twice",
        "SELECT e.reference FROM enterprise_identifiers i JOIN enterprises e ON e.id = i.enterprise_id
         JOIN enterprise_identifiers o ON o.value = i.value AND o.scheme = i.scheme AND o.register = i.register
         JOIN enterprises h ON h.id = o.enterprise_id
         WHERE i.id < o.id AND e.survivor_id <> h.survivor_id AND i.withdrawn_at IS NULL AND o.withdrawn_at IS NULL
           AND i.scheme = 'lei' ORDER BY i.id LIMIT 20",
    ),
    (
        "has an identifier that ends before it begins",
        "SELECT e.reference FROM enterprise_identifiers i JOIN enterprises e ON e.id = i.enterprise_id
         WHERE i.withdrawn_at IS NULL AND i.valid_to < i.valid_from ORDER BY i.id LIMIT 20",
    ),
];

pub(super) const GROUPS: &[Rule] = &[(
    "lies under itself in its group",
    "WITH RECURSIVE up (start, above, steps) AS (
       SELECT id, parent_id, 1 FROM enterprises WHERE parent_id IS NOT NULL
       UNION ALL
       SELECT up.start, e.parent_id, up.steps + 1 FROM up JOIN enterprises e ON e.id = up.above
       WHERE e.parent_id IS NOT NULL AND up.above <> up.start AND up.steps < 40)
     SELECT e.reference FROM enterprises e WHERE e.id IN (SELECT start FROM up WHERE above = start)
     ORDER BY e.id LIMIT 20",
)];

pub(super) const MERGES: &[Rule] = &[
    (
        "is merged into one that another stands for",
        "SELECT e.reference FROM enterprises e JOIN enterprises t ON t.id = e.merged_into
         WHERE t.survivor_id <> e.survivor_id ORDER BY e.id LIMIT 20",
    ),
    (
        "is counted for another than the one that stands for it",
        "SELECT e.reference FROM enterprises e
         LEFT JOIN enterprise_standings s ON s.enterprise_id = e.id AND s.until_at IS NULL
         WHERE COALESCE(s.survivor_id, e.id) <> e.survivor_id ORDER BY e.id LIMIT 20",
    ),
    (
        "is merged, and no merge says so",
        "SELECT e.reference FROM enterprises e WHERE e.merged_into IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM enterprise_merges m
           WHERE m.loser_id = e.id AND m.into_id = e.merged_into AND m.undone_at IS NULL)
         ORDER BY e.id LIMIT 20",
    ),
    (
        "is not merged, though a merge says so",
        "SELECT e.reference FROM enterprise_merges m JOIN enterprises e ON e.id = m.loser_id
         WHERE m.undone_at IS NULL AND e.merged_into IS NULL ORDER BY m.id LIMIT 20",
    ),
];

pub(super) async fn count(cx: &mut Cx, table: &'static str) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM ");
    sql.push_name(table);
    sql.fetch_number(cx).await
}

pub(super) async fn breaking(cx: &mut Cx, rule: &'static str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = Sql::new(rule).fetch_all(cx).await?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// The next enterprises after a key, with the tier that each has.
pub(super) async fn tiers(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Held>> {
    let mut sql = Sql::new("SELECT id, reference, tier FROM enterprises WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    let rows: Vec<(Id, String, i64)> = sql.fetch_all(cx).await?;
    let held = |(id, called, tier)| Held { id, called, values: vec![Some(Tier::from_rank(tier).code().to_owned())] };
    Ok(rows.into_iter().map(held).collect())
}

/// The next people after a key, with what they are called and the languages that each speaks.
pub(super) async fn people(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Held>> {
    let mut sql = Sql::new("SELECT id, name, second_name, languages FROM people WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    let rows: Vec<(Id, String, Option<String>, Option<String>)> = sql.fetch_all(cx).await?;
    let held = |(id, name, second, languages): (Id, String, Option<String>, Option<String>)| Held {
        id,
        called: format!("{name} ({id})"),
        values: vec![Some(name), second, languages],
    };
    Ok(rows.into_iter().map(held).collect())
}

/// The posts that stand of the people after one key up to another.
pub(super) async fn posts(cx: &mut Cx, after: Id, up_to: Id) -> Result<Vec<(Id, String)>> {
    let mut sql = Sql::new("SELECT person_id, title FROM person_posts WHERE withdrawn_at IS NULL AND person_id > ");
    sql.bind(after).push(" AND person_id <= ").bind(up_to).push(" ORDER BY person_id, id");
    sql.fetch_all(cx).await
}

/// The next enterprises after a key, with their references.
pub(super) async fn references(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<(Id, String)>> {
    let mut sql = Sql::new("SELECT id, reference FROM enterprises WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// The names that stand of the enterprises after one key up to another.
pub(super) async fn names(cx: &mut Cx, after: Id, up_to: Id) -> Result<Vec<(Id, String)>> {
    let mut sql =
        Sql::new("SELECT enterprise_id, name FROM enterprise_names WHERE withdrawn_at IS NULL AND enterprise_id > ");
    sql.bind(after).push(" AND enterprise_id <= ").bind(up_to).push(" ORDER BY enterprise_id, id");
    sql.fetch_all(cx).await
}

/// Which of these keys enterprises after one key up to another are found by. Each key is looked up by itself: what is kept
/// is in the order of the keys.
pub(super) async fn found_by(cx: &mut Cx, after: Id, up_to: Id, keys: &[&str]) -> Result<Vec<(String, Id)>> {
    let mut found = Vec::new();
    for some in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT key, enterprise_id FROM enterprise_name_keys WHERE key");
        sql.bind_in(some.iter().copied()).push(" AND enterprise_id > ").bind(after);
        sql.push(" AND enterprise_id <= ").bind(up_to).push(" ORDER BY 1, 2");
        found.extend(sql.fetch_all::<(String, Id)>(cx).await?);
    }
    Ok(found)
}
