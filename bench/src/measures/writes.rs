//! Writing: an edit, a ledger entry, a merge.

use anyhow::{Context, Result};
use http::Method;
use serde_json::json;

use super::Bench;
use crate::bare::{self, Value};
use crate::client::{Answer, Ask};
use crate::data::words::Dice;
use crate::measure::{CLIENTS, Next, Times, drive};
use crate::report::{Line, Target};

impl Bench {
    pub(super) async fn write(&mut self) -> Result<()> {
        let held = self.enterprises.clone();
        let next = move |client: usize| -> Next {
            // Each client edits records of its own, and knows their versions from the answers.
            let mut mine: Vec<(i64, i64)> = held.iter().copied().skip(client).step_by(CLIENTS).collect();
            let mut last: Option<usize> = None;
            let mut turn = 0_u64;
            Box::new(move |dice: &mut Dice, answer: Option<&Answer>| {
                if let (Some(place), Some(answer)) = (last, answer)
                    && let Ok(version) = answer.etag.trim_matches('"').parse()
                {
                    mine[place].1 = version;
                }
                let place = dice.roll(mine.len() as u64) as usize;
                last = Some(place);
                turn += 1;
                let body = json!({ "website": format!("https://edited-{client}-{turn}.example") });
                let (id, version) = mine[place];
                Ask::json(Method::PATCH, format!("/api/v1/enterprises/{id}"), &body).if_match(version)
            })
        };
        let times = drive(self.programs(), self.seconds, next, |answer| answer.status == 200).await?;
        let mut dice = Dice::of(self.seed, 80, 0);
        let asked: Vec<Vec<Value>> = (0..300).map(|_| vec![dice.pick(&self.enterprises).0.into()]).collect();
        let bare = self.bare.writes(bare::EDIT, &asked).await?;
        let rate = times.a_second;
        self.push(Line::timed("edit by API", times, Target::P99(40.0)).bare(bare));
        self.push(Line::valued("writes", rate, Target::Rate(800.0)));
        // The bare edits have moved the versions on.
        self.enterprises = std::sync::Arc::new(self.bare.enterprises().await?);
        Ok(())
    }

    pub(super) async fn ledger(&mut self) -> Result<()> {
        let projects = self.projects.clone();
        let next = move |client: usize| -> Next {
            let projects = projects.clone();
            let mut turn = 0_u64;
            Box::new(move |dice: &mut Dice, _| {
                turn += 1;
                // After all that the office holds: an entry before a revision would make what that says untrue.
                let body = json!({
                    "measure": "investment", "kind": "pledged", "amount": (1 + dice.roll(1_000_000)).to_string(),
                    "effective_on": "2026-11-02", "note": format!("measured {client}/{turn}"),
                });
                Ask::json(Method::POST, format!("/api/v1/projects/{}/ledger", dice.pick(&projects)), &body)
            })
        };
        let times = drive(self.programs(), self.seconds, next, |answer| answer.status == 201).await?;
        let mut dice = Dice::of(self.seed, 81, 0);
        let asked: Vec<Vec<Value>> =
            (1..=300_i64).map(|number| vec![(-number).into(), (*dice.pick(&self.projects)).into()]).collect();
        let bare = self.bare.writes(bare::ENTRY, &asked).await?;
        self.push(Line::timed("ledger entry by API", times, Target::P99(40.0)).bare(bare));
        Ok(())
    }

    pub(super) async fn merge(&mut self) -> Result<()> {
        let (loser, survivor) = self.bare.related().await.context("no two enterprises have ten thousand relations")?;
        let mut director = self.director();
        let (mut merges, mut unmerges) = (Vec::new(), Vec::new());
        let started = std::time::Instant::now();
        for _ in 0..5 {
            let body = json!({ "into": survivor, "take": ["website"], "reason": "measured" });
            let ask = Ask::json(Method::POST, format!("/api/v1/enterprises/{loser}/merge"), &body);
            merges.push(director.send(ask).await?.expect(200)?.took.as_secs_f64() * 1000.0);
            let ask = Ask::json(Method::POST, format!("/api/v1/enterprises/{loser}/unmerge"), &json!({}));
            unmerges.push(director.send(ask).await?.expect(200)?.took.as_secs_f64() * 1000.0);
        }
        let spent = started.elapsed();
        let asked = vec![vec![Value::Int(loser), Value::Int(survivor)]; 5];
        let bare = self.bare.tries(bare::POINT, &asked).await?;
        let target = Target::Most(1000.0);
        self.push(Line::timed("merge, 10,000 relations", Times::of(merges, spent), target).bare(bare));
        self.push(Line::timed("unmerge, 10,000 relations", Times::of(unmerges, spent), target).bare(bare));
        // The page that counts beforehand what would follow.
        let mut browser = self.director_browser().await?;
        let mut counts = Vec::new();
        for _ in 0..5 {
            let ask = Ask::get(format!("/enterprises/{loser}/merge?into={survivor}"));
            counts.push(browser.send(ask).await?.expect(200)?.took.as_secs_f64() * 1000.0);
        }
        self.push(Line::timed("merge, what would follow", Times::of(counts, spent), target));
        Ok(())
    }
}
