//! A batch of relations from a file.

use std::collections::HashSet;

use platform::audit::Entry;
use platform::import::{Mode, Outcome, Row, Undone};
use platform::{Cx, Id, Problems, Result};

use super::import::read;
use super::{kept_as, relate, role_of, store};
use crate::written::{self, Written};
use crate::{EDIT, enterprise};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    cx.require(&EDIT)?;
    let mut names = Written::default();
    let mut here: HashSet<(Id, Id, &'static str)> = HashSet::new();
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let mut problems = Problems::default();
        let given = read(row);
        let brief = names.find(cx, &mut problems, "enterprise", &row.text("enterprise")).await?;
        let other = names.find(cx, &mut problems, "other", &row.text("other")).await?;
        let checked = given.checked(&mut problems);
        if let (Some(brief), Some(other)) = (&brief, &other) {
            problems.require(brief.id != other.id, "other", "problem-relation-self");
        }
        let (Some(brief), Some(other), true) = (brief, other, problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let (kind, outward) = kept_as(&checked.role);
        let mut ends = if outward { (brief.id, other.id) } else { (other.id, brief.id) };
        if matches!(kind, "partner" | "competitor") {
            ends = (ends.0.min(ends.1), ends.0.max(ends.1));
        }
        let (mine, theirs) = (enterprise::members(cx, brief.id).await?, enterprise::members(cx, other.id).await?);
        let known = store::between(cx, &mine, &theirs).await?;
        let same = known.iter().find(|kept| {
            role_of(&kept.kind, mine.contains(&kept.from_id)) == checked.role
                && (checked.valid_from.is_none() || kept.valid_from == checked.valid_from)
        });
        if let Some(kept) = same {
            outcomes.push(Outcome::Same(kept.id));
            continue;
        }
        if !here.insert((ends.0, ends.1, kind)) {
            outcomes.push(Outcome::Same(Id(0)));
            continue;
        }
        let mut given = given;
        given.other = other.id.to_string().into();
        let outcome = match mode {
            Mode::Check => Ok(Outcome::Created(Id(0))),
            Mode::Keep => relate(cx, brief.id, given).await.map(|made| Outcome::Created(made.id)),
        };
        outcomes.push(written::outcome(outcome, "other")?);
    }
    Ok(outcomes)
}

/// What an import related is taken back.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let note = written::reason(cx, cx.note.clone().as_deref());
    let mut gone: HashSet<Id> = HashSet::new();
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        // Both sides tell of one relation.
        let Some(id) = written::told_record(entry, "relation").filter(|id| gone.insert(*id)) else {
            answers.push(Undone::Nothing);
            continue;
        };
        let done = super::withdraw(cx, entry.subject_id, id, &note).await;
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}
