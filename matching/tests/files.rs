//! Jobs on files: what is refused in words, what is fallen back on, what real names come to.

use std::fs;
use std::path::{Path, PathBuf};

use matching::{Columns, Error, Job, Record, Settled, Stage, Verdict, read_name};

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.at(name), bytes).expect("written");
        self.at(name)
    }

    fn listed(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).expect("read").flatten();
        let mut names: Vec<String> = names.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// How many enterprises the records are of, and whether it was told that there was too little to learn from.
fn enterprises(records: &Path, out: &Path) -> (usize, bool) {
    let mut unlearnt = false;
    let found = Job::new(records).run(out, None, &mut |stage, _, _| unlearnt |= stage == Stage::Unlearnt);
    (found.expect("matched").clusters, unlearnt)
}

fn refused(job: &Job, out: &Path) -> String {
    job.run(out, None, &mut |_, _, _| {}).expect_err("refused").to_string()
}

#[test]
fn records_that_are_all_the_same_are_one_enterprise() {
    let desk = Desk::new();
    let header =
        "record_id,name,other_name,country,city,address,website,telephone,registration_number,industry,year_founded\n";
    let full = "Huaxing Technology Co. Ltd.,华兴科技有限公司,CN,Shenzhen,1 Keyuan Road,huaxing.example,+86 755 8600 1234,91440300708461136T,Technology,1999";
    for count in [10, 300, 400, 5_000] {
        let rows: String = (0..count).map(|n| format!("r{n},{full}\n")).collect();
        let records = desk.file("same.csv", format!("{header}{rows}"));
        assert_eq!(enterprises(&records, &desk.at("out.csv")), (1, true), "{count}");
    }
    let long = "大".repeat(10_000);
    let rows: String = (0..10).map(|n| format!("r{n},{long}\n")).collect();
    let records = desk.file("long.csv", format!("record_id,name\n{rows}"));
    assert_eq!(enterprises(&records, &desk.at("out.csv")).0, 1);
    // What people decided is obeyed all the same.
    let decisions = desk.file("decisions.csv", "a,b,decision\nr0,r1,different\n");
    let job = Job { decisions: Some(decisions), ..Job::new(records) };
    assert_eq!(job.run(&desk.at("out.csv"), None, &mut |_, _, _| {}).expect("matched").clusters, 2);
}

#[test]
fn an_output_never_overwrites_what_is_read() {
    let desk = Desk::new();
    let text = "record_id,name\n1,Alpha Works\n2,Beta Works\n";
    let records = desk.file("r.csv", text);
    let other = desk.file("o.csv", text);
    let job = Job::new(&records);
    let overwrites = |done: Result<(), Error>| {
        assert!(matches!(done, Err(Error::Overwrites { .. } | Error::TwoOutputs { .. })), "{done:?}");
        assert_eq!(fs::read_to_string(&records).expect("read"), text);
        assert_eq!(desk.listed(), ["o.csv", "r.csv"]);
    };
    let run = |out: &Path, pairs: &Path| job.run(out, Some(pairs), &mut |_, _, _| {}).map(drop);
    overwrites(run(&records, &desk.at("p.csv")));
    overwrites(run(&desk.at("c.csv"), &records));
    overwrites(run(&desk.at("c.csv"), &desk.at("c.csv")));
    overwrites(job.train(&records, &mut |_, _, _| {}).map(drop));
    let link = Job { records: vec![other, records.clone()], ..job.clone() };
    overwrites(link.link(&records, &mut |_, _, _| {}).map(drop));
    let far = job.run(&desk.at("none/c.csv"), None, &mut |_, _, _| {}).map(drop);
    assert!(matches!(far, Err(Error::NoFolder { .. })) && !desk.at("none").exists(), "{far:?}");
}

