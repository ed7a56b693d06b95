use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use encoding_rs::{BIG5, GB18030, SHIFT_JIS};
use proptest::prelude::*;

use crate::{Cell, Format, ReadOptions, SheetError, SheetRow, Writer, open, write_problem_file};

struct Held {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn held(bytes: &[u8]) -> Held {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    Held { _folder: folder, path }
}

fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<Result<SheetRow, SheetError>>), SheetError> {
    read_as(bytes, &ReadOptions::default())
}

fn read_as(
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<(Vec<String>, Vec<Result<SheetRow, SheetError>>), SheetError> {
    let file = held(bytes);
    let mut sheet = open(&file.path, options)?;
    let mut rows = Vec::new();
    while let Some(row) = sheet.next_row() {
        let ends = matches!(&row, Err(error) if error.row.is_none());
        rows.push(row);
        if ends {
            break;
        }
    }
    Ok((sheet.headers().to_vec(), rows))
}

fn cells(row: &Result<SheetRow, SheetError>) -> Vec<&str> {
    row.as_ref().unwrap().cells.iter().map(String::as_str).collect()
}

#[test]
fn rows_keep_the_numbers_a_person_sees() {
    let (headers, rows) = read(b"name,place\n\"a\nb\",x\n,\n c ,\n").unwrap();
    assert_eq!(headers, ["name", "place"]);
    assert_eq!(rows.len(), 2);
    assert_eq!(cells(&rows[0]), ["a\nb", "x"]);
    assert_eq!((rows[1].as_ref().unwrap().number, cells(&rows[1])), (4, vec![" c ", ""]));
}

#[test]
fn the_delimiter_is_found_even_when_commas_stand_in_the_words() {
    for delimiter in [";", "\t", "|"] {
        let text = format!("name{delimiter}note\nA, B, C{delimiter}x\nD{delimiter}\"y{delimiter}z\"\n");
        let (headers, rows) = read(text.as_bytes()).unwrap();
        assert_eq!(headers, ["name", "note"], "{delimiter:?}");
        assert_eq!(cells(&rows[0])[0], "A, B, C");
    }
}

#[test]
fn chinese_and_japanese_files_of_older_programs_are_read() {
    let traditional = "名稱,地點\n引進重點企業辦公室,香港特別行政區\n寧德時代新能源科技股份有限公司,福建\n".repeat(3);
    let traditional = traditional.replacen("名稱,地點\n", "", 0);
    let (bytes, _, _) = BIG5.encode(&traditional);
    let (headers, rows) = read(&bytes).unwrap();
    assert_eq!(headers, ["名稱", "地點"]);
    assert_eq!(cells(&rows[0])[0], "引進重點企業辦公室");

    let simplified =
        "名称,地点\n华为技术有限公司,深圳市\n宁德时代新能源科技股份有限公司,福建省\n北京百度网讯科技有限公司,北京市\n";
    let (bytes, _, _) = GB18030.encode(simplified);
    assert_eq!(read(&bytes).unwrap().0, ["名称", "地点"]);

    let japanese = "名称,所在地\nトヨタ自動車株式会社,愛知県豊田市\nソニーグループ株式会社,東京都港区\n";
    let (bytes, _, _) = SHIFT_JIS.encode(japanese);
    assert_eq!(cells(&read(&bytes).unwrap().1[0])[0], "トヨタ自動車株式会社");
}

#[test]
fn utf_16_is_read_with_and_without_its_mark() {
    let text = "name,place\n華為,深圳\nPolkadot,\n";
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [[&[0xFF, 0xFE], &little[..]].concat(), [&[0xFE, 0xFF], &big[..]].concat(), little, big] {
        let (headers, rows) = read(&bytes).unwrap();
        assert_eq!(headers, ["name", "place"]);
        assert_eq!(cells(&rows[0]), ["華為", "深圳"]);
    }
}

#[test]
fn a_broken_character_costs_its_row_and_no_other() {
    let (_, rows) = read_as(b"name\ngood\nb\xFFad\nfine\n", &ReadOptions::default().encoding_label("utf-8")).unwrap();
    assert_eq!(rows.len(), 3);
    let error = rows[1].as_ref().unwrap_err();
    assert_eq!((error.key(), error.row), ("sheet-row-broken-characters", Some(3)));
    assert_eq!(cells(&rows[2]), ["fine"]);
}

#[test]
fn headers_that_can_not_be_told_apart_are_refused_by_their_columns() {
    let error = read(b"name,place,Name\na,b,c\n").unwrap_err();
    assert_eq!(error.key(), "sheet-header-twice");
    assert!(error.args().contains(&("second", "C".to_owned())));
    assert_eq!(read(b"name,,place\na,b,c\n").unwrap_err().key(), "sheet-header-empty");
    assert_eq!(read(b"name,,\na,,\n").unwrap().0, ["name"]);
}

#[test]
fn a_row_longer_than_the_header_is_named() {
    let (_, rows) = read(b"a,b\n1,2\n1,2,3\n4,5,\n").unwrap();
    assert_eq!(rows[1].as_ref().unwrap_err().key(), "sheet-row-too-long");
    assert!(rows[2].is_ok());
}

#[test]
fn ten_million_columns_are_refused_without_being_held() {
    let wide = vec![b','; 10_000_000];
    let error = read(&wide).unwrap_err();
    assert!(["sheet-record-too-large", "sheet-too-many-columns"].contains(&error.key()), "{error:?}");
    let endless = [b"a,b\n\"".as_slice(), &vec![b'x'; 3 << 20]].concat();
    let (_, rows) = read(&endless).unwrap();
    assert_eq!(rows[0].as_ref().unwrap_err().key(), "sheet-record-too-large");
}

#[test]
fn a_quotation_mark_that_is_never_closed_ends_the_reading() {
    let (_, rows) = read(b"a,b\n1,2\n3,\"open,4\n5,6\n7,8\n").unwrap();
    assert!(rows[0].is_ok() && rows.len() == 2, "{rows:?}");
    let error = rows[1].as_ref().unwrap_err();
    assert_eq!((error.key(), error.row, error.args()), ("sheet-quote-open", None, vec![("row", "3".to_owned())]));
    assert_eq!(read(b"a,\"b\n1,2\n").unwrap_err().key(), "sheet-quote-open");
    // Marks within a cell, doubled ones, and one that closes with the file are none of those.
    for (whole, cell) in [
        ("a;b\n1;5\" pipe\n2;x", "5\" pipe"),
        ("a;b\n1;\"say \"\"so\"\"\"\n2;\"y\"", "say \"so\""),
        ("a;b\n1;\"two\nlines\"\n2;\"\"", "two\nlines"),
    ] {
        let (_, rows) = read(whole.as_bytes()).unwrap();
        assert_eq!(rows[0].as_ref().unwrap().cells[1], cell);
        assert!(rows.len() == 2 && rows[1].is_ok(), "{rows:?}");
    }
}

#[test]
fn what_is_no_sheet_is_refused() {
    assert_eq!(read(b"").unwrap_err().key(), "sheet-empty");
    assert_eq!(read(b"%PDF-1.7 x").unwrap_err().key(), "sheet-not-a-sheet");
    assert_eq!(read(b"PK\x03\x04junk").unwrap_err().key(), "sheet-truncated");
    assert_eq!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0, 0, 0, 0]).unwrap_err().key(), "sheet-old-or-locked");
    let unknown = ReadOptions::default().encoding_label("klingon");
    assert_eq!(read_as(b"a\n1\n", &unknown).unwrap_err().key(), "sheet-encoding-unknown");
}

