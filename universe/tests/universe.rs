//! Sources brought in, kept up to date, linked, and screened by each engine to the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use screening::{Companies, Company, Context, Criteria, Engine, Measure, Plan, Screened, Watch};
use universe::made_up::{Given, MAP, MadeUp};
use universe::{Catalogue, Error, Import, Imported, Map, Universe, sweep};

struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn universe(&self) -> PathBuf {
        self.folder.path().join("universe")
    }

    fn file(&self, name: &str, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> PathBuf {
        let path = self.folder.path().join(name);
        let mut to = std::io::BufWriter::new(File::create(&path).expect("a file"));
        write(&mut to).and_then(|()| to.flush()).expect("written");
        path
    }

    fn import(&self, source: &str, file: &Path, map: Option<&str>) -> Import {
        let mut import = Import::new(self.universe(), source, vec![file.to_owned()]);
        import.reader.map = map.map(|map| Map::parse(map).expect("a map"));
        import.reader.as_at = map.and_then(|_| "2026-06-30".parse().ok());
        import.today = MadeUp::STANDS_AT;
        import
    }

    fn register(&self, made: &MadeUp, delta: bool) -> Result<Imported, Error> {
        let file = self.file("register.csv", |to| made.register(to, delta));
        Import { delta, ..self.import("register", &file, Some(MAP)) }.run(&mut |_, _, _| {})
    }

    fn engine(&self) -> Universe {
        Universe::at(self.universe())
    }

    fn screen(&self, plan: &Plan) -> Screened {
        now(self.engine().screen(plan, &Watch::default())).expect("screened")
    }

    fn all(&self) -> Vec<Company> {
        let mut all = Vec::new();
        let open = self.engine().open().expect("open");
        open.each(&mut |company| {
            all.push(company.clone());
            Ok(())
        })
        .expect("all");
        all
    }

    fn yardstick(&self, all: &[Company], plan: &Plan) -> Screened {
        let about = now(self.engine().about()).expect("about");
        screening::scan(all, about, plan, &Watch::default()).expect("scanned")
    }
}

fn now<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}

fn json(screened: &Screened) -> String {
    serde_json::to_string(screened).expect("JSON")
}

fn made(count: u64) -> MadeUp {
    MadeUp { seed: 7, count, ..MadeUp::default() }
}

fn plan(criteria: &str, top: usize) -> Plan {
    Plan::new(&Criteria::from_toml(criteria).expect("criteria"), &Context::default(), top).expect("a plan")
}

const TWELVE: &str = include_str!("../../bench/screen/twelve.toml");

#[test]
fn a_register_is_brought_in_and_screened_as_the_yardstick_screens_it() {
    let house = House::new();
    let imported = house.register(&made(3_000), false).expect("imported");
    assert_eq!((imported.counts.added, imported.counts.bad, imported.companies), (3_000, 0, 3_000));
    let all = house.all();
    assert_eq!(all.len(), 3_000);
    let plan = plan(TWELVE, 50);
    let screened = house.screen(&plan);
    assert_eq!(screened.top.len(), 50);
    assert_eq!(json(&screened), json(&house.yardstick(&all, &plan)));
    let first = &screened.top[0].company;
    assert_eq!(now(house.engine().company(&first.id)).expect("looked up").as_ref(), Some(first));
    for words in [first.name.as_str(), "co., ltd", &first.id, "m"] {
        let searched = now(house.engine().search(words, 5)).expect("searched");
        assert_eq!(searched, screening::search(all.iter(), words, 5), "{words}");
    }
}

