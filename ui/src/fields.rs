//! Form fields: label above, hint under it, what is wrong under that, and a summary on top that
//! links to each field.
//!
//! `Fields::new(&view, &form, "enterprise")` takes its words from `enterprise-FIELD` and, where
//! there is one, `enterprise-FIELD-hint`. Optional fields say so.

use platform::Cx;
use platform::forms::Form;
use platform::pages::{Html, View};
use time::Date;

/// One choice of a field that has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into() }
    }

    /// The codes of a list that can be chosen on a day, in its order. Those that the record holds stay among them, marked
    /// where they are not in force that day: a form without them would take them away unasked.
    pub fn codes<'h>(cx: &Cx, list: &str, on: Date, held: impl IntoIterator<Item = &'h str>) -> Vec<Self> {
        let view = cx.view();
        let held: Vec<&str> = held.into_iter().collect();
        let codes = cx.house.codes.all(list).into_iter();
        codes
            .filter_map(|code| {
                let name = code.name(cx.language);
                if code.holds_on(on) {
                    return Some(Self::new(&code.code, name));
                }
                let mark = if code.valid_from > on { "choice-not-yet" } else { "choice-ended" };
                held.contains(&code.code.as_str()).then(|| Self::new(&code.code, view.bracketed(name, view.t(mark))))
            })
            .collect()
    }
}

pub struct Fields<'a> {
    view: &'a View,
    form: &'a Form,
    prefix: &'static str,
}

/// What a field is besides its name.
#[derive(Clone, Copy, Default)]
struct Look<'a> {
    kind: &'a str,
    class: &'a str,
    autocomplete: &'a str,
    optional: bool,
}

impl<'a> Fields<'a> {
    pub fn new(view: &'a View, form: &'a Form, prefix: &'static str) -> Self {
        Self { view, form, prefix }
    }

    /// What is wrong, all of it, each linked to its field. Empty when nothing is.
    pub fn summary(&self) -> Html {
        let problems = self.form.problems();
        if problems.is_empty() {
            return Html::default();
        }
        let items: String = problems
            .all()
            .iter()
            .map(|problem| {
                let words = Html::escape(&self.view.said(&problem.key, &problem.args));
                format!("<li><a href=\"#{}\">{words}</a></li>", Html::escape(&problem.field))
            })
            .collect();
        let heading = Html::escape(&self.view.t("error-invalid-heading"));
        Html(format!(
            "<div class=\"summary\" role=\"alert\" tabindex=\"-1\" autofocus><h2>{heading}</h2><ul>{items}</ul></div>"
        ))
    }

    pub fn text(&self, name: &str) -> Html {
        self.input(name, Look { kind: "text", ..Look::default() })
    }

    pub fn optional_text(&self, name: &str) -> Html {
        self.input(name, Look { kind: "text", optional: true, ..Look::default() })
    }

    pub fn short(&self, name: &str) -> Html {
        self.input(name, Look { kind: "text", class: "short", ..Look::default() })
    }

    pub fn optional_short(&self, name: &str) -> Html {
        self.input(name, Look { kind: "text", class: "short", optional: true, ..Look::default() })
    }

    pub fn email(&self, name: &str) -> Html {
        self.input(name, Look { kind: "email", autocomplete: "username", ..Look::default() })
    }

    pub fn password(&self, name: &str, new: bool) -> Html {
        let autocomplete = if new { "new-password" } else { "current-password" };
        self.input(name, Look { kind: "password", autocomplete, ..Look::default() })
    }

    pub fn code(&self, name: &str) -> Html {
        self.input(name, Look { kind: "text", class: "short", autocomplete: "one-time-code", ..Look::default() })
    }

    pub fn day(&self, name: &str) -> Html {
        self.input(name, Look { kind: "date", ..Look::default() })
    }

    pub fn optional_day(&self, name: &str) -> Html {
        self.input(name, Look { kind: "date", optional: true, ..Look::default() })
    }

    pub fn file(&self, name: &str) -> Html {
        self.input(name, Look { kind: "file", ..Look::default() })
    }

