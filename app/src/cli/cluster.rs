//! `oases cluster`: this program as a scheduler, and as an executor.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::{Args, Subcommand};
use universe::Universe;
use universe::cluster::{Cluster, Executor, Pairs, Scheduler, Told, Version};

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

/// That a job is done by a cluster.
#[derive(Args, Default)]
pub struct OnArgs {
    /// The scheduler of a cluster that does it: http://host:port. Its executors must reach the same files.
    #[arg(long, value_name = "URL")]
    cluster: Option<String>,
    /// Where executors find the universe’s folder, if not in the same place: s3://bucket/folder or file:///folder.
    #[arg(long, value_name = "URL", requires = "cluster")]
    objects: Option<String>,
}

impl OnArgs {
    /// The cluster that screens the universe in a folder, where one was named.
    pub fn engine(&self, folder: &Path) -> Result<Option<Arc<dyn screening::Engine>>> {
        let Some(address) = &self.cluster else { return Ok(None) };
        let mut cluster = Cluster::at(Universe::at(folder), address).telling(tell);
        if let Some(objects) = &self.objects {
            cluster = cluster.with_objects(objects)?;
        }
        Ok(Some(Arc::new(cluster)))
    }
}

/// The cluster at an address, to weigh pairs of records.
pub fn pairs(address: String) -> Pairs {
    Pairs::at(address, tell)
}

/// What a person should know of; that a piece is done is in the figures of progress.
fn tell(told: Told) {
    match told {
        Told::Slots(slots) => aside!("pieces at once: {slots}"),
        Told::Lost { piece, of, attempt, why } => {
            aside!("piece {piece} of {of} was lost (attempt {attempt}: {why}) and is handed in again");
        }
        Told::Late { piece, of, attempt } => {
            aside!("piece {piece} of {of} is late (attempt {attempt}) and is handed in a second time");
        }
        Told::Done { .. } => {}
    }
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
