//! SQL of gates, of what they ask about, and of passages through them.

use std::collections::HashMap;

use platform::clock::{At, Zone};
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::units::Decimal;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::{Gate, Happened, Held, Paper};
use crate::{ledger, stage};

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Passage {
    pub id: Id,
    pub from_stage: String,
    pub into_stage: String,
    pub effective_on: Date,
    pub passed_at: At,
    pub passed_by_name: String,
    pub note: Option<String>,
    /// What was missing, one fact a line; empty when nothing was.
    pub unmet: String,
    /// Why it was passed with something missing.
    pub override_reason: Option<String>,
    /// When a passage of another day took its place, and why.
    pub superseded_at: Option<At>,
    pub superseded_reason: Option<String>,
    /// The passage that was made first, where this one corrects its day.
    pub first_id: Option<Id>,
    /// What the gates on the way were met by, as it then was.
    #[sqlx(skip)]
    pub rested_on: Vec<Ground>,
}

/// One thing that a passage rests on.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Ground {
    /// The stage whose gate asked for it.
    pub stage: String,
    /// The fact that was asked for; several with `|` between, where one of them would do.
    pub needed: String,
    /// milestone, paper, pledge or field.
    pub kind: String,
    /// The kind of milestone or paper, the measure pledged, or the field.
    pub what: String,
    /// The milestone or the paper; the account or the team.
    pub record_id: Option<Id>,
    /// The day of the milestone, the paper or the proposal.
    pub held_on: Option<Date>,
    /// The paper's reference, or the field's code.
    pub words: Option<String>,
    /// What stood pledged, in the steps of the unit in which the measure is added up.
    #[serde(skip)]
    pub amount: Option<i64>,
    /// What stood pledged, in whole units of `unit`.
    #[sqlx(skip)]
    #[serde(rename = "amount")]
    pub pledged: Option<Decimal>,
    #[sqlx(skip)]
    pub unit: Option<String>,
    /// What stands pledged by now, in whole units of `unit`, where it is something else and not nothing.
    #[sqlx(skip)]
    pub stands: Option<Decimal>,
    /// The day of the change that left it so.
    #[sqlx(skip)]
    pub stands_since: Option<Date>,
    /// When the milestone, the paper or all of the pledge was taken back.
    pub taken_back_at: Option<At>,
    /// No when the project still stands on this gate and nothing meets it any more.
    pub borne_out: bool,
}

impl Ground {
    pub(super) fn new(kind: &str, what: &str) -> Self {
        let (kind, what) = (kind.to_owned(), what.to_owned());
        let (stage, needed) = (String::new(), String::new());
        let (record_id, held_on, words, amount) = (None, None, None, None);
        let (pledged, unit, stands, stands_since, taken_back_at) = (None, None, None, None, None);
        Self {
            stage,
            needed,
            kind,
            what,
            record_id,
            held_on,
            words,
            amount,
            pledged,
            unit,
            stands,
            stands_since,
            taken_back_at,
            borne_out: true,
        }
    }

    pub(super) fn record(self, id: Id) -> Self {
        Self { record_id: Some(id), ..self }
    }

    pub(super) fn on(self, day: Date) -> Self {
        Self { held_on: Some(day), ..self }
    }

    pub(super) fn words(self, words: Option<String>) -> Self {
        Self { words, ..self }
    }

    pub(super) fn amount(self, amount: i64) -> Self {
        Self { amount: Some(amount), ..self }
    }

    /// Tells what has become of the pledge since the passage.
    fn pledge_since(&mut self, passage: &Passage, shifts: &[Shift], unit: &str, zone: &Zone) {
        let of = || shifts.iter().filter(|shift| shift.measure == self.what);
        let by_then: i64 = of().filter(|shift| shift.on <= passage.effective_on).map(|shift| shift.by).sum();
        let by_now: i64 = of().map(|shift| shift.by).sum();
        let since = || of().filter(|shift| shift.on > passage.effective_on || shift.recorded_at > passage.passed_at);
        if by_then <= 0 || by_now <= 0 {
            self.taken_back_at = since().filter(|shift| shift.by < 0).map(|shift| shift.recorded_at).max();
        } else if self.amount != Some(by_now) {
            self.stands = Some(Decimal::of(by_now, unit));
            // A reversal has the day of what it takes back, which stood until the reversal was made.
            let day = |shift: &Shift| if shift.reverses { zone.day_of(shift.recorded_at) } else { shift.on };
            self.stands_since = since().map(day).max();
        }
    }

