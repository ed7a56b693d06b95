//! A name taken apart: what is the company's own word, and what it shares with others (legal form, trade, place).

use crate::parts::{Part, classify, mend, number};
use crate::text::{self, Script, is_cjk};
use crate::words::{Legal, WORDS, Word};

/// Most trades that are kept of one name.
pub(crate) const TRADES: usize = 3;

/// What begins an alternative that is made of concepts and not of letters.
pub(crate) const CONCEPTS: char = '~';

/// One way a company is called, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub(crate) script: Script,
    /// The own word, folded, without spaces: `华兴`, `huaxing`.
    pub(crate) core: String,
    /// The core in Latin letters and digits.
    pub(crate) sound: String,
    /// Another reading: words sorted, umlauts written out, a second pinyin reading, a web label as a whole.
    pub(crate) alternative: String,
    /// Another spelling: how Hong Kong spells Han characters; for Hangul, kana and Latin, what loose spellings share.
    pub(crate) other: String,
    /// What begins a core of several words: the first word.
    pub(crate) first: String,
    pub(crate) legal: u16,
    pub(crate) form: u8,
    /// The form is written in another script than the name: 九陽 Co., Ltd.
    pub(crate) foreign_form: bool,
    pub(crate) trades: [u16; TRADES],
    pub(crate) place: u16,
    /// A country or region that the name says.
    pub(crate) wide: u16,
    /// The number or letter that tells a company from the next of its series, "Fund II" from "Fund III"; 0 is none. The
    /// lowest bit says that it is a number and no letter.
    pub(crate) number: u32,
}

impl Name {
    /// The company's own word as it is compared.
    pub fn core(&self) -> &str {
        &self.core
    }

    /// The own word in Latin letters.
    pub fn sound(&self) -> &str {
        &self.sound
    }

    /// Trades the name speaks of, as concepts such as `technology`.
    pub fn trades(&self) -> impl Iterator<Item = &str> {
        self.trades.iter().filter(|t| **t > 0).map(|t| WORDS.concepts[usize::from(*t) - 1].name.as_str())
    }

    pub fn place(&self) -> Option<&str> {
        (self.place > 0).then(|| WORDS.places[usize::from(self.place) - 1].name.as_str())
    }

    fn add(&mut self, word: &Word) {
        self.legal |= word.legal;
        // "Co., Ltd.": the later word is the form proper, unless it says no more than that it is a company.
        if word.form > 0 && (self.form == 0 || word.legal & (Legal::GROUP | Legal::HOLDING | Legal::CO) == 0) {
            self.form = word.form;
        }
        if word.legal == 0 && word.trade > 0 {
            self.add_trade(word.trade);
        }
        if word.place > 0 && word.trade == 0 {
            self.add_place(word.place);
        }
    }

    fn add_place(&mut self, place: u16) {
        let slot = if WORDS.places[usize::from(place) - 1].wide { &mut self.wide } else { &mut self.place };
        if *slot == 0 {
            *slot = place;
        }
    }

    fn add_trade(&mut self, trade: u16) {
        if self.trades.contains(&trade) {
            return;
        }
        if let Some(slot) = self.trades.iter_mut().find(|t| **t == 0) {
            *slot = trade;
            self.trades.sort_unstable_by_key(|t| if *t == 0 { u16::MAX } else { *t });
        }
    }

    /// What a name of common words only says in any language: Bank of China and 中国银行.
    fn by_concepts(&self) -> String {
        let mut words: Vec<&str> = self.trades().collect();
        words.sort_unstable();
        let land = WORDS.places[usize::from(self.wide) - 1].name.as_str();
        format!("{CONCEPTS}{} {land}", words.join(" "))
    }

    fn settle(&mut self) {
        let both = Legal::CORPORATION | Legal::PRIVATE;
        if self.legal & both == both {
            self.legal = self.legal & !both | Legal::PUBLIC;
        }
        if self.legal & (Legal::PUBLIC | Legal::PRIVATE) == Legal::PUBLIC | Legal::PRIVATE {
            self.legal &= !Legal::PRIVATE;
        }
    }
}

