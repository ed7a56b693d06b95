//! Made-up names in five scripts, the same for the same seed on every machine.

/// A small generator of our own: the same numbers on every machine and in every version.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of one record: what it rolls depends on nothing rolled before.
    pub fn of(seed: u64, stream: u64, record: u64) -> Self {
        let mut dice =
            Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ record.wrapping_mul(0x9E6C_63D0_876A_9A47));
        dice.roll(2);
        dice
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    pub fn chance(&mut self, in_hundred: u64) -> bool {
        self.roll(100) < in_hundred
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = usize::try_from(self.roll(from.len() as u64)).unwrap_or_default();
        &from[place.min(from.len() - 1)]
    }

    /// One of several, each as often as its weight says.
    pub fn weighed<'a, T>(&mut self, from: &'a [(T, u64)]) -> &'a T {
        let mut left = self.roll(from.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in from {
            if left < *weight {
                return one;
            }
            left -= weight;
        }
        &from[0].0
    }
}

const SYLLABLES: [&str; 26] = [
    "ka", "lu", "mo", "ri", "ta", "ven", "so", "hel", "nor", "bri", "zan", "qi", "xu", "lin", "dor", "fa", "gre",
    "jun", "pel", "wu", "yan", "tio", "mar", "cel", "ost", "vi",
];
/// A trade in English, Traditional and Simplified Chinese.
const TRADES: [(&str, &str, &str); 20] = [
    ("Biologics", "生物科技", "生物科技"),
    ("Medical Devices", "醫療器械", "医疗器械"),
    ("Data", "數據", "数据"),
    ("Chips", "芯片", "芯片"),
    ("Payments", "支付", "支付"),
    ("Robotics", "機械人", "机器人"),
    ("New Energy", "新能源", "新能源"),
    ("Materials", "材料", "材料"),
    ("Games", "遊戲", "游戏"),
    ("Animation", "動畫", "动画"),
    ("Semiconductor", "半導體", "半导体"),
    ("Pharma", "製藥", "制药"),
    ("Insurtech", "保險科技", "保险科技"),
    ("Vision AI", "人工智能", "人工智能"),
    ("Aerospace", "航天", "航天"),
    ("Diagnostics", "診斷", "诊断"),
    ("Logistics", "物流", "物流"),
    ("Batteries", "電池", "电池"),
    ("Telecom", "通訊", "通讯"),
    ("Foods", "食品", "食品"),
];
const SUFFIXES: [(&str, &str, &str); 4] = [
    ("Limited", "有限公司", "有限公司"),
    ("Group", "集團", "集团"),
    ("Co., Ltd.", "股份有限公司", "股份有限公司"),
    ("Technology", "科技", "科技"),
];
const HANT: &str = "華雲嵐青禾溟朔斑竹菲艾諾明科泰昂隼瑪赫維索騰龍銀億達聯創智慧光電遠航星海天宇金鼎恆瑞康健安寧新城東方南北西中正大成立信德";
const HANS: &str = "华云岚青禾溟朔斑竹菲艾诺明科泰昂隼玛赫维索腾龙银亿达联创智慧光电远航星海天宇金鼎恒瑞康健安宁新城东方南北西中正大成立信德";
const KATAKANA: &str = "アカキクサシスタトナニノハマミラリワンロ";
const HANGUL: &str = "한성대우진동서남북신미래금강산해원일";

/// The names of one enterprise.
#[derive(Clone, Debug)]
pub struct Names {
    pub en: String,
    pub hant: String,
    pub hans: String,
    pub ja: String,
    pub ko: String,
}

impl Names {
    pub fn of(dice: &mut Dice) -> Self {
        Self::longer(dice, 0)
    }

    /// Names with more syllables than any that [`Names::of`] makes, so that none of them is held yet.
    pub fn longer(dice: &mut Dice, by: u64) -> Self {
        let mut first: String = (0..3 + by + dice.roll(2)).map(|_| *dice.pick(&SYLLABLES)).collect();
        if let Some(letter) = first.get_mut(..1) {
            letter.make_ascii_uppercase();
        }
        let (trade, suffix) = (dice.pick(&TRADES), dice.pick(&SUFFIXES));
        let characters: Vec<(char, char)> = HANT.chars().zip(HANS.chars()).collect();
        let own: Vec<(char, char)> = (0..3 + by + dice.roll(2)).map(|_| *dice.pick(&characters)).collect();
        let spelled = |dice: &mut Dice, pool: &str, length: u64| -> String {
            let pool: Vec<char> = pool.chars().collect();
            (0..length).map(|_| *dice.pick(&pool)).collect()
        };
        let (ja, ko) = (spelled(dice, KATAKANA, 4), spelled(dice, HANGUL, 3));
        Self {
            en: format!("{first} {} {}", trade.0, suffix.0),
            hant: format!("{}{}{}", own.iter().map(|one| one.0).collect::<String>(), trade.1, suffix.1),
            hans: format!("{}{}{}", own.iter().map(|one| one.1).collect::<String>(), trade.2, suffix.2),
            ja: format!("{ja}工業株式会社"),
            ko: format!("{ko}전자"),
        }
    }
}

/// What somebody has typed of a name so far: from the beginning of a word of it, one to six
/// characters of a script without spaces, two to eight of one with them.
pub fn typed(dice: &mut Dice, names: &Names) -> String {
    let (name, spaced) = match dice.roll(10) {
        0..=3 => (&names.en, true),
        4..=6 => (&names.hant, false),
        7 => (&names.hans, false),
        8 => (&names.ja, false),
        _ => (&names.ko, false),
    };
    if spaced {
        let words: Vec<&str> = name.split(' ').collect();
        let from = if dice.chance(70) { 0 } else { dice.roll(words.len() as u64) as usize };
        let length = 2 + dice.roll(7) as usize;
        return words[from..].join(" ").chars().take(length).collect::<String>().trim().to_owned();
    }
    let characters: Vec<char> = name.chars().collect();
    let from = if dice.chance(60) { 0 } else { dice.roll(characters.len() as u64) as usize };
    characters[from..].iter().take(1 + dice.roll(4) as usize).collect()
}

pub const GIVEN: [&str; 12] =
    ["Avery", "Blake", "Casey", "Devon", "Ellis", "Frankie", "Harper", "Jules", "Marlow", "Quinn", "Rowan", "Sasha"];
pub const FAMILY: [&str; 12] = [
    "Sample", "Exemplar", "Specimen", "Mockford", "Pattern", "Testwood", "Trial", "Modell", "Demoore", "Draft",
    "Probe", "Muster",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_chinese_scripts_stand_character_by_character() {
        assert_eq!(HANT.chars().count(), HANS.chars().count());
    }

    #[test]
    fn the_same_record_always_has_the_same_names() {
        let names = |record| Names::of(&mut Dice::of(7, 1, record)).en;
        assert_eq!(names(3), names(3));
        assert_ne!(names(3), names(4));
    }
}
