//! The real binary, as an operator runs it: on folders and databases of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};

/// An installation: a folder, and a database of its own on the given PostgreSQL or inside it.
struct Place {
    folder: tempfile::TempDir,
    postgres: Option<String>,
}

impl Place {
    fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// Without an address for PostgreSQL there is none to be on; the gate always gives one.
    fn postgres() -> Option<Self> {
        let server = std::env::var("OASES_TEST_POSTGRES").ok().filter(|address| !address.is_empty())?;
        let name = format!("oases_cli_{:016x}", random());
        psql(&server, &format!("CREATE DATABASE {name}"));
        let (server, _) = server.rsplit_once('/').unwrap();
        Some(Self { folder: tempfile::tempdir().unwrap(), postgres: Some(format!("{server}/{name}")) })
    }

    fn both() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    /// Another empty one of the same kind.
    fn another(&self) -> Self {
        if self.postgres.is_some() { Self::postgres().unwrap() } else { Self::sqlite() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oases"));
        command.args(arguments).arg("--data").arg(self.path().join("var")).env_remove("OASES_DATABASE");
        if let Some(database) = &self.postgres {
            command.args(["--database", database]);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that succeeds prints.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", words(&output.stderr));
        words(&output.stdout)
    }

    /// What a command that fails says of it: on standard error, and nowhere else.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} was not refused: {}", words(&output.stdout));
        let said = words(&output.stderr);
        assert!(!said.trim().is_empty(), "{arguments:?} says nothing");
        said
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(content.as_bytes()).unwrap();
        path
    }

    fn number(&self, sql: &'static str) -> i64 {
        let file = self.path().join("var/oases.db");
        let database = self.postgres.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let found: Option<(i64,)> = match database {
                Some(url) => {
                    let mut held = PgConnection::connect(&url).await.unwrap();
                    sqlx::query_as(sql).fetch_optional(&mut held).await.unwrap_or_default()
                }
                None if !file.exists() => None,
                None => {
                    let mut held = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
                    sqlx::query_as(sql).fetch_optional(&mut held).await.unwrap_or_default()
                }
            };
            found.map_or(0, |(number,)| number)
        })
    }

    fn consistent(&self) {
        let said = self.done(&["check"]);
        assert!(said.lines().any(|line| line == "consistent"), "{said}");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = self.postgres.as_deref().and_then(|url| url.rsplit_once('/')) {
            let _ = Command::new("psql")
                .args(["-q", "-c", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")])
                .arg(format!("{server}/postgres"))
                .output();
        }
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    platform::random(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

fn psql(url: &str, statement: &str) {
    let output = Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-c", statement]).arg(url).output();
    let output = output.expect("psql, as script/test installs it");
    assert!(output.status.success(), "{}", words(&output.stderr));
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn metric<'v>(figures: &'v Value, name: &str) -> &'v Value {
    let metrics = figures["metrics"].as_array().unwrap();
    metrics.iter().find(|metric| metric["metric"] == name).unwrap_or_else(|| panic!("{name} in {figures}"))
}

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

const ENTERPRISES: &str = "name_en,reporting_origin,website\n\
    Harbour Robotics,France,https://harbour.example\n\
    Nowhere Ltd,Atlantis,\n\
    Peak Batteries,Mainland,\n\
    ,France,\n";

#[test]
fn bad_rows_are_named_and_a_dry_run_writes_nothing() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let before = place.number("SELECT COUNT(*) FROM enterprises");
        let file = place.file("enterprises.csv", ENTERPRISES);
        for arguments in
            [&["import", "enterprises", text(&file), "--dry-run"][..], &["import", "enterprises", text(&file)]]
        {
            let output = place.run(arguments);
            assert_eq!(output.status.code(), Some(3), "{}", words(&output.stderr));
            let said = words(&output.stderr);
            assert!(said.contains("row 3: reporting_origin:") && said.contains("Atlantis"), "{said}");
            assert!(said.contains("row 5: names:"), "{said}");
            assert_eq!(said.lines().count(), 2, "{said}");
            assert!(words(&output.stdout).contains("2 created"), "{}", words(&output.stdout));
            if arguments.contains(&"--dry-run") {
                assert_eq!(place.number("SELECT COUNT(*) FROM enterprises"), before);
            }
        }
        assert_eq!(place.number("SELECT COUNT(*) FROM enterprises"), before + 2);
        let said = place.refused(&["import", "unicorns", text(&file)]);
        assert!(said.contains("enterprises") && said.contains("projects"), "{said}");
        let said = place.refused(&["import", "enterprises", "no-such-file.csv"]);
        assert!(said.starts_with("oases:"), "{said}");
    }
}

#[test]
fn a_map_says_which_column_is_which_and_how_the_file_is_read() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let (bytes, _, _) = encoding_rs::BIG5.encode("公司;來自;網頁\n海港機械人;法國;\n");
    let file = place.path().join("list.txt");
    std::fs::write(&file, &bytes).unwrap();
    let map = place.file(
        "map.toml",
        "encoding = \"big5\"\ndelimiter = \";\"\n[columns]\nname_zh_hant = \"公司\"\nreporting_origin = \"來自\"\n",
    );
    let said = place.done(&["import", "enterprises", text(&file), "--map", text(&map)]);
    assert!(said.contains("1 created"), "{said}");
    let found = place.json(&["export", "enterprises", "--format", "json"]);
    assert!(found.as_array().unwrap().iter().any(|one| one.to_string().contains("海港機械人")));
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

/// As many rows as tell a kill from a crash; debug code takes a thousand or two a second.
const MANY: usize = 20_000;

fn many_enterprises(place: &Place, rows: usize) -> PathBuf {
    let mut csv = "name_en,name_zh_hant,reporting_origin\n".to_owned();
    for number in 0..rows {
        csv.push_str(&format!("Sample Works {number:06},示範工業{number:06},France\n"));
    }
    place.file("many.csv", &csv)
}

#[test]
fn a_killed_import_loses_nothing_it_kept_and_goes_on_where_it_stopped() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let before = place.number("SELECT COUNT(*) FROM enterprises");
        let file = many_enterprises(&place, MANY);
        let mut child = place.command(&["import", "enterprises", text(&file)]).stderr(Stdio::null()).spawn().unwrap();
        let kept = "SELECT rows_done FROM imports WHERE file_name = 'many.csv'";
        wait_for(Duration::from_secs(300), || place.number(kept) > 2_000);
        child.kill().unwrap();
        child.wait().unwrap();
        place.consistent();
        let (done, held) = (place.number(kept), place.number("SELECT COUNT(*) FROM enterprises"));
        assert!(done > 2_000 && (done as usize) < MANY, "killed in the middle, after row {done}");
        // The header is row 1: rows up to and with `done` were acknowledged.
        assert_eq!(held - before, done - 1, "each row kept is there, and no other");

        let output = place.run(&["import", "enterprises", text(&file)]);
        assert!(output.status.success(), "{}", words(&output.stderr));
        assert!(words(&output.stderr).contains("going on from there"), "{}", words(&output.stderr));
        assert_eq!(place.number("SELECT COUNT(*) FROM enterprises") - before, MANY as i64);
        assert_eq!(place.number("SELECT COUNT(*) FROM imports WHERE file_name = 'many.csv'"), 1);
        place.consistent();
    }
}

