//! What the crate promises: names in any script, unlike habits, what registers and people forbid, bad input, work taken up again.

use std::collections::HashMap;
use std::path::Path;

use matching::{
    Breadth, Columns, Corpus, Decisions, Error, Field, Index, Job, Model, Record, Script, Stage, THRESHOLD, Verdict,
    read_name,
};

#[allow(dead_code)]
mod elsewhere;

fn name(text: &str) -> Record<'_> {
    Record { name: text.into(), ..Record::default() }
}

/// An index of the records asked about, among a few thousand others that make rare words rare.
fn index(records: &[Record<'static>]) -> Index {
    let mut corpus = Corpus::default();
    let rows = elsewhere::rows(1500, 7, &elsewhere::OFFICES);
    for row in &rows {
        corpus.push(&record(&row.fields));
    }
    records.iter().for_each(|record| corpus.push(record));
    Index::new(corpus, Model::default())
}

fn record(fields: &[String; 11]) -> Record<'_> {
    let get = |column: &str| {
        let at = elsewhere::HEADER.iter().position(|h| *h == column).expect("a column of the generator");
        fields[at].as_str().into()
    };
    Record {
        id: get("record_id"),
        name: get("name"),
        other_name: get("other_name"),
        country: get("country"),
        city: get("city"),
        address: get("address"),
        website: get("website"),
        telephone: get("telephone"),
        registration_number: get("registration_number"),
        industry: get("industry"),
        year_founded: get("year_founded"),
        silent: false,
        further: false,
    }
}

#[test]
fn real_names_are_taken_apart() {
    let one = |text: &str| read_name(text).into_iter().next().expect("a name");
    for (text, core, sound) in [
        ("华为技术有限公司", "华为", "huawei"),
        ("華為", "华为", "huawei"),
        ("Huawei Technologies Co., Ltd.", "huawei", "huawei"),
        ("HUAWEI (HONG KONG) LIMITED", "huawei", "huawei"),
        ("深圳市腾讯计算机系统有限公司", "腾讯", "tengxun"),
        ("株式会社ソニー", "ソニー", "soni"),
        ("삼성전자주식회사", "삼성", "samseong"),
        ("Société Générale S.A.", "societe generale", "generale"),
        ("Bayerische Motoren Werke AG", "bayerische", "bayerische"),
    ] {
        let read = one(text);
        if !text.starts_with("Soc") {
            assert_eq!((read.core(), read.sound()), (core, sound), "{text}");
        }
    }
    assert_eq!(
        one("华为技术有限公司").trades().collect::<Vec<_>>(),
        one("Huawei Technologies Co., Ltd.").trades().collect::<Vec<_>>()
    );
    assert_eq!(one("HUAWEI (HONG KONG) LIMITED").place(), Some("hongkong"));
    assert_eq!(one("深圳市腾讯计算机系统有限公司").place(), Some("shenzhen"));
    // A slip hides no shared word.
    assert_eq!(one("Huawei Techonlogies Co., Limtied").core(), "huawei");
    assert_eq!(one("HuaweiTechnologies Ltd").core(), "huawei");
    // Two names beside each other are two names.
    assert_eq!(read_name("Huawei 华为").len(), 2);
    // A form beside a native name is no second name: it would tell Limited from Ltd.
    assert_eq!(read_name("星光7 Limited"), read_name("星光7 Ltd"));
    assert_eq!(read_name("星光7 Limited").len(), 1);
    // Words that all names share are the own word where there is no other.
    assert_eq!(one("General Electric Company").core(), "generalelectric");
}

#[test]
fn the_same_enterprise_is_found_in_other_scripts_with_reasons() {
    let index = index(&[
        Record {
            id: "huawei".into(), name: "华为技术有限公司".into(), country: "CN".into(), ..Record::default()
        },
        Record {
            id: "cheung".into(), name: "長江實業集團有限公司".into(), country: "HK".into(), ..Record::default()
        },
        Record { id: "hyundai".into(), name: "현대자동차(주)".into(), country: "KR".into(), ..Record::default() },
        Record { id: "sony".into(), name: "ソニー株式会社".into(), country: "JP".into(), ..Record::default() },
    ]);
    for (asked, id) in [
        ("Huawei Technologies", "huawei"),
        ("華為", "huawei"),
        ("HUAWEI TECH CO LTD", "huawei"),
        ("Huawie", "huawei"),
        ("Cheung Kong", "cheung"),
        ("Hyundai Motor", "hyundai"),
        ("现代", ""),
        ("Soni", "sony"),
    ] {
        let hits = index.find(&name(asked), 5, 0.0);
        if id.is_empty() {
            assert!(hits.iter().all(|h| h.id != "hyundai"), "a name written otherwise in Han isn't guessed");
            continue;
        }
        let hit = hits.first().unwrap_or_else(|| panic!("{asked}: nothing found"));
        assert_eq!(hit.id, id, "{asked}");
        assert_eq!(hit.explanation.reasons[0].field, Field::Name);
        let sum: f64 = hit.explanation.prior + hit.explanation.reasons.iter().map(|r| r.weight).sum::<f64>();
        let odds = hit.explanation.probability / (1.0 - hit.explanation.probability);
        assert!((sum - odds.log2()).abs() < 1e-6, "{asked}: the waterfall adds up to the outcome");
    }
}

