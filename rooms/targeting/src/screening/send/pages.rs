//! What became of what was sent: those a person has to decide come back as a form.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::order::Place;
use platform::pages::{Flash, View};
use platform::web::{Routes, safe_back};
use platform::{Cx, Error, Id, Result};

use super::super::list::{self, Filter, MOST_PICKED};
use super::{Decided, Kept, Sent, Unsure, send};
use crate::TARGET;

pub(crate) fn routes() -> Routes {
    Routes::new().post("/targets/screenings/{id}/send", post)
}

#[derive(Template)]
#[template(path = "screening/send/pages/sent.html")]
struct SentPage {
    view: View,
    screening: Id,
    sent: Sent,
    kept: Kept,
    back: String,
    /// How many were asked about and left without an answer.
    undecided: usize,
}

impl SentPage {
    fn chosen(&self, unsure: &Unsure) -> String {
        format!("decide-{}", unsure.rank)
    }
}

async fn post(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    cx.require(&TARGET)?;
    let back = form.optional("back").unwrap_or_else(|| format!("/targets/screenings/{id}"));
    let kept = Kept {
        round: form.text("round"),
        tier: form.text("tier"),
        team_id: form.text("team_id"),
        owner_id: form.text("owner_id"),
        note: form.text("note"),
    };
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
        let filter = Filter { place: Place::default(), ..Filter::read(&Form::decode(query)) };
        let page = list::page(&mut cx, id, &filter, i64::try_from(first).unwrap_or(0)).await?;
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
    let sent = send(&mut cx, id, &ranks, &kept, &decided).await?;
    let undecided = match form.has("deciding") {
        true => sent.unsure.iter().filter(|one| !decided.contains_key(&one.rank)).count(),
        false => 0,
    };
    if sent.unsure.is_empty() && sent.refused.is_empty() && sent.already.is_empty() {
        let said = Flash::new("send-were-sent", &[("n", sent.sent.to_string())]);
        return cx.see_other_saying("/targets?sort=-updated", said).await;
    }
    let back = safe_back(&back).to_owned();
    let status = if undecided > 0 && sent.sent == 0 { 422 } else { 200 };
    let page = SentPage { screening: id, sent, kept, back, undecided, view: cx.view() };
    cx.page(status, page).await
}