/// Criteria of any kind as TOML.
fn any_criteria(steps: &[(usize, u32, u32, i64, i64, bool)], condition: usize, exclude: &[String]) -> String {
    let numbers: Vec<Measure> = Measure::held().filter(|m| !m.is_code()).collect();
    let mut text = format!("name = \"Any\"\nexclude = {exclude:?}\n");
    text.push_str(match condition {
        1 => "[[condition]]\nmeasure = \"status\"\none_of = [\"active\"]\n",
        2 => "[[condition]]\nmeasure = \"industry\"\none_of = [\"26\", \"2829\"]\nkeep_missing = true\n",
        3 => "[[condition]]\nmeasure = \"employees\"\nat_least = 40\nat_most = 9000\n",
        4 => "[[condition]]\nmeasure = \"country\"\nnone_of = [\"CN\", \"US\"]\n",
        _ => "",
    });
    for (at, (measure, kind, weight, from, over, leave)) in steps.iter().enumerate() {
        let missing = if *leave { "\"leave_out\"" } else { "{ points = 250000 }" };
        let least = (*from).max(1);
        let (measure, curve) = match (measure, kind) {
            (0, _) => ("country", "{ kind = \"codes\", points = { CN = 1000000, DE = 4 }, otherwise = 9 }".to_owned()),
            (1, _) => ("industry", "{ kind = \"codes\", points = { 26 = 1000000, 2610 = 500000 } }".to_owned()),
            (2, _) => ("listing", "{ kind = \"codes\", points = { none = 0 }, otherwise = 1000000 }".to_owned()),
            (n, 0) => (numbers[n - 3].name(), format!("{{ kind = \"threshold\", at = {from} }}")),
            (n, 1) => {
                let to = from + over;
                (
                    numbers[n - 3].name(),
                    format!("{{ kind = \"linear\", from = {from}, to = {to}, low = 900000, high = 7 }}"),
                )
            }
            (n, 2) => (numbers[n - 3].name(), format!("{{ kind = \"log\", from = {least}, to = {} }}", least + over)),
            (n, _) => {
                let rows = format!("{{ at = {from}, points = 3 }}, {{ at = {}, points = 1000000 }}", from + over);
                (numbers[n - 3].name(), format!("{{ kind = \"table\", rows = [{rows}], between = \"lines\" }}"))
            }
        };
        text.push_str(&format!(
            "[[criterion]]\nkey = \"k{at}\"\nfactor = \"jobs\"\nmeasure = \"{measure}\"\nweight = {weight}\nmissing = {missing}\ncurve = {curve}\n"
        ));
    }
    text
}

#[test]
fn every_engine_gives_the_yardsticks_bytes_for_criteria_of_all_kinds() {
    use proptest::prelude::*;
    let house = House::new();
    house.register(&MadeUp { round: 2, ..made(1_500) }, false).expect("imported");
    let all = house.all();
    let numbers = Measure::held().filter(|m| !m.is_code()).count();
    let step = (0..numbers + 3, 0u32..4, 1u32..40, -100i64..4_000, 2i64..200_000, any::<bool>());
    let cases = (proptest::collection::vec(step, 1..9), 0usize..60, 0usize..5, 0usize..5);
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let tried = runner.run(&cases, |(steps, top, condition, exclude)| {
        let excluded: Vec<String> =
            all.iter().step_by(97).take(exclude).map(|c| c.lei.as_ref().unwrap_or(&c.id).clone()).collect();
        let plan = plan(&any_criteria(&steps, condition, &excluded), top);
        let yardstick = json(&house.yardstick(&all, &plan));
        prop_assert_eq!(&json(&house.screen(&plan)), &yardstick);
        #[cfg(feature = "engine")]
        {
            let engine = universe::DataFusion::new(house.engine(), 512 << 20);
            let screened = now(engine.screen(&plan, &Watch::default())).expect("screened");
            prop_assert_eq!(&json(&screened), &yardstick);
        }
        Ok(())
    });
    tried.expect("the same bytes");
}

#[test]
fn companies_with_the_same_total_are_ranked_by_id() {
    let house = House::new();
    house.register(&made(2_000), false).expect("imported");
    let level = "name = \"Level\"\n[[criterion]]\nkey = \"k\"\nfactor = \"jobs\"\nmeasure = \"employees\"\nweight = 1\ncurve = { kind = \"threshold\", at = 1000000000 }\n";
    let plan = plan(level, 20);
    assert_eq!(house.screen(&plan), house.yardstick(&house.all(), &plan));
}

