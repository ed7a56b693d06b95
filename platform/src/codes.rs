//! Dated code lists: industries, origins, natures, evidence. A pack brings them, the office edits
//! them; a code is never removed, it ends on a day, and tables of an earlier date keep it.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::audit::{Change, Told};
use crate::cx::Cx;
use crate::error::{Error, Problems, Result};
use crate::on;
use crate::pack::{PackRow, PackTable};
use crate::permission::{Permission, Role, Scope};
use crate::sql::{Value, insert_many};
use crate::text::Language;

pub const EDIT: Permission = Permission::write("codes.list.edit", &[(Role::Administrator, Scope::All)]);

/// One code of one list, valid from a day, perhaps to a day (that day included).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct Code {
    pub list: String,
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub position: i64,
    /// Where the code comes from.
    pub source: String,
    /// Other ways files write it, lower-case, one a line.
    #[serde(default)]
    pub aliases: String,
    /// What kind of thing it is within its list: a unit, a region, a group.
    #[serde(default)]
    pub group_code: String,
}

impl Code {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }

    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }

    /// Everything it may be written as in a file, lower-case.
    fn spellings(&self) -> impl Iterator<Item = String> {
        let own = [&self.code, &self.name_en, &self.name_zh_hant, &self.name_zh_hans].map(|name| name.to_lowercase());
        own.into_iter().chain(self.aliases.lines().map(str::to_owned))
    }
}

/// A list in its order. Each row of an import asks for several codes, and a list may have a thousand.
#[derive(Debug, Default)]
struct List {
    codes: Vec<Code>,
    by_code: HashMap<String, usize>,
    by_spelling: HashMap<String, usize>,
}

impl List {
    /// Of two codes written alike the earlier is meant.
    fn push(&mut self, code: Code) {
        let place = self.codes.len();
        self.by_code.insert(code.code.clone(), place);
        for spelling in code.spellings() {
            self.by_spelling.entry(spelling).or_insert(place);
        }
        self.codes.push(code);
    }

    fn get(&self, code: &str) -> Option<&Code> {
        self.by_code.get(code).map(|place| &self.codes[*place])
    }
}

type Lists = HashMap<String, List>;

/// All lists, held in memory: they are small and every page reads them.
#[derive(Debug, Default)]
pub struct Codes(RwLock<Arc<Lists>>);

impl Codes {
    fn lists(&self) -> Arc<Lists> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The whole list in order, ended codes included.
    pub fn all(&self, list: &str) -> Vec<Code> {
        self.lists().get(list).map(|list| list.codes.clone()).unwrap_or_default()
    }

    /// The names of all lists.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.lists().keys().cloned().collect();
        names.sort();
        names
    }

    /// The codes of a list that hold on a day, in order.
    pub fn on(&self, list: &str, day: Date) -> Vec<Code> {
        let lists = self.lists();
        let codes = lists.get(list).map(|list| list.codes.as_slice()).unwrap_or_default();
        codes.iter().filter(|code| code.holds_on(day)).cloned().collect()
    }

    /// Whether any code of a list holds on a day.
    pub fn any_on(&self, list: &str, day: Date) -> bool {
        self.lists().get(list).is_some_and(|list| list.codes.iter().any(|code| code.holds_on(day)))
    }

    pub fn get(&self, list: &str, code: &str) -> Option<Code> {
        self.lists().get(list)?.get(code).cloned()
    }

    pub fn has(&self, list: &str, code: &str) -> bool {
        self.lists().get(list).is_some_and(|list| list.by_code.contains_key(code))
    }

    /// A code's name; a code no list knows is shown as it is.
    pub fn name(&self, list: &str, code: &str, language: Language) -> String {
        self.get(list, code).map_or_else(|| code.to_owned(), |entry| entry.name(language).to_owned())
    }

    /// The code that a file means by a text: the code, a name in any language, or an alias.
    pub fn written(&self, list: &str, text: &str) -> Option<Code> {
        let folded = text.trim().to_lowercase();
        let lists = self.lists();
        let list = lists.get(list)?;
        list.by_spelling.get(&folded).map(|place| list.codes[*place].clone())
    }

    pub async fn reload(&self, cx: &mut Cx) -> Result<()> {
        let sql = "SELECT list, code, name_en, name_zh_hant, name_zh_hans, valid_from, valid_to, position, source, \
                   aliases, group_code FROM codes ORDER BY list, position, code";
        let rows: Vec<Code> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
        let mut lists = Lists::new();
        for row in rows {
            lists.entry(row.list.clone()).or_default().push(row);
        }
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(lists);
        Ok(())
    }
}

