//! Feeds the readers of names, contacts and column maps with N made-up inputs from a seed, on all cores: fuzz N [SEED].
//! A panic ends it, and the input is printed. The readers must take anything: half characters' worth of nonsense, mixed scripts,
//! ten thousand letters, controls.

use std::time::Instant;

use matching::{Columns, Country, Phone, Record};
use rayon::prelude::*;

#[path = "../tests/elsewhere/mod.rs"]
#[allow(dead_code)]
mod elsewhere;

use elsewhere::Dice;

/// Pieces that the readers treat specially, joined at random.
const PIECES: [&str; 64] = [
    "华为",
    "華為技術有限公司",
    "株式会社",
    "(株)",
    "㈱",
    "(주)",
    "주식회사",
    "삼성",
    "テクノロジー",
    "ｱﾘｻ",
    "ー",
    "々",
    "深圳市",
    "（香港）",
    "(",
    ")",
    "（",
    "Co., Ltd.",
    "GmbH & Co. KG",
    "S.p.A.",
    "Limited",
    "Ltd",
    "Inc",
    "Technology",
    "Techonlogy",
    "of",
    "&",
    "'",
    "’",
    " ",
    "\u{3000}",
    "\t",
    "\0",
    "\u{feff}",
    "\u{200d}",
    "\u{301}",
    "é",
    "ß",
    "İ",
    "ﬁ",
    "Ⅷ",
    "𠮷",
    "👨‍👩‍👧",
    "บริษัท",
    "ООО",
    "شركة",
    "http://",
    "https://www.",
    ".com.hk",
    "://",
    "@",
    ":8080",
    "/",
    "?",
    "#",
    "..",
    "+852",
    "(86)",
    "00",
    "12345678",
    "０１２３",
    "No.",
    "529900T8BM49AURSDO55",
    "91310000MA1FL0LT3Q",
];

fn input(dice: &mut Dice) -> String {
    let mut text = String::new();
    let parts = 1 + dice.below(8);
    for _ in 0..parts {
        match dice.below(8) {
            0 => text.extend(char::from_u32(dice.next() as u32 % 0x11_0000)),
            1 => text.push((32 + dice.below(95)) as u8 as char),
            2 if dice.chance(0.001) => text.push_str(&"长a ".repeat(dice.below(4000))),
            _ => text.push_str(PIECES[dice.below(PIECES.len())]),
        }
    }
    // A piece cut anywhere.
    if dice.chance(0.3) && !text.is_empty() {
        let mut at = dice.below(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text = if dice.chance(0.5) { text[..at].to_owned() } else { text[at..].to_owned() };
    }
    text
}

fn feed(seed: u64) {
    let mut dice = Dice::new(seed);
    let text = input(&mut dice);
    for name in matching::read_name(&text) {
        assert!(!name.core().is_empty(), "a name without its own word: {text:?}");
    }
    let folded = matching::fold(&text);
    matching::sound(&folded);
    matching::script(&folded);
    if let Some(domain) = matching::registrable_domain(&text) {
        matching::domain_label(domain);
    }
    Phone::parse(&text, Country::parse("HK"));
    matching::registration(&text);
    matching::is_lei(&text);
    matching::is_credit_code(&text);
    matching::address(&text);
    matching::year(&text);
    let map = format!("{} = {:?}\n{text}", matching::FIELD_NAMES[dice.below(11)], text);
    let _ = Columns::parse(&map);
    let _ = Columns::parse(&text);
    if seed.is_multiple_of(16) {
        let mut corpus = matching::Corpus::default();
        let (a, b) = (input(&mut dice), input(&mut dice));
        for (id, name) in [("1", &a), ("2", &b)] {
            corpus.push(&Record {
                id: id.into(),
                name: name.as_str().into(),
                other_name: text.as_str().into(),
                website: text.as_str().into(),
                city: a.as_str().into(),
                telephone: b.as_str().into(),
                address: a.as_str().into(),
                industry: b.as_str().into(),
                ..Record::default()
            });
        }
        let why = corpus.explain(&matching::Model::default(), 0, 1);
        assert!((0.0..=1.0).contains(&why.probability), "{a:?} {b:?}");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let count: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let seed: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let start = Instant::now();
    let broken = (0..count)
        .into_par_iter()
        .map(|at| seed.wrapping_mul(1 << 40) + at)
        .find_any(|at| std::panic::catch_unwind(|| feed(*at)).is_err());
    let seconds = start.elapsed().as_secs_f64();
    match broken {
        Some(at) => {
            eprintln!("input {at}: {:?}", input(&mut Dice::new(at)));
            std::process::exit(1);
        }
        None => println!("{count} inputs in {seconds:.1} s, {:.0} a second, none broke", count as f64 / seconds),
    }
}
