//! Import of published figures.

use futures::future::BoxFuture;
use platform::audit::{Change, Entry};
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone};
use platform::permission::Permission;
use platform::{Cx, Error, Id, Result};

use super::{NewPublished, Published, store};
use crate::PUBLISHED;

pub struct Figures;

const fn column(field: &'static str, key: &'static str, aliases: &'static [&'static str], required: bool) -> Column {
    Column { field, key, aliases, required }
}

impl ImportKind for Figures {
    fn name(&self) -> &'static str {
        "figures"
    }

    fn key(&self) -> &'static str {
        "published-heading"
    }

    fn permission(&self) -> &'static Permission {
        &PUBLISHED
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("as_at", "as-at", &["date"], true),
            column("metric", "figures-metric", &[], true),
            column("value", "figures-value", &[], true),
            column("unit", "published-unit", &[], true),
            column("comparator", "published-comparator", &[], true),
            column("basis", "published-basis", &[], true),
            column("scope", "published-scope", &[], true),
            column("denominator", "published-denominator", &[], false),
            column("body", "published-body", &[], false),
            column("source", "published-source", &[], true),
            column("note", "published-note", &[], false),
        ];
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(undo(cx, entries))
    }
}

async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let granted = cx.require(&PUBLISHED)?;
    let mut held = store::until(cx, None).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<Published> = Vec::new();
    for row in rows {
        let new = NewPublished {
            as_at: row.text("as_at"),
            metric: row.text("metric"),
            value: Loose::from(row.optional("value")),
            unit: row.text("unit"),
            comparator: row.text("comparator"),
            basis: row.text("basis"),
            scope: row.text("scope"),
            denominator: row.text("denominator"),
            body: row.text("body"),
            source: row.text("source"),
            note: row.text("note"),
        };
        outcomes.push(match new.checked(cx) {
            Ok(figure) => match held.iter().find(|known| known.same(&figure)) {
                Some(known) => Outcome::Same(known.id),
                None => {
                    held.push(figure.clone());
                    let id = figure.id;
                    news.push(figure);
                    Outcome::Created(id)
                }
            },
            Err(Error::Invalid(problems)) => Outcome::Refused(problems),
            Err(other) => return Err(other),
        });
    }
    if mode == Mode::Keep {
        store::insert_many(cx, &granted, &news).await?;
        for figure in news {
            cx.record(figure.change());
        }
    }
    Ok(outcomes)
}

async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&PUBLISHED)?;
    let ids: Vec<Id> =
        entries.iter().filter(|entry| entry.verb == "published.kept").map(|entry| entry.subject_id).collect();
    store::supersede(cx, &granted, &ids).await?;
    for entry in entries.iter().filter(|entry| entry.verb == "published.kept") {
        cx.record(
            Change::new("published.taken_back", "published", entry.subject_id).label(entry.subject_label.clone()),
        );
    }
    Ok(entries
        .iter()
        .map(|entry| if entry.verb == "published.kept" { Undone::Reversed } else { Undone::Nothing })
        .collect())
}
