//! Companies that don't exist, for tests, measuring and the sample office: any number of them from a seed, the same on every machine,
//! written as the files that real sources publish.

use std::io::{self, Write};

use crate::day::Day;

/// A seeded set of companies.
#[derive(Clone, Debug, Default)]
pub struct MadeUp {
    pub seed: u64,
    pub count: u64,
    /// Each further round changes some, ends a few and adds a few.
    pub round: u32,
    /// Names that stand first, with what is known of them.
    pub given: Vec<Given>,
}

/// A company whose name, home and trade are given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub name: String,
    pub other: String,
    pub country: String,
    pub isic: String,
    pub chain: String,
}

/// One company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct One {
    pub key: String,
    pub lei: Option<String>,
    pub name: String,
    pub other: String,
    pub country: &'static str,
    pub city: &'static str,
    pub website: String,
    pub telephone: String,
    pub isic: String,
    pub chain: String,
    pub listing: &'static str,
    pub founded: i64,
    pub ended: bool,
    pub parent: Option<u64>,
    /// Employees, their growth in tenths of a per cent, turnover in thousands of dollars, its growth in tenths of a per cent.
    pub size: [Option<i64>; 4],
    /// Profit and market value in thousands of dollars, funding, research in tenths of a per cent of turnover.
    pub money: [Option<i64>; 4],
    /// Patent families, countries with a site.
    pub reach: [Option<i64>; 2],
    pub changed: Day,
}

/// Country, city, exchange, dialling code, share in a thousand.
const HOMES: [(&str, &str, &str, &str, u64); 14] = [
    ("CN", "深圳", "XSHE", "86", 300),
    ("CN", "上海", "XSHG", "86", 150),
    ("US", "San Jose", "XNAS", "1", 130),
    ("JP", "大阪", "XTKS", "81", 80),
    ("KR", "수원", "XKRX", "82", 60),
    ("DE", "München", "XETR", "49", 60),
    ("GB", "Cambridge", "XLON", "44", 60),
    ("FR", "Lyon", "XPAR", "33", 40),
    ("SG", "Singapore", "XSES", "65", 30),
    ("IN", "Bengaluru", "XNSE", "91", 30),
    ("CH", "Basel", "XSWX", "41", 20),
    ("IL", "Haifa", "XTAE", "972", 15),
    ("SE", "Göteborg", "XSTO", "46", 15),
    ("HK", "Hong Kong", "XHKG", "852", 10),
];

/// Industry by ISIC Rev. 4, places in a chain, and the trade in Latin letters, Chinese, Japanese and Korean.
const TRADES: [(&str, &[&str], [&str; 4]); 16] = [
    ("2100", &["biomedicine.discovery", "biomedicine.manufacturing"], ["Biologics", "生物製藥", "バイオ", "바이오"]),
    ("2660", &["biomedicine.devices"], ["Medical Devices", "医疗器械", "メディカル", "메디칼"]),
    ("7210", &["biomedicine.discovery", "biomedicine.trials"], ["Therapeutics", "医药研究", "創薬", "신약"]),
    ("6201", &["ai.models", "ai.applications"], ["AI", "智能", "ＡＩ", "에이아이"]),
    ("6202", &["ai.applications"], ["Software", "软件", "ソフト", "소프트"]),
    ("6311", &["ai.compute", "ai.data"], ["Data", "數據", "データ", "데이터"]),
    (
        "2610",
        &["chips.design", "chips.fabrication", "chips.packaging"],
        ["Semiconductor", "半导体", "半導体", "반도체"],
    ),
    ("2651", &["robotics.sensors"], ["Sensors", "传感", "センサー", "센서"]),
    ("2829", &["robotics.systems", "robotics.parts"], ["Robotics", "机器人", "ロボット", "로봇"]),
    ("2720", &["batteries.materials", "batteries.cells", "batteries.packs"], ["Batteries", "电池", "電池", "배터리"]),
    ("2910", &["vehicles.makers"], ["Motors", "汽车", "自動車", "자동차"]),
    ("3830", &["batteries.recycling"], ["Recycling", "再生资源", "リサイクル", "리사이클"]),
    ("6419", &["finance.payments"], ["Payments", "支付", "ペイ", "페이"]),
    ("6619", &["finance.platforms"], ["Ledger Systems", "金融科技", "フィンテック", "핀테크"]),
    ("5911", &["culture.film"], ["Animation", "动画", "アニメ", "애니"]),
    ("5820", &["culture.games"], ["Games", "游戏", "ゲームス", "게임즈"]),
];

