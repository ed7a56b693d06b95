//! Sending companies of a screening to the target list, their reasons frozen. A company that surely is an enterprise of
//! the register is linked, one that resembles some is left for a person to decide, any other is registered.

use std::collections::{HashMap, HashSet};

use ::screening::{Company, Measure, Ranked};
use directory::enterprise::{self, Brief, NewEnterprise, NewName};
use identity::responsible;
use platform::error::Conflict;
use platform::forms::Loose;
use platform::permission::{Relation, Tier};
use platform::{Cx, Error, Id, Problem, Problems, Result};

use super::list::MOST_PICKED;
use super::{get, links, store, version_of};
use crate::TARGET;
use crate::target::{self, Held, NewTarget, Reasons};

pub mod pages;

/// What a person decided of a company that resembles enterprises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    Same(Id),
    /// None of these: what directory keeps and learns from.
    New(Vec<Id>),
}

/// A company that may be one of these: text key of the reason, and what it was called.
#[derive(Clone, Debug)]
pub struct Unsure {
    pub rank: i64,
    pub name: String,
    pub likely: Vec<Likely>,
}

#[derive(Clone, Debug)]
pub struct Likely {
    pub id: Id,
    pub name: String,
    pub reference: String,
    pub key: String,
    pub args: Vec<(String, String)>,
}

/// What became of what was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub sent: usize,
    /// Of these there was a live target already: rank, name, target.
    pub already: Vec<(i64, String, Id)>,
    pub unsure: Vec<Unsure>,
    pub refused: Vec<(i64, String, Vec<Problem>)>,
}

/// How the targets are to be kept.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub round: String,
    pub tier: String,
    pub team_id: String,
    pub owner_id: String,
    pub note: String,
}

/// Sends these, by rank.
pub async fn send(
    cx: &mut Cx,
    screening: Id,
    ranks: &[i64],
    kept: &Kept,
    decided: &HashMap<i64, Decided>,
) -> Result<Sent> {
    let granted = cx.require(&TARGET)?;
    if ranks.is_empty() {
        return Err(Error::conflict("list-nothing-selected"));
    }
    if ranks.len() > MOST_PICKED {
        return Err(Error::conflict_with("list-too-many-selected", &[("most", MOST_PICKED.to_string())]));
    }
    let kept = &within_reach(cx, kept).await?;
    let mut problems = Problems::default();
    target::checked(cx, &proposed(None, kept), &mut problems, Relation::default(), None).await?;
    problems.into_result()?;
    let screening = get(cx, screening).await?;
    if screening.retired_at.is_some() {
        return Err(Error::conflict("screening-retired"));
    }
    let version = version_of(cx, &screening).await?;
    let ranked = store::ranked_many(cx, screening.id, ranks).await?;
    refuse_unknown(ranks, &ranked)?;
    let companies: Vec<&Company> = ranked.iter().map(|one| &one.company).collect();
    let sure = surely(cx, &companies).await?;
    let elsewhere = held_elsewhere(cx, &companies).await?;
    let mut sent = Sent::default();
    let mut made = Vec::new();
    for (place, one) in ranked.iter().enumerate() {
        let rank = i64::try_from(one.rank).unwrap_or(0);
        let name = one.company.name.clone();
        let found = match (decided.get(&rank), sure.get(&place)) {
            (Some(Decided::Same(id)), _) => Ok((enterprise::brief(cx, *id).await?, "person")),
            (None, Some(brief)) => Ok((brief.clone(), "identifier")),
            _ if elsewhere.contains(&place) => Err(Error::conflict("send-held-elsewhere")),
            (decided, _) => register(cx, &one.company, kept, decided).await.map(|brief| (brief, "made")),
        };
        let outcome = match found {
            Ok((brief, how)) => {
                let reasons = Reasons {
                    screening: screening.id,
                    criteria: version.criteria.name.clone(),
                    version: version.number,
                    universe_as_at: screening.universe_as_at,
                    full: super::full(&version),
                    names: version.criteria.criteria.iter().map(|one| (one.key.clone(), one.name.clone())).collect(),
                    sources: screening.sources(),
                    ranked: one.clone(),
                };
                let held = propose(cx, &brief, one, kept, reasons).await;
                if held.is_ok() {
                    made.push((one.company.id.clone(), brief.id, how));
                }
                held
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Held::New(_)) => sent.sent += 1,
            Ok(Held::Already(id)) => sent.already.push((rank, name, id)),
            Err(Error::Conflict(conflict)) if conflict.key == "enterprise-resembles" => {
                sent.unsure.push(unsure(rank, name, &conflict));
            }
            Err(Error::Conflict(conflict)) => {
                let problem =
                    Problem { field: "enterprise".to_owned(), key: conflict.key.clone(), args: conflict.args.clone() };
                sent.refused.push((rank, name, vec![problem]));
            }
            Err(Error::Invalid(problems)) => sent.refused.push((rank, name, problems.all().to_vec())),
            Err(Error::Forbidden(_)) => {
                let key = "list-refused-forbidden".to_owned();
                sent.refused.push((
                    rank,
                    name,
                    vec![Problem { field: "enterprise".to_owned(), key, args: Vec::new() }],
                ));
            }
            Err(other) => return Err(other),
        }
    }
    store::link(cx, &granted, &made).await?;
    Ok(sent)
}

