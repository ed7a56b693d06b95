//! Who is consolidated by whom, as level 2 records say.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::catalogue::{DATA, Part, Source};
use crate::cell::{self, Texts};
use crate::day::Day;
use crate::error::Error;
use crate::identity::{Identity, lei_key};
use crate::kept::batches;
use crate::lei::{Kin, Relation};
use crate::table::{Growing, Writing, word};

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("child", DataType::Utf8, false),
        Field::new("parent", DataType::Utf8, false),
        Field::new("kind", word(), false),
        Field::new("changed", DataType::Date32, true),
    ]))
});

/// Relations that stand, by child and kind.
pub(crate) type Standing = BTreeMap<(String, Kin), Relation>;

pub(crate) fn read(folder: &Path, part: Option<&Part>) -> Result<Standing, Error> {
    let mut all = Standing::new();
    let Some(part) = part else { return Ok(all) };
    let path = part.path(folder);
    for batch in batches(&path, None)? {
        let batch = batch.map_err(Error::arrow(&path))?;
        let [child, parent, kind] = ["child", "parent", "kind"].map(|name| Texts::in_batch(&batch, name));
        for row in 0..batch.num_rows() {
            let Some(kind) = Kin::ALL.into_iter().find(|kin| Some(kin.name()) == kind.get(row)) else { continue };
            let changed = cell::day(&batch, "changed", row);
            let relation = Relation { child: child.text(row), parent: parent.text(row), kind, changed, ended: false };
            all.insert((relation.child.clone(), kind), relation);
        }
    }
    Ok(all)
}

/// Takes in what a file newly says; how many relations came, changed or ended, and how many of them a whole file leaves out.
pub(crate) fn take_in(standing: &mut Standing, new: Vec<Relation>, delta: bool) -> (u64, u64) {
    let mut whole = Standing::new();
    let (mut changed, mut gone) = (0, 0);
    for relation in new {
        let key = (relation.child.clone(), relation.kind);
        let older = standing.get(&key).is_some_and(|held| relation.changed < held.changed);
        if older && delta {
            continue;
        }
        if delta {
            if relation.ended {
                // Another parent may stand by now.
                let same = standing.get(&key).is_some_and(|held| held.parent == relation.parent);
                changed += u64::from(same && standing.remove(&key).is_some());
            } else if standing.get(&key).map(|held| &held.parent) != Some(&relation.parent) {
                changed += 1;
                standing.insert(key, relation);
            }
        } else if !relation.ended {
            whole.insert(key, relation);
        }
    }
    if !delta {
        gone = standing.keys().filter(|key| !whole.contains_key(*key)).count() as u64;
        let new = whole.iter().filter(|(key, one)| standing.get(*key).map(|held| &held.parent) != Some(&one.parent));
        changed = gone + new.count() as u64;
        *standing = whole;
    }
    (changed, gone)
}

/// The newest day on which one of them was changed.
pub(crate) fn newest<'a>(all: impl Iterator<Item = &'a Relation>) -> Option<Day> {
    all.filter_map(|relation| relation.changed).max()
}

pub(crate) fn write(folder: &Path, snapshot: u64, source: &str, standing: &Standing) -> Result<Option<Part>, Error> {
    if standing.is_empty() {
        return Ok(None);
    }
    let file = format!("{snapshot:06}-{source}-relations.parquet");
    let mut to = Writing::create(&folder.join(DATA).join(&file), &SCHEMA)?;
    for relation in standing.values() {
        to.row(|columns| {
            if let [Growing::Text(child), Growing::Text(parent), kind, day] = columns {
                child.append_value(&relation.child);
                parent.append_value(&relation.parent);
                kind.text(relation.kind.name());
                day.day(relation.changed);
            }
        })?;
    }
    let (rows, bytes) = to.finish()?;
    Ok(Some(Part { file, rows, bytes }))
}

/// The head of each company's group: who consolidates it at the top, else directly, else the house of a branch.
pub(crate) fn heads(folder: &Path, sources: &[Source], identity: &Identity) -> Result<HashMap<u64, u64>, Error> {
    let mut heads: HashMap<u64, (u8, u64)> = HashMap::new();
    for source in sources {
        for relation in read(folder, source.relation_part.as_ref())?.into_values() {
            let company = |lei: &str| lei_key(lei).and_then(|key| identity.find(key));
            let (Some(child), Some(parent)) = (company(&relation.child), company(&relation.parent)) else { continue };
            let order = match relation.kind {
                Kin::Ultimate => 0,
                Kin::Direct => 1,
                Kin::Branch => 2,
            };
            let best = heads.entry(child).or_insert((order, parent));
            if order < best.0 {
                *best = (order, parent);
            }
        }
    }
    Ok(heads.into_iter().map(|(child, (_, parent))| (child, parent)).collect())
}
