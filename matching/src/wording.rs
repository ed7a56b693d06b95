//! What two names say beside their own words: trade, legal form, a place that sets one apart, and the full legal name.

use crate::compare::{View, level};
use crate::name::TRADES;
use crate::record::Form;
use crate::text::Script;
use crate::words::{Legal, TradeAgreement, Translated, WORDS};

/// Registers refuse a name twice: two full legal names that are equal say more than their parts do.
pub(crate) fn whole(a: &[Form], b: &[Form]) -> u8 {
    let (mut differ, mut bare) = (false, false);
    for x in a.iter().filter(|f| f.script != Script::Web) {
        for y in b.iter().filter(|f| f.script == x.script) {
            if x.whole == 0 || y.whole == 0 {
                bare |= x.whole != y.whole && x.bare != 0 && x.bare == y.bare;
            } else if x.whole == y.whole {
                return 1;
            } else {
                differ = true;
            }
        }
    }
    match (bare, differ) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 0,
    }
}

pub(crate) fn trades(a: &View<'_>, b: &View<'_>) -> u8 {
    let mut best = u8::MAX;
    for x in a.forms.iter().filter(|f| f.trades[0] != 0) {
        for y in b.forms.iter().filter(|f| f.trades[0] != 0) {
            best = best.min(match WORDS.trades(&x.trades, &y.trades) {
                TradeAgreement::Equal => 1,
                TradeAgreement::Near => 2,
                TradeAgreement::Part => 3,
                TradeAgreement::Conflict => 4,
            });
        }
    }
    if best != u8::MAX {
        return best;
    }
    // A name that speaks of no trade: the industry field speaks for it.
    fn said<'a>(view: &'a View<'_>) -> impl Iterator<Item = &'a [u16; TRADES]> {
        view.industries.iter().chain(view.forms.iter().map(|f| &f.trades).filter(|t| t[0] != 0))
    }
    for x in said(a) {
        for y in said(b) {
            best = best.min(match WORDS.trades(x, y) {
                TradeAgreement::Equal => 5,
                TradeAgreement::Near | TradeAgreement::Part => 6,
                TradeAgreement::Conflict => 7,
            });
        }
    }
    match best {
        u8::MAX if trade_alone(a, b) || trade_alone(b, a) => level::ONE_TRADE,
        u8::MAX => 0,
        best => best,
    }
}

/// Whether a company is named for a trade, and the other's full legal name speaks of none.
fn trade_alone(a: &View<'_>, b: &View<'_>) -> bool {
    let full = |f: &Form| f.whole != 0 && f.trades[0] == 0;
    b.industries.is_empty()
        && b.forms.iter().all(|f| f.trades[0] == 0)
        && b.forms.iter().any(full)
        && a.forms.iter().any(|f| WORDS.is_special(&f.trades))
}

/// Whether a name has a place behind its own word, and nothing is known of where the other sits.
pub(crate) fn seated_alone(a: &View<'_>, b: &View<'_>) -> bool {
    b.places.is_empty() && !b.forms.is_empty() && a.forms.iter().any(|f| f.legal & Legal::SEATED != 0)
}

pub(crate) fn legal(a: &[Form], b: &[Form]) -> u8 {
    const MARKS: u16 = Legal::GROUP | Legal::HOLDING | (1 << 8);
    let mut best = 0;
    let mut best_same_script = 0;
    for x in a {
        for y in b {
            if x.legal & Legal::PROPER == 0 || y.legal & Legal::PROPER == 0 {
                continue;
            }
            let level = if x.legal & MARKS != y.legal & MARKS
                || !(compatible(x.legal & Legal::PROPER, y.legal & Legal::PROPER)
                    || Translated::each_other(x.form, y.form))
            {
                3
            } else if x.form == y.form {
                1
            } else {
                2
            };
            let slot = if x.script == y.script { &mut best_same_script } else { &mut best };
            if *slot == 0 || level < *slot {
                *slot = level;
            }
        }
    }
    if best_same_script != 0 { best_same_script } else { best }
}

/// Whether two classes may translate each other: a Japanese or Korean share company is "Co., Ltd." or "Inc." in English.
fn compatible(a: u16, b: u16) -> bool {
    const PLAIN: u16 = Legal::PRIVATE | Legal::KK | Legal::CORPORATION;
    const SHARES: u16 = Legal::PUBLIC | Legal::KK | Legal::CORPORATION;
    a & b != 0 || (a & PLAIN != 0 && b & PLAIN != 0) || (a & SHARES != 0 && b & SHARES != 0 && (a | b) & Legal::KK != 0)
}
