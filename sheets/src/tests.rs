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
fn rows_with_problems_come_back_as_a_file_to_mend() {
    let source = held("名稱,數目\n甲,1\n乙,x\n丙,3\n".as_bytes());
    let said = HashMap::from([(3, vec![("數目".to_owned(), "not a number".to_owned())])]);
    let to = held(b"");
    let titles = ("Column", "Problem");
    assert_eq!(write_problem_file(&source.path, &ReadOptions::default(), &said, titles, &to.path).unwrap(), 1);
    let (headers, rows) = read(&std::fs::read(&to.path).unwrap()).unwrap();
    assert_eq!(headers, ["名稱", "數目", "Column", "Problem"]);
    assert_eq!(cells(&rows[0]), ["乙", "x", "數目", "not a number"]);
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
