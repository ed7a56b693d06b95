//! Teams and bodies, brought by the pack.

use futures::future::BoxFuture;
use platform::audit::Change;
use platform::pack::{PackRow, PackTable};
use platform::text::Language;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use time::Date;

use crate::ADMINISTER;

mod store;

pub use store::{Body, Team};

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

impl Body {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }
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

/// Every body, ended ones included: what was counted by one keeps its name.
pub async fn bodies(cx: &mut Cx) -> Result<Vec<Body>> {
    store::bodies(cx).await
}

/// The bodies as a table of the pack.
pub(crate) fn bodies_table() -> PackTable {
    const COLUMNS: &[&str] = &["body-code", "body-name", "body-abbreviation", "body-kind"];
    PackTable { name: "bodies", key: "bodies-heading", columns: COLUMNS, rows: body_rows }
}

fn body_rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    Box::pin(async move {
        let language = cx.language;
        let rows = bodies(cx).await?.into_iter().map(|body| PackRow {
            cells: vec![body.code.clone(), body.name(language).to_owned(), body.abbreviation, body.kind],
            valid_from: Some(body.valid_from),
            valid_to: body.valid_to,
            source: body.source,
        });
        Ok(rows.collect())
    })
}