/// Takes a name apart. A text with a Latin and a native name beside each other gives both.
pub fn read_name(text: &str) -> Vec<Name> {
    let folded = text::fold(text);
    if !folded.contains(|c: char| c.is_alphanumeric()) {
        return Vec::new();
    }
    if folded.is_ascii() || text::script(&folded) == Script::Latin {
        let mut name = latin(&folded, Script::Latin);
        if let (Some(name), Some(written)) = (&mut name, text::spelt_out(text))
            && let Some(spelt) = latin(&text::fold(&written), Script::Latin)
            && spelt.core.len() > name.core.len()
        {
            name.alternative = spelt.core;
        }
        return name.into_iter().collect();
    }
    let (native, foreign) = beside(&folded);
    let mut names: Vec<Name> = native_name(&native).into_iter().collect();
    if let Some(foreign) = foreign
        && let Some(mut name) = latin(&foreign, Script::Latin)
    {
        // "TCL 科技": the Latin letters are the only own word there is.
        match names.first_mut() {
            // "星光 Limited": a form beside a native name is no second name.
            Some(native) if !native.core.is_empty() && is_form(&foreign) => {
                native.legal |= name.legal;
                native.settle();
                if native.form == 0 {
                    (native.form, native.foreign_form) = (name.form, true);
                }
            }
            Some(native) if !native.core.is_empty() => names.push(name),
            _ => {
                if let Some(native) = names.pop() {
                    name.legal |= native.legal;
                    native.trades.iter().filter(|t| **t > 0).for_each(|t| name.add_trade(*t));
                }
                names.push(name);
            }
        }
    }
    names
}

/// Whether Latin words are legal forms and nothing else.
fn is_form(folded: &str) -> bool {
    let tokens: Vec<String> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).map(str::to_owned).collect();
    // The further words of a phrase such as "Co., Ltd." are told by its first.
    classify(&tokens).iter().all(|part| match part {
        Part::Shared(word) => word.legal != 0 && word.trade == 0,
        Part::Join => true,
        Part::Own => false,
    })
}

/// Parts a text into its native characters and a Latin name that stands apart from them, by a space or in brackets.
fn beside(folded: &str) -> (String, Option<String>) {
    let mut native = String::new();
    let mut foreign = String::new();
    for part in folded.split([' ', '(', ')', '/', '|', '「', '」', '[', ']']) {
        if part.is_empty() {
            continue;
        }
        if part.contains(is_cjk) {
            native.push_str(part);
            native.push(' ');
        } else {
            foreign.push_str(part);
            foreign.push(' ');
        }
    }
    let letters = foreign.chars().filter(char::is_ascii_alphabetic).count();
    if letters >= 3 { (native, Some(foreign)) } else { (folded.to_owned(), None) }
}

