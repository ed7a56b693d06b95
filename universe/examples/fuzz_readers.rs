//! Feeds the LEI reader or the column map with N made-up inputs from a seed, on all cores: fuzz lei|map N [SEED].
//! A panic ends it, and the input's number is printed. The readers must take anything.

use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use universe::{Item, Limits, Map, read_lei};

/// A generator of numbers that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    /// One of the lines of a list.
    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Pieces of documents, whole and broken.
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<?xml version="1.0" encoding="Big5"?>
<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016">
<LEIData>
</LEIData>
</lei:LEIData>
<rr:RelationshipData><rr:RelationshipRecords>
</rr:RelationshipRecords></rr:RelationshipData>
<lei:LEIHeader>
</lei:LEIHeader>
<lei:FileContent>GLEIF_DELTA_PUBLISHED</lei:FileContent>
<lei:ContentDate>2026-13-45T99:00:00Z</lei:ContentDate>
<lei:RecordCount>-1</lei:RecordCount>
<lei:LEIRecords>
</lei:LEIRecords>
<lei:LEIRecord>
</lei:LEIRecord>
<rr:RelationshipRecord><rr:Relationship>
</rr:Relationship></rr:RelationshipRecord>
<rr:StartNode><rr:NodeID>529900T8BM49AURSDO55</rr:NodeID></rr:StartNode>
<rr:EndNode><rr:NodeID>529900W18LQJJN6SJ336</rr:NodeID></rr:EndNode>
<rr:RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</rr:RelationshipType>
<rr:RelationshipStatus>INACTIVE</rr:RelationshipStatus>
<lei:LEI>529900T8BM49AURSDO55</lei:LEI>
<lei:LEI>
</lei:LEI>
<lei:Entity>
</lei:Entity>
<lei:LegalName xml:lang="zh">岚岳电池有限公司</lei:LegalName>
<lei:LegalName>
</lei:LegalName>
<lei:OtherEntityNames><lei:OtherEntityName type="PREVIOUS_LEGAL_NAME">x</lei:OtherEntityName></lei:OtherEntityNames>
<lei:OtherEntityName type='
<lei:OtherEntityName type=>
<lei:HeadquartersAddress><lei:City>Wien</lei:City><lei:Country>AT</lei:Country></lei:HeadquartersAddress>
<lei:LegalJurisdiction>C</lei:LegalJurisdiction>
<lei:LegalJurisdiction>é</lei:LegalJurisdiction>
<lei:EntityCreationDate>0000-00-00</lei:EntityCreationDate>
<lei:EntityCreationDate>２０１１-03-05T</lei:EntityCreationDate>
<lei:Registration><lei:LastUpdateDate>2026-10-01T07:00:00Z</lei:LastUpdateDate></lei:Registration>
<lei:Extension><gleif:Deletion><gleif:DeletedAt/></gleif:Deletion></lei:Extension>
<!DOCTYPE a [<!ENTITY b "b">]>
<!-- -- -->
<!--
-->
<![CDATA[
]]>
&amp;
&#x110000;
&#0;
&b;
&
<
>
</
/>
 "#;

fn document(dice: &mut Dice, pieces: &[&str]) -> Vec<u8> {
    let mut text = String::new();
    // Half of them begin as they should, or nothing would get any further.
    if dice.below(2) == 0 {
        text.push_str("<lei:LEIData><lei:LEIRecords><lei:LEIRecord><lei:LEI>529900T8BM49AURSDO55</lei:LEI>");
    }
    for _ in 0..dice.below(24) {
        match dice.below(16) {
            0 => text.extend(char::from_u32(dice.next() as u32 % 0x11_0000)),
            1 => text.push(dice.below(128) as u8 as char),
            _ => text.push_str(dice.of(pieces)),
        }
    }
    if dice.below(2) == 0 {
        text.push_str("</lei:LEIRecord></lei:LEIRecords></lei:LEIData>");
    }
    let mut bytes = text.into_bytes();
    for _ in 0..dice.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes[at] = dice.next() as u8,
            1 => bytes.truncate(at),
            _ => {
                bytes.remove(at);
            }
        }
    }
    bytes
}

