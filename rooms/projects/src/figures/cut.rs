//! A measure cut by dimensions, as at a day as known at an instant.
//!
//! The database groups what it counts by the *set* of cells each stands in: most enterprises stand
//! in one, one with two industries in two. From the sets every cell, sub-total and total is counted
//! on its own, so that nothing is counted twice where a dimension has several values.

use std::collections::{HashMap, HashSet};

use platform::{Cx, Result};

use super::{AsOf, Dimension, Measure, Record, memory};
use crate::READ;

mod store;

/// Between the dimensions' values of one cell. Text fields refuse control characters, so that no
/// value holds one.
pub(super) const BETWEEN_VALUES: char = '\u{1f}';
/// Between the cells that one enterprise stands in.
pub(super) const BETWEEN_CELLS: char = '\u{1e}';

/// Rows and columns together are at most this many dimensions.
pub const MOST: usize = 4;

/// What to count, by which dimensions, limited to which of their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub measure: Measure,
    pub as_of: AsOf,
    /// At most [`MOST`], none twice.
    pub by: Vec<Dimension>,
    /// Only what has one of these values; what is not stated is [`super::NOT_STATED`].
    pub only: Vec<(Dimension, Vec<String>)>,
}

impl Cut {
    /// The measure as it is, cut by nothing.
    pub fn whole(measure: Measure, as_of: AsOf) -> Self {
        Self { measure, as_of, by: Vec::new(), only: Vec::new() }
    }

    /// All dimensions that have to be known: those cut by, then those limited by.
    fn dimensions(&self) -> Vec<Dimension> {
        let mut dimensions = self.by.clone();
        for (dimension, _) in &self.only {
            if !dimensions.contains(dimension) {
                dimensions.push(*dimension);
            }
        }
        dimensions
    }
}

/// One cell: for each dimension cut by a value's number, or 0 for all of them.
type Place = [u16; MOST];

/// The counts of every cell, and of every sub-total and total.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The values found of each dimension; a value's number is its place here and one more.
    names: Vec<Vec<String>>,
    counts: HashMap<Place, i64>,
}

impl Tally {
    /// The count where each dimension has this value; none stands for all values.
    pub fn value(&self, at: &[Option<&str>]) -> i64 {
        self.place(at).and_then(|place| self.counts.get(&place)).copied().unwrap_or_default()
    }

    /// Whether anything was counted there, even if it adds up to nothing.
    pub fn has(&self, at: &[Option<&str>]) -> bool {
        self.place(at).is_some_and(|place| self.counts.contains_key(&place))
    }

    /// The values found of the dimension in this place, in no order.
    pub fn values(&self, dimension: usize) -> &[String] {
        self.names.get(dimension).map_or(&[], Vec::as_slice)
    }

    fn place(&self, at: &[Option<&str>]) -> Option<Place> {
        let mut place = Place::default();
        for (dimension, value) in at.iter().enumerate().take(MOST) {
            if let Some(value) = value {
                let found = self.names.get(dimension)?.iter().position(|name| name == value)?;
                place[dimension] = u16::try_from(found + 1).ok()?;
            }
        }
        Some(place)
    }
}

/// Numbers for the values of each dimension, in the order they are met.
#[derive(Default)]
struct Numbers {
    names: Vec<String>,
    known: HashMap<String, u16>,
}

impl Numbers {
    fn of(&mut self, name: &str) -> u16 {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        // More than 65,000 values of one dimension are no table; the rest falls together.
        let number = u16::try_from(self.names.len() + 1).unwrap_or(u16::MAX);
        self.names.push(name.to_owned());
        self.known.insert(name.to_owned(), number);
        number
    }
}

/// Whether the milestone counted has the batch itself: an attraction, or the ceremony of a signing.
pub(super) fn own_batch(measure: Measure) -> bool {
    matches!(measure, Measure::PartnersSigned | Measure::EnterprisesAttracted)
}

/// Counts every cell, sub-total and total.
pub async fn tally(cx: &mut Cx, cut: &Cut) -> Result<Tally> {
    cx.require(&READ)?;
    let dimensions = cut.dimensions();
    let sets = match memory::sets(cx, cut, &dimensions).await? {
        Some(sets) => sets,
        None => store::sets(cx, cut, &dimensions).await?,
    };
    Ok(counted(cut, &dimensions, sets))
}

