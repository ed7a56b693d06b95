//! Stories of releases, on both databases.

use std::collections::BTreeMap;

use directory::enterprise;
use platform::sql::Sql;
use platform::{Error, both_databases};
use projects::project;

use super::compare::{With, compare, differences, pairs};
use super::{NewRelease, freeze, get, sign_off};
use crate::crosstab::tests::{at, cast, counted};
use crate::tests::Office;

const QUERY: &str = "rows=industry&columns=nature&measure=enterprises_attracted&as_at=2024-11-11";

fn new() -> NewRelease {
    NewRelease { title: "Table for the Council".into(), note: "asked on 11 December".into(), definition: QUERY.into() }
}

#[both_databases]
async fn a_release_takes_two_people_and_never_changes(office: Office) {
    cast(&office).await;
    let (one, other, officer) = (office.director(), office.director(), office.officer(None));
    let mut cx = one.cx();
    let release = freeze(&mut cx, new()).await.unwrap();
    assert!(release.reference.starts_with("R-2026-"));
    cx.commit().await.unwrap();
    let path = format!("/figures/releases/{}", release.id);
    assert_eq!(officer.get(&path).await.status, 404, "a draft is for those who may read drafts");
    assert!(!officer.get("/figures/releases").await.body.contains("Table for the Council"));
    assert_eq!(one.post(&format!("{path}/sign-off"), &[("note", "")]).await.status, 409, "not by the same person");
    assert_eq!(officer.post("/figures/releases", &[("title", "x"), ("definition", QUERY)]).await.status, 403);
    assert_eq!(other.post(&format!("{path}/sign-off"), &[("note", "checked")]).await.status, 303);
    assert_eq!(other.post(&format!("{path}/sign-off"), &[("note", "again")]).await.status, 409);
    for language in platform::text::Language::ALL {
        for page in [path.clone(), format!("{path}/compare?with=now"), "/figures/releases".to_owned()] {
            let page = officer.get_in(language, &page).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(!page.body.contains(">release-") && !page.body.contains(">compare-"), "{}", page.body);
        }
    }
    let whole =
        officer.call("GET", &format!("/api/v1/releases/{}", release.id), &[], serde_json::Value::Null).await.json();
    assert_eq!((whole["state"].as_str(), whole["metric_version"].as_i64()), (Some("signed_off"), Some(1)));
    assert!(whole["words"]["definition"].as_str().unwrap().contains("each once"));
    for statement in [
        "UPDATE releases SET title = 'other'",
        "DELETE FROM releases",
        "UPDATE release_signatures SET note = ''",
        "DELETE FROM release_signatures",
    ] {
        let mut cx = office.operator();
        assert!(Sql::new(statement).execute(&mut cx).await.is_err(), "{statement}");
        cx.undo().await.unwrap();
    }
}

#[both_databases]
async fn what_it_counted_is_corrected_and_the_release_stays(office: Office) {
    let ids = cast(&office).await;
    let one = office.director();
    let mut cx = one.cx();
    let release = freeze(&mut cx, new()).await.unwrap();
    let id = release.id;
    cx.commit().await.unwrap();
    office.clock.set(office.clock.now().plus_seconds(60));

    let mut cx = one.cx();
    let (enterprise, project) = ids[0];
    let edit = |field: &str, value: &str| BTreeMap::from([(field.to_owned(), Some(value.to_owned()))]);
    let version = project::get(&mut cx, project).await.unwrap().version;
    let refused = project::edit(&mut cx, project, version, edit("nature", "expansion")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let refused = project::edit(&mut cx, project, version, edit("activities", "rd-centre")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let version = enterprise::get(&mut cx, enterprise).await.unwrap().version;
    let refused = enterprise::edit(&mut cx, enterprise, version, edit("reporting_origin", "france")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    cx.undo().await.unwrap();

    let mut cx = one.cx();
    project::correct(&mut cx, project, "nature", Some("expansion".into()), "2023-10-04", "they were here before")
        .await
        .unwrap();
    let correction = enterprise::correct::NewCorrection {
        field: "reporting_origin".into(),
        value: Some("france".into()),
        effective_on: "2023-01-01".into(),
        reason: "the parent is there".into(),
    };
    enterprise::correct::correct(&mut cx, enterprise, correction).await.unwrap();
    cx.commit().await.unwrap();

    let mut cx = one.cx();
    let held = get(&mut cx, id).await.unwrap().table().unwrap();
    assert_eq!(at(&held, &["ai-data-science"], &["foothold"]), Some(1));
    let comparison = compare(&mut cx, id, With::Now).await.unwrap();
    assert_eq!(comparison.warnings, []);
    let of = |column: &str| {
        let cell = comparison
            .cells
            .iter()
            .find(|pair| pair.row == [Some("ai-data-science".to_owned())] && pair.column == [Some(column.to_owned())]);
        cell.map(|pair| (pair.old, pair.new, pair.difference)).unwrap()
    };
    assert_eq!(of("foothold"), (Some(1), Some(0), Some(-1)));
    assert_eq!(of("expansion"), (Some(0), Some(1), Some(1)));
    // The release's own dates still count what it counted.
    let as_then = counted(&mut cx, &format!("{}{}", release.definition, release.dates())).await;
    assert_eq!(as_then.values, held.values);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn two_releases_that_count_differently_say_so(office: Office) {
    cast(&office).await;
    let one = office.director();
    let mut cx = one.cx();
    let earlier = freeze(&mut cx, new()).await.unwrap();
    let later = NewRelease { definition: QUERY.replace("2024-11-11", "2026-01-01"), ..new() };
    let later = freeze(&mut cx, later).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = one.cx();
    // Whichever is opened, the earlier day is the old one.
    for (id, with) in [(earlier.id, later.id), (later.id, earlier.id)] {
        let comparison = compare(&mut cx, id, With::Release(with)).await.unwrap();
        assert_eq!(comparison.old.reference.as_deref(), Some(earlier.reference.as_str()));
        let keys: Vec<&str> = comparison.warnings.iter().map(|warning| warning.key).collect();
        assert_eq!(keys, ["compare-list"], "four industries, then five");
    }
    let old = earlier.table().unwrap();
    let mut new = old.clone();
    new.version = 2;
    assert_eq!(differences(&old, &new)[0].key, "compare-version");
    new.rows = vec!["stage".into()];
    let keys: Vec<&str> = differences(&old, &new).iter().map(|warning| warning.key).collect();
    assert_eq!(keys, ["compare-version", "compare-dimensions"]);
    assert_eq!(pairs(&old, &new).len(), 1, "only the totals are set against each other");
    new.unit = "jobs".into();
    assert_eq!(pairs(&old, &new)[0].difference, None);
    let own = sign_off(&mut cx, earlier.id, "").await;
    assert!(matches!(own, Err(Error::Conflict(_))));
    cx.undo().await.unwrap();
}