fn native_name(folded: &str) -> Option<Name> {
    let mut name = Name { script: text::script(folded), ..Name::default() };
    let mut chars: Vec<char> = Vec::with_capacity(folded.len() / 3);
    // What stands in brackets is a place or a form; anything else is left where it stands.
    let mut rest = folded;
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')') else { break };
        let inside = rest[open + 1..open + close].trim();
        chars.extend(rest[..open].chars().filter(|c| c.is_alphanumeric()));
        match WORDS.cjk(inside).or_else(|| WORDS.cjk(&rest[open..=open + close])).or_else(|| WORDS.latin(inside)) {
            Some(word) => {
                if word.place > 0 && !chars.is_empty() {
                    name.legal |= Legal::SEATED;
                }
                name.add(&word);
            }
            None => chars.extend(inside.chars().filter(|c| c.is_alphanumeric())),
        }
        rest = &rest[open + close + 1..];
    }
    chars.extend(rest.chars().filter(|c| c.is_alphanumeric() || *c == 'ー'));
    let least = if name.script == Script::Hangul { 1 } else { 2 };
    let mut core = &chars[..];
    let is_legal = |w: &Word| w.legal != 0;
    loop {
        if let Some((length, word)) = WORDS.cjk_ending(core, is_legal)
            && length < core.len()
        {
            core = &core[..core.len() - length];
            name.add(&word);
        } else if let Some((length, word)) =
            WORDS.cjk_beginning(core, |w| w.legal & (Legal::KK | Legal::LLC | 0xff) != 0)
            && length < core.len()
            && length >= 2
        {
            core = &core[length..];
            name.add(&word);
        } else {
            break;
        }
    }
    // A name is known whole, or without its place, or by what is left of it.
    let known = |core: &[char]| WORDS.brand(&core.iter().collect::<String>());
    let mut brand = known(core);
    if brand.is_none()
        && let Some((length, word)) = WORDS.cjk_ending(core, |w| w.place != 0 && w.trade == 0)
        && let Some(found) = known(&core[..core.len() - length])
    {
        brand = Some(found);
        core = &core[..core.len() - length];
        name.add(&word);
        name.legal |= Legal::SEATED;
    }
    let mut least = least;
    for _ in 0..2 {
        let Some((length, word)) = WORDS.cjk_beginning(core, |w| w.place != 0 && w.trade == 0) else { break };
        // 丰田 and 日立 are towns too, and 宁德时代 is no 时代 of the town of 宁德.
        if known(&core[..length]).is_some() {
            break;
        }
        if !WORDS.places[usize::from(word.place) - 1].wide
            && let Some(whole) = WORDS.brand_beyond(core, length)
        {
            least = whole;
            break;
        }
        let mut length = length;
        if core.len() > length + least && matches!(core[length], '市' | '省' | '县' | '区' | '都' | '府' | '시')
        {
            length += 1;
        }
        if core.len() < length + least {
            break;
        }
        core = &core[length..];
        name.add(&word);
    }
    brand = brand.or_else(|| known(core));
    let mut trades = Vec::new();
    for _ in 0..4 {
        let Some((length, word)) = WORDS.cjk_ending(core, |w| w.trade != 0 || w.legal != 0) else { break };
        // ソフトバンク is no bank called Soft: what common words are made of is an own word.
        let rest: String = core[..core.len() - length].iter().collect();
        if name.script == Script::Kana && trades.is_empty() && WORDS.cjk(&rest).is_some_and(|word| word.trade != 0) {
            break;
        }
        if core.len() < length + least {
            // A shorter word may leave enough of the name.
            let Some((shorter, word)) = WORDS
                .cjk_ending(&core[(core.len() - length + 1).min(core.len())..], |w| w.trade != 0)
                .filter(|(n, _)| core.len() >= n + least)
            else {
                break;
            };
            core = &core[..core.len() - shorter];
            trades.push(word);
            continue;
        }
        core = &core[..core.len() - length];
        trades.push(word);
    }
    trades.iter().for_each(|word| name.add(word));
    name.settle();
    name.core = core.iter().collect();
    if name.core.is_empty() {
        return None;
    }
    if name.script == Script::Hangul
        && let Some(spelt) = text::with_letters(&name.core)
    {
        name.core = spelt;
    }
    // Of the own word, not of the form beside it: ソニー is kana with and without 株式会社.
    name.script = text::script(&name.core);
    // SK텔레콤 주식회사: the full name is no Latin one, though the own word is.
    name.foreign_form |= name.script == Script::Latin && name.form > 0;
    name.number = number([name.core.as_str()].into_iter(), 0);
    name.sound = text::sound(&name.core);
    name.alternative = match WORDS.cjk(&name.core).filter(|word| word.trade > 0 && name.wide > 0) {
        Some(word) => {
            name.add_trade(word.trade);
            name.by_concepts()
        }
        None => match brand.or_else(|| WORDS.brand(&name.core)) {
            Some(brand) => format!("{CONCEPTS}{brand}"),
            None => text::second_sound(&name.core).unwrap_or_default(),
        },
    };
    name.other = match name.script {
        Script::Han => WORDS.cantonese(&name.core).unwrap_or_default(),
        Script::Hangul => text::loose(&name.sound),
        // A consonant at a word's end can't be written without a vowel.
        Script::Kana => text::loose(name.sound.strip_suffix('u').filter(|s| s.len() > 3).unwrap_or(&name.sound)),
        _ => String::new(),
    };
    name.first = core.iter().take(2).collect();
    Some(name)
}

