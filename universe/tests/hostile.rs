//! Files that are broken, endless or of another version: a clear error each, nothing half-written.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use universe::made_up::{MAP, MadeUp};
use universe::{Catalogue, Error, Import, Item, Map, Reader, Universe};

fn read(bytes: &[u8]) -> Result<Vec<Item>, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, bytes).expect("written");
    let mut items = Vec::new();
    Reader::default().read(&path, folder.path(), &mut |item, _| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

#[track_caller]
fn fails(bytes: &[u8], with: &str) {
    match read(bytes) {
        Ok(items) => panic!("{} items instead of “{with}”", items.len()),
        Err(error) => assert!(error.to_string().contains(with), "{error} instead of “{with}”"),
    }
}

fn lei_file(count: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    MadeUp { seed: 3, count, ..MadeUp::default() }.lei_records(&mut bytes, false).expect("written");
    bytes
}

#[test]
fn an_xml_bomb_is_refused_before_anything_grows() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"b\"><!ENTITY c \"&b;&b;\">]><LEIData>&c;</LEIData>";
    fails(bomb.as_bytes(), "document type");
    fails(b"<LEIData><LEIRecords><LEIRecord><LEI>&mine;</LEI></LEIRecord></LEIRecords></LEIData>", "&mine;");
    let long = "x".repeat(3 << 20);
    fails(format!("<LEIData><LEIRecords><LEIRecord>{}", "<a>".repeat(100_000)).as_bytes(), "deep");
    fails(format!("<LEIData><LEIRecords><LEIRecord><LEI>{long}").as_bytes(), "larger than is taken");
    fails(format!("<LEIData a=\"{long}\">").as_bytes(), "larger than is taken");
    fails(format!("<LEIData><LEIRecords><!-- {long} -->").as_bytes(), "larger than is taken");
}

#[test]
fn a_broken_off_or_foreign_file_is_told() {
    let whole = lei_file(30);
    assert!(read(&whole).is_ok_and(|items| items.len() > 10));
    for cut in [100, whole.len() / 2, whole.len() - 5] {
        assert!(matches!(read(&whole[..cut]), Err(Error::Xml { .. })), "cut at {cut}");
    }
    fails(b"<html><body>Not found</body></html>", "begins with <html>");
    fails(b"<LEIData><a></b></LEIData>", "well-formed");
    fails(b"<?xml version=\"1.0\" encoding=\"Big5\"?><LEIData></LEIData>", "encoding Big5");
    fails(b"\xff\xfe<\0L\0E\0I\0", "UTF-16");
    assert!(matches!(read(b"<LEIData><LEIRecords>\xff\xfe\xfd</LEIRecords></LEIData>"), Err(Error::Xml { .. })));
    fails(b"Name,City\nA,B\n", "--map FILE");
    fails(b"", "is empty");
}

#[test]
fn a_record_that_is_none_is_told_and_the_rest_taken() {
    let text = String::from_utf8(lei_file(40)).expect("text");
    let at = text.find("<lei:LEI>").expect("a record") + 9;
    let mut broken = text.clone();
    broken.replace_range(at..at + 20, "529900T8BM49AURSDO56");
    let items = read(broken.as_bytes()).expect("read");
    let bad: Vec<&Item> = items.iter().filter(|item| matches!(item, Item::Bad(_))).collect();
    assert!(matches!(bad[..], [Item::Bad(bad)] if bad.field == "LEI" && bad.row == 1), "{bad:?}");
    assert_eq!(items.len(), read(text.as_bytes()).expect("read").len());
}

