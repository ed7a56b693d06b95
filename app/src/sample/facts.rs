//! What the sample office knows of its enterprises: figures by year, flags, a listing, relations and
//! groups. Each has dice of its own, so that what is planned elsewhere stays as it is.

use std::collections::BTreeMap;

use anyhow::Result;
use directory::enterprise;
use directory::flag::{self, GivenFlag};
use directory::identifier::{self, GivenIdentifier};
use directory::measurement::{self, GivenMeasurement};
use directory::name::{self, GivenName};
use directory::relation::{self, GivenRelation};
use platform::forms::Loose;
use platform::{Cx, Id};
use time::{Date, Duration};

use super::names::FIRST;
use super::plan::{Dice, Enterprise};

const SOURCE: &str = "Made up for the sample office";

/// What is known of an enterprise on the day it is registered. `known` are those registered before.
pub async fn learn(
    cx: &mut Cx,
    on: Date,
    number: usize,
    made: &Enterprise,
    id: Id,
    known: &BTreeMap<usize, Id>,
) -> Result<()> {
    let mut dice = Dice::of(0x0A5E5 + number as u64);
    figures(cx, &mut dice, on, id).await?;
    flags(cx, &mut dice, on, number, id).await?;
    if dice.roll(4) == 0 {
        let name = format!("{} Holdings Limited", made.names[0]);
        let given = GivenName { name, language: "en".to_owned(), kind: "legal".to_owned(), ..GivenName::default() };
        name::add(cx, id, given).await?;
    }
    relate(cx, &mut dice, on, number, id, known).await?;
    belong(cx, &mut dice, number, id, known).await
}

async fn figures(cx: &mut Cx, dice: &mut Dice, on: Date, id: Id) -> Result<()> {
    if dice.roll(3) == 0 {
        return Ok(());
    }
    let heads = 20 + dice.roll(4_000);
    let given = |measure: &str, year: i32, amount: u64| GivenMeasurement {
        measure: measure.to_owned(),
        year: Loose(year.to_string()),
        amount: Loose(amount.to_string()),
        currency: Loose::from(if measure == "headcount" { "" } else { "USD" }),
        source: SOURCE.to_owned(),
        reason: String::new(),
    };
    for back in 1..=2 {
        let year = on.year() - back;
        let smaller = u64::from(back.unsigned_abs());
        measurement::record(cx, id, given("headcount", year, heads / smaller)).await?;
        measurement::record(cx, id, given("revenue", year, heads / smaller * 210_000)).await?;
    }
    if dice.roll(2) == 0 {
        measurement::record(cx, id, given("rd_spend", on.year() - 1, heads * 31_000)).await?;
    }
    Ok(())
}

async fn flags(cx: &mut Cx, dice: &mut Dice, on: Date, number: usize, id: Id) -> Result<()> {
    let since = |days: i64| Loose((on - Duration::days(days)).to_string());
    let given = |flag: &str, from: Loose| GivenFlag {
        flag: flag.to_owned(),
        source: SOURCE.to_owned(),
        valid_from: from,
        valid_to: Loose::default(),
    };
    if dice.roll(8) == 0 {
        flag::set(cx, id, given("listed", since(900))).await?;
        let listing = GivenIdentifier {
            scheme: "listing".to_owned(),
            register: "XHKG".to_owned(),
            // Codes of five figures from 99 thousand on: none is given out.
            value: format!("{}", 99_000 + number),
            valid_from: since(900),
            valid_to: Loose::default(),
        };
        identifier::add(cx, id, listing).await?;
    } else if dice.roll(9) == 0 {
        flag::set(cx, id, given("preparing-to-list", since(100))).await?;
    }
    for (flag, sides) in [("unicorn", 10), ("leading-firm", 7), ("us-entity-list", 30)] {
        if dice.roll(sides) == 0 {
            flag::set(cx, id, given(flag, since(400))).await?;
        }
    }
    Ok(())
}

async fn relate(
    cx: &mut Cx,
    dice: &mut Dice,
    on: Date,
    number: usize,
    id: Id,
    known: &BTreeMap<usize, Id>,
) -> Result<()> {
    let mut roles = vec!["supplier", "customer", "partner", "competitor", "investor", "investee"];
    for _ in 0..dice.roll(4) {
        let back = 1 + usize::try_from(dice.roll(40))?;
        let Some(other) = number.checked_sub(back).and_then(|other| known.get(&other)) else { continue };
        let role = roles.swap_remove(usize::try_from(dice.roll(roles.len() as u64))?);
        let share = matches!(role, "investor" | "investee").then(|| (5 + dice.roll(40)).to_string());
        let given = GivenRelation {
            other: Loose(other.to_string()),
            role: role.to_owned(),
            share: share.into(),
            source: SOURCE.to_owned(),
            valid_from: Loose((on - Duration::days(30 + i64::try_from(dice.roll(700))?)).to_string()),
            valid_to: Loose::default(),
        };
        relation::relate(cx, id, given).await?;
    }
    Ok(())
}

/// Enterprises with the same first half of a name belong, one in two, to the first of them.
async fn belong(cx: &mut Cx, dice: &mut Dice, number: usize, id: Id, known: &BTreeMap<usize, Id>) -> Result<()> {
    let Some(parent) = known.get(&(number % FIRST.len())).filter(|_| number >= FIRST.len()) else { return Ok(()) };
    if dice.roll(2) == 0 {
        return Ok(());
    }
    let version = enterprise::get(cx, id).await?.version;
    let fields = BTreeMap::from([("parent_id".to_owned(), Some(parent.to_string()))]);
    enterprise::edit(cx, id, version, fields).await?;
    Ok(())
}
