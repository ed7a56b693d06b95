//! Lists of projects: by filter, by enterprise, and one column of the board; and what can be done
//! with several at once.

use std::collections::HashMap;

use identity::account::Holder;
use platform::api::asked::{self, Word};
use platform::forms::Form;
use platform::order::{Place, Rows, Sort};
use platform::own_field::{self, Own, Wanted};
use platform::permission::Tier;
use platform::{Cx, Error, Id, Problem, Result};
use sqlx::FromRow;
use ui::lists::Total;

use super::{SUBJECT, edit, get};
use crate::{READ, stage};

pub mod pages;
mod store;

pub use store::ORDERS;

/// More picked rows than these are an import.
const MOST_PICKED: usize = 200;

/// What a list shows; the same names in the address, the API and a saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub stage: Option<String>,
    pub status: Option<String>,
    pub nature: Option<String>,
    pub tier: Option<Tier>,
    pub owner: Option<Holder>,
    pub team: Option<Id>,
    /// What the batch of an attraction or the ceremony of a signing is called.
    pub batch: Option<String>,
    pub enterprises: Vec<Id>,
    /// Only those where something a passed gate asked for has been taken back.
    pub unborne: bool,
    pub retired: bool,
    /// Fields of the office's own and what they are to say.
    pub own: Vec<Wanted>,
    /// The rows picked, for an export of just those.
    pub ids: Vec<Id>,
    pub sort: Sort,
    pub place: Place,
}

/// What its words may be.
const WORDS: [(&str, Word); 10] = [
    ("stage", Word::One(&stage::STAGES)),
    ("status", Word::One(&stage::STATUSES)),
    ("nature", Word::Code("nature")),
    ("tier", Word::Shared),
    ("owner", Word::Shared),
    ("team", Word::Shared),
    ("enterprise", Word::Shared),
    ("borne_out", Word::Shared),
    ("retired", Word::Shared),
    ("sort", Word::Order(ORDERS)),
];

/// Latest change first.
const USUAL: Sort = Sort { order: &ORDERS[0], down: true };

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
    fn read(form: &Form) -> Self {
        let ids = |name: &str| form.values(name).iter().filter_map(|id| id.parse().ok()).take(MOST_PICKED).collect();
        Self {
            q: form.optional("q"),
            stage: form.optional("stage"),
            status: form.optional("status"),
            nature: form.optional("nature"),
            tier: Tier::from_code(form.value("tier")),
            owner: Holder::read(form.value("owner")),
            team: form.value("team").parse().ok(),
            batch: form.optional("batch"),
            enterprises: ids("enterprise"),
            unborne: form.value("borne_out") == "no",
            retired: form.value("retired") == "yes",
            own: Vec::new(),
            ids: ids("ids"),
            sort: Sort::read(form.value("sort"), ORDERS, USUAL),
            place: Place::read(form),
        }
    }
}

/// A project with its enterprise's name.
#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Listed {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub stage: String,
    pub status: String,
    pub nature: Option<String>,
    pub hq_kind: Option<String>,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub override_reason: Option<String>,
    pub created_at: platform::clock::At,
    pub updated_at: platform::clock::At,
    pub retired_at: Option<platform::clock::At>,
    pub version: i64,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
    #[sqlx(try_from = "String")]
    pub own: Own,
}

/// Notes that these projects were given out with more than their names.
pub(super) fn look_over(cx: &mut Cx, listed: &[Listed]) {
    cx.look_over(listed.iter().map(|one| ("project", one.id, one.title.clone(), Tier::from_rank(one.tier))));
}

/// A page of the list, and the marks of the pages before and after it.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    pub projects: Vec<Listed>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl From<Rows<Listed>> for ListPage {
    fn from(page: Rows<Listed>) -> Self {
        Self { projects: page.rows, previous: page.previous, next: page.next }
    }
}

/// One page; out of reach is left out, and counted nowhere.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    cx.require(&READ)?;
    store::page(cx, filter, limit).await.map(ListPage::from)
}

/// How many a filter shows, counted a little past a thousand at most.
pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::bounded(store::count(cx, filter, false).await?))
}

/// How many a filter shows, counted to the end.
pub async fn whole(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::Exactly(store::count(cx, filter, true).await?))
}

/// The batches of these projects, in one question.
pub async fn batches_of(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Vec<String>>> {
    store::batches_of(cx, ids).await
}

/// Names of the owners and teams of these projects, in one question each.
pub async fn holders(cx: &mut Cx, projects: &[Listed]) -> Result<(HashMap<Id, String>, HashMap<Id, String>)> {
    let owners = identity::account::names(cx, projects.iter().filter_map(|held| held.owner_id)).await?;
    let teams = identity::team::names(cx).await?;
    Ok((owners, teams))
}

/// Fields that can be set on several projects at once.
pub const SETTABLE: [&str; 3] = ["owner_id", "team_id", "tier"];

/// What became of one picked project that could not be changed.
#[derive(Clone, Debug)]
pub struct Refused {
    pub id: Id,
    pub name: String,
    pub reasons: Vec<Problem>,
}

/// Sets a field on each of these projects by the same verb as one alone, with one entry each;
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
        let reason = |key: &str| vec![Problem { field: field.to_owned(), key: key.to_owned(), args: Vec::new() }];
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
            Err(Error::Forbidden(_)) => reason("list-refused-forbidden"),
            Err(other) => return Err(other),
        };
        refused.push(Refused { id: held.id, name: held.title, reasons });
    }
    Ok((changed, refused))
}
