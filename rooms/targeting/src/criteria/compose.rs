//! The page on which criteria are composed. Every button sends the whole form; only one of them saves, so that it works
//! without scripts and nothing typed is lost.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problems, Result};
use screening::{Criteria, Factor, MOST_CRITERIA, Measure};
use ui::Choice;

use super::draft::{Draft, Fields, LEAVE_OUT, POINTS};
use super::place::placed;
use super::{Set, draw, meanwhile};
use crate::{SCREEN, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/targets/criteria/new", new)
        .post("/targets/criteria/new", make)
        .get("/targets/criteria/{id}/edit", edit)
        .post("/targets/criteria/{id}/edit", change)
        .get("/targets/criteria/read", from_file)
        .post("/targets/criteria/read", read_file)
}

/// What the page shows of one criterion or condition.
struct Part {
    at: usize,
    measure: Option<Measure>,
    name: String,
    unit: String,
    codes: String,
    kind: String,
    picture: Html,
    words: String,
    fields: Fields,
}

#[derive(Template)]
#[template(path = "criteria/pages/compose.html")]
struct ComposePage {
    view: View,
    set: Option<Set>,
    seen: i64,
    draft: Draft,
    parts: Vec<Part>,
    conditions: Vec<Part>,
    measures: Vec<Choice>,
    factors: Vec<Choice>,
    problems: Problems,
    note: String,
    full: bool,
}

impl ComposePage {
    fn action(&self) -> String {
        self.set
            .as_ref()
            .map_or_else(|| "/targets/criteria/new".to_owned(), |set| format!("/targets/criteria/{}/edit", set.id))
    }

    /// What is wrong, each line leading to its field.
    fn summary(&self) -> Html {
        let named = |is_criterion: bool, at: usize| {
            let parts = if is_criterion { &self.parts } else { &self.conditions };
            let part = parts.get(at)?;
            Some(if is_criterion { format!("{}. {}", at + 1, part.name) } else { part.name.clone() })
        };
        let form = Form::default().with_problems(placed(&self.view, &self.problems, &named));
        ui::Fields::new(&self.view, &form, "criterion").summary()
    }

    fn kinds(&self, part: &Part) -> Vec<Choice> {
        let kinds: &[&str] = match part.measure {
            Some(measure) if measure.is_code() => &["codes"],
            _ => &["threshold", "linear", "log", "table"],
        };
        kinds.iter().map(|kind| Choice::new(kind, self.view.t(&format!("curve-{kind}")))).collect()
    }

    fn unknowns(&self) -> Vec<Choice> {
        [POINTS, LEAVE_OUT].iter().map(|one| Choice::new(one, self.view.t(&format!("missing-{one}")))).collect()
    }

    fn betweens(&self) -> Vec<Choice> {
        ["steps", "lines"].iter().map(|name| Choice::new(name, self.view.t(&format!("between-{name}")))).collect()
    }

    /// A field with its label above, and what is wrong with it under that.
    fn field(&self, part: &Part, name: &str, key: &str) -> Html {
        let id = format!("{name}-{}", part.at);
        let value = Html::escape(part.fields.get(name));
        self.around(
            &id,
            &self.view.t(key),
            &format!("<input id=\"{id}\" name=\"{id}\" value=\"{value}\" autocomplete=\"off\"{}>", self.wrong(&id)),
        )
    }

    /// A field that takes a number of the measure, its unit in the label.
    fn number(&self, part: &Part, name: &str, key: &str) -> Html {
        let id = format!("{name}-{}", part.at);
        let label = self.view.bracketed(self.view.t(key), &part.unit);
        let value = Html::escape(part.fields.get(name));
        self.around(
            &id,
            &label,
            &format!(
                "<input id=\"{id}\" name=\"{id}\" value=\"{value}\" inputmode=\"decimal\" autocomplete=\"off\"{}>",
                self.wrong(&id)
            ),
        )
    }

    fn area(&self, part: &Part, name: &str, key: &str) -> Html {
        let id = format!("{name}-{}", part.at);
        let value = Html::escape(part.fields.get(name));
        self.around(
            &id,
            &self.view.t(key),
            &format!("<textarea id=\"{id}\" name=\"{id}\" rows=\"4\"{}>{value}</textarea>", self.wrong(&id)),
        )
    }

