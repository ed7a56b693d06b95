//! Saved views: a list as somebody keeps it, private or shared with a team or the office. A view is
//! an address and nothing more, so that whoever opens it sees it within their own rights.

use platform::audit::{Change, Told};
use platform::forms::Form;
use platform::permission::{Permission, Role, Scope};
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result};
use serde::Deserialize;

use crate::{ADMINISTER, team};

pub mod api;
pub mod pages;
mod store;

pub use store::SavedView;

/// Keeping views of one's own.
pub const KEEP: Permission = Permission::write(
    "identity.view.keep",
    &[
        (Role::Administrator, Scope::Own),
        (Role::Director, Scope::Own),
        (Role::TeamLead, Scope::Own),
        (Role::Officer, Scope::Own),
        (Role::PartnerOfficer, Scope::Own),
        (Role::CommitteeMember, Scope::Own),
        (Role::Auditor, Scope::Own),
        (Role::ReadOnly, Scope::Own),
    ],
);
/// Sharing them.
pub const SHARE: Permission = Permission::write(
    "identity.view.share",
    &[
        (Role::Administrator, Scope::Own),
        (Role::Director, Scope::Own),
        (Role::TeamLead, Scope::Own),
        (Role::Officer, Scope::Own),
    ],
);

/// With whom a view is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    Private,
    Team(Id),
    Office,
}

impl Sharing {
    /// As a form holds it: `private`, `office`, or a team's key.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "" | "private" => Some(Self::Private),
            "office" => Some(Self::Office),
            team => team.parse().ok().map(Self::Team),
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Team(_) => "team",
            Self::Office => "office",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Private => "view-sharing-private",
            Self::Team(_) => "view-sharing-team",
            Self::Office => "view-sharing-office",
        }
    }

    pub fn team(self) -> Option<Id> {
        match self {
            Self::Team(team) => Some(team),
            _ => None,
        }
    }

    fn told(self) -> Told {
        Told::code(self.code(), self.key())
    }
}

/// What is given to keep a view.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewView {
    /// The list's page: `/enterprises`.
    pub path: String,
    /// The parameters of its address.
    #[serde(default)]
    pub query: String,
    pub name: String,
    /// `private` when left out, `office`, or a team's key.
    #[serde(default)]
    pub sharing: String,
}

/// Keeps the present address of a list under a name.
pub async fn save(cx: &mut Cx, new: NewView) -> Result<SavedView> {
    cx.require(&KEEP)?;
    let account = cx.account().ok_or(Error::Forbidden(KEEP.name))?;
    let mut problems = Problems::default();
    let name = checked_name(&mut problems, &new.name);
    let fits = new.path.len() < 100
        && new.path.starts_with('/')
        && !new.path.starts_with("//")
        && new.path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-'));
    problems.require(fits, "path", "problem-view-path");
    let query = settled(&new.query);
    problems.require(query.len() <= 4_000, "query", "problem-view-path");
    let sharing = checked_sharing(cx, &mut problems, &new.sharing, None);
    require_own_name(cx, &mut problems, account, &new.path, &name, None).await?;
    problems.into_result()?;
    let id = cx.new_id();
    store::insert(cx, id, account, &new.path, &name, &query, sharing).await?;
    cx.record(
        Change::new("view.saved", "view", id)
            .label(&name)
            .version(1)
            .set("path", Told::Text(new.path))
            .set("query", Told::text(Some(query).filter(|query| !query.is_empty()).as_deref()))
            .set("sharing", sharing.told()),
    );
    store::get(cx, id).await
}

fn checked_name(problems: &mut Problems, name: &str) -> String {
    let name = problems.line("name", name, 60);
    problems.require(!name.is_empty(), "name", "problem-name-missing");
    name
}

/// Nobody keeps two views of a list under one name; retired ones have given theirs up.
async fn require_own_name(
    cx: &mut Cx,
    problems: &mut Problems,
    account: Id,
    path: &str,
    name: &str,
    but: Option<Id>,
) -> Result<()> {
    let folded = fold::sort_key(name);
    let held = store::names(cx, account, path).await?;
    let taken = held.iter().any(|(id, held)| Some(*id) != but && fold::sort_key(held) == folded);
    problems.require(!taken, "name", "problem-view-name-held");
    Ok(())
}

