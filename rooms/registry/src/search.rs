//! Search over all rooms: each room's finders, in the order the rooms stand; and the things one can
//! do or go to, by their words.

use platform::pages::Html;
use platform::room::Found;
use platform::search::fold;
use platform::{Cx, Result};

pub mod api;
pub mod pages;

/// What a room found: its kind, the kind's text key, the list that goes on with it, the records.
#[derive(Clone, Debug)]
pub struct Group {
    pub kind: &'static str,
    pub key: &'static str,
    pub list: Option<&'static str>,
    pub records: Vec<Found>,
    /// Whether there are more than these.
    pub more: bool,
}

/// What each room finds for what was typed, or only the room of one kind.
pub async fn everywhere(cx: &mut Cx, typed: &str, only: Option<&str>, limit: i64) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    if typed.trim().is_empty() {
        return Ok(groups);
    }
    for finder in cx.house.finders.clone() {
        if !cx.may(finder.permission) || only.is_some_and(|kind| kind != finder.kind) {
            continue;
        }
        let mut records = (finder.find)(cx, typed, limit + 1).await?;
        if records.is_empty() {
            continue;
        }
        let most = usize::try_from(limit).unwrap_or_default();
        let more = records.len() > most;
        records.truncate(most);
        let list = cx.house.lists.iter().find(|(kind, _)| *kind == finder.kind).map(|(_, list)| *list);
        groups.push(Group { kind: finder.kind, key: finder.key, list, records, more });
    }
    Ok(groups)
}

/// The actions and pages whose words hold what was typed, in any of its scripts; all of them where
/// nothing was.
pub fn actions(cx: &Cx, typed: &str, limit: usize) -> Vec<Found> {
    let view = cx.view();
    let wanted = fold::fold(typed);
    let pages = cx.house.nav.iter().map(|nav| (nav.key, nav.href, nav.permission));
    let actions = cx.house.actions.iter().map(|action| (action.key, action.href, action.permission));
    let mut found: Vec<Found> = Vec::new();
    for (key, href, permission) in pages.chain(actions) {
        let label = view.t(key);
        let fits = fold::fold(&label).contains(&wanted);
        if fits && cx.may(permission) && !found.iter().any(|held| held.href == href) {
            let sublabel = view.t("search-action");
            found.push(Found { kind: "action", label, sublabel, href: href.to_owned(), lang: String::new() });
        }
    }
    found.truncate(limit);
    found
}

/// A name with the part that matches marked, whatever script it is held in. A name found by another
/// of its names has no such part.
pub fn marked(label: &str, typed: &str) -> Html {
    let plain = || Html::escape(label);
    let Some(key) = fold::query_key(typed) else { return plain() };
    let places: Vec<usize> = label.char_indices().map(|(place, _)| place).chain([label.len()]).collect();
    let begins = |place: usize| {
        let before = label[..place].chars().next_back();
        let here = label[place..].chars().next();
        // Where a search may begin: at a word, or at any character of a script without spaces.
        before.is_none_or(|before| !before.is_alphanumeric() || before > '\u{2E80}' || here > Some('\u{2E80}'))
    };
    for (at, from) in places.iter().enumerate() {
        let fits = begins(*from) && fold::query_key(&label[*from..]).is_some_and(|rest| rest.starts_with(&key));
        if !fits || label[*from..].starts_with(|first: char| !first.is_alphanumeric()) {
            continue;
        }
        let end = places[at..].iter().find(|end| fold::query_key(&label[*from..**end]).as_deref() == Some(&key));
        if let Some(end) = end {
            return Html(format!(
                "{}<mark>{}</mark>{}",
                Html::escape(&label[..*from]),
                Html::escape(&label[*from..*end]),
                Html::escape(&label[*end..])
            ));
        }
    }
    plain()
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn the_part_that_matches_is_marked_in_every_script() {
        assert_eq!(marked("Harbour Robotics", "robo").0, "Harbour <mark>Robo</mark>tics");
        assert_eq!(marked("海港機械人", "机械").0, "海港<mark>機械</mark>人");
        assert_eq!(marked("Smart Chips", "art").0, "Smart Chips");
        assert_eq!(marked("Société Générale", "generale").0, "Société <mark>Générale</mark>");
        assert_eq!(marked("한국전자", "전자").0, "한국<mark>전자</mark>");
        assert_eq!(marked("<b> & co", "co").0, "&lt;b&gt; &amp; <mark>co</mark>");
        assert_eq!(marked("Harbour", "海港").0, "Harbour");
        assert_eq!(marked("Harbour", "…").0, "Harbour");
    }
}
