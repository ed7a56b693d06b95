//! `oases figures`: reporting's door on the terminal.

use std::sync::Arc;

use anyhow::Result;
use platform::house::House;

use crate::say::{self, said};

use super::{AsOfArgs, Format, operator};

pub(super) async fn figures(house: &Arc<House>, as_of: &AsOfArgs, format: Format) -> Result<()> {
    let mut cx = operator(house);
    let as_of = as_of.read(&cx)?;
    let report = reporting::figures::figures_report(&mut cx, as_of, None).await;
    let report = report.map_err(|error| said(&operator(house), error))?;
    match format {
        Format::Json => say!("{}", reporting::figures::as_json(&report)?)?,
        Format::Csv => say::out(format_args!("{}", reporting::figures::as_csv(&report)))?,
        Format::Table => say::out(format_args!("{}", reporting::figures::as_table(&cx, &report)))?,
    }
    Ok(())
}
