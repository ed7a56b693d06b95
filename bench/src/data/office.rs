//! The made-up office, record by record: enterprises, people, projects and the ledger, each with
//! the entries of the audit that its making would have left.

use anyhow::Result;
use platform::Id;
use platform::audit::{Entry, FieldChange, Told};
use platform::clock::At;
use platform::id::IdMaker;
use platform::permission::Tier;
use platform::search::fold;
use time::{Date, Duration};
use tokio::sync::mpsc::Sender;

use super::store::{self, Cell, Rows, Table};
use super::words::{Dice, FAMILY, GIVEN, Names};

/// The office's history: 15 January 2024 to 1 November 2026.
const FIRST: i64 = 1_705_276_800_000_000;
const LAST: i64 = 1_793_491_200_000_000;
const DAY: i64 = 86_400_000_000;

pub const ORIGINS: [(&str, u64); 12] = [
    ("mainland", 40),
    ("united-states", 15),
    ("united-kingdom", 8),
    ("japan", 7),
    ("germany", 5),
    ("france", 5),
    ("singapore", 5),
    ("korea", 4),
    ("switzerland", 4),
    ("israel", 3),
    ("canada", 2),
    ("india", 2),
];
pub const INDUSTRIES: [(&str, u64); 5] = [
    ("life-health-technology", 30),
    ("ai-data-science", 30),
    ("advanced-manufacturing-new-energy", 20),
    ("financial-technology", 14),
    ("cultural-creative-technology", 6),
];
const STAGES: [(&str, u64); 8] = [
    ("identified", 15),
    ("contacted", 15),
    ("engaged", 15),
    ("proposal_received", 10),
    ("negotiating", 10),
    ("agreed", 15),
    ("landed", 10),
    ("operating", 10),
];
const ACTIVITIES: [&str; 5] = ["rd-centre", "headquarters", "production", "sales-service", "rd-centre,headquarters"];
const MEASURES: [(&str, &str, u64); 6] = [
    ("investment", "HKD", 40),
    ("jobs_rd", "jobs", 20),
    ("jobs_management", "jobs", 10),
    ("jobs_other", "jobs", 15),
    ("jobs_unspecified", "jobs", 5),
    ("floor_area", "sq_ft", 10),
];

/// How many of each there are.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub enterprises: u64,
    pub people: u64,
    pub projects: u64,
    pub entries: u64,
}

impl Size {
    pub fn of(scale: f64) -> Self {
        let scaled = |whole: f64| (whole * scale).round().max(100.0) as u64;
        Self {
            enterprises: scaled(1_000_000.0),
            people: scaled(300_000.0),
            projects: scaled(200_000.0),
            entries: scaled(2_000_000.0),
        }
    }
}

/// Key, name and address.
pub type Account = (Id, String, String);

/// Who holds records and who entered them.
pub struct Staff {
    pub director: Account,
    pub officers: Vec<Account>,
    pub teams: Vec<i64>,
}

fn day(at: i64) -> Date {
    let epoch = Date::from_ordinal_date(1970, 1).unwrap_or(Date::MIN);
    epoch.checked_add(Duration::days(at.div_euclid(DAY))).unwrap_or(Date::MAX)
}

/// The instant of one of many records made evenly over the office's history.
fn instant(place: u64, of: u64) -> i64 {
    let span = i128::from(LAST - FIRST);
    FIRST + i64::try_from(span * i128::from(place) / i128::from(of.max(1))).unwrap_or_default()
}

struct Made {
    id: Id,
    tier: i64,
    team: Option<i64>,
    owner: Option<i64>,
}

struct Project {
    id: Id,
    title: String,
    stands: [i64; 6],
}

pub struct Office<'a> {
    seed: u64,
    size: Size,
    staff: &'a Staff,
    to: Sender<(Table, String)>,
    postgres: bool,
    seq: i64,
    hash: String,
    audit: Rows,
    enterprises: Vec<Made>,
    projects: Vec<Project>,
    pub numbers: std::collections::BTreeMap<String, i64>,
}

impl<'a> Office<'a> {
    pub fn new(
        seed: u64,
        size: Size,
        staff: &'a Staff,
        to: Sender<(Table, String)>,
        postgres: bool,
        end: (i64, String),
        numbers: std::collections::BTreeMap<String, i64>,
    ) -> Self {
        let audit = Rows::new(store::AUDIT, postgres);
        let (seq, hash) = end;
        Self { seed, size, staff, to, postgres, seq, hash, audit, enterprises: vec![], projects: vec![], numbers }
    }

    pub fn chain_end(&self) -> (i64, &str) {
        (self.seq, &self.hash)
    }

    fn rows(&self, table: Table) -> Rows {
        Rows::new(table, self.postgres)
    }

