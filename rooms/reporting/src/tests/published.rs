//! Stories of published figures that are corrected, withdrawn, brought in and taken back.

use platform::import::run;
use platform::sql::Sql;
use platform::testing::Person;
use platform::text::Language;
use platform::{both_databases, jobs};
use projects::figures::AsOf;
use serde_json::{Value, json};
use time::macros::date;

use super::{FIGURES, Office};
use crate::published::{self, list};

fn figure(metric: &str, value: &str) -> Value {
    json!({"as_at": "2026-03-01", "metric": metric, "value": value, "unit": "HKD_billion", "comparator": "over",
           "basis": "coming_years", "scope": "OASES", "body": "oases", "source": "a speech"})
}

async fn keeps(director: &Person<'_>, value: &str) -> Value {
    let answer =
        director.call("POST", "/api/v1/published-figures", &[], figure("investment_expected_cumulative", value)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.header("etag"), "\"1\"");
    answer.json()
}

#[both_databases]
async fn a_correction_keeps_what_stood_before(office: Office) {
    let director = office.director();
    let kept = keeps(&director, "61.5").await;
    assert_eq!(kept["value"], 61.5);
    let path = format!("/api/v1/published-figures/{}", kept["record_id"]);
    let before = office.clock.now();
    office.clock.set(before.plus_seconds(60));

    let silent = director.call("PATCH", &path, &[("if-match", "\"1\"")], json!({"value": "62"})).await;
    assert_eq!((silent.status, silent.json()["errors"][0]["field"].as_str()), (422, Some("reason")));
    let unsure = director.call("PATCH", &path, &[], json!({"value": "62", "reason": "x"})).await;
    assert_eq!(unsure.status, 422, "a write says which version it means");
    let reason = json!({"value": "62", "comparator": "exactly", "reason": "the speech as delivered"});
    let corrected = director.call("PATCH", &path, &[("if-match", "\"1\"")], reason).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
    assert_eq!((&corrected.json()["version"], &corrected.json()["value"]), (&json!(2), &json!(62)));

    // Whoever still looks at the first version hears of it where both changed the same field.
    let stale = json!({"value": "63", "reason": "y"});
    let stale = director.call("PATCH", &path, &[("if-match", "\"1\"")], stale).await;
    assert_eq!(stale.status, 412);
    assert_eq!(stale.json()["versions"]["fields"][0], json!({"field": "value", "yours": "63", "theirs": "62"}));
    let unseen = json!({"value": "63", "reason": "y"});
    assert_eq!(director.call("PATCH", &path, &[("if-match", "\"9\"")], unseen).await.status, 412);
    let beside = json!({"note": "read aloud", "reason": "z"});
    let beside = director.call("PATCH", &path, &[("if-match", "\"1\"")], beside).await;
    assert_eq!((beside.status, &beside.json()["value"]), (200, &json!(62)), "another field lives beside it");

    let shown = director.call("GET", &path, &[], Value::Null).await.json();
    let versions: Vec<&Value> = shown["earlier"].as_array().unwrap().iter().map(|one| &one["value"]).collect();
    assert_eq!(versions, [&json!(62), &json!(61.5)]);
    let told = director.call("GET", &format!("{path}/history"), &[], Value::Null).await.json();
    let notes: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|one| &one["note"]).collect();
    assert_eq!(notes[..2], [&json!("z"), &json!("the speech as delivered")], "{told}");
    let first = director.call("GET", &format!("{path}/history?limit=1"), &[], Value::Null).await.json();
    assert!(first["items"].as_array().unwrap().len() == 1 && first["next"].is_string(), "{first}");
    let page = director.get(&format!("/figures/published/{}", kept["id"])).await;
    for words in ["the speech as delivered", "over HK$61.5 billion", "HK$62 billion", "read aloud"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let mut cx = office.operator();
    let as_at = date!(2026 - 03 - 31);
    let known = async |cx: &mut platform::Cx, known_at| {
        let rows = published::until(cx, AsOf { as_at, known_at }).await.unwrap();
        rows.iter().map(published::Published::written).collect::<Vec<_>>()
    };
    assert_eq!(known(&mut cx, before).await, ["61.5"], "as known then, it said what it said");
    assert_eq!(known(&mut cx, office.clock.now()).await, ["62"]);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_withdrawal_needs_its_reason_and_stays_visible(office: Office) {
    let director = office.director();
    let kept = keeps(&director, "60").await;
    let page = format!("/figures/published/{}", kept["record_id"]);
    let empty = director.post(&format!("{page}/withdraw"), &[("version", "1"), ("reason", " ")]).await;
    assert!(empty.status == 422 && empty.body.contains("Give a reason."), "{}", empty.body);
    let done = director.post(&format!("{page}/withdraw"), &[("version", "1"), ("reason", "never said")]).await;
    assert_eq!((done.status, done.location()), (303, page.as_str()));
    let shown = director.get(&page).await;
    assert!(shown.body.contains("never said") && !shown.body.contains("/correct\""), "{}", shown.body);
    let row = format!("data-href=\"{page}\"");
    assert!(!director.get("/figures/published").await.body.contains(&row));
    let withdrawn = director.get("/figures/published?withdrawn=yes").await;
    assert!(withdrawn.body.contains(&row));
    let again = json!({"value": "1", "reason": "x"});
    let path = format!("/api/v1/published-figures/{}", kept["record_id"]);
    assert_eq!(director.call("PATCH", &path, &[("if-match", "\"1\"")], again).await.status, 409);
    // Only those who keep figures may do any of this.
    let officer = office.officer(None);
    assert_eq!(officer.get(&page).await.status, 200);
    assert_eq!(officer.post(&format!("{page}/withdraw"), &[("version", "1"), ("reason", "x")]).await.status, 403);
    assert_eq!(officer.get("/figures/published/new").await.status, 403);
}

#[both_databases]
async fn the_same_create_sent_twice_is_kept_once(office: Office) {
    let director = office.director();
    let send = async || {
        let key = [("idempotency-key", "figure-2026-03-01")];
        director.call("POST", "/api/v1/published-figures", &key, figure("x", "1")).await.json()["id"].clone()
    };
    let first = send().await;
    assert_eq!(send().await, first);
    let mut cx = office.operator();
    assert_eq!(list::page(&mut cx, &list::Filter::default(), 10).await.unwrap().figures.len(), 1);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_file_corrects_only_with_a_reason_and_is_taken_back_whole(office: Office) {
    let first = office.publishes(FIGURES).await;
    let head = FIGURES.lines().next().unwrap();
    let line = FIGURES.lines().find(|line| line.starts_with("2024-03-20,investment_expected_cumulative")).unwrap();
    let changed = line.replacen(",40,", ",41,", 1);
    assert_ne!(changed, line);

    let silent = office.publishes(&format!("{head}\n{changed}\n")).await;
    assert_eq!((silent.changed, silent.refused), (0, 1), "a correction says why");
    let told = office.publishes(&format!("{head},reason\n{changed},the printed text\n")).await;
    assert_eq!((told.changed, told.created, told.refused), (1, 0, 0));
    let standing = async |office: &Office| {
        let mut cx = office.operator();
        let filter = list::Filter {
            metric: Some("investment_expected_cumulative".into()),
            since: Some(date!(2024 - 03 - 20)),
            until: Some(date!(2024 - 03 - 20)),
            ..list::Filter::default()
        };
        let page = list::page(&mut cx, &filter, 10).await.unwrap();
        cx.undo().await.unwrap();
        page.figures.iter().map(|one| (one.written(), one.version)).collect::<Vec<_>>()
    };
    assert_eq!(standing(&office).await, [("41".to_owned(), 2)]);

    office.undoes(told.id).await;
    assert_eq!(standing(&office).await, [("40".to_owned(), 3)], "the earlier value is a version of its own");
    office.undoes(first.id).await;
    let mut cx = office.operator();
    let left = list::page(&mut cx, &list::Filter::default(), 500).await.unwrap().figures;
    assert_eq!(left.len(), 0, "a correction that was taken back is nothing to stay for");
    let (undone, _) = platform::import::run::get(&mut cx, first.id).await.unwrap();
    assert_eq!((undone.reversed, undone.kept_touched), (166, 0));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_file_says_one_thing_of_a_figure_from_its_first_row_to_its_last(office: Office) {
    let head = FIGURES.lines().next().unwrap();
    let line = FIGURES.lines().find(|line| line.starts_with("2024-03-20,investment_expected_cumulative")).unwrap();
    let other = line.replacen(",40,", ",41,", 1);
    let file = format!("{head}\n{}{other}\n", format!("{line}\n").repeat(1_001));
    let import = office.publishes(&file).await;
    let came = (import.to_create, import.created, import.to_leave, import.refused);
    assert_eq!(came, (1, 1, 1_000, 1), "what the check told is kept");
}

#[both_databases]
async fn a_list_is_paged_both_ways_and_goes_out_as_it_came_in(office: Office) {
    office.publishes(FIGURES).await;
    let mut cx = office.operator();
    let mut filter = list::Filter { body: Some("oases".into()), basis: Some("counted".into()), ..Default::default() };
    let first = list::page(&mut cx, &filter, 10).await.unwrap();
    filter.after = first.next.clone();
    let second = list::page(&mut cx, &filter, 10).await.unwrap();
    filter.after = None;
    filter.before = second.previous.clone();
    let back = list::page(&mut cx, &filter, 10).await.unwrap();
    assert_eq!(back.figures, first.figures);
    assert!(back.previous.is_none() && first.figures.iter().all(|one| one.body == "oases" && one.basis == "counted"));
    cx.undo().await.unwrap();
    let director = office.director();
    let page = director.get("/figures/published?body=oases&since=2025-10-09&until=2025-10-09").await;
    let rows = page.body.matches("<tr data-href").count();
    assert_eq!((rows, page.body.contains("over HK$60 billion")), (6, true), "{}", page.body);
    assert_eq!(director.get("/figures/published?since=2025-02-31").await.status, 422);

    let kind = office.house.export_kind("figures").unwrap();
    let mut cx = office.operator();
    let file = platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
    cx.undo().await.unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    let again = office.publishes(&text).await;
    assert_eq!((again.created, again.to_leave, again.refused), (0, 166, 0), "what goes out comes back the same");
}

impl Office {
    async fn undoes(&self, import: platform::Id) {
        let mut cx = self.operator();
        run::undo(&mut cx, import).await.unwrap();
        cx.commit().await.unwrap();
        jobs::run_all(&self.house).await.unwrap();
    }
}

#[both_databases]
async fn a_metric_that_no_list_has_is_refused_by_every_way_in(office: Office) {
    let director = office.director();
    for metric in ["Bad Metric!", "jobs_expected_cumulatve"] {
        let answer = director.call("POST", "/api/v1/published-figures", &[], figure(metric, "5")).await;
        assert_eq!((answer.status, answer.json()["errors"][0]["field"].as_str()), (422, Some("metric")));
        assert!(answer.body.contains("published_metric"), "it says where a metric is added: {}", answer.body);
    }
    let head = FIGURES.lines().next().unwrap();
    let line = "2026-03-01,jobs_expected_cumulatve,5,jobs,about,coming_years,OASES,,oases,a paper,";
    let file = office.publishes(&format!("{head}\n{line}\n")).await;
    assert_eq!((file.created, file.refused), (0, 1));
    let form = director.get("/figures/published/new").await.body;
    assert!(form.contains("<select id=\"metric\"") && form.contains("value=\"jobs_expected_cumulative\""), "{form}");
}

#[both_databases]
async fn what_is_kept_already_is_refused_with_what_is_held(office: Office) {
    let director = office.director();
    let kept = keeps(&director, "60").await;
    let record = kept["record_id"].to_string();
    let path = "/api/v1/published-figures";
    for value in ["60", "61"] {
        let again = director.call("POST", path, &[], figure("investment_expected_cumulative", value)).await;
        assert_eq!(again.status, 409, "{}", again.body);
        assert!(again.body.contains(&record) && again.body.contains("over HK$60 billion"), "{}", again.body);
    }
    let fields = [
        ("as_at", "2026-03-01"),
        ("metric", "investment_expected_cumulative"),
        ("value", "60"),
        ("unit", "HKD_billion"),
        ("comparator", "over"),
        ("basis", "coming_years"),
        ("scope", "OASES"),
        ("body", "oases"),
        ("source", "a speech"),
    ];
    let page = director.post("/figures/published", &fields).await;
    assert!(
        page.status == 409 && page.body.contains("over HK$60 billion") && page.body.contains("<form"),
        "{}",
        page.body
    );
    // Another source may say the same; it can't be corrected into the first.
    let mut other = figure("investment_expected_cumulative", "60");
    other["source"] = json!("a newspaper");
    let other = director.call("POST", path, &[], other).await.json();
    let edit = json!({"source": "a speech", "reason": "it was the speech"});
    let path = format!("{path}/{}", other["record_id"]);
    assert_eq!(director.call("PATCH", &path, &[("if-match", "\"1\"")], edit).await.status, 409);
    // What was withdrawn is no longer held.
    let withdrawn = json!({"reason": "never said"});
    let at = format!("/api/v1/published-figures/{record}/withdrawal");
    assert_eq!(director.call("POST", &at, &[("if-match", "\"1\"")], withdrawn).await.status, 200);
    keeps(&director, "60").await;
}

#[both_databases]
async fn a_published_figure_is_shown_as_published_under_its_name(office: Office) {
    let director = office.director();
    let mut new = figure("investment_expected_cumulative", "61568");
    new["unit"] = json!("HKD_million");
    new["comparator"] = json!("exactly");
    let kept = director.call("POST", "/api/v1/published-figures", &[], new).await.json();
    let record = format!("/figures/published/{}", kept["record_id"]);
    let filtered = "/figures/published?metric=investment_expected_cumulative";
    for (language, words) in [
        (Language::English, "HK$61,568 million"),
        (Language::Traditional, "615.68億港元"),
        (Language::Simplified, "615.68亿港元"),
    ] {
        let name = office.house.codes.name(published::METRICS, "investment_expected_cumulative", language);
        for path in [record.as_str(), filtered] {
            let page = director.get_in(language, path).await.body;
            assert!(page.contains(words) && page.contains(&name), "{path} {words} {name}: {page}");
            assert!(!page.contains("61.56 billion"), "{page}");
        }
        let chips = director.get_in(language, filtered).await.body;
        let chips = chips.split("class=\"chips").nth(1).unwrap().split("</").next().unwrap().to_owned();
        assert!(chips.contains(&name), "{chips}");
    }
    let found = director.call("GET", "/api/v1/reconciliation?as_at=2026-03-31", &[], Value::Null).await;
    assert!(found.body.contains("HK$61,568 million"), "{}", found.body);
}

#[both_databases]
async fn a_figure_altered_past_its_audit_is_named(office: Office) {
    let director = office.director();
    let kept = keeps(&director, "61.5").await;
    let path = format!("/api/v1/published-figures/{}", kept["record_id"]);
    let correction = json!({"value": "62", "reason": "the speech as delivered"});
    assert_eq!(director.call("PATCH", &path, &[("if-match", "\"1\"")], correction).await.status, 200);
    let mut cx = office.operator();
    let found = (published::check().run)(&mut cx).await.unwrap();
    assert_eq!((found.looked_at, found.wrong), (1, Vec::new()));
    for (statement, words) in [
        (
            "UPDATE published_figures SET value = 63000 WHERE version = 2",
            "version 2): value is “63”, and the audit says “62”",
        ),
        (
            "UPDATE published_figures SET source = 'x' WHERE version = 1",
            "version 1): source is “x”, and the audit says",
        ),
        ("UPDATE published_figures SET superseded_at = 1 WHERE version = 2", "stands no more, though nobody"),
        ("UPDATE published_figures SET record_id = record_id + 1", "was kept by nobody, as the audit has it"),
        ("UPDATE published_figures SET record_id = record_id + 1", "was kept and is not there"),
    ] {
        Sql::new(statement).execute(&mut cx).await.unwrap();
        let wrong = (published::check().run)(&mut cx).await.unwrap().wrong;
        assert!(wrong.iter().any(|said| said.contains(words)), "{words}: {wrong:?}");
        cx.undo().await.unwrap();
        cx = office.operator();
    }
    cx.undo().await.unwrap();
}
