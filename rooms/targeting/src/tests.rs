//! Stories of targeting, on both databases, with a universe in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use directory::enterprise::{self, NewEnterprise, NewIdentifier, NewName};
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::permission::{Actor, Role, Tier};
use platform::testing::{Answer, On, Person, Story, TestHouse, TestPlan};
use platform::{Id, both_databases, jobs};
use screening::{About, Company, Fact, Measure, Memory, Source, Value};
use time::macros::date;

use crate::target;

mod composed;
mod holders;
mod screened;
mod targeted;
mod told;

pub(crate) struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![identity::room(), directory::room(), projects::room(), crate::room()],
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
            ("industry", "energy"),
            ("value_chain", "midstream"),
            ("chain_place", "batteries.cells"),
            ("chain_place", "batteries.packs"),
        ];
        codes::load(&mut cx, lists.iter().map(|(list, one)| code(list, one)).collect()).await.unwrap();
        cx.commit().await.unwrap();
        office.house.codes.reload(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        office
    }
}

/// A company with so many employees and so much spent on research; every third one tells nothing of research.
pub(crate) fn company(number: i64) -> Company {
    let fact = |value: Value| Fact { value, as_at: date!(2026 - 06 - 30), source: "register".into() };
    let mut facts = BTreeMap::from([
        (Measure::Employees, fact(Value::Number(number * 10))),
        (Measure::Country, fact(Value::Code(if number % 2 == 0 { "JP" } else { "FR" }.into()))),
        (Measure::Industry, fact(Value::Code("2720".into()))),
        (Measure::Status, fact(Value::Code("active".into()))),
    ]);
    if number % 3 > 0 {
        facts.insert(Measure::RdIntensity, fact(Value::Number((number * 37) % 2_000)));
    }
    Company { id: format!("c{number:03}"), name: format!("Harbour {number:03} Batteries"), facts, ..Company::default() }
}

/// A number with the check digits of an LEI.
pub(crate) fn lei(number: i64) -> String {
    let eighteen = format!("529900T8BM49AURSD{}", number % 10);
    let rest = format!("{eighteen}00").chars().fold(0_u32, |rest, character| {
        let digit = character.to_digit(36).unwrap();
        (rest * if digit > 9 { 100 } else { 10 } + digit) % 97
    });
    format!("{eighteen}{:02}", 98 - rest)
}

pub(crate) const CRITERIA: &str = r#"
    name = "Size and research"
    [[criterion]]
    key = "size"
    factor = "jobs"
    measure = "employees"
    weight = 30
    curve = { kind = "linear", from = 0, to = 1000 }
    [[criterion]]
    key = "research"
    factor = "technology"
    measure = "rd_intensity"
    weight = 10
    curve = { kind = "linear", from = 0, to = 2000 }
"#;

impl Office {
    /// Puts a universe of these companies into the house.
    pub(crate) fn knows(&self, companies: Vec<Company>) {
        let source = Source {
            name: "register".into(),
            title: "A register".into(),
            licence: "CC0".into(),
            url: String::new(),
            as_at: Some(date!(2026 - 06 - 30)),
            records: companies.len() as u64,
            made_up: true,
        };
        let about = About {
            companies: companies.len() as u64,
            snapshot: "1".into(),
            as_at: Some(date!(2026 - 06 - 30)),
            sources: vec![source],
        };
        crate::universe::put(&self.house, Arc::new(Memory { about, companies }));
    }