/// Sharing goes to one's own teams or the office, for those who may; what was is not asked again.
fn checked_sharing(cx: &Cx, problems: &mut Problems, text: &str, before: Option<Sharing>) -> Sharing {
    let sharing = Sharing::read(text);
    let fits = match sharing {
        None => false,
        Some(Sharing::Private) => true,
        Some(same) if Some(same) == before => true,
        Some(Sharing::Team(team)) => {
            cx.may(&SHARE) && cx.actor.as_ref().is_some_and(|actor| actor.teams.contains(&team))
        }
        Some(Sharing::Office) => cx.may(&SHARE),
    };
    problems.require(fits, "sharing", "problem-view-sharing");
    sharing.unwrap_or(Sharing::Private)
}

/// An address's parameters without the place in the list.
pub fn settled(query: &str) -> String {
    let gone = ["after", "before", "from", "count", "view", "format", "ids"];
    let changes: Vec<(&str, &str)> = gone.into_iter().map(|name| (name, "")).collect();
    let kept = ui::lists::address("", query, &changes);
    kept.strip_prefix('?').unwrap_or(&kept).to_owned()
}

impl SavedView {
    pub fn sharing(&self) -> Sharing {
        match (self.sharing.as_str(), self.team_id) {
            ("office", _) => Sharing::Office,
            ("team", Some(team)) => Sharing::Team(team),
            _ => Sharing::Private,
        }
    }

    /// Where it leads; the key at the end marks its tab.
    pub fn href(&self) -> String {
        let gap = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{gap}view={}", self.path, self.query, self.id)
    }

    /// Whether an address still is what this view keeps.
    pub fn is(&self, query: &str) -> bool {
        let sorted = |query: &str| {
            let mut pairs = Form::decode(&settled(query)).pairs().to_vec();
            pairs.sort();
            pairs
        };
        sorted(&self.query) == sorted(query)
    }
}

/// The views of a list that the reader sees: their own, their teams' and the office's.
pub async fn of_list(cx: &mut Cx, path: &str) -> Result<Vec<SavedView>> {
    let Some(account) = cx.account() else { return Ok(Vec::new()) };
    let (teams, inside) = reach(cx);
    store::of_list(cx, path, account, &teams, inside).await
}

/// All of one's own views, retired ones included, and those shared with one.
pub async fn all(cx: &mut Cx) -> Result<Vec<SavedView>> {
    cx.require(&KEEP)?;
    let account = cx.account().ok_or(Error::Forbidden(KEEP.name))?;
    let (teams, inside) = reach(cx);
    store::all(cx, account, &teams, inside).await
}

/// The views of a list that a parameter narrows or a column of that name is shown in, whoever keeps them: for an
/// administrator who takes away what it stands for. Private ones come without their names and addresses.
pub async fn using(cx: &mut Cx, path: &str, name: &str) -> Result<Vec<SavedView>> {
    cx.require(&ADMINISTER)?;
    let mut views = store::of_path(cx, path).await?;
    views.retain(|view| {
        let form = Form::decode(&view.query);
        form.has(name) || form.values("columns").iter().any(|names| names.split(',').any(|column| column == name))
    });
    for view in views.iter_mut().filter(|view| view.sharing() == Sharing::Private) {
        (view.name, view.query) = (String::new(), String::new());
    }
    Ok(views)
}

/// One's teams, and whether one belongs to the office: partner bodies and the committee do not.
fn reach(cx: &Cx) -> (Vec<Id>, bool) {
    let Some(actor) = &cx.actor else { return (Vec::new(), false) };
    let inside = actor.roles.iter().any(|role| !matches!(role, Role::PartnerOfficer | Role::CommitteeMember));
    (actor.teams.clone(), inside)
}

/// A view one may change: one's own, or for administrators any that is shared. Others are not found.
pub async fn own(cx: &mut Cx, id: Id) -> Result<SavedView> {
    cx.require(&KEEP)?;
    let view = store::get(cx, id).await?;
    let mine = cx.account() == Some(view.account_id);
    let administers = cx.may(&ADMINISTER) && view.sharing() != Sharing::Private;
    if mine || administers { Ok(view) } else { Err(Error::NotFound) }
}

