//! What the sample office has chosen from its universe: one screening by the pack's criteria, and the first of its ranking
//! on this quarter's target list.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use platform::house::House;
use platform::order::Place;
use platform::{Cx, jobs};
use targeting::criteria;
use targeting::screening::{self, send};
use targeting::target::round_of;

const TOP: i64 = 500;
/// The first so many ranks are sent.
const SENT: i64 = 12;

/// Screens and sends; answers how many enterprises came in by it.
pub async fn choose(house: &Arc<House>, cx: &mut Cx) -> Result<usize> {
    let set = criteria::page(cx, false, &Place::default(), 1).await?.rows.into_iter().next();
    let set = set.context("the pack has no criteria")?;
    let asked = screening::run(cx, set.id, set.latest, TOP).await?;
    cx.commit().await?;
    jobs::run_all(house).await?;
    cx.renew();
    let done = screening::get(cx, asked.id).await?;
    ensure!(done.state == "done", "the sample's screening is {}", done.state);
    let kept = send::Kept {
        round: round_of(cx.today()),
        tier: "office".to_owned(),
        note: "made up for the sample office".to_owned(),
        ..send::Kept::default()
    };
    let ranks: Vec<i64> = (1..=SENT).collect();
    let sent = send::send(cx, asked.id, &ranks, &kept, &HashMap::new()).await?;
    cx.commit().await?;
    Ok(sent.sent)
}
