//! The review of what resembles: pairs that may be one enterprise, for people to decide. A decision is a row of its own,
//! obeyed for ever by memory, imports and this queue, and learnt from.
//!
//! The queue begins with what teaches most: how unsure a pair is, times how many pairs are alike field by field, over how
//! many of these come before it. A hundred pairs alike are one lesson, not a hundred.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Form;
use platform::jobs::{Job, JobError, JobKind};
use platform::order::{Place, Rows, Sort};
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use ui::lists::{COUNTED, Total};

use super::asking::key_of;
use super::memory::{self, on_all_cores};
use super::{Resemblance, Verdict};
use crate::EDIT;
use crate::enterprise::{self, Enterprise};

pub mod api;
pub(crate) mod chain;
pub mod export;
pub mod pages;
mod store;

pub use store::ORDERS;

const FIND: &str = "Find resembling enterprises";
/// More than these nobody goes through before the register has changed.
const MOST: usize = 20_000;

/// Where a pair of the queue stands.
pub const STATES: [&str; 3] = ["open", "later", "decided"];

/// The text key of a state's name.
pub fn state_key(state: &str) -> &'static str {
    match state {
        "later" => "review-state-later",
        "decided" => "review-state-decided",
        _ => "review-state-open",
    }
}

/// A pair of the queue, with the two that stand for its records today.
#[derive(Clone, Debug)]
pub struct Pair {
    pub id: Id,
    pub state: String,
    pub found_at: At,
    pub resemblance: Resemblance,
    pub one: Enterprise,
    pub other: Enterprise,
}

/// What somebody decided of two records.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceDecision)]
pub struct Decision {
    pub id: Id,
    pub low_id: Id,
    pub high_id: Id,
    /// same, related or different.
    pub verdict: String,
    pub note: Option<String>,
    pub decided_by: Option<Id>,
    pub decided_at: At,
}

/// A decision as it is given.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = GivenResemblanceDecision)]
pub struct GivenDecision {
    /// same, related or different.
    pub verdict: String,
    #[serde(default)]
    pub note: String,
}

/// What the queue shows; the same names in the address and the API.
#[derive(Clone, Debug)]
pub struct Filter {
    pub state: &'static str,
    pub verdict: Option<Verdict>,
    pub sort: Sort,
    pub place: Place,
}

const USUAL: Sort = Sort { order: &ORDERS[0], down: true };

impl Default for Filter {
    fn default() -> Self {
        Self::read(&Form::default())
    }
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        let state = form.value("state");
        Self {
            state: STATES.into_iter().find(|known| *known == state).unwrap_or(STATES[0]),
            verdict: Verdict::from_code(form.value("verdict")),
            sort: Sort::read(form.value("sort"), ORDERS, USUAL),
            place: Place::read(form),
        }
    }
}

/// The job that fills the queue: every night, and when somebody asks for it.
pub(crate) fn job() -> JobKind {
    JobKind {
        name: FIND,
        run: |cx, _: &Job| Box::pin(async move { find_all(cx).await.map(drop).map_err(JobError::from) }),
        nightly: true,
    }
}

/// Sets off the job that fills the queue.
pub async fn set_off(cx: &mut Cx) -> Result<Id> {
    cx.require(&EDIT)?;
    platform::jobs::enqueue(cx, FIND, serde_json::json!({}), None).await
}

/// One page of pairs of which the reader may see both.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Pair>> {
    cx.require(&EDIT)?;
    let rows = store::page(cx, filter, limit).await?;
    let ids: Vec<Id> = rows.rows.iter().flat_map(|row| [row.one_id, row.other_id]).collect();
    let held = enterprise::living(cx, &ids).await?;
    let mut pairs = Vec::with_capacity(rows.rows.len());
    for row in rows.rows {
        if let (Some(one), Some(other)) = (held.get(&row.one_id), held.get(&row.other_id)) {
            pairs.push(row.pair(one.clone(), other.clone())?);
        }
    }
    Ok(Rows { rows: pairs, previous: rows.previous, next: rows.next })
}

pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&EDIT)?;
    Ok(Total::bounded(store::count(cx, filter, COUNTED + 1).await?))
}

