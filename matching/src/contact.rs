//! Fields beside the name: telephones to E.164, websites to registrable domains, registration numbers and LEIs by their
//! check digits, addresses, countries, years.

/// Country calling codes (ITU-T E.164, list of assigned codes), with the country that a number of that code most likely is of.
const DIAL: &[(&str, &str)] = &[
    ("1", "US"),
    ("7", "RU"),
    ("20", "EG"),
    ("27", "ZA"),
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("36", "HU"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("58", "VE"),
    ("60", "MY"),
    ("61", "AU"),
    ("62", "ID"),
    ("63", "PH"),
    ("64", "NZ"),
    ("65", "SG"),
    ("66", "TH"),
    ("81", "JP"),
    ("82", "KR"),
    ("84", "VN"),
    ("86", "CN"),
    ("90", "TR"),
    ("91", "IN"),
    ("92", "PK"),
    ("94", "LK"),
    ("95", "MM"),
    ("98", "IR"),
    ("212", "MA"),
    ("234", "NG"),
    ("254", "KE"),
    ("351", "PT"),
    ("352", "LU"),
    ("353", "IE"),
    ("354", "IS"),
    ("356", "MT"),
    ("357", "CY"),
    ("358", "FI"),
    ("359", "BG"),
    ("370", "LT"),
    ("371", "LV"),
    ("372", "EE"),
    ("377", "MC"),
    ("380", "UA"),
    ("381", "RS"),
    ("385", "HR"),
    ("386", "SI"),
    ("420", "CZ"),
    ("421", "SK"),
    ("423", "LI"),
    ("852", "HK"),
    ("853", "MO"),
    ("855", "KH"),
    ("856", "LA"),
    ("880", "BD"),
    ("886", "TW"),
    ("960", "MV"),
    ("961", "LB"),
    ("962", "JO"),
    ("965", "KW"),
    ("966", "SA"),
    ("968", "OM"),
    ("971", "AE"),
    ("972", "IL"),
    ("973", "BH"),
    ("974", "QA"),
    ("976", "MN"),
    ("977", "NP"),
    ("994", "AZ"),
    ("995", "GE"),
    ("998", "UZ"),
];

fn dial_of(country: Country) -> Option<&'static str> {
    DIAL.iter().find(|(_, code)| Country::parse(code) == country).map(|(dial, _)| *dial)
}

/// ISO 3166-1 alpha-2, packed; 0 is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(pub(crate) u16);

impl Country {
    pub const UNKNOWN: Self = Self(0);

    /// Two letters; anything else is unknown. `UK` is read as `GB`.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
                let (a, b) = if (a, b) == (b'U', b'K') { (b'G', b'B') } else { (a, b) };
                Self(u16::from(a) << 8 | u16::from(b))
            }
            _ => Self::UNKNOWN,
        }
    }

    pub fn is_known(self) -> bool {
        self.0 != 0
    }

    pub fn code(self) -> String {
        if self.is_known() {
            [(self.0 >> 8) as u8 as char, (self.0 & 0xff) as u8 as char].iter().collect()
        } else {
            String::new()
        }
    }
}

/// A telephone number: the national significant number, and the country if it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phone {
    /// National significant number with a 1 before it, so that leading zeros count; 0 is none.
    pub(crate) national: u64,
    pub(crate) country: Country,
}

