//! A universe brought in, updated, told and swept by command; it needs no installation.

use crate::place::{Place, text};

const MAP: &str = "register = \"RA000388\"\n[columns]\nkey = \"No\"\nnumber = \"No\"\nname = \"Name\"\nchanged = \"Updated\"\n[facts]\ncountry = { value = \"HK\" }\nstatus = { column = \"State\", codes = { live = \"active\", gone = \"ended\" } }\nemployees = { column = \"Staff\" }\n";

#[test]
fn a_register_is_brought_in_updated_and_told() {
    let place = Place::sqlite();
    let map = place.file("map.toml", MAP);
    let whole = place.file(
        "whole.csv",
        "No,Name,State,Staff,Updated\n1,Lanyue Batteries,live,40,2026-01-05\n2,Altamar Hydrogen,live,many,2026-01-05\n3,,live,3,2026-01-05\n",
    );
    let bring = |verb: &str, file: &std::path::Path, more: &[&str]| {
        let mut words = vec!["universe", verb, "hk-register", text(file), "--map", text(&map), "--as-at", "2026-06-30"];
        words.extend(more);
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let done = |words: Vec<String>| place.done(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let said = done(bring("import", &whole, &["--dry-run"]));
    assert!(said.contains("Nothing was changed."), "{said}");
    let none = place.refused(&["universe", "status"]);
    assert!(none.contains("holds no universe"), "{none}");
    let said =
        done(bring("import", &whole, &["--licence", "Open", "--title", "Register", "--url", "https://r.example"]));
    for line in [
        "added                                   2",
        "not usable                              1",
        "2 companies, state 1",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let problems = std::fs::read_to_string(place.path().join("var/universe/problems-hk-register.csv")).unwrap();
    assert_eq!(
        problems,
        "file,row,key,field,reason,kept\nwhole.csv,3,2,Staff,“many” is no figure,yes\nwhole.csv,4,3,Name,is empty or too long,no\n"
    );

    let changes = place.file(
        "changes.csv",
        "No,Name,State,Staff,Updated\n1,Lanyue Batteries,gone,40,2026-03-01\n4,Hetu Chips,live,9,2026-03-01\n",
    );
    let json = |words: Vec<String>| place.json(&words.iter().map(String::as_str).collect::<Vec<_>>());
    for (state, added, ended) in [(2, 1, 1), (2, 0, 0)] {
        let updated = json(bring("update", &changes, &["--format", "json"]));
        assert_eq!(
            (&updated["snapshot"], &updated["added"], &updated["ended"]),
            (&state.into(), &added.into(), &ended.into())
        );
    }
    let status = place.json(&["universe", "status", "--format", "json"]);
    assert_eq!((&status["companies"], &status["active"]), (&3.into(), &2.into()));
    let source = &status["sources"][0];
    assert_eq!(
        (&source["name"], &source["licence"], &source["as_at"]),
        (&"hk-register".into(), &"Open".into(), &"2026-06-30".into())
    );
    assert_eq!(source["updates"].as_array().map(Vec::len), Some(3));
    let said = place.done(&["universe", "status"]);
    assert!(said.starts_with("State 2: 3 companies, 2 of them active"), "{said}");
    assert!(place.done(&["universe", "sweep", "--older", "0"]).starts_with("2 files removed"));
    assert_eq!(place.json(&["universe", "status", "--format", "json"]), status);
    // A whole file that leaves out most of what is held has to be meant.
    let fewer = place.file("fewer.csv", "No,Name,State,Staff,Updated\n2,Altamar Hydrogen,live,,2026-01-05\n");
    let words = bring("import", &fewer, &[]);
    let said = place.refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("--ends-many"), "{said}");
    assert_eq!(place.json(&["universe", "status", "--format", "json"]), status);
    let said = done(bring("import", &fewer, &["--ends-many", "--dry-run"]));
    assert!(said.contains("ended                                   1"), "{said}");
    let said = place.refused(&["universe", "import", "hk-register", text(&whole)]);
    assert!(said.contains("--map FILE"), "{said}");
    assert_eq!(place.json(&["universe", "status", "--format", "json"]), status);
}
