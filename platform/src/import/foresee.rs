//! What an undo of an import would do, told before anybody decides on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{Import, run, undo};
use crate::audit;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::id::Id;

/// Entries looked at together, and at most.
const BATCH: i64 = 1_000;
const MOST: usize = 20_000;
/// How many records that were worked on since are named.
const NAMED: usize = 500;

/// What would be taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportForeseen)]
pub struct Foreseen {
    /// Records that would be put back to where they were, or retired where the import made them.
    pub records: i64,
    /// Records that somebody has worked on since, or on which something else stands: they stay, in part or whole.
    pub touched: i64,
    /// The first 500 of those, by name.
    pub touched_named: Vec<Touched>,
    /// False where the import is so long that only the latest 20,000 of its changes were looked at.
    pub whole: bool,
}

/// A record that somebody has worked on since it was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportTouched)]
pub struct Touched {
    pub kind: String,
    pub id: Id,
    pub name: String,
}

/// An import that the actor may undo now.
pub(super) async fn to_undo(cx: &mut Cx, id: Id) -> Result<Import> {
    let (import, _) = run::to_decide(cx, id).await?;
    let again = import.state == "undone" && import.kept_touched > 0;
    let once = matches!(import.state.as_str(), "kept" | "cancelled" | "failed") && import.rows_done > 0;
    if again || once { Ok(import) } else { Err(Error::conflict("import-nothing-to-undo")) }
}

/// Looks at what an undo would take back and what would stay, and changes nothing.
pub async fn undo(cx: &mut Cx, id: Id) -> Result<Foreseen> {
    to_undo(cx, id).await?;
    let mut records: BTreeSet<(String, Id)> = BTreeSet::new();
    let mut touched: BTreeMap<(String, Id), String> = BTreeMap::new();
    let mut latest: BTreeSet<(String, Id)> = BTreeSet::new();
    let (mut before, mut seen) = (None, 0);
    let whole = loop {
        let mut entries = audit::read::of_import(cx, id, before, BATCH).await?;
        let Some(last) = entries.last() else { break true };
        if seen >= MOST {
            break false;
        }
        before = Some(last.id);
        seen += entries.len();
        entries.retain(|entry| entry.subject_kind != "import");
        let batch = undo::look(cx, id, entries).await?;
        let heads = heads(cx, &batch.ask).await?;
        for entry in batch.ask {
            let subject = (entry.subject_kind, entry.subject_id);
            // Of each record the import's latest change, in whichever batch, says whether another came after it.
            let is_behind = latest.insert(subject.clone())
                && entry
                    .subject_version
                    .is_some_and(|version| heads.get(&subject).is_some_and(|(_, end)| version < *end));
            if is_behind {
                touched.insert(subject, entry.subject_label);
            } else {
                records.insert(subject);
            }
        }
        for entry in batch.stays.into_iter().chain(batch.laden) {
            touched.insert((entry.subject_kind, entry.subject_id), entry.subject_label);
        }
    };
    records.retain(|subject| !touched.contains_key(subject));
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let (records, all) = (count(records.len()), count(touched.len()));
    let mut named: Vec<Touched> = touched.into_iter().map(|((kind, id), name)| Touched { kind, id, name }).collect();
    named.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    named.truncate(NAMED);
    Ok(Foreseen { records, touched: all, touched_named: named, whole })
}

async fn heads(cx: &mut Cx, entries: &[audit::Entry]) -> Result<HashMap<(String, Id), (Id, i64)>> {
    let mut subjects: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
    for entry in entries {
        subjects.entry(&entry.subject_kind).or_default().insert(entry.subject_id);
    }
    let mut heads = HashMap::new();
    for (kind, ids) in subjects {
        let ids: Vec<Id> = ids.into_iter().collect();
        undo::ends(cx, kind, &ids, &mut heads).await?;
    }
    Ok(heads)
}
