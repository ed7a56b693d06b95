//! A batch of flags from a file.

use std::collections::HashMap;

use platform::audit::{Entry, FieldChange, Told};
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Id, Problems, Result};

use super::import::read;
use super::{Checked, Flag, GivenFlag, correct, refuse_overlap, set, store};
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
        let checked = written::checked(&mut problems, read(row).checked(cx, None))?;
        read_rows.push((brief.zip(checked), problems));
    }
    let mut held = held(cx, &read_rows).await?;
    let seen = cx.kept.get::<Seen>();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (row, (good, problems)) in rows.iter().zip(read_rows) {
        let Some((brief, checked)) = good.filter(|_| problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let marks = [(brief.id, checked.flag.clone(), row.get("valid_from").map(str::to_owned))];
        let said = Said::in_row(row, &["enterprise", "flag"]);
        match seen.earlier(&marks, row, &said) {
            Some(Earlier::Same(_)) => {
                outcomes.push(Outcome::Same(Id(0)));
                continue;
            }
            Some(Earlier::Otherwise(earlier)) => {
                outcomes.push(Outcome::Refused(said_otherwise("flag", earlier)));
                continue;
            }
            None => {}
        }
        let known = held.get(&brief.id).map(Vec::as_slice).unwrap_or_default();
        let given = row.get("valid_from").is_some();
        let outcome = one(cx, &brief, known, &checked, read(row), given, mode).await;
        let outcome = written::outcome(outcome, "enterprise")?;
        if matches!(outcome, Outcome::Created(_)) {
            held.entry(brief.id).or_default().push(set_here(&brief, &checked));
        }
        if !matches!(outcome, Outcome::Refused(_)) {
            seen.note(&marks, row, said);
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The flags of the enterprises that the rows name, by the records that stand for them.
async fn held(cx: &mut Cx, rows: &[(Option<(Brief, Checked)>, Problems)]) -> Result<HashMap<Id, Vec<Flag>>> {
    let mut ids: Vec<Id> = rows.iter().filter_map(|(good, _)| good.as_ref().map(|(brief, _)| brief.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    let members: HashMap<Id, Id> = enterprise::members_of(cx, &ids).await?.into_iter().collect();
    let all: Vec<Id> = members.keys().copied().collect();
    let mut held: HashMap<Id, Vec<Flag>> = HashMap::new();
    for flag in store::of(cx, &all).await? {
        if let Some(survivor) = members.get(&flag.enterprise_id) {
            held.entry(*survivor).or_default().push(flag);
        }
    }
    Ok(held)
}

/// A flag that an earlier row of the file sets.
fn set_here(brief: &Brief, new: &Checked) -> Flag {
    Flag {
        id: Id(0),
        enterprise_id: brief.id,
        flag: new.flag.clone(),
        source: new.source.clone(),
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        version: 1,
        group: String::new(),
    }
}

/// A row about a flag that is set already says its last day or a better source; any other is new.
async fn one(
    cx: &mut Cx,
    brief: &Brief,
    known: &[Flag],
    new: &Checked,
    mut given: GivenFlag,
    dated: bool,
    mode: Mode,
) -> Result<Outcome> {
    let present = known.iter().filter(|flag| flag.id != Id(0)).find(|flag| {
        flag.flag == new.flag && if dated { flag.valid_from == new.valid_from } else { flag.valid_to.is_none() }
    });
    let Some(before) = present else {
        refuse_overlap(known, None, new)?;
        return Ok(match mode {
            Mode::Check => Outcome::Created(Id(0)),
            Mode::Keep => Outcome::Created(set(cx, brief.id, given).await?.id),
        });
    };
    let changes = written::differing(vec![
        FieldChange {
            field: "source".to_owned(),
            old: Told::Text(before.source.clone()),
            new: Told::Text(new.source.clone()),
        },
        FieldChange { field: "valid_to".to_owned(), old: Told::day(before.valid_to), new: Told::day(new.valid_to) },
    ]);
    if changes.is_empty() {
        return Ok(Outcome::Same(before.id));
    }
    if mode == Mode::Keep {
        given.valid_from = before.valid_from.to_string().into();
        correct(cx, brief.id, before.id, before.version, given).await?;
    }
    Ok(Outcome::Changed(before.id, changes))
}

/// What an import set is taken back; what it changed goes back, unless somebody changed it since.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let note = written::reason(cx, cx.note.clone().as_deref());
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(id) = written::told_record(entry, "flag") else {
            answers.push(Undone::Nothing);
            continue;
        };
        let done = match entry.verb.as_str() {
            "enterprise.flagged" => super::withdraw(cx, entry.subject_id, id, &note).await,
            _ => put_back(cx, entry, id).await,
        };
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}

async fn put_back(cx: &mut Cx, entry: &Entry, id: Id) -> Result<()> {
    let (_, _, flag) = super::to_edit(cx, entry.subject_id, id).await?;
    let given = GivenFlag {
        flag: flag.flag.clone(),
        source: written::put_back(entry, "source", &Told::Text(flag.source.clone()))?.unwrap_or_default(),
        valid_from: flag.valid_from.to_string().into(),
        valid_to: written::put_back(entry, "valid_to", &Told::day(flag.valid_to))?.into(),
    };
    correct(cx, entry.subject_id, id, flag.version, given).await.map(drop)
}
