//! The universe: every company that open data tells of. The room knows it only by asking.

use std::sync::Arc;

use platform::house::House;
use platform::{Cx, Error, Problems, Result};
use screening::{About, Company, Engine};

use crate::READ;

pub mod api;
pub mod pages;

/// Who keeps the universe. A house without one says so wherever it is asked for.
#[derive(Clone, Default)]
pub struct Universe(Option<Arc<dyn Engine>>);

/// Puts an engine into the house.
pub fn put(house: &House, engine: Arc<dyn Engine>) {
    house.kept.put(Arc::new(Universe(Some(engine))));
}

pub(crate) fn engine(cx: &Cx) -> Result<Arc<dyn Engine>> {
    cx.house.kept.get::<Universe>().0.clone().ok_or_else(|| Error::conflict("universe-none"))
}

/// What an engine refused, as the house says it.
pub(crate) fn refused(error: screening::Error) -> Error {
    match error {
        screening::Error::Empty => Error::conflict("universe-none"),
        screening::Error::Cancelled => Error::conflict("screening-was-stopped"),
        screening::Error::Criteria(problems) => {
            let mut told = Problems::default();
            for problem in problems {
                let code = || ["points.", "one_of.", "none_of."].iter().find_map(|head| problem.field.split_once(head));
                let args = match (problem.wrong, code()) {
                    (screening::Wrong::Code, Some((_, code))) => vec![("code", code.to_owned())],
                    _ => Vec::new(),
                };
                told.add_with(&problem.field, crate::words::wrong_key(problem.wrong), &args);
            }
            Error::Invalid(told)
        }
        unreadable @ (screening::Error::Toml(_) | screening::Error::Json(_)) => {
            let mut told = Problems::default();
            let reason = unreadable.to_string();
            match unreadable.place() {
                Some((line, column)) => {
                    let args = [("line", line.to_string()), ("column", column.to_string()), ("reason", reason)];
                    told.add_with("file", "criteria-unreadable-at", &args);
                }
                None => told.add_with("file", "criteria-unreadable", &[("reason", reason)]),
            }
            Error::Invalid(told)
        }
        screening::Error::Engine(source) => Error::Unexpected(source),
    }
}

/// How many companies there are, of which day, and who says so; none where there is no universe.
pub async fn about(cx: &mut Cx) -> Result<Option<About>> {
    cx.require(&READ)?;
    let Ok(engine) = engine(cx) else { return Ok(None) };
    match engine.about().await {
        Ok(about) => Ok(Some(about).filter(|about| about.companies > 0)),
        Err(screening::Error::Empty) => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// One company.
pub async fn company(cx: &mut Cx, id: &str) -> Result<Company> {
    cx.require(&READ)?;
    engine(cx)?.company(id).await.map_err(refused)?.ok_or(Error::NotFound)
}

/// The companies with these ids or LEIs, as far as there are such; none where there is no universe.
pub async fn known(cx: &mut Cx, keys: &[String]) -> Result<Vec<Company>> {
    cx.require(&READ)?;
    let Ok(engine) = engine(cx) else { return Ok(Vec::new()) };
    match engine.known(keys).await {
        Err(screening::Error::Empty) => Ok(Vec::new()),
        found => found.map_err(refused),
    }
}

/// Companies by name, id or LEI.
pub async fn search(cx: &mut Cx, words: &str, most: usize) -> Result<Vec<Company>> {
    cx.require(&READ)?;
    engine(cx)?.search(words, most).await.map_err(refused)
}
