//! Import of the public register of partners, as its sources give it.
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
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone};
use platform::permission::{Permission, Tier};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::gate::{self, NewPassage};
use crate::project::{self, Project};
use crate::{EDIT, clearance, evidence, milestone};

pub mod export;
mod store;

pub struct Partners;

const fn column(field: &'static str, key: &'static str, aliases: &'static [&'static str], required: bool) -> Column {
    Column { field, key, aliases, required }
}

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
    problems.require(!source.is_empty(), "source", "problem-source-missing");
    let status = line(&mut problems, "status", 200);
    problems.require(!status.is_empty(), "status", "problem-status-unknown");
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
    let kept = [english.as_str(), &industry, &written, &row.text("planned_operations"), &status]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" · ");
    Ok(Partner { names, industries, origin, signed_on, attracted, description: kept, source })
}

async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
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
        let known = found.first().map(|brief| brief.id);
        if let Some(id) = known {
            let members = enterprise::members(cx, id).await?;
            if store::has_register_project(cx, &members, partner.signed_on).await? {
                outcomes.push(Outcome::Same(id));
                continue;
            }
        }
        let key = partner.names.iter().map(|name| name.name.to_lowercase()).collect::<Vec<_>>().join("|");
        if here.insert(key, ()).is_some() {
            outcomes.push(Outcome::Same(Id(0)));
            continue;
        }
        let id = if mode == Mode::Keep { keep(cx, partner, known).await? } else { Id(0) };
        outcomes.push(Outcome::Created(id));
    }
    Ok(outcomes)
}

/// Registers the enterprise if need be, its project, and what the register says happened.
async fn keep(cx: &mut Cx, partner: Partner, known: Option<Id>) -> Result<Id> {
    let granted = cx.require(&EDIT)?;
    let title = partner.names.first().map(|name| name.name.clone()).unwrap_or_default();
    let enterprise = match known {
        Some(id) => id,
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
            enterprise::register(cx, new).await?.id
        }
    };
    let mut project = Project::blank(cx, enterprise);
    project.reference = project::next_reference(cx, 1).await?.remove(0);
    project.title = title;
    project.description = Some(partner.description);
    project.tier = Tier::Public.rank();
    let mut change = Change::new("project.started", "project", project.id)
        .label(&project.title)
        .version(1)
        .note(Some(partner.source.clone()));
    // Whoever signed, or is told to have decided to come, is agreed with.
    let agreed_on = partner.signed_on.or(partner.attracted.as_ref().map(|(day, _)| *day));
    if agreed_on.is_some() {
        "agreed".clone_into(&mut project.stage);
        // The public register tells of a signing or a decision and little else; what the gates would
        // ask for is named as unmet, and the source stands as the reason.
        project.override_reason = Some(partner.source.clone());
    }
    if let Some((day, _)) = &partner.attracted {
        change = change.set("attracted_on", Told::Day(*day));
    }
    if let Some(day) = partner.signed_on {
        change = change.set("signed_on", Told::Day(day));
    }
    project::insert_many(cx, &granted, std::slice::from_ref(&project)).await?;
    if let Some(day) = agreed_on {
        let before = Project { stage: "identified".to_owned(), ..project.clone() };
        let judged = gate::judged(cx, &before, "agreed", day).await?;
        let unmet: Vec<String> = judged.missing.into_iter().map(|problem| problem.field).collect();
        let passage = NewPassage {
            project: project.id,
            from: before.stage.clone(),
            into: "agreed".to_owned(),
            on: day,
            note: Some(partner.source.clone()),
            unmet,
            grounds: judged.grounds,
        };
        gate::insert_passages(cx, &[passage]).await?;
        project::insert_stages(cx, &[(&project, day)]).await?;
    }
    let mut milestones = Vec::new();
    let mut happened = |kind: &str, day: Date, batch: Option<String>| {
        let (id, kind) = (cx.new_id(), kind.to_owned());
        milestones.push(milestone::New { id, project: project.id, kind, day, batch, corrects: None });
    };
    if let Some((day, batch)) = partner.attracted {
        happened("attracted", day, batch);
    }
    if let Some(day) = partner.signed_on {
        happened("signed", day, Some(day.to_string()));
    }
    milestone::insert_many(cx, &granted, &milestones).await?;
    if let Some(day) = partner.signed_on {
        let (kind, reference) = ("press-release".to_owned(), partner.source.clone());
        let paper = evidence::New { id: cx.new_id(), project: project.id, kind, dated: day, reference, file: None };
        evidence::insert_many(cx, &granted, &[paper]).await?;
        // What the press named at the ceremony may be named since.
        let cleared = clearance::New { project: project.id, day, source: partner.source, named_as: None };
        clearance::insert_many(cx, &granted, &[cleared]).await?;
    }
    cx.record(change);
    Ok(project.id)
}

/// Takes projects and enterprises of an import back, latest first.
async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let mut answers = Vec::with_capacity(entries.len());
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    for entry in entries {
        answers.push(match entry.verb.as_str() {
            "project.started" => {
                let project = project::get(cx, entry.subject_id).await?;
                if project.retired_at.is_some() {
                    Undone::Nothing
                } else if project.version > 1 {
                    Undone::KeptTouched
                } else {
                    project::retire(cx, entry.subject_id, Some(&note)).await?;
                    Undone::Reversed
                }
            }
            "enterprise.registered" => {
                let held = enterprise::get(cx, entry.subject_id).await?;
                if held.retired_at.is_some() {
                    Undone::Nothing
                } else if held.version > 1 {
                    Undone::KeptTouched
                } else {
                    enterprise::retire(cx, entry.subject_id, &note).await?;
                    Undone::Reversed
                }
            }
            _ => Undone::Nothing,
        });
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
