//! The morning: everybody signs in and opens their page within one minute.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Bench;
use crate::client::{Ask, Client};
use crate::data::words::Dice;
use crate::data::{OFFICERS, PASSWORD, officer_email};
use crate::measure::Times;
use crate::report::{Line, Target};

const MINUTE: Duration = Duration::from_secs(60);

impl Bench {
    pub(super) async fn director_browser(&self) -> Result<Client> {
        let mut browser = Client::browser(self.address());
        browser.sign_in("director@bench.example", PASSWORD).await?;
        Ok(browser)
    }

    pub(super) async fn morning(&mut self) -> Result<()> {
        let started = Instant::now();
        let address = self.address();
        let mut officers = Vec::new();
        for number in 0..OFFICERS {
            let mut dice = Dice::of(self.seed, 90, number);
            // Nobody waits for anybody: each comes at an instant of their own.
            let comes = MINUTE.mul_f64(dice.roll(1_000_000) as f64 / 1_000_000.0 * 0.98);
            officers.push(tokio::spawn(async move {
                tokio::time::sleep_until((started + comes).into()).await;
                let mut browser = Client::browser(address);
                let door = browser.send(Ask::get("/sign-in")).await?.expect(200)?.took;
                let signed_in = browser.sign_in(&officer_email(number), PASSWORD).await?;
                let day = browser.send(Ask::get("/")).await?.expect(200)?.took;
                anyhow::Ok([door, signed_in, day])
            }));
        }
        let (mut all, mut sign_ins, mut days, mut failed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for officer in officers {
            match officer.await? {
                Ok(took) => {
                    let [door, signed_in, day] = took.map(|took| took.as_secs_f64() * 1000.0);
                    all.extend([door, signed_in, day]);
                    sign_ins.push(signed_in);
                    days.push(day);
                }
                Err(error) => failed.push(error.to_string()),
            }
        }
        let spent = started.elapsed();
        let mut times = Times::of(all, spent);
        times.wrong = failed.len() as u64;
        times.first_wrong = failed.into_iter().next();
        let note = format!("{OFFICERS} officers, the last answered after {:.0} s", spent.as_secs_f64());
        self.push(Line::timed("the morning", times, Target::P95(300.0)).note(note));
        self.push(Line::timed("the morning: password", Times::of(sign_ins, spent), Target::None));
        self.push(Line::timed("the morning: own page", Times::of(days, spent), Target::None));
        Ok(())
    }
}
