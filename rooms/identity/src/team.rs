//! Teams: who works together, and on whose records.

use std::collections::HashMap;
use std::sync::Arc;

use platform::audit::{Change, Told};
use platform::forms::Loose;
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result, version};
use serde::Deserialize;
use time::Date;

use crate::{ADMINISTER, READ};

pub mod api;
pub mod pages;
mod store;

pub use store::Team;

/// A team as a pack names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
}

impl NewTeam {
    fn made(&self, id: Id) -> Change {
        Change::new("team.made", "team", id)
            .label(&self.name_en)
            .set("code", Told::Text(self.code.clone()))
            .set("name_en", Told::Text(self.name_en.clone()))
            .set("name_zh_hant", Told::Text(self.name_zh_hant.clone()))
            .set("name_zh_hans", Told::Text(self.name_zh_hans.clone()))
    }
}

/// Brings in teams that are not there yet.
pub async fn load(cx: &mut Cx, teams: Vec<NewTeam>) -> Result<()> {
    cx.require(&ADMINISTER)?;
    for team in teams {
        let id = cx.new_id();
        if store::insert_team(cx, id, &team).await? {
            cx.record(team.made(id));
        }
    }
    Ok(())
}

impl Team {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }
}

/// All teams; every list shows them and they seldom change.
async fn held(cx: &mut Cx) -> Result<Arc<Vec<Team>>> {
    match cx.recent("teams") {
        Some(teams) => Ok(teams),
        None => {
            let teams = store::all(cx).await?;
            Ok(cx.keep_recent("teams".to_owned(), teams))
        }
    }
}

/// The teams one can choose today, in the reader's language.
pub async fn options(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    let (language, today) = (cx.language, cx.today());
    let teams = held(cx).await?;
    let standing = teams.iter().filter(|team| team.stands_on(today));
    Ok(standing.map(|team| (team.id, team.name(language).to_owned())).collect())
}

/// What all teams are called, ended ones included.
pub async fn names(cx: &mut Cx) -> Result<HashMap<Id, String>> {
    let language = cx.language;
    Ok(held(cx).await?.iter().map(|team| (team.id, team.name(language).to_owned())).collect())
}

/// Every team by each of its names, for reading what a file names: those that ended come first, so
/// that of two of one name the one that stands is taken.
pub async fn named(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    let (language, today) = (cx.language, cx.today());
    let mut teams: Vec<Team> = held(cx).await?.to_vec();
    teams.sort_by_key(|team| (team.stands_on(today), team.id));
    Ok(teams.into_iter().map(|team| (team.id, team.name(language).to_owned())).collect())
}

pub async fn by_code(cx: &mut Cx, code: &str) -> Result<Option<Id>> {
    let today = cx.today();
    let teams = store::all(cx).await?;
    Ok(teams.into_iter().find(|team| team.code == code && team.stands_on(today)).map(|team| team.id))
}

