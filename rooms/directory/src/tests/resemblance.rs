//! Which enterprises mean the same: found in any script, decided by people, obeyed from then on.

use std::collections::HashMap;
use std::sync::Arc;

use platform::both_databases;
use platform::forms::Loose;
use platform::house::House;
use platform::import::{Left, Mode, Outcome, Row};
use platform::permission::{Actor, Role, Tier};
use platform::text::Language;
use platform::{Cx, Error, Id, Way, export, jobs};
use serde_json::{Value, json};

use super::{Office, commit, key};
use crate::enterprise::merge::GivenMerge;
use crate::enterprise::{self, Enterprise, NewEnterprise, NewName, merge};
use crate::name::{self, GivenName};
use crate::resemblance::review::{self, Filter, GivenDecision};
use crate::resemblance::{self, Asked, LONG_PATIENCE, Likely, Verdict};

fn new(names: &[&str], tier: Tier) -> NewEnterprise {
    NewEnterprise {
        names: names.iter().map(|name| NewName { name: (*name).into(), ..NewName::default() }).collect(),
        tier: Loose::from(tier.code()),
        distinct_from_resembling: true,
        ..NewEnterprise::default()
    }
}

impl Office {
    pub(super) async fn called(&self, names: &[&str], tier: Tier) -> Enterprise {
        let mut cx = self.operator();
        let made = enterprise::register(&mut cx, new(names, tier)).await.unwrap();
        commit(&mut cx).await;
        made
    }

    /// The cast of these stories: two that are one, one of their family, and others.
    pub(super) async fn with_huawei(&self) -> [Enterprise; 3] {
        for name in ["Northern Gate Foods Inc.", "Ondara Hydrogen", "Lion Rock Batteries", "Peak Biologics AG"] {
            self.called(&[name], Tier::Office).await;
        }
        let all = [
            self.called(&["华为技术有限公司", "Huawei Technologies Co., Ltd."], Tier::Office).await,
            self.called(&["Huawei Technologies Company Limited", "華為技術"], Tier::Office).await,
            self.called(&["Huawei Device (Hong Kong) Limited"], Tier::Office).await,
        ];
        assert!(resemblance::ready(&self.house, LONG_PATIENCE).await);
        all
    }
}

async fn asks(cx: &mut Cx, name: &str) -> Vec<Likely> {
    let asked = Asked::new(cx, vec![name.to_owned()], None);
    resemblance::likely(cx, &asked).await.unwrap()
}

pub(super) async fn found(cx: &mut Cx, name: &str) -> Vec<Id> {
    asks(cx, name).await.iter().map(|one| one.enterprise.id).collect()
}

pub(super) fn percent_encoded(text: &str) -> String {
    platform::web::encode(text)
}

#[both_databases]
async fn a_name_in_any_script_finds_the_one_that_is_held_with_reasons(office: Office) {
    let [huawei, ..] = office.with_huawei().await;
    let officer = office.officer(None);
    for typed in ["华为", "華為", "Huawei Tech", "huawei", "HUAWEI TECHNOLOGIES CO LTD"] {
        let address = format!("/api/v1/enterprises/resembling?name={}", percent_encoded(typed));
        let answer = officer.call("GET", &address, &[], Value::Null).await.json();
        let ids: Vec<i64> =
            answer["items"].as_array().unwrap().iter().map(|one| one["enterprise"]["id"].as_i64().unwrap()).collect();
        assert!(ids.contains(&huawei.id.0), "{typed}: {answer}");
        let reasons = &answer["items"][0]["resemblance"]["waterfall"]["reasons"];
        assert_eq!(reasons[0]["field"], "name", "{typed}: {answer}");
        // The page says the same in words of each language.
        for language in Language::ALL {
            let page =
                officer.get_in(language, &format!("/enterprises/resembling?name={}", percent_encoded(typed))).await;
            assert!(page.body.contains("华为技术有限公司"), "{}", page.body);
            assert!(!page.body.contains("resemblance-"), "a key without words: {}", page.body);
        }
    }
    let mut cx = office.operator();
    assert!(found(&mut cx, "Wholly Unlike Shipping").await.is_empty());
    assert!(found(&mut cx, "").await.is_empty());
}