impl Phone {
    /// Reads `+852 1234 5678`, `(852) 12345678`, `00852-1234-5678` or a national number; `country` is what the record says.
    pub fn parse(text: &str, country: Country) -> Self {
        let mut digits = [0u8; 20];
        let mut count = 0;
        let (mut plus, mut bracket, mut bracketed) = (false, false, 0usize);
        for c in text.trim().chars().take(64) {
            let digit = match c {
                '0'..='9' => c as u8 - b'0',
                '０'..='９' => (c as u32 - '０' as u32) as u8,
                '+' | '＋' if count == 0 => {
                    plus = true;
                    continue;
                }
                '(' | '（' if count == 0 => {
                    bracket = true;
                    continue;
                }
                ')' | '）' if bracket => {
                    bracket = false;
                    bracketed = count;
                    continue;
                }
                // An extension isn't part of the number.
                'x' | 'X' | '#' | ';' | ',' | '/' if count >= 6 => break,
                _ => continue,
            };
            if count == digits.len() {
                return Self::default();
            }
            digits[count] = digit;
            count += 1;
        }
        let mut rest = &digits[..count];
        let mut international = plus;
        if !plus && rest.len() > 9 && rest.starts_with(&[0, 0]) {
            rest = &rest[2..];
            international = true;
        }
        let mut said = Country::UNKNOWN;
        if international || bracketed > 0 {
            // The longest code that fits; codes are prefix-free within a length.
            let found = (1..=3).rev().find_map(|length| {
                let head = rest.get(..length)?;
                if !international && bracketed != length {
                    return None;
                }
                let known = DIAL.iter().find(|(dial, _)| dial.bytes().map(|b| b - b'0').eq(head.iter().copied()))?;
                Some((length, Country::parse(known.1)))
            });
            if let Some((length, code)) = found {
                rest = &rest[length..];
                said = code;
            }
        } else if country.is_known()
            && let Some(dial) = dial_of(country)
            && rest.len() >= dial.len() + 8
            && dial.bytes().map(|b| b - b'0').eq(rest[..dial.len()].iter().copied())
            && dial.len() > 1
        {
            rest = &rest[dial.len()..];
            said = country;
        }
        // A trunk zero is dialled at home only.
        if let [0, tail @ ..] = rest
            && tail.len() >= 8
        {
            rest = tail;
        }
        // No number has more than fifteen digits (E.164); a few more may be an extension.
        if !(5..=18).contains(&rest.len()) || rest.iter().all(|d| *d == rest[0]) {
            return Self::default();
        }
        Self { national: rest.iter().fold(1, |sum, digit| sum * 10 + u64::from(*digit)), country: said }
    }

    pub fn is_known(self) -> bool {
        self.national != 0
    }
}

/// The registrable domain of an address, lower case (`huaxing.com.hk` of `https://www.huaxing.com.hk/en/`), or nothing.
pub fn registrable_domain(text: &str) -> Option<&str> {
    let mut rest = text.trim();
    if let Some(at) = rest.find("://") {
        rest = &rest[at + 3..];
    }
    if let Some(at) = rest.find(['/', '?', '#', ' ', ',', ';']) {
        rest = &rest[..at];
    }
    if let Some(at) = rest.rfind('@') {
        rest = &rest[at + 1..];
    }
    if let Some(at) = rest.find(':') {
        rest = &rest[..at];
    }
    let rest = rest.trim_end_matches('.');
    if rest.len() < 4 || rest.len() > 253 || !rest.contains('.') {
        return None;
    }
    psl::domain_str(rest)
}

/// The label of a registrable domain that is the owner's own word: `huaxing` of `huaxing.com.hk`.
pub fn domain_label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// Domains that many own: a page there says nothing of whose it is.
pub(crate) fn is_shared_domain(domain: &str) -> bool {
    const SHARED: &[&str] = &[
        "facebook.com",
        "linkedin.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "youtube.com",
        "weibo.com",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com.cn",
        "alibaba.com",
        "1688.com",
        "taobao.com",
        "tmall.com",
        "jd.com",
        "github.com",
        "github.io",
        "google.com",
        "gmail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "wordpress.com",
        "wixsite.com",
        "blogspot.com",
        "naver.com",
        "daum.net",
        "crunchbase.com",
        "wikipedia.org",
        "baidu.com",
        "made-in-china.com",
        "globalsources.com",
        "wechat.com",
        "t.me",
        "bit.ly",
        "example.com",
    ];
    SHARED.contains(&domain)
}

/// What kind of number a registration number is, as far as its form and check digits tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Register {
    #[default]
    None,
    /// Of a form we know no check for: valid within its country.
    National,
    /// ISO 17442, check digits right.
    Lei,
    /// The Mainland's unified social credit code (GB 32100-2015), check character right.
    CreditCode,
    /// Has the form of an LEI or credit code, but the check digits are wrong: proves nothing.
    Broken,
}

