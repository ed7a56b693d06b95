//! Stories of projects that come in by file.

use platform::clock::At;
use platform::import::{self, Import, run};
use platform::permission::Role;
use platform::{Id, both_databases};

use super::{Office, holders, stage_of};
use crate::figures::{AsOf, Dimension, Measure, cut, cut::Cut};
use crate::{ledger, milestone, project};

pub(crate) async fn bring_in(office: &Office, kind: &str, content: &[u8]) -> Import {
    let (checked, kept) = office.brings_in(kind, content).await;
    assert_eq!((kept.created, kept.changed), (checked.to_create, checked.to_change), "the check told what was kept");
    kept
}

pub(crate) async fn take_back(office: &Office, id: Id) -> Import {
    let mut cx = office.operator();
    run::undo(&mut cx, id).await.unwrap();
    cx.commit().await.unwrap();
    platform::jobs::run_all(&office.house).await.unwrap();
    let import = run::get(&mut cx, id).await.unwrap().0;
    cx.undo().await.unwrap();
    assert_eq!(import.state, "undone");
    import
}

pub(crate) async fn said(office: &Office, id: Id) -> Vec<(u64, String, String)> {
    let mut cx = office.operator();
    let problems = import::problems(&mut cx, id, 0, 100).await.unwrap();
    cx.undo().await.unwrap();
    problems.into_iter().map(|(row, problem)| (row, problem.field, problem.key)).collect()
}

pub(crate) fn named(said: &[(u64, String, String)], row: u64) -> Vec<(&str, &str)> {
    said.iter().filter(|(at, ..)| *at == row).map(|(_, field, key)| (field.as_str(), key.as_str())).collect()
}

async fn reference(office: &Office, id: Id) -> String {
    let mut cx = office.operator();
    let reference = project::get(&mut cx, id).await.unwrap().reference;
    cx.undo().await.unwrap();
    reference
}