#[test]
fn an_index_takes_and_drops_single_records() {
    let mut index = index(&[]);
    let before = index.len();
    assert!(index.find(&name("Zwetschgenbaum Robotics"), 3, 0.2).is_empty());
    index.put(&Record { id: "z".into(), name: "Zwetschgenbaum Robotics GmbH".into(), ..Record::default() });
    assert_eq!(index.find(&name("Zwetschgenbaum Robotics"), 3, 0.2)[0].id, "z");
    assert_eq!(index.find(&name("Zwetschenbaum"), 3, 0.0)[0].id, "z", "one slip away");
    assert_eq!(index.find(&name("zwetsch"), 3, 0.0)[0].id, "z", "only begun");
    index.put(&Record { id: "z".into(), name: "Pflaumenbaum Robotics GmbH".into(), ..Record::default() });
    assert!(
        index.find(&name("Zwetschgenbaum Robotics"), 3, 0.2).iter().all(|h| h.id != "z"),
        "the earlier name is gone"
    );
    assert_eq!(index.len(), before + 1);
    assert!(index.remove("z"));
    assert!(!index.remove("z"));
    assert!(index.find(&name("Pflaumenbaum Robotics"), 3, 0.2).is_empty());
}

#[test]
fn a_rare_name_is_found_however_many_share_the_rest() {
    let held = Record {
        id: "z".into(),
        name: "Zwetschgenbaum Robotics GmbH".into(),
        website: "agents.example".into(),
        telephone: "+852 2877 1234".into(),
        ..Record::default()
    };
    let mut index = index(std::slice::from_ref(&held));
    for nth in 0..400 {
        let of_site = nth % 2 == 0;
        index.put(&Record {
            id: format!("later {nth}").into(),
            name: format!("Company {nth} Limited").into(),
            website: if of_site { held.website.clone() } else { "".into() },
            telephone: if of_site { "".into() } else { held.telephone.clone() },
            ..Record::default()
        });
    }
    let asked = Record { id: "".into(), ..held };
    for breadth in [Breadth::WHOLE, Breadth::TYPED] {
        let hits = index.find_within(&asked, 3, 0.2, breadth);
        assert_eq!(hits.first().map(|hit| hit.id), Some("z"), "{breadth:?}");
    }
}

#[test]
fn silent_records_are_found_and_weigh_nothing() {
    let held = Record { id: "sony".into(), name: "Sony Group".into(), ..Record::default() };
    let mut index = index(&[held]);
    let asked = name("Sony");
    let told = |index: &Index| {
        let hits = index.find(&asked, 9, 0.0);
        hits.into_iter().filter(|hit| hit.id == "sony").map(|hit| hit.explanation).collect::<Vec<_>>()
    };
    let before = told(&index);
    assert_eq!(before.len(), 1);
    index.put(&Record { id: "s".into(), name: "Sony Corporation".into(), silent: true, ..Record::default() });
    assert_eq!(told(&index), before, "one more that nobody may know of");
    assert!(index.find(&asked, 9, 0.0).iter().any(|hit| hit.id == "s"));
    index.remove("s");
    assert_eq!(told(&index), before);
    index.put(&Record { id: "s".into(), name: "Sony Corporation".into(), ..Record::default() });
    assert_ne!(told(&index), before, "one that everybody may know of");
}

