//! Defining fields of the office's own, changing and retiring them.

use serde::{Deserialize, Serialize};

use super::{DEFINE, EDITS, KINDS, OwnField, SEES, SUBJECTS, list_of, reach, store};
use crate::audit::{Change, Told};
use crate::codes::{self, Code};
use crate::cx::Cx;
use crate::error::{Error, Problems, Result};
use crate::forms::Loose;
use crate::id::Id;
use crate::import::read::Reading;
use crate::permission::Role;
use crate::version;

/// What is filled in of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = OwnFieldDefinition)]
pub struct Definition {
    pub label_en: String,
    pub label_zh_hant: String,
    pub label_zh_hans: String,
    /// What it is for, shown under the field in forms.
    pub note: String,
    /// The first day on which forms ask for it; today when left out.
    pub valid_from: Loose,
    /// The last one.
    pub valid_to: Loose,
    /// The least role that sees it: partner_officer, read_only, officer, team_lead or director; read_only when left out.
    pub see_role: String,
    /// The least role that edits it: officer, team_lead or director; officer when left out.
    pub edit_role: String,
    /// Whether what is said there is personal data: then officers are the widest circle that sees it.
    pub personal: bool,
    /// Whether lists can be narrowed by it.
    pub filterable: bool,
    /// Of a field of choices: those that are new or named anew. Others stay.
    pub choices: Vec<GivenChoice>,
}

/// A choice of a field that has choices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = OwnFieldChoice)]
pub struct GivenChoice {
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
}

impl GivenChoice {
    /// Choices as a form or a command writes them, one a line: code and three names with bars between them.
    pub fn lines(text: &str) -> Vec<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let mut parts = line.split(['|', '｜']).map(|part| part.trim().to_owned());
                let mut next = || parts.next().unwrap_or_default();
                Self { code: next(), name_en: next(), name_zh_hant: next(), name_zh_hans: next() }
            })
            .collect()
    }
}

fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
        && !code.ends_with("_hint")
        && !code.ends_with("_empty")
}

impl Definition {
    /// Puts what is given into a field, or says everything that is wrong with it.
    fn fill(&self, problems: &mut Problems, field: &mut OwnField) {
        for (name, given, held) in [
            ("label_en", &self.label_en, &mut field.label_en),
            ("label_zh_hant", &self.label_zh_hant, &mut field.label_zh_hant),
            ("label_zh_hans", &self.label_zh_hans, &mut field.label_zh_hans),
        ] {
            *held = problems.line(name, given, 80);
            problems.require(!held.is_empty(), name, "own-field-label-missing");
        }
        field.note = problems.line("note", &self.note, 300);
        if let Some(day) = problems.day("valid_from", self.valid_from.get()) {
            field.valid_from = day;
        }
        field.valid_to = problems.day("valid_to", self.valid_to.get());
        problems.require(
            field.valid_to.is_none_or(|last| field.valid_from <= last),
            "valid_to",
            "problem-period-backwards",
        );
        let or = |given: &str, usual: Role| if given.is_empty() { usual.code() } else { given }.to_owned();
        field.see_role = or(&self.see_role, if self.personal { Role::Officer } else { Role::ReadOnly });
        field.edit_role = or(&self.edit_role, Role::Officer);
        let see = SEES.into_iter().find(|role| role.code() == field.see_role);
        let edit = EDITS.into_iter().find(|role| role.code() == field.edit_role);
        let codes = |roles: &[Role]| roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
        if see.is_none() {
            problems.add_with("see_role", "problem-json-other", &[("known", codes(&SEES))]);
        }
        if edit.is_none() {
            problems.add_with("edit_role", "problem-json-other", &[("known", codes(&EDITS))]);
        }
        if let (Some(see), Some(edit)) = (see, edit) {
            problems.require(reach(edit) >= reach(see), "edit_role", "own-field-edits-unseen");
            let kept = !self.personal || reach(see) >= reach(Role::Officer);
            problems.require(kept, "see_role", "own-field-personal-open");
        }
        (field.personal, field.filterable) = (self.personal, self.filterable);
    }