    fn choose(&self, part: &Part, name: &str, key: &str, choices: impl AsRef<[Choice]>) -> Html {
        let id = format!("{name}-{}", part.at);
        let chosen = part.fields.get(name);
        let options: String = choices
            .as_ref()
            .iter()
            .map(|choice| {
                let selected = if choice.value == chosen { " selected" } else { "" };
                format!(
                    "<option value=\"{}\"{selected}>{}</option>",
                    Html::escape(&choice.value),
                    Html::escape(&choice.label)
                )
            })
            .collect();
        self.around(
            &id,
            &self.view.t(key),
            &format!("<select id=\"{id}\" name=\"{id}\"{}>{options}</select>", self.wrong(&id)),
        )
    }

    fn wrong(&self, id: &str) -> String {
        if self.problems.on(id).is_empty() {
            String::new()
        } else {
            format!(" aria-invalid=\"true\" aria-describedby=\"{id}-problem\"")
        }
    }

    fn around(&self, id: &str, label: &str, control: &str) -> Html {
        let found = self.problems.on(id);
        let said: Vec<String> =
            found.iter().map(|problem| Html::escape(&self.view.said(&problem.key, &problem.args)).0).collect();
        let (class, said) = if said.is_empty() {
            ("", String::new())
        } else {
            (" wrong", format!("<p class=\"problem\" id=\"{id}-problem\">{}</p>", said.join("<br>")))
        };
        Html(format!(
            "<div class=\"field{class}\"><label for=\"{id}\">{}</label>{said}{control}</div>",
            Html::escape(label)
        ))
    }
}

async fn page(
    cx: &mut Cx,
    status: u16,
    set: Option<Set>,
    seen: i64,
    draft: Draft,
    problems: Problems,
    note: String,
) -> Result<Response> {
    let view = cx.view();
    // The picture is of what stands there, as far as it can be read.
    let parts = draft.criteria.iter().enumerate().map(|(at, fields)| {
        let one = Draft { criteria: vec![fields.clone()], name: "-".to_owned(), ..Draft::default() };
        let drawn = one.criteria().ok().and_then(|criteria| criteria.criteria.into_iter().next());
        let measure = fields.measure("measure");
        Part {
            at,
            measure,
            name: measure.map_or_else(String::new, |measure| words::measure(&view, measure)),
            unit: measure.map_or_else(String::new, |measure| view.t(words::typed_unit(measure).1)),
            codes: measure.map_or_else(String::new, |measure| view.t(words::codes_hint(measure))),
            kind: fields.get("kind").to_owned(),
            picture: drawn.as_ref().map(draw::picture).unwrap_or_default(),
            words: drawn.map_or_else(String::new, |criterion| draw::words(&view, &criterion)),
            fields: fields.clone(),
        }
    });
    let conditions = draft.conditions.iter().enumerate().map(|(at, fields)| {
        let measure = fields.measure("cmeasure");
        Part {
            at,
            measure,
            name: measure.map_or_else(String::new, |measure| words::measure(&view, measure)),
            unit: measure.map_or_else(String::new, |measure| view.t(words::typed_unit(measure).1)),
            codes: measure.map_or_else(String::new, |measure| view.t(words::codes_hint(measure))),
            kind: String::new(),
            picture: Html::default(),
            words: String::new(),
            fields: fields.clone(),
        }
    });
    let template = ComposePage {
        parts: parts.collect(),
        conditions: conditions.collect(),
        measures: Measure::ALL.iter().map(|one| Choice::new(one.name(), words::measure(&view, *one))).collect(),
        factors: Factor::ALL.iter().map(|one| Choice::new(one.name(), view.t(&words::factor_key(*one)))).collect(),
        full: draft.criteria.len() >= MOST_CRITERIA,
        set,
        seen,
        draft,
        problems,
        note,
        view: view.clone(),
    };
    cx.page(status, template).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&SCREEN)?;
    page(&mut cx, 200, None, 0, Draft::default(), Problems::default(), String::new()).await
}