#[both_databases]
async fn what_is_likely_the_same_is_refused_until_a_person_says_that_it_is_another(office: Office) {
    let [huawei, ..] = office.with_huawei().await;
    let officer = office.officer(None);
    let fields = [("name_en", "Huawei Technologies Limited"), ("kind", "legal_entity"), ("tier", "office")];
    let refused = officer.post("/enterprises", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("waterfall") && refused.body.contains("华为技术有限公司"), "{}", refused.body);
    let body = json!({"names": [{"name": "Huawei Technologies Limited"}]});
    let answer = officer.call("POST", "/api/v1/enterprises", &[], body).await;
    assert_eq!(answer.status, 409);
    let errors = answer.json()["errors"].clone();
    let told = errors.as_array().unwrap().iter().find(|one| one["key"] == "resembles-likely").cloned().unwrap();
    assert!(told["message"].as_str().unwrap().contains("Name"), "the reasons are in the words: {told}");

    let of = huawei.id.to_string();
    let mut fields = fields.to_vec();
    fields.extend([("distinct", "yes"), ("distinct_from", of.as_str())]);
    assert_eq!(officer.post("/enterprises", &fields).await.status, 303);
    // What was said is kept, and neither asked again nor told of one another.
    let mut cx = office.operator();
    let decided = review::decisions(&mut cx, None, 9).await.unwrap().rows;
    assert_eq!(decided.len(), 1);
    assert_eq!((decided[0].decision.low_id, decided[0].decision.verdict.as_str()), (huawei.id, "different"));
    let registered = decided[0].decision.high_id;
    let asked =
        Asked { itself: Some(registered), ..Asked::new(&cx, vec!["Huawei Technologies Limited".to_owned()], None) };
    let likely = resemblance::likely(&mut cx, &asked).await.unwrap();
    assert!(likely.iter().all(|one| one.enterprise.id != huawei.id && one.enterprise.id != registered));
}

#[both_databases]
async fn what_is_out_of_reach_is_not_found_and_weighs_nothing(office: Office) {
    office.with_huawei().await;
    let officer = office.officer(Some(Id(9)));
    let told = async || {
        let mut all = String::new();
        for typed in ["Huawei", "Zzyzx", "Peak"] {
            let address = format!("/api/v1/enterprises/resembling?name={typed}");
            all.push_str(&officer.call("GET", &address, &[], Value::Null).await.body);
        }
        all
    };
    let before = told().await;
    office.called(&["Huawei Secret Laboratories"], Tier::Named).await;
    let hidden = office.called(&["Zzyzx Holdings", "Peak Biologics"], Tier::Team).await;
    assert_eq!(told().await, before);
    let mut director = office.director().cx();
    assert!(found(&mut director, "Zzyzx").await.contains(&hidden.id), "who may see it finds it");
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(reader.get("/enterprises/resembling?name=Peak").await.status, 403);
}

fn operator(house: &Arc<House>) -> Cx {
    Cx::new(house.clone(), Some(Actor::operator("test")), Way::Command, Language::English)
}

