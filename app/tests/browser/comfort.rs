//! What pages do for whoever fills them in, steers by keys, holds a phone or prints.

use super::{Browser, Kind, Setup, travel};

const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

#[test]
fn a_form_left_comes_back_as_it_was_its_choices_too() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/enterprises/new").await;
        browser.fill("#name_en", "Leftward Optics").await;
        browser.press("[name='kind'][value='group']").await;
        browser.press("label[for='industries']").await;
        browser.press("label[for='industries-2']").await;
        browser.choose_any("[name='value_chain']").await;
        browser.press("[name='tier'][value='named']").await;
        let held = "return JSON.stringify([...new FormData(document.querySelector('form[data-draft]'))])";
        let before = browser.execute(held, vec![]).await;
        browser.goto("/enterprises").await;
        browser.goto("/enterprises/new").await;
        browser.sees("was put back").await;
        assert_eq!(browser.execute(held, vec![]).await, before);
        assert_eq!(browser.count("[name='industries']:checked").await, 2);
        // What an address asks for is not written over.
        browser.goto("/projects/new").await;
        browser.fill("#title", "A title").await;
        browser.press("[name='tier'][value='team']").await;
        browser.goto("/projects/new?title=Another").await;
        browser.until_true("return !!document.querySelector(\"[name='tier'][value='team']:checked\")").await;
    });
}

/// What was typed is there until it is taken: not after a refusal, nor when one has to sign in again meanwhile.
#[test]
fn what_was_typed_outlives_the_session() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/projects/new").await;
        browser.fill("#title", "A title typed for long").await;
        browser.forget_cookies().await;
        browser.press("main form[data-draft] .button.first").await;
        browser.until_true("return !!document.querySelector(\"main a[href^='/sign-in?back=']\")").await;
        let back =
            browser.execute("return document.querySelector(\"main a[href^='/sign-in?back=']\").search", vec![]).await;
        assert_eq!(back, "?back=%2Fprojects%2Fnew");
        browser.signs_in("director").await;
        browser.goto("/projects/new").await;
        browser.sees("was put back").await;
        let title = "return document.querySelector('#title').value";
        assert_eq!(browser.execute(title, vec![]).await, "A title typed for long");
        // Refused for want of more, and in another language: still there.
        browser.press("main form[data-draft] .button.first").await;
        browser.until_true("return !!document.querySelector('.summary')").await;
        browser.execute("document.querySelector(\"form[action='/language'] button[lang='zh-Hant-HK'], form[action='/language'] button[lang^='zh']\").click()", vec![]).await;
        browser.is_at("/projects/new").await;
        assert_eq!(browser.execute(title, vec![]).await, "A title typed for long");
    });
}

/// A button that only asks for a file leaves the others of its form as they are.
#[test]
fn picked_rows_can_be_exported_and_then_changed() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/enterprises").await;
        browser.type_keys("jx").await;
        browser.until_true("return !!document.querySelector('tbody input:checked')").await;
        browser.press("#selection [formaction^='/exports/']").await;
        browser.until_true("return !document.querySelector('#selection').dataset.sent").await;
        // Letters that are being composed are no command.
        browser.type_keys("/").await;
        browser.until_true("return document.querySelector('#palette').open").await;
        let press = "document.querySelector('#palette input').dispatchEvent(new KeyboardEvent('keydown', \
                     { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))";
        browser.execute(press, vec![]).await;
        browser
            .until_true("return document.querySelector('#palette').open && location.pathname === '/enterprises'")
            .await;
    });
}

/// Goes down a list by key and opens its first row.
async fn opens_by_keys(browser: &Browser, list: &str) {
    browser.goto(list).await;
    browser.until_true("return document.querySelectorAll('tr[data-href]').length > 0").await;
    let href = browser.execute("return document.querySelector('tr[data-href]').dataset.href", vec![]).await;
    browser.type_keys("j").await;
    browser.type_keys(ENTER).await;
    let href = href.as_str().expect("an address").split('?').next().unwrap_or_default().to_owned();
    browser.is_at(&href).await;
}

#[test]
fn keys_open_what_a_click_on_the_row_would() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        for list in ["/batches", "/enterprises", "/figures/releases"] {
            opens_by_keys(browser, list).await;
        }
    });
}

#[test]
fn the_palette_signs_out() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.type_keys("/").await;
        browser.until_true("return document.getElementById('palette').open").await;
        browser.type_keys("sign out").await;
        browser
            .until_true("return !!document.querySelector('#palette-list li')?.textContent.includes('Sign out')")
            .await;
        browser.type_keys(ENTER).await;
        browser.is_under("/sign-in").await;
    });
}

#[test]
fn on_a_phone_the_present_tab_and_the_present_field_are_in_sight() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.size(390, 844).await;
        browser.goto("/enterprises").await;
        let href = browser.execute("return document.querySelector('tr[data-href]').dataset.href", vec![]).await;
        browser.goto(&format!("{}/history", href.as_str().expect("an address"))).await;
        browser
            .until_true(
                "const tab = document.querySelector('.tabs [aria-current]').getBoundingClientRect();
                 return tab.left >= 0 && tab.right <= innerWidth + 1",
            )
            .await;
        browser.goto("/enterprises/new").await;
        browser.press("#name_en").await;
        for _ in 0..25 {
            browser.type_keys(TAB).await;
            browser
                .until_true(
                    "const field = document.activeElement.getBoundingClientRect();
                     const bar = document.querySelector('.rail').getBoundingClientRect();
                     return field.height > bar.top || field.bottom <= bar.top + 1 || document.activeElement.closest('.rail')",
                )
                .await;
        }
    });
}

#[test]
fn what_is_folded_and_what_is_part_of_a_list_is_told_on_paper() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/enterprises").await;
        let href = browser.execute("return document.querySelector('tr[data-href]').dataset.href", vec![]).await;
        browser.on_paper().await;
        browser.sees("1–50 of").await;
        browser.sees("Sorted by").await;
        browser.goto(&format!("{}/history", href.as_str().expect("an address"))).await;
        browser
            .until_true(
                "const folded = [...document.querySelectorAll('.timeline details:not([open]) li')];
                 return folded.length > 0 && folded.every((one) => one.getBoundingClientRect().height > 0)",
            )
            .await;
        let wide =
            "/figures/crosstab?rows=industry&columns=batch&columns=reporting_origin&measure=enterprises_attracted";
        browser.goto(wide).await;
        browser
            .until_true(
                "const across = 273 * 96 / 25.4;
                 const tables = [...document.querySelectorAll('.crosstab')].filter((one) => one.checkVisibility());
                 return tables.length > 0 && tables.every((one) => one.scrollWidth <= across)",
            )
            .await;
    });
}
