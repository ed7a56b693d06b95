//! What is held: projects with their ledger, milestones and dated facts, and the enterprises they are of.

use std::collections::{HashMap, HashSet};

use platform::Id;
use platform::audit::read::Heads;
use platform::clock::At;
use platform::permission::{Relation, Tier, Visible};

use super::store::{Belongings, EnterpriseRow, FactRow, More, ProjectRow};
use crate::figures::AsOf;

#[derive(Default)]
pub(super) struct Held {
    pub seen: Heads,
    pub words: Words,
    pub projects: Vec<Project>,
    project_places: HashMap<Id, usize>,
    pub enterprises: Vec<Enterprise>,
    enterprise_places: HashMap<Id, usize>,
}

/// Codes and names by number; 0 is nothing stated.
#[derive(Default)]
pub(super) struct Words {
    names: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

impl Words {
    fn of(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return 0;
        }
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        self.names.push(name.into());
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.known.insert(name.into(), number);
        number
    }

    pub fn name(&self, number: u32) -> &str {
        if number == 0 { "" } else { self.names.get(number as usize - 1).map_or("", |name| name) }
    }

    /// The number of a name, if anything is called so.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.known.get(name).copied()
    }
}

pub(super) struct Project {
    pub enterprise: usize,
    tier: Tier,
    relation: Relation,
    id: Id,
    pub created_at: i64,
    /// From when until when it was retired; `i64::MAX` while it is.
    retired: Box<[(i64, i64)]>,
    pub entries: Box<[Entry]>,
    /// In the order they were entered.
    pub milestones: Box<[Milestone]>,
    /// Day in effect, instant recorded and until when it stood, of each gate passed.
    pub passages: Box<[(i32, i64, i64)]>,
    pub stated: Stated<{ super::store::PROJECT_FIELDS.len() }>,
}

impl Project {
    /// Not retired as known at an instant.
    fn lives(&self, known_at: i64) -> bool {
        !self.retired.iter().any(|(since, until)| *since <= known_at && *until > known_at)
    }
}

pub(super) struct Enterprise {
    id: Id,
    /// Who stood for it: since when, until when, and its place. Itself where nobody did.
    stood: Box<[(i64, i64, usize)]>,
    tier: Tier,
    relation: Relation,
    pub stated: Stated<{ super::store::ENTERPRISE_FIELDS.len() }>,
    /// Its own, and those of the enterprises it stood for while it did.
    pub industries: Box<[Industry]>,
}

/// The fields of a record that figures are cut by: what stands, and the dated facts.
#[derive(Clone)]
pub(super) struct Stated<const FIELDS: usize> {
    plain: [u32; FIELDS],
    /// The latest last.
    facts: Box<[Fact]>,
}

impl<const FIELDS: usize> Default for Stated<FIELDS> {
    fn default() -> Self {
        Self { plain: [0; FIELDS], facts: Box::default() }
    }
}

impl<const FIELDS: usize> Stated<FIELDS> {
    /// The latest fact of the field by then, else what stands.
    pub fn value(&self, field: usize, as_at: i32, known_at: i64) -> u32 {
        let stands = |fact: &&Fact| {
            usize::from(fact.field) == field && fact.effective_on <= as_at && fact.recorded_at <= known_at
        };
        self.facts.iter().rev().find(stands).map_or(self.plain[field], |fact| fact.value)
    }
}

#[derive(Clone)]
struct Fact {
    recorded_at: i64,
    effective_on: i32,
    value: u32,
    field: u8,
}

pub(super) struct Industry {
    pub recorded_at: i64,
    /// `i64::MAX` while it stands.
    pub superseded_at: i64,
    pub valid_from: i32,
    /// `i32::MAX` while it has no end.
    pub valid_to: i32,
    pub industry: u32,
}

pub(super) struct Entry {
    pub amount: i64,
    pub recorded_at: i64,
    pub effective_on: i32,
    pub measure: u8,
    pub realised: bool,
}

pub(super) struct Milestone {
    pub recorded_at: i64,
    /// `i64::MAX` while it stands.
    pub superseded_at: i64,
    pub effective_on: i32,
    pub batch: u32,
    pub kind: u8,
}

impl Milestone {
    pub fn stands(&self, as_at: i32, known_at: i64) -> bool {
        self.effective_on <= as_at && self.recorded_at <= known_at && self.superseded_at > known_at
    }
}

