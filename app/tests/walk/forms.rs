//! Filling in the forms of pages as somebody would who does not know them, so that the walk has a
//! record of every kind there is a form for.

use regex::Regex;

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

/// What somebody writes who does not know what is asked.
fn guessed(tag: &str, name: &str) -> String {
    let asked = match attribute(tag, "type") {
        Some("date") => "2026-11-02",
        Some("number") => "7",
        Some("email") => "walker@walk.example",
        _ => match name {
            name if name.contains("email") => "walker@walk.example",
            name if name.ends_with("_on") || name.contains("from") || name.contains("day") => "2026-11-02",
            "code" => "walked",
            name if name.contains("zh") => "名稱",
            name if name.contains("year") => "2025",
            name if ["value", "amount", "number", "share", "headcount"].iter().any(|word| name.contains(word)) => "7",
            _ => "Something",
        },
    };
    asked.to_owned()
}

/// The fields of the first form on the page that posts to this address, filled in.
pub fn filled(page: &str, action: &str) -> Option<Vec<(String, String)>> {
    let forms = Regex::new(r#"(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>"#).expect("a pattern");
    let form = forms.captures_iter(page).find(|form| &form[1] == action && form[0].contains("method=\"post\""))?;
    let fields = Regex::new(r"(?s)<(?:input|textarea)\b[^>]*>|<select\b.*?</select>").expect("a pattern");
    let option = Regex::new(r#"<option value="([^"]+)""#).expect("a pattern");
    let mut given: Vec<(String, String)> = Vec::new();
    for field in fields.find_iter(&form[2]).map(|found| found.as_str()) {
        let Some(name) = attribute(field, "name") else { continue };
        let held = attribute(field, "value").filter(|value| !value.is_empty());
        let value = match attribute(field, "type") {
            _ if field.starts_with("<select") => option.captures(field).map(|found| found[1].to_owned()),
            Some("radio" | "checkbox") => {
                let first = !given.iter().any(|(taken, _)| taken == name);
                held.filter(|_| first).map(str::to_owned)
            }
            Some("hidden") => held.map(str::to_owned),
            Some("file") => None,
            _ => Some(held.map_or_else(|| guessed(field, name), str::to_owned)),
        };
        given.extend(value.map(|value| (name.to_owned(), value)));
    }
    Some(given)
}
