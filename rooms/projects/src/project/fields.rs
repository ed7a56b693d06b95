//! The fields of a project that are edited one by one, and the rules each must meet.

use std::collections::BTreeMap;

use platform::audit::Told;
use platform::permission::Tier;
use platform::{Cx, Id, Problems, Result};

use super::FIELDS;

pub(super) fn told(field: &str, value: Option<&str>) -> Told {
    match (field, value) {
        (_, None) => Told::Nothing,
        ("tier", Some(code)) => Told::code(code, Tier::from_code(code).unwrap_or(Tier::Named).key()),
        ("nature" | "hq_kind", Some(code)) => Told::listed(field, Some(code)),
        ("proposal_received_on", Some(text)) => Told::day(platform::clock::parse_day(text).ok()),
        (_, Some(text)) => Told::Text(text.to_owned()),
    }
}

/// Edited fields that meet the rules.
pub(super) fn checked_fields(
    cx: &Cx,
    fields: &BTreeMap<String, Option<String>>,
) -> Result<BTreeMap<String, Option<String>>> {
    let mut problems = Problems::default();
    let mut checked = BTreeMap::new();
    for (field, value) in fields {
        let Some((_, list)) = FIELDS.iter().find(|(name, _)| name == field) else {
            problems.add(field, "problem-field-unknown");
            continue;
        };
        let value = value.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let unknown = |problems: &mut Problems, value: &str| {
            problems.add_with(field, "problem-code-unknown", &[("value", value.chars().take(60).collect())]);
        };
        let value = match (field.as_str(), value, list) {
            ("title", None, _) => {
                problems.add(field, "problem-title-missing");
                continue;
            }
            ("tier", None, _) => continue,
            (_, None, _) => None,
            (_, Some(text), Some(list)) => match cx.house.codes.written(list, text) {
                Some(code) => Some(code.code),
                None => {
                    unknown(&mut problems, text);
                    continue;
                }
            },
            ("activities", Some(text), _) => {
                let codes: Vec<&str> = text.split(',').map(str::trim).filter(|code| !code.is_empty()).collect();
                for code in codes.iter().filter(|code| !cx.house.codes.has("activity", code)) {
                    unknown(&mut problems, code);
                }
                Some(codes.join(","))
            }
            ("proposal_received_on", Some(text), _) => {
                let day = problems.day(field, Some(text));
                if let Some(day) = day {
                    problems.require(day <= cx.today(), field, "problem-day-future");
                }
                day.map(|day| day.to_string())
            }
            ("tier", Some(text), _) if Tier::from_code(text).is_some() => Some(text.to_owned()),
            ("team_id" | "owner_id", Some(text), _) if text.parse::<Id>().is_ok() => Some(text.to_owned()),
            ("tier" | "team_id" | "owner_id", Some(text), _) => {
                unknown(&mut problems, text);
                continue;
            }
            ("description" | "assessment", Some(text), _) => Some(problems.running(field, text, 10_000)),
            (_, Some(text), _) => Some(problems.line(field, text, 300)),
        };
        checked.insert(field.clone(), value);
    }
    problems.into_result()?;
    Ok(checked)
}

impl super::Project {
    /// The value of a field that figures count by.
    pub(crate) fn counted(&self, field: &str) -> Option<String> {
        match field {
            "stage" => Some(self.stage.clone()),
            "status" => Some(self.status.clone()),
            other => self.value(other),
        }
    }
}
