//! Rankings as an office meets them, and what must hold of any.

use std::collections::BTreeMap;

use proptest::prelude::*;
use screening::{
    About, Between, Company, Condition, Context, Criteria, Criterion, Curve, Error, FULL, Fact, Factor, Fate, Measure,
    Missing, Plan, Row, Screened, Shape, Value, Watch, compare, names_company, scan, search,
};
use time::macros::date;

fn company(id: &str, facts: &[(Measure, Value)]) -> Company {
    let fact = |value: &Value| Fact { value: value.clone(), as_at: date!(2026 - 06 - 30), source: "register".into() };
    let facts = facts.iter().map(|(measure, value)| (*measure, fact(value))).collect();
    Company { id: id.into(), name: format!("Company {id}"), facts, ..Company::default() }
}

fn number(measure: Measure, number: i64) -> (Measure, Value) {
    (measure, Value::Number(number))
}

fn code(measure: Measure, code: &str) -> (Measure, Value) {
    (measure, Value::Code(code.into()))
}

fn criterion(key: &str, measure: Measure, weight: u32, curve: Curve) -> Criterion {
    Criterion {
        key: key.into(),
        name: String::new(),
        factor: Factor::Technology,
        measure,
        weight,
        missing: Missing::Points(0),
        note: String::new(),
        curve,
    }
}

fn line(from: i64, to: i64) -> Curve {
    Curve::Linear { from, to, low: 0, high: FULL }
}

fn criteria(list: Vec<Criterion>) -> Criteria {
    Criteria { name: "Trial".into(), version: 1, criteria: list, ..Criteria::default() }
}

fn screened(companies: &[Company], criteria: &Criteria, context: &Context, top: usize) -> Screened {
    let plan = Plan::new(criteria, context, top).expect("sound criteria");
    let about = About { companies: companies.len() as u64, snapshot: "1".into(), ..About::default() };
    scan(companies, about, &plan, &Watch::default()).expect("a ranking")
}

fn ids(screened: &Screened) -> Vec<&str> {
    screened.top.iter().map(|ranked| ranked.company.id.as_str()).collect()
}

#[test]
fn companies_are_ranked_with_their_reasons() {
    let companies = [
        company("a", &[number(Measure::RdIntensity, 500), number(Measure::Employees, 1_000)]),
        company("b", &[number(Measure::RdIntensity, 2_000)]),
        company("c", &[number(Measure::RdIntensity, 500), number(Measure::Employees, 1_000)]),
    ];
    let wanted = criteria(vec![
        criterion("rd", Measure::RdIntensity, 30, line(0, 2_000)),
        criterion("size", Measure::Employees, 10, line(0, 1_000)),
    ]);
    let screened = screened(&companies, &wanted, &Context::default(), 10);
    assert_eq!(ids(&screened), ["b", "a", "c"], "equal totals go by id");
    assert_eq!(screened.top[0].total, 30 * i64::from(FULL));
    assert_eq!(screened.top[1].total, 30 * 250_000 + 10 * i64::from(FULL));
    assert_eq!((screened.ranked, screened.known.as_slice()), (3, [3, 2].as_slice()));
    let reason = &screened.top[0].reasons[1];
    assert_eq!((reason.points, reason.fact.as_ref()), (0, None), "what is not known gives what was decided for that");
    assert_eq!(screened.top[1].reasons[0].fact.as_ref().map(|fact| fact.source.as_str()), Some("register"));
}

#[test]
fn what_is_missing_leaves_out_where_that_was_decided() {
    let companies = [company("a", &[]), company("b", &[number(Measure::Employees, 1)])];
    let mut wanted = criteria(vec![criterion("size", Measure::Employees, 1, line(0, 10))]);
    wanted.criteria[0].missing = Missing::LeaveOut;
    assert_eq!(ids(&screened(&companies, &wanted, &Context::default(), 10)), ["b"]);
    wanted.criteria[0].missing = Missing::Points(500_000);
    assert_eq!(ids(&screened(&companies, &wanted, &Context::default(), 10)), ["a", "b"]);
}

