//! Export of enterprises: just what the list shows, page by page, with a name in each language as import takes it.

use std::collections::HashMap;

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, own_cells, text};
use platform::forms::Form;
use platform::order::Place;
use platform::own_field;
use platform::permission::Permission;
use platform::{Cx, Id, Result};

use super::list::{self, Filter};
use super::{Enterprise, SUBJECT, store};
use crate::READ;
use crate::name::{self, Name};

pub struct Enterprises;

/// Which languages each column of names is for.
const LANGUAGES: [fn(&str) -> bool; 4] = [
    |language| language == "en",
    |language| language == "zh-Hant",
    |language| language == "zh-Hans",
    |language| !["en", "zh-Hant", "zh-Hans"].contains(&language),
];

/// The name for a column: one that is shown, else one of its own in force, no former one if there is another.
fn likeliest<'a>(held: &Enterprise, names: &'a [Name], fits: fn(&str) -> bool, today: time::Date) -> Option<&'a str> {
    let ended = |name: &Name| name.valid_to.is_some_and(|last| last < today);
    let rank = |name: &&Name| {
        let former = ended(name) || name.kind == "former";
        (!name::is_shown(held, name), name.enterprise_id != held.id, former, name.id)
    };
    names.iter().filter(|name| fits(&name.language)).min_by_key(rank).map(|name| name.name.as_str())
}

/// The references of parents within reach, each that of the record that stands for it.
async fn parents(cx: &mut Cx, held: &[Enterprise]) -> Result<HashMap<Id, String>> {
    let ids: Vec<Id> = held.iter().filter_map(|one| one.parent_id).collect();
    let parents = store::by_ids(cx, &ids).await?;
    let standing: Vec<Id> = parents.iter().map(|parent| parent.survivor_id).collect();
    let references: HashMap<Id, String> =
        store::by_ids(cx, &standing).await?.into_iter().map(|one| (one.id, one.reference)).collect();
    let named = |parent: Enterprise| Some((parent.id, references.get(&parent.survivor_id)?.clone()));
    Ok(parents.into_iter().filter_map(named).collect())
}

impl ExportKind for Enterprises {
    fn name(&self) -> &'static str {
        "enterprises"
    }

    fn key(&self) -> &'static str {
        "import-enterprises"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("reference", "enterprise-reference"),
            column("name", "enterprise-name"),
            column("second_name", "enterprise-second-name"),
            column("name_en", "enterprise-name-en"),
            column("name_zh_hant", "enterprise-name-zh-hant"),
            column("name_zh_hans", "enterprise-name-zh-hans"),
            column("name_other", "enterprise-name-other"),
            column("parent", "enterprise-parent"),
            column("kind", "enterprise-kind"),
            column("reporting_origin", "enterprise-reporting-origin"),
            column("incorporation", "enterprise-incorporation"),
            column("headquarters", "enterprise-headquarters"),
            column("main_listing", "enterprise-main-listing"),
            column("value_chain", "enterprise-value-chain"),
            column("website", "enterprise-website"),
            column("description", "enterprise-description"),
            column("tier", "enterprise-tier"),
            column("industries", "enterprise-industries"),
            column("owner", "enterprise-owner-id"),
            column("team", "enterprise-team-id"),
            column("created", "enterprise-created"),
            column("updated", "enterprise-updated"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["q", "industry", "origin", "kind", "tier", "owner", "team", "retired", own_field::PARAMETER, "ids", "sort"]
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let filter = Filter { place: Place::after(mark), ..Filter::asked(cx, &Form::decode(query))? };
            let page = list::page(cx, &filter, 1_000).await?;
            let ids: Vec<Id> = page.rows.iter().map(|held| held.id).collect();
            let industries = list::industries(cx, &ids).await?;
            let (names, today) = (name::of_many(cx, &ids).await?, cx.today());
            let (owners, teams) = list::holders(cx, &page.rows).await?;
            let parents = parents(cx, &page.rows).await?;
            for enterprise in &page.rows {
                cx.look("enterprise", enterprise.id, &enterprise.name, enterprise.tier());
            }
            let rows = page
                .rows
                .into_iter()
                .map(|held| {
                    let tier = held.tier().code();
                    let names = names.get(&held.id).map(Vec::as_slice).unwrap_or_default();
                    let [en, hant, hans, other] = LANGUAGES.map(|fits| text(likeliest(&held, names, fits, today)));
                    let own = own_cells(cx, SUBJECT, &held.own);
                    let mut row = vec![
                        Cell::Text(held.reference),
                        Cell::Text(held.name),
                        text(held.second_name.as_deref()),
                        en,
                        hant,
                        hans,
                        other,
                        text(held.parent_id.and_then(|id| parents.get(&id)).map(String::as_str)),
                        Cell::Text(held.kind),
                        text(held.reporting_origin.as_deref()),
                        text(held.incorporation.as_deref()),
                        text(held.headquarters.as_deref()),
                        text(held.main_listing.as_deref()),
                        text(held.value_chain.as_deref()),
                        text(held.website.as_deref()),
                        text(held.description.as_deref()),
                        Cell::Text(tier.to_owned()),
                        text(industries.get(&held.id).map(|codes| codes.join("; ")).as_deref()),
                        text(held.owner_id.and_then(|id| owners.get(&id)).map(String::as_str)),
                        text(held.team_id.and_then(|id| teams.get(&id)).map(String::as_str)),
                        Cell::Text(held.created_at.to_string()),
                        Cell::Text(held.updated_at.to_string()),
                    ];
                    row.extend(own);
                    row
                })
                .collect();
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
