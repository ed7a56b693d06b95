//! Enterprises by what somebody typed: of a name, a reference or a number.

mod store;

use platform::search::fold;
pub use platform::search::words::Word;

pub(super) use store::{condition, settled, suggest};

/// How what was typed is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// As it stands, from where a search may begin in a name.
    AsItStands,
    /// Word by word, in any order, the rarest first, since no name goes on as it stands.
    ByWords(Vec<Word>),
    /// In the names of each record that a list comes by, since so many have it.
    InPassing(Word),
}

/// The whole of what was typed as one word, where looking in passing finds what the keys of a search would: no legal form
/// is a place where a search begins, nor is a number only a name.
fn in_passing(typed: &str) -> Option<Word> {
    let key = fold::query_key(typed)?;
    if typed.chars().any(|sign| sign.is_ascii_digit()) || fold::begins_form(&key) {
        return None;
    }
    let unspaced = key.chars().any(fold::unspaced);
    Some((key, unspaced))
}
