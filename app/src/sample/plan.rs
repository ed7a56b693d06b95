//! What happens in the sample office, day by day, made up by a seeded generator before anything is
//! written: the same on every machine.

use time::macros::date;
use time::{Date, Duration, Month};

use super::names::{FIRST, ORIGINS, SECOND};

/// The day the office opens.
pub const OPENING: Date = date!(2022 - 12 - 23);
pub const ENTERPRISES: usize = 300;
pub const PEOPLE_EACH: usize = 3;
pub const PROJECTS: usize = 120;
/// The last stage's place.
const OPERATING: usize = 7;

/// A small generator of our own: the same numbers on every machine and in every version.
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        Self(20_261_124)
    }

    /// Dice of one's own, for what must not change what is rolled elsewhere.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let place = usize::try_from(self.roll(from.len() as u64)).unwrap_or_default();
        from[place.min(from.len() - 1)]
    }

    fn days(&mut self, least: i64, most: i64) -> Duration {
        let span = u64::try_from(most - least).unwrap_or_default();
        Duration::days(least + i64::try_from(self.roll(span)).unwrap_or_default())
    }
}

pub struct Enterprise {
    /// Latin, Traditional and Simplified.
    pub names: [String; 3],
    pub industry: &'static str,
    pub origin: &'static str,
    pub tier: &'static str,
    pub group: bool,
}

pub struct Project {
    pub enterprise: usize,
    pub expands: bool,
    pub hq_kind: &'static str,
    pub activities: &'static str,
    pub signs: bool,
    /// In whole dollars.
    pub investment: u64,
    pub jobs: u64,
    /// In square feet; none for those that ask for no space of their own.
    pub floor_area: Option<u64>,
}

