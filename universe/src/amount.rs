//! Decimal figures as registers write them, brought to whole numbers without a float.

/// A decimal number: `mantissa` × 10^-`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub mantissa: i128,
    pub places: u32,
}

/// The most a whole number may be, either way: what curves can reach.
pub const FURTHEST: i128 = 4_000_000_000_000;

const MOST_DIGITS: usize = 24;

impl Decimal {
    pub const ONE: Self = Self { mantissa: 1, places: 0 };

    /// Reads digits with one decimal mark, grouped by another mark or spaces, with a sign, or brackets for one below nought.
    pub fn read(text: &str, decimal: char, group: Option<char>) -> Option<Self> {
        let mut rest = text.trim();
        let mut below = false;
        if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
            (below, rest) = (true, inner.trim());
        } else if let Some(inner) = rest.strip_prefix(['-', '−', '–']) {
            (below, rest) = (true, inner.trim_start());
        } else if let Some(inner) = rest.strip_prefix('+') {
            rest = inner;
        }
        let (mut mantissa, mut places, mut digits, mut after) = (0i128, 0u32, 0usize, false);
        for character in rest.chars() {
            // Full-width digits are written in Chinese and Japanese sheets.
            let character = match character {
                '０'..='９' => char::from(b'0' + (character as u32 - '０' as u32) as u8),
                '．' => '.',
                '，' => ',',
                other => other,
            };
            if let Some(digit) = character.to_digit(10) {
                digits += 1;
                if digits > MOST_DIGITS {
                    return None;
                }
                mantissa = mantissa * 10 + i128::from(digit);
                places += u32::from(after);
            } else if character == decimal && !after {
                after = true;
            } else if after
                || digits == 0
                || !(Some(character) == group || matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '’'))
            {
                return None;
            }
        }
        (digits > 0).then_some(Self { mantissa: if below { -mantissa } else { mantissa }, places })
    }

    /// This × `times`, divided by `by`, as a whole number: a half goes away from nought. Nothing if it is past bounds.
    pub fn whole(self, times: Self, by: i128) -> Option<i64> {
        let product = self.mantissa.checked_mul(times.mantissa)?;
        let divisor = 10i128.checked_pow(self.places.checked_add(times.places)?)?.checked_mul(by)?;
        let twice = product.checked_mul(2)?.checked_add(if product < 0 { -divisor } else { divisor })?;
        let whole = twice / divisor.checked_mul(2)?;
        (whole.abs() <= FURTHEST).then(|| i64::try_from(whole).ok())?
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<i64> {
        Decimal::read(text, '.', Some(','))?.whole(Decimal::ONE, 1)
    }

    #[test]
    fn figures_are_read_in_every_spelling() {
        for (text, whole) in [
            ("1,234,567", 1_234_567),
            ("(1,234.5)", -1_235),
            ("−12", -12),
            ("+7.49", 7),
            ("0.5", 1),
            ("-0.5", -1),
            ("１２３", 123),
            ("1 000", 1_000),
        ] {
            assert_eq!(read(text), Some(whole), "{text}");
        }
        for text in ["", "-", "1.2.3", "12e3", "NaN", "1.000,5", ".", "9999999999999", "1234567890123456789012345"] {
            assert_eq!(read(text), None, "{text}");
        }
        let german = Decimal::read("1.234,56", ',', Some('.'));
        assert_eq!(german, Some(Decimal { mantissa: 123_456, places: 2 }));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,40}", decimal in any::<char>()) {
            if let Some(read) = Decimal::read(&text, decimal, None) {
                let _ = read.whole(Decimal { mantissa: i128::MAX / 3, places: 30 }, 1000);
            }
        }
    }
}
