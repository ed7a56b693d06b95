//! Stories of figures, with the real published rows, on both databases.

use directory::enterprise::{self, NewEnterprise, NewName};
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::import::read::{self, Reading};
use platform::permission::Tier;
use platform::testing::{On, Story, TestHouse, TestPlan};
use platform::{Id, both_databases};
use projects::figures::AsOf;
use projects::gate::{self, Gate};
use projects::project::{self, NewProject};
use time::macros::date;

use crate::published::{METRICS, NewPublished, keep};
use crate::reconciliation;

mod amounts;
mod beside;
mod day;
mod published;
mod reconciled;
mod series;

const FIGURES: &str = include_str!("../../../packs/hong-kong/published-figures.csv");

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
        platform::settings::set(&mut cx, "currency", "HKD").await.unwrap();
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
            ("industry", "ai-data-science"),
            ("industry", "life-health-technology"),
            ("origin", "france"),
            ("origin", "mainland"),
        ];
        let listed: Listed = toml::from_str(include_str!("../../../packs/hong-kong/published-metrics.toml")).unwrap();
        let metrics = listed.code.into_iter().map(|metric| Code {
            name_en: metric.name_en,
            name_zh_hant: metric.name_zh_hant,
            name_zh_hans: metric.name_zh_hans,
            ..code(METRICS, &metric.code)
        });
        let made_up = ["x", "share_x", "companies_x", "floor_area_expected", "jobs_promised", "visits", "calls"];
        let made_up = made_up.iter().map(|one| code(METRICS, one));
        let all = lists.iter().map(|(list, one)| code(list, one)).chain(metrics).chain(made_up);
        codes::load(&mut cx, all.collect()).await.unwrap();
        let bodies: Bodies = toml::from_str(include_str!("../../../packs/hong-kong/bodies.toml")).unwrap();
        identity::body::load(&mut cx, bodies.body).await.unwrap();
        let gates: Gates = toml::from_str(include_str!("../../../packs/hong-kong/gates.toml")).unwrap();
        gate::load(&mut cx, gates.gate).await.unwrap();
        cx.commit().await.unwrap();
        office.house.codes.reload(&mut cx).await.unwrap();
        office.house.settings.reload(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        office
    }
}

#[derive(serde::Deserialize)]
struct Bodies {
    body: Vec<identity::body::NewBody>,
}

#[derive(serde::Deserialize)]
struct Listed {
    code: Vec<Metric>,
}

#[derive(serde::Deserialize)]
struct Metric {
    code: String,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
}

#[derive(serde::Deserialize)]
struct Gates {
    gate: Vec<Gate>,
}

impl Office {
    async fn enterprise(&self, name: &str, industry: &str, origin: &str) -> Id {
        let mut cx = self.operator();
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            industries: Some(industry.to_owned()).filter(|code| !code.is_empty()).into_iter().collect(),
            reporting_origin: Loose(origin.to_owned()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(&mut cx, new).await.unwrap().id;
        cx.commit().await.unwrap();
        id
    }

    async fn project_of(&self, enterprise: Id, tier: Tier) -> Id {
        let mut cx = self.operator();
        let new = NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose("A laboratory".to_owned()),
            tier: Loose(tier.code().to_owned()),
            ..NewProject::default()
        };
        let id = project::start(&mut cx, new).await.unwrap().id;
        cx.commit().await.unwrap();
        id
    }

    pub(crate) async fn publishes(&self, text: &str) -> platform::import::Import {
        self.imports("figures", text).await
    }

    pub(crate) async fn imports(&self, kind: &str, text: &str) -> platform::import::Import {
        self.brings_in(kind, text.as_bytes()).await.1
    }
}

#[both_databases]
async fn all_that_was_published_comes_in_once(office: Office) {
    let first = office.publishes(FIGURES).await;
    assert_eq!((first.created, first.refused), (166, 0));
    let again = office.publishes(FIGURES).await;
    assert_eq!((again.created, again.to_leave), (0, 166));
}

