//! The orders of a list, and its pages by key: an order ends with the record's key, and a page
//! begins beyond a mark, in either direction.

use crate::api::Mark;
use crate::error::Result;
use crate::forms::Form;
use crate::sql::Sql;

/// One column of an order, as the store writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Text(&'static str),
    Number(&'static str),
}

/// An order a list can have. Its columns stand in one index, the record's key last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// As in the address, and the name of the column whose head sorts by it.
    pub name: &'static str,
    pub by: &'static [By],
}

/// An order and its direction: `sort=name` goes up, `sort=-name` down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub order: &'static Order,
    pub down: bool,
}

impl Sort {
    /// The order an address names; the first one where it names none of them.
    pub fn read(text: &str, orders: &'static [Order], usual: Self) -> Self {
        let (name, down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        orders.iter().find(|order| order.name == name).map_or(usual, |order| Self { order, down })
    }

    pub fn code(&self) -> String {
        format!("{}{}", if self.down { "-" } else { "" }, self.order.name)
    }

    pub fn is_by(&self, name: &str) -> bool {
        self.order.name == name
    }

    /// Adds the condition of a page, its order and its limit to a statement whose conditions are
    /// already there. One row more than a page is read, to know whether there is another.
    pub fn page(&self, sql: &mut Sql, place: &Place, limit: i64) -> Result<()> {
        let backwards = place.before.is_some();
        if let Some(given) = place.before.as_ref().or(place.after.as_ref()) {
            let mark = Mark::decode(given, self.order.by.len())?;
            sql.push(" AND (");
            for (at, by) in self.order.by.iter().enumerate() {
                let (By::Text(column) | By::Number(column)) = by;
                sql.push(if at == 0 { "" } else { ", " }).push_name(column);
            }
            sql.push(if self.down == backwards { ") > (" } else { ") < (" });
            for (at, by) in self.order.by.iter().enumerate() {
                sql.push(if at == 0 { "" } else { ", " });
                match by {
                    By::Text(_) => sql.bind(mark.text(at)),
                    By::Number(_) => sql.bind(mark.number(at)?),
                };
            }
            sql.push(")");
        }
        sql.push(" ORDER BY ");
        for (at, by) in self.order.by.iter().enumerate() {
            sql.push(if at == 0 { "" } else { ", " });
            let (By::Text(column) | By::Number(column)) = by;
            sql.push_name(column).push(if self.down == backwards { "" } else { " DESC" });
        }
        sql.push(" LIMIT ").bind(limit + 1);
        Ok(())
    }
}

/// Where a page begins: beyond one mark or before the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Place {
    pub fn read(form: &Form) -> Self {
        Self { after: form.optional("after"), before: form.optional("before") }
    }

    pub fn after(mark: Option<&str>) -> Self {
        Self { after: mark.map(str::to_owned), before: None }
    }
}

/// A page's rows in the list's order, and the marks of the pages around it.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    pub rows: Vec<T>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), previous: None, next: None }
    }
}

impl<T> Rows<T> {
    /// From what [`Sort::page`] read; `mark` says the values of the order's columns for a row.
    pub fn of(mut rows: Vec<T>, place: &Place, limit: i64, mark: impl Fn(&T) -> Vec<String>) -> Self {
        let backwards = place.before.is_some();
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or_default());
        if backwards {
            rows.reverse();
        }
        let (earlier, later) = if backwards { (more, true) } else { (place.after.is_some(), more) };
        let at = |row: Option<&T>| row.map(|row| Mark(mark(row)).encode());
        Self { previous: at(rows.first()).filter(|_| earlier), next: at(rows.last()).filter(|_| later), rows }
    }

    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Rows<U> {
        Rows { rows: self.rows.into_iter().map(turn).collect(), previous: self.previous, next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: &[Order] = &[
        Order { name: "name", by: &[By::Text("e.name_key"), By::Number("e.id")] },
        Order { name: "created", by: &[By::Number("e.id")] },
    ];
    const USUAL: Sort = Sort { order: &ORDERS[0], down: false };

    #[test]
    fn a_page_before_a_mark_is_read_the_other_way() {
        let sort = Sort::read("-name", ORDERS, USUAL);
        assert_eq!(sort.code(), "-name");
        let place = Place { before: Some(Mark(vec!["a".into(), "7".into()]).encode()), after: None };
        let mut sql = Sql::new("…");
        sort.page(&mut sql, &place, 50).unwrap();
        assert_eq!(sql.text(), "… AND (e.name_key, e.id) > ($1, $2) ORDER BY e.name_key, e.id LIMIT $3");
        let rows = Rows::of(vec![2, 3, 4], &place, 2, |row| vec!["a".into(), row.to_string()]);
        assert_eq!(rows.rows, [3, 2]);
        assert!(rows.previous.is_some() && rows.next.is_some());
    }

    #[test]
    fn a_mark_of_another_order_is_refused() {
        let place = Place::after(Some(&Mark(vec!["a".into(), "7".into()]).encode()));
        let sort = Sort::read("created", ORDERS, USUAL);
        assert!(sort.page(&mut Sql::default(), &place, 50).is_err());
        assert_eq!(Sort::read("nonsense", ORDERS, USUAL), USUAL);
    }
}
