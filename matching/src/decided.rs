//! What people decided, as a file: two ids and `same` or `different` a row.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;

use crate::cluster::Decisions;
use crate::corpus::Corpus;
use crate::error::Error;

/// A decision and the line it stands in.
type Line = (bool, u64);

/// Reads decisions on records of a corpus. Those that contradict each other are refused, be it in one pair or by way of others.
pub(crate) fn read(path: &Path, corpus: &Corpus) -> Result<Decisions, Error> {
    let places = corpus.places();
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(bytes.as_slice());
    let (mut line, mut counted) = (1, 0);
    let mut lines: BTreeMap<(u32, u32), Line> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(Error::table(path))?;
        // A row is told to begin before the ends of lines that part it from the row before.
        let from = row.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0)).min(bytes.len());
        let ends = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += bytes[counted..from + ends].iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = from + ends;
        let bad = |reason: String| Error::Decision { path: path.to_owned(), line, reason };
        let place = |at: usize| {
            let id = row.get(at).unwrap_or("").trim();
            places.get(id).copied().ok_or_else(|| bad(format!("there is no record “{id}”")))
        };
        let (a, b) = (place(0)?, place(1)?);
        let same = match row.get(2).map(str::trim) {
            Some("same") => true,
            Some("different") => false,
            other => return Err(bad(format!("“{}” is no decision: same or different", other.unwrap_or("")))),
        };
        if a == b {
            return Err(bad(format!("“{}” stands on both sides", corpus.id(a))));
        }
        let before = lines.insert((a.min(b), a.max(b)), (same, line));
        if let Some((other, before)) = before.filter(|(other, _)| *other != same) {
            let said = |same: bool| if same { "the same" } else { "different" };
            return Err(Error::Contradiction {
                path: path.to_owned(),
                lines: format!("lines {before} and {line}"),
                what: format!("“{}” and “{}” are {} and {}", corpus.id(a), corpus.id(b), said(other), said(same)),
            });
        }
    }
    let mut decisions = Decisions::default();
    let mut beside: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
    for ((a, b), (same, line)) in &lines {
        if *same {
            decisions.same(*a, *b);
            beside.entry(*a).or_default().push((*b, *line));
            beside.entry(*b).or_default().push((*a, *line));
        } else {
            decisions.different(*a, *b);
        }
    }
    for ((a, b), (_, line)) in lines.iter().filter(|(_, (same, _))| !same) {
        if let Some(mut way) = way(&beside, *a, *b) {
            way.push(*line);
            way.sort_unstable();
            let way: Vec<String> = way.iter().map(u64::to_string).collect();
            return Err(Error::Contradiction {
                path: path.to_owned(),
                lines: format!("lines {}", way.join(", ")),
                what: format!(
                    "“{}” and “{}” are different, and the same by way of others",
                    corpus.id(*a),
                    corpus.id(*b)
                ),
            });
        }
    }
    Ok(decisions)
}

/// The lines by which two records are the same, if there is a way.
fn way(beside: &HashMap<u32, Vec<(u32, u64)>>, from: u32, to: u32) -> Option<Vec<u64>> {
    let mut came: HashMap<u32, (u32, u64)> = HashMap::from([(from, (from, 0))]);
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let mut lines = Vec::new();
            let mut at = to;
            while at != from {
                let (before, line) = came[&at];
                lines.push(line);
                at = before;
            }
            return Some(lines);
        }
        for (other, line) in beside.get(&at).into_iter().flatten() {
            if !came.contains_key(other) {
                came.insert(*other, (at, *line));
                next.push_back(*other);
            }
        }
    }
    None
}