#[test]
fn an_update_changes_adds_and_ends_and_saying_it_twice_does_nothing() {
    let house = House::new();
    let first = made(2_000);
    house.register(&first, false).expect("imported");
    let again = house.register(&first, false).expect("imported again");
    assert_eq!((again.snapshot, again.counts.same, again.counts.added), (1, 2_000, 0));
    let next = MadeUp { round: 1, ..first.clone() };
    let updated = house.register(&next, true).expect("updated");
    assert_eq!((updated.snapshot, updated.counts.added), (2, 20));
    assert!(updated.counts.changed > 50 && updated.counts.ended > 0, "{:?}", updated.counts);
    let whole = house.all();
    let twice = house.register(&next, true).expect("updated again");
    assert_eq!((twice.snapshot, twice.counts.changed + twice.counts.added + twice.counts.ended), (2, 0));
    // An older file comes late.
    let late = house.register(&first, true).expect("late");
    assert_eq!(late.counts.stale, updated.counts.changed + updated.counts.ended);
    assert_eq!(house.all(), whole);
    // A fresh import of the whole gives the same companies.
    let other = House::new();
    other.register(&next, false).expect("imported");
    assert_eq!(other.all(), whole);
    // What a whole file leaves out has ended, and stays known.
    let half = house.file("half.csv", |to| MadeUp { count: 1_000, ..first }.register(to, false));
    let import = house.import("register", &half, Some(MAP));
    let refused = import.run(&mut |_, _, _| {}).expect_err("ends too much");
    assert!(matches!(refused, Error::EndsMany { ended: 900.., .. }), "{refused}");
    let named = Catalogue::read(&house.universe()).expect("a catalogue").sources[0].parts.len();
    let there = std::fs::read_dir(house.universe().join("data")).expect("data");
    let third = there.flatten().filter(|file| file.file_name().to_string_lossy().starts_with("000003")).count();
    assert_eq!((third, named), (0, 1), "nothing is left of what was refused");
    let fewer = Import { ends_many: true, ..import }.run(&mut |_, _, _| {}).expect("fewer");
    assert!(fewer.counts.ended > 900, "{:?}", fewer.counts);
    let catalogue = Catalogue::read(&house.universe()).expect("a catalogue");
    assert!(catalogue.active <= 1_000 && catalogue.companies == 2_020, "{catalogue:?}");
}

#[test]
fn an_update_needs_a_whole_file_first_and_a_file_of_changes_is_not_taken_for_the_whole() {
    let house = House::new();
    assert!(matches!(house.register(&made(10), true), Err(Error::NoSource(_))));
    let delta = house.file("delta.xml", |to| MadeUp { round: 1, ..made(300) }.lei_records(to, true));
    let taken = house.import("gleif", &delta, None).run(&mut |_, _, _| {});
    assert!(matches!(taken, Err(Error::Delta { .. })), "{taken:?}");
    let named = house.import("../gleif", &delta, None).run(&mut |_, _, _| {});
    assert!(matches!(named, Err(Error::SourceName(_))));
}

#[test]
fn one_company_of_two_sources_is_one_by_lei_and_by_number_with_the_newest_facts() {
    let house = House::new();
    let made = made(600);
    let lei = house.file("lei.xml", |to| made.lei_records(to, false));
    let mut import = house.import("gleif", &lei, None);
    import.files.push(house.file("rr.xml", |to| made.relations(to)));
    let gleif = import.run(&mut |_, _, _| {}).expect("LEI records");
    assert!(gleif.counts.added > 300 && gleif.counts.relations > 5, "{:?}", gleif.counts);
    let register = house.register(&made, false).expect("register");
    assert_eq!((register.counts.linked, register.companies), (gleif.counts.added, 600));
    let all = house.all();
    let child = all.iter().find(|c| c.parent.is_some()).expect("a child");
    let head = all.iter().find(|c| Some(&c.id) == child.parent.as_ref()).expect("its head");
    assert!(head.lei.is_some() && child.lei.is_some());
    assert_eq!(child.facts[&Measure::Employees].source, "register");
    // The register stands at a later day than the record of the LEI.
    assert_eq!(child.facts[&Measure::Country].source, "register");
    // An update of the LEI records reaches the companies that both tell of.
    let next = MadeUp { round: 1, ..made };
    let delta = house.file("delta.xml", |to| next.lei_records(to, true));
    let updated =
        Import { delta: true, ..house.import("gleif", &delta, None) }.run(&mut |_, _, _| {}).expect("updated");
    assert!(updated.counts.changed + updated.counts.ended > 5, "{:?}", updated.counts);
}

