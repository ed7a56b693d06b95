//! The real binary, as an operator runs it: on folders and databases of its own.

use std::process::{Child, Stdio};
use std::time::Duration;

#[path = "command_line/backups.rs"]
mod backups;
#[path = "command_line/imports.rs"]
mod imports;
#[path = "command_line/own_fields.rs"]
mod own_fields;
#[path = "command_line/packs.rs"]
mod packs;
#[path = "command_line/place.rs"]
mod place;
#[path = "command_line/screened.rs"]
mod screened;
#[path = "command_line/universe.rs"]
mod universe;

use place::{Place, metric, text, wait_for, words};

const METRICS: [&str; 9] = [
    "enterprises_met",
    "enterprises_attracted",
    "partners_signed",
    "commenced_operation",
    "investment_pledged",
    "investment_realised",
    "jobs_pledged",
    "jobs_realised",
    "floor_area_pledged",
];

#[test]
fn the_reference_office_answers_what_was_signed_by_each_ceremony() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        for (day, signed) in [("2023-10-04", 8), ("2024-03-20", 17), ("2024-11-11", 25), ("2025-10-09", 31)] {
            let figures = place.json(&["figures", "--as-at", day, "--format", "json"]);
            assert_eq!(metric(&figures, "partners_signed")["value"], signed, "as at {day}");
            assert_eq!(metric(&figures, "partners_signed")["records"].as_array().unwrap().len(), signed);
            assert_eq!(figures["as_at"], day);
        }
        let figures = place.json(&["figures", "--as-at", "2024-11-11", "--format", "json"]);
        let parts: Vec<&String> = figures.as_object().unwrap().keys().collect();
        assert_eq!(parts, ["as_at", "known_at", "metrics"]);
        let names: Vec<&str> =
            figures["metrics"].as_array().unwrap().iter().map(|metric| metric["metric"].as_str().unwrap()).collect();
        assert_eq!(names, METRICS);
        for one in figures["metrics"].as_array().unwrap() {
            let parts: Vec<&String> = one.as_object().unwrap().keys().collect();
            let wanted = ["metric", "value", "unit", "comparator", "basis", "scope", "definition", "records"];
            assert_eq!(parts, wanted, "{one}");
        }
        let said = place.refused(&["load", "--office", "sample"]);
        assert!(said.contains("already holds an office"), "{said}");
        place.consistent();
    }
}

#[test]
fn an_entry_of_today_with_an_earlier_day_changes_as_at_and_not_known_at() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let projects = place.json(&["export", "projects", "--format", "json"]);
        let reference = projects[0]["reference"].as_str().unwrap();
        let ledger = place.file(
            "ledger.csv",
            &format!(
                "project,measure,kind,amount,effective_on,evidence\n\
                 {reference},investment,pledged,2500000,2024-05-05,a letter\n"
            ),
        );
        let pledged = |arguments: &[&str]| {
            let all = [&["figures", "--as-at", "2024-06-30", "--format", "json"], arguments].concat();
            metric(&place.json(&all), "investment_pledged")["value"].clone()
        };
        assert_eq!(pledged(&[]), 0);
        place.done(&["import", "ledger", text(&ledger)]);
        assert_eq!(pledged(&[]), 2_500_000, "what is known now of then");
        assert_eq!(pledged(&["--known-at", "2024-06-30"]), 0, "what was known then");
        place.consistent();
    }
}

#[test]
fn projects_come_in_by_command_and_go_out_in_every_format() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let file = place.file(
            "projects.csv",
            "enterprise,title,nature,met_on,stage,owner\n\
             Huawei,Huawei research centre,foothold,2024-01-10,contacted,\n\
             Huawei,Huawei second site,expansion,,identified,\n\
             Nobody at all,Phantom,,,,\n",
        );
        let output = place.run(&["import", "projects", text(&file)]);
        let said = words(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("row 2: stage: a responsible officer"), "{said}");
        assert!(said.contains("row 4: enterprise:") && said.contains("Nobody at all"), "{said}");
        let csv = place.done(&["export", "projects"]);
        assert!(csv.contains("Huawei second site") && !csv.contains("Phantom"), "{csv}");
        let json = place.json(&["export", "projects", "--format", "json"]);
        assert_eq!(json.as_array().unwrap().len(), 36);
        assert!(place.refused(&["export", "projects", "--format", "xlsx"]).contains("--out"));
        let workbook = place.path().join("projects.xlsx");
        place.done(&["export", "projects", "--format", "xlsx", "--out", text(&workbook)]);
        assert!(std::fs::read(&workbook).unwrap().starts_with(b"PK"));
        for kind in ["enterprises", "partners", "ledger"] {
            place.json(&["export", kind, "--format", "json"]);
        }
        // What goes out comes back in and changes nothing.
        let partners = place.file("partners.csv", &place.done(&["export", "partners", "--filter", "cleared=yes"]));
        let said = place.done(&["import", "partners", text(&partners)]);
        assert!(said.contains("0 created, 0 changed, 31 the same"), "{said}");
    }
}

/// A server that is stopped when the story ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(place: &Place) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = format!("127.0.0.1:{port}");
    let child = place.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
    let server = Server(child.unwrap());
    wait_for(Duration::from_secs(60), || std::net::TcpStream::connect(&listen).is_ok());
    server
}

