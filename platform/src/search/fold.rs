//! Folding names to search keys: pure functions, the same on every machine and database.
//!
//! Case, width, accents and punctuation fall away; Traditional characters become Simplified ones,
//! katakana hiragana, the yeh and kaf of Persian and Urdu those of Arabic. Latin and other spaced scripts are cut into words; Chinese, Japanese, Korean,
//! Thai, Lao, Khmer and Burmese text at every character, since it has no spaces to begin at.
//!
//! A folded name is a loose key: it finds, and puts in order. Whether two names are one and the same is
//! told by [`identity_key`] alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters of a stored key. A longer query is cut to this.
const KEY_CHARS: usize = 24;
/// Keys of one name: a name of so many characters is found from each of them.
const MOST_KEYS: usize = 300;

/// Each Traditional character that has a Simplified form of its own, found once by converting
/// every ideograph alone: names must fold the same whatever stands beside a character.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else { return HashMap::new() };
    ('\u{3400}'..='\u{9FFF}')
        .filter_map(|character| {
            let converted = converter.convert(character.encode_utf8(&mut [0; 4]));
            let mut characters = converted.chars();
            match (characters.next(), characters.next()) {
                (Some(simplified), None) if simplified != character => Some((character, simplified)),
                _ => None,
            }
        })
        .collect()
});

/// Legal forms, folded. Every company's name ends in one, so nobody looks for any by it: no search
/// begins in one but at a name's beginning. Longer ones first.
const FORMS: [&str; 8] =
    ["股份有限公司", "有限责任公司", "有限公司", "株式会社", "合同会社", "有限会社", "주식회사", "유한회사"];
const WORD_FORMS: [&str; 29] = [
    "ab",
    "ag",
    "as",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kk",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "oy",
    "plc",
    "pte",
    "pty",
    "sa",
    "sarl",
    "sas",
    "sdn",
    "spa",
    "srl",
];

/// Whether a character belongs to a script written without spaces between words.
pub fn unspaced(character: char) -> bool {
    says_nothing_by_spaces(character)
        || matches!(character,
        '\u{0E00}'..='\u{0EFF}'     // Thai, Lao
        | '\u{1000}'..='\u{109F}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' // Burmese
        | '\u{1780}'..='\u{17FF}') // Khmer
}

/// Whether a character belongs to a script in which a space says nothing: Thai and its kin set phrases apart by it.
fn says_nothing_by_spaces(character: char) -> bool {
    matches!(character,
        '\u{3040}'..='\u{30FF}'     // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
        | '\u{AC00}'..='\u{D7AF}'   // Hangul syllables
        | '\u{3005}' | '\u{3007}')
}

/// The search form of a text: lower-case, unaccented, Simplified, single spaces.
pub fn fold(text: &str) -> String {
    folded(text, |_| false)
}

/// By what two names are one and the same, whatever case, width, accents and script of Chinese they are written in. Vowel
/// signs, which in Indic and South-East Asian scripts are letters, tell names apart, and so do `+` and `#`; a name without
/// any letter or digit is compared as it is written. Never empty, but for a text that is.
pub fn identity_key(name: &str) -> String {
    let key = folded(name, |character| {
        matches!(character, '+' | '#') || (is_combining_mark(character) && !is_accent(character))
    });
    if has_letter(&key) { key } else { name.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect() }
}

/// Whether a text has any letter or digit, of any script.
pub fn has_letter(text: &str) -> bool {
    text.chars().any(|character| character.is_alphanumeric() && !is_combining_mark(character))
}

/// Marks that only say how a letter is pronounced or drawn: those of Latin, Greek, Cyrillic, Hebrew and Arabic.
fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{0483}'..='\u{0489}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A66F}'..='\u{A69F}' // Cyrillic
        | '\u{0591}'..='\u{05C7}' | '\u{FB1E}'                                         // Hebrew
        | '\u{0610}'..='\u{06ED}' | '\u{0890}'..='\u{08FF}' | '\u{10EC0}'..='\u{10EFF}' // Arabic
        | '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE2F}' | '\u{E0100}'..='\u{E01EF}') // which form is drawn
}

