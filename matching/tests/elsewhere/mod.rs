//! Made-up records with habits of their own, to measure on what the rules were not tuned to: names of several words, surnames,
//! Cantonese and old Korean spellings, kanji read the Japanese way, local trade words, moved addresses, several telephones,
//! regional siblings, registration numbers written in several ways, initials for names. Seeded: the same seed gives the same rows.

use std::collections::HashSet;

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

const ADJECTIVES: &str = "Silver Northern Bright Golden Upper Quiet Red Copper Grand Noble Swift Crystal Hidden Western Velvet Iron Amber Royal Sunny Lofty Ancient Azure Stone Maple Twin Rapid Ivory Coastal Frost Broad";
const NOUNS: &str = "Birch Gate Harbour Falcon Ridge Lantern Meadow Compass Anchor Summit Orchard Bridge Beacon Heron Canyon Sparrow Pier Willow Forge Otter Glacier Prairie Cedar Castle Comet Thistle Raven Quarry Saddle Tide Acorn Badger Cliff Dune Ember Fjord Grove Hazel Inlet Juniper Kestrel Ledge Marsh Nettle Oak Pebble Quill Rowan Spruce Tern";
const GERMAN: &str = "Schneider Bergmann Hoffmann Krüger Weiß Lindner Vogel Brandt Kessler Reinhardt Böhm Steiner Winkler Haas Dietrich Engel Falkenberg Grün Hartwig Jäger Kaltenbach Löwe Mühlberg Nordhaus Osterwald Pfeiffer Quandt Rosenthal Sauer Thalheim Ullrich Voss Wagner Zimmermann";
const FRENCH: &str = "Beaumont Rivage Lefèvre Dupré Moreau Château Soleil Fontaine Clermont Belleville Garnier Perrin Chevalier Aubert Lacroix Marchand Renaud Béranger Carpentier Delacourt Étoile Fauré Giraud Hébert Joubert Lémery Montclair Noël Ormesson Pélissier";
const SPANISH: &str = "García Hermosa Navarro Castillo Sierra Fuente Morales Ibáñez Peña Salazar Cordero Valdés Rivera Montoya Aguilar Benítez Cabrera Domínguez Escudero Figueroa Gallego Herrera Jiménez Lozano Muñoz Núñez Ortega Quintana";
const VIETNAMESE: &str = "Thành Phát Minh Long Hòa Bình An Phú Đại Việt Kim Ngân Trường Sơn Hưng Thịnh Tân Hoàng Gia Lộc Bảo Châu Đông Á Quang Vinh";
const CANTONESE: &str = "陳Chan 黃Wong 李Lee 張Cheung 林Lam 何Ho 梁Leung 鄭Cheng 周Chow 新Sun 鴻Hung 基Kei 恒Hang 生Sang 永Wing 安On 豐Fung 和Wo 記Kee 大Tai 成Shing 興Hing 榮Wing 昌Cheong 發Fat 順Shun 富Fu 寶Po 金Kam 華Wah 國Kwok 健Kin 明Ming 光Kwong 輝Fai 達Tat 通Tung 海Hoi 龍Lung 東Tung 南Nam 利Lee 祥Cheung 盛Shing 德Tak 信Shun 義Yee 仁Yan 美Mei 麗Lai 英Ying 雄Hung 志Chi 強Keung 文Man 偉Wai 創Chong 業Yip 隆Lung 裕Yu 泰Tai 宏Wang 駿Chun 匯Wui 景King 嘉Ka 耀Yiu 堅Kin 亨Hang 力Lik 億Yik 進Chun 匡Hong 樂Lok 福Fook 壽Sau 喜Hei 財Choi";
const MANDARIN: &str = "蓝海Lanhai 远望Yuanwang 启明Qiming 正道Zhengdao 卓越Zhuoyue 三立Sanli 四维Siwei 九州Jiuzhou 六合Liuhe 昊天Haotian 磐石Panshi 鼎新Dingxin 奥普Aopu 博雅Boya 德润Derun 佰盛Baisheng 凌云Lingyun 曙光Shuguang 朗坤Langkun 万象Wanxiang 灵犀Lingxi 汇川Huichuan 兆易Zhaoyi 韦尔Weier 卓胜Zhuosheng 科沃Kewo 石头Shitou 追觅Zhuimi 云鲸Yunjing 极飞Jifei 优必Youbi 越疆Yuejiang 禾赛Hesai 速腾Suteng 图森Tusen 文远Wenyuan 小马Xiaoma 寒武Hanwu 地平Diping 黑芝Heizhi 摩尔Moer 壁仞Biren 燧原Suiyuan 天数Tianshu 沐曦Muxi 登临Denglin 瀚博Hanbo 墨芯Moxin 后摩Houmo 知存Zhicun";
const TAILS: &str = "达da 华hua 通tong 源yuan 泰tai 康kang 盛sheng 瑞rui 宇yu 恒heng 捷jie 凯kai 诺nuo 信xin 润run 博bo 丰feng 隆long 嘉jia 宏hong";
const KANJI: &str = "山田Yamada 田中Tanaka 鈴木Suzuki 佐藤Sato 高橋Takahashi 渡辺Watanabe 中村Nakamura 小林Kobayashi 加藤Kato 吉田Yoshida 松本Matsumoto 井上Inoue 木村Kimura 清水Shimizu 山崎Yamazaki 森Mori 池田Ikeda 橋本Hashimoto 石川Ishikawa 前田Maeda 藤田Fujita 岡田Okada 長谷川Hasegawa 村上Murakami 近藤Kondo 石井Ishii 坂本Sakamoto 遠藤Endo 青木Aoki 藤井Fujii 西村Nishimura 福田Fukuda 太田Ota 三浦Miura 岡本Okamoto 松田Matsuda 中野Nakano 原田Harada 小野Ono 竹内Takeuchi";
const KANA: &str = "サクラSakura ミライMirai ヒカリHikari カゼKaze ツバサTsubasa アオバAoba ナギNagi ヒナタHinata イロハIroha コトリKotori ソライロSorairo ミナトMinato カエデKaede スバルSubaru ヤマトYamato ハルカHaruka シズクShizuku ユメノYumeno アカツキAkatsuki ホタルHotaru";
const KOREAN: &str = "현Hyun 대Dae 우Woo 성Sung 신Shin 영Young 한Han 진Jin 동Dong 금Kum 호Ho 두Doo 산San 효Hyo 경Kyung 남Nam 일Il 삼Sam 정Jung 수Soo 국Kook 제Je 화Hwa 명Myung 원Won 창Chang 태Tae 미Mi 주Joo 광Kwang";

