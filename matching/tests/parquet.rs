//! Records in Parquet: matched as the same table in CSV is, and what is no such table is refused in words.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use matching::{Columns, Error, Field, Job};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const ROWS: usize = 3_000;
/// More than is read at once, in each group.
const MANY: usize = 40_000;

/// Row `n` of a made-up table: key, name, telephone (missing in every third row) and year.
fn row(n: usize) -> (i64, String, Option<String>, i32) {
    let words = ["Blue", "Harbour", "星", "Robotics", "北辰", "Kappa", "Orion", "岭南"];
    let pick = |by: usize| words[(n / 2 * by + by) % words.len()];
    // Every second row is the one before it under a slip.
    let name = format!("{}{}{} {}", pick(3), pick(5), n / 2, if n.is_multiple_of(2) { "Limited" } else { "Ltd" });
    (n as i64, name, (!n.is_multiple_of(3)).then(|| format!("+852 2{:07}", n / 2)), 1950 + (n / 2 % 70) as i32)
}

/// Where a table would stand, and how it is written there.
#[derive(Clone, Copy)]
struct Form {
    dictionary: bool,
    compression: Compression,
    /// The year as 1998.0, as many programs leave it.
    float: bool,
}

fn write(place: &Path, form: Form, count: usize) {
    let schema = format!(
        "message records {{ REQUIRED INT64 record_id; REQUIRED BINARY name (UTF8); REQUIRED GROUP more {{ REQUIRED INT32 \
         a; OPTIONAL BINARY b; }} OPTIONAL BINARY telephone (UTF8); REQUIRED {} year_founded; }}",
        if form.float { "DOUBLE" } else { "INT32" }
    );
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(form.dictionary)
        .set_compression(form.compression)
        .set_data_page_size_limit(20_000)
        .build();
    let file = File::create(place).expect("a file");
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).expect("a writer");
    for group in 0..2 {
        let rows: Vec<_> = (group * count / 2..(group + 1) * count / 2).map(row).collect();
        let mut group = writer.next_row_group().expect("a group of rows");
        let mut at = 0;
        while let Some(mut column) = group.next_column().expect("a column") {
            let text = |text: &str| ByteArray::from(text);
            match at {
                0 => {
                    let keys: Vec<i64> = rows.iter().map(|row| row.0).collect();
                    column.typed::<Int64Type>().write_batch(&keys, None, None).expect("keys");
                }
                1 => {
                    let names: Vec<_> = rows.iter().map(|row| text(&row.1)).collect();
                    column.typed::<ByteArrayType>().write_batch(&names, None, None).expect("names");
                }
                2 => {
                    let ones: Vec<i32> = rows.iter().map(|_| 1).collect();
                    column.typed::<Int32Type>().write_batch(&ones, None, None).expect("numbers");
                }
                3 => {
                    let none: Vec<i16> = rows.iter().map(|_| 0).collect();
                    column.typed::<ByteArrayType>().write_batch(&[], Some(&none), None).expect("nothing");
                }
                4 => {
                    let held: Vec<_> = rows.iter().filter_map(|row| row.2.as_deref()).map(text).collect();
                    let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.2.is_some())).collect();
                    column.typed::<ByteArrayType>().write_batch(&held, Some(&levels), None).expect("telephones");
                }
                _ if form.float => {
                    let years: Vec<f64> = rows.iter().map(|row| f64::from(row.3)).collect();
                    column.typed::<DoubleType>().write_batch(&years, None, None).expect("years");
                }
                _ => {
                    let years: Vec<i32> = rows.iter().map(|row| row.3).collect();
                    column.typed::<Int32Type>().write_batch(&years, None, None).expect("years");
                }
            }
            column.close().expect("a column written");
            at += 1;
        }
        group.close().expect("a group written");
    }
    writer.close().expect("a file written");
}

fn clusters(job: &Job, out: &Path) -> Result<String, Error> {
    job.run(out, None, &mut |_, _, _| {})?;
    Ok(std::fs::read_to_string(out).expect("clusters"))
}

