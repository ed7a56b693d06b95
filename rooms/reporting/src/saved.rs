//! Saved definitions of cross-tabs: a name in the office's words for a table that is asked for again.
//! What is shared is the definition; who opens it counts within their own reach.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Form;
use platform::permission::{Permission, Relation, Role, Scope};
use platform::{Cx, Id, Problems, Result, version};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use ui::Choice;

use crate::READ;
use crate::crosstab::{as_of, read_table};

pub mod api;
pub mod pages;
mod store;

/// Keeping definitions; others' only with the wider scope.
pub const KEEP: Permission = Permission::write(
    "reporting.definition.keep",
    &[
        (Role::Administrator, Scope::All),
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::Own),
        (Role::Officer, Scope::Own),
    ],
);

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = SavedCrosstab)]
pub struct Saved {
    pub id: Id,
    pub name: String,
    /// As the address of the page carries it.
    pub definition: String,
    pub owner_id: Option<Id>,
    pub owner_name: String,
    /// own, team or office.
    pub shared: String,
    pub team_id: Option<Id>,
    pub version: i64,
    pub updated_at: At,
    #[serde(skip)]
    pub name_key: String,
}

impl Saved {
    pub fn href(&self) -> String {
        format!("/figures/crosstab?{}", self.definition)
    }

    fn relation(&self) -> Relation {
        Relation { team: None, owner: self.owner_id }
    }

    /// How it is shared, as a form chooses it.
    pub fn sharing(&self) -> String {
        self.team_id.map_or_else(|| self.shared.clone(), |team| format!("team-{team}"))
    }
}

/// What is given to save a definition, or to change one.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = NewSavedCrosstab)]
#[serde(default)]
pub struct NewSaved {
    pub name: String,
    /// `rows=industry&columns=nature&measure=…`, as in the address of the page.
    pub definition: String,
    /// own, office, or team- and a team's number.
    pub shared: String,
}

struct Checked {
    name: String,
    shared: &'static str,
    team: Option<Id>,
}

fn checked(cx: &Cx, name: &str, shared: &str, held: Option<&Saved>) -> Result<Checked> {
    let mut problems = Problems::default();
    let name = problems.line("name", name, 200);
    problems.require(!name.is_empty(), "name", "saved-name-missing");
    let team = shared.strip_prefix("team-").and_then(|id| id.parse::<Id>().ok());
    let mine = |team: Id| cx.actor.as_ref().is_some_and(|actor| actor.teams.contains(&team));
    let as_before = held.is_some_and(|held| held.sharing() == shared);
    let shared = match (shared, team) {
        ("" | "own", _) => Some("own"),
        ("office", _) => Some("office"),
        (_, Some(team)) if mine(team) || as_before => Some("team"),
        _ => None,
    };
    problems.require(shared.is_some(), "shared", "saved-shared-unknown");
    problems.into_result()?;
    Ok(Checked { name, shared: shared.unwrap_or("own"), team })
}

/// With whom the reader can share.
pub async fn sharings(cx: &mut Cx) -> Result<Vec<Choice>> {
    let mut choices = vec![
        Choice::new("own", cx.text("saved-shared-own", &[])),
        Choice::new("office", cx.text("saved-shared-office", &[])),
    ];
    let teams = cx.actor.as_ref().map(|actor| actor.teams.clone()).unwrap_or_default();
    if !teams.is_empty() {
        for (id, name) in identity::team::options(cx).await?.into_iter().filter(|(id, _)| teams.contains(id)) {
            choices.push(Choice::new(format!("team-{id}"), cx.text("saved-shared-team", &[("team", name)])));
        }
    }
    Ok(choices)
}

/// Saves a definition that can be counted.
pub async fn save(cx: &mut Cx, new: NewSaved) -> Result<Saved> {
    let granted = cx.require(&KEEP)?;
    let form = Form::decode(&new.definition);
    let definition = read_table(cx, &form)?;
    as_of(cx, &form)?;
    let Checked { name, shared, team } = checked(cx, &new.name, &new.shared, None)?;
    let saved = Saved {
        id: cx.new_id(),
        name_key: platform::search::fold::sort_key(&name),
        name,
        definition: format!("{}{}", definition.address(), crate::crosstab::pages::dates(&form)),
        owner_id: cx.account(),
        owner_name: cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone()),
        shared: shared.to_owned(),
        team_id: team,
        version: 1,
        updated_at: cx.now(),
    };
    store::insert(cx, &granted, &saved).await?;
    let change = Change::new("definition.saved", "definition", saved.id).label(&saved.name).version(1);
    cx.record(definition.told(change).set("shared", shared_told(&saved.shared)));
    Ok(saved)
}

fn shared_told(shared: &str) -> Told {
    let key = match shared {
        "office" => "saved-shared-office",
        "team" => "saved-shared-with-team",
        _ => "saved-shared-own",
    };
    Told::code(shared, key)
}

/// One within reach: one's own, or shared with one.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Saved> {
    cx.require_along(&READ)?;
    store::get(cx, id).await
}

/// A page of those within reach, by name.
pub async fn page(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Vec<Saved>> {
    cx.require_along(&READ)?;
    store::page(cx, after, limit).await
}

/// Renames one, or shares it with others or no longer.
pub async fn change(cx: &mut Cx, id: Id, version: i64, name: &str, shared: &str) -> Result<Saved> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&KEEP, before.relation())?;
    let both = vec![version::both("name", name, &before.name), version::both("shared", shared, before.sharing())];
    version::expect(version, before.version, both)?;
    let Checked { name, shared, team } = checked(cx, name, shared, Some(&before))?;
    let after = Saved {
        name_key: platform::search::fold::sort_key(&name),
        name,
        shared: shared.to_owned(),
        team_id: team,
        version: before.version + 1,
        updated_at: cx.now(),
        ..before.clone()
    };
    store::update(cx, &granted, &after).await?;
    cx.record(
        Change::new("definition.changed", "definition", id)
            .label(&after.name)
            .version(after.version)
            .field("name", Told::Text(before.name), Told::Text(after.name.clone()))
            .field("shared", shared_told(&before.shared), shared_told(&after.shared)),
    );
    Ok(after)
}

/// Takes one out of the lists, or brings it back.
pub async fn retire(cx: &mut Cx, id: Id, away: bool) -> Result<()> {
    cx.require_along(&READ)?;
    let before = store::any(cx, id).await?;
    let granted = cx.require_on(&KEEP, before.relation())?;
    store::retire(cx, &granted, id, away).await?;
    let verb = if away { "definition.retired" } else { "definition.restored" };
    cx.record(Change::new(verb, "definition", id).label(before.name).version(before.version + 1));
    Ok(())
}
