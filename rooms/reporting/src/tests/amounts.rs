//! One rule of amounts for every answer: whole units, exact, with the unit beside them.

use platform::both_databases;
use platform::permission::Tier;
use platform::text::Language;
use serde_json::{Value, json};

use super::Office;

#[both_databases]
async fn an_amount_is_told_in_whole_units_wherever_it_is_told(office: Office) {
    let enterprise = office.enterprise("Exact Ltd", "ai-data-science", "france").await;
    let project = office.project_of(enterprise, Tier::Office).await;
    let director = office.director();
    let call = async |method: &str, path: &str, body: Value| {
        let answer = director.call(method, path, &[], body).await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.body);
        answer
    };
    let ledger = format!("/api/v1/projects/{project}/ledger");
    let new =
        json!({"measure": "investment", "kind": "pledged", "amount": "21005000008.5", "effective_on": "2026-01-05"});
    let entered = call("POST", &ledger, new).await;
    assert!(entered.body.contains("\"amount\":21005000008.5,\"unit\":\"HKD\""), "{}", entered.body);
    assert!(entered.body.contains("\"base_amount\":21005000008.5,\"base_unit\":\"HKD\""), "{}", entered.body);
    let held = call("GET", &ledger, Value::Null).await;
    assert!(held.body.contains("\"standing\":21005000008.5"), "{}", held.body);
    let asked = "measure=investment_pledged&as_at=2026-11-24";
    let table = call("GET", &format!("/api/v1/crosstab?rows=industry&{asked}"), Value::Null).await;
    assert!(table.body.contains("\"value\":21005000008.5"), "{}", table.body);
    let behind = call("GET", &format!("/api/v1/crosstab/records?{asked}"), Value::Null).await;
    assert!(behind.body.contains("\"value\":21005000008.5,\"unit\":\"HKD\""), "{}", behind.body);
    let figures = call("GET", "/api/v1/figures", Value::Null).await;
    assert!(figures.body.contains("\"value\":21005000008.5,\"unit\":\"HKD\""), "{}", figures.body);
    let definition = format!("rows=industry&{asked}");
    let frozen = call("POST", "/api/v1/releases", json!({"title": "A table", "definition": definition})).await.json();
    let later = json!({"measure": "investment", "kind": "pledged", "amount": 1, "effective_on": "2026-01-06"});
    office.clock.set(office.clock.now().plus_seconds(60));
    call("POST", &ledger, later).await;
    let beside = format!("/api/v1/releases/{}/comparison?with=now", frozen["id"]);
    let beside = call("GET", &beside, Value::Null).await;
    let told = "\"old\":21005000008.5,\"new\":21005000009.5,\"difference\":1";
    assert!(beside.body.contains(told), "{}", beside.body);
    assert_eq!((&beside.json()["unit"], &beside.json()["new"]["unit"]), (&json!("HKD"), &json!("HKD")));

    // On pages every digit is told, or that it is not.
    let page = director.get("/figures").await.body;
    assert!(page.contains("HK$21,005,000,009.50") || page.contains("HK$21,005,000,009.5"), "{page}");
    let page = director.get_in(Language::English, "/figures/charts?of=investment").await.body;
    assert!(page.contains("about HK$21.01 billion"), "rounded in the drawing, not cut off: {page}");
    let table = page.split("<figure").nth(1).unwrap().split("<details").nth(1).unwrap();
    assert!(table.contains(">HK$21,005,000,009.5") && !table.contains("about"), "exact in its table: {table}");
    let mut cx = office.operator();
    let as_of = projects::figures::AsOf { as_at: cx.today(), known_at: cx.now() };
    let report = crate::figures::figures_report(&mut cx, as_of, None).await.unwrap();
    let table = crate::figures::as_table(&cx, &report);
    assert!(table.contains("21,005,000,009.5") && table.contains("As known at: 24 Nov 2026, 02:01"), "{table}");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn what_was_known_is_asked_alike_of_figures_and_tables(office: Office) {
    let director = office.director();
    for path in ["/api/v1/figures?", "/api/v1/crosstab?rows=industry&", "/api/v1/reconciliation?"] {
        for (asked, known) in [
            ("2026-11-23", "2026-11-23T23:59:59.999999Z"),
            ("2026-11-23T21:42:00Z", "2026-11-23T21:42:00Z"),
            ("2026-11-23T21:42:00%2B08:00", "2026-11-23T13:42:00Z"),
        ] {
            let answer = director.call("GET", &format!("{path}known_at={asked}"), &[], Value::Null).await;
            assert_eq!(answer.json()["known_at"], known, "{path}{asked}: {}", answer.body);
        }
        let wrong = director.call("GET", &format!("{path}known_at=2026-11-23T21:42:00"), &[], Value::Null).await;
        assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].as_str()), (422, Some("known_at")));
    }
    assert_eq!(director.get("/figures/charts?known_at=2026-11-23T21:42:00Z").await.status, 200);
}

#[both_databases]
async fn no_answer_says_it_knew_what_is_still_to_come(office: Office) {
    let director = office.director();
    for path in [
        "/api/v1/figures?",
        "/api/v1/crosstab?rows=industry&",
        "/api/v1/reconciliation?",
        "/api/v1/series?metric=jobs_pledged&",
        "/api/v1/series/groups?metric=jobs_pledged&by=industry&",
    ] {
        for later in ["2026-11-24", "2026-11-25", "2030-01-01", "2026-11-24T03:00:00Z"] {
            let answer = director.call("GET", &format!("{path}known_at={later}"), &[], Value::Null).await;
            assert_eq!(answer.json()["known_at"], "2026-11-24T02:00:00Z", "{path}{later}: {}", answer.body);
        }
    }
    for path in [
        "/figures?",
        "/figures/records?metric=jobs_pledged&",
        "/figures/reconciliation?",
        "/figures/crosstab?",
        "/figures/charts?",
    ] {
        let page = director.get(&format!("{path}as_at=2026-11-24&known_at=2030-01-01")).await;
        assert!(page.body.contains("as known at 24 Nov 2026, 02:00"), "{path}: {}", page.body);
    }
    let mut cx = office.operator();
    let form = platform::forms::Form::default().with("known_at", "2030-01-01");
    let as_of = crate::figures::as_of(&cx, &form).unwrap();
    let report = crate::figures::figures_report(&mut cx, as_of, None).await.unwrap();
    let rows = crate::figures::as_csv(&report);
    assert!(rows.lines().skip(1).all(|row| row.ends_with(",2026-11-24,2026-11-24T02:00:00Z")), "{rows}");
    cx.undo().await.unwrap();
}
