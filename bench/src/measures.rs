//! What is measured, one after another, on one database.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bare::Bare;
use crate::client::Client;
use crate::data::words::{Dice, Names};
use crate::data::{DIRECTOR_KEY, OFFICER_KEY, PASSWORD, officer_email};
use crate::measure::CLIENTS;
use crate::place::Place;
use crate::report::{Line, Target};
use crate::server::Server;

mod morning;
mod reads;
mod whole;
mod writes;

/// What every measure needs.
pub struct Bench {
    pub server: Server,
    pub bare: Bare,
    pub place: Place,
    pub oases: PathBuf,
    pub seconds: f64,
    pub seed: u64,
    pub scale: f64,
    only: Option<String>,
    /// Enterprises an officer may see: (key, version).
    pub enterprises: Arc<Vec<(i64, i64)>>,
    pub projects: Arc<Vec<i64>>,
    pub lines: Vec<Line>,
}

/// The names that --only takes.
pub const NAMES: [&str; 12] = [
    "start",
    "page",
    "read",
    "list",
    "typeahead",
    "figures",
    "crosstab",
    "write",
    "ledger",
    "morning",
    "import",
    "merge",
];

impl Bench {
    pub async fn new(
        place: Place,
        oases: &Path,
        seed: u64,
        scale: f64,
        seconds: f64,
        only: Option<String>,
    ) -> Result<Self> {
        let server = Server::start(oases, &place).await?;
        let mut bare = Bare::open(&place).await?;
        let enterprises = Arc::new(bare.enterprises().await?);
        let projects = Arc::new(bare.projects().await?);
        let lines = Vec::new();
        let oases = oases.to_owned();
        Ok(Self { server, bare, place, oases, seconds, seed, scale, only, enterprises, projects, lines })
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }

    fn address(&self) -> SocketAddr {
        self.server.address
    }

    fn programs(&self) -> Vec<Client> {
        (0..CLIENTS).map(|_| Client::program(self.address(), OFFICER_KEY)).collect()
    }

    fn director(&self) -> Client {
        Client::program(self.address(), DIRECTOR_KEY)
    }

    async fn browsers(&self) -> Result<Vec<Client>> {
        let mut browsers = Vec::new();
        for number in 0..CLIENTS as u64 {
            let mut browser = Client::browser(self.address());
            browser.sign_in(&officer_email(number), PASSWORD).await.context("an officer can't sign in")?;
            browsers.push(browser);
        }
        Ok(browsers)
    }

    /// The names of one of the made-up enterprises, as they were made.
    fn names_of(&self, dice: &mut Dice) -> Names {
        let of = crate::data::Size::of(self.scale).enterprises;
        Names::of(&mut Dice::of(self.seed, 1, dice.roll(of)))
    }

    /// Everything that is wanted, in an order in which nothing hinders what comes after.
    pub async fn all(mut self) -> Result<Vec<Line>> {
        if self.wants("start") {
            self.idle().await?;
        }
        if self.wants("page") {
            self.page().await?;
        }
        if self.wants("read") {
            self.read().await?;
        }
        if self.wants("list") {
            self.list().await?;
        }
        if self.wants("typeahead") {
            self.typeahead().await?;
        }
        if self.wants("figures") {
            self.figures().await?;
        }
        if self.wants("crosstab") {
            self.crosstab().await?;
        }
        if self.wants("write") {
            self.write().await?;
        }
        if self.wants("ledger") {
            self.ledger().await?;
        }
        if self.wants("morning") {
            self.morning().await?;
        }
        if self.wants("merge") {
            self.merge().await?;
        }
        let most = self.server.most_memory();
        if self.wants("import") {
            self.import().await?;
        }
        if self.only.is_none() {
            let line = Line::valued("memory under load", most, Target::Value(400.0, "MB"));
            self.lines.push(line.note("the most seen during all requests above"));
            let during = self.server.most_memory();
            self.lines.push(Line::valued("memory during import", during, Target::Value(400.0, "MB")));
        }
        let (place, oases) = (self.place.clone(), self.oases.clone());
        let starts = self.wants("start");
        let mut lines = self.lines;
        self.server.stop().await?;
        if starts {
            lines.push(whole::cold_start(&oases, &place).await?);
        }
        Ok(lines)
    }

    fn push(&mut self, line: Line) {
        eprint!("{}", crate::report::plain(std::slice::from_ref(&line)).lines().skip(1).collect::<Vec<_>>().join("\n"));
        eprintln!();
        self.lines.push(line);
    }

    /// Half a minute at most until something is so.
    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
