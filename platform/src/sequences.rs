//! Human references, read aloud on the telephone: `P-2026-0042`.

use crate::cx::Cx;
use crate::error::Result;
use crate::on;

/// Takes `count` numbers of a series at once; answers the first. Numbers start at 1, and one
/// taken by a request that fails is given again.
pub async fn take(cx: &mut Cx, series: &str, count: i64) -> Result<i64> {
    let sql = "INSERT INTO sequences (series, last) VALUES ($1, $2)
               ON CONFLICT (series) DO UPDATE SET last = sequences.last + $2 RETURNING last";
    let (last,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(series).bind(count).fetch_one(db).await)?;
    Ok(last - count + 1)
}

/// `P`, 2026, 42 is `P-2026-0042`; past 9,999 the number simply grows.
pub fn reference(letter: &str, year: i32, number: i64) -> String {
    format!("{letter}-{year}-{number:04}")
}

/// Whether a text has the form of a reference of a series, whosoever gave it.
pub fn is_reference(letter: &str, text: &str) -> bool {
    let is_number = |part: &str, least: usize| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.trim().split('-').collect();
    matches!(parts[..], [series, year, number] if series.eq_ignore_ascii_case(letter) && is_number(year, 4) && is_number(number, 4))
}
