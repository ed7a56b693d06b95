//! Fields that the office adds by itself, without a change of the program: what there is to say of an enterprise
//! besides the standard fields, in which kind of value, who sees it and who edits it.
//!
//! A value is a part of its record and travels with it through the record's own verbs, so that permissions, versions,
//! audit, imports and merges hold for it as for any field; its name there is `own.` and the field's code. Records keep
//! their values in a column `own`; beside it each value stands in an index of its own, by which lists find it. A field
//! is retired, never removed: forms stop asking, and what was said stays.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, RwLock};

use serde::Serialize;
use sqlx::FromRow;
use time::Date;

use crate::clock::At;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::permission::{Actor, Permission, Role, Scope};
use crate::text::{Language, kebab};

mod define;
mod edit;
mod filter;
mod history;
mod store;
mod value;

pub use define::{Definition, GivenChoice, change, define, mapped, restore, retire, subject_key};
pub use edit::Edit;
pub(crate) use filter::is_parameter;
pub use filter::{PARAMETER, Wanted, condition, wanted};
pub(crate) use history::leave_unseen;
pub(crate) use value::steps;
pub use value::{Given, Own, Said, checked, index, misplaced, told};

/// Knowing which fields there are, as far as one sees what is said in them.
pub const READ: Permission = Permission::read(
    "office.own_field.read",
    &[
        (Role::Administrator, Scope::All),
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::All),
        (Role::Officer, Scope::All),
        (Role::PartnerOfficer, Scope::All),
        (Role::CommitteeMember, Scope::All),
        (Role::Auditor, Scope::All),
        (Role::ReadOnly, Scope::All),
    ],
);
/// Defining, changing and retiring them.
pub const DEFINE: Permission = Permission::write("office.own_field.define", &[(Role::Administrator, Scope::All)]);

/// What begins the name of such a field wherever it stands beside standard ones.
pub const PREFIX: &str = "own.";

/// The kinds of record that may have fields of the office's own.
pub const SUBJECTS: [&str; 3] = ["enterprise", "person", "project"];

/// The kinds of value, as they are kept and as the API names them.
pub const KINDS: [&str; 5] = ["text", "number", "day", "choice", "yes_no"];

/// The least roles that may see a field, from the widest circle to the narrowest. Auditors see what directors see;
/// administrators define fields and see what anybody in the office does.
pub const SEES: [Role; 5] = [Role::PartnerOfficer, Role::ReadOnly, Role::Officer, Role::TeamLead, Role::Director];

/// The least roles that may edit what is said in a field.
pub const EDITS: [Role; 3] = [Role::Officer, Role::TeamLead, Role::Director];

fn reach(role: Role) -> u8 {
    match role {
        Role::PartnerOfficer | Role::CommitteeMember => 0,
        Role::ReadOnly | Role::Administrator => 1,
        Role::Officer => 2,
        Role::TeamLead => 3,
        Role::Director | Role::Auditor => 4,
    }
}

/// A field as it stands in the registry.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct OwnField {
    pub id: Id,
    /// enterprise, person or project.
    pub subject: String,
    pub code: String,
    /// text, number, day, choice or yes_no.
    pub kind: String,
    pub label_en: String,
    pub label_zh_hant: String,
    pub label_zh_hans: String,
    pub note: String,
    pub valid_from: Date,
    /// The last day on which forms ask for it.
    pub valid_to: Option<Date>,
    /// The least role that sees it: partner_officer, read_only, officer, team_lead or director.
    pub see_role: String,
    /// The least role that edits it: officer, team_lead or director.
    pub edit_role: String,
    pub personal: bool,
    pub filterable: bool,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
}

impl OwnField {
    /// Its name beside standard fields: `own.` and its code.
    pub fn name(&self) -> &'static str {
        interned(&format!("{PREFIX}{}", self.code))
    }

    /// The text key of its label.
    pub fn key(&self) -> &'static str {
        interned(&format!("{}-own-{}", self.subject, kebab(&self.code)))
    }

    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::English => &self.label_en,
            Language::Traditional => &self.label_zh_hant,
            Language::Simplified => &self.label_zh_hans,
        }
    }

    /// The code list that holds the choices of a field that has them.
    pub fn list(&self) -> String {
        list_of(&self.subject, &self.code)
    }

    pub fn is_choice(&self) -> bool {
        self.kind == "choice"
    }

    /// Whether forms ask for it on a day.
    pub fn is_asked(&self, day: Date) -> bool {
        self.retired_at.is_none() && self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    fn seen_by(&self, actor: &Actor) -> bool {
        let least = Role::from_code(&self.see_role).map_or(u8::MAX, reach);
        actor.roles.iter().any(|role| reach(*role) >= least)
    }

    fn edited_by(&self, actor: &Actor) -> bool {
        let least = Role::from_code(&self.edit_role).map_or(u8::MAX, reach);
        let writes = actor.roles.iter().filter(|role| EDITS.contains(role));
        self.seen_by(actor) && writes.into_iter().any(|role| reach(*role) >= least)
    }
}

/// What begins the names of the filters of a kind of record.
fn list_words(subject: &str) -> &'static str {
    match subject {
        "person" => "people",
        "project" => "project-list",
        _ => "enterprise-list",
    }
}

