//! The house: what every request shares. Put together once by `app`, from its rooms.

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::Notify;

use crate::clock::{Clock, Zone};
use crate::codes::Codes;
use crate::cx::{Cx, Way};
use crate::db::{Address, Db, Migration};
use crate::error::Result;
use crate::export::ExportKind;
use crate::files::Files;
use crate::holidays::Holidays;
use crate::id::{Id, IdMaker};
use crate::import::ImportKind;
use crate::jobs::JobKind;
use crate::keep::Kept;
use crate::node::Node;
use crate::own_field::OwnFields;
use crate::pack::PackTable;
use crate::permission::{Actor, Permission};
use crate::recent::Recent;
use crate::room::{Action, Check, Finder, Named, Nav, Relation, Room, Sight, Tab};
use crate::settings::Settings;
use crate::text::{Language, Texts};
use crate::web::origin::Network;

/// Where an installation keeps its things, and how it is reached.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: Address,
    /// Folder of files, quarantine and, by default, the database.
    pub data: PathBuf,
    /// Cookies only travel over TLS. Off on the loopback address, where there is none.
    pub secure_cookies: bool,
    /// Where people find the house, `https://HOST`, if it is known by another address than its own: a form sent from there
    /// is of this house, whatever a proxy says of the host.
    pub public_url: Option<String>,
    /// The proxies that are believed when they say whom a request came from.
    pub trusted_proxies: Vec<Network>,
}

/// Who is behind a request; identity answers.
pub trait Authenticator: Send + Sync {
    /// The actor of a session cookie's token, if it is still good.
    fn by_session<'a>(&'a self, house: &'a Arc<House>, token: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>>;
    /// The actor of an API key, if it is still good.
    fn by_key<'a>(&'a self, house: &'a Arc<House>, key: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>>;
    /// An account as it is now, for a job that acts for it.
    fn by_account<'a>(&'a self, cx: &'a mut Cx, account: Id) -> BoxFuture<'a, Result<Option<Actor>>>;
    /// Keeps the language that whoever is signed in has chosen, for every browser they use.
    fn choose_language<'a>(&'a self, cx: &'a mut Cx, language: Language) -> BoxFuture<'a, Result<()>>;
}

/// An actor and what they set for themselves.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub language: Option<Language>,
}

pub struct House {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub zone: Zone,
    pub ids: IdMaker,
    pub texts: Texts,
    pub codes: Codes,
    pub holidays: Holidays,
    pub settings: Settings,
    pub own_fields: OwnFields,
    pub files: Files,
    pub jobs_wake: Notify,
    pub authenticator: Box<dyn Authenticator>,
    pub permissions: Vec<&'static Permission>,
    pub nav: Vec<Nav>,
    pub belongs: Vec<(&'static str, &'static str)>,
    pub tabs: Vec<Tab>,
    pub relations: Vec<Relation>,
    pub sights: Vec<Sight>,
    pub named: Vec<Named>,
    pub imports: Vec<&'static dyn ImportKind>,
    pub exports: Vec<&'static dyn ExportKind>,
    pub jobs: Vec<JobKind>,
    pub finders: Vec<Finder>,
    pub lists: Vec<(&'static str, &'static str)>,
    pub actions: Vec<Action>,
    pub checks: Vec<Check>,
    pub pack: Vec<PackTable>,
    #[cfg(feature = "testing")]
    pub(crate) said: crate::testing::Said,
    pub(crate) asset: fn(&str) -> String,
    pub(crate) icon: fn(&str) -> crate::pages::Html,
    listeners: Vec<(&'static str, &'static str)>,
    node: Node,
    /// What rooms keep in memory.
    pub kept: Kept,
    pub(crate) recent: Recent,
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").field("data", &self.config.data).finish_non_exhaustive()
    }
}

/// What `app` puts a house together from.
pub struct Plan {
    pub config: Config,
    pub clock: Clock,
    pub rooms: Vec<Room>,
    pub authenticator: Box<dyn Authenticator>,
    /// Words shared by all pages, from `ui`.
    pub shared_texts: Vec<(&'static str, &'static str)>,
    /// The address of a file of the look, from `ui`.
    pub asset: fn(&str) -> String,
    /// An icon of the look, from `ui`.
    pub icon: fn(&str) -> crate::pages::Html,
}

/// A house, and the pages and programs' doors to serve from it.
pub struct Built {
    pub house: Arc<House>,
    pub routes: crate::web::Routes,
    pub api: crate::web::ApiRoutes,
}

