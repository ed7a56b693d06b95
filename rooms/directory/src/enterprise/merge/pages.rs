//! The page of a merge: first whom to merge into, then what differs and what follows.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::own_field;
use platform::pages::{Flash, View};
use platform::web::{Routes, safe_back};
use platform::{Cx, Error, Id, Problems, Result};
use ui::Fields;

use super::{Following, GivenMerge, Outlook};
use crate::enterprise::{self, Enterprise, SUBJECT, told, write::fields};
use crate::{MERGE, group};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/merge", show)
        .post("/enterprises/{id}/merge", merge)
        .post("/enterprises/{id}/unmerge", unmerge)
}

#[derive(Template)]
#[template(path = "enterprise/merge/pages/merge.html")]
struct MergePage<'a> {
    view: View,
    fields: Fields<'a>,
    loser: Enterprise,
    survivor: Option<Enterprise>,
    candidates: Vec<Enterprise>,
    following: Vec<Following>,
    /// Label, field, both values, and whether the loser's is to be taken.
    rows: Vec<(String, String, String, String, bool)>,
    outlook: Outlook,
    /// Why the two can't be merged, in the reader's words.
    refused: Option<String>,
    /// Whether a person has said that the two are not the same.
    told_apart: bool,
    q: String,
    /// Where one goes on once they are merged, if elsewhere than to the survivor.
    back: Option<String>,
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    page(&mut cx, 200, id, &form).await
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let loser = enterprise::get(cx, id).await?;
    cx.require_on(&MERGE, loser.relation())?;
    let view = cx.view();
    let mut candidates = Vec::new();
    let survivor = match form.value("into").parse::<Id>() {
        Ok(into) => Some(enterprise::get(cx, into).await?),
        Err(_) => {
            let typed = form.optional("q").unwrap_or_else(|| loser.name.clone());
            for brief in enterprise::suggest(cx, &typed, 20).await? {
                if brief.id != loser.id {
                    candidates.push(enterprise::get(cx, brief.id).await?);
                }
            }
            None
        }
    };
    let following = super::following(cx, loser.id).await?;
    let outlook = match &survivor {
        Some(survivor) => super::outlook(cx, survivor, &loser).await?,
        None => Outlook::default(),
    };
    let mut parents: BTreeMap<Id, String> = BTreeMap::new();
    for held in [Some(&loser), survivor.as_ref()].into_iter().flatten() {
        if let Some(parent) = group::parent(cx, held).await? {
            parents.insert(held.id, parent.name);
        }
    }
    let people: Vec<Id> =
        [Some(&loser), survivor.as_ref()].into_iter().flatten().filter_map(|held| held.owner_id).collect();
    let owners = identity::account::names(cx, people).await?;
    let teams = identity::team::names(cx).await?;
    let shown = |field: &str, held: &Enterprise| {
        let named = match field {
            "parent_id" => parents.get(&held.id).cloned(),
            "owner_id" => held.owner_id.and_then(|id| owners.get(&id).cloned()),
            "team_id" => held.team_id.and_then(|id| teams.get(&id).cloned()),
            _ => return view.told(&told(cx, field, held.value(field).as_deref())),
        };
        named.unwrap_or_else(|| "–".to_owned())
    };
    let taken = form.chosen("take");
    // Of fields of the office's own those that the loser could give.
    let own = loser.own.codes().map(|code| format!("{}{code}", own_field::PREFIX));
    let own: Vec<String> = own.filter(|field| own_field::is_edited(cx, SUBJECT, field)).collect();
    let rows = match &survivor {
        Some(survivor) => fields(own.iter().map(String::as_str))
            .into_iter()
            .filter(|field| *field != "tier" && survivor.value(field) != loser.value(field))
            .map(|field| {
                let label = view.t(&format!("enterprise-{}", field.replace('_', "-")));
                let is_taken = taken.iter().any(|name| name == field);
                (label, field.to_owned(), shown(field, survivor), shown(field, &loser), is_taken)
            })
            .collect(),
        None => Vec::new(),
    };
    let told_apart = match &survivor {
        Some(survivor) => super::told_apart(cx, survivor.id, loser.id).await?,
        None => false,
    };
    let page = MergePage {
        fields: Fields::new(&view, form, "merge"),
        loser,
        survivor,
        candidates,
        following,
        refused: outlook.refused.as_ref().map(|conflict| view.said(&conflict.key, &conflict.args)),
        outlook,
        rows,
        told_apart,
        q: form.text("q"),
        back: form.optional("back"),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn merge(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match take(&mut cx, id, &form).await {
        Ok(into) => {
            let said = Flash::new("enterprise-was-merged", &[]).with_undo(format!("/enterprises/{id}/unmerge"));
            let to = form.optional("back").map_or(format!("/enterprises/{into}"), |back| safe_back(&back).to_owned());
            cx.see_other_saying(to, said).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(Error::Conflict(conflict)) => {
            cx.undo().await?;
            let mut problems = Problems::default();
            let args: Vec<(&str, String)> =
                conflict.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            problems.add_with("reason", &conflict.key, &args);
            page(&mut cx, 409, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn take(cx: &mut Cx, id: Id, form: &Form) -> Result<Id> {
    let into: Id = form.value("into").parse().map_err(|_| Error::invalid("into", "merge-into-missing"))?;
    let given = GivenMerge {
        take: form.chosen("take"),
        reason: form.text("reason"),
        told_apart_wrongly: !form.value("told_apart_wrongly").is_empty(),
    };
    super::merge(cx, id, into, &given).await?;
    Ok(into)
}

async fn unmerge(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let kept = super::unmerge(&mut cx, id).await?;
    let flash = if kept.is_empty() {
        Flash::new("enterprise-was-unmerged", &[])
    } else {
        let view = cx.view();
        let fields: Vec<String> =
            kept.iter().map(|field| view.t(&format!("enterprise-{}", field.replace('_', "-")))).collect();
        Flash::new("enterprise-was-unmerged-kept", &[("fields", fields.join(", "))])
    };
    cx.see_other_saying(format!("/enterprises/{id}"), flash).await
}
