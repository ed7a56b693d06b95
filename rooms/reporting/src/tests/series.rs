//! Stories of series, groups and charts.

use platform::clock::At;
use platform::permission::Tier;
use platform::text::Language;
use platform::{Id, both_databases};
use projects::figures::{self, AsOf, Dimension, Measure};
use projects::ledger::{self, NewEntry};
use projects::milestone::{self, NewMilestone};
use serde_json::Value;
use time::Date;
use time::macros::date;

use super::{FIGURES, Office};
use crate::series;

impl Office {
    async fn attracts(&self, project: Id, on: Date) {
        let mut cx = self.operator();
        let new = NewMilestone { kind: "attracted".into(), effective_on: on.to_string(), ..NewMilestone::default() };
        milestone::record(&mut cx, project, new).await.unwrap();
        cx.commit().await.unwrap();
    }

    async fn enters(&self, project: Id, kind: &str, amount: &str, on: Date) {
        let mut cx = self.operator();
        let new = NewEntry {
            kind: kind.into(),
            measure: "investment".into(),
            amount: platform::forms::Loose(amount.into()),
            effective_on: platform::forms::Loose(on.to_string()),
            evidence: "a letter".into(),
            ..NewEntry::default()
        };
        ledger::enter(&mut cx, project, new).await.unwrap();
        cx.commit().await.unwrap();
    }
}

async fn points(cx: &mut platform::Cx, as_of: AsOf, measure: Measure) -> Vec<(Date, i64)> {
    let line = series::line(cx, as_of, measure).await.unwrap();
    let total = figures::total(cx, as_of, measure).await.unwrap().value;
    assert_eq!(line.points.last().map_or(0, |point| point.value), total, "a series ends at its figure");
    line.points.iter().map(|point| (point.day, point.value)).collect()
}

#[both_databases]
async fn a_series_ends_at_its_figure_and_knows_what_was_known(office: Office) {
    let harbour = office.enterprise("Harbour Robotics", "ai-data-science", "france").await;
    let first = office.project_of(harbour, Tier::Office).await;
    let second = office.project_of(harbour, Tier::Office).await;
    let hidden = office.enterprise("Peak Biologics", "life-health-technology", "mainland").await;
    let hidden = office.project_of(hidden, Tier::Named).await;
    office.attracts(second, date!(2024 - 05 - 01)).await;
    office.attracts(hidden, date!(2024 - 06 - 01)).await;
    office.enters(second, "pledged", "1000", date!(2024 - 05 - 01)).await;
    office.enters(second, "withdrawn", "400", date!(2024 - 09 - 01)).await;
    let then = office.clock.now();
    office.clock.set(then.plus_seconds(3_600));
    // The other project's decision lay earlier and was heard of later.
    office.attracts(first, date!(2024 - 02 - 01)).await;

    let as_of = |known_at: At| AsOf { as_at: date!(2024 - 12 - 31), known_at };
    let mut cx = office.operator();
    let now = office.clock.now();
    let attracted = points(&mut cx, as_of(now), Measure::EnterprisesAttracted).await;
    assert_eq!(attracted, [(date!(2024 - 02 - 01), 1), (date!(2024 - 06 - 01), 2)], "each enterprise once");
    let as_known = points(&mut cx, as_of(then), Measure::EnterprisesAttracted).await;
    assert_eq!(as_known, [(date!(2024 - 05 - 01), 1), (date!(2024 - 06 - 01), 2)]);
    let earlier = AsOf { as_at: date!(2024 - 05 - 31), known_at: now };
    assert_eq!(points(&mut cx, earlier, Measure::EnterprisesAttracted).await.len(), 1);
    let pledged = points(&mut cx, as_of(now), Measure::InvestmentPledged).await;
    assert_eq!(pledged, [(date!(2024 - 05 - 01), 100_000), (date!(2024 - 09 - 01), 60_000)]);
    assert!(points(&mut cx, as_of(now), Measure::InvestmentRealised).await.is_empty());
    cx.undo().await.unwrap();

    let mut officer = office.cx(office.officer(None).actor.clone());
    let seen = points(&mut officer, as_of(now), Measure::EnterprisesAttracted).await;
    assert_eq!(seen, [(date!(2024 - 02 - 01), 1)], "what one may not see is in no chart");
    let groups = series::parts(&mut officer, as_of(now), Measure::EnterprisesAttracted, Dimension::ReportingOrigin)
        .await
        .unwrap();
    let codes: Vec<Option<&str>> = groups.groups.iter().map(|(_, group)| group.code.as_deref()).collect();
    assert_eq!(codes, [Some("france")]);
    officer.undo().await.unwrap();
}

