//! The audit by page: the auditor's search, and what it brings out.

pub mod api;
pub mod export;
pub mod pages;

use platform::api::asked::{self, Word};
use platform::audit::read::{self, Search};
use platform::clock::At;
use platform::forms::Form;
use platform::id::Id;
use platform::text::kebab;
use platform::{Cx, Problems, Result};

/// The ways in, as entries hold them.
const WAYS: [&str; 5] = ["page", "api", "command", "import", "job"];

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
    let words =
        [("actor", Word::Shared), ("subject", Word::Shared), ("import", Word::Shared), ("way", Word::One(&WAYS))];
    problems.extend(asked::unknown(&cx.house.codes, form, &words));
    refuse_unheld(cx, form, &mut problems).await?;
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

/// Kinds of record and verbs are those that the house has words for, or that an entry of an earlier version holds.
async fn refuse_unheld(cx: &mut Cx, form: &Form, problems: &mut Problems) -> Result<()> {
    let view = cx.view();
    let unsaid =
        |name: &str, before: &str| form.optional(name).filter(|word| !view.has(&format!("{before}-{}", kebab(word))));
    let (kind, verb) = (unsaid("kind", "audit-kind"), unsaid("verb", "event"));
    if kind.is_none() && verb.is_none() {
        return Ok(());
    }
    let (verbs, kinds) = read::vocabulary(cx).await?;
    for (name, word, held) in [("kind", kind, kinds), ("verb", verb, verbs)] {
        if let Some(word) = word.filter(|word| !held.contains(word)) {
            let value: String = word.chars().take(40).collect();
            problems.add_with(name, "problem-asked-other", &[("value", value), ("known", held.join(", "))]);
        }
    }
    Ok(())
}

/// The key that a record's page ends in.
fn id_of(href: &str) -> Option<Id> {
    href.rsplit('/').next()?.parse().ok()
}
