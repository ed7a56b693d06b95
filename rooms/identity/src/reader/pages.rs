//! The page of those named on a record, which each room draws under its own heading.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::{Cx, Result};
use ui::{Choice, Fields};

use super::{Reader, Record};
use crate::{account, team};

#[derive(Template)]
#[template(path = "reader/pages/readers.html")]
struct ReadersPage<'a> {
    view: View,
    heading: Html,
    title: String,
    /// Where the record is: `/enterprises/5`.
    path: String,
    /// The text key of who sees such a record.
    who: &'static str,
    owner: Option<String>,
    team: Option<String>,
    readers: Vec<Reader>,
    /// Whom the actor may name, if anybody.
    others: Vec<Choice>,
    may: bool,
    fields: Fields<'a>,
}

/// The page of a record's readers; `path` is where the record is, `may` whether the actor may change them.
pub async fn page(
    cx: &mut Cx,
    status: u16,
    on: &Record,
    heading: Html,
    path: String,
    may: bool,
    form: &Form,
) -> Result<Response> {
    let readers = super::of(cx, on.kind, on.id).await?;
    let others = match may {
        true => account::options(cx).await?,
        false => Vec::new(),
    };
    let others = others
        .into_iter()
        .filter(|(id, _)| readers.iter().all(|reader| reader.account_id != *id) && on.relation.owner != Some(*id))
        .map(|(id, name)| Choice::new(id, name))
        .collect();
    let owner = match on.relation.owner {
        Some(id) => account::name(cx, id).await?,
        None => None,
    };
    let team = match on.relation.team {
        Some(id) => team::names(cx).await?.remove(&id),
        None => None,
    };
    let view = cx.view();
    let page = ReadersPage {
        heading,
        title: on.label.clone(),
        path,
        who: who(on.tier),
        owner,
        team,
        readers,
        others,
        may,
        fields: Fields::new(&view, form, "reader"),
        view: view.clone(),
    };
    cx.page(status, page).await
}

const fn who(tier: platform::permission::Tier) -> &'static str {
    use platform::permission::Tier;
    match tier {
        Tier::Public => "readers-of-public",
        Tier::Office => "readers-of-office",
        Tier::Team => "readers-of-team",
        Tier::Named => "readers-of-named",
    }
}