fn workbook() -> Vec<u8> {
    let file = held(b"");
    let headers = ["name".to_owned(), "day".to_owned(), "amount".to_owned()];
    let mut writer = Writer::create(Format::Xlsx, &file.path, &headers).unwrap();
    writer
        .write_row(&[
            Cell::Text("=1+1".into()),
            Cell::Date { year: 2024, month: 11, day: 11 },
            Cell::Decimal { unscaled: -133, scale: 1 },
        ])
        .unwrap();
    writer.write_row(&[Cell::Text("華為".into()), Cell::Empty, Cell::Integer(42)]).unwrap();
    writer.finish().unwrap();
    std::fs::read(&file.path).unwrap()
}

#[test]
fn a_workbook_comes_back_as_it_was_written() {
    let (headers, rows) = read(&workbook()).unwrap();
    assert_eq!(headers, ["name", "day", "amount"]);
    assert_eq!(cells(&rows[0]), ["=1+1", "2024-11-11", "-13.3"]);
    assert_eq!(cells(&rows[1]), ["華為", "", "42"]);
}

#[test]
fn a_cut_workbook_is_an_error_and_not_half_a_list() {
    let whole = workbook();
    for part in [whole.len() / 4, whole.len() / 2, whole.len() - 30] {
        assert!(read(&whole[..part]).is_err(), "{part}");
    }
}

