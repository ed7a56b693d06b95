//! What a row of a file asks for, in our own words.

use std::collections::{BTreeMap, HashMap};

use platform::import::Row;
use platform::permission::Relation;
use platform::sequences::is_reference;
use platform::text::{Language, Texts};
use platform::{Cx, Error, Problems, Result};
use time::Date;

use crate::batch::{self, Batch};
use crate::project::SUBJECT;
use crate::project::import::ELSEWHERE;
use crate::stage;

/// What a row asks for; what it leaves out stays as it is.
pub(super) struct Asked {
    pub reference: Option<String>,
    /// The reference by which another office knows it, where its file brings it.
    pub elsewhere: Option<String>,
    pub enterprise: Option<String>,
    pub fields: BTreeMap<String, Option<String>>,
    /// Kind, day and batch.
    pub milestones: Vec<(&'static str, Date, Option<String>)>,
    /// Kind, day and reference of each.
    pub papers: Vec<(String, Date, String)>,
    pub stage: Option<(String, Option<Date>)>,
    pub status: Option<(String, Option<Date>)>,
    pub cleared: Option<(Date, String)>,
    pub note: String,
}

impl Asked {
    /// Who is to hold the project; nobody where the row leaves it as it is.
    pub(super) fn holders(&self) -> Relation {
        let id = |field: &str| self.fields.get(field).cloned().flatten().and_then(|text| text.parse().ok());
        Relation { team: id("team_id"), owner: id("owner_id") }
    }
}

/// The short lists that rows name things from.
pub(super) struct Lists {
    owners: HashMap<String, String>,
    teams: HashMap<String, String>,
    batches: Vec<Batch>,
    stages: HashMap<String, &'static str>,
    statuses: HashMap<String, &'static str>,
}

impl Lists {
    pub(super) async fn load(cx: &mut Cx, rows: &[Row]) -> Result<Self> {
        let by_name = |options: Vec<(platform::Id, String)>| {
            options
                .into_iter()
                .flat_map(|(id, name)| [(id.to_string(), id.to_string()), (name.to_lowercase(), id.to_string())])
                .collect()
        };
        let mut owners: HashMap<String, String> = by_name(identity::account::everybody(cx).await?);
        for row in rows {
            let written = row.text("owner").to_lowercase();
            if written.contains('@') && !owners.contains_key(&written) {
                let found = identity::account::by_email(cx, &written).await?;
                owners.insert(written, found.map(|id| id.to_string()).unwrap_or_default());
            }
        }
        let texts = &cx.house.texts;
        let (stages, statuses) =
            (words(texts, &stage::STAGES, stage::stage_key), words(texts, &stage::STATUSES, stage::status_key));
        let teams = by_name(identity::team::named(cx).await?);
        Ok(Self { owners, teams, batches: batch::all(cx, false).await?, stages, statuses })
    }
}

/// Codes of a closed list by what people write: the code, or its name in any language.
fn words(texts: &Texts, codes: &[&'static str], key: fn(&str) -> String) -> HashMap<String, &'static str> {
    let mut words = HashMap::new();
    for code in codes {
        words.insert((*code).to_owned(), *code);
        for language in Language::ALL {
            words.insert(texts.get(language, &key(code), &[]).to_lowercase(), *code);
        }
    }
    words
}

pub(super) fn read(cx: &Cx, row: &Row, lists: &Lists) -> Result<Asked, Problems> {
    let mut problems = Problems::default();
    let mut given: BTreeMap<String, Option<String>> = BTreeMap::new();
    for field in ["title", "nature", "hq_kind", "description", "assessment", "proposal_received_on"] {
        if let Some(text) = row.optional(field) {
            given.insert(field.to_owned(), Some(text));
        }
    }
    if let Some(text) = row.get("tier") {
        given.insert("tier".to_owned(), Some(text.to_lowercase()));
    }
    if let Some(text) = row.get("activities") {
        let codes: Vec<String> = text
            .split([',', ';', '/'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| cx.house.codes.written("activity", part).map_or_else(|| part.to_owned(), |code| code.code))
            .collect();
        given.insert("activities".to_owned(), Some(codes.join(",")));
    }
    for (column, field, known) in [("owner", "owner_id", &lists.owners), ("team", "team_id", &lists.teams)] {
        let Some(text) = row.get(column) else { continue };
        match known.get(&text.to_lowercase()).filter(|id| !id.is_empty()) {
            Some(id) => drop(given.insert(field.to_owned(), Some(id.clone()))),
            None => problems.add_with(column, "problem-code-unknown", &[("value", shortened(text))]),
        }
    }
    given.extend(row.own().fields(cx, SUBJECT, &mut problems));
    let fields = match super::fields(cx, &given) {
        Ok(fields) => fields,
        Err(found) => {
            problems.extend(found);
            BTreeMap::new()
        }
    };
    let elsewhere = problems.line(ELSEWHERE, &row.text(ELSEWHERE), 100);
    // What looks like a reference of ours is another's in the file of another office.
    if let Some(text) = row.get("enterprise").filter(|text| row.has(ELSEWHERE) && is_reference("E", text)) {
        problems.add_with("enterprise", "project-enterprise-elsewhere", &[("value", shortened(text))]);
    }
    let asked = Asked {
        elsewhere: Some(elsewhere).filter(|text| !text.is_empty()),
        reference: row.get("reference").map(str::to_uppercase),
        enterprise: row.optional("enterprise"),
        fields,
        milestones: milestones(row, lists, &mut problems),
        papers: papers(cx, row, &mut problems),
        stage: coded(row, "stage", &lists.stages, "problem-stage-unknown", &mut problems),
        status: coded(row, "status", &lists.statuses, "problem-status-unknown", &mut problems),
        cleared: cleared(cx, row, &mut problems),
        note: problems.line("note", &row.text("note"), 500),
    };
    if problems.is_empty() { Ok(asked) } else { Err(problems) }
}

fn milestones(row: &Row, lists: &Lists, problems: &mut Problems) -> Vec<(&'static str, Date, Option<String>)> {
    const COLUMNS: [(&str, &str, &str); 4] = [
        ("met", "met_on", ""),
        ("attracted", "attracted_on", "attraction_batch"),
        ("signed", "signed_on", "ceremony"),
        ("commenced", "commenced_on", ""),
    ];
    let mut found = Vec::new();
    for (kind, column, batch_column) in COLUMNS {
        let mut day = problems.day(column, row.get(column));
        let batch = match row.get(batch_column).map(|text| batch::named_among(&lists.batches, text, kind, day)) {
            Some(Ok(named)) => {
                // What is signed at a ceremony bears its day.
                if kind == "signed" && row.get(column).is_none() {
                    day = named.held_on;
                }
                Some(named.code)
            }
            Some(Err(Error::Invalid(more))) => {
                super::renamed(problems, &more, &[("batch", batch_column), ("effective_on", column)]);
                None
            }
            _ => None,
        };
        match day {
            Some(day) => found.push((kind, day, batch)),
            None if batch.is_some() && row.get(column).is_none() => problems.add(column, "problem-day-missing"),
            None => {}
        }
    }
    found
}

/// The papers of a row: one, or as many as the three cells have lines.
fn papers(cx: &Cx, row: &Row, problems: &mut Problems) -> Vec<(String, Date, String)> {
    const COLUMNS: [&str; 3] = ["evidence_kind", "evidence_on", "evidence_reference"];
    let cells = COLUMNS.map(|column| row.get(column).map(|cell| cell.lines().map(str::trim).collect::<Vec<_>>()));
    let cells = cells.map(Option::unwrap_or_default);
    let most = cells.iter().map(Vec::len).max().unwrap_or_default();
    if most > 1 && cells.iter().any(|lines| lines.len() != most) {
        problems.add_with("evidence_kind", "project-papers-lines", &[("lines", most.to_string())]);
        return Vec::new();
    }
    let line =
        |cell: &[&str], place: usize| cell.get(place).copied().filter(|text| !text.is_empty()).map(str::to_owned);
    let [kinds, days, references] = &cells;
    let given = |place: usize| [line(kinds, place), line(days, place), line(references, place)];
    (0..most).filter_map(|place| paper(cx, given(place), problems)).collect()
}

fn paper(
    cx: &Cx,
    [kind, day, reference]: [Option<String>; 3],
    problems: &mut Problems,
) -> Option<(String, Date, String)> {
    let reference = problems.line("evidence_reference", &reference.unwrap_or_default(), 500);
    let kind = kind.and_then(|text| cx.house.codes.written("evidence", &text)).map(|code| code.code);
    problems.require(kind.is_some(), "evidence_kind", "problem-evidence-kind");
    problems.require(!reference.is_empty(), "evidence_reference", "problem-evidence-reference");
    let day = problems.required_day("evidence_on", day.as_deref());
    if let Some(day) = day {
        problems.require(day <= cx.today(), "evidence_on", "problem-day-future");
    }
    Some((kind?, day?, reference))
}

fn coded(
    row: &Row,
    column: &'static str,
    words: &HashMap<String, &'static str>,
    unknown: &'static str,
    problems: &mut Problems,
) -> Option<(String, Option<Date>)> {
    let day_column = format!("{column}_on");
    let day = problems.day(&day_column, row.get(&day_column));
    let text = row.get(column)?;
    match words.get(&text.to_lowercase()) {
        Some(code) => Some(((*code).to_owned(), day)),
        None => {
            problems.add(column, unknown);
            None
        }
    }
}

fn cleared(cx: &Cx, row: &Row, problems: &mut Problems) -> Option<(Date, String)> {
    row.get("cleared_on")?;
    let day = problems.day("cleared_on", row.get("cleared_on"));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "cleared_on", "problem-day-future");
    }
    let source = problems.line("clearance_source", &row.text("clearance_source"), 500);
    problems.require(!source.is_empty(), "clearance_source", "problem-source-missing");
    Some((day?, source))
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
