//! The sample office's days: each event through the verbs an officer would use.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use directory::enterprise::{self, NewEnterprise, NewName};
use directory::person::{self, NewPerson};
use platform::forms::Loose;
use platform::{Cx, Id};
use projects::clearance::{self, NewClearance};
use projects::evidence::{self, NewEvidence};
use projects::ledger::{self, NewEntry};
use projects::milestone::{self, NewMilestone};
use projects::project::{self, NewProject};
use projects::stage::STAGES;
use time::Date;

use super::facts;
use super::names::{FAMILY, GIVEN, POSTS};
use super::plan::{Dice, Event, PEOPLE_EACH, Plan};

pub struct Life<'p> {
    plan: &'p Plan,
    dice: Dice,
    owners: Vec<Id>,
    enterprises: BTreeMap<usize, Id>,
    projects: BTreeMap<usize, Id>,
}

impl<'p> Life<'p> {
    pub fn new(plan: &'p Plan, owners: Vec<Id>) -> Self {
        Self { plan, dice: Dice::new(), owners, enterprises: BTreeMap::new(), projects: BTreeMap::new() }
    }

    pub async fn happens(&mut self, cx: &mut Cx, on: Date, event: &Event) -> Result<()> {
        match *event {
            Event::Registered(number) => self.register(cx, on, number).await,
            Event::Started(number) => self.start(cx, number).await,
            Event::Moved(number, stage) => self.advance(cx, on, number, stage).await,
            Event::InvestmentCut(number) => {
                let left = self.plan.projects[number].investment / 5 * 4;
                self.enter(cx, on, number, &[("revised", "investment", signed(left))]).await
            }
            Event::PostsAdded(number) => {
                let posts = self.plan.projects[number].jobs + 15;
                self.enter(cx, on, number, &[("revised", "jobs_rd", signed(posts))]).await
            }
            Event::Returned(number, dollars, posts) => {
                let realised = [("realised", "investment", signed(dollars)), ("realised", "jobs_rd", signed(posts))];
                self.enter(cx, on, number, &realised).await
            }
            Event::Fared(number, status) => {
                let id = self.project(number)?;
                project::fare(cx, id, status, &on.to_string(), "made up for the sample office").await?;
                Ok(())
            }
            Event::Signed(number) => {
                let id = self.project(number)?;
                milestone::record(cx, id, happened("signed", on)).await?;
                let source = "Sample press release, made up".to_owned();
                let new = NewClearance { cleared_on: on.to_string(), source, named_as: String::new() };
                clearance::clear(cx, id, new).await?;
                Ok(())
            }
        }
    }

    fn project(&self, number: usize) -> Result<Id> {
        self.projects.get(&number).copied().context("a project is started before anything happens to it")
    }

