//! Stories of lists: narrowed by what is known, refused by the word that is not.

use platform::both_databases;
use platform::export::ExportKind;
use serde_json::json;

use super::Office;
use crate::enterprise::export::Enterprises;

#[both_databases]
async fn a_misspelt_filter_is_refused_by_name_and_lists_nothing(office: Office) {
    office.enterprise("Harbour Robotics").await;
    let director = office.director();
    for (query, field) in [("industry=bogus", "industry"), ("kind=bogus", "kind"), ("origin=bogus", "origin")] {
        let api = director.get(&format!("/api/v1/enterprises?{query}")).await;
        assert_eq!((api.status, &api.json()["errors"][0]["field"]), (422, &json!(field)), "{}", api.body);
        let page = director.get(&format!("/enterprises?{query}")).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && !page.body.contains("Harbour Robotics"));
    }
    let mut cx = office.operator();
    for query in ["industry=bogus", "sort=bogus"] {
        let refused = Enterprises.page(&mut cx, query, None).await.unwrap_err();
        assert!(refused.to_string().contains("problem-asked-other"), "{query}: {refused}");
    }
    assert_eq!(Enterprises.page(&mut cx, "kind=legal_entity&sort=-name", None).await.unwrap().rows.len(), 1);
    cx.undo().await.unwrap();
    assert_eq!(director.get("/people?enterprise=bogus").await.status, 422);
}
