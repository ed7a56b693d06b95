//! What `oases check` proves of accounts: that each may do what somebody has given it, and has ended where somebody ended it.

use platform::audit::proof::{PAGE, is_enough, said, unlike};
use platform::room::{Check, Findings};
use platform::{Cx, Id, Result};

use super::store;

/// The fields that say what an account may do; a partner's case officer sees what is its body's.
const FIELDS: [(&str, Option<&str>); 3] = [("email", None), ("roles", None), ("body", None)];

const VERBS: [&str; 2] = ["account.ended", "account.restored"];

pub(crate) fn check() -> Check {
    Check { name: "accounts", run: |cx| Box::pin(whole(cx)) }
}

async fn whole(cx: &mut Cx) -> Result<Findings> {
    let mut findings =
        unlike(cx, "account", &FIELDS, |cx, after, limit| Box::pin(store::held(cx, after, limit))).await?;
    let mut after = Id(0);
    loop {
        let accounts = store::ended(cx, after, PAGE).await?;
        let Some(last) = accounts.last().map(|(id, ..)| *id) else { return Ok(findings) };
        let entries = said(cx, "account", after, Some(last), &VERBS).await?;
        for (id, email, ended) in accounts {
            let told = entries.iter().rfind(|entry| entry.subject_id == id);
            if told.is_some_and(|entry| entry.verb == "account.ended") != ended {
                let is = if ended { "has ended" } else { "has not ended" };
                findings.wrong.push(format!("{email} {is}, and the audit says otherwise"));
            }
        }
        if is_enough(&mut findings) {
            return Ok(findings);
        }
        after = last;
    }
}
