//! Stories of what one office gives to another: everything out as files, and in again where nothing is held.

use platform::db::Dialect;
use platform::permission::Role;
use platform::testing::{On, Story};
use platform::{audit, both_databases, export};

use super::import::{bring_in, named, said};
use super::{Office, holders};

const ENTERPRISES: &str = "name_en,name_zh_hant,parent,kind,reporting_origin,industry,website,description,tier\n\
     Harbour Robotics,海港機械人,Harbour Group,legal_entity,mainland,ai-data-science,harbour.example,\"Two lines,\nof it\",office\n\
     Harbour Group,,,group,mainland,,,,office\n\
     Peak Batteries,,Harbour Group,legal_entity,france,life-health-technology,,,office\n";

const PROJECTS: &str = "enterprise,title,nature,activities,description,assessment,proposal_received_on,owner,tier,stage,stage_on,\
     status,status_on,note,met_on,attracted_on,signed_on,ceremony,commenced_on,evidence_kind,evidence_on,evidence_reference,\
     cleared_on,clearance_source\n\
     Harbour Robotics,Base,foothold,rd-centre,A base,Good,2024-02-01,officer,public,negotiating,2024-03-05,,,,2024-01-10,\
     2024-03-01,2024-06-04,2024-06-04,2024-09-02,\"agreement\nlease-start\",\"2024-03-02\n2024-09-01\",\"OA/1\nLease, 2/F\",\
     2024-06-04,the press\n\
     Peak Batteries,Plant,expansion,rd-centre,,,,officer,office,engaged,2024-02-03,withdrawn,2024-05-06,They chose elsewhere,\
     2024-02-02,,,,,,,,,\n\
     Peak Batteries,Second plant,,,,,,,office,,,,,,,,,,,,,,,\n";

/// An office with the pack's lists, somebody to answer for things, and nothing else.
async fn prepare(office: &Office) {
    office.ceremony("2024-06-04").await;
    let mut cx = office.operator();
    holders::hired(&mut cx, Role::Officer).await;
    cx.commit().await.unwrap();
}

async fn exported(office: &Office, kind: &str) -> String {
    let mut cx = office.operator();
    let kind = office.house.export_kind(kind).unwrap();
    let file = export::to_file(&mut cx, kind, "", export::Format::Csv).await.unwrap();
    cx.undo().await.unwrap();
    std::fs::read_to_string(file.path()).unwrap()
}

/// As somebody maps the columns who knows that the file comes from another office.
fn of_another(file: &str) -> String {
    assert!(file.trim_start_matches('\u{feff}').starts_with("reference,"), "{file}");
    file.replacen("reference,", "reference_elsewhere,", 1)
}