#[test]
fn a_chain_is_read_through_its_table() {
    let context = Context {
        chain_distance: [("cells".to_owned(), 0), ("packs".to_owned(), 1), ("mines".to_owned(), 4)].into(),
        chain_gap: BTreeMap::new(),
    };
    let companies = ["mines", "packs", "cells", "elsewhere"].map(|at| company(at, &[code(Measure::Chain, at)]));
    let near = Curve::Linear { from: 0, to: 4, low: FULL, high: 0 };
    let mut wanted = criteria(vec![criterion("near", Measure::ChainDistance, 1, near)]);
    let all = screened(&companies, &wanted, &context, 10);
    assert_eq!(ids(&all), ["cells", "packs", "elsewhere", "mines"]);
    assert_eq!(all.top[1].reasons[0].value, Some(Value::Number(1)));
    assert_eq!(all.top[2].reasons[0].value, None);
    wanted.criteria[0].missing = Missing::LeaveOut;
    assert_eq!(ids(&screened(&companies, &wanted, &context, 10)), ["cells", "packs", "mines"]);
    assert!(ids(&screened(&companies, &wanted, &Context::default(), 10)).is_empty());
    wanted.conditions.push(Condition { at_most: Some(1), ..Condition::on(Measure::ChainDistance) });
    assert_eq!(ids(&screened(&companies, &wanted, &context, 10)), ["cells", "packs"]);
    wanted.criteria[0].missing = Missing::Points(0);
    wanted.conditions[0].keep_missing = true;
    assert_eq!(ids(&screened(&companies, &wanted, &context, 10)), ["cells", "packs", "elsewhere"]);
}

#[test]
fn conditions_and_companies_left_out_keep_from_being_ranked() {
    let mut companies = [
        company("a", &[code(Measure::Country, "JP"), code(Measure::Industry, "2611"), number(Measure::Founded, 1999)]),
        company("b", &[code(Measure::Country, "FR"), code(Measure::Industry, "2100"), number(Measure::Founded, 2020)]),
        company("c", &[number(Measure::Founded, 2020)]),
    ];
    companies[1].lei = Some("969500".into());
    let mut wanted = criteria(vec![criterion("new", Measure::Founded, 1, line(1990, 2030))]);
    let ranked = |wanted: &Criteria| ids(&screened(&companies, wanted, &Context::default(), 9)).join(" ");
    wanted.conditions = vec![Condition { one_of: vec!["26".into()], ..Condition::on(Measure::Industry) }];
    assert_eq!(ranked(&wanted), "a");
    wanted.conditions[0].keep_missing = true;
    assert_eq!(ranked(&wanted), "c a");
    wanted.conditions = vec![Condition { none_of: vec!["JP".into()], ..Condition::on(Measure::Country) }];
    assert_eq!(ranked(&wanted), "b");
    wanted.conditions = vec![];
    wanted.exclude = vec!["969500".into(), "c".into()];
    assert_eq!(ranked(&wanted), "a", "by LEI and by id");
}

#[test]
fn everything_wrong_is_told_at_once_with_its_field() {
    let text = r#"
        name = ""
        version = 0
        [[criterion]]
        key = "Bad Key"
        factor = "jobs"
        measure = "employees"
        weight = 5000
        missing = { points = 2000000 }
        curve = { kind = "linear", from = 10, to = 10 }
        [[criterion]]
        key = "b"
        factor = "jobs"
        measure = "country"
        weight = 1
        curve = { kind = "codes", points = { "france" = 1 } }
        [[condition]]
        measure = "employees"
        one_of = ["JP"]
    "#;
    let Err(Error::Criteria(problems)) = Criteria::from_toml(text) else { panic!("it was taken") };
    let told: Vec<String> =
        problems.iter().map(|problem| format!("{} {}", problem.field, problem.wrong.name())).collect();
    assert_eq!(
        told,
        [
            "name missing",
            "version range",
            "criterion[0].key key",
            "criterion[0].weight too-high",
            "criterion[0].missing too-high",
            "criterion[0].curve.to not-above",
            "criterion[1].curve.points.france code",
            "condition[0].one_of needs-code",
        ]
    );
    assert!(Criteria::from_toml("name = 'x'\nsurprise = 1").is_err());
    assert!(Criteria::from_json("{\"name\":\"x\"}").is_err(), "no criterion is no criteria");
}