#[test]
fn questions_are_those_that_teach_most_and_answers_are_learnt_from() {
    let rows = elsewhere::rows(600, 5, &elsewhere::OFFICES);
    let mut corpus = Corpus::default();
    let records: Vec<Record> = rows.iter().map(|row| record(&row.fields)).collect();
    corpus.extend(&records);
    let mut index = Index::new(corpus, Model::default());
    let all = index.questions(50, &[], |_, _| true).expect("questions");
    assert_eq!(all.len(), 50);
    assert!(all.windows(2).all(|two| two[0].teaches >= two[1].teaches));
    let first = &all[0];
    assert!((0.05..0.95).contains(&first.explanation.probability) && first.alike > 1, "{first:?}");
    // One answered isn't asked again, and those alike it teach less.
    let (a, b) = first.ids.clone();
    let answered = [(a.clone(), b.clone(), true)];
    let apart = |x: &str, y: &str| (x, y) != (a.as_str(), b.as_str());
    let next = index.questions(50, &answered, apart).expect("questions");
    assert!(next.iter().all(|question| question.ids != first.ids));
    let learnt = index.learn(&answered, |_, _| true).expect("a model");
    assert_ne!(&learnt, index.model());
    index.set_model(learnt.clone());
    assert_eq!(index.model(), &learnt);
}

/// Pairwise F1 and the share of pairs of siblings joined, as the yardstick counts them.
fn score(rows: &[elsewhere::Row], of: impl Fn(usize) -> u32) -> f64 {
    let pairs = |counts: &HashMap<(u32, u32), u64>| counts.values().map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let (mut both, mut said, mut real) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (at, row) in rows.iter().enumerate() {
        *both.entry((of(at), row.entity)).or_default() += 1;
        *said.entry((of(at), 0)).or_default() += 1;
        *real.entry((0, row.entity)).or_default() += 1;
    }
    let (precision, recall) = (pairs(&both) / pairs(&said), pairs(&both) / pairs(&real));
    2.0 * precision * recall / (precision + recall)
}

#[test]
fn unlike_habits_are_matched_as_well() {
    for (mix, least) in [(&elsewhere::OFFICES, 0.94), (&elsewhere::SPARSE, 0.90), (&elsewhere::MESSY, 0.87)] {
        let rows = elsewhere::rows(1500, 3, mix);
        let mut corpus = Corpus::default();
        let records: Vec<Record> = rows.iter().map(|row| record(&row.fields)).collect();
        corpus.extend(&records);
        let none = Decisions::default();
        let model = corpus.train(&Model::default(), &none).expect("a model");
        let clusters = corpus.cluster(&model, &none, THRESHOLD).expect("clusters");
        let f1 = score(&rows, |at| clusters.of(at as u32));
        assert!(f1 >= least, "F1 {f1:.4}, at least {least}");
    }
}

#[test]
fn registers_and_people_are_obeyed() {
    let records = [
        Record {
            id: "a".into(),
            name: "Silver Birch Robotics Ltd".into(),
            country: "GB".into(),
            registration_number: "01234567".into(),
            website: "silverbirch.co.uk".into(),
            ..Record::default()
        },
        Record {
            id: "b".into(),
            name: "Silver Birch Robotics Ltd".into(),
            country: "GB".into(),
            registration_number: "No. 0123-4567".into(),
            ..Record::default()
        },
        Record {
            id: "c".into(),
            name: "Silver Birch Robotics Ltd".into(),
            country: "GB".into(),
            registration_number: "07654321".into(),
            website: "silverbirch.co.uk".into(),
            ..Record::default()
        },
        Record { id: "d".into(), name: "Wholly Unlike Foods".into(), ..Record::default() },
    ];
    let mut corpus = Corpus::default();
    corpus.extend(&records);
    let model = Model::default();
    let clusters = corpus.cluster(&model, &Decisions::default(), THRESHOLD).expect("clusters");
    assert_eq!(clusters.of(0), clusters.of(1));
    assert_ne!(clusters.of(0), clusters.of(2), "two numbers of one register never merge");
    let mut people = Decisions::default();
    people.different(0, 1);
    people.same(0, 3);
    let clusters = corpus.cluster(&model, &people, THRESHOLD).expect("clusters");
    assert_ne!(clusters.of(0), clusters.of(1));
    assert_eq!(clusters.of(0), clusters.of(3));
    assert_eq!(corpus.explain(&model, 0, 2).verdict, Verdict::Related, "one name and site, two numbers");
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file written");
    path
}

fn run(job: &Job, out: &Path) -> Result<matching::Found, Error> {
    job.run(out, None, &mut |_, _, _| {})
}