#[test]
fn records_are_read_as_the_standard_writes_them() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016" xmlns:gleif="http://www.gleif.org/concatenated-file/header-extension/2.0">
<lei:LEIHeader><lei:ContentDate>2026-11-20T16:00:00Z</lei:ContentDate><lei:FileContent>GLEIF_FULL_PUBLISHED</lei:FileContent></lei:LEIHeader>
<lei:LEIRecords><lei:LEIRecord><lei:LEI>529900T8BM49AURSDO55</lei:LEI><lei:Entity>
<lei:LegalName xml:lang="zh">岚岳 &amp; 青池<![CDATA[ <电池>]]>&#x6709;限公司</lei:LegalName>
<lei:OtherEntityNames><lei:OtherEntityName type="TRADING_OR_OPERATING_NAME">Lanyue</lei:OtherEntityName></lei:OtherEntityNames>
<lei:TransliteratedOtherEntityNames><lei:TransliteratedOtherEntityName type="AUTO_ASCII_TRANSLITERATED_LEGAL_NAME">LAN YUE</lei:TransliteratedOtherEntityName>
<lei:TransliteratedOtherEntityName type="PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME">Lanyue Batteries</lei:TransliteratedOtherEntityName></lei:TransliteratedOtherEntityNames>
<lei:LegalAddress><lei:FirstAddressLine>Uglegasse 1</lei:FirstAddressLine><lei:City>Wien</lei:City><lei:Country>AT</lei:Country></lei:LegalAddress>
<lei:HeadquartersAddress><lei:FirstAddressLine>1 Road</lei:FirstAddressLine><lei:AdditionalAddressLine>Floor 2</lei:AdditionalAddressLine><lei:City>深圳</lei:City><lei:Region>CN-GD</lei:Region><lei:Country>CN</lei:Country></lei:HeadquartersAddress>
<lei:OtherAddresses><lei:OtherAddress type="ALTERNATIVE_LANGUAGE_LEGAL_ADDRESS"><lei:City>Elsewhere</lei:City></lei:OtherAddress></lei:OtherAddresses>
<lei:RegistrationAuthority><lei:RegistrationAuthorityID>RA000120</lei:RegistrationAuthorityID><lei:RegistrationAuthorityEntityID>91440300X</lei:RegistrationAuthorityEntityID></lei:RegistrationAuthority>
<lei:LegalJurisdiction>CN-GD</lei:LegalJurisdiction><lei:LegalForm><lei:EntityLegalFormCode>8888</lei:EntityLegalFormCode><lei:OtherLegalForm>有限责任公司</lei:OtherLegalForm></lei:LegalForm>
<lei:EntityStatus>ACTIVE</lei:EntityStatus><lei:EntityCreationDate>2011-03-05T00:00:00+08:00</lei:EntityCreationDate>
<lei:LegalEntityEvents><lei:LegalEntityEvent/></lei:LegalEntityEvents></lei:Entity>
<lei:Registration><lei:InitialRegistrationDate>2018-01-01T00:00:00Z</lei:InitialRegistrationDate><lei:LastUpdateDate>2026-10-01T07:00:00Z</lei:LastUpdateDate><lei:RegistrationStatus>LAPSED</lei:RegistrationStatus></lei:Registration>
</lei:LEIRecord><lei:LEIRecord><lei:LEI>529900W18LQJJN6SJ336</lei:LEI><lei:Extension><gleif:Deletion><gleif:DeletedAt>2026-11-19T00:00:00Z</gleif:DeletedAt></gleif:Deletion></lei:Extension></lei:LEIRecord></lei:LEIRecords></lei:LEIData>"#;
    let items = read(text.as_bytes()).expect("read");
    let [Item::Company(record), Item::Company(gone)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(record.name, "岚岳 & 青池 <电池>有限公司");
    assert_eq!(record.names, ["Lanyue", "Lanyue Batteries"]);
    assert_eq!(
        (record.city.as_str(), record.address.as_str(), record.region.as_str()),
        ("深圳", "1 Road, Floor 2", "CN-GD")
    );
    assert_eq!(
        (record.register.as_str(), record.number.as_str(), record.form.as_str()),
        ("RA000120", "91440300X", "有限责任公司")
    );
    let facts: Vec<String> =
        record.facts.iter().map(|f| format!("{} {} {}", f.measure.name(), f.value, f.as_at)).collect();
    assert_eq!(
        facts,
        ["country CN 2026-10-01", "incorporated CN 2026-10-01", "status active 2026-10-01", "founded 2011 2026-10-01"]
    );
    assert!(gone.ended() && gone.name.is_empty());
    let csv = "\u{feff}LEI,Entity.LegalName,Entity.LegalAddress.City,Entity.LegalAddress.Country,Entity.OtherEntityNames.OtherEntityName.1,Entity.EntityStatus,Registration.LastUpdateDate\n529900T8BM49AURSDO55,\"Lanyue, Ltd\",Wien,AT,岚岳,INACTIVE,2026-10-01T07:00:00Z\n529900T8BM49AURSDO56,Wrong,,,,,\n";
    let items = read(csv.as_bytes()).expect("read");
    let [Item::Company(record), Item::Bad(bad)] = &items[..] else { panic!("{items:?}") };
    assert!(record.ended() && record.names == ["岚岳"] && record.city == "Wien", "{record:?}");
    assert_eq!((bad.row, bad.field.as_str()), (3, "LEI"));
}

