//! A batch of published figures from a file.

use std::collections::{BTreeMap, HashMap};

use platform::audit::{Change, Entry, FieldChange};
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use super::{Bodies, FIELDS, NewPublished, Published, claim, correct, same_claim, store};
use crate::PUBLISHED;

fn read(row: &Row) -> NewPublished {
    NewPublished::of(&FIELDS.iter().map(|field| ((*field).to_owned(), row.text(field))).collect())
}

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let granted = cx.require(&PUBLISHED)?;
    let bodies = Bodies::read(cx).await?;
    let mut checked: Vec<std::result::Result<Published, Problems>> = Vec::with_capacity(rows.len());
    for row in rows {
        checked.push(match read(row).checked(cx, &bodies) {
            Ok(figure) => Ok(figure),
            Err(Error::Invalid(problems)) => Err(problems),
            Err(other) => return Err(other),
        });
    }
    let mut days: Vec<Date> = checked.iter().flatten().map(|figure| figure.as_at).collect();
    days.sort();
    days.dedup();
    let held = store::of_days(cx, &days).await?;
    let seen = cx.kept.get::<Seen>();
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<Published> = Vec::new();
    let mut corrections: Vec<(Published, Published, String)> = Vec::new();
    for (row, figure) in rows.iter().zip(checked) {
        let figure = match figure {
            Ok(figure) => figure,
            Err(problems) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
        };
        let before = held.iter().find(|known| same_claim(known, &figure));
        let said = said(&figure);
        match seen.earlier(&[claim(&figure)], row, &said) {
            Some(Earlier::Same(_)) => {
                outcomes.push(Outcome::Same(before.map_or(Id(0), |known| known.record_id)));
                continue;
            }
            Some(Earlier::Otherwise(earlier)) => {
                outcomes.push(Outcome::Refused(said_otherwise("source", earlier)));
                continue;
            }
            None => {}
        }
        let Some(before) = before else {
            seen.note(&[claim(&figure)], row, said);
            outcomes.push(Outcome::Created(figure.id));
            news.push(figure);
            continue;
        };
        let changes = differences(before, &figure);
        let reason = row.text("reason");
        if !changes.is_empty() && reason.is_empty() {
            outcomes.push(refused("reason", "published-correction-reason"));
            continue;
        }
        seen.note(&[claim(&figure)], row, said);
        outcomes.push(if changes.is_empty() {
            Outcome::Same(before.record_id)
        } else {
            let record = before.record_id;
            corrections.push((before.clone(), figure, reason));
            Outcome::Changed(record, changes)
        });
    }
    if mode == Mode::Keep {
        store::insert_many(cx, &granted, &news).await?;
        for figure in news {
            cx.record(figure.change());
        }
        for (before, figure, reason) in corrections {
            let edit: BTreeMap<String, String> =
                FIELDS.iter().map(|field| ((*field).to_owned(), figure.field(field))).collect();
            correct(cx, before.record_id, before.version, &edit, &reason).await?;
        }
    }
    Ok(outcomes)
}

fn said(figure: &Published) -> Said {
    let told: Vec<(&str, String)> = FIELDS.iter().map(|field| (*field, figure.field(field))).collect();
    Said::these(told.iter().filter(|(_, text)| !text.is_empty()).map(|(field, text)| (*field, text.as_str())))
}

fn refused(field: &str, key: &str) -> Outcome {
    let mut problems = Problems::default();
    problems.add(field, key);
    Outcome::Refused(problems)
}

fn differences(before: &Published, after: &Published) -> Vec<FieldChange> {
    FIELDS
        .iter()
        .filter(|field| before.field(field) != after.field(field))
        .map(|field| FieldChange { field: (*field).to_owned(), old: before.told(field), new: after.told(field) })
        .collect()
}

/// Reverses entries, latest first: what was kept ends, what was corrected gets its earlier values
/// back as a version of their own. What somebody has worked on since stays.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&PUBLISHED)?;
    let ours = |entry: &Entry| matches!(entry.verb.as_str(), "published.kept" | "published.corrected");
    let mut records: Vec<Id> = entries.iter().filter(|entry| ours(entry)).map(|entry| entry.subject_id).collect();
    records.sort();
    records.dedup();
    let mut latest: HashMap<Id, Published> =
        store::latest_of(cx, &records).await?.into_iter().map(|figure| (figure.record_id, figure)).collect();
    let mut answers = Vec::with_capacity(entries.len());
    let mut ends: Vec<Id> = Vec::new();
    for entry in entries {
        let Some(current) = latest.get(&entry.subject_id).filter(|_| ours(entry)).cloned() else {
            answers.push(Undone::Nothing);
            continue;
        };
        if !current.stands() || Some(current.version) != entry.subject_version {
            answers.push(Undone::KeptTouched);
            continue;
        }
        if entry.verb == "published.kept" {
            ends.push(current.id);
            cx.record(
                Change::new("published.taken_back", "published", current.record_id)
                    .label(entry.subject_label.clone())
                    .version(current.version),
            );
        } else {
            let back = put_back(cx, &granted, &current).await?;
            latest.insert(back.record_id, back);
        }
        answers.push(Undone::Reversed);
    }
    store::end(cx, &granted, &ends, "undone", None).await?;
    Ok(answers)
}

async fn put_back(cx: &mut Cx, granted: &platform::permission::Granted, current: &Published) -> Result<Published> {
    let before = store::version(cx, current.record_id, current.version - 1).await?;
    let back = Published {
        id: cx.new_id(),
        version: current.version + 1,
        recorded_at: cx.now(),
        recorded_by_name: cx.actor.as_ref().map(|actor| actor.name.clone()).unwrap_or_default(),
        reason: None,
        superseded_at: None,
        ended: None,
        ended_reason: None,
        ended_by_name: None,
        ..before
    };
    store::end(cx, granted, &[current.id], "undone", None).await?;
    store::insert_many(cx, granted, std::slice::from_ref(&back)).await?;
    cx.record(back.change_from(current, "published.put_back"));
    Ok(back)
}
