//! Who knows the executors and hands them pieces.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::header::USER_AGENT;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tonic::Status;
use tonic::service::RoutesBuilder;

use super::{Error, Version, functions};

/// An executor is taken for lost when it hasn't been heard for so long.
const LOST: u64 = 10;
/// Executors are heard this often.
pub(super) const BEAT: u64 = 2;
/// A message may have so many bytes: a plan with what it needs, or a piece's answer.
pub(super) const MESSAGE: u32 = 256 << 20;
/// Where the scheduler says who takes part.
pub(super) const ABOUT: &str = "/oases";

type Server = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// A scheduler that listens, and is yet to serve.
pub struct Scheduler {
    listener: TcpListener,
    version: Version,
}

/// Who takes part, as the scheduler says it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct About {
    pub version: Version,
    pub executors: Vec<Known>,
}

/// An executor that is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    pub id: String,
    pub slots: usize,
}

impl Scheduler {
    pub async fn bind(address: SocketAddr, version: Version) -> Result<Self, Error> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| Error::Listen { address: address.to_string(), source })?;
        Ok(Self { listener, version })
    }

    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Serves until the future is dropped.
    pub async fn serve(self) -> Result<(), Error> {
        let at = self.address().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
        let config = SchedulerConfig {
            external_host: at.ip().to_string(),
            bind_host: at.ip().to_string(),
            bind_port: at.port(),
            executor_timeout_seconds: LOST,
            expire_dead_executor_interval_seconds: BEAT,
            no_executors_grace_period_seconds: LOST,
            finished_job_data_clean_up_interval_seconds: 120,
            finished_job_state_clean_up_interval_seconds: 600,
            grpc_server_max_decoding_message_size: MESSAGE,
            grpc_server_max_encoding_message_size: MESSAGE,
            grpc_client_max_message_size: MESSAGE,
            override_session_builder: Some(Arc::new(functions::session)),
            ..SchedulerConfig::default()
        };
        let cluster = BallistaCluster::new_from_config(&config).await?;
        let server: Server = create_scheduler(cluster, Arc::new(config)).await?;
        let grpc = SchedulerGrpcServer::new(server.clone())
            .max_decoding_message_size(MESSAGE as usize)
            .max_encoding_message_size(MESSAGE as usize);
        let mut plans = RoutesBuilder::default();
        plans.add_service(grpc);
        let version = self.version;
        let routes = plans
            .routes()
            .into_axum_router()
            .layer(middleware::from_fn_with_state(version.clone(), only_equals))
            .merge(Router::new().route(ABOUT, get(about)).with_state(Asked { version, server }));
        let served = routes.into_make_service_with_connect_info::<SocketAddr>();
        let wrong = |source| Error::Listen { address: at.to_string(), source };
        axum::serve(self.listener, served).await.map_err(wrong)
    }
}

/// Turns away who is of another version, whatever it asks.
async fn only_equals(State(version): State<Version>, request: Request, next: Next) -> Response {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    if version.is_agent(agent) {
        return next.run(request).await;
    }
    Status::failed_precondition(format!("this scheduler is of {}, and not {agent}", version.agent())).into_http()
}

#[derive(Clone)]
struct Asked {
    version: Version,
    server: Server,
}

async fn about(State(Asked { version, server }): State<Asked>) -> Json<About> {
    let known = server.state.executor_manager.get_executors_state().await.unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let heard = |at: Option<Duration>| at.is_some_and(|at| now.saturating_sub(at) <= Duration::from_secs(LOST));
    let mut executors: Vec<Known> = known
        .into_iter()
        .filter(|(_, at, _)| heard(*at))
        .map(|(who, _, _)| Known { id: who.id, slots: who.specification.vcores as usize })
        .collect();
    executors.sort_by(|one, other| one.id.cmp(&other.id));
    Json(About { version, executors })
}

#[cfg(test)]
mod tests {
    use ballista_core::serde::protobuf::HeartBeatParams;
    use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
    use tonic::transport::Endpoint;

    use super::*;

    #[tokio::test]
    async fn who_does_not_say_that_it_is_of_this_version_is_turned_away() {
        let version = Version::own();
        let scheduler = Scheduler::bind(([127, 0, 0, 1], 0).into(), version.clone()).await.expect("a scheduler");
        let address = format!("http://{}", scheduler.address().expect("an address"));
        let serving = tokio::spawn(scheduler.serve());
        for (agent, welcome) in [("oases/0.0.1+1", false), (version.agent().as_str(), true), ("curl/8", false)] {
            let endpoint =
                Endpoint::from_shared(address.clone()).expect("an address").user_agent(agent).expect("an agent");
            let mut client = SchedulerGrpcClient::new(endpoint.connect().await.expect("a connection"));
            let answer = client.heart_beat_from_executor(HeartBeatParams::default()).await;
            // Ballista has an answer of its own for an executor that it doesn't know.
            let refused = answer.err().is_some_and(|status| status.message().starts_with("this scheduler is of"));
            assert_eq!(refused, !welcome, "{agent}");
        }
        serving.abort();
    }
}
