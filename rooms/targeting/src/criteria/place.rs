//! Where in criteria something is wrong, in words: which criterion or condition, and which of its fields.

use platform::pages::View;
use platform::{Problem, Problems};

/// Problems of criteria under the names that the form gives their fields: `criterion[2].curve.to` is `to-2`.
pub fn as_fields(problems: &Problems) -> Problems {
    let mut told = Problems::default();
    for Problem { field, key, args } in problems.all() {
        let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        told.add_with(&as_field(field), key, &args);
    }
    told
}

fn as_field(field: &str) -> String {
    let numbered = |head: &str| {
        let (at, rest) = field.strip_prefix(head)?.split_once(']')?;
        Some((at.to_owned(), rest.trim_start_matches('.').to_owned()))
    };
    if let Some((at, rest)) = numbered("criterion[") {
        let rest = rest.trim_start_matches("curve.");
        let name = match rest.split(['[', '.']).next().unwrap_or_default() {
            "points" => "rows",
            name => name,
        };
        return format!("{name}-{at}");
    }
    if let Some((at, rest)) = numbered("condition[") {
        let name = match rest.split('.').next().unwrap_or_default() {
            "at_least" => "cleast",
            "at_most" => "cmost",
            "none_of" => "cnone",
            _ => "cone",
        };
        return format!("{name}-{at}");
    }
    match field {
        "criterion" => "new-measure".to_owned(),
        "condition" => "new-condition".to_owned(),
        "note" => "about".to_owned(),
        other => other.to_owned(),
    }
}

/// Problems by a form's field or by a file's path, each saying where it lies. `named` gives what the form calls a part: whether
/// a criterion, counted from 0.
pub(crate) fn placed(view: &View, problems: &Problems, named: &dyn Fn(bool, usize) -> Option<String>) -> Problems {
    let mut told = Problems::default();
    for Problem { field, key, args } in problems.all() {
        // Of the file as a whole there is no place to tell.
        if field == "file" {
            let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            told.add_with(field, key, &args);
            continue;
        }
        let problem = view.said(key, args);
        let field = if field.contains('[') { as_field(field) } else { field.clone() };
        let args = [("field", place(view, &field, named)), ("problem", problem)];
        told.add_with(&field, "criteria-file-problem", &args);
    }
    told
}

fn place(view: &View, field: &str, named: &dyn Fn(bool, usize) -> Option<String>) -> String {
    let numbered = field.rsplit_once('-').and_then(|(name, at)| Some((name, at.parse::<usize>().ok()?)));
    let Some((name, at)) = numbered else {
        return label(field).map_or_else(|| field.to_owned(), |key| view.t(key));
    };
    let is_criterion = !name.starts_with('c') || name == "curve";
    let part = named(is_criterion, at).unwrap_or_else(|| {
        view.t1(
            if is_criterion { "criteria-nth-criterion" } else { "criteria-nth-condition" },
            "n",
            (at + 1).to_string(),
        )
    });
    match label(name) {
        Some(key) => view.t2("criteria-place", "part", part, "field", view.t(key)),
        None => part,
    }
}

/// What the form calls a field.
fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "name" => "criteria-name",
        "about" => "criteria-about",
        "exclude" => "criteria-exclude",
        "new-measure" | "criterion" => "criteria-criteria",
        "new-condition" | "condition" => "criteria-conditions",
        "key" => "criterion-key",
        "measure" | "cmeasure" => "criterion-measure",
        "factor" => "criterion-factor",
        "weight" => "criterion-weight",
        "unknown" => "criterion-missing-short",
        "missing" => "criterion-missing",
        "note" => "criterion-note",
        "kind" => "criterion-kind",
        "at" => "curve-at",
        "below" => "curve-below",
        "above" => "curve-above",
        "from" => "curve-from",
        "to" => "curve-to",
        "low" => "curve-low",
        "high" => "curve-high",
        "rows" => "curve-rows",
        "between" => "curve-between",
        "otherwise" => "curve-otherwise",
        "cleast" => "condition-at-least",
        "cmost" => "condition-at-most",
        "cone" => "condition-one-of",
        "cnone" => "condition-none-of",
        _ => return None,
    })
}
