//! Matches RECORDS.csv and writes CLUSTERS.csv, telling how long each part takes: for measuring while working.

use std::time::Instant;

use matching::{Corpus, Decisions, Model, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let threshold: f64 = args.get(3).map_or(Ok(0.5), |t| t.parse())?;
    let start = Instant::now();
    let mut reader = csv::Reader::from_path(&args[1])?;
    let headers = reader.headers()?.clone();
    let at = |name: &str| headers.iter().position(|h| h == name).unwrap_or(usize::MAX);
    let columns = [
        "record_id",
        "name",
        "other_name",
        "country",
        "city",
        "address",
        "website",
        "telephone",
        "registration_number",
        "industry",
        "year_founded",
    ]
    .map(at);
    let mut corpus = Corpus::default();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let records: Vec<Record> = rows
        .iter()
        .map(|row| {
            let get = |i: usize| row.get(columns[i]).unwrap_or("").into();
            Record {
                id: get(0),
                name: get(1),
                other_name: get(2),
                country: get(3),
                city: get(4),
                address: get(5),
                website: get(6),
                telephone: get(7),
                registration_number: get(8),
                industry: get(9),
                year_founded: get(10),
            }
        })
        .collect();
    corpus.extend(&records);
    eprintln!("read {} in {:?}", corpus.len(), start.elapsed());
    let decisions = Decisions::default();
    let model = corpus.train(&Model::default(), &decisions);
    eprintln!("trained {:?}", start.elapsed());
    if std::env::var_os("SHOW").is_some() {
        eprintln!("{}", model.table());
    }
    let clusters = corpus.cluster(&model, &decisions, threshold);
    eprintln!("clustered {:?}", start.elapsed());
    let mut out = csv::Writer::from_path(&args[2])?;
    out.write_record(["record_id", "cluster_id"])?;
    for at in 0..corpus.len() as u32 {
        out.write_record([corpus.id(at), corpus.id(clusters.of(at))])?;
    }
    out.flush()?;
    Ok(())
}
