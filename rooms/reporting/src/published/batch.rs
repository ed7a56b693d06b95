//! A batch of published figures from a file.

use platform::audit::{Change, Entry};
use platform::import::{Mode, Outcome, Row, Undone};
use platform::{Cx, Error, Id, Result};

use super::import::read;
use super::{Published, store};
use crate::PUBLISHED;

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let granted = cx.require(&PUBLISHED)?;
    let mut held = store::until(cx, None).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<Published> = Vec::new();
    for row in rows {
        let new = read(row);
        outcomes.push(match new.checked(cx) {
            Ok(figure) => match held.iter().find(|known| known.same(&figure)) {
                Some(known) => Outcome::Same(known.id),
                None => {
                    held.push(figure.clone());
                    let id = figure.id;
                    news.push(figure);
                    Outcome::Created(id)
                }
            },
            Err(Error::Invalid(problems)) => Outcome::Refused(problems),
            Err(other) => return Err(other),
        });
    }
    if mode == Mode::Keep {
        store::insert_many(cx, &granted, &news).await?;
        for figure in news {
            cx.record(figure.change());
        }
    }
    Ok(outcomes)
}

pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&PUBLISHED)?;
    let ids: Vec<Id> =
        entries.iter().filter(|entry| entry.verb == "published.kept").map(|entry| entry.subject_id).collect();
    store::supersede(cx, &granted, &ids).await?;
    for entry in entries.iter().filter(|entry| entry.verb == "published.kept") {
        cx.record(
            Change::new("published.taken_back", "published", entry.subject_id).label(entry.subject_label.clone()),
        );
    }
    Ok(entries
        .iter()
        .map(|entry| if entry.verb == "published.kept" { Undone::Reversed } else { Undone::Nothing })
        .collect())
}
