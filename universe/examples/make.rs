//! Writes made-up sources: make register|lei|relations|map COUNT SEED ROUND OUT. Where OUT ends in `.delta`, only what the round changed.

use std::fs::File;
use std::io::{BufWriter, Write};

use universe::made_up::{MAP, MadeUp};

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, count, seed, round, out] = &args[..] else {
        eprintln!("make register|lei|relations|map COUNT SEED ROUND OUT");
        std::process::exit(2);
    };
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    let made = MadeUp { seed: number(seed), count: number(count), round: number(round) as u32, ..MadeUp::default() };
    let delta = out.ends_with(".delta");
    let mut to = BufWriter::with_capacity(1 << 20, File::create(out)?);
    match kind.as_str() {
        "register" => made.register(&mut to, delta)?,
        "lei" => made.lei_records(&mut to, delta)?,
        "relations" => made.relations(&mut to)?,
        _ => to.write_all(MAP.as_bytes())?,
    }
    to.flush()
}
