//! The words by which a project is found: those of its title, and its reference from the first letter on.

use std::collections::BTreeSet;

use platform::search::fold;

mod store;

pub(super) use store::{found, put, suggest};

/// Where a search may begin.
fn keys(reference: &str, title: &str) -> BTreeSet<String> {
    fold::search_keys(title).into_iter().chain(fold::query_key(reference)).collect()
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn a_search_begins_at_a_word_of_the_title_or_with_the_reference() {
        let keys = keys("P-2026-0001", "Hong Kong base");
        assert_eq!(Vec::from_iter(keys), ["base", "hong kong base", "kong base", "p 2026 0001"]);
    }
}
