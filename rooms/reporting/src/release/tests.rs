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

#[both_databases]
async fn a_draft_is_withdrawn_with_a_reason_and_frees_what_it_counted(office: Office) {
    let ids = cast(&office).await;
    let (one, other, officer) = (office.director(), office.director(), office.officer(None));
    let mut cx = one.cx();
    let (draft, kept) = (freeze(&mut cx, new()).await.unwrap(), freeze(&mut cx, new()).await.unwrap());
    cx.commit().await.unwrap();
    let path = format!("/figures/releases/{}", draft.id);
    let sure = one.get(&format!("{path}/withdraw")).await;
    assert!(sure.status == 200 && sure.body.contains(&format!("Withdraw {}?", draft.reference)), "{}", sure.body);
    let silent = one.post(&format!("{path}/withdraw"), &[("reason", " ")]).await;
    assert!(silent.status == 422 && silent.body.contains("Give a reason."), "{}", silent.body);
    assert_eq!(officer.post(&format!("{path}/withdraw"), &[("reason", "x")]).await.status, 404);
    assert_eq!(one.post(&format!("{path}/withdraw"), &[("reason", "the wrong day")]).await.status, 303);

    let edit = || BTreeMap::from([("nature".to_owned(), Some("expansion".to_owned()))]);
    let mut cx = one.cx();
    let (_, project) = ids[0];
    let version = project::get(&mut cx, project).await.unwrap().version;
    let counted = project::edit(&mut cx, project, version, edit()).await;
    assert!(matches!(counted, Err(Error::Conflict(_))), "the other draft counts it still");
    cx.undo().await.unwrap();
    let call = async |id: platform::Id, what: &str, body: serde_json::Value| {
        other.call("POST", &format!("/api/v1/releases/{id}/{what}"), &[], body).await
    };
    let reason = serde_json::json!({"reason": "frozen by mistake"});
    let withdrawn = call(kept.id, "withdrawal", reason.clone()).await;
    assert_eq!((withdrawn.status, withdrawn.json()["state"].as_str()), (200, Some("withdrawn")), "{}", withdrawn.body);
    assert_eq!(withdrawn.json()["withdrawal_reason"], "frozen by mistake");
    let mut cx = one.cx();
    project::edit(&mut cx, project, version, edit()).await.unwrap();
    cx.undo().await.unwrap();

    assert_eq!(call(draft.id, "sign-off", serde_json::json!({})).await.status, 409);
    assert_eq!(call(draft.id, "withdrawal", reason.clone()).await.status, 409);
    let list = one.get("/figures/releases").await.body;
    assert!(list.contains(&draft.reference) && list.contains(">Withdrawn<"), "{list}");
    let shown = one.get(&path).await.body;
    assert!(
        shown.contains("the wrong day") && !shown.contains("/sign-off\"") && !shown.contains("/withdraw\""),
        "{shown}"
    );
    assert_eq!(officer.get(&path).await.status, 404, "what was withdrawn was never shown to all");

    let mut cx = one.cx();
    let signed = freeze(&mut cx, new()).await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(call(signed.id, "sign-off", serde_json::json!({})).await.status, 200);
    assert_eq!(call(signed.id, "withdrawal", reason).await.status, 409, "what is signed off stays");
}

#[both_databases]
async fn a_file_of_a_release_says_which_and_who_stands_behind_it(office: Office) {
    cast(&office).await;
    let (one, other) = (office.director(), office.director());
    let mut cx = one.cx();
    let release = freeze(&mut cx, new()).await.unwrap();
    cx.commit().await.unwrap();
    let path = format!("/figures/releases/{}", release.id);
    let rows = async |state: &str| {
        let file = one.get(&format!("{path}/download?format=csv")).await;
        let (head, rows) = file.body.split_once('\n').unwrap();
        assert!(head.trim_end().ends_with(",release,state,frozen_by,frozen_at,signed_by,signed_at"), "{head}");
        assert!(head.contains(",definition,comparator,source,release,"), "{head}");
        let said = format!(",{},{state},", release.reference);
        assert!(rows.lines().all(|row| row.contains(&said) && row.contains(",exactly,")), "{rows}");
        let json = one.get(&format!("{path}/download?format=json")).await.json();
        assert_eq!(
            (&json["release"]["reference"], &json["release"]["state"]),
            (&release.reference.as_str().into(), &state.into())
        );
        assert_eq!(json["comparator"], "exactly");
        assert!(json["source"].as_str().is_some_and(|source| !source.is_empty()));
        (file.header("content-disposition").to_owned(), json["release"]["signed_by"].clone())
    };
    let (name, signed_by) = rows("drafted").await;
    assert!(name.contains("-drafted-") && signed_by.is_null(), "{name}");
    assert_eq!(other.post(&format!("{path}/sign-off"), &[("note", "checked")]).await.status, 303);
    let (name, signed_by) = rows("signed_off").await;
    assert!(!name.contains("drafted") && signed_by.is_string(), "{name}");
    for bogus in [format!("{path}/download?format=bogus"), format!("/figures/crosstab/download?{QUERY}&format=bogus")] {
        let refused = one.get(&bogus).await;
        assert!(refused.status == 422 && refused.body.contains("csv, xlsx or json"), "{}", refused.body);
    }
}
