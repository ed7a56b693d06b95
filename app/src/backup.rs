//! `oases backup` and `oases restore`: one file with the database, the files and a manifest.
//!
//! SQLite is copied by its own online copy, PostgreSQL by its own dump; both while serving. The
//! manifest carries the audit chains' heads, so that a later rewrite shows.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use platform::db::{Address, Db};
use platform::house::House;
use platform::{Way, audit};
use serde::{Deserialize, Serialize};

use crate::rooms::{self, Place};

mod store;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    version: String,
    made_at: String,
    /// `sqlite` or `postgres`: a backup is restored into the kind it came from.
    database: String,
    audit_heads: Vec<String>,
}

const DATABASE: &str = "database";
const MANIFEST: &str = "manifest.json";

pub async fn backup(house: &Arc<House>, to: &Path) -> Result<()> {
    ensure!(!to.exists(), "{} is already there", to.display());
    let mut cx = house.cx_operator("command line", Way::Command);
    let audit_heads = audit::heads(&mut cx).await?;
    let made_at = cx.now().to_string();
    cx.undo().await?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join(DATABASE);
    let kind = match &house.db {
        Db::Sqlite { read, .. } => {
            store::copy_sqlite(read, &database).await?;
            "sqlite"
        }
        Db::Pg { .. } => {
            dump_postgres(&house.config.database, &database)?;
            "postgres"
        }
    };
    let manifest =
        Manifest { version: env!("CARGO_PKG_VERSION").to_owned(), made_at, database: kind.to_owned(), audit_heads };
    let beside = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What breaks off leaves nothing behind.
    let making =
        tempfile::NamedTempFile::new_in(beside).with_context(|| format!("{} can't be written", to.display()))?;
    let mut tar = tar::Builder::new(GzEncoder::new(making.as_file().try_clone()?, Compression::fast()));
    let text = serde_json::to_vec_pretty(&manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, MANIFEST, &text[..])?;
    tar.append_path_with_name(&database, DATABASE)?;
    if house.files.folder().is_dir() {
        tar.append_dir_all("files", house.files.folder())?;
    }
    tar.into_inner()?.finish()?.sync_all()?;
    making.persist_noclobber(to)?;
    say!("{} holds everything as at {}", to.display(), manifest.made_at)?;
    Ok(())
}

fn dump_postgres(address: &Address, to: &Path) -> Result<()> {
    let Address::Postgres(url) = address else { bail!("not a PostgreSQL address") };
    let mut command = with_address("pg_dump", url);
    let done = command.args(["--format=custom", "--no-owner", "--file"]).arg(to).status();
    let done = done.context("pg_dump is needed to back PostgreSQL up")?;
    ensure!(done.success(), "pg_dump failed");
    Ok(())
}

/// A command of PostgreSQL's on this address. A password in it goes by the environment, not by the
/// arguments that others on the machine see.
fn with_address(program: &str, url: &str) -> Command {
    let (address, password) = without_password(url);
    let mut command = Command::new(program);
    command.args(["--dbname", &address]);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

fn without_password(url: &str) -> (String, Option<String>) {
    let whole = || (url.to_owned(), None);
    let Some((scheme, rest)) = url.split_once("://") else { return whole() };
    let (authority, tail) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let Some((user, host)) = authority.rsplit_once('@') else { return whole() };
    let Some((name, password)) = user.split_once(':') else { return whole() };
    (format!("{scheme}://{name}@{host}{tail}"), Some(decoded(password)))
}

/// `%41` is `A`; what is not written so stays.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub async fn restore(place: &Place, from: &Path, check_only: bool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(from).with_context(|| format!("{}", from.display()))?));
    tar.unpack(folder.path()).context("this is no whole backup")?;
    let text = std::fs::read(folder.path().join(MANIFEST)).context("this is no backup of Oases")?;
    let manifest: Manifest = serde_json::from_slice(&text)?;
    let beside = if check_only {
        Place { data: folder.path().join("check"), database: None, ..Place::default() }
    } else {
        place.clone()
    };
    match (manifest.database.as_str(), beside.database()) {
        ("sqlite", Address::Sqlite(file)) => {
            ensure!(!file.exists(), "{} is already there; restore fills an empty folder", file.display());
            std::fs::create_dir_all(&beside.data)?;
            std::fs::copy(folder.path().join(DATABASE), &file)?;
        }
        ("postgres", Address::Postgres(url)) => {
            let mut command = with_address("pg_restore", &url);
            command.args(["--exit-on-error", "--no-owner"]).arg(folder.path().join(DATABASE));
            let done = command.status().context("pg_restore is needed")?;
            ensure!(done.success(), "pg_restore failed; the database must be empty");
        }
        (kind, _) if check_only => {
            say!("the file is whole; a {kind} backup is proved by restoring it into an empty database")?;
            return Ok(());
        }
        (kind, _) => bail!("this is a backup of {kind}; restore it into one"),
    }
    let files = folder.path().join("files");
    if files.is_dir() {
        copy_folder(&files, &beside.data.join("files"))?;
    }
    let built = rooms::build(&beside).await?;
    let mut cx = built.house.cx_operator("command line", Way::Command);
    let heads = audit::heads(&mut cx).await?;
    cx.undo().await?;
    ensure!(heads == manifest.audit_heads, "the audit chains do not end where the manifest says");
    let code = crate::check::run(&built.house).await?;
    built.house.close().await;
    ensure!(code == std::process::ExitCode::SUCCESS, "the restored database is not consistent");
    say!(
        "{} {} as at {}",
        from.display(),
        if check_only { "can be restored" } else { "was restored" },
        manifest.made_at
    )?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        let (address, password) = without_password("postgres://oases:s%40fe%3A1@db.example:5432/oases?sslmode=require");
        assert_eq!(address, "postgres://oases@db.example:5432/oases?sslmode=require");
        assert_eq!(password.as_deref(), Some("s@fe:1"));
        let plain = "postgres://oases@127.0.0.1:5432/oases";
        assert_eq!(without_password(plain), (plain.to_owned(), None));
    }
}
