//! Stories of figures held in memory, on both databases.

use directory::enterprise::correct::NewCorrection;
use directory::{enterprise, industry};
use platform::forms::Loose;
use platform::permission::{Actor, Role};
use platform::sql::Sql;
use platform::text::Language;
use platform::{Cx, Id, Way, both_databases};
use time::Date;
use time::macros::date;

use super::cut::{self, Cut};
use super::memory::{self, Memory};
use super::{AsOf, Dimension, Measure, by_database};
use crate::ledger::{self, NewEntry};
use crate::milestone::{self, NewMilestone};
use crate::project;
use crate::tests::Office;

/// A reading context, as pages and programs have.
fn reader(office: &Office, actor: &Actor) -> Cx {
    Cx::reading(office.house.clone(), Some(actor.clone()), Way::Page, Language::English)
}

fn people(office: &Office) -> Vec<Actor> {
    let of = |role, team: Option<Id>, account| Actor {
        account: Some(account),
        roles: vec![role],
        teams: team.into_iter().collect(),
        ..Actor::operator("somebody")
    };
    vec![
        office.operator().actor.clone().unwrap(),
        of(Role::Officer, Some(Id(3)), Id(70)),
        of(Role::Officer, None, Id(71)),
        of(Role::CommitteeMember, None, Id(72)),
        of(Role::Administrator, None, Id(73)),
    ]
}

/// Everybody gets the same figures from memory as from the database, as at every date.
async fn agree(office: &Office) -> Vec<i64> {
    let (mut told, mut cells) = (Vec::new(), 0);
    for actor in people(office) {
        for as_at in [date!(2023 - 01 - 01), date!(2024 - 06 - 30), date!(2030 - 01 - 01)] {
            for back in [0, 1_800, 5_400, 1_000_000] {
                let mut cx = reader(office, &actor);
                let as_of = AsOf { as_at, known_at: cx.now().plus_seconds(-back) };
                let held = memory::totals(&mut cx, as_of, &Measure::ALL).await.unwrap().expect("held in memory");
                for (measure, held) in Measure::ALL.into_iter().zip(held) {
                    let value = by_database(&mut cx, as_of, measure).await.unwrap();
                    assert_eq!(held, value, "{measure:?} {as_at} -{back} s {:?}", actor.roles);
                    told.push(value.0);
                }
                // Cutting takes longer than adding up; who sees what has been told apart above.
                if back < 2_000 && actor.account != Some(Id(72)) {
                    cells += cuts_agree(&mut cx, as_of).await;
                }
                cx.commit().await.unwrap();
            }
        }
    }
    assert!(cells > 50, "there are cells to agree on");
    told
}

/// Cross-tabs of every measure by every dimension, alone, in pairs and limited.
async fn cuts_agree(cx: &mut Cx, as_of: AsOf) -> usize {
    let mut cells = 0;
    for measure in [
        Measure::Projects,
        Measure::EnterprisesMet,
        Measure::EnterprisesAttracted,
        Measure::InvestmentPledged,
        Measure::JobsPledged,
    ] {
        let fits: Vec<Dimension> = Dimension::ALL.into_iter().filter(|dimension| dimension.fits(measure)).collect();
        for pair in fits.windows(2) {
            let cut = Cut { by: pair.to_vec(), ..Cut::whole(measure, as_of) };
            cells += cut::tests::agreed(cx, &cut).await;
        }
        let only = vec![(Dimension::Industry, vec!["ai-data-science".to_owned(), String::new()])];
        let by = vec![Dimension::ReportingOrigin, Dimension::Nature, Dimension::Stage];
        cells += cut::tests::agreed(cx, &Cut { by, only, ..Cut::whole(measure, as_of) }).await;
    }
    cells
}

async fn enters(office: &Office, project: Id, kind: &str, measure: &str, amount: &str, day: &str) -> Id {
    let mut cx = office.operator();
    let new = NewEntry {
        kind: kind.into(),
        measure: measure.into(),
        amount: Loose::from(amount),
        effective_on: Loose::from(day),
        evidence: "a letter".into(),
        ..NewEntry::default()
    };
    let id = ledger::enter(&mut cx, project, new).await.unwrap();
    cx.commit().await.unwrap();
    id
}

async fn happened(office: &Office, project: Id, kind: &str, day: &str) {
    let mut cx = office.operator();
    let new = NewMilestone { kind: kind.into(), effective_on: day.into(), ..NewMilestone::default() };
    milestone::record(&mut cx, project, new).await.unwrap();
    cx.commit().await.unwrap();
}

