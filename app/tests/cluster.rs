//! One scheduler and three executors, processes of the real binary: the same bytes as one machine, whatever happens to them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use arrow_array::{RecordBatch, UInt64Array};
use axum::Router;
use axum::extract::Path as Way;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use screening::{Context, Criteria, Engine, Plan, Screened, Watch};
use universe::cluster::{Cluster, Limits, Told, Version};
use universe::{Catalogue, Day, Import, Map, Part, Reader, Universe};

const ROWS: u64 = 20_000;
/// Files, and so pieces.
const FILES: u64 = 16;

const CRITERIA: &str = r#"
name = "On a cluster"
exclude = ["0000000000000"]

[[condition]]
measure = "employees"
at_least = 30
keep_missing = true

[[criterion]]
key = "research"
factor = "technology"
measure = "rd_intensity"
weight = 40
curve = { kind = "linear", from = 0, to = 3000 }

[[criterion]]
key = "size"
factor = "investment"
measure = "revenue"
weight = 30
missing = { points = 100000 }
curve = { kind = "log", from = 100, to = 10000000 }

[[criterion]]
key = "home"
factor = "ecosystem"
measure = "country"
weight = 30
curve = { kind = "codes", points = { CN = 900000, JP = 500000, FR = 250000 }, otherwise = 0 }
"#;

/// A process that ends with the test.
struct Process(Child);