#[both_databases]
async fn memory_follows_what_other_servers_change(office: Office) {
    let [huawei, ..] = office.with_huawei().await;
    let beside = office.beside(vec![identity::room(), crate::room()]).await;
    assert!(resemblance::ready(&beside, LONG_PATIENCE).await);
    let mut cx = operator(&beside);
    assert!(found(&mut cx, "Quillwork Optics").await.is_empty());
    cx.undo().await.unwrap();
    // Registered here, found there; named anew here, found there by that; withdrawn here, gone there.
    let made = office.called(&["Quillwork Optics GmbH"], Tier::Office).await;
    assert_eq!(found(&mut cx, "Quillwork Optics").await, [made.id]);
    cx.undo().await.unwrap();
    let mut here = office.operator();
    let named = name::add(&mut here, made.id, GivenName { name: "Federwerk Linsen".into(), ..GivenName::default() });
    let named = named.await.unwrap();
    commit(&mut here).await;
    assert_eq!(found(&mut cx, "Federwerk").await, [made.id]);
    cx.undo().await.unwrap();
    let mut here = office.operator();
    name::withdraw(&mut here, made.id, named.id, "never so called").await.unwrap();
    commit(&mut here).await;
    assert!(found(&mut cx, "Federwerk").await.is_empty());
    cx.undo().await.unwrap();
    // A record that stands for another is told as that other, a retired one not at all.
    let mut here = office.operator();
    merge::merge(&mut here, made.id, huawei.id, &GivenMerge::because("a test")).await.unwrap();
    commit(&mut here).await;
    assert_eq!(found(&mut cx, "Quillwork Optics").await, [huawei.id]);
    cx.undo().await.unwrap();
    let mut here = office.operator();
    merge::unmerge(&mut here, made.id).await.unwrap();
    enterprise::retire(&mut here, made.id, "gone").await.unwrap();
    commit(&mut here).await;
    assert!(found(&mut cx, "Quillwork Optics").await.is_empty());
    cx.undo().await.unwrap();
    if office.is_postgres() {
        // Who begins later waits for who writes, so that nothing is committed behind what was read.
        let (mut early, mut late) = (office.operator(), operator(&beside));
        let tardy = GivenName { name: "Tardy Turbines".into(), ..GivenName::default() };
        name::add(&mut early, huawei.id, tardy).await.unwrap();
        let mut second = Box::pin(enterprise::register(&mut late, new(&["Prompt Pumps"], Tier::Office)));
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), &mut second).await;
        assert!(waited.is_err(), "a second writer got in");
        commit(&mut early).await;
        let one = second.await.unwrap();
        commit(&mut late).await;
        assert_eq!(found(&mut cx, "Prompt Pumps").await, [one.id]);
        cx.undo().await.unwrap();
        assert_eq!(found(&mut cx, "Tardy Turbines").await, [huawei.id]);
        cx.undo().await.unwrap();
    }
    beside.close().await;
}

/// The pair of the queue that is of these two.
async fn pair_of(office: &Office, one: Id, other: Id, state: &str) -> Option<Id> {
    let mut cx = office.operator();
    let filter = Filter::read(&platform::forms::Form::default().with("state", state));
    let rows = review::page(&mut cx, &filter, 200).await.unwrap().rows;
    cx.undo().await.unwrap();
    let of = |pair: &review::Pair| (pair.one.id.min(pair.other.id), pair.one.id.max(pair.other.id));
    rows.iter().find(|pair| of(pair) == (one.min(other), one.max(other))).map(|pair| pair.id)
}

async fn look_through(office: &Office) {
    let mut cx = office.operator();
    review::set_off(&mut cx).await.unwrap();
    commit(&mut cx).await;
    jobs::run_all(&office.house).await.unwrap();
    // What is found later is told from what was found before.
    office.clock.set(office.clock.now().plus_seconds(1));
}

#[both_databases]
async fn the_register_is_looked_through_every_night(office: Office) {
    let [one, other, _] = office.with_huawei().await;
    let waiting = async || {
        let mut cx = office.operator();
        let jobs = jobs::list(&mut cx, Some("waiting"), None, 10).await.unwrap();
        cx.undo().await.unwrap();
        jobs
    };
    jobs::see_to_the_night(&office.house).await.unwrap();
    jobs::see_to_the_night(&office.house).await.unwrap();
    let tonight = waiting().await;
    assert_eq!(tonight.len(), 1, "once, however often it is seen to");
    let (_, hour, minute) = office.house.zone.local(tonight[0].run_at);
    assert_eq!((hour, minute), (3, 0), "at night, where the office is");
    assert!(tonight[0].run_at > office.clock.now());
    jobs::run_all(&office.house).await.unwrap();
    assert_eq!(pair_of(&office, one.id, other.id, "open").await, None, "not before");
    office.clock.set(tonight[0].run_at);
    jobs::run_all(&office.house).await.unwrap();
    assert!(pair_of(&office, one.id, other.id, "open").await.is_some());
    jobs::see_to_the_night(&office.house).await.unwrap();
    let after = waiting().await;
    assert_eq!(after.len(), 1);
    assert!(after[0].run_at > tonight[0].run_at, "and the night after");
    let mut cx = office.operator();
    jobs::cancel(&mut cx, after[0].id).await.unwrap();
    commit(&mut cx).await;
    jobs::see_to_the_night(&office.house).await.unwrap();
    assert!(waiting().await.is_empty(), "a night that somebody cancelled stays so");
}

