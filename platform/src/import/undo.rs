//! What an undo may take back: an entry whose record nobody has worked on since, or only such as took it back again.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::audit::read::LOOKED;
use crate::audit::{self, Entry, FieldChange, Told};
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::import::store;
use crate::sql::{AT_ONCE, Sql};

/// A batch of an import's entries, latest first, as its undo sees them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// What the kind is asked to reverse. Where nothing but what was taken back came after an entry, it has the
    /// version its record stands at.
    pub(super) ask: Vec<Entry>,
    /// What stays without asking: records that others have worked on.
    pub(super) stays: Vec<Entry>,
    /// Records that something of another room stands on, which the rest of the batch may take back: looked at again
    /// when it has, and stay where it has not.
    pub(super) laden: Vec<Entry>,
}

/// A change of a record that stands, and of which import it is.
struct Since {
    id: Id,
    import: Option<Id>,
}

/// What ends the verbs of two changes of which the later takes the earlier back: a record stands after both as before them.
const OPPOSITES: [(&str, &str); 4] = [
    ("retired", "restored"),
    ("merged", "unmerged"),
    ("merged_into", "unmerged_from"),
    ("reader_named", "reader_unnamed"),
];

/// An entry that may take an earlier one back, or be taken back by a later one.
#[derive(sqlx::FromRow)]
struct Turn {
    subject_id: Id,
    id: Id,
    import_id: Option<Id>,
    verb: String,
    detail: String,
}

impl Turn {
    fn fields(&self) -> Vec<FieldChange> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }

    fn act(&self) -> &str {
        self.verb.rsplit('.').next().unwrap_or(&self.verb)
    }

    /// Whether this takes back all that an earlier change of the record did, and does nothing else.
    fn takes_back(&self, earlier: &Self) -> bool {
        let noun = |turn: &Self| turn.verb.rsplit_once('.').map(|(noun, _)| noun.to_owned());
        if noun(self) != noun(earlier) || !OPPOSITES.contains(&(earlier.act(), self.act())) {
            return false;
        }
        let mut left = self.fields();
        for done in earlier.fields() {
            let undoes = |back: &FieldChange| {
                back.field == done.field
                    && ((back.old == done.new && back.new == done.old)
                        || (done.old == Told::Nothing && back.old == Told::Nothing && same(&back.new, &done.new)))
            };
            let Some(place) = left.iter().position(undoes) else { return false };
            left.remove(place);
        }
        left.is_empty()
    }
}

/// Whether two values are of the same record, whatever it was called at the time, or else the same.
fn same(one: &Told, other: &Told) -> bool {
    match (one, other) {
        (Told::Record { kind, id, .. }, Told::Record { kind: as_kind, id: as_id, .. }) => {
            (kind, id) == (as_kind, as_id)
        }
        _ => one == other,
    }
}

/// Looks at entries of one import, latest first.
pub(super) async fn look(cx: &mut Cx, import: Id, mut entries: Vec<Entry>) -> Result<Batch> {
    let ids: Vec<Id> = entries.iter().map(|entry| entry.id).collect();
    let gone = store::reversed(cx, &ids).await?;
    entries.retain(|entry| !gone.contains(&entry.id));
    let mut subjects: BTreeMap<String, Vec<Id>> = BTreeMap::new();
    for entry in &entries {
        subjects.entry(entry.subject_kind.clone()).or_default().push(entry.subject_id);
    }
    let mut batch = Batch::default();
    let (mut since, mut heads, mut laden) = (HashMap::new(), HashMap::new(), HashSet::new());
    for (kind, ids) in &mut subjects {
        ids.sort_unstable();
        ids.dedup();
        let first = entries.iter().filter(|entry| entry.subject_kind == *kind).map(|entry| entry.id).min();
        standing(cx, kind, ids, first.unwrap_or(Id(0)), &mut since).await?;
        ends(cx, kind, ids, &mut heads).await?;
        laden.extend(held_down(cx, kind, ids).await?.into_iter().map(|id| (kind.clone(), id)));
    }
    let mut latest: HashMap<(String, Id), Id> = HashMap::new();
    for entry in &entries {
        latest.entry((entry.subject_kind.clone(), entry.subject_id)).or_insert(entry.id);
    }
    let within: HashSet<Id> = entries.iter().map(|entry| entry.id).collect();
    let mut ahead: HashMap<(String, Id), i64> = HashMap::new();
    for mut entry in entries {
        let subject = (entry.subject_kind.clone(), entry.subject_id);
        let changes: &[Since] = since.get(&subject).map_or(&[], Vec::as_slice);
        let (first, highest) = heads.get(&subject).copied().unwrap_or((Id(0), 0));
        let begins = entry.id == first && entry.subject_version == Some(1);
        let others = changes.iter().any(|change| change.id > entry.id && change.import != Some(import));
        if begins && others {
            batch.stays.push(entry);
            continue;
        }
        if begins && laden.contains(&subject) {
            batch.laden.push(entry);
            continue;
        }
        let last = latest.get(&subject).copied().unwrap_or(entry.id);
        let is_last = !changes.iter().any(|change| change.id > last && !within.contains(&change.id));
        if is_last && let Some(version) = entry.subject_version {
            let offset = *ahead.entry(subject).or_insert(highest - version);
            entry.subject_version = Some(version + offset.max(0));
        }
        batch.ask.push(entry);
    }
    Ok(batch)
}

