//! What `oases check` proves of projects.

use platform::audit::proof::unlike;
use platform::own_field;
use platform::room::{Check, Findings};

use super::SUBJECT;
use crate::stage;

mod store;

/// Stage and status fit; the stage is the last passage's; what signed or commenced was attracted by
/// then, and what commenced has evidence.
pub fn check() -> Check {
    Check {
        name: "projects",
        run: |cx| {
            Box::pin(async move {
                let (looked_at, mut wrong) = store::check(cx).await?;
                for (reference, stage, status) in store::pairs(cx).await? {
                    if !stage::fits(&stage, &status) {
                        wrong.push(format!("{reference} is {status} at {stage}"));
                    }
                }
                let own = own_field::misplaced(cx, SUBJECT, |cx, after| Box::pin(store::saying(cx, after))).await?;
                wrong.extend(own.wrong);
                Ok(Findings { looked_at, wrong })
            })
        },
    }
}

/// Each project is as easy to see as the audit last said.
pub fn check_tiers() -> Check {
    Check {
        name: "project tiers",
        run: |cx| {
            let fields = &[("tier", Some("office"))];
            Box::pin(unlike(cx, "project", fields, |cx, after, limit| Box::pin(store::tiers(cx, after, limit))))
        },
    }
}
