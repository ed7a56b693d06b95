//! Names, identifiers and industries.

use platform::both_databases;
use platform::permission::{Role, Tier};
use platform::sql::insert_many;
use serde_json::json;
use time::macros::date;

use super::{Office, commit, key};
use crate::enterprise;
use crate::enterprise::merge::GivenMerge;
use crate::identifier::{self, GivenIdentifier};
use crate::industry::{self, Later};
use crate::name::{self, GivenName};

pub(super) fn given(name: &str) -> GivenName {
    GivenName { name: name.into(), ..GivenName::default() }
}

fn identifier(scheme: &str, register: &str, value: &str) -> GivenIdentifier {
    GivenIdentifier { scheme: scheme.into(), register: register.into(), value: value.into(), ..Default::default() }
}

async fn finds(office: &Office, typed: &str) -> Vec<String> {
    let found = enterprise::suggest(&mut office.operator(), typed, 10).await.unwrap();
    found.into_iter().map(|brief| brief.name).collect()
}

#[both_databases]
async fn a_corrected_name_is_found_by_what_it_is_and_no_longer_by_what_it_was(office: Office) {
    let held = office.enterprise("Harbour Robotics").await;
    let mut cx = office.operator();
    let added = name::add(&mut cx, held.id, given("海港機械人")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(added.language, "zh-Hant");
    assert_eq!(finds(&office, "机械").await, ["Harbour Robotics"]);

    let mut cx = office.operator();
    let corrected = name::correct(&mut cx, held.id, added.id, added.version, given("海港科技")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(corrected.version, 2);
    assert!(finds(&office, "机械").await.is_empty());
    assert_eq!(finds(&office, "科技").await, ["Harbour Robotics"]);
    // What another name shares stays.
    assert_eq!(finds(&office, "harbour").await, ["Harbour Robotics"]);

    let stale = name::correct(&mut office.operator(), held.id, added.id, 1, given("海港電子")).await.unwrap_err();
    assert_eq!(key(stale), "record-changed-meanwhile");

    let mut cx = office.operator();
    name::withdraw(&mut cx, held.id, added.id, "of another firm").await.unwrap();
    commit(&mut cx).await;
    assert!(finds(&office, "科技").await.is_empty());
    assert!(office.history("enterprise", held.id).await.contains("海港科技"));
}

#[both_databases]
async fn a_name_of_signs_alone_is_refused_and_one_held_stays_as_it_is(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    assert_eq!(key(name::add(&mut cx, held.id, given("★★★")).await.unwrap_err()), "problem-name-signs");
    assert_eq!(key(name::add(&mut cx, held.id, given("\u{200B}")).await.unwrap_err()), "problem-name-missing");
    let added = name::add(&mut cx, held.id, given("Lan\u{200B}yue Bio")).await.unwrap();
    assert_eq!(added.name, "Lanyue Bio");
    let person = crate::person::NewPerson { name: "+++".into(), ..Default::default() };
    assert_eq!(key(crate::person::add(&mut cx, held.id, person).await.unwrap_err()), "problem-name-signs");
    // One from before the rule takes its last day.
    platform::sql::Sql::new("UPDATE enterprise_names SET name = '★', name_key = '' WHERE name = 'Lanyue Bio'")
        .execute(&mut cx)
        .await
        .unwrap();
    let ended = GivenName { valid_to: "2026-01-31".into(), ..given("★") };
    assert_eq!(name::correct(&mut cx, held.id, added.id, added.version, ended).await.unwrap().name, "★");
}

#[both_databases]
async fn the_office_chooses_by_which_names_an_enterprise_is_shown(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    let other = name::add(&mut cx, held.id, given("嵐岳")).await.unwrap();
    let names = name::of(&mut cx, held.id).await.unwrap();
    let version = enterprise::get(&mut cx, held.id).await.unwrap().version;
    let shown = name::show(&mut cx, held.id, version, other.id, Some(names[0].id)).await.unwrap();
    assert_eq!((shown.name.as_str(), shown.second_name.as_deref()), ("嵐岳", Some("Lanyue")));
    // What is shown follows a correction, and can't be taken back.
    name::correct(&mut cx, held.id, other.id, other.version, given("嵐嶽")).await.unwrap();
    assert_eq!(enterprise::get(&mut cx, held.id).await.unwrap().name, "嵐嶽");
    assert_eq!(key(name::withdraw(&mut cx, held.id, other.id, "wrong").await.unwrap_err()), "name-is-shown");
    commit(&mut cx).await;
    assert_eq!(finds(&office, "嵐嶽").await, ["嵐嶽"]);
}

#[both_databases]
async fn a_second_holder_is_refused_and_the_first_named_only_to_who_may_see_it(office: Office) {
    let open = office.enterprise("Open Ltd").await;
    let secret = office.enterprise_of("Secret Ltd", Tier::Named).await;
    let other = office.enterprise("Other Ltd").await;
    let mut cx = office.operator();
    identifier::add(&mut cx, open.id, identifier("listing", "xhkg", "700")).await.unwrap();
    identifier::add(&mut cx, secret.id, identifier("registry", "hk-companies-registry", "123")).await.unwrap();
    commit(&mut cx).await;

    let officer = office.officer(None);
    let refused = identifier::add(&mut officer.cx(), other.id, identifier("listing", "XHKG", "700")).await.unwrap_err();
    let platform::Error::Conflict(conflict) = refused else { panic!("{refused}") };
    assert_eq!(conflict.key, "identifier-held-by");
    assert_eq!(conflict.args[0].1, "Open Ltd");
    let taken = identifier("registry", "HK-Companies-Registry", "123");
    let refused = identifier::add(&mut officer.cx(), other.id, taken).await.unwrap_err();
    let platform::Error::Conflict(conflict) = refused else { panic!("{refused}") };
    assert_eq!((conflict.key.as_str(), conflict.args.len()), ("enterprise-identifier-held", 0));
}

#[both_databases]
async fn a_code_given_up_may_be_anothers_later_but_an_lei_never(office: Office) {
    let (first, second) = (office.enterprise("First Ltd").await, office.enterprise("Second Ltd").await);
    let mut cx = office.operator();
    let code = identifier::add(&mut cx, first.id, identifier("listing", "XHKG", "700")).await.unwrap();
    let lei = identifier::add(&mut cx, first.id, identifier("lei", "", "5493001KJTIIGC8Y1R12")).await.unwrap();
    for held in [code, lei] {
        let ended =
            GivenIdentifier { valid_to: "2024-12-31".into(), ..identifier(&held.scheme, &held.register, &held.value) };
        identifier::correct(&mut cx, first.id, held.id, held.version, ended).await.unwrap();
    }
    identifier::add(&mut cx, second.id, identifier("listing", "XHKG", "700")).await.unwrap();
    let refused = identifier::add(&mut cx, second.id, identifier("lei", "", "5493001KJTIIGC8Y1R12")).await;
    assert_eq!(key(refused.unwrap_err()), "identifier-held-by");
    let wrong = identifier::add(&mut cx, second.id, identifier("lei", "", "5493001KJTIIGC8Y1R13")).await;
    assert_eq!(key(wrong.unwrap_err()), "problem-lei");
    let wrong = identifier::add(&mut cx, second.id, identifier("listing", "the exchange", "1")).await;
    assert_eq!(key(wrong.unwrap_err()), "problem-exchange");
    assert_eq!(identifier::of(&mut cx, first.id).await.unwrap().len(), 2);
}

#[both_databases]
async fn industries_of_a_day_are_those_of_the_list_in_force_then(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let mut cx = office.operator();
    let cultural = ["cultural-creative-technology".to_owned()];
    let early =
        industry::assign(&mut cx, held.id, None, &cultural, date!(2025 - 02 - 25), Later::Stays, "").await.unwrap_err();
    assert_eq!(key(early), "problem-code-unknown");
    let ai = ["ai-data-science".to_owned(), "life-health-technology".to_owned()];
    industry::assign(&mut cx, held.id, None, &ai, date!(2023 - 01 - 01), Later::Stays, "").await.unwrap();
    industry::assign(&mut cx, held.id, None, &cultural, date!(2025 - 03 - 01), Later::Stays, "").await.unwrap();
    let all = industry::of(&mut cx, held.id).await.unwrap();
    let seen: Vec<_> = all.iter().map(|one| (one.industry.as_str(), one.valid_from, one.valid_to)).collect();
    assert_eq!(
        seen,
        [
            ("cultural-creative-technology", date!(2025 - 03 - 01), None),
            ("ai-data-science", date!(2023 - 01 - 01), Some(date!(2025 - 02 - 28))),
            ("life-health-technology", date!(2023 - 01 - 01), Some(date!(2025 - 02 - 28))),
        ]
    );
    // Set from an earlier day, it takes the place of later ones where that is said.
    industry::assign(&mut cx, held.id, None, &ai[..1], date!(2024 - 01 - 01), Later::IsReplaced, "").await.unwrap();
    let all = industry::of(&mut cx, held.id).await.unwrap();
    assert_eq!(all.iter().filter(|one| one.valid_to.is_none()).count(), 1);
    assert!(all.iter().all(|one| one.valid_to.is_none_or(|end| one.valid_from <= end)));
    assert_eq!(all[0].valid_from, date!(2024 - 01 - 01));
}

#[both_databases]
async fn what_was_known_of_industries_before_a_change_can_still_be_asked_for(office: Office) {
    let held = office.enterprise("Hetu").await;
    let mut cx = office.operator();
    industry::assign(&mut cx, held.id, None, &["ai-data-science".to_owned()], date!(2023 - 01 - 01), Later::Stays, "")
        .await
        .unwrap();
    commit(&mut cx).await;
    let known_then = office.clock.now();
    office.clock.set(known_then.plus_seconds(3_600));
    let mut cx = office.operator();
    let life = ["life-health-technology".to_owned()];
    industry::assign(&mut cx, held.id, None, &life, date!(2024 - 01 - 01), Later::Stays, "").await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    let mut sql = platform::sql::Sql::new(
        "SELECT industry FROM directory_enterprise_industry WHERE valid_from <= '2024-06-01' \
         AND (valid_to IS NULL OR valid_to >= '2024-06-01') AND recorded_at <= ",
    );
    sql.bind(known_then).push(" AND (superseded_at IS NULL OR superseded_at > ").bind(known_then).push(")");
    let known: Vec<(String,)> = sql.fetch_all(&mut cx).await.unwrap();
    assert_eq!(known, [("ai-data-science".to_owned(),)]);
}

#[both_databases]
async fn a_program_corrects_a_name_with_its_version_and_repeats_itself_safely(office: Office) {
    let held = office.enterprise("Mingxi").await;
    let officer = office.officer(None);
    let at = format!("/api/v1/enterprises/{}/names", held.id);
    let body = json!({ "name": "溟溪", "kind": "legal" });
    let key = [("idempotency-key", "name-0001")];
    let first = officer.call("POST", &at, &key, body.clone()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = officer.call("POST", &at, &key, body).await;
    assert_eq!((again.status, again.body.clone()), (201, first.body.clone()));
    let one = format!("{at}/{}", first.json()["id"]);
    let changed = json!({ "name": "溟溪", "kind": "legal", "valid_to": "2026-01-31" });
    assert_eq!(officer.call("PUT", &one, &[], changed.clone()).await.status, 422);
    assert_eq!(officer.call("PUT", &one, &[("if-match", "\"1\"")], changed).await.status, 200);
    let stale = officer.call("PUT", &one, &[("if-match", "\"1\"")], json!({ "name": "明溪" })).await;
    assert_eq!(stale.status, 412);
    assert!(stale.body.contains("溟溪") && stale.body.contains("明溪"), "{}", stale.body);
    let whole = officer.call("GET", &format!("/api/v1/enterprises/{}", held.id), &[], json!(null)).await.json();
    assert_eq!(whole["names"].as_array().unwrap().len(), 2);
    for part in ["identifiers", "industries", "measurements", "flags"] {
        assert!(whole[part].is_array(), "{part}");
    }
}

#[both_databases]
async fn the_pages_of_names_and_industries_work_by_form(office: Office) {
    let held = office.enterprise("Yunzhou").await;
    let officer = office.officer(None);
    let at = format!("/enterprises/{}", held.id);
    let answer = officer.post(&format!("{at}/names"), &[("name", ""), ("kind", "legal")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("summary"), "the problem stands on top");
    assert_eq!(officer.post(&format!("{at}/names"), &[("name", "雲舟"), ("kind", "legal")]).await.status, 303);
    assert!(officer.get(&format!("{at}/names")).await.body.contains("雲舟"));
    let page = officer.get(&format!("{at}/industries?from=2024-01-01")).await;
    assert!(page.body.contains("ai-data-science") && !page.body.contains("cultural-creative-technology"));
    let sent = [("from", "2024-01-01"), ("industries", "ai-data-science")];
    assert_eq!(officer.post(&format!("{at}/industries"), &sent).await.status, 303);
    assert!(officer.get(&format!("{at}/facts")).await.body.contains("ai-data-science"));
}

#[both_databases]
async fn an_enterprise_is_found_by_words_in_any_order_by_reference_and_by_number(office: Office) {
    let held = office.enterprise("Zephyrion Kwantum Robotics Limited").await;
    let other = office.enterprise("Kwantum Foods Limited").await;
    let mut cx = office.operator();
    identifier::add(&mut cx, held.id, identifier("lei", "", "5493001KJTIIGC8Y1R12")).await.unwrap();
    commit(&mut cx).await;
    let officer = office.person(Role::Officer, None);
    for typed in ["kwantum zeph", "robotics zephyrion", "Zephyrion Limited", &held.reference, "5493001kjtiigc8y1r12"] {
        let found = officer.get(&format!("/api/v1/enterprises?q={}", typed.replace(' ', "%20"))).await.json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{typed}: {found}");
        assert_eq!(found["items"][0]["id"], held.id.0, "{typed}");
        let mut cx = office.operator();
        let typeahead = enterprise::suggest(&mut cx, typed, 10).await.unwrap();
        assert_eq!(typeahead.iter().map(|one| one.id).collect::<Vec<_>>(), [held.id], "{typed}");
    }
    let mut cx = office.operator();
    assert_eq!(enterprise::suggest(&mut cx, "kwantum", 10).await.unwrap().len(), 2);
    assert!(enterprise::suggest(&mut cx, "zephyrion foods", 10).await.unwrap().is_empty(), "{}", other.name);
}

/// A list looks in passing for what very many names have, and finds what their keys would.
#[both_databases]
async fn a_word_that_very_many_names_have_finds_what_a_rare_one_does(office: Office) {
    let first = office.enterprise("Kwantum Foods").await;
    let second = office.enterprise("雲舟科技").await;
    let merged = office.enterprise("Old Kwantum Works").await;
    office.enterprise("Zephyrion").await;
    let mut cx = office.operator();
    enterprise::merge::merge(&mut cx, merged.id, second.id, &GivenMerge::because("the same")).await.unwrap();
    commit(&mut cx).await;
    let officer = office.person(Role::Officer, None);
    for (typed, found) in [("kwantum", vec![first.id, second.id]), ("科技", vec![second.id])] {
        let address = format!("/api/v1/enterprises?q={}", platform::web::encode(typed));
        for many in [false, true] {
            if many {
                let row = |number| vec![format!("{typed}{number}").into(), first.id.into()];
                let rows = (0..2_000).map(row).collect();
                let mut cx = office.operator();
                insert_many(&mut cx, "INSERT INTO enterprise_name_keys (key, enterprise_id)", "", rows).await.unwrap();
                commit(&mut cx).await;
            }
            let listed = officer.get(&address).await.json();
            let mut ids: Vec<i64> =
                listed["items"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
            ids.sort_unstable();
            assert_eq!(ids, found.iter().map(|id| id.0).collect::<Vec<_>>(), "{typed}, very many: {many}");
        }
    }
}

#[both_databases]
async fn a_chinese_reader_meets_a_record_in_their_own_script(office: Office) {
    use platform::text::Language;
    let held = office.enterprise("瑪麗索數據").await;
    let mut cx = office.operator();
    for (name, language) in [("玛丽索数据", "zh-Hans"), ("Marisol Data", "en")] {
        let given = GivenName { language: language.into(), ..given(name) };
        name::add(&mut cx, held.id, given).await.unwrap();
    }
    commit(&mut cx).await;
    let director = office.director();
    let page = format!("/enterprises/{}/names", held.id);
    let heading = |body: String| body.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
    let simplified = director.get_in(Language::Simplified, &page).await.body;
    assert!(simplified.contains("繁体中文") && simplified.contains("英文"), "languages are told by name: {simplified}");
    let simplified = heading(simplified);
    assert!(simplified.contains("lang=\"zh-Hans\">玛丽索数据"), "{simplified}");
    for language in [Language::Traditional, Language::English] {
        let other = heading(director.get_in(language, &page).await.body);
        assert!(other.contains("瑪麗索數據"), "{other}");
    }
}

#[both_databases]
async fn an_identifier_left_empty_is_asked_for_and_not_called_wrong(office: Office) {
    let held = office.enterprise("Harbour Robotics").await;
    let path = format!("/enterprises/{}/identifiers", held.id);
    let empty = office.director().post(&path, &[("scheme", "lei"), ("register", ""), ("value", "")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("Give the number") && !empty.body.contains("not an LEI"), "{}", empty.body);
}

#[both_databases]
async fn a_choice_of_the_names_shown_that_is_refused_comes_back_with_the_names(office: Office) {
    let held = office.enterprise("Lanyue").await;
    let mut cx = office.operator();
    let other = name::add(&mut cx, held.id, given("嵐岳")).await.unwrap();
    commit(&mut cx).await;
    let path = format!("/enterprises/{}/names", held.id);
    let second = other.id.to_string();
    let sent = [("version", "1"), ("first", ""), ("second", second.as_str())];
    let refused = office.officer(None).post(&format!("{path}/shown"), &sent).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let chosen = format!("<option value=\"{second}\" selected>");
    assert!(refused.body.contains(&chosen) && refused.body.contains("<details open>"), "{}", refused.body);
    assert!(refused.body.contains("id=\"first-problem\""), "{}", refused.body);
}