/// The changes of these records from one on that nothing has taken back, be it an undo or somebody's hand.
async fn standing(
    cx: &mut Cx,
    kind: &str,
    ids: &[Id],
    from: Id,
    since: &mut HashMap<(String, Id), Vec<Since>>,
) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        let mut sql =
            Sql::new("SELECT subject_id, id, import_id, verb, detail FROM audit_entries a WHERE subject_kind = ");
        sql.bind(kind).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" AND id >= ").bind(from).push(" AND verb <> ").bind(LOOKED);
        sql.push(" AND NOT EXISTS (SELECT 1 FROM import_reversals r WHERE r.entry_id = a.id) ORDER BY id");
        let mut turns: HashMap<Id, Vec<Turn>> = HashMap::new();
        for turn in sql.fetch_all::<Turn>(cx).await? {
            let stand = turns.entry(turn.subject_id).or_default();
            match stand.iter().rposition(|earlier| turn.takes_back(earlier)) {
                Some(taken_back) => drop(stand.remove(taken_back)),
                None => stand.push(turn),
            }
        }
        for (subject, stand) in turns {
            let changes = stand.into_iter().map(|turn| Since { id: turn.id, import: turn.import_id });
            since.insert((kind.to_owned(), subject), changes.collect());
        }
    }
    Ok(())
}

/// The first entry of each record, and the highest version it came to.
pub(super) async fn ends(
    cx: &mut Cx,
    kind: &str,
    ids: &[Id],
    heads: &mut HashMap<(String, Id), (Id, i64)>,
) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT subject_id, MIN(id), COALESCE(MAX(subject_version), 0) FROM audit_entries WHERE subject_kind = ",
        );
        sql.bind(kind).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" AND verb <> ").bind(LOOKED).push(" GROUP BY subject_id ORDER BY subject_id");
        for (subject, first, highest) in sql.fetch_all::<(Id, Id, i64)>(cx).await? {
            heads.insert((kind.to_owned(), subject), (first, highest));
        }
    }
    Ok(())
}

/// The fields of its record that others have changed since an entry, but for what is taken back again.
pub async fn changed_since(cx: &mut Cx, entry: &Entry) -> Result<HashSet<String>> {
    let version = entry.subject_version.unwrap_or_default();
    let mut since = audit::read::since_version(cx, &entry.subject_kind, entry.subject_id, version).await?;
    since.retain(|later| later.import_id != entry.import_id);
    let ids: Vec<Id> = since.iter().map(|later| later.id).collect();
    let gone = store::reversed(cx, &ids).await?;
    since.retain(|later| !gone.contains(&later.id));
    Ok(since.iter().flat_map(Entry::fields).map(|change| change.field).collect())
}

/// Those of these records that something of another room stands on, and would be left without.
async fn held_down(cx: &mut Cx, kind: &str, ids: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for relation in cx.house.relations.clone().into_iter().filter(|relation| relation.of == kind) {
        let Some(standing) = relation.standing else { continue };
        // Mostly there is nothing, which one question tells; else halves are asked until one record is left.
        let mut asked: Vec<&[Id]> = ids.chunks(AT_ONCE).collect();
        while let Some(some) = asked.pop() {
            if standing(cx, some).await? == 0 {
                continue;
            }
            match some {
                [one] => found.push(*one),
                _ => asked.extend([&some[..some.len() / 2], &some[some.len() / 2..]]),
            }
        }
    }
    Ok(found)
}