    /// The choices as codes of the field's list.
    fn codes(&self, cx: &Cx, problems: &mut Problems, field: &OwnField) -> Vec<Code> {
        let list = list_of(&field.subject, &field.code);
        let held = cx.house.codes.all(&list);
        if field.kind != "choice" {
            problems.require(self.choices.is_empty(), "choices", "own-field-no-choices");
            return Vec::new();
        }
        problems.require(!held.is_empty() || !self.choices.is_empty(), "choices", "own-field-choices-missing");
        let mut position = held.iter().map(|code| code.position).max().unwrap_or_default();
        let mut codes: Vec<Code> = Vec::new();
        for given in &self.choices {
            let code = given.code.trim();
            let fits = (1..=60).contains(&code.len())
                && code.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "-_".contains(sign));
            problems.require(fits, "choices", "problem-code-form");
            problems.require(!codes.iter().any(|other| other.code == code), "choices", "problem-code-held");
            let mut name = |text: &str| {
                let name = problems.line("choices", text, 200);
                problems.require(!name.is_empty(), "choices", "own-field-choice-unnamed");
                name
            };
            let (name_en, name_zh_hant, name_zh_hans) =
                (name(&given.name_en), name(&given.name_zh_hant), name(&given.name_zh_hans));
            let known = held.iter().find(|held| held.code == code);
            position += i64::from(known.is_none());
            codes.push(Code {
                name_en,
                name_zh_hant,
                name_zh_hans,
                ..known.cloned().unwrap_or(Code {
                    list: list.clone(),
                    code: code.to_owned(),
                    name_en: String::new(),
                    name_zh_hant: String::new(),
                    name_zh_hans: String::new(),
                    // A choice may be said of any day: what the field itself holds for is its own matter.
                    valid_from: time::macros::date!(1900 - 01 - 01),
                    valid_to: None,
                    position,
                    source: format!("own field {}", field.code),
                    aliases: String::new(),
                    group_code: String::new(),
                })
            });
        }
        codes
    }
}

fn kind_told(kind: &str) -> Told {
    Told::code(
        kind,
        match kind {
            "number" => "own-field-kind-number",
            "day" => "own-field-kind-day",
            "choice" => "own-field-kind-choice",
            "yes_no" => "own-field-kind-yes-no",
            _ => "own-field-kind-text",
        },
    )
}

/// The text key of a kind of record.
pub fn subject_key(subject: &str) -> &'static str {
    match subject {
        "person" => "own-field-subject-person",
        "project" => "own-field-subject-project",
        _ => "own-field-subject-enterprise",
    }
}

fn role_told(code: &str) -> Told {
    Told::code(code, Role::from_code(code).map_or("role-director", Role::key))
}

/// What an entry tells of a field: name and value.
fn facts(field: &OwnField) -> Vec<(&'static str, Told)> {
    let text = |text: &str| Told::text(Some(text).filter(|text| !text.is_empty()));
    vec![
        ("label_en", text(&field.label_en)),
        ("label_zh_hant", text(&field.label_zh_hant)),
        ("label_zh_hans", text(&field.label_zh_hans)),
        ("note", text(&field.note)),
        ("valid_from", Told::Day(field.valid_from)),
        ("valid_to", Told::day(field.valid_to)),
        ("see_role", role_told(&field.see_role)),
        ("edit_role", role_told(&field.edit_role)),
        ("personal", Told::Yes(field.personal)),
        ("filterable", Told::Yes(field.filterable)),
    ]
}

/// Defines a field of a kind of record. Code and kind stay what they are from then on.
pub async fn define(cx: &mut Cx, subject: &str, code: &str, kind: &str, given: Definition) -> Result<OwnField> {
    let granted = cx.require(&DEFINE)?;
    let mut problems = Problems::default();
    if !SUBJECTS.contains(&subject) {
        problems.add_with("subject", "problem-json-other", &[("known", SUBJECTS.join(", "))]);
    }
    if !KINDS.contains(&kind) {
        problems.add_with("kind", "problem-json-other", &[("known", KINDS.join(", "))]);
    }
    problems.require(is_code(code), "code", "own-field-code-form");
    problems.require(store::by_code(cx, subject, code).await?.is_none(), "code", "own-field-code-held");
    let now = cx.now();
    let mut field = OwnField {
        id: cx.new_id(),
        subject: subject.to_owned(),
        code: code.to_owned(),
        kind: kind.to_owned(),
        label_en: String::new(),
        label_zh_hant: String::new(),
        label_zh_hans: String::new(),
        note: String::new(),
        valid_from: cx.today(),
        valid_to: None,
        see_role: String::new(),
        edit_role: String::new(),
        personal: false,
        filterable: false,
        version: 1,
        created_at: now,
        updated_at: now,
        retired_at: None,
        retired_reason: None,
    };
    given.fill(&mut problems, &mut field);
    let codes = given.codes(cx, &mut problems, &field);
    problems.into_result()?;
    store::insert(cx, &granted, &field).await?;
    codes::write(cx, codes).await?;
    let mut change = Change::new("own_field.defined", "own_field", field.id)
        .label(&field.label_en)
        .version(1)
        .set("subject", Told::code(subject, subject_key(subject)))
        .set("code", Told::Text(field.code.clone()))
        .set("kind", kind_told(kind));
    for (name, told) in facts(&field) {
        change = change.set(name, told);
    }
    cx.record(change);
    cx.renew_on_commit();
    Ok(field)
}

