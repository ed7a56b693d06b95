//! The audit by page: the auditor's search, and what it brings out.

pub mod export;
pub mod pages;

use platform::Cx;
use platform::audit::read::Search;
use platform::clock::{At, parse_day};
use platform::forms::Form;

/// What an address looks for; the same names on the page and in the export.
pub fn wanted(cx: &Cx, form: &Form) -> Search {
    let zone = &cx.house.zone;
    let day = |name: &str| parse_day(form.value(name)).ok();
    Search {
        actor: form.value("actor").parse().ok(),
        subject: form.value("subject").parse().ok(),
        subject_kind: form.optional("kind"),
        verb: form.optional("verb"),
        way: form.optional("way"),
        text: form.optional("q"),
        import: form.value("import").parse().ok(),
        since: day("since").map(|day| zone.start_of(day)),
        until: day("until").map(|day| At::end_of(day, zone)),
        ..Search::default()
    }
}
