//! Who still sees what was merged: a merge raises the survivor's tier to the loser's, and whoever saw the loser keeps it in
//! sight there.

use platform::audit::{FieldChange, Told};
use platform::permission::{Granted, Tier};
use platform::{Cx, Id, Result};

use crate::enterprise::{Enterprise, reader};

/// The field under which a merge keeps whom it named on the survivor.
pub(super) const READER: &str = "reader";

/// Names on the survivor whoever is named on the loser or holds it, and the actor, where the survivor's tier would keep it
/// from them. Answers whom it named.
pub(super) async fn carry_over(
    cx: &mut Cx,
    granted: &Granted,
    loser: &Enterprise,
    survivor: &Enterprise,
) -> Result<Vec<FieldChange>> {
    if survivor.tier() < Tier::Team {
        return Ok(Vec::new());
    }
    let mut accounts: Vec<Id> = readers(cx, loser).await?;
    if !cx.visible().reaches(survivor.tier(), survivor.relation(), false) {
        accounts.extend(cx.account());
    }
    accounts.retain(|account| Some(*account) != survivor.owner_id);
    let named = identity::reader::name_all(cx, granted, &reader::record(survivor), &accounts).await?;
    let told = |(id, name): (Id, String)| Told::record("account", id, &name);
    let field = |new: Told| FieldChange { field: READER.to_owned(), old: Told::Nothing, new };
    Ok(named.into_iter().map(told).map(field).collect())
}

/// Who sees a record wherever its tier keeps it from others: those named on it, and whose it is.
pub(super) async fn readers(cx: &mut Cx, held: &Enterprise) -> Result<Vec<Id>> {
    let named = identity::reader::of(cx, "enterprise", held.id).await?;
    Ok(named.into_iter().map(|reader| reader.account_id).chain(held.owner_id).collect())
}

/// Takes off the survivor whom the merge named on it and who is still named.
pub(super) async fn take_back(
    cx: &mut Cx,
    granted: &Granted,
    survivor: &Enterprise,
    named: Vec<FieldChange>,
) -> Result<()> {
    let still: Vec<Id> = match named.is_empty() {
        true => return Ok(()),
        false => identity::reader::of(cx, "enterprise", survivor.id).await?.iter().map(|one| one.account_id).collect(),
    };
    for one in named {
        if let Told::Record { id, .. } = one.new
            && still.contains(&id)
        {
            identity::reader::unname(cx, granted, &reader::record(survivor), id).await?;
        }
    }
    Ok(())
}
