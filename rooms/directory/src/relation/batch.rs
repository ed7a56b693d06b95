//! A batch of relations from a file.

use std::collections::HashSet;

use platform::audit::{Entry, FieldChange, Told};
use platform::forms::Loose;
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::{Cx, Id, Problems, Result};

use super::import::read;
use super::{
    Checked, GivenRelation, Kept, correct, kept_as, refuse_twice, relate, role_of, store, to_edit, told_share,
};
use crate::written::{self, Written};
use crate::{EDIT, enterprise};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    cx.require(&EDIT)?;
    let mut names = Written::default();
    let seen = cx.kept.get::<Seen>();
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
        // Either side may write it, and a later period of the same is another.
        let marks = [(ends.0, ends.1, kind, checked.valid_from)];
        let said = Said::in_row(row, &["enterprise", "role", "other"]);
        outcomes.push(match seen.earlier(&marks, row, &said) {
            Some(Earlier::Same(_)) => Outcome::Same(Id(0)),
            Some(Earlier::Otherwise(earlier)) => Outcome::Refused(said_otherwise("other", earlier)),
            None => {
                let given = GivenRelation { other: Loose::from(other.id.to_string()), ..given };
                let outcome = one(cx, (brief.id, other.id), row, &checked, given, mode).await;
                let outcome = written::outcome(outcome, "other")?;
                if !matches!(outcome, Outcome::Refused(_)) {
                    seen.note(&marks, row, said);
                }
                outcome
            }
        });
    }
    Ok(outcomes)
}

/// A row about a relation that is there already says its share, its source or its days; any other is new.
async fn one(
    cx: &mut Cx,
    (mine, theirs): (Id, Id),
    row: &Row,
    new: &Checked,
    mut given: GivenRelation,
    mode: Mode,
) -> Result<Outcome> {
    let (held, _) = enterprise::to_edit(cx, mine).await?;
    let other = enterprise::get(cx, theirs).await?;
    let (members, others) = (enterprise::members(cx, mine).await?, enterprise::members(cx, theirs).await?);
    let mut known = store::between(cx, &members, &others).await?;
    known.retain(|kept| role_of(&kept.kind, members.contains(&kept.from_id)) == new.role);
    let Some(before) = spoken_of(&known, new) else {
        refuse_twice(cx, &held, &other, None, new).await?;
        return Ok(match mode {
            Mode::Check => Outcome::Created(Id(0)),
            Mode::Keep => Outcome::Created(relate(cx, mine, given).await?.id),
        });
    };
    let (mut changes, valid_from, valid_to) =
        written::days(row, (before.valid_from, before.valid_to), (new.valid_from, new.valid_to))?;
    let share = if row.has("share") { new.share } else { before.share };
    changes.extend(written::differing(vec![
        FieldChange {
            field: "share".to_owned(),
            old: before.share.map_or(Told::Nothing, told_share),
            new: share.map_or(Told::Nothing, told_share),
        },
        FieldChange {
            field: "source".to_owned(),
            old: Told::Text(before.source.clone()),
            new: Told::Text(new.source.clone()),
        },
    ]));
    if changes.is_empty() {
        return Ok(Outcome::Same(before.id));
    }
    if mode == Mode::Keep {
        given.share = share.map(platform::format::percent).into();
        (given.valid_from, given.valid_to) = (valid_from, valid_to);
        correct(cx, mine, before.id, before.version, given).await?;
    }
    Ok(Outcome::Changed(before.id, changes))
}

/// Of what is kept the relation that a row speaks of: by its first day where it gives one that is kept,
/// else the one that has no last day.
fn spoken_of<'a>(known: &'a [Kept], new: &Checked) -> Option<&'a Kept> {
    let by_day = known.iter().find(|kept| kept.valid_from == new.valid_from);
    by_day.or_else(|| {
        let open = known.iter().filter(|kept| new.valid_from.is_none() || kept.valid_from.is_none());
        open.max_by_key(|kept| (kept.valid_to.is_none(), kept.valid_from, kept.id))
    })
}

/// What an import related is taken back; what it changed goes back, unless somebody changed it since.
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
        let done = match entry.verb.as_str() {
            "enterprise.related" => super::withdraw(cx, entry.subject_id, id, &note).await,
            _ => put_back(cx, entry, id).await,
        };
        answers.push(written::undone(done)?);
    }
    Ok(answers)
}

async fn put_back(cx: &mut Cx, entry: &Entry, id: Id) -> Result<()> {
    let (_, _, kept, other, outward) = to_edit(cx, entry.subject_id, id).await?;
    let share = kept.share.map_or(Told::Nothing, told_share);
    let given = GivenRelation {
        other: Loose::from(other.id.to_string()),
        role: role_of(&kept.kind, outward).to_owned(),
        share: written::put_back(entry, "share", &share)?.into(),
        source: written::put_back(entry, "source", &Told::Text(kept.source.clone()))?.unwrap_or_default(),
        valid_from: written::put_back(entry, "valid_from", &Told::day(kept.valid_from))?.into(),
        valid_to: written::put_back(entry, "valid_to", &Told::day(kept.valid_to))?.into(),
    };
    correct(cx, entry.subject_id, id, kept.version, given).await.map(drop)
}
