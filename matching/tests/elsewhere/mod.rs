//! Made-up records with habits of their own, to measure on what the rules were not tuned to: names of several words, surnames,
//! Cantonese and old Korean spellings, kanji read the Japanese way, local trade words, moved addresses, several telephones,
//! regional siblings, registration numbers written in several ways, initials for names. Seeded: the same seed gives the same rows.

use std::collections::HashSet;

mod words;

use words::*;

pub struct Row {
    pub fields: [String; 11],
    pub entity: u32,
    pub family: u32,
}

pub const HEADER: [&str; 11] = [
    "record_id",
    "telephone",
    "name",
    "year_founded",
    "city",
    "other_name",
    "industry",
    "registration_number",
    "country",
    "website",
    "address",
];

#[derive(Clone, Copy)]
pub struct Mix {
    pub typo: f64,
    pub no_form: f64,
    pub short: f64,
    pub other_name: f64,
    pub native: f64,
    pub registration: f64,
    pub website: f64,
    pub telephone: f64,
    pub address: f64,
    pub city: f64,
    pub country: f64,
    pub moved: f64,
    pub families: f64,
}

pub const OFFICES: Mix = Mix {
    typo: 0.08,
    no_form: 0.35,
    short: 0.15,
    other_name: 0.35,
    native: 0.55,
    registration: 0.25,
    website: 0.45,
    telephone: 0.4,
    address: 0.5,
    city: 0.7,
    country: 0.9,
    moved: 0.25,
    families: 0.15,
};
pub const SPARSE: Mix = Mix {
    typo: 0.05,
    no_form: 0.3,
    short: 0.08,
    other_name: 0.3,
    native: 0.4,
    registration: 0.0,
    website: 0.25,
    telephone: 0.0,
    address: 0.0,
    city: 0.8,
    country: 1.0,
    moved: 0.0,
    families: 0.1,
};
pub const MESSY: Mix = Mix {
    typo: 0.2,
    no_form: 0.5,
    short: 0.25,
    other_name: 0.25,
    native: 0.5,
    registration: 0.12,
    website: 0.35,
    telephone: 0.3,
    address: 0.4,
    city: 0.5,
    country: 0.6,
    moved: 0.4,
    families: 0.2,
};

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn chance(&mut self, p: f64) -> bool {
        ((self.next() >> 11) as f64 / (1u64 << 53) as f64) < p
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn word<'a>(&mut self, list: &'a str) -> &'a str {
        let words: Vec<&str> = list.split_whitespace().collect();
        words[self.below(words.len())]
    }
}

#[derive(Clone)]
struct Entity {
    country: &'static str,
    native: String,
    native_place: String,
    latin: String,
    trade: usize,
    language: usize,
    form: (String, String),
    place: String,
    city: (&'static str, &'static str),
    phones: Vec<String>,
    addresses: Vec<String>,
    web: String,
    registration: String,
    year: u32,
    family: u32,
}

fn cities(country: &str) -> &'static [(&'static str, &'static str)] {
    match country {
        "HK" => &[("香港", "Hong Kong"), ("香港", "Kowloon"), ("", "Hong Kong")],
        "CN" => &[
            ("宁波", "Ningbo"),
            ("东莞", "Dongguan"),
            ("青岛", "Qingdao"),
            ("长沙", "Changsha"),
            ("厦门", "Xiamen"),
            ("西安", "Xi'an"),
            ("郑州", "Zhengzhou"),
        ],
        "JP" => &[("横浜", "Yokohama"), ("福岡", "Fukuoka"), ("札幌", "Sapporo"), ("神戸", "Kobe")],
        "KR" => &[("인천", "Incheon"), ("대구", "Daegu"), ("울산", "Ulsan")],
        "DE" => &[("", "Düsseldorf"), ("", "Hamburg"), ("", "Nürnberg"), ("", "Leipzig")],
        "FR" => &[("", "Nîmes"), ("", "Lille"), ("", "Marseille")],
        "ES" => &[("", "Sevilla"), ("", "Málaga"), ("", "Bilbao")],
        "VN" => &[("", "Hà Nội"), ("", "Đà Nẵng"), ("", "Ho Chi Minh City")],
        _ => &[("", "Denver"), ("", "Portland"), ("", "Nashville"), ("", "Tampa"), ("", "Omaha")],
    }
}

