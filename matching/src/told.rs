//! The pairs worth knowing, written with their reasons and with what people decided of them.

use std::path::Path;

use crate::cluster::{Clusters, Decisions, Edge};
use crate::corpus::Corpus;
use crate::error::Error;
use crate::explain::Verdict;
use crate::model::Scales;
use crate::table::Whole;

pub(crate) fn write_pairs(
    corpus: &Corpus,
    decisions: &Decisions,
    clusters: &Clusters,
    edges: &[Edge],
    scales: &Scales,
    place: &Path,
) -> Result<(), Error> {
    let comparer = corpus.comparer();
    let mut file =
        Whole::create(place, &["record_id_1", "record_id_2", "verdict", "probability", "reasons", "decided"])?;
    let mut untold = decisions.pairs();
    for edge in edges {
        untold.remove(&edge.pair);
    }
    // What was decided is told, too, where the two have too little alike to be compared.
    let untold: Vec<Edge> = untold.into_iter().map(|pair| Edge { pair, logit: 0.0, kin: 0.0 }).collect();
    for edge in edges.iter().chain(&untold) {
        let (a, b) = edge.ends();
        let joined = clusters.of(a) == clusters.of(b);
        // Below one in a hundred nobody wants to be asked.
        let decided = decisions.of(a, b);
        if !joined && decided.is_none() && edge.kin < 0.5 && edge.logit < -4.6 {
            continue;
        }
        let why =
            crate::explain::explain(&comparer, scales, &corpus.profiles[a as usize], &corpus.profiles[b as usize]);
        let verdict = match (joined, why.verdict) {
            (true, _) => Verdict::Same.name(),
            (false, Verdict::Related) => Verdict::Related.name(),
            // Nobody needs to be asked again.
            (false, _) if decided == Some(false) => Verdict::Different.name(),
            (false, _) => "unsure",
        };
        let reasons: Vec<String> =
            why.reasons.iter().map(|r| format!("{}: {} {:+.1}", r.field.name(), r.level, r.weight)).collect();
        file.row(&[
            corpus.id(a),
            corpus.id(b),
            verdict,
            &format!("{:.4}", why.probability),
            &reasons.join("; "),
            said(decided),
        ])?;
    }
    file.finish()
}

fn said(decided: Option<bool>) -> &'static str {
    match decided {
        Some(true) => Verdict::Same.name(),
        Some(false) => Verdict::Different.name(),
        None => "",
    }
}
