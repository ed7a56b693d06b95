//! Whole tasks, as an officer does them.

use super::{Browser, Kind, Setup, travel};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const CONTROL: char = '\u{e009}';

#[test]
fn signing_in_leads_to_where_one_was_going_and_says_what_is_wrong() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.goto("/projects").await;
        browser.is_under("/sign-in").await;
        browser.fill("#email", "officer@sample.example").await;
        browser.fill("#password", "not the password").await;
        browser.press("main button").await;
        browser.sees("There is a problem").await;
        // The summary has the focus, and its line leads into the field.
        browser.until_true("return document.activeElement.matches('.summary')").await;
        browser.press(".summary a").await;
        browser.until_true("return document.activeElement.matches('input')").await;
        browser.fill("#email", "officer@sample.example").await;
        browser.fill("#password", "sample office only").await;
        browser.press("main button").await;
        browser.is_at("/projects").await;
        browser.press(".menu:not(.language) summary").await;
        browser.follow("Sign out").await;
        browser.goto("/projects").await;
        browser.is_under("/sign-in").await;
    });
}

const REGISTER: &str = "batch_date,name_en,name_zh,industry,origin,planned_operations,source,status\n\
    2023-10-04,AstraZeneca,阿斯利康,life and health technology,United Kingdom,,a newspaper,signed\n\
    2023-02-31,Huawei,華為,,Mainland,,a newspaper,signed\n\
    2023-10-04,Meituan,美團,,Atlantis,,a newspaper,signed\n";

#[test]
fn the_register_is_imported_its_bad_rows_named_mended_kept_and_undone() {
    travel(Kind::Sample, Setup::default(), async |office, browser| {
        browser.signs_in("director").await;
        let upload = async |text: &str| {
            browser.goto("/imports/new?kind=partners").await;
            browser.choose("#kind", "partners").await;
            browser.fill("#file", &office.file("register.csv", text).to_string_lossy()).await;
            browser.press("main form button").await;
            browser.sees("register.csv").await;
            browser.press("form[action$='/mapping'] .button.first").await;
            browser.sees("Checked, not yet kept").await;
        };
        upload(REGISTER).await;
        // Both rows are named, each with its reason.
        let problems = browser.element("table").await.text().await.expect("the problems");
        for words in ["3", "2023-02-31", "4", "Atlantis"] {
            assert!(problems.contains(words), "{words}: {problems}");
        }
        upload(&REGISTER.replace("02-31", "10-04").replace("Atlantis", "Mainland")).await;
        browser.does_not_see("Atlantis").await;
        browser.press("form[action$='/keep'] button").await;
        browser.until_true("return !!document.querySelector('form[action$=\"/undo\"]')").await;
        let import = browser.path().await;
        browser.goto("/projects?q=AstraZeneca").await;
        browser.sees("AstraZeneca").await;
        browser.goto("/enterprises?q=美團").await;
        assert!(browser.count("tr[data-href]").await > 0, "{}", browser.text().await);
        browser.goto(&import).await;
        browser.unfold("form[action$='/undo']").await;
        browser.press("form[action$='/undo'] button").await;
        browser.sees("Undone").await;
        browser.goto("/enterprises?q=美團").await;
        assert_eq!(browser.count("tr[data-href]").await, 0, "{}", browser.text().await);
    });
}

/// Registers an enterprise and starts a project of it; answers the project's path.
async fn starts_a_project(browser: &Browser, name: &str) -> String {
    browser.goto("/enterprises/new").await;
    browser.fill("#name_en", name).await;
    browser.press("main form[data-draft] .button.first").await;
    browser
        .until("the enterprise registered", async || {
            let path = browser.path().await;
            path.rsplit('/').next().is_some_and(|key| key.parse::<i64>().is_ok()).then_some(())
        })
        .await;
    let enterprise = browser.path().await;
    browser.goto(&format!("{enterprise}/projects")).await;
    browser.press("main a[href^='/projects/new']").await;
    browser.fill("#title", &format!("{name} comes to Hong Kong")).await;
    browser.press("main form[data-draft] .button.first").await;
    browser.sees("was started").await;
    browser.path().await
}

