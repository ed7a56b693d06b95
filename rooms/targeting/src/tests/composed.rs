//! Criteria composed, versioned, compared, brought in and out.

use super::*;

fn fields(list: &[(String, String)]) -> Vec<(&str, &str)> {
    list.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What the page's form holds: every field with its value, as a browser would send it.
fn form(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[start..].split('"').next()?.replace("&quot;", "\"").replace("&amp;", "&").replace("&#39;", "'"))
    };
    let inside = page.split("class=\"composer\">").nth(1).expect("the form").split("</form>").next().expect("its end");
    let mut found = Vec::new();
    for (at, _) in inside.match_indices('<') {
        let rest = &inside[at..];
        let tag = rest.split('>').next().unwrap_or_default();
        let Some(name) = attribute(tag, "name").filter(|name| name != "do") else { continue };
        if tag.starts_with("<input") && (!tag.contains("type=\"checkbox\"") || tag.contains(" checked")) {
            found.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("<textarea") {
            let text =
                rest.split_once('>').map_or("", |(_, rest)| rest).split("</textarea>").next().unwrap_or_default();
            found.push((name, text.to_owned()));
        } else if tag.starts_with("<select") {
            let options = rest.split("</select>").next().unwrap_or_default();
            let chosen = options.split("<option").find(|option| option.contains(" selected"));
            let first = options.split("<option").nth(1);
            found.push((name, chosen.or(first).and_then(|option| attribute(option, "value")).unwrap_or_default()));
        }
    }
    found
}

fn set(list: &mut Vec<(String, String)>, name: &str, value: &str) {
    list.retain(|(known, _)| known != name);
    list.push((name.to_owned(), value.to_owned()));
}

