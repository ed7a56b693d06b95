//! Excel, before anything is parsed: every part is unpacked into nothing, its size counted, and its markup weighed as it
//! streams by, so that no cell, row or string can fill the memory of the parser that comes after.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::result::ZipError;

use crate::{Limits, SheetError};

/// Elements within elements; a worksheet has about eight.
const DEEPEST: usize = 256;
/// Bytes of a tag that are kept for its attributes.
const TAG: usize = 4_096;

/// What a look through the file found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    parts: HashMap<String, Formulas>,
    /// The name of each sheet and the key of its part; of each key the part.
    sheets: Vec<(String, String)>,
    targets: HashMap<String, String>,
}

/// Cells of a part that hold a formula, and those among them for which no value was saved: by row, the first such cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Formulas {
    pub(crate) count: u64,
    pub(crate) unvalued: HashMap<u64, String>,
}

impl Found {
    /// The formulas of a worksheet.
    pub(crate) fn formulas(&mut self, worksheet: &str) -> Formulas {
        let key = self.sheets.iter().find(|(name, _)| name == worksheet).map(|(_, key)| key);
        let part = key.and_then(|key| self.targets.get(key));
        part.and_then(|part| self.parts.remove(part)).unwrap_or_default()
    }
}

/// Unpacks every part into nothing and counts: what a part says of its own size proves nothing.
pub(crate) fn scan(path: &Path, limits: &Limits) -> Result<Found, SheetError> {
    let truncated = || SheetError::new("sheet-truncated");
    let file = File::open(path).map_err(SheetError::io)?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| truncated())?;
    if archive.len() > 10_000 {
        return Err(SheetError::new("sheet-zip-bomb"));
    }
    let (mut left, mut strings) = (limits.unpacked_bytes, Strings::default());
    let mut found = Found::default();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut seen = HashSet::new();
    for place in 0..archive.len() {
        let mut part = match archive.by_index(place) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword) => {
                return Err(SheetError::new("sheet-old-or-locked"));
            }
            Err(_) => return Err(truncated()),
        };
        let name = part.name().replace('\\', "/").to_lowercase();
        if !seen.insert(name.clone()) {
            return Err(SheetError::new("sheet-broken"));
        }
        let is_markup = name.ends_with(".xml") || name.ends_with(".rels");
        let mut markup = Markup::new(limits, &name);
        loop {
            let some = part.read(&mut buffer).map_err(|_| truncated())?;
            if some == 0 {
                break;
            }
            left = left.checked_sub(some as u64).ok_or_else(|| SheetError::new("sheet-zip-bomb"))?;
            if is_markup {
                markup.take(&buffer[..some], &mut strings)?;
            }
        }
        let Markup { sheets, targets, formulas, .. } = markup;
        found.sheets.extend(sheets);
        found.targets.extend(targets);
        if formulas.count > 0 {
            found.parts.insert(name, formulas);
        }
    }
    Ok(found)
}

/// Shared strings of all parts together.
#[derive(Default)]
struct Strings {
    count: u64,
    bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    /// Within a tag, perhaps within the quotation marks of an attribute.
    Tag(Option<u8>),
    /// Within a comment, raw text or an instruction, which ends at these bytes.
    Until(&'static [u8]),
}

/// One open element: its name without a prefix, and as it stands.
struct Open {
    local: Vec<u8>,
    whole: Vec<u8>,
}

/// The markup of one part.
struct Markup<'a> {
    limits: &'a Limits,
    part: &'a str,
    at: At,
    tag: Vec<u8>,
    /// Bytes of the tag or text that is being read.
    run: usize,
    last: [u8; 3],
    open: Vec<Open>,
    row: Option<(u64, usize)>,
    cell: Option<Cell>,
    string: Option<usize>,
    formulas: Formulas,
    sheets: Vec<(String, String)>,
    targets: HashMap<String, String>,
}

#[derive(Default)]
struct Cell {
    place: String,
    bytes: usize,
    is_text: bool,
    has_formula: bool,
    has_value: bool,
}

