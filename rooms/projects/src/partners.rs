//! Import of the public register of partners, as its sources give it, by whoever may clear names and go
//! past gates: the register tells of a signing and little else.
//!
//! A row names an enterprise in one or two scripts and, where it signed, the ceremony's day. Rows
//! whose signing is not confirmed become projects without milestones: they are not counted as
//! signed, and say so.

use std::collections::HashMap;

use directory::enterprise::import::industries_written;
use directory::enterprise::{self, NewEnterprise, NewName};
use futures::future::BoxFuture;
use platform::audit::{Change, Entry, Told};
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::{Permission, Relation, Tier};
use platform::{Cx, Error, Id, Problem, Problems, Result};
use time::Date;

use crate::batch::{self, Batch};
use crate::clearance::{self, CLEAR};
use crate::gate::{self, Gate, Happened, Held, NewPassage, Paper};
use crate::project::{self, Move, Project};
use crate::{EDIT, OVERRIDE, evidence, milestone};

pub mod export;
mod store;

pub struct Partners;

impl ImportKind for Partners {
    fn name(&self) -> &'static str {
        "partners"
    }

    fn key(&self) -> &'static str {
        "import-partners"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("batch_date", "partner-batch-date", &["ceremony"], true),
            column("name_en", "enterprise-name-en", &[], true),
            column("name_zh", "partner-name-zh", &["中文名稱"], true),
            column("industry", "enterprise-industry", &[], false),
            column("origin", "enterprise-reporting-origin", &[], false),
            column("planned_operations", "partner-planned-operations", &[], false),
            column("source", "partner-source", &[], true),
            column("status", "project-status", &[], true),
            column("attracted_on", "partner-attracted-on", &[], false),
            column("attracted_batch", "partner-attracted-batch", &[], false),
        ];
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(undo(cx, entries))
    }
}

/// A row that meets the rules.
struct Partner {
    names: Vec<NewName>,
    industries: Vec<String>,
    origin: Option<String>,
    signed_on: Option<Date>,
    /// The day by which it is known to have been attracted, and in which batch, where a source says so:
    /// it may be another than that of the signing.
    attracted: Option<(Date, Option<String>)>,
    description: String,
    source: String,
}

/// What the register says of a partner, and how the export writes it. Only the first is a signing.
const STATUSES: [&str; 5] = [
    "signed",
    "attracted",
    "attracted; batch not found",
    "attracted; signing with OASES not confirmed",
    "facilitated; partner status not confirmed",
];

/// A name without what a source says of it in brackets at the end: `Nuance Pharma (English name
/// approximate)`. An abbreviation in capitals, such as `(GSK)`, stays.
fn plain_name(written: &str) -> &str {
    match written.rfind(" (") {
        Some(place)
            if written.ends_with(')') && written[place..].contains(' ') && written[place + 2..].contains(' ') =>
        {
            written[..place].trim()
        }
        _ => written,
    }
}

