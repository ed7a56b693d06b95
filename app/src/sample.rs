//! The sample office: enterprises, people and projects made up by a seeded generator, so that two
//! machines show the same. Every page says that it is made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use directory::enterprise::{self, NewEnterprise, NewName};
use directory::person::{self, NewPerson};
use identity::account::{self, NewAccount};
use platform::forms::Loose;
use platform::house::House;
use platform::permission::Role;
use platform::{Cx, Id, Way};
use projects::evidence::{self, NewEvidence};
use projects::ledger::{self, NewEntry};
use projects::milestone::{self, NewMilestone};
use projects::project::{self, NewProject};
use time::{Date, Duration};

/// The sample's password, which opens nothing but made-up data.
pub const PASSWORD: &str = "sample office only";
const ENTERPRISES: u64 = 300;
const PEOPLE_EACH: u64 = 3;
const PROJECTS: u64 = 120;

/// A small generator of our own: the same numbers on every machine and in every version.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = usize::try_from(self.roll(from.len() as u64)).unwrap_or_default();
        &from[place.min(from.len() - 1)]
    }
}

/// (Latin, Traditional, Simplified) halves of names that no enterprise has.
const FIRST: [(&str, &str, &str); 20] = [
    ("Lanyue", "嵐岳", "岚岳"),
    ("Qingchi", "青池", "青池"),
    ("Hetu", "禾途", "禾途"),
    ("Mingxi", "溟溪", "溟溪"),
    ("Yunzhou", "雲舟", "云舟"),
    ("Shuoguang", "朔光", "朔光"),
    ("Banlan", "斑瀾", "斑澜"),
    ("Zhuwei", "竹葦", "竹苇"),
    ("Ferrovia", "菲洛維", "菲洛维"),
    ("Altamar", "艾塔瑪", "艾塔玛"),
    ("Nordkap", "諾卡普", "诺卡普"),
    ("Brightwell", "明泉", "明泉"),
    ("Corvane", "科梵", "科梵"),
    ("Tesselle", "泰賽", "泰赛"),
    ("Ondara", "昂達", "昂达"),
    ("Kestrel", "隼翎", "隼翎"),
    ("Marisol", "瑪麗索", "玛丽索"),
    ("Haldane", "赫頓", "赫顿"),
    ("Verity", "維瑞", "维瑞"),
    ("Sorrel", "索瑞", "索瑞"),
];
const SECOND: [(&str, &str, &str, &str); 15] = [
    ("Biologics", "生物製藥", "生物制药", "life-health-technology"),
    ("Diagnostics", "診斷科技", "诊断科技", "life-health-technology"),
    ("Medical Devices", "醫療器械", "医疗器械", "life-health-technology"),
    ("Vision AI", "視覺智能", "视觉智能", "ai-data-science"),
    ("Data", "數據", "数据", "ai-data-science"),
    ("Chips", "芯片", "芯片", "ai-data-science"),
    ("Payments", "支付", "支付", "financial-technology"),
    ("Ledger Systems", "賬本系統", "账本系统", "financial-technology"),
    ("Insurtech", "保險科技", "保险科技", "financial-technology"),
    ("Robotics", "機械人", "机器人", "advanced-manufacturing-new-energy"),
    ("Batteries", "電池", "电池", "advanced-manufacturing-new-energy"),
    ("Materials", "新材料", "新材料", "advanced-manufacturing-new-energy"),
    ("Hydrogen", "氫能", "氢能", "advanced-manufacturing-new-energy"),
    ("Games", "遊戲", "游戏", "cultural-creative-technology"),
    ("Animation", "動畫", "动画", "cultural-creative-technology"),
];
const ORIGINS: [&str; 10] = [
    "mainland",
    "mainland",
    "mainland",
    "mainland",
    "united-states",
    "united-kingdom",
    "france",
    "germany",
    "japan",
    "singapore",
];
const GIVEN: [&str; 10] =
    ["Avery", "Blake", "Casey", "Devon", "Ellis", "Frankie", "Harper", "Jules", "Marlow", "Quinn"];
const FAMILY: [&str; 10] =
    ["Sample", "Exemplar", "Specimen", "Mockford", "Pattern", "Testwood", "Trial", "Modell", "Demoore", "Draft"];
const POSTS: [&str; 6] =
    ["Chief executive", "Head of strategy", "Hong Kong lead", "Finance director", "R&D director", "General counsel"];

pub async fn load(house: &Arc<House>) -> Result<()> {
    let mut cx = house.cx_operator("sample office", Way::Command);
    let owners = people_of_the_office(&mut cx).await?;
    cx.commit().await?;
    let mut dice = Dice(20_261_124);
    let enterprises = enterprises(house, &mut dice, &owners).await?;
    projects(house, &mut dice, &enterprises, &owners).await?;
    println!("Sample office: {ENTERPRISES} enterprises, {} people, {PROJECTS} projects.", ENTERPRISES * PEOPLE_EACH);
    println!("Sign in with the password “{PASSWORD}” as:");
    for (email, ..) in ACCOUNTS {
        println!("  {email}");
    }
    let told: Vec<&str> = ACCOUNTS.iter().map(|(email, ..)| *email).collect();
    let text = format!("Sample office. Password for all: {PASSWORD}\n{}\n", told.join("\n"));
    std::fs::write(house.config.data.join("SIGN-IN.txt"), text)?;
    Ok(())
}

