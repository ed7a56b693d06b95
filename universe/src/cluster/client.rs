//! What a client asks of a scheduler, and of the executor that has an answer.

use std::net::IpAddr;
use std::time::Duration;

use ballista_core::client::BallistaClient;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, CleanJobDataParams, ExecuteQueryParams, GetJobStatusParams, PartitionLocation,
    execute_query_params::Query, execute_query_result, job_status,
};
use ballista_core::version::insert_version_header;
use datafusion::arrow::array::RecordBatch;
use futures::TryStreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tonic::Request;
use tonic::transport::{Channel, Endpoint};
use url::Url;

use super::scheduler::{ABOUT, About, MESSAGE};
use super::{Error, Version};

/// Whoever doesn't answer a question within this isn't there.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a scheduler says of itself is never longer.
const MOST: u64 = 1 << 22;

/// A scheduler of this program's version, and executors of it.
#[derive(Clone)]
pub(super) struct Client {
    address: String,
    version: Version,
    grpc: SchedulerGrpcClient<Channel>,
}

/// What an attempt came to.
pub(super) enum Attempt {
    Answered(Vec<RecordBatch>),
    /// Why there is no answer.
    Lost(String),
}

impl Client {
    /// Asks who takes part, and refuses to work with others than equals.
    pub async fn connect(address: &str) -> Result<Self, Error> {
        let version = Version::own();
        about(address).await?.0.equals(address, &version)?;
        let silent = |reason: String| Error::Silent { address: address.to_owned(), reason };
        let endpoint = Endpoint::from_shared(address.to_owned())
            .and_then(|endpoint| endpoint.connect_timeout(PATIENCE).user_agent(version.agent()))
            .map_err(|_| Error::Address(address.to_owned()))?;
        let channel = endpoint.connect().await.map_err(|error| silent(error.to_string()))?;
        let grpc = SchedulerGrpcClient::new(channel)
            .max_decoding_message_size(MESSAGE as usize)
            .max_encoding_message_size(MESSAGE as usize);
        Ok(Self { address: address.to_owned(), version, grpc })
    }

    /// Pieces that the executors heard of can reckon at once. One of another version is an error.
    pub async fn slots(&self) -> Result<usize, Error> {
        let about = about(&self.address).await?.0;
        about.equals(&self.address, &self.version)?;
        Ok(about.executors.iter().map(|executor| executor.slots).sum())
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Hands a plan in and waits for its answer, no longer than `most`. Whatever comes, nothing of it is left with the scheduler.
    pub async fn attempt(&self, plan: Vec<u8>, most: Duration) -> Attempt {
        match timeout(most, self.ask(plan)).await {
            Ok(Ok(batches)) => Attempt::Answered(batches),
            Ok(Err(reason)) => Attempt::Lost(reason),
            Err(_) => Attempt::Lost(format!("no answer within {} s", most.as_secs())),
        }
    }

    async fn ask(&self, plan: Vec<u8>) -> Result<Vec<RecordBatch>, String> {
        let mut grpc = self.grpc.clone();
        let mut request = Request::new(ExecuteQueryParams {
            query: Some(Query::PhysicalPlan(plan)),
            ..ExecuteQueryParams::default()
        });
        insert_version_header(request.metadata_mut());
        let said = |status: tonic::Status| status.message().to_owned();
        let handed = grpc.execute_query(request).await.map_err(said)?.into_inner();
        let id = match handed.result {
            Some(execute_query_result::Result::Success(handed)) => handed.job_id,
            other => return Err(format!("{other:?}")),
        };
        let mut job = Handed { id: id.clone(), grpc: grpc.clone(), ended: false };
        let mut pause = Duration::from_millis(10);
        loop {
            let status = grpc.get_job_status(GetJobStatusParams { job_id: id.clone() }).await.map_err(said)?;
            match status.into_inner().status.and_then(|status| status.status) {
                Some(job_status::Status::Failed(failed)) => {
                    job.ended = true;
                    return Err(failed.error);
                }
                Some(job_status::Status::Successful(done)) => {
                    job.ended = true;
                    let mut batches = Vec::new();
                    for place in done.partition_location {
                        batches.extend(fetch(place).await?);
                    }
                    return Ok(batches);
                }
                _ => sleep(pause).await,
            }
            pause = (pause * 3 / 2).min(Duration::from_millis(250));
        }
    }
}

/// A plan that was handed in. When nobody waits for it any more, the scheduler is told so in the background: nothing depends on its
/// answer.
struct Handed {
    id: String,
    grpc: SchedulerGrpcClient<Channel>,
    ended: bool,
}

impl Drop for Handed {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (mut grpc, job_id, ended) = (self.grpc.clone(), self.id.clone(), self.ended);
        runtime.spawn(timeout(PATIENCE, async move {
            if ended {
                let _ = grpc.clean_job_data(CleanJobDataParams { job_id, ..CleanJobDataParams::default() }).await;
            } else {
                let _ = grpc.cancel_job(CancelJobParams { job_id }).await;
            }
        }));
    }
}

