//! Measurements and flags.

use platform::both_databases;
use platform::forms::Loose;
use serde_json::json;

use super::{Office, commit, key, reader};
use crate::enterprise::{self, NewEnterprise, NewName};
use crate::flag::{self, GivenFlag};
use crate::measurement::{self, GivenMeasurement};

fn revenue(year: &str, amount: &str) -> GivenMeasurement {
    GivenMeasurement {
        measure: "revenue".into(),
        year: year.into(),
        amount: amount.into(),
        currency: "usd".into(),
        source: "Annual report".into(),
        reason: String::new(),
    }
}

fn flagged(flag: &str, from: &str, to: &str) -> GivenFlag {
    GivenFlag { flag: flag.into(), source: "A list".into(), valid_from: from.into(), valid_to: to.into() }
}

#[both_databases]
async fn a_correction_stands_and_what_it_corrects_is_kept(office: Office) {
    let held = office.enterprise("Altamar").await;
    let mut cx = office.operator();
    let first = measurement::record(&mut cx, held.id, revenue("2024", "1,234.50")).await.unwrap();
    assert_eq!((first.amount, first.unit.as_str()), (123_450, "USD"));
    let twice = measurement::record(&mut cx, held.id, revenue("2024", "1")).await.unwrap_err();
    assert_eq!(key(twice), "measurement-already-held");
    let unsaid = measurement::correct(&mut cx, held.id, first.id, 1, revenue("2024", "2,000")).await.unwrap_err();
    assert_eq!(key(unsaid), "problem-reason-missing");
    let why = GivenMeasurement { reason: "restated".into(), ..revenue("2024", "2,000") };
    let second = measurement::correct(&mut cx, held.id, first.id, 1, why).await.unwrap();
    assert_eq!((second.version, second.corrects_id), (2, Some(first.id)));
    let all = measurement::of(&mut cx, held.id).await.unwrap();
    assert_eq!(
        all.iter().map(|one| (one.amount, one.superseded_at.is_some())).collect::<Vec<_>>(),
        [(200_000, false), (123_450, true)]
    );
    // Whoever still looks at the first is shown both.
    let late = GivenMeasurement { reason: "late".into(), ..revenue("2024", "3,000") };
    let stale = measurement::correct(&mut cx, held.id, first.id, 1, late).await.unwrap_err();
    assert_eq!(key(stale), "record-changed-meanwhile");
    let unseen = GivenMeasurement { reason: "early".into(), ..revenue("2024", "3,000") };
    let unseen = measurement::correct(&mut cx, held.id, second.id, 9, unseen).await.unwrap_err();
    assert_eq!(key(unseen), "record-changed-meanwhile", "a version that is still to come was seen by nobody");
    measurement::withdraw(&mut cx, held.id, second.id, "of its parent").await.unwrap();
    assert!(measurement::latest(&mut cx, held.id).await.unwrap().is_empty());
}

#[both_databases]
async fn a_figure_without_sense_is_refused_with_every_reason(office: Office) {
    let held = office.enterprise("Nordkap").await;
    let mut cx = office.operator();
    for (year, amount, expected) in [
        ("1024", "1", "problem-measurement-year"),
        ("21999", "1", "problem-measurement-year"),
        ("2027", "1", "problem-measurement-year"),
        ("2024", "-1", "problem-amount-negative"),
        ("2024", "US$1", "problem-amount-form"),
        ("2024", "99999999999999999999", "problem-amount-too-large"),
    ] {
        let refused = measurement::record(&mut cx, held.id, revenue(year, amount)).await.unwrap_err();
        assert_eq!(key(refused), expected, "{year} {amount}");
    }
    for currency in ["XXX", "ZZZ", "XTS", "XAU", "US", "count", "sq_m"] {
        let odd = GivenMeasurement { currency: currency.into(), ..revenue("2024", "1") };
        let refused = measurement::record(&mut cx, held.id, odd).await.unwrap_err();
        let platform::Error::Invalid(problems) = refused else { panic!("{refused}") };
        let told: Vec<_> = problems.all().iter().map(|one| (one.field.as_str(), one.key.as_str())).collect();
        assert_eq!(told, [("currency", "problem-currency")], "{currency}");
    }
    let heads = GivenMeasurement { measure: "headcount".into(), ..revenue("2024", "1.5") };
    assert_eq!(key(measurement::record(&mut cx, held.id, heads).await.unwrap_err()), "problem-amount-decimals");
    let empty = measurement::record(&mut cx, held.id, GivenMeasurement::default()).await.unwrap_err();
    let platform::Error::Invalid(problems) = empty else { panic!("{empty}") };
    assert!(problems.all().len() >= 4, "{problems:?}");
}

