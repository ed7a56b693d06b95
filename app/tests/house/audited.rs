//! Whatever the audit records can be read: every kind of record, every event and every field has words.

use std::collections::BTreeSet;

use super::{LANGUAGES, assert_kept, pattern, sources, texts};

/// What the sources record: kinds, events, and fields with the kinds that their file records.
#[derive(Default)]
struct Recorded {
    kinds: BTreeSet<String>,
    events: BTreeSet<String>,
    fields: BTreeSet<(String, Vec<String>)>,
}

/// What knows no house records nothing.
fn in_the_house(path: &str) -> bool {
    ["app/", "platform/", "rooms/"].iter().any(|part| path.starts_with(part))
}

fn recorded() -> Recorded {
    // The event may be a variable where two are told apart; the kind is a word almost everywhere.
    let change = pattern(r#"\bChange::new\(\s*(?:"([a-z_.]+)"|[\w:.]+),\s*(?:"([a-z_]+)"|[\w:.]+)"#);
    let event = pattern(r#""([a-z_]+)\.([a-z_]+)""#);
    let field = pattern(r#"\.(?:set|field)\(\s*"([a-z_]+)""#);
    let listed = pattern(r#"(?s)\bconst FIELDS: [^=]*=\s*&?\[(.*?)\];"#);
    let word = pattern(r#"[\[(\s]"([a-z_]+)""#);
    let shipped: Vec<(String, String)> = sources()
        .iter()
        .filter(|source| source.is_rust() && !source.is_test() && in_the_house(&source.path))
        .map(|source| (source.path.clone(), source.shipped()))
        .filter(|(_, text)| text.contains("Change::new(") || text.contains("Change)") || text.contains("const FIELDS"))
        .collect();
    let mut found = Recorded::default();
    for (_, text) in &shipped {
        for one in change.captures_iter(text) {
            found.events.extend(one.get(1).map(|event| event.as_str().to_owned()));
            found.kinds.extend(one.get(2).map(|kind| kind.as_str().to_owned()));
        }
    }
    let heads: BTreeSet<String> =
        found.events.iter().filter_map(|event| event.split_once('.')).map(|(head, _)| head.to_owned()).collect();
    let files = ["toml", "csv", "html", "json", "txt", "db", "svg", "css"];
    for (_, text) in &shipped {
        let kinds: Vec<String> =
            change.captures_iter(text).filter_map(|one| Some(one.get(2)?.as_str().to_owned())).collect();
        for one in event.captures_iter(text) {
            if heads.contains(&one[1]) && !files.contains(&&one[2]) {
                found.events.insert(format!("{}.{}", &one[1], &one[2]));
            }
        }
        let direct = field.captures_iter(text).map(|one| one[1].to_owned());
        let lists = listed.captures_iter(text).map(|list| list[1].to_owned()).collect::<Vec<_>>();
        // In a list of pairs the field stands first.
        let in_lists = lists.iter().flat_map(|list| {
            let first = if list.contains('(') { pattern(r#"(?m)^\s*\("([a-z_]+)""#) } else { word.clone() };
            let padded = format!(" {list}");
            first.captures_iter(&padded).map(|one| one[1].to_owned()).collect::<Vec<_>>()
        });
        // A field that begins with a line points at a row and is shown to nobody.
        let shown = direct.chain(in_lists).filter(|field| !field.starts_with('_'));
        found.fields.extend(shown.map(|field| (field, kinds.clone())));
    }
    found
}

#[test]
fn everything_the_audit_records_has_words_in_every_language() {
    let found = recorded();
    assert!(found.kinds.len() > 15 && found.events.len() > 80 && found.fields.len() > 90, "the sources were read");
    let sources = sources();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        let known: BTreeSet<String> = texts(&sources)
            .into_values()
            .flatten()
            .filter(|(of, _)| of == language)
            .flat_map(|(_, keys)| keys.into_keys())
            .collect();
        let named = |text: &str| text.replace(['.', '_'], "-");
        let mut lacks = |key: String| {
            if !known.contains(&key) {
                faults.push(format!("{language}: {key}"));
            }
        };
        found.kinds.iter().for_each(|kind| lacks(format!("audit-kind-{}", named(kind))));
        found.events.iter().for_each(|event| lacks(format!("event-{}", named(event))));
        for (field, kinds) in &found.fields {
            let own = |kind: &String| known.contains(&format!("{}-{}", named(kind), named(field)));
            if kinds.is_empty() || !kinds.iter().all(own) {
                lacks(format!("audit-field-{}", named(field)));
            }
        }
    }
    assert_kept("The audit would show a bare code:", faults);
}
