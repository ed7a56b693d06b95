//! Text files of any encoding: found out by their bytes, read as UTF-8 as they stream by.

use std::io::{self, Read};

pub use encoding_rs::Encoding;
use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file's start tells its encoding.
pub const LOOK: usize = 1 << 18;
/// Stands in decoded text for bytes that are no characters.
pub const BROKEN: char = '\u{FFFD}';

/// The encoding of a file by its head, and whether it is only the likeliest. `whole`: the head is all there is.
pub fn find(head: &[u8], whole: bool) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding, false);
    }
    let valid_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end in the middle of a character.
        Err(error) => !whole && error.error_len().is_none(),
    };
    let noughts = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (noughts(0), noughts(1));
    if even + odd > head.len() / 8 {
        return (if odd >= even { UTF_16LE } else { UTF_16BE }, true);
    }
    if valid_utf8 {
        return (UTF_8, false);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    (detector.guess(None, chardetng::Utf8Detection::Deny), true)
}

/// The first line, counted from 1, that is plainly UTF-8 in a text that isn't: a file put together of two encodings. A line is
/// plainly so if it holds four letters of three bytes or more, which no other encoding gives by chance.
pub fn mixed(head: &[u8]) -> Option<usize> {
    if std::str::from_utf8(head).is_ok() || head.contains(&0) {
        return None;
    }
    // The last line may be cut off.
    let lines = head.split(|byte| *byte == b'\n');
    lines.enumerate().find_map(|(at, line)| {
        let text = std::str::from_utf8(line).ok()?;
        (text.chars().filter(|c| c.len_utf8() >= 3).count() >= 4).then_some(at + 1)
    })
}

/// Bytes of any encoding as UTF-8, without the mark at the start.
pub struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    from: usize,
    until: usize,
    taken: u64,
    out: Vec<u8>,
    out_from: usize,
    finished: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 1 << 16],
            from: 0,
            until: 0,
            taken: 0,
            out: Vec::with_capacity(1 << 18),
            out_from: 0,
            finished: false,
        }
    }

    /// Bytes taken so far, as they stand in the file.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.out_from = 0;
        while self.out.is_empty() && !self.finished {
            if self.from == self.until {
                self.from = 0;
                self.until = self.inner.read(&mut self.raw)?;
                self.taken += self.until as u64;
            }
            let last = self.until == 0;
            self.out.resize(1 << 18, 0);
            let (_, read, written, _) =
                self.decoder.decode_to_utf8(&self.raw[self.from..self.until], &mut self.out, last);
            self.from += read;
            self.out.truncate(written);
            self.finished = last;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.out_from == self.out.len() {
            self.refill()?;
        }
        let some = (self.out.len() - self.out_from).min(buffer.len());
        buffer[..some].copy_from_slice(&self.out[self.out_from..self.out_from + some]);
        self.out_from += some;
        Ok(some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> String {
        let mut text = String::new();
        Decoded::new(bytes, encoding).read_to_string(&mut text).expect("text");
        text
    }

    #[test]
    fn encodings_of_asia_are_told_by_their_bytes() {
        for (label, text) in [
            ("Big5", "編號,名稱\n1,台灣積體電路製造股份有限公司\n2,華為技術有限公司\n3,香港科技園公司\n"),
            ("gb18030", "编号,名称\n1,深圳市腾讯计算机系统有限公司\n2,华为技术有限公司\n3,比亚迪股份有限公司\n"),
            ("Shift_JIS", "番号,名前\n1,株式会社ソニー\n2,トヨタ自動車株式会社\n3,ファナック株式会社\n"),
            ("EUC-KR", "번호,이름\n1,삼성전자주식회사\n2,현대자동차\n3,엘지화학\n"),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).expect("a label");
            let (bytes, _, broken) = encoding.encode(text);
            assert!(!broken, "{label}");
            let (found, guessed) = find(&bytes, true);
            assert!(guessed);
            // GBK is what browsers call the part of GB 18030 that such a text is in.
            let (as_read, broken) = found.decode_without_bom_handling(&bytes);
            assert_eq!((as_read.as_ref(), broken), (text, false), "{label} was taken for {}", found.name());
            assert_eq!(read(&bytes, found), text);
        }
    }

    #[test]
    fn a_text_of_two_encodings_is_told_by_its_lines() {
        let (big5, _, _) = Encoding::for_label(b"big5").expect("a label").encode("1,台灣積體電路製造股份有限公司\n");
        let utf8 = "2,华为技术有限公司\n".as_bytes();
        assert_eq!(mixed(&[b"id,name\n", big5.as_ref(), utf8].concat()), Some(3));
        assert_eq!((mixed(&big5), mixed(utf8)), (None, None));
        // Latin letters of Windows are no UTF-8, and four of them don't look like it.
        assert_eq!(mixed(b"id,name\n1,M\xfcller\n2,Caf\xe9\n"), None);
    }

    #[test]
    fn wide_text_is_told_with_and_without_its_mark() {
        let text = "record_id,name\n1,華為\n2,Huawei\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (mark, bytes, encoding) in [(&[0xFF, 0xFE], little, UTF_16LE), (&[0xFE, 0xFF], big, UTF_16BE)] {
            assert_eq!(find(&bytes, true), (encoding, true));
            let marked = [mark.as_slice(), &bytes].concat();
            assert_eq!(find(&marked, true), (encoding, false));
            assert_eq!(read(&marked, encoding), text);
        }
    }
}