#[test]
fn a_zip_bomb_is_refused() {
    let file = held(b"");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&file.path).unwrap());
    zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let noughts = vec![0_u8; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&noughts).unwrap();
    }
    zip.finish().unwrap();
    let mut options = ReadOptions::default();
    options.limits.unpacked_bytes = 32 << 20;
    assert_eq!(open(&file.path, &options).err().unwrap().key(), "sheet-zip-bomb");
}

#[test]
fn formulas_are_neutralised_on_the_way_out_and_come_back_as_they_were() {
    let file = held(b"");
    let mut writer = Writer::create(Format::Csv, &file.path, &["a".to_owned(), "b".to_owned()]).unwrap();
    let texts = ["=cmd()", "+1", "-1", "@x", "＝x", "plain", "'quoted"];
    for text in texts {
        writer.write_row(&[Cell::Text(text.into()), Cell::Decimal { unscaled: -150, scale: 2 }]).unwrap();
    }
    writer.finish().unwrap();
    let bytes = std::fs::read(&file.path).unwrap();
    let raw = String::from_utf8(bytes.clone()).unwrap();
    assert!(raw.contains("'=cmd(),-1.5") && !raw.contains("\n=cmd"));
    let (_, rows) = read(&bytes).unwrap();
    for (row, text) in rows.iter().zip(texts) {
        assert_eq!(cells(row), [text, "-1.5"]);
    }
}

#[test]
fn rows_with_problems_come_back_as_they_came_however_often_they_are_sent() {
    let bytes = "名稱;數目\n甲;1\n乙;-5\n丙;3;more;=x\n丁;\u{1}\n".as_bytes();
    let options = ReadOptions::default().as_sent();
    let said: HashMap<u64, String> =
        [(3, "數目: too small"), (4, "too many"), (5, "x")].map(|(n, w)| (n, w.into())).into();
    let (source, to) = (held(bytes), held(b""));
    assert_eq!(write_problem_file(&source.path, &options, &said, &to.path).unwrap(), 3);
    let file = std::fs::read(&to.path).unwrap();
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.contains("名稱;數目;problems (Oases)\r\n乙;-5;數目: too small\r\n丙;3;too many;more;'=x"), "{text}");
    let (headers, rows) = read_as(&file, &options).unwrap();
    assert_eq!(headers, ["名稱", "數目"], "what was said is passed over");
    assert_eq!(cells(&rows[0]), ["乙", "-5"]);
    assert_eq!(rows[1].as_ref().unwrap_err().key(), "sheet-row-too-long");

    let said = HashMap::from([(3, "still too many".to_owned())]);
    let again = held(b"");
    let mended = held(&file);
    assert_eq!(write_problem_file(&mended.path, &options, &said, &again.path).unwrap(), 1);
    let text = String::from_utf8(std::fs::read(&again.path).unwrap()).unwrap();
    assert_eq!(text, "\u{FEFF}名稱;數目;problems (Oases)\r\n丙;3;still too many;more;'=x\r\n");
}

#[test]
fn a_row_with_bytes_that_are_no_characters_comes_back_with_its_other_cells() {
    let options = ReadOptions::default().as_sent().encoding_label("utf-8");
    let (source, to) = (held(b"name,place\nb\xFFad,Paris\n"), held(b""));
    let said = HashMap::from([(2, "bytes".to_owned())]);
    write_problem_file(&source.path, &options, &said, &to.path).unwrap();
    assert!(String::from_utf8(std::fs::read(&to.path).unwrap()).unwrap().contains("b\u{FFFD}ad,Paris,bytes"));
}

#[test]
fn one_nought_costs_its_row_and_no_other() {
    let (_, rows) = read("name,place\n華為,x\nb\0ad,y\nfine,z\n".as_bytes()).unwrap();
    let error = rows[1].as_ref().unwrap_err();
    assert_eq!((error.key(), error.row), ("sheet-cell-broken", Some(3)));
    assert_eq!((cells(&rows[0])[0], cells(&rows[2])[0]), ("華為", "fine"));
    assert_eq!(read(&[b"name\n".as_slice(), &[0; 400]].concat()).unwrap_err().key(), "sheet-not-a-sheet");
}

#[test]
fn a_file_as_it_was_sent_may_have_doubled_headers_and_a_title() {
    let options = ReadOptions::default().as_sent().header_row(3);
    let (headers, rows) = read_as(b"A list, of things\nof 2026\nname;;name\na;b;c\n", &options).unwrap();
    assert_eq!(headers, ["name", "", "name"]);
    assert_eq!((rows[0].as_ref().unwrap().number, cells(&rows[0])), (4, vec!["a", "b", "c"]));
}

