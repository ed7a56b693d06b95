//! What is said is said as each language says it: Chinese in its own marks, every event and every action in words of its
//! own.

use super::*;

/// The lines `key = words` of a language's texts: (where, key, words).
fn said(sources: &[Source], language: &str) -> Vec<(String, String, String)> {
    let line = pattern(r"(?m)^([a-z][a-z0-9-]*) = (.+)$");
    let ending = format!("/{language}.ftl");
    let texts = sources.iter().filter(|source| source.path.ends_with(&ending));
    texts
        .flat_map(|source| {
            line.captures_iter(&source.text).map(|found| {
                let start = found.get(0).map_or(0, |whole| whole.start());
                (source.at(&source.text, start), found[1].to_owned(), found[2].to_owned())
            })
        })
        .collect()
}

#[test]
fn chinese_is_set_in_its_own_marks() {
    let ideograph = r"[\u{3400}-\u{9fff}]";
    let after = r"[\u{3400}-\u{9fff}\u{3001}-\u{3011}\u{ff01}-\u{ff5e}”’]";
    let half_width = [
        // A half-width mark that ends a clause, brackets around a remark, a space where nothing is parted.
        format!(r"{after}[:.,;?!](?:\s|$|{ideograph}|\{{)"),
        format!(r"\}}\s?[:.,;?!]\s?{ideograph}"),
        format!(r"{ideograph}\s?\(|\){ideograph}"),
        format!("{ideograph} {ideograph}"),
    ]
    .map(|wrong| pattern(&wrong));
    let foreign = [("zh-Hant", pattern("[“”‘’]")), ("zh-Hans", pattern("[「」『』]"))];
    let sources = sources();
    let mut faults = Vec::new();
    for (language, foreign) in &foreign {
        for (place, key, words) in said(&sources, language) {
            if half_width.iter().chain([foreign]).any(|wrong| wrong.is_match(&words)) {
                faults.push(format!("{place}: {key} = {words}"));
            }
        }
    }
    assert_kept("Chinese has full-width marks, and quotes as its own script does:", faults);
}

#[test]
fn templates_leave_colons_and_quotation_marks_to_the_language() {
    // A number before a point counts a row, in every language.
    let set_in_a_page = pattern(r"\}\}: ?(?:\{\{|<)|\) \}\}\. |[“「]\{\{");
    let templates = sources();
    let templates = templates.iter().filter(|source| source.is_template() && !source.is_vendored());
    let faults = templates.flat_map(|source| source.finds(&source.text, &set_in_a_page)).collect();
    assert_kept("A Chinese page would have English marks; use labelled, colon, quoted or a text:", faults);
}

#[test]
fn no_two_events_are_told_in_the_same_words() {
    let sources = sources();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for (place, key, words) in said(&sources, language) {
            if !key.starts_with("event-") {
                continue;
            }
            if let Some(other) = told.insert(words.clone(), key.clone()) {
                faults.push(format!("{place}: {key} and {other} are both “{words}”"));
            }
        }
    }
    assert_kept("An auditor who chooses an event could not tell them apart:", faults);
}

#[test]
fn every_action_and_every_room_of_a_key_is_told_in_words() {
    let sources = sources();
    let declared = pattern(r#"\bPermission::(?:read|write)\(\s*"([a-z_]+)\.([a-z_]+\.[a-z_]+)""#);
    let known: BTreeSet<String> = said(&sources, "en").into_iter().map(|(_, key, _)| key).collect();
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust() && !source.is_test() && !source.is_bench()) {
        let text = source.shipped();
        for found in declared.captures_iter(&text) {
            let (room, rest) = (&found[1], &found[2]);
            let action = format!("permission-{room}-{}", rest.replace(['.', '_'], "-"));
            for key in [action, format!("key-scope-room-{room}")] {
                if !known.contains(&key) {
                    faults.push(format!("{}: lacks {key}", source.at(&text, found.get(0).map_or(0, |at| at.start()))));
                }
            }
        }
    }
    assert_kept("A table of roles would show a bare code:", faults);
}