/// Brings in codes, new or renewed, as a pack does. Codes already there and not named stay.
pub async fn load(cx: &mut Cx, codes: Vec<Code>) -> Result<u64> {
    cx.require(&EDIT)?;
    let mut problems = Problems::default();
    for code in &codes {
        let named =
            [&code.code, &code.name_en, &code.name_zh_hant, &code.name_zh_hans].iter().all(|text| !text.is_empty());
        problems.require(named, &code.code, "problem-code-unnamed");
        problems.require(
            code.valid_to.is_none_or(|end| end >= code.valid_from),
            &code.code,
            "problem-period-backwards",
        );
    }
    problems.into_result()?;
    write(cx, codes).await
}

/// Writes codes that were checked, with an entry for each that is new or different.
pub(crate) async fn write(cx: &mut Cx, codes: Vec<Code>) -> Result<u64> {
    let known = cx.house.codes.lists();
    let news: Vec<Code> = codes
        .into_iter()
        .filter(|code| known.get(&code.list).is_none_or(|list| list.get(&code.code) != Some(code)))
        .collect();
    let rows = news
        .iter()
        .map(|code| -> Vec<Value> {
            vec![
                code.list.clone().into(),
                code.code.clone().into(),
                code.name_en.clone().into(),
                code.name_zh_hant.clone().into(),
                code.name_zh_hans.clone().into(),
                code.valid_from.into(),
                code.valid_to.into(),
                code.position.into(),
                code.source.clone().into(),
                code.aliases.clone().into(),
                code.group_code.clone().into(),
            ]
        })
        .collect();
    for code in &news {
        let before = known.get(&code.list).and_then(|list| list.get(&code.code));
        let id = cx.new_id();
        let change = Change::new("code.set", "code", id)
            .label(label(&code.list, &code.code))
            .field("name_en", Told::text(before.map(|held| held.name_en.as_str())), Told::Text(code.name_en.clone()))
            .field("name_zh_hant", Told::text(before.map(|held| &*held.name_zh_hant)), told(&code.name_zh_hant))
            .field("name_zh_hans", Told::text(before.map(|held| &*held.name_zh_hans)), told(&code.name_zh_hans))
            .field("valid_from", Told::day(before.map(|held| held.valid_from)), Told::Day(code.valid_from))
            .field("valid_to", Told::day(before.and_then(|held| held.valid_to)), Told::day(code.valid_to))
            .field("source", Told::text(before.map(|held| &*held.source)), told(&code.source))
            .field("aliases", Told::text(before.map(|held| &*held.aliases)), told(&code.aliases));
        cx.record(change);
    }
    if !news.is_empty() {
        cx.renew_on_commit();
    }
    let head = "INSERT INTO codes (list, code, name_en, name_zh_hant, name_zh_hans, valid_from, valid_to, position, \
                source, aliases, group_code)";
    let tail = " ON CONFLICT (list, code) DO UPDATE SET name_en = excluded.name_en, \
                name_zh_hant = excluded.name_zh_hant, name_zh_hans = excluded.name_zh_hans, \
                valid_from = excluded.valid_from, valid_to = excluded.valid_to, position = excluded.position, \
                source = excluded.source, aliases = excluded.aliases, group_code = excluded.group_code";
    insert_many(cx, head, tail, rows).await?;
    Ok(news.len() as u64)
}

/// The code lists as a table of the pack.
pub(crate) fn pack_table() -> PackTable {
    PackTable { name: "codes", key: "pack-codes", columns: &["pack-list", "pack-code", "pack-name"], rows }
}