impl<'a> Markup<'a> {
    fn new(limits: &'a Limits, part: &'a str) -> Self {
        Self {
            limits,
            part,
            at: At::Text,
            tag: Vec::new(),
            run: 0,
            last: [0; 3],
            open: Vec::new(),
            row: None,
            cell: None,
            string: None,
            formulas: Formulas::default(),
            sheets: Vec::new(),
            targets: HashMap::new(),
        }
    }

    fn take(&mut self, bytes: &[u8], strings: &mut Strings) -> Result<(), SheetError> {
        for byte in bytes.iter().copied() {
            self.last = [self.last[1], self.last[2], byte];
            self.weigh()?;
            match self.at {
                At::Text if byte == b'<' => {
                    self.at = At::Tag(None);
                    self.tag.clear();
                    self.run = 0;
                }
                At::Text => self.text(byte, strings)?,
                At::Tag(Some(quote)) => {
                    self.keep(byte);
                    if byte == quote {
                        self.at = At::Tag(None);
                    }
                }
                At::Tag(None) => self.tag(byte, strings)?,
                At::Until(end) => {
                    self.text(byte, strings)?;
                    if self.last.ends_with(end) {
                        self.at = At::Text;
                        self.run = 0;
                    }
                }
            }
        }
        Ok(())
    }

    /// One more byte of whatever is open.
    fn weigh(&mut self) -> Result<(), SheetError> {
        // Markup takes several times the room of what it marks.
        let (cell, record) = (self.limits.cell_bytes * 4, self.limits.record_bytes * 4);
        self.run += 1;
        let mut heavy = self.run > cell;
        for bytes in [self.cell.as_mut().map(|cell| &mut cell.bytes), self.string.as_mut()].into_iter().flatten() {
            *bytes += 1;
            heavy |= *bytes > cell;
        }
        if heavy {
            let place = self.cell.as_ref().map(|cell| cell.place.clone()).filter(|place| !place.is_empty());
            let most = self.limits.cell_bytes >> 10;
            return Err(match place {
                Some(place) => SheetError::new("sheet-cell-too-large").arg("column", place).arg("most", most),
                None => SheetError::new("sheet-zip-bomb"),
            });
        }
        if let Some((number, bytes)) = &mut self.row {
            *bytes += 1;
            if *bytes > record {
                return Err(SheetError::new("sheet-record-too-large").arg("row", *number));
            }
        }
        Ok(())
    }

    fn text(&mut self, byte: u8, strings: &mut Strings) -> Result<(), SheetError> {
        if self.string.is_some() {
            strings.bytes += 1;
            if strings.bytes > self.limits.shared_bytes {
                return Err(self.too_many_strings());
            }
        }
        if let Some(cell) = &mut self.cell
            && !byte.is_ascii_whitespace()
            && self.open.last().is_some_and(|open| matches!(&open.local[..], b"v" | b"t"))
        {
            cell.has_value = true;
        }
        Ok(())
    }

    fn too_many_strings(&self) -> SheetError {
        SheetError::new("sheet-too-many-strings").arg("most", self.limits.shared_strings)
    }

    fn keep(&mut self, byte: u8) {
        if self.tag.len() < TAG {
            self.tag.push(byte);
        }
    }

    fn tag(&mut self, byte: u8, strings: &mut Strings) -> Result<(), SheetError> {
        match byte {
            b'>' => {
                self.at = At::Text;
                self.run = 0;
                let tag = std::mem::take(&mut self.tag);
                let done = self.tagged(&tag, strings);
                self.tag = tag;
                return done;
            }
            b'"' | b'\'' => self.at = At::Tag(Some(byte)),
            _ => {}
        }
        self.keep(byte);
        self.at = match &self.tag[..] {
            b"?" => At::Until(b"?>"),
            b"!--" => At::Until(b"-->"),
            b"![CDATA[" => At::Until(b"]]>"),
            // A document type of its own is nothing that Excel writes.
            [b'!', b'A'..=b'Z', ..] => return Err(SheetError::new("sheet-broken")),
            _ => self.at,
        };
        if matches!(self.at, At::Until(_)) {
            self.last = [0; 3];
        }
        Ok(())
    }

