//! Criteria as a form holds them: text until they are saved, so that what was typed comes back.

use platform::forms::Form;
use platform::{Error, Problems, Result};
use screening::{Between, Condition, Criteria, Criterion, Curve, FULL, Factor, Measure, Missing, Row};

use super::place::as_fields;
use crate::words;

/// More come from a file.
const MOST: usize = 64;

/// Everything that the composing page shows, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub note: String,
    pub exclude: String,
    pub criteria: Vec<Fields>,
    pub conditions: Vec<Fields>,
}

/// One criterion or condition: field and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(&'static str, String)>);

pub const OF_CRITERION: [&str; 19] = [
    "key",
    "name",
    "factor",
    "measure",
    "weight",
    "unknown",
    "missing",
    "note",
    "kind",
    "at",
    "below",
    "above",
    "from",
    "to",
    "low",
    "high",
    "rows",
    "between",
    "otherwise",
];
/// What a company of which a fact isn't known gets: points, or no place in the ranking.
pub const POINTS: &str = "points";
pub const LEAVE_OUT: &str = "leave-out";
pub const OF_CONDITION: [&str; 6] = ["cmeasure", "cleast", "cmost", "cone", "cnone", "ckeep"];

impl Fields {
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text.as_str())
    }

    fn set(&mut self, name: &'static str, text: impl Into<String>) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(field) => field.1 = text.into(),
            None => self.0.push((name, text.into())),
        }
    }

    fn read(form: &Form, names: &[&'static str], at: usize) -> Self {
        Self(names.iter().map(|name| (*name, form.value(&format!("{name}-{at}")).to_owned())).collect())
    }

    pub fn measure(&self, name: &str) -> Option<Measure> {
        Measure::named(self.get(name))
    }
}

impl Draft {
    pub fn read(form: &Form) -> Self {
        let all = |names: &[&'static str], first: &str| {
            (0..MOST)
                .take_while(|at| form.has(&format!("{first}-{at}")))
                .map(|at| Fields::read(form, names, at))
                .collect()
        };
        Self {
            name: form.value("name").to_owned(),
            note: form.value("about").to_owned(),
            exclude: form.value("exclude").to_owned(),
            criteria: all(&OF_CRITERION, "measure"),
            conditions: all(&OF_CONDITION, "cmeasure"),
        }
    }

    pub fn of(criteria: &Criteria) -> Self {
        Self {
            name: criteria.name.clone(),
            note: criteria.note.clone(),
            exclude: criteria.exclude.join("\n"),
            criteria: criteria.criteria.iter().map(of_criterion).collect(),
            conditions: criteria.conditions.iter().map(of_condition).collect(),
        }
    }

    /// Does what a button of the form asks for, other than saving.
    pub fn do_as_told(&mut self, told: &str, form: &Form) {
        let (what, at) = told.rsplit_once('-').unwrap_or((told, ""));
        let at: usize = at.parse().unwrap_or(usize::MAX);
        let within = at < self.criteria.len();
        match what {
            "add" => self.add(form.value("new-measure")),
            "demand" => {
                let mut fields = Fields::default();
                fields.set("cmeasure", form.value("new-condition"));
                if self.conditions.len() < MOST / 2 {
                    self.conditions.push(fields);
                }
            }
            "up" if within && at > 0 => self.criteria.swap(at - 1, at),
            "down" if at + 1 < self.criteria.len() => self.criteria.swap(at, at + 1),
            "remove" if within => drop(self.criteria.remove(at)),
            "lift" if at < self.conditions.len() => drop(self.conditions.remove(at)),
            _ => {}
        }
    }

    fn add(&mut self, measure: &str) {
        let Some(measure) = Measure::named(measure) else { return };
        if self.criteria.len() >= MOST {
            return;
        }
        let stem = measure.name().replace('_', "-");
        let taken = |key: &str| self.criteria.iter().any(|fields| fields.get("key") == key);
        let key = std::iter::once(stem.clone())
            .chain((2..).map(|n| format!("{stem}-{n}")))
            .find(|key| !taken(key))
            .unwrap_or(stem);
        let mut fields = Fields::default();
        fields.set("key", key);
        fields.set("measure", measure.name());
        fields.set("factor", usual_factor(measure).name());
        fields.set("weight", "10");
        fields.set("unknown", POINTS);
        fields.set("missing", "0");
        fields.set("kind", if measure.is_code() { "codes" } else { "linear" });
        for (name, text) in [("low", "0"), ("high", "100"), ("below", "0"), ("above", "100"), ("otherwise", "0")] {
            fields.set(name, text);
        }
        self.criteria.push(fields);
    }