#[test]
fn criteria_come_back_from_toml_and_json_as_they_were() {
    let mut wanted = criteria(vec![
        criterion("a", Measure::Revenue, 7, Curve::Log { from: 10, to: 1_000, low: 5, high: FULL }),
        criterion("b", Measure::Industry, 2, Curve::Codes { points: [("26".to_owned(), 9)].into(), otherwise: 1 }),
    ]);
    wanted.criteria[1].missing = Missing::LeaveOut;
    wanted.as_at = Some(date!(2026 - 11 - 24));
    wanted.conditions = vec![Condition { at_least: Some(3), ..Condition::on(Measure::Employees) }];
    assert_eq!(Criteria::from_toml(&wanted.to_toml()).expect("its own TOML"), wanted);
    assert_eq!(Criteria::from_json(&wanted.to_json()).expect("its own JSON"), wanted);
}

#[test]
fn what_would_change_a_rank_is_told() {
    let companies = [
        company("a", &[number(Measure::RdIntensity, 900), number(Measure::Employees, 900)]),
        company("b", &[number(Measure::RdIntensity, 800), number(Measure::Employees, 500)]),
        company("c", &[number(Measure::Employees, 400)]),
    ];
    let wanted = criteria(vec![
        criterion("rd", Measure::RdIntensity, 10, line(0, 1_000)),
        criterion("size", Measure::Employees, 10, line(0, 1_000)),
    ]);
    let screened = screened(&companies, &wanted, &Context::default(), 10);
    let changes = screened.changes(1);
    assert_eq!((changes[0].at_most, changes[0].at_least), (2, Some(2)));
    assert_eq!(changes[1].to_rise.as_ref().and_then(|rise| rise.value), None, "all points would not do, by a hair");
    let last = screened.changes(2);
    assert_eq!((last[0].at_most, last[0].at_least), (2, Some(3)));
    let rise = last[0].to_rise.as_ref().expect("it could rise");
    assert_eq!((rise.points, rise.value), (900_001, None), "its fact is not known, so no nearest number");
}

#[test]
fn those_with_one_total_are_told_to_be_level() {
    let at = |id: &str, code: &str| company(id, &[(Measure::Country, Value::Code(code.to_owned()))]);
    let companies = [at("a", "JP"), at("b", "KR"), at("c", "KR"), at("d", "KR"), at("e", "US")];
    let points = [("JP".to_owned(), FULL), ("KR".to_owned(), 500_000)].into();
    let wanted = criteria(vec![criterion("home", Measure::Country, 10, Curve::Codes { points, otherwise: 0 })]);
    let screened = screened(&companies, &wanted, &Context::default(), 10);
    assert_eq!(
        screened.top.iter().map(|one| screened.level_with(one)).collect::<Vec<_>>(),
        [(1, 1), (2, 4), (2, 4), (2, 4), (5, 5)]
    );
    // It rises past the next that has more, by points that a code gives.
    let change = &screened.changes(3)[0];
    assert_eq!(change.to_rise, None, "level with the first at most");
    let change = &screened.changes(4)[0];
    assert_eq!(change.to_rise.as_ref().map(|rise| rise.points), Some(FULL));
    assert_eq!((change.at_most, screened.changes(3)[0].at_least), (1, Some(4)), "with none it is level with the last");
    let firm = &screened.clone().levelled().top[2].firm;
    assert_eq!((firm.best, firm.worst), (2, 4), "JSON says what the cells say");
    let cells = screened.cells(&screened.top[2]);
    assert_eq!(
        (&cells[7..9], &cells[cells.len() - 3..cells.len() - 1]),
        (&["2".to_owned(), "4".to_owned()][..], &["2".to_owned(), "4".to_owned()][..])
    );
}

#[test]
fn equals_beyond_the_end_of_the_list_are_told() {
    let companies: Vec<Company> = (0..43)
        .map(|at| company(&format!("c{at:02}"), &[number(Measure::Employees, if at < 3 { 900 - at } else { 100 })]))
        .collect();
    let wanted = criteria(vec![criterion("size", Measure::Employees, 10, line(0, 1_000))]);
    let told = |top: usize| {
        let screened = screened(&companies, &wanted, &Context::default(), top);
        let last = screened.top.last().expect("a last one");
        let cells = screened.cells(last);
        let json = serde_json::to_value(screened.told()).expect("JSON");
        let json = json["top"][top.min(43) - 1].clone();
        assert_eq!(
            cells[cells.len() - 3..],
            ["level_from", "level_to", "level_beyond"].map(|key| json[key].to_string()),
            "JSON says what the cells say"
        );
        assert!(!screened.level_beyond(&screened.top[0]), "who has more is level with none below");
        (screened.level_with(last), screened.level_beyond(last))
    };
    assert_eq!(told(8), ((4, 8), true));
    assert_eq!(told(43), ((4, 43), false));
    assert_eq!(told(3), ((3, 3), true), "the next one may have it, for all the list says");
}

