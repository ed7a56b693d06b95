//! Stories of the ledger, on both databases.

use platform::clock::At;
use platform::forms::Loose;
use platform::{Cx, Id, both_databases};
use time::macros::date;

use super::{NewEntry, check, enter, entries, reverse, totals};
use crate::figures::{self, AsOf, Measure};
use crate::tests::Office;

mod closing;
mod stated;

fn entry(kind: &str, measure: &str, amount: &str, day: &str) -> NewEntry {
    NewEntry {
        kind: kind.into(),
        measure: measure.into(),
        amount: Loose::from(amount),
        effective_on: Loose::from(day),
        evidence: "a letter".into(),
        ..NewEntry::default()
    }
}

async fn enters(office: &Office, project: Id, new: NewEntry) -> Id {
    let mut cx = office.operator();
    let id = enter(&mut cx, project, new).await.unwrap();
    cx.commit().await.unwrap();
    id
}

async fn standing(cx: &mut Cx, project: Id, day: time::Date, known: At) -> (i64, i64, i64, i64) {
    match totals(cx, project, day, known).await.unwrap().first() {
        Some(total) => (total.pledged, total.revised, total.withdrawn, total.realised),
        None => (0, 0, 0, 0),
    }
}

#[both_databases]
async fn an_entry_of_today_changes_then_and_not_what_was_known_then(office: Office) {
    let project = office.project("Harbour Robotics").await;
    enters(&office, project, entry("pledged", "investment", "1000", "2024-03-20")).await;
    let before = office.clock.now();
    office.clock.set(before.plus_seconds(3600));
    enters(&office, project, entry("pledged", "investment", "500", "2024-01-01")).await;
    let mut cx = office.operator();
    let now = cx.now();
    assert_eq!(standing(&mut cx, project, date!(2024 - 02 - 01), now).await.0, 50_000);
    assert_eq!(standing(&mut cx, project, date!(2024 - 02 - 01), before).await.0, 0);
    assert_eq!(standing(&mut cx, project, date!(2024 - 12 - 31), now).await.0, 150_000);
    assert_eq!(standing(&mut cx, project, date!(2024 - 12 - 31), before).await.0, 100_000);
    let total = |as_at, known_at| AsOf { as_at, known_at };
    let day = date!(2024 - 02 - 01);
    let value = figures::total(&mut cx, total(day, now), Measure::InvestmentPledged).await.unwrap();
    assert_eq!((value.value, value.unit.as_str()), (50_000, "HKD"));
    assert_eq!(figures::total(&mut cx, total(day, before), Measure::InvestmentPledged).await.unwrap().value, 0);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn additions_and_revisions_stay_apart(office: Office) {
    let project = office.project("Harbour Robotics").await;
    enters(&office, project, entry("pledged", "jobs_rd", "100", "2024-01-01")).await;
    enters(&office, project, entry("revised", "jobs_rd", "80", "2024-06-01")).await;
    enters(&office, project, entry("withdrawn", "jobs_rd", "30", "2024-09-01")).await;
    enters(&office, project, entry("realised", "jobs_rd", "60", "2025-01-01")).await;
    let mut cx = office.operator();
    let now = cx.now();
    assert_eq!(standing(&mut cx, project, date!(2026 - 01 - 01), now).await, (100, -20, -30, 60));
    assert_eq!(standing(&mut cx, project, date!(2024 - 06 - 30), now).await, (100, -20, 0, 0));
    let again = enter(&mut cx, project, entry("revised", "jobs_rd", "50", "2025-01-01")).await;
    assert!(again.is_err(), "nothing would change");
    let too_much = enter(&mut cx, project, entry("withdrawn", "jobs_rd", "51", "2025-01-01")).await;
    assert!(too_much.is_err());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_slip_is_reversed_once_and_both_stay(office: Office) {
    let project = office.project("Harbour Robotics").await;
    let slip = enters(&office, project, entry("pledged", "investment", "10000", "2024-01-01")).await;
    let mut cx = office.operator();
    assert!(reverse(&mut cx, slip, " ").await.is_err(), "a reason is needed");
    let reversal = reverse(&mut cx, slip, "a nought too many").await.unwrap();
    assert!(reverse(&mut cx, slip, "again").await.is_err());
    assert!(reverse(&mut cx, reversal, "back").await.is_err());
    cx.commit().await.unwrap();
    let now = cx.now();
    assert_eq!(standing(&mut cx, project, date!(2026 - 01 - 01), now).await.0, 0);
    assert_eq!(entries(&mut cx, project).await.unwrap().len(), 2);
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn bad_entries_are_refused_with_every_reason(office: Office) {
    let project = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let path = format!("/api/v1/projects/{project}/ledger");
    let send = async |body: serde_json::Value| officer.call("POST", &path, &[], body).await;
    let bad = send(serde_json::json!({
        "measure": "luck", "kind": "hoped", "amount": "42 million", "effective_on": "2024-02-31"
    }))
    .await;
    assert_eq!(bad.status, 422);
    let fields: Vec<String> =
        bad.json()["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fields, ["measure", "kind", "unit", "amount", "effective_on"]);
    for (amount, unit) in [("-5", "HKD"), ("99999999999999999999", "HKD"), ("1.5", "jobs"), ("5", "sq_ft")] {
        let body = serde_json::json!({"measure": "jobs_rd", "kind": "pledged", "amount": amount, "unit": unit, "effective_on": "2024-01-01"});
        assert_eq!(send(body).await.status, 422, "{amount} {unit}");
    }
    for day in ["1024-01-01", "21999-01-01", "2027-01-01"] {
        let body = serde_json::json!({"measure": "jobs_rd", "kind": "pledged", "amount": 5, "effective_on": day});
        assert_eq!(send(body).await.status, 422, "{day}");
    }
    let unproved =
        serde_json::json!({"measure": "jobs_rd", "kind": "realised", "amount": 5, "effective_on": "2024-01-01"});
    assert_eq!(send(unproved).await.status, 422);
    let mut cx = office.operator();
    assert!(entries(&mut cx, project).await.unwrap().is_empty());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn other_currencies_need_a_rate_and_areas_are_kept_as_entered(office: Office) {
    let project = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let mut dollars = entry("pledged", "investment", "1000000.50", "2024-01-01");
    dollars.unit = Loose::from("USD");
    assert!(enter(&mut cx, project, dollars.clone()).await.is_err());
    dollars.rate = Loose::from("7.8");
    dollars.rate_source = "HKMA, that day".into();
    enter(&mut cx, project, dollars).await.unwrap();
    let mut area = entry("pledged", "floor_area", "171900", "2024-01-01");
    area.unit = Loose::from("sq_m");
    enter(&mut cx, project, area).await.unwrap();
    cx.commit().await.unwrap();
    let entries = entries(&mut cx, project).await.unwrap();
    let of = |measure: &str| entries.iter().find(|one| one.measure == measure).unwrap().clone();
    assert_eq!((of("investment").amount, of("investment").base_amount), (100_000_050, 780_000_390));
    assert_eq!((of("floor_area").amount, of("floor_area").unit.as_str()), (17_190_000, "sq_m"));
    // 171,900 sq m is 1,850,316.20 sq ft.
    assert_eq!(of("floor_area").base_amount, 185_031_620);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn the_ledger_page_is_drawn_and_the_form_comes_back_with_its_problems(office: Office) {
    let project = office.project("Harbour Robotics").await;
    let officer = office.officer(None);
    let path = format!("/projects/{project}/ledger");
    let bad = officer
        .post(
            &path,
            &[("kind", "pledged"), ("measure", "investment"), ("amount", "lots"), ("effective_on", "2024-01-01")],
        )
        .await;
    assert!(bad.status == 422 && bad.body.contains("value=\"lots\""), "{}", bad.body);
    let good = officer
        .post(
            &path,
            &[
                ("kind", "pledged"),
                ("measure", "investment"),
                ("amount", "42,000,000,000"),
                ("effective_on", "2024-01-01"),
            ],
        )
        .await;
    assert_eq!(good.status, 303, "{}", good.body);
    for language in platform::text::Language::ALL {
        assert_eq!(officer.get_in(language, &path).await.status, 200);
    }
    assert!(officer.get(&path).await.body.contains("HK$42,000,000,000"));
    let reader = office.person(platform::permission::Role::ReadOnly, None);
    assert_eq!(reader.post(&path, &[("kind", "pledged")]).await.status, 403);
}

#[both_databases]
async fn nothing_dated_back_leaves_less_than_nothing_later(office: Office) {
    let project = office.project("Harbour Robotics").await;
    let first = enters(&office, project, entry("pledged", "investment", "100", "2024-01-01")).await;
    enters(&office, project, entry("withdrawn", "investment", "80", "2024-06-01")).await;
    let mut cx = office.operator();
    let back = enter(&mut cx, project, entry("withdrawn", "investment", "50", "2024-03-01")).await.unwrap_err();
    assert!(back.to_string().contains("ledger-less-than-nothing"), "{back}");
    let lower = enter(&mut cx, project, entry("revised", "investment", "60", "2024-03-01")).await.unwrap_err();
    assert!(lower.to_string().contains("ledger-less-than-nothing"), "{lower}");
    let taken = reverse(&mut cx, first, "a slip").await.unwrap_err();
    assert!(taken.to_string().contains("ledger-reversal-below"), "{taken}");
    cx.undo().await.unwrap();
    enters(&office, project, entry("withdrawn", "investment", "20", "2024-03-01")).await;
    let mut cx = office.operator();
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    let (today, now) = (cx.today(), cx.now());
    let total = totals(&mut cx, project, today, now).await.unwrap().remove(0);
    assert_eq!((total.pledged, total.withdrawn, total.standing, total.outstanding), (10_000, -10_000, 0, 0));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn an_entry_is_shown_by_a_paper_of_its_own_project(office: Office) {
    let (project, other) = (office.project("Harbour Robotics").await, office.project("Peak Batteries").await);
    let mut cx = office.operator();
    let mut paper_of = async |project: Id| {
        let new = crate::evidence::NewEvidence {
            kind: "first-payroll".into(),
            dated_on: "2024-05-01".into(),
            reference: "payroll".into(),
        };
        crate::evidence::add(&mut cx, project, new).await.unwrap();
        crate::evidence::of(&mut cx, project).await.unwrap()[0].id
    };
    let (own, foreign) = (paper_of(project).await, paper_of(other).await);
    cx.commit().await.unwrap();
    let realised = |paper: Id| NewEntry {
        evidence: String::new(),
        evidence_id: Loose(paper.to_string()),
        ..entry("realised", "jobs_rd", "12", "2024-05-01")
    };
    let mut cx = office.operator();
    let crossed = enter(&mut cx, project, realised(foreign)).await.unwrap_err();
    assert!(crossed.to_string().contains("ledger-paper-unknown"), "{crossed}");
    cx.undo().await.unwrap();
    enters(&office, project, realised(own)).await;
    let page = office.officer(None).get(&format!("/projects/{project}/ledger")).await;
    assert!(page.body.contains("first-payroll · payroll"), "{}", page.body);
}