/// `keeps` says what stays beside letters and digits.
fn folded(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let push = |character: char, folded: &mut String, gap: &mut bool| {
        if *gap && !folded.is_empty() {
            folded.push(' ');
        }
        *gap = false;
        folded.push(character);
    };
    // Compatibility forms first (full width, ligatures), then apart, so that accents can fall.
    for character in text.nfkd() {
        for lower in character.to_lowercase() {
            match lower {
                // The voiced marks of kana and the vowels of Hangul are letters, not accents.
                '\u{3099}' | '\u{309A}' => folded.push(lower),
                kept if keeps(kept) => {
                    if is_combining_mark(kept) {
                        folded.push(kept);
                    } else {
                        push(kept, &mut folded, &mut gap);
                    }
                }
                mark if is_combining_mark(mark) => {}
                'ß' => {
                    push('s', &mut folded, &mut gap);
                    folded.push('s');
                }
                'æ' => {
                    push('a', &mut folded, &mut gap);
                    folded.push('e');
                }
                'œ' => {
                    push('o', &mut folded, &mut gap);
                    folded.push('e');
                }
                'ø' => push('o', &mut folded, &mut gap),
                'ł' => push('l', &mut folded, &mut gap),
                'đ' | 'ð' => push('d', &mut folded, &mut gap),
                'ı' => push('i', &mut folded, &mut gap),
                'þ' => {
                    push('t', &mut folded, &mut gap);
                    folded.push('h');
                }
                katakana @ '\u{30A1}'..='\u{30F6}' => {
                    let hiragana = char::from_u32(katakana as u32 - 0x60).unwrap_or(katakana);
                    push(hiragana, &mut folded, &mut gap);
                }
                ideograph if says_nothing_by_spaces(ideograph) => {
                    push(SIMPLIFIED.get(&ideograph).copied().unwrap_or(ideograph), &mut folded, &mut gap);
                }
                'ー' => push('ー', &mut folded, &mut gap),
                // Drawn longer, not another letter.
                '\u{0640}' => {}
                // One letter to whoever types it: keyboards for Arabic, Persian and Urdu give each its own.
                '\u{0649}' | '\u{06CC}' | '\u{06CD}' | '\u{06D0}' => push('\u{064A}', &mut folded, &mut gap),
                '\u{06A9}' | '\u{06AA}' => push('\u{0643}', &mut folded, &mut gap),
                // An apostrophe joins: O'Brien is one word.
                '\'' | '’' => {}
                letter if letter.is_alphanumeric() => push(letter, &mut folded, &mut gap),
                _ => gap = true,
            }
        }
    }
    folded.nfc().collect()
}

/// The column that lists are sorted by, and the loose key by which those that may have one name are looked up.
pub fn sort_key(text: &str) -> String {
    fold(text).chars().take(200).collect()
}

/// The keys under which a name is stored: the rest of its folded form from every place where a
/// search may begin. A name matches a query when one of its keys starts with [`query_key`].
pub fn search_keys(text: &str) -> Vec<String> {
    let characters = joined(&fold(text));
    let forms = legal_forms(&characters);
    let mut keys: Vec<String> = Vec::new();
    for place in 0..characters.len() {
        let here = characters[place];
        let before = place.checked_sub(1).map(|before| characters[before]);
        let starts = match before {
            None => here != ' ',
            Some(' ') => true,
            Some(before) => here != ' ' && (unspaced(here) || unspaced(before)),
        };
        if starts && (place == 0 || !forms[place]) {
            let key: String = characters[place..].iter().take(KEY_CHARS).collect();
            let key = key.trim_end().to_owned();
            if !keys.contains(&key) {
                keys.push(key);
            }
            if keys.len() == MOST_KEYS {
                break;
            }
        }
    }
    keys
}

/// Which characters of a folded name belong to its legal form.
fn legal_forms(characters: &[char]) -> Vec<bool> {
    let mut found = vec![false; characters.len()];
    for form in FORMS {
        let form: Vec<char> = form.chars().collect();
        for place in 0..(characters.len() + 1).saturating_sub(form.len()) {
            if characters[place..].starts_with(&form) {
                found[place..place + form.len()].fill(true);
            }
        }
    }
    let mut end = characters.len();
    while end > 0 {
        let start = characters[..end].iter().rposition(|character| *character == ' ').map_or(0, |gap| gap + 1);
        let word: String = characters[start..end].iter().collect();
        if !WORD_FORMS.contains(&word.as_str()) {
            break;
        }
        found[start..end].fill(true);
        end = start.saturating_sub(1);
    }
    found
}

/// Whether a legal form begins with this.
pub fn begins_form(key: &str) -> bool {
    FORMS.iter().chain(&WORD_FORMS).any(|form| form.starts_with(key))
}

/// What was typed, as a key to search from; nothing when there is nothing to search for.
pub fn query_key(query: &str) -> Option<String> {
    let key: String = joined(&fold(query)).into_iter().take(KEY_CHARS).collect();
    let key = key.trim_end().to_owned();
    (!key.is_empty()).then_some(key)
}

