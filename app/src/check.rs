//! `oases check`: proves the database consistent and says what is not.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use platform::house::House;
use platform::{Cx, Way, audit};

pub async fn run(house: &Arc<House>) -> Result<ExitCode> {
    let mut cx = house.cx_operator("command line", Way::Command);
    let sound = all(&mut cx).await;
    cx.undo().await?;
    Ok(if sound? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn all(cx: &mut Cx) -> Result<bool> {
    let mut sound = true;
    let (held, breaks) = audit::verify(cx).await?;
    say!("audit chain: {held} entries hold")?;
    for found in breaks {
        sound = false;
        aside!("audit chain {}: broken at entry {}", found.lane, found.seq);
    }
    for check in cx.house.checks.clone() {
        let findings = (check.run)(cx).await?;
        say!("{}: {} looked at, {} wrong", check.name, findings.looked_at, findings.wrong.len())?;
        for wrong in findings.wrong {
            sound = false;
            aside!("{}: {wrong}", check.name);
        }
    }
    say!("{}", if sound { "consistent" } else { "NOT consistent" })?;
    Ok(sound)
}
