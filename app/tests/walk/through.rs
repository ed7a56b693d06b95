//! A walk: the records whose keys it puts into the addresses.

use std::cell::RefCell;
use std::collections::BTreeMap;

use platform::permission::Tier;

use super::cast::{Office, Records};
use super::routes::Route;

/// The records with which a walk fills the keys in the addresses.
pub struct Walk {
    pub records: Records,
    pub import: platform::Id,
    pub account: platform::Id,
    pub key: platform::Id,
    /// Whether the keys are those of nothing.
    pub nothing: bool,
    /// What was found on the pages so far.
    pub found: RefCell<BTreeMap<String, String>>,
}

impl Walk {
    pub async fn through(office: &Office, name: &str, tier: Tier) -> Self {
        let records = office.records(name, tier).await;
        let (account, key) = office.account_and_key().await;
        Self { records, import: office.import().await, account, key, nothing: false, found: RefCell::default() }
    }

    /// The address with real keys in it: those of the records above, else what is found on the
    /// pages, else what a form on a page makes.
    pub async fn filled(&self, office: &Office, route: &Route) -> String {
        let mut address = String::new();
        for part in route.path.trim_start_matches("/api/v1").split('/').skip(1) {
            let key = match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => self.key_under(office, &address, name, route).await,
                None => part.to_owned(),
            };
            address = format!("{address}/{key}");
        }
        if route.api { format!("/api/v1{address}") } else { address }
    }

    /// A pair of the enterprise and another, found once.
    async fn pair(&self, office: &Office) -> String {
        let found = self.found.borrow().get("review").cloned();
        if let Some(key) = found {
            return key;
        }
        let key = office.pair(self.records.enterprise).await.to_string();
        self.found.borrow_mut().insert("review".to_owned(), key.clone());
        key
    }

    async fn key_under(&self, office: &Office, above: &str, name: &str, route: &Route) -> String {
        let Records { enterprise, person, project, milestone, entry } = &self.records;
        let known = match (above.rsplit('/').next().unwrap_or_default(), name) {
            ("enterprises", _) => Some(*enterprise),
            ("people", _) => Some(*person),
            ("projects", _) => Some(*project),
            ("milestones", _) => Some(*milestone),
            ("ledger", _) => Some(*entry),
            ("imports", _) => Some(self.import),
            ("accounts" | "members", _) => Some(self.account),
            ("readers", _) if !self.nothing => Some(office.names_on(above).await),
            ("keys", _) => Some(self.key),
            ("review", _) if !self.nothing => return self.pair(office).await,
            ("passages", _) => office.passage(*project).await,
            ("models", _) if above.ends_with("/review/models") => Some(platform::Id(0)),
            ("sessions", _) if !self.nothing => Some(office.session().await),
            _ => None,
        };
        if let Some(key) = known {
            return key.to_string();
        }
        match name {
            "kind" => return "enterprises".to_owned(),
            "token" => return "a-token".to_owned(),
            _ => {}
        }
        if self.nothing {
            return "16".to_owned();
        }
        if let Some(key) = self.found.borrow().get(above) {
            return key.clone();
        }
        let Some(key) = office.key_on_a_page(above, name).await else {
            panic!("nothing leads to {}: make a record for it in Walk::through", route.name());
        };
        self.found.borrow_mut().insert(above.to_owned(), key.clone());
        key
    }
}
