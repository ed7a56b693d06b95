//! Who may do what: the table of roles and actions, as the rooms declare it.

use std::fmt::Write;

use platform::pages::Html;
use platform::permission::{Permission, Role, Scope};
use platform::text::kebab;

pub mod pages;

/// One action: its name, whether it changes anything, and each role's scope in the order of
/// [`Role::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub name: &'static str,
    pub writes: bool,
    pub scopes: Vec<Option<Scope>>,
}

/// Every action of the house, by name.
pub fn table(permissions: &[&'static Permission]) -> Vec<Line> {
    let mut lines: Vec<Line> = permissions
        .iter()
        .map(|permission| Line {
            name: permission.name,
            writes: permission.writes,
            scopes: Role::ALL
                .iter()
                .map(|role| permission.grants.iter().filter(|(to, _)| to == role).map(|(_, scope)| *scope).max())
                .collect(),
        })
        .collect();
    lines.sort_by_key(|line| line.name);
    lines.dedup();
    lines
}

/// The text key of a scope's name.
pub fn scope_key(scope: Scope) -> &'static str {
    match scope {
        Scope::Own => "scope-own",
        Scope::Team => "scope-team",
        Scope::All => "scope-all",
    }
}

/// The text key of what an action is called.
pub fn words_key(name: &str) -> String {
    format!("permission-{}", kebab(name))
}

/// An action's name, which may be broken after each of its parts.
pub fn in_parts(name: &str) -> Html {
    Html(Html::escape(name).0.replace('.', ".<wbr>"))
}

/// The table as `docs/ROLES.md` holds it; codes, not words, since the file has one language.
pub fn markdown(permissions: &[&'static Permission]) -> String {
    let mut text = String::from(
        "# Roles and actions\n\n\
         Which role may do what, and on which records: `own`, those of its `team`, or `all` within its reach. Printed by a\n\
         test from what the rooms declare; the page `/admin/roles` shows the same. A record's tier is asked first: what a\n\
         reader may not see is not found, whatever the table says.\n\n| action | |",
    );
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.code());
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    text.push('\n');
    for line in table(permissions) {
        let _ = write!(text, "| `{}` | {} |", line.name, if line.writes { "writes" } else { "reads" });
        for scope in line.scopes {
            let word = match scope {
                None => "",
                Some(Scope::Own) => "own",
                Some(Scope::Team) => "team",
                Some(Scope::All) => "all",
            };
            let _ = write!(text, " {word} |");
        }
        text.push('\n');
    }
    text
}