fn read(cx: &Cx, row: &Row) -> Result<Partner> {
    let mut problems = Problems::default();
    let line = |problems: &mut Problems, field: &str, most: usize| problems.line(field, &row.text(field), most);
    let (english, chinese) = (line(&mut problems, "name_en", 300), line(&mut problems, "name_zh", 300));
    problems.require(!english.is_empty() || !chinese.is_empty(), "name_en", "problem-name-missing");
    let source = line(&mut problems, "source", 1_000);
    let written = row.text("status");
    let status = STATUSES.into_iter().find(|status| status.eq_ignore_ascii_case(&written)).unwrap_or_default();
    if status.is_empty() {
        problems.add_with("status", "partner-status-unknown", &[("known", STATUSES.join(" · "))]);
    }
    let day = problems.day("batch_date", row.get("batch_date"));
    if status == "signed" && row.get("batch_date").is_none() {
        problems.add("batch_date", "problem-day-missing");
    }
    if let Some(day) = day {
        problems.require(day <= cx.today(), "batch_date", "problem-day-future");
    }
    let written = row.text("origin");
    let origin = match written.split('(').next().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match cx.house.codes.written("origin", text) {
            Some(code) => Some(code.code),
            None => {
                problems.add_with("origin", "problem-code-unknown", &[("value", written.clone())]);
                None
            }
        },
    };
    let industry = row.text("industry");
    let industries = match industries_written(cx, &industry) {
        Ok(codes) => codes,
        Err(part) => {
            problems.add_with("industry", "problem-code-unknown", &[("value", part)]);
            Vec::new()
        }
    };
    let signed_on = day.filter(|_| status == "signed");
    let attracted_on = problems.day("attracted_on", row.get("attracted_on"));
    if let Some(day) = attracted_on {
        problems.require(day <= cx.today(), "attracted_on", "problem-day-future");
        // Whoever signed was attracted.
        problems.require(signed_on.is_none_or(|signed| day <= signed), "attracted_on", "partner-attracted-after");
    }
    let attracted_batch = line(&mut problems, "attracted_batch", 100);
    let unplaced = !attracted_batch.is_empty() && attracted_on.is_none();
    problems.require(!unplaced, "attracted_on", "problem-day-missing");
    problems.into_result()?;
    // A ceremony's code is its day unless the office says otherwise; the public calls what is signed
    // there a batch too.
    let attracted = attracted_on
        .map(|day| (day, Some(attracted_batch).filter(|batch| !batch.is_empty())))
        .or_else(|| signed_on.map(|day| (day, Some(day.to_string()))));
    let name = |text: &str, language: &str| NewName {
        name: text.to_owned(),
        language: language.to_owned(),
        kind: "trading".to_owned(),
    };
    let mut names = Vec::new();
    if !english.is_empty() {
        names.push(name(plain_name(&english), "en"));
    }
    if !chinese.is_empty() {
        names.push(name(&chinese, "zh-Hant"));
    }
    // What the row says in words is kept in words, the source's own doubts included.
    let kept = [english.as_str(), &industry, &written, &row.text("planned_operations"), status]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" · ");
    Ok(Partner { names, industries, origin, signed_on, attracted, description: kept, source })
}

async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let (gates, batches) = (gate::all(cx).await?, batch::all(cx, true).await?);
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut here: HashMap<String, ()> = HashMap::new();
    for row in rows {
        let partner = match read(cx, row) {
            Ok(partner) => partner,
            Err(Error::Invalid(problems)) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
            Err(other) => return Err(other),
        };
        let mut found: Vec<enterprise::Brief> = Vec::new();
        for name in &partner.names {
            for brief in enterprise::named(cx, &name.name).await? {
                if !found.iter().any(|known| known.id == brief.id) {
                    found.push(brief);
                }
            }
        }
        if found.len() > 1 {
            let likely = found.into_iter().map(|brief| (brief.id, brief.name, "resembles-name")).collect();
            outcomes.push(Outcome::Resembles(likely));
            continue;
        }
        let known = found.into_iter().next();
        if let Some(brief) = &known {
            let members = enterprise::members(cx, brief.id).await?;
            if store::has_register_project(cx, &members, partner.signed_on).await? {
                outcomes.push(Outcome::Same(brief.id));
                continue;
            }
            // A second signing needs a reason, which the register has none of.
            let signed =
                if partner.signed_on.is_some() { milestone::signings(cx, &[brief.id]).await? } else { Vec::new() };
            if let Some(signing) = signed.first() {
                let mut problems = Problems::default();
                problems.add_with("batch_date", "partner-signed-elsewhere", &[("day", signing.on.to_string())]);
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
        }
        let key = partner.names.iter().map(|name| name.name.to_lowercase()).collect::<Vec<_>>().join("|");
        if here.insert(key, ()).is_some() {
            outcomes.push(Outcome::Same(Id(0)));
            continue;
        }
        // What is held already stands by the source it has; what comes in new needs one.
        if partner.source.is_empty() {
            let mut problems = Problems::default();
            problems.add("source", "problem-source-missing");
            outcomes.push(Outcome::Refused(problems));
            continue;
        }
        match Listed::make(cx, &partner, known.as_ref(), &gates, &batches) {
            Ok(listed) => {
                let id = if mode == Mode::Keep { listed.keep(cx, partner, known).await? } else { Id(0) };
                outcomes.push(Outcome::Created(id));
            }
            Err(Error::Invalid(problems)) => outcomes.push(Outcome::Refused(problems)),
            Err(other) => return Err(other),
        }
    }
    Ok(outcomes)
}

/// The project that a row makes, and what the register says happened to it.
struct Listed {
    project: Project,
    milestones: Vec<milestone::New>,
    paper: Option<evidence::New>,
    cleared: Option<clearance::New>,
    /// The day it came to stand where it stands, and how it came there.
    passage: Option<(Date, NewPassage)>,
    changes: Vec<Change>,
}