fn rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    let mut rows = Vec::new();
    let lists = cx.house.codes.names();
    // Choices of the office's own fields are no part of a pack.
    for list in lists.into_iter().filter(|list| !list.starts_with("own_")) {
        rows.extend(cx.house.codes.all(&list).into_iter().map(|code| PackRow {
            cells: vec![list.clone(), code.code.clone(), code.name(cx.language).to_owned()],
            valid_from: Some(code.valid_from),
            valid_to: code.valid_to,
            source: code.source,
        }));
    }
    Box::pin(async move { Ok(rows) })
}

fn told(text: &str) -> Told {
    Told::text(Some(text).filter(|text| !text.is_empty()))
}

/// What the audit calls a code.
pub fn label(list: &str, code: &str) -> String {
    format!("{list}: {code}")
}

/// What is filled in for a code, to add it or to change it.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub valid_from: String,
    /// The last day it holds; earlier dates keep it.
    pub valid_to: String,
    pub source: String,
    /// Other ways files write it, one a line.
    pub aliases: String,
    pub group_code: String,
}

impl Entry {
    fn checked(self, problems: &mut Problems, list: &str, code: &str, position: i64) -> Option<Code> {
        let line = |problems: &mut Problems, field: &str, text: &str, missing: &str| {
            let text = problems.line(field, text, 200);
            problems.require(!text.is_empty(), field, missing);
            text
        };
        let name_en = line(problems, "name_en", &self.name_en, "problem-code-name-missing");
        let name_zh_hant = line(problems, "name_zh_hant", &self.name_zh_hant, "problem-code-name-missing");
        let name_zh_hans = line(problems, "name_zh_hans", &self.name_zh_hans, "problem-code-name-missing");
        let valid_from = problems.required_day("valid_from", Some(&self.valid_from));
        let valid_to = problems.day("valid_to", Some(&self.valid_to));
        if let (Some(from), Some(to)) = (valid_from, valid_to) {
            problems.require(from <= to, "valid_to", "problem-period-backwards");
        }
        let source = line(problems, "source", &self.source, "problem-code-source-missing");
        let aliases = problems.running("aliases", &self.aliases, 4_000).to_lowercase();
        let aliases: Vec<&str> = aliases.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Some(Code {
            list: list.to_owned(),
            code: code.to_owned(),
            name_en,
            name_zh_hant,
            name_zh_hans,
            valid_from: valid_from?,
            valid_to,
            position,
            source,
            aliases: aliases.join("\n"),
            group_code: problems.line("group_code", &self.group_code, 60),
        })
    }
}

/// Adds a code at the end of a list that is there. Which lists there are is the program's matter.
pub async fn add(cx: &mut Cx, list: &str, code: &str, entry: Entry) -> Result<Code> {
    cx.require(&EDIT)?;
    let held = cx.house.codes.all(list);
    if held.is_empty() {
        return Err(Error::NotFound);
    }
    let mut problems = Problems::default();
    let code = code.trim();
    let fits = (1..=60).contains(&code.len())
        && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    problems.require(fits, "code", "problem-code-form");
    problems.require(!held.iter().any(|known| known.code == code), "code", "problem-code-held");
    let last = held.iter().map(|known| known.position).max().unwrap_or_default();
    let new = entry.checked(&mut problems, list, code, last + 1);
    problems.into_result()?;
    let new = new.ok_or(Error::NotFound)?;
    write(cx, vec![new.clone()]).await?;
    Ok(new)
}

/// Changes a code's names, validity, source and spellings; the code itself stays, since records
/// hold it. One that ends keeps counting for earlier dates.
pub async fn change(cx: &mut Cx, list: &str, code: &str, entry: Entry) -> Result<Code> {
    cx.require(&EDIT)?;
    let held = cx.house.codes.get(list, code).ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let new = entry.checked(&mut problems, list, code, held.position);
    problems.into_result()?;
    let new = new.ok_or(Error::NotFound)?;
    write(cx, vec![new.clone()]).await?;
    Ok(new)
}
