//! SQL of cross-tabs: one grouping statement, with every dimension as at the day as known at the
//! instant, and the reader's reach in it.

use platform::clock::At;
use platform::sql::Sql;
use platform::{Cx, Result};

use super::super::store::{enterprises, living, stands};
use super::super::{AsOf, Counted, Dimension, NOT_STATED, OUTCOMES, PLEDGES, Record};
use super::{BETWEEN_CELLS, BETWEEN_VALUES, Cut, own_batch};

/// What is counted: milestones, ledger entries added up by project, or projects alone, as `x`.
fn source(cut: &Cut, by_year: bool, sql: &mut Sql) {
    let entries = |sql: &mut Sql, measures: &[&'static str], kinds: &[&'static str]| {
        sql.push("(SELECT project_id, CAST(SUM(base_amount) AS BIGINT) AS amount");
        if by_year {
            sql.push(", substr(CAST(effective_on AS TEXT), 1, 4) AS of_year");
        }
        sql.push(" FROM ledger_entries WHERE measure");
        sql.bind_in(measures.iter().copied()).push(" AND kind").bind_in(kinds.iter().copied());
        sql.push(" AND effective_on <= ").bind(cut.as_of.as_at);
        sql.push(" AND recorded_at <= ").bind(cut.as_of.known_at).push(" GROUP BY project_id");
        if by_year {
            sql.push(", substr(CAST(effective_on AS TEXT), 1, 4)");
        }
        sql.push(") x JOIN projects p ON p.id = x.project_id");
    };
    match cut.measure.counted() {
        Counted::Milestone(kind) => {
            sql.push("(SELECT project_id, substr(CAST(effective_on AS TEXT), 1, 4) AS of_year, batch, 1 AS amount");
            sql.push(" FROM milestones WHERE kind = ").bind(kind);
            standing(cut.as_of, "", sql);
            sql.push(") x JOIN projects p ON p.id = x.project_id");
        }
        Counted::Pledges(measures) => entries(sql, measures, PLEDGES),
        Counted::Outcomes(measures) => entries(sql, measures, OUTCOMES),
        Counted::Projects => {
            sql.push("projects p");
        }
    }
}

/// The projects counted, as `p`: not retired then, within reach, each with its amount. They come
/// in the order of their enterprises, so that what is asked of an enterprise is asked of one after
/// another and not all over the table: at scale that is most of the time.
fn counted(cx: &Cx, cut: &Cut, dimensions: &[Dimension], named: bool, after: Option<&str>, sql: &mut Sql) {
    let asks = |dimension: Dimension| dimensions.contains(&dimension);
    let years = asks(Dimension::Year) && !matches!(cut.measure.counted(), Counted::Projects);
    let batches = asks(Dimension::Batch) && own_batch(cut.measure);
    sql.push("(SELECT p.id, p.enterprise_id");
    if named {
        sql.push(", p.reference, p.title");
    }
    for dimension in dimensions {
        sql.push(match dimension {
            Dimension::Nature => ", p.nature",
            Dimension::HqKind => ", p.hq_kind",
            Dimension::Stage => ", p.stage",
            Dimension::Status => ", p.status",
            Dimension::Activity => ", p.activities",
            _ => "",
        });
    }
    sql.push(if years { ", x.of_year" } else { "" }).push(if batches { ", x.batch" } else { "" });
    let alone = matches!(cut.measure.counted(), Counted::Projects);
    sql.push(if alone { ", 1 AS amount FROM " } else { ", MAX(x.amount) AS amount FROM " });
    source(cut, years, sql);
    sql.push(" WHERE ");
    living(cut.as_of.known_at, sql);
    sql.push(" AND ");
    if alone {
        begun(cx, cut.as_of, sql);
    }
    cx.visible().condition(sql, crate::project::SECRECY);
    if let Some(after) = after {
        sql.push(" AND p.reference > ").bind(after);
    }
    sql.push(" GROUP BY p.enterprise_id, p.id");
    sql.push(if years { ", x.of_year" } else { "" }).push(if batches { ", x.batch" } else { "" });
    sql.push(") p");
}

/// Adds what makes a milestone stand as at the day as known at the instant. `of` is its alias.
fn standing(as_of: AsOf, of: &'static str, sql: &mut Sql) {
    sql.push(" AND ").push(of).push("effective_on <= ").bind(as_of.as_at);
    sql.push(" AND ").push(of).push("recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (").push(of).push("superseded_at IS NULL OR ").push(of).push("superseded_at > ");
    sql.bind(as_of.known_at).push(")");
}

