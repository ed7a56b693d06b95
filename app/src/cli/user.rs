//! `oases user`: accounts from the machine itself.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use platform::house::House;
use platform::permission::Role;

use super::{operator, said};

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
    List,
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
    let done = match command {
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
            .map(|(_, link)| println!("{link}"))
        }
        UserCommand::List => identity::account::all(&mut cx).await.map(|accounts| {
            for account in accounts {
                let roles: Vec<&str> = account.roles().iter().map(|role| role.code()).collect();
                println!(
                    "{}\t{}\t{}\t{}",
                    account.email,
                    account.name,
                    roles.join(","),
                    if account.ended_at.is_some() { "ended" } else { "" }
                );
            }
        }),
        UserCommand::Reset { email } => match identity::account::by_email(&mut cx, &email).await {
            Ok(Some(id)) => identity::account::reset(&mut cx, id).await.map(|link| println!("{link}")),
            Ok(None) => return Err(anyhow!("there is no account for {email}")),
            Err(error) => Err(error),
        },
        UserCommand::End { email, reason } => match identity::account::by_email(&mut cx, &email).await {
            Ok(Some(id)) => identity::account::end(&mut cx, id, &reason).await,
            Ok(None) => return Err(anyhow!("there is no account for {email}")),
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => cx.commit().await.map_err(|error| said(&operator(house), error)),
        Err(error) => Err(said(&cx, error)),
    }
}
