//! Search over all rooms: each room's finders, in the order the rooms stand.

use platform::room::Found;
use platform::{Cx, Result};

pub mod pages;

/// What each room finds for what was typed: the kind's text key, and its records.
pub async fn everywhere(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<(&'static str, Vec<Found>)>> {
    let mut found = Vec::new();
    if typed.trim().is_empty() {
        return Ok(found);
    }
    for finder in cx.house.finders.clone() {
        if cx.may(finder.permission) {
            let records = (finder.find)(cx, typed, limit).await?;
            if !records.is_empty() {
                found.push((finder.key, records));
            }
        }
    }
    Ok(found)
}
