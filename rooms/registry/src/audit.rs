//! The audit by page: the auditor's search, and what it brings out.

pub mod export;
pub mod pages;

use platform::audit::read::Search;
use platform::clock::At;
use platform::forms::Form;
use platform::id::Id;
use platform::{Cx, Problems, Result};

/// How many records of a kind one text may mean.
const MEANT: i64 = 20;

/// What an address looks for, and what of it cannot be read; the same names on the page and in the export. A text is
/// also looked for as everywhere else, so that a reference or another name of a record finds its entries.
pub async fn wanted(cx: &mut Cx, form: &Form) -> Result<(Search, Problems)> {
    let mut problems = Problems::default();
    let since = problems.day("since", form.optional("since").as_deref());
    let until = problems.day("until", form.optional("until").as_deref());
    if let (Some(since), Some(until)) = (since, until)
        && until < since
    {
        problems.add("until", "problem-period-backwards");
    }
    let text = form.optional("q");
    let mut meant = Vec::new();
    if let Some(text) = &text {
        for group in crate::search::everywhere(cx, text, None, MEANT).await? {
            meant.extend(group.records.iter().filter_map(|found| Some((found.kind, id_of(&found.href)?))));
        }
    }
    let zone = &cx.house.zone;
    let search = Search {
        actor: form.value("actor").parse().ok(),
        subject: form.value("subject").parse().ok(),
        subject_kind: form.optional("kind"),
        verb: form.optional("verb"),
        way: form.optional("way"),
        text,
        meant,
        note: form.optional("note"),
        import: form.value("import").parse().ok(),
        since: since.map(|day| zone.start_of(day)),
        until: until.map(|day| At::end_of(day, zone)),
        ..Search::default()
    };
    Ok((search, problems))
}

/// The key that a record's page ends in.
fn id_of(href: &str) -> Option<Id> {
    href.rsplit('/').next()?.parse().ok()
}
