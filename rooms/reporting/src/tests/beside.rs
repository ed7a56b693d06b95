//! Stories of the register beside what the office published, metric by metric.

use platform::both_databases;
use platform::text::Language;
use projects::figures::AsOf;
use serde_json::{Value, json};
use time::macros::date;

use super::{FIGURES, Office};
use crate::reconciliation::{self, Reconciliation};

impl Office {
    async fn reconciles(&self, as_at: time::Date) -> Reconciliation {
        let mut cx = self.operator();
        let known_at = cx.now();
        let found = reconciliation::reconcile(&mut cx, AsOf { as_at, known_at }).await.unwrap();
        cx.undo().await.unwrap();
        found
    }
}

fn told(found: &Reconciliation, metric: &str) -> Option<(String, String, String)> {
    let one = found.metrics.iter().find(|one| one.metric == metric).unwrap();
    one.published.as_ref().map(|told| (told.words.clone(), told.as_at.clone(), told.basis.clone()))
}

#[both_databases]
async fn every_metric_that_is_published_stands_beside_the_register_with_its_day(office: Office) {
    office.publishes(FIGURES).await;
    let found = office.reconciles(date!(2024 - 11 - 11)).await;
    let said = |metric: &str| told(&found, metric).unwrap();
    let of = |words: &str, day: &str, basis: &str| (words.to_owned(), day.to_owned(), basis.to_owned());
    assert_eq!(
        said("enterprises_attracted"),
        of("67 enterprises", "2024-11-11", "counted"),
        "of the day, not of March"
    );
    assert_eq!(said("partners_signed"), of("62 enterprises", "2024-11-11", "counted"));
    assert_eq!(said("investment_pledged"), of("about HK$42 billion", "2024-11-11", "coming_years"));
    assert_eq!(said("jobs_pledged"), of("over 17,000 jobs", "2024-11-11", "coming_years"));
    assert_eq!(said("enterprises_met"), of("nearly 300 enterprises", "2023-12-06", "counted"));
    assert_eq!(told(&found, "floor_area_pledged"), None, "none was published by then");
    let doubted = found.findings.iter().find(|one| one.kind == "doubted").unwrap();
    for words in ["67", "11 Nov 2024", "one outlet", "49", "20 Mar 2024", "62 signatures"] {
        assert!(doubted.message.contains(words), "{words}: {}", doubted.message);
    }

    let found = office.reconciles(date!(2023 - 10 - 04)).await;
    assert_eq!(told(&found, "enterprises_attracted").unwrap().0, "about 30 enterprises");
    assert_eq!(found.attracted_published, Some(30));
    let closes = found.findings.iter().find(|one| one.kind == "attracted_and_signed").unwrap();
    assert!(closes.message.starts_with("about 30 were attracted and 20 signatures"), "{}", closes.message);
    let found = office.reconciles(date!(2026 - 02 - 28)).await;
    assert_eq!(told(&found, "floor_area_pledged").unwrap().0, "1,850,000 sq ft");
    assert_eq!(told(&found, "enterprises_attracted").unwrap().1, "2026-01-31", "the latest exact one");
}

#[both_databases]
async fn a_ceremony_counts_once_and_only_the_offices_own(office: Office) {
    office.publishes(FIGURES).await;
    let signed = ["counted", "oases", "", "OASES, as another outlet has it"];
    office.publishes_one("2024-11-11", "partners_signed_in_batch", "18", "enterprises", signed).await;
    let park = ["counted", "hkstp", "", "Science Park"];
    office.publishes_one("2024-06-01", "partners_signed_in_batch", "5", "enterprises", park).await;
    let found = office.reconciles(date!(2024 - 11 - 11)).await;
    assert_eq!(found.signed_published, 62);
    assert_eq!(found.ceremonies.len(), 3);
    let twice = found.findings.iter().find(|one| one.kind == "told_twice").unwrap();
    assert!(twice.message.contains("17 (") && twice.message.contains("18 (a paper)"), "{}", twice.message);
    assert_eq!(twice.severity, reconciliation::Severity::Warns);
}

