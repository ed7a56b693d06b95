//! What `oases check` proves of releases: each is the one that was frozen, word for word and value for
//! value, and what was decided about it is what the audit tells.

use std::collections::HashMap;

use platform::audit::Told;
use platform::audit::proof::{Said, said};
use platform::room::{Check, Findings};
use platform::{Cx, Id, Result};
use sha2::{Digest, Sha256};

use super::{Release, store};

const VERBS: [&str; 3] = ["release.frozen", "release.signed_off", "release.withdrawn"];

/// The field of the audit that holds the digest of what was frozen.
pub(super) const DIGEST: &str = "content_digest";

impl Release {
    /// SHA-256 over all that a release says, part by part with the length of each before it.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let (version, as_at, known_at) =
            (self.metric_version.to_string(), self.as_at.to_string(), self.known_at.0.to_string());
        let texts =
            [&self.reference, &self.title, &self.note, &self.definition, &self.measure, &self.words, &self.body];
        for part in texts.into_iter().chain([&version, &as_at, &known_at]) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

pub fn check() -> Check {
    Check { name: "releases", run: |cx| Box::pin(whole(cx)) }
}

async fn whole(cx: &mut Cx) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut after = Id(0);
    loop {
        let releases = store::all(cx, after, 100).await?;
        let last = releases.last().map(|release| release.id);
        let mut told: HashMap<Id, Vec<Said>> = HashMap::new();
        for entry in said(cx, "release", after, last, &VERBS).await? {
            told.entry(entry.subject_id).or_default().push(entry);
        }
        findings.looked_at += releases.len() as u64;
        for release in &releases {
            judge(release, &told.remove(&release.id).unwrap_or_default(), &mut findings.wrong);
        }
        let mut gone: Vec<Id> = told.into_keys().collect();
        gone.sort_unstable();
        findings.wrong.extend(gone.into_iter().map(|id| format!("release {id} was frozen and is not there")));
        match last {
            Some(last) => after = last,
            None => return Ok(findings),
        }
    }
}

fn judge(release: &Release, said: &[Said], wrong: &mut Vec<String>) {
    let name = &release.reference;
    let has = |verb: &str| said.iter().any(|entry| entry.verb == verb);
    let Some(frozen) = said.iter().find(|entry| entry.verb == "release.frozen") else {
        wrong.push(format!("{name} was frozen by nobody, as the audit has it"));
        return;
    };
    let fields = frozen.fields();
    let kept = |field: &str| fields.iter().find(|one| one.field == field).map(|one| &one.new);
    let is = |field: &str, held: &Told| kept(field).is_none_or(|kept| kept == held);
    let alike = is(DIGEST, &Told::Text(release.digest()))
        && is("metric_version", &Told::Number(release.metric_version))
        && is("as_at", &Told::Day(release.as_at))
        && is("known_at", &Told::At(release.known_at));
    if !alike {
        wrong.push(format!("{name} is not what was frozen"));
    }
    if has("release.signed_off") != release.signed_at.is_some() {
        wrong.push(format!("{name} is signed off otherwise than the audit tells"));
    }
    if has("release.withdrawn") != release.withdrawn_at.is_some() {
        wrong.push(format!("{name} is withdrawn otherwise than the audit tells"));
    }
}

#[cfg(test)]
mod tests {
    use platform::both_databases;
    use platform::db::Dialect;
    use platform::sql::Sql;

    use super::check;
    use crate::crosstab::tests::cast;
    use crate::release::{NewRelease, freeze, sign_off};
    use crate::tests::Office;

    #[both_databases]
    async fn a_release_altered_beneath_its_triggers_is_found(office: Office) {
        cast(&office).await;
        let (one, other) = (office.director(), office.director());
        let mut cx = one.cx();
        let new = NewRelease {
            title: "Table for the Council".into(),
            note: "asked on 11 December".into(),
            definition: "rows=industry&measure=enterprises_attracted&as_at=2024-11-11".into(),
        };
        let release = freeze(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
        let mut cx = other.cx();
        sign_off(&mut cx, release.id, "checked").await.unwrap();
        cx.commit().await.unwrap();
        let mut cx = office.operator();
        assert_eq!((check().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
        cx.undo().await.unwrap();
        for (statement, said) in [
            ("UPDATE releases SET body = body || ' '", "is not what was frozen"),
            ("UPDATE releases SET as_at = '2024-11-12'", "is not what was frozen"),
            ("DELETE FROM release_signatures", "is signed off otherwise than the audit tells"),
        ] {
            let mut cx = office.operator();
            let guards: &[&'static str] = match cx.dialect() {
                Dialect::Sqlite => &["DROP TRIGGER releases_no_update", "DROP TRIGGER release_signatures_no_delete"],
                Dialect::Postgres => &["SET LOCAL session_replication_role = replica"],
            };
            for guard in guards {
                Sql::new(guard).execute(&mut cx).await.unwrap();
            }
            Sql::new(statement).execute(&mut cx).await.unwrap();
            let wrong = (check().run)(&mut cx).await.unwrap().wrong;
            assert!(wrong.iter().any(|one| one.contains(said)), "{statement}: {wrong:?}");
            cx.undo().await.unwrap();
        }
    }
}