/// A day and an instant as what is held compares them.
pub(super) fn as_numbers(as_of: AsOf) -> (i32, i64) {
    (as_of.as_at.to_julian_day(), as_of.known_at.0)
}

/// The records on which the reader is named.
#[derive(Default)]
pub(super) struct Named {
    pub projects: HashSet<Id>,
    pub enterprises: HashSet<Id>,
}

/// How far the reader sees.
pub(super) struct Reach {
    pub visible: Visible,
    pub named: Named,
}

impl Reach {
    fn covers(&self, tier: Tier, relation: Relation, named: impl Fn() -> bool) -> bool {
        self.visible.reaches(tier, relation, false) || self.visible.reaches(tier, relation, named())
    }
}

/// What has been read and is taken in at once.
#[derive(Default)]
pub(super) struct News {
    pub projects: Vec<(Vec<ProjectRow>, Belongings)>,
    pub enterprises: Vec<EnterpriseRow>,
    /// What is said of these enterprises.
    pub more: More,
}

impl Held {
    pub fn as_of(seen: Heads) -> Self {
        Self { seen, ..Self::default() }
    }

    fn sorted_out(&self, ids: impl IntoIterator<Item = Id>, known: bool) -> Vec<Id> {
        let mut ids: Vec<Id> = ids.into_iter().filter(|id| self.enterprise_places.contains_key(id) == known).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Those of these enterprises that are held, each once.
    pub fn known(&self, ids: impl IntoIterator<Item = Id>) -> Vec<Id> {
        self.sorted_out(ids, true)
    }

    pub fn unknown(&self, ids: impl IntoIterator<Item = Id>) -> Vec<Id> {
        self.sorted_out(ids, false)
    }

    pub fn take_news(&mut self, news: News) {
        // A survivor has a place before what points at it is told.
        for row in &news.enterprises {
            self.place_of(row.id);
        }
        let mut facts: HashMap<Id, Vec<FactRow>> = HashMap::new();
        for fact in news.more.facts {
            facts.entry(fact.subject_id).or_default().push(fact);
        }
        let mut industries: HashMap<Id, Vec<Industry>> = HashMap::new();
        for row in news.more.industries {
            let end = |at: Option<At>| at.map_or(i64::MAX, |at| at.0);
            let industry = Industry {
                recorded_at: row.recorded_at.0.max(row.since_at.map_or(i64::MIN, |at| at.0)),
                superseded_at: end(row.superseded_at).min(end(row.until_at)),
                valid_from: row.valid_from.to_julian_day(),
                valid_to: row.valid_to.map_or(i32::MAX, |day| day.to_julian_day()),
                industry: self.words.of(&row.industry),
            };
            industries.entry(row.survivor_id).or_default().push(industry);
        }
        let mut standings: HashMap<Id, Vec<(i64, i64, usize)>> = HashMap::new();
        for row in news.more.standings {
            let until = row.until_at.map_or(i64::MAX, |at| at.0);
            let standing = (row.since_at.0, until, self.place_of(row.survivor_id));
            standings.entry(row.enterprise_id).or_default().push(standing);
        }
        for row in news.enterprises {
            let place = self.place_of(row.id);
            let plain = [row.reporting_origin.as_deref(), row.value_chain.as_deref()]
                .map(|value| self.words.of(value.unwrap_or_default()));
            self.enterprises[place] = Enterprise {
                id: row.id,
                stood: standings.remove(&row.id).unwrap_or_default().into_boxed_slice(),
                tier: Tier::from_rank(row.tier),
                relation: Relation { team: row.team_id, owner: row.owner_id },
                stated: Stated { plain, facts: self.facts(facts.remove(&row.id).unwrap_or_default()) },
                industries: industries.remove(&row.id).unwrap_or_default().into_boxed_slice(),
            };
        }
        for (rows, belongings) in news.projects {
            self.take_projects(rows, belongings);
        }
    }

    fn facts(&mut self, rows: Vec<FactRow>) -> Box<[Fact]> {
        let fact = |row: FactRow| Fact {
            recorded_at: row.recorded_at.0,
            effective_on: row.effective_on.to_julian_day(),
            value: self.words.of(row.value.as_deref().unwrap_or_default()),
            field: u8::try_from(row.field).unwrap_or(u8::MAX),
        };
        rows.into_iter().map(fact).collect()
    }

    fn place_of(&mut self, id: Id) -> usize {
        if let Some(place) = self.enterprise_places.get(&id) {
            return *place;
        }
        let place = self.enterprises.len();
        self.enterprise_places.insert(id, place);
        // Named until it is told: what is not known yet is shown to nobody.
        self.enterprises.push(Enterprise {
            id,
            stood: Box::default(),
            tier: Tier::Named,
            relation: Relation::default(),
            stated: Stated::default(),
            industries: Box::default(),
        });
        place
    }

    fn take_projects(&mut self, rows: Vec<ProjectRow>, belongings: Belongings) {
        let mut entries = belongings.entries.into_iter().peekable();
        let mut milestones = belongings.milestones.into_iter().peekable();
        let mut passages = belongings.passages.into_iter().peekable();
        let mut retirements = belongings.retirements.into_iter().peekable();
        let mut facts = belongings.facts.into_iter().peekable();
        for row in rows {
            let mut own = Vec::new();
            while let Some(entry) = entries.next_if(|entry| entry.project_id <= row.id) {
                own.push(Entry {
                    amount: entry.base_amount,
                    recorded_at: entry.recorded_at.0,
                    effective_on: entry.effective_on.to_julian_day(),
                    measure: u8::try_from(entry.measure).unwrap_or_default(),
                    realised: entry.realised == 1,
                });
            }
            let mut happened = Vec::new();
            while let Some(milestone) = milestones.next_if(|milestone| milestone.project_id <= row.id) {
                happened.push(Milestone {
                    recorded_at: milestone.recorded_at.0,
                    superseded_at: milestone.superseded_at.map_or(i64::MAX, |at| at.0),
                    effective_on: milestone.effective_on.to_julian_day(),
                    batch: self.words.of(milestone.batch.as_deref().unwrap_or_default()),
                    kind: u8::try_from(milestone.kind).unwrap_or_default(),
                });
            }
            let mut passed = Vec::new();
            while let Some(passage) = passages.next_if(|passage| passage.project_id <= row.id) {
                let until = passage.superseded_at.map_or(i64::MAX, |at| at.0);
                passed.push((passage.effective_on.to_julian_day(), passage.passed_at.0, until));
            }
            let mut retired = Vec::new();
            while let Some(one) = retirements.next_if(|one| one.project_id <= row.id) {
                retired.push((one.since_at.0, one.until_at.map_or(i64::MAX, |at| at.0)));
            }
            let mut said = Vec::new();
            while let Some(fact) = facts.next_if(|fact| fact.subject_id <= row.id) {
                said.push(fact);
            }
            let fields = [&row.nature, &row.hq_kind, &row.stage, &row.status, &row.activities];
            let plain = fields.map(|value| self.words.of(value.as_deref().unwrap_or_default()));
            let project = Project {
                enterprise: self.place_of(row.enterprise_id),
                tier: Tier::from_rank(row.tier),
                relation: Relation { team: row.team_id, owner: row.owner_id },
                id: row.id,
                created_at: row.created_at.0,
                retired: retired.into_boxed_slice(),
                entries: own.into_boxed_slice(),
                milestones: happened.into_boxed_slice(),
                passages: passed.into_boxed_slice(),
                stated: Stated { plain, facts: self.facts(said) },
            };
            match self.project_places.get(&row.id) {
                Some(place) => self.projects[*place] = project,
                None => {
                    self.project_places.insert(row.id, self.projects.len());
                    self.projects.push(project);
                }
            }
        }
    }

    /// The place of the enterprise that stood for another as known at an instant.
    fn stood_for(&self, place: usize, known_at: i64) -> usize {
        let stood = self.enterprises[place].stood.iter();
        let mut stood = stood.filter(|(since, until, _)| *since <= known_at && *until > known_at);
        stood.next().map_or(place, |(.., survivor)| *survivor)
    }

    /// The projects not retired then and within reach, each with the place of the enterprise that stood for its own.
    pub fn within<'a>(&'a self, known_at: i64, reach: &'a Reach) -> impl Iterator<Item = (&'a Project, usize)> {
        let seen: Vec<bool> = self
            .enterprises
            .iter()
            .map(|one| reach.covers(one.tier, one.relation, || reach.named.enterprises.contains(&one.id)))
            .collect();
        self.projects.iter().filter(move |project| project.lives(known_at)).filter_map(move |project| {
            let survivor = self.stood_for(project.enterprise, known_at);
            let named = || reach.named.projects.contains(&project.id);
            (seen[survivor] && reach.covers(project.tier, project.relation, named)).then_some((project, survivor))
        })
    }
}
