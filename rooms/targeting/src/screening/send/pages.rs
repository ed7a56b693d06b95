//! What became of what was sent: those a person has to decide come back as a form.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use identity::responsible;
use platform::forms::Form;
use platform::order::Place;
use platform::pages::{Flash, View};
use platform::web::{Routes, safe_back};
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::super::get;
use super::super::list::{self, Filter, MOST_PICKED};
use super::{Decided, Kept, Sent, Unsure, send};
use crate::TARGET;
use crate::target::list::pages::tiers;

pub(crate) fn routes() -> Routes {
    Routes::new().post("/targets/screenings/{id}/send", post)
}

#[derive(Template)]
#[template(path = "screening/send/pages/sent.html")]
struct SentPage<'a> {
    view: View,
    screening: Id,
    form: &'a Form,
    fields: Fields<'a>,
    tiers: Vec<Choice>,
    teams: Vec<Choice>,
    owners: Vec<Choice>,
    /// Whether it was refused as a whole, before anything was sent.
    wholly: bool,
    /// What can be sent once more, by rank.
    again: Vec<i64>,
    sent: Sent,
    kept: Kept,
    back: String,
    /// How many were asked about and left without an answer.
    undecided: usize,
}

impl SentPage<'_> {
    fn chosen(&self, unsure: &Unsure) -> String {
        format!("decide-{}", unsure.rank)
    }
}

async fn post(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    cx.require(&TARGET)?;
    match take(&mut cx, id, &form).await {
        Ok(sent) if sent.unsure.is_empty() && sent.refused.is_empty() && sent.already.is_empty() => {
            let said = Flash::new("send-were-sent", &[("n", sent.sent.to_string())]);
            cx.see_other_saying("/targets?sort=-updated", said).await
        }
        Ok(sent) => {
            let decided = |one: &Unsure| !form.value(&format!("decide-{}", one.rank)).is_empty();
            let undecided =
                if form.has("deciding") { sent.unsure.iter().filter(|one| !decided(one)).count() } else { 0 };
            let status = if undecided > 0 && sent.sent == 0 { 422 } else { 200 };
            page(&mut cx, status, id, &form, sent, undecided).await
        }
        // There is nothing to fill in anew.
        Err(Error::Conflict(conflict)) if conflict.key == "screening-retired" => Err(Error::Conflict(conflict)),
        Err(error) => {
            let main = match &error {
                Error::Conflict(conflict) if conflict.key == "target-needs-team" => "team_id",
                Error::Conflict(conflict) if conflict.key == "send-out-of-reach" => "tier",
                _ => "first",
            };
            let (status, form) = form.refused(error, main)?;
            cx.undo().await?;
            page(&mut cx, status, id, &form, Sent::default(), 0).await
        }
    }
}

fn kept(form: &Form) -> Kept {
    Kept {
        round: form.text("round"),
        tier: form.text("tier"),
        team_id: form.text("team_id"),
        owner_id: form.text("owner_id"),
        note: form.text("note"),
    }
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form, sent: Sent, undecided: usize) -> Result<Response> {
    get(cx, id).await?;
    let view = cx.view();
    let pairs = |list: Vec<(Id, String)>| list.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let back = form.optional("back").unwrap_or_else(|| format!("/targets/screenings/{id}"));
    let wholly = !form.problems().is_empty();
    let page = SentPage {
        screening: id,
        fields: Fields::new(&view, form, "target"),
        tiers: tiers(&view),
        teams: pairs(responsible::teams(cx, None).await?),
        owners: pairs(responsible::owners(cx, &TARGET, None).await?),
        wholly,
        again: match wholly {
            true => form.values("ids").iter().filter_map(|rank| rank.parse().ok()).collect(),
            false => sent.refused.iter().map(|(rank, ..)| *rank).collect(),
        },
        kept: kept(form),
        sent,
        back: safe_back(&back).to_owned(),
        undecided,
        form,
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// Sends what a form picks, or the first so many of its list.
async fn take(cx: &mut Cx, id: Id, form: &Form) -> Result<Sent> {
    let back = form.optional("back").unwrap_or_default();
    let mut ranks: Vec<i64> = form.values("ids").iter().filter_map(|rank| rank.parse().ok()).collect();
    if ranks.is_empty()
        && let Some(first) = form.optional("first")
    {
        let first: usize = first.parse().map_err(|_| Error::conflict("send-first-unreadable"))?;
        if first > MOST_PICKED {
            return Err(Error::conflict_with("list-too-many-selected", &[("most", MOST_PICKED.to_string())]));
        }
        // The first of the list as it stood, with its filters.
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let screening = get(cx, id).await?;
        let extent = list::extent(cx, &screening).await?;
        let asked = list::asked(cx, extent, &Form::decode(query)).await?;
        let filter = Filter { place: Place::default(), ..asked };
        let page = list::page(cx, extent, &filter, i64::try_from(first).unwrap_or(0)).await?;
        ranks = page.rows.into_iter().map(|row| row.rank).collect();
    }
    ranks.sort_unstable();
    ranks.dedup();
    let decided: HashMap<i64, Decided> = ranks
        .iter()
        .filter_map(|rank| match form.value(&format!("decide-{rank}")) {
            "new" => {
                let shown = form.values(&format!("likely-{rank}"));
                Some((*rank, Decided::New(shown.iter().filter_map(|id| id.parse().ok()).collect())))
            }
            id => id.parse().ok().map(|id| (*rank, Decided::Same(id))),
        })
        .collect();
    send(cx, id, &ranks, &kept(form), &decided).await
}