/// A view that the reader sees: one they may change, or one shared with them that stands.
pub async fn get(cx: &mut Cx, id: Id) -> Result<SavedView> {
    cx.require(&KEEP)?;
    let view = store::get(cx, id).await?;
    if cx.account() == Some(view.account_id) || (cx.may(&ADMINISTER) && view.sharing() != Sharing::Private) {
        return Ok(view);
    }
    let (teams, inside) = reach(cx);
    let seen = match view.sharing() {
        Sharing::Private => false,
        Sharing::Team(team) => teams.contains(&team),
        Sharing::Office => inside,
    };
    if seen && view.retired_at.is_none() { Ok(view) } else { Err(Error::NotFound) }
}

/// What is to be different of a view; what is not given stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[schema(as = ViewEdit)]
pub struct Edit {
    pub name: Option<String>,
    /// `private`, `office`, or a team's key.
    pub sharing: Option<String>,
    /// The parameters of the list's address.
    pub query: Option<String>,
}

/// Renames a view, shares it otherwise, or lets it keep another address of its list.
pub async fn change(cx: &mut Cx, id: Id, edit: &Edit) -> Result<SavedView> {
    let before = own(cx, id).await?;
    let mut problems = Problems::default();
    let name = match &edit.name {
        Some(name) => checked_name(&mut problems, name),
        None => before.name.clone(),
    };
    let sharing = match &edit.sharing {
        Some(sharing) => checked_sharing(cx, &mut problems, sharing, Some(before.sharing())),
        None => before.sharing(),
    };
    let query = edit.query.as_deref().map_or_else(|| before.query.clone(), settled);
    problems.require(query.len() <= 4_000, "query", "problem-view-path");
    if edit.name.is_some() {
        require_own_name(cx, &mut problems, before.account_id, &before.path, &name, Some(id)).await?;
    }
    problems.into_result()?;
    store::update(cx, id, &name, &query, sharing).await?;
    cx.record(
        Change::new("view.changed", "view", id)
            .label(&name)
            .version(before.version + 1)
            .field("name", Told::Text(before.name.clone()), Told::Text(name.clone()))
            .field("sharing", before.sharing().told(), sharing.told())
            .field("query", Told::Text(before.query.clone()), Told::Text(query)),
    );
    store::get(cx, id).await
}

/// Takes a view off the tabs, or brings it back.
pub async fn retire(cx: &mut Cx, id: Id, retired: bool) -> Result<SavedView> {
    let view = own(cx, id).await?;
    if view.retired_at.is_some() != retired {
        if !retired {
            let mut problems = Problems::default();
            require_own_name(cx, &mut problems, view.account_id, &view.path, &view.name, Some(id)).await?;
            problems.into_result()?;
        }
        store::set_retired(cx, id, retired).await?;
        let verb = if retired { "view.retired" } else { "view.restored" };
        cx.record(Change::new(verb, "view", id).label(&view.name).version(view.version + 1));
    }
    Ok(view)
}

/// With whom one can share, for choosing: (value, label key or team's name).
pub async fn sharings(cx: &mut Cx, present: Option<Sharing>) -> Result<Vec<(String, String)>> {
    let mut choices = vec![("private".to_owned(), cx.text("view-sharing-private", &[]))];
    let teams = cx.actor.as_ref().map(|actor| actor.teams.clone()).unwrap_or_default();
    let shares = cx.may(&SHARE);
    let listed = |id: &Id| (shares && teams.contains(id)) || present == Some(Sharing::Team(*id));
    if shares && !teams.is_empty() || present.is_some_and(|sharing| sharing.team().is_some()) {
        for (id, name) in team::options(cx).await?.into_iter().filter(|(id, _)| listed(id)) {
            choices.push((id.to_string(), cx.text("view-sharing-with-team", &[("team", name)])));
        }
    }
    if shares || present == Some(Sharing::Office) {
        choices.push(("office".to_owned(), cx.text("view-sharing-office", &[])));
    }
    Ok(choices)
}
