//! Two screenings side by side: who rose, fell, came and went.

use std::collections::HashMap;

use ::screening::{Fate, compare as shifts};
use platform::{Cx, Id, Result};

use super::store;
use crate::READ;

/// A page of the comparison shows so many.
const LIMIT: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ScreeningShift)]
pub struct Row {
    pub company_id: String,
    pub name: String,
    /// risen, fallen, same, new or gone.
    pub fate: &'static str,
    pub before: Option<i64>,
    pub after: Option<i64>,
}

impl Row {
    /// By how many places it rose or fell.
    pub fn by(&self) -> Option<String> {
        let by = self.before? - self.after?;
        (by != 0).then(|| format!("{}{}", if by > 0 { "+" } else { "−" }, by.abs()))
    }

    pub fn tone(&self) -> &'static str {
        match self.fate {
            "risen" | "new" => "good",
            "fallen" => "attention",
            "gone" => "danger",
            _ => "",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ScreeningComparison)]
pub struct Comparison {
    /// How many have each fate.
    pub counts: Vec<(&'static str, usize)>,
    pub rows: Vec<Row>,
    pub previous: Option<i64>,
    pub next: Option<i64>,
}

/// So many as a screening was told to rank: the same for every reader.
async fn listed(cx: &mut Cx, id: Id) -> Result<Vec<store::Standing>> {
    let top = store::get(cx, id).await?.top;
    Ok(store::standing(cx, id).await?.into_iter().filter(|one| one.rank <= top).collect())
}

/// A page of what changed from one screening to another, of one fate if given. Both are short lists, held whole.
pub async fn compare(cx: &mut Cx, before: Id, after: Id, fate: &str, page: i64) -> Result<Comparison> {
    cx.require(&READ)?;
    let earlier = listed(cx, before).await?;
    let later = listed(cx, after).await?;
    let names: HashMap<&str, &str> =
        earlier.iter().chain(&later).map(|one| (one.company_id.as_str(), one.name.as_str())).collect();
    let rank = |rank: i64| u64::try_from(rank).unwrap_or(0);
    let all = shifts(
        earlier.iter().map(|one| (one.company_id.as_str(), rank(one.rank))),
        later.iter().map(|one| (one.company_id.as_str(), rank(one.rank))),
    );
    let counts =
        Fate::ALL.iter().map(|fate| (fate.name(), all.iter().filter(|shift| shift.fate == *fate).count())).collect();
    let number = |rank: Option<u64>| rank.and_then(|rank| i64::try_from(rank).ok());
    let wanted: Vec<Row> = all
        .into_iter()
        .filter(|shift| fate.is_empty() || shift.fate.name() == fate)
        .map(|shift| Row {
            name: names.get(shift.id.as_str()).map_or_else(String::new, |name| (*name).to_owned()),
            fate: shift.fate.name(),
            before: number(shift.before),
            after: number(shift.after),
            company_id: shift.id,
        })
        .collect();
    let page = usize::try_from(page).unwrap_or(0).min(wanted.len() / LIMIT);
    let more = wanted.len() > (page + 1) * LIMIT;
    let number = |page: usize| i64::try_from(page).unwrap_or(0);
    Ok(Comparison {
        counts,
        rows: wanted.into_iter().skip(page * LIMIT).take(LIMIT).collect(),
        previous: page.checked_sub(1).map(number),
        next: more.then(|| number(page + 1)),
    })
}