impl Listed {
    /// A signing clears the name, and what signed or decided to come is agreed with: whoever brings it in
    /// may do both, for the register tells little of what the gates ask, and goes past them by its source.
    fn make(
        cx: &Cx,
        partner: &Partner,
        enterprise: Option<&enterprise::Brief>,
        gates: &[Gate],
        batches: &[Batch],
    ) -> Result<Self> {
        let mut problems = Problems::default();
        let mut project = Project::blank(cx, enterprise.map_or(Id(0), |brief| brief.id));
        project.title = partner.names.first().map(|name| name.name.clone()).unwrap_or_default();
        project.description = Some(partner.description.clone());
        project.team_id = team(cx);
        // Before its name is cleared it is the office's alone, and never easier to see than its enterprise.
        let tier = if partner.signed_on.is_some() { Tier::Public } else { Tier::Office };
        project.tier = tier.max(enterprise.map_or(Tier::Public, |brief| brief.tier)).rank();
        let (id, source) = (project.id, partner.source.clone());
        let started = Change::new("project.started", "project", id)
            .label(&project.title)
            .version(1)
            .note(Some(source.clone()))
            .set("tier", Told::code(project.tier().code(), project.tier().key()));
        let (milestones, passage, changes) = (Vec::new(), None, vec![started]);
        let mut listed = Self { project, milestones, paper: None, cleared: None, passage, changes };
        let mut held = Held::default();
        if let Some(day) = partner.signed_on {
            let (kind, reference) = ("press-release".to_owned(), source.clone());
            let paper = evidence::New { id: cx.new_id(), project: id, kind, dated: day, reference, file: None };
            held.papers.push(Paper {
                id: paper.id,
                kind: paper.kind.clone(),
                on: day,
                reference: paper.reference.clone(),
            });
            listed.tell(paper.told(&listed.project.title));
            listed.paper = Some(paper);
        }
        let at = |day: Date| batches.iter().find(|batch| batch.kind == "ceremony" && batch.held_on == day);
        let signed = partner.signed_on.map(|day| {
            let listed = batches.iter().find(|batch| batch.code == day.to_string()).or_else(|| at(day));
            ("signed", day, Some(listed.map_or_else(|| day.to_string(), |batch| batch.code.clone())))
        });
        let attracted = partner.attracted.clone().map(|(day, batch)| ("attracted", day, batch));
        for (kind, day, batch) in attracted.into_iter().chain(signed) {
            if let Some(batch) = batches.iter().find(|known| Some(&known.code) == batch.as_ref()) {
                let mut found = Problems::default();
                batch.held_by(&mut found, kind, Some(day));
                project::renamed(&mut problems, &found, &[("effective_on", "batch_date")]);
            }
            let new =
                milestone::New { id: cx.new_id(), project: id, kind: kind.to_owned(), day, batch, corrects: None };
            held.milestones.push(Happened { id: new.id, kind: new.kind.clone(), on: day });
            listed.tell(new.told(&listed.project.title, None));
            listed.milestones.push(new);
        }
        if let Some(day) = partner.signed_on {
            // What the press named at the ceremony may be named since.
            problems.require(cx.may_on(&CLEAR, listed.project.relation()), "status", "partner-clears-name");
            let cleared = clearance::New { project: id, day, source: source.clone(), named_as: None };
            listed.tell(cleared.told(&listed.project.title));
            listed.cleared = Some(cleared);
        }
        // Whoever signed, or is told to have decided to come, is agreed with.
        let agreed_on = partner.signed_on.or(partner.attracted.as_ref().map(|(day, _)| *day));
        if let Some(on) = agreed_on {
            let judged = gate::judge(gates, &held, &listed.project, "agreed", on)?;
            let reason = format!("{}: {source}", cx.text("import-partners", &[]));
            if !judged.missing.is_empty() {
                if !cx.may_on(&OVERRIDE, listed.project.relation()) {
                    for Problem { key, .. } in &judged.missing {
                        problems.add("status", key);
                    }
                }
                listed.project.override_reason = Some(reason);
            }
            let unmet: Vec<String> = judged.missing.into_iter().map(|problem| problem.field).collect();
            let moved = Move { into: "agreed".to_owned(), on, note: String::new() };
            let (mut passage, mut change) = moved.told(&listed.project, &unmet, judged.grounds);
            passage.why.clone_from(&listed.project.override_reason);
            change = change.set("override_reason", Told::text(passage.why.as_deref()));
            listed.tell(change);
            listed.passage = Some((on, passage));
            moved.into.clone_into(&mut listed.project.stage);
        }
        problems.into_result()?;
        Ok(listed)
    }

