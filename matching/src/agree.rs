//! How two companies' own words agree, within a script and across scripts.

use crate::compare::{Comparer, level};
use crate::distance;
use crate::lexicon::{Symbol, Use};
use crate::name::CONCEPTS;
use crate::record::Form;
use crate::text::Script;

impl Comparer<'_> {
    /// `one_site` says that both have one website, which is counted for itself: what it spells is then no name of one that
    /// has no other, and does not outweigh names that are known to differ.
    pub(crate) fn names(&self, a: &[Form], b: &[Form], one_site: bool) -> (u8, f32) {
        let nameless = |forms: &[Form]| forms.iter().all(|form| form.script == Script::Web);
        if one_site && (nameless(a) || nameless(b)) {
            return (0, 1.0);
        }
        let mut best = (0, 1.0f32);
        let mut written = (0, 1.0f32);
        let (mut native, mut latin, mut native_differs, mut latin_differs) = (None, None, false, false);
        let mut any = false;
        let (mut another, mut numbered) = (false, false);
        for x in a {
            for y in b {
                if x.script == Script::Web && y.script == Script::Web {
                    continue;
                }
                any = true;
                let (level, rarity) = self.forms(x, y);
                if level == level::ANOTHER {
                    another = true;
                    continue;
                }
                numbered |= level <= level::LAST_AGREEING && x.number != 0 && x.number == y.number;
                let is_latin = x.script == Script::Latin && y.script == Script::Latin;
                match level {
                    level::NATIVE => native = Some(rarity),
                    level::LATIN => latin = Some(rarity),
                    level::DIFFERENT | level::HOMOPHONE | level::PART if is_latin => latin_differs = true,
                    level::DIFFERENT | level::HOMOPHONE if x.script == y.script => native_differs = true,
                    _ => {}
                }
                let web = x.script == Script::Web || y.script == Script::Web;
                for best in [Some(&mut best), (!web).then_some(&mut written)].into_iter().flatten() {
                    if best.0 == 0 || level < best.0 || (level == best.0 && rarity > best.1) {
                        *best = (level, rarity);
                    }
                }
            }
        }
        if !any {
            return (0, 1.0);
        }
        // One that was renamed from the one to the other holds both.
        if another && !numbered {
            return (level::ANOTHER, 1.0);
        }
        if best.0 == 0 {
            return (level::ANOTHER, 1.0);
        }
        if one_site && best.0 == level::BY_WEB && (native_differs || latin_differs) {
            return written;
        }
        match (native, latin) {
            (Some(n), Some(l)) => (level::BOTH, n.max(l)),
            // Same sound or same Latin name, but both are known to be written otherwise.
            (None, _) if native_differs && best.0 <= level::LAST_AGREEING => (level::HOMOPHONE, 1.0),
            (Some(n), None) if latin_differs => (level::NATIVE, n),
            _ => best,
        }
    }

    fn forms(&self, x: &Form, y: &Form) -> (u8, f32) {
        let web = x.script == Script::Web || y.script == Script::Web;
        if x.number != 0 && y.number != 0 && x.number != y.number && !web && self.of_one_series(x, y) {
            return (level::ANOTHER, 1.0);
        }
        let equal = x.script == y.script && x.core == y.core;
        if !equal
            && x.alternative.is_some()
            && x.alternative == y.alternative
            && self.text(x.alternative).starts_with(CONCEPTS)
        {
            let level = if x.script == y.script { level::REORDERED } else { level::CROSS };
            return (level, self.rarity(x.alternative, y.alternative, Use::Name));
        }
        if x.script == y.script {
            if x.core == y.core {
                let level = if x.script == Script::Latin { level::LATIN } else { level::NATIVE };
                return (level, self.rarity(x.core, y.core, Use::Name));
            }
            return if x.script == Script::Latin { self.latin(x, y) } else { self.native(x, y) };
        }
        let spelt = |form: &Form| if form.script == Script::Han { form.other } else { Symbol::default() };
        let readings = [
            (x.sound, y.sound),
            (x.alternative, y.sound),
            (x.sound, y.alternative),
            (spelt(x), y.sound),
            (x.sound, spelt(y)),
        ];
        for (a, b) in readings {
            if a.is_some() && a == b {
                return (if web { level::BY_WEB } else { level::CROSS }, self.rarity(a, b, Use::Name));
            }
        }
        let is = |script: Script| x.script == script || y.script == script;
        if is(Script::Kana) && is(Script::Latin) {
            let (p, q) = (crate::text::in_kana(self.text(x.sound)), crate::text::in_kana(self.text(y.sound)));
            if p.len() >= 4 && p == q {
                return (level::CROSS, self.rarity(x.sound, y.sound, Use::Name));
            }
        }
        if (is(Script::Hangul) || is(Script::Kana))
            && x.other.is_some()
            && x.other == y.other
            && self.bytes(x.other).len() >= 4
        {
            // There is no one way of spelling Korean names: long enough, a loose spelling is as good as a strict one.
            let level =
                if is(Script::Hangul) && self.bytes(x.other).len() >= 6 { level::CROSS } else { level::CROSS_SLIP };
            return (level, self.rarity(x.other, y.other, Use::Name));
        }
        let spellings = [(x.sound, y.sound), (spelt(x), y.sound), (x.sound, spelt(y))];
        for (p, q) in spellings {
            let (a, b) = (self.bytes(p), self.bytes(q));
            if a.len().min(b.len()) >= 6 && distance::within_one(a, b) {
                return (level::CROSS_SLIP, self.rarity(p, q, Use::Name));
            }
        }
        if is(Script::Kana) && is(Script::Latin) {
            let (kana, latin) = if x.script == Script::Kana { (x, y) } else { (y, x) };
            // "Sony Pictures", of which kana say the first.
            if latin.first == kana.sound && self.bytes(kana.sound).len() >= 4 {
                return (level::PART, self.rarity(latin.first, kana.sound, Use::Name));
            }
            let heard = |form: &Form| crate::text::consonants(self.text(form.sound));
            if let (Some(p), Some(q)) = (heard(x), heard(y))
                && p == q
                && self.bytes(x.sound)[0] == self.bytes(y.sound)[0]
            {
                let level = if p.len() >= 5 { level::CROSS } else { level::CROSS_SLIP };
                return (level, self.rarity(x.sound, y.sound, Use::Name));
            }
        }
        (level::UNLIKE, 1.0)
    }

    /// Whether a name has no own word, so that its trade and its country speak for it: Bank of China.
    pub(crate) fn of_common_words(&self, form: &Form) -> bool {
        let said = self.text(form.alternative);
        said.starts_with(CONCEPTS) && said.contains(' ')
    }

    /// Whether two names differ by hardly more than their numbers.
    fn of_one_series(&self, x: &Form, y: &Form) -> bool {
        let stem = |form: &Form| -> Vec<u8> {
            self.bytes(form.sound).iter().copied().filter(|byte| !byte.is_ascii_digit()).collect()
        };
        (x.first.is_some() && x.first == y.first) || distance::within(&stem(x), &stem(y), 2) <= 2
    }

    fn latin(&self, x: &Form, y: &Form) -> (u8, f32) {
        // An umlaut written out makes the word longer; words in another order don't.
        let written = |x: &Form, y: &Form| {
            x.alternative == y.core
                && x.alternative.is_some()
                && self.bytes(x.alternative).len() > self.bytes(x.core).len()
        };
        if written(x, y) || written(y, x) {
            return (level::LATIN, self.rarity(x.core, y.core, Use::Name));
        }
        let is_sorted = |form: &Form| {
            form.alternative.is_some() && self.bytes(form.alternative).len() == self.bytes(form.core).len()
        };
        let sorted = |form: &Form| if is_sorted(form) { form.alternative } else { form.sound };
        if sorted(x) == sorted(y) {
            return (level::REORDERED, self.rarity(x.sound, y.sound, Use::Name));
        }
        let (a, b) = (self.bytes(x.core), self.bytes(y.core));
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        // A number that only one has is no slip.
        let is_slip = x.number & 1 == 0 && y.number & 1 == 0 || x.number == y.number;
        if short.len() >= 4 && is_slip && distance::within_one(a, b) {
            return (level::SLIP, self.rarity(x.core, y.core, Use::Name));
        }
        // Words that only one of them has, after the same beginning.
        let begins = x.first == y.first && short.len() >= 3 && self.bytes(x.first).len() >= 3;
        if begins || (short.len() >= 5 && long.starts_with(short)) {
            let shared =
                if begins { self.rarity(x.first, y.first, Use::Name) } else { self.rarity(x.core, y.core, Use::Name) };
            return (level::PART, shared);
        }
        if short.len() >= 8 && distance::within(a, b, 2) <= 2 {
            return (level::PART, self.rarity(x.core, y.core, Use::Name));
        }
        (level::DIFFERENT, 1.0)
    }

    fn native(&self, x: &Form, y: &Form) -> (u8, f32) {
        let (a, b) = (self.text(x.core), self.text(y.core));
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let letters = short.chars().count();
        if letters >= 2 && long.starts_with(short) {
            return (level::PART, self.rarity(x.core, y.core, Use::Name));
        }
        if letters >= 4 {
            // Characters as bytes of three: a slip is one of them changed, lost or added.
            let (mut p, mut q) = (short.chars(), long.chars());
            let same = p.by_ref().zip(q.by_ref()).take_while(|(c, d)| c == d).count();
            let tail = |text: &str, from: usize| text.chars().skip(from).collect::<String>();
            let (rest_short, rest_long) = (tail(short, same), tail(long, same));
            // 一局 and 二局 are two of a series.
            let of_series = |text: &str| text.chars().next().is_some_and(is_numeral);
            if of_series(&rest_short) && of_series(&rest_long) && tail(&rest_short, 1) == tail(&rest_long, 1) {
                return (level::ANOTHER, 1.0);
            }
            if tail(&rest_short, 1) == tail(&rest_long, 1) || rest_short == tail(&rest_long, 1) {
                return (level::SLIP, self.rarity(x.core, y.core, Use::Name));
            }
        }
        if x.sound.is_some() && x.sound == y.sound {
            return (level::HOMOPHONE, 1.0);
        }
        (level::DIFFERENT, 1.0)
    }
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十".contains(c)
}