#[both_databases]
async fn criteria_are_composed_without_a_script_and_every_save_is_a_version(office: Office) {
    let officer = office.officer(None);
    let mut sent = form(&officer.get("/targets/criteria/new").await.body);
    set(&mut sent, "name", "Research first");
    set(&mut sent, "new-measure", "rd_intensity");
    set(&mut sent, "do", "add");
    let page = officer.post("/targets/criteria/new", &fields(&sent)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let mut sent = form(&page.body);
    assert!(sent.contains(&("name".to_owned(), "Research first".to_owned())), "{sent:?}");
    set(&mut sent, "new-measure", "employees");
    set(&mut sent, "do", "add");
    let mut sent = form(&officer.post("/targets/criteria/new", &fields(&sent)).await.body);
    set(&mut sent, "from-0", "0");
    set(&mut sent, "to-0", "twenty");
    set(&mut sent, "from-1", "10");
    set(&mut sent, "to-1", "5");
    set(&mut sent, "do", "save");
    let refused = officer.post("/targets/criteria/new", &fields(&sent)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("href=\"#to-0\"") && refused.body.contains("value=\"twenty\""), "{}", refused.body);
    set(&mut sent, "to-0", "20");
    set(&mut sent, "kind-1", "log");
    set(&mut sent, "to-1", "10,000");
    let saved = officer.post("/targets/criteria/new", &fields(&sent)).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let id = key(&saved);
    let page = officer.get(&format!("/targets/criteria/{id}")).await.body;
    assert!(
        page.contains("Research first") && page.contains("From 0 points at 0") && page.contains("<svg class=\"curve\""),
        "{page}"
    );

    let edit = format!("/targets/criteria/{id}/edit");
    let mut sent = form(&officer.get(&edit).await.body);
    set(&mut sent, "weight-0", "25");
    set(&mut sent, "note", "Research counts for more");
    set(&mut sent, "do", "down-0");
    let mut sent = form(&officer.post(&edit, &fields(&sent)).await.body);
    assert!(sent.contains(&("weight-1".to_owned(), "25".to_owned())), "moved down with what was typed: {sent:?}");
    set(&mut sent, "do", "save");
    let saved = officer.post(&edit, &fields(&sent)).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let stale = officer.post(&edit, &fields(&sent)).await;
    assert_eq!(stale.status, 409, "it was changed by the one before");
    assert!(stale.body.contains("Somebody saved version 2 meanwhile."), "{}", stale.body);
    let mut late = form(&officer.get(&edit).await.body);
    set(&mut late, "weight-1", "40");
    set(&mut late, "seen", "1");
    set(&mut late, "do", "save");
    let stale = officer.post(&edit, &fields(&late)).await;
    assert!(
        stale.body.contains("Somebody saved meanwhile: 25.") && stale.body.contains("value=\"40\""),
        "{}",
        stale.body
    );
    let mut again = form(&stale.body);
    set(&mut again, "do", "save");
    assert_eq!(officer.post(&edit, &fields(&again)).await.status, 303, "sent again it is the next version");
    let compared = officer.get(&format!("/targets/criteria/{id}/compare?before=1&after=2")).await.body;
    assert!(compared.contains("Weight 10 (50 %)") || compared.contains("Weight 10 (50%)"), "{compared}");
    assert!(compared.contains("changed"), "{compared}");
    let first = officer.get(&format!("/targets/criteria/{id}?version=1")).await.body;
    assert!(first.contains("not the latest"), "{first}");
    let history = officer.get(&format!("/targets/criteria/{id}/history")).await.body;
    assert!(history.contains("Research counts for more"), "{history}");
}

#[both_databases]
async fn the_file_of_criteria_comes_out_as_it_went_in(office: Office) {
    let officer = office.officer(None);
    let id = office.composes(&officer, CRITERIA).await;
    let file = officer.get(&format!("/targets/criteria/{id}/file")).await;
    assert_eq!(
        screening::Criteria::from_toml(&file.body).unwrap(),
        screening::Criteria::from_toml(CRITERIA).unwrap(),
        "{}",
        file.body
    );
    let wrong = officer.post("/targets/criteria/read", &[("file", &CRITERIA.replace("to = 1000", "to = 0"))]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Criterion 1, Ends at: The end must lie above"), "{}", wrong.body);
    let unreadable = officer.post("/targets/criteria/read", &[("file", "name = ")]).await;
    assert_eq!(unreadable.status, 422);
    assert_eq!(office.person(Role::ReadOnly, None).get("/targets/criteria/new").await.status, 403);
}

#[both_databases]
async fn criteria_of_the_pack_are_brought_in_once_and_then_the_offices_own(office: Office) {
    let starter = include_str!("../../../../packs/hong-kong/criteria.toml");
    let mut cx = office.operator();
    crate::criteria::load(&mut cx, starter, "criteria.toml").await.unwrap();
    crate::criteria::load(&mut cx, starter, "criteria.toml").await.unwrap();
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    let page = officer.get("/targets/criteria").await.body;
    assert_eq!(page.matches("Five factors, to start from").count(), 1, "{page}");
    assert!(page.contains("starter set"));
}

#[both_databases]
async fn programs_compose_save_and_retire_criteria(office: Office) {
    let officer = office.officer(None);
    let criteria: serde_json::Value =
        serde_json::from_str(&screening::Criteria::from_toml(CRITERIA).unwrap().to_json()).unwrap();
    let made = officer.call("POST", "/api/v1/criteria", &[], serde_json::json!({ "criteria": criteria })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.json()["id"].as_i64().unwrap();
    let path = format!("/api/v1/criteria/{id}");
    let mut changed = criteria.clone();
    changed["criterion"][0]["weight"] = 31.into();
    let body = serde_json::json!({ "criteria": changed, "note": "a bit more" });
    assert_eq!(officer.call("PUT", &path, &[("if-match", "\"1\"")], body.clone()).await.status, 200);
    assert_eq!(officer.call("PUT", &path, &[("if-match", "\"1\"")], body).await.status, 412);
    let mut wrong = criteria;
    wrong["criterion"][0]["weight"] = 5_000.into();
    let answer = officer.call("PUT", &path, &[("if-match", "\"2\"")], serde_json::json!({ "criteria": wrong })).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (422, &"criterion[0].weight".into()));
    let versions = officer.call("GET", &format!("{path}/versions"), &[], serde_json::Value::Null).await.json();
    assert_eq!(versions["items"][0]["number"], 2);
    let retired = officer.call("POST", &format!("{path}/retire"), &[], serde_json::json!({ "reason": "old" })).await;
    assert_eq!(retired.status, 200, "{}", retired.body);
    let other = office.officer(None).call("POST", &format!("{path}/restore"), &[], serde_json::Value::Null).await;
    assert_eq!(other.status, 403, "what another composed is not one's own");
}

#[both_databases]
async fn what_is_wrong_in_the_form_is_told_by_criterion_and_field(office: Office) {
    let officer = office.officer(None);
    let form = |weight: &'static str| {
        [
            ("do", "save"),
            ("name", "Trial"),
            ("key-0", "rd"),
            ("measure-0", "rd_intensity"),
            ("factor-0", "technology"),
            ("weight-0", weight),
            ("unknown-0", "leave-out"),
            ("missing-0", ""),
            ("kind-0", "linear"),
            ("from-0", "1"),
            ("to-0", "2"),
            ("low-0", "0"),
            ("high-0", "100"),
        ]
    };
    let wrong = officer.post("/targets/criteria/new", &form("abc")).await;
    assert_eq!(wrong.status, 422);
    let told = "1. R&amp;D as a share of revenue, Weight (0 to 1,000): “abc” is no number that can be taken here";
    assert!(wrong.body.contains(told), "{}", wrong.body);
    let saved = officer.post("/targets/criteria/new", &form("10")).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = officer.get(saved.location()).await.body;
    assert!(page.contains("the company is left out"), "{page}");
}

#[both_databases]
async fn countries_are_called_by_their_names(office: Office) {
    let mut cx = office.operator();
    let mainland = Code {
        list: "jurisdiction".into(),
        code: "mainland".into(),
        name_en: "Mainland of China".into(),
        name_zh_hant: "中國內地".into(),
        name_zh_hans: "中国内地".into(),
        valid_from: date!(2022 - 12 - 23),
        valid_to: None,
        position: 0,
        source: "a test".into(),
        aliases: "cn\nmainland".into(),
        group_code: String::new(),
    };
    codes::load(&mut cx, vec![mainland]).await.unwrap();
    cx.commit().await.unwrap();
    office.house.codes.reload(&mut office.operator()).await.unwrap();
    let officer = office.officer(None);
    let text = format!("{CRITERIA}\n[[condition]]\nmeasure = \"country\"\none_of = [\"CN\", \"XX\"]\n");
    let id = office.composes(&officer, &text).await;
    let page = officer.get(&format!("/targets/criteria/{id}")).await.body;
    assert!(page.contains("one of Mainland of China; XX"), "{page}");
    let mut chinese = company(1);
    chinese.facts.get_mut(&Measure::Country).unwrap().value = Value::Code("CN".into());
    office.knows(vec![chinese]);
    let found = officer.get("/targets/universe?q=harbour").await.body;
    assert!(found.contains(">Mainland of China</td>"), "{found}");
    let strange = text.replace("\"XX\"", "\"France\"");
    let wrong = officer.post("/targets/criteria/read", &[("file", &strange)]).await;
    assert!(wrong.body.contains("Condition 1, One of: “France” is no code of the measure."), "{}", wrong.body);
}

#[both_databases]
async fn companies_left_out_are_named_and_compared(office: Office) {
    let mut companies: Vec<_> = (1..=9).map(company).collect();
    companies[2].lei = Some(lei(3));
    office.knows(companies);
    let officer = office.officer(None);
    let id = office.composes(&officer, CRITERIA).await;
    let edit = format!("/targets/criteria/{id}/edit");
    let mut sent = form(&officer.get(&edit).await.body);
    set(&mut sent, "do", "save");
    // What names no company is refused, and what could name one that isn't there is told.
    set(&mut sent, "exclude", &format!("nonsense {} 549300TEST0000000179", lei(3)));
    let refused = officer.post(&edit, &fields(&sent)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("with right check digits: nonsense, 549300TEST0000000179."), "{}", refused.body);
    set(&mut sent, "exclude", &format!("{} 00000000000un", lei(3).to_lowercase()));
    assert_eq!(officer.post(&edit, &fields(&sent)).await.status, 303);
    let page = officer.get(&format!("/targets/criteria/{id}")).await.body;
    assert!(page.contains("/targets/universe/c003\">Harbour 003 Batteries</a>"), "{page}");
    assert!(page.contains("00000000000un <span class=\"badge attention\">no company of the universe has it"), "{page}");
    assert!(page.contains("1 company is left out by name"), "{page}");
    let mut cx = officer.cx();
    let mut wrong = crate::criteria::version_at(&mut cx, id, 2).await.unwrap().criteria;
    assert_eq!(wrong.exclude, [lei(3), "00000000000un".to_owned()]);
    wrong.exclude.push("nonsense".into());
    assert!(crate::criteria::save(&mut cx, id, 2, wrong, "").await.is_err(), "in the verb, for page and program alike");
    cx.undo().await.unwrap();
    let compared = officer.get(&format!("/targets/criteria/{id}/compare")).await.body;
    assert!(compared.contains("Left out here only") && compared.contains("Harbour 003 Batteries"), "{compared}");
}

#[both_databases]
async fn the_chains_come_out_as_the_command_line_reads_them(office: Office) {
    let officer = office.officer(None);
    let file = officer.get("/targets/criteria/chains").await;
    let mut cx = officer.cx();
    let tables = crate::chain::context(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
    assert_eq!((file.status, screening::Context::from_toml(&file.body).unwrap()), (200, tables));
    let text = CRITERIA.replace("rd_intensity", "chain_distance");
    let id = office.composes(&officer, &text).await;
    assert!(officer.get(&format!("/targets/criteria/{id}")).await.body.contains("href=\"/targets/criteria/chains\""));
}
