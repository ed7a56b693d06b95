//! The program as a whole: an import from upload to undo, memory, start, size.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http::Method;

use super::Bench;
use crate::client::{Ask, Client};
use crate::data::words::{Dice, Names};
use crate::data::{INDUSTRIES, ORIGINS};
use crate::measure::Times;
use crate::place::Place;
use crate::report::{Line, Target};
use crate::server::Server;

const HEADERS: [&str; 8] =
    ["name_en", "name_zh_hant", "name_zh_hans", "registry", "registry_number", "reporting_origin", "industry", "kind"];

impl Bench {
    pub(super) async fn idle(&mut self) -> Result<()> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        self.push(Line::valued("memory at rest", self.server.memory(), Target::Value(120.0, "MB")));
        let size = std::fs::metadata(&self.oases)?.len() as f64 / 1_048_576.0;
        self.push(Line::valued("size of the binary", size, Target::Value(90.0, "MB")));
        Ok(())
    }

    fn file(&self, rows: u64) -> String {
        let mut text = format!("{}\n", HEADERS.join(","));
        for row in 0..rows {
            let mut dice = Dice::of(self.seed, 60, row);
            let names = Names::longer(&mut dice, 2);
            let (origin, industry) = (dice.weighed(&ORIGINS), dice.weighed(&INDUSTRIES));
            let kind = dice.pick(&["group", "legal_entity"]);
            let hans = if dice.chance(50) { names.hans.as_str() } else { "" };
            let _ =
                writeln!(text, "\"{}\",{},{hans},RA999999,I{row:08},{origin},{industry},{kind}", names.en, names.hant);
        }
        text
    }

    /// Waits until the import is in this state; answers how long that took.
    async fn until(&mut self, id: i64, state: &str) -> Result<Duration> {
        let started = Instant::now();
        loop {
            let (is, ..) = self.bare.import(id).await?;
            if is == state {
                return Ok(started.elapsed());
            }
            if is == "failed" || is == "cancelled" || started.elapsed() > Duration::from_secs(1_800) {
                bail!("the import is {is} and not {state}");
            }
            self.pause().await;
        }
    }

    pub(super) async fn import(&mut self) -> Result<()> {
        let rows = ((100_000.0 * self.scale * 2.0) as u64).clamp(2_000, 100_000);
        let file = self.file(rows);
        let mut browser = self.director_browser().await?;
        let boundary = "made-up-boundary";
        let body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\nenterprises\r\n--{boundary}\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"made-up.csv\"\r\ncontent-type: text/csv\r\n\r\n\
             {file}\r\n--{boundary}--\r\n"
        );
        let ask = Ask {
            kind: "multipart/form-data; boundary=made-up-boundary",
            body: body.into(),
            ..Ask::form("/imports", &[])
        };
        let answer = browser.send(Ask { method: Method::POST, ..ask }).await?.expect(303)?;
        let page = answer.location;
        let id: i64 = page.rsplit('/').next().unwrap_or_default().parse().context("no import was made")?;
        let columns: Vec<String> = (0..HEADERS.len()).map(|place| format!("column-{place}")).collect();
        let mapping: Vec<(&str, &str)> = columns.iter().map(String::as_str).zip(HEADERS).collect();
        browser.send(Ask::form(format!("{page}/mapping"), &mapping)).await?.expect(303)?;
        let checked = self.until(id, "checked").await?;
        browser.send(Ask::form(format!("{page}/keep"), &[])).await?.expect(303)?;
        let kept = self.until(id, "kept").await?;
        let (_, created, _, left) = self.bare.import(id).await?;
        if created < rows as i64 * 9 / 10 {
            bail!("only {created} of {rows} rows were created, {left} refused or resembling");
        }
        browser.send(Ask::form(format!("{page}/undo"), &[])).await?.expect(303)?;
        let undone = self.until(id, "undone").await?;
        let (_, _, reversed, _) = self.bare.import(id).await?;
        // A row that changed what was held has an entry for each part, taken back one by one.
        if reversed < created {
            bail!("{reversed} of {created} created rows were undone");
        }
        let whole = (checked + kept).as_secs_f64();
        let rate = rows as f64 / whole;
        let hundred = |spent: f64| spent * 100_000.0 / rows as f64;
        let note = format!(
            "{rows} rows, {created} created: checked in {:.1} s, kept in {:.1} s",
            checked.as_secs_f64(),
            kept.as_secs_f64()
        );
        self.push(Line::valued("import, rows", rate, Target::Rate(5_000.0)).note(note));
        self.push(Line::valued("import of 100,000 rows", hundred(whole), Target::Value(20.0, "s")));
        self.push(Line::valued("its undo", hundred(undone.as_secs_f64()), Target::Value(20.0, "s")));
        Ok(())
    }
}

/// From the start of the process to its first answer, several times.
pub async fn cold_start(oases: &Path, place: &Place) -> Result<Line> {
    let started = Instant::now();
    let mut millis = Vec::new();
    for _ in 0..5 {
        let server = Server::start(oases, place).await?;
        millis.push(server.cold.as_secs_f64() * 1000.0);
        let mut client = Client::browser(server.address);
        client.send(Ask::get("/sign-in")).await?.expect(200)?;
        server.stop().await?;
    }
    Ok(Line::timed("start to first answer", Times::of(millis, started.elapsed()), Target::Most(1000.0)))
}