/// One thing that happens on one day, to the enterprise or project of that place.
pub enum Event {
    Registered(usize),
    Started(usize),
    /// Enters the stage of this place.
    Moved(usize, usize),
    /// The pledge of investment is cut by a fifth.
    InvestmentCut(usize),
    /// Fifteen more R&D posts are pledged.
    PostsAdded(usize),
    /// A yearly return: (dollars, posts) realised since the last.
    Returned(usize, u64, u64),
    Fared(usize, &'static str),
    /// Signs at the ceremony of that day, and may be named since.
    Signed(usize),
}

pub struct Plan {
    pub enterprises: Vec<Enterprise>,
    pub projects: Vec<Project>,
    /// In the order of their days.
    pub events: Vec<(Date, Event)>,
}

impl Plan {
    /// The plan up to a day: what would happen later is left out.
    pub fn until(last: Date) -> Self {
        let mut dice = Dice::new();
        let mut events = Vec::new();
        let enterprises = (0..ENTERPRISES).map(|number| enterprise(&mut dice, number)).collect();
        events.extend((0..ENTERPRISES).map(|number| (registered_on(number), Event::Registered(number))));
        let projects = (0..PROJECTS).map(|number| project(&mut dice, number, &mut events)).collect();
        events.retain(|(day, _)| *day <= last);
        // Stable: what was planned first on a day happens first.
        events.sort_by_key(|(day, _)| *day);
        Self { enterprises, projects, events }
    }
}

/// The office's ceremony of a year.
pub fn ceremony_of(year: i32) -> Date {
    Date::from_calendar_date(year, Month::December, 15).unwrap_or(Date::MAX)
}

fn ceremony_after(day: Date) -> Date {
    let this_year = ceremony_of(day.year());
    if day <= this_year { this_year } else { ceremony_of(day.year() + 1) }
}

fn registered_on(enterprise: usize) -> Date {
    OPENING + Duration::days(3 * i64::try_from(enterprise).unwrap_or_default())
}

fn enterprise(dice: &mut Dice, number: usize) -> Enterprise {
    // 20 first halves and 15 second ones pair up into 300 different names.
    let (first, second) = (FIRST[number % FIRST.len()], SECOND[number / FIRST.len()]);
    let tier = match dice.roll(20) {
        0 => "named",
        1 | 2 => "team",
        3..=6 => "public",
        _ => "office",
    };
    Enterprise {
        names: [
            format!("{} {}", first.0, second.0),
            format!("{}{}", first.1, second.1),
            format!("{}{}", first.2, second.2),
        ],
        industry: second.3,
        origin: dice.pick(&ORIGINS),
        tier,
        group: dice.roll(4) == 0,
    }
}

fn project(dice: &mut Dice, number: usize, events: &mut Vec<(Date, Event)>) -> Project {
    let enterprise = (number * 7) % ENTERPRISES;
    let project = Project {
        enterprise,
        expands: dice.roll(3) == 0,
        hq_kind: dice.pick(&["global", "regional", "regional", "none"]),
        activities: dice.pick(&["rd-centre", "headquarters,rd-centre", "production", "treasury-centre", "data-centre"]),
        signs: dice.roll(4) > 0,
        investment: (1 + dice.roll(40)) * 25_000_000,
        jobs: 10 + dice.roll(200),
        floor_area: (dice.roll(2) == 0).then(|| (1 + dice.roll(30)) * 1_000),
    };
    let mut day = (registered_on(enterprise) + dice.days(5, 30)).max(OPENING + dice.days(20, 800));
    events.push((day, Event::Started(number)));
    let target = number % (OPERATING + 1);
    let mut agreed = None;
    for stage in 1..=target {
        day += dice.days(15, 60);
        events.push((day, Event::Moved(number, stage)));
        if stage == 5 {
            agreed = Some(day);
            match dice.roll(4) {
                0 => events.push((day + Duration::days(180), Event::InvestmentCut(number))),
                1 => events.push((day + Duration::days(180), Event::PostsAdded(number))),
                _ => {}
            }
        }
    }
    let status = fares(number, target);
    if target == OPERATING {
        // What ends returns once; what goes on returns every year.
        for year in 0..if status.is_some() { 1 } else { 3 } {
            let returned = Event::Returned(number, (1 + dice.roll(12)) * 10_000_000, 5 + dice.roll(30));
            events.push((day + Duration::days(30 + 365 * year), returned));
        }
    }
    let mut fared = None;
    if let Some(status) = status {
        // After every revision: what has ended is not pledged for.
        let on = day + dice.days(190, 300);
        events.push((on, Event::Fared(number, status)));
        fared = Some(on);
    }
    // Who agreed signs at the next ceremony, if the project still fares well by then.
    let ceremony = agreed.filter(|_| project.signs).map(ceremony_after);
    if let Some(ceremony) = ceremony.filter(|on| fared.is_none_or(|fared| *on < fared)) {
        events.push((ceremony, Event::Signed(number)));
    }
    project
}

/// How a project fares in the end, where it is not simply active.
fn fares(number: usize, stage: usize) -> Option<&'static str> {
    let landed = stage >= 6;
    Some(match number / 8 {
        1 => "delayed",
        3 if stage < OPERATING => "dormant",
        5 if !landed => "withdrawn",
        5 => "exited",
        7 if !landed => "lapsed",
        7 => "downsized",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_planned_has_happened_four_years_on() {
        let all = Plan::until(Date::MAX);
        let by_now = Plan::until(date!(2026 - 11 - 24));
        assert_eq!((by_now.enterprises.len(), by_now.projects.len()), (300, 120));
        // Returns go on, and who agreed lately signs at the ceremony to come.
        let done = |plan: &Plan| {
            let goes_on = |event: &Event| matches!(event, Event::Returned(..) | Event::Signed(_));
            plan.events.iter().filter(|(_, event)| !goes_on(event)).count()
        };
        assert_eq!(done(&all), done(&by_now));
        let signed = by_now.events.iter().filter(|(_, event)| matches!(event, Event::Signed(_))).count();
        assert!(signed > 20, "{signed}");
        assert!(by_now.events.is_sorted_by_key(|(day, _)| *day));
    }
}
