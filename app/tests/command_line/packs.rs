//! Another country is another pack, not another program.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::place::{Place, metric, text, words};

const NORTHLAND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pack");

#[test]
fn another_countrys_office_runs_from_a_folder() {
    for place in Place::both() {
        let said = place.done(&["load", "--office", "reference", "--pack", NORTHLAND]);
        assert!(said.contains("partners.csv: 2 created, 0 refused"), "{said}");
        // Lists: its own industries, and nobody else's.
        let table = place.json(&["crosstab", "--rows", "industry", "--measure", "partners_signed", "--format", "json"]);
        let shown = table.to_string();
        assert!(shown.contains("Deep-sea fishing") && shown.contains("Geothermal energy"), "{shown}");
        assert!(!shown.contains("fintech") && !shown.contains("Financial"), "{shown}");
        let file = place.file("more.csv", "name_en,reporting_origin\nHome Works,Southland\nFar Works,Mainland\n");
        let refused = place.run(&["import", "enterprises", text(&file)]);
        assert!(words(&refused.stderr).contains("row 3: reporting_origin"), "{}", words(&refused.stderr));
        // Money: a currency without a smaller coin, in the pack's own.
        let projects = place.json(&["export", "projects", "--format", "json"]);
        let reference = projects[0]["reference"].as_str().unwrap();
        let head = "project,measure,kind,amount,unit,effective_on,evidence\n";
        let rows = format!(
            "{reference},investment,pledged,42000000,,2025-05-05,a letter\n{reference},investment,pledged,0.5,,2025-05-05,a letter\n"
        );
        let ledger = place.file("ledger.csv", &format!("{head}{rows}"));
        let refused = place.run(&["import", "ledger", text(&ledger)]);
        assert!(words(&refused.stderr).contains("row 3: amount"), "{}", words(&refused.stderr));
        let figures = place.json(&["figures", "--format", "json"]);
        let pledged = metric(&figures, "investment_pledged");
        assert_eq!((&pledged["value"], &pledged["unit"]), (&42_000_000.into(), &"ISK".into()));
        let shown = place.done(&["figures"]);
        assert!(shown.contains("42,000,000  ISK") && !shown.contains("HK"), "{shown}");
        // Days: the office's day begins half a day before Hong Kong's does.
        let day = Command::new("date").env("TZ", "Pacific/Auckland").arg("+%F").output().unwrap();
        assert_eq!(figures["as_at"], words(&day.stdout).trim());
        let zone = "SELECT COUNT(*) FROM settings WHERE (name = 'time-zone' AND value = 'Pacific/Auckland')
                    OR (name = 'office-body' AND value = 'landing-office') OR (name = 'rest-days' AND value = 'friday')";
        assert_eq!(place.number(zone), 3);
        let holidays = "SELECT COUNT(*) FROM holidays WHERE day <> '2026-06-21'";
        assert_eq!(place.number(holidays), 0);
        place.consistent();
    }
}

/// The pack with one file changed.
fn changed(place: &Place, name: &str, change: impl Fn(&str) -> Option<String>) -> PathBuf {
    let folder = place.path().join("pack");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    for file in std::fs::read_dir(NORTHLAND).unwrap() {
        let from = file.unwrap().path();
        let to = folder.join(from.file_name().unwrap());
        if to.ends_with(name) {
            if let Some(text) = change(&std::fs::read_to_string(&from).unwrap()) {
                std::fs::write(&to, text).unwrap();
            }
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
    folder
}

#[test]
fn a_pack_that_does_not_fit_is_refused_by_file_row_and_field_and_nothing_is_written() {
    let place = Place::sqlite();
    let refused = |folder: &Path| place.refused(&["load", "--office", "reference", "--pack", text(folder)]);
    let slips: [(&str, &str, &str, &[&str]); 14] = [
        ("pack.toml", "Pacific/Auckland", "Pacific/Nowhere", &["pack.toml", "time_zone", "Pacific/Nowhere"]),
        ("pack.toml", "ISK", "krone", &["pack.toml", "currency", "krone"]),
        ("pack.toml", "friday", "freeday", &["pack.toml", "rest_days", "freeday"]),
        ("pack.toml", "\"landing-office\"", "\"oases\"", &["pack.toml", "office.body", "oases"]),
        ("pack.toml", "currency", "curency", &["pack.toml", "line 5", "curency"]),
        ("industries.toml", "name_zh_hant = \"地熱能\"\n", "", &["industries.toml", "line 10", "name_zh_hant"]),
        ("industries.toml", "地熱能", "", &["industries.toml", "row 2", "name_zh_hant"]),
        ("industries.toml", "\"geothermal\"", "\"fishing\"", &["industries.toml", "row 2", "fishing", "twice"]),
        ("origins.toml", "\"origin\"", "\"origins\"", &["origins.toml", "row 1", "list", "origins"]),
        ("origins.toml", "2020-01-01", "2020-02-31", &["origins.toml", "line 7", "valid_from"]),
        ("bodies.toml", "\"fund\"", "\"bank\"", &["bodies.toml", "row 3", "kind", "bank"]),
        ("gates.toml", "met-on", "met_on", &["gates.toml", "row 1", "needs", "met_on"]),
        ("batches.toml", "ceremony", "party", &["batches.toml", "row 1", "kind"]),
        ("holidays.toml", "[[holiday]]", "[[holiday]", &["holidays.toml", "line 1"]),
    ];
    for (name, from, to, with) in slips {
        let said = refused(&changed(&place, name, |text| Some(text.replace(from, to))));
        assert!(with.iter().all(|word| said.contains(word)), "{name}, {from} as {to}: {said}");
        assert_eq!(place.number("SELECT COUNT(*) FROM settings"), 0, "{name}, {from} as {to}");
        assert_eq!(place.number("SELECT COUNT(*) FROM codes"), 0);
    }
    assert!(refused(&changed(&place, "teams.toml", |_| None)).contains("teams.toml: the pack has no such file"));
    let long = refused(&changed(&place, "teams.toml", |text| Some(text.repeat(100_000))));
    assert!(long.contains("teams.toml") && long.contains("at most"), "{long}");
    assert!(refused(&place.path().join("nowhere")).contains("no such folder"));
    let said = place.refused(&["load", "--office", "sample", "--pack", NORTHLAND]);
    assert!(said.contains("--office reference"), "{said}");
    // Mended, it goes into the same place.
    place.done(&["load", "--office", "reference", "--pack", NORTHLAND]);
    place.consistent();
}