    /// A file of one of the endings that a browser's chooser is told: `.csv,.xlsx`.
    pub fn file_like(&self, name: &str, endings: &str) -> Html {
        let described = self.described(name);
        let control = format!(
            "<input type=\"file\" id=\"{name}\" name=\"{name}\" accept=\"{}\"{described}>",
            Html::escape(endings)
        );
        self.field(name, false, control)
    }

    pub fn hidden(&self, name: &str) -> Html {
        let value = Html::escape(self.form.value(name));
        Html(format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"))
    }

    pub fn area(&self, name: &str, optional: bool) -> Html {
        let value = Html::escape(self.form.value(name));
        let described = self.described(name);
        let control = format!("<textarea id=\"{name}\" name=\"{name}\" rows=\"4\"{described}>{value}</textarea>");
        self.field(name, optional, control)
    }

    /// The choices with those that the form holds beside them: what is held goes with the form again until another is
    /// chosen, and no browser puts the first of the list in its place.
    fn with_held(&self, name: &str, choices: &[Choice]) -> Vec<Choice> {
        let mut all = choices.to_vec();
        for held in self.form.values(name) {
            if !held.is_empty() && all.iter().all(|choice| choice.value != held) {
                all.push(Choice::new(held, self.view.bracketed(held, self.view.t("choice-unlisted"))));
            }
        }
        all
    }

    /// One of several, in a list that drops down; an optional one may be left empty.
    pub fn select(&self, name: &str, choices: &[Choice], optional: bool) -> Html {
        let chosen = self.form.value(name);
        let mut options = String::new();
        if optional || chosen.is_empty() {
            options.push_str("<option value=\"\"></option>");
        }
        for choice in self.with_held(name, choices) {
            let selected = if choice.value == chosen { " selected" } else { "" };
            options.push_str(&format!(
                "<option value=\"{}\"{selected}>{}</option>",
                Html::escape(&choice.value),
                Html::escape(&choice.label)
            ));
        }
        let described = self.described(name);
        self.field(name, optional, format!("<select id=\"{name}\" name=\"{name}\"{described}>{options}</select>"))
    }

    /// A filter's words: nothing says that it may be left out, since every filter may.
    pub fn words(&self, name: &str) -> Html {
        self.input(name, Look { kind: "search", ..Look::default() })
    }

    /// A filter's choices; the empty one is all of them.
    pub fn narrow(&self, name: &str, choices: &[Choice]) -> Html {
        let chosen = self.form.value(name);
        let mut options = format!("<option value=\"\">{}</option>", Html::escape(&self.view.t("list-any")));
        for choice in choices {
            let selected = if choice.value == chosen { " selected" } else { "" };
            options.push_str(&format!(
                "<option value=\"{}\"{selected}>{}</option>",
                Html::escape(&choice.value),
                Html::escape(&choice.label)
            ));
        }
        self.field(name, false, format!("<select id=\"{name}\" name=\"{name}\">{options}</select>"))
    }

    pub fn radios(&self, name: &str, choices: &[Choice]) -> Html {
        self.choices(name, choices, "radio", false)
    }

    pub fn checkboxes(&self, name: &str, choices: &[Choice], optional: bool) -> Html {
        self.choices(name, &self.with_held(name, choices), "checkbox", optional)
    }

    fn choices(&self, name: &str, choices: &[Choice], kind: &str, optional: bool) -> Html {
        let chosen = self.form.values(name);
        let mut items = String::new();
        for (place, choice) in choices.iter().enumerate() {
            let id = if place == 0 { name.to_owned() } else { format!("{name}-{place}") };
            let checked = if chosen.contains(&choice.value.as_str()) { " checked" } else { "" };
            items.push_str(&format!(
                "<label class=\"choice\" for=\"{id}\"><input type=\"{kind}\" id=\"{id}\" name=\"{name}\" value=\"{}\"{checked}>{}</label>",
                Html::escape(&choice.value),
                Html::escape(&choice.label)
            ));
        }
        let (wrong, hint, problems) = self.around(name);
        let label = self.label(name, optional);
        let described = self.described(name).replace(" aria-invalid=\"true\"", "");
        Html(format!(
            "<fieldset class=\"field{wrong}\"{described}><legend>{label}</legend>{hint}{problems}{items}</fieldset>"
        ))
    }

    /// One box to tick; its label is the sentence agreed to.
    pub fn tick(&self, name: &str) -> Html {
        let checked = if self.form.value(name).is_empty() { "" } else { " checked" };
        let label = self.label(name, false);
        let (wrong, hint, problems) = self.around(name);
        Html(format!(
            "<div class=\"field{wrong}\">{hint}{problems}<label class=\"choice\" for=\"{name}\"><input type=\"checkbox\" id=\"{name}\" name=\"{name}\" value=\"yes\"{checked}>{label}</label></div>"
        ))
    }

    pub fn button(&self, key: &str) -> Html {
        Html(format!("<button class=\"button first\">{}</button>", Html::escape(&self.view.t(key))))
    }

    fn input(&self, name: &str, look: Look<'_>) -> Html {
        let secret = matches!(look.kind, "password" | "file");
        let value = if secret { Html::default() } else { Html::escape(self.form.value(name)) };
        let class = if look.class.is_empty() { String::new() } else { format!(" class=\"{}\"", look.class) };
        let autocomplete = if look.autocomplete.is_empty() { "off" } else { look.autocomplete };
        let described = self.described(name);
        let control = format!(
            "<input type=\"{}\" id=\"{name}\" name=\"{name}\" value=\"{value}\" autocomplete=\"{autocomplete}\"{class}{described}>",
            look.kind
        );
        self.field(name, look.optional, control)
    }

    fn field(&self, name: &str, optional: bool, control: String) -> Html {
        let (wrong, hint, problems) = self.around(name);
        let label = self.label(name, optional);
        Html(format!(
            "<div class=\"field{wrong}\"><label for=\"{name}\">{label}</label>{hint}{problems}{control}</div>"
        ))
    }

    fn key(&self, name: &str) -> String {
        format!("{}-{}", self.prefix, name.replace('_', "-"))
    }

    fn label(&self, name: &str, optional: bool) -> Html {
        let label = self.view.t(&self.key(name));
        if !optional {
            return Html::escape(&label);
        }
        // The word stands apart so that a filter, where all is optional, can leave it out.
        let whole = self.view.t1("field-optional", "label", &label);
        match whole.strip_prefix(label.as_str()) {
            Some(word) => {
                Html(format!("{}<span class=\"optional\">{}</span>", Html::escape(&label), Html::escape(word)))
            }
            None => Html::escape(&whole),
        }
    }

    /// What is wrong with a field that a page draws itself.
    pub fn wrong(&self, name: &str) -> Html {
        Html(self.around(name).2)
    }

    /// The class, hint and problems that stand around a field.
    fn around(&self, name: &str) -> (&'static str, String, String) {
        let hint_key = format!("{}-hint", self.key(name));
        let hint = if self.view.has(&hint_key) {
            format!("<p class=\"hint\" id=\"{name}-hint\">{}</p>", Html::escape(&self.view.t(&hint_key)))
        } else {
            String::new()
        };
        let found = self.form.problems().on(name);
        let problems: String = found
            .iter()
            .map(|problem| Html::escape(&self.view.said(&problem.key, &problem.args)).0)
            .collect::<Vec<_>>()
            .join("<br>");
        if problems.is_empty() {
            ("", hint, String::new())
        } else {
            (" wrong", hint, format!("<p class=\"problem\" id=\"{name}-problem\">{problems}</p>"))
        }
    }

    fn described(&self, name: &str) -> String {
        let mut by = Vec::new();
        if self.view.has(&format!("{}-hint", self.key(name))) {
            by.push(format!("{name}-hint"));
        }
        let wrong = !self.form.problems().on(name).is_empty();
        if wrong {
            by.push(format!("{name}-problem"));
        }
        let described = if by.is_empty() { String::new() } else { format!(" aria-describedby=\"{}\"", by.join(" ")) };
        if wrong { format!("{described} aria-invalid=\"true\"") } else { described }
    }
}