#[test]
fn an_analysts_row_is_linked_by_name_and_what_nobody_knows_stays_apart() {
    let house = House::new();
    let given = Given {
        name: "Altamar Hydrogen GmbH".to_owned(),
        country: "DE".to_owned(),
        isic: "2720".to_owned(),
        chain: "batteries.cells".to_owned(),
        ..Given::default()
    };
    let made = MadeUp { given: vec![given], ..made(800) };
    house.register(&made, false).expect("register");
    let one = made.one(0);
    let map = "[columns]\nkey = \"Row\"\nname = \"Company\"\nwebsite = \"Web\"\ntelephone = \"Phone\"\n[facts]\ncountry = { column = \"Home\" }\npatents = { column = \"Patents\" }";
    let sheet = |name: &str, patents: u32| {
        house.file(name, |to| {
            writeln!(
                to,
                "Row,Company,Home,Web,Phone,Patents\nA1,Altamar Hydrogen,DE,{},{},{patents}\nA2,Nobody At All Ventures,FR,,,5",
                one.website, one.telephone
            )
        })
    };
    let mut import = house.import("analysts", &sheet("one.csv", 77), Some(map));
    import.reader.as_at = "2026-11-01".parse().ok();
    let imported = import.run(&mut |_, _, _| {}).expect("imported");
    assert_eq!((imported.counts.added, imported.counts.matched, imported.companies), (2, 1, 801), "{imported:?}");
    let all = house.all();
    let altamar = all.iter().find(|c| c.name == "Altamar Hydrogen GmbH").expect("linked");
    assert_eq!(altamar.facts[&Measure::Patents].source, "analysts");
    assert!(altamar.other_names.iter().any(|name| name.text == "Altamar Hydrogen"));
    // The link stays when the source is brought in again.
    import.files = vec![sheet("two.csv", 78)];
    let again = import.run(&mut |_, _, _| {}).expect("imported");
    assert_eq!((again.counts.changed, again.companies), (1, 801));
    let known = house.all();
    assert!(known.iter().any(|c| c.number(Measure::Patents) == Some(78) && c.facts.contains_key(&Measure::Industry)));
}

#[test]
fn who_reads_an_earlier_state_goes_on_reading_it_until_it_is_swept() {
    let house = House::new();
    let first = made(500);
    house.register(&first, false).expect("imported");
    let engine = house.engine();
    let open = engine.open().expect("open");
    house.register(&MadeUp { round: 1, ..first }, true).expect("updated");
    assert_eq!(open.search("a", 1).expect("still there").len(), 1);
    assert_eq!(open.about().snapshot, "1");
    assert_eq!(now(engine.about()).expect("about").snapshot, "2");
    assert_eq!(sweep(&house.universe(), 3_600).expect("swept").files, 0);
    assert!(sweep(&house.universe(), 0).expect("swept").files >= 2);
    assert_eq!(house.all().len(), 505);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let house = House::new();
    let file = house.file("register.csv", |to| made(300).register(to, false));
    let dry = Import { dry_run: true, ..house.import("register", &file, Some(MAP)) };
    assert_eq!(dry.run(&mut |_, _, _| {}).expect("said").counts.added, 300);
    assert!(!house.universe().exists(), "not a folder");
    // Over a state that stands, with rows to be told of.
    house.register(&made(300), false).expect("imported");
    let listed = |house: &House| {
        let mut names: Vec<_> =
            std::fs::read_dir(house.universe()).expect("read").flatten().map(|f| f.path()).collect();
        names.sort();
        names
    };
    let before = listed(&house);
    let text = std::fs::read_to_string(&file).expect("read").replacen(",live,", ",asleep,", 1);
    let spoilt = house.file("spoilt.csv", |to| to.write_all(text.as_bytes()));
    let tried = Import { dry_run: true, ..house.import("register", &spoilt, Some(MAP)) }.run(&mut |_, _, _| {});
    let tried = tried.expect("said");
    assert_eq!((tried.mended, &tried.problems, tried.mend.len()), (1, &None, 0));
    assert!(tried.first_problems[0].contains("“asleep” is none of the codes"), "{:?}", tried.first_problems);
    assert_eq!(listed(&house), before);
    std::fs::remove_dir_all(house.universe()).expect("removed");
    assert!(matches!(Catalogue::read(&house.universe()), Err(Error::None { .. })));
    assert_eq!(now(house.engine().about()).expect("about").companies, 0);
    let nothing = now(house.engine().screen(&plan(TWELVE, 5), &Watch::default()));
    assert!(matches!(nothing, Err(screening::Error::Empty)));
}

