//! A batch of measurements from a file.

use std::collections::HashMap;

use platform::audit::{Entry, FieldChange, Told};
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Error, Id, Problems, Result};

use super::import::read;
use super::{Checked, Measurement, correct, record, store, told};
use crate::enterprise::Brief;
use crate::written::{self, Written};
use crate::{EDIT, enterprise};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    cx.require(&EDIT)?;
    let mut names = Written::default();
    let mut read_rows: Vec<(Option<(Brief, Checked)>, Problems)> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut problems = Problems::default();
        let brief = names.find(cx, &mut problems, "enterprise", &row.text("enterprise")).await?;
        let checked = match read(row).checked(cx, None) {
            Ok(checked) => Some(checked),
            Err(Error::Invalid(more)) => {
                problems.extend(more);
                None
            }
            Err(error) => return Err(error),
        };
        read_rows.push((brief.zip(checked), problems));
    }
    let held = standing(cx, &read_rows).await?;
    let seen = cx.kept.get::<Seen>();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (row, (good, problems)) in rows.iter().zip(read_rows) {
        let Some((brief, checked)) = good.filter(|_| problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let key = (brief.id, checked.measure.clone(), checked.year);
        let (marks, said) = ([&key], said(&checked));
        match seen.earlier(&marks, row, &said) {
            Some(Earlier::Same(_)) => {
                outcomes.push(Outcome::Same(Id(0)));
                continue;
            }
            Some(Earlier::Otherwise(earlier)) => {
                outcomes.push(Outcome::Refused(said_otherwise("year", earlier)));
                continue;
            }
            None => {}
        }
        let outcome = match held.get(&key) {
            None if mode == Mode::Check => Ok(Outcome::Created(Id(0))),
            None => record(cx, brief.id, read(row)).await.map(|made| Outcome::Created(made.id)),
            Some(before) => known(cx, &brief, before, &checked, row, mode).await,
        };
        let outcome = written::outcome(outcome, "enterprise")?;
        if !matches!(outcome, Outcome::Refused(_)) {
            seen.note(&marks, row, said);
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The figure as it was understood: one amount may be written in several ways.
fn said(checked: &Checked) -> Said {
    let amount = checked.amount.to_string();
    Said::these([("amount", amount.as_str()), ("unit", checked.unit.as_str()), ("source", checked.source.as_str())])
}

/// What stands of the enterprises that the rows name, by the records that stand for them.
async fn standing(
    cx: &mut Cx,
    rows: &[(Option<(Brief, Checked)>, Problems)],
) -> Result<HashMap<(Id, String, i64), Measurement>> {
    let mut ids: Vec<Id> = rows.iter().filter_map(|(good, _)| good.as_ref().map(|(brief, _)| brief.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    let members: HashMap<Id, Id> = enterprise::members_of(cx, &ids).await?.into_iter().collect();
    let all: Vec<Id> = members.keys().copied().collect();
    let mut held = store::standing_of(cx, &all).await?;
    // Where several records say it, what the survivor's own says stands: the last is kept.
    held.sort_by_key(|one| members.get(&one.enterprise_id) == Some(&one.enterprise_id));
    Ok(held
        .into_iter()
        .filter_map(|one| Some(((*members.get(&one.enterprise_id)?, one.measure.clone(), one.year), one)))
        .collect())
}

async fn known(
    cx: &mut Cx,
    brief: &Brief,
    before: &Measurement,
    new: &Checked,
    row: &Row,
    mode: Mode,
) -> Result<Outcome> {
    let changes = written::differing(vec![
        FieldChange {
            field: "amount".to_owned(),
            old: told(&before.measure, before.amount, &before.unit),
            new: told(&new.measure, new.amount, &new.unit),
        },
        FieldChange {
            field: "source".to_owned(),
            old: Told::Text(before.source.clone()),
            new: Told::Text(new.source.clone()),
        },
    ]);
    if changes.is_empty() {
        return Ok(Outcome::Same(before.id));
    }
    if mode == Mode::Check {
        return Ok(Outcome::Changed(before.id, changes));
    }
    let mut given = read(row);
    given.reason = written::reason(cx, row.get("reason"));
    let after = correct(cx, brief.id, before.id, before.version, given).await?;
    Ok(Outcome::Changed(after.id, changes))
}

/// What an import recorded is taken back; what it corrected stands again, unless somebody has
/// corrected it since.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
    let note = written::reason(cx, cx.note.clone().as_deref());
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(id) = written::told_record(entry, "measurement") else {
            answers.push(Undone::Nothing);
            continue;
        };
        let before = store::get(cx, id).await?;
        let done = super::withdraw(cx, entry.subject_id, id, &note).await;
        if let (Ok(()), Some(earlier)) = (&done, before.corrects_id) {
            store::reinstate(cx, &granted, earlier).await?;
        }
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}