#[test]
fn packed_files_are_read_and_packed_bombs_are_not() {
    let whole = lei_file(30);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&whole).expect("packed");
    assert_eq!(read(&gz.finish().expect("packed")).expect("read"), read(&whole).expect("read"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("lei.xml", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(&whole).expect("packed");
    let zipped = zip.finish().expect("packed").into_inner();
    assert_eq!(read(&zipped).expect("read"), read(&whole).expect("read"));
    assert!(read(&zipped[..zipped.len() / 2]).is_err());
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(b"Name,City\n").expect("packed");
    for _ in 0..100 {
        bomb.write_all(&[b' '; 1 << 20]).expect("packed");
    }
    assert!(read(&bomb.finish().expect("packed")).is_err());
}

struct Place {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new(made: &MadeUp) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self { file: folder.path().join("register.csv"), folder };
        place.write(made);
        place
    }

    fn write(&self, made: &MadeUp) {
        let mut bytes = Vec::new();
        made.register(&mut bytes, false).expect("made");
        fs::write(&self.file, bytes).expect("written");
    }

    fn universe(&self) -> PathBuf {
        self.folder.path().join("universe")
    }

    fn import_of(&self, file: &Path) -> Import {
        let mut import = Import::new(self.universe(), "register", vec![file.to_owned()]);
        import.reader.map = Some(Map::parse(MAP).expect("the map"));
        import.reader.as_at = "2026-06-30".parse().ok();
        import.today = universe::made_up::MadeUp::STANDS_AT;
        import
    }

    fn import(&self) -> Result<universe::Imported, Error> {
        self.import_of(&self.file).run(&mut |_, _, _| {})
    }
}

fn made(round: u32) -> MadeUp {
    MadeUp { seed: 5, count: 400, round, ..MadeUp::default() }
}

#[test]
fn a_file_of_the_universe_that_is_broken_off_spoilt_or_missing_is_told() {
    let place = Place::new(&made(0));
    place.import().expect("imported");
    let catalogue = Catalogue::read(&place.universe()).expect("a catalogue");
    let part = catalogue.parts[0].path(&place.universe());
    let whole = fs::read(&part).expect("read");
    let told = |with: &str| {
        let error = Universe::at(place.universe()).open().map(drop).expect_err("told").to_string();
        assert!(error.contains(with), "{error}");
    };
    fs::write(&part, &whole[..whole.len() / 2]).expect("written");
    told("broken off");
    let mut spoilt = whole.clone();
    let end = spoilt.len();
    spoilt[end - 200..end - 8].fill(0xff);
    fs::write(&part, &spoilt).expect("written");
    told("Parquet");
    fs::remove_file(&part).expect("removed");
    told("can’t be read");
    fs::write(&part, &whole).expect("written");
    assert!(Universe::at(place.universe()).open().is_ok());
}

#[test]
fn a_catalogue_of_another_version_or_of_nonsense_is_refused() {
    let place = Place::new(&made(0));
    place.import().expect("imported");
    let path = place.universe().join("catalogue.json");
    let text = fs::read_to_string(&path).expect("read");
    fs::write(&path, text.replace("\"format\": 2", "\"format\": 9")).expect("written");
    assert!(matches!(Catalogue::read(&place.universe()), Err(Error::Version { found: 9, .. })));
    assert!(matches!(place.import(), Err(Error::Version { .. })));
    for nonsense in [&text[..text.len() / 2], "[]", &text.replace("000001-companies", "../000001-companies")] {
        fs::write(&path, nonsense).expect("written");
        assert!(matches!(Catalogue::read(&place.universe()), Err(Error::Broken { .. })));
    }
}

#[test]
fn two_writers_are_not_let_in_at_once() {
    let place = Place::new(&made(0));
    place.import().expect("imported");
    let lock = fs::File::options().write(true).open(place.universe().join("writing.lock")).expect("a lock");
    lock.lock().expect("held");
    assert!(matches!(place.import(), Err(Error::Busy { .. })));
    drop(lock);
    assert!(place.import().is_ok());
}

/// A full disk is played by a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_the_earlier_state_stands_and_the_import_goes_on_later() {
    let place = Place::new(&made(0));
    place.import().expect("imported");
    let before = fs::read(place.universe().join("catalogue.json")).expect("read");
    place.write(&made(1));
    for part in ["000002-register-000.part", "000002-companies-000.part"] {
        let full = place.universe().join("data").join(part);
        std::os::unix::fs::symlink("/dev/full", &full).expect("a full disk");
        let error = place.import().expect_err("no room");
        assert!(matches!(&error, Error::Io { source, .. } if source.raw_os_error() == Some(28)), "{error:?}");
        assert_eq!(fs::read(place.universe().join("catalogue.json")).expect("read"), before);
        assert!(Universe::at(place.universe()).open().is_ok());
        fs::remove_file(&full).expect("room again");
    }
    // What was finished isn't done again.
    assert!(place.universe().join("work/records-000.json").is_file());
    let imported = place.import().expect("imported");
    assert_eq!(imported.snapshot, 2);
    assert!(!place.universe().join("work").exists());
    let other = Place::new(&made(0));
    other.import().expect("imported");
    other.write(&made(1));
    assert_eq!(other.import().expect("imported").counts, imported.counts);
    let bytes = |place: &Place| fs::read(place.universe().join("data/000002-companies-000.parquet")).expect("read");
    assert!(bytes(&other) == bytes(&place), "the same companies, byte for byte");
}

