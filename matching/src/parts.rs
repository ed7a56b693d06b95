//! Which words of a Latin name are its own and which it shares with others, seen through slips of the finger; and the number
//! that tells one of a series from the next.

use crate::words::{WORDS, Word};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Own,
    Shared(Word),
    Join,
}

/// Tells words apart, the longest phrase first.
pub(crate) fn classify(tokens: &[String]) -> Vec<Part> {
    let mut parts = vec![Part::Own; tokens.len()];
    let mut at = 0;
    let mut phrase = String::new();
    while at < tokens.len() {
        let mut taken = 0;
        for length in (1..=4.min(tokens.len() - at)).rev() {
            phrase.clear();
            for (i, token) in tokens[at..at + length].iter().enumerate() {
                if i > 0 {
                    phrase.push(' ');
                }
                phrase.push_str(token);
            }
            if let Some(word) = WORDS.latin(&phrase) {
                // Letters that stand alone are initials more often than forms, unless they end the name.
                if length == 1 && phrase.len() <= 2 && word.legal != 0 && at == 0 && tokens.len() > 1 {
                    continue;
                }
                parts[at] = Part::Shared(word);
                parts[at + 1..at + length].fill(Part::Join);
                taken = length;
                break;
            }
        }
        if taken == 0 {
            if WORDS.is_join(&tokens[at]) {
                parts[at] = Part::Join;
            }
            taken = 1;
        }
        at += taken;
    }
    parts
}

/// Finds the shared words that a slip of the finger hides: letters exchanged, lost or doubled, spaces moved.
pub(crate) fn mend(tokens: &mut Vec<String>, parts: &mut Vec<Part>) {
    let mut own = parts.iter().filter(|p| **p == Part::Own).count();
    let legal = |p: &Part| matches!(p, Part::Shared(word) if word.legal != 0);
    let mut at = tokens.len();
    while at > 0 {
        at -= 1;
        if parts[at] != Part::Own || !tokens[at].is_ascii() {
            continue;
        }
        if own > 1 {
            let beside_legal = at > 0
                && (parts.get(at + 1).is_some_and(legal) || at + 1 == tokens.len() && parts[..at].iter().any(legal));
            let mended = WORDS.near(&tokens[at]).or_else(|| {
                WORDS.cut_off(&tokens[at]).filter(|_| at > 0).map(|trade| Word { trade, ..Word::default() })
            });
            if let Some(word) = mended {
                parts[at] = Part::Shared(word);
                own -= 1;
                continue;
            }
            // A stump of a form: "Co L", "Lt". A number or an initial tells companies apart.
            let stump = tokens[at].len() == 2
                && ["co", "ltd", "llc", "inc", "plc"].iter().any(|form| {
                    crate::distance::within_one(form.as_bytes(), tokens[at].as_bytes()) && !tokens[at].ends_with('i')
                });
            if beside_legal && stump {
                parts[at] = Part::Join;
                own -= 1;
                continue;
            }
            if at + 1 == tokens.len()
                && at > 0
                && tokens[at].len() <= 4
                && let Some(word) = ["ltd", "inc", "llc", "plc", "corp", "gmbh"]
                    .iter()
                    .find(|form| crate::distance::within_one(form.as_bytes(), tokens[at].as_bytes()))
                    .and_then(|form| WORDS.latin(form))
            {
                parts[at] = Part::Shared(word);
                own -= 1;
                continue;
            }
        }
        // A lost or moved space: "huaxingtechnology", "g technology" written "gtechnology", "technologyco".
        if let Some((head, tail)) = apart(&tokens[at]) {
            let (head, tail) = (head.to_owned(), tail.to_owned());
            let head_word = WORDS.latin(&head).filter(|_| head.len() >= 5);
            let Some(tail_word) = WORDS.latin(&tail) else { continue };
            if own > 1 || head_word.is_none() {
                tokens[at] = head;
                if let Some(word) = head_word {
                    parts[at] = Part::Shared(word);
                    own -= 1;
                }
                tokens.insert(at + 1, tail);
                parts.insert(at + 1, Part::Shared(tail_word));
            }
        }
    }
}

/// Splits a token before a shared word that ends it, or after one that begins it when the rest is known too.
fn apart(token: &str) -> Option<(&str, &str)> {
    if token.len() < 7 {
        return None;
    }
    for at in 1..=token.len() - 2 {
        let (head, tail) = token.split_at(at);
        let known_head = head.len() >= 6 && WORDS.latin(head).is_some();
        if (tail.len() >= 6 || known_head) && WORDS.latin(tail).is_some() {
            return Some((head, tail));
        }
    }
    None
}

/// The number of a series that a name's own words say, with a letter or Roman numeral after the first `since` of them.
pub(crate) fn number<'a>(words: impl Iterator<Item = &'a str>, since: usize) -> u32 {
    const ROMAN: [&str; 14] =
        ["ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xx"];
    let words: Vec<&str> = words.collect();
    let (mut sum, mut is_number) = (0_u64, false);
    for (at, word) in words.iter().enumerate() {
        let mut add = |part: &str| sum = crate::distance::key(3, sum, crate::distance::hash(part.as_bytes()), 0);
        for digits in word.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()) {
            add(digits.trim_start_matches('0'));
            is_number = true;
        }
        if at < since || since == 0 {
            continue;
        }
        if ROMAN.contains(word) {
            add(word);
            is_number = true;
        } else if at + 1 == words.len() && word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic() {
            // "Fund A": letters elsewhere are initials.
            add(word);
        }
    }
    if sum == 0 { 0 } else { (sum as u32 | 2) & !1 | u32::from(is_number) }
}
