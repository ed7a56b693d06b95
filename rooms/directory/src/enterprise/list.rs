//! The list of enterprises: its filters, its orders, paging by key in both directions, and what can
//! be done with several at once.

use std::borrow::Cow;
use std::collections::HashMap;

use identity::account::Holder;
use platform::api::asked::{self, Word};
use platform::forms::Form;
use platform::order::{Place, Rows, Sort};
use platform::own_field::{self, Wanted};
use platform::permission::Tier;
use platform::{Cx, Error, Id, Problem, Result};
use ui::lists::Total;

use super::search::{self, Looked};
use super::store::Enterprise;
use super::{SUBJECT, edit, get};
use crate::READ;

pub mod pages;
mod store;

pub use store::ORDERS;

/// More picked rows than these are an import.
const MOST_PICKED: usize = 200;

/// What a list shows; the same names in the address, the API and a saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    /// How `q` is looked for; settled before the database is asked.
    pub looked: Looked,
    pub industry: Option<String>,
    pub origin: Option<String>,
    pub kind: Option<String>,
    pub tier: Option<Tier>,
    pub owner: Option<Holder>,
    pub team: Option<Id>,
    pub retired: bool,
    /// Fields of the office's own and what they are to say.
    pub own: Vec<Wanted>,
    /// The rows picked, for an export of just those.
    pub ids: Vec<Id>,
    pub sort: Sort,
    pub place: Place,
}

/// What its words may be.
const WORDS: [(&str, Word); 8] = [
    ("industry", Word::Code("industry")),
    ("origin", Word::Code("origin")),
    ("kind", Word::One(&["legal_entity", "group"])),
    ("tier", Word::Shared),
    ("owner", Word::Shared),
    ("team", Word::Shared),
    ("retired", Word::Shared),
    ("sort", Word::Order(ORDERS)),
];

const USUAL: Sort = Sort { order: &ORDERS[0], down: false };

impl Default for Filter {
    fn default() -> Self {
        Self::read(&Form::default())
    }
}

impl Filter {
    /// The filter of a question that names nothing unknown: a list narrowed by a misspelt word would look like the one meant.
    pub fn asked(cx: &Cx, form: &Form) -> Result<Self> {
        let mut problems = asked::unknown(&cx.house.codes, form, &WORDS);
        let own = own_field::wanted(cx, SUBJECT, form, &mut problems);
        problems.into_result()?;
        Ok(Self { own, ..Self::read(form) })
    }

    /// What a form sets, as a page draws it; fields of the office's own apart.
    pub(super) fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            looked: Looked::AsItStands,
            industry: form.optional("industry"),
            origin: form.optional("origin"),
            kind: form.optional("kind"),
            tier: Tier::from_code(form.value("tier")),
            owner: Holder::read(form.value("owner")),
            team: form.value("team").parse().ok(),
            retired: form.value("retired") == "yes",
            own: Vec::new(),
            ids: form.values("ids").iter().filter_map(|id| id.parse().ok()).take(MOST_PICKED).collect(),
            sort: Sort::read(form.value("sort"), ORDERS, USUAL),
            place: Place::read(form),
        }
    }
}

/// One page; out of reach is left out, and counted nowhere.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Enterprise>> {
    cx.require(&READ)?;
    let filter = settled(cx, filter).await?;
    store::page(cx, &filter, limit).await
}

/// The filter as it is asked of the database.
async fn settled<'a>(cx: &mut Cx, filter: &'a Filter) -> Result<Cow<'a, Filter>> {
    let Some(typed) = &filter.q else { return Ok(Cow::Borrowed(filter)) };
    Ok(Cow::Owned(Filter { looked: search::settled(cx, typed).await?, ..filter.clone() }))
}

/// How many a filter shows: a little past a thousand at most, unless the whole count is asked for.
pub async fn total(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<Total> {
    cx.require(&READ)?;
    let mut filter = settled(cx, filter).await?;
    if whole && matches!(filter.looked, Looked::InPassing(_)) {
        // Who comes by every record looks no further than the keys.
        filter.to_mut().looked = Looked::AsItStands;
    }
    let count = store::count(cx, &filter, whole).await?;
    Ok(if whole { Total::Exactly(count) } else { Total::bounded(count) })
}

/// The industries that these enterprises are in today, in one question.
pub async fn industries(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Vec<String>>> {
    store::industries(cx, ids).await
}

/// Names of the owners and teams of these enterprises, in one question each.
pub async fn holders(cx: &mut Cx, enterprises: &[Enterprise]) -> Result<(HashMap<Id, String>, HashMap<Id, String>)> {
    let owners = identity::account::names(cx, enterprises.iter().filter_map(|held| held.owner_id)).await?;
    let teams = identity::team::names(cx).await?;
    Ok((owners, teams))
}

/// Fields that can be set on several enterprises at once.
pub const SETTABLE: [&str; 3] = ["owner_id", "team_id", "tier"];

/// What became of one picked enterprise that could not be changed.
#[derive(Clone, Debug)]
pub struct Refused {
    pub id: Id,
    pub name: String,
    pub reasons: Vec<Problem>,
}

/// Sets a field on each of these enterprises by the same verb as one alone, with one entry each;
/// answers how many were changed, and those that were refused, with the reason. `none` empties it.
pub async fn set(cx: &mut Cx, ids: &[Id], field: &str, value: &str) -> Result<(usize, Vec<Refused>)> {
    cx.require(&crate::EDIT)?;
    if ids.is_empty() {
        return Err(Error::conflict("list-nothing-selected"));
    }
    if !SETTABLE.contains(&field) {
        return Err(Error::NotFound);
    }
    let value = match value {
        "" => return Err(Error::conflict("list-nothing-chosen")),
        "none" => None,
        chosen => Some(chosen.to_owned()),
    };
    if ids.len() > MOST_PICKED {
        return Err(Error::conflict_with("list-too-many-selected", &[("most", MOST_PICKED.to_string())]));
    }
    let (mut changed, mut refused) = (0, Vec::new());
    for id in ids {
        // What can't be seen can't be named either.
        let held = match get(cx, *id).await {
            Ok(held) => held,
            Err(Error::NotFound) => continue,
            Err(other) => return Err(other),
        };
        let fields = [(field.to_owned(), value.clone())].into();
        let reasons = match edit(cx, held.id, held.version, fields).await {
            Ok(after) => {
                changed += usize::from(after.version > held.version);
                continue;
            }
            Err(Error::Invalid(problems)) => problems.all().to_vec(),
            Err(Error::Conflict(conflict)) => {
                vec![Problem { field: field.to_owned(), key: conflict.key.clone(), args: conflict.args.clone() }]
            }
            Err(Error::Forbidden(_)) => {
                vec![Problem { field: field.to_owned(), key: "list-refused-forbidden".to_owned(), args: Vec::new() }]
            }
            Err(other) => return Err(other),
        };
        refused.push(Refused { id: held.id, name: held.name, reasons });
    }
    Ok((changed, refused))
}
