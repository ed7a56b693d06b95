//! Where the binary is run: a folder and a database of one's own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};

/// An installation: a folder, and a database of its own on the given PostgreSQL or inside it.
pub struct Place {
    folder: tempfile::TempDir,
    postgres: Option<String>,
}

impl Place {
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// Without an address for PostgreSQL there is none to be on; the gate always gives one.
    pub fn postgres() -> Option<Self> {
        let server = std::env::var("OASES_TEST_POSTGRES").ok().filter(|address| !address.is_empty())?;
        let name = format!("oases_cli_{:016x}", random());
        psql(&server, &format!("CREATE DATABASE {name}"));
        let (server, _) = server.rsplit_once('/').unwrap();
        Some(Self { folder: tempfile::tempdir().unwrap(), postgres: Some(format!("{server}/{name}")) })
    }

    pub fn both() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    /// Another empty one of the same kind.
    pub fn another(&self) -> Self {
        if self.postgres.is_some() { Self::postgres().unwrap() } else { Self::sqlite() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oases"));
        command.args(arguments).arg("--data").arg(self.path().join("var")).env_remove("OASES_DATABASE");
        if let Some(database) = &self.postgres {
            command.args(["--database", database]);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command that succeeds prints.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", words(&output.stderr));
        words(&output.stdout)
    }

    /// What a command that fails says of it: on standard error, and nowhere else.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} was not refused: {}", words(&output.stdout));
        let said = words(&output.stderr);
        assert!(!said.trim().is_empty(), "{arguments:?} says nothing");
        said
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }

    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(content.as_bytes()).unwrap();
        path
    }

    pub fn number(&self, sql: &'static str) -> i64 {
        let file = self.path().join("var/oases.db");
        let database = self.postgres.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let found: Option<(i64,)> = match database {
                Some(url) => {
                    let mut held = PgConnection::connect(&url).await.unwrap();
                    sqlx::query_as(sql).fetch_optional(&mut held).await.unwrap_or_default()
                }
                None if !file.exists() => None,
                None => {
                    let mut held = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
                    sqlx::query_as(sql).fetch_optional(&mut held).await.unwrap_or_default()
                }
            };
            found.map_or(0, |(number,)| number)
        })
    }

    pub fn consistent(&self) {
        let said = self.done(&["check"]);
        assert!(said.lines().any(|line| line == "consistent"), "{said}");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = self.postgres.as_deref().and_then(|url| url.rsplit_once('/')) {
            let _ = Command::new("psql")
                .args(["-q", "-c", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")])
                .arg(format!("{server}/postgres"))
                .output();
        }
    }
}

pub fn random() -> u64 {
    let mut bytes = [0; 8];
    platform::random(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

pub fn psql(url: &str, statement: &str) {
    let output = Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", "-c", statement]).arg(url).output();
    let output = output.expect("psql, as script/test installs it");
    assert!(output.status.success(), "{}", words(&output.stderr));
}

pub fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn metric<'v>(figures: &'v Value, name: &str) -> &'v Value {
    let metrics = figures["metrics"].as_array().unwrap();
    metrics.iter().find(|metric| metric["metric"] == name).unwrap_or_else(|| panic!("{name} in {figures}"))
}

pub fn wait_for(most: Duration, mut there: impl FnMut() -> bool) {
    let until = Instant::now() + most;
    while !there() {
        assert!(Instant::now() < until, "waited {most:?} in vain");
        std::thread::sleep(Duration::from_millis(50));
    }
}
