//! Import of people: each row names the enterprise by reference or by a name only one has, and the
//! person by key or by a name that only one there has.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{NewPerson, SUBJECT, batch};
use crate::EDIT;

pub struct People;

impl ImportKind for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn key(&self) -> &'static str {
        "import-people"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "person-enterprise", &["company", "organisation"], true),
            column("name", "person-name", &["full name", "contact"], true),
            column("id", "person-id", &["key"], false),
            column("second_name", "person-second-name", &["chinese name", "other name"], false),
            column("post", "person-post", &["title", "position", "job title"], false),
            column("post_from", "person-post-from", &["since"], false),
            column("languages", "person-languages", &[], false),
            column("email", "person-email", &["e-mail", "mail"], false),
            column("telephone", "person-telephone", &["phone", "tel", "mobile"], false),
            column("wechat", "person-wechat", &["weixin", "微信"], false),
            column("consent_on", "person-consent-on", &["consent"], false),
            column("consent_how", "person-consent-how", &[], false),
            column("consent_purpose", "person-consent-purpose", &["purpose"], false),
        ];
        COLUMNS
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(batch::undo(cx, entries))
    }
}

pub(super) fn read(row: &Row) -> NewPerson {
    NewPerson {
        name: row.text("name"),
        second_name: row.text("second_name"),
        post: row.text("post"),
        post_from: row.text("post_from"),
        languages: row.text("languages"),
        email: row.text("email"),
        telephone: row.text("telephone"),
        wechat: row.text("wechat"),
        contacts: Vec::new(),
        consent_on: row.text("consent_on"),
        consent_how: row.text("consent_how"),
        consent_purpose: row.text("consent_purpose"),
        own: row.own(),
        distinct_from_resembling: true,
    }
}
