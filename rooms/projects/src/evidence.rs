//! Evidence: the papers that prove a stage, an operation or a realised figure, each with a
//! reference and perhaps its file.

use std::path::PathBuf;

use platform::audit::read::LOOKED;
use platform::audit::{Change, Told};
use platform::files::{Kind, Quarantined};
use platform::room::{Check, Findings};
use platform::{Cx, Error, Id, Problems, Result};

use crate::gate::Paper;
use crate::{EDIT, milestone, project};

pub mod api;
pub mod pages;
mod store;

pub use store::Evidence;
pub(crate) use store::{New, insert_many, of, standing_of, withdraw_many};

/// Kinds any one of which shows that operation has commenced. "Commenced operation" is asked for
/// by the legislature and nowhere defined; these are the pack's proposal.
pub const COMMENCEMENT: [&str; 4] = ["business-registration", "lease-start", "first-payroll", "first-licence"];

/// The largest file of a paper.
pub const MOST_BYTES: u64 = 25 << 20;

/// What is given to record a paper.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewEvidence {
    /// A code of the list `evidence`.
    pub kind: String,
    pub dated_on: String,
    /// A reference, an address, or where the paper is kept; the file's name when left out.
    pub reference: String,
}

/// Records a paper.
pub async fn add(cx: &mut Cx, project: Id, new: NewEvidence) -> Result<()> {
    attach(cx, project, new, None).await
}

/// Records a paper with its file, which leaves quarantine only when the paper meets the rules.
pub async fn attach(cx: &mut Cx, project: Id, new: NewEvidence, file: Option<Quarantined>) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let known = cx.house.codes.has("evidence", &new.kind);
    problems.require(known, "kind", "problem-evidence-kind");
    let dated = problems.required_day("dated_on", Some(&new.dated_on));
    if let Some(day) = dated {
        problems.require(day <= cx.today(), "dated_on", "problem-day-future");
    }
    let mut reference = problems.line("reference", &new.reference, 500);
    if let (true, Some(file)) = (reference.is_empty(), &file) {
        reference.clone_from(&file.name);
    }
    problems.require(!reference.is_empty(), "reference", "problem-evidence-reference");
    problems.into_result()?;
    let Some(dated) = dated else { return Err(Error::invalid("dated_on", "problem-day-missing")) };
    let mut paper = New { id: cx.new_id(), project: held.id, kind: new.kind, dated, reference, file: None };
    if let Some(file) = file {
        let (name, kind) = (file.name.clone(), file.kind);
        let house = cx.house.clone();
        paper.file = Some((name, kind, house.files.release(file).await?));
    }
    insert_many(cx, &granted, std::slice::from_ref(&paper)).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(paper.told(&held.title).version(version));
    Ok(())
}

impl From<Evidence> for Paper {
    fn from(held: Evidence) -> Self {
        Self { id: held.id, kind: held.kind, on: held.dated_on, reference: held.reference }
    }
}

impl New {
    pub(crate) fn told(&self, title: &str) -> Change {
        let digest = self.file.as_ref().map(|(_, _, received)| received.digest.as_str());
        Change::new("evidence.added", "project", self.project)
            .label(title)
            .set("evidence_kind", Told::listed("evidence", Some(&self.kind)))
            .set("dated_on", Told::Day(self.dated))
            .set("evidence_reference", Told::Text(self.reference.clone()))
            .set("evidence_file", Told::text(self.file.as_ref().map(|(name, ..)| name.as_str())))
            .set("evidence_digest", Told::text(digest))
    }
}

/// Takes a paper back, with the reason; it stays to be seen. The last paper that shows an
/// operation can't be taken back while the operation counts as commenced.
pub async fn withdraw(cx: &mut Cx, project: Id, id: Id, reason: &str) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let papers = of(cx, held.id).await?;
    let paper = papers.iter().find(|paper| paper.id == id).ok_or(Error::NotFound)?;
    if COMMENCEMENT.contains(&paper.kind.as_str()) {
        let commenced = milestone::day_of(&milestone::all(cx, held.id).await?, "commenced");
        let shown = commenced.is_none_or(|day| {
            papers
                .iter()
                .any(|other| other.id != id && COMMENCEMENT.contains(&other.kind.as_str()) && other.dated_on <= day)
        });
        if !shown {
            return Err(Error::conflict("evidence-shows-commencement"));
        }
    }
    withdraw_many(cx, &granted, &[id], &reason).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(
        Change::new("evidence.withdrawn", "project", held.id)
            .label(held.title)
            .version(version)
            .note(Some(reason))
            .field("evidence_kind", Told::listed("evidence", Some(&paper.kind)), Told::Nothing)
            .field("evidence_reference", Told::Text(paper.reference.clone()), Told::Nothing),
    );
    Ok(())
}

/// A paper's file, for somebody who may see the project: its name, kind and place. Each opening
/// is noted among those who have looked, whatever the tier.
pub async fn open(cx: &mut Cx, project: Id, id: Id) -> Result<(String, Kind, PathBuf)> {
    let held = project::get(cx, project).await?;
    let paper = all(cx, held.id).await?.into_iter().find(|paper| paper.id == id).ok_or(Error::NotFound)?;
    let (Some(name), Some(digest), Some(kind)) =
        (paper.file_name, paper.file_digest, paper.file_type.as_deref().and_then(Kind::from_code))
    else {
        return Err(Error::NotFound);
    };
    let place = cx.house.files.place(&digest);
    if !place.is_file() {
        return Err(Error::conflict("file-gone"));
    }
    // A reader's transaction writes nothing: the look goes in one of its own, before the first byte.
    let mut writer = Cx::new(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    writer.record(
        Change::new(LOOKED, "project", held.id)
            .label(held.title)
            .set("evidence_kind", Told::listed("evidence", Some(&paper.kind)))
            .set("evidence_file", Told::Text(name.clone())),
    );
    writer.commit().await?;
    Ok((name, kind, place))
}

/// Every paper of a project, withdrawn ones included; the caller has made sure of its reach.
pub async fn all(cx: &mut Cx, project: Id) -> Result<Vec<Evidence>> {
    store::all(cx, project).await
}

/// Every file that a paper names is where it was put, whole.
pub fn check() -> Check {
    Check {
        name: "evidence",
        run: |cx| {
            Box::pin(async move {
                let files = cx.house.files.clone();
                let (mut looked_at, mut wrong, mut after) = (0, Vec::new(), Id(0));
                loop {
                    let page = store::files(cx, after, 500).await?;
                    let Some((last, ..)) = page.last() else { break };
                    after = *last;
                    for (id, digest, size) in page {
                        looked_at += 1;
                        let held = std::fs::metadata(files.place(&digest)).map(|file| file.len() as i64).ok();
                        if held != Some(size) {
                            wrong.push(format!("the file of paper {id} is not where it was put, or not whole"));
                        }
                    }
                }
                Ok(Findings { looked_at, wrong })
            })
        },
    }
}
