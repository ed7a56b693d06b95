//! How many pairs of a set nothing could tell: limit DIR, with records.csv and truth.csv in it.
//!
//! Two records of one enterprise are connected when their own words agree (in any script or spelling) or they share a website,
//! telephone, registration number or address, directly or through other records of the same enterprise. What is not connected no
//! field could tell, whoever judges. Of the rest, it says how many names alone connect, where homonyms and siblings leave a guess.

use std::collections::HashMap;

use matching::{Corpus, Field, Model, Record};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("limit DIR")?;
    let mut reader = csv::Reader::from_path(format!("{folder}/records.csv"))?;
    let header = reader.headers()?.clone();
    let places: Vec<usize> =
        matching::FIELD_NAMES.iter().map(|f| header.iter().position(|h| h == *f).unwrap_or(usize::MAX)).collect();
    let mut corpus = Corpus::default();
    for row in reader.records() {
        let row = row?;
        let get = |at: usize| row.get(places[at]).unwrap_or("").into();
        corpus.push(&Record {
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
            silent: false,
            further: false,
        });
    }
    let mut entities: HashMap<String, Vec<String>> = HashMap::new();
    let mut reader = csv::Reader::from_path(format!("{folder}/truth.csv"))?;
    for row in reader.records() {
        let row = row?;
        entities.entry(row[1].to_owned()).or_default().push(row[0].to_owned());
    }
    let at: HashMap<&str, u32> = (0..corpus.len() as u32).map(|r| (corpus.id(r), r)).collect();
    let model = Model::default();
    let (mut pairs, mut apart, mut by_name) = (0, 0, 0);
    for members in entities.values() {
        let members: Vec<u32> = members.iter().filter_map(|id| at.get(id.as_str()).copied()).collect();
        let mut any: Vec<usize> = (0..members.len()).collect();
        let mut firm = any.clone();
        for (i, a) in members.iter().enumerate() {
            for (j, b) in members.iter().enumerate().skip(i + 1) {
                pairs += 1;
                let why = corpus.explain(&model, *a, *b);
                let agrees = |field: Field, upto: usize| {
                    why.reasons.iter().any(|r| r.field == field && field.levels()[..upto].contains(&r.level))
                };
                let shares = [Field::Website, Field::Telephone, Field::Registration, Field::Address]
                    .iter()
                    .any(|f| agrees(*f, 1));
                if shares {
                    join(&mut firm, i, j);
                }
                if shares || agrees(Field::Name, 9) {
                    join(&mut any, i, j);
                }
            }
        }
        for i in 0..members.len() {
            for j in i + 1..members.len() {
                apart += usize::from(any[i] != any[j]);
                by_name += usize::from(any[i] == any[j] && firm[i] != firm[j]);
            }
        }
    }
    println!("{pairs} pairs; nothing connects {apart}; names alone connect {by_name}");
    Ok(())
}

fn join(groups: &mut [usize], i: usize, j: usize) {
    let (from, to) = (groups[j], groups[i]);
    groups.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
}