fn forms(country: &str) -> &'static [(&'static str, &'static str)] {
    match country {
        "HK" => &[("有限公司", "Limited"), ("有限公司", "Co. Ltd."), ("集團有限公司", "Group Limited")],
        "CN" => &[("有限责任公司", "Co., Ltd."), ("股份有限公司", "Co., Ltd."), ("有限公司", "Co., Ltd.")],
        "JP" => &[("株式会社", "K.K."), ("株式会社", "Inc."), ("有限会社", "Ltd.")],
        "KR" => &[("주식회사", "Co., Ltd."), ("(주)", "Corp.")],
        "DE" => &[("", "GmbH"), ("", "GmbH & Co. KG"), ("", "AG")],
        "FR" => &[("", "SARL"), ("", "SAS"), ("", "S.A.")],
        "ES" => &[("", "S.L."), ("", "S.A.")],
        "VN" => &[("", "Co., Ltd"), ("", "JSC")],
        _ => &[("", "Inc."), ("", "LLC"), ("", "Corp.")],
    }
}

fn two(dice: &mut Dice, list: &str) -> (String, String) {
    let word = dice.word(list);
    let split = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
    (word[..split].to_owned(), word[split..].to_owned())
}

fn brand(dice: &mut Dice, country: &str) -> (String, String) {
    match country {
        "HK" => {
            let parts: Vec<_> = (0..[2, 2, 3][dice.below(3)]).map(|_| two(dice, CANTONESE)).collect();
            let native = parts.iter().map(|p| p.0.as_str()).collect();
            let latin: Vec<&str> = parts.iter().map(|p| p.1.as_str()).collect();
            (native, latin.join(" "))
        }
        "CN" => {
            let (mut native, mut latin) = two(dice, MANDARIN);
            if dice.chance(0.7) {
                let (n, l) = two(dice, TAILS);
                native += &n;
                latin += &l;
            }
            (native, latin)
        }
        "JP" if dice.chance(0.5) => {
            let (a, b) = (two(dice, KANJI), two(dice, KANA));
            if dice.chance(0.5) { a } else { (a.0 + &b.0, a.1 + " " + &b.1) }
        }
        "JP" => {
            let (a, b) = (two(dice, KANA), two(dice, KANA));
            (a.0 + &b.0, a.1 + &b.1.to_lowercase())
        }
        "KR" => {
            let parts: Vec<_> = (0..[2, 3, 3][dice.below(3)]).map(|_| two(dice, KOREAN)).collect();
            let native = parts.iter().map(|p| p.0.as_str()).collect();
            let latin: String = parts.iter().map(|p| p.1.to_lowercase()).collect();
            (native, latin[..1].to_uppercase() + &latin[1..])
        }
        "DE" => (
            String::new(),
            format!("{}{}", dice.word(GERMAN), [" & Sohn", "", "", " Gebrüder"][dice.below(4)])
                + " "
                + dice.word(GERMAN),
        ),
        "FR" => (String::new(), format!("{} {}", dice.word(FRENCH), dice.word(FRENCH))),
        "ES" => (
            String::new(),
            format!("{}{} {}", dice.word(SPANISH), [" Hermanos", "", " y"][dice.below(3)], dice.word(SPANISH)),
        ),
        "VN" => (String::new(), format!("{} {}", dice.word(VIETNAMESE), dice.word(VIETNAMESE))),
        _ => {
            let (a, n) = (dice.word(ADJECTIVES), dice.word(NOUNS));
            (
                String::new(),
                if dice.chance(0.4) {
                    format!("{a}{}", n.to_lowercase())
                } else if dice.chance(0.5) {
                    format!("{a} {n}")
                } else {
                    format!("{a} {n} {}", dice.word(NOUNS))
                },
            )
        }
    }
}

fn digits(dice: &mut Dice, n: usize) -> String {
    (0..n).map(|_| (b'0' + (dice.next() % 10) as u8) as char).collect()
}

/// A unified social credit code whose check character is right.
fn credit_code(dice: &mut Dice) -> String {
    let head = format!("91{}MA{}", digits(dice, 6), digits(dice, 7));
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|c| format!("{head}{c}"))
        .find(|c| matching::is_credit_code(c))
        .unwrap_or(head)
}