/// The team and the account that [`people`] stand for, so that records can be given to them.
async fn holders(office: &Office) {
    let mut cx = office.operator();
    for text in [
        "INSERT INTO teams (id, code, name_en, name_zh_hant, name_zh_hans) VALUES (3, 'x', 'X', 'X', 'X')",
        "INSERT INTO accounts (id, email, name, roles, version, created_at)
         VALUES (71, 'x@office.example', 'X', 'officer', 1, 1)",
    ] {
        Sql::new(text).execute(&mut cx).await.unwrap();
    }
    cx.commit().await.unwrap();
}

async fn sets(office: &Office, enterprise: Id, fields: &[(&str, &str)]) {
    let mut cx = office.operator();
    let version = enterprise::get(&mut cx, enterprise).await.unwrap().version;
    let fields = fields.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect();
    enterprise::edit(&mut cx, enterprise, version, fields).await.unwrap();
    cx.commit().await.unwrap();
}

async fn of_enterprise(office: &Office, project: Id) -> Id {
    let mut cx = office.operator();
    project::get(&mut cx, project).await.unwrap().enterprise_id
}

async fn assigned(office: &Office, enterprise: Id, codes: &[&str], from: Date) {
    let mut cx = office.operator();
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    industry::assign(&mut cx, enterprise, None, &codes, from, industry::Later::IsReplaced, "").await.unwrap();
    cx.commit().await.unwrap();
}

async fn states(office: &Office, project: Id, fields: &[(&str, &str)]) {
    let mut cx = office.operator();
    let version = project::get(&mut cx, project).await.unwrap().version;
    let fields = fields.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect();
    project::edit(&mut cx, project, version, fields).await.unwrap();
    cx.commit().await.unwrap();
}

#[both_databases]
async fn figures_from_memory_are_those_of_the_database_whatever_changes(office: Office) {
    let harbour = office.project("Harbour Robotics").await;
    let peak = office.project("Peak Biologics").await;
    enters(&office, harbour, "pledged", "investment", "1000", "2024-03-20").await;
    enters(&office, peak, "pledged", "jobs_rd", "40", "2024-03-20").await;
    happened(&office, harbour, "met", "2024-01-10").await;
    happened(&office, peak, "met", "2024-01-10").await;

    let (harbour_is, peak_is) = (of_enterprise(&office, harbour).await, of_enterprise(&office, peak).await);
    assigned(&office, harbour_is, &["ai-data-science", "life-health-technology"], date!(2023 - 06 - 01)).await;
    sets(&office, harbour_is, &[("reporting_origin", "france")]).await;
    states(&office, harbour, &[("nature", "foothold"), ("activities", "rd-centre")]).await;

    let filler = people(&office)[0].clone();
    office.house.kept.get::<Memory>().fill(&mut reader(&office, &filler)).await.unwrap();
    let first = agree(&office).await;
    assert!(first.iter().any(|value| *value == 100_000) && first.contains(&2), "there is something to agree on");

    office.clock.set(office.clock.now().plus_seconds(3_600));
    // Dated facts that change what was so on earlier days, and what is so from now on.
    assigned(&office, harbour_is, &["ai-data-science"], date!(2024 - 05 - 01)).await;
    assigned(&office, peak_is, &["life-health-technology"], date!(2023 - 06 - 01)).await;
    let mut cx = office.operator();
    let new = NewCorrection {
        field: "reporting_origin".into(),
        value: Some("mainland".into()),
        effective_on: "2024-02-01".into(),
        reason: "a slip".into(),
    };
    enterprise::correct::correct(&mut cx, harbour_is, new).await.unwrap();
    project::correct(&mut cx, harbour, "nature", Some("expansion".into()), "2024-02-01", "a slip").await.unwrap();
    cx.commit().await.unwrap();
    agree(&office).await;
    let slip = enters(&office, harbour, "realised", "investment", "300", "2022-12-01").await;
    enters(&office, peak, "revised", "jobs_rd", "25", "2024-05-01").await;
    happened(&office, peak, "attracted", "2024-02-10").await;
    agree(&office).await;

    holders(&office).await;
    sets(&office, peak_is, &[("tier", "team"), ("team_id", "3")]).await;
    agree(&office).await;
    sets(&office, peak_is, &[("tier", "named"), ("owner_id", "71")]).await;
    agree(&office).await;

    office.clock.set(office.clock.now().plus_seconds(3_600));
    let mut cx = office.operator();
    enterprise::merge::merge(&mut cx, harbour_is, peak_is, &enterprise::merge::GivenMerge::because("the same"))
        .await
        .unwrap();
    cx.commit().await.unwrap();
    let merged = agree(&office).await;
    assigned(&office, peak_is, &["ai-data-science", "life-health-technology"], date!(2024 - 01 - 01)).await;
    agree(&office).await;
    assert!(merged.contains(&2), "what was known before they were one still tells two");
    let mut cx = reader(&office, &filler);
    let met = async |cx: &mut Cx, back: i64| {
        let as_of = AsOf { as_at: date!(2030 - 01 - 01), known_at: cx.now().plus_seconds(-back) };
        let database = by_database(cx, as_of, Measure::EnterprisesMet).await.unwrap().0;
        let held = memory::totals(cx, as_of, &[Measure::EnterprisesMet]).await.unwrap().expect("held in memory");
        assert_eq!(held[0].0, database);
        database
    };
    assert_eq!((met(&mut cx, 0).await, met(&mut cx, 1).await), (1, 2), "one since the merge, two until it");
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    ledger::reverse(&mut cx, slip, "a slip").await.unwrap();
    cx.commit().await.unwrap();
    agree(&office).await;
    let mut cx = office.operator();
    enterprise::merge::unmerge(&mut cx, harbour_is).await.unwrap();
    cx.commit().await.unwrap();
    agree(&office).await;

    office.clock.set(office.clock.now().plus_seconds(3_600));
    let mut cx = office.operator();
    project::retire(&mut cx, harbour, Some("given up")).await.unwrap();
    cx.commit().await.unwrap();
    agree(&office).await;
    let later = office.project("Lion Rock Data").await;
    enters(&office, later, "pledged", "floor_area", "900", "2024-04-01").await;
    let last = agree(&office).await;
    assert!(last.contains(&90_000), "what is new is held too");
}