    /// The criteria, or everything wrong by the field of the form it stands in.
    pub fn criteria(&self) -> Result<Criteria> {
        let mut problems = Problems::default();
        let read = self.criteria.iter().enumerate().map(|(at, fields)| criterion(fields, at, &mut problems));
        let list: Vec<Option<Criterion>> = read.collect();
        let read = self.conditions.iter().enumerate().map(|(at, fields)| condition(fields, at, &mut problems));
        let conditions: Vec<Option<Condition>> = read.collect();
        problems.into_result()?;
        let criteria = Criteria {
            name: self.name.trim().to_owned(),
            version: 1,
            as_at: None,
            note: self.note.trim().replace("\r\n", "\n"),
            exclude: self.exclude.split_whitespace().map(str::to_owned).collect(),
            conditions: conditions.into_iter().flatten().collect(),
            criteria: list.into_iter().flatten().collect(),
        };
        match criteria.checked() {
            Ok(criteria) => Ok(criteria),
            Err(error) => match crate::universe::refused(error) {
                Error::Invalid(problems) => Err(Error::Invalid(as_fields(&problems))),
                other => Err(other),
            },
        }
    }
}

/// The factor that a measure mostly speaks to; the officer may say otherwise.
fn usual_factor(measure: Measure) -> Factor {
    match measure {
        Measure::RdSpending | Measure::RdIntensity | Measure::Patents | Measure::Industry => Factor::Technology,
        Measure::Funding | Measure::MarketValue | Measure::Listing | Measure::Footprint => Factor::Investment,
        Measure::Employees | Measure::EmployeeGrowth => Factor::Jobs,
        Measure::Chain | Measure::ChainDistance | Measure::ChainGap | Measure::OfficesHere => Factor::Ecosystem,
        _ => Factor::EconomicBenefit,
    }
}

fn of_criterion(criterion: &Criterion) -> Fields {
    let (digits, _) = words::typed_unit(criterion.measure);
    let number = |x: i64| words::plain(x, digits);
    let mut fields = Fields::default();
    fields.set("key", &criterion.key);
    fields.set("name", &criterion.name);
    fields.set("factor", criterion.factor.name());
    fields.set("measure", criterion.measure.name());
    fields.set("weight", criterion.weight.to_string());
    fields.set("note", &criterion.note);
    fields.set("kind", criterion.curve.kind());
    let (unknown, points) = match criterion.missing {
        Missing::Points(points) => (POINTS, points),
        Missing::LeaveOut => (LEAVE_OUT, 0),
    };
    fields.set("unknown", unknown);
    fields.set("missing", words::points(points));
    match &criterion.curve {
        Curve::Threshold { at, below, above } => {
            fields.set("at", number(*at));
            fields.set("below", words::points(*below));
            fields.set("above", words::points(*above));
        }
        Curve::Linear { from, to, low, high } | Curve::Log { from, to, low, high } => {
            fields.set("from", number(*from));
            fields.set("to", number(*to));
            fields.set("low", words::points(*low));
            fields.set("high", words::points(*high));
        }
        Curve::Table { rows, below, between } => {
            let lines = rows.iter().map(|row| format!("{} = {}", number(row.at), words::points(row.points)));
            fields.set("rows", lines.collect::<Vec<_>>().join("\n"));
            fields.set("below", words::points(*below));
            fields.set("between", if *between == Between::Lines { "lines" } else { "steps" });
        }
        Curve::Codes { points, otherwise } => {
            let lines = points.iter().map(|(code, given)| format!("{code} = {}", words::points(*given)));
            fields.set("rows", lines.collect::<Vec<_>>().join("\n"));
            fields.set("otherwise", words::points(*otherwise));
        }
    }
    fields
}

fn of_condition(condition: &Condition) -> Fields {
    let (digits, _) = words::typed_unit(condition.measure);
    let mut fields = Fields::default();
    fields.set("cmeasure", condition.measure.name());
    fields.set("cleast", condition.at_least.map_or_else(String::new, |n| words::plain(n, digits)));
    fields.set("cmost", condition.at_most.map_or_else(String::new, |n| words::plain(n, digits)));
    fields.set("cone", condition.one_of.join(" "));
    fields.set("cnone", condition.none_of.join(" "));
    fields.set("ckeep", if condition.keep_missing { "yes" } else { "" });
    fields
}