#[test]
fn a_backup_made_while_serving_comes_up_in_an_empty_place() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let figures = |place: &Place| {
            let mut figures = place.json(&["figures", "--as-at", "2025-10-09", "--format", "json"]);
            figures["known_at"].take();
            figures
        };
        let held = figures(&place);
        let server = serve(&place);
        let backup = place.path().join("oases.backup");
        place.done(&["backup", text(&backup)]);
        drop(server);
        assert!(place.refused(&["backup", text(&backup)]).contains("already there"));
        place.done(&["restore", text(&backup), "--check"]);
        assert!(!place.run(&["restore", text(&backup)]).status.success(), "restore never writes over an office");
        let elsewhere = place.another();
        elsewhere.done(&["restore", text(&backup)]);
        assert_eq!(figures(&elsewhere), held);
        elsewhere.consistent();
        let broken = place.file("broken.backup", "not a backup");
        let said = place.another().refused(&["restore", text(&broken)]);
        assert!(said.contains("no whole backup"), "{said}");
    }
}

#[test]
fn migrating_twice_is_as_migrating_once_and_a_newer_database_is_refused() {
    for place in Place::both() {
        place.done(&["migrate"]);
        let steps = place.number("SELECT COUNT(*) FROM _sqlx_migrations");
        place.done(&["migrate"]);
        assert!(steps > 5);
        assert_eq!(place.number("SELECT COUNT(*) FROM _sqlx_migrations"), steps);
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     SELECT 2999123100, 'from the future', success, checksum, execution_time
                     FROM _sqlx_migrations LIMIT 1 RETURNING version";
        assert_eq!(place.number(newer), 2_999_123_100);
        let said = place.refused(&["check"]);
        assert!(said.contains("newer version of Oases"), "{said}");
    }
}

#[test]
fn what_only_reads_makes_no_office_where_there_is_none() {
    for place in Place::both() {
        for arguments in [
            &["figures"][..],
            &["crosstab", "--rows", "industry", "--measure", "projects"],
            &["export", "projects"],
            &["check"],
            &["backup", "never-made"],
            &["user", "list"],
            &["own-field", "list"],
            &["user", "reset", "nobody@example.test"],
        ] {
            let said = place.refused(arguments);
            assert!(said.contains("there is no office in"), "{arguments:?}: {said}");
        }
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
        assert_eq!(place.number("SELECT COUNT(*) FROM _sqlx_migrations"), 0);
        place.done(&["migrate"]);
        assert!(place.refused(&["figures"]).contains("holds no office yet"), "tables alone are no office");
        place.consistent();
    }
}

#[test]
fn a_reader_who_goes_away_ends_no_work_and_causes_no_panic() {
    let place = Place::sqlite();
    let unheard = |arguments: &[&str]| {
        let command = &mut place.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.stderr.is_empty(), "{arguments:?}: {}", words(&output.stderr));
        output.status.code()
    };
    assert_eq!(unheard(&["load", "--office", "reference"]), Some(0));
    for arguments in [
        &["figures"][..],
        &["figures", "--format", "json"],
        &["crosstab", "--rows", "industry", "--measure", "projects"],
        &["export", "enterprises"],
        &["user", "list"],
        &["openapi"],
        &["check"],
    ] {
        assert_eq!(unheard(arguments), Some(0), "{arguments:?}");
    }
    // The office was loaded whole; and where nobody hears of problems, the answer still says there are some.
    assert_eq!(place.number("SELECT COUNT(*) FROM projects"), 35);
    let file = place.file("bad.csv", "name_en,reporting_origin\nNowhere Ltd,Atlantis\n");
    let mut command = place.command(&["import", "enterprises", text(&file)]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn the_sample_office_lives_in_the_time_zone_of_its_pack() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "sample"]);
    // Nine in the morning in Hong Kong is one in the night at Greenwich.
    let hour =
        "SELECT at / 3600000000 % 24 FROM audit_entries WHERE verb = 'enterprise.registered' ORDER BY id LIMIT 1";
    assert_eq!(place.number(hour), 1);
    let apart = "SELECT COUNT(*) FROM milestones
                 WHERE effective_on <> date(recorded_at / 1000000, 'unixepoch', '+8 hours')";
    assert_eq!(place.number(apart), 0, "what happened on a day was recorded on it");
    place.consistent();
}

#[test]
fn what_is_asked_wrongly_is_refused_on_standard_error() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    for arguments in [
        &["figures", "--as-at", "2024-02-31"][..],
        &["figures", "--as-at", "1024-01-01"],
        &["figures", "--known-at", "21999-01-01"],
        &["figures", "--known-at", "2024-11-11T09:30:00"],
        &["export", "unicorns"],
        &["backup", "/no/such/folder/file"],
        &["restore", "no-such-file"],
    ] {
        let output = place.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", words(&output.stdout));
        assert!(words(&output.stderr).starts_with("oases:"), "{arguments:?}: {}", words(&output.stderr));
    }
    assert!(place.refused(&["figures", "--as-at", "2024-02-31"]).contains("no such day"));
}