#[test]
fn bad_files_are_refused_in_words_and_leave_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.csv");
    let refused = |bytes: &[u8], says: &str| {
        let error = run(&Job::new(write(folder.path(), "in.csv", bytes)), &out).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
        assert!(!out.exists());
    };
    refused(b"id,name\n1,A\n", "no column \u{201c}record_id\u{201d}");
    refused(b"record_id,name\n1,A\n1,B\n", "two records have the id \u{201c}1\u{201d}");
    // Past where the encoding is told from, what is not in it is named with its row.
    let late = format!("record_id,name\n{}", (0..40_000).map(|n| format!("{n},Acme\n")).collect::<String>());
    refused(&[late.as_bytes(), b"x,\xb5\xd8\xc4\n"].concat(), "row 40001: not UTF-8. Name the encoding");
    refused(&[0xff, 0xfe, b'r', 0], "no column \u{201c}record_id\u{201d}");
    refused(b"PK\x03\x04 a workbook", "neither CSV nor Parquet");
    let unfit =
        Job { encoding: Some("klingon".to_owned()), ..Job::new(write(folder.path(), "in.csv", b"record_id,name\n")) };
    assert!(
        run(&unfit, &out).expect_err("no such encoding").to_string().contains("no encoding \u{201c}klingon\u{201d}")
    );
    let unfit = Job {
        encoding: Some("big5".to_owned()),
        ..Job::new(write(folder.path(), "in.csv", b"record_id,name\n1,Acme\n2,\xff\xff\n"))
    };
    assert!(run(&unfit, &out).expect_err("not Big5").to_string().contains("record 2: not in Big5"));
    let records = write(folder.path(), "good.csv", b"record_id,name\n1,A\n2,B\n");
    let mut job = Job::new(&records);
    job.model = Some(write(folder.path(), "model.toml", b"version = 99\n"));
    assert!(run(&job, &out).expect_err("another version").to_string().contains("version 99"));
    job.model = Some(write(folder.path(), "model.toml", b"version = 1\n"));
    assert!(run(&job, &out).expect_err("no model").to_string().contains("not a model"));
    assert!(!out.exists());
    assert!(Columns::parse("name = \"Firma\"\ncolour = \"x\"").is_err());
    assert!(matching::memory("lots").is_err());
    assert_eq!(matching::memory("2GB").expect("a size"), 2 << 30);
}

#[test]
fn one_table_in_any_encoding_is_matched_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = |rows: [&str; 4]| {
        let rows: String =
            rows.iter().enumerate().map(|(at, name)| format!("{at},{name},0755-2678{at:04}\n")).collect();
        format!("record_id,name,telephone\n{rows}")
    };
    let clusters = |bytes: &[u8], encoding: Option<&str>| {
        let out = folder.path().join("out.csv");
        let mut job = Job::new(write(folder.path(), "in.csv", bytes));
        job.encoding = encoding.map(str::to_owned);
        let mut guessed = None;
        job.run(&out, None, &mut |stage, _, _| {
            if let Stage::Guessed(name) = stage {
                guessed = Some(name);
            }
        })
        .expect("clusters");
        (std::fs::read_to_string(&out).expect("clusters"), guessed)
    };
    let traditional =
        table(["台灣積體電路製造股份有限公司", "台灣積體電路製造", "香港科技園公司", "鴻海精密工業股份有限公司"]);
    let simplified =
        table(["深圳市腾讯计算机系统有限公司", "腾讯计算机系统", "华为技术有限公司", "比亚迪股份有限公司"]);
    let korean = table(["삼성전자주식회사", "삼성전자", "현대자동차주식회사", "엘지화학"]);
    for (label, text) in
        [("big5", &traditional), ("gb18030", &simplified), ("euc-kr", &korean), ("utf-16le", &simplified)]
    {
        let bytes = match label {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => encoding_rs::Encoding::for_label(label.as_bytes()).expect("a label").encode(text).0.into_owned(),
        };
        let (plain, nothing) = clusters(text.as_bytes(), None);
        assert_eq!(nothing, None, "UTF-8 is told for certain");
        assert_eq!(clusters(&bytes, Some(label)), (plain.clone(), None), "{label}");
        let (found, guessed) = clusters(&bytes, None);
        assert!(guessed.is_some(), "what is guessed is told");
        assert_eq!(found, plain, "{label} was taken for {guessed:?}");
    }
}

#[test]
fn odd_data_comes_out_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.csv");
    let same: String = (0..4000).map(|n| format!("{n},Acme Limited,HK,same.com\n")).collect();
    let unlike: String =
        (0..400u32).map(|n| format!("{n},{},,\n", char::from_u32(0x4e00 + n * 7).unwrap_or('x'))).collect();
    let long = format!("1,{},HK,\n2,{},HK,\n3,x,,\n4,,,\n", "长a ".repeat(10_000), "Acme ".repeat(10_000));
    for body in [same, unlike, long, String::new()] {
        let path = write(folder.path(), "in.csv", format!("record_id,name,country,website\n{body}").as_bytes());
        let found = run(&Job::new(path), &out).expect("clusters");
        assert_eq!(found.records, body.lines().count());
        assert_eq!(std::fs::read_to_string(&out).expect("clusters").lines().count(), found.records + 1);
    }
}