impl House {
    /// Opens the database, brings it to this version's shape and joins the rooms.
    pub async fn build(plan: Plan) -> Result<Built, BuildError> {
        let Plan { config, clock, mut rooms, authenticator, shared_texts, asset, icon } = plan;
        rooms.insert(0, crate::own_room());
        std::fs::create_dir_all(&config.data)?;
        let db = Db::open(&config.database, migrations(&rooms)).await?;
        let texts = Texts::new(shared_texts.into_iter().chain(rooms.iter().flat_map(|room| room.texts.clone())))?;
        let node = Node::take(&db, clock.now()).await?;
        let mut routes = crate::web::Routes::default();
        let mut api = crate::web::ApiRoutes::default();
        let mut joined = Room::default();
        for room in rooms {
            routes = routes.merge(room.routes);
            api = api.merge(room.api);
            joined.permissions.extend(room.permissions);
            joined.nav.extend(room.nav);
            joined.belongs.extend(room.belongs);
            joined.tabs.extend(room.tabs);
            joined.relations.extend(room.relations);
            joined.sights.extend(room.sights);
            joined.named.extend(room.named);
            joined.imports.extend(room.imports);
            joined.exports.extend(room.exports);
            joined.jobs.extend(room.jobs);
            joined.listeners.extend(room.listeners);
            joined.finders.extend(room.finders);
            joined.lists.extend(room.lists);
            joined.actions.extend(room.actions);
            joined.checks.extend(room.checks);
            joined.pack.extend(room.pack);
        }
        joined.nav.sort_by_key(|nav| nav.place);
        joined.tabs.sort_by_key(|tab| tab.place);
        let house = Arc::new(Self {
            ids: node.maker(),
            files: Files::new(config.data.join("files")),
            config,
            db,
            clock,
            zone: Zone::utc(),
            texts,
            codes: Codes::default(),
            holidays: Holidays::default(),
            settings: Settings::default(),
            own_fields: OwnFields::default(),
            jobs_wake: Notify::new(),
            authenticator,
            permissions: joined.permissions,
            nav: joined.nav,
            belongs: joined.belongs,
            tabs: joined.tabs,
            relations: joined.relations,
            sights: joined.sights,
            named: joined.named,
            imports: joined.imports,
            exports: joined.exports,
            jobs: joined.jobs,
            finders: joined.finders,
            lists: joined.lists,
            actions: joined.actions,
            checks: joined.checks,
            pack: joined.pack,
            #[cfg(feature = "testing")]
            said: crate::testing::Said::default(),
            asset,
            icon,
            listeners: joined.listeners,
            node,
            kept: Kept::default(),
            recent: Recent::default(),
        });
        let house = Self::settled(house).await?;
        Ok(Built { house, routes, api })
    }

    /// Reads what the office has set: its time zone before anything asks for a day.
    async fn settled(house: Arc<Self>) -> Result<Arc<Self>, BuildError> {
        let mut cx = house.cx_reading();
        house.settings.reload(&mut cx).await.map_err(|error| BuildError::Settings(error.to_string()))?;
        house.codes.reload(&mut cx).await.map_err(|error| BuildError::Settings(error.to_string()))?;
        house.holidays.reload(&mut cx).await.map_err(|error| BuildError::Settings(error.to_string()))?;
        house.own_fields.reload(&mut cx).await.map_err(|error| BuildError::Settings(error.to_string()))?;
        cx.commit().await.map_err(|error| BuildError::Settings(error.to_string()))?;
        house.keep_office_days();
        Ok(house)
    }

    /// Days are those of the time zone that is set.
    fn keep_office_days(&self) {
        if let Some(zone) = self.settings.get("time-zone").and_then(|name| Zone::named(&name)) {
            self.zone.follow(&zone);
        }
    }

    /// A writing context of the machine's operator.
    pub fn cx_operator(self: &Arc<Self>, name: &str, way: Way) -> Cx {
        Cx::new(self.clone(), Some(Actor::operator(name)), way, Language::English)
    }

    fn cx_reading(self: &Arc<Self>) -> Cx {
        Cx::reading(self.clone(), Some(Actor::operator("oases")), Way::Command, Language::English)
    }

    /// Reads settings, code lists, holidays and own fields anew: after a change here, and now and then for those made by
    /// another process.
    pub async fn renew(self: &Arc<Self>) -> Result<()> {
        let mut cx = self.cx_reading();
        self.settings.reload(&mut cx).await?;
        self.keep_office_days();
        self.codes.reload(&mut cx).await?;
        self.holidays.reload(&mut cx).await?;
        self.own_fields.reload(&mut cx).await?;
        cx.undo().await
    }

    /// The jobs that a change of this verb causes.
    pub fn listeners(&self, verb: &str) -> Vec<&'static str> {
        self.listeners.iter().filter(|(heard, _)| *heard == verb).map(|(_, job)| *job).collect()
    }

    pub fn import_kind(&self, name: &str) -> Option<&'static dyn ImportKind> {
        self.imports.iter().copied().find(|kind| kind.name() == name)
    }

    pub fn export_kind(&self, name: &str) -> Option<&'static dyn ExportKind> {
        self.exports.iter().copied().find(|kind| kind.name() == name)
    }

    /// Keeps this process's claim on its share of the keys; called every minute by `serve`.
    pub async fn keep_node(&self) -> Result<()> {
        self.node.keep(&self.db, self.ids.reached()).await
    }

    /// Gives back what the process holds.
    pub async fn close(&self) {
        if let Err(error) = self.node.give_back(&self.db, self.ids.reached()).await {
            tracing::warn!(%error, "the node number was not given back; it falls free by itself");
        }
        self.db.close().await;
    }
}

/// Every room's migrations; their versions put them in order.
pub fn migrations(rooms: &[Room]) -> Vec<Migration> {
    rooms.iter().flat_map(|room| room.migrations.iter().copied()).collect()
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Open(#[from] crate::db::OpenError),
    #[error("the data folder can't be used: {0}")]
    Data(#[from] std::io::Error),
    #[error(transparent)]
    Text(#[from] crate::text::TextError),
    #[error("{0}")]
    Node(#[from] crate::node::NodeError),
    #[error("the office's settings can't be read: {0}")]
    Settings(String),
}