    async fn pour(&self, rows: &mut [&mut Rows], all: bool) -> Result<()> {
        for rows in rows {
            if (all || rows.is_full())
                && let Some(part) = rows.take()
            {
                self.to.send(part).await?;
            }
        }
        Ok(())
    }

    fn reference(&mut self, letter: &str, at: i64) -> String {
        let year = day(at).year();
        let last = self.numbers.entry(format!("{letter}-{year}")).or_default();
        *last += 1;
        platform::sequences::reference(letter, year, *last)
    }

    fn officer(&self, dice: &mut Dice) -> (Id, &'a str) {
        let (id, name, _) = dice.pick(&self.staff.officers);
        (*id, name)
    }

    fn record(
        &mut self,
        id: Id,
        at: i64,
        by: (Id, &str),
        verb: &str,
        subject: (&str, Id, &str, Option<i64>),
        fields: Vec<(&str, Told, Told)>,
    ) -> Result<()> {
        let fields: Vec<FieldChange> =
            fields.into_iter().map(|(field, old, new)| FieldChange { field: field.to_owned(), old, new }).collect();
        self.seq += 1;
        let (kind, subject_id, label, version) = subject;
        let mut entry = Entry {
            id,
            lane: 0,
            seq: self.seq,
            at: At(at),
            actor_id: Some(by.0),
            actor_name: by.1.to_owned(),
            way: "page".to_owned(),
            verb: verb.to_owned(),
            subject_kind: kind.to_owned(),
            subject_id,
            subject_label: label.to_owned(),
            subject_version: version,
            import_id: None,
            note: None,
            detail: serde_json::to_string(&fields)?,
            hash: String::new(),
        };
        entry.hash = entry.link(&self.hash);
        self.hash.clone_from(&entry.hash);
        self.audit.add(&[
            entry.id.into(),
            0_i64.into(),
            entry.seq.into(),
            at.into(),
            by.0.into(),
            by.1.into(),
            "page".into(),
            verb.into(),
            kind.into(),
            subject_id.into(),
            label.into(),
            version.into(),
            (&entry.detail).into(),
            (&entry.hash).into(),
        ]);
        Ok(())
    }

    /// What the audit tells of the accounts, which are there already.
    pub async fn accounts(&mut self) -> Result<()> {
        let (keys, at) = (IdMaker::new(32), instant(0, self.size.enterprises));
        let staff = self.staff;
        let by = (staff.director.0, staff.director.1.as_str());
        let all = std::iter::once((&staff.director, "director,administrator"));
        for ((id, name, email), roles) in all.chain(staff.officers.iter().map(|officer| (officer, "officer"))) {
            let fields = vec![
                ("email", Told::Nothing, Told::Text(email.clone())),
                ("roles", Told::Nothing, Told::Text(roles.to_owned())),
            ];
            let entry = keys.make(At(at));
            self.record(entry, at, by, "account.invited", ("account", *id, name, Some(1)), fields)?;
        }
        self.pour_audit(true).await
    }

