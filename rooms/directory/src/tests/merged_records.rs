//! What two records tell of one another, who sees them as one, and what each has when they are two again.

use platform::both_databases;
use platform::permission::{Role, Tier};
use platform::{Cx, Id};
use serde_json::json;
use time::macros::date;

use super::reach::somebody;
use super::{Office, commit};
use crate::enterprise::merge::{self, GivenMerge};
use crate::enterprise::{self, reader};
use crate::identifier::{self, GivenIdentifier};
use crate::industry::{self, Later};
use crate::measurement::{self, GivenMeasurement};
use crate::name::{self, GivenName};
use crate::resemblance::review::{self, GivenDecision};

fn heads(amount: &str, reason: &str) -> GivenMeasurement {
    GivenMeasurement {
        measure: "headcount".into(),
        year: "2024".into(),
        amount: amount.into(),
        source: "Return".into(),
        reason: reason.into(),
        ..GivenMeasurement::default()
    }
}

fn later(office: &Office, seconds: i64) {
    office.clock.set(office.clock.now().plus_seconds(seconds));
}

async fn industries(cx: &mut Cx, id: Id) -> Vec<(String, Option<time::Date>)> {
    industry::of(cx, id).await.unwrap().into_iter().map(|one| (one.industry, one.valid_to)).collect()
}

#[both_databases]
async fn what_was_done_with_a_secret_record_shows_nowhere_on_the_open_one(office: Office) {
    let secret = office.enterprise_of("Secretcorp", Tier::Named).await;
    let open = office.enterprise("Openhouse").await;
    let mut cx = office.operator();
    let note = GivenDecision { verdict: "different".into(), note: "secret note".into() };
    review::decide_of(&mut cx, &secret, &open, &note).await.unwrap();
    let merged = GivenMerge { told_apart_wrongly: true, ..GivenMerge::because("dup secret") };
    merge::merge(&mut cx, open.id, secret.id, &merged).await.unwrap();
    merge::unmerge(&mut cx, open.id).await.unwrap();
    commit(&mut cx).await;
    let told = ["secret note", "dup secret", "Secretcorp", "Beside", "Survivor", "Merged record"];
    let officer = office.person(Role::Officer, None);
    let (page, history) = (format!("/enterprises/{}", open.id), format!("/enterprises/{}/history", open.id));
    for path in [&page, &history] {
        let read = officer.get(path).await;
        assert_eq!(read.status, 200, "{path}");
        for word in told {
            assert!(!read.body.contains(word), "{path} tells {word}: {}", read.body);
        }
        assert!(read.body.contains("Openhouse"), "{path}");
    }
    for everything in [office.director(), office.person(Role::Auditor, None)] {
        let read = everything.get(&history).await;
        assert!(read.body.contains("secret note") && read.body.contains("dup secret"), "{}", read.body);
    }
}

#[both_databases]
async fn whoever_merges_a_secret_record_into_an_open_one_still_sees_them(office: Office) {
    let lead = somebody(&office, "lead@office.example", Role::TeamLead).await;
    let friend = somebody(&office, "friend@office.example", Role::Officer).await;
    let (lead_id, friend_id) = (lead.account.unwrap(), friend.account.unwrap());
    let secret = office.enterprise_of("Secretcorp", Tier::Named).await;
    let open = office.enterprise("Openhouse").await;
    let mut cx = office.operator();
    for account in [lead_id, friend_id] {
        reader::name(&mut cx, secret.id, account).await.unwrap();
    }
    commit(&mut cx).await;
    let (lead, friend) = (office.person_of(lead), office.person_of(friend));
    let at = format!("/enterprises/{}", open.id);
    let ahead = lead.get(&format!("/enterprises/{}/merge?into={}", secret.id, open.id)).await;
    assert!(ahead.body.contains("Openhouse will then be as confidential"), "{}", ahead.body);
    assert!(ahead.body.contains("friend@office.example · lead@office.example"), "{}", ahead.body);

    let form = [("into", &*open.id.to_string()), ("reason", "the same")];
    let merged = lead.post(&format!("/enterprises/{}/merge", secret.id), &form).await;
    assert_eq!(merged.status, 303, "{}", merged.body);
    for person in [&lead, &friend] {
        assert_eq!(person.get(&at).await.status, 200);
    }
    assert_eq!(office.person(Role::Officer, None).get(&at).await.status, 404);
    let back = lead.post(&format!("/enterprises/{}/unmerge", secret.id), &[]).await;
    assert_eq!(back.status, 303, "{}", back.body);
    assert!(reader::of(&mut office.operator(), open.id).await.unwrap().is_empty());
    assert_eq!(office.person(Role::Officer, None).get(&at).await.status, 200);

    let body = json!({ "into": open.id, "reason": "the same" });
    let merged = lead.call("POST", &format!("/api/v1/enterprises/{}/merge", secret.id), &[], body).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!(friend.get(&at).await.status, 200);
}

