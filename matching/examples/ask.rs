//! Builds an index of RECORDS.csv and asks it names: how long it takes to build, how much it holds, how quickly it answers.

use std::time::Instant;

use matching::{Breadth, Corpus, Index, Model, Record};

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("ask RECORDS.csv")?;
    let mut reader = csv::Reader::from_path(&path)?;
    let header = reader.headers()?.clone();
    let places: Vec<usize> =
        matching::FIELD_NAMES.iter().map(|f| header.iter().position(|h| h == *f).unwrap_or(usize::MAX)).collect();
    let start = Instant::now();
    let mut corpus = Corpus::default();
    let mut asked: Vec<(String, String)> = Vec::new();
    let mut rows: Vec<csv::StringRecord> = Vec::new();
    fn put(corpus: &mut Corpus, rows: &mut Vec<csv::StringRecord>, places: &[usize]) {
        let get =
            |row: &csv::StringRecord, at: usize| std::borrow::Cow::Owned(row.get(places[at]).unwrap_or("").to_owned());
        let records: Vec<Record> = rows
            .iter()
            .map(|row| Record {
                id: get(row, 0),
                name: get(row, 1),
                other_name: get(row, 2),
                country: get(row, 3),
                city: get(row, 4),
                address: get(row, 5),
                website: get(row, 6),
                telephone: get(row, 7),
                registration_number: get(row, 8),
                industry: get(row, 9),
                year_founded: get(row, 10),
                silent: false,
                further: false,
            })
            .collect();
        corpus.extend(&records);
        rows.clear();
    }
    for (seen, row) in reader.records().enumerate() {
        let row = row?;
        if seen.is_multiple_of(97) && asked.len() < 10_000 {
            asked.push((row.get(places[0]).unwrap_or("").to_owned(), row.get(places[1]).unwrap_or("").to_owned()));
        }
        rows.push(row);
        if rows.len() == 16_384 {
            put(&mut corpus, &mut rows, &places);
        }
    }
    put(&mut corpus, &mut rows, &places);
    drop(rows);
    let read = start.elapsed();
    let index = Index::new(corpus, Model::default());
    println!("{} records: read {read:.1?}, built {:.1?}, {} MB resident", index.len(), start.elapsed(), resident());
    for (how, breadth) in [("typed", Breadth::TYPED), ("whole", Breadth::WHOLE)] {
        let mut times = Vec::new();
        let (mut first, mut among) = (0, 0);
        for (id, name) in &asked {
            let at = Instant::now();
            let hits = index.find_within(&Record { name: name.as_str().into(), ..Record::default() }, 10, 0.0, breadth);
            times.push(at.elapsed());
            first += usize::from(hits.first().is_some_and(|h| h.id == id));
            among += usize::from(hits.iter().any(|h| h.id == id));
        }
        times.sort_unstable();
        let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
        println!(
            "{} names alone, {how}, ten answers with reasons each: p50 {:.2?}, p95 {:.2?}, p99 {:.2?}, longest {:.2?}, all {:.2?}; itself first {first}, among ten {among}",
            times.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0),
            times.iter().sum::<std::time::Duration>()
        );
    }
    Ok(())
}
