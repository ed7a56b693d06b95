//! Teams and bodies, brought by the pack.

use platform::audit::Change;
use platform::text::Language;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use time::Date;

use crate::ADMINISTER;

mod store;

pub use store::Team;

/// A team as a pack names it.
#[derive(Clone, Debug, Deserialize)]
pub struct NewTeam {
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
}

/// A body as a pack names it.
#[derive(Clone, Debug, Deserialize)]
pub struct NewBody {
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    #[serde(default)]
    pub abbreviation: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

/// Brings in teams that are not there yet.
pub async fn load(cx: &mut Cx, teams: Vec<NewTeam>) -> Result<()> {
    cx.require(&ADMINISTER)?;
    for team in teams {
        let id = cx.new_id();
        if store::insert_team(cx, id, &team).await? {
            cx.record(Change::new("team.made", "team", id).label(team.name_en));
        }
    }
    Ok(())
}

/// Brings in bodies that are not there yet.
pub async fn load_bodies(cx: &mut Cx, bodies: Vec<NewBody>) -> Result<()> {
    cx.require(&ADMINISTER)?;
    for body in bodies {
        let id = cx.new_id();
        if store::insert_body(cx, id, &body).await? {
            cx.record(Change::new("body.made", "body", id).label(body.name_en));
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

/// The teams one can choose, in the reader's language.
pub async fn options(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    let language = cx.language;
    Ok(store::all(cx).await?.into_iter().map(|team| (team.id, team.name(language).to_owned())).collect())
}

pub async fn by_code(cx: &mut Cx, code: &str) -> Result<Option<Id>> {
    Ok(store::all(cx).await?.into_iter().find(|team| team.code == code).map(|team| team.id))
}
