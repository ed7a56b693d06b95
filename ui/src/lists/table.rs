//! The table of a list: its columns as the reader chose them, heads that sort, rows that open.

use platform::forms::Form;
use platform::order::{Order, Sort};
use platform::pages::{Html, View};

use super::{kept, restarted};

/// A column that a list can show. The first of a list names the record and is always there.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// As in the address and in exports; an order of this name sorts by it.
    pub name: &'static str,
    pub key: &'static str,
    /// Whether it is there before anybody has chosen.
    pub usual: bool,
}

impl Column {
    pub const fn usual(name: &'static str, key: &'static str) -> Self {
        Self { name, key, usual: true }
    }

    pub const fn further(name: &'static str, key: &'static str) -> Self {
        Self { name, key, usual: false }
    }
}

/// The columns a list shows: those of the address, or the usual ones.
#[derive(Clone, Debug)]
pub struct Shown {
    all: Vec<Column>,
    columns: Vec<Column>,
}

impl Shown {
    pub fn read(form: &Form, all: &[Column]) -> Self {
        let asked: Vec<&str> = form.values("columns").into_iter().flat_map(|names| names.split(',')).collect();
        let known = all.iter().any(|column| asked.contains(&column.name));
        let columns = all
            .iter()
            .enumerate()
            .filter(|(place, column)| *place == 0 || if known { asked.contains(&column.name) } else { column.usual })
            .map(|(_, column)| *column)
            .collect();
        Self { all: all.to_vec(), columns }
    }

    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// As an address writes them.
    pub fn names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
    }

    /// One cell for each column shown, in their order.
    pub fn cells(&self, mut cell: impl FnMut(&'static str) -> Html) -> Vec<Html> {
        self.columns.iter().map(|column| cell(column.name)).collect()
    }
}

/// One record of a list.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub href: String,
    /// Where it is edited, for the key `e`; empty where the reader may not.
    pub edit: String,
    /// What it is called, for those who hear the box that picks it.
    pub label: String,
    pub cells: Vec<Html>,
}

/// The whole table. With `picks`, each row has a box of the form `selection`.
pub fn table(
    view: &View,
    label: &str,
    shown: &Shown,
    sort: &Sort,
    orders: &[Order],
    rows: &[Row],
    picks: bool,
) -> Html {
    let mut head = String::new();
    if picks {
        head.push_str(&format!(
            "<th scope=\"col\" class=\"pick\"><span class=\"unseen\">{}</span></th>",
            Html::escape(&view.t("list-pick"))
        ));
    }
    for column in &shown.columns {
        head.push_str(&heading(view, column, sort, orders));
    }
    let labels: Vec<Html> = shown.columns.iter().map(|column| Html::escape(&view.t(column.key))).collect();
    let mut body = String::new();
    for row in rows {
        let edit =
            if row.edit.is_empty() { String::new() } else { format!(" data-edit=\"{}\"", Html::escape(&row.edit)) };
        body.push_str(&format!("<tr data-href=\"{}\"{edit}>", Html::escape(&row.href)));
        if picks {
            let words = view.t1("list-pick-one", "name", &row.label);
            body.push_str(&format!(
                "<td class=\"pick\"><input type=\"checkbox\" form=\"selection\" name=\"ids\" value=\"{}\" aria-label=\"{}\"></td>",
                Html::escape(&row.id),
                Html::escape(&words)
            ));
        }
        for (cell, label) in row.cells.iter().zip(&labels) {
            body.push_str(&format!("<td data-label=\"{label}\"><span>{cell}</span></td>"));
        }
        body.push_str("</tr>\n");
    }
    Html(format!(
        "{}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"list rows\"><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>",
        ordered(view, shown, sort),
        Html::escape(label)
    ))
}

/// On paper no arrow can be pressed, and a list says in words how it is sorted.
fn ordered(view: &View, shown: &Shown, sort: &Sort) -> String {
    let Some(column) = shown.all.iter().find(|column| sort.is_by(column.name)) else { return String::new() };
    let key = if sort.down { "list-ordered-down" } else { "list-ordered-up" };
    format!("<p class=\"printed\">{}</p>", Html::escape(&view.t1(key, "column", view.t(column.key))))
}