/// Words that stand before a registration number without being part of it.
const NUMBER_WORDS: [&str; 26] = [
    "no",
    "nr",
    "num",
    "number",
    "numero",
    "nummer",
    "n",
    "reg",
    "regn",
    "registered",
    "registration",
    "company",
    "co",
    "cr",
    "br",
    "brn",
    "crn",
    "uen",
    "ein",
    "lei",
    "uscc",
    "id",
    "tax",
    "code",
    "business",
    "license",
];

/// A registration number, folded to letters and digits.
pub fn registration(text: &str) -> Option<(String, Register)> {
    let plain = crate::text::fold(text);
    // What the number is called, "No.", "Reg. No.", "統一社會信用代碼", isn't part of it.
    let mut rest = plain.trim();
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() || crate::text::is_cjk(c));
        let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        let apart = rest[word.len()..].starts_with(|c: char| !c.is_alphanumeric());
        if apart && NUMBER_WORDS.contains(&word) {
            rest = &rest[word.len()..];
        } else {
            break;
        }
    }
    let folded: String =
        rest.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(40).collect();
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    if folded.len() < 4 || digits < 2 || folded.bytes().all(|b| b == folded.as_bytes()[0]) {
        return None;
    }
    let register =
        match folded.len() {
            20 if folded.is_char_boundary(18) && folded.bytes().skip(18).all(|b| b.is_ascii_digit()) => {
                if is_lei(&folded) { Register::Lei } else { Register::Broken }
            }
            18 if folded.bytes().skip(2).take(6).all(|b| b.is_ascii_digit()) => {
                if is_credit_code(&folded) {
                    Register::CreditCode
                } else {
                    Register::Broken
                }
            }
            _ => Register::National,
        };
    Some((folded, register))
}

/// ISO 7064 MOD 97-10 over an LEI's twenty characters.
pub fn is_lei(code: &str) -> bool {
    code.len() == 20
        && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && code.bytes().fold(0u32, |rest, b| match b {
            b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
            _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
        }) == 1
}

/// ISO 7064 MOD 31-3 over the eighteen characters of a unified social credit code.
pub fn is_credit_code(code: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    if code.len() != 18 {
        return false;
    }
    let value = |b: u8| ALPHABET.iter().position(|a| *a == b);
    let mut sum = 0;
    let mut weight = 1;
    for b in code.bytes().take(17) {
        let Some(v) = value(b) else { return false };
        sum += v * weight;
        weight = weight * 3 % 31;
    }
    value(code.as_bytes()[17]) == Some((31 - sum % 31) % 31)
}

/// An address as one key for the whole and one for its street: numbers first, words folded, ways shortened.
pub fn address(text: &str) -> Option<(String, String)> {
    let folded = crate::text::fold(text);
    let mut numbers: Vec<&str> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for token in folded.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()) {
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            numbers.push(token);
        } else {
            words.push(shortened(token));
        }
    }
    if numbers.is_empty() && words.is_empty() {
        return None;
    }
    words.retain(|w| !matches!(*w, "" | "no" | "number" | "the"));
    words.truncate(12);
    let street = words.join(" ");
    numbers.truncate(6);
    Some((format!("{} {street}", numbers.join(" ")), street))
}

/// One short form for the ways an address writes a way.
fn shortened(word: &str) -> &str {
    match word {
        "road" => "rd",
        "street" | "str" => "st",
        "avenue" | "av" => "ave",
        "boulevard" => "blvd",
        "lane" => "ln",
        "drive" => "dr",
        "square" => "sq",
        "building" | "bldg" => "bld",
        "floor" => "fl",
        "district" => "dist",
        "room" | "unit" | "suite" | "flat" | "rm" => "",
        "strasse" => "str",
        other => other,
    }
}

/// A year between 1000 and 2200, out of whatever stands in the field.
pub fn year(text: &str) -> Option<u16> {
    let mut run = 0u32;
    let mut length = 0;
    for c in text.chars().take(32).chain(std::iter::once(' ')) {
        if let Some(digit) = c.to_digit(10) {
            run = run.saturating_mul(10).saturating_add(digit);
            length += 1;
        } else {
            if length == 4 && (1000..=2200).contains(&run) {
                return u16::try_from(run).ok();
            }
            (run, length) = (0, 0);
        }
    }
    None
}
