//! Stories of finding a project by what somebody remembers of it.

use std::collections::BTreeMap;

use platform::forms::Form;
use platform::{Id, both_databases};

use super::Office;
use crate::project;
use crate::project::list::Filter;

/// What a search as one types finds.
async fn suggested(office: &Office, typed: &str) -> Vec<String> {
    let mut cx = office.director().cx();
    project::find(&mut cx, typed, 8).await.unwrap().into_iter().map(|found| found.label).collect()
}

/// What the list shows.
async fn listed(office: &Office, typed: &str) -> Vec<String> {
    let mut cx = office.director().cx();
    let form = Form::default().with("q", typed).with("sort", "title");
    let filter = Filter::asked(&cx, &form).unwrap();
    project::list::page(&mut cx, &filter, 50).await.unwrap().projects.into_iter().map(|one| one.title).collect()
}

async fn titled(office: &Office, id: Id, title: &str) {
    let mut cx = office.operator();
    let version = project::get(&mut cx, id).await.unwrap().version;
    let fields = BTreeMap::from([("title".to_owned(), Some(title.to_owned()))]);
    project::edit(&mut cx, id, version, fields).await.unwrap();
    cx.commit().await.unwrap();
}

#[both_databases]
async fn a_project_is_found_by_any_word_of_its_title_and_by_how_its_reference_begins(office: Office) {
    let one = office.project("Lanyue").await;
    titled(&office, one, "First expansion of the Hong Kong base").await;
    let other = office.project("Harbour Robotics").await;
    titled(&office, other, "香港研發總部 stage two").await;
    for typed in ["expansion", "Hong Kong base", "hong kong", "first exp", "P-2026-0001", "p-2026-00", "base first"] {
        assert!(listed(&office, typed).await.contains(&"First expansion of the Hong Kong base".to_owned()), "{typed}");
        assert!(
            suggested(&office, typed).await.contains(&"First expansion of the Hong Kong base".to_owned()),
            "{typed}"
        );
    }
    for typed in ["总部", "研發", "two"] {
        assert_eq!(listed(&office, typed).await, ["香港研發總部 stage two"], "{typed}");
        assert_eq!(suggested(&office, typed).await, ["香港研發總部 stage two"], "{typed}");
    }
    for typed in ["xpansion", "base last", "P-2027"] {
        assert!(listed(&office, typed).await.is_empty(), "{typed}");
        assert!(suggested(&office, typed).await.is_empty(), "{typed}");
    }
    // What it was called before is no word of it any more; its enterprise still is in the list.
    assert!(suggested(&office, "Harbour").await.is_empty());
    assert_eq!(listed(&office, "Harbour").await, ["香港研發總部 stage two"]);
}