/// A pair of which both may be seen and still are two.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Pair> {
    cx.require(&EDIT)?;
    let row = store::get(cx, id).await?;
    let (one, other) = (enterprise::get(cx, row.one_id).await?, enterprise::get(cx, row.other_id).await?);
    row.pair(one, other)
}

/// The pair after this one in the queue, if there is one.
pub async fn next(cx: &mut Cx, after: Id) -> Result<Option<Id>> {
    cx.require(&EDIT)?;
    store::next(cx, after).await
}

/// Decides what a pair is. What was decided of the two before is superseded.
pub async fn decide(cx: &mut Cx, id: Id, given: GivenDecision) -> Result<Decision> {
    let pair = get(cx, id).await?;
    let decision = decide_of(cx, &pair.one, &pair.other, &given).await?;
    let granted = cx.require_on(&EDIT, pair.one.relation())?;
    store::set_state(cx, &granted, id, "decided").await?;
    Ok(decision)
}

/// Decides what two enterprises are to each other, whether or not they stand in the queue.
pub(crate) async fn decide_of(
    cx: &mut Cx,
    one: &Enterprise,
    other: &Enterprise,
    given: &GivenDecision,
) -> Result<Decision> {
    let granted = cx.require_on(&EDIT, one.relation())?;
    cx.require_on(&EDIT, other.relation())?;
    let mut problems = Problems::default();
    let note = problems.running("note", &given.note, 2_000);
    let verdict = Verdict::from_code(given.verdict.trim());
    problems.require(verdict.is_some(), "verdict", "problem-resemblance-verdict");
    problems.require(one.id != other.id, "verdict", "merge-same-record");
    problems.into_result()?;
    let verdict = verdict.unwrap_or(Verdict::Different);
    chain::refuse_contradicting(cx, one.id, other.id, verdict).await?;
    let (low, high) = (one.id.min(other.id), one.id.max(other.id));
    let decision = Decision {
        id: cx.new_id(),
        low_id: low,
        high_id: high,
        verdict: verdict.code().to_owned(),
        note: Some(note).filter(|note| !note.is_empty()),
        decided_by: granted.by(),
        decided_at: cx.now(),
    };
    let before = store::supersede(cx, &granted, low, high, Some(decision.id)).await?;
    store::insert(cx, &granted, &decision).await?;
    // Of the records that were merged into either, too, what is said last holds.
    let (mine, theirs) = (enterprise::members(cx, one.id).await?, enterprise::members(cx, other.id).await?);
    store::supersede_others(cx, &granted, &mine, &theirs, decision.id).await?;
    let (old, new) = (told(before.as_deref()), told(Some(verdict.code())));
    tell(cx, "enterprise.resemblance_decided", one, other, (old, new), decision.note.clone());
    Ok(decision)
}

/// Notes of a new enterprise that a person said it is none of those it resembles. What one may not see, nobody said
/// anything of.
pub(crate) async fn told_apart(cx: &mut Cx, new: &Enterprise, other: Id) -> Result<()> {
    let other = match enterprise::get(cx, other).await {
        Ok(other) => other,
        Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    let given = GivenDecision { verdict: Verdict::Different.code().to_owned(), note: String::new() };
    decide_of(cx, new, &other, &given).await.map(drop)
}

/// Whether what stands between two enterprises says that they are not the same.
pub(crate) async fn told_apart_between(cx: &mut Cx, one: Id, other: Id) -> Result<bool> {
    let standing = store::between(cx, &[one], &[other]).await?;
    Ok(standing.iter().any(|(_, _, verdict)| verdict != Verdict::Same.code()))
}

/// Puts in the place of whatever told two enterprises apart that they are the same, with the reason.
pub(crate) async fn same_after_all(cx: &mut Cx, one: &Enterprise, other: &Enterprise, reason: &str) -> Result<()> {
    let given = GivenDecision { verdict: Verdict::Same.code().to_owned(), note: reason.to_owned() };
    decide_of(cx, one, other, &given).await.map(drop)
}

/// Puts a pair off: it stands among those for later until somebody takes it up again.
pub async fn put_off(cx: &mut Cx, id: Id) -> Result<()> {
    let pair = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, pair.one.relation())?;
    cx.require_on(&EDIT, pair.other.relation())?;
    store::set_state(cx, &granted, id, "later").await?;
    let off = (Told::Nothing, Told::code("later", "review-state-later"));
    tell(cx, "enterprise.resemblance_put_off", &pair.one, &pair.other, off, None);
    Ok(())
}

