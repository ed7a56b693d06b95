//! The pages and doors of fields of the office's own: which there are, and what still uses one that is to be retired.

use platform::own_field::{self, DEFINE, OwnField};
use platform::{Cx, Id, Result};

pub mod api;
pub mod pages;

/// A saved view that is narrowed by a field, or shows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = OwnFieldView)]
pub struct ViewUse {
    /// Whose view it is.
    pub account: String,
    /// None for a private one.
    pub name: Option<String>,
}

/// Somebody's remembered mappings of files that fill a field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = OwnFieldMapping)]
pub struct MappingUse {
    /// None for the machine's operator.
    pub account: Option<String>,
    pub count: usize,
}

/// What would miss a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = OwnFieldUses)]
pub struct Uses {
    pub views: Vec<ViewUse>,
    pub mappings: Vec<MappingUse>,
}

impl Uses {
    pub fn is_empty(&self) -> bool {
        self.views.is_empty() && self.mappings.is_empty()
    }
}

/// The list of a kind of record.
fn list(subject: &str) -> &'static str {
    match subject {
        "person" => "/people",
        "project" => "/projects",
        _ => "/enterprises",
    }
}

/// What still uses a field: views that are narrowed by it and mappings that fill it.
pub async fn uses(cx: &mut Cx, field: &OwnField) -> Result<Uses> {
    cx.require(&DEFINE)?;
    let views = identity::view::using(cx, list(&field.subject), field.name()).await?;
    let views = views
        .into_iter()
        .map(|view| ViewUse { account: view.account_name, name: Some(view.name).filter(|name| !name.is_empty()) });
    let mapped = own_field::mapped(cx, field).await?;
    let names = identity::account::names(cx, mapped.iter().map(|(account, _)| *account)).await?;
    let name = |account: Id| names.get(&account).cloned();
    let mappings = mapped.into_iter().map(|(account, count)| MappingUse { account: name(account), count });
    Ok(Uses { views: views.collect(), mappings: mappings.collect() })
}