/// What is counted with the enterprise that stands for its own as `e`, within reach too.
fn joined(cx: &Cx, cut: &Cut, dimensions: &[Dimension], named: bool, after: Option<&str>, sql: &mut Sql) {
    sql.push(" FROM ");
    counted(cx, cut, dimensions, named, after, sql);
    enterprises(cut.as_of.known_at, sql);
    if dimensions.contains(&Dimension::ValueChain) {
        sql.push(" JOIN directory_enterprise_position v ON v.id = e.id");
    }
    sql.push(" WHERE ");
    cx.visible().condition(sql, directory::enterprise::SECRECY);
}

/// A project had begun by a day if it had been entered by then, or a milestone or a passed gate of
/// that day or earlier says so: registers are often entered late.
fn begun(cx: &Cx, as_of: AsOf, sql: &mut Sql) {
    sql.push("p.created_at <= ").bind(as_of.known_at);
    sql.push(" AND (p.created_at <= ").bind(At::end_of(as_of.as_at, &cx.house.zone));
    sql.push(" OR EXISTS (SELECT 1 FROM milestones h WHERE h.project_id = p.id");
    standing(as_of, "h.", sql);
    sql.push(") OR EXISTS (SELECT 1 FROM gate_passages g WHERE g.project_id = p.id AND g.effective_on <= ");
    sql.bind(as_of.as_at).push(" AND g.passed_at <= ").bind(as_of.known_at);
    sql.push(" AND (g.superseded_at IS NULL OR g.superseded_at > ").bind(as_of.known_at).push("))) AND ");
}

/// The value of a dimension: the latest fact of a field that has any, else the column; nothing
/// stated is empty. Several values stand with commas between.
fn value(cx: &Cx, cut: &Cut, dimension: Dimension, sql: &mut Sql) {
    let project = |field: &'static str, column: &'static str, sql: &mut Sql| {
        sql.push(
            "COALESCE((SELECT COALESCE(f.value, '') FROM project_facts f WHERE f.project_id = p.id AND f.field = ",
        );
        latest(cut.as_of, field, sql);
        sql.push(column).push(", '')");
    };
    let enterprise = |field: &'static str, column: &'static str, sql: &mut Sql| {
        sql.push(
            "COALESCE((SELECT COALESCE(f.value, '') FROM directory_enterprise_fact f WHERE f.enterprise_id = e.id",
        );
        sql.push(" AND f.field = ");
        latest(cut.as_of, field, sql);
        sql.push(column).push(", '')");
    };
    match dimension {
        Dimension::Nature => project("nature", "p.nature", sql),
        Dimension::HqKind => project("hq_kind", "p.hq_kind", sql),
        Dimension::Stage => project("stage", "p.stage", sql),
        Dimension::Status => project("status", "p.status", sql),
        Dimension::Activity => project("activities", "p.activities", sql),
        Dimension::ReportingOrigin => enterprise("reporting_origin", "e.reporting_origin", sql),
        Dimension::ValueChain => enterprise("value_chain", "v.value_chain", sql),
        Dimension::Industry => industries(cx, cut.as_of, sql),
        Dimension::Batch => batch(cut, sql),
        Dimension::Year if matches!(cut.measure.counted(), Counted::Projects) => {
            sql.push("''");
        }
        Dimension::Year => {
            sql.push("p.of_year");
        }
    }
}

fn latest(as_of: AsOf, field: &'static str, sql: &mut Sql) {
    sql.bind(field).push(" AND f.effective_on <= ").bind(as_of.as_at);
    sql.push(" AND f.recorded_at <= ").bind(as_of.known_at);
    sql.push(" ORDER BY f.effective_on DESC, f.recorded_at DESC, f.id DESC LIMIT 1), ");
}

/// The industries of the enterprise and of those it then stood for, of the list in force on the day.
fn industries(cx: &Cx, as_of: AsOf, sql: &mut Sql) {
    let list = cx.house.codes.on("industry", as_of.as_at);
    sql.push("COALESCE((SELECT string_agg(i.industry, ',') FROM directory_enterprise_industry i");
    sql.push(" WHERE (i.enterprise_id = e.id OR i.enterprise_id IN (SELECT z.enterprise_id");
    sql.push(" FROM directory_enterprise_standing z WHERE z.survivor_id = e.id AND ");
    stands(as_of.known_at, "z.", sql);
    sql.push(")) AND i.valid_from <= ").bind(as_of.as_at);
    sql.push(" AND (i.valid_to IS NULL OR i.valid_to >= ").bind(as_of.as_at);
    sql.push(") AND i.recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (i.superseded_at IS NULL OR i.superseded_at > ").bind(as_of.known_at);
    // Not the bare column: the planner would go by industry, once for each code of the list.
    sql.push(") AND (i.industry || '')").bind_in(list.into_iter().map(|code| code.code)).push("), '')");
}