fn wait_for(most: Duration, mut there: impl FnMut() -> bool) {
    let until = Instant::now() + most;
    while !there() {
        assert!(Instant::now() < until, "waited {most:?} in vain");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_written() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let before = place.number("SELECT COUNT(*) FROM enterprises");
    let file = many_enterprises(&place, 8_000);
    let size = std::fs::metadata(place.path().join("var/oases.db")).unwrap().len();
    // No file may grow past this: what a full disk is to a database.
    let blocks = (size + (6 << 20)) / 512;
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_oases"), "import", "enterprises", text(&file), "--data"])
        .arg(place.path().join("var"))
        .output()
        .unwrap();
    let said = words(&output.stderr);
    assert!(!output.status.success(), "{}", words(&output.stdout));
    assert!(said.contains("no room left"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    place.consistent();
    let done = place.number("SELECT rows_done FROM imports WHERE file_name = 'many.csv'");
    assert_eq!(place.number("SELECT COUNT(*) FROM enterprises") - before, (done - 1).max(0));
    // With room again the import goes on, or begins if it had not begun to keep.
    place.done(&["import", "enterprises", text(&file)]);
    assert_eq!(place.number("SELECT COUNT(*) FROM enterprises") - before, 8_000);
    place.consistent();
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
fn what_is_asked_wrongly_is_refused_on_standard_error() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    for arguments in [
        &["figures", "--as-at", "2024-02-31"][..],
        &["figures", "--as-at", "1024-01-01"],
        &["figures", "--known-at", "21999-01-01"],
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

/// What a file is and what becomes of it: imported whole, or refused with words that hold these.
enum Fate {
    Imported,
    Refused(&'static str),
}

#[test]
fn hostile_and_foreign_files_are_read_or_refused_and_never_half_taken() {
    use Fate::{Imported, Refused};
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let traditional =
        "名稱,來源地\n寧德新能源科技股份有限公司,法國\n海港機械人有限公司,德國\n引進重點企業辦公室,日本\n";
    let simplified =
        "名称,来源地\n深圳未来机器人技术有限公司,法国\n北京智能网络技术有限公司,德国\n广州新能源汽车有限公司,日本\n";
    let (big5, _, _) = encoding_rs::BIG5.encode(traditional);
    let (gb, _, _) = encoding_rs::GB18030.encode(simplified);
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let plain = "name_en,reporting_origin\n";
    let files: Vec<(&str, Vec<u8>, Fate)> = vec![
        ("big5.csv", big5.into_owned(), Imported),
        ("gb18030.csv", gb.into_owned(), Imported),
        ("utf16.csv", utf16(&format!("{plain}Sixteen Works,France\n")), Imported),
        ("utf16-mark.csv", [vec![0xFF, 0xFE], utf16(&format!("{plain}Marked Works,France\n"))].concat(), Imported),
        ("tabs.csv", b"name_en\treporting_origin\nTabbed Works\tFrance\n".to_vec(), Imported),
        ("formula.csv", format!("{plain}=cmd|calc,France\n").into_bytes(), Imported),
        ("four-bytes.csv", format!("{plain}𠮷野 😀 Works,Japan\n").into_bytes(), Imported),
        ("twice.csv", b"name_en,website,Name_EN\nA,,B\n".to_vec(), Refused("heads two columns")),
        ("gap.csv", b"name_en,,website\nA,,\n".to_vec(), Refused("no header")),
        ("wide.csv", vec![b','; 10_000_000], Refused("")),
        ("other.csv", b"colour,shape\nred,round\n".to_vec(), Refused("colour")),
        ("empty.csv", Vec::new(), Refused("")),
        ("page.pdf", b"%PDF-1.7 x".to_vec(), Refused("")),
        ("cut.xlsx", b"PK\x03\x04junk".to_vec(), Refused("")),
        ("old.xls", vec![0xD0, 0xCF, 0x11, 0xE0, 0, 0, 0, 0], Refused("")),
        ("control.csv", format!("{plain}Bell \u{7} Works,France\n").into_bytes(), Refused("row 2: names:")),
        ("turned.csv", format!("{plain}abc\u{202E}cba,France\n").into_bytes(), Refused("row 2: names:")),
        ("long-row.csv", format!("{plain}A,France,more,and more\n").into_bytes(), Refused("row 2")),
    ];
    for (name, content, fate) in files {
        let path = place.path().join(name);
        std::fs::write(&path, content).unwrap();
        let before = place.number("SELECT COUNT(*) FROM enterprises");
        let output = place.run(&["import", "enterprises", text(&path)]);
        let (said, after) = (words(&output.stderr), place.number("SELECT COUNT(*) FROM enterprises"));
        match fate {
            Imported => {
                assert!(output.status.success(), "{name}: {said}");
                assert!(after > before, "{name}");
            }
            Refused(with) => {
                assert!(!output.status.success(), "{name}: {}", words(&output.stdout));
                assert!(said.contains(with) && !said.contains("panicked") && said.len() > 10, "{name}: {said}");
                assert_eq!(after, before, "{name} is not half-taken");
            }
        }
    }
    // What begins a formula is made harmless on its way out, and a number stays one.
    let out = place.done(&["export", "enterprises"]);
    assert!(out.contains("'=cmd|calc") && !out.contains(",=cmd") && !out.contains("\n=cmd"), "{out}");
    place.consistent();
}