#[both_databases]
async fn a_restriction_is_seen_wherever_the_enterprise_is(office: Office) {
    let held = office.enterprise("Corvane").await;
    let mut cx = office.operator();
    flag::set(&mut cx, held.id, flagged("unicorn", "2020-01-01", "")).await.unwrap();
    let listed = flag::set(&mut cx, held.id, flagged("us-entity-list", "2021-06-01", "")).await.unwrap();
    commit(&mut cx).await;
    let mut cx = office.operator();
    let now = flag::in_force(&mut cx, held.id).await.unwrap();
    assert_eq!(now.iter().map(|one| one.flag.as_str()).collect::<Vec<_>>(), ["us-entity-list", "unicorn"]);
    assert!(now[0].restricts() && !now[1].restricts());
    for tab in ["", "/people", "/relations", "/group", "/facts", "/names", "/history"] {
        let page = reader(&office).get(&format!("/enterprises/{}{tab}", held.id)).await;
        assert_eq!(page.status, 200, "{tab}");
        assert!(page.body.contains("badge danger"), "{tab}");
    }
    let overlapping = flag::set(&mut cx, held.id, flagged("us-entity-list", "2022-01-01", "")).await.unwrap_err();
    assert_eq!(key(overlapping), "flag-already-set");
    let ended = flagged("us-entity-list", "2021-06-01", "2022-06-01");
    flag::correct(&mut cx, held.id, listed.id, 1, ended).await.unwrap();
    assert_eq!(flag::in_force(&mut cx, held.id).await.unwrap().len(), 1);
    flag::set(&mut cx, held.id, flagged("us-entity-list", "2023-01-01", "")).await.unwrap();
    let unknown = flag::set(&mut cx, held.id, flagged("no such list", "2023-01-01", "")).await.unwrap_err();
    assert_eq!(key(unknown), "problem-code-unknown");
}

#[both_databases]
async fn facts_are_kept_by_form_and_by_program_alike(office: Office) {
    let held = office.enterprise("Tesselle").await;
    let officer = office.officer(None);
    let at = format!("/enterprises/{}", held.id);
    let form = [("measure", "headcount"), ("year", "2025"), ("amount", "1,200"), ("source", "Return of 2026")];
    assert_eq!(officer.post(&format!("{at}/measurements"), &form).await.status, 303);
    let api = format!("/api/v1/enterprises/{}/flags", held.id);
    let made = officer.call("POST", &api, &[], json!({ "flag": "unicorn", "source": "Press" })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let page = officer.get(&format!("{at}/facts")).await;
    assert!(page.body.contains("1,200") && page.body.contains("unicorn"));
    assert_eq!(reader(&office).post(&format!("{at}/measurements"), &form).await.status, 403);
    let one = format!("{api}/{}", made.json()["id"]);
    let ended = json!({ "flag": "unicorn", "source": "Press", "valid_from": "2026-11-24", "valid_to": "2026-11-25" });
    assert_eq!(officer.call("PUT", &one, &[("if-match", "\"1\"")], ended.clone()).await.status, 200);
    let other = json!({ "flag": "unicorn", "source": "Rumour", "valid_from": "2026-11-24" });
    assert_eq!(officer.call("PUT", &one, &[("if-match", "\"1\"")], other).await.status, 412);
}

#[both_databases]
async fn a_company_of_the_cayman_islands_may_count_under_the_mainland(office: Office) {
    let mut cx = office.operator();
    let new = |incorporation: &str, origin: &str| NewEnterprise {
        incorporation: Loose::from(incorporation),
        reporting_origin: Loose::from(origin),
        names: vec![NewName { name: "Pelagia Robotics".into(), ..NewName::default() }],
        tier: Loose::from("office"),
        ..NewEnterprise::default()
    };
    let refused = enterprise::register(&mut cx, new("cayman-islands", "cayman-islands")).await.unwrap_err();
    let platform::Error::Invalid(problems) = refused else { panic!("{refused}") };
    assert_eq!(problems.all().iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["reporting_origin"]);
    let held = enterprise::register(&mut cx, new("cayman-islands", "mainland")).await.unwrap();
    commit(&mut cx).await;
    let shown = reader(&office).get(&format!("/enterprises/{}", held.id)).await.body;
    assert!(shown.contains("cayman-islands") && shown.contains("mainland"), "{shown}");
}