    /// Notes a change that counts the project's version up.
    fn tell(&mut self, change: Change) {
        self.project.version += 1;
        self.changes.push(change.version(self.project.version));
    }

    /// Registers the enterprise if need be, and writes the project with all that came with it.
    async fn keep(mut self, cx: &mut Cx, partner: Partner, known: Option<enterprise::Brief>) -> Result<Id> {
        let (enterprise, name) = match known {
            Some(brief) => (brief.id, brief.name),
            None => {
                let new = NewEnterprise {
                    names: partner.names,
                    industries: partner.industries,
                    reporting_origin: Loose::from(partner.origin),
                    tier: Loose::from(Tier::Public.code()),
                    kind: Loose::from("group"),
                    distinct_from_resembling: true,
                    ..NewEnterprise::default()
                };
                let held = enterprise::register(cx, new).await?;
                (held.id, held.name)
            }
        };
        self.project.enterprise_id = enterprise;
        self.project.reference = project::next_reference(cx, 1).await?.remove(0);
        let (project, relation) = (&self.project, self.project.relation());
        let granted = cx.require_on(&EDIT, relation)?;
        project::insert_many(cx, &granted, std::slice::from_ref(project)).await?;
        identity::reader::keep_in_sight(cx, &granted, &project::reader::record(project)).await?;
        if let Some((day, passage)) = &self.passage {
            if !passage.unmet.is_empty() {
                cx.require_on(&OVERRIDE, relation)?;
            }
            gate::insert_passages(cx, std::slice::from_ref(passage)).await?;
            project::insert_stages(cx, &[(project, *day)]).await?;
        }
        milestone::insert_many(cx, &granted, &self.milestones).await?;
        evidence::insert_many(cx, &granted, self.paper.as_slice()).await?;
        if let Some(cleared) = &self.cleared {
            let granted = cx.require_on(&CLEAR, relation)?;
            clearance::insert_many(cx, &granted, std::slice::from_ref(cleared)).await?;
        }
        for (place, change) in self.changes.into_iter().enumerate() {
            let of = Told::record("enterprise", enterprise, &name);
            cx.record(if place == 0 { change.set("enterprise", of) } else { change });
        }
        Ok(self.project.id)
    }
}

/// The team that partners are brought in for: none for whoever may go past any gate, else the team for
/// whose projects alone they may.
fn team(cx: &Cx) -> Option<Id> {
    if cx.may_on(&OVERRIDE, Relation::default()) {
        return None;
    }
    let teams = cx.actor.iter().flat_map(|actor| &actor.teams).copied();
    let mut theirs = teams.filter(|team| cx.may_on(&OVERRIDE, Relation { team: Some(*team), owner: None }));
    theirs.next()
}

/// Takes projects and enterprises of an import back, latest first. An enterprise whose project stays
/// stays with it.
async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let mut answers = Vec::with_capacity(entries.len());
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    for run in entries.chunk_by(|one, next| one.subject_kind == next.subject_kind) {
        if run.iter().all(|entry| entry.subject_kind == "project") {
            answers.extend(project::take_back(cx, run).await?);
            continue;
        }
        for entry in run {
            answers.push(match entry.verb.as_str() {
                "enterprise.registered" => {
                    let held = enterprise::get(cx, entry.subject_id).await?;
                    if held.retired_at.is_some() {
                        Undone::Nothing
                    } else if held.version > 1 || project::standing_of(cx, &[held.id]).await? > 0 {
                        Undone::KeptTouched
                    } else {
                        enterprise::retire(cx, entry.subject_id, &note).await?;
                        Undone::Reversed
                    }
                }
                _ => Undone::Nothing,
            });
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_sources_remark_is_no_part_of_the_name() {
        assert_eq!(plain_name("Nuance Pharma (English name approximate)"), "Nuance Pharma");
        assert_eq!(plain_name("GlaxoSmithKline (GSK)"), "GlaxoSmithKline (GSK)");
        assert_eq!(plain_name("Polkadot (blockchain protocol project)"), "Polkadot");
        assert_eq!(plain_name("iFLYTEK (through Xunfei Healthcare)"), "iFLYTEK");
        assert_eq!(plain_name("Meituan"), "Meituan");
    }
}