async fn make(mut cx: Cx, form: Form) -> Result<Response> {
    cx.require(&SCREEN)?;
    let mut draft = Draft::read(&form);
    if form.value("do") != "save" {
        draft.do_as_told(form.value("do"), &form);
        return page(&mut cx, 200, None, 0, draft, Problems::default(), String::new()).await;
    }
    let made = match draft.criteria() {
        Ok(criteria) => super::compose(&mut cx, criteria, "").await,
        Err(error) => Err(error),
    };
    match made {
        Ok(set) => {
            cx.see_other_saying(format!("/targets/criteria/{}", set.id), Flash::new("criteria-were-saved", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, None, 0, draft, problems, String::new()).await
        }
        Err(error) => Err(error),
    }
}

async fn edit(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = super::get(&mut cx, id).await?;
    // An earlier version can be taken up again: it becomes the next one.
    let from = Form::decode(&cx.view().query).number("from").unwrap_or(set.latest);
    let held = super::version_at(&mut cx, id, from).await?;
    let seen = set.latest;
    page(&mut cx, 200, Some(set), seen, Draft::of(&held.criteria), Problems::default(), String::new()).await
}

async fn change(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = super::get(&mut cx, id).await?;
    let seen = form.number("seen").unwrap_or_default();
    let mut draft = Draft::read(&form);
    let note = form.text("note");
    if form.value("do") != "save" {
        draft.do_as_told(form.value("do"), &form);
        return page(&mut cx, 200, Some(set), seen, draft, Problems::default(), note).await;
    }
    let (yours, saved) = match draft.criteria() {
        Ok(criteria) => (Some(criteria.clone()), super::save(&mut cx, id, seen, criteria, &note).await),
        Err(error) => (None, Err(error)),
    };
    match saved {
        Ok(after) => {
            let flash = Flash::new("criteria-were-saved-as", &[("n", after.latest.to_string())]);
            cx.see_other_saying(format!("/targets/criteria/{id}"), flash).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, Some(set), seen, draft, problems, note).await
        }
        Err(Error::Conflict(conflict)) => {
            let (Some(versions), Some(yours)) = (&conflict.versions, &yours) else {
                return Err(Error::Conflict(conflict));
            };
            cx.undo().await?;
            // Sent again, it means what now stands.
            let set = super::get(&mut cx, id).await?;
            let theirs = super::version_at(&mut cx, id, set.latest).await?.criteria;
            let problems = meanwhile::problems(&cx.view(), versions, yours, &theirs);
            let seen = set.latest;
            page(&mut cx, 409, Some(set), seen, draft, problems, note).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "criteria/pages/read.html")]
struct ReadPage<'a> {
    view: View,
    fields: ui::Fields<'a>,
}

async fn from_file(mut cx: Cx) -> Result<Response> {
    cx.require(&SCREEN)?;
    read_page(&mut cx, 200, &Form::default()).await
}

async fn read_page(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let view = cx.view();
    cx.page(status, ReadPage { fields: ui::Fields::new(&view, form, "criteria"), view: view.clone() }).await
}

/// Criteria as the command line reads them, pasted in: a set of their own.
async fn read_file(mut cx: Cx, form: Form) -> Result<Response> {
    cx.require(&SCREEN)?;
    let made = match Criteria::from_toml(form.value("file")) {
        Ok(criteria) => super::compose(&mut cx, criteria, "").await,
        Err(error) => Err(crate::universe::refused(error)),
    };
    match made {
        Ok(set) => {
            cx.see_other_saying(format!("/targets/criteria/{}", set.id), Flash::new("criteria-were-saved", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            // All of it stands in the one field, so that is where each problem is told, with its place.
            let mut told = Problems::default();
            for problem in placed(&cx.view(), &problems, &|_, _| None).all() {
                let args: Vec<(&str, String)> =
                    problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                told.add_with("file", &problem.key, &args);
            }
            read_page(&mut cx, 422, &form.with_problems(told)).await
        }
        Err(error) => Err(error),
    }
}
