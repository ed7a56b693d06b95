//! Export of measurements, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, after_key, column, next_key};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Measurements;

impl ExportKind for Measurements {
    fn name(&self) -> &'static str {
        "measurements"
    }

    fn key(&self) -> &'static str {
        "import-measurements"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "measurement-enterprise"),
            column("name", "enterprise-name"),
            column("measure", "measurement-measure"),
            column("year", "measurement-year"),
            column("amount", "measurement-amount"),
            column("currency", "measurement-currency"),
            column("source", "measurement-source"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let held = store::exported(cx, after_key(mark), PAGE).await?;
            let next = next_key(&held, |last| last.measurement.id);
            let mut rows = Vec::with_capacity(held.len());
            for one in held {
                cx.look("enterprise", one.survivor_id, &one.name, Tier::from_rank(one.tier));
                let money = one.measurement.measure != "headcount";
                let decimals = if money { platform::units::decimals(&one.measurement.unit) } else { 0 };
                rows.push(vec![
                    Cell::Text(one.reference),
                    Cell::Text(one.name),
                    Cell::Text(one.measurement.measure),
                    Cell::Integer(one.measurement.year),
                    Cell::Decimal { unscaled: one.measurement.amount, scale: decimals },
                    if money { Cell::Text(one.measurement.unit) } else { Cell::Empty },
                    Cell::Text(one.measurement.source),
                ]);
            }
            Ok(ExportPage { rows, next })
        })
    }
}