#[test]
fn tables_that_are_spoilt_are_told_where() {
    let desk = Desk::new();
    let told = |bytes: &[u8], with: &str| {
        let records = desk.file("r.csv", bytes);
        let error = refused(&Job::new(&records), &desk.at("out.csv"));
        assert!(error.contains(with), "{error}");
        assert_eq!(desk.listed(), ["r.csv"]);
    };
    told(b"record_id,name,city\n1,Alpha,Wien\n2,\"Beta,Graz\n3,Gamma,Linz\n", "line 3: a quotation mark opens a cell");
    told(b"record_id,name\n1,Alpha\n2,\"Beta\n", "line 3: a quotation mark opens a cell");
    told(b"record_id,name,city\n1,Alpha,Wien\n2,Beta\n", "row 3: has 2 cells where the header has 3");
    told(b"record_id,name\n1,Alpha,Wien\n", "row 2: has 3 cells");
    told(b"record_id,name,name\n1,Alpha,Beta\n", "two columns are headed “name”");
    told(b"", "r.csv: is empty");
    told(b"record_id;name;city\n1;Alpha;Wien\n2;\"Beta;Graz\n3;Gamma;Linz\n", "line 3: a quotation mark opens a cell");
    told(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage", "neither CSV nor Parquet");
    let (big5, _, _) =
        decoding::Encoding::for_label(b"big5").expect("a label").encode("1,台灣積體電路製造股份有限公司\n");
    told(&[b"record_id,name\n", big5.as_ref(), "2,华为技术有限公司\n".as_bytes()].concat(), "line 3: is UTF-8");
    // Quoted cells, doubled marks and cells that end a row with nothing in them are as they should be.
    let fine = desk.file("r.csv", "record_id,name\n1,\"Alpha \"\"A\"\" Works\"\n2,\"Beta\nWorks\",\n3,\"Gamma\"");
    assert_eq!(Job::new(fine).run(&desk.at("out.csv"), None, &mut |_, _, _| {}).expect("matched").records, 3);
    let map = Columns::parse("record_id = \"No\"\nname = [\n").expect_err("no map").to_string();
    assert!(map.starts_with("the column map, line ") && !map.contains("names a field"), "{map}");
}

#[test]
fn decisions_are_told_with_their_pairs_and_may_not_contradict_each_other() {
    let desk = Desk::new();
    let rows: String =
        (0..40).map(|n| format!("r{n},Altamar {} Hydrogen GmbH,altamar{}.example\n", n / 2, n / 2)).collect();
    let records = desk.file("r.csv", format!("record_id,name,website\n{rows}"));
    let decided =
        |text: &str| Job { decisions: Some(desk.file("d.csv", format!("a,b,decision\n{text}"))), ..Job::new(&records) };
    let job = decided("r0,r1,different\nr2,r3,same\n");
    job.run(&desk.at("out.csv"), Some(&desk.at("pairs.csv")), &mut |_, _, _| {}).expect("matched");
    let pairs = fs::read_to_string(desk.at("pairs.csv")).expect("read");
    assert!(pairs.starts_with("record_id_1,record_id_2,verdict,probability,reasons,decided\n"), "{pairs}");
    let line = |begin: &str| pairs.lines().find(|line| line.starts_with(begin)).expect("the pair").to_owned();
    assert!(line("r0,r1,").starts_with("r0,r1,different,") && line("r0,r1,").ends_with(",different"), "{pairs}");
    assert!(line("r2,r3,").starts_with("r2,r3,same,") && line("r2,r3,").ends_with(",same"), "{pairs}");
    // What was decided of records that have nothing alike is told as well.
    let far = desk.file("f.csv", "record_id,name\n1,Altamar Hydrogen GmbH\n2,深圳市彩虹科技\n3,Kestrelworks Ltd\n");
    let apart = desk.file("far.csv", "a,b,decision\n1,2,same\n1,3,different\n");
    let job = Job { decisions: Some(apart), ..Job::new(far) };
    job.run(&desk.at("out.csv"), Some(&desk.at("pairs.csv")), &mut |_, _, _| {}).expect("matched");
    let pairs = fs::read_to_string(desk.at("pairs.csv")).expect("read");
    let told: Vec<&str> = pairs.lines().skip(1).collect();
    assert!(told.len() == 2 && told[0].starts_with("1,2,same,") && told[0].ends_with(",same"), "{pairs}");
    assert!(told[1].starts_with("1,3,") && told[1].ends_with(",different"), "{pairs}");
    let told = |text: &str, with: &str| {
        let error = refused(&decided(text), &desk.at("out.csv"));
        assert!(error.contains(with), "{error}");
    };
    told("r0,r1,same\nr1,r0,different\n", "lines 2 and 3: “r1” and “r0” are the same and different");
    told(
        "r0,r1,same\nr4,r5,same\nr1,r2,same\nr2,r0,different\n",
        "lines 2, 4, 5: “r0” and “r2” are different, and the same",
    );
    told("r0,r0,different\n", "line 2: “r0” stands on both sides");
    told("r0,nobody,same\n", "line 2: there is no record “nobody”");
    // However lines end, and with lines between that say nothing.
    told("r0,r1,same\r\n\r\nr1,r0,different\r\n", "lines 2 and 4: ");
    told("\nr0,r1,same\n\nr1,r0,different\n", "lines 3 and 5: ");
}

#[test]
fn what_is_explained_is_what_is_matched() {
    let desk = Desk::new();
    let rows = [
        "a,Altamar Hydrogen GmbH,DE",
        "b,Altamar Hydrogen GmbH,DE",
        "c,Kestrelworks Ltd,GB",
        "d,Kestrelwork Limited,GB",
        "e,深圳市彩虹科技,CN",
    ];
    let records = desk.file("r.csv", format!("record_id,name,country\n{}\n", rows.join("\n")));
    let decisions = desk.file("d.csv", "a,b,decision\nc,d,different\nd,e,same\n");
    let plain = Job::new(records);
    let decided = Job { decisions: Some(decisions), ..plain.clone() };
    let told = |job: &Job, a: &str, b: &str| {
        let why = job.explain(a, b, &mut |_, _, _| {}).expect("explained");
        (why.verdict, why.settled)
    };
    assert_eq!(told(&plain, "a", "b"), (Verdict::Same, Some(Settled::Alike)));
    assert_eq!(told(&plain, "c", "d").1, None);
    let (verdict, settled) = told(&decided, "c", "d");
    assert!(verdict != Verdict::Same && settled == Some(Settled::Decided(false)), "{verdict:?} {settled:?}");
    assert_eq!(told(&decided, "e", "d"), (Verdict::Same, Some(Settled::Decided(true))));
    assert_eq!(told(&decided, "c", "e").1, Some(Settled::Decided(false)), "by way of another");
    let twice = plain.explain("a", "a", &mut |_, _, _| {}).expect_err("one record").to_string();
    assert!(twice.contains("“a” is named twice"), "{twice}");
}

#[test]
fn well_known_names_meet_across_scripts_and_habits() {
    // Records beside them so that rare words are rare.
    let mut rows: Vec<String> = (0..400)
        .map(|n| format!("x{n},{} {} Works Ltd,GB", ["Alder", "Birch", "Cedar", "Dogwood", "Elm"][n % 5], n))
        .collect();
    let pairs = [
        ("九阳股份有限公司", "九陽 Co Ltd", "CN", "legal"),
        ("华丽科技股份有限公司", "Huali Technology Co., Ltd.", "CN", "legal"),
        ("Müller GmbH", "Mueller GmbH", "DE", "whole"),
        ("Björn Söderström AB", "Bjoern Soederstroem AB", "SE", "whole"),
        ("トヨタ自動車株式会社", "Toyota Motor Corporation", "JP", "name"),
        ("ソニーグループ株式会社", "Sony Group Corporation", "JP", "name"),
        ("パナソニック株式会社", "Panasonic Corporation", "JP", "name"),
    ];
    for (at, (one, other, country, _)) in pairs.iter().enumerate() {
        rows.push(format!("a{at},{one},{country}"));
        rows.push(format!("b{at},\"{other}\",{country}"));
    }
    let desk = Desk::new();
    let records = desk.file("r.csv", format!("record_id,name,country\n{}\n", rows.join("\n")));
    let model = desk.at("model.toml");
    matching::Model::default().write(&model).expect("written");
    let job = Job { model: Some(model), ..Job::new(records) };
    for (at, (one, other, _, field)) in pairs.iter().enumerate() {
        let why = job.explain(&format!("a{at}"), &format!("b{at}"), &mut |_, _, _| {}).expect("explained");
        let levels: Vec<_> = why.reasons.iter().map(|reason| (reason.field.name(), reason.level)).collect();
        let bad = ["different form", "full legal names differ", "scripts not comparable", "different", "one slip"];
        let apart = levels.iter().find(|(name, level)| name == field && bad.contains(level));
        assert_eq!(apart, None, "{one} | {other}: {levels:?}");
        assert!(why.probability > matching::THRESHOLD, "{one} | {other}: {} {levels:?}", why.probability);
    }
    assert_eq!(read_name("九陽 Co Ltd").len(), 1, "the form is no name of its own");
    // Forms that are no translations of each other still differ.
    let mut corpus = matching::Corpus::default();
    for name in ["Altamar GmbH", "Altamar AG", "华丽股份有限公司", "华丽有限公司"] {
        corpus.push(&Record { name: name.into(), ..Record::default() });
    }
    for (a, b) in [(0, 1), (2, 3)] {
        let why = corpus.explain(&matching::Model::default(), a, b);
        assert!(why.reasons.iter().any(|reason| reason.level == "different form"), "{why:?}");
    }
}

#[test]
fn digits_past_any_telephone_are_none() {
    let country = matching::Country::parse("HK");
    assert!(matching::Phone::parse("+852 2345 6789", country).is_known());
    assert!(!matching::Phone::parse(&"23456789".repeat(4), country).is_known());
}

#[test]
fn other_marks_part_cells_and_each_file_has_its_own_columns() {
    let desk = Desk::new();
    for (name, mark) in [("s.csv", ";"), ("t.csv", "\t"), ("p.csv", "|")] {
        let rows = ["record_id,name,city", "1,\"Alpha, Beta & Sons Ltd\",Wien", "2,Gamma GmbH,Linz"];
        let text: String = rows.map(|row| row.replace(',', mark) + "\n").concat();
        let found = Job::new(desk.file(name, text)).run(&desk.at("out.csv"), None, &mut |_, _, _| {});
        assert_eq!(found.expect("matched").records, 2, "{name}");
    }
    let a = desk.file("a.csv", "No;Company\n7;Kestrelworks Limited\n");
    let b = desk.file("b.csv", "record_id,name\nx,KESTRELWORKS LTD\n");
    let mut job = Job::new(a);
    job.records.push(b);
    job.columns = Columns::parse("record_id = \"No\"\nname = \"Company\"\n").expect("a map");
    let out = desk.at("pairs.csv");
    assert!(job.link(&out, &mut |_, _, _| {}).expect_err("no such columns").to_string().contains("no column “No”"));
    job.columns_b = Some(Columns::default());
    job.link(&out, &mut |_, _, _| {}).expect("linked");
    assert!(fs::read_to_string(out).expect("read").contains("7,x,"));
}