#[both_databases]
async fn a_record_that_comes_out_of_a_merge_has_its_own_history_and_industries(office: Office) {
    let (survivor, loser) = (office.enterprise("Halden").await, office.enterprise("Zephyrine").await);
    let mut cx = office.operator();
    let ai = ["ai-data-science".to_owned()];
    industry::assign(&mut cx, loser.id, None, &ai, date!(2023 - 01 - 01), Later::Stays, "").await.unwrap();
    let figure = measurement::record(&mut cx, loser.id, heads("200", "")).await.unwrap();
    let brand = GivenName { name: "Zephyrine B".into(), kind: "brand".into(), ..GivenName::default() };
    let brand = name::add(&mut cx, loser.id, brand).await.unwrap();
    commit(&mut cx).await;
    later(&office, 60);
    let mut cx = office.operator();
    merge::merge(&mut cx, loser.id, survivor.id, &GivenMerge::because("the same")).await.unwrap();
    commit(&mut cx).await;
    later(&office, 60);
    let mut cx = office.operator();
    let renamed = GivenName { name: "Zephyrine B2".into(), kind: "brand".into(), ..GivenName::default() };
    name::correct(&mut cx, survivor.id, brand.id, brand.version, renamed).await.unwrap();
    measurement::correct(&mut cx, survivor.id, figure.id, figure.version, heads("250", "restated")).await.unwrap();
    let life = ["life-health-technology".to_owned()];
    industry::assign(&mut cx, survivor.id, None, &life, date!(2026 - 01 - 01), Later::Stays, "").await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    let told = enterprise::history(&mut cx, survivor.id, None, 50).await.unwrap();
    let times = |verb: &str| told.iter().filter(|entry| entry.verb == verb).count();
    assert_eq!(times("enterprise.name_corrected"), 1, "read as one it is told once");
    cx.undo().await.unwrap();
    later(&office, 60);
    let mut cx = office.operator();
    assert_eq!(merge::unmerge(&mut cx, loser.id).await.unwrap(), ["names", "measurements"]);
    commit(&mut cx).await;

    let mut cx = office.operator();
    assert_eq!(industries(&mut cx, loser.id).await, [("ai-data-science".to_owned(), None)]);
    assert_eq!(industries(&mut cx, survivor.id).await, [("life-health-technology".to_owned(), None)]);
    let told = enterprise::history(&mut cx, loser.id, None, 50).await.unwrap();
    for verb in ["enterprise.name_corrected", "enterprise.measurement_corrected", "enterprise.classified"] {
        let entry = told.iter().find(|entry| entry.verb == verb && entry.detail.contains("through"));
        assert!(entry.is_some_and(|entry| entry.detail.contains("Halden")), "{verb}: {told:?}");
    }
    let own = enterprise::history(&mut cx, survivor.id, None, 50).await.unwrap();
    assert!(own.iter().any(|entry| entry.verb == "enterprise.measurement_corrected"));
    cx.undo().await.unwrap();
    let page = office.director().get(&format!("/enterprises/{}", loser.id)).await;
    assert!(page.body.contains("ai-data-science"), "{}", page.body);
}

