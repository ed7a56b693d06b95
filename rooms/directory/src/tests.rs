//! Stories of enterprises and people, on both databases.

use std::collections::BTreeMap;

use identity::team::Filled;
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::permission::{Role, Tier};
use platform::testing::{On, Person, Story, TestHouse, TestPlan};
use platform::{Cx, Error, Id};
use time::macros::date;

use crate::enterprise::{self, Enterprise, NewEnterprise, NewName};

mod checks;
mod facts;
mod filters;
mod groups;
mod held;
mod holders;
mod imports;
mod merged_records;
mod merges;
mod names;
mod namesakes;
mod numbers;
mod own_fields;
mod people;
mod programs;
mod reach;
mod recognition;
mod relations;
mod resemblance;
mod retired;
mod sent;
mod sight;
mod together;
mod told;
mod undone;

/// A team of this code, called so in every language.
fn team_filled(code: &str) -> Filled {
    let name = || code.into();
    Filled { code: name(), name_en: name(), name_zh_hant: name(), name_zh_hans: name(), ..Filled::default() }
}

pub(crate) struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

fn code(list: &str, code: &str, group: &str, days: (time::Date, Option<time::Date>)) -> Code {
    Code {
        list: list.into(),
        code: code.into(),
        name_en: code.into(),
        name_zh_hant: code.into(),
        name_zh_hans: code.into(),
        valid_from: days.0,
        valid_to: days.1,
        position: 0,
        source: "a test".into(),
        aliases: String::new(),
        group_code: group.into(),
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![identity::room(), crate::room()],
            shared_texts: ui::texts().to_vec(),
            ..TestPlan::default()
        };
        let office = Self(TestHouse::open(on, plan).await);
        let mut cx = office.operator();
        let always = (date!(1990 - 01 - 01), None);
        let lists = vec![
            code("origin", "mainland", "", always),
            code("origin", "france", "", always),
            code("jurisdiction", "mainland", "", always),
            code("jurisdiction", "cayman-islands", "", always),
            code("industry", "life-health-technology", "", (date!(2022 - 12 - 23), None)),
            code("industry", "ai-data-science", "", (date!(2022 - 12 - 23), None)),
            code("industry", "cultural-creative-technology", "", (date!(2025 - 02 - 26), None)),
            code("enterprise_flag", "unicorn", "standing", always),
            code("enterprise_flag", "us-entity-list", "restriction", always),
            code("exchange", "XHKG", "", always),
            code("register", "hk-companies-registry", "", always),
            code("register", "cn-samr", "", always),
        ];
        codes::load(&mut cx, lists).await.unwrap();
        cx.commit().await.unwrap();
        office.house.codes.reload(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        office
    }
}

impl Office {
    /// Registers an enterprise of the office's own tier.
    async fn enterprise(&self, name: &str) -> Enterprise {
        self.enterprise_of(name, Tier::Office).await
    }

    async fn enterprise_of(&self, name: &str, tier: Tier) -> Enterprise {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            tier: Loose::from(tier.code()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let made = enterprise::register(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
        made
    }

    async fn get(&self, id: Id) -> Enterprise {
        enterprise::get(&mut self.operator(), id).await.unwrap()
    }

    async fn set_parent(&self, id: Id, parent: Option<Id>) -> platform::Result<()> {
        let mut cx = self.operator();
        let version = enterprise::get(&mut cx, id).await?.version;
        let fields = BTreeMap::from([("parent_id".to_owned(), parent.map(|parent| parent.to_string()))]);
        enterprise::edit(&mut cx, id, version, fields).await?;
        cx.commit().await
    }

    /// What the audit holds about a record, as one text.
    async fn history(&self, kind: &'static str, id: Id) -> String {
        let entries = platform::audit::read::history(&mut self.operator(), kind, id, None, 100).await.unwrap();
        entries.iter().map(|entry| format!("{} {}\n", entry.verb, entry.detail)).collect()
    }
}

/// The text key of a refusal: of the conflict, or of the first problem.
fn key(error: Error) -> String {
    match error {
        Error::Conflict(conflict) => conflict.key,
        Error::Invalid(problems) => problems.all()[0].key.clone(),
        other => other.to_string(),
    }
}

async fn commit(cx: &mut Cx) {
    cx.commit().await.unwrap();
}

/// A reader of the office, who sees neither teams' secrets nor ways of contact.
fn reader(office: &Office) -> Person<'_> {
    office.person(Role::ReadOnly, None)
}