/// Reads one criterion's fields, telling what is wrong with each.
struct Reader<'a> {
    fields: &'a Fields,
    at: usize,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn wrong(&mut self, name: &str, key: &str) {
        self.problems.add(&format!("{name}-{}", self.at), key);
    }

    fn number(&mut self, name: &str, digits: u32) -> i64 {
        let text = self.fields.get(name).to_owned();
        words::read_plain(&text, digits).unwrap_or_else(|| {
            self.no_number(name, &text, digits);
            0
        })
    }

    fn no_number(&mut self, name: &str, text: &str, digits: u32) {
        let text: String = text.trim().chars().take(40).collect();
        if text.is_empty() {
            self.wrong(name, "criteria-problem-missing");
            return;
        }
        let args = [("value", text), ("digits", digits.to_string())];
        self.problems.add_with(&format!("{name}-{}", self.at), "criteria-number-unreadable", &args);
    }

    fn points_in(&mut self, name: &str, text: &str) -> u32 {
        let read = words::read_plain(text, 4).and_then(|points| u32::try_from(points).ok());
        read.filter(|points| *points <= FULL).unwrap_or_else(|| {
            self.wrong(name, "criteria-points-unreadable");
            0
        })
    }

    fn points(&mut self, name: &str) -> u32 {
        let text = self.fields.get(name).to_owned();
        self.points_in(name, &text)
    }

    /// Lines of `left = points`.
    fn lines(&mut self) -> Vec<(String, u32)> {
        let text = self.fields.get("rows").to_owned();
        let mut read = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.rsplit_once('=') {
                Some((left, points)) => read.push((left.trim().to_owned(), self.points_in("rows", points))),
                None => self.wrong("rows", "criteria-rows-unreadable"),
            }
        }
        read
    }
}

fn criterion(fields: &Fields, at: usize, problems: &mut Problems) -> Option<Criterion> {
    let before = problems.all().len();
    let mut reader = Reader { fields, at, problems };
    let measure = fields.measure("measure");
    let factor = Factor::named(fields.get("factor"));
    if measure.is_none() {
        reader.wrong("measure", "criteria-measure-unknown");
    }
    if factor.is_none() {
        reader.wrong("factor", "criteria-factor-unknown");
    }
    let measure = measure?;
    let (digits, _) = words::typed_unit(measure);
    let weight = u32::try_from(reader.number("weight", 0)).unwrap_or(u32::MAX);
    let missing = match fields.get("unknown") {
        LEAVE_OUT => Missing::LeaveOut,
        _ => Missing::Points(reader.points("missing")),
    };
    let curve = match fields.get("kind") {
        "threshold" => Curve::Threshold {
            at: reader.number("at", digits),
            below: reader.points("below"),
            above: reader.points("above"),
        },
        kind @ ("linear" | "log") => {
            let (from, to) = (reader.number("from", digits), reader.number("to", digits));
            let (low, high) = (reader.points("low"), reader.points("high"));
            if kind == "log" { Curve::Log { from, to, low, high } } else { Curve::Linear { from, to, low, high } }
        }
        "table" => {
            let mut rows = Vec::new();
            for (left, points) in reader.lines() {
                match words::read_plain(&left, digits) {
                    Some(at) => rows.push(Row { at, points }),
                    None => reader.no_number("rows", &left, digits),
                }
            }
            let between = if fields.get("between") == "lines" { Between::Lines } else { Between::Steps };
            let below = if between == Between::Lines { 0 } else { reader.points("below") };
            Curve::Table { rows, below, between }
        }
        "codes" => Curve::Codes { points: reader.lines().into_iter().collect(), otherwise: reader.points("otherwise") },
        _ => {
            reader.wrong("kind", "criteria-kind-unknown");
            return None;
        }
    };
    let sound = reader.problems.all().len() == before;
    Some(Criterion {
        key: fields.get("key").to_owned(),
        name: fields.get("name").trim().to_owned(),
        factor: factor?,
        measure,
        weight,
        missing,
        note: fields.get("note").trim().to_owned(),
        curve,
    })
    .filter(|_| sound)
}

