//! For tests: a database of one's own, a clock that stands still, and people to act.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tower::ServiceExt;

use crate::clock::{At, Clock};
use crate::cx::{Cx, Way};
use crate::db::{Address, Migration};
use crate::error::Result;
use crate::house::{Authenticator, Built, Config, House, Plan, SignedIn};
use crate::id::Id;
use crate::permission::{Actor, Role};
use crate::room::Room;
use crate::sql::Sql;
use crate::text::Language;
use crate::web::Listed;

mod answer;
mod import;
mod template;
mod word;

pub use answer::Answer;
use template::{postgres_clone, sqlite_template};

/// Which database a story is told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// A house a story can be told in.
pub trait Story: Sized {
    fn open(on: On) -> impl Future<Output = Self>;
}

/// Tells a story on one database. Without an address for PostgreSQL that telling is passed over;
/// the gate always gives one.
pub fn tell<H: Story, F: Future<Output = ()>>(on: On, story: impl FnOnce(H) -> F) {
    if on == On::Postgres && postgres().is_none() {
        eprintln!("passed over: OASES_TEST_POSTGRES is not set");
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let house = H::open(on).await;
        story(house).await;
    });
}

fn postgres() -> Option<String> {
    std::env::var("OASES_TEST_POSTGRES").ok().filter(|address| !address.is_empty())
}

/// 2026-11-24T02:00:00Z, ten in the morning in Hong Kong.
pub const MORNING: At = At::from_micros(1_795_485_600_000_000);

/// A house with a database of its own.
pub struct TestHouse {
    pub house: Arc<House>,
    pub app: Router,
    pub listed: Vec<Listed>,
    pub openapi: utoipa::openapi::OpenApi,
    description: serde_json::Value,
    pub clock: Clock,
    _folder: tempfile::TempDir,
    database: Option<String>,
    people: People,
}

/// What a test puts a house together from; see [`Plan`]. Without an authenticator of its own,
/// people are who the test says they are.
#[derive(Default)]
pub struct TestPlan {
    pub rooms: Vec<Room>,
    pub authenticator: Option<Box<dyn Authenticator>>,
    pub shared_texts: Vec<(&'static str, &'static str)>,
}

/// What a pack says of an office, for houses that are told stories without one.
async fn settle(house: &Arc<House>) {
    let mut cx = house.cx_operator("test", Way::Command);
    for (name, value) in
        [("currency", "HKD"), ("office-body", "oases"), ("own-script-origins", "mainland,hong-kong,japan,korea")]
    {
        crate::settings::set(&mut cx, name, value).await.expect("a setting");
    }
    cx.commit().await.expect("settings kept");
    house.renew().await.expect("settings read");
}

async fn build(config: Config, clock: Clock, people: People, plan: TestPlan) -> Built {
    House::build(Plan {
        config,
        clock,
        rooms: plan.rooms,
        authenticator: plan.authenticator.unwrap_or_else(|| Box::new(people)),
        shared_texts: plan.shared_texts,
        asset: |name| format!("/assets/test/{name}"),
        icon: |_| crate::pages::Html::default(),
    })
    .await
    .expect("a house")
}