#[both_databases]
async fn groups_are_as_they_stood_on_the_day(office: Office) {
    let harbour = office.enterprise("Harbour Robotics", "ai-data-science", "france").await;
    let nameless = office.enterprise("Lantau Games", "", "").await;
    for enterprise in [harbour, nameless] {
        let project = office.project_of(enterprise, Tier::Office).await;
        office.attracts(project, date!(2024 - 05 - 01)).await;
        office.enters(project, "pledged", "500", date!(2024 - 05 - 01)).await;
    }
    let before = office.clock.now();
    office.clock.set(before.plus_seconds(86_400));
    let mut cx = office.operator();
    let version = directory::enterprise::get(&mut cx, harbour).await.unwrap().version;
    let moved = std::collections::BTreeMap::from([("reporting_origin".to_owned(), Some("mainland".to_owned()))]);
    directory::enterprise::edit(&mut cx, harbour, version, moved).await.unwrap();
    cx.commit().await.unwrap();
    let now = office.clock.now();
    let of = async |cx: &mut platform::Cx, as_of: AsOf, measure: Measure, by: Dimension| {
        let parts = series::parts(cx, as_of, measure, by).await.unwrap().groups;
        parts.into_iter().map(|(_, group)| (group.code.unwrap_or_default(), group.value)).collect::<Vec<_>>()
    };
    let today = AsOf { as_at: cx.today(), known_at: now };
    let then = AsOf { as_at: date!(2024 - 12 - 31), known_at: now };
    let mut found = of(&mut cx, today, Measure::EnterprisesAttracted, Dimension::ReportingOrigin).await;
    found.sort();
    assert_eq!(found, [(String::new(), 1), ("mainland".to_owned(), 1)]);
    let mut found = of(&mut cx, then, Measure::InvestmentPledged, Dimension::ReportingOrigin).await;
    found.sort();
    assert_eq!(found, [(String::new(), 50_000), ("france".to_owned(), 50_000)]);
    let mut found = of(&mut cx, today, Measure::EnterprisesAttracted, Dimension::Industry).await;
    found.sort();
    assert_eq!(found, [(String::new(), 1), ("ai-data-science".to_owned(), 1)]);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn what_was_published_stands_beside_and_apart(office: Office) {
    let before = office.clock.now();
    office.clock.set(before.plus_seconds(3_600));
    office.publishes(FIGURES).await;
    let mut cx = office.operator();
    let as_of = AsOf { as_at: date!(2026 - 11 - 24), known_at: office.clock.now() };
    let said = series::said(&mut cx, as_of, Measure::InvestmentPledged).await.unwrap();
    assert_eq!(said.first().unwrap().value, 30 * 100_000_000_000, "HK$30 billion in cents");
    assert!(said.iter().all(|one| one.figure.body == "oases"));
    let jobs = series::said(&mut cx, as_of, Measure::JobsPledged).await.unwrap();
    assert!(jobs.iter().all(|one| one.value < 100_000), "a known slip is in no chart");
    let signed = series::said(&mut cx, as_of, Measure::PartnersSigned).await.unwrap();
    let signed: Vec<i64> = signed.iter().map(|one| one.value).collect();
    assert_eq!(signed, [20, 45, 62, 80, 98], "ceremonies add up");
    let earlier = AsOf { known_at: before, ..as_of };
    assert!(series::said(&mut cx, earlier, Measure::InvestmentPledged).await.unwrap().is_empty());
    cx.undo().await.unwrap();

    let director = office.director();
    for language in Language::ALL {
        let page = director.get_in(language, "/figures/charts?as_at=2026-11-24").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.body.matches("<figure").count(), 5);
        assert!(!page.body.contains(">chart-") && !page.body.contains(">metric-"), "an unsaid key");
        for chart in ["investment", "jobs", "enterprises", "industry", "origin"] {
            let picture = director.get_in(language, &format!("/figures/charts/{chart}.svg?as_at=2026-11-24")).await;
            assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"), "{chart}");
            assert!(!picture.body.contains("class=\""), "a file of its own has no stylesheet: {}", picture.body);
            let alone = director.get_in(language, &format!("/figures/charts?of={chart}&subject=investment")).await;
            assert_eq!((alone.status, alone.body.matches("<figure").count()), (200, 1));
        }
    }
    let page = director.get_in(Language::Traditional, "/figures/charts?of=investment&as_at=2024-11-11").await;
    assert!(page.body.contains("約420億港元") && page.body.contains("未有紀錄"), "{}", page.body);
    let data = director.get("/figures/charts/investment.csv?as_at=2024-11-11").await;
    assert!(
        data.body.contains("published,investment_expected_cumulative,2024-11-11,,42000000000,HKD,about,oases"),
        "{}",
        data.body
    );
    assert_eq!(director.get("/figures/charts/luck.svg").await.status, 404);
    assert_eq!(director.get("/figures/charts?of=luck").await.status, 404);
    assert_eq!(director.get("/figures/charts?subject=luck").await.status, 422);
}

