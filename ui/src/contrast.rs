//! Every text on every ground it stands on has a contrast of at least 4.5 to 1, light and dark.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../assets/tokens.css");

fn theme(start: &str) -> HashMap<String, [f64; 3]> {
    let block = TOKENS.split(start).nth(1).expect("the theme").split("\n}").next().expect("its end");
    block
        .split(';')
        .filter_map(|rule| {
            let (name, value) = rule.trim().split_once(':')?;
            let hex = value.trim().strip_prefix('#')?;
            let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")) / 255.0;
            let name = name.rsplit(['\n', ' ']).next()?.trim();
            Some((name.to_owned(), [part(0), part(2), part(4)]))
        })
        .collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read_on_its_ground() {
    for start in [":root {", ":root[data-theme=\"dark\"] {"] {
        let tokens = theme(start);
        let pairs = [
            ("--text", vec!["--ground", "--panel", "--hover", "--chosen"]),
            ("--muted", vec!["--ground", "--panel", "--hover"]),
            ("--accent", vec!["--ground", "--panel", "--hover"]),
            ("--on-accent", vec!["--accent", "--accent-strong"]),
            ("--good-text", vec!["--good-ground"]),
            ("--attention-text", vec!["--attention-ground"]),
            ("--danger-text", vec!["--danger-ground", "--ground"]),
            ("--information-text", vec!["--information-ground"]),
        ];
        for (text, grounds) in pairs {
            for ground in grounds {
                let found = contrast(tokens[text], tokens[ground]);
                assert!(found >= 4.5, "{start} {text} on {ground}: {found:.2}");
            }
        }
        // What is not text but must be seen: borders of fields, lines of charts.
        for line in ["--border", "--series-1", "--series-2", "--series-3", "--series-4"] {
            let found = contrast(tokens[line], tokens["--ground"]);
            assert!(found >= 3.0, "{start} {line}: {found:.2}");
        }
    }
}
