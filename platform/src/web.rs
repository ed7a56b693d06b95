//! The web's edge: routes, who is asking, and how errors become pages and JSON.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use axum::{Router, routing};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::cx::{Cx, Way};
use crate::error::Error;
use crate::house::{Config, House, SignedIn};
use crate::pages::Flash;
use crate::text::Language;

mod answer;
pub mod cookies;
pub mod origin;
mod preferences;

pub use answer::say;
pub(crate) use preferences::routes as preferences;
pub use preferences::safe_back;

/// What a page needs of the request itself.
#[derive(Clone, Debug, Default)]
pub struct PageFacts {
    pub path: String,
    pub query: String,
    /// The page of ours whose form was sent, path and query.
    pub form: Option<String>,
    pub theme: &'static str,
    pub flash: Option<Flash>,
    /// Whether a script asked for a fragment rather than a person for a page.
    pub fragment: bool,
    pub(crate) if_none_match: Option<String>,
}

/// One route, for the walk that proves every one is guarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub method: &'static str,
    pub path: &'static str,
    pub public: bool,
}

/// A room's pages. Everything is behind sign-in but what is added as public.
#[derive(Default)]
pub struct Routes {
    guarded: Router<Arc<House>>,
    public: Router<Arc<House>>,
    pub listed: Vec<Listed>,
}

macro_rules! route {
    ($($name:ident, $method:expr, $side:ident, $public:expr, $make:path;)*) => {$(
        pub fn $name<H, T>(mut self, path: &'static str, handler: H) -> Self
        where
            H: Handler<T, Arc<House>>,
            T: 'static,
        {
            self.listed.push(Listed { method: $method, path, public: $public });
            self.$side = self.$side.route(path, $make(handler));
            self
        }
    )*};
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    route! {
        get, "GET", guarded, false, routing::get;
        post, "POST", guarded, false, routing::post;
        public_get, "GET", public, true, routing::get;
        public_post, "POST", public, true, routing::post;
    }

    /// A POST with its own layers, such as a larger body limit for an upload.
    pub fn post_with(mut self, path: &'static str, method: MethodRouter<Arc<House>>) -> Self {
        self.listed.push(Listed { method: "POST", path, public: false });
        self.guarded = self.guarded.route(path, method);
        self
    }

    pub fn merge(mut self, other: Self) -> Self {
        self.guarded = self.guarded.merge(other.guarded);
        self.public = self.public.merge(other.public);
        self.listed.extend(other.listed);
        self
    }
}

/// A room's doors for programs, under `/api/v1`, each described in OpenAPI by its own handler.
pub struct ApiRoutes(pub OpenApiRouter<Arc<House>>);

impl Default for ApiRoutes {
    fn default() -> Self {
        Self(OpenApiRouter::new())
    }
}

impl ApiRoutes {
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.merge(other.0))
    }
}

/// The whole house as one service. `assets` are the look's own files, public and unguarded.
pub fn service(house: Arc<House>, routes: Routes, api: Router<Arc<House>>, assets: Router) -> Router {
    let guard = |router: Router<Arc<House>>| {
        // A layer on a router without routes is refused by axum.
        if router.has_routes() { router.route_layer(from_fn(require_someone)) } else { router }
    };
    let api =
        if api.has_routes() { api.route_layer(from_fn_with_state(house.clone(), crate::api::replay)) } else { api };
    let (api, pages) = (guard(api), guard(routes.guarded));
    let csrf = trusting(&house.config).with_rejection_response(|_| Error::Forbidden("cross-site").into_response());
    Router::new()
        .merge(api)
        .merge(pages)
        .merge(routes.public)
        .fallback(async || Error::NotFound.into_response())
        .method_not_allowed_fallback(async || Error::NotFound.into_response())
        .layer(csrf)
        .layer(from_fn_with_state(house.clone(), answer::errors))
        .layer(from_fn_with_state(house.clone(), authenticate))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler panicked");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .with_state(house)
        .merge(assets)
        .layer(from_fn(safe_headers))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
}

