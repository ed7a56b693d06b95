//! Export of published figures, with the columns the import takes: what goes out can come back.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, day, text};
use platform::forms::Form;
use platform::permission::Permission;
use platform::{Cx, Result};

use super::Published;
use super::list::{self, Filter};
use crate::READ;

pub struct Figures;

impl ExportKind for Figures {
    fn name(&self) -> &'static str {
        "figures"
    }

    fn key(&self) -> &'static str {
        "published-heading"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("as_at", "as-at"),
            column("metric", "figures-metric"),
            column("value", "figures-value"),
            column("unit", "published-unit"),
            column("comparator", "published-comparator"),
            column("basis", "published-basis"),
            column("scope", "published-scope"),
            column("denominator", "published-denominator"),
            column("body", "published-body"),
            column("source", "published-source"),
            column("note", "published-note"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["metric", "body", "basis", "since", "until", "withdrawn"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let mut filter = Filter::read(&Form::decode(query))?;
            filter.before = None;
            filter.after = mark.map(str::to_owned);
            let page = list::page(cx, &filter, 1_000).await?;
            Ok(ExportPage { rows: page.figures.iter().map(row).collect(), next: page.next })
        })
    }
}

fn row(figure: &Published) -> Vec<Cell> {
    let known = |value: &str| text(Some(value).filter(|value| !value.is_empty()));
    let value = match figure.value % 1_000 {
        0 => Cell::Integer(figure.value / 1_000),
        _ => Cell::Decimal { unscaled: figure.value, scale: 3 },
    };
    vec![
        day(Some(figure.as_at)),
        known(&figure.metric),
        value,
        known(&figure.unit),
        known(&figure.comparator),
        known(&figure.basis),
        known(&figure.scope),
        known(&figure.denominator),
        known(&figure.body),
        known(&figure.source),
        known(&figure.note),
    ]
}