/// What a file says, with the name of a record for its reference wherever one stands.
fn but_for_references(file: &str) -> Vec<String> {
    let mut said = file.to_owned();
    for line in file.lines().filter(|line| line.starts_with("E-") || line.starts_with("P-")) {
        let cells: Vec<&str> = line.splitn(3, ',').collect();
        said = said.replace(cells[0], cells[1]);
    }
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

#[both_databases]
async fn all_that_an_office_holds_goes_into_an_empty_one(office: Office) {
    prepare(&office).await;
    // The second office has a record of its own before the others come: their references are others than in the first.
    let on = match office.operator().dialect() {
        Dialect::Sqlite => On::Sqlite,
        Dialect::Postgres => On::Postgres,
    };
    let other = Office::open(on).await;
    prepare(&other).await;

    assert_eq!(bring_in(&office, "enterprises", ENTERPRISES.as_bytes()).await.created, 3);
    let made = bring_in(&office, "projects", PROJECTS.as_bytes()).await;
    assert_eq!(made.created, 3, "{:?}", said(&office, made.id).await);
    let (enterprises, projects) = (exported(&office, "enterprises").await, exported(&office, "projects").await);
    for (kind, file) in [("enterprises", &enterprises), ("projects", &projects)] {
        let own = bring_in(&office, kind, file.as_bytes()).await;
        assert_eq!((own.to_leave, own.refused), (3, 0), "{kind}: {:?}", said(&office, own.id).await);
        let plain = bring_in(&other, kind, file.as_bytes()).await;
        assert_eq!(plain.created, 0, "a reference of nobody makes nothing unasked");
        let problems = said(&other, plain.id).await;
        assert!(problems.iter().any(|(_, field, key)| field == "reference" && key.ends_with("-reference-unknown")));
    }
    other.project("Somebody Else").await;
    for (kind, file) in [("enterprises", &enterprises), ("projects", &projects)] {
        let moved = bring_in(&other, kind, of_another(file).as_bytes()).await;
        assert_eq!((moved.created, moved.refused), (3, 0), "{kind}: {:?}", said(&other, moved.id).await);
    }
    for (kind, file) in [("enterprises", &enterprises), ("projects", &projects)] {
        let (expected, now) = (but_for_references(file), but_for_references(&exported(&other, kind).await));
        let missing: Vec<&String> = expected.iter().filter(|line| !now.contains(line)).collect();
        assert!(missing.is_empty() && now.len() == expected.len() + 1, "{kind}: {missing:#?}\n{now:#?}");
    }
    let mut cx = other.operator();
    let wanted = audit::read::Search { verb: Some("enterprise.registered".into()), ..Default::default() };
    let told = audit::read::search(&mut cx, &wanted, 10).await.unwrap();
    let elsewhere = |entry: &audit::Entry| entry.fields().iter().any(|field| field.field == "reference_elsewhere");
    assert_eq!(told.iter().filter(|entry| elsewhere(entry)).count(), 3, "what it was called there is kept");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_reference_of_another_office_names_no_record_of_ours(office: Office) {
    office.enterprise("Ours Ltd").await;
    let file = "reference_elsewhere,name_en,parent\n\
                E-2026-0007,Theirs Ltd,E-2026-0001\n\
                E-2026-0008,Child Ltd,E-2026-0007\n\
                E-2026-0009,Ring One Ltd,E-2026-0010\n\
                E-2026-0010,Ring Two Ltd,E-2026-0009\n";
    let made = bring_in(&office, "enterprises", file.as_bytes()).await;
    let problems = said(&office, made.id).await;
    assert_eq!(named(&problems, 2), [("parent", "enterprise-parent-elsewhere")], "{problems:?}");
    assert_eq!(named(&problems, 4), [("parent", "import-row-in-circle")], "{problems:?}");
    let file = "reference_elsewhere,enterprise,title\nP-2026-0003,E-2026-0001,Plant\n";
    let made = bring_in(&office, "projects", file.as_bytes()).await;
    assert_eq!(named(&said(&office, made.id).await, 2), [("enterprise", "project-enterprise-elsewhere")]);
}

#[both_databases]
async fn a_gate_holds_for_a_project_of_another_office(office: Office) {
    prepare(&office).await;
    office.enterprise("Harbour Robotics").await;
    let row = "reference_elsewhere,enterprise,title,nature,activities,assessment,proposal_received_on,owner,stage,stage_on,met_on,\
               attracted_on,evidence_kind,evidence_on,evidence_reference\n\
               P-2025-0001,Harbour Robotics,Base,foothold,rd-centre,Good,2024-02-01,officer,agreed,2024-03-05,2024-01-10,\
               2024-03-01,agreement,2024-03-02,OA/1\n";
    let made = bring_in(&office, "projects", row.as_bytes()).await;
    assert_eq!(named(&said(&office, made.id).await, 2), [("stage", "gate-needs-pledge")]);
    let row = row.replace("agreement,2024", "\"agreement\nlease-start\",2024");
    let made = bring_in(&office, "projects", row.as_bytes()).await;
    assert_eq!(named(&said(&office, made.id).await, 2), [("evidence_kind", "project-papers-lines")]);
}
