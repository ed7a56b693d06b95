//! Fields of the office's own, defined and retired by command.

use super::place::{Place, text, words};

#[test]
fn a_field_is_defined_filled_by_file_and_retired_by_command() {
    for place in Place::both() {
        place.done(&["migrate"]);
        let labels = ["--en", "Round", "--zh-hant", "輪次", "--zh-hans", "轮次"];
        let define = ["own-field", "define", "enterprise", "round", "--kind", "choice", "--filterable"];
        let refused = place.refused(&[&define[..], &labels].concat());
        assert!(refused.contains("choices:"), "{refused}");
        let choices = ["--choice", "first|First|首輪|首轮", "--choice", "second|Second|次輪|次轮"];
        assert_eq!(place.done(&[&define[..], &labels, &choices].concat()).trim(), "own.round");
        let file = place.file("enterprises.csv", "name_en,輪次\nHarbour Robotics,Second\nPeak Biologics,third\n");
        let output = place.run(&["import", "enterprises", text(&file)]);
        assert!(words(&output.stderr).contains("row 3: own.round:"), "{}", words(&output.stderr));
        let found = place.done(&["export", "enterprises", "--filter", "own.round=second&columns=name,own.round"]);
        let lines: Vec<&str> = found.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines, ["name,own.round", "Harbour Robotics,second"]);
        let retire = ["own-field", "retire", "enterprise", "round", "--reason", "the call is over"];
        let used = place.refused(&retire);
        assert!(used.contains("1 remembered mappings of the command line"), "{used}");
        place.done(&[&retire[..], &["--used"]].concat());
        let listed = place.json(&["own-field", "list", "--format", "json"]);
        assert_eq!((&listed[0]["code"], &listed[0]["retired_reason"]), (&"round".into(), &"the call is over".into()));
        assert!(place.done(&["own-field", "list"]).contains("retired"));
        assert_eq!(place.number("SELECT COUNT(*) FROM own_values"), 1);
        place.consistent();
    }
}
