//! Stories of what a record holds and an edit does not touch, and of what a frozen release has counted of an enterprise.

use platform::audit::read::history;
use platform::codes;
use platform::forms::Loose;
use platform::frozen;
use platform::sql::Sql;
use platform::{Id, both_databases};
use serde_json::json;
use time::macros::date;

use super::{Office, code, commit, key};
use crate::enterprise;
use crate::flag::{self, GivenFlag};
use crate::industry::{self, Later};
use crate::person::{self, NewPerson};

async fn end(office: &Office, list: &str, name: &str) {
    let mut cx = office.operator();
    let ended = code(list, name, "", (date!(1990 - 01 - 01), Some(date!(2026 - 06 - 30))));
    codes::load(&mut cx, vec![ended]).await.unwrap();
    commit(&mut cx).await;
    office.house.codes.reload(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
}

async fn freeze(office: &Office, id: Id) {
    let mut cx = office.operator();
    frozen::freeze(&mut cx, "enterprise", &[id], "R-2026-0001").await.unwrap();
    commit(&mut cx).await;
}

/// What the form of an enterprise sends, with these in the place of what it holds.
fn sent<'a>(version: &'a str, origin: &'a str, description: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("version", version),
        ("kind", "legal_entity"),
        ("reporting_origin", origin),
        ("headquarters", "mainland"),
        ("description", description),
        ("tier", "office"),
    ]
}

#[both_databases]
async fn a_code_that_has_ended_stays_with_the_enterprise_that_holds_it(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let fields = [("reporting_origin", "france"), ("headquarters", "mainland")];
    let fields = fields.map(|(field, value)| (field.to_owned(), Some(value.to_owned()))).into();
    enterprise::edit(&mut cx, held.id, 1, fields).await.unwrap();
    commit(&mut cx).await;
    for (list, name) in [("origin", "france"), ("jurisdiction", "mainland")] {
        end(&office, list, name).await;
    }
    freeze(&office, held.id).await;
    let (officer, path) = (office.officer(None), format!("/enterprises/{}", held.id));
    let form = officer.get(&format!("{path}/edit")).await.body;
    assert!(form.contains("<option value=\"france\" selected>france (ended)"), "{form}");
    assert!(form.contains("<option value=\"mainland\" selected>mainland (ended)"), "{form}");
    let saved = officer.post(&path, &sent("2", "france", "Makes lidar.")).await;
    assert_eq!(saved.status, 303, "only the description was changed: {}", saved.body);
    let now = office.get(held.id).await;
    assert_eq!((now.reporting_origin.as_deref(), now.headquarters.as_deref()), (Some("france"), Some("mainland")));
    assert_eq!(now.description.as_deref(), Some("Makes lidar."));

    // What the release counted is refused, and the form comes back as it was typed.
    let refused = officer.post(&path, &sent("3", "mainland", "Makes radar.")).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    for kept in ["Makes radar.", "href=\"#reporting_origin\"", "R-2026-0001", &format!("{path}/corrections/new")] {
        assert!(refused.body.contains(kept), "{kept}: {}", refused.body);
    }
    let by_api = officer
        .call("PATCH", &format!("/api/v1{path}"), &[("if-match", "\"3\"")], json!({"reporting_origin": "mainland"}))
        .await;
    assert_eq!((by_api.status, &by_api.json()["errors"][0]["field"]), (409, &json!("reporting_origin")));
}