#[test]
fn a_screening_that_is_told_to_stop_stops() {
    let house = House::new();
    house.register(&made(300), false).expect("imported");
    let watch = Watch::default();
    watch.stop();
    let stopped = now(house.engine().screen(&plan(TWELVE, 5), &watch));
    assert!(matches!(stopped, Err(screening::Error::Cancelled)));
}

#[test]
fn a_whole_file_that_is_empty_old_or_of_a_day_to_come_ends_nothing() {
    let house = House::new();
    let made = made(300);
    let rounds = MadeUp { round: 1, ..made.clone() };
    let lei = house.file("lei.xml", |to| rounds.lei_records(to, false));
    let gleif = house.import("gleif", &lei, None);
    gleif.run(&mut |_, _, _| {}).expect("imported");
    house.register(&made, false).expect("imported");
    let before = Catalogue::read(&house.universe()).expect("a catalogue");
    let text = std::fs::read_to_string(&lei).expect("read");
    let of_june = house.file("june.xml", |to| to.write_all(text.replace("2026-11-20T", "2026-06-30T").as_bytes()));
    let told = |import: Import| import.run(&mut |_, _, _| {}).expect_err("refused");
    let older = told(house.import("gleif", &of_june, None));
    assert!(matches!(older, Error::Older { .. }), "{older}");
    let header = house.file("header.csv", |to| {
        let register = std::fs::read_to_string(house.folder.path().join("register.csv"))?;
        writeln!(to, "{}", register.lines().next().unwrap_or_default())
    });
    assert!(matches!(told(house.import("register", &header, Some(MAP))), Error::Empty));
    assert!(matches!(told(house.import("newcomer", &header, Some(MAP))), Error::Empty));
    let mut tomorrow = house.import("register", &house.folder.path().join("register.csv"), Some(MAP));
    tomorrow.reader.as_at = "2099-01-01".parse().ok();
    assert!(matches!(told(tomorrow), Error::Future { .. }));
    let count = text.replace("<lei:ContentDate>", "<lei:RecordCount>99</lei:RecordCount><lei:ContentDate>");
    let counted = house.file("count.xml", |to| to.write_all(count.as_bytes()));
    let miscounted = told(house.import("gleif", &counted, None)).to_string();
    assert!(miscounted.contains("RecordCount says 99 records, and there are"), "{miscounted}");
    assert_eq!(Catalogue::read(&house.universe()).expect("a catalogue"), before);
}

#[test]
fn rows_with_one_key_are_told_and_the_last_of_them_counts() {
    let house = House::new();
    let map = "[columns]\nkey = \"No\"\nname = \"Name\"\n";
    let sheet = house.file("twice.csv", |to| writeln!(to, "No,Name\nA1,Alpha Works\nA2,Beta Works\nA1,Gamma Works"));
    let imported = house.import("sheet", &sheet, Some(map)).run(&mut |_, _, _| {}).expect("imported");
    assert_eq!((imported.companies, imported.counts.bad), (2, 1));
    let problems = std::fs::read_to_string(imported.problems.expect("a list")).expect("read");
    assert!(problems.contains("twice.csv,2,A1,key,\"the same key stands again in row 4"), "{problems}");
    assert!(house.all().iter().any(|company| company.name == "Gamma Works"));
    let all_one = house.file("one.csv", |to| {
        writeln!(to, "No,Name")?;
        (0..40).try_for_each(|n| writeln!(to, "A1,Works {n}"))
    });
    let refused = house.import("other", &all_one, Some(map)).run(&mut |_, _, _| {});
    assert!(matches!(refused, Err(Error::TooBad { bad: 39, read: 40, .. })), "{refused:?}");
}

