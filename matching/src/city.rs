//! A city read as one key, whichever language names it.

use crate::text;
use crate::words::WORDS;

/// A city as one key, the place table's name for it where it has one, and the country it lies in.
pub(crate) fn read_city(text: &str) -> Option<(String, crate::contact::Country)> {
    let folded = text::fold(text);
    let trimmed = folded.trim();
    let bare = trimmed.trim_end_matches(['市', '시']).trim_end_matches(" city");
    let plain = bare.replace('\'', "");
    let word = if plain.is_ascii() { WORDS.latin(&plain) } else { WORDS.cjk(trimmed).or_else(|| WORDS.cjk(bare)) };
    if let Some(place) = word.filter(|w| w.place > 0).map(|w| &WORDS.places[usize::from(w.place) - 1]) {
        return Some((place.name.clone(), place.country));
    }
    let sound =
        if plain.is_ascii() { plain.chars().filter(char::is_ascii_alphanumeric).collect() } else { text::sound(bare) };
    (!sound.is_empty()).then_some((sound, crate::contact::Country::UNKNOWN))
}