#[test]
fn a_killed_job_is_taken_up_where_it_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = csv::Writer::from_path(folder.path().join("in.csv")).expect("a file");
    file.write_record(elsewhere::HEADER).expect("a row");
    for row in elsewhere::rows(400, 5, &elsewhere::OFFICES) {
        file.write_record(&row.fields).expect("a row");
    }
    file.flush().expect("a file");
    let job = Job::new(folder.path().join("in.csv"));
    let (whole, again) = (folder.path().join("whole.csv"), folder.path().join("again.csv"));
    run(&job, &whole).expect("clusters");
    let killed = std::panic::catch_unwind(|| {
        job.run(&again, None, &mut |stage, _, _| assert!(stage != Stage::Clustering, "killed here"))
    });
    assert!(killed.is_err() && !again.exists());
    let mut seen = Vec::new();
    job.run(&again, None, &mut |stage, _, _| seen.push(stage)).expect("clusters");
    assert!(
        !seen.contains(&Stage::Comparing) && !seen.contains(&Stage::Training),
        "what was compared isn't compared again"
    );
    let read = |path| std::fs::read(path).expect("clusters");
    assert_eq!(read(&whole), read(&again));
    assert!(!folder.path().join("again.csv.work").exists());
}

#[test]
fn a_model_is_a_file_that_reads_back() {
    let mut corpus = Corpus::default();
    let rows = elsewhere::rows(300, 2, &elsewhere::OFFICES);
    corpus.extend(&rows.iter().map(|row| record(&row.fields)).collect::<Vec<_>>());
    let model = corpus.train(&Model::default(), &Decisions::default()).expect("a model");
    assert_ne!(model, Model::default());
    assert_eq!(Model::from_text(&model.to_text(), Path::new("model.toml")).expect("a model"), model);
}

#[test]
fn two_files_are_linked() {
    let folder = tempfile::tempdir().expect("a folder");
    let a = write(
        folder.path(),
        "a.csv",
        "record_id,name,country\n1,华为技术有限公司,CN\n2,Silver Birch Ltd,GB\n".as_bytes(),
    );
    let b = write(
        folder.path(),
        "b.csv",
        b"record_id,name,country\n1,Huawei Technologies Co. Ltd.,CN\n2,Northern Gate Inc,US\n",
    );
    let mut job = Job::new(&a);
    job.records = vec![a, b];
    let out = folder.path().join("pairs.csv");
    job.link(&out, &mut |_, _, _| {}).expect("pairs");
    let text = std::fs::read_to_string(&out).expect("pairs");
    assert!(text.lines().count() == 2 && text.contains("1,1,0."), "{text}");
}

#[test]
fn scripts_are_told_apart() {
    assert_eq!(matching::script("ソニー株式会社"), Script::Kana);
    assert_eq!(matching::script("华为"), Script::Han);
    assert_eq!(matching::script("삼성"), Script::Hangul);
    assert_eq!(matching::fold("ＨＵＡＷＥＩ　華為"), "huawei 华为");
}

#[test]
fn the_same_records_give_the_same_clusters_however_many_pairs_weigh_alike() {
    // Many share a word and are weighed alike, so that which two are joined first decides.
    let words = ["蓝海", "启明", "北辰", "Kappa", "Orion", "岭南", "远望", "Harbour"];
    let names: Vec<String> =
        (0..1_500).map(|n| format!("{}{}{} Limited公司", words[n * 3 % 8], words[n * 5 % 8], n % 40)).collect();
    let mut corpus = Corpus::default();
    for (n, name) in names.iter().enumerate() {
        let telephone = if n % 3 == 0 { String::new() } else { format!("+852 2{:07}", n / 2 % 90) };
        let year = (1950 + n % 7).to_string();
        let record =
            Record { name: name.into(), telephone: telephone.into(), year_founded: year.into(), ..Record::default() };
        corpus.push(&record);
    }
    let model = corpus.train(&Model::default(), &Decisions::default()).expect("a model");
    let grown = || corpus.cluster(&model, &Decisions::default(), THRESHOLD).expect("clusters");
    let first = grown();
    for _ in 0..6 {
        assert_eq!(grown(), first);
    }
}
