//! What `oases check` proves of published figures: each version says what was kept or corrected then, and what was withdrawn
//! or taken back stands no more.

use std::collections::HashMap;

use platform::audit::proof::{PAGE, Said, is_enough, said};
use platform::room::{Check, Findings};
use platform::{Cx, Id, Result};

use super::{FIELDS, Published, store};

const VERBS: [&str; 5] =
    ["published.kept", "published.corrected", "published.put_back", "published.withdrawn", "published.taken_back"];

pub fn check() -> Check {
    Check { name: "published figures", run: |cx| Box::pin(whole(cx)) }
}

async fn whole(cx: &mut Cx) -> Result<Findings> {
    let (mut findings, mut after) = (Findings::default(), Id(0));
    loop {
        let last = store::records(cx, after, PAGE).await?.last().copied();
        // Behind the last record there may be entries about one that is gone.
        let mut told: HashMap<Id, Vec<Said>> = HashMap::new();
        for entry in said(cx, "published", after, last, &VERBS).await? {
            told.entry(entry.subject_id).or_default().push(entry);
        }
        if let Some(last) = last {
            let versions = store::between(cx, after, last).await?;
            for record in versions.chunk_by(|one, next| one.record_id == next.record_id) {
                findings.looked_at += 1;
                let said = told.remove(&record[0].record_id).unwrap_or_default();
                judge(record, &said, &mut findings.wrong);
            }
        }
        let mut gone: Vec<Id> = told.into_keys().collect();
        gone.sort_unstable();
        findings.wrong.extend(gone.into_iter().map(|id| format!("published figure {id} was kept and is not there")));
        match last {
            Some(last) if !is_enough(&mut findings) => after = last,
            _ => return Ok(findings),
        }
    }
}

/// The versions of a record, first to last, beside what was told of it.
fn judge(versions: &[Published], said: &[Said], wrong: &mut Vec<String>) {
    let mut values: HashMap<String, Option<String>> = HashMap::new();
    let mut entries = said.iter().peekable();
    for version in versions {
        let called =
            format!("{} (published figure {}, version {})", version.label(), version.record_id, version.version);
        let mut is_told = false;
        while let Some(entry) = entries.next_if(|entry| entry.version.is_none_or(|of| of <= version.version)) {
            is_told |= entry.version == Some(version.version);
            values.extend(entry.fields().into_iter().map(|change| (change.field, change.new.raw())));
        }
        if !is_told {
            wrong.push(format!("{called} was kept by nobody, as the audit has it"));
            continue;
        }
        for field in FIELDS {
            let (held, told) = (version.told(field).raw(), values.get(field).cloned().flatten());
            if held != told {
                let words = |value: Option<String>| value.map_or("nothing".to_owned(), |text| format!("“{text}”"));
                wrong.push(format!("{called}: {field} is {}, and the audit says {}", words(held), words(told)));
            }
        }
    }
    let ended = said.iter().any(|entry| matches!(entry.verb.as_str(), "published.withdrawn" | "published.taken_back"));
    if let Some(last) = versions.last().filter(|last| last.stands() == ended) {
        let stands =
            if ended { "stands, though it was taken back" } else { "stands no more, though nobody took it back" };
        wrong.push(format!("{} (published figure {}) {stands}", last.label(), last.record_id));
    }
}