/// Takes back what was decided, or the putting off: the pair is open again.
pub async fn undo(cx: &mut Cx, id: Id) -> Result<()> {
    let pair = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, pair.one.relation())?;
    cx.require_on(&EDIT, pair.other.relation())?;
    let (low, high) = (pair.one.id.min(pair.other.id), pair.one.id.max(pair.other.id));
    let before = store::supersede(cx, &granted, low, high, None).await?;
    if before.is_none() && pair.state == "open" {
        return Err(Error::conflict("review-nothing-decided"));
    }
    store::set_state(cx, &granted, id, "open").await?;
    tell(cx, "enterprise.resemblance_reopened", &pair.one, &pair.other, (told(before.as_deref()), Told::Nothing), None);
    Ok(())
}

fn told(verdict: Option<&str>) -> Told {
    verdict
        .and_then(Verdict::from_code)
        .map_or(Told::Nothing, |verdict| Told::code(verdict.code(), verdict.decided_key()))
}

/// Notes in the history of both what became of them; each names the other only where all who read it may see that one.
fn tell(
    cx: &mut Cx,
    verb: &'static str,
    one: &Enterprise,
    other: &Enterprise,
    (old, new): (Told, Told),
    note: Option<String>,
) {
    for (on, beside) in [(one, other), (other, one)] {
        let name = if enterprise::may_name(on, beside) { &beside.name } else { "–" };
        cx.record(
            Change::new(verb, "enterprise", on.id)
                .label(&on.name)
                .note(note.clone())
                .field("resemblance", old.clone(), new.clone())
                .set("beside", Told::record("enterprise", beside.id, name)),
        );
    }
}

/// The decision that stands of two enterprises.
pub async fn standing(cx: &mut Cx, pair: &Pair) -> Result<Option<Decision>> {
    store::standing(cx, pair.one.id.min(pair.other.id), pair.one.id.max(pair.other.id)).await
}

/// All decisions that stand of records that may both be seen, in the order they were made.
pub async fn decisions(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Rows<store::Decided>> {
    cx.require(&EDIT)?;
    store::decisions(cx, after, limit).await
}

pub use store::Decided;

/// What was decided between an enterprise and others, whichever of their records it was decided of.
pub(super) async fn decided_between(cx: &mut Cx, one: Id, others: &[Id]) -> Result<HashMap<Id, Verdict>> {
    if others.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = store::between(cx, &[one], others).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(a, b, verdict)| Some((if a == one { b } else { a }, Verdict::from_code(&verdict)?)))
        .collect())
}

/// Of several that may be meant, the one that all are where people decided that all are the same: the oldest record.
pub(crate) async fn one_of(cx: &mut Cx, ids: &[Id]) -> Result<Option<Id>> {
    let Some(first) = ids.iter().min().copied() else { return Ok(None) };
    let same: Vec<(Id, Id)> = store::between(cx, ids, ids)
        .await?
        .into_iter()
        .filter(|(.., verdict)| verdict == Verdict::Same.code())
        .map(|(a, b, _)| (a, b))
        .collect();
    let mut reached = HashSet::from([first]);
    loop {
        let more: Vec<Id> = same
            .iter()
            .flat_map(|(a, b)| [(a, b), (b, a)])
            .filter(|(from, to)| reached.contains(from) && !reached.contains(to))
            .map(|(_, to)| *to)
            .collect();
        if more.is_empty() {
            return Ok(ids.iter().all(|id| reached.contains(id)).then_some(first));
        }
        reached.extend(more);
    }
}

/// What is known of pairs before they are asked about.
pub(super) struct Answers {
    /// Records that people decided of: (one, other, same).
    pub decided: Vec<(String, String, bool)>,
    settled: HashSet<(Id, Id)>,
    survivors: HashMap<Id, Id>,
    retired: HashSet<Id>,
}

