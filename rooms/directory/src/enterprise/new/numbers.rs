//! The rules that an identifier must meet: a register or an exchange that the lists know, check digits that are right, a
//! code in the form that it is compared in.

use platform::{Cx, Problems};

use super::NewIdentifier;

/// Exchanges whose codes are numbers, so that noughts before them say nothing: with how many figures they are kept.
const NUMBERED: [(&str, usize); 1] = [("XHKG", 4)];

impl NewIdentifier {
    pub(crate) fn checked(mut self, cx: &Cx, problems: &mut Problems) -> Self {
        self.value = problems.line("identifiers", &self.value, 100).to_uppercase().replace(' ', "");
        self.register = problems.line("identifiers", &self.register, 100);
        match self.scheme.as_str() {
            "lei" => {
                self.register.clear();
                problems.require(matching::is_lei(&self.value), "identifiers", "problem-lei");
            }
            "registry" => self.check_register(cx, problems),
            "listing" => self.check_exchange(cx, problems),
            _ => problems.add("identifiers", "problem-identifier-scheme"),
        }
        self
    }

    fn check_register(&mut self, cx: &Cx, problems: &mut Problems) {
        if self.register.is_empty() {
            problems.add("identifiers", "problem-register-missing");
        } else if let Some(known) = cx.house.codes.written("register", &self.register) {
            self.register = known.code;
        } else if is_authority(&self.register.to_uppercase()) {
            self.register = self.register.to_uppercase();
        } else if cx.house.codes.any_on("register", cx.today()) {
            problems.add_with("identifiers", "problem-register-unknown", &[("value", self.register.clone())]);
        }
        let (proved, wrong) = match self.register.as_str() {
            "cn-samr" => (matching::is_credit_code(&self.value), "problem-check-digit"),
            "jp-corporate-number" => (is_corporate_number(&self.value), "problem-check-digit"),
            "hk-companies-registry" => (is_plain_number(&self.value), "problem-register-number"),
            _ => (true, ""),
        };
        if !self.value.is_empty() && !proved {
            let register = cx.house.codes.name("register", &self.register, cx.language);
            problems.add_with("identifiers", wrong, &[("value", self.value.clone()), ("register", register)]);
        }
    }

    fn check_exchange(&mut self, cx: &Cx, problems: &mut Problems) {
        problems.require(!self.register.is_empty(), "identifiers", "problem-register-missing");
        let upper = self.register.to_uppercase();
        self.register = match cx.house.codes.written("exchange", &self.register) {
            Some(known) if !cx.house.codes.has("exchange", &upper) => known.code,
            _ => upper,
        };
        let is_mic = self.register.len() == 4 && self.register.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !self.register.is_empty() && !is_mic {
            problems.add("identifiers", "problem-exchange");
        } else if is_mic
            && !cx.house.codes.has("exchange", &self.register)
            && cx.house.codes.any_on("exchange", cx.today())
        {
            problems.add_with("identifiers", "problem-exchange-unknown", &[("value", self.register.clone())]);
        }
        self.value = listing_code(&self.register, &self.value);
    }
}

/// The codes that what was typed may mean on the exchanges whose codes are numbers, as they are kept there.
pub(crate) fn listing_codes(typed: &str) -> Vec<(&'static str, String)> {
    let codes = NUMBERED.iter().map(|(exchange, _)| (*exchange, listing_code(exchange, typed)));
    codes.filter(|(_, code)| code != typed).collect()
}

/// A code as the exchange's are kept and compared: `0700` for `700` and `00700` in Hong Kong.
fn listing_code(exchange: &str, code: &str) -> String {
    let figures = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    match NUMBERED.iter().find(|(numbered, _)| *numbered == exchange) {
        Some((_, width)) if figures => format!("{:0>width$}", code.trim_start_matches('0')),
        _ => code.to_owned(),
    }
}

/// Whether a register is named by its code in the list of registration authorities that LEIs refer to.
fn is_authority(code: &str) -> bool {
    code.len() == 8 && code.starts_with("RA") && code.bytes().skip(2).all(|byte| byte.is_ascii_digit())
}

/// Whether a text may be a number without check digits: letters, digits and what parts them, and not noughts alone.
fn is_plain_number(value: &str) -> bool {
    value.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '/' | '.'))
        && value.bytes().any(|sign| matches!(sign, b'1'..=b'9'))
}

/// Japan's corporate number: the first of thirteen figures proves the twelve that follow, which from the last one on count
/// once and twice in turn.
fn is_corporate_number(value: &str) -> bool {
    let figures: Vec<u32> = value.chars().filter_map(|sign| sign.to_digit(10)).collect();
    if figures.len() != 13 || value.len() != 13 {
        return false;
    }
    let sum: u32 =
        figures.iter().skip(1).rev().zip([1, 2].into_iter().cycle()).map(|(figure, weight)| figure * weight).sum();
    figures.first() == Some(&(9 - sum % 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corporate_number_is_proved_by_its_first_figure() {
        assert!(is_corporate_number("1180301018771") && is_corporate_number("5010401067252"));
        for wrong in ["1180301018772", "118030101877", "11803010187710", "118030101877X", ""] {
            assert!(!is_corporate_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_number_without_check_digits_has_one_that_is_no_nought() {
        assert!(is_plain_number("1234567") && is_plain_number("F0012345") && is_plain_number("12/34-5.6"));
        for wrong in ["0", "000", "=1+1", "F-000", "12,34", "12;3", "N/A", "１２"] {
            assert!(!is_plain_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn noughts_before_a_numbered_code_say_nothing() {
        for (given, kept) in [("700", "0700"), ("00700", "0700"), ("0700", "0700"), ("5", "0005"), ("80700", "80700")] {
            assert_eq!(listing_code("XHKG", given), kept);
        }
        assert_eq!(listing_code("XHKG", "ABC"), "ABC");
        assert_eq!(listing_code("XTKS", "07203"), "07203");
    }
}
