//! PostgreSQL's own commands, which write and read its part of a backup.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use platform::db::Address;

/// Writes what a snapshot sees, which a transaction holds open meanwhile.
pub(super) fn dump(address: &Address, snapshot: &str, to: &Path) -> Result<()> {
    let Address::Postgres(url) = address else { bail!("not a PostgreSQL address") };
    let mut command = with_address("pg_dump", url);
    command.args(["--format=custom", "--no-owner", "--snapshot", snapshot, "--file"]).arg(to);
    let done = command.status().context("pg_dump is needed to back PostgreSQL up")?;
    ensure!(done.success(), "pg_dump failed");
    Ok(())
}

/// Fills an empty database with all of a dump, or with nothing.
pub(super) fn load(url: &str, from: &Path) -> Result<()> {
    let mut command = with_address("pg_restore", url);
    command.args(["--single-transaction", "--exit-on-error", "--no-owner"]).arg(from);
    let done = command.status().context("pg_restore is needed")?;
    ensure!(done.success(), "pg_restore failed; the database is as empty as it was");
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