/// The code list of a field's choices.
pub fn list_of(subject: &str, code: &str) -> String {
    format!("own_{subject}_{code}")
}

/// The code of a field by its name beside standard ones, if it is one of the office's own.
pub fn code_of(field: &str) -> Option<&str> {
    field.strip_prefix(PREFIX)
}

/// A word that lives as long as the program, as columns name theirs. An office has a few dozen fields, and their codes
/// stay.
pub fn interned(word: &str) -> &'static str {
    static HELD: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut held = HELD.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(known) = held.get(word) {
        return known;
    }
    let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
    held.insert(kept);
    kept
}

/// The registry, read at start and after each change.
#[derive(Debug, Default)]
pub struct OwnFields(RwLock<Arc<Vec<OwnField>>>);

impl OwnFields {
    fn all(&self) -> Arc<Vec<OwnField>> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    pub async fn reload(&self, cx: &mut Cx) -> Result<()> {
        let fields = store::all(cx).await?;
        let mut words = HashMap::new();
        for field in &fields {
            for language in Language::ALL {
                let (subject, code) = (&field.subject, kebab(&field.code));
                let label = field.label(language).to_owned();
                for key in [
                    format!("{subject}-own-{code}"),
                    format!("{}-own-{code}", list_words(subject)),
                    format!("codes-list-own-{subject}-{code}"),
                ] {
                    words.insert((language, key), label.clone());
                }
                if !field.note.is_empty() {
                    words.insert((language, format!("{subject}-own-{code}-hint")), field.note.clone());
                }
            }
        }
        cx.house.texts.add_own(words);
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(fields);
        Ok(())
    }
}

/// The registry as this request sees it: the same from its first look to its last, whatever is defined meanwhile.
#[derive(Default)]
struct Seen(Mutex<Option<Arc<Vec<OwnField>>>>);

fn registry(cx: &Cx) -> Arc<Vec<OwnField>> {
    let seen = cx.kept.get::<Seen>();
    let mut seen = seen.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    seen.get_or_insert_with(|| cx.house.own_fields.all()).clone()
}

/// The fields of a kind of record that the actor may see, retired ones included, in the order in which they were defined.
pub fn visible(cx: &Cx, subject: &str) -> Vec<OwnField> {
    of_visible(cx, subject, OwnField::clone)
}

/// What is made of each of them: where a page of records asks, no field is copied for every record.
pub(crate) fn of_visible<T>(cx: &Cx, subject: &str, each: impl FnMut(&OwnField) -> T) -> Vec<T> {
    let Some(actor) = &cx.actor else { return Vec::new() };
    registry(cx).iter().filter(|field| field.subject == subject && field.seen_by(actor)).map(each).collect()
}

/// Those that a form asks the actor for today.
pub fn asked(cx: &Cx, subject: &str) -> Vec<OwnField> {
    let Some(actor) = &cx.actor else { return Vec::new() };
    let today = cx.today();
    visible(cx, subject).into_iter().filter(|field| field.edited_by(actor) && field.is_asked(today)).collect()
}

/// All fields of a kind of record, whoever may see them: for what is written down of a change, which each reader is told
/// as far as they see.
pub fn ever(cx: &Cx, subject: &str) -> Vec<OwnField> {
    registry(cx).iter().filter(|field| field.subject == subject).cloned().collect()
}

/// A field by its name beside standard ones, whoever may see it.
fn known(cx: &Cx, subject: &str, name: &str) -> Option<OwnField> {
    let code = code_of(name)?;
    registry(cx).iter().find(|field| field.subject == subject && field.code == code).cloned()
}

/// Whether a name is of a field of the office's own that the actor may not see: to them there is none of that name.
pub fn is_hidden(cx: &Cx, subject: &str, name: &str) -> bool {
    if code_of(name).is_none() {
        return false;
    }
    match (known(cx, subject, name), &cx.actor) {
        (Some(field), Some(actor)) => !field.seen_by(actor),
        _ => true,
    }
}

/// Whether the actor edits the field of this name.
pub fn is_edited(cx: &Cx, subject: &str, name: &str) -> bool {
    match (known(cx, subject, name), &cx.actor) {
        (Some(field), Some(actor)) => field.edited_by(actor),
        _ => false,
    }
}

/// What the field of this name is called in the reader's language.
pub fn label(cx: &Cx, subject: &str, name: &str) -> String {
    known(cx, subject, name).map_or_else(|| name.to_owned(), |field| field.label(cx.language).to_owned())
}

/// All fields, for those who define them; for others those that they see.
pub fn all(cx: &Cx) -> Result<Vec<OwnField>> {
    cx.require(&READ)?;
    if cx.may(&DEFINE) {
        return Ok(registry(cx).to_vec());
    }
    Ok(SUBJECTS.iter().flat_map(|subject| visible(cx, subject)).collect())
}

/// One field of the registry, for those who define them.
pub fn get(cx: &Cx, subject: &str, code: &str) -> Result<OwnField> {
    cx.require(&READ)?;
    let found = all(cx)?.into_iter().find(|field| field.subject == subject && field.code == code);
    found.ok_or(crate::Error::NotFound)
}