    pub(super) fn at(self, stage: &str, needed: &str) -> Self {
        Self { stage: stage.to_owned(), needed: needed.to_owned(), ..self }
    }
}

/// A change of what stands pledged.
#[derive(FromRow)]
struct Shift {
    measure: String,
    on: Date,
    by: i64,
    recorded_at: At,
    reverses: bool,
}

/// Everything that changed the pledges of a project.
async fn shifts(cx: &mut Cx, project: Id) -> Result<Vec<Shift>> {
    let mut sql = Sql::new(
        "SELECT measure, effective_on AS \"on\", base_amount AS \"by\", recorded_at, reverses_id IS NOT NULL AS reverses
         FROM ledger_entries WHERE kind <> 'realised' AND project_id = ",
    );
    sql.bind(project).push(" ORDER BY id");
    sql.fetch_all(cx).await
}

/// A passage to be written.
pub(crate) struct NewPassage {
    pub project: Id,
    pub from: String,
    pub into: String,
    pub on: Date,
    pub note: Option<String>,
    pub unmet: Vec<String>,
    /// Why it is made with something missing.
    pub why: Option<String>,
    pub grounds: Vec<Ground>,
    /// The passage that was made first, where this one corrects its day.
    pub first: Option<Id>,
}

#[derive(FromRow)]
struct Row {
    into_stage: String,
    needs: String,
    any_of: String,
    valid_from: Date,
    valid_to: Option<Date>,
    source: String,
}

pub(super) async fn insert(cx: &mut Cx, id: Id, gate: &Gate) -> Result<bool> {
    let sql = "INSERT INTO gates (id, into_stage, needs, any_of, valid_from, valid_to, source)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (into_stage, valid_from) DO NOTHING";
    let (needs, any_of) = (gate.needs.join("\n"), gate.any_of.join("\n"));
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&gate.into).bind(&needs).bind(&any_of).bind(gate.valid_from)
        .bind(gate.valid_to).bind(&gate.source).execute(db).await)?
        == 1)
}

/// All gates; a handful for each stage.
pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Gate>> {
    let sql = "SELECT into_stage, needs, any_of, valid_from, valid_to, source FROM gates ORDER BY valid_from, id";
    let rows: Vec<Row> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    Ok(rows
        .into_iter()
        .map(|row| Gate {
            needs: lines(&row.needs),
            any_of: lines(&row.any_of),
            into: row.into_stage,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        })
        .collect())
}

/// What is held of several projects that gates ask about: three look-ups for up to 500 of them.
pub async fn held(cx: &mut Cx, projects: &[Id]) -> Result<HashMap<Id, Held>> {
    let mut held: HashMap<Id, Held> = HashMap::new();
    for chunk in projects.chunks(AT_ONCE) {
        let ids = || chunk.iter().copied();
        let mut sql = Sql::new(
            "SELECT project_id, id, kind, effective_on FROM milestones WHERE superseded_at IS NULL AND project_id",
        );
        sql.bind_in(ids()).push(" ORDER BY id");
        for (project, id, kind, on) in sql.fetch_all::<(Id, Id, String, Date)>(cx).await? {
            held.entry(project).or_default().milestones.push(Happened { id, kind, on });
        }
        let mut sql = Sql::new(
            "SELECT project_id, id, kind, dated_on, reference FROM evidence WHERE withdrawn_at IS NULL AND project_id",
        );
        sql.bind_in(ids()).push(" ORDER BY id");
        for (project, id, kind, on, reference) in sql.fetch_all::<(Id, Id, String, Date, String)>(cx).await? {
            held.entry(project).or_default().papers.push(Paper { id, kind, on, reference });
        }
        let mut sql = Sql::new(
            "SELECT project_id, measure, effective_on, CAST(SUM(base_amount) AS BIGINT) FROM ledger_entries
             WHERE kind <> 'realised' AND project_id",
        );
        sql.bind_in(ids())
            .push(" GROUP BY project_id, measure, effective_on ORDER BY project_id, measure, effective_on");
        for (project, measure, day, change) in sql.fetch_all::<(Id, String, Date, i64)>(cx).await? {
            held.entry(project).or_default().pledges.push((measure, day, change));
        }
    }
    Ok(held)
}

