//! What `oases check` proves of this room beside its enterprises: that people can be found, that days
//! run forwards, that nothing is kept twice, that pointers lead where they should.

use platform::room::{Check, Findings};
use platform::{Cx, own_field};

use crate::resemblance::review::chain;

mod keys;
mod store;
mod told;

use store::Rule;

/// One check a noun; each looks at a table and names the first rows that break a rule.
pub(crate) fn checks() -> Vec<Check> {
    vec![
        Check { name: "people", run: |cx| Box::pin(all(cx, "people", store::PEOPLE)) },
        Check { name: "relations", run: |cx| Box::pin(all(cx, "enterprise_relations", store::RELATIONS)) },
        Check { name: "industries", run: |cx| Box::pin(all(cx, "enterprise_industries", store::INDUSTRIES)) },
        Check { name: "identifiers", run: |cx| Box::pin(all(cx, "enterprise_identifiers", store::IDENTIFIERS)) },
        Check { name: "groups", run: |cx| Box::pin(all(cx, "enterprises", store::GROUPS)) },
        Check { name: "enterprise names", run: |cx| Box::pin(keys::whole(cx)) },
        Check { name: "enterprise tiers", run: |cx| Box::pin(told::tiers(cx)) },
        Check { name: "people as told", run: |cx| Box::pin(told::people(cx)) },
        Check { name: "histories", run: |cx| Box::pin(histories(cx)) },
        Check { name: "resemblance decisions", run: |cx| Box::pin(chain::check(cx)) },
        Check { name: "own values of enterprises", run: |cx| Box::pin(own_values(cx, "enterprise")) },
        Check { name: "own values of people", run: |cx| Box::pin(own_values(cx, "person")) },
        Check { name: "merges", run: |cx| Box::pin(all(cx, "enterprise_merges", store::MERGES)) },
    ]
}

async fn own_values(cx: &mut Cx, subject: &'static str) -> platform::Result<Findings> {
    own_field::misplaced(cx, subject, |cx, after| Box::pin(store::saying(cx, subject, after))).await
}

async fn all(cx: &mut Cx, table: &'static str, rules: &[Rule]) -> platform::Result<Findings> {
    let looked_at = store::count(cx, table).await?.unsigned_abs();
    let mut wrong = Vec::new();
    for (words, sql) in rules {
        let rows = store::breaking(cx, sql).await?;
        wrong.extend(rows.into_iter().map(|subject| format!("{subject} {words}")));
    }
    Ok(Findings { looked_at, wrong })
}

/// Whatever is held was once registered, and the audit tells of it.
async fn histories(cx: &mut Cx) -> platform::Result<Findings> {
    let mut findings = Findings::default();
    for (kind, table, shown) in [("enterprise", "enterprises", "reference"), ("person", "people", "name")] {
        findings.looked_at += store::count(cx, table).await?.unsigned_abs();
        let untold = platform::audit::read::untold(cx, kind, table, shown, 20).await?;
        findings.wrong.extend(untold.into_iter().map(|subject| format!("{subject} has no history")));
    }
    Ok(findings)
}