#[test]
fn what_can_name_a_company_is_an_id_or_an_lei() {
    for key in ["0000000000000", "fvvvvvvvvvvvv", "529900T8BM49AURSDO55"] {
        assert!(names_company(key), "{key}");
    }
    for key in ["", "nonsense", "549300TEST0000000179", "529900t8bm49aursdo55", "g000000000000", "000000000000w"] {
        assert!(!names_company(key), "{key}");
    }
}

#[test]
fn two_rankings_are_compared() {
    let shifts = compare([("a", 1), ("b", 2), ("c", 3)].into_iter(), [("b", 1), ("d", 2), ("c", 3)].into_iter());
    let told: Vec<(&str, Fate)> = shifts.iter().map(|shift| (shift.id.as_str(), shift.fate)).collect();
    assert_eq!(told, [("b", Fate::Risen), ("d", Fate::New), ("c", Fate::Same), ("a", Fate::Gone)]);
}

#[test]
fn a_company_is_found_by_name_id_and_lei() {
    let mut companies = [company("a", &[]), company("b", &[])];
    companies[1].name = "Harbour Robotics".into();
    companies[1].lei = Some("5493001KJTIIGC8Y1R12".into());
    let found = |words: &str| search(companies.iter(), words, 5).into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(found("robot"), ["b"]);
    assert_eq!(found("5493001kjtiigc8y1r12"), ["b"]);
    assert_eq!(found(""), Vec::<String>::new());
    assert_eq!(found("company"), ["a"]);
}

#[test]
fn a_screening_stops_when_told() {
    let plan = Plan::new(&criteria(vec![criterion("a", Measure::Employees, 1, line(0, 9))]), &Context::default(), 5);
    let watch = Watch::default();
    watch.stop();
    let outcome = scan([company("a", &[])].as_slice(), About::default(), &plan.expect("sound"), &watch);
    assert!(matches!(outcome, Err(Error::Cancelled)));
}

fn any_points() -> impl Strategy<Value = u32> {
    0..=FULL
}

fn any_curve() -> impl Strategy<Value = Curve> {
    let rows = prop::collection::btree_map(-50_i64..50, any_points(), 1..6);
    let rows = rows.prop_map(|rows| rows.into_iter().map(|(at, points)| Row { at, points }).collect::<Vec<_>>());
    prop_oneof![
        (-50_i64..50, any_points(), any_points()).prop_map(|(at, below, above)| Curve::Threshold { at, below, above }),
        (-50_i64..49, 1_i64..50, any_points(), any_points()).prop_map(|(from, by, low, high)| Curve::Linear {
            from,
            to: from + by,
            low,
            high
        }),
        (1_i64..50, 1_i64..5_000, any_points(), any_points()).prop_map(|(from, by, low, high)| Curve::Log {
            from,
            to: from + by,
            low,
            high
        }),
        (rows, any_points(), any::<bool>()).prop_map(|(rows, below, lines)| Curve::Table {
            rows,
            below,
            between: if lines { Between::Lines } else { Between::Steps },
        }),
    ]
}

/// A wild curve, as it could come from a file that nobody checked.
fn wild_curve() -> impl Strategy<Value = Curve> {
    let rows = prop::collection::vec((any::<i64>(), any::<u32>()), 0..6);
    let rows = rows.prop_map(|rows| rows.into_iter().map(|(at, points)| Row { at, points }).collect::<Vec<_>>());
    prop_oneof![
        (any::<i64>(), any::<u32>(), any::<u32>()).prop_map(|(at, below, above)| Curve::Threshold { at, below, above }),
        (any::<i64>(), any::<i64>(), any::<u32>(), any::<u32>()).prop_map(|(from, to, low, high)| Curve::Linear {
            from,
            to,
            low,
            high
        }),
        (any::<i64>(), any::<i64>(), any::<u32>(), any::<u32>()).prop_map(|(from, to, low, high)| Curve::Log {
            from,
            to,
            low,
            high
        }),
        (rows, any::<u32>()).prop_map(|(rows, below)| Curve::Table { rows, below, between: Between::Lines }),
    ]
}