#[test]
fn a_row_to_mend_keeps_its_numbers_and_guards_what_looks_like_a_formula() {
    let place = Place::new(&made(0));
    let mut reader = csv::Reader::from_path(&place.file).expect("a table");
    let headers = reader.headers().expect("a header").clone();
    let mut rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let given = [("Status", "asleep"), ("Growth %", "-10"), ("Employees", "+7"), ("Site", "=1+1"), ("City", "-A")];
    let cell = |(header, cell): (&str, &str)| match given.iter().find(|(name, _)| *name == header) {
        Some((_, text)) => (*text).to_owned(),
        None => cell.to_owned(),
    };
    rows[4] = headers.iter().zip(rows[4].iter()).map(cell).collect();
    let mut writer = csv::Writer::from_path(&place.file).expect("a file");
    writer.write_record(&headers).expect("written");
    for row in &rows {
        writer.write_record(row).expect("written");
    }
    writer.flush().expect("written");
    let imported = place.import().expect("imported");
    let [mend] = &imported.mend[..] else { panic!("{:?}", imported.mend) };
    let mut reader = csv::Reader::from_path(mend).expect("a table");
    let headers = reader.headers().expect("a header").clone();
    let row = reader.records().next().expect("a row").expect("a row");
    let came = |name: &str| headers.iter().position(|header| header == name).and_then(|at| row.get(at));
    let all = ["Growth %", "Employees", "Site", "City"].map(came);
    assert_eq!(all, [Some("-10"), Some("+7"), Some("'=1+1"), Some("'-A")]);
}

#[test]
fn rows_that_cannot_be_used_are_listed_and_a_wrong_file_changes_nothing() {
    let place = Place::new(&made(0));
    let text = fs::read_to_string(&place.file).expect("read");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = lines[3].split_once(',').map(|(_, rest)| format!(",{rest}")).expect("a row");
    lines[5] = lines[5].replace(",live,", ",asleep,");
    fs::write(&place.file, lines.join("\n")).expect("written");
    let imported = place.import().expect("imported");
    assert_eq!((imported.counts.bad, imported.mended, imported.companies), (1, 1, 399));
    let problems = fs::read_to_string(imported.problems.expect("a list")).expect("read");
    assert!(problems.contains("register.csv,4,,Number,is empty or too long,no"), "{problems}");
    assert!(problems.contains(",6,M000000004,Status,“asleep” is none of the codes of the map,yes"), "{problems}");
    // The rows as they came, once each, mended and brought in by an update.
    let [mend] = &imported.mend[..] else { panic!("{:?}", imported.mend) };
    let rows = fs::read_to_string(mend).expect("read");
    assert_eq!(rows.lines().count(), 3, "{rows}");
    let numbered = rows.replace("\n,", "\nM000000002,").replace(",asleep,", ",live,");
    let half = rows.replace("\n,", "\nM000000002,");
    for (text, companies, left) in [(&half, 400, 1), (&numbered, 400, 0)] {
        // Mended where it lies: what somebody wrote there stays, tried first or brought in.
        fs::write(mend, text).expect("written");
        let mut again = place.import_of(mend);
        again.delta = true;
        again.dry_run = true;
        again.run(&mut |_, _, _| {}).expect("tried");
        again.dry_run = false;
        let mended = again.run(&mut |_, _, _| {}).expect("brought in");
        assert_eq!((mended.counts.bad, mended.mended, mended.companies), (0, left, companies));
        assert_eq!(mended.mend.len() as u64, left);
        assert!(!mended.mend.contains(mend));
        assert_eq!(&fs::read_to_string(mend).expect("read"), text);
    }
    for line in lines.iter_mut().skip(1) {
        *line = line.split_once(',').map(|(_, rest)| format!(",{rest}")).expect("a row");
    }
    fs::write(&place.file, lines.join("\n")).expect("written");
    assert!(matches!(place.import(), Err(Error::TooBad { .. })));
    assert_eq!(Catalogue::read(&place.universe()).expect("a catalogue").snapshot, 3);
}