fn address(dice: &mut Dice) -> String {
    format!(
        "{} {} {}",
        1 + dice.below(400),
        dice.word("Canal Station Mill Church Victoria Des-Voeux Nathan Zhongshan Renmin Bahnhof Jiefang Castle"),
        dice.word("Road Street Avenue Lane Lu")
    )
}

fn entity(dice: &mut Dice, number: u32, parent: Option<&Entity>) -> Entity {
    const LANDS: &[&str] =
        &["HK", "HK", "CN", "CN", "CN", "CN", "JP", "JP", "KR", "DE", "FR", "ES", "US", "US", "US", "VN"];
    let country = parent.filter(|_| dice.chance(0.5)).map_or_else(|| LANDS[dice.below(LANDS.len())], |p| p.country);
    let (mut native, mut latin) = brand(dice, country);
    let mut place = String::new();
    let mut native_place = String::new();
    if let Some(p) = parent {
        latin.clone_from(&p.latin);
        native = if forms(country)[0].0.is_empty() || p.country != country { String::new() } else { p.native.clone() };
        place = dice.of(&["Asia", "China", "Europe", "America", "Japan", "Singapore", "International", ""]).to_owned();
        if place == "China" {
            native_place = "中國".into();
        }
    }
    let trade = parent.filter(|_| dice.chance(0.3)).map_or_else(|| dice.below(TRADES.len()), |p| p.trade);
    let form = forms(country)[dice.below(forms(country).len())];
    let city = cities(country)[dice.below(cities(country).len())];
    let label: String = latin.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let suffix = match country {
        "HK" => ".com.hk",
        "CN" => ".cn",
        "JP" => ".co.jp",
        "KR" => ".co.kr",
        "DE" => ".de",
        "FR" => ".fr",
        "ES" => ".es",
        "VN" => ".vn",
        _ => ".com",
    };
    let web = parent.filter(|_| dice.chance(0.5)).map_or_else(
        || {
            format!(
                "{label}{}{}",
                [String::new(), format!("-{}", TRADES[trade][0].to_lowercase()), number.to_string()][dice.below(3)],
                if dice.chance(0.4) { ".com" } else { suffix }
            )
        },
        |p| p.web.clone(),
    );
    let phones = (0..1 + dice.below(2)).map(|_| digits(dice, 8)).collect();
    Entity {
        country,
        native,
        native_place,
        latin,
        trade,
        language: match country {
            "DE" => 4,
            "FR" => 5,
            "ES" => 6,
            _ => 0,
        },
        form: (form.0.to_owned(), form.1.to_owned()),
        place,
        city,
        phones,
        addresses: (0..2).map(|_| address(dice)).collect(),
        web,
        registration: if country == "CN" { credit_code(dice) } else { digits(dice, 8) },
        year: 1900 + dice.below(125) as u32,
        family: parent.map_or(number, |p| p.family),
    }
}

impl Entity {
    fn native_name(&self) -> String {
        if self.native.is_empty() {
            return String::new();
        }
        let trade = TRADES[self.trade][match self.country {
            "JP" => 2,
            "KR" => 3,
            _ => 1,
        }];
        if matches!(self.country, "JP" | "KR") && self.year.is_multiple_of(2) {
            format!("{}{}{}{trade}", self.form.0, self.native_place, self.native)
        } else {
            format!("{}{}{trade}{}", self.native, self.native_place, self.form.0)
        }
    }

    fn latin_name(&self, language: usize) -> String {
        let trade = TRADES[self.trade][language];
        let place = if self.place.is_empty() { String::new() } else { format!(" ({})", self.place) };
        format!("{} {trade}{place}", self.latin)
    }
}

fn slip(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 4 {
        return text.to_owned();
    }
    let at = 1 + dice.below(chars.len() - 2);
    match dice.below(4) {
        0 => chars.swap(at, at - 1),
        1 => drop(chars.remove(at)),
        2 => chars.insert(at, chars[at]),
        _ if chars[at].is_ascii_alphabetic() => chars[at] = (b'a' + dice.below(26) as u8) as char,
        _ => chars.swap(at, at - 1),
    }
    chars.into_iter().collect()
}

