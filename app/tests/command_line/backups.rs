//! What becomes of a backup that is damaged, made in the midst of work, or brought up in vain.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::place::{Place, text, words};

fn backed_up(place: &Place) -> PathBuf {
    let backup = place.path().join("oases.backup");
    place.done(&["load", "--office", "reference"]);
    place.done(&["backup", text(&backup)]);
    backup
}

/// The same backup with some of its parts altered, and whole as a file.
fn altered(backup: &Path, alter: impl Fn(&str, &mut Vec<u8>)) -> PathBuf {
    let path = backup.with_extension("altered");
    let mut parts = tar::Archive::new(GzDecoder::new(File::open(backup).unwrap()));
    let mut made = tar::Builder::new(GzEncoder::new(File::create(&path).unwrap(), Compression::fast()));
    for part in parts.entries().unwrap() {
        let mut part = part.unwrap();
        let (name, mut bytes) = (part.path().unwrap().to_str().unwrap().to_owned(), Vec::new());
        part.read_to_end(&mut bytes).unwrap();
        alter(&name, &mut bytes);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        made.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    made.into_inner().unwrap().finish().unwrap();
    path
}

/// The same backup with its manifest altered.
fn told_otherwise(backup: &Path, alter: impl Fn(&mut serde_json::Value)) -> PathBuf {
    altered(backup, |name, bytes| {
        if name == "manifest.json" {
            let mut manifest = serde_json::from_slice(bytes).unwrap();
            alter(&mut manifest);
            *bytes = manifest.to_string().into_bytes();
        }
    })
}

fn holds_nothing(place: &Place) {
    let held: Vec<_> = std::fs::read_dir(place.path().join("var")).into_iter().flatten().collect();
    assert!(held.is_empty(), "{held:?}");
    assert_eq!(place.number("SELECT COUNT(*) FROM _sqlx_migrations"), 0);
}

#[test]
fn a_damaged_backup_is_told_and_goes_nowhere() {
    for place in Place::both() {
        let backup = backed_up(&place);
        let elsewhere = place.another();
        let refused = |file: &Path| {
            for arguments in [&["restore", text(file), "--check"][..], &["restore", text(file)]] {
                let said = elsewhere.refused(arguments);
                assert!(said.contains("this is no whole backup"), "{arguments:?}: {said}");
                holds_nothing(&elsewhere);
            }
        };
        // The sum at the end of the file is of other bytes.
        let mut bytes = std::fs::read(&backup).unwrap();
        let sum = bytes.len() - 8;
        bytes[sum] ^= 1;
        let damaged = place.path().join("damaged.backup");
        std::fs::write(&damaged, bytes).unwrap();
        refused(&damaged);
        // The file is whole, and what is in it is not what was backed up.
        refused(&altered(&backup, |name, bytes| {
            if name == "database" {
                let place = bytes.len() - 1;
                bytes[place] ^= 1;
            }
        }));
        refused(&told_otherwise(&backup, |manifest| manifest["digests"]["files/missing"] = "00".into()));
        // One of an earlier version carries no digests.
        let earlier = told_otherwise(&backup, |manifest| drop(manifest.as_object_mut().unwrap().remove("digests")));
        elsewhere.done(&["restore", text(&earlier)]);
        elsewhere.consistent();
    }
}

#[test]
fn a_restore_that_fails_leaves_the_place_as_empty_as_it_was() {
    for place in Place::both() {
        let backup = backed_up(&place);
        let elsewhere = place.another();
        let wrong = told_otherwise(&backup, |manifest| manifest["audit_heads"][0] = "0:1:00".into());
        let said = elsewhere.refused(&["restore", text(&wrong)]);
        assert!(said.contains("the audit chains do not end where the manifest says"), "{said}");
        holds_nothing(&elsewhere);
        elsewhere.done(&["restore", text(&backup)]);
        elsewhere.consistent();
        let files = std::fs::read_dir(elsewhere.path().join("var")).unwrap();
        let passing: Vec<_> =
            files.flatten().filter(|one| words(one.file_name().as_encoded_bytes()).starts_with('.')).collect();
        assert!(passing.is_empty(), "{passing:?}");
        // One that holds something is not touched.
        let said = elsewhere.refused(&["restore", text(&backup)]);
        assert!(said.contains("restore fills an empty"), "{said}");
        elsewhere.consistent();
    }
}

#[cfg(unix)]
#[test]
fn a_backup_made_while_somebody_writes_is_of_one_moment() {
    use std::os::unix::fs::PermissionsExt;
    let Some(place) = Place::postgres() else { return };
    place.done(&["load", "--office", "reference"]);
    let dump = std::process::Command::new("sh").args(["-c", "command -v pg_dump"]).output().unwrap();
    let dump = words(&dump.stdout);
    // Just before the dump begins, somebody writes.
    let add = place.command(&["user", "add", "late@example.test", "--name", "Late Comer"]);
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap());
    let add: Vec<String> = std::iter::once(add.get_program()).chain(add.get_args()).map(quoted).collect();
    let script = format!("#!/bin/sh\n{} >&2 || exit 9\nexec {} \"$@\"\n", add.join(" "), dump.trim());
    let bin = place.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let shim = bin.join("pg_dump");
    std::fs::write(&shim, script).unwrap();
    std::fs::set_permissions(&shim, std::fs::Permissions::from_mode(0o755)).unwrap();
    let backup = place.path().join("oases.backup");
    let path = format!("{}:{}", text(&bin), std::env::var("PATH").unwrap());
    let output = place.command(&["backup", text(&backup)]).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", words(&output.stderr));
    let held = "SELECT COUNT(*) FROM accounts WHERE email = 'late@example.test'";
    assert_eq!(place.number(held), 1);
    let elsewhere = place.another();
    elsewhere.done(&["restore", text(&backup)]);
    assert_eq!(elsewhere.number(held), 0);
    elsewhere.consistent();
}
