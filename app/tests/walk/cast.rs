//! The records that the walk goes through, made by the verbs that officers use.

use std::collections::BTreeMap;

use directory::enterprise::{self, NewEnterprise, NewName};
use directory::flag::{self, GivenFlag};
use directory::identifier::{self, GivenIdentifier};
use directory::measurement::{self, GivenMeasurement};
use directory::person::{self, NewPerson};
use directory::relation::{self, GivenRelation};
use directory::resemblance::review;
use identity::account::{self, NewAccount};
use identity::body::{self, NewBody};
use identity::key::{self, NewKey};
use identity::session;
use identity::team::{self, NewTeam};
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::order::Place;
use platform::own_field::{self, Definition};
use platform::permission::{Actor, Role, Tier};
use platform::sql::Sql;
use platform::testing::{On, Person, Story, TestHouse, TestPlan};
use platform::{Cx, Id};
use projects::batch::{self, NewBatch};
use projects::clearance::{self, NewClearance};
use projects::evidence::{self, NewEvidence};
use projects::ledger::{self, NewEntry};
use projects::milestone::{self, NewMilestone};
use projects::project::{self, NewProject};
use time::macros::date;

use crate::rooms;
use crate::screened::universe;

pub struct Office {
    at: TestHouse,
    /// An enterprise that everybody may see, for what is about two.
    pub other: Id,
}

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.at
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan { rooms: rooms::all(), shared_texts: ui::texts().to_vec(), ..TestPlan::default() };
        let mut office = Self { at: TestHouse::open(on, plan).await, other: Id(0) };
        targeting::universe::put(&office.house, std::sync::Arc::new(universe()));
        let mut cx = office.operator();
        let lists = [
            ("origin", "france"),
            ("industry", "ai-data-science"),
            ("nature", "foothold"),
            ("nature", "expansion"),
            ("evidence", "first-payroll"),
            ("enterprise_flag", "unicorn"),
            ("published_metric", "partners_signed_cumulative"),
        ];
        let code = |(list, code): (&str, &str)| Code {
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
        codes::load(&mut cx, lists.into_iter().map(code).collect()).await.expect("codes");
        office.peopled(&mut cx).await;
        cx.commit().await.expect("codes kept");
        office.house.codes.reload(&mut cx).await.expect("codes read");
        cx.undo().await.expect("nothing left open");
        office.other = office.enterprise("Lion Rock Batteries", Tier::Public).await;
        // Made before anything is compared: the first to ask would else be answered by names alone.
        directory::resemblance::ready(&office.house, directory::resemblance::LONG_PATIENCE).await;
        office
    }
}

/// The team that holds the records, and another.
pub const OURS: Id = Id(3);
pub const THEIRS: Id = Id(4);

/// A field of the office's own, of enterprises.
pub const OWN_FIELD: &str = "walked";

/// One record of each kind, each holding the next where it can.
#[derive(Clone, Debug)]
pub struct Records {
    pub enterprise: Id,
    pub person: Id,
    pub project: Id,
    pub milestone: Id,
    pub entry: Id,
}

impl Office {
    /// A team, and the body that partners' officers act for.
    async fn peopled(&self, cx: &mut platform::Cx) {
        let team = NewTeam {
            code: "ours".into(),
            name_en: "Ours".into(),
            name_zh_hant: "Ours".into(),
            name_zh_hans: "Ours".into(),
        };
        team::load(cx, vec![team]).await.expect("a team");
        let mut sql = Sql::new("UPDATE teams SET id = ");
        sql.bind(OURS).push(" WHERE code = 'ours'");
        sql.execute(cx).await.expect("the team's key");
        let body = NewBody {
            code: "park".into(),
            kind: "park".into(),
            name_en: "A park".into(),
            name_zh_hant: "A park".into(),
            name_zh_hans: "A park".into(),
            abbreviation: String::new(),
            valid_from: date!(2022 - 12 - 23),
            valid_to: None,
            source: "a test".into(),
        };
        body::load(cx, vec![body]).await.expect("a body");
        let [label_en, label_zh_hant, label_zh_hans] = ["Walked"; 3].map(str::to_owned);
        let given = Definition { label_en, label_zh_hant, label_zh_hans, ..Definition::default() };
        own_field::define(cx, "enterprise", OWN_FIELD, "text", given).await.expect("a field");
    }

