//! Matches RECORDS.csv into CLUSTERS.csv, telling how long each part takes: yardstick RECORDS CLUSTERS [THRESHOLD [MEMORY [MODEL]]].

use std::path::Path;
use std::time::Instant;

use matching::{Job, THRESHOLD, memory};

// As in the program.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let mut job = Job::new(&args[1]);
    job.threshold = args.get(3).map_or(Ok(THRESHOLD), |t| t.parse())?;
    job.memory = memory(args.get(4).map_or("2GB", String::as_str))?;
    job.model = args.get(5).map(Into::into);
    let start = Instant::now();
    let mut last = None;
    let found = job.run(Path::new(&args[2]), None, &mut |stage, _, _| {
        if last != Some(stage) {
            eprintln!("{:8.2} s {}", start.elapsed().as_secs_f64(), stage.name());
            last = Some(stage);
        }
    })?;
    eprintln!("{:8.2} s done: {} records, {} clusters", start.elapsed().as_secs_f64(), found.records, found.clusters);
    Ok(())
}
