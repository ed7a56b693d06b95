//! Export of people, in the columns that import takes. Ways of contact are there only for those with
//! permission, and only while a consent stands.

use std::collections::HashMap;

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, day, own_cells, text};
use platform::forms::Form;
use platform::own_field;
use platform::permission::{Permission, Tier};
use platform::{Cx, Id, Result};

use super::list::{self, Filter};
use super::{SUBJECT, consent, contact};
use crate::{CONTACT, READ};

pub struct People;

impl ExportKind for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn key(&self) -> &'static str {
        "import-people"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("id", "person-id"),
            column("enterprise", "person-enterprise"),
            column("enterprise_name", "enterprise-name"),
            column("name", "person-name"),
            column("second_name", "person-second-name"),
            column("post", "person-post"),
            column("languages", "person-languages"),
            column("email", "person-email"),
            column("telephone", "person-telephone"),
            column("wechat", "person-wechat"),
            column("consent_on", "person-consent-on"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["q", "enterprise", "retired", own_field::PARAMETER]
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let mut filter = Filter::asked(cx, &Form::decode(query))?;
            filter.before = None;
            filter.after = mark.map(str::to_owned);
            let page = list::page(cx, &filter, 1_000).await?;
            let ids: Vec<Id> = page.people.iter().map(|person| person.id).collect();
            let mut reach: HashMap<(Id, String), String> = HashMap::new();
            for contact in contact::of_many(cx, &ids).await? {
                reach.entry((contact.person_id, contact.kind)).or_insert(contact.value);
            }
            let consents: HashMap<Id, time::Date> = match cx.may(&CONTACT) {
                true => consent::days_of(cx, &ids).await?.into_iter().collect(),
                false => HashMap::new(),
            };
            let mut rows = Vec::with_capacity(page.people.len());
            for person in page.people {
                cx.look(
                    "enterprise",
                    person.enterprise_id,
                    &person.enterprise_name,
                    Tier::from_rank(person.enterprise_tier),
                );
                let way = |kind: &str| text(reach.get(&(person.id, kind.to_owned())).map(String::as_str));
                let own = own_cells(cx, SUBJECT, &person.own);
                let mut row = vec![
                    Cell::Text(person.id.to_string()),
                    Cell::Text(person.enterprise_reference),
                    Cell::Text(person.enterprise_name),
                    Cell::Text(person.name),
                    text(person.second_name.as_deref()),
                    text(person.post.as_deref()),
                    text(person.languages.as_deref()),
                    way("email"),
                    way("telephone"),
                    way("wechat"),
                    day(consents.get(&person.id).copied()),
                ];
                row.extend(own);
                rows.push(row);
            }
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