pub(super) fn said(verdict: &str) -> GivenDecision {
    GivenDecision { verdict: verdict.into(), note: "looked at both".into() }
}

#[both_databases]
async fn people_decide_the_unsure_and_are_obeyed(office: Office) {
    let [one, other, device] = office.with_huawei().await;
    look_through(&office).await;
    let pair = pair_of(&office, one.id, other.id, "open").await.expect("the two are asked about");
    let officer = office.officer(None);
    let page = officer.get(&format!("/enterprises/review/{pair}")).await;
    assert_eq!(page.status, 200);
    for words in ["data-press=\"s\"", "华为技术有限公司", "Huawei Technologies Company Limited", "waterfall"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    // Put off, taken up again.
    assert_eq!(officer.post(&format!("/enterprises/review/{pair}/later"), &[]).await.status, 303);
    assert_eq!(pair_of(&office, one.id, other.id, "later").await, Some(pair));
    look_through(&office).await;
    assert_eq!(pair_of(&office, one.id, other.id, "later").await, Some(pair), "it stays put off");
    assert_eq!(officer.post(&format!("/enterprises/review/{pair}/undo"), &[]).await.status, 303);
    assert_eq!(pair_of(&office, one.id, other.id, "open").await, Some(pair));
    let again = officer.post(&format!("/enterprises/review/{pair}/undo"), &[]).await;
    assert_eq!(again.status, 409);
    // Decided: superseded, never overwritten, told in both histories.
    let mut cx = officer.cx();
    assert_eq!(key(review::decide(&mut cx, pair, said("perhaps")).await.unwrap_err()), "problem-resemblance-verdict");
    review::decide(&mut cx, pair, said("related")).await.unwrap();
    review::decide(&mut cx, pair, said("different")).await.unwrap();
    commit(&mut cx).await;
    assert_eq!(pair_of(&office, one.id, other.id, "decided").await, Some(pair));
    for id in [one.id, other.id] {
        let told = office.history("enterprise", id).await;
        assert!(told.contains("resemblance_decided") && told.contains("related"), "{told}");
    }
    // Obeyed by the queue, by what is told while one types, and by files.
    look_through(&office).await;
    assert_eq!(pair_of(&office, one.id, other.id, "open").await, None);
    let mut cx = office.operator();
    let asked = Asked { itself: Some(one.id), ..Asked::new(&cx, vec!["Huawei Technologies".to_owned()], None) };
    let likely = resemblance::likely(&mut cx, &asked).await.unwrap();
    assert!(likely.iter().all(|held| held.enterprise.id != other.id));
    assert!(likely.iter().any(|held| held.enterprise.id == device.id));
    cx.undo().await.unwrap();
    // Taken back, it is asked about again; the same leads to the merge, with what follows counted.
    officer.post(&format!("/enterprises/review/{pair}/undo"), &[]).await;
    look_through(&office).await;
    let pair = pair_of(&office, one.id, other.id, "open").await.expect("asked again");
    let lead = office.person(Role::TeamLead, None);
    let answer = lead.post(&format!("/enterprises/review/{pair}/decision"), &[("verdict", "same")]).await;
    let to = answer.location().to_owned();
    assert!(to.starts_with(&format!("/enterprises/{}/merge?into={}", other.id, one.id)), "{to}");
    assert!(lead.get(&to).await.body.contains("2 names"));
    let fields = [
        ("into", one.id.to_string()),
        ("reason", "one company".to_owned()),
        ("back", "/enterprises/review".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let merged = lead.post(&format!("/enterprises/{}/merge", other.id), &fields).await;
    assert_eq!(merged.location(), "/enterprises/review");
    assert_eq!(lead.get(&format!("/enterprises/review/{pair}")).await.status, 404, "they are one now");
    let mut cx = office.operator();
    assert_eq!(found(&mut cx, "Huawei Technologies Company").await[0], one.id);
    cx.undo().await.unwrap();
    assert_eq!(lead.post(&format!("/enterprises/{}/unmerge", other.id), &[]).await.status, 303);
    assert_eq!(lead.get(&format!("/enterprises/review/{pair}")).await.status, 200, "and two again");
}

#[both_databases]
async fn a_pair_is_seen_only_by_those_who_may_see_both(office: Office) {
    office.with_huawei().await;
    let hidden = office.called(&["Huawei Technologies Co Limited"], Tier::Named).await;
    look_through(&office).await;
    let mut cx = office.operator();
    let rows = review::page(&mut cx, &Filter::default(), 200).await.unwrap().rows;
    let pair = rows.iter().find(|pair| pair.one.id == hidden.id || pair.other.id == hidden.id).expect("a pair").id;
    cx.undo().await.unwrap();
    let officer = office.officer(Some(Id(9)));
    let list = officer.call("GET", "/api/v1/enterprises/review", &[], Value::Null).await.body;
    assert!(!list.contains(&hidden.id.to_string()) && list.contains("华为技术有限公司"), "{list}");
    for (method, path) in [("GET", ""), ("POST", "/decision"), ("POST", "/later"), ("POST", "/undo")] {
        let address = format!("/api/v1/enterprises/review/{pair}{path}");
        let answer = officer.call(method, &address, &[], json!({"verdict": "same"})).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    assert_eq!(office.director().get(&format!("/enterprises/review/{pair}")).await.status, 200);
}

#[both_databases]
async fn decisions_are_a_file_that_the_matcher_takes(office: Office) {
    let [one, other, device] = office.with_huawei().await;
    let mut cx = office.operator();
    for (a, b, verdict) in [(&one, &other, "same"), (&one, &device, "related")] {
        review::decide_of(&mut cx, a, b, &said(verdict)).await.unwrap();
    }
    commit(&mut cx).await;
    let kind = office.house.export_kind("resemblance-decisions").unwrap();
    let mut cx = office.director().cx();
    let file = export::to_file(&mut cx, kind, "", export::Format::Csv).await.unwrap();
    cx.undo().await.unwrap();
    let file = std::fs::read_to_string(file.path()).unwrap();
    assert!(file.contains(&format!("{},{},same,same", one.reference, other.reference)), "{file}");
    assert!(file.contains(&format!("{},{},different,related", one.reference, device.reference)), "{file}");
}

#[both_databases]
async fn a_decision_that_contradicts_others_names_them(office: Office) {
    let [a, b, c, d] = [
        office.enterprise("Alder Works").await,
        office.enterprise("Birch Works").await,
        office.enterprise("Cedar Works").await,
        office.enterprise("Dogwood Works").await,
    ];
    let mut cx = office.operator();
    for (one, other, verdict) in [(&a, &d, "different"), (&a, &b, "same")] {
        review::decide_of(&mut cx, one, other, &said(verdict)).await.unwrap();
    }
    let error = review::decide_of(&mut cx, &b, &d, &said("same")).await.unwrap_err();
    let Error::Conflict(conflict) = error else { panic!("{error:?}") };
    assert_eq!((&*conflict.key, &*conflict.reasons[0].key), ("review-contradicts", "review-stands-different"));
    let named = |one: &Enterprise| format!("{} ({})", one.name, one.reference);
    let told: Vec<String> = conflict.reasons[0].args.iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(told, [named(&a), named(&d)]);
    review::decide_of(&mut cx, &b, &c, &said("same")).await.unwrap();
    for verdict in ["different", "related"] {
        let error = review::decide_of(&mut cx, &c, &a, &said(verdict)).await.unwrap_err();
        let Error::Conflict(conflict) = error else { panic!("{error:?}") };
        assert_eq!(conflict.reasons.len(), 2, "a is b, b is c: {conflict:?}");
    }
    // What the two themselves were said to be is superseded, as ever.
    review::decide_of(&mut cx, &c, &b, &said("different")).await.unwrap();
    review::decide_of(&mut cx, &c, &a, &said("different")).await.unwrap();
    let found = review::chain::check(&mut cx).await.unwrap();
    assert!(found.looked_at == 4 && found.wrong.is_empty(), "{found:?}");
    commit(&mut cx).await;
}

#[both_databases]
async fn what_stands_between_hidden_records_is_not_named(office: Office) {
    let hidden = office.enterprise_of("Secret Works", Tier::Named).await;
    let (one, other) = (office.enterprise("Alder Works").await, office.enterprise("Birch Works").await);
    let mut cx = office.operator();
    review::decide_of(&mut cx, &one, &hidden, &said("same")).await.unwrap();
    review::decide_of(&mut cx, &hidden, &other, &said("different")).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.officer(None).cx();
    let error = review::decide_of(&mut cx, &one, &other, &said("same")).await.unwrap_err();
    let Error::Conflict(conflict) = error else { panic!("{error:?}") };
    assert_eq!(conflict.reasons.iter().map(|reason| &*reason.key).collect::<Vec<_>>(), ["review-stands-hidden"]);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn rows_of_a_file_that_are_likely_the_same_are_told_and_may_be_left(office: Office) {
    let [one, ..] = office.with_huawei().await;
    let row = |number: u64, name: &str| Row { number, cells: HashMap::from([("name_en", name.to_owned())]) };
    let rows = [row(2, "Huawei Technologies Limited"), row(3, "Brightwell Payments")];
    let kind = office.house.import_kind("enterprises").unwrap();
    let take = async |leaves: bool, mode: Mode| {
        let mut cx = office.officer(None).cx();
        cx.kept.put(Arc::new(Left(leaves)));
        let outcomes = kind.take(&mut cx, &rows, mode).await.unwrap();
        commit(&mut cx).await;
        outcomes
    };
    let told = take(false, Mode::Check).await;
    let Outcome::Alike(_, alike) = &told[0] else { panic!("{told:?}") };
    assert!(alike.iter().any(|held| held.id == one.id) && !alike[0].reasons.is_empty(), "{alike:?}");
    assert_eq!(told[1], Outcome::Created(Id(0)));
    for mode in [Mode::Check, Mode::Keep] {
        let left = take(true, mode).await;
        assert!(
            matches!(&left[0], Outcome::Resembles(likely) if likely.iter().any(|(id, ..)| *id == one.id)),
            "{left:?}"
        );
        assert!(matches!(left[1], Outcome::Created(_)));
    }
    assert!(matches!(take(false, Mode::Keep).await[..], [Outcome::Created(_), Outcome::Same(_)]));
}

#[both_databases]
async fn a_row_about_several_that_people_said_are_the_same_is_about_the_oldest(office: Office) {
    let (one, other) = (office.enterprise("Twin Falls Ltd").await, office.enterprise("Twin Falls Ltd").await);
    let rows = [Row {
        number: 2,
        cells: HashMap::from([("name_en", "Twin Falls Ltd".to_owned()), ("website", "twin.example".to_owned())]),
    }];
    let kind = office.house.import_kind("enterprises").unwrap();
    let take = async || {
        let mut cx = office.operator();
        let outcome = kind.take(&mut cx, &rows, Mode::Check).await.unwrap().remove(0);
        commit(&mut cx).await;
        outcome
    };
    assert!(matches!(take().await, Outcome::Resembles(likely) if likely.len() == 2));
    let mut cx = office.operator();
    review::decide_of(&mut cx, &one, &other, &said("same")).await.unwrap();
    commit(&mut cx).await;
    assert!(matches!(take().await, Outcome::Changed(id, _) if id == one.id));
}

#[test]
fn every_field_and_level_has_words_in_every_language() {
    let texts = platform::text::Texts::new(crate::room().texts.into_iter().chain(ui::texts().to_vec())).unwrap();
    for field in matching::Field::ALL {
        for language in Language::ALL {
            assert!(texts.has(language, &format!("resemblance-field-{}", field.name())), "{}", field.name());
            for level in field.levels() {
                let key = resemblance::words::level_key(level);
                assert!(texts.has(language, &key), "{key}");
            }
        }
    }
    for verdict in Verdict::ALL {
        assert!(texts.has(Language::English, verdict.decided_key()));
    }
}
