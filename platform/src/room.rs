//! What a room hands to the house: its tables, words, permissions, pages, and what it offers
//! to its neighbours without their knowing it.

use std::collections::HashMap;

use futures::future::BoxFuture;

use crate::cx::Cx;
use crate::db::Migration;
use crate::error::Result;
use crate::export::ExportKind;
use crate::id::Id;
use crate::import::ImportKind;
use crate::jobs::JobKind;
use crate::pack::PackTable;
use crate::permission::Permission;
use crate::web::{ApiRoutes, Routes};

/// A room's offering; `app` lists the rooms and nothing else does.
#[derive(Default)]
pub struct Room {
    pub name: &'static str,
    pub migrations: Vec<Migration>,
    /// (language code, Fluent text).
    pub texts: Vec<(&'static str, &'static str)>,
    pub permissions: Vec<&'static Permission>,
    pub routes: Routes,
    pub api: ApiRoutes,
    pub nav: Vec<Nav>,
    /// (start of an address, address of the rail's entry that its pages belong to), where the one is no part of the other.
    pub belongs: Vec<(&'static str, &'static str)>,
    pub tabs: Vec<Tab>,
    pub relations: Vec<Relation>,
    pub sights: Vec<Sight>,
    pub named: Vec<Named>,
    pub imports: Vec<&'static dyn ImportKind>,
    pub exports: Vec<&'static dyn ExportKind>,
    pub jobs: Vec<JobKind>,
    /// (verb of a change, name of the job it causes); the job's payload is `{"subject": id}`.
    pub listeners: Vec<(&'static str, &'static str)>,
    pub finders: Vec<Finder>,
    /// (kind of a finder, address of the list that takes `q`).
    pub lists: Vec<(&'static str, &'static str)>,
    pub actions: Vec<Action>,
    pub checks: Vec<Check>,
    /// What this room keeps of the pack, shown as it stands.
    pub pack: Vec<PackTable>,
}

/// An entry of the left rail, shown to those who may.
#[derive(Clone, Copy, Debug)]
pub struct Nav {
    pub key: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub permission: &'static Permission,
    /// Where it stands in the rail.
    pub place: u8,
}

/// A tab that a room adds to another room's record page, by address:
/// `of: "enterprise", suffix: "projects"` is `/enterprises/{id}/projects`.
#[derive(Clone, Copy, Debug)]
pub struct Tab {
    pub of: &'static str,
    pub key: &'static str,
    pub suffix: &'static str,
    pub permission: &'static Permission,
    pub place: u8,
}

/// A column that points at another room's record, so that a merge can count what will follow
/// and the schema test can prove that none was forgotten.
#[derive(Clone, Copy)]
pub struct Relation {
    pub of: &'static str,
    pub table: &'static str,
    pub column: &'static str,
    /// Text key of its name with `{ $n }`.
    pub key: &'static str,
    /// How many rows point at any of these records.
    pub count: for<'a> fn(&'a mut Cx, &'a [Id]) -> BoxFuture<'a, Result<i64>>,
    /// How many of them, not retired themselves, would be left without a record that an undone import retired; nothing
    /// where they are parts of the record, or tell of themselves in its history.
    pub standing: Option<Standing>,
}

/// Counts what stands on any of these records.
pub type Standing = for<'a> fn(&'a mut Cx, &'a [Id]) -> BoxFuture<'a, Result<i64>>;

/// Which records of a kind the actor may see: what is out of reach is not named in another's history,
/// whoever could see it when the history was written.
#[derive(Clone, Copy)]
pub struct Sight {
    pub kind: &'static str,
    /// Fields under which an entry tells of two such records at once, so that its note and its other fields are of both:
    /// where the one named there is out of reach, nothing of the entry is shown.
    pub both: &'static [&'static str],
    /// Of these records those within reach.
    pub seen: for<'a> fn(&'a mut Cx, &'a [Id]) -> BoxFuture<'a, Result<Vec<Id>>>,
}

/// What records of a kind are called that have a name in each language of ours: a history tells each in its reader's.
#[derive(Clone, Copy)]
pub struct Named {
    pub kind: &'static str,
    /// All of them, ended ones included: there are few.
    pub names: for<'a> fn(&'a mut Cx) -> BoxFuture<'a, Result<HashMap<Id, String>>>,
}

/// What the command palette and the search page ask every room.
#[derive(Clone, Copy)]
pub struct Finder {
    pub kind: &'static str,
    /// Text key of the kind's name.
    pub key: &'static str,
    pub permission: &'static Permission,
    pub find: for<'a> fn(&'a mut Cx, &'a str, i64) -> BoxFuture<'a, Result<Vec<Found>>>,
}

/// Something to do, or a page to go to, that the command palette offers by its words.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    pub key: &'static str,
    pub href: &'static str,
    pub permission: &'static Permission,
}

/// One record found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Found {
    pub kind: &'static str,
    pub label: String,
    pub sublabel: String,
    pub href: String,
    /// BCP 47 tag of the label where it is not the reader's language, for fonts and screen readers.
    pub lang: String,
}

/// A proof of consistency that `oases check` runs.
#[derive(Clone, Copy)]
pub struct Check {
    pub name: &'static str,
    pub run: for<'a> fn(&'a mut Cx) -> BoxFuture<'a, Result<Findings>>,
}

/// What a check looked at, and what it found wrong, in words for the operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub looked_at: u64,
    pub wrong: Vec<String>,
}
