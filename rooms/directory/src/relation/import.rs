//! Import of relations: each row names both enterprises by reference or by a name only one has.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{GivenRelation, batch};
use crate::EDIT;

pub struct Relations;

impl ImportKind for Relations {
    fn name(&self) -> &'static str {
        "relations"
    }

    fn key(&self) -> &'static str {
        "import-relations"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "relation-enterprise", &["company", "reference"], true),
            column("role", "relation-role", &["relation", "kind"], true),
            column("other", "relation-other", &["other reference", "counterparty"], true),
            column("share", "relation-share", &["percent", "stake"], false),
            column("source", "relation-source", &[], true),
            column("valid_from", "relation-valid-from", &["from", "since"], false),
            column("valid_to", "relation-valid-to", &["to", "until"], false),
        ];
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(batch::undo(cx, entries))
    }
}

pub(super) fn read(row: &Row) -> GivenRelation {
    GivenRelation {
        other: Loose::from(row.text("other")),
        role: row.text("role"),
        share: Loose::from(row.text("share")),
        source: row.text("source"),
        valid_from: Loose::from(row.text("valid_from")),
        valid_to: Loose::from(row.text("valid_to")),
    }
}