#[test]
fn a_row_counts_once_however_much_is_wrong_with_it() {
    let house = House::new();
    let map = "[columns]\nkey = \"No\"\nname = \"Name\"\n";
    let sheet = house.file("bad.csv", |to| {
        writeln!(to, "No,Name,City")?;
        (0..20).try_for_each(|n| writeln!(to, "A{n},Works {n},Wien"))?;
        (0..40).try_for_each(|_| writeln!(to, ",,Wien"))
    });
    let refused = house.import("sheet", &sheet, Some(map)).run(&mut |_, _, _| {});
    assert!(matches!(refused, Err(Error::TooBad { bad: 40, read: 60, .. })), "{refused:?}");
}

#[test]
fn figures_are_read_rightly_or_refused() {
    let house = House::new();
    let map = "[columns]\nkey = \"No\"\nname = \"Name\"\n[facts]\nrd_intensity = { column = \"RD\", unit = \"share\" }\nfounded = { column = \"Since\", days = \"DD/MM/YYYY\" }\nrevenue = { column = \"Sales\", currency = \"USD\" }\n";
    let sheet = house.file("facts.csv", |to| {
        writeln!(
            to,
            "No,Name,RD,Since,Sales\nA1,Alpha Works,4.5%,31/12/2000,5000\nA2,Beta Works,0.045,31/31/2000,-5\nA3,Gamma Works,,13/13/1313,\nA4,Delta Works,,2031,\nA5,Epsilon Works,,est. 1987,"
        )
    });
    let imported = house.import("sheet", &sheet, Some(map)).run(&mut |_, _, _| {}).expect("imported");
    let all = house.all();
    let of = |name: &str, measure| all.iter().find(|c| c.name == name).and_then(|c| c.number(measure));
    assert_eq!(of("Alpha Works", Measure::RdIntensity), Some(450));
    assert_eq!(of("Beta Works", Measure::RdIntensity), Some(450));
    assert_eq!((of("Alpha Works", Measure::Founded), of("Epsilon Works", Measure::Founded)), (Some(2000), Some(1987)));
    assert_eq!((of("Beta Works", Measure::Founded), of("Beta Works", Measure::Revenue)), (None, None));
    assert_eq!((of("Gamma Works", Measure::Founded), of("Delta Works", Measure::Founded)), (None, None));
    let problems = std::fs::read_to_string(imported.problems.expect("a list")).expect("read");
    assert!(problems.contains("facts.csv,3,A2,Since,\"“31/31/2000” is no year"), "{problems}");
    assert!(problems.contains("facts.csv,3,A2,Sales,“-5” is less than there can be"), "{problems}");
    assert_eq!(imported.mended, 3);
}

#[test]
fn a_search_finds_names_in_either_script_and_width() {
    let house = House::new();
    let map = "[columns]\nkey = \"No\"\nname = \"Name\"\n";
    let sheet = house.file("names.csv", |to| {
        writeln!(to, "No,Name\nA1,上海華云科技有限公司\nA2,Hong Kong ＡＩ Works\nA3,Müller AG\nA4,Elsewhere Ltd")
    });
    house.import("sheet", &sheet, Some(map)).run(&mut |_, _, _| {}).expect("imported");
    let all = house.all();
    for (words, name) in [
        ("华云", "上海華云科技有限公司"),
        ("華雲", ""),
        ("ai works", "Hong Kong ＡＩ Works"),
        ("ＡＩ", "Hong Kong ＡＩ Works"),
        ("MULLER", "Müller AG"),
    ] {
        let found = now(house.engine().search(words, 5)).expect("searched");
        assert_eq!(found, screening::search(all.iter(), words, 5), "{words}");
        if !name.is_empty() {
            assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [name], "{words}");
        }
    }
}