/// The ceremony of a signing, for everything else the batch of the project's attraction.
fn batch(cut: &Cut, sql: &mut Sql) {
    if own_batch(cut.measure) {
        sql.push("COALESCE(p.batch, '')");
        return;
    }
    sql.push("COALESCE((SELECT a.batch FROM milestones a WHERE a.project_id = p.id AND a.kind = 'attracted'");
    standing(cut.as_of, "a.", sql);
    sql.push(" ORDER BY a.effective_on, a.id LIMIT 1), '')");
}

/// All sets of cells that something counted stands in, and how much stands in each.
pub(super) async fn sets(cx: &mut Cx, cut: &Cut, dimensions: &[Dimension]) -> Result<Vec<(String, i64)>> {
    let enterprises = cut.measure.counts_enterprises();
    let mut sql = Sql::new("SELECT g.cells, ");
    match cut.measure.counted() {
        Counted::Milestone(_) | Counted::Projects => sql.push("COUNT(*)"),
        Counted::Pledges(_) | Counted::Outcomes(_) => sql.push("CAST(SUM(g.amount) AS BIGINT)"),
    };
    sql.push(" FROM (");
    if enterprises {
        sql.push("SELECT string_agg(r.cells, ").bind(BETWEEN_CELLS.to_string()).push(") AS cells FROM (");
    }
    sql.push("SELECT e.id AS enterprise_id, p.amount, ");
    let separator = BETWEEN_VALUES.to_string();
    sql.push("''");
    for (place, dimension) in dimensions.iter().enumerate() {
        if place > 0 {
            sql.push(" || ").bind(separator.as_str());
        }
        sql.push(" || ");
        value(cx, cut, *dimension, &mut sql);
    }
    sql.push(" AS cells");
    joined(cx, cut, dimensions, false, None, &mut sql);
    if enterprises {
        sql.push(") r GROUP BY r.enterprise_id");
    }
    sql.push(") g GROUP BY g.cells");
    sql.fetch_all(cx).await
}

/// Names for the limited dimensions' values in the statement of records.
const NAMES: [&str; 10] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];

pub(super) async fn records(cx: &mut Cx, cut: &Cut, after: Option<&str>, limit: i64) -> Result<Vec<Record>> {
    let dimensions: Vec<Dimension> = cut.only.iter().map(|(dimension, _)| *dimension).collect();
    let mut sql =
        Sql::new("SELECT r.project_id, r.reference, r.title, r.enterprise_id, r.enterprise_name, r.name_language, ");
    sql.push(match cut.measure.counted() {
        Counted::Milestone(_) | Counted::Projects => "CAST(1 AS BIGINT) AS value",
        Counted::Pledges(_) | Counted::Outcomes(_) => "CAST(SUM(r.amount) AS BIGINT) AS value",
    });
    sql.push(" FROM (SELECT p.id AS project_id, p.reference, p.title, e.id AS enterprise_id, e.name AS enterprise_name, e.name_language");
    sql.push(", p.amount");
    for (dimension, name) in dimensions.iter().zip(NAMES) {
        sql.push(", ");
        value(cx, cut, *dimension, &mut sql);
        sql.push(" AS ").push_name(name);
    }
    joined(cx, cut, &dimensions, true, after, &mut sql);
    sql.push(") r WHERE 1 = 1");
    for ((dimension, values), name) in cut.only.iter().zip(NAMES) {
        sql.push(" AND ");
        limited(*dimension, values, name, &mut sql);
    }
    sql.push(" GROUP BY r.project_id, r.reference, r.title, r.enterprise_id, r.enterprise_name, r.name_language");
    sql.push(" ORDER BY r.reference LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// Adds that a dimension has one of these values. Codes hold no comma and no sign that `LIKE` takes
/// for another.
fn limited(dimension: Dimension, values: &[String], name: &'static str, sql: &mut Sql) {
    if !dimension.several() {
        sql.push("r.").push_name(name).bind_in(values.iter().map(String::as_str));
        return;
    }
    sql.push("(1 = 0");
    for value in values {
        sql.push(" OR ");
        if value == NOT_STATED {
            sql.push("r.").push_name(name).push(" = ''");
        } else {
            sql.push("(',' || r.").push_name(name).push(" || ',') LIKE ").bind(format!("%,{value},%"));
        }
    }
    sql.push(")");
}
