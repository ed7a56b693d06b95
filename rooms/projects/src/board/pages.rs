//! The page of the board.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};

use super::{Column, Filter};
use crate::{EDIT, ledger, stage};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/projects/board", index)
}

#[derive(Template)]
#[template(path = "board/pages/board.html")]
struct BoardPage {
    view: View,
    columns: Vec<Column>,
    /// The office's currency, in which pledges are summed.
    currency: String,
    asked: Form,
    filter: Filter,
    may_edit: bool,
}

impl BoardPage {
    fn name(&self, code: &str) -> String {
        self.view.t(&stage::stage_key(code))
    }

    /// This board with one column further down, or back at its top.
    fn column_at(&self, column: &str, mark: Option<&str>) -> String {
        let kept = self.asked.pairs().iter().filter(|(name, value)| name != column && !value.is_empty());
        let mut pairs: Vec<(String, String)> = kept.cloned().collect();
        pairs.extend(mark.map(|mark| (column.to_owned(), mark.to_owned())));
        let query = pairs.iter().map(|(name, value)| format!("{name}={}", platform::web::encode(value)));
        format!("/projects/board?{}#stage-{column}", query.collect::<Vec<_>>().join("&"))
    }

    fn is_further_down(&self, column: &str) -> bool {
        !self.asked.value(column).is_empty()
    }

    fn others<'a>(&'a self, of: &'a str) -> impl Iterator<Item = &'static str> + 'a {
        stage::STAGES.into_iter().filter(move |code| *code != of)
    }
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let asked = Form::decode(&view.query);
    let filter = Filter::read(&asked);
    let columns = super::columns(&mut cx, &filter, |stage| asked.optional(stage)).await?;
    let currency = ledger::base_unit(&cx, "investment");
    let page = BoardPage { columns, currency, filter, asked, may_edit: cx.may(&EDIT), view };
    cx.page(200, page).await
}
