//! A batch of identifiers from a file.

use platform::audit::{Entry, Told};
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Id, Problems, Result};

use super::import::read;
use super::{Checked, GivenIdentifier, Identifier, add, correct, of, refuse_second_holder, to_edit, withdraw};
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
        let checked = written::checked(&mut problems, read(row).checked(cx, None))?;
        let (Some(brief), Some(new), true) = (brief, checked, problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let key = (new.identifier.scheme.clone(), new.identifier.register.clone(), new.identifier.value.clone());
        let said = Said::in_row(row, &["enterprise", "scheme", "register", "value"]);
        // First whether the file gave it to this enterprise, then whether to any.
        let marks = [(Some(brief.id), &key), (None, &key)];
        let marks = if is_ones_alone(&new) { &marks[..] } else { &marks[..1] };
        let outcome = match (seen.earlier(&marks[..1], row, &said), seen.earlier(&marks[1..], row, &said)) {
            (Some(Earlier::Same(_)), _) => Ok(Outcome::Same(Id(0))),
            (Some(Earlier::Otherwise(earlier)), _)
            | (None, Some(Earlier::Same(earlier) | Earlier::Otherwise(earlier))) => {
                Ok(Outcome::Refused(said_otherwise("value", earlier)))
            }
            (None, None) => one(cx, brief.id, row, &new, mode).await,
        };
        if outcome.as_ref().is_ok_and(|outcome| !matches!(outcome, Outcome::Refused(_))) {
            seen.note(marks, row, said);
        }
        outcomes.push(written::outcome(outcome, "value")?);
    }
    Ok(outcomes)
}

/// A number given up may be another's beside it, but an LEI is never given twice.
fn is_ones_alone(new: &Checked) -> bool {
    new.valid_to.is_none() || new.identifier.scheme == "lei"
}

/// A row about an identifier that is there already says on which days it holds; any other is new.
async fn one(cx: &mut Cx, enterprise: Id, row: &Row, new: &Checked, mode: Mode) -> Result<Outcome> {
    let (held, _) = enterprise::to_edit(cx, enterprise).await?;
    let known = of(cx, enterprise).await?;
    let wanted = &new.identifier;
    let same = |kept: &&Identifier| {
        kept.scheme == wanted.scheme && kept.register == wanted.register && kept.value == wanted.value
    };
    let Some(before) = known.iter().find(same) else {
        refuse_second_holder(cx, &held, None, new).await?;
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
        let given = GivenIdentifier { valid_from, valid_to, ..given(before) };
        correct(cx, enterprise, before.id, before.version, given).await?;
    }
    Ok(Outcome::Changed(before.id, changes))
}

fn given(held: &Identifier) -> GivenIdentifier {
    GivenIdentifier {
        scheme: held.scheme.clone(),
        register: held.register.clone(),
        value: held.value.clone(),
        valid_from: held.valid_from.map(|day| day.to_string()).into(),
        valid_to: held.valid_to.map(|day| day.to_string()).into(),
    }
}

/// What an import gave is taken back; days that it changed go back, unless somebody changed them since.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let note = written::reason(cx, cx.note.clone().as_deref());
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(id) = written::told_record(entry, "identifier") else {
            answers.push(Undone::Nothing);
            continue;
        };
        let done = match entry.verb.as_str() {
            "enterprise.identified" => withdraw(cx, entry.subject_id, id, &note).await,
            _ => put_back(cx, entry, id).await,
        };
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}

async fn put_back(cx: &mut Cx, entry: &Entry, id: Id) -> Result<()> {
    let (_, _, held) = to_edit(cx, entry.subject_id, id).await?;
    let given = GivenIdentifier {
        valid_from: written::put_back(entry, "valid_from", &Told::day(held.valid_from))?.into(),
        valid_to: written::put_back(entry, "valid_to", &Told::day(held.valid_to))?.into(),
        ..given(&held)
    };
    correct(cx, entry.subject_id, id, held.version, given).await.map(drop)
}
