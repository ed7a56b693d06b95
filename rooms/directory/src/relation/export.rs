//! Export of relations, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, after_key, column, day, next_key};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::{role_of, store};
use crate::READ;

pub struct Relations;

impl ExportKind for Relations {
    fn name(&self) -> &'static str {
        "relations"
    }

    fn key(&self) -> &'static str {
        "import-relations"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "relation-enterprise"),
            column("name", "enterprise-name"),
            column("role", "relation-role"),
            column("other", "relation-other"),
            column("other_name", "relation-other-name"),
            column("share", "relation-share"),
            column("valid_from", "relation-valid-from"),
            column("valid_to", "relation-valid-to"),
            column("source", "relation-source"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let held = store::exported(cx, after_key(mark), PAGE).await?;
            let next = next_key(&held, |last| last.id);
            for one in &held {
                cx.look("enterprise", one.survivor_id, &one.name, Tier::from_rank(one.tier));
                cx.look("enterprise", one.other_id, &one.other_name, Tier::from_rank(one.other_tier));
            }
            let rows = held
                .into_iter()
                .map(|one| {
                    vec![
                        Cell::Text(one.reference),
                        Cell::Text(one.name),
                        Cell::Text(role_of(&one.kind, true).to_owned()),
                        Cell::Text(one.other_reference),
                        Cell::Text(one.other_name),
                        one.share.map_or(Cell::Empty, |share| Cell::Decimal { unscaled: share, scale: 2 }),
                        day(one.valid_from),
                        day(one.valid_to),
                        Cell::Text(one.source),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next })
        })
    }
}
