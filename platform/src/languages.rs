//! Languages by their tags (BCP 47): `en`, `zh-Hant-HK`, `und-Cyrl`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The primary subtags of the IANA Language Subtag Registry of 2021-08-06, which are those of ISO 639.
static PRIMARY: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("languages.txt").split_whitespace().collect());

/// Names of languages in every language of the program, folded, and a few that people use beside them.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    const FURTHER: [(&str, &str); 8] = [
        ("putonghua", "cmn"),
        ("mandarin chinese", "cmn"),
        ("國語", "cmn"),
        ("粵語", "yue"),
        ("英語", "en"),
        ("中文", "zh"),
        ("日語", "ja"),
        ("韓語", "ko"),
    ];
    let files = [include_str!("text/en.ftl"), include_str!("text/zh-Hant.ftl"), include_str!("text/zh-Hans.ftl")];
    let told =
        files.iter().flat_map(|file| file.lines()).filter_map(|line| line.strip_prefix("language-")?.split_once(" = "));
    let further = FURTHER.iter().map(|(name, tag)| (*tag, *name));
    told.chain(further).map(|(tag, name)| (crate::search::fold::fold(name), tag.to_owned())).collect()
});

/// The tag of what somebody writes for a language: its name in any language of the program, or a tag.
pub fn written(text: &str) -> Option<String> {
    tag(NAMES.get(&crate::search::fold::fold(text.trim())).map_or(text, String::as_str))
}

/// The longest tag that is kept.
const MOST: usize = 35;

/// A tag as it is kept, `zh-Hant-HK` for `ZH-hant-hk`: nothing where it is none, or of no language that is known.
pub fn tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let mut parts = text.split('-');
    let primary = parts.next()?.to_ascii_lowercase();
    if text.len() > MOST || !PRIMARY.contains(primary.as_str()) {
        return None;
    }
    let mut tag = primary;
    // Each kind of part may follow those before it: an extended language, a script, a region, variants.
    let mut place = 0;
    for part in parts {
        let letters = part.bytes().all(|sign| sign.is_ascii_alphabetic());
        let digits = part.bytes().all(|sign| sign.is_ascii_digit());
        if !part.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return None;
        }
        let kind = match part.len() {
            3 if letters => 1,
            4 if letters => 2,
            2 if letters => 3,
            3 if digits => 3,
            5..=8 => 4,
            4 if part.starts_with(|sign: char| sign.is_ascii_digit()) => 4,
            _ => return None,
        };
        if kind < place || (kind == place && kind != 4) {
            return None;
        }
        place = kind;
        tag.push('-');
        match kind {
            2 => tag.extend(part.char_indices().map(|(at, sign)| match at {
                0 => sign.to_ascii_uppercase(),
                _ => sign.to_ascii_lowercase(),
            })),
            3 => tag.push_str(&part.to_ascii_uppercase()),
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

/// The likeliest language of a name by its script; `und` with the script where that does not tell.
pub fn of_script(text: &str) -> &'static str {
    let has = |range: std::ops::RangeInclusive<char>| text.chars().any(|sign| range.contains(&sign));
    if has('\u{3040}'..='\u{30FF}') {
        return "ja";
    }
    if has('\u{AC00}'..='\u{D7AF}') {
        return "ko";
    }
    if has('\u{3400}'..='\u{9FFF}') {
        let simplified = crate::search::fold::fold(text);
        let plain: String = text.chars().filter(|sign| sign.is_alphanumeric()).collect();
        let folded: String = simplified.chars().filter(|sign| sign.is_alphanumeric()).collect();
        return if folded == plain.to_lowercase() { "zh-Hans" } else { "zh-Hant" };
    }
    let scripts = [
        ('\u{0370}'..='\u{03FF}', "el"),
        ('\u{0400}'..='\u{052F}', "und-Cyrl"),
        ('\u{0530}'..='\u{058F}', "hy"),
        ('\u{0590}'..='\u{05FF}', "he"),
        ('\u{0600}'..='\u{06FF}', "und-Arab"),
        ('\u{0900}'..='\u{097F}', "und-Deva"),
        ('\u{0E00}'..='\u{0E7F}', "th"),
        ('\u{10A0}'..='\u{10FF}', "ka"),
    ];
    match scripts.into_iter().find(|(range, _)| has(range.clone())) {
        Some((_, language)) => language,
        None if is_latin(text) => "en",
        None => "und",
    }
}

/// Whether all letters of a text are Latin ones.
pub fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|sign| sign.is_alphabetic())
        .all(|sign| matches!(sign, '\0'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' | '\u{FF21}'..='\u{FF5A}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_a_language_that_is_known() {
        for (given, kept) in [
            ("EN", "en"),
            ("zh_hant-hk", "zh-Hant-HK"),
            ("und-cyrl", "und-Cyrl"),
            ("yue", "yue"),
            ("es-419", "es-419"),
            ("sl-rozaj-biske", "sl-rozaj-biske"),
            ("zh-yue-HK", "zh-yue-HK"),
        ] {
            assert_eq!(tag(given).as_deref(), Some(kept), "{given}");
        }
        for none in ["", "xx-zz", "qqqqqqqqqqq", "en-", "en-Latn-Latn", "en-US-Latn", "zh hant", "e", "english"] {
            assert_eq!(tag(none), None, "{none}");
        }
    }

    #[test]
    fn a_language_is_taken_by_its_name() {
        for (given, kept) in [
            ("English", "en"),
            ("cantonese", "yue"),
            ("廣東話", "yue"),
            ("普通话", "cmn"),
            ("Traditional Chinese", "zh-Hant"),
            ("日文", "ja"),
            ("fr", "fr"),
        ] {
            assert_eq!(written(given).as_deref(), Some(kept), "{given}");
        }
        assert_eq!(written("Klingonese"), None);
    }

    #[test]
    fn the_language_of_a_name_is_told_by_its_script() {
        for (name, language) in [
            ("華為技術", "zh-Hant"),
            ("华为技术", "zh-Hans"),
            ("トヨタ", "ja"),
            ("삼성", "ko"),
            ("Roche", "en"),
            ("Čech & Müller 3", "en"),
            ("شركة الواحة", "und-Arab"),
            ("Компания Оазис", "und-Cyrl"),
            ("Όαση", "el"),
            ("บริษัท", "th"),
            ("ኩባንያ", "und"),
        ] {
            assert_eq!(of_script(name), language, "{name}");
        }
    }
}
