//! Stories of totals that revisions state, of currencies, and of a ledger that was tampered with.

use platform::db::Dialect;
use platform::sql::Sql;
use platform::{Cx, Id, both_databases};
use serde_json::json;
use time::macros::date;

use super::super::{check, enter, reverse, totals};
use super::{enters, entry, standing};
use crate::milestone::{self, NewMilestone};
use crate::project;
use crate::tests::Office;
use crate::tests::import::{bring_in, named, said};

#[both_databases]
async fn nothing_dated_before_a_revision_makes_its_total_untrue(office: Office) {
    let id = office.project("Harbour Robotics").await;
    enters(&office, id, entry("pledged", "jobs_rd", "100", "2024-01-01")).await;
    let revision = enters(&office, id, entry("revised", "jobs_rd", "150", "2024-03-01")).await;
    let path = format!("/api/v1/projects/{id}/ledger");
    for (kind, amount) in [("revised", 120), ("pledged", 20), ("withdrawn", 5)] {
        let body = json!({"measure": "jobs_rd", "kind": kind, "amount": amount, "effective_on": "2024-02-01"});
        let refused = office.director().call("POST", &path, &[], body).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        for said in ["ledger-before-revision", "2024-03-01", "150"] {
            assert!(refused.body.contains(said), "{kind} {said}: {}", refused.body);
        }
    }
    enters(&office, id, entry("pledged", "jobs_other", "3", "2024-02-01")).await;
    let mut cx = office.operator();
    let (today, now) = (cx.today(), cx.now());
    assert_eq!(totals(&mut cx, id, today, now).await.unwrap()[0].standing, 150);
    reverse(&mut cx, revision, "entered too early").await.unwrap();
    enter(&mut cx, id, entry("revised", "jobs_rd", "120", "2024-02-01")).await.unwrap();
    enter(&mut cx, id, entry("revised", "jobs_rd", "150", "2024-03-01")).await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(standing(&mut cx, id, date!(2024 - 02 - 15), now).await, (100, 20, 0, 0));
    assert_eq!(standing(&mut cx, id, date!(2024 - 03 - 01), now).await, (100, 50, 0, 0));
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_revision_changes_what_was_pledged_and_begins_nothing(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let path = format!("/api/v1/projects/{id}/ledger");
    let send = async |kind: &str, amount: i64, day: &str| {
        let body = json!({"measure": "jobs_rd", "kind": kind, "amount": amount, "effective_on": day});
        office.director().call("POST", &path, &[], body).await
    };
    let refused = send("revised", 100, "2024-01-01").await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("kind")), "{}", refused.body);
    assert!(refused.body.contains("ledger-revision-of-nothing"), "{}", refused.body);
    let slip = send("pledged", 50, "2024-02-01").await.json()["id"].as_i64().unwrap();
    assert_eq!(send("revised", 100, "2024-01-31").await.status, 422, "nothing was pledged by then");
    let mut cx = office.operator();
    let reference = project::get(&mut cx, id).await.unwrap().reference;
    reverse(&mut cx, Id(slip), "of another project").await.unwrap();
    cx.commit().await.unwrap();
    let file = format!("project,measure,kind,amount,effective_on\n{reference},jobs_rd,revised,100,2024-03-01\n");
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("kind", "ledger-revision-of-nothing")]);
    assert_eq!(send("pledged", 50, "2024-02-01").await.status, 201);
    assert_eq!(send("revised", 100, "2024-03-01").await.status, 201);
}

