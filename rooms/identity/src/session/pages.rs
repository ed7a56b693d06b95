//! Pages for signing in and out, one's own account, and the welcome of a one-time link.

use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use platform::forms::Form;
use platform::house::House;
use platform::pages::{Flash, Html, View, set_cookie};
use platform::web::{Routes, cookies, origin, safe_back};
use platform::{Cx, Error, Id, Problems, Result};
use std::sync::Arc;
use ui::{Choice, Fields};

use super::{From, Session, SignIn};
use crate::account::{self, NewPassword, Welcome};
use crate::key::{self, Key, NewKey};
use crate::secret;

/// The cookie between password and one-time code.
const CODE_COOKIE: &str = "oases_code";
const WEEK: i64 = 7 * 24 * 3600;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .public_get("/sign-in", sign_in_page)
        .public_post("/sign-in", sign_in)
        .public_get("/sign-in/code", code_page)
        .public_post("/sign-in/code", give_code)
        .public_get("/welcome/{token}", welcome_page)
        .public_post("/welcome/{token}", welcome)
        .post("/sign-out", sign_out)
        .get("/account", own_page)
        .post("/account/password", password)
        .get("/account/codes", codes_page)
        .post("/account/codes", codes)
        .post("/account/sessions/{id}/end", end_session)
        .post("/account/keys", make_key)
        .post("/account/keys/{id}/end", end_key)
}

/// Where a request comes from: an address and the browser's name for itself.
struct Origin(From);

impl FromRequestParts<Arc<House>> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Self::Rejection> {
        let address = origin::address(parts, &house.config.trusted_proxies).map(|address| address.to_string());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(From { address: address.unwrap_or_default(), agent: agent.unwrap_or_default().to_owned() }))
    }
}

#[derive(Template)]
#[template(path = "session/pages/sign-in.html")]
struct SignInPage<'a> {
    view: View,
    fields: Fields<'a>,
}

async fn sign_in_page(mut cx: Cx) -> Result<Response> {
    if cx.actor.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let form = Form::decode(&cx.view().query);
    let view = cx.view();
    let fields = Fields::new(&view, &form, "sign-in");
    let page = SignInPage { view: view.clone(), fields };
    cx.page(200, page).await
}

async fn sign_in(State(house): State<Arc<House>>, mut cx: Cx, origin: Origin, form: Form) -> Result<Response> {
    let done = super::sign_in(&house, form.value("email"), form.value("password"), &origin.0).await;
    let problems = match done {
        Ok(SignIn::Done(token)) => return Ok(signed_in(&house, &token, form.value("back"))),
        Ok(SignIn::Code(token)) => {
            let to = format!("/sign-in/code?back={}", platform::web::encode(form.value("back")));
            let mut response = Redirect::to(&to).into_response();
            set_cookie(&mut response, &cookies::set(&house.config, CODE_COOKIE, &token, Some(600), false));
            return Ok(response);
        }
        Err(Error::Invalid(problems)) => problems,
        Err(Error::Conflict(conflict)) => {
            let mut problems = Problems::default();
            let args: Vec<(&str, String)> = conflict.args.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            problems.add_with("email", &conflict.key, &args);
            problems
        }
        Err(error) => return Err(error),
    };
    let form = form.with_problems(problems);
    let view = cx.view();
    let page = SignInPage { view: view.clone(), fields: Fields::new(&view, &form, "sign-in") };
    cx.page(422, page).await
}

fn signed_in(house: &House, token: &str, back: &str) -> Response {
    let mut response = Redirect::to(safe_back(back)).into_response();
    let name = cookies::session_name(&house.config);
    set_cookie(&mut response, &cookies::set(&house.config, name, token, Some(WEEK), false));
    set_cookie(&mut response, &cookies::set(&house.config, CODE_COOKIE, "", Some(0), false));
    response
}

#[derive(Template)]
#[template(path = "session/pages/code.html")]
struct CodePage<'a> {
    view: View,
    fields: Fields<'a>,
}

