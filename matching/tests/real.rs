//! Names that companies really go by: a file of them, and one name asked of a register.

use std::collections::HashMap;
use std::path::PathBuf;

use matching::{Corpus, Decisions, Index, Job, Model, Record, Stage, Verdict};

#[allow(dead_code)]
mod elsewhere;

/// Enterprise, country and name of each record.
fn real_names() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("real_names.txt").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (enterprise, rest) = line.split_once(' ').expect("an enterprise");
        let (country, name) = rest.split_once(' ').expect("a country");
        (enterprise, country.trim_matches('-'), name)
    })
}

fn pairs(enterprises: &[String]) -> Vec<(usize, usize)> {
    let all = (0..enterprises.len()).flat_map(|a| (a + 1..enterprises.len()).map(move |b| (a, b)));
    all.filter(|(a, b)| enterprises[*a] == enterprises[*b]).collect()
}

#[test]
fn a_small_file_of_names_is_matched_without_a_model_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let (records, out): (PathBuf, PathBuf) = (folder.path().join("names.csv"), folder.path().join("out.csv"));
    let rows: String =
        real_names().enumerate().map(|(at, (_, country, name))| format!("{at};{name};{country}\n")).collect();
    std::fs::write(&records, format!("record_id;name;country\n{rows}")).expect("written");
    let mut told = false;
    Job::new(&records).run(&out, None, &mut |stage, _, _| told |= stage == Stage::Unlearnt).expect("matched");
    assert!(told, "that names alone teach nothing");
    let text = std::fs::read_to_string(&out).expect("read");
    let clusters: HashMap<&str, &str> = text.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
    let found: Vec<String> = (0..clusters.len()).map(|at| clusters[at.to_string().as_str()].to_owned()).collect();
    let (said, real) = (pairs(&found), pairs(&real_names().map(|(at, ..)| at.to_owned()).collect::<Vec<_>>()));
    let right = said.iter().filter(|pair| real.contains(pair)).count();
    let f1 = 2.0 * right as f64 / (said.len() + real.len()) as f64;
    assert!(f1 > 0.75, "{right} of {} said and {} real: {f1:.3}", said.len(), real.len());
}

#[test]
fn names_alone_teach_nothing_however_many_there_are() {
    let rows = elsewhere::rows(2_000, 3, &elsewhere::OFFICES);
    let model = |whole: bool| {
        let mut corpus = Corpus::default();
        for row in &rows {
            let [id, name, other_name, country, city, address, website, telephone, number, industry, year] =
                row.fields.each_ref().map(|field| field.as_str().into());
            let names = Record { id, name, other_name, country, ..Record::default() };
            corpus.push(&if whole {
                Record {
                    city,
                    address,
                    website,
                    telephone,
                    registration_number: number,
                    industry,
                    year_founded: year,
                    ..names
                }
            } else {
                names
            });
        }
        corpus.train(&Model::default(), &Decisions::default()).expect("a model")
    };
    assert_eq!(model(false), Model::default());
    assert_ne!(model(true), Model::default());
}

/// A register of names only, among others.
fn register(names: &[&'static str]) -> Index {
    let mut corpus = Corpus::default();
    for nth in 0..600 {
        let name = format!("{} {} Works", ["Alder", "Birch", "Cedar", "Dogwood", "Elm"][nth % 5], nth * 7919);
        corpus.push(&Record { id: nth.to_string().into(), name: name.into(), ..Record::default() });
    }
    for name in names {
        corpus.push(&Record { id: (*name).into(), name: (*name).into(), ..Record::default() });
    }
    Index::new(corpus, Model::default())
}

fn verdict(held: &'static str, asked: &'static str) -> Option<(Verdict, f64)> {
    let index = register(&[held]);
    let hits = index.find(&Record { name: asked.into(), ..Record::default() }, 9, 0.05);
    hits.iter().find(|hit| hit.id == held).map(|hit| (hit.explanation.verdict, hit.explanation.probability))
}

#[test]
fn a_name_is_found_by_what_people_call_the_company() {
    for (held, asked) in [
        ("トヨタ自動車株式会社", "豐田"),
        ("トヨタ自動車株式会社", "丰田"),
        ("Toyota Motor Corporation", "トヨタ自動車"),
        ("Toyota Industries Corporation", "豊田自動織機"),
        ("宁德时代新能源科技股份有限公司", "CATL"),
        ("Lalamove", "货拉拉"),
        ("Lalamove (EasyVan Hong Kong Limited)", "貨拉拉"),
        ("和記電訊香港控股有限公司", "Hutchison Telecom"),
        ("Mitsubishi UFJ Financial Group, Inc.", "三菱UFJ"),
        ("3M Company", "3 M"),
    ] {
        let found = verdict(held, asked);
        assert!(found.is_some_and(|(_, probability)| probability > 0.3), "{asked} for {held}: {found:?}");
    }
    // A town of that name, and a company that only begins so, are neither.
    assert_eq!(verdict("宁德食品有限公司", "CATL"), None);
    assert_eq!(verdict("Toyota Industries Corporation", "Toyota Motor").map(|(verdict, _)| verdict), None);
    assert_eq!(verdict("3 N Company", "3 M"), None);
}

#[test]
fn a_trade_or_a_place_tells_siblings_of_a_group_apart() {
    for (held, asked) in [
        ("Tencent Holdings Limited", "Tencent Music"),
        ("腾讯控股有限公司", "Tencent Music"),
        ("腾讯控股有限公司", "腾讯音乐"),
        ("Alibaba Group Holding Limited", "阿里健康"),
        ("Huawei Technologies Co., Ltd.", "HUAWEI (HONG KONG) LIMITED"),
        ("华为技术有限公司", "HUAWEI (HONG KONG) LIMITED"),
        ("Bank of China (Hong Kong) Limited", "中国银行"),
        ("中國銀行(香港)有限公司", "中国银行"),
        ("BYD Company Limited", "BYD Electronic (International) Company Limited"),
    ] {
        let found = verdict(held, asked);
        assert_eq!(found.map(|(verdict, _)| verdict), Some(Verdict::Related), "{asked} for {held}: {found:?}");
    }
    for (held, asked) in [
        ("Bank of China Limited", "中国银行"),
        ("中國銀行(香港)有限公司", "Bank of China (Hong Kong)"),
        ("Tencent Holdings Limited", "腾讯"),
        ("华为技术有限公司", "Huawei"),
        ("Samsung Electronics Co., Ltd.", "삼성전자"),
    ] {
        let found = verdict(held, asked);
        assert!(found.is_some_and(|(verdict, _)| verdict == Verdict::Same), "{asked} for {held}: {found:?}");
    }
}
