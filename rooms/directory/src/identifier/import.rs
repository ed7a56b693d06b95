//! Import of identifiers: each row names the enterprise by reference or by a name only one has, and
//! says an LEI, a number in a register or a listing.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{GivenIdentifier, batch};
use crate::EDIT;

pub struct Identifiers;

impl ImportKind for Identifiers {
    fn name(&self) -> &'static str {
        "identifiers"
    }

    fn key(&self) -> &'static str {
        "import-identifiers"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "identifier-enterprise", &["company", "reference", "name", "entity"], true),
            column("scheme", "identifier-scheme", &["type", "kind"], true),
            column("register", "identifier-register", &["registry", "exchange"], false),
            column("value", "identifier-value", &["number", "code", "identifier"], true),
            column("valid_from", "identifier-valid-from", &["from", "since"], false),
            column("valid_to", "identifier-valid-to", &["to", "until"], false),
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

pub(super) fn read(row: &Row) -> GivenIdentifier {
    GivenIdentifier {
        scheme: row.text("scheme").to_lowercase(),
        register: row.text("register"),
        value: row.text("value"),
        valid_from: row.text("valid_from").into(),
        valid_to: row.text("valid_to").into(),
    }
}