#[test]
fn a_gate_refuses_what_is_missing_is_added_and_the_project_passes() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        let project = starts_a_project(browser, "Quillwork Optics").await;
        browser.unfold("form[action$='/move']").await;
        browser.choose("form[action$='/move'] [name='into']", "engaged").await;
        browser.press("form[action$='/move'] button").await;
        browser.sees("The gate still asks for").await;
        browser.sees("Nothing was changed").await;
        let missing = browser.count(".summary li").await;
        assert!(missing > 1, "all that is missing is named at once");
        browser.choose_any("form[action$='/mend'] [name='owner_id']").await;
        browser.press("form[action$='/mend'] .button.first").await;
        // Half of it is not enough, and is kept.
        browser
            .until("fewer things missing", async || (browser.count(".summary li").await < missing).then_some(()))
            .await;
        browser.fill("form[action$='/mend'] [name='met_on']", "2026-11-02").await;
        browser.press("form[action$='/mend'] .button.first").await;
        browser.is_at(&project).await;
        browser.sees("Moved to “Engaged”").await;
    });
}

#[test]
fn a_pledge_is_made_revised_and_realised() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        let project = starts_a_project(browser, "Ledgerwood Photonics").await;
        for (kind, amount) in [("pledged", "50000000"), ("revised", "80000000"), ("realised", "30000000")] {
            browser.goto(&format!("{project}/ledger")).await;
            browser.unfold("form[action$='/ledger']").await;
            browser.choose("form[action$='/ledger'] [name='kind']", kind).await;
            browser.choose("form[action$='/ledger'] [name='measure']", "investment").await;
            browser.fill("form[action$='/ledger'] [name='amount']", amount).await;
            browser.fill("form[action$='/ledger'] [name='effective_on']", "2026-11-02").await;
            browser.fill("form[action$='/ledger'] [name='evidence']", "A letter").await;
            browser.press("form[action$='/ledger'] .button.first").await;
            browser.sees("The entry was made").await;
        }
        let totals = browser.element("table").await.text().await.expect("the totals");
        for words in ["50,000,000", "80,000,000", "30,000,000"] {
            assert!(totals.contains(words), "{words}: {totals}");
        }
    });
}

#[test]
fn a_table_is_built_frozen_and_opened_to_its_records() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/figures/crosstab").await;
        browser.choose("[name='measure']", "enterprises_attracted").await;
        browser.choose("#rows-0", "industry").await;
        browser.choose("#rows-1", "reporting_origin").await;
        browser.choose("#columns-0", "nature").await;
        browser.fill("#as_at", "2024-11-11").await;
        browser.press("main form .button.first").await;
        let address = browser.is_under("/figures/crosstab?").await;
        assert!(address.contains("as_at=2024-11-11"), "{address}");
        let counted = browser.element("table.crosstab").await.text().await.expect("the table");
        browser.press("a[href^='/figures/releases/new']").await;
        browser.fill("#title", "Attracted, by industry, origin and nature").await;
        browser.press("form[action='/figures/releases'] .button.first").await;
        browser
            .until("the release", async || {
                let path = browser.path().await;
                path.strip_prefix("/figures/releases/")?.parse::<i64>().ok()
            })
            .await;
        browser.sees("Attracted, by industry, origin and nature").await;
        browser.sees("11 Nov 2024").await;
        let frozen = browser.element("table.crosstab").await.text().await.expect("the table");
        assert_eq!(frozen, counted, "what was frozen is what was counted");
        let cell = browser.element("table.crosstab tbody td a").await;
        let value = cell.text().await.expect("a value").replace(',', "");
        browser.press("table.crosstab tbody td a").await;
        browser.is_under("/figures/crosstab/records?").await;
        browser.element("tr[data-href]").await;
        assert_eq!(browser.count("tr[data-href]").await.to_string(), value, "as many records as the cell counts");
        browser.press("tr[data-href] a[href^='/projects/']").await;
        browser.is_under("/projects/").await;
    });
}

#[test]
fn the_language_and_the_theme_are_switched_and_stay() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("officer").await;
        browser.goto("/enterprises?sort=updated").await;
        for (name, tag, heading) in [("繁體中文", "zh-Hant-HK", "企業"), ("简体中文", "zh-Hans-CN", "企业")]
        {
            browser.press(".menu.language summary").await;
            browser.follow(name).await;
            browser.until_true(&format!("return document.documentElement.lang === '{tag}'")).await;
            browser.is_at("/enterprises?sort=updated").await;
            browser.sees(heading).await;
        }
        browser.press(".menu.language summary").await;
        browser.follow("English").await;
        browser.until_true("return document.documentElement.lang.startsWith('en')").await;
        let ground = "return getComputedStyle(document.body).backgroundColor";
        let mut seen = Vec::new();
        for theme in ["light", "dark"] {
            browser.press(".menu:not(.language) summary").await;
            browser.press(&format!("button[name='theme'][value='{theme}']")).await;
            browser.until_true(&format!("return document.documentElement.dataset.theme === '{theme}'")).await;
            seen.push(browser.execute(ground, vec![]).await);
        }
        assert_ne!(seen[0], seen[1], "dark is not light");
    });
}

