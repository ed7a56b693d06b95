//! How each kind of error is answered, to people and to programs. One file, so that the same
//! mistake gets the same answer everywhere.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::IN_PROGRESS;
use crate::cx::{Cx, Way};
use crate::error::{Conflict, Error, Problem, Problems};
use crate::house::House;
use crate::pages::View;
use crate::permission::PERSON;

/// The error rides on the response until the edge, where the reader's language is known.
#[derive(Clone)]
struct Riding(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(Riding(Arc::new(self)));
        response
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        Error::Conflict(conflict) if conflict.versions.is_some() => StatusCode::PRECONDITION_FAILED,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        error if error.is_full() => StatusCode::INSUFFICIENT_STORAGE,
        Error::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage {
    view: View,
    heading: String,
    body: String,
    reasons: Vec<String>,
    back: String,
    sign_in: Option<String>,
}

/// As [`ErrorPage`], to somebody who is signed in and goes on from there.
#[derive(Template)]
#[template(path = "web/office-error.html")]
struct OfficeErrorPage {
    view: View,
    heading: String,
    body: String,
    reasons: Vec<String>,
    back: String,
    sign_in: Option<String>,
}

/// Turns errors into pages and JSON; the unexpected ones are logged here and nowhere else.
pub(super) async fn errors(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let cx = super::cx_of(&parts, &house);
    let back = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let response = next.run(Request::from_parts(parts, body)).await;
    let riding = response.extensions().get::<Riding>().cloned();
    // An address whose key is no key leads to nothing, like any other that does.
    let astray = riding.is_none() && response.status() == StatusCode::BAD_REQUEST;
    let Some(Riding(error)) = riding.or_else(|| astray.then(|| Riding(Arc::new(Error::NotFound)))) else {
        return response;
    };
    told(&cx, error, None, back)
}

/// What is said where nobody can tell who asks, since that can't be read: in a moment it may be.
pub(super) fn unavailable(cx: &Cx, error: Error) -> Response {
    let mut response = told(cx, Arc::new(error), Some(StatusCode::SERVICE_UNAVAILABLE), None);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(MOMENT));
    response
}

/// The error as a page or as JSON, with the status of its kind or another one.
fn told(cx: &Cx, error: Arc<Error>, as_status: Option<StatusCode>, back: Option<String>) -> Response {
    let error = match as_conflict(&error) {
        Some(conflict) => {
            tracing::warn!(path = cx.page.path, error = ?error, "refused as a conflict");
            Arc::new(conflict)
        }
        None => error,
    };
    let id = match &*error {
        Error::Unexpected(source) => {
            let id = cx.new_id();
            tracing::error!(%id, path = cx.page.path, error = ?source, "unexpected");
            Some(id.to_string())
        }
        _ => None,
    };
    let status = as_status.unwrap_or_else(|| status(&error));
    let mut response =
        if cx.way == Way::Api { problem(cx, status, &error, id) } else { drawn(cx, status, &error, id, back) };
    if matches!(&*error, Error::Conflict(conflict) if conflict.key == BUSY || conflict.key == IN_PROGRESS) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(MOMENT));
    }
    response
}

/// After how many seconds what was refused because of others may be asked again.
const MOMENT: &str = "5";

/// The text key of a refusal because others wrote for too long.
const BUSY: &str = "somebody-else-writing";

/// What the database refused because of others is no fault of the house, and is said in words.
fn as_conflict(error: &Error) -> Option<Error> {
    match error {
        error if error.is_busy() => Some(Error::conflict(BUSY)),
        error if error.is_there_already() => Some(Error::conflict("already-there")),
        _ => None,
    }
}

