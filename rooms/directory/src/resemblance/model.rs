//! Models of resemblance: what agreement is worth, learnt from the register and from what people decided. Each that was
//! learnt is kept and can be read; where none is in use, the one delivered is. Nothing is learnt from a handful of
//! decisions, and what was learnt is used only once a person has seen how it fares beside the present one.

use std::path::Path;

use matching::Model;
use platform::audit::{Change, Told};
use platform::clock::At;
use platform::jobs::{Job, JobError, JobKind};
use platform::{Cx, Error, Id, Result};
use serde::Serialize;
use sqlx::FromRow;

use super::memory::{self, on_all_cores};
use super::review;
use crate::{EDIT, TEACH};

pub mod api;
mod comparison;
pub mod pages;
mod store;

pub use comparison::{Comparison, compare};

/// What the audit calls a model; memory takes it in from there.
pub(super) const KIND: &str = "resemblance_model";
const LEARN: &str = "Learn what resembles";
const LISTED: i64 = 100;

/// So many decisions it takes before anything is learnt: with fewer, what people happened to look at first moves all weights.
pub const LEAST_DECISIONS: i64 = 30;
/// So many of them must say that two are the same, and as many that they are not: one kind alone teaches no difference.
pub const LEAST_OF_EACH: i64 = 5;

/// How many decisions there are to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lessons {
    pub same: i64,
    /// Of one family, or different.
    pub other: i64,
}

impl Lessons {
    pub fn are_enough(self) -> bool {
        self.same + self.other >= LEAST_DECISIONS && self.same.min(self.other) >= LEAST_OF_EACH
    }

    /// How many it takes and how many there are, for the words that say so.
    fn args(self) -> Vec<(&'static str, String)> {
        let numbers = [
            ("least", LEAST_DECISIONS),
            ("each", LEAST_OF_EACH),
            ("decisions", self.same + self.other),
            ("same", self.same),
            ("other", self.other),
        ];
        numbers.into_iter().map(|(name, number)| (name, number.to_string())).collect()
    }

    fn require(self) -> Result<()> {
        if self.are_enough() { Ok(()) } else { Err(Error::conflict_with("review-learn-too-few", &self.args())) }
    }
}

/// How many decisions stand that can be learnt from.
pub async fn lessons(cx: &mut Cx) -> Result<Lessons> {
    cx.require(&EDIT)?;
    let (same, other) = review::counted(cx).await?;
    Ok(Lessons { same, other })
}

/// A model that was learnt.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceModel)]
pub struct Learnt {
    pub id: Id,
    /// How many records and pairs it was learnt from, and how many decisions were among them.
    pub records: i64,
    pub pairs: i64,
    pub decisions: i64,
    pub made_by: Option<Id>,
    pub made_at: At,
    pub in_use: bool,
}

/// The job that learns.
pub(crate) fn job() -> JobKind {
    JobKind {
        name: LEARN,
        run: |cx, _: &Job| Box::pin(async move { learn(cx).await.map(drop).map_err(JobError::from) }),
        nightly: false,
    }
}

/// The models that were learnt, latest first: the latest hundred.
pub async fn all(cx: &mut Cx) -> Result<Vec<Learnt>> {
    cx.require(&EDIT)?;
    store::all(cx, LISTED).await
}

/// A model as text that people can read; the one delivered where none is named.
pub async fn text(cx: &mut Cx, id: Option<Id>) -> Result<String> {
    cx.require(&EDIT)?;
    match id {
        Some(id) => store::text(cx, id).await?.ok_or(Error::NotFound),
        None => Ok(Model::default().to_text()),
    }
}

/// The model in use. One that this version can't read is passed over for the one delivered.
pub(super) async fn in_use(cx: &mut Cx) -> Result<Model> {
    let Some(text) = store::in_use(cx).await? else { return Ok(Model::default()) };
    Ok(Model::from_text(&text, Path::new("model")).unwrap_or_else(|error| {
        tracing::warn!(%error, "the model in use can't be read; the one delivered is used");
        Model::default()
    }))
}

/// Sets off the job that learns. Refused while there are too few decisions.
pub async fn set_off(cx: &mut Cx) -> Result<Id> {
    cx.require(&TEACH)?;
    lessons(cx).await?.require()?;
    platform::jobs::enqueue(cx, LEARN, serde_json::json!({}), None).await
}

/// Learns from the register and from all decisions that stand. What was learnt is kept and not used before it is taken.
pub async fn learn(cx: &mut Cx) -> Result<Learnt> {
    let granted = cx.require(&TEACH)?;
    let answers = review::answers(cx).await?;
    let decisions = answers.decided.len() as i64;
    let same = answers.decided.iter().filter(|(.., same)| *same).count() as i64;
    Lessons { same, other: decisions - same }.require()?;
    let index = memory::copy(&cx.house.clone()).await?;
    let model = on_all_cores(move || index.learn(&answers.decided, |one, other| answers.apart(one, other)))
        .await?
        .map_err(|error| Error::Unexpected(Box::new(error)))?;
    let learnt = Learnt {
        id: cx.new_id(),
        records: i64::try_from(model.learnt_from().0).unwrap_or(i64::MAX),
        pairs: i64::try_from(model.learnt_from().1).unwrap_or(i64::MAX),
        decisions,
        made_by: granted.by(),
        made_at: cx.now(),
        in_use: false,
    };
    store::insert(cx, &granted, &learnt, &model.to_text()).await?;
    cx.record(
        Change::new("resemblance.model_learnt", KIND, learnt.id)
            .label(learnt.made_at.to_string())
            .set("records", Told::Number(learnt.records))
            .set("pairs", Told::Number(learnt.pairs))
            .set("decisions", Told::Number(decisions)),
    );
    Ok(learnt)
}

/// Takes a learnt model into use, or with none named goes back to the one delivered. A learnt one is refused where too few
/// decisions taught it, and where it does worse than the present one on what people decided.
pub async fn take(cx: &mut Cx, id: Option<Id>) -> Result<()> {
    let granted = cx.require(&TEACH)?;
    if id.is_some() {
        let comparison = compare(cx, id).await?;
        if let Some(refused) = comparison.refused() {
            return Err(refused);
        }
    }
    let all = store::all(cx, LISTED).await?;
    let before = all.iter().find(|model| model.in_use).map(|model| model.id);
    if before == id {
        return Ok(());
    }
    store::use_none(cx, &granted).await?;
    if let Some(id) = id
        && store::use_one(cx, &granted, id).await? == 0
    {
        return Err(Error::NotFound);
    }
    // A model is known by when it was learnt.
    let told = |id: Option<Id>| {
        let model = all.iter().find(|model| Some(model.id) == id);
        model.map_or(Told::Nothing, |model| Told::Text(model.made_at.to_string()))
    };
    let subject = id.or(before).unwrap_or(Id(0));
    let label = all.iter().find(|model| model.id == subject).map(|model| model.made_at.to_string());
    cx.record(Change::new("resemblance.model_taken", KIND, subject).label(label.unwrap_or_default()).field(
        "in_use",
        told(before),
        told(id),
    ));
    Ok(())
}
