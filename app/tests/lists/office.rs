//! An office with as many records as a list needs to show how it is read.

use std::collections::{BTreeMap, HashMap};

use directory::enterprise;
use directory::enterprise::import::Enterprises;
use identity::account::{self, NewAccount};
use identity::team::{self, NewTeam};
use platform::Id;
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::import::{ImportKind, Mode, Outcome, Row};
use platform::own_field::{self, Definition, GivenChoice};
use platform::permission::{Actor, Role};
use platform::testing::{On, Person, Story, TestHouse, TestPlan};
use projects::project::{self, NewProject};
use time::macros::date;

pub struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![identity::room(), directory::room(), projects::room(), reporting::room(), registry::room()],
            shared_texts: ui::texts().to_vec(),
            ..TestPlan::default()
        };
        let office = Self(TestHouse::open(on, plan).await);
        let mut cx = office.operator();
        let code = |list: &str, code: &str| Code {
            list: list.into(),
            code: code.into(),
            name_en: code.into(),
            name_zh_hant: code.into(),
            name_zh_hans: code.into(),
            valid_from: date!(2022 - 12 - 23),
            valid_to: None,
            position: 0,
            source: "a test".into(),
            aliases: String::new(),
            group_code: String::new(),
        };
        let lists = [
            code("industry", "ai"),
            code("industry", "fintech"),
            code("origin", "mainland"),
            code("origin", "france"),
            code("nature", "foothold"),
            code("nature", "expansion"),
        ];
        codes::load(&mut cx, lists.to_vec()).await.unwrap();
        let teams = ["one", "two"].map(|code| NewTeam {
            code: code.into(),
            name_en: format!("Team {code}"),
            name_zh_hant: code.into(),
            name_zh_hans: code.into(),
        });
        team::load(&mut cx, teams.to_vec()).await.unwrap();
        cx.commit().await.unwrap();
        office
    }
}

impl Office {
    /// Somebody with an account of their own, so that what they keep has an owner.
    pub async fn employs(&self, name: &str, role: Role, team: Option<&str>) -> Person<'_> {
        let mut cx = self.operator();
        let team = match team {
            Some(code) => team::by_code(&mut cx, code).await.unwrap(),
            None => None,
        };
        let email = format!("{}@example.org", name.to_lowercase());
        let new = NewAccount { email, name: name.into(), roles: vec![role], ..NewAccount::default() };
        let (account, _) = account::invite(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
        self.person_of(Actor {
            account: Some(account.id),
            name: name.into(),
            roles: vec![role],
            teams: team.into_iter().collect(),
            ..Actor::operator(name)
        })
    }

    /// Enterprises by the importer, a batch at a time, as a file would bring them.
    pub async fn registers(&self, count: u64) -> Vec<Id> {
        let mut ids = Vec::new();
        let numbers: Vec<u64> = (0..count).collect();
        for batch in numbers.chunks(500) {
            let rows: Vec<Row> = batch.iter().map(|number| row(*number)).collect();
            let mut cx = self.operator();
            let outcomes = Enterprises.take(&mut cx, &rows, Mode::Keep).await.unwrap();
            cx.commit().await.unwrap();
            ids.extend(outcomes.into_iter().map(|outcome| match outcome {
                Outcome::Created(id) => id,
                other => panic!("{other:?}"),
            }));
        }
        ids
    }

    pub async fn starts(&self, enterprises: &[Id]) {
        let mut cx = self.operator();
        for (number, enterprise) in enterprises.iter().enumerate() {
            let new = NewProject {
                enterprise_id: Loose(enterprise.to_string()),
                title: Loose(format!("Project {number:04}")),
                nature: Loose::from(if number.is_multiple_of(3) { "expansion" } else { "foothold" }),
                ..NewProject::default()
            };
            project::start(&mut cx, new).await.unwrap();
        }
        cx.commit().await.unwrap();
    }

    /// Defines a field of the office's own for enterprises and projects, and says something in it of these and of a few.
    pub async fn says_of_its_own(&self, enterprises: &[Id]) {
        let mut cx = self.operator();
        for subject in ["enterprise", "project"] {
            let given = Definition {
                label_en: "Round".into(),
                label_zh_hant: "輪次".into(),
                label_zh_hans: "轮次".into(),
                filterable: true,
                choices: GivenChoice::lines("first | First | 首輪 | 首轮"),
                ..Definition::default()
            };
            own_field::define(&mut cx, subject, "round", "choice", given).await.unwrap();
        }
        cx.commit().await.unwrap();
        let mut cx = self.operator();
        let first = || BTreeMap::from([("own.round".to_owned(), Some("first".to_owned()))]);
        for id in enterprises {
            let held = enterprise::get(&mut cx, *id).await.unwrap();
            enterprise::edit(&mut cx, held.id, held.version, first()).await.unwrap();
        }
        let some = project::list::page(&mut cx, &project::list::Filter::default(), 3).await.unwrap();
        for held in some.projects {
            project::edit(&mut cx, held.id, held.version, first()).await.unwrap();
        }
        cx.commit().await.unwrap();
    }
}

/// Names that sort in no particular order of their numbers.
fn row(number: u64) -> Row {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let cells = [
        ("name_en", format!("{} {mixed:07}-{number} Works", if number.is_multiple_of(2) { "Harbour" } else { "Peak" })),
        ("name_zh_hant", format!("海港{mixed:07}-{number}")),
        (
            "reporting_origin",
            if number.is_multiple_of(4) {
                ""
            } else if number % 4 == 1 {
                "france"
            } else {
                "mainland"
            }
            .into(),
        ),
        ("industry", if number.is_multiple_of(3) { "ai" } else { "fintech" }.into()),
        ("kind", if number.is_multiple_of(5) { "group" } else { "legal_entity" }.into()),
        ("tier", ["public", "office", "office", "team"][usize::try_from(number % 4).unwrap()].into()),
    ];
    Row { number: number + 2, cells: HashMap::from(cells) }
}

/// The addresses that rows of a page lead to, in order.
pub fn rows(body: &str) -> Vec<String> {
    body.split("<tr data-href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

pub fn link(body: &str, rel: &str) -> Option<String> {
    let rest = body.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
