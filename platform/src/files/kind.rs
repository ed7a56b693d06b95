//! What a file is, told by its content. A closed set: what is not in it is not taken in.

/// How much of a file's head is looked at.
pub const LOOK: usize = 1 << 16;

/// A kind of file that people keep as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Tiff,
    Word,
    Excel,
    PowerPoint,
    Text,
}

impl Kind {
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Png, Self::Jpeg, Self::Tiff, Self::Word, Self::Excel, Self::PowerPoint, Self::Text];

    /// The kind of a file that begins so; none for what is not taken in.
    pub fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Some(Self::Jpeg);
        }
        if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
            return Some(Self::Tiff);
        }
        if head.starts_with(b"PK\x03\x04") {
            // An archive is only taken as the office document its parts show it to be.
            let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
            let parts: [(&[u8], Self); 3] =
                [(b"word/", Self::Word), (b"xl/", Self::Excel), (b"ppt/", Self::PowerPoint)];
            return parts.into_iter().find(|(part, _)| holds(part)).map(|(_, kind)| kind);
        }
        is_text(head).then_some(Self::Text)
    }

    /// As kept beside the file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Tiff => "tiff",
            Self::Word => "word",
            Self::Excel => "excel",
            Self::PowerPoint => "powerpoint",
            Self::Text => "text",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What it is served as.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::PowerPoint => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Tiff => &["tif", "tiff"],
            Self::Word => &["docx"],
            Self::Excel => &["xlsx"],
            Self::PowerPoint => &["pptx"],
            Self::Text => &["txt", "csv", "eml", "md"],
        }
    }
}

/// Words in UTF-8, and nothing that a browser would read as a page or a script.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end in the middle of a character.
        Err(error) if error.error_len().is_none() && head.len() >= LOOK => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let plain = |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
    !text.is_empty() && !text.starts_with('<') && text.chars().all(plain)
}

/// A name to save the file under: no folders, no marks that deceive, and an ending that tells
/// what the content is.
pub fn plain_name(given: &str, kind: Kind) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let deceives = |character: char| {
        character.is_control()
            || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = name.chars().filter(|character| !deceives(*character)).take(150).collect();
    let name = name.trim().trim_matches('.').to_owned();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let fits = kind.endings().contains(&ending.as_str());
    match (name.is_empty(), fits) {
        (true, _) => format!("file.{}", kind.endings()[0]),
        (false, true) => name,
        (false, false) => format!("{name}.{}", kind.endings()[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        assert_eq!(Kind::of(b"%PDF-1.7 x"), Some(Kind::Pdf));
        assert_eq!(Kind::of(b"PK\x03\x04....[Content_Types].xml...word/document.xml"), Some(Kind::Word));
        assert_eq!(Kind::of(b"PK\x03\x04....holiday.exe"), None);
        assert_eq!(Kind::of("收據 42".as_bytes()), Some(Kind::Text));
        assert_eq!(Kind::of(b"<!doctype html><script>"), None);
        assert_eq!(Kind::of(b"  <svg onload=x>"), None);
        assert_eq!(Kind::of(b"MZ\x90\0"), None);
        assert_eq!(Kind::of(b"\xD0\xCF\x11\xE0"), None);
        assert_eq!(Kind::of(b""), None);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn a_name_never_lies_about_what_it_holds() {
        assert_eq!(plain_name("C:\\papers\\lease.pdf", Kind::Pdf), "lease.pdf");
        assert_eq!(plain_name("../../etc/passwd", Kind::Text), "passwd.txt");
        assert_eq!(plain_name("lease\u{202E}fdp.exe", Kind::Pdf), "leasefdp.exe.pdf");
        assert_eq!(plain_name("租約.PDF", Kind::Pdf), "租約.PDF");
        assert_eq!(plain_name("", Kind::Png), "file.png");
    }
}