async fn sound(office: &Office) {
    let mut cx = office.operator();
    for check in [project::check(), ledger::check(), crate::evidence::check()] {
        assert_eq!((check.run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    }
    cx.undo().await.unwrap();
}

#[both_databases]
async fn projects_are_started_and_changed_by_reference_in_one_file(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let reference = reference(&office, held).await;
    office.enterprise("Peak Batteries").await;
    let file = format!(
        "reference,enterprise,title,nature,met_on,attracted_on,proposal_received_on,stage,stage_on\n\
         {reference},,Harbour base,foothold,2024-01-10,,2024-02-01,,\n\
         ,Peak Batteries,Peak plant,expansion,2024-03-01,2024-04-01,,identified,\n\
         ,peak batteries,Peak plant,expansion,2024-03-01,2024-04-01,,,\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.created, import.changed, import.to_leave, import.refused), (1, 1, 1, 0));
    let mut cx = office.operator();
    let project = project::get(&mut cx, held).await.unwrap();
    assert_eq!((project.title.as_str(), project.nature.as_deref()), ("Harbour base", Some("foothold")));
    let milestones = milestone::all(&mut cx, held).await.unwrap();
    assert_eq!(milestone::day_of(&milestones, "met"), Some(time::macros::date!(2024 - 01 - 10)));
    cx.undo().await.unwrap();
    let again = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((again.created, again.changed, again.to_leave), (0, 0, 3), "the same file again changes nothing");
    sound(&office).await;
}

#[both_databases]
async fn a_stage_asked_for_meets_its_gates_or_the_row_names_all_that_is_missing(office: Office) {
    office.enterprise("Harbour Robotics").await;
    let owner = office.officer(None).account();
    let file = format!(
        "enterprise,title,owner,nature,activities,met_on,proposal_received_on,assessment,attracted_on,evidence_kind,\
         evidence_on,evidence_reference,stage,stage_on\n\
         Harbour Robotics,One,,,,,,,,,,,negotiating,2024-06-01\n\
         Harbour Robotics,Two,,foothold,rd-centre,2024-01-01,2024-02-01,Strong,,,,,proposal_received,2024-06-01\n\
         Harbour Robotics,Three,,foothold,rd-centre,2024-07-01,2024-02-01,Strong,,,,,engaged,2024-06-01\n\
         Harbour Robotics,Four,{owner},,,2024-01-01,,,2024-05-01,agreement,2024-05-02,No. 7,engaged,2024-06-01\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    let missing: Vec<&str> = named(&said, 2).iter().map(|(_, key)| *key).collect();
    let all = [
        "gate-needs-owner",
        "gate-needs-met-on",
        "gate-needs-nature",
        "gate-needs-activity",
        "gate-needs-proposal-received-on",
        "gate-needs-assessment",
    ];
    assert_eq!(missing, all);
    assert_eq!(named(&said, 3), [("stage", "gate-needs-owner")]);
    assert!(named(&said, 4).contains(&("stage", "gate-needs-met-on")), "met a month after the stage: {said:?}");
    // The owner is nobody the office knows: people of a test are not accounts.
    assert_eq!(named(&said, 5), [("owner", "problem-code-unknown")]);
    assert_eq!((import.created, import.refused), (0, 4), "nothing of a refused row is kept");
    sound(&office).await;
}

#[both_databases]
async fn a_bad_row_names_row_column_and_reason_and_the_rest_goes_in(office: Office) {
    office.enterprise("Harbour Robotics").await;
    office.ceremony("2024-03-20").await;
    let file = "enterprise,title,met_on,signed_on,attracted_on,status,status_on,note,nature,commenced_on,ceremony\n\
        Harbour Robotics,A,2024-02-31,,,,,,,,\n\
        Harbour Robotics,B,1024-01-01,,,,,,,,\n\
        Harbour Robotics,C,21999-01-01,,,,,,,,\n\
        Harbour Robotics,D,,2024-03-20,,,,,,,2024-03-20\n\
        Harbour Robotics,E,,,,withdrawn,2024-05-01,,,,\n\
        Harbour Robotics,F,,,,exited,2024-05-01,left,,,\n\
        Harbour Robotics,G,,,,thriving,,,,,\n\
        Harbour Robotics,H,,,,,,,takeover,,\n\
        Harbour Robotics,I,,,2024-04-01,,,,,2024-05-01,\n\
        Harbour Robotics,J,,2024-03-20,2024-03-01,,,,,,No such ceremony\n\
        Harbour Robotics,K,2099-01-01,,,,,,,,\n\
        Harbour Robotics,\u{202E}desrever,,,,,,,,,\n\
        Harbour Robotics,L \u{7}bell,,,,,,,,,\n\
        Atlantis Works,M,,,,,,,,,\n\
        Harbour Robotics,𠮷野家 and 😀,2024-01-05,,,withdrawn,2024-05-01,no site,,,\n";
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    for (row, expected) in [
        (2, ("met_on", "problem-day-none")),
        (3, ("met_on", "problem-day-year")),
        (4, ("met_on", "problem-day-year")),
        (5, ("signed_on", "problem-signed-before-attracted")),
        (6, ("note", "problem-reason-missing")),
        (7, ("status", "project-stage-status")),
        (8, ("status", "problem-status-unknown")),
        (9, ("nature", "problem-code-unknown")),
        (10, ("commenced_on", "problem-commenced-evidence")),
        (11, ("ceremony", "problem-batch-unknown")),
        (12, ("met_on", "problem-day-future")),
        (13, ("title", "problem-text-control")),
        (14, ("title", "problem-text-control")),
        (15, ("enterprise", "problem-enterprise-unknown")),
    ] {
        assert_eq!(named(&said, row), [expected], "row {row}");
    }
    assert_eq!((import.created, import.refused), (1, 14));
    let list = office.director().get("/projects").await;
    assert!(list.body.contains("𠮷野家 and 😀"), "four bytes a character are characters too");
    sound(&office).await;
}

#[both_databases]
async fn an_undone_import_puts_back_what_it_changed_and_keeps_what_others_touched(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let touched = office.project("Peak Batteries").await;
    let (one, two) = (reference(&office, held).await, reference(&office, touched).await);
    office.enterprise("Lake Labs").await;
    let file = format!(
        "reference,enterprise,title,nature,met_on,evidence_kind,evidence_on,evidence_reference,status,status_on,note\n\
         {one},,Renamed,foothold,2024-01-10,agreement,2024-01-11,No. 9,withdrawn,2024-05-01,no site\n\
         {two},,Renamed too,expansion,,,,,,,\n\
         ,Lake Labs,Lake base,foothold,2024-01-01,,,,,,\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.created, import.changed), (1, 2));
    let mut cx = office.operator();
    let version = project::get(&mut cx, touched).await.unwrap().version;
    let edit = std::collections::BTreeMap::from([("title".to_owned(), Some("By hand".to_owned()))]);
    project::edit(&mut cx, touched, version, edit).await.unwrap();
    cx.commit().await.unwrap();

    let undone = take_back(&office, import.id).await;
    assert_eq!(undone.kept_touched, 1);
    let mut cx = office.operator();
    let back = project::get(&mut cx, held).await.unwrap();
    assert_eq!((back.title.as_str(), back.nature.as_deref()), ("Harbour Robotics in Hong Kong", None));
    assert_eq!(back.status, "active");
    let milestones = milestone::all(&mut cx, held).await.unwrap();
    assert_eq!(milestone::day_of(&milestones, "met"), None);
    assert!(crate::evidence::of(&mut cx, held).await.unwrap().is_empty());
    let left = project::get(&mut cx, touched).await.unwrap();
    assert_eq!((left.title.as_str(), left.nature), ("By hand", None), "only what others changed stays");
    let stayed = import::stayed(&mut cx, import.id).await.unwrap();
    let stayed: Vec<_> = stayed.iter().map(|one| (one.subject_id, one.reason.as_str())).collect();
    assert_eq!(stayed, [(touched, "in_part")]);
    let list = office.director().get("/projects").await;
    assert!(!list.body.contains("Lake base"), "what it started is retired");
    cx.undo().await.unwrap();
    sound(&office).await;
}

/// Projects by stage and by status, as at a day.
async fn standing(office: &Office, as_at: time::Date, known_at: At) -> Vec<(String, String, i64)> {
    let mut cx = office.operator();
    let cut = Cut {
        by: vec![Dimension::Stage, Dimension::Status],
        ..Cut::whole(Measure::Projects, AsOf { as_at, known_at })
    };
    let tally = cut::tally(&mut cx, &cut).await.unwrap();
    cx.undo().await.unwrap();
    let mut found = Vec::new();
    for stage in tally.values(0) {
        for status in tally.values(1) {
            let count = tally.value(&[Some(stage), Some(status)]);
            found.push((stage.clone(), status.clone(), count));
        }
    }
    found.retain(|(.., count)| *count != 0);
    found.sort();
    found
}

#[both_databases]
async fn an_undone_import_leaves_the_past_as_it_was_and_can_be_sent_again(office: Office) {
    let moved = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let owner = holders::hired(&mut cx, Role::Officer).await;
    cx.commit().await.unwrap();
    let one = reference(&office, moved).await;
    office.clock.set(office.clock.now().plus_seconds(3_600));
    let (july, began) = (time::macros::date!(2026 - 07 - 01), office.clock.now());
    let before = standing(&office, july, began).await;
    office.clock.set(began.plus_seconds(3_600));
    let file = format!(
        "reference,owner,met_on,stage,stage_on,status,status_on,note\n\
         {one},{owner},2026-05-01,contacted,2026-06-01,,,\n\
         {one},,,engaged,2026-06-02,delayed,2026-06-10,late\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.changed, import.refused), (2, 0), "{:?}", said(&office, import.id).await);
    let kept = office.clock.now();
    let then = standing(&office, july, kept).await;
    assert_ne!(then, before);
    office.clock.set(kept.plus_seconds(3_600));
    assert_eq!(take_back(&office, import.id).await.kept_touched, 0);
    let now = office.clock.now();
    for day in [july, time::macros::date!(2026 - 06 - 01), time::macros::date!(2026 - 06 - 05)] {
        assert_eq!(standing(&office, day, now).await, standing(&office, day, began).await, "as known now, on {day}");
    }
    assert_eq!(standing(&office, july, kept).await, then, "as known meanwhile");
    sound(&office).await;
    let again = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((again.changed, again.refused), (2, 0), "{:?}", said(&office, again.id).await);
    assert_eq!(standing(&office, july, office.clock.now()).await, then);
    sound(&office).await;
}

#[both_databases]
async fn an_undone_ledger_can_be_sent_again_and_a_doubled_row_is_refused(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let one = reference(&office, held).await;
    let file = format!(
        "project,measure,kind,amount,effective_on,period_from,period_to,note\n\
         {one},jobs_rd,pledged,10,2024-05-01,,,\n\
         {one},jobs_rd,pledged,10,2024-05-01,,,\n\
         {one},jobs_rd,pledged,10,2024-05-01,,,the second wing\n\
         {one},jobs_rd,pledged,10,2024-05-01,2025-01-01,2025-12-31,\n"
    );
    let total = async || {
        let mut cx = office.operator();
        let (today, now) = (cx.today(), cx.now());
        let totals = ledger::totals(&mut cx, held, today, now).await.unwrap();
        cx.undo().await.unwrap();
        totals.first().map_or(0, |total| total.standing)
    };
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!((import.created, import.refused, total().await), (3, 1, 30));
    assert_eq!(named(&said(&office, import.id).await, 3), [("amount", "ledger-row-twice")]);
    let again = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!((again.created, again.to_leave, again.refused), (0, 3, 1));
    take_back(&office, import.id).await;
    assert_eq!(total().await, 0);
    let again = bring_in(&office, "ledger", file.as_bytes()).await;
    assert_eq!((again.created, again.refused, total().await), (3, 1, 30));
    sound(&office).await;
}

#[both_databases]
async fn what_a_frozen_release_counted_is_not_overwritten_by_a_file(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let reference = reference(&office, held).await;
    let mut cx = office.operator();
    platform::frozen::freeze(&mut cx, "project", &[held], "R-2026-0001").await.unwrap();
    cx.commit().await.unwrap();
    let file = format!("reference,nature,description\n{reference},foothold,\n{reference},,still open\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.changed, import.refused), (1, 1));
    assert_eq!(named(&said(&office, import.id).await, 2), [("nature", "project-frozen")]);
}

#[both_databases]
async fn a_thousand_rows_take_no_statement_each(office: Office) {
    office.enterprise("Harbour Robotics").await;
    let mut file = "enterprise,title,nature,met_on,status,status_on,note\n".to_owned();
    for number in 0..1_500 {
        file.push_str(&format!("Harbour Robotics,Project {number},foothold,2024-01-10,delayed,2024-05-01,late\n"));
    }
    let started = std::time::Instant::now();
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.created, import.refused), (1_500, 0));
    let spent = started.elapsed();
    take_back(&office, import.id).await;
    // Debug code on a busy machine; a statement for each row would take ten times this.
    assert!(spent.as_secs() < 60, "{spent:?}");
    let list = office.director().get("/projects").await;
    assert_eq!(list.body.matches("<tr data-href").count(), 0);
    sound(&office).await;
}

#[both_databases]
async fn rows_of_one_project_contradict_one_another_nowhere_in_the_file(office: Office) {
    office.enterprise("Lanyue").await;
    let first = "Lanyue,Lake base,one\n".repeat(1_001);
    let file = format!("enterprise,title,description\n{first}Lanyue,lake base,two\n");
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.created, import.changed, import.to_leave, import.refused), (1, 0, 1_000, 1));
    assert_eq!(named(&said(&office, import.id).await, 1_003), [("title", "import-row-otherwise")]);

    let held = office.project("Harbour Robotics").await;
    let one = reference(&office, held).await;
    let file = format!(
        "reference,nature,description\n{one},foothold,\n{one},,added to it\n{one},expansion,\n{one},foothold,\n"
    );
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((import.changed, import.to_leave, import.refused), (2, 1, 1));
    assert_eq!(named(&said(&office, import.id).await, 4), [("nature", "import-row-otherwise")]);
    sound(&office).await;
}

#[both_databases]
async fn the_histories_of_the_projects_of_a_file_are_found_by_project(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let file = format!("reference,description\n{},more\n", reference(&office, held).await);
    office.listen();
    bring_in(&office, "projects", file.as_bytes()).await;
    let asked = office.heard();
    let histories: Vec<_> = asked.iter().filter(|sql| sql.text().contains("field FROM project_facts")).collect();
    assert!(!histories.is_empty());
    for sql in histories {
        let plan = office.plan(sql).await;
        assert!(plan.contains("project_facts_by_project"), "{plan}");
    }
}

#[both_databases]
async fn who_may_not_edit_may_not_bring_in(office: Office) {
    let reader = office.person(Role::ReadOnly, None);
    let mut cx = reader.cx();
    let kind = office.house.import_kind("projects").unwrap();
    let file = office.house.files.folder().with_extension("csv");
    std::fs::write(&file, "title\nx\n").unwrap();
    let received = office.house.files.receive_path(&file, 1 << 20).await.unwrap();
    assert!(run::upload(&mut cx, kind, "file.csv", received).await.is_err());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn amounts_with_units_inside_and_negative_ones_are_refused_with_the_reason(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let reference = reference(&office, held).await;
    let row = |measure: &str, amount: &str, unit: &str, rest: &str| {
        format!("{reference},{measure},pledged,\"{amount}\",{unit},2024-05-01,{rest}\n")
    };
    let file = ["project,measure,kind,amount,unit,effective_on,rate,rate_source\n".to_owned()]
        .into_iter()
        .chain([
            row("investment", "HK$ 3 bn", "", ","),
            row("investment", "-5", "", ","),
            row("jobs_rd", "-5", "", ","),
            row("investment", "99999999999999999999", "", ","),
            row("investment", "42000000", "USD", ","),
            row("jobs_rd", "20000000", "", ","),
            row("floor_area", "1000", "acres", ","),
            row("investment", "=1+1", "", ","),
            row("investment", "1,000,000.50", "", ","),
            row("investment", "42000000", "USD", "7.8,the authority"),
            row("floor_area", "100", "sq_m", ","),
        ])
        .collect::<String>();
    let import = bring_in(&office, "ledger", file.as_bytes()).await;
    let said = said(&office, import.id).await;
    for (row, expected) in [
        (2, ("amount", "problem-amount-form")),
        (3, ("amount", "problem-amount-negative")),
        (4, ("amount", "problem-amount-negative")),
        (5, ("amount", "problem-amount-too-large")),
        (6, ("rate", "ledger-rate-missing")),
        (7, ("amount", "ledger-amount-absurd")),
        (8, ("unit", "ledger-unit-unfit")),
        (9, ("amount", "problem-amount-form")),
    ] {
        assert_eq!(named(&said, row), [expected], "row {row}");
    }
    assert_eq!((import.created, import.refused), (3, 8));
    let mut cx = office.operator();
    let entries = ledger::entries(&mut cx, held).await.unwrap();
    let area = entries.iter().find(|entry| entry.measure == "floor_area").unwrap();
    assert_eq!((area.amount, area.unit.as_str(), area.base_amount), (10_000, "sq_m", 107_639));
    let foreign = entries.iter().find(|entry| entry.unit == "USD").unwrap();
    assert_eq!((foreign.rate, foreign.base_amount), (Some(7_800_000), 32_760_000_000));
    cx.undo().await.unwrap();
    take_back(&office, import.id).await;
    let mut cx = office.operator();
    let (today, now) = (cx.today(), cx.now());
    let totals = ledger::totals(&mut cx, held, today, now).await.unwrap();
    assert!(totals.iter().all(|total| total.standing == 0), "{totals:?}");
    assert_eq!(stage_of(&mut cx, held).await, "identified");
    cx.undo().await.unwrap();
    sound(&office).await;
}

#[both_databases]
async fn an_unchanged_export_of_projects_is_known_row_by_row(office: Office) {
    let held = office.project("Harbour Robotics").await;
    office.project("Peak Batteries").await;
    let mut cx = office.operator();
    let new = |kind: &str, batch: &str| milestone::NewMilestone {
        kind: kind.into(),
        effective_on: "2024-03-20".into(),
        batch: batch.into(),
        ..Default::default()
    };
    let ceremony = crate::batch::NewBatch {
        kind: "ceremony".into(),
        held_on: "2024-03-20".into(),
        name_en: "Second".into(),
        name_zh_hant: "第二".into(),
        name_zh_hans: "第二".into(),
        source: "a release".into(),
        ..Default::default()
    };
    crate::batch::make(&mut cx, ceremony).await.unwrap();
    milestone::record(&mut cx, held, new("attracted", "2024-03-20")).await.unwrap();
    milestone::record(&mut cx, held, new("signed", "2024-03-20")).await.unwrap();
    cx.commit().await.unwrap();
    let kind = office.house.exports.iter().find(|kind| kind.name() == "projects").copied().unwrap();
    let file = platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
    let content = std::fs::read(file.path()).unwrap();
    cx.undo().await.unwrap();
    let import = bring_in(&office, "projects", &content).await;
    let problems = said(&office, import.id).await;
    assert_eq!((import.to_leave, import.changed, import.refused), (2, 0, 0), "{problems:?}");
}

#[both_databases]
async fn titles_that_differ_by_vowels_or_signs_are_two_projects(office: Office) {
    office.enterprise("Lanyue").await;
    let file = "enterprise,title,description\nLanyue,C++ टाटा,one\nLanyue,C# टाटा,two\nLanyue,C++ टीटी,three\n";
    assert_eq!(bring_in(&office, "projects", file.as_bytes()).await.created, 3);
    let again = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!((again.created, again.changed, again.to_leave), (0, 0, 3));
}

#[both_databases]
async fn what_was_changed_of_a_project_retired_since_is_told_as_left(office: Office) {
    let held = office.project("Harbour Robotics").await;
    let file = format!("reference,title\n{},Renamed\n", reference(&office, held).await);
    let import = bring_in(&office, "projects", file.as_bytes()).await;
    let mut cx = office.operator();
    project::retire(&mut cx, held, Some("a double")).await.unwrap();
    cx.commit().await.unwrap();
    let undone = take_back(&office, import.id).await;
    assert_eq!((undone.reversed, undone.kept_touched), (0, 1));
    let mut cx = office.operator();
    let stayed = import::stayed(&mut cx, import.id).await.unwrap();
    cx.undo().await.unwrap();
    let stayed: Vec<_> = stayed.iter().map(|one| (one.subject_id, one.reason.as_str())).collect();
    assert_eq!(stayed, [(held, "retired")]);
    let page = office.director().get_in(platform::text::Language::English, &format!("/projects/{held}")).await.body;
    assert!(page.contains("Renamed") && page.contains("a double"), "{page}");
}
