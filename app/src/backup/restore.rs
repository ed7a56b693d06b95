//! Bringing a backup up: beside what is there, proved, and only then put in its place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use platform::db::Address;
use platform::{Way, audit};

use super::{DATABASE, Digesting, FILES, MANIFEST, Manifest, postgres, store, walk};
use crate::rooms::{self, Place};

/// Fills an empty place with a backup, or leaves it as it was.
pub async fn restore(place: &Place, from: &Path, check_only: bool) -> Result<()> {
    let folder = if check_only {
        tempfile::tempdir()?
    } else {
        ensure_empty(place)?;
        std::fs::create_dir_all(&place.data)?;
        // What is proved is put in its place by its new name, which takes one file system.
        tempfile::Builder::new().prefix(".restoring-").tempdir_in(&place.data)?
    };
    let manifest = unpack(from, folder.path())?;
    let (database, files) = (folder.path().join(DATABASE), place.data.join(FILES));
    let mut beside = Place { data: folder.path().to_owned(), database: place.database.clone(), ..Place::default() };
    match (manifest.database.as_str(), place.database()) {
        ("sqlite", to) if check_only || matches!(to, Address::Sqlite(_)) => {
            beside.database = Some(database.to_str().context("the folder’s name is not text")?.to_owned());
            prove(&beside, &manifest).await?;
            if let (Address::Sqlite(to), false) = (to, check_only) {
                let log = folder.path().join(format!("{DATABASE}-wal"));
                ensure!(std::fs::metadata(log).map_or(0, |log| log.len()) == 0, "the database could not be closed");
                put_files(folder.path(), &files)?;
                // The database comes last: where it stands, all of the office does.
                if let Err(error) = put_file(&database, &to) {
                    let _ = std::fs::remove_dir_all(&files);
                    return Err(error);
                }
            }
        }
        ("postgres", _) if check_only => {
            say!("the file is whole; a postgres backup is proved by restoring it into an empty database")?;
            return Ok(());
        }
        ("postgres", Address::Postgres(url)) => {
            ensure!(store::is_empty(&url).await?, "the database is not empty; restore fills an empty one");
            postgres::load(&url, &database)?;
            let proved = prove(&beside, &manifest).await;
            if let Err(error) = proved.and_then(|()| put_files(folder.path(), &files)) {
                let emptied = store::empty(&url).await;
                emptied.context("what was restored is not sound and could not be taken out of the database again")?;
                return Err(error.context("the database was emptied again"));
            }
        }
        (kind, _) => bail!("this is a backup of {kind}; restore it into one"),
    }
    let done = if check_only { "can be restored" } else { "was restored" };
    say!("{} {done} as at {}", from.display(), manifest.made_at)?;
    Ok(())
}

fn ensure_empty(place: &Place) -> Result<()> {
    let files = place.data.join(FILES);
    if let Address::Sqlite(file) = place.database() {
        ensure!(!file.exists(), "{} is already there; restore fills an empty folder", file.display());
    }
    let holds = std::fs::read_dir(&files).is_ok_and(|mut held| held.next().is_some());
    ensure!(!holds, "{} is already there; restore fills an empty folder", files.display());
    Ok(())
}

/// Takes a backup apart and holds it to its manifest: nothing of a damaged one goes any further.
fn unpack(from: &Path, folder: &Path) -> Result<Manifest> {
    let file = File::open(from).with_context(|| format!("{}", from.display()))?;
    let mut tar = tar::Archive::new(GzDecoder::new(file));
    // The archive ends before the file does, whose last bytes are the sum of all before.
    let read = tar.unpack(folder).and_then(|()| io::copy(&mut tar.into_inner(), &mut io::sink()));
    read.context("this is no whole backup")?;
    let text = std::fs::read(folder.join(MANIFEST)).context("this is no backup of Oases")?;
    let manifest: Manifest = serde_json::from_slice(&text).context("this is no backup of Oases")?;
    if let Some(digests) = &manifest.digests {
        let mut held = BTreeMap::new();
        for (name, path) in walk(folder, "")? {
            let mut reader = Digesting::new(File::open(path)?);
            io::copy(&mut reader, &mut io::sink())?;
            held.insert(name, reader.digest());
        }
        held.remove(MANIFEST);
        let names = digests.keys().chain(held.keys());
        let wrong = names.into_iter().find(|name| digests.get(*name) != held.get(*name));
        if let Some(name) = wrong {
            bail!("this is no whole backup: {name} is not what was backed up");
        }
    }
    Ok(manifest)
}

/// Whether what was brought up is what was backed up, and consistent.
async fn prove(place: &Place, manifest: &Manifest) -> Result<()> {
    let built = rooms::build(place).await?;
    let mut cx = built.house.cx_operator("command line", Way::Command);
    let heads = audit::heads(&mut cx).await?;
    cx.undo().await?;
    let agrees = heads == manifest.audit_heads;
    let checked = if agrees { Some(crate::check::run(&built.house).await) } else { None };
    built.house.close().await;
    let checked = checked.context("the audit chains do not end where the manifest says")?;
    ensure!(checked? == ExitCode::SUCCESS, "the restored database is not consistent");
    Ok(())
}

fn put_file(from: &Path, to: &Path) -> Result<()> {
    File::open(from)?.sync_all()?;
    if std::fs::rename(from, to).is_err() {
        // Another file system: copied beside its place first.
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let making = tempfile::NamedTempFile::new_in(folder)?;
        std::fs::copy(from, making.path())?;
        making.as_file().sync_all()?;
        making.persist_noclobber(to)?;
    }
    Ok(())
}

/// Puts the files of an unpacked backup where the office keeps them; where that breaks off, there are none.
fn put_files(folder: &Path, to: &Path) -> Result<()> {
    let from = folder.join(FILES);
    if !from.is_dir() || std::fs::rename(&from, to).is_ok() {
        return Ok(());
    }
    // The folder of files is a file system of its own.
    let copied = walk(&from, "").and_then(|all| {
        for (name, path) in all {
            let there = to.join(name);
            std::fs::create_dir_all(there.parent().unwrap_or(to))?;
            std::fs::copy(path, there)?;
        }
        Ok(())
    });
    copied.inspect_err(|_| {
        for entry in std::fs::read_dir(to).into_iter().flatten().flatten() {
            let _ = std::fs::remove_dir_all(entry.path()).or_else(|_| std::fs::remove_file(entry.path()));
        }
    })
}
