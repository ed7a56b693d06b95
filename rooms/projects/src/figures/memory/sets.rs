//! The sets of cells of a cross-tab, found in what is held: the same as [`crate::figures::cut`]'s statement answers.

use std::collections::HashMap;

use platform::clock::At;
use time::Date;

use super::held::{Enterprise, Held, Project, Reach, as_numbers};
use super::store::{ENTERPRISE_FIELDS, PROJECT_FIELDS};
use super::totals::Plan;
use crate::figures::cut::{BETWEEN_CELLS, BETWEEN_VALUES, Cut, own_batch};
use crate::figures::{Counted, Dimension};
use crate::milestone;

pub(super) struct Question {
    pub cut: Cut,
    /// Those cut by, then those limited by.
    pub dimensions: Vec<Dimension>,
    /// The codes of the list of industries in force on the day.
    pub industries: Vec<String>,
    /// The end of the day in the office's zone.
    pub day_ends: At,
}

/// One cell: a number for each dimension.
type Cell = [u32; Dimension::ALL.len()];

/// What is counted of one project, in one year and batch if asked.
struct Part {
    year: u32,
    batch: u32,
    amount: i64,
}

struct Counting<'a> {
    held: &'a Held,
    question: &'a Question,
    as_at: i32,
    known_at: i64,
    plan: Plan,
    years: bool,
    batches: bool,
    /// Whether a code's number is of the list in force.
    in_force: Vec<u32>,
    /// Several industries together, by number.
    several: Vec<Vec<u32>>,
    several_known: HashMap<Vec<u32>, u32>,
}

impl Held {
    pub(super) fn sets(&self, question: &Question, reach: &Reach) -> Vec<(String, i64)> {
        let (as_at, known_at) = as_numbers(question.cut.as_of);
        let measure = question.cut.measure;
        let mut in_force: Vec<u32> = question.industries.iter().filter_map(|code| self.words.number(code)).collect();
        in_force.sort_unstable();
        let mut counting = Counting {
            held: self,
            question,
            as_at,
            known_at,
            plan: Plan::of(&[measure]),
            years: question.dimensions.contains(&Dimension::Year) && !matches!(measure.counted(), Counted::Projects),
            batches: question.dimensions.contains(&Dimension::Batch) && own_batch(measure),
            in_force,
            several: vec![Vec::new()],
            several_known: HashMap::from([(Vec::new(), 0)]),
        };
        let mut parts = Vec::new();
        let mut by_cell: HashMap<Cell, i64> = HashMap::new();
        let mut by_enterprise: HashMap<usize, Vec<Cell>> = HashMap::new();
        for (project, survivor) in self.within(known_at, reach) {
            counting.parts(project, &mut parts);
            if parts.is_empty() {
                continue;
            }
            let mut cell = counting.cell(project, &self.enterprises[survivor]);
            for part in &parts {
                counting.place(&mut cell, part, project);
                if measure.counts_enterprises() {
                    by_enterprise.entry(survivor).or_default().push(cell);
                } else {
                    *by_cell.entry(cell).or_default() += part.amount;
                }
            }
        }
        let mut sets: HashMap<Vec<Cell>, i64> = HashMap::new();
        for mut cells in by_enterprise.into_values() {
            cells.sort_unstable();
            cells.dedup();
            *sets.entry(cells).or_default() += 1;
        }
        sets.extend(by_cell.into_iter().map(|(cell, amount)| (vec![cell], amount)));
        sets.into_iter().map(|(cells, count)| (counting.words(&cells), count)).collect()
    }
}

