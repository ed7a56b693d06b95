//! One scheduler and three executors, processes of the real binary: the same bytes as one machine, whatever happens to them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arrow_array::{RecordBatch, UInt64Array};
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
    command.args(arguments).env("RUST_BACKTRACE", "0");
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

fn executor(address: &str, folder: &Path, name: &str) -> Process {
    let work = folder.join(name);
    let work = work.to_str().unwrap();
    let child = oases(&["cluster", "executor", "--scheduler", address, "--work", work, "--slots", "1"]).spawn();
    Process(child.unwrap())
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
    let ready = || Limits { idle: Duration::from_secs(20), late: Duration::from_secs(2), ..Limits::default() };
    let executors: Vec<Process> = ["a", "b", "c"].iter().map(|name| executor(&address, folder.path(), name)).collect();
    let slots = Mutex::new(Vec::new());
    let (sent, mut came) = tokio::sync::mpsc::unbounded_channel();
    let mut cluster = Cluster::at(Universe::at(&place), &address).telling(move |told| {
        let _ = sent.send(told);
    });
    cluster.limits = ready();
    wait_for_slots(&cluster, 3).await;
    assert_eq!(bytes(&cluster.screen(&plan, &watch).await.unwrap()), alone);
    let mut done = 0;
    while let Ok(told) = came.try_recv() {
        match told {
            Told::Done { of, .. } => {
                done += 1;
                assert_eq!(of as u64, FILES);
            }
            Told::Slots(now) => slots.lock().unwrap().push(now),
            other => panic!("nothing should have been lost: {other:?}"),
        }
    }
    assert_eq!(done, 2 * FILES, "two passes");

    // One executor stands still with what it was handed, then dies.
    executors[2].signal("STOP");
    let (asked, killed) = (Instant::now(), AtomicBool::new(false));
    let screening = cluster.screen(&plan, &watch);
    tokio::pin!(screening);
    let (mut done, mut again) = (0, 0);
    let screened = loop {
        tokio::select! {
            screened = &mut screening => break screened.unwrap(),
            Some(told) = came.recv() => match told {
                Told::Done { .. } => {
                    done += 1;
                    if done == FILES / 2 && !killed.swap(true, Ordering::Relaxed) {
                        executors[2].signal("KILL");
                    }
                }
                Told::Lost { .. } | Told::Late { .. } => again += 1,
                Told::Slots(_) => {}
            }
        }
    };
    assert_eq!(bytes(&screened), alone);
    println!("{again} pieces were handed in again; {:?}", asked.elapsed());
    assert!(killed.into_inner());
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