/// Every cell, sub-total and total of what stands in these sets of cells.
fn counted(cut: &Cut, dimensions: &[Dimension], sets: Vec<(String, i64)>) -> Tally {
    let mut numbers: Vec<Numbers> = cut.by.iter().map(|_| Numbers::default()).collect();
    let mut counts: HashMap<Place, i64> = HashMap::new();
    let mut touched: HashSet<Place> = HashSet::new();
    for (cells, count) in sets {
        touched.clear();
        for cell in cells.split(BETWEEN_CELLS) {
            let parts: Vec<&str> = cell.split(BETWEEN_VALUES).collect();
            let Some(values) = kept(cut, dimensions, &parts) else { continue };
            for place in places(&values, &mut numbers) {
                touched.extend(summed_up(place, cut.by.len()));
            }
        }
        for place in &touched {
            let held = counts.entry(*place).or_default();
            *held = held.saturating_add(count);
        }
    }
    Tally { names: numbers.into_iter().map(|one| one.names).collect(), counts }
}

/// The values of each dimension cut by, limited as asked; nothing where the limits leave none.
fn kept<'a>(cut: &Cut, dimensions: &[Dimension], parts: &[&'a str]) -> Option<Vec<Vec<&'a str>>> {
    let mut values = Vec::with_capacity(cut.by.len());
    for (place, dimension) in dimensions.iter().enumerate() {
        let part = parts.get(place).copied().unwrap_or_default();
        let mut all: Vec<&str> = if dimension.several() { part.split(',').collect() } else { vec![part] };
        for (_, only) in cut.only.iter().filter(|(limited, _)| limited == dimension) {
            all.retain(|value| only.iter().any(|wanted| wanted == value));
        }
        if all.is_empty() {
            return None;
        }
        if place < cut.by.len() {
            values.push(all);
        }
    }
    Some(values)
}

/// Every cell that these values make together.
fn places(values: &[Vec<&str>], numbers: &mut [Numbers]) -> Vec<Place> {
    let mut places = vec![Place::default()];
    for (dimension, all) in values.iter().enumerate() {
        let mut wider = Vec::with_capacity(places.len() * all.len());
        for value in all {
            let number = numbers[dimension].of(value);
            wider.extend(places.iter().map(|place| {
                let mut place = *place;
                place[dimension] = number;
                place
            }));
        }
        places = wider;
    }
    places
}

/// A cell, and every sub-total and total it belongs to.
fn summed_up(place: Place, dimensions: usize) -> impl Iterator<Item = Place> {
    (0..1_usize << dimensions).map(move |all| {
        let mut place = place;
        for (dimension, number) in place.iter_mut().enumerate() {
            if all >> dimension & 1 == 1 {
                *number = 0;
            }
        }
        place
    })
}

/// The projects behind a cell: what the cut is limited to says which. By reference, after one if given.
pub async fn records(cx: &mut Cx, cut: &Cut, after: Option<&str>, limit: i64) -> Result<Vec<Record>> {
    cx.require(&READ)?;
    let found = store::records(cx, cut, after, limit).await?;
    super::look_at(cx, &found).await?;
    Ok(found)
}

/// How many projects had begun, and so how many records are behind that.
pub(super) async fn projects(cx: &mut Cx, as_of: AsOf) -> Result<(i64, i64)> {
    let count = tally(cx, &Cut::whole(Measure::Projects, as_of)).await?.value(&[]);
    Ok((count, count))
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Each cell by its values; none stands for all of them.
    fn told(tally: &Tally) -> BTreeMap<Vec<Option<&str>>, i64> {
        let name = |dimension: usize, number: u16| {
            let place = usize::from(number).checked_sub(1)?;
            Some(tally.names[dimension][place].as_str())
        };
        let cell = |place: &Place| place[..tally.names.len()].iter().enumerate().map(|(d, n)| name(d, *n)).collect();
        tally.counts.iter().map(|(place, count)| (cell(place), *count)).collect()
    }

    /// The cells of a cut, after the memory and the database were held to the same.
    pub(in crate::figures) async fn agreed(cx: &mut Cx, cut: &Cut) -> usize {
        let dimensions = cut.dimensions();
        let held = memory::sets(cx, cut, &dimensions).await.unwrap().expect("held in memory");
        let held = counted(cut, &dimensions, held);
        let asked = counted(cut, &dimensions, store::sets(cx, cut, &dimensions).await.unwrap());
        assert_eq!(told(&held), told(&asked), "{cut:?}");
        held.counts.len()
    }
}