/// Every team with how many belong to it, ended ones included.
pub async fn all(cx: &mut Cx) -> Result<Vec<(Team, i64)>> {
    cx.require(&READ)?;
    let counts = store::counts(cx).await?;
    let teams = store::all(cx).await?;
    Ok(teams
        .into_iter()
        .map(|team| (counts.get(&team.id).copied().unwrap_or_default(), team))
        .map(|(n, t)| (t, n))
        .collect())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Team> {
    cx.require(&READ)?;
    store::get(cx, id).await
}

/// What is filled in for a team.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = FilledTeam)]
#[serde(default)]
pub struct Filled {
    /// Small letters, digits and hyphens; stays once given.
    pub code: Loose,
    pub name_en: Loose,
    pub name_zh_hant: Loose,
    pub name_zh_hans: Loose,
    /// The last day it stands; empty while it does.
    pub ended_on: Loose,
}

struct Checked {
    names: [String; 3],
    ended_on: Option<Date>,
}

impl Filled {
    fn checked(&self, problems: &mut Problems) -> Checked {
        let mut name = |field: &str, given: &Loose| {
            let name = problems.line(field, given.get().unwrap_or_default(), 120);
            problems.require(!name.is_empty(), field, "problem-name-missing");
            name
        };
        let names = [
            name("name_en", &self.name_en),
            name("name_zh_hant", &self.name_zh_hant),
            name("name_zh_hans", &self.name_zh_hans),
        ];
        Checked { names, ended_on: problems.day("ended_on", self.ended_on.get()) }
    }
}

/// Makes a team.
pub async fn make(cx: &mut Cx, filled: Filled) -> Result<Team> {
    cx.require(&ADMINISTER)?;
    let mut problems = Problems::default();
    let code = filled.code.get().unwrap_or_default().to_owned();
    problems.require(fits_code(&code), "code", "problem-code-form");
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let [name_en, name_zh_hant, name_zh_hans] = checked.names;
    let new = NewTeam { code, name_en, name_zh_hant, name_zh_hans };
    let id = cx.new_id();
    if !store::insert_team(cx, id, &new).await? {
        return Err(Error::invalid("code", "problem-code-held"));
    }
    cx.record(new.made(id));
    store::get(cx, id).await
}

pub(crate) fn fits_code(code: &str) -> bool {
    (1..=40).contains(&code.len()) && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

pub(crate) fn written(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Renames a team, or ends it on a day. Records and accounts that name it keep doing so; nobody
/// can be put in it afterwards.
pub async fn change(cx: &mut Cx, id: Id, version: i64, filled: Filled) -> Result<Team> {
    cx.require(&ADMINISTER)?;
    let before = get(cx, id).await?;
    let mut problems = Problems::default();
    let checked = filled.checked(&mut problems);
    problems.into_result()?;
    let both = vec![
        version::both("name_en", &checked.names[0], &before.name_en),
        version::both("name_zh_hant", &checked.names[1], &before.name_zh_hant),
        version::both("name_zh_hans", &checked.names[2], &before.name_zh_hans),
        version::both("ended_on", written(checked.ended_on), written(before.ended_on)),
    ];
    version::expect(version, before.version, both)?;
    store::update(cx, id, &checked.names, checked.ended_on).await?;
    let [name_en, name_zh_hant, name_zh_hans] = checked.names;
    cx.record(
        Change::new("team.changed", "team", id)
            .label(&name_en)
            .version(before.version + 1)
            .field("name_en", Told::Text(before.name_en), Told::Text(name_en))
            .field("name_zh_hant", Told::Text(before.name_zh_hant), Told::Text(name_zh_hant))
            .field("name_zh_hans", Told::Text(before.name_zh_hans), Told::Text(name_zh_hans))
            .field("ended_on", Told::day(before.ended_on), Told::day(checked.ended_on)),
    );
    store::get(cx, id).await
}

/// Those who belong to a team: (account, name, address), those still there.
pub async fn members(cx: &mut Cx, id: Id) -> Result<Vec<(Id, String, String)>> {
    cx.require(&READ)?;
    store::members(cx, id).await
}

/// The accounts of a team that are still there, for a room that keeps a record in its sight.
pub async fn accounts(cx: &mut Cx, id: Id) -> Result<Vec<Id>> {
    Ok(store::members(cx, id).await?.into_iter().map(|(account, ..)| account).collect())
}

/// Puts the account of this key in a team.
pub async fn join(cx: &mut Cx, id: Id, account: &str) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let account = account.parse().map_err(|_| Error::invalid("account", "problem-member-missing"))?;
    set_member(cx, id, account, true).await
}

/// Puts somebody in a team, or takes them out of it.
pub async fn set_member(cx: &mut Cx, id: Id, account: Id, belongs: bool) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let team = get(cx, id).await?;
    let (who, held) = crate::account::get(cx, account).await?;
    if held.contains(&id) == belongs {
        return Ok(());
    }
    if belongs && !team.stands_on(cx.today()) {
        return Err(Error::conflict("team-has-ended"));
    }
    store::set_member(cx, id, account, belongs).await?;
    let verb = if belongs { "team.joined" } else { "team.left" };
    cx.record(
        Change::new(verb, "team", id).label(team.name_en).set("account", Told::record("account", account, &who.name)),
    );
    crate::session::forget();
    Ok(())
}

impl Team {
    pub fn stands_on(&self, day: Date) -> bool {
        self.ended_on.is_none_or(|end| day <= end)
    }
}