    fn tagged(&mut self, tag: &[u8], strings: &mut Strings) -> Result<(), SheetError> {
        let broken = || SheetError::new("sheet-broken");
        if let Some(name) = tag.strip_prefix(b"/") {
            let open = self.open.pop().ok_or_else(broken)?;
            // The parser takes any end for the end it waits for; what is weighed here must be what it reads.
            if open.whole != name.trim_ascii() {
                return Err(broken());
            }
            self.closed(&open.local);
            return Ok(());
        }
        let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
        let whole = &tag[..end];
        let local = whole.rsplit(|byte| *byte == b':').next().unwrap_or(whole).to_vec();
        self.opened(&local, tag, strings)?;
        if tag.ends_with(b"/") {
            self.closed(&local);
        } else if self.open.len() == DEEPEST {
            return Err(broken());
        } else {
            self.open.push(Open { local, whole: whole.to_vec() });
        }
        Ok(())
    }

    fn opened(&mut self, local: &[u8], tag: &[u8], strings: &mut Strings) -> Result<(), SheetError> {
        match local {
            b"row" if self.row.is_none() => {
                let number = attribute(tag, "r").and_then(|text| text.parse().ok()).unwrap_or_default();
                self.row = Some((number, 0));
            }
            b"c" if self.cell.is_none() => {
                let is_text = attribute(tag, "t").is_some_and(|kind| kind == "str");
                let place = attribute(tag, "r").unwrap_or_default();
                self.cell = Some(Cell { place, is_text, ..Cell::default() });
            }
            b"f" => {
                if let Some(cell) = &mut self.cell {
                    cell.has_formula = true;
                }
            }
            b"si" if self.string.is_none() => {
                self.string = Some(0);
                strings.count += 1;
                if strings.count > self.limits.shared_strings {
                    return Err(self.too_many_strings());
                }
            }
            // The parser makes room for as many as are promised.
            b"sst" => {
                let promised = attribute(tag, "uniqueCount").and_then(|text| text.parse::<u64>().ok());
                if promised.is_some_and(|promised| promised > self.limits.shared_strings) {
                    return Err(self.too_many_strings());
                }
            }
            b"sheet" => {
                let key = attribute(tag, "id");
                self.sheets.extend(attribute(tag, "name").zip(key));
            }
            b"Relationship" if self.part.ends_with("workbook.xml.rels") => self.related(tag)?,
            _ => {}
        }
        Ok(())
    }

    /// A sheet whose part is not read as markup would be weighed by nobody.
    fn related(&mut self, tag: &[u8]) -> Result<(), SheetError> {
        let (Some(key), Some(target), Some(kind)) =
            (attribute(tag, "Id"), attribute(tag, "Target"), attribute(tag, "Type"))
        else {
            return Ok(());
        };
        if !kind.ends_with("sheet") {
            return Ok(());
        }
        let target = target.replace('\\', "/").to_lowercase();
        if !target.ends_with(".xml") {
            return Err(SheetError::new("sheet-broken"));
        }
        let part = match target.strip_prefix('/') {
            Some(part) => part.to_owned(),
            None => format!("xl/{target}"),
        };
        self.targets.insert(key, part);
        Ok(())
    }

    fn closed(&mut self, local: &[u8]) {
        let is_open = self.open.iter().any(|open| open.local == local);
        match local {
            b"row" if !is_open => self.row = None,
            b"si" if !is_open => self.string = None,
            b"c" if !is_open => {
                let Some(cell) = self.cell.take().filter(|cell| cell.has_formula) else { return };
                self.formulas.count += 1;
                if !cell.has_value && !cell.is_text {
                    let digits = cell.place.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
                    let row = digits.parse().ok().or(self.row.map(|(number, _)| number)).unwrap_or_default();
                    self.formulas.unvalued.entry(row).or_insert(cell.place);
                }
            }
            _ => {}
        }
    }
}

/// The value of a tag's attribute, whatever prefix it has.
fn attribute(tag: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(tag);
    let mut rest = text.split_once(char::is_whitespace)?.1;
    while let Some((before, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, left) = after[1..].split_once(quote)?;
        let given = before.trim();
        if given.rsplit(':').next() == Some(name) {
            let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
            return Some(plain.iter().fold(value.to_owned(), |value, (mark, is)| value.replace(mark, is)));
        }
        rest = left;
    }
    None
}