/// English, Chinese (Traditional), Japanese, Korean, German, French, Spanish; the last ones are in no table of ours.
const TRADES: &[[&str; 7]] = &[
    ["Logistics", "物流", "ロジスティクス", "로지스틱스", "Logistik", "Logistique", "Logística"],
    ["Foods", "食品", "フーズ", "식품", "Lebensmittel", "Alimentaire", "Alimentos"],
    ["Trading", "貿易", "商事", "무역", "Handel", "Négoce", "Comercio"],
    ["Construction", "建築", "建設", "건설", "Bau", "Construction", "Construcciones"],
    ["Machinery", "機械", "製作所", "기계", "Maschinenbau", "Machines", "Maquinaria"],
    ["Electronics", "電子", "電子", "전자", "Elektronik", "Électronique", "Electrónica"],
    ["Textiles", "紡織", "繊維", "섬유", "Textil", "Textiles", "Textil"],
    ["Optics", "光學", "光学", "광학", "Optik", "Optique", "Óptica"],
    ["Software", "軟件", "ソフトウェア", "소프트웨어", "Software", "Logiciels", "Software"],
    ["Insurance", "保險", "保険", "보험", "Versicherung", "Assurances", "Seguros"],
    ["Shipping", "航運", "海運", "해운", "Schifffahrt", "Maritime", "Naviera"],
    ["Properties", "置業", "不動産", "부동산", "Immobilien", "Immobilier", "Inmobiliaria"],
    ["Jewellery", "珠寶", "ジュエリー", "보석", "Schmuck", "Bijoux", "Joyería"],
    ["Toys", "玩具", "玩具", "완구", "Spielwaren", "Jouets", "Juguetes"],
    ["Printing", "印刷", "印刷", "인쇄", "Druck", "Imprimerie", "Imprenta"],
    ["Chemicals", "化工", "化学", "화학", "Chemie", "Chimie", "Química"],
    ["Medical", "醫療", "メディカル", "메디칼", "Medizintechnik", "Médical", "Médica"],
    ["Umbrellas", "雨傘", "傘業", "우산", "Schirme", "Parapluies", "Paraguas"],
    ["Bicycles", "自行車", "自転車", "자전거", "Fahrrad", "Cycles", "Bicicletas"],
    ["Candles", "蠟燭", "蝋燭", "양초", "Kerzen", "Bougies", "Velas"],
    ["Zippers", "拉鏈", "ファスナー", "지퍼", "Reißverschluss", "Fermetures", "Cremalleras"],
];

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
