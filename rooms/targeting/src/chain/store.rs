//! SQL of the chains.

use platform::sql::{Sql, insert_many};
use platform::{Cx, Result};

use super::Place;

pub(super) async fn replace(cx: &mut Cx, places: &[Place]) -> Result<()> {
    Sql::new("DELETE FROM chain_links").execute(cx).await?;
    Sql::new("DELETE FROM chain_places").execute(cx).await?;
    let rows = places
        .iter()
        .map(|place| vec![place.code.clone().into(), place.industry.clone().into(), place.position.clone().into()]);
    insert_many(cx, "INSERT INTO chain_places (code, industry, position)", "", rows.collect()).await?;
    let links = places.iter().flat_map(|place| {
        place.feeds.iter().map(|downstream| vec![place.code.clone().into(), downstream.clone().into()])
    });
    insert_many(cx, "INSERT INTO chain_links (upstream, downstream)", "", links.collect()).await?;
    Ok(())
}

/// A place with its industry and position.
pub(super) async fn places(cx: &mut Cx) -> Result<Vec<(String, String, String)>> {
    Sql::new("SELECT code, industry, position FROM chain_places ORDER BY code").fetch_all(cx).await
}

pub(super) async fn links(cx: &mut Cx) -> Result<Vec<(String, String)>> {
    Sql::new("SELECT upstream, downstream FROM chain_links ORDER BY upstream, downstream").fetch_all(cx).await
}

/// The places of enterprises that have agreed to come, landed or operate, as far as the whole office may see them.
pub(super) async fn held(cx: &mut Cx) -> Result<Vec<String>> {
    let mut sql = Sql::new(
        "SELECT DISTINCT c.code FROM projects_project_brief p \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief s ON s.id = b.survivor_id \
         JOIN directory_enterprise_position v ON v.id = s.id \
         JOIN directory_enterprise_industry i ON i.survivor_id = s.id AND i.superseded_at IS NULL \
         JOIN chain_places c ON c.industry = i.industry AND c.position = v.value_chain \
         WHERE p.stage IN ('agreed', 'landed', 'operating') AND p.status IN ('active', 'delayed', 'downsized') \
         AND p.retired_at IS NULL AND s.retired_at IS NULL AND p.tier <= 1 AND s.tier <= 1 AND (i.valid_from IS NULL OR i.valid_from <= ",
    );
    sql.bind(cx.today()).push(") AND (i.valid_to IS NULL OR i.valid_to >= ").bind(cx.today());
    sql.push(") ORDER BY c.code");
    let rows: Vec<(String,)> = sql.fetch_all(cx).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}