const LATIN: [&str; 24] = [
    "ba", "cor", "del", "fen", "gar", "hal", "ivo", "jun", "kel", "lum", "mar", "nor", "ost", "pel", "quin", "ras",
    "sol", "tam", "urb", "vel", "wen", "xan", "yor", "zef",
];
const HAN: [char; 30] = [
    '岚', '青', '禾', '溟', '云', '朔', '斑', '竹', '瑞', '宏', '鼎', '星', '海', '天', '華', '盛', '德', '新', '远',
    '金', '博', '安', '康', '明', '恒', '越', '通', '嘉', '锐', '元',
];
const KANA: [&str; 16] = [
    "アサ", "カワ", "サト", "タニ", "ナカ", "ハラ", "マツ", "ヤマ", "ラン", "ミナ", "キタ", "シマ", "トミ", "フジ",
    "オカ", "モリ",
];
const HANGUL: [&str; 16] = [
    "가온", "나래", "다솜", "라온", "마루", "바다", "새롬", "아라", "한빛", "하늘", "누리", "미르", "보람", "슬기",
    "예솔", "찬솔",
];

/// A generator of numbers that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len() as u64) as usize]
    }

    /// A number from the first on that is small most often: each doubling is as likely as the one before.
    fn doubling(&mut self, least: i64, doublings: u64) -> i64 {
        let steps = self.below(doublings);
        let base = least << steps;
        base + self.below(base.unsigned_abs()) as i64
    }

    /// Known in so many of a hundred cases.
    fn known(&mut self, share: u64, value: i64) -> Option<i64> {
        (self.below(100) < share).then_some(value)
    }
}

/// The check digits of an LEI (ISO 17442): of eighteen characters, digits and capitals.
pub fn lei(eighteen: &str) -> String {
    let rest = eighteen.bytes().chain(*b"00").fold(0u32, |rest, byte| {
        let value = if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte - b'A') + 10 };
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    format!("{eighteen}{:02}", 98 - rest)
}

impl MadeUp {
    /// 20 November 2026: the day its files stand at.
    pub const STANDS_AT: Day = Day(20_777);