    /// Enterprises with names, search keys, identifiers and industries.
    pub async fn enterprises(&mut self) -> Result<()> {
        let (ids, parts, later) = (IdMaker::new(20), IdMaker::new(21), IdMaker::new(22));
        let mut rows = self.rows(store::ENTERPRISES);
        let (mut names, mut keys) = (self.rows(store::NAMES), self.rows(store::NAME_KEYS));
        let (mut identifiers, mut industries) = (self.rows(store::IDENTIFIERS), self.rows(store::INDUSTRIES));
        let mut readers = self.rows(store::READERS);
        for place in 0..self.size.enterprises {
            let mut dice = Dice::of(self.seed, 1, place);
            let at = instant(place, self.size.enterprises);
            let id = ids.make(At(at));
            let reference = self.reference("E", at);
            let named = Names::of(&mut dice);
            let origin = *dice.weighed(&ORIGINS);
            let chinese = dice.chance(95);
            let mut all: Vec<(&str, &str, &str)> = vec![(&named.en, "en", "legal")];
            if chinese {
                all.push((&named.hant, "zh-Hant", "trading"));
            }
            if dice.chance(38) {
                all.push((&named.hans, "zh-Hans", "trading"));
            }
            match origin {
                "japan" => all.push((&named.ja, "ja", "legal")),
                "korea" => all.push((&named.ko, "ko", "legal")),
                _ if dice.chance(7) => all.push((&named.ja, "ja", "former")),
                _ => {}
            }
            let own_first = origin == "mainland" && chinese;
            let (first, second) = if own_first { (all[1], Some(all[0])) } else { (all[0], all.get(1).copied()) };
            let tier = *dice.weighed(&[(1_i64, 65), (0, 20), (2, 12), (3, 3)]);
            let team = dice.chance(80).then(|| *dice.pick(&self.staff.teams));
            let by = self.officer(&mut dice);
            let owner = dice.chance(70).then_some(by.0.0);
            let edited = dice.chance(30);
            let changed = at + DAY * 20;
            let kind = if dice.chance(25) { "group" } else { "legal_entity" };
            let website = format!("https://{}.example", named.en.split(' ').next().unwrap_or_default().to_lowercase());
            let held = self.industries(&mut dice, id, at, &parts, &mut industries);
            rows.add(&[
                id.into(),
                (&reference).into(),
                id.into(),
                kind.into(),
                first.0.into(),
                first.1.into(),
                second.map(|name| name.0).into(),
                second.map(|name| name.1).into(),
                (&fold::sort_key(first.0)).into(),
                tier.into(),
                team.into(),
                owner.into(),
                origin.into(),
                origin.into(),
                origin.into(),
                dice.chance(60).then(|| *dice.pick(&["upstream", "midstream", "downstream"])).into(),
                edited.then_some(website.as_str()).into(),
                "Made up to measure.".into(),
                if edited { 2_i64 } else { 1 }.into(),
                at.into(),
                if edited { changed } else { at }.into(),
                format!(",{},", held.join(",")).as_str().into(),
            ]);
            let mut found: Vec<String> = Vec::new();
            for (name, language, kind) in &all {
                let key = fold::sort_key(name);
                names.add(&[
                    parts.make(At(at)).into(),
                    id.into(),
                    (*name).into(),
                    (*language).into(),
                    (*kind).into(),
                    (&key).into(),
                ]);
                found.extend(fold::search_keys(name));
            }
            found.sort_unstable();
            found.dedup();
            for key in &found {
                keys.add(&[key.into(), id.into()]);
            }
            if dice.chance(40) {
                let value = format!("{:08}", place);
                let cells: [Cell; 5] =
                    [parts.make(At(at)).into(), id.into(), "registry".into(), "made-up".into(), (&value).into()];
                identifiers.add(&cells);
            }
            if tier >= 2 && dice.chance(10) {
                let reader = self.officer(&mut dice).0;
                readers.add(&["enterprise".into(), id.into(), reader.into(), at.into()]);
            }
            let label = first.0;
            let told: Vec<&str> = all.iter().map(|name| name.0).collect();
            let fields = vec![
                ("names", Told::Nothing, Told::Text(told.join(" · "))),
                ("reporting_origin", Told::Nothing, Told::listed("origin", Some(origin))),
                ("industries", Told::Nothing, Told::Text(held[0].to_owned())),
                ("tier", Told::Nothing, tier_told(tier)),
            ];
            let entry = parts.make(At(at));
            self.record(entry, at, by, "enterprise.registered", ("enterprise", id, label, Some(1)), fields)?;
            if edited {
                let fields = vec![("website", Told::Nothing, Told::Text(website))];
                let entry = later.make(At(changed));
                self.record(entry, changed, by, "enterprise.edited", ("enterprise", id, label, Some(2)), fields)?;
            }
            self.enterprises.push(Made { id, tier, team, owner });
            let mut audit = std::mem::replace(&mut self.audit, Rows::new(store::AUDIT, self.postgres));
            let mut parts = [&mut rows, &mut names, &mut keys, &mut identifiers, &mut industries, &mut readers];
            self.pour(&mut parts, false).await?;
            self.pour(&mut [&mut audit], false).await?;
            self.audit = audit;
        }
        let mut parts = [&mut rows, &mut names, &mut keys, &mut identifiers, &mut industries, &mut readers];
        self.pour(&mut parts, true).await
    }

    /// One industry, sometimes two, sometimes an earlier one; answers those that hold.
    fn industries(&self, dice: &mut Dice, id: Id, at: i64, parts: &IdMaker, rows: &mut Rows) -> Vec<&'static str> {
        let start = time::macros::date!(2022 - 12 - 23);
        let five = time::macros::date!(2025 - 02 - 26);
        let first = *dice.weighed(&INDUSTRIES);
        let since = |code: &str| if code == "cultural-creative-technology" { five } else { start };
        if first == "cultural-creative-technology" {
            let end = time::macros::date!(2025 - 02 - 25);
            let earlier: [Cell; 6] =
                [parts.make(At(at)).into(), id.into(), "ai-data-science".into(), start.into(), end.into(), at.into()];
            rows.add(&earlier);
        }
        let mut all = vec![first];
        if dice.chance(15) {
            all.push(*dice.weighed(&INDUSTRIES[..4]));
            all.dedup();
        }
        for code in &all {
            rows.add(&[
                parts.make(At(at)).into(),
                id.into(),
                (*code).into(),
                since(code).into(),
                Cell::Nothing,
                at.into(),
            ]);
        }
        all
    }
}

fn tier_told(rank: i64) -> Told {
    let tier = Tier::from_rank(rank);
    Told::code(tier.code(), tier.key())
}

mod books;
mod staff;