    async fn register(&mut self, cx: &mut Cx, on: Date, number: usize) -> Result<()> {
        let made = &self.plan.enterprises[number];
        let languages = ["en", "zh-Hant", "zh-Hans"];
        let names = made.names.iter().zip(languages).map(|(name, language)| NewName {
            name: name.clone(),
            language: language.to_owned(),
            kind: "trading".to_owned(),
        });
        let new = NewEnterprise {
            names: names.collect(),
            industries: vec![made.industry.to_owned()],
            reporting_origin: Loose::from(made.origin),
            value_chain: Loose::from(["upstream", "midstream", "downstream"][number % 3]),
            kind: Loose::from(if made.group { "group" } else { "legal_entity" }),
            description: Loose::from("Made up for the sample office."),
            tier: Loose::from(made.tier),
            owner_id: Loose(self.dice.pick(&self.owners).to_string()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let id = enterprise::register(cx, new).await?.id;
        for _ in 0..PEOPLE_EACH {
            let (given, family) = (self.dice.pick(&GIVEN), self.dice.pick(&FAMILY));
            let (local, tail) = (given.to_lowercase(), self.dice.roll(1000));
            let person = NewPerson {
                name: format!("{given} {family}"),
                post: self.dice.pick(&POSTS).to_owned(),
                languages: "en, zh".to_owned(),
                email: format!("{local}.{}{tail}@sample.example", family.to_lowercase()),
                consent_on: on.to_string(),
                consent_how: "At a meeting".to_owned(),
                consent_purpose: "Meetings about coming to Hong Kong".to_owned(),
                // Made-up names repeat.
                distinct_from_resembling: true,
                ..NewPerson::default()
            };
            person::add(cx, id, person).await?;
        }
        facts::learn(cx, on, number, made, id, &self.enterprises).await?;
        self.enterprises.insert(number, id);
        Ok(())
    }

    async fn start(&mut self, cx: &mut Cx, number: usize) -> Result<()> {
        let made = &self.plan.projects[number];
        let enterprise = *self.enterprises.get(&made.enterprise).context("an enterprise is registered first")?;
        let brief = enterprise::brief(cx, enterprise).await?;
        let new = NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose(format!("{}: {}", brief.name, if made.expands { "expansion" } else { "Hong Kong base" })),
            nature: Loose::from(if made.expands { "expansion" } else { "foothold" }),
            hq_kind: Loose::from(made.hq_kind),
            activities: Loose::from(made.activities),
            description: Loose::from("Made up for the sample office."),
            owner_id: Loose(self.dice.pick(&self.owners).to_string()),
            ..NewProject::default()
        };
        let id = project::start(cx, new).await?.id;
        self.projects.insert(number, id);
        Ok(())
    }

    /// Brings a project to the next stage the way an officer would: with what its gate asks for.
    async fn advance(&mut self, cx: &mut Cx, on: Date, number: usize, stage: usize) -> Result<()> {
        let (id, made) = (self.project(number)?, &self.plan.projects[number]);
        match STAGES[stage] {
            "engaged" => milestone::record(cx, id, happened("met", on)).await?,
            "proposal_received" => fill_in(cx, id, "proposal_received_on", &on.to_string()).await?,
            "negotiating" => {
                let words = "Technology 4, investment 3, benefit 3, jobs 4, ecosystem 3 (made up).";
                fill_in(cx, id, "assessment", words).await?;
            }
            "agreed" => {
                milestone::record(cx, id, happened("attracted", on)).await?;
                evidence::add(cx, id, paper("agreement", on)).await?;
                let managers = 1 + made.jobs / 5;
                let mut pledged = vec![
                    ("pledged", "investment", signed(made.investment)),
                    ("pledged", "jobs_rd", signed(made.jobs)),
                    ("pledged", "jobs_management", signed(managers)),
                ];
                pledged.extend(made.floor_area.map(|area| ("pledged", "floor_area", signed(area))));
                self.enter(cx, on, number, &pledged).await?;
            }
            "landed" => evidence::add(cx, id, paper("lease-start", on)).await?,
            "operating" => {
                evidence::add(cx, id, paper("first-payroll", on)).await?;
                milestone::record(cx, id, happened("commenced", on)).await?;
            }
            _ => {}
        }
        project::advance(cx, id, STAGES[stage], on, None, None).await?;
        Ok(())
    }

    /// Ledger entries of one day: (kind, measure, amount in whole units).
    async fn enter(&self, cx: &mut Cx, on: Date, number: usize, entries: &[(&str, &str, i64)]) -> Result<()> {
        let id = self.project(number)?;
        for (kind, measure, amount) in entries {
            let entry = NewEntry {
                kind: (*kind).to_owned(),
                measure: (*measure).to_owned(),
                amount: Loose(amount.to_string()),
                effective_on: Loose(on.to_string()),
                evidence: "Sample letter, made up".to_owned(),
                ..NewEntry::default()
            };
            ledger::enter(cx, id, entry).await?;
        }
        Ok(())
    }
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

async fn fill_in(cx: &mut Cx, id: Id, field: &str, value: &str) -> Result<()> {
    let version = project::get(cx, id).await?.version;
    project::edit(cx, id, version, BTreeMap::from([(field.to_owned(), Some(value.to_owned()))])).await?;
    Ok(())
}

fn happened(kind: &str, on: Date) -> NewMilestone {
    NewMilestone {
        kind: kind.to_owned(),
        effective_on: on.to_string(),
        batch: if matches!(kind, "attracted" | "signed") { on.year().to_string() } else { String::new() },
        ..NewMilestone::default()
    }
}

fn paper(kind: &str, on: Date) -> NewEvidence {
    NewEvidence { kind: kind.to_owned(), dated_on: on.to_string(), reference: "Sample paper, made up".to_owned() }
}
