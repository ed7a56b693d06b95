//! The office as people use it: the binary serves, a real Chromium is driven through chromedriver.
//! Without `OASES_CHROMEDRIVER` these are passed over; the gate always sets it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

#[path = "browser/comfort.rs"]
mod comfort;
#[path = "browser/crawl.rs"]
mod crawl;
#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/journeys.rs"]
mod journeys;
#[path = "browser/office.rs"]
mod office;
#[path = "browser/pictures.rs"]
mod pictures;
#[path = "browser/targets.rs"]
mod targets;

use driver::{Browser, Driver, Setup};
use office::{Kind, Office};

/// Serves an office, opens a browser, makes the journey, and closes both however it ends.
fn travel(kind: Kind, setup: Setup, journey: impl AsyncFnOnce(&Office, &Browser)) {
    let Some(driver) = Driver::start() else {
        eprintln!("passed over: OASES_CHROMEDRIVER is not set");
        return;
    };
    let office = Office::open(kind);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ended = runtime.block_on(async {
        let browser = Browser::open(&driver, &office.address, setup).await;
        let ended = AssertUnwindSafe(journey(&office, &browser)).catch_unwind().await;
        browser.close().await;
        ended
    });
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

impl Browser {
    async fn signs_in(&self, who: &str) {
        self.goto("/sign-in").await;
        self.fill("#email", &format!("{who}@sample.example")).await;
        self.fill("#password", "sample office only").await;
        self.press("main button").await;
        self.is_at("/").await;
    }

    /// Follows a one-time link and chooses a password.
    async fn accepts(&self, link: &str) {
        self.goto(link).await;
        self.fill("#password", "a long enough passphrase").await;
        self.fill("#again", "a long enough passphrase").await;
        self.press("main button").await;
        self.is_at("/").await;
    }
}