fn drawn(cx: &Cx, status: StatusCode, error: &Error, id: Option<String>, back: Option<String>) -> Response {
    let (heading, body) = words(cx, error, id.as_deref());
    let reasons = match error {
        Error::Conflict(conflict) => said(cx, &conflict.reasons),
        Error::Invalid(problems) => said(cx, problems.all()),
        _ => Vec::new(),
    };
    // What was to be said on the page that failed waits for the next.
    let mut view = View::of(cx);
    view.flash = None;
    let back = back.unwrap_or_else(|| "/".to_owned());
    let sign_in = matches!(error, Error::NotSignedIn)
        .then(|| format!("/sign-in?back={}", super::encode(cx.page.form.as_deref().unwrap_or("/"))));
    let drawn = match view.actor {
        Some(_) => OfficeErrorPage { view, heading, body, reasons, back, sign_in }.render(),
        None => ErrorPage { view, heading, body, reasons, back, sign_in }.render(),
    };
    match drawn {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page can't be drawn");
            status.into_response()
        }
    }
}

fn words(cx: &Cx, error: &Error, id: Option<&str>) -> (String, String) {
    let say = |key: &str| cx.text(key, &[]);
    match error {
        Error::NotFound => (say("error-not-found-heading"), say("error-not-found-body")),
        Error::Forbidden(action) => (say("error-forbidden-heading"), forbidden(cx, action)),
        Error::NotSignedIn => (say("error-not-signed-in-heading"), say("error-not-signed-in-body")),
        Error::Conflict(conflict) => (say("error-conflict-heading"), say_conflict(cx, conflict)),
        Error::Invalid(_) => (say("error-invalid-heading"), say("error-invalid-body")),
        error if error.is_full() => (say("error-full-heading"), say("error-full-body")),
        Error::Unexpected(_) => {
            let id = id.unwrap_or_default().to_owned();
            (say("error-unexpected-heading"), cx.text("error-unexpected-body", &[("id", id)]))
        }
    }
}

/// Whether the role stands in the way or the key that is used, and then what it would need.
fn forbidden(cx: &Cx, action: &str) -> String {
    let key = cx.actor.as_ref().filter(|actor| actor.key.is_some());
    let permission = cx.house.permissions.iter().find(|permission| permission.name == action);
    match (key, permission) {
        (Some(_), None) if action == PERSON => cx.text("error-forbidden-key", &[]),
        (Some(actor), Some(permission)) if actor.is_kept_by_key(permission) => {
            cx.text("error-forbidden-scope", &[("scope", permission.key_scope())])
        }
        _ => cx.text("error-forbidden-body", &[]),
    }
}

fn say_conflict(cx: &Cx, conflict: &Conflict) -> String {
    say(cx, &conflict.key, &conflict.args)
}

/// A kept key and its arguments in the reader's language.
pub fn say(cx: &Cx, key: &str, args: &[(String, String)]) -> String {
    let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    cx.text(key, &args)
}

fn said(cx: &Cx, problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| say(cx, &problem.key, &problem.args)).collect()
}

/// RFC 9457 problem details, with every problem by field.
fn problem(cx: &Cx, status: StatusCode, error: &Error, id: Option<String>) -> Response {
    let (title, detail) = words(cx, error, id.as_deref());
    let kind = match error {
        Error::NotFound => "not-found",
        Error::Forbidden(_) => "forbidden",
        Error::NotSignedIn => "not-signed-in",
        Error::Conflict(conflict) => conflict.key.as_str(),
        Error::Invalid(_) => "invalid",
        Error::Unexpected(_) => "unexpected",
    };
    let empty = Problems::default();
    let problems = match error {
        Error::Invalid(problems) => problems.all(),
        Error::Conflict(conflict) => &conflict.reasons,
        _ => empty.all(),
    };
    let errors: Vec<serde_json::Value> = problems
        .iter()
        .map(|problem| {
            serde_json::json!({
                "field": problem.field, "key": problem.key, "message": say(cx, &problem.key, &problem.args),
            })
        })
        .collect();
    let mut body = serde_json::json!({
        "type": format!("urn:oases:problem:{kind}"), "title": title, "status": status.as_u16(), "detail": detail,
    });
    if !errors.is_empty() {
        body["errors"] = errors.into();
    }
    if let Some(id) = id {
        body["id"] = id.into();
    }
    if let Error::Conflict(conflict) = error
        && let Some(versions) = &conflict.versions
    {
        body["versions"] = versions.clone();
    }
    let mut response = (status, body.to_string()).into_response();
    let json = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
