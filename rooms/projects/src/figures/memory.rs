//! What figures and cross-tabs are counted from, held in memory, so that those of a large office as at
//! any date come in a moment.
//!
//! What is held is what the tables hold, as far as the audit tells: every change is an entry of a
//! chain without gaps, so each question first reads which records have changed since the last one,
//! in its own transaction, and takes those in anew. The rules are those of [`super::store`], and a
//! story holds the two to the same answers. A small office asks the database, and so does the first
//! question after a start, while the memory fills.

use std::collections::HashSet;
use std::sync::{Arc, RwLock};

use platform::audit::read::{self, Heads};
use platform::clock::At;
use platform::sql::AT_ONCE;
use platform::text::Language;
use platform::{Cx, Error, Id, Result, Way};

use super::cut::Cut;
use super::{AsOf, Counted, Dimension, Measure};

mod held;
mod sets;
mod store;
mod totals;

use held::{Held, Named, News};
use store::EnterpriseRow;

/// A ledger up to this long is added up by the database as quickly.
const SMALL: i64 = 20_000;
/// With more changes than this since the last question, everything is read anew.
const MOST_CHANGES: i64 = 50_000;
const PAGE: i64 = 2_000;

/// What a house holds; empty until somebody asks.
#[derive(Default)]
pub(super) struct Memory {
    held: RwLock<Option<Held>>,
    /// Who brings it up to date, one at a time.
    turn: tokio::sync::Mutex<()>,
    filling: tokio::sync::Mutex<()>,
}

/// Value and number of projects of each measure, or nothing where the database is to be asked.
pub(super) async fn totals(cx: &mut Cx, as_of: AsOf, measures: &[Measure]) -> Result<Option<Vec<(i64, i64)>>> {
    // Projects alone are counted as a cross-tab of no dimension.
    if measures.iter().any(|measure| matches!(measure.counted(), Counted::Projects)) {
        return Ok(None);
    }
    let Some(memory) = ready(cx).await? else { return Ok(None) };
    let measures = measures.to_vec();
    memory.answer(cx, move |held, reach| held.totals(as_of, &measures, reach)).await.map(Some)
}

/// All sets of cells that something counted stands in, as [`super::cut`] asks for them, or nothing where the
/// database is to be asked.
pub(super) async fn sets(cx: &mut Cx, cut: &Cut, dimensions: &[Dimension]) -> Result<Option<Vec<(String, i64)>>> {
    let Some(memory) = ready(cx).await? else { return Ok(None) };
    let question = sets::Question {
        cut: cut.clone(),
        dimensions: dimensions.to_vec(),
        industries: cx.house.codes.on("industry", cut.as_of.as_at).into_iter().map(|code| code.code).collect(),
        day_ends: At::end_of(cut.as_of.as_at, &cx.house.zone),
    };
    memory.answer(cx, move |held, reach| held.sets(&question, reach)).await.map(Some)
}

/// The memory, brought up to date; nothing while there is none.
async fn ready(cx: &mut Cx) -> Result<Option<Arc<Memory>>> {
    // A writer may have written what no chain tells of before it commits.
    if !cx.is_reading() {
        return Ok(None);
    }
    let memory = cx.house.kept.get::<Memory>();
    if !memory.is_filled() {
        if store::is_longer_than(cx, SMALL).await? {
            fill_meanwhile(cx, memory);
        }
        return Ok(None);
    }
    if !memory.catch_up(cx).await? {
        fill_meanwhile(cx, memory);
        return Ok(None);
    }
    Ok(Some(memory))
}

/// Fills the memory beside the questions, which the database answers until then.
fn fill_meanwhile(cx: &Cx, memory: Arc<Memory>) {
    let house = cx.house.clone();
    tokio::spawn(async move {
        // Somebody who fills it already spares the others.
        let Ok(_filling) = memory.filling.try_lock() else { return };
        let mut cx = Cx::reading(house, None, Way::Job, Language::English);
        if let Err(error) = memory.fill(&mut cx).await {
            tracing::warn!(%error, "the figures are not held in memory");
        }
    });
}

