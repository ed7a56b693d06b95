//! Brings a made-up register into a universe, telling how long each step takes: bring UNIVERSE REGISTER.csv [update].

use std::time::Instant;

use universe::made_up::MAP;
use universe::{Import, Map};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, file, rest @ ..] = &args[..] else { return Err("bring UNIVERSE REGISTER.csv [update]".into()) };
    let mut import = Import::new(folder, "register", vec![file.into()]);
    import.reader.map = Some(Map::parse(MAP)?);
    import.reader.as_at = Some("2026-06-30".parse()?);
    import.about.made_up = true;
    import.delta = rest.first().is_some_and(|word| word == "update");
    let start = Instant::now();
    let mut last = None;
    let imported = import.run(&mut |stage, _, _| {
        if last != Some(stage) {
            println!("{:.1} s: {}", start.elapsed().as_secs_f64(), stage.name());
            last = Some(stage);
        }
    })?;
    println!("{:.1} s: {} companies; {:?}", start.elapsed().as_secs_f64(), imported.companies, imported.counts);
    Ok(())
}
