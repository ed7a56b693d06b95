//! How much room words take. A browser's own faces are not known here, so the widths are a little
//! generous: a label may have air around it, but never another label.

/// Height of a line of labels.
pub(super) const LINE: f64 = 15.0;

/// The width of a text at twelve units.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(of).sum()
}

fn of(letter: char) -> f64 {
    match letter {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | 'i' | 'j' | 'l' | 'I' | '!' => 3.9,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 5.2,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.4,
        '0'..='9' | '$' => 7.4,
        'A'..='Z' => 8.7,
        letter if (letter as u32) < 0x2e80 => 7.0,
        _ => 12.6,
    }
}

/// A text in lines no wider than `most`: broken between words, and within a word only when the
/// word alone is too wide. Chinese breaks between any two characters.
pub(super) fn lines(text: &str, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        let Some(line) = lines.last_mut() else { break };
        if width(line) + width(piece.trim_end()) <= most {
            line.push_str(piece);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for letter in piece.chars() {
            let full = lines.last().is_some_and(|line| !line.is_empty() && width(line) + of(letter) > most);
            if full && letter != ' ' {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
        }
    }
    lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Words with the space after them; wide characters one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if letter == ' ' || letter as u32 >= 0x2e80 {
            pieces.push(&text[start..end]);
            start = end;
        }
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_where_its_language_breaks() {
        assert_eq!(lines("Investment pledged", 80.0), ["Investment", "pledged"]);
        assert_eq!(lines("Investment pledged", 400.0), ["Investment pledged"]);
        assert_eq!(lines("融合科技的文化創意產業", 70.0), ["融合科技的", "文化創意產", "業"]);
        assert_eq!(lines("", 70.0), Vec::<String>::new());
        for text in ["Rechtsschutzversicherungsgesellschaften now", "over HK$60 billion", "逾600億港元"] {
            for most in [30.0, 60.0, 90.0] {
                assert!(lines(text, most).iter().all(|line| width(line) <= most), "{text} {most}");
                let glued: String = lines(text, most).concat();
                assert_eq!(glued.replace(' ', ""), text.replace(' ', ""), "nothing is lost");
            }
        }
    }
}