#[both_databases]
async fn whole_things_are_told_in_whole_numbers(office: Office) {
    let row = |value: &str, unit: &str| {
        let what = format!("jobs_expected_cumulative,{value},{unit},exactly,pledged,all since {unit}");
        format!("2024-06-30,{what},,oases,a paper\n")
    };
    let header = "as_at,metric,value,unit,comparator,basis,scope,denominator,body,source";
    let rows = [row("12.5", "enterprises"), row("13.0", "jobs"), row("13.25", "HKD_billion"), row("１２", "projects")];
    let import = office.publishes(&format!("{header}\n{}", rows.concat())).await;
    assert_eq!((import.created, import.refused), (3, 1));
    let mut cx = office.operator();
    let problems = platform::import::problems(&mut cx, import.id, 0, 9).await.unwrap();
    cx.undo().await.unwrap();
    let said = problems.iter().map(|(row, problem)| (*row, problem.field.as_str(), problem.key.as_str()));
    assert_eq!(said.collect::<Vec<_>>(), [(2, "value", "published-value-whole")]);
}

#[both_databases]
async fn the_unit_of_a_figure_is_told_in_words(office: Office) {
    let row = "2024-06-30,jobs_expected_cumulative,500,square_metres,exactly,pledged,all,,oases,a paper\n";
    let import = office
        .publishes(&format!("as_at,metric,value,unit,comparator,basis,scope,denominator,body,source\n{row}"))
        .await;
    let mut cx = office.operator();
    let made = platform::import::examples(&mut cx, import.id, "created").await.unwrap();
    cx.undo().await.unwrap();
    let page = office.director().get(&format!("/figures/published/{}", made[0].subject_id.unwrap())).await.body;
    assert!(page.contains("<dd>500 m²</dd>") && page.contains("square metres"), "{page}");
}

#[both_databases]
async fn the_difference_between_signed_and_named_is_explained(office: Office) {
    office.publishes(FIGURES).await;
    let mut cx = office.operator();
    let as_of = |as_at| AsOf { as_at, known_at: cx.now() };
    let (november, october) = (as_of(date!(2024 - 11 - 11)), as_of(date!(2025 - 10 - 09)));
    let found = reconciliation::reconcile(&mut cx, november).await.unwrap();
    assert_eq!((found.signed_published, found.signed_named), (62, 0));
    assert_eq!(found.ceremonies.iter().map(|one| one.published).collect::<Vec<_>>(), [20, 25, 17]);
    let kinds: Vec<_> = found.findings.iter().map(|one| one.kind).collect();
    assert!(kinds.contains(&"not_named") && kinds.contains(&"tenfold"), "{kinds:?}");

    let found = reconciliation::reconcile(&mut cx, october).await.unwrap();
    assert_eq!((found.signed_published, found.attracted_published), (98, Some(102)));
    let closes = found.findings.iter().find(|one| one.kind == "attracted_and_signed").unwrap();
    assert_eq!(closes.key, "finding-attracted-signed-closes", "30 − 20 − 6 is 102 − 98");
    for kind in ["outlier", "unit_slip", "tenfold"] {
        assert_eq!(found.findings.iter().filter(|one| one.kind == kind).count(), 1, "{kind}");
    }
    let end = as_of_end(&cx);
    let found = reconciliation::reconcile(&mut cx, end).await.unwrap();
    let kinds: Vec<_> = found.findings.iter().map(|one| one.kind).collect();
    assert!(kinds.contains(&"definition_changed"), "{kinds:?}");
    let shares: Vec<_> = found.findings.iter().filter(|one| one.kind == "share").map(|one| one.key).collect();
    assert_eq!(shares, ["finding-share-contradicts", "finding-share-rounds"], "51 of 102 is not over half");
    cx.undo().await.unwrap();
}