impl TestHouse {
    pub async fn open(on: On, plan: TestPlan) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let migrations: Vec<Migration> = std::iter::once(&crate::own_room())
            .chain(plan.rooms.iter())
            .flat_map(|room| room.migrations.iter().copied())
            .collect();
        let (database, address) = match on {
            On::Sqlite => {
                let file = folder.path().join("oases.db");
                std::fs::copy(sqlite_template(&migrations).await, &file).expect("the template's copy");
                (None, Address::Sqlite(file))
            }
            On::Postgres => {
                let (name, url) = postgres_clone(&migrations).await;
                (Some(name), Address::Postgres(url))
            }
        };
        let people = People::default();
        let clock = Clock::standing_at(MORNING);
        let config = Config {
            database: address,
            data: folder.path().to_owned(),
            secure_cookies: false,
            public_url: Some("https://oases.example".to_owned()),
            trusted_proxies: Vec::new(),
        };
        let built = build(config, clock.clone(), people.clone(), plan).await;
        settle(&built.house).await;
        let listed = built.routes.listed.clone();
        let (api, openapi) = crate::api::described(built.api);
        let description = serde_json::to_value(&openapi).expect("a description");
        let app = crate::web::service(built.house.clone(), built.routes, api, Router::new());
        Self { house: built.house, app, listed, openapi, description, clock, _folder: folder, database, people }
    }

    /// A second process on the same database, under the same clock.
    pub async fn beside(&self, rooms: Vec<Room>) -> Arc<House> {
        let plan = TestPlan { rooms, ..TestPlan::default() };
        build(self.house.config.clone(), self.clock.clone(), self.people.clone(), plan).await.house
    }

    /// A writing context of this actor.
    pub fn cx(&self, actor: Actor) -> Cx {
        Cx::new(self.house.clone(), Some(actor), Way::Page, Language::English)
    }

    /// A writing context of the machine's operator, who may do everything.
    pub fn operator(&self) -> Cx {
        self.house.cx_operator("test", Way::Command)
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// Sends a request through every layer, without a socket.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = self.app.clone().oneshot(request).await.expect("the service never fails");
        let answer = Answer::of(response).await;
        word::holds(&self.description, &method, &path, &answer);
        answer
    }
}

/// What the house has said to its database: how many statements, and those put together at run
/// time while somebody listens. A page that asks once for each row shows by the count, a list
/// that reads a whole table by its plan.
#[derive(Debug, Default)]
pub(crate) struct Said {
    statements: AtomicU64,
    heard: Mutex<Option<Vec<Sql>>>,
}

impl Said {
    pub(crate) fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn note(&self, sql: &Sql) {
        if let Some(heard) = self.heard.lock().expect("what was said").as_mut() {
            heard.push(sql.clone());
        }
    }
}

impl TestHouse {
    /// How many statements the database was given so far.
    pub fn statements(&self) -> u64 {
        self.house.said.statements.load(Ordering::Relaxed)
    }

    /// From now on keeps the statements that are put together at run time.
    pub fn listen(&self) {
        *self.house.said.heard.lock().expect("what was said") = Some(Vec::new());
    }

    /// What was said since [`TestHouse::listen`].
    pub fn heard(&self) -> Vec<Sql> {
        self.house.said.heard.lock().expect("what was said").take().unwrap_or_default()
    }

    /// How the database means to answer a statement, in its own words. PostgreSQL is told that
    /// reading whole tables and sorting cost dearly: with few rows it would do both although an
    /// index is there.
    pub async fn plan(&self, sql: &Sql) -> String {
        let mut cx = self.operator();
        let lines: Vec<String> = if self.is_postgres() {
            for dear in ["enable_seqscan", "enable_sort", "enable_incremental_sort"] {
                let mut set = Sql::new("SELECT set_config(");
                set.bind(dear).push(", 'off', TRUE)");
                set.fetch_all::<(String,)>(&mut cx).await.expect("a setting");
            }
            let rows: Vec<(String,)> = sql.after("EXPLAIN ").fetch_all(&mut cx).await.expect("a plan");
            rows.into_iter().map(|(line,)| line).collect()
        } else {
            let rows: Vec<(i64, i64, i64, String)> =
                sql.after("EXPLAIN QUERY PLAN ").fetch_all(&mut cx).await.expect("a plan");
            rows.into_iter().map(|(.., line)| line).collect()
        };
        cx.undo().await.expect("nothing kept");
        lines.join("\n")
    }

    /// Renews what the database knows of its tables, as a database in use does by itself.
    pub async fn analyse(&self) {
        let mut cx = self.operator();
        Sql::new("ANALYZE").execute(&mut cx).await.expect("counts");
        cx.commit().await.expect("counts kept");
    }
}