async fn code_page(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let page = CodePage { view: view.clone(), fields: Fields::new(&view, &form, "sign-in") };
    cx.page(200, page).await
}

async fn give_code(
    State(house): State<Arc<House>>,
    mut cx: Cx,
    origin: Origin,
    headers: axum::http::HeaderMap,
    form: Form,
) -> Result<Response> {
    let token = cookies::read(&headers, CODE_COOKIE).unwrap_or_default();
    match super::give_code(&house, &token, form.value("code"), &origin.0).await {
        Ok(token) => Ok(signed_in(&house, &token, form.value("back"))),
        Err(Error::Invalid(problems)) => {
            let form = form.with_problems(problems);
            let view = cx.view();
            let page = CodePage { view: view.clone(), fields: Fields::new(&view, &form, "sign-in") };
            cx.page(422, page).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "session/pages/welcome.html")]
struct WelcomePage<'a> {
    view: View,
    fields: Fields<'a>,
    first: bool,
    name: String,
}

async fn welcome_page(mut cx: Cx, Path(token): Path<String>) -> Result<Response> {
    let (first, name) = whom(&mut cx, &token).await?;
    let (view, form) = (cx.view(), Form::default());
    let page = WelcomePage { view: view.clone(), fields: Fields::new(&view, &form, "welcome"), first, name };
    cx.page(200, page).await
}

async fn whom(cx: &mut Cx, token: &str) -> Result<(bool, String)> {
    Ok(match account::welcome(cx, token).await? {
        Welcome::First => (true, String::new()),
        Welcome::Account(account) => (false, account.name),
    })
}

async fn welcome(
    State(house): State<Arc<House>>,
    mut cx: Cx,
    origin: Origin,
    Path(token): Path<String>,
    form: Form,
) -> Result<Response> {
    let (first, name) = whom(&mut cx, &token).await?;
    // The hash takes long: no transaction is held open over it.
    cx.undo().await?;
    let mut problems = match first {
        true => account::problems_of_first(form.value("name"), form.value("email")),
        false => Problems::default(),
    };
    secret::check_password(&mut problems, "password", form.value("password"), form.value("email"));
    problems.require(form.value("password") == form.value("again"), "again", "problem-password-again");
    let done = match problems.into_result() {
        Ok(()) => {
            let hash = secret::hash(form.value("password")).await?;
            account::accept(&mut cx, &token, form.value("name"), form.value("email"), hash).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(id) => {
            let account = account::account_by_id(&mut cx, id).await?;
            let token = super::begin(&mut cx, &account, false, &origin.0).await?;
            cx.commit().await?;
            Ok(signed_in(&house, &token, "/"))
        }
        Err(Error::Invalid(problems)) => {
            let form = form.with_problems(problems);
            let view = cx.view();
            let page = WelcomePage { view: view.clone(), fields: Fields::new(&view, &form, "welcome"), first, name };
            cx.page(422, page).await
        }
        Err(error) => Err(error),
    }
}

async fn sign_out(mut cx: Cx) -> Result<Response> {
    if let Some(session) = cx.actor.as_ref().and_then(|actor| actor.session) {
        super::end(&mut cx, session).await?;
    }
    cx.commit().await?;
    let mut response = Redirect::to("/sign-in").into_response();
    let name = cookies::session_name(&cx.house.config);
    set_cookie(&mut response, &cookies::set(&cx.house.config, name, "", Some(0), false));
    Ok(response)
}

#[derive(Template)]
#[template(path = "session/pages/own.html")]
struct OwnPage<'a> {
    view: View,
    email: String,
    codes_on: bool,
    sessions: Vec<Session>,
    here: Option<Id>,
    keys: Vec<Key>,
    made: Option<String>,
    password: Fields<'a>,
    key: Fields<'a>,
    scopes: Vec<Choice>,
}

