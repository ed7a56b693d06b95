//! Files brought in by command: sound, bad, hostile, and broken off in the middle.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::place::{Place, text, wait_for, words};

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
            assert!(said.contains("row 5: name_en:"), "{said}");
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
fn what_a_command_can_not_use_is_named_and_not_passed_over() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let file = place.file("list.csv", ENTERPRISES);
    for (map, word) in [
        ("colums = 1\n", "colums"),
        ("[columns]\nname_eng = \"name_en\"\n", "name_eng"),
        ("[columns]\nname_en = \"Company\"\n", "Company"),
        ("delimiter = \"；\"\n", "；"),
    ] {
        let map = place.file("map.toml", map);
        let said = place.refused(&["import", "enterprises", text(&file), "--map", text(&map)]);
        assert!(said.contains(word), "{said}");
    }
    let said = place.refused(&["import", "enterprises", "no-such-file.csv"]);
    assert_eq!(said.matches("no-such-file.csv").count(), 1, "{said}");
    let out = place.path().join("out.csv");
    for filter in ["foo=1", "tier=nope", "columns=foo"] {
        let name = filter.split('=').next().unwrap();
        let said = place.refused(&["export", "enterprises", "--filter", filter, "--out", text(&out)]);
        assert!(said.contains(name) && !out.exists(), "{said}");
    }
    assert!(place.refused(&["--database", "mysql://x", "migrate"]).contains("mysql"));
    assert!(place.refused(&["serve", "--public-url", "nonsense"]).contains("nonsense"));
    assert!(words(&place.run(&["user", "list", "--format", "json"]).stdout).starts_with('['));
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
fn columns_that_are_left_out_are_named_and_an_export_comes_back_known() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let file = place
        .file("enterprises.csv", "name,reporting_origin,lei,Remarks\n雙語測試公司,France,5493001KJTIIGC8Y1R12,new\n");
    let output = place.run(&["import", "enterprises", text(&file)]);
    assert!(output.status.success(), "{}", words(&output.stderr));
    assert!(words(&output.stderr).contains("Remarks"), "{}", words(&output.stderr));
    assert_eq!(
        place.number("SELECT COUNT(*) FROM enterprises WHERE name = '雙語測試公司' AND name_language = 'zh-Hant'"),
        1
    );
    for kind in ["enterprises", "names", "identifiers"] {
        let out = place.path().join(format!("{kind}.csv"));
        place.done(&["export", kind, "--out", text(&out)]);
        let said = place.run(&["import", kind, text(&out)]);
        let told = words(&said.stdout);
        let unchanged = told.contains("0 created, 0 changed") && told.contains("0 refused");
        assert!(said.status.success() && unchanged, "{kind}: {told} {}", words(&said.stderr));
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

#[test]
fn a_parent_may_come_later_in_the_same_file() {
    for place in Place::both() {
        place.done(&["load", "--office", "reference"]);
        let mut csv = "name_en,parent,reporting_origin\n\
            Deep Child,Late Parent,France\n\
            Ring One,Ring Two,\n\
            Ring Two,Ring One,\n\
            Own Parent,Own Parent,\n\
            Child Of None,Nobody At All,\n\
            Child Of Bad,Bad Parent,\n"
            .to_owned();
        // Past the end of a batch.
        for number in 0..1_200 {
            csv.push_str(&format!("Filler {number:05},,\n"));
        }
        csv.push_str("Bad Parent,,Atlantis\nLate Parent,Later Parent,\nLater Parent,Huawei,\n");
        let file = place.file("groups.csv", &csv);
        let output = place.run(&["import", "enterprises", text(&file)]);
        let said = words(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("row 6: parent:") && said.contains("Nobody At All"), "{said}");
        // What was promised and could not be kept is told at its row.
        for row in ["row 5: parent:", "row 7: parent:", "row 1208: reporting_origin:"] {
            assert!(said.contains(row), "{row} in {said}");
        }
        assert!(said.contains("row 3: parent:") && said.contains("row 4: parent:"), "both of a ring: {said}");
        let under = |child: &str| {
            match child {
            "Deep Child" => place.number(
                "SELECT COUNT(*) FROM enterprises c JOIN enterprises p ON p.id = c.parent_id JOIN enterprises g ON g.id = p.parent_id \
                 JOIN enterprises top ON top.id = g.parent_id WHERE c.name = 'Deep Child' AND p.name = 'Late Parent' \
                 AND g.name = 'Later Parent'",
            ),
            _ => place.number("SELECT COUNT(*) FROM enterprises WHERE name IN ('Own Parent', 'Child Of Bad') AND parent_id IS NULL"),
        }
        };
        assert_eq!(under("Deep Child"), 1);
        assert_eq!(under("the others"), 1, "a row that names itself is refused before anything is kept");
        // Once more, the file changes nothing.
        let again = words(&place.run(&["import", "enterprises", text(&file)]).stdout);
        assert!(again.contains("0 created, 0 changed"), "{again}");
        place.consistent();
    }
}

#[test]
fn rows_that_are_not_shown_are_counted_and_not_their_problems() {
    let place = Place::sqlite();
    place.done(&["load", "--office", "reference"]);
    let rows: String = (0..150).map(|number| format!("Works {number},Atlantis,sky\n")).collect();
    let file = place.file("bad.csv", &format!("name_en,reporting_origin,tier\n{rows}"));
    let said = words(&place.run(&["import", "enterprises", text(&file), "--dry-run"]).stderr);
    assert!(said.contains("row 101: ") && !said.contains("row 102: "), "two problems of each row: {said}");
    assert!(said.contains("… and 50 more rows"), "{said}");
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
        ("control.csv", format!("{plain}Bell \u{7} Works,France\n").into_bytes(), Refused("row 2: name_en:")),
        ("turned.csv", format!("{plain}abc\u{202E}cba,France\n").into_bytes(), Refused("row 2: name_en:")),
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
