//! Posts of a person, each at an enterprise and with its days.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Loose;
use platform::permission::Granted;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use super::{Person, get, note, to_edit};
use crate::enterprise;
use crate::entry::{self, agree, period};

pub mod pages;
mod store;

pub use store::count_at;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = PersonPost)]
pub struct Post {
    pub id: Id,
    pub person_id: Id,
    /// The record that stands for the enterprise.
    pub enterprise_id: Id,
    pub enterprise_name: String,
    #[serde(skip)]
    pub enterprise_language: String,
    pub title: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub version: i64,
}

/// A post as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenPost {
    pub title: String,
    pub valid_from: Loose,
    pub valid_to: Loose,
}

pub(super) struct Checked {
    pub title: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
}

impl GivenPost {
    fn checked(self) -> Result<Checked> {
        let mut problems = Problems::default();
        let title = problems.line("title", &self.title, 300);
        problems.require(!title.is_empty(), "title", "problem-post-missing");
        let (valid_from, valid_to) = period(&mut problems, &self.valid_from, &self.valid_to);
        problems.into_result()?;
        Ok(Checked { title, valid_from, valid_to })
    }
}

/// A person's posts, present ones first; those at an enterprise out of reach are not there.
pub async fn of(cx: &mut Cx, person: Id) -> Result<Vec<Post>> {
    get(cx, person).await?;
    store::of(cx, person).await
}

/// A post that a person has ever been given, taken back or not.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Ever {
    pub id: Id,
    pub enterprise_id: Id,
    pub title: String,
    pub recorded_at: At,
    pub withdrawn_at: Option<At>,
}

/// Every post a person was ever given: those at enterprises within reach, and the others.
pub(super) async fn ever(cx: &mut Cx, person: Id) -> Result<(Vec<Ever>, Vec<Ever>)> {
    let posts = store::ever(cx, person).await?;
    let at: Vec<Id> = posts.iter().map(|post| post.enterprise_id).collect();
    let seen = enterprise::seen(cx, &at).await?;
    Ok(posts.into_iter().partition(|post| seen.contains(&post.enterprise_id)))
}

/// The present posts of several people, for a batch of an import.
pub(super) async fn present_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<Post>> {
    store::present_of(cx, people).await
}

async fn one(cx: &mut Cx, person: &Person, id: Id) -> Result<Post> {
    let posts = store::of(cx, person.id).await?;
    posts.into_iter().find(|post| post.id == id).ok_or(Error::NotFound)
}

/// Gives a person a post at the enterprise they are with.
pub async fn hold(cx: &mut Cx, person: Id, given: GivenPost) -> Result<Post> {
    let (person, held, granted) = to_edit(cx, person).await?;
    let new = given.checked()?;
    let id = store::insert(cx, &granted, person.id, held.id, &new).await?;
    let change = Change::new("person.post_held", "person", person.id)
        .set("post", Told::Text(new.title.clone()))
        .set("valid_from", Told::day(new.valid_from))
        .set("valid_to", Told::day(new.valid_to))
        .set("_post", Told::record("post", id, &new.title));
    note(cx, &granted, &person, change).await?;
    one(cx, &person, id).await
}

/// Corrects a post, or ends it by giving its last day.
pub async fn correct(cx: &mut Cx, person: Id, id: Id, version: i64, given: GivenPost) -> Result<Post> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let before = one(cx, &person, id).await?;
    let after = given.checked()?;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    agree(
        version,
        before.version,
        &[
            ("title", Some(after.title.clone()), Some(before.title.clone())),
            ("valid_from", day(after.valid_from), day(before.valid_from)),
            ("valid_to", day(after.valid_to), day(before.valid_to)),
        ],
    )?;
    let change = Change::new("person.post_corrected", "person", person.id)
        .field("post", Told::Text(before.title.clone()), Told::Text(after.title.clone()))
        .field("valid_from", Told::day(before.valid_from), Told::day(after.valid_from))
        .field("valid_to", Told::day(before.valid_to), Told::day(after.valid_to));
    if change.fields.is_empty() {
        return Ok(before);
    }
    store::update(cx, &granted, id, &after).await?;
    let change = change.set("_post", Told::record("post", id, &after.title));
    note(cx, &granted, &person, change).await?;
    one(cx, &person, id).await
}

/// Takes back a post that was never held.
pub async fn withdraw(cx: &mut Cx, person: Id, id: Id, reason: &str) -> Result<()> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let post = one(cx, &person, id).await?;
    let reason = entry::reason(reason)?;
    store::withdraw(cx, &granted, id, &reason).await?;
    let change = Change::new("person.post_withdrawn", "person", person.id).note(Some(reason)).field(
        "post",
        Told::Text(post.title),
        Told::Nothing,
    );
    note(cx, &granted, &person, change).await
}

/// Ends what a person holds, the day before they hold something else.
pub(super) async fn end_all(cx: &mut Cx, granted: &Granted, person: Id, from: Date) -> Result<()> {
    store::end_all(cx, granted, person, from.previous_day().unwrap_or(from)).await
}

pub(super) async fn start(
    cx: &mut Cx,
    granted: &Granted,
    person: Id,
    enterprise: Id,
    title: &str,
    from: Option<Date>,
) -> Result<Id> {
    let new = Checked { title: title.to_owned(), valid_from: from, valid_to: None };
    store::insert(cx, granted, person, enterprise, &new).await
}