#[both_databases]
async fn entries_of_a_day_count_in_the_order_in_which_they_were_recorded(office: Office) {
    let id = office.project("Harbour Robotics").await;
    enters(&office, id, entry("pledged", "jobs_rd", "80", "2024-01-01")).await;
    let revision = enters(&office, id, entry("revised", "jobs_rd", "100", "2024-05-01")).await;
    let pledge = enters(&office, id, entry("pledged", "jobs_rd", "50", "2024-05-01")).await;
    let again = enters(&office, id, entry("revised", "jobs_rd", "140", "2024-05-01")).await;
    let page = office.officer(None).get(&format!("/projects/{id}/ledger")).await.body;
    let place = |id: Id| page.find(&format!("id=\"entry-{id}\"")).unwrap();
    assert!(place(again) < place(pledge) && place(pledge) < place(revision), "{page}");
    assert!(page.contains("changes the pledge by +20 jobs"), "{page}");
    assert!(page.contains("changes the pledge by -10 jobs"), "{page}");
    let mut cx = office.operator();
    let (today, now) = (cx.today(), cx.now());
    assert_eq!(totals(&mut cx, id, today, now).await.unwrap()[0].standing, 140);
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_revision_is_told_by_its_total_and_by_what_it_changes(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let send = async |kind: &str, measure: &str, amount: &str, unit: &str, rate: &str, day: &str| {
        let rate_source = if rate.is_empty() { "" } else { "a bank" };
        let body = json!({"measure": measure, "kind": kind, "amount": amount, "unit": unit, "rate": rate,
            "rate_source": rate_source, "effective_on": day});
        let made = office.director().call("POST", &format!("/api/v1/projects/{id}/ledger"), &[], body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()
    };
    send("pledged", "investment", "1000000", "USD", "7.8", "2024-01-01").await;
    send("revised", "investment", "3000000", "USD", "7.8", "2024-02-01").await;
    let lower = send("revised", "investment", "1500000", "USD", "8.0", "2024-03-01").await;
    assert_eq!((&lower["amount"], &lower["base_amount"]), (&json!(1_500_000), &json!(-11_400_000)));
    send("pledged", "floor_area", "100", "sq_m", "", "2024-01-01").await;
    send("revised", "floor_area", "50", "sq_m", "", "2024-02-01").await;
    send("pledged", "jobs_rd", "150", "jobs", "", "2024-01-01").await;
    let fewer = send("revised", "jobs_rd", "70", "jobs", "", "2024-02-01").await;
    let mut cx = office.operator();
    let back = reverse(&mut cx, Id(fewer["id"].as_i64().unwrap()), "a slip").await.unwrap();
    cx.commit().await.unwrap();
    let page = office.director().get(&format!("/projects/{id}/ledger")).await.body;
    for said in [
        "counted as HK$23,400,000<",
        "changes the pledge by +HK$15,600,000<",
        "counted as HK$12,000,000<",
        "changes the pledge by -HK$11,400,000<",
        "counted as HK$7,800,000<",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("counted as 538.2 sq") && page.contains("changes the pledge by -538.19 sq"), "{page}");
    let then = office.director().get(&format!("/projects/{id}/ledger?as_at=2024-02-15")).await.body;
    assert!(then.contains("<p class=\"printed\">As at 15 Feb 2024, as known at "), "{then}");
    let row = &page[page.find(&format!("id=\"entry-{back}\"")).unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    assert!(row.contains("+80 jobs") && !row.contains("70 jobs"), "{row}");
    let told = office.director().call("GET", &format!("/api/v1/ledger/{back}"), &[], json!(null)).await.json();
    assert_eq!((&told["base_amount"], &told["base_unit"]), (&json!(80), &json!("jobs")));
    let mut cx = office.operator();
    let kind = office.house.export_kind("ledger").unwrap();
    let file = platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
    cx.undo().await.unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    let line = text.lines().find(|line| line.contains(&back.to_string())).unwrap();
    assert!(line.trim_end().ends_with(",80,jobs"), "{line}");
    assert_eq!(bring_in(&office, "ledger", text.as_bytes()).await.refused, 0);
}

#[both_databases]
async fn a_file_is_taken_in_the_order_of_its_days(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let reference = project::get(&mut cx, id).await.unwrap().reference;
    cx.undo().await.unwrap();
    let file = format!(
        "project,measure,kind,amount,effective_on\n{reference},jobs_rd,revised,150,2026-03-01\n\
         {reference},jobs_rd,pledged,100,2026-01-01\n"
    );
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!((import.created, import.refused), (2, 0));
    let mut cx = office.operator();
    let now = cx.now();
    assert_eq!(standing(&mut cx, id, date!(2026 - 04 - 01), now).await, (100, 50, 0, 0));
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
    let file = format!("project,measure,kind,amount,effective_on\n{reference},jobs_rd,pledged,1,2026-02-01\n");
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!(named(&said(&office, import.id).await, 2), [("effective_on", "ledger-before-revision")]);
}

#[both_databases]
async fn money_is_of_a_currency_that_there_is(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let path = format!("/api/v1/projects/{id}/ledger");
    for (unit, status) in [("ZZZ", 422), ("THB", 201)] {
        let body = json!({"measure": "investment", "kind": "pledged", "amount": 100, "unit": unit, "rate": 2,
            "rate_source": "a bank", "effective_on": "2024-02-01"});
        let answer = office.director().call("POST", &path, &[], body).await;
        assert_eq!(answer.status, status, "{unit}: {}", answer.body);
    }
}

/// What the check finds once a statement has done what no verb does.
async fn found(cx: &mut Cx, statements: &[&'static str]) -> Vec<String> {
    match cx.dialect() {
        Dialect::Sqlite => {
            for guard in ["DROP TRIGGER ledger_entries_no_update", "DROP TRIGGER ledger_entries_no_delete"] {
                Sql::new(guard).execute(cx).await.unwrap();
            }
            Sql::new("PRAGMA defer_foreign_keys = ON").execute(cx).await.unwrap();
        }
        Dialect::Postgres => {
            Sql::new("SET LOCAL session_replication_role = replica").execute(cx).await.unwrap();
        }
    }
    for statement in statements {
        Sql::new(statement).execute(cx).await.unwrap();
    }
    let wrong = (check().run)(cx).await.unwrap().wrong;
    cx.undo().await.unwrap();
    wrong
}

async fn a_ledger(office: &Office) -> Id {
    let id = office.project("Harbour Robotics").await;
    enters(office, id, entry("pledged", "investment", "1000", "2024-01-01")).await;
    enters(office, id, entry("revised", "investment", "1500", "2024-03-01")).await;
    let slip = enters(office, id, entry("realised", "jobs_rd", "4", "2024-05-01")).await;
    let mut cx = office.operator();
    reverse(&mut cx, slip, "a slip").await.unwrap();
    for (kind, day) in [("met", "2023-10-01"), ("attracted", "2023-11-23")] {
        let new = NewMilestone { kind: kind.into(), effective_on: day.into(), ..NewMilestone::default() };
        milestone::record(&mut cx, id, new).await.unwrap();
    }
    let all = milestone::all(&mut cx, id).await.unwrap();
    let attracted = all.iter().find(|one| one.kind == "attracted").unwrap().id;
    let corrected = NewMilestone {
        kind: "attracted".into(),
        effective_on: "2023-11-24".into(),
        corrects: Some(attracted),
        reason: "a letter".into(),
        ..NewMilestone::default()
    };
    milestone::record(&mut cx, id, corrected).await.unwrap();
    milestone::withdraw(&mut cx, id, all.iter().find(|one| one.kind == "met").unwrap().id, "somebody else")
        .await
        .unwrap();
    cx.commit().await.unwrap();
    id
}

#[both_databases]
async fn a_ledger_that_was_tampered_with_is_not_consistent(office: Office) {
    a_ledger(&office).await;
    let mut cx = office.operator();
    assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
    let broken: [(&[&'static str], &str); 9] = [
        (&["UPDATE ledger_entries SET project_id = 1 WHERE kind = 'pledged'"], "project 1 is not there"),
        (
            &["UPDATE ledger_entries SET base_amount = base_amount * 10 WHERE kind = 'pledged'"],
            "adds another amount than was entered",
        ),
        (&["UPDATE ledger_entries SET base_amount = 1 WHERE kind = 'revised'"], "adds another amount than was entered"),
        (
            &["DELETE FROM ledger_entries WHERE kind = 'realised'"],
            "the audit tells of an entry of 4 steps of jobs of jobs_rd",
        ),
        (&["DELETE FROM projects"], "is not there: 4 entries and 3 milestones hang on it"),
        (&["DELETE FROM milestones WHERE kind = 'met'"], "the audit tells of “met” that is not there so"),
        (&["UPDATE milestones SET effective_on = '2023-12-24'"], "“attracted” of 2023-12-24 is not in the audit"),
        (&["UPDATE milestones SET superseded_at = NULL"], "what was taken back of “attracted”"),
        (&["UPDATE ledger_entries SET evidence_id = 1"], "an entry rests on a paper that its project does not have"),
    ];
    for (statements, said) in broken {
        let mut cx = office.operator();
        let wrong = found(&mut cx, statements).await;
        assert!(wrong.iter().any(|one| one.contains(said)), "{statements:?}: {wrong:?}");
    }
}