/// A column's head; where the list can be sorted by it, a link that does, and turns it round.
fn heading(view: &View, column: &Column, sort: &Sort, orders: &[Order]) -> String {
    let words = Html::escape(&view.t(column.key));
    if !orders.iter().any(|order| order.name == column.name) {
        return format!("<th scope=\"col\">{words}</th>");
    }
    let present = sort.is_by(column.name);
    let code = if present && !sort.down { format!("-{}", column.name) } else { column.name.to_owned() };
    let href = restarted(view, &[("sort", &code)]);
    let (state, arrow) = match (present, sort.down) {
        (false, _) => ("none", ""),
        (true, false) => ("ascending", " <span aria-hidden=\"true\">↑</span>"),
        (true, true) => ("descending", " <span aria-hidden=\"true\">↓</span>"),
    };
    let state = if present { format!(" aria-sort=\"{state}\"") } else { String::new() };
    format!("<th scope=\"col\"{state}><a href=\"{}\">{words}{arrow}</a></th>", Html::escape(&href))
}

/// The menu in which columns are chosen; a plain form, so that it works without scripts.
pub fn chooser(view: &View, shown: &Shown) -> Html {
    let boxes: String = shown
        .all
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let checked = if shown.has(column.name) { " checked" } else { "" };
            // The first column can't be left out: a box that is always ticked says so.
            let fixed = if place == 0 { " disabled" } else { "" };
            format!(
                "<label class=\"choice\" for=\"column-{name}\"><input type=\"checkbox\" id=\"column-{name}\" name=\"columns\" value=\"{name}\"{checked}{fixed}>{}</label>",
                Html::escape(&view.t(column.key)),
                name = column.name,
            )
        })
        .collect();
    let first = shown.all.first().map_or("", |column| column.name);
    Html(format!(
        "<details class=\"menu\"><summary class=\"button\">{words}</summary><div><form method=\"get\" action=\"{}\">{}<input type=\"hidden\" name=\"columns\" value=\"{first}\"><fieldset><legend class=\"unseen\">{words}</legend>{boxes}</fieldset><button class=\"button first\">{}</button></form></div></details>",
        Html::escape(&view.path),
        kept(view, &["columns"]),
        Html::escape(&view.t("apply")),
        words = Html::escape(&view.t("list-columns")),
    ))
}

/// The menu of orders, for a width at which there are no heads to press.
pub fn sorts(view: &View, shown: &Shown, sort: &Sort, orders: &[Order]) -> Html {
    let items: String = shown
        .all
        .iter()
        .filter(|column| orders.iter().any(|order| order.name == column.name))
        .flat_map(|column| [(column, false), (column, true)])
        .map(|(column, down)| {
            let code = format!("{}{}", if down { "-" } else { "" }, column.name);
            let current = if code == sort.code() { " aria-current=\"true\"" } else { "" };
            let key = if down { "list-sort-down" } else { "list-sort-up" };
            let words = view.t1(key, "column", view.t(column.key));
            format!(
                "<li><a href=\"{}\"{current}>{}</a></li>",
                Html::escape(&restarted(view, &[("sort", &code)])),
                Html::escape(&words)
            )
        })
        .collect();
    Html(format!(
        "<details class=\"menu narrow\"><summary class=\"button\">{}</summary><div><ul>{items}</ul></div></details>",
        Html::escape(&view.t("list-sort"))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] =
        &[Column::usual("name", "a"), Column::usual("tier", "b"), Column::further("website", "c")];

    #[test]
    fn columns_are_those_of_the_address_and_always_the_first() {
        let shown = |query: &str| Shown::read(&Form::decode(query), COLUMNS).names();
        assert_eq!(shown(""), "name,tier");
        assert_eq!(shown("columns=website"), "name,website");
        assert_eq!(shown("columns=name&columns=tier&columns=website"), "name,tier,website");
        assert_eq!(shown("columns=website,tier"), "name,tier,website");
        assert_eq!(shown("columns=secret"), "name,tier");
    }
}