impl TestHouse {
    /// A person of this role, signed in, of this team if any. Their account is only a number here.
    pub fn person(&self, role: Role, team: Option<Id>) -> Person<'_> {
        let account = self.house.ids.make(self.clock.now());
        let actor = Actor {
            account: Some(account),
            name: format!("{} {account}", role.code()),
            roles: vec![role],
            teams: team.into_iter().collect(),
            body: None,
            key: None,
            session: None,
        };
        self.person_of(actor)
    }

    pub fn person_of(&self, actor: Actor) -> Person<'_> {
        let token = format!("token-{}", actor.account.unwrap_or(Id(0)));
        self.people.0.lock().expect("people").insert(token.clone(), actor.clone());
        Person { house: self, actor, cookie: format!("oases_session={token}") }
    }

    /// Somebody with a session cookie from elsewhere, such as a real sign-in.
    pub fn person_with_cookie(&self, actor: Actor, cookie: String) -> Person<'_> {
        Person { house: self, actor, cookie }
    }

    pub fn director(&self) -> Person<'_> {
        self.person(Role::Director, None)
    }

    pub fn officer(&self, team: Option<Id>) -> Person<'_> {
        self.person(Role::Officer, team)
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Person<'_> {
        Person { house: self, actor: Actor { roles: Vec::new(), ..Actor::operator("nobody") }, cookie: String::new() }
    }
}

/// Who the test says is signed in.
#[derive(Clone, Default)]
struct People(Arc<std::sync::Mutex<HashMap<String, Actor>>>);

impl People {
    fn known(&self, token: &str) -> Option<SignedIn> {
        let actor = self.0.lock().expect("people").get(token).cloned()?;
        Some(SignedIn { actor, language: None })
    }
}

impl Authenticator for People {
    fn by_session<'a>(&'a self, _: &'a Arc<House>, token: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>> {
        Box::pin(async move { Ok(self.known(token)) })
    }

    fn by_key<'a>(&'a self, _: &'a Arc<House>, key: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>> {
        Box::pin(async move { Ok(self.known(key)) })
    }

    fn by_account<'a>(&'a self, _: &'a mut Cx, account: Id) -> BoxFuture<'a, Result<Option<Actor>>> {
        Box::pin(async move { Ok(self.known(&format!("token-{account}")).map(|someone| someone.actor)) })
    }

    fn choose_language<'a>(&'a self, _: &'a mut Cx, _: Language) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// Somebody who acts in a story.
pub struct Person<'h> {
    house: &'h TestHouse,
    pub actor: Actor,
    cookie: String,
}

impl Person<'_> {
    pub fn account(&self) -> Id {
        self.actor.account.expect("a person has an account")
    }

    /// What the person's browser sends along.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A writing context of this person, for calling verbs directly.
    pub fn cx(&self) -> Cx {
        self.house.cx(self.actor.clone())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_in(Language::English, path).await
    }

    pub async fn get_in(&self, language: Language, path: &str) -> Answer {
        let cookie = format!("{}; oases_language={}", self.cookie, language.code());
        let request = Request::get(path).header("cookie", cookie).body(Body::empty()).expect("a request");
        self.house.send(request).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(fields).expect("a form")))
            .expect("a request");
        self.house.send(request).await
    }

    /// Sends a form with a file.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Answer {
        const EDGE: &str = "----oases-test-edge";
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let request = Request::post(path)
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
            .body(Body::from(body))
            .expect("a request");
        self.house.send(request).await
    }

    /// Calls the API: method, path, headers, JSON body.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: serde_json::Value) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.house.send(request.body(body).expect("a request")).await
    }
}

impl Drop for TestHouse {
    fn drop(&mut self) {
        let Some(name) = self.database.take() else { return };
        let Some(url) = postgres() else { return };
        // On a thread of its own: the story's runtime may already be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url).await.ok()?;
                admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await.ok()
            })
        });
        let _ = dropped.join();
    }
}
