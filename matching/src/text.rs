//! Folding text: width, case, diacritics, Traditional to Simplified; telling scripts apart; romanising.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use hashbrown::HashMap;
use pinyin::{ToPinyin, ToPinyinMulti};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// No field is read beyond this many characters: what follows tells nothing of who is meant.
pub const LONGEST: usize = 240;

/// How a text is written, as far as comparing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
#[repr(u8)]
pub enum Script {
    #[default]
    Latin,
    Han,
    Kana,
    Hangul,
    /// A Latin name that was not written as a name but read out of a web address.
    Web,
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '々')
}

pub(crate) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}')
}

pub(crate) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

pub(crate) fn is_cjk(c: char) -> bool {
    is_han(c) || is_kana(c) || is_hangul(c)
}

/// Traditional characters and their Simplified ones, one by one: phrases don't matter to a key.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
        return HashMap::new();
    };
    let mut map = HashMap::new();
    for code in (0x3400..=0x4dbf).chain(0x4e00..=0x9fff) {
        let Some(c) = char::from_u32(code) else { continue };
        let folded = converter.convert(c.encode_utf8(&mut [0; 4]));
        let mut folded = folded.chars();
        if let (Some(one), None) = (folded.next(), folded.next())
            && one != c
        {
            map.insert(c, one);
        }
    }
    for (japanese, simplified) in JAPANESE_FORMS.chars().zip(THEIR_SIMPLIFIED.chars()) {
        map.insert(japanese, simplified);
    }
    map
});

// Characters that Japan simplified in its own way (Tōyō kanji of 1949), common in names.
const JAPANESE_FORMS: &str = "広浜沢辺斎薬鉄竜滝桜栄営図団関気円豊権検険県顕験厳亜悪圧囲医壱隠駅応価仮画会懐絵拡覚学楽勧歓観帰犠旧拠挙強区径茎恵渓経継軽鶏芸欠研圏剣献効鉱号国黒済砕剤雑参桟賛残児実写釈寿収従渋獣縦粛処緒叙将焼証乗条状浄剰畳縄壌嬢譲醸触嘱図粋酔穂随髄枢数瀬声静斉摂窃専戦浅潜繊践銭禅曽双壮捜挿巣装総騒増蔵臓属続堕体対帯滞台択担単団断遅昼虫鋳庁聴勅鎮塚逓転点伝灯当党盗稲闘徳独読届悩脳覇拝廃売麦発髪抜蛮秘仏払並変弁保宝豊没翻毎万満免黙訳予余与誉揺様謡来頼覧竜両猟緑塁励礼隷霊齢暦歴恋炉労楼湾";
const THEIR_SIMPLIFIED: &str = "广滨泽边斋药铁龙泷樱荣营图团关气圆丰权检险县显验严亚恶压围医壹隐驿应价假画会怀绘扩觉学乐劝欢观归牺旧据举强区径茎惠溪经继轻鸡艺欠研圈剑献效矿号国黑济碎剂杂参栈赞残儿实写释寿收从涩兽纵肃处绪叙将烧证乘条状净剩叠绳壤娘让酿触嘱图粹醉穗随髓枢数濑声静齐摄窃专战浅潜纤践钱禅曾双壮搜插巢装总骚增藏脏属续堕体对带滞台择担单团断迟昼虫铸厅听敕镇冢递转点传灯当党盗稻斗德独读届恼脑霸拜废卖麦发发拔蛮秘佛拂并变辩保宝丰没翻每万满免默译预余与誉摇样谣来赖览龙两猎绿垒励礼隶灵龄历历恋炉劳楼湾";

pub(crate) fn simplified(c: char) -> char {
    if (c as u32) < 0x3400 {
        return c;
    }
    SIMPLIFIED.get(&c).copied().unwrap_or(c)
}

/// NFKC, lower case, no diacritics on Latin, Simplified Chinese; controls become spaces.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

pub(crate) fn fold_into(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        for byte in text.bytes().take(LONGEST) {
            out.push(if byte.is_ascii_control() { ' ' } else { byte.to_ascii_lowercase() as char });
        }
        return;
    }
    for c in text.nfkc().take(LONGEST) {
        if c.is_ascii() {
            out.push(if c.is_ascii_control() { ' ' } else { c.to_ascii_lowercase() });
        } else if is_cjk(c) {
            out.push(simplified(c));
        } else {
            fold_letter(c, out);
        }
    }
}