/// Names the ranks that nothing of the screening has.
fn refuse_unknown(ranks: &[i64], ranked: &[Ranked]) -> Result<()> {
    let known: HashSet<i64> = ranked.iter().filter_map(|one| i64::try_from(one.rank).ok()).collect();
    let unknown: Vec<String> = ranks.iter().filter(|rank| !known.contains(*rank)).map(i64::to_string).collect();
    let mut problems = Problems::default();
    if !unknown.is_empty() {
        problems.add_with("ranks", "send-ranks-unknown", &[("ranks", unknown.join(", "))]);
    }
    problems.into_result()
}

/// What is sent stays where the sender sees it: what is a team's is the sender's own team's unless another is named, who
/// names neither a team nor an owner holds the rest, and what would leave their own reach is refused before anything is
/// registered.
async fn within_reach(cx: &mut Cx, kept: &Kept) -> Result<Kept> {
    let mut kept = kept.clone();
    let tier = Tier::from_code(&kept.tier).unwrap_or(Tier::Team);
    let team = target::team_for(cx, tier, kept.team_id.parse().ok());
    if kept.team_id.is_empty() {
        kept.team_id = team.map_or_else(String::new, |team| team.to_string());
    }
    if kept.team_id.is_empty() && kept.owner_id.is_empty() {
        kept.owner_id = cx.account().map_or_else(String::new, |account| account.to_string());
    }
    if kept.tier.is_empty() {
        Tier::Team.code().clone_into(&mut kept.tier);
    }
    let tier = Tier::from_code(&kept.tier).filter(|tier| *tier > Tier::Public);
    let tier = tier.ok_or_else(|| Error::conflict("target-tier-unknown"))?;
    let relation = Relation { team: kept.team_id.parse().ok(), owner: kept.owner_id.parse().ok() };
    if tier == Tier::Team && kept.team_id.is_empty() {
        return Err(Error::conflict("target-needs-team"));
    }
    let mut problems = Problems::default();
    responsible::check(cx, &mut problems, &TARGET, relation, Relation::default()).await?;
    problems.into_result()?;
    if cx.visible().reaches(tier, relation, false) { Ok(kept) } else { Err(Error::conflict("send-out-of-reach")) }
}

