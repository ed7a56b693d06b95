//! The look's files, served from the binary under the digest of their content, so that browsers
//! keep them for good and still get new ones at once.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

const CSS: &[&str] = &[
    include_str!("../assets/tokens.css"),
    include_str!("../assets/base.css"),
    include_str!("../assets/frame.css"),
    include_str!("../assets/forms.css"),
    include_str!("../assets/tables.css"),
    include_str!("../assets/crosstab.css"),
    include_str!("../assets/charts.css"),
    include_str!("../assets/lists.css"),
    include_str!("../assets/resemblance.css"),
    include_str!("../assets/targeting.css"),
];

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let script = |name, body: &str| Asset { name, kind: "text/javascript; charset=utf-8", body: body.to_owned() };
    vec![
        Asset { name: "oases.css", kind: "text/css; charset=utf-8", body: CSS.join("\n") },
        Asset { name: "icon.svg", kind: "image/svg+xml", body: include_str!("../assets/icon.svg").to_owned() },
        script("oases.js", include_str!("../assets/js/oases.js")),
        script("rail.js", include_str!("../assets/js/rail.js")),
        script("palette.js", include_str!("../assets/js/palette.js")),
        script("keys.js", include_str!("../assets/js/keys.js")),
        script("lists.js", include_str!("../assets/js/lists.js")),
        script("drafts.js", include_str!("../assets/js/drafts.js")),
        script("resembling.js", include_str!("../assets/js/resembling.js")),
        script("review.js", include_str!("../assets/js/review.js")),
        script("board.js", include_str!("../assets/js/board.js")),
        script("progress.js", include_str!("../assets/js/progress.js")),
    ]
});

/// One digest over all files: modules import one another by relative address.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for asset in ASSETS.iter() {
        digest.update(asset.body.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&digest.finalize()[..8])
});

/// The address of a file of the look.
pub fn asset(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// Serves the files; public, since they are the same for everybody.
pub fn router() -> Router {
    Router::new().route("/assets/{digest}/{name}", get(serve))
}

async fn serve(Path((_, name)): Path<(String, String)>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.body.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
