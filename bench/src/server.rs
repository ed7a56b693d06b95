//! The real server as a process of its own: started, watched and stopped.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

use crate::client::{Ask, Client};
use crate::place::Place;

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub cold: Duration,
    /// The most memory seen, in kilobytes, since it was last asked.
    most: Arc<AtomicU64>,
    watch: tokio::task::JoinHandle<()>,
}

/// Resident memory of a process in kilobytes; only Linux tells.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a process has used of the cores, in ticks; only Linux tells.
fn used(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

impl Server {
    /// Waits until the server does nothing any more, two minutes at most.
    pub async fn rest(&self) {
        let Some(pid) = self.child.id() else { return };
        let (mut before, mut quiet) = (used(pid), 0);
        for _ in 0..480 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let now = used(pid);
            // Keeping itself in order takes a tick or two.
            quiet = if now.zip(before).is_none_or(|(now, before)| now <= before + 3) { quiet + 1 } else { 0 };
            before = now;
            if quiet == 4 {
                return;
            }
        }
    }

    pub async fn start(oases: &Path, place: &Place) -> Result<Self> {
        let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let mut child = Command::new(oases)
            .arg("serve")
            .args(place.arguments())
            .args(["--listen", &free.to_string()])
            .env_remove("OASES_DATABASE")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("oases can't be started")?;
        let pid = child.id().context("oases ended at once")?;
        loop {
            let mut client = Client::browser(free);
            if client.send(Ask::get("/sign-in")).await.is_ok_and(|answer| answer.status.is_success()) {
                break;
            }
            if child.try_wait()?.is_some() {
                bail!("oases ended at once");
            }
            if started.elapsed() > Duration::from_secs(120) {
                bail!("oases does not answer");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let cold = started.elapsed();
        let most = Arc::new(AtomicU64::new(0));
        let seen = most.clone();
        let watch = tokio::spawn(async move {
            loop {
                seen.fetch_max(resident(pid).unwrap_or_default(), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Ok(Self { child, address: free, cold, most, watch })
    }

    /// Resident memory now, in megabytes.
    pub fn memory(&self) -> f64 {
        self.child.id().and_then(resident).unwrap_or_default() as f64 / 1024.0
    }

    /// The most memory since this was last asked, in megabytes.
    pub fn most_memory(&self) -> f64 {
        self.most.swap(0, Ordering::Relaxed) as f64 / 1024.0
    }

    pub async fn stop(mut self) -> Result<()> {
        self.watch.abort();
        if let Some(pid) = self.child.id() {
            Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        }
        if tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}