/// The enterprises that companies surely are: by identifier, or because a person has said so before.
async fn surely(cx: &mut Cx, companies: &[&Company]) -> Result<HashMap<usize, Brief>> {
    let mut sure: HashMap<usize, Brief> = links::looked_up(cx, companies)
        .await?
        .into_iter()
        .filter(|(_, (_, how))| *how == "identifier")
        .map(|(place, (brief, _))| (place, brief))
        .collect();
    let keys: Vec<String> = companies.iter().map(|company| company.id.clone()).collect();
    for (company, id, how) in store::links(cx, &keys).await? {
        if !matches!(how.as_str(), "person" | "made") {
            continue;
        }
        let Some(place) = companies.iter().position(|one| one.id == company) else { continue };
        // One that is out of reach says nothing here.
        match enterprise::brief(cx, id).await {
            Ok(brief) if !brief.retired => drop(sure.insert(place, brief)),
            Ok(_) | Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(sure)
}

/// Those whose number somebody holds who can't be named here.
async fn held_elsewhere(cx: &mut Cx, companies: &[&Company]) -> Result<Vec<usize>> {
    let (places, identifiers) = links::numbered(cx, companies);
    let held = enterprise::identified_many(cx, &identifiers).await?;
    Ok(held.into_iter().filter(|(_, brief)| brief.is_none()).map(|(at, _)| places[at]).collect())
}

fn unsure(rank: i64, name: String, conflict: &Conflict) -> Unsure {
    let likely = conflict.reasons.iter().filter_map(|problem| {
        let arg = |name: &str| {
            problem.args.iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.clone())
        };
        Some(Likely {
            id: problem.field.parse().ok()?,
            name: arg("name"),
            reference: arg("reference"),
            key: problem.key.clone(),
            args: problem.args.clone(),
        })
    });
    Unsure { rank, name, likely: likely.collect() }
}

async fn register(cx: &mut Cx, company: &Company, kept: &Kept, decided: Option<&Decided>) -> Result<Brief> {
    let names =
        std::iter::once(NewName { name: company.name.clone(), language: String::new(), kind: "legal".to_owned() })
            .chain(company.other_names.iter().map(|name| NewName {
                name: name.text.clone(),
                language: name.language.clone().unwrap_or_default(),
                kind: String::new(),
            }));
    let listed = |list: &str, measure: Measure| {
        let code = company.code(measure).and_then(|code| cx.house.codes.written(list, code));
        Loose(code.map_or_else(String::new, |code| code.code))
    };
    let new = NewEnterprise {
        names: names.collect(),
        identifiers: links::identifiers(cx, company),
        incorporation: listed("jurisdiction", Measure::Incorporated),
        headquarters: listed("jurisdiction", Measure::Country),
        reporting_origin: listed("origin", Measure::Country),
        main_listing: Loose(
            company.code(Measure::Listing).filter(|code| *code != "none").unwrap_or_default().to_owned(),
        ),
        website: Loose(company.website.clone().unwrap_or_default()),
        tier: Loose(kept.tier.clone()),
        team_id: Loose(kept.team_id.clone()),
        owner_id: Loose(kept.owner_id.clone()),
        distinct_from_resembling: decided.is_some(),
        distinct_from: match decided {
            Some(Decided::New(others)) => others.clone(),
            _ => Vec::new(),
        },
        ..NewEnterprise::default()
    };
    Ok(enterprise::register(cx, new).await?.brief())
}

/// Whoever said no last is not put on the list along with others: that is for a person to do, one by one.
async fn propose(cx: &mut Cx, brief: &Brief, one: &Ranked, kept: &Kept, reasons: Reasons) -> Result<Held> {
    if let Some(reference) = target::declined(cx, brief.id).await? {
        return Err(Error::conflict_with("send-declined", &[("reference", reference)]));
    }
    target::propose(cx, proposed(Some(brief.id), kept), Some((one.company.id.clone(), reasons))).await
}

/// What all targets of one sending have alike, and the enterprise of one.
fn proposed(enterprise: Option<Id>, kept: &Kept) -> NewTarget {
    NewTarget {
        enterprise_id: Loose(enterprise.map_or_else(String::new, |id| id.to_string())),
        round: Loose(kept.round.clone()),
        tier: Loose(kept.tier.clone()),
        team_id: Loose(kept.team_id.clone()),
        owner_id: Loose(kept.owner_id.clone()),
        note: Loose(kept.note.clone()),
    }
}
