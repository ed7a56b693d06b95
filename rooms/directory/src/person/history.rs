//! A person's history, as far as the reader may see where they have been.

use platform::audit::{self, Entry, FieldChange};
use platform::{Cx, Id, Result};

use super::post::{self, Ever};

/// What is done with a post.
const POSTS: [&str; 3] = ["person.post_held", "person.post_corrected", "person.post_withdrawn"];

/// The latest of what happened to a person within reach.
pub(crate) async fn latest(cx: &mut Cx, id: Id, limit: i64) -> Result<Vec<Entry>> {
    page(cx, id, None, limit).await
}

/// What happened to a person within reach, latest first, below `before` if given. A post at an enterprise out of reach is
/// told nowhere: what was done with it is left out, and so is the post where more than that was done.
pub(crate) async fn page(cx: &mut Cx, id: Id, before: Option<Id>, limit: i64) -> Result<Vec<Entry>> {
    let (seen, hidden) = post::ever(cx, id).await?;
    if hidden.is_empty() {
        return audit::read::history(cx, "person", id, before, limit).await;
    }
    let (most, mut before) = (usize::try_from(limit).unwrap_or_default(), before);
    let mut told: Vec<Entry> = Vec::new();
    loop {
        let entries = audit::read::history(cx, "person", id, before, limit).await?;
        let is_last = entries.len() < most;
        before = entries.last().map(|entry| entry.id);
        for mut entry in entries {
            if tells_of(&entry, &seen, &hidden) {
                if POSTS.contains(&entry.verb.as_str()) {
                    continue;
                }
                let mut fields = entry.fields();
                fields.retain(|change| !is_post(change));
                entry.detail = serde_json::to_string(&fields)?;
            }
            told.push(entry);
        }
        // What is not shown makes room for what happened before it.
        if is_last || told.len() >= most {
            told.truncate(most);
            return Ok(told);
        }
    }
}

fn is_post(change: &FieldChange) -> bool {
    matches!(change.field.as_str(), "post" | "_post")
}

/// Whether the post of an entry is one of the hidden: by its key where the entry keeps it, else by the instant at which it
/// was given or taken back, if no other of that instant bears its title.
fn tells_of(entry: &Entry, seen: &[Ever], hidden: &[Ever]) -> bool {
    let fields = entry.fields();
    if !fields.iter().any(is_post) {
        return false;
    }
    if let Some(key) = crate::written::told_record(entry, "post") {
        return hidden.iter().any(|post| post.id == key);
    }
    let told: Vec<String> = fields
        .iter()
        .filter(|change| is_post(change))
        .flat_map(|one| [one.old.raw(), one.new.raw()])
        .flatten()
        .collect();
    let of_then = |post: &&Ever| post.recorded_at == entry.at || post.withdrawn_at == Some(entry.at);
    !seen.iter().filter(of_then).any(|post| told.contains(&post.title)) && hidden.iter().any(|post| of_then(&post))
}