/// Forms are taken from this very host, and from where people find the house.
fn trusting(config: &Config) -> CsrfLayer {
    let Some(url) = &config.public_url else { return CsrfLayer::new() };
    // As browsers write it: in small letters, the usual port left out.
    let url = url.to_ascii_lowercase();
    let port = if url.starts_with("https://") { ":443" } else { ":80" };
    let origin = url.strip_suffix(port).unwrap_or(&url);
    CsrfLayer::new().add_trusted_origin(origin).unwrap_or_else(|error| {
        tracing::warn!(%error, url, "forms sent from the public address are not taken for our own");
        CsrfLayer::new()
    })
}

/// A part of an address, encoded.
pub fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Who is asking, put on the request for the guard and the context.
async fn authenticate(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let found = who(&house, request.headers()).await;
    match found {
        Ok(signed_in) => {
            request.extensions_mut().insert(signed_in);
        }
        Err(error) => {
            let (parts, _) = request.into_parts();
            return answer::unavailable(&cx_of(&parts, &house), error);
        }
    }
    next.run(request).await
}

async fn who(house: &Arc<House>, headers: &HeaderMap) -> crate::error::Result<Option<SignedIn>> {
    if let Some(key) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
    {
        return house.authenticator.by_key(house, key.trim()).await;
    }
    match cookies::read(headers, cookies::session_name(&house.config)) {
        Some(token) => house.authenticator.by_session(house, &token).await,
        None => Ok(None),
    }
}

async fn require_someone(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Option<SignedIn>>().is_some_and(Option::is_some);
    if signed_in {
        return next.run(request).await;
    }
    let wants_page = request.method() == Method::GET && !request.uri().path().starts_with("/api/");
    if wants_page && request.headers().get("hx-request").is_none() {
        let back = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
        let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
        return Redirect::to(&format!("/sign-in?back={back}")).into_response();
    }
    Error::NotSignedIn.into_response()
}

async fn safe_headers(request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    if !asset {
        // A shared screen's back button must not show the last person's records.
        set(header::CACHE_CONTROL, "no-store");
    }
    answer
}

impl FromRequestParts<Arc<House>> for Cx {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Self::Rejection> {
        let condition = crate::api::Condition::of(parts);
        let mut cx = cx_of(parts, house);
        cx.condition = condition;
        Ok(cx)
    }
}

fn cx_of(parts: &Parts, house: &Arc<House>) -> Cx {
    let signed_in = parts.extensions.get::<Option<SignedIn>>().cloned().flatten();
    let chosen = cookies::read(&parts.headers, cookies::LANGUAGE).and_then(|code| Language::from_code(&code));
    let accepted = || {
        parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Language::accepted)
    };
    let set = signed_in.as_ref().and_then(|someone| someone.language);
    let language = chosen.or(set).or_else(accepted).unwrap_or_default();
    let way = if parts.uri.path().starts_with("/api/") { Way::Api } else { Way::Page };
    let actor = signed_in.map(|someone| someone.actor);
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let mut cx = if reads {
        Cx::reading(house.clone(), actor, way, language)
    } else {
        Cx::new(house.clone(), actor, way, language)
    };
    cx.page = PageFacts {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        form: (!reads).then(|| sent_from(parts)).flatten(),
        theme: match cookies::read(&parts.headers, cookies::THEME).as_deref() {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "system",
        },
        flash: cookies::read(&parts.headers, cookies::FLASH).and_then(|text| Flash::decode(&text)),
        fragment: parts.headers.contains_key("hx-request"),
        if_none_match: parts.headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).map(str::to_owned),
    };
    cx.idempotency = parts.extensions.get::<crate::api::Idempotency>().cloned();
    cx
}

/// The page that a request comes from, if it is one of this host.
fn sent_from(parts: &Parts) -> Option<String> {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let from: Uri = text(header::REFERER)?.parse().ok()?;
    let host = text(header::HOST)?;
    let of_ours = from.authority().is_some_and(|authority| authority.as_str().eq_ignore_ascii_case(host));
    let page = from.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    // A form sent again from what answered it stands at the address it is sent to: that of the record is the page.
    match parts.uri.path().rsplit_once('/') {
        Some((record, _)) if page == parts.uri.path() && record.matches('/').count() > 1 => Some(record.to_owned()),
        _ => Some(page),
    }
    .filter(|_| of_ours)
}
