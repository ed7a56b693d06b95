//! Numbers that prove themselves, registers and exchanges of the lists, and languages by their names.

use platform::both_databases;
use platform::text::Language;

use super::{Office, commit, key};
use crate::enterprise;
use crate::identifier::{self, GivenIdentifier};
use crate::name::{self, GivenName};
use crate::person::{self, NewPerson};

fn given(scheme: &str, register: &str, value: &str) -> GivenIdentifier {
    GivenIdentifier { scheme: scheme.into(), register: register.into(), value: value.into(), ..Default::default() }
}

#[both_databases]
async fn a_number_is_of_a_register_that_is_known_and_proves_itself(office: Office) {
    let held = office.enterprise("Huawei").await;
    let mut cx = office.operator();
    for (scheme, register, value, refused) in [
        ("registry", "cn-samr", "914403001922038217", "problem-check-digit"),
        ("registry", "zzzz", "1", "problem-register-unknown"),
        ("registry", "hk-companies-registry", "0", "problem-register-number"),
        ("registry", "hk-companies-registry", "=1+1", "problem-register-number"),
        ("listing", "XXXX", "1", "problem-exchange-unknown"),
    ] {
        let error = identifier::add(&mut cx, held.id, given(scheme, register, value)).await.unwrap_err();
        assert_eq!(key(error), refused, "{register} {value}");
    }
    identifier::add(&mut cx, held.id, given("registry", "cn-samr", "914403001922038216")).await.unwrap();
    identifier::add(&mut cx, held.id, given("registry", "hk-companies-registry", "F 00-1234.5")).await.unwrap();
    // Of the list of authorities that LEIs refer to.
    identifier::add(&mut cx, held.id, given("registry", "ra999998", "HK1")).await.unwrap();
    let first = identifier::add(&mut cx, held.id, given("lei", "", "5493001KJTIIGC8Y1R12")).await.unwrap();
    let second = given("lei", "", "HWUPKR0MPOU8FGXBT394");
    let refused = identifier::add(&mut cx, held.id, second.clone()).await.unwrap_err();
    assert_eq!(key(refused), "identifier-second-lei");
    let ended = GivenIdentifier { valid_to: "2024-12-31".into(), ..given("lei", "", "5493001KJTIIGC8Y1R12") };
    identifier::correct(&mut cx, held.id, first.id, first.version, ended).await.unwrap();
    identifier::add(&mut cx, held.id, second).await.unwrap();
}

#[both_databases]
async fn a_hong_kong_stock_is_found_however_many_noughts_are_typed(office: Office) {
    let held = office.enterprise("Tencent").await;
    let mut cx = office.operator();
    let code = identifier::add(&mut cx, held.id, given("listing", "XHKG", "0700")).await.unwrap();
    assert_eq!(code.value, "0700");
    let twice = identifier::add(&mut cx, held.id, given("listing", "XHKG", "00700")).await.unwrap_err();
    assert_eq!(key(twice), "identifier-already-here");
    commit(&mut cx).await;
    let mut cx = office.operator();
    for typed in ["700", "0700", "00700"] {
        let found = enterprise::suggest(&mut cx, typed, 5).await.unwrap();
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [held.id], "{typed}");
    }
    cx.undo().await.unwrap();
    for typed in ["700", "00700"] {
        let page = office.director().get(&format!("/api/v1/enterprises?q={typed}")).await.json();
        assert_eq!(page["items"][0]["id"], held.id.0, "{typed}");
    }
}

#[both_databases]
async fn languages_are_known_ones_told_by_script_and_shown_by_name(office: Office) {
    let held = office.enterprise("Oasis").await;
    let mut cx = office.operator();
    let named =
        |name: &str, language: &str| GivenName { name: name.into(), language: language.into(), ..Default::default() };
    for (text, language) in [("شركة الواحة", "und-Arab"), ("Компания Оазис", "und-Cyrl")] {
        assert_eq!(name::add(&mut cx, held.id, named(text, "")).await.unwrap().language, language);
    }
    let refused = name::add(&mut cx, held.id, named("Oaza", "xx-zz")).await.unwrap_err();
    assert_eq!(key(refused), "problem-language");
    assert_eq!(name::add(&mut cx, held.id, named("綠洲", "ZH-hant-hk")).await.unwrap().language, "zh-Hant-HK");
    let new = |languages: &str| NewPerson {
        name: "Avery Sample".into(),
        languages: languages.into(),
        ..NewPerson::default()
    };
    let refused = person::add(&mut cx, held.id, new("yue, qqqqqqqqqqq")).await.unwrap_err();
    assert_eq!(key(refused), "problem-language-named");
    let avery = person::add(&mut cx, held.id, new("yue, en")).await.unwrap();
    identifier::add(&mut cx, held.id, given("registry", "hk-companies-registry", "1234567")).await.unwrap();
    commit(&mut cx).await;
    let director = office.director();
    let page = director.get_in(Language::Traditional, &format!("/people/{}", avery.id)).await.body;
    assert!(page.contains("廣東話") || page.contains("粵語"), "{page}");
    assert!(!page.contains("yue, en"), "{page}");
    let page = director.get_in(Language::Traditional, &format!("/enterprises/{}/history", held.id)).await.body;
    assert!(!page.contains("registry hk-companies-registry") && !page.contains("registry 1234567"), "{page}");
    assert!(page.contains("1234567") && page.contains("阿拉伯字母"), "{page}");
}