fn condition(fields: &Fields, at: usize, problems: &mut Problems) -> Option<Condition> {
    let mut reader = Reader { fields, at, problems };
    let Some(measure) = fields.measure("cmeasure") else {
        reader.wrong("cmeasure", "criteria-measure-unknown");
        return None;
    };
    let (digits, _) = words::typed_unit(measure);
    let mut bound = |name: &str| match fields.get(name).trim() {
        "" => None,
        _ => Some(reader.number(name, digits)),
    };
    let (at_least, at_most) = (bound("cleast"), bound("cmost"));
    let codes = |name: &str| {
        fields
            .get(name)
            .split([' ', ',', '\n', '\r', '、', '，'])
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Some(Condition {
        measure,
        at_least,
        at_most,
        one_of: codes("cone"),
        none_of: codes("cnone"),
        keep_missing: fields.get("ckeep") == "yes",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        name = "Trial"
        note = "Why"
        exclude = ["A", "B"]
        [[condition]]
        measure = "employees"
        at_least = 50
        keep_missing = true
        [[criterion]]
        key = "rd"
        factor = "technology"
        measure = "rd_intensity"
        weight = 30
        missing = { points = 125000 }
        curve = { kind = "linear", from = 125, to = 2000 }
        [[criterion]]
        key = "trade"
        factor = "ecosystem"
        measure = "industry"
        weight = 5
        missing = "leave_out"
        curve = { kind = "codes", points = { "26" = 1000000, "21" = 500000 } }
        [[criterion]]
        key = "worth"
        factor = "investment"
        measure = "market_value"
        weight = 5
        curve = { kind = "table", between = "lines", rows = [{ at = 1500, points = 0 }, { at = 9000, points = 1000000 }] }
    "#;

    #[test]
    fn what_the_form_holds_is_what_was_saved() {
        let criteria = Criteria::from_toml(TEXT).unwrap();
        let draft = Draft::of(&criteria);
        assert_eq!((draft.criteria[0].get("from"), draft.criteria[0].get("missing")), ("1.25", "12.5"));
        assert_eq!(draft.criteria[2].get("rows"), "1.5 = 0\n9 = 100");
        assert_eq!((draft.criteria[1].get("unknown"), draft.criteria[1].get("missing")), (LEAVE_OUT, "0"));
        assert_eq!(draft.criteria().unwrap(), criteria);
    }

    #[test]
    fn what_is_wrong_is_told_by_the_field_it_stands_in() {
        let mut draft = Draft::of(&Criteria::from_toml(TEXT).unwrap());
        draft.criteria[0].set("to", "one");
        draft.criteria[1].set("rows", "26: 5");
        let Err(Error::Invalid(problems)) = draft.criteria() else { panic!("it was taken") };
        let fields: Vec<&str> = problems.all().iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["to-0", "rows-1"]);
        let mut draft = Draft::of(&Criteria::from_toml(TEXT).unwrap());
        draft.criteria[0].set("to", "1");
        draft.conditions[0].set("cmost", "3");
        let Err(Error::Invalid(problems)) = draft.criteria() else { panic!("it was taken") };
        let fields: Vec<&str> = problems.all().iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["to-0", "cmost-0"]);
        let mut draft = Draft::of(&Criteria::from_toml(TEXT).unwrap());
        draft.criteria[1].set("rows", "26 = 5\nfrance = 7");
        draft.conditions[0].set("cmeasure", "country");
        draft.conditions[0].set("cleast", "");
        draft.conditions[0].set("cone", "JP korea");
        let Err(Error::Invalid(problems)) = draft.criteria() else { panic!("it was taken") };
        let told: Vec<(&str, &str)> =
            problems.all().iter().map(|problem| (problem.field.as_str(), problem.args[0].1.as_str())).collect();
        assert_eq!(told, [("rows-1", "france"), ("cone-0", "korea")], "each code is named");
    }

    #[test]
    fn criteria_are_added_moved_and_removed() {
        let mut draft = Draft::of(&Criteria::from_toml(TEXT).unwrap());
        let form = Form::default().with("new-measure", "rd_intensity").with("new-condition", "country");
        let keys = |draft: &Draft| draft.criteria.iter().map(|one| one.get("key").to_owned()).collect::<Vec<_>>();
        draft.do_as_told("add", &form);
        assert_eq!(keys(&draft), ["rd", "trade", "worth", "rd-intensity"]);
        draft.do_as_told("up-3", &form);
        draft.do_as_told("remove-0", &form);
        draft.do_as_told("down-2", &form);
        draft.do_as_told("remove-9", &form);
        draft.do_as_told("demand", &form);
        assert_eq!(keys(&draft), ["trade", "rd-intensity", "worth"]);
        assert_eq!(draft.conditions.len(), 2);
    }
}
