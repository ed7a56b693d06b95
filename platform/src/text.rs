//! Text in the reader's language: Fluent files beside the pages that use them.
//!
//! Nothing is stored as a sentence: the database keeps keys with arguments.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};

/// A language people read Oases in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-Hant")]
    Traditional,
    #[serde(rename = "zh-Hans")]
    Simplified,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::Traditional, Self::Simplified];

    /// As in file names, columns and settings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Traditional => "zh-Hant",
            Self::Simplified => "zh-Hans",
        }
    }

    /// As in a page's `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Traditional => "zh-Hant-HK",
            Self::Simplified => "zh-Hans-CN",
        }
    }

    /// The language's name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Traditional => "繁體中文",
            Self::Simplified => "简体中文",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The best of ours for a browser's `Accept-Language`.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, usize, Self)> = header
            .split(',')
            .enumerate()
            .filter_map(|(place, entry)| {
                let (tag, quality) = entry.split_once(";q=").unwrap_or((entry, "1"));
                let language = match tag.trim().to_ascii_lowercase().as_str() {
                    tag if tag.starts_with("en") => Self::English,
                    "zh" | "zh-cn" | "zh-sg" | "zh-my" => Self::Simplified,
                    tag if tag.starts_with("zh-hans") => Self::Simplified,
                    tag if tag.starts_with("zh") || tag.starts_with("yue") => Self::Traditional,
                    _ => return None,
                };
                Some((quality.trim().parse().ok().filter(|q: &f32| *q > 0.0)?, place, language))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        wanted.first().map(|(_, _, language)| *language)
    }
}

/// A stored code as text keys spell it: `proposal_received` is `proposal-received`.
pub fn kebab(code: &str) -> String {
    code.replace(['_', '.'], "-")
}

/// Words that the office gave, by language and key.
type OwnWords = HashMap<(Language, String), String>;

/// Every room's words, by language.
pub struct Texts {
    bundles: BTreeMap<Language, FluentBundle<Arc<FluentResource>>>,
    /// What the office calls fields of its own: found where no room has words under a key.
    own: RwLock<Arc<OwnWords>>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// `files` are (language code, Fluent text). Fails on a broken file or a key given twice,
    /// naming it, so that a slip shows at start and not on a page.
    pub fn new(files: impl IntoIterator<Item = (&'static str, &'static str)>) -> Result<Self, TextError> {
        let mut bundles = BTreeMap::new();
        for language in Language::ALL {
            let tag = language.tag().parse().map_err(|_| TextError(language.tag().to_owned()))?;
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Isolation marks around arguments show as boxes in titles and exports.
            bundle.set_use_isolating(false);
            bundles.insert(language, bundle);
        }
        for (code, text) in files {
            let language = Language::from_code(code).ok_or_else(|| TextError(code.to_owned()))?;
            let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
                TextError(format!("{code}: {errors:?} in {}", text.lines().next().unwrap_or("")))
            })?;
            if let Some(bundle) = bundles.get_mut(&language) {
                bundle.add_resource(Arc::new(resource)).map_err(|errors| TextError(format!("{code}: {errors:?}")))?;
            }
        }
        Ok(Self { bundles, own: RwLock::default() })
    }

    pub fn has(&self, language: Language, key: &str) -> bool {
        self.bundles.get(&language).is_some_and(|bundle| bundle.has_message(key)) || self.own(language, key).is_some()
    }

    /// Puts the words for fields of the office's own in the place of those there were.
    pub(crate) fn add_own(&self, words: OwnWords) {
        *self.own.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(words);
    }

    fn own(&self, language: Language, key: &str) -> Option<String> {
        let words = self.own.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if words.is_empty() { None } else { words.get(&(language, kebab(key))).cloned() }
    }

    /// The text for a key, with arguments. Whole numbers among the arguments choose plurals.
    /// A key that is missing comes back as itself: a test keeps that from happening.
    pub fn get(&self, language: Language, key: &str, args: &[(&str, String)]) -> String {
        let Some(bundle) = self.bundles.get(&language) else { return key.to_owned() };
        // Nothing is quoted of what was left empty: such a text has another that says what to give.
        let empty = args.iter().any(|(name, value)| *name == "value" && value.trim().is_empty());
        let instead = format!("{key}-empty");
        let key = if empty && bundle.has_message(&instead) { instead.as_str() } else { key };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return self.own(language, key).unwrap_or_else(|| key.to_owned());
        };
        let mut fluent = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value.parse::<i64>() {
                // Written numbers keep their form, also those too large for a number of Fluent's; the
                // plural rule needs the number itself.
                Ok(number) if number.to_string() == *value && number.unsigned_abs() <= 1 << 53 => {
                    FluentValue::from(number)
                }
                _ => FluentValue::from(value.clone()),
            };
            fluent.set((*name).to_owned(), value);
        }
        bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the text can't be read: {0}")]
pub struct TextError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_the_readers_language_with_its_plurals() {
        let texts = Texts::new([
            ("en", "found = { $n ->\n    [one] one record\n   *[other] { $n } records\n }"),
            ("zh-Hant", "found = { $n } 項紀錄"),
        ])
        .unwrap();
        assert_eq!(texts.get(Language::English, "found", &[("n", "1".into())]), "one record");
        assert_eq!(texts.get(Language::English, "found", &[("n", "3".into())]), "3 records");
        assert_eq!(texts.get(Language::Traditional, "found", &[("n", "3".into())]), "3 項紀錄");
        let large = texts.get(Language::English, "found", &[("n", "92233720368547758".into())]);
        assert_eq!(large, "92233720368547758 records");
        assert_eq!(texts.get(Language::Simplified, "found", &[]), "found");
    }

    #[test]
    fn nothing_is_quoted_of_a_field_left_empty() {
        let texts = Texts::new([("en", "unknown = “{ $value }” is not known.\nunknown-empty = Give one.")]).unwrap();
        assert_eq!(texts.get(Language::English, "unknown", &[("value", " ".into())]), "Give one.");
        assert_eq!(texts.get(Language::English, "unknown", &[("value", "x".into())]), "“x” is not known.");
    }

    #[test]
    fn a_key_given_twice_is_refused() {
        assert!(Texts::new([("en", "a = 1"), ("en", "a = 2")]).is_err());
    }

    #[test]
    fn the_browsers_wish_is_heard() {
        assert_eq!(Language::accepted("zh-HK,zh;q=0.9,en;q=0.8"), Some(Language::Traditional));
        assert_eq!(Language::accepted("zh-CN"), Some(Language::Simplified));
        assert_eq!(Language::accepted("fr;q=1, en-GB;q=0.3"), Some(Language::English));
        assert_eq!(Language::accepted("ja;q=x"), None);
    }
}