#[test]
fn everything_is_reached_from_the_keyboard() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("officer").await;
        // The command palette, by either key.
        browser.type_keys("/").await;
        browser.element("#palette[open]").await;
        browser.type_keys("brightwell").await;
        let found = "return [...document.querySelectorAll('#palette [data-href^=\"/enterprises/\"]')].some((row) => row.textContent.includes('Brightwell'))";
        browser.until_true(found).await;
        browser.type_keys(DOWN).await;
        browser.type_keys(ENTER).await;
        browser.is_under("/enterprises/").await;
        browser.sees("Brightwell").await;
        browser.together(CONTROL, 'k').await;
        browser.element("#palette[open]").await;
        browser.type_keys(ESCAPE).await;
        browser.until_true("return !document.querySelector('#palette[open]')").await;
        // A key that comes before the browser has drawn what was closed is not lost in its field.
        let at_once = "const palette = document.querySelector('#palette'); palette.showModal(); palette.querySelector('input').focus(); palette.close(); \
            (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true })); \
            return document.querySelector('#shortcuts').open";
        assert_eq!(browser.execute(at_once, vec![]).await, true, "the help sheet is open");
        browser.type_keys(ESCAPE).await;
        browser.until_true("return !document.querySelector('#shortcuts[open]')").await;
        // The help sheet.
        browser.type_keys("?").await;
        browser.element("#shortcuts[open]").await;
        browser.type_keys(ESCAPE).await;
        browser.until_true("return !document.querySelector('#shortcuts[open]')").await;
        // Down a list, up again, and in.
        browser.goto("/enterprises").await;
        let script = "return document.querySelectorAll('tr[data-href]')[1].dataset.href";
        let second = browser.execute(script, vec![]).await.as_str().map(str::to_owned).expect("a second row");
        browser.type_keys("jjjk").await;
        browser.until_true("return document.querySelectorAll('tr[data-href]')[1].classList.contains('at')").await;
        browser.type_keys(ENTER).await;
        browser.is_at(&second).await;
        // The rail folds and stays folded.
        browser.press("[data-fold]").await;
        browser.until_true("return document.querySelector('.rail').offsetWidth < 100").await;
        browser.goto("/projects").await;
        browser.until_true("return document.querySelector('.rail').offsetWidth < 100").await;
    });
}

#[test]
fn two_records_of_one_enterprise_are_merged_and_parted_again() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        let loser = starts_a_project(browser, "Mergewell One").await;
        browser.goto(&loser).await;
        browser.press(".record a[href^='/enterprises/']").await;
        let loser = browser.is_under("/enterprises/").await;
        starts_a_project(browser, "Survivor Two").await;
        browser.press(".record a[href^='/enterprises/']").await;
        let survivor = browser.is_under("/enterprises/").await;
        let into = survivor.rsplit('/').next().expect("a key").to_owned();
        browser.goto(&format!("{loser}/merge?into={into}")).await;
        browser.sees("Survivor Two").await;
        browser.sees("1 project").await;
        browser.fill("form[action$='/merge'] [name='reason']", "registered twice").await;
        browser.press("form[action$='/merge'] .button.first").await;
        browser.sees("The records were merged").await;
        browser.goto(&format!("{survivor}/projects")).await;
        assert_eq!(browser.count("tr[data-href]").await, 2, "both projects are the survivor's");
        browser.goto(&survivor).await;
        browser.sees("Mergewell One").await;
        browser.unfold("form[action$='/unmerge']").await;
        browser.press("form[action$='/unmerge'] button").await;
        browser.sees("The merge was undone").await;
        browser.goto(&format!("{survivor}/projects")).await;
        assert_eq!(browser.count("tr[data-href]").await, 1, "{}", browser.text().await);
        browser.goto(&loser).await;
        browser.sees("Mergewell One").await;
    });
}

