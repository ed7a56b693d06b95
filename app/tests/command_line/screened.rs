//! A register brought in, and ranked from the command line, without an installation.

use super::place::{Place, text, words};

const MAP: &str = "register = \"RA999998\"\n[columns]\nkey = \"Number\"\nnumber = \"Number\"\nname = \"Name\"\n\
    [facts]\ncountry = { column = \"Country\" }\nemployees = { column = \"Staff\" }\nchain = { column = \"Chain\" }\n";

const REGISTER: &str = "Number,Name,Country,Staff,Chain\n1,\"Harbour, Robotics\",JP,900,robots\n\
    2,=Lantern Optics,FR,5000,\n3,Quiet Cells,DE,,cells\n";

const CRITERIA: &str = "name = \"Size\"\n[[criterion]]\nkey = \"size\"\nfactor = \"jobs\"\nmeasure = \"employees\"\nweight = 3\n\
    curve = { kind = \"linear\", from = 0, to = 1000 }\n[[criterion]]\nkey = \"near\"\nfactor = \"ecosystem\"\n\
    measure = \"chain_distance\"\nweight = 9\ncurve = { kind = \"linear\", from = 0, to = 4, low = 1000000, high = 0 }\n";

#[test]
fn companies_are_ranked_from_files_alone() {
    let place = Place::sqlite();
    let (map, register) = (place.file("map.toml", MAP), place.file("register.csv", REGISTER));
    let size_alone = CRITERIA.rsplit_once("[[criterion]]").unwrap().0;
    let criteria = place.file("criteria.toml", size_alone);
    let universe = place.path().join("companies");
    let out = place.path().join("ranked.csv");
    let screen = |more: &[&str]| {
        let mut all = vec!["screen", text(&criteria), "--universe", text(&universe), "--out", text(&out)];
        all.extend(more);
        place.run(&all)
    };
    let none = screen(&[]);
    assert!(!none.status.success() && !out.exists(), "{}", words(&none.stderr));
    assert!(words(&none.stderr).contains("no universe has been brought in yet"), "{}", words(&none.stderr));
    let import = ["universe", "import", "register", text(&register), "--map", text(&map), "--as-at", "2026-06-30"];
    place.done(&[&import[..], &["--universe", text(&universe)]].concat());
    let done = screen(&["--top", "2"]);
    assert!(done.status.success(), "{}", words(&done.stderr));
    assert!(words(&done.stdout).contains("3 of 3 companies met the conditions; 2 ranked"), "{}", words(&done.stdout));
    let ranked = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<&str> = ranked.lines().collect();
    assert_eq!(lines.len(), 3, "{ranked}");
    assert!(lines[0].starts_with("rank,id,lei,name,country,share,total,best_rank,worst_rank,size.points"), "{ranked}");
    assert!(
        lines[1].contains(",'=Lantern Optics,FR,") && lines[1].contains("1000000,3000000,5000,2026-06-30,register"),
        "{ranked}"
    );
    assert!(lines[2].contains("\"Harbour, Robotics\""), "{ranked}");

    let strange = place.file("strange.txt", "NOBODY\n");
    let refused = screen(&["--exclude", text(&strange)]);
    assert!(words(&refused.stderr).contains("has the id or LEI “NOBODY”"), "{}", words(&refused.stderr));
    let inside =
        place.run(&["screen", text(&criteria), "--universe", text(&universe), "--out", text(&universe.join("x"))]);
    assert!(words(&inside.stderr).contains("lies in the universe"), "{}", words(&inside.stderr));
    // What is worked out from the value chains needs them.
    place.file("criteria.toml", CRITERIA);
    let refused = screen(&["--top", "2"]);
    assert!(words(&refused.stderr).contains("chain_distance"), "{}", words(&refused.stderr));
    let chains = place.file("chains.toml", "[chain_distance]\ncells = 1\nrobots = 4\n");
    let exclude = place.file("exclude.txt", lines[1].split(',').nth(1).unwrap());
    let done = screen(&["--chains", text(&chains), "--exclude", text(&exclude), "--format", "json"]);
    assert!(done.status.success(), "{}", words(&done.stderr));
    let ranked: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let names: Vec<&str> =
        ranked["top"].as_array().unwrap().iter().map(|one| one["company"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Quiet Cells", "Harbour, Robotics"]);
    assert_eq!(ranked["top"][0]["reasons"][1]["value"], 1);
}

#[test]
fn criteria_that_cannot_be_reckoned_with_are_refused_line_by_line() {
    let place = Place::sqlite();
    let wrong = CRITERIA.replace("to = 1000", "to = 0").replace("weight = 9", "weight = 9000");
    let criteria = place.file("criteria.toml", &wrong);
    let refused = place.run(&["screen", text(&criteria), "--out", text(&place.path().join("out.csv"))]);
    let said = words(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        said.contains("criterion[0].curve.to must lie above") && said.contains("criterion[1].weight is above"),
        "{said}"
    );
    let refused = place.run(&["screen", text(&criteria), "--out", text(&criteria)]);
    assert!(words(&refused.stderr).contains("would be written over"), "{}", words(&refused.stderr));
    assert_eq!(std::fs::read_to_string(&criteria).unwrap(), wrong);
    // What names no company would leave none out.
    let strange = place.file("strange.toml", &format!("exclude = [\"nonsense\"]\n{CRITERIA}"));
    let refused = place.run(&["screen", text(&strange), "--out", text(&place.path().join("out.csv"))]);
    assert!(words(&refused.stderr).contains("“nonsense” is neither an id"), "{}", words(&refused.stderr));
    let refused = place.run(&["screen", "none.toml", "--out", "x"]);
    assert!(words(&refused.stderr).contains("none.toml"), "{}", words(&refused.stderr));
}