#[both_databases]
async fn an_enterprise_that_breaks_the_rules_is_repaired_field_by_field_on_its_page(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let mut sql = Sql::new("UPDATE enterprises SET reporting_origin = 'bogus', website = 'not a site' WHERE id = ");
    sql.bind(held.id);
    sql.execute(&mut cx).await.unwrap();
    commit(&mut cx).await;
    let (officer, path) = (office.officer(None), format!("/enterprises/{}", held.id));
    let fields = [&sent("1", "bogus", "Makes lidar.")[..], &[("website", "not a site")]].concat();
    let fields: Vec<_> = fields.into_iter().filter(|(field, _)| *field != "headquarters").collect();
    let saved = officer.post(&path, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let now = office.get(held.id).await;
    assert_eq!((now.reporting_origin.as_deref(), now.website.as_deref()), (Some("bogus"), Some("not a site")));
    assert_eq!(now.description.as_deref(), Some("Makes lidar."));
    let wrong = officer.post(&path, &[("version", "2"), ("website", "still not")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
}

#[both_databases]
async fn a_person_who_breaks_the_rules_is_repaired_field_by_field_on_their_page(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let new = NewPerson { name: "Avery Sample".into(), ..NewPerson::default() };
    let made = person::add(&mut cx, held.id, new).await.unwrap();
    let mut sql = Sql::new("UPDATE people SET languages = 'the old tongue' WHERE id = ");
    sql.bind(made.id);
    sql.execute(&mut cx).await.unwrap();
    commit(&mut cx).await;
    let officer = office.officer(None);
    let fields =
        [("version", "1"), ("name", "Avery Sample"), ("second_name", "沈雅文"), ("languages", "the old tongue")];
    let saved = officer.post(&format!("/people/{}", made.id), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let (now, _) = person::get(&mut office.operator(), made.id).await.unwrap();
    assert_eq!((now.second_name.as_deref(), now.languages.as_deref()), (Some("沈雅文"), Some("the old tongue")));
}

#[both_databases]
async fn a_flag_whose_code_is_no_longer_listed_for_its_day_keeps_it_while_its_source_is_corrected(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let given = |source: &str| GivenFlag {
        flag: "unicorn".into(),
        source: source.into(),
        valid_from: Loose::from("2026-10-01"),
        ..GivenFlag::default()
    };
    let set = flag::set(&mut cx, held.id, given("A list")).await.unwrap();
    commit(&mut cx).await;
    end(&office, "enterprise_flag", "unicorn").await;
    let mut cx = office.operator();
    let corrected = flag::correct(&mut cx, held.id, set.id, set.version, given("Another list")).await.unwrap();
    assert_eq!((corrected.flag.as_str(), corrected.source.as_str()), ("unicorn", "Another list"));
    let later = GivenFlag { valid_from: Loose::from("2026-10-02"), ..given("Another list") };
    let refused = flag::correct(&mut cx, held.id, set.id, corrected.version, later).await.unwrap_err();
    assert_eq!(key(refused), "problem-code-unknown");
}

#[both_databases]
async fn industries_that_a_frozen_release_counted_are_set_again_with_a_reason_only(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let (ai, life) = (["ai-data-science".to_owned()], ["life-health-technology".to_owned()]);
    industry::assign(&mut cx, held.id, None, &ai, date!(2024 - 01 - 01), Later::Stays, "").await.unwrap();
    commit(&mut cx).await;
    freeze(&office, held.id).await;
    let (officer, path) = (office.officer(None), format!("/enterprises/{}/industries", held.id));
    let tag = |version: i64| format!("\"{version}\"");
    let wanted =
        |reason: &str| json!({"industries": life, "valid_from": "2022-12-23", "replace_later": true, "reason": reason});
    let api = format!("/api/v1{path}");
    let version = office.get(held.id).await.version;
    let refused = officer.call("PUT", &api, &[("if-match", &tag(version))], wanted(" ")).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("reason")), "{}", refused.body);

    let page = officer.get(&format!("{path}?from=2022-12-23")).await.body;
    assert!(page.contains("R-2026-0001") && page.contains("name=\"reason\""), "{page}");
    let version = version.to_string();
    let typed = [("version", &*version), ("from", "2022-12-23"), ("industries", &*life[0]), ("replace_later", "yes")];
    let refused = officer.post(&path, &typed).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("href=\"#reason\""), "{}", refused.body);
    let given = [&typed[..], &[("reason", "Read wrongly from the brochure")]].concat();
    assert_eq!(officer.post(&path, &given).await.status, 303);
    let told = history(&mut office.operator(), "enterprise", held.id, None, 1).await.unwrap().remove(0);
    assert_eq!(told.note.as_deref(), Some("Read wrongly from the brochure"));

    let version = office.get(held.id).await.version;
    let same = officer.call("PUT", &api, &[("if-match", &tag(version))], wanted("")).await;
    assert_eq!(same.status, 200, "nothing is changed, so nothing is asked: {}", same.body);
    let back = json!({"industries": ai, "valid_from": "2023-01-01", "reason": "The brochure was right"});
    assert_eq!(officer.call("PUT", &api, &[("if-match", &tag(version))], back).await.status, 200);
    let mut cx = office.operator();
    industry::assign(&mut cx, held.id, None, &life, date!(2030 - 01 - 01), Later::Stays, "").await.unwrap();
}

#[both_databases]
async fn an_industry_whose_code_has_ended_stays_where_it_is_recorded(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let both = ["ai-data-science".to_owned(), "life-health-technology".to_owned()];
    industry::assign(&mut cx, held.id, None, &both[..1], date!(2024 - 01 - 01), Later::Stays, "").await.unwrap();
    commit(&mut cx).await;
    end(&office, "industry", "ai-data-science").await;
    let (officer, path) = (office.officer(None), format!("/enterprises/{}/industries", held.id));
    let page = officer.get(&path).await.body;
    assert!(page.contains("value=\"ai-data-science\" checked>ai-data-science (ended)"), "{page}");
    let version = office.get(held.id).await.version.to_string();
    let fields = [("version", &*version), ("from", "2026-11-01"), ("industries", &*both[0]), ("industries", &*both[1])];
    let saved = officer.post(&path, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let other = office.enterprise("Hetu").await;
    let mut cx = office.operator();
    let refused = industry::assign(&mut cx, other.id, None, &both, date!(2026 - 11 - 01), Later::Stays, "").await;
    assert_eq!(key(refused.unwrap_err()), "problem-code-unknown", "nobody else takes it up");
}

#[both_databases]
async fn the_history_calls_the_kind_of_an_enterprise_by_what_it_is(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let group = [("kind".to_owned(), Some("group".to_owned()))].into();
    enterprise::edit(&mut cx, held.id, 1, group).await.unwrap();
    commit(&mut cx).await;
    let officer = office.officer(None);
    let page = officer.get(&format!("/enterprises/{}/history", held.id)).await.body;
    assert!(page.contains("Kind: Legal entity → Group"), "{page}");
    let form = officer.get(&format!("/enterprises/{}/edit", held.id)).await.body;
    assert!(form.contains("<legend>Kind</legend>"), "{form}");
}
