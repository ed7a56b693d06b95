//! Stories of reconciliation beside the real register, and of each rule on made-up rows.

use platform::both_databases;
use platform::codes::Code;
use platform::import;
use platform::text::Language;
use projects::figures::AsOf;
use serde_json::{Value, json};
use time::macros::date;

use super::{FIGURES, Office};
use crate::published::{NewPublished, keep};
use crate::reconciliation::{self, Finding};

const REGISTER: &str = include_str!("../../../../packs/hong-kong/partners.csv");

#[derive(serde::Deserialize)]
struct Lists {
    code: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    list: String,
    code: String,
    name_en: String,
    #[serde(default)]
    aliases: Vec<String>,
}

impl Office {
    pub(super) async fn names_the_partners(&self) -> import::Import {
        let mut cx = self.operator();
        let mut codes = Vec::new();
        for text in [
            include_str!("../../../../packs/hong-kong/industries.toml"),
            include_str!("../../../../packs/hong-kong/origins.toml"),
            include_str!("../../../../packs/hong-kong/code-lists.toml"),
        ] {
            let lists: Lists = toml::from_str(text).unwrap();
            codes.extend(lists.code.into_iter().map(|entry| Code {
                list: entry.list,
                code: entry.code,
                name_zh_hant: entry.name_en.clone(),
                name_zh_hans: entry.name_en.clone(),
                name_en: entry.name_en,
                valid_from: date!(2022 - 12 - 23),
                valid_to: None,
                position: 0,
                source: "a test".into(),
                aliases: entry.aliases.join("\n"),
                group_code: String::new(),
            }));
        }
        platform::codes::load(&mut cx, codes).await.unwrap();
        cx.commit().await.unwrap();
        self.house.codes.reload(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        self.brings_in("partners", REGISTER.as_bytes()).await.1
    }

    pub(super) async fn finds(&self) -> Vec<Finding> {
        let mut cx = self.operator();
        let as_of = AsOf { as_at: cx.today(), known_at: self.clock.now() };
        let found = reconciliation::reconcile(&mut cx, as_of).await.unwrap();
        cx.undo().await.unwrap();
        found.findings
    }

    pub(super) async fn publishes_one(&self, day: &str, metric: &str, value: &str, unit: &str, rest: [&str; 4]) {
        let [basis, body, denominator, scope] = rest;
        let mut cx = self.operator();
        let new = NewPublished {
            as_at: day.into(),
            metric: metric.into(),
            value: platform::forms::Loose(value.into()),
            unit: unit.into(),
            comparator: "exactly".into(),
            basis: basis.into(),
            scope: scope.into(),
            denominator: denominator.into(),
            body: body.into(),
            source: "a paper".into(),
            ..NewPublished::default()
        };
        keep(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
    }
}

#[both_databases]
async fn the_named_and_the_published_are_told_apart_in_three_languages(office: Office) {
    assert_eq!(office.names_the_partners().await.refused, 0);
    office.publishes(FIGURES).await;
    let director = office.director();
    let told = [
        (
            Language::English,
            "62 signatures were published; the register names 25. It does not name 37 of those who signed.",
        ),
        (Language::Traditional, "已公布 62 家簽約，名冊列名 25 家；其餘 37 家"),
        (Language::Simplified, "62 家"),
    ];
    for (language, words) in told {
        let page = director.get_in(language, "/figures/reconciliation?as_at=2024-11-11").await;
        assert!(page.body.contains(words), "{words}: {}", page.body);
        assert!(
            page.body.contains("/figures/records?metric=partners_signed&#38;as_at=2024-11-11")
                || page.body.contains("/figures/records?metric=partners_signed&amp;as_at=2024-11-11"),
            "{}",
            page.body
        );
    }
    let path = "/api/v1/reconciliation?as_at=2024-11-11";
    let found = director.call("GET", path, &[], Value::Null).await.json();
    assert_eq!((&found["signed_published"], &found["signed_named"]), (&json!(62), &json!(25)));
    let named: Vec<i64> =
        found["ceremonies"].as_array().unwrap().iter().map(|one| one["named"].as_i64().unwrap()).collect();
    assert_eq!(named, [8, 9, 8]);
    let kinds: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(!kinds.contains(&"signed_past_attracted"), "one outlet had told of 67 by then");
    let file = director.get("/figures/reconciliation.csv?as_at=2024-11-11").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.body.contains("explains,not_named,") && file.body.contains("warns,tenfold,"), "{}", file.body);
}

#[both_databases]
async fn counts_of_two_bodies_are_never_added(office: Office) {
    office.publishes(FIGURES).await;
    let found = office.finds().await;
    let of = |kind: &str| found.iter().filter(|one| one.kind == kind).collect::<Vec<_>>();
    assert_eq!(of("not_additive").len(), 2, "money and jobs");
    assert!(of("not_additive").iter().all(|one| one.message.contains("first year") && one.rests_on.len() == 2));
    assert_eq!(of("two_bodies").len(), 1);
    assert_eq!(of("two_bodies")[0].register, Some("enterprises_attracted"));
    assert_eq!(of("counted_together").len(), 1);
    let told: Vec<&str> = of("denominators").iter().map(|one| one.key).collect();
    assert_eq!(told, ["finding-denominators", "finding-denominators", "finding-denominator-told"]);
    assert!(of("signed_past_attracted").is_empty(), "102 is not less than 98");
}

#[both_databases]
async fn each_slip_is_seen_once_and_only_where_it_is(office: Office) {
    let counted = ["counted", "oases", "", "OASES"];
    office.publishes_one("2026-01-01", "partners_signed_in_batch", "30", "enterprises", counted).await;
    office.publishes_one("2026-01-02", "enterprises_attracted_cumulative", "20", "enterprises", counted).await;
    let coming = ["coming_years", "oases", "", "OASES"];
    office.publishes_one("2026-01-01", "floor_area_expected", "1000", "square_feet", coming).await;
    office.publishes_one("2026-02-01", "floor_area_expected", "1000", "square_metres", coming).await;
    office.publishes_one("2026-01-01", "jobs_promised", "100", "jobs", coming).await;
    office.publishes_one("2026-02-01", "jobs_promised", "120", "jobs", ["first_year", "oases", "", "OASES"]).await;
    let of = |total| ["counted", "oases", total, "OASES"];
    office.publishes_one("2026-01-01", "share_x", "50", "percent", of("30")).await;
    office.publishes_one("2026-02-01", "share_x", "55", "percent", of("40")).await;
    office.publishes_one("2026-03-01", "visits", "10", "enterprises", counted).await;
    office.publishes_one("2026-03-01", "visits", "100", "enterprises", ["counted", "oases", "", "a digest"]).await;
    // Neither a slip nor a change: another body on another day.
    office.publishes_one("2026-04-01", "calls", "10", "enterprises", counted).await;
    let park = ["counted", "hkstp", "", "Science Park"];
    office.publishes_one("2026-04-02", "companies_x", "100", "companies", park).await;
    let mut kinds: Vec<&str> = office.finds().await.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    let expected = [
        "basis_changed",
        "definition_changed",
        "denominator_changed",
        "not_named",
        "register_differs",
        "signed_past_attracted",
        "tenfold",
        "unit_changed",
        "unit_slip",
    ];
    assert_eq!(kinds, expected);
}

#[both_databases]
async fn a_factor_of_ten_is_warned_of_beside_the_figure_before_in_any_unit(office: Office) {
    let coming = ["coming_years", "oases", "", "OASES"];
    let counted = ["counted", "oases", "", "OASES"];
    let rows = [
        ("2026-01-01", "jobs_expected_cumulative", "22000", "jobs", coming),
        ("2026-02-01", "jobs_expected_cumulative", "220000", "jobs", coming),
        ("2026-01-01", "investment_expected_cumulative", "62", "HKD_billion", coming),
        (
            "2026-01-01",
            "investment_expected_cumulative",
            "620000",
            "HKD_million",
            ["coming_years", "oases", "", "a digest"],
        ),
        ("2026-02-01", "investment_expected_cumulative", "6200", "HKD_billion", coming),
        ("2026-01-01", "floor_area_expected_cumulative", "1850000", "square_feet", coming),
        ("2026-02-01", "floor_area_expected_cumulative", "18500000", "square_feet", coming),
        ("2026-03-01", "floor_area_expected_cumulative", "185000", "square_feet", coming),
        ("2026-04-01", "floor_area_expected_cumulative", "1990000", "square_feet", coming),
        ("2026-01-01", "enterprises_attracted_cumulative", "102", "enterprises", counted),
        ("2026-02-01", "enterprises_attracted_cumulative", "1040", "enterprises", counted),
        ("2026-01-01", "visits", "10", "enterprises", counted),
        ("2026-02-01", "visits", "80", "enterprises", counted),
    ];
    for (day, metric, value, unit, rest) in rows {
        office.publishes_one(day, metric, value, unit, rest).await;
    }
    let found = office.finds().await;
    let told =
        |kind: &str| found.iter().filter(|one| one.kind == kind).map(|one| one.message.as_str()).collect::<Vec<_>>();
    let tenfold = told("tenfold");
    for words in [
        "220,000 jobs (1 Feb 2026) is about 10 times 22,000 jobs",
        "HK$62 billion and HK$620,000 million",
        "HK$6,200 billion (1 Feb 2026) is about 10 times HK$620,000 million",
        "18,500,000 sq ft (1 Feb 2026) is about 10 times",
        "185,000 sq ft (1 Mar 2026) is about one 100th of 18,500,000 sq ft",
        "1,040 enterprises (1 Feb 2026) is about 10 times 102",
    ] {
        assert!(tenfold.iter().any(|one| one.contains(words)), "{words}: {tenfold:?}");
    }
    assert_eq!(tenfold.len(), 6, "{tenfold:?}");
    assert_eq!(told("unit_slip").len(), 1, "1,990,000 is 185,000 square metres in square feet");

    // Whoever enters one hears of it at once, by the API and on its page, and it is kept.
    let director = office.director();
    let new = json!({"as_at": "2026-05-01", "metric": "visits", "value": 8, "unit": "enterprises", "comparator": "exactly",
        "basis": "counted", "scope": "OASES and partners", "body": "oases", "source": "a paper"});
    let kept = director.call("POST", "/api/v1/published-figures", &[], new).await;
    assert_eq!(kept.status, 201, "{}", kept.body);
    let warnings = kept.json()["warnings"].clone();
    let kinds: Vec<&str> = warnings.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tenfold", "definition_changed"], "{}", kept.body);
    let page = director.get(&format!("/figures/published/{}", kept.json()["record_id"])).await.body;
    assert!(page.contains("about one 10th of 80 enterprises") && page.contains("OASES and partners"), "{page}");
}

#[both_databases]
async fn another_scope_or_basis_than_before_is_told_with_both(office: Office) {
    let jobs = "jobs_expected_cumulative";
    let all = "OASES, part-time and contractors included";
    office.publishes_one("2026-01-01", jobs, "22000", "jobs", ["coming_years", "oases", "", "OASES"]).await;
    office.publishes_one("2026-02-01", jobs, "22500", "jobs", ["coming_years", "oases", "", all]).await;
    let full = "OASES, full-time posts only";
    office.publishes_one("2026-03-01", jobs, "22600", "jobs", ["pledged", "oases", "", full]).await;
    office
        .publishes_one("2026-04-01", jobs, "22700", "jobs", ["pledged", "oases", "", "oases,  Full-time posts only"])
        .await;
    let found = office.finds().await;
    let told: Vec<&str> =
        found.iter().filter(|one| one.kind == "definition_changed").map(|one| one.message.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains(all) && told[1].contains(all) && told[1].contains(full), "{told:?}");
    assert_eq!(found.iter().filter(|one| one.kind == "basis_changed").count(), 1);
}