pub(crate) async fn insert_passages(cx: &mut Cx, news: &[NewPassage]) -> Result<()> {
    let (now, by) = (cx.now(), cx.account());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let (mut rows, mut grounds) = (Vec::with_capacity(news.len()), Vec::new());
    for new in news {
        let id = cx.new_id();
        rows.push(vec![
            id.into(),
            new.project.into(),
            new.from.clone().into(),
            new.into.clone().into(),
            new.on.into(),
            now.into(),
            by.into(),
            name.clone().into(),
            new.note.clone().into(),
            new.unmet.join("\n").into(),
            new.why.clone().into(),
            new.first.into(),
        ]);
        for ground in &new.grounds {
            grounds.push(vec![
                cx.new_id().into(),
                id.into(),
                new.project.into(),
                ground.stage.clone().into(),
                (stage::place(&ground.stage).unwrap_or_default() as i64).into(),
                ground.needed.clone().into(),
                ground.kind.clone().into(),
                ground.what.clone().into(),
                ground.record_id.into(),
                ground.held_on.into(),
                ground.words.clone().into(),
                ground.amount.into(),
            ]);
        }
    }
    let head = "INSERT INTO gate_passages (id, project_id, from_stage, into_stage, effective_on, passed_at, passed_by, \
                passed_by_name, note, unmet, override_reason, first_id)";
    insert_rows(cx, head, "", rows).await?;
    let head = "INSERT INTO gate_passage_grounds (id, passage_id, project_id, stage, place, needed, kind, what, record_id, \
                held_on, words, amount)";
    insert_rows(cx, head, "", grounds).await?;
    Ok(())
}

/// The place of a stage in the order, as SQL.
macro_rules! place {
    ($column:literal) => {
        concat!(
            "CASE ",
            $column,
            " WHEN 'identified' THEN 0 WHEN 'contacted' THEN 1 WHEN 'engaged' THEN 2 WHEN 'proposal_received' THEN 3 \
             WHEN 'negotiating' THEN 4 WHEN 'agreed' THEN 5 WHEN 'landed' THEN 6 ELSE 7 END"
        )
    };
}

/// That a ground `g` of a passage `s` of a project `p` still counts, because the project is not
/// before that gate and has not passed it again, and that nothing meets what was asked for any more.
pub(crate) const LAPSED: &str = concat!(
    "(s.superseded_at IS NULL AND g.place <= ",
    place!("p.stage"),
    " AND NOT EXISTS (SELECT 1 FROM gate_passages o WHERE o.project_id = g.project_id AND o.superseded_at IS NULL
      AND COALESCE(o.first_id, o.id) > COALESCE(s.first_id, s.id) AND g.place > ",
    place!("o.from_stage"),
    " AND g.place <= ",
    place!("o.into_stage"),
    ")
    AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.project_id = g.project_id AND v.withdrawn_at IS NULL
       AND v.dated_on <= s.effective_on AND '|' || g.needed || '|' LIKE '%|' || v.kind || '|%')
    AND NOT EXISTS (SELECT 1 FROM milestones m WHERE m.project_id = g.project_id AND m.superseded_at IS NULL
       AND m.effective_on <= s.effective_on
       AND ((m.kind = 'met' AND '|' || g.needed || '|' LIKE '%|met-on|%')
         OR (m.kind = 'attracted' AND '|' || g.needed || '|' LIKE '%|attraction|%')))
    AND NOT ('|' || g.needed || '|' LIKE '%|pledge|%' AND EXISTS (
       SELECT l.measure FROM ledger_entries l WHERE l.project_id = g.project_id AND l.kind <> 'realised'
       AND l.effective_on <= s.effective_on GROUP BY l.measure HAVING SUM(l.base_amount) > 0))
    AND NOT ('|' || g.needed || '|' LIKE '%|owner|%' AND p.owner_id IS NOT NULL)
    AND NOT ('|' || g.needed || '|' LIKE '%|team|%' AND p.team_id IS NOT NULL)
    AND NOT ('|' || g.needed || '|' LIKE '%|nature|%' AND p.nature IS NOT NULL)
    AND NOT ('|' || g.needed || '|' LIKE '%|activity|%' AND p.activities <> '')
    AND NOT ('|' || g.needed || '|' LIKE '%|assessment|%' AND p.assessment IS NOT NULL)
    AND NOT ('|' || g.needed || '|' LIKE '%|proposal-received-on|%' AND p.proposal_received_on IS NOT NULL
       AND p.proposal_received_on <= s.effective_on))"
);