impl Counting<'_> {
    /// What is counted of a project; nothing if it doesn't count.
    fn parts(&self, project: &Project, parts: &mut Vec<Part>) {
        parts.clear();
        match self.question.cut.measure.counted() {
            Counted::Projects => {
                if self.begun(project) {
                    parts.push(Part { year: 0, batch: 0, amount: 1 });
                }
            }
            Counted::Milestone(_) => {
                for one in project.milestones.iter().filter(|one| one.stands(self.as_at, self.known_at)) {
                    if self.plan.milestones[usize::from(one.kind)].is_empty() {
                        continue;
                    }
                    let year = self.year(one.effective_on);
                    let batch = if self.batches { one.batch } else { 0 };
                    if !parts.iter().any(|part| part.year == year && part.batch == batch) {
                        parts.push(Part { year, batch, amount: 1 });
                    }
                }
            }
            Counted::Pledges(_) | Counted::Outcomes(_) => {
                for entry in &project.entries {
                    if entry.effective_on > self.as_at
                        || entry.recorded_at > self.known_at
                        || self.plan.entries[usize::from(entry.realised)][usize::from(entry.measure)].is_empty()
                    {
                        continue;
                    }
                    let year = self.year(entry.effective_on);
                    match parts.iter_mut().find(|part| part.year == year) {
                        Some(part) => part.amount += entry.amount,
                        None => parts.push(Part { year, batch: 0, amount: entry.amount }),
                    }
                }
            }
        }
    }

    fn year(&self, day: i32) -> u32 {
        if !self.years {
            return 0;
        }
        Date::from_julian_day(day).ok().and_then(|day| u32::try_from(day.year()).ok()).unwrap_or_default()
    }

    /// As `begun` of the statement: entered by then, or something of that day or earlier says so.
    fn begun(&self, project: &Project) -> bool {
        project.created_at <= self.known_at
            && (project.created_at <= self.question.day_ends.0
                || project.milestones.iter().any(|one| one.stands(self.as_at, self.known_at))
                || project
                    .passages
                    .iter()
                    .any(|(day, at, until)| *day <= self.as_at && *at <= self.known_at && *until > self.known_at))
    }

    /// The cell of a project, but for what its parts differ in.
    fn cell(&mut self, project: &Project, survivor: &Enterprise) -> Cell {
        let mut cell = Cell::default();
        for (place, dimension) in self.question.dimensions.iter().enumerate() {
            cell[place] = match dimension {
                Dimension::Nature => self.stated(project, "nature"),
                Dimension::HqKind => self.stated(project, "hq_kind"),
                Dimension::Stage => self.stated(project, "stage"),
                Dimension::Status => self.stated(project, "status"),
                Dimension::Activity => self.stated(project, "activities"),
                Dimension::ReportingOrigin => self.told(survivor, "reporting_origin"),
                Dimension::ValueChain => self.told(survivor, "value_chain"),
                Dimension::Industry => self.industries(survivor),
                Dimension::Batch | Dimension::Year => 0,
            };
        }
        cell
    }

    fn stated(&self, project: &Project, field: &str) -> u32 {
        let field = PROJECT_FIELDS.iter().position(|known| *known == field);
        field.map_or(0, |field| project.stated.value(field, self.as_at, self.known_at))
    }

    fn told(&self, enterprise: &Enterprise, field: &str) -> u32 {
        let field = ENTERPRISE_FIELDS.iter().position(|known| *known == field);
        field.map_or(0, |field| enterprise.stated.value(field, self.as_at, self.known_at))
    }

    fn industries(&mut self, survivor: &Enterprise) -> u32 {
        let mut codes: Vec<u32> = survivor
            .industries
            .iter()
            .filter(|one| one.valid_from <= self.as_at && one.valid_to >= self.as_at)
            .filter(|one| one.recorded_at <= self.known_at && one.superseded_at > self.known_at)
            .map(|one| one.industry)
            .filter(|code| self.in_force.binary_search(code).is_ok())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        if let Some(known) = self.several_known.get(&codes) {
            return *known;
        }
        let number = u32::try_from(self.several.len()).unwrap_or(u32::MAX);
        self.several.push(codes.clone());
        self.several_known.insert(codes, number);
        number
    }

    /// Puts the year and the batch of a part into the cell.
    fn place(&self, cell: &mut Cell, part: &Part, project: &Project) {
        for (place, dimension) in self.question.dimensions.iter().enumerate() {
            match dimension {
                Dimension::Year => cell[place] = part.year,
                Dimension::Batch if self.batches => cell[place] = part.batch,
                Dimension::Batch => cell[place] = self.attraction(project),
                _ => {}
            }
        }
    }

    /// The batch of the project's first attraction.
    fn attraction(&self, project: &Project) -> u32 {
        let attracted = milestone::KINDS.iter().position(|kind| *kind == "attracted");
        let attractions = project
            .milestones
            .iter()
            .filter(|one| Some(usize::from(one.kind)) == attracted && one.stands(self.as_at, self.known_at));
        attractions.min_by_key(|one| one.effective_on).map_or(0, |one| one.batch)
    }

    /// Cells as the statement writes them.
    fn words(&self, cells: &[Cell]) -> String {
        let mut words = String::new();
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                words.push(BETWEEN_CELLS);
            }
            for (place, dimension) in self.question.dimensions.iter().enumerate() {
                if place > 0 {
                    words.push(BETWEEN_VALUES);
                }
                match dimension {
                    Dimension::Year if cell[place] == 0 => {}
                    Dimension::Year => words.push_str(&format!("{:04}", cell[place])),
                    Dimension::Industry => {
                        let codes = self.several.get(cell[place] as usize).map_or(&[][..], Vec::as_slice);
                        let names: Vec<&str> = codes.iter().map(|code| self.held.words.name(*code)).collect();
                        words.push_str(&names.join(","));
                    }
                    _ => words.push_str(self.held.words.name(cell[place])),
                }
            }
        }
        words
    }
}