fn fold_letter(c: char, out: &mut String) {
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ø' | 'Ø' => out.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'ł' | 'Ł' => out.push('l'),
        'þ' | 'Þ' => out.push_str("th"),
        'ı' | 'İ' => out.push('i'),
        '’' | '‘' | 'ʼ' | '`' | '´' => out.push('\''),
        '–' | '—' | '‐' | '−' => out.push('-'),
        '＆' => out.push('&'),
        c if c.is_control() || c.is_whitespace() => out.push(' '),
        // An Arabic letter drawn longer is no other one.
        '\u{0640}' => {}
        c if is_combining_mark(c) => {}
        c => {
            let first = arabic(std::iter::once(c).nfd().find(|c| !is_combining_mark(*c)).unwrap_or(c));
            for lower in first.to_lowercase() {
                if lower.is_ascii() || is_cjk(lower) {
                    out.push(lower);
                } else if lower.is_alphanumeric() {
                    match deunicode::deunicode_char(lower) {
                        Some(latin) => out
                            .extend(latin.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase())),
                        None => out.push(lower),
                    }
                } else {
                    out.push(' ');
                }
            }
        }
    }
}

/// The yeh and kaf of Arabic for those that keyboards for Persian and Urdu give.
fn arabic(c: char) -> char {
    match c {
        '\u{0649}' | '\u{06CC}' | '\u{06CD}' | '\u{06D0}' => '\u{064A}',
        '\u{06A9}' | '\u{06AA}' => '\u{0643}',
        c => c,
    }
}

/// The script that most of a folded text's letters have; kana decides for Japanese.
pub fn script(folded: &str) -> Script {
    if folded.is_ascii() {
        return Script::Latin;
    }
    let (mut han, mut kana, mut hangul) = (0, 0, 0);
    for c in folded.chars() {
        if is_han(c) {
            han += 1;
        } else if is_kana(c) {
            kana += 1;
        } else if is_hangul(c) {
            hangul += 1;
        }
    }
    if hangul > 0 && hangul >= han {
        Script::Hangul
    } else if kana > 0 {
        Script::Kana
    } else if han > 0 {
        Script::Han
    } else {
        Script::Latin
    }
}

/// Latin letters and digits that a text sounds like: pinyin for Han, Hepburn for kana, the Revised Romanization for Hangul.
pub fn sound(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len() + 8);
    let mut kana = String::new();
    for c in folded.chars() {
        if is_kana(c) || (c == 'ー' && !kana.is_empty()) {
            kana.push(c);
            continue;
        }
        romaji(&mut kana, &mut out);
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if is_hangul(c) {
            hangul(c, &mut out);
        } else if is_han(c)
            && let Some(reading) = c.to_pinyin()
        {
            out.extend(reading.plain().chars().map(|c| if c == 'ü' { 'v' } else { c }));
        }
    }
    romaji(&mut kana, &mut out);
    out
}

/// The sound with the first character that has a second common Mandarin reading read the other way, if there is one.
pub fn second_sound(folded: &str) -> Option<String> {
    let mut out = String::with_capacity(folded.len() * 2);
    let mut changed = false;
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
            continue;
        }
        if !is_han(c) {
            return None;
        }
        let first = c.to_pinyin()?.plain();
        let mut reading = first;
        if !changed
            && let Some(all) = c.to_pinyin_multi()
            && let Some(other) = all.into_iter().map(|p| p.plain()).find(|p| *p != first)
        {
            reading = other;
            changed = true;
        }
        out.push_str(&reading.replace('ü', "v"));
    }
    changed.then_some(out)
}

/// What loose spellings of one sound share: `hyun` and `hyeon`, `daewoo` and `daeu`, `kyung` and `gyeong`.
pub(crate) fn loose(sound: &str) -> String {
    const PARTS: [(&str, char); 31] = [
        ("woo", 'o'),
        ("weo", 'o'),
        ("tch", 'c'),
        ("eo", 'o'),
        ("eu", 'o'),
        ("oo", 'o'),
        ("ou", 'o'),
        ("wu", 'o'),
        ("ae", 'e'),
        ("ai", 'e'),
        ("ay", 'e'),
        ("ei", 'e'),
        ("ee", 'i'),
        ("ch", 'c'),
        ("zh", 'c'),
        ("sh", 's'),
        ("hs", 's'),
        ("ck", 'k'),
        ("ph", 'f'),
        ("u", 'o'),
        ("w", 'o'),
        ("g", 'k'),
        ("d", 't'),
        ("b", 'p'),
        ("j", 'c'),
        ("r", 'l'),
        ("x", 's'),
        ("z", 's'),
        ("q", 'k'),
        ("v", 'p'),
        ("y", 'i'),
    ];
    let mut out = String::with_capacity(sound.len());
    let mut rest = sound;
    while let Some(first) = rest.chars().next() {
        let (length, letter) = PARTS
            .iter()
            .find(|(part, _)| rest.starts_with(part))
            .map_or((first.len_utf8(), first), |(part, c)| (part.len(), *c));
        // A c of its own is heard as the letter after it has it.
        let letter = match (length, first) {
            (1, 'c') if rest[1..].starts_with(['e', 'i', 'y']) => 's',
            (1, 'c') => 'k',
            _ => letter,
        };
        if !out.ends_with(letter) {
            out.push(letter);
        }
        rest = &rest[length..];
    }
    out
}