/// Lets a passage give its place to one of another day: it stays as it was made.
pub(crate) async fn supersede(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE gate_passages SET superseded_at = $2, superseded_reason = $3 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}

/// A passage that stands.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Standing {
    pub id: Id,
    pub project_id: Id,
    pub from_stage: String,
    pub into_stage: String,
    pub effective_on: Date,
}

/// The passages of several projects that stand, latest first.
pub(crate) async fn standing_of(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Standing>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT id, project_id, from_stage, into_stage, effective_on FROM gate_passages
             WHERE superseded_at IS NULL AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY COALESCE(first_id, id) DESC, id DESC");
        found.extend(sql.fetch_all::<Standing>(cx).await?);
    }
    Ok(found)
}

/// Takes back passages that were made by mistake: they stay as they were made, and count no more.
pub(crate) async fn supersede_many(cx: &mut Cx, _: &Granted, ids: &[Id], reason: &str) -> Result<()> {
    let now = cx.now();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE gate_passages SET superseded_at = ");
        sql.bind(now).push(", superseded_reason = ").bind(reason).push(" WHERE id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}

/// The passages of a project, latest first, those whose day was corrected included, with what each rests on.
pub(crate) async fn passages(cx: &mut Cx, project: Id) -> Result<Vec<Passage>> {
    #[derive(FromRow)]
    struct Row {
        passage_id: Id,
        #[sqlx(flatten)]
        ground: Ground,
    }
    let sql =
        "SELECT id, from_stage, into_stage, effective_on, passed_at, passed_by_name, note, unmet, override_reason,
                 superseded_at, superseded_reason, first_id
               FROM gate_passages WHERE project_id = $1 ORDER BY COALESCE(first_id, id) DESC, id DESC LIMIT 200";
    let mut passages: Vec<Passage> = on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?;
    let mut sql = Sql::new(
        "SELECT g.passage_id, g.stage, g.needed, g.kind, g.what, g.record_id, g.held_on, g.words, g.amount,
           CASE g.kind WHEN 'paper' THEN (SELECT v.withdrawn_at FROM evidence v WHERE v.id = g.record_id)
             WHEN 'milestone' THEN (SELECT m.superseded_at FROM milestones m WHERE m.id = g.record_id)
           END AS taken_back_at, NOT ",
    );
    sql.push(LAPSED).push(
        " AS borne_out FROM gate_passage_grounds g JOIN gate_passages s ON s.id = g.passage_id
          JOIN projects p ON p.id = g.project_id WHERE g.project_id = ",
    );
    sql.bind(project).push(" ORDER BY g.place, g.id");
    let rows: Vec<Row> = sql.fetch_all(cx).await?;
    let pledged = rows.iter().any(|row| row.ground.amount.is_some());
    let shifts = if pledged { shifts(cx, project).await? } else { Vec::new() };
    for mut row in rows {
        if let Some(passage) = passages.iter_mut().find(|passage| passage.id == row.passage_id) {
            if let Some(amount) = row.ground.amount {
                let unit = ledger::base_unit(cx, &row.ground.what);
                row.ground.pledged = Some(Decimal::of(amount, &unit));
                row.ground.pledge_since(passage, &shifts, &unit, &cx.house.zone);
                row.ground.unit = Some(unit);
            }
            passage.rested_on.push(row.ground);
        }
    }
    Ok(passages)
}