fn as_of_end(cx: &platform::Cx) -> AsOf {
    AsOf { as_at: cx.today(), known_at: cx.now() }
}

#[both_databases]
async fn a_figure_that_lacks_a_part_is_refused_naming_all(office: Office) {
    let director = office.director();
    let answer = director.call("POST", "/api/v1/published-figures", &[], serde_json::json!({"metric": "x"})).await;
    assert_eq!(answer.status, 422);
    let fields: Vec<String> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["as_at", "value", "unit", "comparator", "basis", "scope", "source", "body"]);
    let raw = "date,metric,value,unit,scope,source\n2023-10-04,jobs,1,jobs,OASES,a paper\n";
    let mut cx = office.operator();
    let share = NewPublished {
        as_at: "2026-01-31".into(),
        metric: "share_listed".into(),
        value: "50".into(),
        unit: "percent".into(),
        comparator: "over".into(),
        basis: "counted".into(),
        scope: "OASES".into(),
        body: "oases".into(),
        source: "a reply".into(),
        ..NewPublished::default()
    };
    assert!(keep(&mut cx, share).await.is_err(), "a share says of how many");
    cx.undo().await.unwrap();
    let head = {
        let file = office.house.files.folder().with_extension("raw");
        std::fs::write(&file, raw).unwrap();
        let received = office.house.files.receive_path(&file, 1 << 20).await.unwrap();
        read::head(office.house.files.place(&received.digest), Reading::default()).await.unwrap()
    };
    let kind = office.house.import_kind("figures").unwrap();
    let mapping = read::guess(&head.headers, kind.columns(), &office.house.texts);
    let missing = read::mapping_problems(&Reading { mapping, ..Reading::default() }, kind.columns());
    let missing: Vec<&str> = missing.all().iter().map(|one| one.field.as_str()).collect();
    assert_eq!(missing, ["comparator", "basis", "body"]);
}

#[both_databases]
async fn every_page_is_drawn_in_every_language(office: Office) {
    office.publishes(FIGURES).await;
    let director = office.director();
    for path in [
        "/",
        "/figures",
        "/figures?as_at=2024-11-11&known_at=2026-11-24",
        "/figures/records?metric=partners_signed",
        "/figures/published",
        "/figures/published/new",
        "/figures/charts?subject=jobs",
        "/figures/reconciliation?as_at=2026-11-24",
    ] {
        for language in platform::text::Language::ALL {
            let page = director.get_in(language, path).await;
            assert_eq!(page.status, 200, "{path} {language:?}: {}", page.body);
            let unsaid = [">finding-", ">metric-", ">day-", ">published-", ">chart-", ">reconciliation-"];
            for key in unsaid {
                assert!(!page.body.contains(key), "{path}: an unsaid key {key}");
            }
        }
    }
    assert_eq!(director.get("/figures?as_at=2024-02-31").await.status, 422);
    assert_eq!(director.get("/figures/records?metric=luck").await.status, 404);
    assert!(office.nobody().get("/figures").await.location().starts_with("/sign-in"));
}

#[both_databases]
async fn figures_as_json_have_the_shape_scripts_rely_on(office: Office) {
    let answer = office.director().call("GET", "/api/v1/figures?as_at=2024-11-11", &[], serde_json::Value::Null).await;
    let report = answer.json();
    assert_eq!(report["as_at"], "2024-11-11");
    let metrics: Vec<&str> =
        report["metrics"].as_array().unwrap().iter().map(|one| one["metric"].as_str().unwrap()).collect();
    assert_eq!(
        metrics,
        [
            "enterprises_met",
            "enterprises_attracted",
            "partners_signed",
            "commenced_operation",
            "investment_pledged",
            "investment_realised",
            "jobs_pledged",
            "jobs_realised",
            "floor_area_pledged"
        ]
    );
    let keys: Vec<&String> = report["metrics"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["metric", "value", "unit", "comparator", "basis", "scope", "definition", "records"]);
}
