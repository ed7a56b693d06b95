//! Names that tell companies of one series apart, names of well-known enterprises in several scripts, and few records.

use std::path::Path;

use matching::{Corpus, Field, Model, Record, Verdict};

fn likely(a: Record<'_>, b: Record<'_>) -> (f64, Verdict, &'static str) {
    let mut corpus = Corpus::default();
    for at in 0..60 {
        let name = format!("Company {} of Somewhere", ["Alder", "Birch", "Cedar", "Dogwood", "Elm"][at % 5].repeat(at));
        corpus.push(&Record {
            id: at.to_string().into(),
            name: name.into(),
            country: "SG".into(),
            ..Record::default()
        });
    }
    corpus.push(&a);
    corpus.push(&b);
    let found = corpus.explain(&Model::default(), 60, 61);
    let level = found.reasons.iter().find(|reason| reason.field == Field::Name).map_or("", |reason| reason.level);
    (found.probability, found.verdict, level)
}

/// Two of one address, telephone and website, as companies for one purpose each are.
fn housed(name: &str) -> Record<'_> {
    Record {
        name: name.into(),
        country: "HK".into(),
        address: "18 Harbour Road, Wan Chai".into(),
        website: "sino-treasure.example".into(),
        telephone: "+852 2877 1234".into(),
        ..Record::default()
    }
}

#[test]
fn a_number_or_letter_tells_one_of_a_series_from_the_next() {
    for (one, next) in [
        ("Sino Treasure 1 Limited", "Sino Treasure 2 Limited"),
        ("Sino Treasure 1 Limited", "Sino Treasure 12 Limited"),
        ("Blue Harbour Fund II", "Blue Harbour Fund III"),
        ("Blue Harbour A Limited", "Blue Harbour B Limited"),
        ("Orient Pearl 5 Limited", "Orient Pearl 6 Limited"),
        ("1234567 Ontario Inc.", "1234568 Ontario Inc."),
        ("中国建筑第三工程局有限公司", "中国建筑第五工程局有限公司"),
        ("東珠5號有限公司", "東珠6號有限公司"),
    ] {
        let (probability, verdict, level) = likely(housed(one), housed(next));
        assert!(probability < 0.05 && verdict != Verdict::Same, "{one}, {next}: {level}, {probability}");
    }
    // Without a number a company is none of the series, and with it no slip of the finger.
    let (_, _, level) = likely(housed("Orient Pearl 5 Limited"), housed("Orient Pearl Limited"));
    assert_eq!(level, "part of it");
    // Written otherwise it is the same one still; renamed, it holds both.
    let (probability, ..) = likely(housed("Sino Treasure 1 Limited"), housed("SINO TREASURE 1 LTD."));
    assert!(probability > 0.95, "{probability}");
    let renamed = Record { other_name: "Sino Treasure 1 Limited".into(), ..housed("Sino Treasure 2 Limited") };
    let (probability, ..) = likely(renamed, housed("Sino Treasure 1 Limited"));
    assert!(probability > 0.95, "{probability}");
}

#[test]
fn well_known_names_meet_across_scripts() {
    for (country, one, other) in [
        ("DE", "Siemens Aktiengesellschaft", "西门子股份公司"),
        ("US", "Microsoft Corporation", "微軟公司"),
        ("US", "Microsoft Corporation", "マイクロソフト"),
        ("HK", "騰訊控股有限公司", "Tencent Holdings Limited"),
        ("JP", "三菱電機株式会社", "Mitsubishi Electric Corporation"),
        ("JP", "ソフトバンク株式会社", "SoftBank Corp."),
        ("KR", "엘지전자 주식회사", "LG Electronics Inc."),
        ("KR", "LG전자(주)", "엘지전자"),
        ("KR", "삼성전자 주식회사", "Samsung Electronics Co., Ltd."),
        ("CN", "中国银行股份有限公司", "Bank of China Limited"),
        ("CN", "比亚迪股份有限公司", "BYD Company Limited"),
    ] {
        let of = |name| Record { name, country: country.into(), ..Record::default() };
        let (probability, _, level) = likely(of(one.into()), of(other.into()));
        assert!(probability > 0.5, "{one}, {other}: {level}, {probability}");
    }
    // A short word that a brand has too is no brand in a longer name.
    let of = |name: &'static str| Record { name: name.into(), ..Record::default() };
    assert!(likely(of("Siemensstadt Grundstücks GmbH"), of("西门子股份公司")).0 < 0.1);
}

#[test]
fn a_rare_name_is_known_among_few_records() {
    let of = |name: &'static str| Record { name: name.into(), ..Record::default() };
    let (rare, ..) = likely(of("Kestrelworks Limited"), of("Kestrelworks"));
    let (common, ..) = likely(of("Star Limited"), of("Star"));
    assert!(rare > 0.85 && common < rare, "{rare}, {common}");
}

#[test]
fn a_model_written_before_there_was_a_level_is_read_on() {
    let text = Model::default().to_text();
    let before: String =
        text.lines().filter(|line| !line.contains("another number")).map(|l| format!("{l}\n")).collect();
    assert_ne!(before, text);
    assert_eq!(Model::from_text(&before, Path::new("m.toml")).expect("a model"), Model::default());
    let lacking: String = text.lines().filter(|line| !line.contains("one slip")).map(|l| format!("{l}\n")).collect();
    assert!(Model::from_text(&lacking, Path::new("m.toml")).is_err());
}
