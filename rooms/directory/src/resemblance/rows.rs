//! Rows of a file against the register: those that are likely the same as something held without being equal to it.

use std::sync::Arc;

use platform::house::House;
use platform::import::{Alike, AlikeReason};
use platform::{Cx, Id, Result};

use super::memory::{self, Depth};
use super::words::{field_key, level_key};
use super::{Asked, REFUSES, Resemblance, Verdict, store};
use crate::enterprise::Enterprise;

/// So many are told of a row.
const TOLD: usize = 3;

/// From this probability on, in millionths, a person should look.
const PERHAPS: i64 = 200_000;

fn is_told(found: &Resemblance) -> bool {
    found.verdict != Verdict::Related && found.probability >= PERHAPS
}

/// For each row the records most like it; asks memory alone, so that the database can be asked meanwhile.
pub(crate) async fn find(house: &Arc<House>, asked: &[Asked]) -> Result<Vec<Vec<(Id, Resemblance)>>> {
    memory::find(house, asked, Depth::ROW).await
}

/// Of what was found, what may be told: living, within reach, and not only of the family.
pub(crate) async fn alike(cx: &mut Cx, found: Vec<Vec<(Id, Resemblance)>>) -> Result<Vec<Vec<Alike>>> {
    let mut ids: Vec<Id> = found.iter().flatten().filter(|(_, found)| is_told(found)).map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let standing = store::standing(cx, &ids).await?;
    Ok(found
        .into_iter()
        .map(|hits| {
            let mut hits: Vec<_> = hits.into_iter().filter(|(_, found)| is_told(found)).collect();
            hits.sort_by(|a, b| b.1.rank().cmp(&a.1.rank()).then(a.0.cmp(&b.0)));
            let mut told: Vec<Alike> = Vec::new();
            for (id, resemblance) in hits {
                let Some(held) = standing.get(&id) else { continue };
                if told.len() < TOLD && told.iter().all(|one| one.id != held.id) {
                    told.push(one(held.id, &held.name, &held.reference, &resemblance));
                }
            }
            told
        })
        .collect())
}

/// One whose name is a row's but for marks and signs: as likely the same as makes a person look.
pub(crate) fn nearly_named(held: &Enterprise) -> Alike {
    Alike {
        id: held.id,
        name: held.name.clone(),
        reference: held.reference.clone(),
        probability: REFUSES,
        likely: true,
        reasons: Vec::new(),
    }
}

fn one(id: Id, name: &str, reference: &str, found: &Resemblance) -> Alike {
    let mut reasons: Vec<_> = found.waterfall.reasons.iter().filter(|reason| reason.weight.abs() >= 300).collect();
    reasons.sort_by_key(|reason| -reason.weight.abs());
    Alike {
        id,
        name: name.to_owned(),
        reference: reference.to_owned(),
        probability: found.probability,
        likely: found.refuses(),
        reasons: reasons
            .into_iter()
            .map(|reason| AlikeReason {
                field_key: field_key(&reason.field),
                level_key: level_key(&reason.level),
                weight: reason.weight,
            })
            .collect(),
    }
}