    /// Somebody with an account of their own, in these roles.
    pub async fn somebody(&self, roles: &[Role], team: Option<Id>) -> Person<'_> {
        let mut cx = self.operator();
        let number = cx.new_id();
        let new = NewAccount {
            email: format!("{number}@walk.example"),
            name: "Walker".to_owned(),
            // An account has a role; who acts without one is made below.
            roles: if roles.is_empty() { vec![Role::ReadOnly] } else { roles.to_vec() },
            teams: Vec::new(),
            body: identity::body::by_code(&mut cx, "park").await.expect("the bodies"),
        };
        let made = account::invite(&mut cx, new).await.expect("an account").0;
        cx.commit().await.expect("the account kept");
        self.person_of(Actor {
            account: Some(made.id),
            roles: roles.to_vec(),
            teams: team.into_iter().collect(),
            ..Actor::operator("Walker")
        })
    }

    pub async fn enterprise(&self, name: &str, tier: Tier) -> Id {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            industries: vec!["ai-data-science".into()],
            reporting_origin: Loose("france".into()),
            tier: Loose(tier.code().into()),
            team_id: Loose(OURS.to_string()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(&mut cx, new).await.expect("an enterprise").id;
        self.said_of(&mut cx, id).await;
        cx.commit().await.expect("the enterprise kept");
        id
    }

    /// One of everything that can be said of an enterprise.
    async fn said_of(&self, cx: &mut platform::Cx, id: Id) {
        let number = GivenIdentifier {
            scheme: "registry".into(),
            register: "hk-companies-registry".into(),
            value: id.to_string(),
            ..GivenIdentifier::default()
        };
        identifier::add(cx, id, number).await.expect("an identifier");
        let heads = GivenMeasurement {
            measure: "headcount".into(),
            year: Loose("2025".into()),
            amount: Loose("7654321".into()),
            source: "A return".into(),
            ..GivenMeasurement::default()
        };
        measurement::record(cx, id, heads).await.expect("a measurement");
        let unicorn = GivenFlag { flag: "unicorn".into(), source: "A paper".into(), ..GivenFlag::default() };
        flag::set(cx, id, unicorn).await.expect("a flag");
        if self.other != Id(0) {
            let partner = GivenRelation {
                other: Loose(self.other.to_string()),
                role: "partner".into(),
                source: "A paper".into(),
                ..GivenRelation::default()
            };
            relation::relate(cx, id, partner).await.expect("a relation");
        }
    }

    /// A project with something in everything that can be counted from it.
    pub async fn project(&self, enterprise: Id, name: &str, tier: Tier) -> (Id, Id, Id) {
        let mut cx = self.operator();
        let new = NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose(format!("{name} in Hong Kong")),
            nature: Loose("foothold".into()),
            // What everybody may see is opened once its name is cleared.
            tier: Loose(if tier == Tier::Public { Tier::Office } else { tier }.code().into()),
            team_id: Loose(OURS.to_string()),
            ..NewProject::default()
        };
        let project = project::start(&mut cx, new).await.expect("a project").id;
        let paper =
            NewEvidence { kind: "first-payroll".into(), dated_on: "2026-03-01".into(), reference: "A letter".into() };
        let letter = futures::stream::iter([Ok::<_, std::io::Error>(b"%PDF-1.7 a letter")]);
        let letter = self.house.files.quarantine(letter, "letter.pdf", 1 << 20).await.expect("a file");
        evidence::attach(&mut cx, project, paper, Some(letter)).await.expect("evidence");
        let clearance =
            NewClearance { cleared_on: "2026-03-01".into(), source: "A letter".into(), named_as: String::new() };
        clearance::clear(&mut cx, project, clearance).await.expect("a clearance");
        if tier == Tier::Public {
            let version = project::get(&mut cx, project).await.expect("the project").version;
            let open = BTreeMap::from([("tier".to_owned(), Some(tier.code().to_owned()))]);
            project::edit(&mut cx, project, version, open).await.expect("an open project");
        }
        let code = self.batch(&mut cx).await;
        for kind in milestone::KINDS {
            let new = NewMilestone {
                kind: kind.into(),
                effective_on: "2026-03-02".into(),
                batch: if matches!(kind, "attracted" | "signed") { code.clone() } else { String::new() },
                // A walk may have retired the ceremony that the enterprise signed at before.
                reason: "A letter".into(),
                ..NewMilestone::default()
            };
            milestone::record(&mut cx, project, new).await.expect("a milestone");
        }
        let mut last = Id(0);
        let pledges = [
            ("pledged", "investment"),
            ("pledged", "jobs_rd"),
            ("pledged", "floor_area"),
            ("realised", "investment"),
            ("realised", "jobs_rd"),
        ];
        for (kind, measure) in pledges {
            let new = NewEntry {
                kind: kind.into(),
                measure: measure.into(),
                amount: Loose("1234567".into()),
                effective_on: Loose("2026-03-03".into()),
                evidence: "A letter".into(),
                ..NewEntry::default()
            };
            last = ledger::enter(&mut cx, project, new).await.expect("an entry");
        }
        cx.commit().await.expect("the project kept");
        let page = self.director().get(&format!("/projects/{project}")).await.body;
        let milestone = regex::Regex::new(r"/milestones/(\d+)/withdraw").expect("a pattern");
        let milestone = milestone.captures(&page).expect("a milestone on the page")[1].parse().expect("a key");
        (project, milestone, last)
    }

    /// The batch that stands; a walk may have ended the one before.
    async fn batch(&self, cx: &mut Cx) -> String {
        let standing = batch::all(cx, false).await.expect("batches").into_iter().next();
        if let Some(batch) = standing {
            return batch.code;
        }
        let code = format!("2026-{}", batch::all(cx, true).await.expect("batches").len());
        let new = NewBatch {
            code: code.clone(),
            kind: "ceremony".into(),
            held_on: "2026-03-02".into(),
            name_en: "A ceremony".into(),
            name_zh_hant: "儀式".into(),
            name_zh_hans: "仪式".into(),
            source: "A letter".into(),
            ..NewBatch::default()
        };
        batch::make(cx, new).await.expect("a batch");
        code
    }

    /// A pair of the review: two of the enterprise's tier that are called nearly the same, and like nothing else.
    pub async fn pair(&self, enterprise: Id) -> Id {
        let mut cx = self.operator();
        let held = enterprise::get(&mut cx, enterprise).await.expect("the enterprise");
        let digits = cx.new_id().to_string();
        let word: String = digits.bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        let mut both = Vec::new();
        for form in ["Limited", "Ltd"] {
            let new = NewEnterprise {
                names: vec![NewName { name: format!("{word} Robotics {form}"), ..NewName::default() }],
                reporting_origin: Loose("france".into()),
                tier: Loose(held.tier().code().into()),
                team_id: Loose(OURS.to_string()),
                distinct_from_resembling: true,
                ..NewEnterprise::default()
            };
            both.push(enterprise::register(&mut cx, new).await.expect("one of two").id);
        }
        cx.commit().await.expect("both kept");
        review::find_all(&mut cx).await.expect("pairs");
        cx.commit().await.expect("pairs kept");
        let mut filter = review::Filter::default();
        loop {
            let page = review::page(&mut cx, &filter, 200).await.expect("pairs");
            if let Some(pair) = page.rows.iter().find(|pair| both.contains(&pair.one.id)) {
                cx.undo().await.expect("nothing left open");
                return pair.id;
            }
            filter.place = Place::after(Some(page.next.expect("the pair is among them").as_str()));
        }
    }

    pub async fn person_in(&self, enterprise: Id, name: &str) -> Id {
        let mut cx = self.operator();
        let new = NewPerson {
            name: name.into(),
            post: "Head of strategy".into(),
            email: "walker@walk.example".into(),
            consent_on: "2026-01-05".into(),
            ..NewPerson::default()
        };
        let id = person::add(&mut cx, enterprise, new).await.expect("a person").id;
        cx.commit().await.expect("the person kept");
        id
    }

    /// One record of each kind, all of this tier and held by our team.
    pub async fn records(&self, name: &str, tier: Tier) -> Records {
        let enterprise = self.enterprise(name, tier).await;
        let person = self.person_in(enterprise, &format!("{name} Person")).await;
        let (project, milestone, entry) = self.project(enterprise, name, tier).await;
        Records { enterprise, person, project, milestone, entry }
    }

    /// An import of enterprises, uploaded by a director.
    pub async fn import(&self) -> Id {
        let director = self.somebody(&[Role::Director], None).await;
        let answer = crate::routes::upload(self, &director, "/imports").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("an import's key")
    }

    /// A session of somebody else than who walks, by a real sign-in.
    pub async fn session(&self) -> Id {
        let mut cx = self.operator();
        let email = format!("{}@walk.example", cx.new_id());
        let new = NewAccount {
            email: email.clone(),
            name: "Walker".into(),
            roles: vec![Role::Officer],
            ..NewAccount::default()
        };
        let account = account::make(&mut cx, new, "walks about all day").await.expect("an account").id;
        cx.commit().await.expect("the account kept");
        let from = session::From { address: "192.0.2.1".into(), agent: "A browser".into() };
        session::sign_in(&self.house, &email, "walks about all day", &from).await.expect("a session");
        let session = session::of_account(&mut cx, account).await.expect("sessions").remove(0).id;
        cx.undo().await.expect("nothing left open");
        session
    }

    /// The passage by which a project came to where it stands.
    pub async fn passage(&self, project: Id) -> Option<Id> {
        let everybody = self.somebody(&Role::ALL, Some(OURS)).await;
        let at = format!("/api/v1/projects/{project}");
        let into = serde_json::json!({ "into": "contacted", "override_reason": "a test" });
        let first = async || {
            let shown = everybody.call("GET", &at, &[], serde_json::Value::Null).await;
            shown.json()["passages"][0]["id"].as_i64().map(Id)
        };
        if let Some(passage) = first().await {
            return Some(passage);
        }
        everybody.call("POST", &format!("{at}/passages"), &[], into).await;
        first().await
    }

    /// Names somebody new on the record whose readers are at this address.
    pub async fn names_on(&self, readers: &str) -> Id {
        let account = self.somebody(&[Role::Officer], None).await.account();
        let mut parts = readers.split('/').skip(1);
        let (noun, id) = (parts.next().expect("a noun"), parts.next().expect("a key").parse().expect("a key"));
        let mut cx = self.operator();
        match noun {
            "enterprises" => enterprise::reader::name(&mut cx, id, account).await,
            "projects" => project::reader::name(&mut cx, id, account).await,
            _ => targeting::target::reader::name(&mut cx, id, account).await,
        }
        .expect("somebody named");
        cx.commit().await.expect("the name kept");
        account
    }

    /// An account with an API key: both of somebody else than who walks.
    pub async fn account_and_key(&self) -> (Id, Id) {
        let somebody = self.somebody(&[Role::Officer], Some(OURS)).await;
        let mut cx = somebody.cx();
        let new = NewKey { label: "A program".into(), scopes: vec!["*:read".into()], expires_on: "2027-01-31".into() };
        key::make(&mut cx, new).await.expect("a key");
        cx.commit().await.expect("the key kept");
        let mut cx = somebody.cx();
        let key = key::own(&mut cx).await.expect("keys")[0].id;
        cx.undo().await.expect("nothing left open");
        (somebody.account(), key)
    }
}
