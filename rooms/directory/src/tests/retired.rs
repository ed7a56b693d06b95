//! What is retired takes nothing, on any way in, and comes back as it was.

use std::collections::BTreeMap;

use platform::both_databases;
use serde_json::{Value, json};

use super::{Office, commit};
use crate::enterprise;

#[both_databases]
async fn a_retired_enterprise_takes_nothing_by_any_door(office: Office) {
    let held = office.enterprise("Banlan").await;
    let other = office.enterprise("Zhuwei").await;
    let director = office.director();
    let api = format!("/api/v1/enterprises/{}", held.id);
    let flag = json!({ "flag": "unicorn", "source": "Press" });
    let whole = director.call("POST", &format!("{api}/flags"), &[], flag.clone()).await.json();
    let name = json!({ "name": "斑瀾" });
    let person = json!({ "name": "Avery Sample" });
    let avery = director.call("POST", &format!("{api}/people"), &[], person.clone()).await.json();
    let before = director.call("GET", &api, &[], Value::Null).await.json();
    let mut cx = office.operator();
    enterprise::retire(&mut cx, held.id, "registered twice").await.unwrap();
    commit(&mut cx).await;

    let measure = json!({ "measure": "headcount", "year": 2024, "amount": 10, "source": "Return" });
    let identifier = json!({ "scheme": "listing", "register": "XHKG", "value": "700" });
    let relation = json!({ "other": other.reference, "role": "partner", "source": "Press" });
    let reader = json!({ "industries": ["ai-data-science"] });
    let stands = format!("\"{}\"", office.get(held.id).await.version);
    let tag = [("if-match", stands.as_str())];
    for (method, path, body) in [
        ("PATCH", String::new(), json!({ "website": "x" })),
        ("POST", "/names".into(), name),
        ("POST", "/identifiers".into(), identifier),
        ("POST", "/measurements".into(), measure),
        ("POST", "/flags".into(), flag),
        ("PUT", format!("/flags/{}", whole["id"]), json!({ "flag": "unicorn", "source": "x" })),
        ("PUT", "/industries".into(), reader),
        ("POST", "/relations".into(), relation),
        ("POST", "/people".into(), person),
        ("POST", "/merge".into(), json!({ "into": other.id, "reason": "same" })),
        ("POST", "/retire".into(), json!({ "reason": "again" })),
    ] {
        let answer = director.call(method, &format!("{api}{path}"), &tag, body).await;
        assert_eq!(answer.status, 409, "{method} {path}: {}", answer.body);
    }
    let api_of_avery = format!("/api/v1/people/{}", avery["id"]);
    let moved = json!({ "enterprise": held.reference });
    let stands = format!("\"{}\"", avery["version"]);
    let tag = [("if-match", stands.as_str())];
    for (method, path, body) in [
        ("PATCH", "", json!({ "languages": "en" })),
        ("POST", "/posts", json!({ "title": "Head" })),
        ("POST", "/consents", json!({ "given_on": "2024-01-01", "how": "mail", "purpose": "visit" })),
        ("POST", "/retire", json!({ "reason": "left" })),
        ("POST", "/move", json!({ "enterprise": other.reference })),
    ] {
        let answer = director.call(method, &format!("{api_of_avery}{path}"), &tag, body).await;
        assert_eq!(answer.status, 409, "{method} {path}: {}", answer.body);
    }
    // Nor does anything come to it from elsewhere.
    let related = json!({ "other": held.id, "role": "partner", "source": "Press" });
    let from_other = format!("/api/v1/enterprises/{}/relations", other.id);
    assert_eq!(director.call("POST", &from_other, &[], related).await.status, 422);
    let someone = director
        .call("POST", &format!("/api/v1/enterprises/{}/people", other.id), &[], json!({ "name": "Blake" }))
        .await;
    let to_it = format!("/api/v1/people/{}/move", someone.json()["id"]);
    assert_eq!(director.call("POST", &to_it, &[], moved).await.status, 422);
    assert!(office.set_parent(other.id, Some(held.id)).await.is_err());
    for page in ["/names/new", "/flags/new", "/measurements/new", "/relations/new", "/people/new", "/industries"] {
        let answer = director.get(&format!("/enterprises/{}{page}", held.id)).await;
        assert_eq!(answer.status, 409, "{page}");
    }

    let trash = director.get("/enterprises/retired").await;
    assert!(trash.body.contains("Banlan") && trash.body.contains("registered twice"));
    let at = format!("/enterprises/{}/restore", held.id);
    assert_eq!(director.post(&at, &[("reason", "it was not")]).await.status, 303);
    let mut after = director.call("GET", &api, &[], Value::Null).await.json();
    for (field, value) in [("version", &before["version"]), ("updated_at", &before["updated_at"])] {
        after[field] = value.clone();
    }
    assert_eq!(after, before);
    assert!(!director.get("/enterprises/retired").await.body.contains("Banlan"));
}

#[both_databases]
async fn the_trash_is_paged_latest_first_and_shows_only_what_is_in_reach(office: Office) {
    let mut cx = office.operator();
    for number in 0..5 {
        let tier = if number == 2 { platform::permission::Tier::Named } else { platform::permission::Tier::Office };
        let held = office.enterprise_of(&format!("Gone {number}"), tier).await;
        office.clock.set(office.clock.now().plus_seconds(60));
        cx.renew();
        enterprise::retire(&mut cx, held.id, "test").await.unwrap();
        cx.commit().await.unwrap();
    }
    let officer = office.officer(None);
    let mut cx = officer.cx();
    let first = enterprise::trash::page(&mut cx, None, None, 2).await.unwrap();
    let second = enterprise::trash::page(&mut cx, first.next.as_deref(), None, 2).await.unwrap();
    let names = |page: &enterprise::trash::TrashPage| -> Vec<String> {
        page.retired.iter().map(|one| one.name.clone()).collect()
    };
    assert_eq!([names(&first), names(&second)].concat(), ["Gone 4", "Gone 3", "Gone 1", "Gone 0"]);
    let back = enterprise::trash::page(&mut cx, None, second.previous.as_deref(), 2).await.unwrap();
    assert_eq!(names(&back), names(&first));
    assert_eq!(enterprise::trash::total(&mut cx).await.unwrap(), ui::lists::Total::Exactly(4));
}

#[both_databases]
async fn an_edit_of_another_field_meanwhile_is_no_quarrel(office: Office) {
    let held = office.enterprise("Shuoguang").await;
    let mut cx = office.operator();
    let one = |field: &str, value: &str| BTreeMap::from([(field.to_owned(), Some(value.to_owned()))]);
    enterprise::edit(&mut cx, held.id, 1, one("website", "a.example")).await.unwrap();
    commit(&mut cx).await;
    enterprise::edit(&mut cx, held.id, 1, one("description", "b")).await.unwrap();
    commit(&mut cx).await;
    let stale = enterprise::edit(&mut cx, held.id, 1, one("website", "c.example")).await.unwrap_err();
    let platform::Error::Conflict(conflict) = stale else { panic!("{stale}") };
    assert_eq!(conflict.versions.unwrap()["fields"][0]["theirs"], "a.example");
}
