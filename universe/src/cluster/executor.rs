//! Who reckons pieces.

use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use url::Url;

use super::scheduler::{BEAT, MESSAGE};
use super::{Error, Version, client, functions, objects};

/// An executor about to work.
#[derive(Clone, Debug)]
pub struct Executor {
    /// http://host:port
    pub scheduler: String,
    /// What is being reckoned lies here for a while.
    pub work: PathBuf,
    /// So many pieces at once.
    pub slots: usize,
    /// The address by which scheduler and clients reach it; without one, that from which the scheduler is reached.
    pub host: Option<IpAddr>,
    pub version: Version,
}

impl Executor {
    /// Works until the process is told to end (or the scheduler sends it away).
    pub async fn work(self) -> Result<(), Error> {
        let (about, own) = client::about(&self.scheduler).await?;
        if about.version != self.version {
            return Err(Error::Scheduler { address: self.scheduler, theirs: about.version, ours: self.version });
        }
        let folder = |source| Error::Folder { folder: self.work.display().to_string(), source };
        std::fs::create_dir_all(&self.work).map_err(folder)?;
        let work = self.work.canonicalize().map_err(folder)?;
        let host = self.host.unwrap_or(own);
        let (port, grpc_port) = free(host)?;
        let url: Url = self.scheduler.parse().map_err(|_| Error::Address(self.scheduler.clone()))?;
        let agent = self.version.agent();
        let config = ExecutorProcessConfig {
            executor_id: self.version.executor(&format!("{host}-{port}-{}", std::process::id())),
            bind_host: host.to_string(),
            external_host: Some(host.to_string()),
            port,
            grpc_port,
            scheduler_host: url.host_str().unwrap_or_default().to_owned(),
            scheduler_port: url.port().unwrap_or(80),
            vcores: self.slots,
            work_dir: Some(work.display().to_string()),
            executor_heartbeat_interval_seconds: BEAT,
            job_data_ttl_seconds: 3600,
            job_data_clean_up_interval_seconds: 600,
            grpc_max_decoding_message_size: MESSAGE,
            grpc_max_encoding_message_size: MESSAGE,
            override_function_registry: Some(Arc::new(registry())),
            override_runtime_producer: Some(objects::runtimes(work)),
            override_create_grpc_client_endpoint: Some(Arc::new(move |endpoint| {
                Ok(endpoint.user_agent(agent.clone())?)
            })),
            ..ExecutorProcessConfig::default()
        };
        start_executor_process(Arc::new(config)).await?;
        Ok(())
    }
}

fn registry() -> BallistaFunctionRegistry {
    let mut registry = BallistaFunctionRegistry::default();
    for function in functions::all() {
        registry.aggregate_functions.insert(function.name().to_owned(), function);
    }
    registry
}

/// Two ports that nobody uses now.
fn free(host: IpAddr) -> Result<(u16, u16), Error> {
    let found = || {
        let (one, other) = (TcpListener::bind((host, 0))?, TcpListener::bind((host, 0))?);
        Ok((one.local_addr()?.port(), other.local_addr()?.port()))
    };
    found().map_err(|source| Error::Listen { address: host.to_string(), source })
}
