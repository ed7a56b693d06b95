//! What a list may be asked: a program, and whoever writes a command, is told of a word that nothing is narrowed by, for
//! an answer that is wider than was asked looks like the one that was. Pages forgive, for a person sees what is set.

use crate::codes::Codes;
use crate::cx::Cx;
use crate::error::Problems;
use crate::forms::Form;
use crate::order::Order;
use crate::own_field;
use crate::permission::Tier;

/// So many of the codes that would do are named where one is refused.
const NAMED: usize = 40;

/// One parameter of a list's address, and what may be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub takes: Takes,
}

/// The most records a page of a list holds; a program goes on by its mark.
pub const MOST_OF_A_LIST: i64 = 200;

impl Cx {
    /// How many records of a list a program asks for at a time; so many where it says nothing.
    pub fn limit(&self, usual: i64) -> i64 {
        Form::decode(&self.view().query).number("limit").unwrap_or(usual).clamp(1, MOST_OF_A_LIST)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any words: a list's own code, a mark, a day, each read where it is used.
    Words,
    /// A whole number.
    Number,
    /// One of these; for an order with `-` before it too.
    One {
        of: Vec<String>,
        either_way: bool,
    },
    Day,
    /// The key of an account, `me` or `none`.
    Holder,
}

impl Parameter {
    /// By its name alone: what the same word means wherever it is asked.
    pub fn named(name: &str) -> Self {
        let one = |words: &[&str]| Takes::One {
            of: words.iter().map(|word| (*word).to_owned()).collect(),
            either_way: false,
        };
        let takes = match name {
            "tier" => one(&Tier::ALL.map(Tier::code)),
            "retired" | "withdrawn" | "cleared" | "sub_totals" | "borne_out" => one(&["yes", "no"]),
            "owner" => Takes::Holder,
            "limit" | "team" | "enterprise" | "actor" | "subject" | "import" | "screening" => Takes::Number,
            "since" | "until" => Takes::Day,
            _ => Takes::Words,
        };
        Self { name: name.to_owned(), takes }
    }

    /// As the API's description declares it: `pattern` such as `^-?(name|created)$`.
    pub fn declared(name: &str, is_number: bool, pattern: Option<&str>) -> Self {
        let closed = pattern.and_then(|pattern| {
            let (either_way, rest) = match pattern.strip_prefix("^-?(") {
                Some(rest) => (true, rest),
                None => (false, pattern.strip_prefix("^(")?),
            };
            let of = rest.strip_suffix(")$")?.split('|').map(str::to_owned).collect();
            Some(Takes::One { of, either_way })
        });
        match closed {
            Some(takes) => Self { name: name.to_owned(), takes },
            None if is_number => Self { name: name.to_owned(), takes: Takes::Number },
            None => Self::named(name),
        }
    }

    fn told(&self, value: &str, problems: &mut Problems) {
        let fits = match &self.takes {
            Takes::Words => true,
            Takes::Day => {
                problems.day(&self.name, Some(value));
                return;
            }
            Takes::Number if self.name == "limit" => {
                if !value.parse().is_ok_and(|limit| (1..=MOST_OF_A_LIST).contains(&limit)) {
                    problems.add_with("limit", "problem-asked-limit", &[("most", MOST_OF_A_LIST.to_string())]);
                }
                return;
            }
            Takes::Number => value.parse::<i64>().is_ok(),
            Takes::Holder => value == "me" || value == "none" || value.parse::<i64>().is_ok(),
            Takes::One { of, either_way } => {
                let word = if *either_way { value.strip_prefix('-').unwrap_or(value) } else { value };
                of.iter().any(|one| one == word)
            }
        };
        let value = ("value", value.chars().take(40).collect::<String>());
        match &self.takes {
            _ if fits => {}
            Takes::One { of, .. } => {
                let more = if of.len() > NAMED { ", …" } else { "" };
                let known = format!("{}{more}", of.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "));
                problems.add_with(&self.name, "problem-asked-other", &[value, ("known", known)]);
            }
            Takes::Holder => problems.add_with(&self.name, "problem-asked-holder", &[value]),
            Takes::Number | Takes::Words | Takes::Day => {
                problems.add_with(&self.name, "problem-asked-number", &[value])
            }
        }
    }
}

/// What a word of a list's own may be, besides those that mean the same wherever they are asked.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// A code of one of the house's lists, ended ones included.
    Code(&'static str),
    One(&'static [&'static str]),
    /// The name of an order, with `-` before it too.
    Order(&'static [Order]),
    /// What the same word means wherever it is asked.
    Shared,
}

/// What is wrong with the words that a list is narrowed by, whichever way they came: a code that no list knows, for an
/// answer to it would look like one to what was meant.
pub fn unknown(codes: &Codes, form: &Form, words: &[(&str, Word)]) -> Problems {
    let mut problems = Problems::default();
    for (name, word) in words {
        let takes = match word {
            Word::Code(list) => {
                Takes::One { of: codes.all(list).into_iter().map(|code| code.code).collect(), either_way: false }
            }
            Word::One(of) => Takes::One { of: of.iter().map(|one| (*one).to_owned()).collect(), either_way: false },
            Word::Order(orders) => {
                Takes::One { of: orders.iter().map(|order| order.name.to_owned()).collect(), either_way: true }
            }
            Word::Shared => Parameter::named(name).takes,
        };
        let parameter = Parameter { name: (*name).to_owned(), takes };
        for value in form.values(name).into_iter().map(str::trim).filter(|value| !value.is_empty()) {
            parameter.told(value, &mut problems);
        }
    }
    problems
}

/// What is wrong with a question: a word that is not asked there, a value that it can't have. What is left empty asks
/// for nothing.
pub fn problems(form: &Form, known: &[Parameter]) -> Problems {
    let mut problems = Problems::default();
    for (name, value) in form.pairs() {
        // Which fields the office has of its own is not known here: the list they narrow tells.
        let as_declared = if own_field::is_parameter(name) { own_field::PARAMETER } else { name.as_str() };
        match known.iter().find(|parameter| parameter.name == as_declared) {
            Some(parameter) if !value.trim().is_empty() => parameter.told(value.trim(), &mut problems),
            Some(_) => {}
            None => {
                let names: Vec<&str> = known.iter().map(|parameter| parameter.name.as_str()).collect();
                let key = if names.is_empty() { "problem-asked-nothing" } else { "problem-asked-unknown" };
                problems.add_with(name, key, &[("name", name.chars().take(40).collect()), ("known", names.join(", "))]);
            }
        }
    }
    problems
}
