//! Statements put together at run time: filters from the user, and many rows in one insert.
//!
//! This is the only place that hands text to the driver as safe: text comes from the stores'
//! own constants, values go in as parameters.

use sqlx::{Arguments, AssertSqlSafe, FromRow, Postgres, Sqlite};
use time::Date;

use crate::clock::At;
use crate::cx::Cx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::id::Id;

/// A value to bind. Each kind may be null, since PostgreSQL wants a null's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(Option<bool>),
    Date(Option<Date>),
}

macro_rules! value_from {
    ($($type:ty, $kind:ident, $value:ident => $convert:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$kind(Some($convert))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value.map(|$value| $convert))
            }
        }
    )*};
}

value_from! {
    i64, Int, value => value;
    i32, Int, value => value.into();
    u32, Int, value => value.into();
    Id, Int, value => value.0;
    At, Int, value => value.0;
    String, Text, value => value;
    &str, Text, value => value.to_owned();
    bool, Bool, value => value;
    Date, Date, value => value;
}

/// How many values one statement is asked about: more are asked about in as many statements.
pub const AT_ONCE: usize = 500;

/// A statement under construction: text from constants, values as numbered parameters.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

macro_rules! arguments {
    ($driver:ty, $values:expr) => {{
        let mut arguments = <$driver as sqlx::Database>::Arguments::default();
        let mut added = Ok(());
        for value in $values {
            added = added.and_then(|()| match value {
                Value::Int(value) => arguments.add(value),
                Value::Text(value) => arguments.add(value),
                Value::Bool(value) => arguments.add(value),
                Value::Date(value) => arguments.add(value),
            });
        }
        added.map(|()| arguments).map_err(sqlx::Error::Encode)?
    }};
}

macro_rules! with_statement {
    ($cx:expr, $sql:expr, $make:path, $query:ident, $db:ident => $run:expr) => {{
        #[cfg(feature = "testing")]
        $cx.house.said.note(&$sql);
        let (text, values) = ($sql.text, $sql.values);
        match $cx.tx().await? {
            Tx::Sqlite(transaction) => {
                let text = in_order(&text);
                let $query = $make(AssertSqlSafe(text), arguments!(Sqlite, values));
                let $db = &mut **transaction;
                $run
            }
            Tx::Pg(transaction) => {
                let $query = $make(AssertSqlSafe(text), arguments!(Postgres, values));
                let $db = &mut **transaction;
                $run
            }
        }
    }};
}

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Adds constant text; nothing from outside goes this way.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a table's alias or a column's name chosen by code.
    pub fn push_name(&mut self, name: &'static str) -> &mut Self {
        self.push(name)
    }

    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds ` IN ($1, $2, …)`; an empty list matches nothing. More than [`AT_ONCE`] values are asked about in parts.
    pub fn bind_in<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push(" IN (");
        let mut first = true;
        for value in values {
            if !first {
                self.push(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.push("NULL");
        }
        self.push(")")
    }

    /// The text so far, for plan checks and tests.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same statement with constant text in front: `EXPLAIN …`.
    #[cfg(feature = "testing")]
    pub(crate) fn after(&self, head: &'static str) -> Self {
        Self { text: format!("{head}{}", self.text), values: self.values.clone() }
    }

    pub async fn fetch_all<T>(self, cx: &mut Cx) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        Ok(with_statement!(cx, self, sqlx::query_as_with::<_, T, _>, query, db => query.fetch_all(db).await)?)
    }

    pub async fn fetch_optional<T>(self, cx: &mut Cx) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        Ok(with_statement!(cx, self, sqlx::query_as_with::<_, T, _>, query, db => query.fetch_optional(db).await)?)
    }

    pub async fn fetch_one<T>(self, cx: &mut Cx) -> Result<T>
    where
        T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        self.fetch_optional(cx).await?.ok_or(Error::NotFound)
    }

    /// One whole number, such as a count.
    pub async fn fetch_number(self, cx: &mut Cx) -> Result<i64> {
        let (number,): (i64,) = self.fetch_one(cx).await?;
        Ok(number)
    }

    /// A count for the head or foot of a list, which may be of a moment ago.
    pub async fn fetch_count(self, cx: &mut Cx) -> Result<i64> {
        let question = format!("{}{:?}", self.text, self.values);
        if let Some(count) = cx.recent::<i64>(&question) {
            return Ok(*count);
        }
        let count = self.fetch_number(cx).await?;
        Ok(*cx.keep_recent(question, count))
    }

    /// Answers the number of rows touched.
    pub async fn execute(self, cx: &mut Cx) -> Result<u64> {
        Ok(
            with_statement!(cx, self, sqlx::query_with, query, db => query.execute(db).await.map(|done| done.rows_affected()))?,
        )
    }
}

/// The text with plain question marks: values are bound in the order in which they stand. To SQLite
/// `$1` is a name that it looks for among all others at each use; thousands of them would take
/// longer to read than to do.
fn in_order(text: &str) -> String {
    let mut parts = text.split('$');
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        done.push('?');
        done.push_str(part.trim_start_matches(|character: char| character.is_ascii_digit()));
    }
    done
}

/// SQLite takes at most 32,766 parameters in a statement, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 30_000;

/// Inserts many rows, as few statements as can be. `head` is the constant
/// `INSERT INTO table (columns)`, `tail` what follows the rows, such as `ON CONFLICT …`.
pub async fn insert_many(cx: &mut Cx, head: &'static str, tail: &'static str, rows: Vec<Vec<Value>>) -> Result<u64> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(0) };
    let most = (MOST_PARAMETERS / width.max(1)).clamp(1, 500);
    let mut touched = 0;
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        // A handful of statement sizes keeps the driver's cache of prepared statements warm.
        let size = [most, 100, 20, 5, 1].into_iter().find(|size| *size <= rows.len().min(most)).unwrap_or(1);
        let mut sql = Sql::new(head);
        sql.push(" VALUES ");
        for (position, row) in rows.by_ref().take(size).enumerate() {
            sql.push(if position == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    sql.push(", ");
                }
                sql.bind(value);
            }
            sql.push(")");
        }
        sql.push(tail);
        touched += sql.execute(cx).await?;
    }
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::{Sql, in_order};

    #[test]
    fn values_stand_in_the_order_in_which_they_are_bound() {
        let mut sql = Sql::new("SELECT 1 WHERE a = ");
        sql.bind(1_i64).push(" AND b").bind_in([2_i64, 3]).push(" LIMIT ").bind(4_i64);
        assert_eq!(sql.text(), "SELECT 1 WHERE a = $1 AND b IN ($2, $3) LIMIT $4");
        assert_eq!(in_order(sql.text()), "SELECT 1 WHERE a = ? AND b IN (?, ?) LIMIT ?");
    }
}