/// A sound as far as kana tell letters apart: `sony` is `soni`, `panasonic` and `panasonikku` are `panasonik`.
pub(crate) fn in_kana(sound: &str) -> String {
    let mut out = String::with_capacity(sound.len());
    let mut letters = sound.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let heard = match (letter, next) {
            ('y', Some('a' | 'u' | 'o')) => 'y',
            ('y', _) => 'i',
            ('c', Some('h')) => 'c',
            ('c' | 'q', _) => 'k',
            ('l', _) => 'r',
            ('v', _) => 'b',
            (other, _) => other,
        };
        if !out.ends_with(heard) {
            out.push(heard);
        }
    }
    // No consonant but n ends a word of kana.
    if out.len() > 3 && out.ends_with('u') {
        out.pop();
    }
    out
}

/// Names of Latin letters as Korean writes them, longer ones first.
const LETTERS: [(&str, char); 28] = [
    ("더블유", 'w'),
    ("에이치", 'h'),
    ("에이", 'a'),
    ("에프", 'f'),
    ("제이", 'j'),
    ("케이", 'k'),
    ("에스", 's'),
    ("브이", 'v'),
    ("엑스", 'x'),
    ("와이", 'y'),
    ("제트", 'z'),
    ("아이", 'i'),
    ("엘", 'l'),
    ("엠", 'm'),
    ("엔", 'n'),
    ("비", 'b'),
    ("씨", 'c'),
    ("시", 'c'),
    ("디", 'd'),
    ("이", 'e'),
    ("지", 'g'),
    ("오", 'o'),
    ("피", 'p'),
    ("큐", 'q'),
    ("알", 'r'),
    ("티", 't'),
    ("유", 'u'),
    ("쥐", 'g'),
];

/// A Korean name that begins with the names of two Latin letters or more, with the letters: `엘지` is `lg`, `에스케이하이닉스`
/// `sk하이닉스`. Nothing where the syllables may as well be others.
pub(crate) fn with_letters(name: &str) -> Option<String> {
    let mut letters = String::new();
    let mut rest = name;
    let mut sure = false;
    while letters.len() < 4
        && let Some((written, letter)) = LETTERS.iter().find(|(written, _)| rest.starts_with(written))
    {
        sure |= "whfjksvxlmz".contains(*letter) || (*letter == 'a' || *letter == 'y');
        letters.push(*letter);
        rest = &rest[written.len()..];
    }
    (sure && letters.len() >= 2).then(|| letters + rest)
}

/// The consonants of a sound, which hold when a word of another language is written in kana: `panasonikku` and `panasonic`.
/// Nothing if there are too few of them to tell.
pub(crate) fn consonants(sound: &str) -> Option<String> {
    let kept: String = loose(sound).chars().filter(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')).collect();
    (kept.len() >= 3).then_some(kept)
}

/// The text with German and Nordic letters written out, as where a keyboard lacks them; nothing if it has none.
pub(crate) fn spelt_out(text: &str) -> Option<String> {
    let letter = |c: char| match c.to_lowercase().next()? {
        'ä' => Some("ae"),
        'ö' | 'ø' => Some("oe"),
        'ü' => Some("ue"),
        'å' => Some("aa"),
        _ => None,
    };
    if text.is_ascii() || !text.nfc().any(|c| letter(c).is_some()) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.nfc().take(LONGEST) {
        match letter(c) {
            Some(written) => out.push_str(written),
            None => out.push(c),
        }
    }
    Some(out)
}

fn romaji(kana: &mut String, out: &mut String) {
    if kana.is_empty() {
        return;
    }
    let mut last = '\0';
    for c in wana_kana::ConvertJapanese::to_romaji(kana.as_str()).chars() {
        // Long vowels are written ō, ou, oo or o: one is enough.
        if c.is_ascii_alphanumeric() {
            if !(c == last && matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')) {
                out.push(c);
            }
            last = c;
        }
    }
    kana.clear();
}

const LEAD: [&str; 19] =
    ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
const VOWEL: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
];
const TAIL: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
];

/// Revised Romanization of Korean (2000), letter by letter as names of companies mostly are.
fn hangul(c: char, out: &mut String) {
    let code = c as usize - 0xac00;
    out.push_str(LEAD[code / 588]);
    out.push_str(VOWEL[code % 588 / 28]);
    out.push_str(TAIL[code % 28]);
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn arabic_names_fold_to_one_from_any_keyboard() {
        for (one, other) in [
            ("شركة الاتصالات السعودية", "شرکة الاتصالات السعودیة"),
            ("مصطفى الحلبي", "مصطفي الحلبى"),
            ("مبادلة للاستثمار", "مبـادلة للاستثمـار"),
            ("بانک ملی ایران", "بانك ملي ايران"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("بنك المشرق"), fold("بنك المغرب"));
    }
}
