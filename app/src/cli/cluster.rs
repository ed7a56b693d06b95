//! `oases cluster`: this program as a scheduler, and as an executor.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use universe::cluster::{Executor, Scheduler, Version};

/// Many machines for one screening. They share a closed network: there is no sign-in.
#[derive(Subcommand)]
pub enum ClusterCommand {
    /// Knows the executors and hands them pieces.
    Scheduler {
        #[arg(long, default_value = "127.0.0.1:50050", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Reckons pieces for a scheduler.
    Executor {
        /// http://host:port
        #[arg(long, value_name = "URL")]
        scheduler: String,
        /// Folder for what is being reckoned.
        #[arg(long, value_name = "DIR")]
        work: PathBuf,
        /// Pieces at once; as many as this machine has cores when absent.
        #[arg(long, value_name = "N")]
        slots: Option<usize>,
        /// The address by which the others reach this machine; that from which it reaches the scheduler when absent.
        #[arg(long, value_name = "ADDR")]
        host: Option<IpAddr>,
    },
}

pub(super) async fn run(command: ClusterCommand) -> Result<()> {
    let version = Version::own();
    match command {
        ClusterCommand::Scheduler { listen } => {
            let scheduler = Scheduler::bind(listen, version.clone()).await?;
            let address = scheduler.address().unwrap_or(listen);
            say!("A scheduler of version {version} at http://{address}")?;
            tokio::select! {
                served = scheduler.serve() => served?,
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        ClusterCommand::Executor { scheduler, work, slots, host } => {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let slots = slots.unwrap_or(cores).max(1);
            Executor { scheduler, work, slots, host, version }.work().await?;
        }
    }
    Ok(())
}