impl Answers {
    fn survivor(&self, id: &str) -> Option<Id> {
        let id = key_of(id)?;
        Some(self.survivors.get(&id).copied().unwrap_or(id))
    }

    /// Whether two records are of enterprises that live, are two, and were not decided of.
    pub fn apart(&self, one: &str, other: &str) -> bool {
        let (Some(one), Some(other)) = (self.survivor(one), self.survivor(other)) else { return false };
        one != other
            && !self.retired.contains(&one)
            && !self.retired.contains(&other)
            && !self.settled.contains(&(one.min(other), one.max(other)))
    }
}

/// All answers there are, read in a transaction of its own, so that nobody waits while a job thinks.
pub(super) async fn answers(cx: &Cx) -> Result<Answers> {
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let (survivors, retired) = store::gone(&mut reader).await?;
    let rows = store::all_decided(&mut reader).await?;
    reader.commit().await?;
    let mut answers = Answers { decided: Vec::new(), settled: HashSet::new(), survivors, retired };
    for (low, high, verdict) in rows {
        let ends = (answers.survivor(&low.to_string()), answers.survivor(&high.to_string()));
        if let (Some(one), Some(other)) = ends {
            answers.settled.insert((one.min(other), one.max(other)));
        }
        answers.decided.push((low.to_string(), high.to_string(), verdict == Verdict::Same.code()));
    }
    Ok(answers)
}

/// How many decisions that stand say that two are the same, and how many that they are not.
pub(super) async fn counted(cx: &mut Cx) -> Result<(i64, i64)> {
    store::counted(cx).await
}

/// Records of which people decided, with whether they said that they are the same.
pub(super) async fn decided(cx: &mut Cx) -> Result<Vec<(Id, Id, bool)>> {
    let rows = store::all_decided(cx).await?;
    Ok(rows.into_iter().map(|(low, high, verdict)| (low, high, verdict == Verdict::Same.code())).collect())
}

/// The pairs of the queue that nobody has decided and of which the reader may see both.
pub(super) async fn undecided(cx: &mut Cx) -> Result<Vec<(Id, Id)>> {
    store::undecided(cx, MOST as i64).await
}

/// Looks through the whole register for pairs to ask about, and puts them in place of those asked about so far; what was
/// put off stays so. Answers how many there are.
pub async fn find_all(cx: &mut Cx) -> Result<usize> {
    let granted = cx.require(&EDIT)?;
    let answers = Arc::new(answers(cx).await?);
    let index = memory::copy(&cx.house.clone()).await?;
    let known = answers.clone();
    let questions = on_all_cores(move || index.questions(MOST, &known.decided, |one, other| known.apart(one, other)))
        .await?
        .map_err(|error| Error::Unexpected(Box::new(error)))?;
    let mut found: HashSet<(Id, Id)> = HashSet::new();
    let mut rows = Vec::with_capacity(questions.len());
    for question in questions {
        let ends = (answers.survivor(&question.ids.0), answers.survivor(&question.ids.1));
        let (Some(one), Some(other)) = ends else { continue };
        // Of several records of the same two the most telling stands for all.
        if found.insert((one.min(other), one.max(other))) {
            let mut resemblance = Resemblance::of(&question.explanation);
            if one > other {
                for reason in &mut resemblance.waterfall.reasons {
                    std::mem::swap(&mut reason.one, &mut reason.other);
                }
            }
            let teaches = (question.teaches * 1_000_000.0).round() as i64;
            let alike = i64::try_from(question.alike).unwrap_or(i64::MAX);
            rows.push((one.min(other), one.max(other), resemblance, teaches, alike));
        }
    }
    let count = rows.len();
    // Looking took a while; what is written is written as of now.
    cx.renew();
    store::replace(cx, &granted, rows).await?;
    let run = cx.new_id();
    let when = cx.now().to_string();
    cx.record(
        Change::new("resemblance.looked_through", "resemblance", run)
            .label(when)
            .set("pairs", Told::Number(count as i64)),
    );
    Ok(count)
}
