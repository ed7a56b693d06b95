//! What a source says that is void, of a day to come, out of reason or superseded.

use std::path::PathBuf;

use screening::{Context, Criteria, Engine, Measure, Plan, Screened, Value, Watch};
use universe::made_up::{MadeUp, lei};
use universe::{Catalogue, Error, Import, Imported, Map, Universe};

struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn import(&self, source: &str, name: &str, text: &str, map: Option<&str>) -> Import {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        let mut import = Import::new(self.folder.path().join("universe"), source, vec![path]);
        import.reader.map = map.map(|map| Map::parse(map).expect("a map"));
        import.reader.as_at = map.and_then(|_| "2026-06-30".parse().ok());
        import.today = MadeUp::STANDS_AT;
        import
    }

    fn bring(&self, source: &str, name: &str, text: &str, map: Option<&str>) -> Result<Imported, Error> {
        self.import(source, name, text, map).run(&mut |_, _, _| {})
    }

    fn engine(&self) -> Universe {
        Universe::at(self.folder.path().join("universe"))
    }

    fn named(&self, name: &str) -> Option<screening::Company> {
        now(self.engine().search(name, 9)).expect("searched").into_iter().find(|one| one.name == name)
    }

    fn beside(&self, file: &str) -> PathBuf {
        self.folder.path().join("universe").join(file)
    }

    fn screen(&self, criteria: &str) -> Screened {
        let criteria = Criteria::from_toml(criteria).expect("criteria");
        let plan = Plan::new(&criteria, &Context::default(), 50).expect("a plan");
        now(self.engine().screen(&plan, &Watch::default())).expect("screened")
    }
}

fn now<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}

fn number(n: u64) -> String {
    lei(&format!("MADE00{n:012}"))
}

const LEVEL1: &str = "LEI,Entity.LegalName,Entity.EntityCategory,Entity.EntityStatus,Entity.EntityCreationDate,\
                      Registration.LastUpdateDate,Registration.RegistrationStatus\n";
const LEVEL2: &str = "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,\
                      Relationship.RelationshipStatus,Registration.RegistrationStatus\n";

fn records(rows: &[(u64, &str, &str, &str)]) -> String {
    let row = |(n, name, category, registration): &(u64, &str, &str, &str)| {
        format!("{},{name},{category},ACTIVE,,2026-01-05,{registration}\n", number(*n))
    };
    LEVEL1.to_owned() + &rows.iter().map(row).collect::<String>()
}

#[test]
fn what_was_annulled_or_never_stood_is_not_taken() {
    let all = [(1, "Head", "GENERAL", "ISSUED"), (2, "One", "GENERAL", "LAPSED"), (3, "Two", "GENERAL", "ISSUED")];
    for (status, registration, stands) in [
        ("ACTIVE", "PUBLISHED", true),
        ("ACTIVE", "PENDING_VALIDATION", true),
        ("NULL", "PUBLISHED", false),
        ("NULL", "ANNULLED", false),
        ("ACTIVE", "ANNULLED", false),
        ("ACTIVE", "DUPLICATE", false),
        ("ACTIVE", "ERRONEOUS", false),
        ("INACTIVE", "PUBLISHED", false),
    ] {
        let csv = format!(
            "{LEVEL2}{},{},IS_ULTIMATELY_CONSOLIDATED_BY,{status},{registration}\n{},{},IS_ULTIMATELY_CONSOLIDATED_BY,ACTIVE,PUBLISHED\n",
            number(2),
            number(1),
            number(3),
            number(1)
        );
        let node = |which: &str, n| format!("<r:{which}><r:NodeID>{}</r:NodeID></r:{which}>", number(n));
        let one = |child, status: &str, registration: &str| {
            format!(
                "<r:RelationshipRecord><r:Relationship>{}{}<r:RelationshipType>IS_ULTIMATELY_CONSOLIDATED_BY</r:RelationshipType>\
                 <r:RelationshipStatus>{status}</r:RelationshipStatus></r:Relationship><r:Registration><r:RegistrationStatus>\
                 {registration}</r:RegistrationStatus></r:Registration></r:RelationshipRecord>",
                node("StartNode", child),
                node("EndNode", 1)
            )
        };
        let xml = format!(
            "<r:RelationshipData xmlns:r=\"r\"><r:Header/><r:RelationshipRecords>{}{}</r:RelationshipRecords></r:RelationshipData>",
            one(2, status, registration),
            one(3, "ACTIVE", "PUBLISHED")
        );
        for (name, text) in [("two.csv", csv), ("two.xml", xml)] {
            let house = House::new();
            house.bring("gleif", "one.csv", &records(&all), None).expect("records");
            house.bring("gleif", name, &text, None).expect("relations");
            let parent = |name: &str| house.named(name).expect("there").parent;
            assert_eq!(parent("One").is_some(), stands, "{name}: {status} {registration}");
            assert!(parent("Two").is_some(), "{name}");
        }
    }
    let house = House::new();
    let twice = [all[0], (2, "One", "GENERAL", "DUPLICATE"), (3, "Two", "GENERAL", "ERRONEOUS")];
    house.bring("gleif", "one.csv", &records(&twice), None).expect("records");
    assert!(house.named("Head").is_some() && house.named("One").is_none() && house.named("Two").is_none());
    // One that was held ends, and stays known by its name.
    house.bring("gleif", "one.csv", &records(&all), None).expect("records");
    let mut update = house.import("gleif", "delta.csv", &records(&[(2, "One", "GENERAL", "ANNULLED")]), None);
    update.delta = true;
    update.run(&mut |_, _, _| {}).expect("an update");
    assert_eq!(house.named("One").expect("there").code(Measure::Status), Some("ended"));
}

