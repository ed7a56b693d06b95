//! One page: a tab for each table that a room keeps of the pack.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::holidays::Holiday;
use platform::pack::{PackRow, PackTable, READ};
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Problems, Result};
use time::Date;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin/pack", index).post("/admin/pack", bring_in)
}

#[derive(Template)]
#[template(path = "pack/pages/pack.html")]
struct PackPage {
    view: View,
    pack: String,
    /// The pack that can be brought in from here.
    offered: Option<String>,
    /// (name, heading, whether it is the one shown)
    tabs: Vec<(&'static str, String, bool)>,
    table: PackTable,
    rows: Vec<PackRow>,
    on: Option<Date>,
    next_holidays: Vec<Holiday>,
    /// The last day whose working days can be counted.
    known_until: Option<String>,
}

impl PackPage {
    /// Whether a column names a list of codes.
    fn is_list(&self, column: &str) -> bool {
        column == "pack-list"
    }

    /// Whether a column holds what programs and files write, not words.
    fn is_code(&self, column: &str) -> bool {
        column.ends_with("-code") || column == "body-kind"
    }
}

async fn bring_in(mut cx: Cx) -> Result<Response> {
    super::bring_in(&mut cx).await?;
    cx.see_other_saying("/admin/pack", Flash::new("pack-was-brought-in", &[])).await
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&READ)?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let mut problems = Problems::default();
    let on = problems.day("on", form.optional("on").as_deref());
    problems.into_result()?;
    let tables = cx.house.pack.clone();
    let wanted = form.optional("table");
    let table = match &wanted {
        Some(name) => tables.iter().find(|table| table.name == name).copied(),
        None => tables.first().copied(),
    };
    let table = table.ok_or(Error::NotFound)?;
    let mut rows = (table.rows)(&mut cx).await?;
    rows.retain(|row| on.is_none_or(|day| row.holds_on(day)));
    let holidays = cx.house.holidays.all();
    let page = PackPage {
        offered: super::offered(&cx),
        pack: cx.house.settings.get("pack").unwrap_or_default(),
        tabs: tables.iter().map(|one| (one.name, view.t(one.key), one.name == table.name)).collect(),
        table,
        rows,
        on,
        next_holidays: cx.house.holidays.next(cx.today(), 5),
        known_until: holidays
            .last()
            .and_then(|last| Date::from_calendar_date(last.day.year(), time::Month::December, 31).ok())
            .map(|day| view.date(day)),
        view,
    };
    cx.page(200, page).await
}