const ACCOUNTS: [(&str, &str, Role); 6] = [
    ("admin@sample.example", "Sample Administrator", Role::Administrator),
    ("director@sample.example", "Sample Director", Role::Director),
    ("lead@sample.example", "Sample Team Lead", Role::TeamLead),
    ("officer@sample.example", "Sample Officer", Role::Officer),
    ("auditor@sample.example", "Sample Auditor", Role::Auditor),
    ("reader@sample.example", "Sample Reader", Role::ReadOnly),
];

async fn people_of_the_office(cx: &mut Cx) -> Result<Vec<Id>> {
    let teams: Vec<Id> = identity::team::options(cx).await?.into_iter().map(|(id, _)| id).collect();
    let mut owners = Vec::new();
    for (email, name, role) in ACCOUNTS {
        let teams = if role == Role::TeamLead || role == Role::Officer { teams.clone() } else { Vec::new() };
        let new = NewAccount { email: email.to_owned(), name: name.to_owned(), roles: vec![role], teams };
        let account = account::make(cx, new, PASSWORD).await?;
        if matches!(role, Role::Director | Role::TeamLead | Role::Officer) {
            owners.push(account.id);
        }
    }
    Ok(owners)
}

async fn enterprises(house: &Arc<House>, dice: &mut Dice, owners: &[Id]) -> Result<Vec<Id>> {
    let mut ids = Vec::new();
    let mut cx = house.cx_operator("sample office", Way::Command);
    for number in 0..ENTERPRISES {
        // 20 first halves and 15 second ones pair up into 300 different names.
        let first = FIRST[usize::try_from(number % 20)?];
        let second = SECOND[usize::try_from(number / 20)?];
        let name = |text: String, language: &str| NewName {
            name: text,
            language: language.to_owned(),
            kind: "trading".to_owned(),
        };
        let tier = match dice.roll(20) {
            0 => "named",
            1 | 2 => "team",
            3..=6 => "public",
            _ => "office",
        };
        let new = NewEnterprise {
            names: vec![
                name(format!("{} {}", first.0, second.0), "en"),
                name(format!("{}{}", first.1, second.1), "zh-Hant"),
                name(format!("{}{}", first.2, second.2), "zh-Hans"),
            ],
            industries: vec![second.3.to_owned()],
            reporting_origin: Loose::from(*dice.pick(&ORIGINS)),
            kind: Loose::from(if dice.roll(4) == 0 { "group" } else { "legal_entity" }),
            description: Loose::from("Made up for the sample office."),
            tier: Loose::from(tier),
            owner_id: Loose(dice.pick(owners).to_string()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(&mut cx, new).await?.id;
        for _ in 0..PEOPLE_EACH {
            let (given, family) = (dice.pick(&GIVEN), dice.pick(&FAMILY));
            let person = NewPerson {
                name: format!("{given} {family}"),
                post: (*dice.pick(&POSTS)).to_owned(),
                languages: "en, zh".to_owned(),
                email: format!("{}.{}{}@sample.example", given.to_lowercase(), family.to_lowercase(), dice.roll(1000)),
                consent_on: "2024-01-15".to_owned(),
                ..NewPerson::default()
            };
            person::add(&mut cx, id, person).await?;
        }
        ids.push(id);
        if number % 50 == 49 {
            cx.commit().await?;
        }
    }
    cx.commit().await?;
    Ok(ids)
}

/// Projects over four years, at every stage and with every end.
async fn projects(house: &Arc<House>, dice: &mut Dice, enterprises: &[Id], owners: &[Id]) -> Result<()> {
    let mut cx = house.cx_operator("sample office", Way::Command);
    let first_day = cx.today() - Duration::days(4 * 365);
    for number in 0..PROJECTS {
        let enterprise = enterprises[usize::try_from((number * 7) % ENTERPRISES)?];
        let brief = enterprise::brief(&mut cx, enterprise).await?;
        let expands = dice.roll(3) == 0;
        let new = NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose(format!(
                "{}: {}",
                brief.second_name.unwrap_or(brief.name),
                if expands { "expansion" } else { "Hong Kong base" }
            )),
            nature: Loose::from(if expands { "expansion" } else { "foothold" }),
            hq_kind: Loose::from(*dice.pick(&["global", "regional", "regional", "none"])),
            activities: Loose::from(*dice.pick(&[
                "rd-centre",
                "headquarters,rd-centre",
                "production",
                "treasury-centre",
                "data-centre",
            ])),
            description: Loose::from("Made up for the sample office."),
            owner_id: Loose(dice.pick(owners).to_string()),
            ..NewProject::default()
        };
        let project = project::start(&mut cx, new).await?;
        let target = usize::try_from(number % 8)?;
        let day = first_day + Duration::days(i64::try_from(dice.roll(900))?);
        walk(&mut cx, dice, project.id, target, day).await?;
        fare(&mut cx, number, project.id, target).await?;
        if number % 20 == 19 {
            cx.commit().await?;
        }
    }
    cx.commit().await?;
    Ok(())
}

/// Brings a project to a stage the way an officer would: with what each gate asks for.
async fn walk(cx: &mut Cx, dice: &mut Dice, id: Id, target: usize, from: Date) -> Result<()> {
    let mut day = from;
    let mut later = |dice: &mut Dice| -> Result<Date> {
        day += Duration::days(15 + i64::try_from(dice.roll(45))?);
        Ok(day)
    };
    let happened = |kind: &str, on: Date| NewMilestone {
        kind: kind.to_owned(),
        effective_on: on.to_string(),
        batch: if matches!(kind, "attracted" | "signed") { format!("{}", on.year()) } else { String::new() },
        ..NewMilestone::default()
    };
    let paper = |kind: &str, on: Date| NewEvidence {
        kind: kind.to_owned(),
        dated_on: on.to_string(),
        reference: "Sample paper, made up".to_owned(),
    };
    for place in 1..=target {
        let on = later(dice)?;
        match projects::stage::STAGES[place] {
            "engaged" => milestone::record(cx, id, happened("met", on)).await?,
            "proposal_received" => {
                let version = project::get(cx, id).await?.version;
                let field = BTreeMap::from([("proposal_received_on".to_owned(), Some(on.to_string()))]);
                project::edit(cx, id, version, field).await?;
            }
            "negotiating" => {
                let version = project::get(cx, id).await?.version;
                let words = "Technology 4, investment 3, benefit 3, jobs 4, ecosystem 3 (made up).";
                let field = BTreeMap::from([("assessment".to_owned(), Some(words.to_owned()))]);
                project::edit(cx, id, version, field).await?;
            }
            "agreed" => {
                milestone::record(cx, id, happened("attracted", on)).await?;
                evidence::add(cx, id, paper("agreement", on)).await?;
                pledge(cx, dice, id, on).await?;
                if dice.roll(4) > 0 {
                    milestone::record(cx, id, happened("signed", on)).await?;
                }
            }
            "landed" => evidence::add(cx, id, paper("lease-start", on)).await?,
            "operating" => {
                evidence::add(cx, id, paper("first-payroll", on)).await?;
                milestone::record(cx, id, happened("commenced", on)).await?;
                realise(cx, dice, id, on).await?;
            }
            _ => {}
        }
        project::advance(cx, id, projects::stage::STAGES[place], on, None, None).await?;
    }
    Ok(())
}

async fn fare(cx: &mut Cx, number: u64, id: Id, stage: usize) -> Result<()> {
    let landed = stage >= 6;
    let status = match number / 8 {
        1 => "delayed",
        3 if stage < 7 => "dormant",
        5 if !landed => "withdrawn",
        5 => "exited",
        7 if !landed => "lapsed",
        7 => "downsized",
        _ => return Ok(()),
    };
    let today = cx.today().to_string();
    project::fare(cx, id, status, &today, "made up for the sample office").await?;
    Ok(())
}

fn entry(kind: &str, measure: &str, amount: u64, on: Date) -> NewEntry {
    NewEntry {
        kind: kind.to_owned(),
        measure: measure.to_owned(),
        amount: Loose(amount.to_string()),
        effective_on: Loose(on.to_string()),
        evidence: "Sample letter, made up".to_owned(),
        ..NewEntry::default()
    }
}

/// A pledge of investment, jobs and perhaps floor area; some are revised later.
async fn pledge(cx: &mut Cx, dice: &mut Dice, id: Id, on: Date) -> Result<()> {
    let investment = (1 + dice.roll(40)) * 25_000_000;
    let jobs = 10 + dice.roll(200);
    ledger::enter(cx, id, entry("pledged", "investment", investment, on)).await?;
    ledger::enter(cx, id, entry("pledged", "jobs_rd", jobs, on)).await?;
    ledger::enter(cx, id, entry("pledged", "jobs_management", 1 + jobs / 5, on)).await?;
    if dice.roll(2) == 0 {
        ledger::enter(cx, id, entry("pledged", "floor_area", (1 + dice.roll(30)) * 1_000, on)).await?;
    }
    let later = (on + Duration::days(180)).min(cx.today());
    match dice.roll(4) {
        0 => ledger::enter(cx, id, entry("revised", "investment", investment / 5 * 4, later)).await.map(drop)?,
        1 => ledger::enter(cx, id, entry("revised", "jobs_rd", jobs + 15, later)).await.map(drop)?,
        _ => {}
    }
    Ok(())
}

/// What came of it: part of the money, part of the people.
async fn realise(cx: &mut Cx, dice: &mut Dice, id: Id, on: Date) -> Result<()> {
    ledger::enter(cx, id, entry("realised", "investment", (1 + dice.roll(12)) * 10_000_000, on)).await?;
    ledger::enter(cx, id, entry("realised", "jobs_rd", 5 + dice.roll(60), on)).await?;
    Ok(())
}