const MAP_OF_A_REGISTER: &str = "days = \"DD/MM/YYYY\"\n[columns]\nkey = \"No\"\nname = \"Name\"\n[facts]\n\
     founded = { column = \"Founded\" }\nemployees = { column = \"Staff\", as_at = \"Year end\" }\n";

#[test]
fn a_fact_of_a_day_to_come_or_out_of_reason_is_left_out_and_told() {
    let house = House::new();
    let text = "No,Name,Founded,Staff,Year end\n1,Tomorrow,1066,70,31/12/2030\n2,Yesterday,1999,80,31/12/2025\n";
    let imported = house.bring("register", "register.csv", text, Some(MAP_OF_A_REGISTER)).expect("taken");
    assert_eq!((imported.counts.added, imported.mended, imported.counts.bad), (2, 1, 0));
    let facts = house.named("Tomorrow").expect("there").facts;
    assert!(!facts.contains_key(&Measure::Employees) && !facts.contains_key(&Measure::Founded), "{facts:?}");
    assert_eq!(house.named("Yesterday").expect("there").number(Measure::Employees), Some(80));
    let list = std::fs::read_to_string(imported.problems.expect("a list")).expect("read");
    assert!(list.contains("Year end,“31/12/2030” is a day to come,yes"), "{list}");
    assert!(list.contains("Founded,“1066” lies before 1600,yes"), "{list}");
    // Of GLEIF's records the day is not believed, and what they say stands as of today.
    let text = format!("{LEVEL1}{},Late,GENERAL,ACTIVE,0999-01-01,2031-01-01,ISSUED\n", number(9));
    let text = text.replace("0999", "1500");
    let imported = house.bring("gleif", "one.csv", &text, None).expect("taken");
    assert_eq!(imported.mended, 1);
    let late = house.named("Late").expect("there");
    assert_eq!(late.facts[&Measure::Status].as_at, MadeUp::STANDS_AT.date());
    assert!(!late.facts.contains_key(&Measure::Founded));
}

const BY_STATUS: &str = "name = \"Any\"\n[[condition]]\nmeasure = \"category\"\nnone_of = [\"fund\", \"branch\"]\n\
     keep_missing = true\n[[criterion]]\nkey = \"s\"\nfactor = \"jobs\"\nmeasure = \"status\"\nweight = 1\n\
     curve = { kind = \"codes\", points = { active = 1000000 } }\n";