fn lei(seed: u64, pieces: &[&str]) {
    let bytes = document(&mut Dice(seed), pieces);
    let _ = read_lei(&bytes[..], &Limits { record: 4096, ..Limits::default() }, &mut |item| {
        if let Item::Company(record) = item {
            assert!(record.key.len() == 20 && record.lei == record.key, "{record:?}");
            assert!(record.facts.windows(2).all(|two| two[0].measure < two[1].measure), "{record:?}");
        }
        Ok(())
    });
}

/// Lines of maps.
const LINES: &str = r#"[columns]
[facts]
[rates]
[
]
HKD = "0.128"
register = "R"
encoding = "big5"
delimiter = ";"
days = "YYYY"
days = "DD/MM/YYYY"
decimal = ","
thousands = "."
nothing = ["-", "x"]
key = "A"
name = "B"
name = ["A", "B"]
names = ["A", "B", "C"]
lei = "C"
number = "A"
changed = "C"
address = ["A", "C"]
revenue = { column = "B", currency = "USD", scale = 1000 }
revenue = { column = "C", currency = "HKD", as_at = "A" }
profit = { column = "A", currency = "USD", scale = 1000000000000 }
employees = { column = "A" }
employees = { value = "12" }
founded = { column = "A", days = "YYYY" }
founded = { column = "B" }
industry = { column = "C" }
listing = { column = "A", otherwise = "none" }
chain = { column = "B" }
country = { column = "B" }
status = { column = "C", codes = { x = "active" }, otherwise = "ended" }
rd_intensity = { column = "A", unit = "share", as_at = "C" }
rd_intensity = { column = "B", unit = "basis points" }
employee_growth = { column = "A" }
patents = { value = "x", column = "A" }
岚 = "岚"
'''"#;
const CELLS: &str = r#"

1
-1
(2,5)
1.234,5
1,234.5
１２３．４
99999999999999999999999999
0.0000000000000000000000001
2011-03-05
05/03/2011
20110305
2011
0000-00-00
31/02/2020
2026-11-24T99
24.11.2026
529900T8BM49AURSDO55
529900T8BM49AURSDO56
x
active
26.10
C2610
XHKG
none
batteries.cells
12.5%
１２％
−3
岚岳电池有限公司
HK"#;

fn map(seed: u64, pieces: &[&str]) {
    let mut dice = Dice(seed);
    let mut text = String::new();
    if dice.below(4) > 0 {
        text.push_str("[columns]\nkey = \"A\"\nname = \"B\"\n[facts]\n");
    }
    for _ in 0..dice.below(6) {
        if dice.below(12) == 0 {
            text.extend(char::from_u32(dice.next() as u32 % 0x11_0000));
        }
        text.push_str(dice.of(pieces));
        text.push('\n');
    }
    let Ok(map) = Map::parse(&text) else { return };
    let header: Vec<String> = ["A", "B", "C"].map(str::to_owned).to_vec();
    let Ok(reading) = map.on(Path::new("table"), &header) else { return };
    let all: Vec<&str> = CELLS.lines().collect();
    for _ in 0..4 {
        let mut cells: Vec<String> = (0..dice.below(5)).map(|_| dice.of(&all).to_owned()).collect();
        for cell in &mut cells {
            if dice.below(8) == 0 {
                cell.extend(char::from_u32(dice.next() as u32 % 0x11_0000));
            }
        }
        let (record, problems) = reading.row(&cells, universe::Day(20_000), universe::Day(20_777));
        match record {
            Some(record) => {
                assert!(!record.key.is_empty() && !record.name.is_empty());
                assert!(record.facts.windows(2).all(|two| two[0].measure < two[1].measure));
            }
            None => assert!(!problems.is_empty()),
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let (feed, pieces): (fn(u64, &[&str]), &str) = match what.as_str() {
        "lei" => (lei, XML),
        "map" => (map, LINES),
        _ => {
            eprintln!("fuzz lei|map N [SEED]");
            std::process::exit(2);
        }
    };
    let pieces: Vec<&str> = pieces.lines().collect();
    let count: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let seed: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let start = Instant::now();
    let broken = (0..count)
        .into_par_iter()
        .map(|at| seed.wrapping_mul(1 << 40) + at)
        .find_any(|at| std::panic::catch_unwind(|| feed(*at, &pieces)).is_err());
    if let Some(at) = broken {
        eprintln!("input {at} of {what} broke it");
        std::process::exit(1);
    }
    println!("{count} inputs for {what} from seed {seed}: none broke it, {:.1} s", start.elapsed().as_secs_f64());
}
