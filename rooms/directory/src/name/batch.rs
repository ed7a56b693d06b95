//! A batch of names from a file.

use platform::audit::{Entry, Told};
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Error, Id, Problems, Result};

use super::import::read;
use super::{Checked, GivenName, Name, add, correct, of, to_edit, withdraw};
use crate::written::{self, Written};
use crate::{EDIT, enterprise};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    cx.require(&EDIT)?;
    let mut names = Written::default();
    let seen = cx.kept.get::<Seen>();
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let mut problems = Problems::default();
        let brief = names.find(cx, &mut problems, "enterprise", &row.text("enterprise")).await?;
        let checked = written::checked(&mut problems, read(row).checked(None))?;
        let (Some(brief), Some(new), true) = (brief, checked, problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let marks = [(brief.id, new.name.clone(), new.language.clone(), new.kind.clone())];
        let said = Said::in_row(row, &["enterprise", "name", "language", "kind"]);
        outcomes.push(match seen.earlier(&marks, row, &said) {
            Some(Earlier::Same(_)) => Outcome::Same(Id(0)),
            Some(Earlier::Otherwise(earlier)) => Outcome::Refused(said_otherwise("name", earlier)),
            None => {
                let outcome = written::outcome(one(cx, brief.id, row, &new, mode).await, "enterprise")?;
                if !matches!(outcome, Outcome::Refused(_)) {
                    seen.note(&marks, row, said);
                }
                outcome
            }
        });
    }
    Ok(outcomes)
}

/// A row about a name that is there already says on which days it holds; any other is new.
async fn one(cx: &mut Cx, enterprise: Id, row: &Row, new: &Checked, mode: Mode) -> Result<Outcome> {
    enterprise::to_edit(cx, enterprise).await?;
    let known = of(cx, enterprise).await?;
    let same = |name: &&Name| {
        name.name == new.name && name.language == new.language && (row.get("kind").is_none() || name.kind == new.kind)
    };
    let Some(before) = known.iter().find(same) else {
        return Ok(match mode {
            Mode::Check => Outcome::Created(Id(0)),
            Mode::Keep => Outcome::Created(add(cx, enterprise, read(row)).await?.id),
        });
    };
    let (changes, valid_from, valid_to) =
        written::days(row, (before.valid_from, before.valid_to), (new.valid_from, new.valid_to))?;
    if changes.is_empty() {
        return Ok(Outcome::Same(before.id));
    }
    if mode == Mode::Keep {
        correct(cx, enterprise, before.id, before.version, GivenName { valid_from, valid_to, ..given(before) }).await?;
    }
    Ok(Outcome::Changed(before.id, changes))
}

fn given(name: &Name) -> GivenName {
    GivenName {
        name: name.name.clone(),
        language: name.language.clone(),
        kind: name.kind.clone(),
        valid_from: name.valid_from.map(|day| day.to_string()).into(),
        valid_to: name.valid_to.map(|day| day.to_string()).into(),
    }
}

/// What an import named is taken back; days that it changed go back, unless somebody changed them since.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let note = written::reason(cx, cx.note.clone().as_deref());
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(id) = written::told_record(entry, "name") else {
            answers.push(Undone::Nothing);
            continue;
        };
        let done = match entry.verb.as_str() {
            "enterprise.named" => withdraw(cx, entry.subject_id, id, &note).await,
            _ => put_back(cx, entry, id).await,
        };
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}

async fn put_back(cx: &mut Cx, entry: &Entry, id: Id) -> Result<(), Error> {
    let (_, _, name) = to_edit(cx, entry.subject_id, id).await?;
    let given = GivenName {
        valid_from: written::put_back(entry, "valid_from", &Told::day(name.valid_from))?.into(),
        valid_to: written::put_back(entry, "valid_to", &Told::day(name.valid_to))?.into(),
        ..given(&name)
    };
    correct(cx, entry.subject_id, id, name.version, given).await.map(drop)
}
