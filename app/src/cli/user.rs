//! `oases user`: accounts from the machine itself.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use identity::account::Account;
use platform::Error;
use platform::house::House;
use platform::permission::Role;

use crate::say::said;

use super::{Format, csv_lines, operator};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Makes an account and prints a one-time link to choose a password.
    Add {
        email: String,
        #[arg(long)]
        name: String,
        /// administrator, director, team_lead, officer, partner_officer, committee_member, auditor, read_only.
        #[arg(long, value_delimiter = ',', default_value = "officer")]
        role: Vec<String>,
        /// The code of the body it belongs to; a partner_officer needs one.
        #[arg(long)]
        body: Option<String>,
    },
    /// Lists accounts.
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Makes a new one-time link for an account that lost its password or codes.
    Reset { email: String },
    /// Ends an account and its sessions.
    End {
        email: String,
        #[arg(long)]
        reason: String,
    },
}

pub async fn run(house: &Arc<House>, command: UserCommand) -> Result<()> {
    let mut cx = operator(house);
    let done: Result<Vec<String>, Error> = match command {
        UserCommand::Add { email, name, role, body } => {
            let roles = role.iter().map(|code| Role::from_code(code)).collect::<Option<Vec<_>>>();
            let Some(roles) = roles else { bail!("there is no such role; see `oases user add --help`") };
            let body = match body {
                None => None,
                Some(code) => match identity::body::by_code(&mut cx, &code).await {
                    Ok(Some(id)) => Some(id),
                    Ok(None) => bail!("there is no body with the code {code}"),
                    Err(error) => return Err(said(&cx, error)),
                },
            };
            identity::account::invite(
                &mut cx,
                identity::account::NewAccount { email, name, roles, body, ..Default::default() },
            )
            .await
            .map(|(_, link)| vec![link])
        }
        UserCommand::List { format } => {
            identity::account::all(&mut cx).await.and_then(|accounts| listed(&accounts, format))
        }
        UserCommand::Reset { email } => match identity::account::by_email(&mut cx, &email).await {
            Ok(Some(id)) => identity::account::reset(&mut cx, id).await.map(|link| vec![link]),
            Ok(None) => return Err(anyhow!("there is no account for {email}")),
            Err(error) => Err(error),
        },
        UserCommand::End { email, reason } => match identity::account::by_email(&mut cx, &email).await {
            Ok(Some(id)) => identity::account::end(&mut cx, id, &reason).await.map(|()| Vec::new()),
            Ok(None) => return Err(anyhow!("there is no account for {email}")),
            Err(error) => Err(error),
        },
    };
    let lines = done.map_err(|error| said(&cx, error))?;
    cx.commit().await.map_err(|error| said(&operator(house), error))?;
    for line in lines {
        say!("{line}")?;
    }
    Ok(())
}

/// As a table for reading, or with the names of its columns for a program.
fn listed(accounts: &[Account], format: Format) -> Result<Vec<String>, Error> {
    let roles = |account: &Account| account.roles().iter().map(|role| role.code()).collect::<Vec<_>>().join(",");
    let state = |account: &Account| if account.ended_at.is_some() { "ended" } else { "" };
    let cells = |one: &Account| vec![one.email.clone(), one.name.clone(), roles(one), state(one).to_owned()];
    Ok(match format {
        Format::Table => accounts.iter().map(|one| cells(one).join("\t")).collect(),
        Format::Csv => csv_lines(&["email", "name", "roles", "state"], accounts.iter().map(cells))?,
        Format::Json => {
            let rows: Vec<serde_json::Value> = accounts
                .iter()
                .map(|one| {
                    let roles: Vec<&str> = one.roles().iter().map(|role| role.code()).collect();
                    serde_json::json!({
                        "email": one.email, "name": one.name, "roles": roles, "ended": one.ended_at.is_some(),
                    })
                })
                .collect();
            vec![serde_json::to_string_pretty(&rows)?]
        }
    })
}
