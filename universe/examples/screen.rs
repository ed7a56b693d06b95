//! Measures screening: screen UNIVERSE CRITERIA TOP scan|engine [PLAN] [RESULT]. Tells seconds and peak memory of three runs; writes
//! the plan, from which the yardstick makes its SQL, and the result, to be compared.

use std::time::Instant;

use screening::{Context, Criteria, Engine, Plan, Screened, Watch};
use universe::Universe;

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned()
}

fn run(engine: &dyn Engine, plan: &Plan) -> Result<Screened, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut last = None;
    for _ in 0..3 {
        let start = Instant::now();
        let screened = runtime.block_on(engine.screen(plan, &Watch::default()))?;
        let (seconds, of) = (start.elapsed().as_secs_f64(), screened.universe.companies);
        println!("{seconds:.3} s, {} ranked of {of}, peak {}", screened.ranked, peak());
        last = Some(screened);
    }
    last.ok_or_else(|| "nothing was run".into())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, criteria, top, which, rest @ ..] = &args[..] else {
        return Err("screen UNIVERSE CRITERIA TOP scan|engine [PLAN] [RESULT]".into());
    };
    let criteria = Criteria::from_toml(&std::fs::read_to_string(criteria)?)?;
    let plan = Plan::new(&criteria, &Context::default(), top.parse()?)?;
    if let Some(place) = rest.first() {
        std::fs::write(place, serde_json::to_string(&plan)?)?;
    }
    let universe = Universe::at(folder);
    let screened = match which.as_str() {
        "scan" => run(&universe, &plan)?,
        #[cfg(feature = "engine")]
        "engine" => run(&universe::DataFusion::new(universe, 1 << 30), &plan)?,
        other => return Err(format!("this build has no engine “{other}”").into()),
    };
    if let Some(place) = rest.get(1) {
        std::fs::write(place, serde_json::to_string(&screened)?)?;
    }
    Ok(())
}
