//! Export of a screening: its companies with what each criterion gave, and by which fact.

use ::screening::{Ranked, Value};
use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, text};
use platform::forms::Form;
use platform::order::Place;
use platform::permission::Permission;
use platform::{Cx, Error, Id, Result};

use super::list::{self, Filter};
use super::{full, get, store, version_of};
use crate::READ;

pub struct Screening;

impl ExportKind for Screening {
    fn name(&self) -> &'static str {
        "screening"
    }

    fn key(&self) -> &'static str {
        "screenings-heading"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("rank", "screening-rank"),
            column("company_id", "company-id"),
            column("lei", "company-lei"),
            column("name", "company-name"),
            column("country", "fact-country"),
            column("industry", "fact-industry"),
            column("listing", "fact-listing"),
            column("share", "screening-share"),
            column("best", "screening-best"),
            column("worst", "screening-worst"),
            column("enterprise", "screening-known"),
            column("standing", "target-standing"),
            column("reasons", "screening-reasons"),
            column("may_be", "screening-known-unsure"),
        ];
        COLUMNS
    }

    /// `query` is the list's address with `screening` telling which; without it, nothing is asked for.
    fn filters(&self) -> &'static [&'static str] {
        &["screening", "q", "country", "industry", "listing", "chain", "courted", "ids", "sort"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let form = Form::decode(query);
            let Some(id) = form.number("screening").map(Id) else { return Ok(ExportPage::default()) };
            let screening = get(cx, id).await?;
            let version = version_of(cx, &screening).await?;
            let whole = full(&version);
            let extent = list::extent(cx, &screening).await?;
            let filter = Filter { place: Place::after(mark), ..list::asked(cx, extent, &form).await? };
            let found = list::page(cx, extent, &filter, 500).await?;
            let ranks: Vec<i64> = found.rows.iter().map(|row| row.rank).collect();
            let ranked = store::ranked_many(cx, id, &ranks).await?;
            let companies: Vec<String> = found.rows.iter().map(|row| row.company_id.clone()).collect();
            let known = list::known(cx, &companies).await?;
            let mut rows = Vec::with_capacity(ranked.len());
            for (row, one) in found.rows.iter().zip(&ranked) {
                if one.company.id != row.company_id {
                    return Err(Error::unexpected("a screening's row is not its own"));
                }
                let held = known.get(&row.company_id);
                let (known, unsure) = (held.filter(|one| !one.is_unsure()), held.filter(|one| one.is_unsure()));
                let share = i128::from(row.total) * 10_000 / i128::from(whole.max(1));
                rows.push(vec![
                    number(row.rank),
                    text(Some(&row.company_id)),
                    text(one.company.lei.as_deref()),
                    text(Some(&row.name)),
                    text(Some(row.country.as_str()).filter(|code| !code.is_empty())),
                    text(Some(row.industry.as_str()).filter(|code| !code.is_empty())),
                    text(Some(row.listing.as_str()).filter(|code| !code.is_empty())),
                    Cell::Decimal { unscaled: i64::try_from(share).unwrap_or(0), scale: 4 },
                    number(row.best),
                    number(row.worst),
                    text(known.map(|known| known.enterprise.as_str())),
                    text(known.and_then(|known| known.standing.as_deref())),
                    Cell::Text(reasons(one)),
                    text(unsure.map(|known| known.enterprise.as_str())),
                ]);
            }
            Ok(ExportPage { rows, next: found.next })
        })
    }
}

fn number(value: i64) -> Cell {
    Cell::Decimal { unscaled: value, scale: 0 }
}

/// One line for each criterion: key, value, points, what it adds, day and source.
fn reasons(ranked: &Ranked) -> String {
    let line = |reason: &::screening::Reason| {
        let value = reason.value.as_ref().map_or_else(|| "?".to_owned(), Value::to_string);
        let fact = reason.fact.as_ref().map_or_else(String::new, |fact| format!("; {} {}", fact.as_at, fact.source));
        format!("{}: {value}; {}/1000000 x {}{fact}", reason.key, reason.points, reason.weight)
    };
    ranked.reasons.iter().map(line).collect::<Vec<_>>().join("\n")
}