async fn own(cx: &mut Cx, status: u16, password: &Form, key_form: &Form, made: Option<String>) -> Result<Response> {
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let own = account::own(&mut reader).await?;
    let (sessions, keys) = (super::own(&mut reader).await?, key::own(&mut reader).await?);
    reader.commit().await?;
    let view = cx.view();
    let scopes = key::offered(&cx.house);
    let scopes = scopes.iter().map(|scope| Choice::new(scope, key::scope_words(&view, scope))).collect();
    let page = OwnPage {
        view: view.clone(),
        email: own.email,
        codes_on: own.code_secret.is_some(),
        sessions,
        here: cx.actor.as_ref().and_then(|actor| actor.session),
        keys,
        made,
        password: Fields::new(&view, password, "account"),
        key: Fields::new(&view, key_form, "key"),
        scopes,
    };
    cx.page(status, page).await
}

async fn own_page(mut cx: Cx) -> Result<Response> {
    own(&mut cx, 200, &Form::default(), &Form::default(), None).await
}

async fn password(mut cx: Cx, origin: Origin, form: Form) -> Result<Response> {
    // Passwords are taken as typed, with their blanks.
    let typed = |field: &str| form.value(field).to_owned();
    let new = NewPassword { present: typed("present"), password: typed("password"), again: typed("again") };
    match account::change_password(&mut cx, &new, &origin.0).await {
        Ok(()) => cx.see_other_saying("/account", Flash::new("account-password-changed", &[])).await,
        Err(Error::Invalid(problems)) => own(&mut cx, 422, &form.with_problems(problems), &Form::default(), None).await,
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "session/pages/codes.html")]
struct CodesPage<'a> {
    view: View,
    secret: String,
    /// Whether codes are on already.
    replaces: bool,
    picture: Html,
    fields: Fields<'a>,
}

async fn codes_form(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let own = account::own(&mut reader).await?;
    reader.commit().await?;
    let code_secret = form.value("secret").to_owned();
    let address =
        format!("otpauth://totp/Oases:{}?secret={code_secret}&issuer=Oases", platform::web::encode(&own.email));
    let picture = qrcode::QrCode::new(address.as_bytes())
        .map(|code| code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build())
        .map_err(|error| Error::Unexpected(Box::new(error)))?;
    let picture = Html(picture.split_once("?>").map_or(picture.clone(), |(_, svg)| svg.to_owned()));
    let view = cx.view();
    let page = CodesPage {
        view: view.clone(),
        secret: code_secret,
        replaces: own.code_secret.is_some(),
        picture,
        fields: Fields::new(&view, form, "account"),
    };
    cx.page(status, page).await
}

async fn codes_page(mut cx: Cx) -> Result<Response> {
    let form = Form::default().with("secret", secret::code_secret()?);
    codes_form(&mut cx, 200, &form).await
}

async fn codes(mut cx: Cx, origin: Origin, form: Form) -> Result<Response> {
    let done =
        account::use_codes(&mut cx, form.value("present"), form.value("secret"), form.value("code"), &origin.0).await;
    match done {
        Ok(()) => cx.see_other_saying("/account", Flash::new("account-codes-on", &[])).await,
        Err(Error::Invalid(problems)) => codes_form(&mut cx, 422, &form.with_problems(problems)).await,
        Err(error) => Err(error),
    }
}

async fn end_session(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::end(&mut cx, id).await?;
    cx.see_other_saying("/account", Flash::new("account-session-ended", &[])).await
}

async fn make_key(mut cx: Cx, form: Form) -> Result<Response> {
    let new = NewKey { label: form.text("label"), scopes: form.chosen("scopes"), expires_on: form.text("expires_on") };
    match key::make(&mut cx, new).await {
        Ok(made) => {
            cx.commit().await?;
            own(&mut cx, 200, &Form::default(), &Form::default(), Some(made)).await
        }
        Err(Error::Invalid(problems)) => own(&mut cx, 422, &Form::default(), &form.with_problems(problems), None).await,
        Err(error) => Err(error),
    }
}

async fn end_key(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    key::end(&mut cx, id).await?;
    cx.see_other_saying("/account", Flash::new("account-key-ended", &[])).await
}