#[test]
fn typing_a_name_in_any_script_shows_the_one_that_is_held_with_reasons() {
    travel(Kind::Reference, Setup::default(), async |office, browser| {
        browser.accepts(&office.invites("typing@browser.example", "officer")).await;
        for (field, typed) in [("#name_zh_hans", "华为"), ("#name_zh_hant", "華為"), ("#name_en", "Huawei Tech")] {
            browser.goto("/enterprises/new").await;
            browser.fill(field, typed).await;
            let told =
                "return document.querySelector('[data-resembling] [role=status]').textContent.includes('likely')";
            browser.until_true(told).await;
            let held = browser.element(".resembling .likely").await.text().await.expect("the likely");
            assert!(held.contains("Huawei"), "{typed}: {held}");
            browser.unfold(".waterfall").await;
            let reasons = browser.element(".resembling .waterfall").await.text().await.expect("the reasons");
            assert!(reasons.contains("Name") && reasons.contains("Before comparing"), "{typed}: {reasons}");
        }
        // Sent all the same, the form asks, and takes the answer.
        browser.fill("#name_zh_hans", "华为").await;
        browser.press("main form[data-draft] .button.first").await;
        browser.sees("It resembles enterprises that are already held").await;
        browser.press("input[name='distinct']").await;
        browser.press("main form[data-draft] .button.first").await;
        browser.sees("was registered").await;
    });
}

#[test]
fn the_review_is_gone_through_by_keyboard_and_a_pair_merged_and_parted() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/enterprises/review").await;
        assert!(browser.count("tr[data-href]").await > 3, "{}", browser.text().await);
        browser.type_keys("n").await;
        let first = browser.is_under("/enterprises/review/").await;
        browser.sees("Are these the same enterprise?").await;
        assert_eq!(browser.count("table.beside").await + browser.count("table.waterfall").await, 2);
        browser.type_keys("d").await;
        browser.sees("are different").await;
        browser.type_keys("u").await;
        browser.is_at(&first).await;
        browser.sees("The pair is open again").await;
        browser.type_keys("l").await;
        browser.sees("The pair was put off").await;
        browser.type_keys("u").await;
        browser.is_at(&first).await;
        browser.type_keys("s").await;
        browser.is_under("/enterprises/").await;
        browser.sees("What follows").await;
        browser.sees("are the same").await;
        browser.fill("form[action$='/merge'] [name='reason']", "registered twice").await;
        browser.type_keys(ENTER).await;
        browser.sees("The records were merged").await;
        browser.is_under("/enterprises/review").await;
        browser.goto(&first).await;
        browser.sees("Not found").await;
        browser.goto("/enterprises/review?state=decided").await;
        browser.sees("No pair matches").await;
    });
}

#[test]
fn the_core_tasks_work_without_scripts() {
    let setup = Setup { without_scripts: true };
    travel(Kind::Sample, setup, async |_, browser| {
        browser.signs_in("director").await;
        browser.goto("/enterprises").await;
        assert_eq!(browser.count("[data-fold]:not([hidden])").await, 0, "no script has run");
        // A form with problems comes back with what was typed, and its summary leads on.
        browser.goto("/enterprises/new").await;
        browser.fill("#name_en", "").await;
        browser.fill("#website", "quiet.example").await;
        browser.press("main form[data-draft] .button.first").await;
        browser.sees("There is a problem").await;
        let typed = browser.element("#website").await.prop("value").await.expect("a field");
        assert_eq!(typed.as_deref(), Some("quiet.example"));
        let project = starts_a_project(browser, "Quietstone Acoustics").await;
        browser.unfold("form[action$='/move']").await;
        browser.choose("form[action$='/move'] [name='into']", "contacted").await;
        browser.press("form[action$='/move'] button").await;
        browser.sees("The gate still asks for").await;
        browser.choose_any("form[action$='/mend'] [name='owner_id']").await;
        browser.press("form[action$='/mend'] .button.first").await;
        browser.is_at(&project).await;
        browser.sees("Moved to").await;
        browser.goto(&format!("{project}/ledger")).await;
        browser.unfold("form[action$='/ledger']").await;
        browser.fill("form[action$='/ledger'] [name='amount']", "7000000").await;
        browser.fill("form[action$='/ledger'] [name='effective_on']", "2026-11-02").await;
        browser.fill("form[action$='/ledger'] [name='evidence']", "A letter").await;
        browser.press("form[action$='/ledger'] .button.first").await;
        browser.sees("7,000,000").await;
        browser.fill("#find", "quietstone").await;
        browser.type_keys(ENTER).await;
        browser.is_under("/search?").await;
        browser.follow("Quietstone Acoustics").await;
        browser.is_under("/enterprises/").await;
        browser.press(".menu.language summary").await;
        browser.follow("繁體中文").await;
        browser.sees("企業").await;
    });
}