    pub fn all(&self) -> impl Iterator<Item = One> + '_ {
        (0..self.count + self.later()).map(|n| self.one(n))
    }

    /// So many more than at first.
    fn later(&self) -> u64 {
        self.count / 100 * u64::from(self.round)
    }

    pub fn one(&self, n: u64) -> One {
        let mut dice = Dice(self.seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ n);
        let mut left = dice.below(1000);
        let home = HOMES
            .iter()
            .find(|home| {
                left < home.4 || {
                    left -= home.4;
                    false
                }
            })
            .unwrap_or(&HOMES[0]);
        let (mut country, city, exchange, dial, _) = *home;
        let (isic, chains, words) = TRADES[dice.below(TRADES.len() as u64) as usize];
        let listed = dice.below(100) < 12;
        let employees = dice.doubling(4, if listed { 16 } else { 11 });
        let turnover = employees * (30 + dice.below(400) as i64);
        let grows = dice.below(900) as i64 - 250;
        let mut one = One {
            key: format!("M{n:09}"),
            country,
            city,
            isic: isic.to_owned(),
            chain: if dice.below(10) < 7 { dice.of(chains).to_owned() } else { String::new() },
            listing: if listed { exchange } else { "none" },
            founded: 1950 + dice.below(75) as i64,
            telephone: format!("+{dial} {:08}", 20_000_000 + dice.below(70_000_000)),
            size: [
                dice.known(85, employees),
                dice.known(60, grows / 2),
                dice.known(75, turnover),
                dice.known(65, grows),
            ],
            money: [
                dice.known(50, turnover * (dice.0 % 41) as i64 / 100 - turnover / 10),
                if listed { Some(turnover * (1 + (dice.0 >> 9) as i64 % 12)) } else { None },
                if listed { None } else { dice.known(30, (dice.0 >> 20) as i64 % 400_000) },
                dice.known(45, (dice.0 >> 11) as i64 % 450),
            ],
            reach: [dice.known(55, (dice.0 >> 7) as i64 % 600), dice.known(70, 1 + (dice.0 >> 5) as i64 % 40)],
            changed: Day(20_300 + dice.below(90) as i32),
            ..One::default()
        };
        (one.name, one.other) = name(&mut dice, country, words);
        one.website = format!("https://www.{}.example", site(&mut dice, n));
        if dice.below(10) < 6 {
            let text = format!("MADE00{:012}", n.wrapping_add(self.seed % 1000 * 1_000_000_000));
            one.lei = Some(lei(&text[..18]));
        }
        if n > 20 && dice.below(12) == 0 {
            one.parent = Some(n / 20 * 20);
        }
        if let Some(given) = usize::try_from(n).ok().and_then(|n| self.given.get(n)) {
            one.name.clone_from(&given.name);
            one.other.clone_from(&given.other);
            one.isic.clone_from(&given.isic);
            one.chain.clone_from(&given.chain);
            if let Some(home) = HOMES.iter().find(|home| home.0 == given.country) {
                (country, one.city) = (home.0, home.1);
                one.country = country;
                one.listing = if listed { home.2 } else { "none" };
            }
        }
        for round in 1..=self.round {
            let mut dice = Dice(self.seed ^ n << 8 ^ u64::from(round));
            match dice.below(200) {
                0 => one.ended = true,
                1..=10 if !one.ended => {
                    one.size[0] = Some(employees + dice.below(500) as i64);
                    one.size[2] = Some(turnover + dice.below(50_000) as i64);
                }
                _ => continue,
            }
            one.changed = Day(20_400 + 30 * i32::try_from(round).unwrap_or(0));
        }
        one
    }

    /// Whether the last round changed a company, or added it.
    pub fn is_new(&self, n: u64) -> bool {
        let before = Self { round: self.round.saturating_sub(1), ..self.clone() };
        self.round == 0 || n >= before.count + before.later() || self.one(n) != before.one(n)
    }

    /// A register's table: what [`MAP`] maps. With `only_new`, what the last round changed.
    pub fn register(&self, to: &mut dyn Write, only_new: bool) -> io::Result<()> {
        writeln!(
            to,
            "Number,Name,Other name,LEI,Country,City,Site,Telephone,Status,Founded,Industry,Chain,Exchange,Employees,\
             Staff growth %,Turnover USD k,Growth %,Profit USD k,Market value USD m,Raised USD k,R&D %,Patents,Countries,Updated"
        )?;
        for n in (0..self.count + self.later()).filter(|n| !only_new || self.is_new(*n)) {
            let one = self.one(n);
            let [staff, staff_growth, turnover, growth] = one.size;
            let [profit, value, raised, research] = one.money;
            let share = |tenths: Option<i64>| {
                tenths
                    .map(|t| format!("{}{}.{}", if t < 0 { "-" } else { "" }, t.abs() / 10, t.abs() % 10))
                    .unwrap_or_default()
            };
            let whole = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
            let millions = value.map(|k| format!("{}.{:03}", k / 1000, k % 1000)).unwrap_or_default();
            writeln!(
                to,
                "{},\"{}\",\"{}\",{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
                one.key,
                one.name,
                one.other,
                one.lei.as_deref().unwrap_or(""),
                one.country,
                one.city,
                one.website,
                one.telephone,
                if one.ended { "dissolved" } else { "live" },
                one.founded,
                one.isic,
                one.chain,
                one.listing,
                whole(staff),
                share(staff_growth),
                whole(turnover),
                share(growth),
                whole(profit),
                millions,
                whole(raised),
                share(research),
                whole(one.reach[0]),
                whole(one.reach[1]),
                one.changed
            )?;
        }
        Ok(())
    }

    /// LEI records as GLEIF publishes them. With `only_new` a file of changes.
    pub fn lei_records(&self, to: &mut dyn Write, only_new: bool) -> io::Result<()> {
        let kind = if only_new { "GLEIF_DELTA_PUBLISHED" } else { "GLEIF_FULL_PUBLISHED" };
        let all = (0..self.count + self.later()).filter(|n| !only_new || self.is_new(*n));
        writeln!(
            to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Made up: no such companies exist. -->\n\
             <lei:LEIData xmlns:lei=\"http://www.gleif.org/data/schema/leidata/2016\" xmlns:gleif=\"http://www.gleif.org/data/schema/golden-copy/extensions/1.0\">\n\
             <lei:LEIHeader><lei:ContentDate>2026-11-20T08:00:00Z</lei:ContentDate><lei:FileContent>{kind}</lei:FileContent></lei:LEIHeader>\n<lei:LEIRecords>"
        )?;
        for one in all.map(|n| self.one(n)) {
            let Some(lei) = &one.lei else { continue };
            let status = if one.ended { "INACTIVE" } else { "ACTIVE" };
            let other = if one.other.is_empty() {
                String::new()
            } else {
                format!(
                    "<lei:OtherEntityNames><lei:OtherEntityName xml:lang=\"en\" type=\"ALTERNATIVE_LANGUAGE_LEGAL_NAME\">{}</lei:OtherEntityName></lei:OtherEntityNames>",
                    escaped(&one.other)
                )
            };
            let place = |of: &str| {
                format!(
                    "<lei:{of}><lei:FirstAddressLine>{} Sample Road</lei:FirstAddressLine><lei:City>{}</lei:City><lei:Country>{}</lei:Country></lei:{of}>",
                    one.founded, one.city, one.country
                )
            };
            writeln!(
                to,
                "<lei:LEIRecord><lei:LEI>{lei}</lei:LEI><lei:Entity><lei:LegalName>{}</lei:LegalName>{other}{}{}\
                 <lei:RegistrationAuthority><lei:RegistrationAuthorityID>RA999998</lei:RegistrationAuthorityID>\
                 <lei:RegistrationAuthorityEntityID>{}</lei:RegistrationAuthorityEntityID></lei:RegistrationAuthority>\
                 <lei:LegalJurisdiction>{}</lei:LegalJurisdiction><lei:EntityCategory>GENERAL</lei:EntityCategory>\
                 <lei:EntityStatus>{status}</lei:EntityStatus><lei:EntityCreationDate>{}-01-01T00:00:00Z</lei:EntityCreationDate></lei:Entity>\
                 <lei:Registration><lei:InitialRegistrationDate>2018-05-01T00:00:00Z</lei:InitialRegistrationDate>\
                 <lei:LastUpdateDate>{}T00:00:00Z</lei:LastUpdateDate><lei:RegistrationStatus>ISSUED</lei:RegistrationStatus></lei:Registration></lei:LEIRecord>",
                escaped(&one.name),
                place("LegalAddress"),
                place("HeadquartersAddress"),
                one.key,
                one.country,
                one.founded,
                one.changed
            )?;
        }
        writeln!(to, "</lei:LEIRecords></lei:LEIData>")
    }

    /// Relationship records as GLEIF publishes them.
    pub fn relations(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(
            to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rr:RelationshipData xmlns:rr=\"http://www.gleif.org/data/schema/rr/2016\">\n\
             <rr:Header><rr:ContentDate>2026-11-20T08:00:00Z</rr:ContentDate><rr:FileContent>GLEIF_FULL_PUBLISHED</rr:FileContent></rr:Header>\n<rr:RelationshipRecords>"
        )?;
        for one in self.all() {
            let parent = one.parent.and_then(|parent| self.one(parent).lei);
            let (Some(child), Some(parent)) = (&one.lei, parent) else { continue };
            writeln!(
                to,
                "<rr:RelationshipRecord><rr:Relationship><rr:StartNode><rr:NodeID>{child}</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:StartNode>\
                 <rr:EndNode><rr:NodeID>{parent}</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:EndNode>\
                 <rr:RelationshipType>IS_ULTIMATELY_CONSOLIDATED_BY</rr:RelationshipType><rr:RelationshipStatus>ACTIVE</rr:RelationshipStatus></rr:Relationship>\
                 <rr:Registration><rr:LastUpdateDate>{}T00:00:00Z</rr:LastUpdateDate></rr:Registration></rr:RelationshipRecord>",
                one.changed
            )?;
        }
        writeln!(to, "</rr:RelationshipRecords></rr:RelationshipData>")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn site(dice: &mut Dice, n: u64) -> String {
    let word: String = (0..3).map(|_| dice.of(&LATIN)).collect();
    format!("{word}{}", n % 10_000)
}

/// A name as companies of that country have them, and one in Latin letters or none.
fn name(dice: &mut Dice, country: &str, [latin, han, kana, hangul]: [&str; 4]) -> (String, String) {
    let word: String = (0..2 + dice.below(2)).map(|_| dice.of(&LATIN)).collect();
    let word: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    match country {
        "CN" | "HK" => {
            let own: String = (0..2 + dice.below(2)).map(|_| HAN[dice.below(30) as usize]).collect();
            let place = dice.of(&["深圳市", "上海", "北京", "广州", "杭州", ""]);
            (format!("{place}{own}{han}有限公司"), format!("{word} {latin} Co., Ltd."))
        }
        "JP" => {
            let own: String = (0..2).map(|_| dice.of(&KANA)).collect();
            (format!("株式会社{own}{kana}"), format!("{word} {latin} K.K."))
        }
        "KR" => {
            let own: String = (0..2).map(|_| dice.of(&HANGUL)).collect();
            (format!("주식회사 {own}{hangul}"), format!("{word} {latin} Co., Ltd."))
        }
        "DE" | "CH" => (format!("{word} {latin} {}", dice.of(&["GmbH", "AG", "SE"])), String::new()),
        "FR" => (format!("{word} {latin} S.A."), String::new()),
        "SE" => (format!("{word} {latin} AB"), String::new()),
        "GB" | "IN" | "IL" | "SG" => (format!("{word} {latin} {}", dice.of(&["Ltd", "PLC", "Pte Ltd"])), String::new()),
        _ => (format!("{word} {latin}, {}", dice.of(&["Inc.", "LLC", "Corp."])), String::new()),
    }
}

/// The map for [`MadeUp::register`]'s table.
pub const MAP: &str = r#"
register = "RA999998"

[columns]
key = "Number"
number = "Number"
name = "Name"
names = "Other name"
lei = "LEI"
city = "City"
website = "Site"
telephone = "Telephone"
changed = "Updated"

[facts]
country = { column = "Country" }
incorporated = { column = "Country" }
status = { column = "Status", codes = { live = "active", dissolved = "ended" } }
founded = { column = "Founded", days = "YYYY" }
industry = { column = "Industry" }
chain = { column = "Chain" }
listing = { column = "Exchange" }
employees = { column = "Employees" }
employee_growth = { column = "Staff growth %" }
revenue = { column = "Turnover USD k", currency = "USD", scale = 1000 }
revenue_growth = { column = "Growth %" }
profit = { column = "Profit USD k", currency = "USD", scale = 1000 }
market_value = { column = "Market value USD m", currency = "USD", scale = 1000000 }
funding = { column = "Raised USD k", currency = "USD", scale = 1000 }
rd_intensity = { column = "R&D %" }
patents = { column = "Patents" }
footprint = { column = "Countries" }
"#;
