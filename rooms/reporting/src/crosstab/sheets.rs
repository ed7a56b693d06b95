//! A table on paper: what is wider than a sheet is cut into several, between columns, each with the names of its rows.

use super::show::{Head, Shown, ShownCell, ShownRow};

/// Small letters of the print across a sheet of A4 laid on its side; a character of Chinese takes two.
const ACROSS: usize = 190;
/// Those that the names of one dimension of rows take.
const SIDE: usize = 30;
/// A column is at least so wide, and its head is broken into lines no wider than this unless its numbers are.
const LEAST: usize = 6;
const HEAD: usize = 16;
const GAP: usize = 3;

/// The sheets of a table; none where one holds it as it is.
pub fn sheets(shown: &Shown) -> Vec<Shown> {
    let widths = widths(shown);
    let room = ACROSS.saturating_sub(SIDE * shown.corner.len()).max(HEAD + GAP);
    let mut cuts = vec![0];
    let mut taken = 0;
    for (column, width) in widths.iter().enumerate() {
        if taken + width > room && taken > 0 {
            cuts.push(column);
            taken = 0;
        }
        taken += width;
    }
    if cuts.len() < 2 {
        return Vec::new();
    }
    cuts.push(widths.len());
    cuts.windows(2).map(|ends| part(shown, ends[0], ends[1])).collect()
}

fn letters(text: &str) -> usize {
    text.chars().map(|letter| if letter > '\u{2E80}' { 2 } else { 1 }).sum()
}

/// How wide each column comes out.
fn widths(shown: &Shown) -> Vec<usize> {
    let rows = || shown.row_groups.iter().flatten();
    let columns = rows().map(|row| row.cells.len()).max().unwrap_or_default();
    let lowest = lowest(shown, columns);
    let wide = |column: usize| {
        let value = |cell: &ShownCell| letters(&cell.value).max(cell.share.as_deref().map_or(0, letters));
        let values = rows().filter_map(|row| row.cells.get(column)).map(value).max().unwrap_or_default();
        let head = lowest.get(column).copied().unwrap_or_default();
        // Only a name without a gap is too wide for one line.
        let word = head.split(' ').map(letters).max().unwrap_or_default().min(HEAD);
        values.max(word).max(LEAST) + GAP
    };
    (0..columns).map(wide).collect()
}

/// The name right above each column.
fn lowest(shown: &Shown, columns: usize) -> Vec<&str> {
    let mut names = vec![""; columns];
    let mut below = shown.heads.get(1).into_iter().flatten();
    let mut column = 0;
    for head in shown.heads.first().into_iter().flatten() {
        for _ in 0..head.columns {
            let name = if head.scope == "colgroup" { below.next() } else { Some(head) };
            if let (Some(place), Some(name)) = (names.get_mut(column), name) {
                *place = &name.name;
            }
            column += 1;
        }
    }
    names
}

/// The columns from one to before another, under as much of their heads as stands over them.
fn part(shown: &Shown, from: usize, to: usize) -> Shown {
    let spans = |spans: &mut dyn Iterator<Item = usize>| -> Vec<usize> {
        let mut start = 0;
        spans
            .map(|span| {
                let (begins, ends) = (start.max(from), (start + span).min(to));
                start += span;
                ends.saturating_sub(begins)
            })
            .collect()
    };
    let above = shown.heads.first().map(Vec::as_slice).unwrap_or_default();
    let kept = spans(&mut above.iter().map(|head| head.columns));
    let first: Vec<Head> = above
        .iter()
        .zip(&kept)
        .filter(|(_, columns)| **columns > 0)
        .map(|(head, columns)| Head { columns: *columns, ..head.clone() })
        .collect();
    let mut heads = vec![first];
    if let Some(below) = shown.heads.get(1) {
        // A head over both lines has nothing below it.
        let mut places = Vec::new();
        let mut column = 0;
        for head in above {
            places.extend((0..head.columns).map(|at| column + at).filter(|_| head.scope == "colgroup"));
            column += head.columns;
        }
        let inside = |place: &usize| (from..to).contains(place);
        heads.push(below.iter().zip(places).filter(|(_, place)| inside(place)).map(|(head, _)| head.clone()).collect());
    }
    let row = |row: &ShownRow| ShownRow {
        sides: row.sides.clone(),
        // Paper leads nowhere.
        cells: row.cells[from.min(row.cells.len())..to.min(row.cells.len())]
            .iter()
            .map(|cell| ShownCell { href: None, ..cell.clone() })
            .collect(),
        total: row.total,
    };
    Shown {
        column_groups: spans(&mut shown.column_groups.iter().copied()).into_iter().filter(|span| *span > 0).collect(),
        heads,
        row_groups: shown.row_groups.iter().map(|group| group.iter().map(row).collect()).collect(),
        sheets: Vec::new(),
        ..shown.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosstab::show::Side;

    fn table(groups: usize, each: usize) -> Shown {
        let head = |name: String, columns, scope, rows| Head { name, columns, rows, scope };
        let mut above: Vec<Head> = (0..groups).map(|at| head(format!("Origin {at}"), each, "colgroup", 1)).collect();
        above.push(head("Total".to_owned(), 1, "col", 2));
        let below = (0..groups * each).map(|at| head(format!("Batch {at}"), 1, "col", 1)).collect();
        let value = |at: usize| ShownCell { value: format!("{at}"), href: Some("/".to_owned()), share: None };
        let side = Side { name: "Life and health".to_owned(), rows: 1, columns: 1, scope: "row" };
        let row = ShownRow { sides: vec![side], cells: (0..=groups * each).map(value).collect(), total: false };
        Shown {
            column_groups: std::iter::repeat_n(each, groups).chain([1]).collect(),
            corner: vec!["Industry".to_owned()],
            heads: vec![above, below],
            row_groups: vec![vec![row]],
            ..Shown::default()
        }
    }

    #[test]
    fn a_table_wider_than_paper_is_cut_between_columns_and_loses_none() {
        assert!(sheets(&table(2, 3)).is_empty());
        let whole = table(4, 10);
        let sheets = sheets(&whole);
        assert!(sheets.len() > 1);
        let values: Vec<String> = sheets
            .iter()
            .flat_map(|sheet| sheet.row_groups.iter().flatten())
            .flat_map(|row| row.cells.iter().map(|cell| cell.value.clone()))
            .collect();
        assert_eq!(values, (0..=40).map(|at| at.to_string()).collect::<Vec<_>>());
        for sheet in &sheets {
            let cells = sheet.row_groups[0][0].cells.len();
            assert_eq!(sheet.row_groups[0][0].sides[0].name, "Life and health");
            assert_eq!(sheet.column_groups.iter().sum::<usize>(), cells);
            assert_eq!(sheet.heads[0].iter().map(|head| head.columns).sum::<usize>(), cells);
            let single = sheet.heads[0].iter().filter(|head| head.rows == 2).count();
            assert_eq!(sheet.heads[1].len() + single, cells);
        }
        let below = sheets.iter().flat_map(|sheet| sheet.heads[1].iter().map(|head| head.name.clone()));
        assert_eq!(below.collect::<Vec<_>>(), (0..40).map(|at| format!("Batch {at}")).collect::<Vec<_>>());
    }
}
