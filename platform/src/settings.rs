//! What the office has set: its name, time zone, currency, whether this is a sample.

use std::collections::HashMap;
use std::sync::RwLock;

use crate::cx::Cx;
use crate::error::Result;
use crate::{on, run};

/// The settings, read at start and after each change.
#[derive(Debug, Default)]
pub struct Settings(RwLock<HashMap<String, String>>);

impl Settings {
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(name).cloned()
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

/// Sets one thing. The caller records the change; the new value is read once committed.
pub async fn set(cx: &mut Cx, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    run!(cx, db => sqlx::query(sql).bind(name).bind(value).execute(db).await)?;
    Ok(())
}
