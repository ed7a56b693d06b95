//! The fields of a project that are edited one by one, and the rules each must meet.

use std::collections::{BTreeMap, HashMap};

use identity::responsible;
use platform::audit::Told;
use platform::forms::says_again;
use platform::own_field::{self, OwnField};
use platform::permission::Tier;
use platform::{Cx, Id, Problems, Result};

use super::{FIELDS, Project, SUBJECT};
use crate::EDIT;

/// What the accounts and teams that a change tells of are called.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    owners: HashMap<Id, String>,
    teams: HashMap<Id, String>,
    own: HashMap<&'static str, OwnField>,
}

impl Names {
    /// Of these responsible officers, and of every team.
    pub(super) async fn of(cx: &mut Cx, owners: impl IntoIterator<Item = Id>) -> Result<Self> {
        let owners = identity::account::names(cx, owners).await?;
        let own = own_field::ever(cx, SUBJECT).into_iter().map(|field| (field.name(), field)).collect();
        Ok(Self { owners, teams: identity::team::names(cx).await?, own })
    }

    /// Of those whom an edit names, before and after.
    pub(super) async fn in_edit(
        cx: &mut Cx,
        before: Option<&Project>,
        fields: &BTreeMap<String, Option<String>>,
    ) -> Result<Self> {
        let given = fields.get("owner_id").cloned().flatten().and_then(|text| text.parse().ok());
        Self::of(cx, given.into_iter().chain(before.and_then(|project| project.owner_id))).await
    }

    pub(super) fn told(&self, field: &str, value: Option<&str>) -> Told {
        let named = |kind: &str, names: &HashMap<Id, String>, text: &str| match text.parse::<Id>() {
            Ok(id) => Told::record(kind, id, names.get(&id).map_or(text, String::as_str)),
            Err(_) => Told::Text(text.to_owned()),
        };
        match (field, value) {
            (_, None) => Told::Nothing,
            ("tier", Some(code)) => Told::code(code, Tier::from_code(code).unwrap_or(Tier::Named).key()),
            ("nature" | "hq_kind", Some(code)) => Told::listed(field, Some(code)),
            ("activities", Some(codes)) => {
                let codes: Vec<&str> = codes.split(',').map(str::trim).collect();
                Told::listed("activity", Some(&codes.join(", ")))
            }
            ("owner_id", Some(id)) => named("account", &self.owners, id),
            ("team_id", Some(id)) => named("team", &self.teams, id),
            ("proposal_received_on", Some(text)) => Told::day(platform::clock::parse_day(text).ok()),
            (field, Some(text)) => match self.own.get(field) {
                Some(own) => own.told(text),
                None => Told::Text(text.to_owned()),
            },
        }
    }
}

/// What an entry told of a field, as the field holds it.
pub(super) fn held(field: &str, told: &Told) -> Option<String> {
    let raw = told.raw()?;
    // A history lists codes as a reader does; the field has commas alone between them.
    Some(if field == "activities" { raw.replace(", ", ",") } else { raw })
}

/// Of what an edit gives that which says something else than the project holds. Only that is checked: a record that breaks
/// today's rules in one field can be repaired in another.
pub(super) fn differing(
    cx: &Cx,
    before: &Project,
    mut edit: BTreeMap<String, Option<String>>,
) -> BTreeMap<String, Option<String>> {
    let sorted = |text: Option<&str>| {
        let codes = text.unwrap_or_default().split(',').map(str::trim);
        let mut codes: Vec<String> = codes.filter(|code| !code.is_empty()).map(str::to_owned).collect();
        codes.sort_unstable();
        codes
    };
    let stays = |field: &str, given: Option<&str>| {
        let held = before.value(field);
        let own = own_field::code_of(field).is_some() && !own_field::is_hidden(cx, SUBJECT, field);
        let known = own || FIELDS.iter().any(|(name, _)| *name == field);
        match field {
            // In which order they were ticked says nothing.
            "activities" => sorted(given) == sorted(held.as_deref()),
            _ => known && says_again(given, held.as_deref()),
        }
    };
    edit.retain(|field, given| !stays(field, given.as_deref()));
    edit
}

/// Edited fields that meet the rules.
pub(super) fn checked_fields(
    cx: &Cx,
    fields: &BTreeMap<String, Option<String>>,
) -> Result<BTreeMap<String, Option<String>>> {
    let mut problems = Problems::default();
    let mut checked = BTreeMap::new();
    for (field, value) in fields {
        if own_field::code_of(field).is_some() {
            let value = own_field::checked(cx, &mut problems, SUBJECT, field, value.as_deref());
            checked.extend(value.map(|value| (field.clone(), value)));
            continue;
        }
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

/// Where an owner or a team is given: one that may hold it.
pub(super) async fn settle_holders(
    cx: &mut Cx,
    before: &Project,
    checked: &BTreeMap<String, Option<String>>,
) -> Result<()> {
    let mut given = before.clone();
    for field in ["owner_id", "team_id"] {
        if let Some(value) = checked.get(field) {
            given.set(field, value.clone());
        }
    }
    let mut problems = Problems::default();
    responsible::check(cx, &mut problems, &EDIT, given.relation(), before.relation()).await?;
    problems.into_result()
}

impl Project {
    /// The value of a field that figures count by.
    pub(crate) fn counted(&self, field: &str) -> Option<String> {
        match field {
            "stage" => Some(self.stage.clone()),
            "status" => Some(self.status.clone()),
            other => self.value(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_names_people_and_codes_and_puts_them_back_as_the_field_holds_them() {
        let names = Names {
            owners: HashMap::from([(Id(28_677), "Chan Tai Man".to_owned())]),
            teams: HashMap::new(),
            own: HashMap::new(),
        };
        let owner = names.told("owner_id", Some("28677"));
        assert_eq!(owner, Told::record("account", Id(28_677), "Chan Tai Man"));
        let activities = names.told("activities", Some("production,training"));
        assert_eq!(activities, Told::listed("activity", Some("production, training")));
        assert_eq!(held("activities", &activities).as_deref(), Some("production,training"));
        assert_eq!(held("owner_id", &owner).as_deref(), Some("28677"));
    }
}
