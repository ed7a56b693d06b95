//! Whether a pack fits, before any of it is brought in: everything that does not is named at once, by
//! file, row and field.

use std::collections::BTreeSet;

use identity::body::KINDS;
use platform::clock::Zone;
use platform::holidays::weekday;
use projects::gate::FACTS;
use projects::stage::STAGES;
use time::Date;

use super::Pack;

/// The lists that forms, imports and figures choose from. Nothing would choose from one of another
/// name: it is a slip.
const KNOWN_LISTS: [&str; 13] = [
    "activity",
    "enterprise_flag",
    "evidence",
    "exchange",
    "hq_kind",
    "industry",
    "isic",
    "jurisdiction",
    "nature",
    "origin",
    "published_metric",
    "register",
    "value_chain",
];
/// The lists without which nothing can be registered or counted.
const WANTED_LISTS: [&str; 5] = ["evidence", "industry", "jurisdiction", "nature", "origin"];

/// What does not fit in one file.
struct Faults<'a> {
    file: &'a str,
    row: Option<usize>,
    found: &'a mut Vec<String>,
}

impl Faults<'_> {
    fn require(&mut self, fits: bool, field: &str, reason: &str) {
        if fits {
            return;
        }
        let row = self.row.map(|row| format!("row {}: ", row + 1)).unwrap_or_default();
        self.found.push(format!("{}: {row}{field}: {reason}", self.file));
    }

    fn said(&mut self, field: &str, text: &str) {
        self.require(!text.trim().is_empty() && text.len() <= 1_000, field, "is empty, or longer than 1,000 bytes");
    }

    fn names(&mut self, names: [&str; 3], source: &str) {
        for (field, name) in ["name_en", "name_zh_hant", "name_zh_hans"].into_iter().zip(names) {
            self.said(field, name);
        }
        self.said("source", source);
    }

    fn code(&mut self, code: &str) {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let fit = (1..=60).contains(&code.len()) && code.chars().all(fits);
        self.require(fit, "code", &format!("“{code}” is no code: letters, digits, hyphens, at most 60"));
    }

    fn period(&mut self, from: Date, to: Option<Date>) {
        self.require(to.is_none_or(|to| from <= to), "valid_to", "is before valid_from");
    }
}