fn record(dice: &mut Dice, e: &Entity, number: usize, mix: &Mix) -> [String; 11] {
    let mut latin = e.latin_name(if dice.chance(0.75) { e.language } else { 0 });
    let native = e.native_name();
    let native_first = !native.is_empty() && dice.chance(mix.native);
    if !dice.chance(mix.no_form) {
        latin = format!("{latin} {}", e.form.1);
        if dice.chance(0.2) {
            latin =
                latin.replace("Limited", "Ltd").replace("Co., Ltd.", "Company Limited").replace("Inc.", "Incorporated");
        }
    }
    if dice.chance(mix.short) {
        let initials: String =
            e.latin.split(' ').filter_map(|w| w.chars().next()).filter(|c| c.is_uppercase()).collect();
        latin = if initials.len() >= 3 && dice.chance(0.15) { initials } else { e.latin.clone() };
    }
    if dice.chance(0.15) {
        latin = latin.to_uppercase();
    } else if dice.chance(0.1) {
        // As keyboards without accents have it.
        latin = latin.replace('ü', "ue").replace('ö', "oe").replace('é', "e").replace('ß', "ss");
    }
    if dice.chance(mix.typo) {
        latin = slip(dice, &latin);
    }
    let (name, other) = if native_first { (native, latin) } else { (latin, native) };
    let some = |keep: bool, text: String| if keep { text } else { String::new() };
    let phone = &e.phones[dice.below(e.phones.len())];
    let phone = match dice.below(3) {
        0 => phone.clone(),
        1 => format!(
            "+{} {} {}",
            match e.country {
                "HK" => "852",
                "CN" => "86",
                "JP" => "81",
                "KR" => "82",
                "DE" => "49",
                "FR" => "33",
                "ES" => "34",
                "VN" => "84",
                _ => "1",
            },
            &phone[..4],
            &phone[4..]
        ),
        _ => format!("{}-{}", &phone[..4], &phone[4..]),
    };
    let at = usize::from(dice.chance(mix.moved));
    let address = if dice.chance(0.3) {
        format!("Unit {}, {}", 1 + e.year % 40, e.addresses[at])
    } else {
        e.addresses[at].clone()
    };
    let registration = match dice.below(3) {
        0 => format!("No. {}", e.registration),
        1 if e.registration.len() == 8 => format!("{}-{}", &e.registration[..4], &e.registration[4..]),
        _ => e.registration.clone(),
    };
    let city = if e.city.0.is_empty() || dice.chance(0.6) { e.city.1 } else { e.city.0 };
    let web = [format!("http://www.{}/", e.web), e.web.clone(), format!("https://{}/contact?lang=en", e.web)]
        [dice.below(3)]
    .clone();
    [
        format!("X{number}"),
        some(dice.chance(mix.telephone), phone),
        name,
        some(dice.chance(0.3), (e.year + u32::from(dice.chance(0.1))).to_string()),
        some(dice.chance(mix.city), city.to_owned()),
        some(dice.chance(mix.other_name), other),
        some(dice.chance(0.4), dice.of(&["C26", "manufacturing", "G46", "services", "K64", "other"]).to_owned()),
        some(dice.chance(mix.registration), registration),
        some(dice.chance(mix.country), e.country.to_owned()),
        some(dice.chance(mix.website), web),
        some(dice.chance(mix.address), address),
    ]
}

pub fn rows(entities: u32, seed: u64, mix: &Mix) -> Vec<Row> {
    let mut dice = Dice::new(seed);
    let mut all: Vec<Entity> = Vec::new();
    let mut taken = HashSet::new();
    let mut rows = Vec::new();
    for number in 0..entities {
        let entity = loop {
            let parent =
                (!all.is_empty() && dice.chance(mix.families)).then(|| all[dice.below(all.len().min(500))].clone());
            let made = entity(&mut dice, number, parent.as_ref());
            let legal = format!("{} {} {}", made.latin_name(made.language), made.form.1, made.country);
            let native = made.native_name() + made.country;
            if !taken.contains(&legal) && (made.native.is_empty() || !taken.contains(&native)) {
                taken.insert(legal);
                taken.insert(native);
                break made;
            }
        };
        for _ in 0..[1, 1, 1, 2, 2, 2, 3, 4, 9][dice.below(9)] {
            rows.push(Row {
                fields: record(&mut dice, &entity, rows.len(), mix),
                entity: number,
                family: entity.family,
            });
        }
        all.push(entity);
    }
    for at in (1..rows.len()).rev() {
        rows.swap(at, dice.below(at + 1));
    }
    rows
}
