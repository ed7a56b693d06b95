//! Stories of finding one's way: the rail, the palette, and what is said where something went wrong.

use platform::both_databases;
use platform::permission::{KeyLimits, Role};

use super::Office;

/// The place of the rail that is marked as the present one.
fn marked(body: &str) -> Option<&str> {
    let rail = body.split("<nav class=\"rail\"").nth(1)?.split("</nav>").next()?;
    rail.split("<a ").find(|link| link.contains("aria-current"))?.split("href=\"").nth(1)?.split('"').next()
}

#[both_databases]
async fn pages_beside_a_list_mark_the_place_they_belong_to(office: Office) {
    let director = office.director();
    for (path, place) in [("/people", "/enterprises"), ("/imports", "/enterprises"), ("/enterprises", "/enterprises")] {
        assert_eq!(marked(&director.get(path).await.body), Some(place), "{path}");
    }
}

#[both_databases]
async fn an_error_keeps_the_rail_for_who_is_signed_in_and_for_nobody_else(office: Office) {
    let officer = office.officer(None);
    let missing = officer.get("/enterprises/1").await;
    assert_eq!(missing.status, 404);
    assert_eq!(marked(&missing.body), Some("/enterprises"), "{}", missing.body);
    let kept = office.person(Role::ReadOnly, None).post("/enterprises/selected", &[("set", "owner_id")]).await;
    assert_eq!(kept.status, 403);
    assert!(kept.body.contains("class=\"rail\""), "{}", kept.body);
    let stranger = office.nobody().get("/assets/nothing.css").await;
    assert!(stranger.status == 404 && !stranger.body.contains("class=\"rail\""), "{}", stranger.body);
}

#[both_databases]
async fn nothing_picked_is_nothing_exported_and_says_so(office: Office) {
    let officer = office.officer(None);
    let none = officer.get("/exports/enterprises?format=csv&picked=yes&columns=name").await;
    assert_eq!(none.status, 409, "{}", none.body);
    assert!(none.body.contains("Select at least one row first."), "{}", none.body);
    let none = officer.post("/enterprises/selected", &[("format", "csv")]).await;
    assert_eq!(none.status, 409, "{}", none.body);
    assert!(none.body.contains("Select at least one row first."), "{}", none.body);
    assert_eq!(officer.get("/exports/enterprises?format=csv&columns=name").await.status, 200);
}

#[both_databases]
async fn the_palette_leads_to_the_pages_beside_the_lists(office: Office) {
    let officer = office.officer(None);
    for (typed, href) in [("peopl", "/people"), ("import", "/imports"), ("retired", "/enterprises/retired")] {
        let found = officer.get(&format!("/search/suggest?q={typed}")).await.json();
        let found: Vec<&str> = found.as_array().unwrap().iter().filter_map(|one| one["href"].as_str()).collect();
        assert!(found.contains(&href), "{typed}: {found:?}");
    }
}

#[both_databases]
async fn the_audit_names_what_an_import_brings_in_the_readers_words(office: Office) {
    let director = office.director();
    office.uploads(&director, crate::tests::FILE.as_bytes()).await;
    let page = director.get_in(platform::text::Language::Traditional, "/audit?verb=import.uploaded").await;
    assert!(page.body.contains("企業") && !page.body.contains("：enterprises"), "{}", page.body);
}

#[both_databases]
async fn a_key_is_told_what_an_export_can_not_be_asked_and_a_person_sees_it(office: Office) {
    let director = office.director();
    let mut actor = office.director().cx().actor.unwrap();
    actor.key = Some(KeyLimits { id: None, scopes: vec!["*:read".to_owned()] });
    let key = office.person_of(actor);
    for query in ["nope=1", "limit=5", "columns=nope", "tier=secret"] {
        let refused = key.get(&format!("/exports/enterprises?{query}")).await;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
    }
    for query in ["format=csv&columns=name", "format=json&picked=yes&ids=7", "tier=office"] {
        assert_eq!(key.get(&format!("/exports/enterprises?{query}")).await.status, 200, "{query}");
    }
    assert_eq!(director.get("/exports/enterprises?nope=1").await.status, 200);
}