#[both_databases]
async fn an_industry_set_from_an_earlier_day_ends_where_the_later_one_begins(office: Office) {
    let held = office.enterprise("Qingchi").await;
    let (ai, life, art) = ("ai-data-science", "life-health-technology", "cultural-creative-technology");
    let mut cx = office.operator();
    for (code, from) in [(ai, date!(2024 - 01 - 01)), (art, date!(2025 - 03 - 01)), (life, date!(2023 - 06 - 01))] {
        industry::assign(&mut cx, held.id, None, &[code.to_owned()], from, Later::Stays, "").await.unwrap();
    }
    let expected = [
        (art.to_owned(), None),
        (ai.to_owned(), Some(date!(2025 - 02 - 28))),
        (life.to_owned(), Some(date!(2023 - 12 - 31))),
    ];
    assert_eq!(industries(&mut cx, held.id).await, expected);
    // From the middle of one that goes on: its days on both sides stay.
    industry::assign(&mut cx, held.id, None, &[life.to_owned()], date!(2024 - 07 - 01), Later::Stays, "")
        .await
        .unwrap();
    assert_eq!(industries(&mut cx, held.id).await.len(), 4);
    assert_eq!(industries(&mut cx, held.id).await[1], (life.to_owned(), Some(date!(2025 - 02 - 28))));
    commit(&mut cx).await;
    let officer = office.officer(None);
    let page = officer.get(&format!("/enterprises/{}/industries?from=2023-02-01", held.id)).await;
    assert!(page.body.contains("Other industries are recorded from") && page.body.contains("replace_later"));

    let api = format!("/api/v1/enterprises/{}/industries", held.id);
    let body = json!({ "industries": [life], "valid_from": "2023-06-01", "replace_later": true });
    let version = format!("\"{}\"", office.get(held.id).await.version);
    let set = officer.call("PUT", &api, &[("if-match", &version)], body).await;
    assert_eq!(set.status, 200, "{}", set.body);
    let mut cx = office.operator();
    assert_eq!(industries(&mut cx, held.id).await, [(life.to_owned(), None)]);
    let told = enterprise::history(&mut cx, held.id, None, 1).await.unwrap().remove(0).detail;
    assert!(told.contains(ai) && told.contains(art), "all that was superseded is named: {told}");
    let (_, wrong) = {
        let found = (crate::check::checks().into_iter().find(|check| check.name == "industries").unwrap().run)(&mut cx)
            .await
            .unwrap();
        (found.looked_at, found.wrong)
    };
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[both_databases]
async fn the_page_of_a_merge_tells_beforehand_what_refuses_it_and_which_figures_differ(office: Office) {
    let (one, other) = (office.enterprise("One Ltd").await, office.enterprise("Other Ltd").await);
    let mut cx = office.operator();
    measurement::record(&mut cx, one.id, heads("100", "")).await.unwrap();
    measurement::record(&mut cx, other.id, heads("200", "")).await.unwrap();
    commit(&mut cx).await;
    let director = office.director();
    let path = format!("/enterprises/{}/merge?into={}", other.id, one.id);
    let page = director.get(&path).await;
    assert!(page.body.contains("Figures that differ") && page.body.contains("The figures of One Ltd stand"));
    let form = [("into", &*one.id.to_string()), ("reason", "the same")];
    assert_eq!(director.post(&format!("/enterprises/{}/merge", other.id), &form).await.status, 303);
    let mut cx = office.operator();
    assert_eq!(measurement::latest(&mut cx, one.id).await.unwrap()[0].amount, 100);
    merge::unmerge(&mut cx, other.id).await.unwrap();
    for (held, lei) in [(&one, "5493001KJTIIGC8Y1R12"), (&other, "HWUPKR0MPOU8FGXBT394")] {
        let given = GivenIdentifier { scheme: "lei".into(), value: lei.into(), ..Default::default() };
        identifier::add(&mut cx, held.id, given).await.unwrap();
    }
    commit(&mut cx).await;
    let page = director.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("are two numbers of one register"), "{}", page.body);
    assert!(!page.body.contains("name=\"reason\""), "no form for what will be refused");
}