#[test]
fn funds_and_branches_can_be_left_out_and_an_older_universe_is_read_on() {
    let house = House::new();
    let all = [(1, "Works", "GENERAL", "ISSUED"), (2, "Big Fund", "FUND", "ISSUED"), (3, "Arm", "BRANCH", "ISSUED")];
    house.bring("gleif", "one.csv", &records(&all), None).expect("records");
    let category = |name: &str| house.named(name).expect("there").facts[&Measure::Category].value.clone();
    assert_eq!(category("Big Fund"), Value::Code("fund".to_owned()));
    let names = |found: Screened| found.top.into_iter().map(|one| one.company.name).collect::<Vec<_>>();
    assert_eq!(names(house.screen(BY_STATUS)), ["Works"]);
    let catalogue = house.beside("catalogue.json");
    let text = std::fs::read_to_string(&catalogue).expect("read");
    std::fs::write(&catalogue, text.replacen("\"format\": 2", "\"format\": 1", 1)).expect("written");
    assert_eq!(names(house.screen(BY_STATUS)), ["Works"]);
    let map = "[columns]\nkey = \"No\"\nname = \"Name\"\n";
    house.bring("other", "other.csv", "No,Name\n1,Elsewhere\n", Some(map)).expect("taken");
    let catalogue = Catalogue::read(&house.folder.path().join("universe")).expect("a catalogue");
    assert_eq!((catalogue.format, catalogue.companies), (universe::FORMAT, 4));
}

#[test]
fn a_row_that_stands_again_is_not_among_those_to_mend() {
    let house = House::new();
    let text =
        "No,Name,Founded,Staff,Year end\n1,First,x,70,31/12/2025\n2,Lone,y,7,31/12/2025\n1,Again,1999,80,31/12/2025\n";
    let imported = house.bring("register", "register.csv", text, Some(MAP_OF_A_REGISTER)).expect("taken");
    let [mend] = &imported.mend[..] else { panic!("{:?}", imported.mend) };
    let rows = std::fs::read_to_string(mend).expect("read");
    assert!(rows.starts_with("\u{FEFF}No,Name,") && rows.contains("Lone") && !rows.contains("First"), "{rows}");
    let mended = rows.replace(",y,", ",1987,");
    let mut update = house.import("register", "mended.csv", &mended, Some(MAP_OF_A_REGISTER));
    update.delta = true;
    update.run(&mut |_, _, _| {}).expect("an update");
    assert_eq!(house.named("Lone").expect("there").number(Measure::Founded), Some(1987));
    assert!(house.named("Again").is_some() && house.named("First").is_none());
    // Where every row to mend is superseded there is no file.
    let text = "No,Name,Founded,Staff,Year end\n1,First,x,70,31/12/2025\n1,Again,1998,80,31/12/2025\n2,Lone,1987,7,31/12/2025\n";
    let imported = house.bring("register", "register.csv", text, Some(MAP_OF_A_REGISTER)).expect("taken");
    assert!(imported.mend.is_empty(), "{:?}", imported.mend);
}

#[test]
fn a_refused_import_keeps_the_list_of_the_one_that_was_taken() {
    let house = House::new();
    let rows: String = (0..30).map(|n| format!("{n},Company {n},1999,{n},31/12/2025\n")).collect();
    let header = "No,Name,Founded,Staff,Year end\n";
    let first = format!("{header}{rows}99,Odd,x,1,31/12/2025\n");
    let imported = house.bring("register", "register.csv", &first, Some(MAP_OF_A_REGISTER)).expect("taken");
    let list = imported.problems.expect("a list");
    let held = std::fs::read_to_string(&list).expect("read");
    for few in ["1,Company 1,1999,1,31/12/2025\n", "1,Company 1,z,1,31/12/2025\n"] {
        let refused = house.bring("register", "few.csv", &format!("{header}{few}"), Some(MAP_OF_A_REGISTER));
        assert!(refused.is_err(), "it ends nearly all");
        assert_eq!(std::fs::read_to_string(&list).ok().as_ref(), Some(&held), "{few}");
    }
    let imported = house.bring(
        "register",
        "all.csv",
        &format!("{header}{rows}99,Odd,1990,1,31/12/2025\n"),
        Some(MAP_OF_A_REGISTER),
    );
    assert_eq!(imported.expect("taken").problems, None);
    assert!(!list.exists(), "what was wrong is mended");
}