#[test]
fn a_table_in_parquet_is_matched_as_in_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| -> PathBuf { folder.path().join(name) };
    let mut text = String::from("record_id,name,telephone,year_founded\n");
    for (id, name, telephone, year) in (0..ROWS).map(row) {
        text.push_str(&format!("{id},{name},{},{year}\n", telephone.unwrap_or_default()));
    }
    std::fs::write(place("records.csv"), text).expect("a file");
    let as_csv = clusters(&Job::new(place("records.csv")), &place("out.csv")).expect("clusters");
    let leaders: std::collections::HashSet<&str> = as_csv.lines().filter_map(|line| line.split(',').nth(1)).collect();
    assert!(leaders.len() < ROWS * 3 / 4, "{} clusters", leaders.len());
    for form in [
        Form { dictionary: true, compression: Compression::SNAPPY, float: false },
        Form { dictionary: false, compression: Compression::UNCOMPRESSED, float: true },
    ] {
        write(&place("records.parquet"), form, ROWS);
        assert_eq!(clusters(&Job::new(place("records.parquet")), &place("out.csv")).expect("clusters"), as_csv);
    }
    // A model learnt from the one explains the other.
    let job = Job::new(place("records.parquet"));
    job.train(&place("model.toml"), &mut |_, _, _| {}).expect("a model");
    let job = Job { model: Some(place("model.toml")), ..job };
    let why = job.explain("2", "3", &mut |_, _, _| {}).expect("reasons");
    let same = Job { records: vec![place("records.csv")], ..job.clone() }.explain("2", "3", &mut |_, _, _| {});
    assert_eq!(format!("{why:?}"), format!("{:?}", same.expect("reasons")));
    assert!(why.probability > 0.9, "{why:?}");
    let linked = Job { records: vec![place("records.parquet"), place("records.csv")], ..Job::new("") };
    let found = linked.link(&place("links.csv"), &mut |_, _, _| {}).expect("links");
    assert!(found.clusters >= ROWS, "{found:?}");
    write(&place("many.parquet"), Form { dictionary: true, compression: Compression::SNAPPY, float: false }, MANY);
    let (a, b) = ((MANY - 2).to_string(), (MANY - 1).to_string());
    let why = Job { records: vec![place("many.parquet")], ..job }.explain(&a, &b, &mut |_, _, _| {}).expect("reasons");
    let year = why.reasons.iter().find(|reason| reason.field == Field::Year).expect("a year");
    assert_eq!(year.values, (row(MANY - 2).3.to_string(), row(MANY - 1).3.to_string()));
}

#[test]
fn what_is_no_table_of_records_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, out) = (folder.path().join("records.parquet"), folder.path().join("out.csv"));
    write(&place, Form { dictionary: true, compression: Compression::SNAPPY, float: false }, ROWS);
    let model = folder.path().join("model.toml");
    Job::new(&place).train(&model, &mut |_, _, _| {}).expect("a model");
    let whole = std::fs::read(&place).expect("a file");
    let refused = |columns: &str, says: &str| {
        let job = Job { columns: Columns::parse(columns).expect("a map"), ..Job::new(&place) };
        let error = clusters(&job, &out).expect_err(says);
        let mut words = error.to_string();
        if let Some(source) = std::error::Error::source(&error) {
            words = format!("{words}: {source}");
        }
        assert!(words.contains(says), "{words}");
        assert!(!out.exists());
    };
    refused("name = \"more\"", "\u{201c}more\u{201d} holds neither text nor whole numbers");
    refused(
        "name = \"title\"",
        "no column \u{201c}title\u{201d}; it has record_id, name, more, telephone, year_founded",
    );
    for cut in [4, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&place, &whole[..cut]).expect("a file");
        refused("", "not readable as Parquet");
    }
    // Damage inside is told too, or harmless; it is never a panic.
    let mut harmless = 0;
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&place, &damaged).expect("a file");
        let job = Job { model: Some(model.clone()), ..Job::new(&place) };
        harmless += usize::from(job.explain("0", "1", &mut |_, _, _| {}).is_ok());
    }
    assert!(harmless < 150);
}