impl Process {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn oases(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oases"));
    command.args(arguments).env("RUST_BACKTRACE", "0").env("OASES_LOG", "off");
    command
}

/// A scheduler on a free port, and where it is.
fn scheduler() -> (Process, String) {
    let mut child = oases(&["cluster", "scheduler", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(address.starts_with("http://127.0.0.1:"), "{said}");
    (Process(child), address)
}

/// An executor that finds its store at an address.
fn executor(address: &str, store: &str, folder: &Path, name: &str) -> Process {
    let work = folder.join(name);
    let mut command = oases(&["cluster", "executor", "--scheduler", address, "--slots", "1", "--work"]);
    command.arg(work).env("AWS_ENDPOINT", store).env("AWS_ALLOW_HTTP", "true").env("AWS_REGION", "hk");
    Process(command.env("AWS_ACCESS_KEY_ID", "someone").env("AWS_SECRET_ACCESS_KEY", "secret").spawn().unwrap())
}

/// A store that speaks as much S3 as is needed to read: the folder is a bucket.
async fn store(folder: PathBuf) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route(
        "/bucket/{*place}",
        get(async move |Way(place): Way<String>, headers: HeaderMap| {
            let signed = headers.get("authorization").is_some_and(|sign| sign.to_str().unwrap().contains("someone"));
            let Ok(file) = std::fs::read(folder.join(place)) else { return StatusCode::NOT_FOUND.into_response() };
            if !signed {
                return StatusCode::FORBIDDEN.into_response();
            }
            let range =
                headers.get("range").map(|range| range.to_str().unwrap().trim_start_matches("bytes=").to_owned());
            let (from, to) = match range.as_deref().and_then(|range| range.split_once('-')) {
                Some(("", last)) => (file.len() - last.parse::<usize>().unwrap(), file.len()),
                Some((from, "")) => (from.parse().unwrap(), file.len()),
                Some((from, last)) => (from.parse().unwrap(), last.parse::<usize>().unwrap() + 1),
                None => (0, file.len()),
            };
            let told = [
                ("etag", "\"1\"".to_owned()),
                ("last-modified", "Tue, 24 Nov 2026 00:00:00 GMT".to_owned()),
                ("content-range", format!("bytes {from}-{}/{}", to - 1, file.len())),
            ];
            (StatusCode::PARTIAL_CONTENT, told, file[from..to].to_vec()).into_response()
        }),
    );
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// A made-up universe in many files.
fn universe(folder: &Path) {
    let map = "register = \"Made up\"\n[columns]\nkey = \"key\"\nname = \"name\"\n[facts]\ncountry = { column = \"country\" }\n\
               employees = { column = \"employees\" }\nrevenue = { column = \"revenue\", currency = \"USD\" }\nrd_intensity = { column = \
               \"research\" }\n";
    let mut rows = String::from("key,name,country,employees,revenue,research\n");
    for n in 0..ROWS {
        let (country, dice) =
            (["CN", "JP", "FR", "BR"][(n * 7 % 4) as usize], n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40);
        // Some are not known to have a turnover, and many have the very same numbers.
        let revenue = if dice.is_multiple_of(5) { String::new() } else { (dice % 4_000 * 50).to_string() };
        rows.push_str(&format!("{n},Works {n},{country},{},{revenue},{}\n", dice % 90, dice % 31));
    }
    let file = folder.join("register.csv");
    std::fs::write(&file, rows).unwrap();
    let place = folder.join("universe");
    let mut import = Import::new(&place, "made-up", vec![file]);
    import.reader = Reader { map: Some(Map::parse(map).unwrap()), as_at: Some(Day(20_000)), ..Reader::default() };
    import.matching = false;
    let imported = import.run(&mut |_, _, _| {}).unwrap();
    assert_eq!(imported.companies, ROWS);
    // A small universe is one file; so that there are pieces, its companies are dealt into many, by id as always.
    let mut catalogue = Catalogue::read(&place).unwrap();
    let batches: Vec<RecordBatch> = catalogue.parts.iter().flat_map(|part| read(&part.path(&place))).collect();
    let schema = batches[0].schema();
    catalogue.parts = (0..FILES)
        .map(|at| {
            let name = format!("dealt-{at}.parquet");
            let path = place.join("data").join(&name);
            let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), schema.clone(), None).unwrap();
            let mut rows = 0;
            for batch in &batches {
                let ids: &UInt64Array = batch.column_by_name("id").unwrap().as_any().downcast_ref().unwrap();
                let here = ids.values().iter().map(|id| Some(id & (FILES - 1) == at)).collect();
                let dealt = arrow_select::filter::filter_record_batch(batch, &here).unwrap();
                rows += dealt.num_rows() as u64;
                writer.write(&dealt).unwrap();
            }
            writer.close().unwrap();
            Part { file: name, rows, bytes: std::fs::metadata(&path).unwrap().len() }
        })
        .collect();
    std::fs::write(place.join("catalogue.json"), serde_json::to_string(&catalogue).unwrap()).unwrap();
}

/// Three records of each of a thousand enterprises, one of them with a slip.
fn made_up_records() -> String {
    let words = ["Blue", "Harbour", "Kappa", "Orion", "Delta", "North", "Silver", "Maple"];
    let mut rows = String::from("record_id,name,country,telephone\n");
    for n in 0..3_000_usize {
        let one = n / 3;
        let name = format!("{} {} {one}", words[one * 5 % 8], words[one / 8 % 8]);
        let form = ["Limited", "Ltd", "Co., Limtied"][n % 3];
        rows.push_str(&format!("{n},\"{name} {form}\",HK,2{:07}\n", one * 7919));
    }
    rows
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
}

fn plan() -> Plan {
    Plan::new(&Criteria::from_toml(CRITERIA).unwrap(), &Context::default(), 200).unwrap()
}

fn bytes(screened: &Screened) -> String {
    serde_json::to_string(screened).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_answers_as_one_machine_whatever_happens_to_it() {
    let folder = tempfile::tempdir().unwrap();
    universe(folder.path());
    let place = folder.path().join("universe");
    let (plan, watch) = (plan(), Watch::default());
    let alone = bytes(&Universe::at(&place).screen(&plan, &watch).await.unwrap());

    let (_scheduler, address) = scheduler();
    let store = store(folder.path().to_owned()).await;
    let start = |name: &&str| executor(&address, &store, folder.path(), name);
    let executors: Vec<Process> = ["a", "b", "c"].iter().map(start).collect();
    let (sent, mut came) = tokio::sync::mpsc::unbounded_channel();
    let mut cluster = Cluster::at(Universe::at(&place), &address).telling(move |told| {
        let _ = sent.send(told);
    });
    cluster.limits = Limits { late: Duration::from_secs(2), ..Limits::default() };
    wait_for_slots(&cluster, 3).await;
    assert_eq!(bytes(&cluster.screen(&plan, &watch).await.unwrap()), alone);
    let mut done = 0;
    while let Ok(told) = came.try_recv() {
        match told {
            Told::Done { of, .. } => {
                done += 1;
                assert_eq!(of as u64, FILES);
            }
            Told::Slots(slots) => assert_eq!(slots, 3),
            other => panic!("nothing should have been lost: {other:?}"),
        }
    }
    assert_eq!(done, 2 * FILES, "two passes");

    // Where no group of rows can hold a company that meets the conditions, there is nothing to hand in.
    let none = Criteria::from_toml(&CRITERIA.replace("at_least = 30\nkeep_missing = true", "at_least = 1000")).unwrap();
    let none = Plan::new(&none, &Context::default(), 200).unwrap();
    let nobody = Universe::at(&place).screen(&none, &watch).await.unwrap();
    assert_eq!(nobody.ranked, 0);
    assert!(bytes(&cluster.screen(&none, &watch).await.unwrap()) == bytes(&nobody));

    // The same by the command line, as a file.
    let written = |on: &[&str]| {
        let (criteria, out) = (folder.path().join("criteria.toml"), folder.path().join("out.json"));
        std::fs::write(&criteria, CRITERIA).unwrap();
        let mut command = oases(&["screen", criteria.to_str().unwrap(), "--format", "json", "--top", "50"]);
        command.arg("--universe").arg(&place).arg("--out").arg(&out).args(on);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(&out).unwrap()
    };
    assert!(written(&["--cluster", &address]) == written(&[]), "a cluster writes other bytes");

    // Executors that have the files from a store.
    let stored = Cluster::at(Universe::at(&place), &address).with_objects("s3://bucket/universe").unwrap();
    assert!(bytes(&stored.screen(&plan, &watch).await.unwrap()) == alone, "a store gives other bytes");
    assert!(Cluster::at(Universe::at(&place), &address).with_objects("ftp://bucket").is_err());

    // Pairs of records are weighed there too.
    let records = folder.path().join("records.csv");
    std::fs::write(&records, made_up_records()).unwrap();
    let matched = |on: &[&str]| {
        let (out, pairs) = (folder.path().join("clusters.csv"), folder.path().join("pairs.csv"));
        let mut command = oases(&["match"]);
        let output = command.arg(&records).arg("--out").arg(&out).arg("--pairs").arg(&pairs).args(on).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (std::fs::read(&out).unwrap(), std::fs::read(&pairs).unwrap())
    };
    let alone_matched = matched(&[]);
    assert!(alone_matched.1.iter().filter(|byte| **byte == b'\n').count() > 1_000, "pairs to speak of");
    assert!(matched(&["--cluster", &address]) == alone_matched, "a cluster matches otherwise");

    // An executor dies in mid-work; another stands still with what it was handed, and never answers.
    for (at, signal) in [(2, "KILL"), (1, "STOP")] {
        let screening = cluster.screen(&plan, &watch);
        tokio::pin!(screening);
        let (mut done, mut again) = (0, 0);
        let screened = loop {
            tokio::select! {
                screened = &mut screening => break screened.unwrap(),
                Some(told) = came.recv() => match told {
                    Told::Done { .. } => {
                        done += 1;
                        if done == FILES / 2 {
                            executors[at].signal(signal);
                        }
                    }
                    Told::Lost { .. } | Told::Late { .. } => again += 1,
                    Told::Slots(_) => {}
                }
            }
        };
        assert!(done >= FILES / 2 && bytes(&screened) == alone, "{signal}: other bytes");
        assert!(signal == "KILL" || again > 0, "what stood still was waited for");
    }
}

async fn wait_for_slots(cluster: &Cluster, wanted: usize) {
    let until = Instant::now() + Duration::from_secs(30);
    while cluster.slots().await.unwrap() < wanted {
        assert!(Instant::now() < until, "no {wanted} executors");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_of_another_version_is_refused_before_any_job() {
    let folder = tempfile::tempdir().unwrap();
    let own = Version::own();
    let other = Version { functions: own.functions + 1, ..own.clone() };
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let newer = universe::cluster::Scheduler::bind(address, other.clone()).await.unwrap();
    let url = format!("http://{}", newer.address().unwrap());
    let serving = tokio::spawn(newer.serve());
    // An executor of ours, and a client.
    let work = folder.path().join("work");
    let output =
        oases(&["cluster", "executor", "--scheduler", &url, "--work", work.to_str().unwrap()]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    let wanted = format!("the scheduler at {url} is of version {other}, this program of {own}");
    assert!(said.contains(&wanted), "{said}");
    let cluster = Cluster::at(Universe::at(folder.path()), &url);
    let said = cluster.screen(&plan(), &Watch::default()).await.unwrap_err().to_string();
    assert!(said.contains(&wanted), "{said}");
    serving.abort();
    let said = Cluster::at(Universe::at(folder.path()), "ftp://nowhere").screen(&plan(), &Watch::default()).await;
    assert!(said.unwrap_err().to_string().contains("no address of a scheduler"));
}