/// The words of what was typed, folded, the longest first, without those that are only a legal form unless there are no
/// others; and whether each is of a script written without spaces.
pub fn query_words(query: &str) -> Vec<(String, bool)> {
    let key = fold(query);
    let is_form = |word: &&str| WORD_FORMS.contains(word) || FORMS.contains(word);
    let mut words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    if !words.iter().all(is_form) {
        words.retain(|word| !is_form(word));
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.dedup();
    words.into_iter().map(|word| (word.to_owned(), word.chars().any(unspaced))).collect()
}

/// The folded text without the spaces that say nothing where they stand.
fn joined(folded: &str) -> Vec<char> {
    let characters: Vec<char> = folded.chars().collect();
    characters
        .iter()
        .enumerate()
        .filter(|(place, character)| {
            **character != ' '
                || !(place.checked_sub(1).is_some_and(|before| says_nothing_by_spaces(characters[before]))
                    || characters.get(place + 1).is_some_and(|next| says_nothing_by_spaces(*next)))
        })
        .map(|(_, character)| *character)
        .collect()
}

/// The least text above every text that starts with this one, in code point order, which is also
/// the byte order of UTF-8. None when there is no such text.
pub fn successor(text: &str) -> Option<String> {
    let mut characters: Vec<char> = text.chars().collect();
    while let Some(last) = characters.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(other as u32 + 1),
        };
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, name: &str) -> bool {
        let Some(key) = query_key(query) else { return false };
        let end = successor(&key);
        search_keys(name).iter().any(|held| *held >= key && end.as_ref().is_none_or(|end| held < end))
    }

    #[test]
    fn traditional_simplified_and_width_find_each_other() {
        assert!(finds("华为", "華為技術有限公司"));
        assert!(finds("華為", "华为技术有限公司"));
        assert!(finds("台积", "台積電"));
        assert!(finds("寧德", "宁德时代"));
        assert!(finds("ＪＤ", "JD.com"));
        assert!(finds("優必選", "深圳市优必选科技"));
        assert!(!finds("台積電", "台灣積體電路"));
    }

    #[test]
    fn two_characters_inside_a_word_are_found_and_so_is_one_syllable() {
        assert!(finds("技术", "華為技術有限公司"));
        assert!(finds("전자", "삼성전자"));
        assert!(finds("삼", "삼성전자"));
        assert!(finds("とよ", "トヨタ自動車"));
        assert!(finds("自动", "トヨタ自動車"));
    }

    #[test]
    fn latin_words_match_from_their_start_while_typing() {
        for typed in ["g", "gl", "glaxo", "GlaxoSmith"] {
            assert!(finds(typed, "GlaxoSmithKline (GSK)"), "{typed}");
        }
        assert!(finds("gsk", "GlaxoSmithKline (GSK)"));
        assert!(finds("generale", "Société Générale"));
        assert!(finds("societe g", "Société Générale"));
        assert!(finds("robotics", "UBTECH Robotics"));
        assert!(!finds("botics", "UBTECH Robotics"));
        assert!(finds("oreilly", "O’Reilly"));
    }

    #[test]
    fn mixed_scripts_are_found_from_either() {
        assert!(finds("科技", "ABC 科技 (香港)"));
        assert!(finds("abc科", "ABC 科技 (香港)"));
        assert!(finds("abc 科", "ABC科技"));
        assert!(finds("香港", "ABC 科技 (香港)"));
    }

    #[test]
    fn no_search_begins_in_a_legal_form() {
        assert_eq!(search_keys("Aerospace Holdings Co., Ltd."), ["aerospace holdings co lt", "holdings co ltd"]);
        assert_eq!(search_keys("云舟有限公司"), ["云舟有限公司", "舟有限公司"]);
        assert_eq!(search_keys("株式会社ノト"), ["株式会社のと", "のと", "と"]);
        assert_eq!(search_keys("Limited"), ["limited"]);
        assert!(finds("华为技术有限公司", "華為技術有限公司"));
        assert!(finds("holdings co", "Aerospace Holdings Co., Ltd."));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Société Générale", "華為技術", "ﬁne ½", "Straße", "İstanbul", "가각", "ガード", "ѐѓ", "  a--b  "]
        {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
        assert_eq!(fold("!!!"), "");
        assert_eq!(query_key(" – "), None);
    }

    #[test]
    fn the_successor_is_above_all_that_start_alike() {
        assert_eq!(successor("ab").as_deref(), Some("ac"));
        assert_eq!(successor("华").as_deref(), Some("协"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10FFFF}"), None);
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
    }

    #[test]
    fn a_long_name_has_a_bounded_number_of_keys() {
        let long = "長".repeat(10_000);
        assert!(search_keys(&long).len() <= MOST_KEYS);
        let varied: String = ('一'..='十').collect();
        assert_eq!(search_keys(&varied).len(), MOST_KEYS);
    }

    #[test]
    fn a_name_of_the_most_characters_is_found_by_its_end() {
        let long: String = ('一'..).take(298).chain("終点".chars()).collect();
        assert!(finds("终点", &long) && finds("終", &long));
    }

    #[test]
    fn arabic_names_are_found_from_any_keyboard() {
        for (one, other) in [
            ("شركة الاتصالات السعودية", "شرکة الاتصالات السعودیة"), // STC, with Persian kaf and yeh
            ("أرامكو السعودية", "ارامکو السعودیة"),
            ("بنك المشرق", "بنک المشرق"),
            ("مبادلة للاستثمار", "مبـادلة للاستثمـار"),
            ("مصطفى الحلبي", "مصطفي الحلبى"),
            ("بانک ملی ایران", "بانك ملي ايران"),
            ("کیهان", "ڪـيهان"),
        ] {
            assert!(finds(one, other) && finds(other, one), "{one} {other}");
            assert_eq!(identity_key(one), identity_key(other), "{one} {other}");
            assert_eq!(sort_key(one), sort_key(other), "{one} {other}");
            assert_eq!(fold(&fold(other)), fold(one), "{one} {other}");
        }
        assert!(finds("ملي", "بانک ملی ایران") && !finds("كمل", "بانک ملی ایران"));
        assert!(!identity_key("ـ").is_empty());
    }

    #[test]
    fn thai_and_its_kin_are_found_inside_a_run() {
        for (typed, name) in [
            ("เจริญ", "เครือเจริญโภคภัณฑ์"),
            ("โภคภัณฑ์", "เครือเจริญโภคภัณฑ์"),
            ("ກອງ", "ທະນາຄານກອງທຶນ"),
            ("បច្ចេកវិទ្យា", "ក្រុមហ៊ុនបច្ចេកវិទ្យា"),
            ("ဘဏ်", "မြန်မာဘဏ်လီမိတက်"),
        ] {
            assert!(finds(typed, name), "{typed} in {name}");
        }
        // A space sets phrases apart, and the name is found as it was typed.
        assert!(finds("เจริญ โภค", "บริษัท เจริญ โภคภัณฑ์ จำกัด"));
        assert!(finds("กินดี", "บริษัท กินดี"));
        assert_eq!(query_words("กินดี บริษัท").len(), 2);
        assert_eq!(query_words("梁美 Leung"), [("leung".to_owned(), false), ("梁美".to_owned(), true)]);
        assert!(query_words("กินดี บริษัท").iter().all(|(_, unspaced)| *unspaced));
    }

    #[test]
    fn a_name_is_the_same_whatever_its_case_and_accents_but_not_its_vowels() {
        for (one, other) in [
            ("Société Générale", "SOCIETE  GENERALE"),
            ("華為技術", "华为技术"),
            ("ＪＤ．ｃｏｍ", "JD com"),
            ("Ελλάδα Α.Ε.", "ελλαδα α ε"),
            ("شَرِكَة", "شركة"),
            ("C++", "ｃ＋＋"),
            ("★ ★", " ★  ★ "),
            ("葛\u{E0100}城", "葛城"),
        ] {
            assert_eq!(identity_key(one), identity_key(other), "{one} {other}");
        }
        for (one, other) in [
            ("टाटा कोलम विशाल", "टीटी कोलम विशाल"),
            ("गीता समूह", "गतो समह"),
            ("บริษัท กินดี", "บริษัท กันดี"),
            ("C++ Zetamax", "C# Zetamax"),
            ("C++ Zetamax", "C Zetamax"),
            ("+++", "★★★"),
            ("# ★", "#"),
            ("ມີ", "ມາ"),
            ("កី", "កា"),
            ("ကို", "ကု"),
            ("བོད", "བད"),
            ("ガ", "カ"),
        ] {
            assert_ne!(identity_key(one), identity_key(other), "{one} {other}");
        }
        for name in ["★", "+", "!!!", "ا", "\u{0301}", "़"] {
            assert!(!identity_key(name).is_empty(), "{name}");
        }
        assert!(has_letter("7") && has_letter("ก") && !has_letter("★ +++ ़") && !has_letter("\u{200B}"));
    }
}