/// A workbook of these rows of markup and these shared strings.
fn packed(rows: &str, strings: &str) -> Held {
    let file = held(b"");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&file.path).unwrap());
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = "http://schemas.openxmlformats.org/package/2006/relationships";
    for (name, text) in [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{related}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"A &amp; B\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{related}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{main}\">{strings}</sst>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    file
}

fn said(cell: &str) -> String {
    format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c></row><row r=\"2\">{cell}</row>")
}

#[test]
fn a_cell_a_row_and_the_shared_strings_of_a_workbook_are_bounded() {
    let refused = |rows: &str, strings: &str| {
        let file = packed(rows, strings);
        let mut options = ReadOptions::default();
        options.limits.shared_strings = 1_000;
        options.limits.shared_bytes = 1 << 16;
        open(&file.path, &options).err().map(|error| error.key())
    };
    let inline = |text: &str| said(&format!("<c r=\"A2\" t=\"inlineStr\"><is>{text}</is></c>"));
    assert_eq!(refused(&inline("<t>fine</t>"), "<si><t>a</t></si>"), None);
    let long = "x".repeat(2 << 20);
    assert_eq!(refused(&inline(&format!("<t>{long}</t>")), ""), Some("sheet-cell-too-large"));
    let pieces = "<r><t>xxxxxxxx</t></r>".repeat(1 << 17);
    assert_eq!(refused(&inline(&pieces), ""), Some("sheet-cell-too-large"));
    let raw = format!("<t><![CDATA[{}]]></t>", "<>".repeat(1 << 20));
    assert_eq!(refused(&inline(&raw), ""), Some("sheet-cell-too-large"));
    assert_eq!(refused(&said(&format!("<c r=\"A2\" x=\"{long}\"/>")), ""), Some("sheet-zip-bomb"));
    assert_eq!(refused(&inline("<t>a</c><c></t>"), ""), Some("sheet-broken"), "an end that belongs to nothing");
    assert_eq!(
        refused(&said(&"<c t=\"inlineStr\"><is><t>xxxxxxxx</t></is></c>".repeat(1 << 17)), ""),
        Some("sheet-record-too-large")
    );
    assert_eq!(refused(&said(""), &"<si><t/></si>".repeat(1_001)), Some("sheet-too-many-strings"));
    assert_eq!(refused(&said(""), &format!("<si><t>{}</t></si>", "x".repeat(70_000))), Some("sheet-too-many-strings"));
}

#[test]
fn one_long_text_in_every_cell_of_a_row_costs_that_row() {
    let cells_of = |number: usize| -> String {
        (0..20).map(|place| format!("<c r=\"{}{number}\" t=\"s\"><v>0</v></c>", crate::letters(place))).collect()
    };
    let head: String = (0..20)
        .map(|place| format!("<c r=\"{0}1\" t=\"inlineStr\"><is><t>h{0}</t></is></c>", crate::letters(place)))
        .collect();
    let rows = format!("<row r=\"1\">{head}</row><row r=\"2\">{}</row>", cells_of(2));
    let file = packed(&rows, &format!("<si><t>{}</t></si>", "x".repeat(200_000)));
    let mut sheet = open(&file.path, &ReadOptions::default()).unwrap();
    let error = sheet.next_row().unwrap().unwrap_err();
    assert_eq!((error.key(), error.row), ("sheet-record-too-large", Some(2)));
}

#[test]
fn formulas_are_counted_and_one_without_a_value_costs_its_row() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c></row>\
                <row r=\"2\"><c r=\"A2\"><f>1+1</f><v>2</v></c></row>\
                <row r=\"3\"><c r=\"A3\"><f>1+1</f><v></v></c></row>\
                <row r=\"4\"><c r=\"A4\" t=\"str\"><f>A9</f><v></v></c><c r=\"B4\"/></row>\
                <row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
    let file = packed(rows, "");
    let mut sheet = open(&file.path, &ReadOptions::default().worksheet("A & B")).unwrap();
    assert_eq!(sheet.formulas(), 3);
    assert_eq!(sheet.next_row().unwrap().unwrap().cells, ["2"]);
    let error = sheet.next_row().unwrap().unwrap_err();
    assert_eq!((error.key(), error.row), ("sheet-formula-unvalued", Some(3)));
    assert_eq!(sheet.next_row().unwrap().unwrap().cells, ["x"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_change_to_a_workbook_panics(place in 0_usize..4_000, byte in any::<u8>()) {
        let mut bytes = workbook();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = read(&bytes);
    }
}