fn latin(folded: &str, script: Script) -> Option<Name> {
    let mut name = Name { script, ..Name::default() };
    let joined = folded.replace('\'', "");
    let tokens: Vec<&str> = joined.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).take(24).collect();
    if tokens.is_empty() {
        return None;
    }
    let mut tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
    let mut parts = classify(&tokens);
    mend(&mut tokens, &mut parts);
    let own = parts.iter().filter(|p| **p == Part::Own).count();
    // A name of common words only is its own word: General Electric, Digital Science.
    let has_own = own > 0;
    let mut core: Vec<&str> = Vec::new();
    let mut shared_words: Vec<&str> = Vec::new();
    for (token, part) in tokens.iter().zip(&parts) {
        match part {
            Part::Own => core.push(token),
            Part::Shared(word) => {
                name.add(word);
                if !has_own && word.legal == 0 {
                    shared_words.push(token);
                }
            }
            Part::Join => {}
        }
    }
    if core.is_empty() {
        core = shared_words;
        if core.is_empty() {
            core = tokens.iter().map(String::as_str).collect();
        }
    }
    name.settle();
    name.core = core.concat();
    name.sound = name.core.chars().filter(char::is_ascii_alphanumeric).collect();
    if name.sound.is_empty() {
        name.sound.clone_from(&name.core);
    }
    name.other = text::loose(&name.sound);
    name.first = core[0].to_owned();
    // "Toyota Motor": a place that gave a company its name.
    name.number = if core.iter().all(|word| word.len() == 1) {
        // "3 M" is written "3M" too.
        number([name.core.as_str()].into_iter(), 1)
    } else {
        number(tokens.iter().zip(&parts).filter(|(_, p)| **p == Part::Own).map(|(t, _)| t.as_str()), 1)
    };
    let of_place = !has_own && matches!(parts[0], Part::Shared(word) if word.place > 0) && core[0] == tokens[0];
    let without_form = own_and(&tokens, &parts, |word| word.legal == 0 || word.trade > 0);
    let without_place = || own_and(&tokens, &parts, |word| word.trade > 0);
    let brand =
        WORDS.brand(&without_form).or_else(|| WORDS.brand(&without_place())).or_else(|| WORDS.brand(&name.core));
    // A place that is the own word of a brand is counted as that.
    if of_place && brand.is_some() {
        name.place = 0;
    }
    let is_place = |part: &Part| matches!(part, Part::Shared(word) if word.place > 0 && word.trade == 0);
    if name.place > 0 && parts.iter().rposition(is_place) > parts.iter().position(|part| *part == Part::Own || !has_own)
    {
        name.legal |= Legal::SEATED;
    }
    if let Some(brand) = brand {
        name.alternative = format!("{CONCEPTS}{brand}");
    } else if !has_own && name.wide > 0 && name.trades[0] > 0 {
        name.alternative = name.by_concepts();
    } else if of_place && core.len() > 1 {
        name.alternative = core[0].to_owned();
    } else if core.len() > 1 {
        core.sort_unstable();
        name.alternative = core.concat();
        if name.alternative == name.sound {
            name.alternative.clear();
        }
    }
    Some(name)
}

/// The own words and some of those that are shared, without spaces.
fn own_and(tokens: &[String], parts: &[Part], shared: impl Fn(&Word) -> bool) -> String {
    let kept = tokens.iter().zip(parts).filter(|(_, part)| match part {
        Part::Own => true,
        Part::Shared(word) => shared(word),
        Part::Join => false,
    });
    kept.map(|(token, _)| token.as_str()).collect()
}

/// The name that a web address's own label spells, such as `huaxing-tech`.
pub(crate) fn read_label(label: &str) -> Option<Name> {
    if label.len() < 3 || !label.is_ascii() || label.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: String =
        label.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase() as char).collect();
    let mut parts: Vec<&str> = label.split('-').filter(|p| !p.is_empty()).collect();
    while parts.len() > 1 && parts.last().is_some_and(|p| WORDS.latin(&p.to_ascii_lowercase()).is_some()) {
        parts.pop();
    }
    let mut own = parts.concat().to_ascii_lowercase();
    if own.len() == whole.len() {
        for at in 3..own.len().saturating_sub(1) {
            let tail = &own[at..];
            if tail.len() >= 3 && WORDS.latin(tail).is_some_and(|w| w.trade > 0 || w.legal > 0) {
                own.truncate(at);
                break;
            }
        }
    }
    if own.len() < 3 {
        own.clone_from(&whole);
    }
    let alternative = if own == whole { String::new() } else { whole };
    Some(Name {
        script: Script::Web,
        core: own.clone(),
        first: own.clone(),
        sound: own,
        alternative,
        ..Name::default()
    })
}

/// Trades that a text such as an industry field speaks of.
pub(crate) fn read_trades(text: &str) -> [u16; TRADES] {
    let folded = text::fold(text);
    let mut name = Name::default();
    if folded.contains(is_cjk) {
        let chars: Vec<char> = folded.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').collect();
        let mut rest = &chars[..];
        while let Some((length, word)) = WORDS.cjk_ending(rest, |w| w.trade != 0) {
            name.add_trade(word.trade);
            rest = &rest[..rest.len() - length];
        }
        return name.trades;
    }
    let tokens: Vec<String> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).take(12).map(str::to_owned).collect();
    for part in classify(&tokens) {
        if let Part::Shared(word) = part
            && word.trade > 0
        {
            name.add_trade(word.trade);
        }
    }
    name.trades
}
