//! What the office has set: its name, time zone, currency, whether this is a sample.

use std::collections::HashMap;
use std::sync::RwLock;

use crate::audit::{Change, Told};
use crate::cx::Cx;
use crate::error::{Problems, Result};
use crate::id::Id;
use crate::permission::{Permission, Role, Scope};
use crate::{on, run};

pub const EDIT: Permission = Permission::write("office.setting.edit", &[(Role::Administrator, Scope::All)]);

/// The office's names, by language, as settings call them.
pub const NAMES: [&str; 3] = ["office-name-en", "office-name-zh-hant", "office-name-zh-hans"];

/// The settings, read at start and after each change.
#[derive(Debug, Default)]
pub struct Settings(RwLock<HashMap<String, String>>);

/// ISO 4217's word for no currency.
pub const NO_CURRENCY: &str = "XXX";

impl Settings {
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(name).cloned()
    }

    /// The currency that the office counts in, none before there is a pack.
    pub fn currency(&self) -> String {
        self.get("currency").unwrap_or_else(|| NO_CURRENCY.to_owned())
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name).as_deref() == Some(value)
    }

    pub async fn reload(&self, cx: &mut Cx) -> Result<()> {
        let rows: Vec<(String, String)> =
            on!(cx, db => sqlx::query_as("SELECT name, value FROM settings ORDER BY name").fetch_all(db).await)?;
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = rows.into_iter().collect();
        Ok(())
    }
}

/// What is set, as this transaction sees it.
pub async fn held(cx: &mut Cx, name: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE name = $1";
    let held: Option<(String,)> = on!(cx, db => sqlx::query_as(sql).bind(name).fetch_optional(db).await)?;
    Ok(held.map(|(value,)| value))
}

/// Sets one thing. The caller records the change; the new value is read once committed.
pub async fn set(cx: &mut Cx, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    run!(cx, db => sqlx::query(sql).bind(name).bind(value).execute(db).await)?;
    Ok(())
}

/// Gives the office its names, in every language.
pub async fn name_office(cx: &mut Cx, names: [&str; 3]) -> Result<()> {
    cx.require(&EDIT)?;
    let mut problems = Problems::default();
    let mut checked = Vec::new();
    for (setting, name) in NAMES.into_iter().zip(names) {
        let name = problems.line(setting, name, 120);
        problems.require(!name.is_empty(), setting, "problem-office-name-missing");
        checked.push((setting, name));
    }
    problems.into_result()?;
    let mut change = Change::new("office.named", "office", Id(1));
    for (setting, name) in checked {
        let before = cx.house.settings.get(setting);
        change = change.field(setting, Told::text(before.as_deref()), Told::Text(name.clone()));
        set(cx, setting, &name).await?;
    }
    if !change.fields.is_empty() {
        change.label = change.fields[0].new.raw().unwrap_or_default();
        cx.record(change);
        cx.renew_on_commit();
    }
    Ok(())
}