/// Each headline, the cut by stage, the records and the series' end, by the database alone.
async fn told(cx: &mut Cx, as_of: AsOf) -> Vec<(i64, i64, usize, i64)> {
    let mut told = Vec::new();
    for measure in Measure::ALL {
        let (value, records) = by_database(cx, as_of, measure).await.unwrap();
        let listed = super::records(cx, as_of, measure, None, 100).await.unwrap().len();
        let last = super::series::cumulative(cx, as_of, measure).await.unwrap().last().map_or(0, |point| point.value);
        assert_eq!((listed as i64, last), (records, value), "{measure:?}");
        let cut = Cut { by: vec![Dimension::Stage], ..Cut::whole(measure, as_of) };
        told.push((value, records, listed, cut::tally(cx, &cut).await.unwrap().value(&[None])));
    }
    told
}

#[both_databases]
async fn what_was_retired_for_a_while_was_away_for_that_while(office: Office) {
    let (one, other) = (office.project("Harbour Robotics").await, office.project("Peak Batteries").await);
    for id in [one, other] {
        happened(&office, id, "attracted", "2023-11-23").await;
        enters(&office, id, "pledged", "investment", "100", "2024-01-01").await;
    }
    let mut instants = vec![office.clock.now()];
    for away in [true, false, true, false] {
        office.clock.set(office.clock.now().plus_seconds(60));
        let mut cx = office.operator();
        project::retire(&mut cx, one, away.then_some("twice")).await.unwrap();
        cx.commit().await.unwrap();
        office.clock.set(office.clock.now().plus_seconds(60));
        instants.push(office.clock.now());
    }
    let memory = office.house.kept.get::<Memory>();
    let actor = office.operator().actor.clone().unwrap();
    let mut cx = reader(&office, &actor);
    memory.fill(&mut cx).await.unwrap();
    for (place, known_at) in instants.into_iter().enumerate() {
        let as_of = AsOf { as_at: date!(2026 - 01 - 01), known_at };
        let there = if place % 2 == 1 { 1 } else { 2 };
        let told = told(&mut cx, as_of).await;
        assert_eq!((told[1].0, told[4].0), (there, there * 10_000), "{place}");
        let held = memory::totals(&mut cx, as_of, &Measure::ALL).await.unwrap().expect("held in memory");
        let asked: Vec<(i64, i64)> = told.iter().map(|(value, records, ..)| (*value, *records)).collect();
        assert_eq!(held, asked, "{place}");
        let cut = Cut { by: vec![Dimension::Stage], ..Cut::whole(Measure::EnterprisesAttracted, as_of) };
        assert!(cut::tests::agreed(&mut cx, &cut).await > 0);
    }
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    assert_eq!((ledger::check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
    cx.undo().await.unwrap();
}
