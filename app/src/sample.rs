//! The sample office: enterprises, people and projects made up by a seeded generator, so that two
//! machines show the same. It is lived through day by day under a clock of its own, so that every
//! record, entry and figure was recorded when it would have been. Every page says that it is made up.

use std::sync::Arc;

use anyhow::Result;
use identity::account::{self, NewAccount};
use platform::clock::{At, Clock};
use platform::house::House;
use platform::permission::Role;
use platform::{Cx, Id, Way};
use projects::batch::{self, NewBatch};
use time::Date;

mod doubles;
mod facts;
mod life;
mod names;
mod own_fields;
mod plan;
mod releases;
mod targets;
mod universe;

use life::Life;
pub use plan::OPENING;
use plan::{ENTERPRISES, PEOPLE_EACH, PROJECTS, Plan};
use releases::Releases;

/// The sample's password, which opens nothing but made-up data.
pub const PASSWORD: &str = "sample office only";

const ACCOUNTS: [(&str, &str, Role); 7] = [
    ("admin@sample.example", "Sample Administrator", Role::Administrator),
    ("director@sample.example", "Sample Director", Role::Director),
    ("deputy@sample.example", "Sample Deputy Director", Role::Director),
    ("lead@sample.example", "Sample Team Lead", Role::TeamLead),
    ("officer@sample.example", "Sample Officer", Role::Officer),
    ("auditor@sample.example", "Sample Auditor", Role::Auditor),
    ("reader@sample.example", "Sample Reader", Role::ReadOnly),
];

/// Nine in the morning, in seconds after the day's start.
const MORNING: i64 = 9 * 3_600;

/// Lives through the office's days up to today. `clock` is the one the house goes by.
pub async fn load(house: &Arc<House>, clock: &Clock) -> Result<()> {
    // An hour before the first morning.
    clock.set(at(house, OPENING, MORNING - 3_600));
    let mut cx = house.cx_operator("sample office", Way::Command);
    let owners = people_of_the_office(&mut cx).await?;
    cx.commit().await?;
    let today = house.zone.day_of(Clock::System.now());
    let plan = Plan::until(today);
    ceremonies(&mut cx, today.year()).await?;
    own_fields::define(&mut cx).await?;
    cx.commit().await?;
    let mut life = Life::new(&plan, owners);
    let mut releases = Releases::until(today);
    let mut day = Day { clock, house, day: OPENING, seconds: MORNING };
    for (on, event) in &plan.events {
        if *on != day.day {
            cx.commit().await?;
            releases.due(house, clock, *on).await?;
        }
        day.goes_on_to(*on);
        cx.renew();
        life.happens(&mut cx, *on, event).await?;
    }
    cx.commit().await?;
    releases.due(house, clock, today).await?;
    day.goes_on_to(today);
    cx.renew();
    doubles::register(&mut cx).await?;
    universe::load(&house.config.data.join("universe"), &plan)?;
    let chosen = targets::choose(house, &mut cx).await?;
    tell(house, chosen)
}

/// One ceremony a year, which attractions and signings of that year name.
async fn ceremonies(cx: &mut Cx, last: i32) -> Result<()> {
    for year in OPENING.year()..=last {
        let ceremony = NewBatch {
            code: year.to_string(),
            kind: "ceremony".to_owned(),
            held_on: plan::ceremony_of(year).to_string(),
            name_en: format!("Sample ceremony {year}"),
            name_zh_hant: format!("示範儀式 {year}"),
            name_zh_hans: format!("示范仪式 {year}"),
            source: "made up for the sample office".to_owned(),
            ..NewBatch::default()
        };
        batch::make(cx, ceremony).await?;
    }
    Ok(())
}

/// The office's day as it goes on: each event a minute after the one before.
struct Day<'a> {
    clock: &'a Clock,
    house: &'a House,
    day: Date,
    seconds: i64,
}

impl Day<'_> {
    fn goes_on_to(&mut self, day: Date) {
        self.seconds = if day == self.day { self.seconds + 60 } else { MORNING };
        self.day = day;
        self.clock.set(at(self.house, day, self.seconds));
    }
}

/// The instant so many seconds into the office's day.
pub fn at(house: &House, day: Date, seconds: i64) -> At {
    house.zone.start_of(day).plus_seconds(seconds)
}

async fn people_of_the_office(cx: &mut Cx) -> Result<Vec<Id>> {
    let teams: Vec<Id> = identity::team::options(cx).await?.into_iter().map(|(id, _)| id).collect();
    let mut owners = Vec::new();
    for (email, name, role) in ACCOUNTS {
        let teams = if role == Role::TeamLead || role == Role::Officer { teams.clone() } else { Vec::new() };
        let new = NewAccount { email: email.to_owned(), name: name.to_owned(), roles: vec![role], teams, body: None };
        let account = account::make(cx, new, PASSWORD).await?;
        if matches!(role, Role::Director | Role::TeamLead | Role::Officer) {
            owners.push(account.id);
        }
    }
    Ok(owners)
}

/// Says how to sign in, here and in a file beside the database.
fn tell(house: &House, chosen: usize) -> Result<()> {
    let enterprises = ENTERPRISES + doubles::COUNT + chosen;
    say!("Sample office: {enterprises} enterprises, {} people, {PROJECTS} projects.", ENTERPRISES * PEOPLE_EACH)?;
    say!("Sign in with the password “{PASSWORD}” as:")?;
    for (email, ..) in ACCOUNTS {
        say!("  {email}")?;
    }
    let told: Vec<&str> = ACCOUNTS.iter().map(|(email, ..)| *email).collect();
    let text = format!("Sample office. Password for all: {PASSWORD}\n{}\n", told.join("\n"));
    std::fs::write(house.config.data.join("SIGN-IN.txt"), text)?;
    Ok(())
}
