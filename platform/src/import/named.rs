//! An import as the reason of what it did, or of what its undo did: kept by its file and day, told in the reader's words.

use std::sync::Arc;

use time::Date;

use crate::clock::parse_day;
use crate::cx::{Cx, Way};
use crate::error::Result;
use crate::house::House;
use crate::id::Id;
use crate::import::store;
use crate::pages::View;
use crate::permission::Actor;
use crate::text::Language;

/// What such a reason begins with: of what an import did, and of what its undo did; and the text keys of their words.
const BEGINS: [(&str, &str); 2] = [("import: ", "import-as-reason"), ("import undone: ", "import-undone-as-reason")];

/// The import at hand as a reason; kept with the request while its rows are taken or taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named(pub String);

impl Named {
    pub(super) async fn of(house: &Arc<House>, actor: &Actor, id: Id) -> Result<Arc<Self>> {
        let mut cx = Cx::new(house.clone(), Some(actor.clone()), Way::Import, Language::English);
        let import = store::get(&mut cx, id).await?;
        cx.undo().await?;
        Ok(Arc::new(Self::by(&import.file_name, house.zone.day_of(import.created_at))))
    }

    fn by(file: &str, day: Date) -> Self {
        Self(format!("{}{file}, {day}", BEGINS[0].0))
    }

    /// The reason of what its undo does.
    pub(super) fn undone(&self) -> String {
        self.0.replacen(BEGINS[0].0, BEGINS[1].0, 1)
    }
}

/// The text key, the file and the day of a reason that names an import.
fn named_in(reason: &str) -> Option<(&'static str, &str, Date)> {
    let (named, key) = BEGINS.iter().find_map(|(begins, key)| Some((reason.strip_prefix(begins)?, *key)))?;
    let (file, day) = named.rsplit_once(", ")?;
    Some((key, file, parse_day(day).ok()?))
}

impl View {
    /// A reason as it was given, or the import that was one, by its file and day.
    pub fn reason(&self, given: &str) -> String {
        match named_in(given) {
            Some((key, file, day)) => self.t2(key, "file", file, "day", self.date(day)),
            None => given.to_owned(),
        }
    }

    /// As [`View::reason`], somebody's own words in quotation marks.
    pub fn reason_quoted(&self, given: &str) -> String {
        match named_in(given) {
            Some(_) => self.reason(given),
            None => self.quoted(given),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_reason_names_its_import_again() {
        let day = date!(2026 - 11 - 28);
        let named = Named::by("list, second.csv", day);
        assert_eq!(named_in(&named.0), Some(("import-as-reason", "list, second.csv", day)));
        assert_eq!(named_in(&named.undone()), Some(("import-undone-as-reason", "list, second.csv", day)));
        for other in ["import: list.csv", "they left, 2026-11-28", "import 3762"] {
            assert_eq!(named_in(other), None, "{other}");
        }
    }
}
