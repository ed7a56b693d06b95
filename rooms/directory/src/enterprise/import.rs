//! Import of enterprises: the columns a file may have, and what a row says.

use std::sync::Arc;

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::forms::Loose;
use platform::house::House;
use platform::import::{Column, ImportKind, Later, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Error, Problems, Result};

use super::new::{Checked, NewEnterprise, NewIdentifier, NewName};
use super::{SUBJECT, batch};
use crate::{EDIT, resemblance};

pub struct Enterprises;

/// The column of references that another office gave.
pub(super) const ELSEWHERE: &str = "reference_elsewhere";

const COLUMNS: &[Column] = &[
    column("reference", "enterprise-reference", &["enterprise reference"], false),
    column(ELSEWHERE, "enterprise-reference-elsewhere", &["reference at another office"], false),
    column("name", "enterprise-name", &["company", "company name", "enterprise"], false),
    column("second_name", "enterprise-second-name", &[], false),
    column("name_en", "enterprise-name-en", &["english name"], false),
    column("name_zh_hant", "enterprise-name-zh-hant", &["name_zh", "chinese name", "中文名稱", "名稱"], false),
    column("name_zh_hans", "enterprise-name-zh-hans", &["中文名称", "名称"], false),
    column("name_other", "enterprise-name-other", &["other name", "native name"], false),
    column("lei", "enterprise-lei", &[], false),
    column("registry", "enterprise-registry", &["register"], false),
    column("registry_number", "enterprise-registry-number", &["registration number", "company number"], false),
    column("exchange", "enterprise-exchange", &["stock exchange", "mic"], false),
    column("listing_code", "enterprise-listing-code", &["stock code", "ticker"], false),
    column("parent", "enterprise-parent", &["parent company", "group"], false),
    column("reporting_origin", "enterprise-reporting-origin", &["origin", "country"], false),
    column("incorporation", "enterprise-incorporation", &["place of incorporation"], false),
    column("headquarters", "enterprise-headquarters", &["hq"], false),
    column("main_listing", "enterprise-main-listing", &["listing"], false),
    column("industry", "enterprise-industry", &["industries", "sector"], false),
    column("value_chain", "enterprise-value-chain", &[], false),
    column("kind", "enterprise-kind", &[], false),
    column("website", "enterprise-website", &["web", "url"], false),
    column("description", "enterprise-description", &["note", "notes"], false),
    column("tier", "enterprise-tier", &[], false),
];

/// The codes an industry cell names: parts between slashes or semicolons, words in brackets left off.
pub fn industries_written(cx: &Cx, cell: &str) -> Result<Vec<String>, String> {
    let mut codes = Vec::new();
    let plain = cell.split('(').next().unwrap_or(cell);
    for part in plain.split([';', '/']).map(str::trim).filter(|part| !part.is_empty()) {
        match cx.house.codes.written("industry", part) {
            Some(code) if codes.contains(&code.code) => {}
            Some(code) => codes.push(code.code),
            None => return Err(part.to_owned()),
        }
    }
    Ok(codes)
}

/// The columns of names, with the language that each is in; none is told by the script.
const NAMES: [(&str, &str); 6] = [
    ("name_en", "en"),
    ("name_zh_hant", "zh-Hant"),
    ("name_zh_hans", "zh-Hans"),
    ("name_other", ""),
    ("name", ""),
    ("second_name", ""),
];

/// The names that a row gives, each once: those shown stand in the columns of their languages, too.
fn names(row: &Row) -> Vec<NewName> {
    let mut names: Vec<NewName> = Vec::new();
    for (field, language) in NAMES {
        let Some(name) = row.get(field).filter(|name| names.iter().all(|one| one.name != *name)) else { continue };
        names.push(NewName { name: name.to_owned(), language: language.to_owned(), kind: String::new() });
    }
    names
}

/// Problems of names under the column that the row has: those of a language of its own, or the one name.
fn at_columns(found: &Problems, row: &Row) -> Problems {
    let plain = ["name", "second_name"].into_iter().find(|field| row.get(field).is_some());
    let mut problems = Problems::default();
    for problem in found.all() {
        let field = match (problem.field.as_str(), plain) {
            ("name_en" | "name_other", Some(plain)) if row.get(&problem.field).is_none() => plain,
            ("name_en", None) if !row.has("name_en") && row.has("name") => "name",
            (field, _) => field,
        };
        let args: Vec<(&str, String)> =
            problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        problems.add_with(field, &problem.key, &args);
    }
    problems
}

pub(super) fn read(cx: &Cx, row: &Row) -> Result<Checked> {
    let mut problems = Problems::default();
    let mut identifiers = Vec::new();
    if let Some(lei) = row.get("lei") {
        identifiers.push(NewIdentifier { scheme: "lei".into(), register: String::new(), value: lei.to_owned() });
    }
    if let Some(number) = row.get("registry_number") {
        identifiers.push(NewIdentifier {
            scheme: "registry".into(),
            register: row.text("registry"),
            value: number.to_owned(),
        });
    }
    if let Some(code) = row.get("listing_code") {
        identifiers.push(NewIdentifier {
            scheme: "listing".into(),
            register: row.text("exchange"),
            value: code.to_owned(),
        });
    }
    let industries = match industries_written(cx, row.get("industry").unwrap_or_default()) {
        Ok(codes) => codes,
        Err(part) => {
            problems.add_with("industry", "problem-code-unknown", &[("value", part)]);
            Vec::new()
        }
    };
    let loose = |field: &str| Loose::from(row.optional(field));
    let new = NewEnterprise {
        names: names(row),
        identifiers,
        industries,
        kind: loose("kind"),
        reporting_origin: loose("reporting_origin"),
        incorporation: loose("incorporation"),
        headquarters: loose("headquarters"),
        main_listing: loose("main_listing"),
        value_chain: loose("value_chain"),
        website: loose("website"),
        description: loose("description"),
        tier: loose("tier"),
        own: row.own(),
        by_columns: true,
        of_held: row.get("reference").is_some(),
        ..NewEnterprise::default()
    };
    match new.checked(cx) {
        Ok(checked) => {
            let elsewhere = problems.line(ELSEWHERE, &row.text(ELSEWHERE), 100);
            let elsewhere = Some(elsewhere).filter(|text| !text.is_empty());
            problems.into_result().map(|()| Checked { elsewhere, ..checked })
        }
        Err(Error::Invalid(more)) => {
            problems.extend(at_columns(&more, row));
            Err(Error::Invalid(problems))
        }
        Err(other) => Err(other),
    }
}

impl ImportKind for Enterprises {
    fn name(&self) -> &'static str {
        "enterprises"
    }

    fn key(&self) -> &'static str {
        "import-enterprises"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn later(&self) -> Option<Later> {
        Some(Later {
            column: "parent",
            names: &["name", "second_name", "name_en", "name_zh_hant", "name_zh_hans", "name_other"],
            record: "enterprise",
        })
    }

    fn elsewhere(&self) -> Option<&'static str> {
        Some(ELSEWHERE)
    }

    fn tells_alike(&self) -> bool {
        true
    }

    fn get_ready(&self, house: &Arc<House>) {
        let house = house.clone();
        tokio::spawn(async move { resemblance::ready(&house, resemblance::LONG_PATIENCE).await });
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(batch::undo(cx, entries))
    }
}