#[both_databases]
async fn programs_read_series_and_groups(office: Office) {
    let harbour = office.enterprise("Harbour Robotics", "ai-data-science", "france").await;
    let project = office.project_of(harbour, Tier::Office).await;
    office.enters(project, "pledged", "1000.50", date!(2024 - 05 - 01)).await;
    let director = office.director();
    let get = async |path: &str| director.call("GET", path, &[], Value::Null).await;
    let report = get("/api/v1/series?metric=investment_pledged&as_at=2024-12-31").await.json();
    assert_eq!(report["points"], serde_json::json!([{"day": "2024-05-01", "value": 1000.5}]));
    assert_eq!((&report["unit"], &report["as_at"]), (&"HKD".into(), &"2024-12-31".into()));
    let groups = get("/api/v1/series/groups?metric=investment_pledged&by=industry").await.json();
    assert_eq!(
        groups["groups"],
        serde_json::json!([{"code": "ai-data-science", "name": "ai-data-science", "value": 1000.5}])
    );
    // What a chart's table says leads to the records behind it.
    let page = director.get("/figures/charts?of=investment&as_at=2024-12-31").await.body;
    assert!(page.contains("href=\"/figures/records?metric=investment_pledged&amp;as_at=2024-05-01\""), "{page}");
    let page = director.get("/figures/charts?of=industry&subject=investment&as_at=2024-12-31").await.body;
    let records = "/figures/crosstab/records?measure=investment_pledged&industry=ai%2Ddata%2Dscience&as_at=2024-12-31";
    assert!(page.contains(&records.replace('&', "&amp;")), "{page}");
    let page = director.get(records).await;
    assert!(page.status == 200 && page.body.contains("Harbour Robotics"), "{}", page.body);
    assert_eq!(get("/api/v1/series?metric=luck").await.status, 422);
    assert_eq!(get("/api/v1/series/groups?metric=jobs_pledged&by=luck").await.status, 422);
    assert_eq!(office.nobody().call("GET", "/api/v1/series?metric=jobs_pledged", &[], Value::Null).await.status, 401);
}

/// The form that says by which dates is left off paper.
#[both_databases]
async fn every_sheet_of_figures_says_on_paper_by_which_dates_it_was_counted(office: Office) {
    let director = office.director();
    for path in [
        "/figures?",
        "/figures/reconciliation?",
        "/figures/charts?",
        "/figures/crosstab?measure=partners_signed&rows=batch&",
    ] {
        let page = director.get(&format!("{path}as_at=2024-11-11")).await.body;
        assert!(page.contains("<p class=\"printed\">As at 11 Nov 2024, as known at "), "{path} {page}");
    }
}