/// Fetches one part of an answer from the executor that has it.
async fn fetch(place: PartitionLocation) -> Result<Vec<RecordBatch>, String> {
    let layout = place.layout();
    let (Some(executor), Some(part)) = (place.executor_meta, place.partition_id) else {
        return Err("the scheduler names no executor".to_owned());
    };
    let port = executor.port as u16;
    let said = |error: ballista_core::error::BallistaError| error.to_string();
    let connecting = BallistaClient::try_new(&executor.host, port, MESSAGE as usize, false, None, 1, 100, 0, 0);
    let mut client = connecting.await.map_err(said)?;
    let stream = client.fetch_partition(&executor.id, &part.into(), place.file_id, layout, true).await.map_err(said)?;
    stream.try_collect().await.map_err(|error| error.to_string())
}

impl About {
    /// Whether scheduler and executors all are of this version.
    fn equals(&self, address: &str, ours: &Version) -> Result<(), Error> {
        if self.version != *ours {
            let (theirs, ours) = (self.version.clone(), ours.clone());
            return Err(Error::Scheduler { address: address.to_owned(), theirs, ours });
        }
        for executor in &self.executors {
            let theirs = Version::of_executor(&executor.id);
            if theirs.as_ref() != Some(ours) {
                let theirs = theirs.map_or_else(|| "?".to_owned(), |theirs| theirs.to_string());
                return Err(Error::Executor { id: executor.id.clone(), theirs, ours: ours.clone() });
            }
        }
        Ok(())
    }
}

/// Asks a scheduler who takes part, and tells from which address of this machine it was reached.
pub(super) async fn about(address: &str) -> Result<(About, IpAddr), Error> {
    let silent = |reason: String| Error::Silent { address: address.to_owned(), reason };
    let url: Url = address.parse().map_err(|_| Error::Address(address.to_owned()))?;
    let (Some(host), Some(port), "http") = (url.host_str(), url.port_or_known_default(), url.scheme()) else {
        return Err(Error::Address(address.to_owned()));
    };
    let asked = timeout(PATIENCE, async {
        let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        let own = stream.local_addr()?.ip();
        let request = format!("GET {ABOUT} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MOST).read_to_end(&mut answer).await?;
        std::io::Result::Ok((answer, own))
    });
    let (answer, own) = match asked.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(silent(error.to_string())),
        Err(_) => return Err(silent(format!("no answer within {} s", PATIENCE.as_secs()))),
    };
    // The scheduler sends its answer with its length and in one go.
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| &answer[at + 4..]);
    let read = body.and_then(|body| serde_json::from_slice(body).ok());
    Ok((read.ok_or_else(|| Error::Stranger(address.to_owned()))?, own))
}
