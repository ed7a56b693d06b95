//! Import of flags: a list's own file, each row naming the enterprise by reference or by a name only
//! one has.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{GivenFlag, batch};
use crate::EDIT;

pub struct Flags;

impl ImportKind for Flags {
    fn name(&self) -> &'static str {
        "flags"
    }

    fn key(&self) -> &'static str {
        "import-flags"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "flag-enterprise", &["company", "reference", "organisation", "entity"], true),
            column("flag", "flag-flag", &["list"], true),
            column("source", "flag-source", &[], true),
            column("valid_from", "flag-valid-from", &["from", "since", "effective date"], false),
            column("valid_to", "flag-valid-to", &["to", "until"], false),
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

pub(super) fn read(row: &Row) -> GivenFlag {
    GivenFlag {
        flag: row.text("flag"),
        source: row.text("source"),
        valid_from: Loose::from(row.text("valid_from")),
        valid_to: Loose::from(row.text("valid_to")),
    }
}