#[both_databases]
async fn the_page_and_the_file_say_all_that_belongs_to_a_figure(office: Office) {
    office.publishes(FIGURES).await;
    let director = office.director();
    for (language, words) in [
        (Language::English, ["over 17,000 jobs", "11 Nov 2024", "Coming years", "one outlet; later official"]),
        (Language::Traditional, ["逾17,000 個職位", "2024年11月11日", "未來數年", "one outlet; later official"]),
    ] {
        let page = director.get_in(language, "/figures/reconciliation?as_at=2024-11-11").await;
        for one in words {
            assert!(page.body.contains(one), "{one}: {}", page.body);
        }
        assert!(!page.body.contains("jobs_expected_cumulative"), "a bare code: {}", page.body);
        assert!(!page.body.contains("figures-scope-partial") && !page.body.contains("Only what you may see"));
    }
    let page = director.get("/figures/reconciliation?as_at=2024-11-11").await.body;
    assert!(
        page.contains("Jobs with life and health companies ·"),
        "the example that is named is among the links: {page}"
    );
    let file = director.get("/figures/reconciliation.csv?as_at=2024-03-20").await.body;
    let line = file.lines().find(|line| line.contains(",published,,jobs_pledged,")).unwrap();
    assert!(
        line.contains(",2024-03-20,over,13000,jobs,coming_years,OASES (majority R&D and management),,oases,"),
        "{line}"
    );
    assert!(line.ends_with(",2024-03-20,2026-11-24T02:00:00Z"), "{line}");

    let officer = office.officer(None);
    for path in
        ["/figures/reconciliation?as_at=2024-11-11", "/figures/records?metric=partners_signed", "/figures/crosstab"]
    {
        let page = officer.get(path).await.body;
        assert!(
            page.contains("class=\"notice\"") && page.contains("Only what you may see is counted."),
            "{path}: {page}"
        );
    }
    let table = "/figures/crosstab/download?rows=industry&columns=nature&measure=investment_pledged&as_at=2024-11-11";
    let file = officer.get(&format!("{table}&format=csv")).await.body;
    let (head, rows) = file.split_once('\n').unwrap();
    assert!(
        head.trim_end().ends_with(",measure,unit,as_at,known_at,basis,scope,definition,comparator,source"),
        "{head}"
    );
    let said = "investment_pledged,HKD,2024-11-11,2026-11-24T02:00:00Z,pledged,Only what you may see is counted.,";
    assert!(!rows.is_empty() && rows.lines().all(|row| row.contains(said)), "{rows}");
    let chart = officer.get("/figures/charts/investment.csv?as_at=2024-11-11&known_at=2026-11-24T03:00:00Z").await.body;
    let published = chart.lines().find(|line| line.starts_with("published,")).unwrap();
    assert!(
        published.contains(",over,oases,") && published.contains(",coming_years,OASES next few years,"),
        "{published}"
    );
    assert!(published.trim_end().ends_with(",2024-11-11,2026-11-24T02:00:00Z"), "it tells what it used: {published}");
}

#[both_databases]
async fn one_figure_of_two_bodies_is_told_in_the_singular(office: Office) {
    let both = ["counted", "investhk+oases", "", "InvestHK and OASES"];
    office.publishes_one("2024-05-08", "companies_x", "9", "companies", both).await;
    let found = office.finds().await;
    let one = found.iter().find(|one| one.kind == "counted_together").unwrap();
    assert!(one.message.starts_with("1 figure counts "), "{}", one.message);
}

#[both_databases]
async fn what_no_figure_can_be_is_refused_by_field(office: Office) {
    let director = office.director();
    let figure = |field: &str, value: &str| {
        let mut figure = json!({"as_at": "2024-11-11", "metric": "share_x", "value": "50", "unit": "percent", "comparator": "over",
            "basis": "counted", "scope": "OASES", "denominator": "40", "body": "oases", "source": "a paper"});
        figure["source"] = Value::from(format!("a paper on {field} {value}"));
        figure[field] = Value::from(value);
        figure
    };
    for (field, value) in [
        ("unit", "furlongs"),
        ("unit", "hkd"),
        ("unit", ""),
        ("body", "zz"),
        ("body", "oases+zz"),
        ("body", ""),
        ("as_at", "2030-01-01"),
        ("value", "150"),
    ] {
        let answer = director.call("POST", "/api/v1/published-figures", &[], figure(field, value)).await;
        assert_eq!(answer.status, 422, "{field} {value}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.body);
    }
    for (field, value) in [("unit", "USD_million"), ("value", "100"), ("body", "investhk+oases")] {
        let answer = director.call("POST", "/api/v1/published-figures", &[], figure(field, value)).await;
        assert_eq!(answer.status, 201, "{field} {value}: {}", answer.body);
    }
}
