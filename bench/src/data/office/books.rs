//! Projects with their stages and milestones, and the ledger.

use super::super::store::Rows;
use super::{
    ACTIVITIES, At, Cell, DAY, Dice, IdMaker, LAST, MEASURES, Names, Office, Project, Result, STAGES, Told, day, fold,
    instant, store, tier_told,
};

/// Two enterprises share this many relations: people and projects.
pub const RELATED_PEOPLE: u64 = 8_000;
pub const RELATED_PROJECTS: u64 = 2_000;

/// The tables that a project writes to.
struct Shelf {
    projects: Rows,
    words: Rows,
    facts: Rows,
    passages: Rows,
    evidence: Rows,
    milestones: Rows,
}

impl Shelf {
    fn all(&mut self) -> [&mut Rows; 6] {
        [
            &mut self.projects,
            &mut self.words,
            &mut self.facts,
            &mut self.passages,
            &mut self.evidence,
            &mut self.milestones,
        ]
    }
}

struct Keys {
    projects: IdMaker,
    parts: IdMaker,
    entries: IdMaker,
}

impl Office<'_> {
    fn shelf(&self) -> Shelf {
        Shelf {
            projects: self.rows(store::PROJECTS),
            words: self.rows(store::PROJECT_KEYS),
            facts: self.rows(store::FACTS),
            passages: self.rows(store::PASSAGES),
            evidence: self.rows(store::EVIDENCE),
            milestones: self.rows(store::MILESTONES),
        }
    }

    /// Projects, each of an enterprise that was registered before it started.
    pub async fn projects(&mut self) -> Result<()> {
        let keys = Keys { projects: IdMaker::new(24), parts: IdMaker::new(25), entries: IdMaker::new(26) };
        let mut shelf = self.shelf();
        for place in 0..self.size.projects {
            let mut dice = Dice::of(self.seed, 3, place);
            let known = (place * self.size.enterprises / self.size.projects).max(1);
            let enterprise = usize::try_from(dice.roll(known))?;
            let at = instant(place, self.size.projects);
            self.project(&keys, at, enterprise, &mut dice, &mut shelf, false)?;
            self.pour(&mut shelf.all(), false).await?;
            self.pour_audit(false).await?;
        }
        self.pour(&mut shelf.all(), true).await
    }

    pub(super) async fn pour_audit(&mut self, all: bool) -> Result<()> {
        let mut audit = std::mem::replace(&mut self.audit, Rows::new(store::AUDIT, self.postgres));
        self.pour(&mut [&mut audit], all).await?;
        self.audit = audit;
        Ok(())
    }

    fn project(
        &mut self,
        keys: &Keys,
        at: i64,
        enterprise: usize,
        dice: &mut Dice,
        shelf: &mut Shelf,
        plain: bool,
    ) -> Result<()> {
        let id = keys.projects.make(At(at));
        let reference = self.reference("P", at);
        let by = self.officer(dice);
        let held = &self.enterprises[enterprise];
        let (enterprise_id, tier, team, owner) = (held.id, held.tier, held.team, held.owner);
        let stage = if plain { "identified" } else { *dice.weighed(&STAGES) };
        let reached = STAGES.iter().position(|(name, _)| *name == stage).unwrap_or_default();
        let status = match (dice.roll(20), reached) {
            (0, ..=5) => "withdrawn",
            (0, _) => "exited",
            (1 | 2, _) => "delayed",
            (3, ..=6) => "dormant",
            _ => "active",
        };
        let mut version = 1_i64;
        let title = format!("{} in Hong Kong", Names::of(dice).en);
        let nature = (reached > 1 || dice.chance(50)).then(|| *dice.pick(&["foothold", "foothold", "expansion"]));
        let hq = dice.chance(70).then(|| *dice.pick(&["regional", "global", "none"]));
        let started = day(at);
        let subject = |version| ("project", id, title.as_str(), Some(version));
        let fields = vec![
            ("enterprise", Told::Nothing, Told::record("enterprise", enterprise_id, &reference)),
            ("tier", Told::Nothing, tier_told(tier)),
        ];
        let entry = keys.entries.make(At(at));
        self.record(entry, at, by, "project.started", subject(1), fields)?;
        let fact = |shelf: &mut Shelf, field: &str, value: &str, effective, recorded: i64| {
            shelf.facts.add(&[
                keys.parts.make(At(at)).into(),
                id.into(),
                field.into(),
                value.into(),
                Cell::Day(effective),
                recorded.into(),
            ]);
        };
        let beginning = time::macros::date!(1900 - 01 - 01);
        if reached > 0 {
            // One or two passages: straight to where it is, or by way of the stage half-way there.
            let half = reached / 2;
            let steps: Vec<usize> = if half > 0 { vec![half, reached] } else { vec![reached] };
            fact(shelf, "stage", "identified", beginning, at);
            let mut from = "identified";
            for (step, into) in steps.into_iter().enumerate() {
                let (into, moved) = (STAGES[into].0, (at + DAY * 30 * (step as i64 + 1)).min(LAST));
                version += 1;
                shelf.passages.add(&[
                    keys.parts.make(At(at)).into(),
                    id.into(),
                    from.into(),
                    into.into(),
                    day(moved).into(),
                    moved.into(),
                    by.0.into(),
                    by.1.into(),
                    "".into(),
                ]);
                fact(shelf, "stage", into, day(moved), moved);
                let change = Told::code(into, "stage");
                let fields = vec![("stage", Told::code(from, "stage"), change)];
                let entry = keys.entries.make(At(at));
                self.record(entry, moved, by, "project.moved", subject(version), fields)?;
                from = into;
            }
        }
        if status != "active" {
            version += 1;
            fact(shelf, "status", "active", beginning, at);
            fact(shelf, "status", status, day((at + DAY * 90).min(LAST)), (at + DAY * 90).min(LAST));
        }
        let mut happened = |kind: &str, after: i64, batch: Option<&str>| {
            let on = (at + DAY * after).min(LAST);
            shelf.milestones.add(&[
                keys.parts.make(At(at)).into(),
                id.into(),
                kind.into(),
                day(on).into(),
                batch.into(),
                on.into(),
                by.1.into(),
            ]);
        };
        if reached >= 1 {
            happened("met", 14, None);
        }
        if reached >= 4 {
            let batch = format!("batch {}", dice.roll(8) + 1);
            happened("attracted", 50, Some(&batch));
            if reached >= 5 {
                happened("signed", 60, Some(&batch));
            }
        }
        if reached >= 7 {
            happened("commenced", 70, None);
            shelf.evidence.add(&[
                keys.parts.make(At(at)).into(),
                id.into(),
                "business-registration".into(),
                day(at).into(),
                "made up".into(),
                at.into(),
                by.1.into(),
            ]);
        }
        for key in fold::search_keys(&title).into_iter().chain(fold::query_key(&reference)) {
            shelf.words.add(&[(&key).into(), id.into()]);
        }
        shelf.projects.add(&[
            id.into(),
            (&reference).into(),
            enterprise_id.into(),
            (&title).into(),
            (&fold::sort_key(&title)).into(),
            nature.into(),
            hq.into(),
            (*dice.pick(&ACTIVITIES)).into(),
            stage.into(),
            status.into(),
            (reached >= 3).then_some(started).into(),
            (reached >= 3).then_some("Fits.").into(),
            tier.into(),
            team.into(),
            owner.into(),
            version.into(),
            at.into(),
            (at + DAY * 90).min(LAST).into(),
        ]);
        self.projects.push(Project { id, title, stands: [0; 6] });
        Ok(())
    }

    /// Ledger entries in the order they were recorded. Nothing ever stands below nought.
    pub async fn ledger(&mut self) -> Result<()> {
        let (ids, entries) = (IdMaker::new(27), IdMaker::new(28));
        let mut rows = self.rows(store::LEDGER);
        let weights: Vec<(usize, u64)> = MEASURES.iter().enumerate().map(|(place, one)| (place, one.2)).collect();
        for place in 0..self.size.entries {
            let mut dice = Dice::of(self.seed, 4, place);
            let started = (place * self.size.projects / self.size.entries).max(1);
            let which = usize::try_from(dice.roll(started))?;
            let at = instant(place, self.size.entries) + 1;
            let on = day(at - DAY * i64::try_from(dice.roll(400))?);
            let measure = *dice.weighed(&weights);
            let (name, unit, _) = MEASURES[measure];
            let whole = 1 + i64::try_from(dice.roll(match measure {
                0 => 5_000,
                5 => 50_000,
                _ => 200,
            }))?;
            // Investment in cents by the hundred thousand dollars, floor area in hundredths.
            let step = [10_000_000, 1, 1, 1, 1, 100][measure];
            let by = self.officer(&mut dice);
            let stands = &mut self.projects[which].stands[measure];
            let (kind, amount) = match dice.roll(20) {
                0 if *stands >= whole * step => ("withdrawn", -whole * step),
                1..=3 if *stands > 0 => {
                    ("revised", if dice.chance(60) { whole * step } else { -(whole * step).min(*stands) })
                }
                4..=8 => ("realised", whole * step),
                _ => ("pledged", whole * step),
            };
            if kind != "realised" {
                *stands += amount;
            }
            let base = amount;
            let entered = if kind == "revised" { *stands } else { amount.abs() };
            let id = ids.make(At(at));
            let project = &self.projects[which];
            rows.add(&[
                id.into(),
                project.id.into(),
                name.into(),
                kind.into(),
                entered.into(),
                unit.into(),
                base.into(),
                "coming_years".into(),
                on.into(),
                at.into(),
                by.0.into(),
                by.1.into(),
                (kind == "realised").then_some("yearly return").into(),
            ]);
            let fields = vec![
                ("measure", Told::Nothing, Told::code(name, "measure")),
                ("kind", Told::Nothing, Told::code(kind, "kind")),
                ("amount", Told::Nothing, Told::Amount { amount: entered, unit: unit.to_owned() }),
                ("effective_on", Told::Nothing, Told::Day(on)),
            ];
            let (subject, title) = (project.id, project.title.clone());
            let entry = entries.make(At(at));
            self.record(entry, at, by, "ledger.entered", ("project", subject, &title, None), fields)?;
            self.pour(&mut [&mut rows], false).await?;
            self.pour_audit(false).await?;
        }
        self.pour(&mut [&mut rows], true).await?;
        self.pour_audit(true).await
    }

    /// The first two enterprises share ten thousand relations, so that merging them can be measured.
    pub async fn related(&mut self) -> Result<(i64, i64)> {
        let people = IdMaker::new(29);
        let keys = Keys { projects: IdMaker::new(30), parts: IdMaker::new(31), entries: IdMaker::new(19) };
        let (mut folk, mut shelf) = (self.people_shelf(), self.shelf());
        for place in 0..RELATED_PEOPLE {
            let mut dice = Dice::of(self.seed, 5, place);
            self.person(&people, LAST, usize::try_from(place % 2)?, &mut dice, &mut folk)?;
        }
        for place in 0..RELATED_PROJECTS {
            let mut dice = Dice::of(self.seed, 6, place);
            self.project(&keys, LAST, usize::try_from(place % 2)?, &mut dice, &mut shelf, true)?;
        }
        self.pour(&mut folk.all(), true).await?;
        self.pour(&mut shelf.all(), true).await?;
        self.pour_audit(true).await?;
        Ok((self.enterprises[0].id.0, self.enterprises[1].id.0))
    }
}
