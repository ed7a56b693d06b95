//! Import of names: each row names the enterprise by reference or by a name only one has, and says a
//! name more of it, or on which days one it has holds.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{GivenName, batch};
use crate::EDIT;

pub struct Names;

impl ImportKind for Names {
    fn name(&self) -> &'static str {
        "names"
    }

    fn key(&self) -> &'static str {
        "import-names"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "name-enterprise", &["company", "reference", "entity"], true),
            column("name", "name-name", &["other name"], true),
            column("language", "name-language", &["lang"], false),
            column("kind", "name-kind", &["type", "kind of name"], false),
            column("valid_from", "name-valid-from", &["from", "since"], false),
            column("valid_to", "name-valid-to", &["to", "until"], false),
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

pub(super) fn read(row: &Row) -> GivenName {
    GivenName {
        name: row.text("name"),
        language: row.text("language"),
        kind: row.text("kind"),
        valid_from: row.text("valid_from").into(),
        valid_to: row.text("valid_to").into(),
    }
}