async fn held(cx: &mut Cx, subject: &str, code: &str) -> Result<OwnField> {
    store::by_code(cx, subject, code).await?.ok_or(Error::NotFound)
}

/// Changes what a field is called, who sees and edits it, on which days it is asked for, and its choices. What records say
/// in it stays as it is.
pub async fn change(cx: &mut Cx, subject: &str, code: &str, seen: i64, given: Definition) -> Result<OwnField> {
    let granted = cx.require(&DEFINE)?;
    let before = held(cx, subject, code).await?;
    let (mut problems, mut after) = (Problems::default(), before.clone());
    given.fill(&mut problems, &mut after);
    let codes = given.codes(cx, &mut problems, &after);
    problems.into_result()?;
    let both = facts(&after).into_iter().zip(facts(&before));
    let both = both.map(|((name, yours), (_, theirs))| version::both(name, yours.raw(), theirs.raw()));
    version::expect(seen, before.version, both.collect())?;
    let mut change =
        Change::new("own_field.changed", "own_field", before.id).label(&after.label_en).version(before.version + 1);
    for ((name, old), (_, new)) in facts(&before).into_iter().zip(facts(&after)) {
        change = change.field(name, old, new);
    }
    let named = codes::write(cx, codes).await?;
    if change.fields.is_empty() && named == 0 {
        return Ok(before);
    }
    store::update(cx, &granted, &after).await?;
    cx.record(change);
    cx.renew_on_commit();
    held(cx, subject, code).await
}

/// Retires a field: forms and imports stop asking for it. What records say in it stays where it was said, in histories and
/// in exports.
pub async fn retire(cx: &mut Cx, subject: &str, code: &str, reason: &str) -> Result<OwnField> {
    let granted = cx.require(&DEFINE)?;
    let before = held(cx, subject, code).await?;
    if before.retired_at.is_some() {
        return Err(Error::conflict("own-field-retired-already"));
    }
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let after = OwnField { retired_at: Some(cx.now()), retired_reason: Some(reason.clone()), ..before };
    store::update(cx, &granted, &after).await?;
    let change = Change::new("own_field.retired", "own_field", after.id).label(&after.label_en);
    cx.record(change.version(after.version + 1).note(Some(reason)));
    cx.renew_on_commit();
    held(cx, subject, code).await
}

/// Has forms ask for a retired field again.
pub async fn restore(cx: &mut Cx, subject: &str, code: &str) -> Result<OwnField> {
    let granted = cx.require(&DEFINE)?;
    let before = held(cx, subject, code).await?;
    if before.retired_at.is_none() {
        return Err(Error::conflict("own-field-not-retired"));
    }
    let after = OwnField { retired_at: None, retired_reason: None, ..before };
    store::update(cx, &granted, &after).await?;
    let change = Change::new("own_field.restored", "own_field", after.id).label(&after.label_en);
    cx.record(change.version(after.version + 1));
    cx.renew_on_commit();
    held(cx, subject, code).await
}

/// The accounts whose remembered mappings of files fill a field, with how many of each; 0 is the machine's operator.
pub async fn mapped(cx: &mut Cx, field: &OwnField) -> Result<Vec<(Id, usize)>> {
    cx.require(&DEFINE)?;
    let kind = match field.subject.as_str() {
        "person" => "people",
        "project" => "projects",
        _ => "enterprises",
    };
    let mut found: Vec<(Id, usize)> = Vec::new();
    for (account, reading) in store::mappings(cx, kind).await? {
        let reading: Reading = serde_json::from_str(&reading)?;
        if !reading.fills(field.name()) {
            continue;
        }
        match found.last_mut().filter(|(last, _)| *last == account) {
            Some((_, count)) => *count += 1,
            None => found.push((account, 1)),
        }
    }
    Ok(found)
}
