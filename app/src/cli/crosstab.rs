//! `oases crosstab`: reporting's door for tables on the terminal.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use platform::export;
use platform::forms::Form;
use platform::house::House;
use reporting::crosstab::{self, download, report};

use crate::say::{self, said};

use super::{AsOfArgs, Format, operator};

/// What to count, and how to lay it out.
#[derive(Args)]
pub struct CrosstabArgs {
    /// One or two dimensions: industry, reporting_origin, nature, hq_kind, stage, status, batch, year, activity,
    /// value_chain.
    #[arg(long, value_name = "DIM[,DIM]")]
    rows: String,
    /// None, one or two dimensions.
    #[arg(long, default_value = "", value_name = "DIM[,DIM]")]
    columns: String,
    /// A metric, such as enterprises_attracted, partners_signed, investment_pledged or projects.
    #[arg(long, value_name = "METRIC")]
    measure: String,
    /// Counts only what has this value; may be given several times.
    #[arg(long, value_name = "DIM=VALUE")]
    filter: Vec<String>,
    /// none, row, column or total.
    #[arg(long, default_value = "none")]
    shares: String,
    /// Leaves sub-totals out.
    #[arg(long)]
    no_sub_totals: bool,
}

impl CrosstabArgs {
    fn form(&self) -> Result<Form> {
        let mut form = Form::default()
            .with("rows", &self.rows)
            .with("columns", &self.columns)
            .with("measure", &self.measure)
            .with("shares", &self.shares)
            .with("sub_totals", if self.no_sub_totals { "no" } else { "yes" });
        for filter in &self.filter {
            let Some((dimension, value)) = filter.split_once('=') else {
                bail!("--filter {filter}: write it as DIM=VALUE, such as industry=financial-technology");
            };
            if projects::figures::Dimension::from_code(dimension).is_none() {
                bail!("--filter {filter}: there is no dimension “{dimension}”");
            }
            form = form.with(dimension, value);
        }
        Ok(form)
    }
}

pub(super) async fn crosstab(house: &Arc<House>, args: &CrosstabArgs, as_of: &AsOfArgs, format: Format) -> Result<()> {
    let mut cx = operator(house);
    let as_of = as_of.read(&cx)?;
    let form = args.form()?;
    let definition = crosstab::read_table(&cx, &form).map_err(|error| said(&operator(house), error))?;
    let table = crosstab::table(&mut cx, &definition, as_of).await;
    let table = table.map_err(|error| said(&operator(house), error))?;
    let report = report::report(&cx, &table);
    match format {
        Format::Json => say!("{}", report::as_json(&report)?)?,
        Format::Csv => {
            let file = download::file(&cx, &table, &report, export::Format::Csv).await?;
            say::out(format_args!("{}", String::from_utf8(file)?))?;
        }
        Format::Table => say::out(format_args!("{}", report::as_text(&cx, &table)))?,
    }
    Ok(())
}