#[test]
fn a_map_that_does_not_hold_together_says_where() {
    let with = |rest: &str| format!("[columns]\nkey = \"K\"\nname = \"N\"\n{rest}");
    for (text, place) in [
        ("[columns]\nname = \"N\"".to_owned(), "columns.key"),
        (with("colour = \"C\""), "columns.colour"),
        (with("city = [\"A\", \"B\"]"), "columns.city"),
        (with("[facts]\nheight = { column = \"H\" }"), "facts.height"),
        (with("[facts]\nchain_gap = { column = \"H\" }"), "facts.chain_gap"),
        (with("[facts]\nrevenue = { column = \"R\" }"), "facts.revenue.currency"),
        (with("[facts]\nrevenue = { column = \"R\", currency = \"HKD\" }"), "rates.HKD"),
        (with("[facts]\nstatus = { column = \"S\", codes = { x = \"gone\" } }"), "facts.status.codes"),
        (format!("days = \"D.M.\"\n{}", with("")), "days"),
        (format!("decimal = \",\"\nthousands = \",\"\n{}", with("")), "thousands"),
        ("colums = 1".to_owned(), "line 1"),
        ("[columns\n".to_owned(), "line 1"),
    ] {
        let error = Map::parse(&text).map(drop).expect_err(&text).to_string();
        assert!(error.contains(place), "{error}");
    }
    let map = Map::parse("[columns]\nkey = \"K\"\nname = \"Missing\"").expect("a map");
    assert!(map.on(Path::new("x"), &["K".to_owned()]).is_err());
}

#[test]
fn a_table_in_big5_with_other_marks_and_days_is_read_by_its_map() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = "編號;名稱;成立日期;營業額(百萬);僱員增長\nHK1;嵐岳電池有限公司;05.03.2011;1.234,5;(2,5)\n";
    let path = folder.path().join("big5.csv");
    fs::write(&path, encoding_rs::BIG5.encode(table).0).expect("written");
    let map = "days = \"DD/MM/YYYY\"\ndecimal = \",\"\ndelimiter = \";\"\nencoding = \"big5\"\n[columns]\nkey = \"編號\"\nname = \"名稱\"\n[facts]\nfounded = { column = \"成立日期\" }\nrevenue = { column = \"營業額(百萬)\", currency = \"HKD\", scale = 1000000 }\nemployee_growth = { column = \"僱員增長\" }\ncountry = { value = \"HK\" }\n[rates]\nHKD = \"0.128\"";
    let reader =
        Reader { map: Some(Map::parse(map).expect("a map")), as_at: "2026-01-01".parse().ok(), ..Reader::default() };
    let mut items = Vec::new();
    let read = reader.read(&path, folder.path(), &mut |item, _| {
        items.push(item);
        Ok(())
    });
    read.expect("read");
    let [Item::Company(record)] = &items[..] else { panic!("{items:?}") };
    let facts: Vec<String> =
        record.facts.iter().map(|fact| format!("{} {}", fact.measure.name(), fact.value)).collect();
    assert_eq!(record.name, "嵐岳電池有限公司");
    assert_eq!(facts, ["country HK", "founded 2011", "employee_growth -250", "revenue 158016"]);
}

#[test]
fn a_parquet_file_and_a_packed_one_broken_off_are_told_as_what_they_are() {
    let place = Place::new(&made(0));
    let told = |name: &str, bytes: &[u8], with: &str| {
        let file = place.folder.path().join(name);
        fs::write(&file, bytes).expect("written");
        let error = place.import_of(&file).run(&mut |_, _, _| {}).expect_err("refused").to_string();
        assert!(error.contains(with), "{error}");
    };
    told("x.parquet", b"PAR1\x15\x00\x15 and so on", "is a Parquet file");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&fs::read(&place.file).expect("read")).expect("packed");
    let gz = gz.finish().expect("packed");
    told("x.csv.gz", &gz[..gz.len() / 2], "broken off");
    let list = place.universe().join("problems-register.csv");
    fs::create_dir_all(place.universe()).expect("made");
    fs::copy(&place.file, &list).expect("copied");
    let error = place.import_of(&list).run(&mut |_, _, _| {}).expect_err("refused").to_string();
    assert!(error.contains("is written by this import") && list.is_file(), "{error}");
    told("y.csv", b"\x01\x02\x03,Name\n1,2\n", "is no table");
}
