//! `oases own-field`: fields of the office's own from the machine itself.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use platform::forms::Loose;
use platform::house::House;
use platform::own_field::{self, Definition, GivenChoice, OwnField};
use registry::own_field::Uses;

use crate::say::said;

use super::{Format, csv_lines, operator};

#[derive(Subcommand)]
pub enum OwnFieldCommand {
    /// Lists all fields, retired ones included.
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Defines a field.
    Define(Box<DefineArgs>),
    /// Has forms and imports ask for a field no more; what was said in it stays.
    Retire {
        /// enterprise, person or project.
        subject: String,
        code: String,
        #[arg(long)]
        reason: String,
        /// Also where saved views or remembered mappings use it, which are named otherwise.
        #[arg(long)]
        used: bool,
    },
}

#[derive(Args)]
pub struct DefineArgs {
    /// enterprise, person or project.
    subject: String,
    /// Small letters, digits and underscores; in files and filters it is own.CODE.
    code: String,
    /// text, number, day, choice or yes_no.
    #[arg(long)]
    kind: String,
    /// The label in English.
    #[arg(long, value_name = "LABEL")]
    en: String,
    /// The label in Traditional Chinese.
    #[arg(long, value_name = "LABEL")]
    zh_hant: String,
    /// The label in Simplified Chinese.
    #[arg(long, value_name = "LABEL")]
    zh_hans: String,
    /// What it is for, shown under it in forms.
    #[arg(long, default_value = "")]
    note: String,
    /// The first day on which forms ask for it; today when absent.
    #[arg(long, default_value = "", value_name = "DATE")]
    from: String,
    /// The last one.
    #[arg(long, default_value = "", value_name = "DATE")]
    to: String,
    /// The least role that sees it: partner_officer, read_only, officer, team_lead or director.
    #[arg(long, default_value = "", value_name = "ROLE")]
    see: String,
    /// The least role that edits it: officer, team_lead or director.
    #[arg(long, default_value = "", value_name = "ROLE")]
    edit: String,
    /// What is said there is personal data.
    #[arg(long)]
    personal: bool,
    /// Lists can be narrowed by it.
    #[arg(long)]
    filterable: bool,
    /// A choice of a field of kind choice: code|English|繁體|简体; may be given several times.
    #[arg(long = "choice", value_name = "CHOICE")]
    choices: Vec<String>,
}

pub async fn run(house: &Arc<House>, command: OwnFieldCommand) -> Result<()> {
    let mut cx = operator(house);
    match command {
        OwnFieldCommand::List { format } => {
            let fields = own_field::all(&cx).map_err(|error| said(&cx, error))?;
            let lines = listed(&fields, format).map_err(|error| said(&cx, error))?;
            for line in lines {
                say!("{line}")?;
            }
        }
        OwnFieldCommand::Define(args) => {
            let given = Definition {
                label_en: args.en,
                label_zh_hant: args.zh_hant,
                label_zh_hans: args.zh_hans,
                note: args.note,
                valid_from: Loose(args.from),
                valid_to: Loose(args.to),
                see_role: args.see,
                edit_role: args.edit,
                personal: args.personal,
                filterable: args.filterable,
                choices: GivenChoice::lines(&args.choices.join("\n")),
            };
            let defined = own_field::define(&mut cx, &args.subject, &args.code, &args.kind, given).await;
            let field = defined.map_err(|error| said(&cx, error))?;
            cx.commit().await.map_err(|error| said(&operator(house), error))?;
            say!("{}", field.name())?;
        }
        OwnFieldCommand::Retire { subject, code, reason, used } => {
            let field = own_field::get(&cx, &subject, &code).map_err(|error| said(&cx, error))?;
            let uses = registry::own_field::uses(&mut cx, &field).await.map_err(|error| said(&cx, error))?;
            if !uses.is_empty() && !used {
                bail!("{} is used; --used retires it all the same:\n{}", field.name(), told(&uses).join("\n"));
            }
            own_field::retire(&mut cx, &subject, &code, &reason).await.map_err(|error| said(&cx, error))?;
            cx.commit().await.map_err(|error| said(&operator(house), error))?;
        }
    }
    Ok(())
}

fn told(uses: &Uses) -> Vec<String> {
    let view = |name: &Option<String>| {
        name.as_ref().map_or_else(|| "a private view".to_owned(), |name| format!("view “{name}”"))
    };
    let views = uses.views.iter().map(|one| format!("  {} of {}", view(&one.name), one.account));
    let mappings = uses.mappings.iter().map(|one| {
        let account = one.account.as_deref().unwrap_or("the command line");
        format!("  {} remembered mappings of {account}", one.count)
    });
    views.chain(mappings).collect()
}

/// As a table for reading, or with the names of its columns for a program.
fn listed(fields: &[OwnField], format: Format) -> platform::Result<Vec<String>> {
    let state = |field: &OwnField| if field.retired_at.is_some() { "retired" } else { "" };
    let cells = |field: &OwnField| {
        let texts = [&field.subject, &field.code, &field.kind, &field.label_en, &field.see_role, &field.edit_role];
        texts.into_iter().cloned().chain([state(field).to_owned()]).collect::<Vec<String>>()
    };
    Ok(match format {
        Format::Table => fields.iter().map(|field| cells(field).join("\t")).collect(),
        Format::Csv => {
            let headers = ["subject", "code", "kind", "label_en", "see_role", "edit_role", "state"];
            csv_lines(&headers, fields.iter().map(cells))?
        }
        Format::Json => vec![serde_json::to_string_pretty(fields)?],
    })
}
