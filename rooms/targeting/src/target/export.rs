//! Export of the target list.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, day, text};
use platform::forms::Form;
use platform::order::Place;
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::list::{self, Filter};
use crate::READ;

pub struct Targets;

impl ExportKind for Targets {
    fn name(&self) -> &'static str {
        "targets"
    }

    fn key(&self) -> &'static str {
        "targets-heading"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "target-enterprise"),
            column("reference", "target-reference"),
            column("standing", "target-standing"),
            column("standing_on", "target-standing-on"),
            column("round", "target-round"),
            column("rank", "screening-rank"),
            column("owner", "target-owner-id"),
            column("team", "target-team-id"),
            column("tier", "target-tier"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["q", "standing", "round", "tier", "owner", "team", "enterprise", "retired", "ids", "sort"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let filter = Filter { place: Place::after(mark), ..Filter::asked(cx, &Form::decode(query))? };
            let found = list::page(cx, &filter, 1_000).await?;
            list::look_over(cx, &found.rows);
            let owners = identity::account::names(cx, found.rows.iter().filter_map(|row| row.owner_id)).await?;
            let teams = identity::team::names(cx).await?;
            let rows = found.rows.iter().map(|row| {
                vec![
                    text(Some(&row.enterprise)),
                    text(Some(&row.reference)),
                    text(Some(&row.standing)),
                    day(Some(row.standing_on)),
                    text(Some(&row.round)),
                    row.rank.map_or(Cell::Empty, |rank| Cell::Decimal { unscaled: rank, scale: 0 }),
                    text(row.owner_id.and_then(|id| owners.get(&id)).map(String::as_str)),
                    text(row.team_id.and_then(|id| teams.get(&id)).map(String::as_str)),
                    text(Some(Tier::from_rank(row.tier).code())),
                ]
            });
            Ok(ExportPage { rows: rows.collect(), next: found.next })
        })
    }
}
