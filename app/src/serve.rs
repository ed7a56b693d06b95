//! `oases serve`: the pages, the API and the jobs, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use platform::Way;
use platform::house::House;
use platform::web::ApiRoutes;
use utoipa::openapi::OpenApi;

use crate::pack::Inside;
use crate::rooms::{self, Place};

/// How many jobs a process works on at once.
const WORKERS: usize = 2;

pub async fn run(place: &Place, listen: SocketAddr) -> Result<()> {
    let built = rooms::build(place).await?;
    let house = built.house.clone();
    registry::pack::put(&house, Arc::new(Inside));
    let address = place.public_url.clone().unwrap_or_else(|| format!("http://{listen}"));
    if let Err(error) = house.files.clear_incoming(std::time::SystemTime::now()) {
        tracing::warn!(%error, "what broken-off uploads left was not cleared away");
    }
    let mut cx = house.cx_operator("oases", Way::Command);
    let welcome = identity::first_run(&mut cx).await?;
    cx.commit().await?;
    let listener =
        tokio::net::TcpListener::bind(listen).await.with_context(|| format!("{listen} can't be listened on"))?;
    say!("Oases serves on {address}")?;
    if let Some(path) = welcome {
        say!("Nobody can sign in yet. Open this link once, within a day, to make the first administrator:")?;
        say!("  {address}{path}")?;
    }
    if house.settings.get("pack").is_none() {
        say!("This office has no pack yet: no code lists, no gates, no currency. An administrator can bring it in at")?;
        say!("  {address}/admin/pack")?;
        say!("or, with the public register of partners: oases load --office reference")?;
    }
    let (api, description) = openapi(built.api);
    let app = platform::web::service(house.clone(), built.routes, described(api, description), ui::router());
    let mut background = vec![
        tokio::spawn(keep_node(house.clone())),
        tokio::spawn(tidy(house.clone())),
        tokio::spawn(platform::jobs::nights(house.clone())),
    ];
    background.extend((0..WORKERS).map(|_| tokio::spawn(platform::jobs::work(house.clone()))));
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped()).await?;
    for task in background {
        task.abort();
    }
    house.close().await;
    Ok(())
}

/// The API's routes, and their description with what all of them share.
pub fn openapi(api: ApiRoutes) -> (Router<Arc<House>>, OpenApi) {
    let (router, mut description) = platform::api::described(api);
    description.info.title = "Oases".to_owned();
    description.info.version = env!("CARGO_PKG_VERSION").to_owned();
    description.info.description = Some(include_str!("api.md").to_owned());
    description.info.license = None;
    (router, description)
}

fn described(api: Router<Arc<House>>, description: OpenApi) -> Router<Arc<House>> {
    let text: Arc<str> = description.to_json().unwrap_or_default().into();
    api.route(
        "/api/v1/openapi.json",
        get(move || async move { ([("content-type", "application/json")], text.to_string()) }),
    )
}

async fn keep_node(house: Arc<House>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        if let Err(error) = house.keep_node().await {
            // Where nobody can write, nobody can take the number either.
            if error.is_full() {
                tracing::error!(%error, "no room to write");
                continue;
            }
            // Two processes making the same keys would be worse than one that stops.
            tracing::error!(%error, "stopping");
            std::process::exit(1);
        }
        // Another process may have changed a code list or the office's name.
        if let Err(error) = house.renew().await {
            tracing::warn!(%error, "settings and code lists were not read anew");
        }
    }
}

async fn tidy(house: Arc<House>) {
    if let Err(error) = house.db.tidy().await {
        tracing::warn!(%error, "the database's log is tidied by its writer from now on");
    }
}

async fn stopped() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use platform::web::ApiRoutes;

    /// The description tells a program what it needs to know of every door.
    #[test]
    fn the_description_says_of_every_door_what_it_takes_and_refuses() {
        let api = crate::rooms::all().into_iter().fold(ApiRoutes::default(), |all, room| all.merge(room.api));
        let description = serde_json::to_value(super::openapi(api).1).unwrap();
        assert_eq!(description["components"]["securitySchemes"]["key"]["scheme"], "bearer");
        assert!(description["security"][0].get("key").is_some());
        assert!(description["components"]["schemas"]["Problem"]["properties"].get("errors").is_some());
        let (mut lists, mut creates) = (0, 0);
        let mut named = std::collections::BTreeSet::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let door = format!("{method} {path}");
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                for parameter in &parameters {
                    let (name, place) = (parameter["name"].as_str().unwrap(), &parameter["in"]);
                    let in_path = path.contains(&format!("{{{name}}}"));
                    assert_eq!(place == "path", in_path, "{door}: {name} in {place}");
                }
                let id = operation["operationId"].as_str().unwrap_or_default();
                assert!(!id.is_empty() && named.insert(id.to_owned()), "{door}: {id}");
                let responses = operation["responses"].as_object().unwrap();
                for (status, answer) in responses {
                    assert!(answer["description"].as_str().is_some_and(|words| !words.is_empty()), "{door}: {status}");
                }
                let body = &operation["requestBody"]["content"]["application/json"]["schema"];
                assert!(body.is_null() || *body != serde_json::json!({ "type": "object" }), "{door} takes what?");
                for status in ["401", "403"] {
                    assert!(responses.contains_key(status), "{door} answers {status}");
                }
                for (_, answer) in responses.iter().filter(|(status, _)| status.starts_with('4')) {
                    let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                    assert_eq!(schema.as_str(), Some("#/components/schemas/Problem"), "{door}: {answer}");
                }
                let has = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
                lists += usize::from(has("limit"));
                if method == "post" && responses.contains_key("201") {
                    creates += 1;
                    assert!(has("Idempotency-Key"), "{door}");
                }
            }
        }
        let fields_of = |name: &str| {
            let properties = description["components"]["schemas"][name]["properties"].as_object();
            properties.map(|fields| fields.keys().cloned().collect::<std::collections::BTreeSet<String>>())
        };
        // Standard fields, and in one more all of the office's own.
        let of = |names: &[&str]| Some(names.iter().chain(&["own"]).map(|name| (*name).to_owned()).collect());
        let enterprise: Vec<&str> = directory::enterprise::FIELDS.iter().map(|(name, _)| *name).collect();
        let project: Vec<&str> = projects::project::FIELDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(fields_of("EnterpriseEdit"), of(&enterprise));
        assert_eq!(fields_of("ProjectEdit"), of(&project));
        assert_eq!(fields_of("PersonEdit"), of(&directory::person::FIELDS));
        assert!(lists > 5 && creates > 15, "{lists} lists, {creates} creates");
    }
}