proptest! {
    #[test]
    fn reckoning_never_fails(curve in wild_curve(), x in any::<i64>(), wanted in any::<u32>()) {
        let shape = curve.shape(false);
        shape.of_number(x);
        shape.of_code("26");
        shape.nearest(x, wanted);
    }

    #[test]
    fn a_rising_curve_never_falls(
        from in 1_i64..1_000, by in 1_i64..1_000_000_000, low in any_points(), high in any_points(),
        x in any::<i64>(), further in 0_i64..1_000_000, log in any::<bool>(),
    ) {
        let (low, high) = (low.min(high), low.max(high));
        let to = from + by;
        let curve = if log { Curve::Log { from, to, low, high } } else { Curve::Linear { from, to, low, high } };
        let shape = curve.shape(false);
        let (here, there) = (shape.of_number(x), shape.of_number(x.saturating_add(further)));
        prop_assert!(low <= here && here <= there && there <= high);
    }

    #[test]
    fn the_nearest_number_is_the_nearest(curve in any_curve(), x in -60_i64..60, wanted in any_points()) {
        let shape = curve.shape(false);
        let by_looking = (-6_000_i64..6_000).filter(|at| shape.of_number(*at) >= wanted).map(|at| at.abs_diff(x)).min();
        prop_assert_eq!(shape.nearest(x, wanted).map(|at| at.abs_diff(x)), by_looking);
    }

    #[test]
    fn ranks_and_their_firmness_are_those_of_sorting_everything(
        facts in prop::collection::vec((prop::option::of(0_i64..20), prop::option::of(0_i64..20), 0_i64..5), 1..40),
        curves in (any_curve(), any_curve(), any_curve()), weights in (0_u32..9, 0_u32..9, 1_u32..9), top in 1_usize..12,
    ) {
        let companies: Vec<Company> = facts.iter().enumerate().map(|(at, (one, two, three))| {
            let mut known = vec![number(Measure::Patents, *three)];
            known.extend(one.map(|one| number(Measure::Employees, one)));
            known.extend(two.map(|two| number(Measure::RdIntensity, two)));
            company(&format!("{at:03}"), &known)
        }).collect();
        let wanted = criteria(vec![
            criterion("one", Measure::Employees, weights.0, curves.0),
            criterion("two", Measure::RdIntensity, weights.1, curves.1),
            criterion("three", Measure::Patents, weights.2, curves.2),
        ]);
        let screened = screened(&companies, &wanted, &Context::default(), top);
        let plan = Plan::new(&wanted, &Context::default(), top).expect("sound");
        let order = |weights: &[i64]| {
            let mut all: Vec<(i64, &str)> = companies.iter().map(|company| {
                let points = plan.points(company).expect("ranked");
                let total = weights.iter().zip(&points).map(|(weight, points)| weight * i64::from(*points)).sum();
                (total, company.id.as_str())
            }).collect();
            all.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
            all.into_iter().map(|(_, id)| id.to_owned()).collect::<Vec<_>>()
        };
        let plain: Vec<i64> = plan.steps.iter().map(|step| step.weight * 5).collect();
        let sorted = order(&plain);
        prop_assert_eq!(ids(&screened), sorted.iter().take(top).map(String::as_str).collect::<Vec<_>>());
        for (place, ranked) in screened.top.iter().enumerate() {
            let (mut best, mut worst) = (place as u64 + 1, place as u64 + 1);
            for step in 0..3 {
                for by in [-1, 1] {
                    let mut moved = plain.clone();
                    moved[step] += by * plan.steps[step].weight;
                    let rank = order(&moved).iter().position(|id| *id == ranked.company.id).expect("there") as u64 + 1;
                    (best, worst) = (best.min(rank), worst.max(rank));
                }
            }
            prop_assert_eq!((ranked.firm.best, ranked.firm.worst), (best, worst));
        }
    }

    #[test]
    fn no_text_makes_reading_fail_hard(text in "\\PC{0,200}") {
        let _ = Criteria::from_toml(&text);
        let _ = Criteria::from_json(&text);
        let shape = Shape::Codes { points: [(text.clone(), 1)].into(), otherwise: 0, by_beginning: true };
        shape.of_code(&text);
    }
}
