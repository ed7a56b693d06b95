//! A history for programs: each entry in the reader's words, beside the values they stand for.

use platform::api::{Mark, Page};
use platform::audit::{Entry, FieldChange, Told};
use platform::clock::At;
use platform::forms::Form;
use platform::order::{Place, Rows};
use platform::pages::View;
use platform::units::Decimal;
use platform::{Cx, Id, Result};
use serde::Serialize;

/// What happened to a record.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = HistoryEntry)]
pub struct ToldEntry {
    pub id: Id,
    pub at: At,
    /// Who did it; null where the house did by itself.
    pub actor_id: Option<Id>,
    pub actor: String,
    /// `page`, `api`, `command`, `import` or `job`.
    pub way: String,
    /// Stays the same in every language.
    pub verb: String,
    /// The verb in words.
    pub what: String,
    pub subject_kind: String,
    pub subject_id: Id,
    /// What the record was called at the time.
    pub subject_label: String,
    /// The record's version after the change, where it has one.
    pub subject_version: Option<i64>,
    pub import_id: Option<Id>,
    /// The reason that was given, or the import that it came by.
    pub note: Option<String>,
    pub changes: Vec<ToldChange>,
}

/// A field before and after: in words, and as a code, a day, a key or a decimal in whole units.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = HistoryChange)]
pub struct ToldChange {
    pub field: String,
    /// What the field is called.
    pub label: String,
    /// Null where there was nothing.
    pub old: Option<String>,
    pub new: Option<String>,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
}

/// Below which entry a program goes on, and how many it asks for.
pub fn asked(cx: &Cx) -> Result<(Option<Id>, i64)> {
    let mark = Form::decode(&cx.view().query).optional("after");
    let before = mark.map(|mark| Mark::decode(&mark, 1)?.number(0)).transpose()?;
    Ok((before.map(Id), cx.limit(50)))
}

/// As [`asked`], of what is paged by place.
pub fn asked_place(cx: &Cx) -> (Place, i64) {
    let mark = Form::decode(&cx.view().query).optional("after");
    (Place::after(mark.as_deref()), cx.limit(50))
}

/// A page of a history of which one entry more than `limit` was read, so that it is known whether it goes on. `prefix`
/// finds the names of the fields.
pub fn page(view: &View, mut entries: Vec<Entry>, limit: i64, prefix: &str) -> Page<ToldEntry> {
    let most = usize::try_from(limit).unwrap_or_default();
    let more = entries.len() > most;
    entries.truncate(most);
    let next = entries.last().filter(|_| more).map(|entry| Mark(vec![entry.id.to_string()]).encode());
    Page { items: entries.iter().map(|entry| told(view, entry, prefix)).collect(), next }
}

/// A page of looks.
pub fn looks(view: &View, page: Rows<Entry>, prefix: &str) -> Page<ToldEntry> {
    Page { items: page.rows.iter().map(|entry| told(view, entry, prefix)).collect(), next: page.next }
}

/// An entry in the reader's words.
pub fn told(view: &View, entry: &Entry, prefix: &str) -> ToldEntry {
    ToldEntry {
        id: entry.id,
        at: entry.at,
        actor_id: entry.actor_id,
        actor: super::who(view, entry),
        way: entry.way.clone(),
        what: super::what(view, entry),
        verb: entry.verb.clone(),
        subject_kind: entry.subject_kind.clone(),
        subject_id: entry.subject_id,
        subject_label: entry.subject_label.clone(),
        subject_version: entry.subject_version,
        import_id: entry.import_id,
        note: entry.note.as_deref().map(|note| view.reason(note)),
        changes: changes(view, &entry.fields(), |field| super::field_words(view, prefix, field)),
    }
}

/// Fields that changed; what begins with a low line points at a row for whoever undoes the change.
pub fn changes(view: &View, fields: &[FieldChange], label: impl Fn(&str) -> String) -> Vec<ToldChange> {
    let words = |told: &Told| (*told != Told::Nothing).then(|| view.told(told));
    fields
        .iter()
        .filter(|change| !change.field.starts_with('_'))
        .map(|change| ToldChange {
            label: label(&change.field),
            field: change.field.clone(),
            old: words(&change.old),
            new: words(&change.new),
            old_value: value(&change.old),
            new_value: value(&change.new),
        })
        .collect()
}

/// As a program sends it.
fn value(told: &Told) -> Option<String> {
    match told {
        Told::Money { minor, currency } => Some(Decimal::of(*minor, currency).to_string()),
        Told::Amount { amount, unit } => Some(Decimal::of(*amount, unit).to_string()),
        other => other.raw(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_told_in_whole_units() {
        let money = Told::Money { minor: 1_050, currency: "HKD".to_owned() };
        assert_eq!(value(&money).as_deref(), Some("10.5"));
        assert_eq!(value(&Told::code("team", "tier-team")).as_deref(), Some("team"));
        assert_eq!(value(&Told::Nothing), None);
    }
}
