//! Where a made-up office is kept: a folder, and for PostgreSQL a database.

use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub data: PathBuf,
    /// None for SQLite in the folder.
    pub database: Option<String>,
}

impl Place {
    pub fn sqlite_file(&self) -> PathBuf {
        self.data.join("oases.db")
    }

    pub fn name(&self) -> &'static str {
        if self.database.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// The same server's database of another name.
    pub fn database_named(&self, name: &str) -> Option<String> {
        let url = self.database.as_ref()?;
        url.rsplit_once('/').map(|(server, _)| format!("{server}/{name}"))
    }

    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--data".to_owned(), self.data.display().to_string()];
        if let Some(url) = &self.database {
            arguments.extend(["--database".to_owned(), url.clone()]);
        }
        arguments
    }
}