impl Pack {
    /// Everything that does not fit.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.of_lists(&mut found);
        self.of_bodies(&mut found);
        self.of_gates(&mut found);
        self.of_about(&mut found);
        self.of_chains(&mut found);
        let mut days = BTreeSet::new();
        for (row, holiday) in self.holidays.iter().enumerate() {
            let mut faults = Faults { file: "holidays.toml", row: Some(row), found: &mut found };
            faults.names([&holiday.name_en, &holiday.name_zh_hant, &holiday.name_zh_hans], &holiday.source);
            faults.require(days.insert(holiday.day), "day", &format!("{} stands twice", holiday.day));
        }
        found
    }

    fn of_chains(&self, found: &mut Vec<String>) {
        let codes: BTreeSet<&str> = self.chains.iter().map(|chain| chain.place.code.as_str()).collect();
        let mut held = BTreeSet::new();
        for (row, chain) in self.chains.iter().enumerate() {
            let mut faults = Faults { file: "chains.toml", row: Some(row), found };
            let place = &chain.place;
            let fit = screening::Measure::Chain.takes(&place.code) && place.code.len() <= 60;
            faults.require(fit, "code", &format!("“{}” is no place: small letters, digits, hyphens, dots", place.code));
            faults.require(held.insert(&place.code), "code", &format!("“{}” stands twice", place.code));
            faults.names([&chain.name_en, &chain.name_zh_hant, &chain.name_zh_hans], &chain.source);
            for (field, list, code) in
                [("industry", "industry", &place.industry), ("position", "value_chain", &place.position)]
            {
                let known = self.entries().any(|(of, held)| of == list && held == code);
                faults.require(known, field, &format!("{list} has no “{code}”"));
            }
            for fed in &place.feeds {
                faults.require(codes.contains(fed.as_str()), "feeds", &format!("there is no place “{fed}”"));
            }
        }
        if let Some(text) = &self.criteria
            && let Err(error) = screening::Criteria::from_toml(text)
        {
            found.extend(error.to_string().lines().map(|line| format!("criteria.toml: {line}")));
        }
    }

    fn of_about(&self, found: &mut Vec<String>) {
        let about = &self.about;
        let mut faults = Faults { file: "pack.toml", row: None, found };
        faults.code(&about.id);
        faults.said("version", &about.version);
        faults.require(
            Zone::named(&about.time_zone).is_some(),
            "time_zone",
            &format!("there is no time zone “{}”", about.time_zone),
        );
        let currency = about.currency.len() == 3 && about.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        faults.require(currency, "currency", &format!("“{}” is no code of ISO 4217", about.currency));
        for name in &about.rest_days {
            faults.require(weekday(name).is_some(), "rest_days", &format!("there is no weekday “{name}”"));
        }
        for origin in &about.own_script_origins {
            let known = self.entries().any(|(list, code)| list == "origin" && code == origin);
            faults.require(known, "own_script_origins", &format!("there is no origin “{origin}”"));
        }
        let office = &about.office;
        faults.names([&office.name_en, &office.name_zh_hant, &office.name_zh_hans], &office.source);
        let known = self.bodies.iter().any(|body| body.code == office.body);
        faults.require(known, "office.body", &format!("there is no body “{}”", office.body));
    }

    fn of_lists(&self, found: &mut Vec<String>) {
        let mut held = BTreeSet::new();
        for (file, entries) in &self.lists {
            for (row, entry) in entries.iter().enumerate() {
                let mut faults = Faults { file, row: Some(row), found };
                let known = KNOWN_LISTS.contains(&entry.list.as_str());
                faults.require(known, "list", &format!("there is no list “{}”", entry.list));
                faults.code(&entry.code);
                faults.names([&entry.name_en, &entry.name_zh_hant, &entry.name_zh_hans], &entry.source);
                faults.period(entry.valid_from, entry.valid_to);
                let first = held.insert((&entry.list, &entry.code));
                faults.require(first, "code", &format!("{} has “{}” twice", entry.list, entry.code));
            }
        }
        for list in WANTED_LISTS {
            let mut faults = Faults { file: "code-lists.toml", row: None, found };
            faults.require(
                self.entries().any(|(of, _)| of == list),
                "list",
                &format!("no file gives the list “{list}”"),
            );
        }
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lists.iter().flat_map(|(_, entries)| entries).map(|entry| (entry.list.as_str(), entry.code.as_str()))
    }

    fn of_bodies(&self, found: &mut Vec<String>) {
        let mut held = BTreeSet::new();
        for (row, body) in self.bodies.iter().enumerate() {
            let mut faults = Faults { file: "bodies.toml", row: Some(row), found };
            faults.code(&body.code);
            faults.require(held.insert(&body.code), "code", &format!("“{}” stands twice", body.code));
            faults.require(KINDS.contains(&body.kind.as_str()), "kind", &format!("there is no kind “{}”", body.kind));
            faults.names([&body.name_en, &body.name_zh_hant, &body.name_zh_hans], &body.source);
            faults.period(body.valid_from, body.valid_to);
        }
        let mut held = BTreeSet::new();
        for (row, team) in self.teams.iter().enumerate() {
            let mut faults = Faults { file: "teams.toml", row: Some(row), found };
            faults.code(&team.code);
            faults.require(held.insert(&team.code), "code", &format!("“{}” stands twice", team.code));
            // A team is the office's own: it needs no source.
            faults.names([&team.name_en, &team.name_zh_hant, &team.name_zh_hans], "the office");
        }
    }

    fn of_gates(&self, found: &mut Vec<String>) {
        for (row, gate) in self.gates.iter().enumerate() {
            let mut faults = Faults { file: "gates.toml", row: Some(row), found };
            let stage = STAGES.contains(&gate.into.as_str());
            faults.require(stage, "into", &format!("there is no stage “{}”", gate.into));
            for (field, facts) in [("needs", &gate.needs), ("any_of", &gate.any_of)] {
                for fact in facts {
                    let known = FACTS.iter().any(|(known, _)| known == fact);
                    faults.require(known, field, &format!("the program knows no fact “{fact}”"));
                }
            }
            faults.period(gate.valid_from, gate.valid_to);
            faults.said("source", &gate.source);
        }
    }
}
