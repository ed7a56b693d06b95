//! Rows of one file about one project.

use platform::Id;
use platform::import::{Earlier, Outcome, Row, Said, Seen, said_otherwise};
use platform::own_field;

/// Columns of what a project is, fields of the office's own apart: it has one of each. Steps have days, and may follow one
/// another row by row.
const ONCE: [&str; 10] = [
    "title",
    "nature",
    "hq_kind",
    "description",
    "assessment",
    "proposal_received_on",
    "tier",
    "activities",
    "owner",
    "team",
];

/// By what a row's project is known among the rows of the file.
pub(super) struct Twice {
    known: Option<Id>,
    /// The enterprise and the title by which a row without a reference names it.
    titled: Option<(Id, String)>,
}

#[derive(Hash)]
enum Mark<'a> {
    Titled(&'a (Id, String)),
    Field(Id, &'a str),
}

impl Twice {
    pub(super) fn of(known: Option<Id>, titled: Option<(Id, String)>) -> Self {
        Self { known, titled }
    }

    /// What becomes of a row because of an earlier one; nothing where it adds to it or stands alone. One that names its
    /// project by title alone says the same as the earlier; one with a reference contradicts it in no field.
    pub(super) fn judge(&self, row: &Row, seen: &Seen) -> Option<Outcome> {
        if let Some(titled) = &self.titled {
            match seen.earlier(&[Mark::Titled(titled)], row, &said(row)) {
                Some(Earlier::Same(_)) => return Some(Outcome::Same(self.known.unwrap_or(Id(0)))),
                Some(Earlier::Otherwise(earlier)) => return Some(Outcome::Refused(said_otherwise("title", earlier))),
                None => {}
            }
        }
        let known = self.known?;
        fields(row).find_map(|(field, text)| {
            match seen.earlier(&[Mark::Field(known, field)], row, &Said::these([(field, text)])) {
                Some(Earlier::Otherwise(earlier)) => Some(Outcome::Refused(said_otherwise(field, earlier))),
                _ => None,
            }
        })
    }

    pub(super) fn note(&self, row: &Row, seen: &Seen) {
        let titled = self.titled.iter().map(Mark::Titled);
        let of_known = self.known.into_iter().flat_map(|id| fields(row).map(move |(field, _)| Mark::Field(id, field)));
        let marks: Vec<Mark<'_>> = titled.chain(of_known).collect();
        seen.note(&marks, row, said(row));
    }
}

fn said(row: &Row) -> Said {
    Said::in_row(row, &["reference", "enterprise"])
}

fn fields(row: &Row) -> impl Iterator<Item = (&'static str, &str)> {
    let mut own: Vec<&'static str> =
        row.cells.keys().copied().filter(|field| own_field::code_of(field).is_some()).collect();
    own.sort_unstable();
    ONCE.into_iter().chain(own).filter_map(move |field| Some((field, row.get(field)?)))
}
