//! From criteria to the target list, as an officer goes.

use super::{Browser, Kind, Setup, travel};

/// Runs the criteria that are shown; answers the screening's path once it is done.
async fn screens(browser: &Browser) -> String {
    browser.press("main a[href*='/screen?']").await;
    browser.press("main form .button.first").await;
    let path = browser.is_under("/targets/screenings/").await;
    browser.until_true("return !document.querySelector('[data-poll]') && !!document.querySelector('table.rows')").await;
    path
}

#[test]
fn criteria_are_composed_run_explained_compared_and_fifty_are_sent() {
    travel(Kind::Sample, Setup::default(), async |_, browser| {
        browser.signs_in("officer").await;
        browser.goto("/targets/criteria").await;
        browser.sees("Five factors, to start from").await;
        browser.goto("/targets/criteria/new").await;
        browser.fill("#name", "Research and size").await;
        for (at, (measure, from, to)) in [("rd_intensity", "0", "20"), ("employees", "10", "5000")].iter().enumerate() {
            browser.choose("#new-measure", measure).await;
            browser.press("button[value='add']").await;
            browser.fill(&format!("#from-{at}"), from).await;
            browser.fill(&format!("#to-{at}"), to).await;
        }
        browser.press(".button.first[value='save']").await;
        browser.sees("The criteria were saved").await;
        browser.sees("From 0 points at 0%").await;
        let criteria = browser.path().await;
        let before = screens(browser).await;
        browser.press("table.rows tbody a").await;
        browser.sees("What would change the rank").await;
        browser.sees("How firm the rank is").await;
        browser.sees("A made-up register of companies").await;

        browser.goto(&format!("{criteria}/edit")).await;
        browser.fill("#weight-0", "1").await;
        browser.fill("#note", "Size counts for more").await;
        browser.press(".button.first[value='save']").await;
        browser.sees("Saved as version 2").await;
        let after = screens(browser).await;
        assert_ne!(before, after);
        browser.goto(&format!("{after}/compare")).await;
        browser.sees("risen").await;
        browser.press("main a[href*='/compare?before=']").await;
        browser.sees("changed").await;

        browser.goto(&after).await;
        browser.fill("#first", "50").await;
        browser.choose("#team_id", "").await;
        browser.press("#selection .button.first").await;
        browser.sees("Choose the team that may see it").await;
        // What was picked is still picked.
        browser.choose("#tier", "office").await;
        browser.press("main form .button.first").await;
        browser.sees("on the target list now").await;
        browser.goto("/targets").await;
        assert!(browser.count("tr[data-href]").await >= 40, "{}", browser.text().await);
        browser.press("tr[data-href] a").await;
        browser.sees("Why it was chosen").await;
        browser.sees("Research and size").await;
        browser.press("form[action$='/project'] .button.first").await;
        browser.is_under("/projects/").await;
        browser.sees("from the target list").await;
    });
}
