//! Stories of the cross-tab, on both databases.

use directory::enterprise::{self, NewEnterprise, NewName};
use platform::codes::{self, Code};
use platform::forms::{Form, Loose};
use platform::permission::Role;
use platform::{Cx, Id, both_databases};
use projects::batch::{self, NewBatch};
use projects::figures::{self, AsOf, Measure};
use projects::ledger::{self, NewEntry};
use projects::milestone::{self, NewMilestone};
use projects::project::{self, NewProject};
use time::Date;
use time::macros::date;

use super::{Table, read_table, table};
use crate::tests::Office;

/// An enterprise with one project, and what happened to it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Case {
    pub name: &'static str,
    pub industries: &'static [&'static str],
    pub origin: &'static str,
    pub nature: &'static str,
    pub tier: &'static str,
    pub attracted: &'static str,
    pub pledge: &'static str,
}

/// The office's own lists, with their days.
pub(crate) async fn lists(office: &Office) {
    #[derive(serde::Deserialize)]
    struct Lists {
        code: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        list: String,
        code: String,
        name_en: String,
        name_zh_hant: String,
        name_zh_hans: String,
        valid_from: Date,
        valid_to: Option<Date>,
        #[serde(default)]
        aliases: Vec<String>,
    }
    let mut cx = office.operator();
    for text in [
        include_str!("../../../../packs/hong-kong/industries.toml"),
        include_str!("../../../../packs/hong-kong/origins.toml"),
        include_str!("../../../../packs/hong-kong/code-lists.toml"),
    ] {
        let lists: Lists = toml::from_str(text).unwrap();
        let code = |(place, entry): (usize, Entry)| Code {
            list: entry.list,
            code: entry.code,
            name_en: entry.name_en,
            name_zh_hant: entry.name_zh_hant,
            name_zh_hans: entry.name_zh_hans,
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
            position: i64::try_from(place).unwrap(),
            source: "the pack".into(),
            aliases: entry.aliases.join("\n").to_lowercase(),
            group_code: String::new(),
        };
        codes::load(&mut cx, lists.code.into_iter().enumerate().map(code).collect()).await.unwrap();
    }
    cx.commit().await.unwrap();
    office.house.codes.reload(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
}

pub(crate) async fn case(office: &Office, case: Case) -> (Id, Id) {
    let mut cx = office.operator();
    let tier = if case.tier.is_empty() { "office" } else { case.tier };
    let new = NewEnterprise {
        names: vec![NewName { name: case.name.into(), ..NewName::default() }],
        industries: case.industries.iter().map(|code| (*code).to_owned()).collect(),
        reporting_origin: Loose::from(case.origin),
        tier: Loose::from(tier),
        distinct_from_resembling: true,
        ..NewEnterprise::default()
    };
    let enterprise = enterprise::register(&mut cx, new).await.unwrap().id;
    let new = NewProject {
        enterprise_id: Loose(enterprise.to_string()),
        title: Loose(format!("{} in Hong Kong", case.name)),
        nature: Loose::from(case.nature),
        ..NewProject::default()
    };
    let project = project::start(&mut cx, new).await.unwrap().id;
    if !case.attracted.is_empty() {
        let batch = case.attracted[..4].to_owned();
        if !batch::all(&mut cx, true).await.unwrap().iter().any(|held| held.code == batch) {
            let new = NewBatch {
                code: batch.clone(),
                kind: "attraction".into(),
                name_en: format!("Batch of {batch}"),
                name_zh_hant: format!("{batch}年批次"),
                name_zh_hans: format!("{batch}年批次"),
                source: "a test".into(),
                held_on: format!("{batch}-12-31"),
                ..NewBatch::default()
            };
            batch::make(&mut cx, new).await.unwrap();
        }
        let happened = NewMilestone {
            kind: "attracted".into(),
            effective_on: case.attracted.into(),
            batch,
            ..NewMilestone::default()
        };
        milestone::record(&mut cx, project, happened).await.unwrap();
    }
    if !case.pledge.is_empty() {
        pledge(&mut cx, project, "investment", case.pledge, case.attracted).await;
    }
    cx.commit().await.unwrap();
    (enterprise, project)
}

pub(crate) async fn pledge(cx: &mut Cx, project: Id, measure: &str, amount: &str, day: &str) {
    let entry = NewEntry {
        kind: "pledged".into(),
        measure: measure.into(),
        amount: Loose::from(amount),
        effective_on: Loose::from(day),
        evidence: "a letter".into(),
        ..NewEntry::default()
    };
    ledger::enter(cx, project, entry).await.unwrap();
}

const AI: &str = "ai-data-science";
const LIFE: &str = "life-health-technology";
const CULTURE: &str = "cultural-creative-technology";

const CAST: [Case; 4] = [
    Case {
        name: "Harbour Robotics",
        industries: &[AI, LIFE],
        origin: "mainland",
        nature: "foothold",
        tier: "",
        attracted: "2023-10-04",
        pledge: "1000",
    },
    Case {
        name: "Lumen Diagnostics",
        industries: &[LIFE],
        origin: "france",
        nature: "expansion",
        tier: "",
        attracted: "2024-03-20",
        pledge: "250",
    },
    Case {
        name: "Ink Studios",
        industries: &[CULTURE],
        origin: "mainland",
        nature: "",
        tier: "",
        attracted: "2024-11-11",
        pledge: "50",
    },
    Case {
        name: "Waiting Works",
        industries: &[AI],
        origin: "",
        nature: "foothold",
        tier: "",
        attracted: "",
        pledge: "",
    },
];

pub(crate) async fn cast(office: &Office) -> Vec<(Id, Id)> {
    lists(office).await;
    let mut ids = Vec::new();
    for one in CAST {
        ids.push(case(office, one).await);
    }
    ids
}

/// Counts what an address asks for.
pub(crate) async fn counted(cx: &mut Cx, query: &str) -> Table {
    let form = Form::decode(query);
    let definition = read_table(cx, &form).unwrap();
    let as_of = super::as_of(cx, &form).unwrap();
    table(cx, &definition, as_of).await.unwrap()
}

/// A cell by the names of its row and its column; `*` for all.
pub(crate) fn at(table: &Table, row: &[&str], column: &[&str]) -> Option<i64> {
    let is = |line: &super::Line, wanted: &[&str]| {
        line.iter().map(|value| value.as_deref().unwrap_or("*")).collect::<Vec<_>>() == wanted
    };
    let row = table.row_lines.iter().position(|line| is(line, row))?;
    let column = table.column_lines.iter().position(|line| is(line, column))?;
    Some(table.values[row][column])
}

#[both_databases]
async fn totals_agree_with_figures_and_are_counted_on_their_own(office: Office) {
    cast(&office).await;
    let mut cx = office.operator();
    let counts = counted(&mut cx, "rows=industry,reporting_origin&columns=nature").await;
    // One enterprise of two industries stands in both, and is one in the total.
    assert_eq!(at(&counts, &[AI, "mainland"], &["foothold"]), Some(1));
    assert_eq!(at(&counts, &[LIFE, "*"], &["*"]), Some(2));
    assert_eq!(at(&counts, &[LIFE, "france"], &["expansion"]), Some(1));
    assert_eq!(at(&counts, &[AI, "*"], &["*"]), Some(1));
    assert_eq!(at(&counts, &["*", "*"], &["*"]), Some(3));
    assert_eq!(at(&counts, &["*", "*"], &["not_stated"]), Some(1));
    assert!(counts.overlaps());
    let money = counted(&mut cx, "rows=industry&columns=batch&measure=investment_pledged&shares=total").await;
    assert_eq!((at(&money, &[AI], &["*"]), at(&money, &[LIFE], &["*"])), (Some(100_000), Some(125_000)));
    assert_eq!((at(&money, &["*"], &["*"]), at(&money, &["*"], &["2023"])), (Some(130_000), Some(100_000)));
    let by_year = counted(&mut cx, "rows=year&measure=investment_pledged").await;
    assert_eq!((at(&by_year, &["2023"], &[]), at(&by_year, &["2024"], &[])), (Some(100_000), Some(30_000)));
    assert_eq!(money.share(0, money.column_lines.len() - 1).map(|(_, of)| of), Some(130_000));
    for day in [date!(2023 - 12 - 31), date!(2024 - 11 - 11), date!(2026 - 11 - 24)] {
        for measure in Measure::every() {
            let as_of = AsOf { as_at: day, known_at: cx.now() };
            let query =
                format!("rows=industry,reporting_origin&columns=nature,hq_kind&measure={}&as_at={day}", measure.code());
            let whole = counted(&mut cx, &query).await;
            let figure = figures::total(&mut cx, as_of, measure).await.unwrap();
            assert_eq!(at(&whole, &["*", "*"], &["*", "*"]), Some(figure.value), "{} {day}", measure.code());
        }
    }
    let limited =
        counted(&mut cx, &format!("rows=industry&columns=nature&industry={AI}&nature=foothold,not_stated")).await;
    assert_eq!(limited.row_lines.len(), 2, "the industry asked for, and the total");
    assert_eq!(at(&limited, &["*"], &["*"]), Some(1));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn an_entry_of_today_changes_then_and_not_what_was_known_then(office: Office) {
    let ids = cast(&office).await;
    let before = office.clock.now();
    office.clock.set(before.plus_seconds(3_600));
    let mut cx = office.operator();
    pledge(&mut cx, ids[0].1, "investment", "500", "2023-12-01").await;
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let query = "rows=industry&measure=investment_pledged&as_at=2023-12-31";
    assert_eq!(at(&counted(&mut cx, query).await, &["*"], &[]), Some(150_000));
    let then = format!("{query}&known_at={}", platform::web::encode(&before.to_string()));
    assert_eq!(at(&counted(&mut cx, &then).await, &["*"], &[]), Some(100_000));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn what_was_changed_later_keeps_its_earlier_days(office: Office) {
    let ids = cast(&office).await;
    let mut cx = office.operator();
    let edit = |field: &str, value: &str| [(field.to_owned(), Some(value.to_owned()))].into();
    let version = project::get(&mut cx, ids[0].1).await.unwrap().version;
    project::edit(&mut cx, ids[0].1, version, edit("nature", "expansion")).await.unwrap();
    let version = enterprise::get(&mut cx, ids[0].0).await.unwrap().version;
    enterprise::edit(&mut cx, ids[0].0, version, edit("reporting_origin", "france")).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let query = "rows=reporting_origin&columns=nature";
    let now = counted(&mut cx, query).await;
    assert_eq!(at(&now, &["france"], &["expansion"]), Some(2));
    let then = counted(&mut cx, &format!("{query}&as_at=2024-06-30")).await;
    assert_eq!((at(&then, &["mainland"], &["foothold"]), at(&then, &["france"], &["expansion"])), (Some(1), Some(1)));
    // Corrected from an earlier day on, the day in between changes, and what was known then does not.
    let known = cx.now();
    cx.undo().await.unwrap();
    office.clock.set(known.plus_seconds(60));
    let mut cx = office.operator();
    project::correct(&mut cx, ids[0].1, "nature", None, "2024-01-01", "the form was blank").await.unwrap();
    assert_eq!(project::get(&mut cx, ids[0].1).await.unwrap().nature, None);
    let now = counted(&mut cx, query).await;
    assert_eq!(at(&now, &["france"], &["not_stated"]), Some(1), "from that day on, later days too");
    let then = counted(&mut cx, &format!("{query}&as_at=2024-06-30")).await;
    assert_eq!(at(&then, &["mainland"], &["not_stated"]), Some(1));
    let known = platform::web::encode(&known.to_string());
    let then = counted(&mut cx, &format!("{query}&as_at=2024-06-30&known_at={known}")).await;
    assert_eq!(at(&then, &["mainland"], &["foothold"]), Some(1));
    cx.commit().await.unwrap();
}

#[both_databases]
async fn the_list_of_industries_is_the_one_in_force_on_the_day(office: Office) {
    cast(&office).await;
    let mut cx = office.operator();
    let before = counted(&mut cx, "rows=industry&as_at=2025-02-25").await;
    assert_eq!((before.lists[0].codes.len(), before.lists[0].until.as_deref()), (4, Some("2025-02-25")));
    assert_eq!((at(&before, &[CULTURE], &[]), at(&before, &["not_stated"], &[])), (None, Some(1)));
    let after = counted(&mut cx, "rows=industry&as_at=2025-02-26").await;
    assert_eq!((after.lists[0].codes.len(), after.lists[0].since.as_deref()), (5, Some("2025-02-26")));
    assert_eq!((at(&after, &[CULTURE], &[]), at(&after, &["not_stated"], &[])), (Some(1), None));
    cx.undo().await.unwrap();
    let page = office.director().get("/figures/crosstab?rows=industry&as_at=2025-02-25").await;
    assert!(page.body.contains("from 23 Dec 2022 to 25 Feb 2025 (4 entries)"), "{}", page.body);
}

#[both_databases]
async fn what_one_may_not_see_is_in_no_cell_total_list_or_file(office: Office) {
    cast(&office).await;
    let secret = Case {
        name: "Quiet Harbour",
        industries: &[AI],
        origin: "france",
        nature: "foothold",
        tier: "named",
        attracted: "2024-01-01",
        pledge: "777",
    };
    case(&office, secret).await;
    let query = "rows=industry,reporting_origin&columns=nature&measure=enterprises_attracted";
    let records =
        format!("/api/v1/crosstab/records?measure=enterprises_attracted&industry={AI}&reporting_origin=france");
    for (person, sees) in [(office.officer(None), false), (office.director(), true)] {
        let mut cx = person.cx();
        let whole = counted(&mut cx, query).await;
        assert_eq!(at(&whole, &["*", "*"], &["*"]), Some(if sees { 4 } else { 3 }));
        assert_eq!(at(&whole, &[AI, "france"], &["foothold"]), sees.then_some(1));
        let money = counted(&mut cx, "rows=reporting_origin&measure=investment_pledged").await;
        assert_eq!(at(&money, &["france"], &[]), Some(if sees { 102_700 } else { 25_000 }));
        cx.undo().await.unwrap();
        let list = person.call("GET", &records, &[], serde_json::Value::Null).await;
        assert_eq!(list.json()["items"].as_array().unwrap().len(), usize::from(sees), "{}", list.body);
        let page = person.get(&format!("/figures/crosstab/records?measure=enterprises_attracted&industry={AI}")).await;
        assert_eq!(page.body.contains("Quiet Harbour"), sees);
        let file = person.get(&format!("/figures/crosstab/download?{query}&format=csv")).await;
        assert_eq!((file.status, file.body.contains(",4,enterprises_attracted,")), (200, sees), "{}", file.body);
    }
}

#[both_databases]
async fn the_public_register_answers_the_legislators_table(office: Office) {
    lists(&office).await;
    let import = office.imports("partners", include_str!("../../../../packs/hong-kong/partners.csv")).await;
    assert_eq!((import.created, import.refused), (35, 0));
    let query = "rows=industry,reporting_origin&columns=nature&measure=partners_signed&as_at=2024-11-11";
    let mut cx = office.operator();
    let whole = counted(&mut cx, query).await;
    assert_eq!(at(&whole, &["*", "*"], &["*"]), Some(25));
    assert_eq!(at(&whole, &["*", "*"], &["not_stated"]), Some(25), "the register does not say how they came");
    assert_eq!(at(&whole, &[LIFE, "*"], &["*"]), Some(6));
    assert_eq!(at(&whole, &[LIFE, "united-states"], &["*"]), Some(2));
    assert_eq!(at(&whole, &[AI, "mainland"], &["*"]), Some(4));
    let ceremonies = counted(&mut cx, "rows=batch&measure=partners_signed&as_at=2024-11-11").await;
    assert_eq!(
        ["2023-10-04", "2024-03-20", "2024-11-11"].map(|day| at(&ceremonies, &[day], &[])),
        [Some(8), Some(9), Some(8)]
    );
    cx.undo().await.unwrap();
    let mut cx = office.operator();
    let ceremony = NewBatch {
        code: "2023-10-04".into(),
        kind: "ceremony".into(),
        name_en: "First signing ceremony".into(),
        name_zh_hant: "首次簽約儀式".into(),
        name_zh_hans: "首次签约仪式".into(),
        source: "info.gov.hk, 4 October 2023".into(),
        held_on: "2023-10-04".into(),
        ..NewBatch::default()
    };
    batch::make(&mut cx, ceremony).await.unwrap();
    cx.commit().await.unwrap();
    let address = "/api/v1/crosstab?rows=batch&measure=partners_signed&as_at=2024-11-11";
    let named = office.director().call("GET", address, &[], serde_json::Value::Null).await.json();
    assert_eq!(named["names"]["batch"]["2023-10-04"], "First signing ceremony");
    let page = office.director().get("/figures/crosstab?rows=batch&measure=partners_signed&as_at=2024-11-11").await;
    assert!(page.body.contains("First signing ceremony"));
    let answer =
        office.director().call("GET", &format!("/api/v1/crosstab?{query}"), &[], serde_json::Value::Null).await;
    let report = answer.json();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "as_at",
            "known_at",
            "measure",
            "unit",
            "comparator",
            "basis",
            "scope",
            "source",
            "definition",
            "version",
            "rows",
            "columns",
            "filters",
            "shares",
            "lists",
            "notes",
            "names",
            "cells"
        ]
    );
    let total = report["cells"].as_array().unwrap().last().unwrap();
    assert_eq!(total["value"], 25);
    assert_eq!(total["row"], serde_json::json!([null, null]));
}

#[both_databases]
async fn pages_are_drawn_in_every_language_and_slips_are_named(office: Office) {
    cast(&office).await;
    let director = office.director();
    for path in [
        "/figures/crosstab",
        "/figures/crosstab?rows=industry&rows=reporting_origin&columns=nature&columns=hq_kind&measure=investment_pledged&shares=row",
        "/figures/crosstab?rows=stage&columns=year&measure=enterprises_met&as_at=2023-01-01",
        "/figures/crosstab?rows=activity&columns=value_chain&measure=projects&sub_totals=no&status=active",
        "/figures/crosstab?rows=industry&as_at=2020-01-01",
        "/figures/crosstab/records?measure=jobs_rd_pledged&nature=not_stated",
        "/figures/saved",
        "/figures/releases",
    ] {
        for language in platform::text::Language::ALL {
            let page = director.get_in(language, path).await;
            assert_eq!(page.status, 200, "{path} {language:?}: {}", page.body);
            for unsaid in [">crosstab-", ">dimension-", ">metric-", ">saved-", ">release-"] {
                assert!(!page.body.contains(unsaid), "{path} {language:?}: {unsaid}");
            }
        }
    }
    for (query, field) in [
        ("rows=luck", "rows"),
        ("columns=nature", "rows"),
        ("rows=industry&columns=industry", "columns"),
        ("rows=industry,nature,stage", "rows"),
        ("rows=industry&measure=luck", "measure"),
        ("rows=year&measure=projects", "measure"),
        ("rows=industry&nature=luck", "nature"),
        ("rows=industry&shares=half", "shares"),
        ("rows=industry&as_at=2024-02-31", "as_at"),
    ] {
        let answer = director.call("GET", &format!("/api/v1/crosstab?{query}"), &[], serde_json::Value::Null).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{query}");
        let page = director.get(&format!("/figures/crosstab?{query}&measure=")).await;
        assert!(query.contains("measure") || page.status == 422, "{query}");
    }
    for format in ["csv", "xlsx", "json"] {
        let query = format!("rows=industry&columns=nature&shares=column&format={format}");
        assert_eq!(director.get(&format!("/figures/crosstab/download?{query}")).await.status, 200, "{format}");
    }
    assert!(office.nobody().get("/figures/crosstab").await.location().starts_with("/sign-in"));
}

#[both_databases]
async fn a_definition_is_saved_shared_renamed_and_retired(office: Office) {
    cast(&office).await;
    let (officer, other, reader) = (office.officer(None), office.officer(None), office.person(Role::ReadOnly, None));
    let new = [("name", "Industry by nature"), ("definition", "rows=industry&columns=nature"), ("shared", "own")];
    assert_eq!(officer.post("/figures/saved", &new).await.status, 303);
    let list = officer.call("GET", "/api/v1/crosstab-definitions", &[], serde_json::Value::Null).await.json();
    let id = list["items"][0]["id"].as_i64().unwrap();
    assert!(list["items"][0]["definition"].as_str().unwrap().starts_with("rows=industry&columns=nature&measure="));
    assert!(!other.get("/figures/saved").await.body.contains("Industry by nature"));
    let path = format!("/figures/saved/{id}");
    assert_eq!(other.get(&path).await.status, 404, "what is not shared is not found");
    let change = [("version", "1"), ("name", "For the Council"), ("shared", "office")];
    assert_eq!(officer.post(&path, &change).await.status, 303);
    assert_eq!(officer.post(&path, &change).await.status, 412, "a stale change is refused");
    assert!(other.get("/figures/saved").await.body.contains("For the Council"));
    assert_eq!(other.post(&path, &[("version", "2"), ("name", "Mine"), ("shared", "own")]).await.status, 403);
    assert_eq!(officer.post(&format!("{path}/retire"), &[]).await.status, 303);
    assert!(!other.get("/figures/saved").await.body.contains("For the Council"));
    assert_eq!(officer.post(&format!("{path}/restore"), &[]).await.status, 303);
    let api = format!("/api/v1/crosstab-definitions/{id}");
    assert_eq!(officer.call("DELETE", &api, &[], serde_json::Value::Null).await.status, 200);
    assert_eq!(officer.call("GET", &api, &[], serde_json::Value::Null).await.status, 404);
    let restored = format!("{api}/restore");
    assert_eq!(other.call("POST", &restored, &[], serde_json::Value::Null).await.status, 403);
    assert_eq!(officer.call("POST", &restored, &[], serde_json::Value::Null).await.json()["name"], "For the Council");
    assert_eq!(reader.post("/figures/saved", &new).await.status, 403);
    let bad = [("name", " "), ("definition", "rows=industry"), ("shared", "office")];
    let refused = officer.post("/figures/saved", &bad).await;
    assert_eq!(refused.status, 422);
    // The table is still there, and so is what was chosen for it.
    for kept in ["name=\"definition\" value=\"rows=industry", "value=\"office\" selected", "id=\"name-problem\""] {
        assert!(refused.body.contains(kept), "{kept}: {}", refused.body);
    }
}