    /// An officer's criteria from a file; answers the set's key.
    pub(crate) async fn composes(&self, officer: &Person<'_>, text: &str) -> Id {
        let answer = officer.post("/targets/criteria/read", &[("file", text)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        key(&answer)
    }

    /// Runs the latest version to its end; answers the screening's key.
    pub(crate) async fn screens(&self, officer: &Person<'_>, set: Id, version: i64, top: i64) -> Id {
        let fields = [("version", version.to_string()), ("top", top.to_string())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = officer.post(&format!("/targets/criteria/{set}/screen"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        jobs::run_all(&self.house).await.unwrap();
        key(&answer)
    }

    pub(crate) async fn enterprise(&self, name: &str, tier: Tier, lei: Option<String>) -> Id {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            identifiers: lei
                .map(|value| NewIdentifier { scheme: "lei".into(), register: String::new(), value })
                .into_iter()
                .collect(),
            tier: Loose(tier.code().to_owned()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(&mut cx, new).await.unwrap().id;
        cx.commit().await.unwrap();
        id
    }

    /// What somebody would take out of the house: the cells of an export, row by row.
    pub(crate) async fn exported(&self, person: &Person<'_>, kind: &str, query: &str) -> String {
        let kind = self.house.export_kind(kind).unwrap();
        let mut cx = person.cx();
        let (mut rows, mut mark) = (Vec::new(), None);
        loop {
            let page = kind.page(&mut cx, query, mark.as_deref()).await.unwrap();
            rows.extend(page.rows.iter().map(|row| format!("{row:?}")));
            mark = page.next;
            if mark.is_none() {
                break;
            }
        }
        cx.undo().await.unwrap();
        rows.join("\n")
    }

    /// An officer with an account of their own, who can be named on a record.
    pub(crate) async fn holder(&self) -> Actor {
        let mut cx = self.operator();
        let new = identity::account::NewAccount {
            email: format!("{}@office.example", cx.new_id()),
            name: "Holder".into(),
            roles: vec![Role::Officer],
            teams: Vec::new(),
            body: None,
        };
        let account = identity::account::invite(&mut cx, new).await.unwrap().0.id;
        cx.commit().await.unwrap();
        Actor { account: Some(account), roles: vec![Role::Officer], ..Actor::operator("Holder") }
    }

    /// Puts an enterprise on the list, as whoever may do everything.
    pub(crate) async fn targets(&self, enterprise: Id, tier: Tier, standing: &str) -> Id {
        let holder = self.holder().await.account.unwrap();
        let mut cx = self.operator();
        let new = target::NewTarget {
            enterprise_id: Loose(enterprise.to_string()),
            tier: Loose(tier.code().to_owned()),
            owner_id: Loose(holder.to_string()),
            ..target::NewTarget::default()
        };
        let target::Held::New(id) = target::propose(&mut cx, new, None).await.unwrap() else { panic!("it was there") };
        if standing != "proposed" {
            let today = cx.today().to_string();
            target::stand(&mut cx, id, standing, &today, "a reason").await.unwrap();
        }
        cx.commit().await.unwrap();
        id
    }
}

/// The key at the end of where an answer leads.
pub(crate) fn key(answer: &Answer) -> Id {
    answer
        .location()
        .rsplit('/')
        .next()
        .and_then(|key| key.parse().ok())
        .unwrap_or_else(|| panic!("{}", answer.location()))
}

#[both_databases]
async fn a_house_without_a_universe_says_so(office: Office) {
    let officer = office.officer(None);
    assert!(officer.get("/targets/universe").await.body.contains("No company data has been brought in yet."));
    let set = office.composes(&officer, CRITERIA).await;
    let page = officer.get(&format!("/targets/criteria/{set}/screen")).await;
    assert!(page.body.contains("No company data has been brought in yet."), "{}", page.body);
    let answer = officer.post(&format!("/targets/criteria/{set}/screen"), &[("version", "1"), ("top", "5")]).await;
    assert_eq!(answer.status, 409);
}

#[both_databases]
async fn the_universe_tells_its_sources_and_is_searched(office: Office) {
    office.knows((1..9).map(company).collect());
    let officer = office.officer(None);
    let page = officer.get("/targets/universe").await.body;
    assert!(
        page.contains("8 companies, as at 30 Jun 2026") && page.contains("A register") && page.contains("made up"),
        "{page}"
    );
    let found = officer.get("/targets/universe?q=harbour+003").await.body;
    assert!(found.contains("Harbour 003 Batteries") && !found.contains("Harbour 004"), "{found}");
    let mut grouped: Vec<Company> = (1..9).map(company).collect();
    grouped[4].parent = Some("c002".into());
    office.knows(grouped);
    let of_group = officer.get("/targets/universe/c005").await.body;
    assert!(of_group.contains("<a href=\"/targets/universe/c002\">Harbour 002 Batteries</a>"), "{of_group}");
    let one = officer.get("/targets/universe/c004").await.body;
    assert!(one.contains("40 people") && one.contains("1.5%") && one.contains("A register"), "{one}");
    assert_eq!(officer.get("/targets/universe/none").await.status, 404);
    assert_eq!(office.person(Role::PartnerOfficer, None).get("/targets/universe").await.status, 403);
}
