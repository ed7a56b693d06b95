//! What somebody else saved while criteria were edited: field by field beside what was written, for a form and for a
//! program alike.

use platform::Problems;
use platform::pages::View;
use platform::version::both;
use screening::Criteria;
use serde_json::Value;

use super::draw;
use super::place::as_fields;

/// Fields in which two criteria differ, as written and as they stand, by the paths that problems have: criteria are the
/// same by their keys and stand at the place where they are written.
pub(super) fn differing(yours: &Criteria, theirs: &Criteria) -> Vec<Value> {
    let mut fields = vec![
        both("name", yours.name.trim(), &theirs.name),
        both("note", yours.note.trim(), &theirs.note),
        both("exclude", &yours.exclude, &theirs.exclude),
        both("condition", &yours.conditions, &theirs.conditions),
    ];
    for (at, mine) in yours.criteria.iter().enumerate() {
        let mine_told = serde_json::to_value(mine).unwrap_or_default();
        let Some(held) = theirs.by_key(&mine.key) else {
            fields.push(both(&format!("criterion[{at}].measure"), &mine.key, Value::Null));
            continue;
        };
        let held = serde_json::to_value(held).unwrap_or_default();
        for name in ["name", "factor", "measure", "weight", "missing", "note", "curve"] {
            fields.push(both(&format!("criterion[{at}].{name}"), &mine_told[name], &held[name]));
        }
    }
    let further = theirs.criteria.iter().filter(|held| yours.by_key(&held.key).is_none());
    fields.extend(further.map(|held| both("criterion", Value::Null, &held.key)));
    fields.retain(|field| field["yours"] != field["theirs"]);
    fields
}

/// What the form says at each of its fields that differs, and over all of them.
pub(super) fn problems(view: &View, versions: &Value, yours: &Criteria, theirs: &Criteria) -> Problems {
    let mut told = Problems::default();
    told.add_with("name", "criteria-saved-meanwhile", &[("n", versions["version"].to_string())]);
    for field in versions["fields"].as_array().into_iter().flatten() {
        let path = field["field"].as_str().unwrap_or_default();
        let at = path.strip_prefix("criterion[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        let held = at.and_then(|at| theirs.by_key(&yours.criteria.get(at)?.key));
        let value = match (path.rsplit_once('.').map_or(path, |(_, name)| name), held, &field["theirs"]) {
            ("curve", Some(held), _) => draw::words(view, held),
            ("missing", Some(held), _) => draw::missing(view, held.missing),
            ("condition", ..) => {
                theirs.conditions.iter().map(|one| draw::condition(view, one)).collect::<Vec<_>>().join("; ")
            }
            (_, _, Value::String(text)) => text.clone(),
            (_, _, Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            (_, _, Value::Null) => String::new(),
            (.., other) => other.to_string(),
        };
        let value = if value.is_empty() { "–".to_owned() } else { value };
        // A curve is told at the field that says which kind it is.
        let path = if path.ends_with("].curve") { path.replace("].curve", "].kind") } else { path.to_owned() };
        told.add_with(&path, "criteria-set-meanwhile", &[("value", value)]);
    }
    as_fields(&told)
}