impl Memory {
    fn is_filled(&self) -> bool {
        self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner()).is_some()
    }

    /// Reads everything, in one transaction and so as at one instant.
    pub(super) async fn fill(&self, cx: &mut Cx) -> Result<()> {
        let _turn = self.turn.lock().await;
        let mut held = Held::as_of(read::heads(cx).await?);
        let mut after = Id(0);
        loop {
            let rows = store::projects_after(cx, after, PAGE).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
            after = last.id;
            let belongings = store::belongings(cx, store::Of::Between(first.id, last.id)).await?;
            let also = with_survivors(cx, &held.unknown(rows.iter().map(|row| row.enterprise_id))).await?;
            let more = store::more(cx, &also.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
            held.take_news(News { projects: vec![(rows, belongings)], enterprises: also, more });
        }
        *self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(held);
        Ok(())
    }

    /// Takes in what has changed; answers whether it could.
    async fn catch_up(&self, cx: &mut Cx) -> Result<bool> {
        let now = read::heads(cx).await?;
        if self.reaches(&now) {
            return Ok(true);
        }
        // Whoever waits holds no connection that the one whose turn it is may need; and a view begun
        // in one's turn is later than that of whoever had it before: nothing newer is put back.
        cx.look_anew().await?;
        let _turn = self.turn.lock().await;
        let now = read::heads(cx).await?;
        if self.reaches(&now) {
            return Ok(true);
        }
        let seen = self.seen();
        let Some(changed) = read::changed_since(cx, &seen, &["project", "enterprise"], MOST_CHANGES).await? else {
            *self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
            return Ok(false);
        };
        let of = |kind: &str| changed.iter().filter(|(of, _)| of == kind).map(|(_, id)| *id).collect::<Vec<Id>>();
        let mut news = News::default();
        for chunk in of("project").chunks(AT_ONCE) {
            news.projects
                .push((store::projects(cx, chunk).await?, store::belongings(cx, store::Of::These(chunk)).await?));
        }
        let enterprises = of("enterprise");
        if !enterprises.is_empty() {
            // What is said of a merged one counts for whoever stands for it.
            let mut ids = store::stood_for(cx, &enterprises).await?;
            ids.extend(store::survivors(cx, &enterprises).await?);
            ids.extend(enterprises);
            news.enterprises = store::enterprises(cx, &self.known(ids)).await?;
        }
        let refreshed: Vec<Id> = news.enterprises.iter().map(|row| row.id).collect();
        let mut wanted = store::survivors(cx, &refreshed).await?;
        wanted.extend(news.projects.iter().flat_map(|(rows, _)| rows).map(|row| row.enterprise_id));
        let unknown = self.unknown(wanted);
        news.enterprises.extend(with_survivors(cx, &unknown).await?);
        news.more = store::more(cx, &news.enterprises.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        let mut held = self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(held) = held.as_mut() {
            held.take_news(news);
            held.seen.join(&now);
        }
        Ok(true)
    }

    fn reaches(&self, heads: &Heads) -> bool {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().is_some_and(|held| held.seen.reaches(heads))
    }

    fn seen(&self) -> Heads {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().map(|held| held.seen.clone()).unwrap_or_default()
    }

    fn known(&self, ids: Vec<Id>) -> Vec<Id> {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().map(|held| held.known(ids)).unwrap_or_default()
    }

    fn unknown(&self, ids: Vec<Id>) -> Vec<Id> {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().map(|held| held.unknown(ids)).unwrap_or_default()
    }

    /// Counts what the actor may see. It takes a core for some hundredths of a second, so it is
    /// done beside the threads that answer.
    async fn answer<T: Send + 'static>(
        self: Arc<Self>,
        cx: &mut Cx,
        count: impl FnOnce(&Held, &held::Reach) -> T + Send + 'static,
    ) -> Result<T> {
        let mut named = Named::default();
        for (kind, id) in store::named(cx).await? {
            if kind == "project" { &mut named.projects } else { &mut named.enterprises }.insert(id);
        }
        let reach = held::Reach { visible: cx.visible(), named };
        let counted = tokio::task::spawn_blocking(move || {
            let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
            held.as_ref().map(|held| count(held, &reach))
        });
        let counted = counted.await.map_err(|error| Error::Unexpected(Box::new(error)))?;
        counted.ok_or_else(|| Error::unexpected("the figures went out of memory while they were counted"))
    }
}

/// These enterprises, and all that ever stood for them: what was known earlier is counted by those.
async fn with_survivors(cx: &mut Cx, ids: &[Id]) -> Result<Vec<EnterpriseRow>> {
    let mut known: HashSet<Id> = ids.iter().copied().collect();
    let mut rows = Vec::new();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        rows.extend(store::enterprises(cx, &next).await?);
        let above = store::survivors(cx, &next).await?;
        next = above.into_iter().filter(|id| known.insert(*id)).collect();
    }
    Ok(rows)
}
