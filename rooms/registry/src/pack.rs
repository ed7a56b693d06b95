//! The pack's data as they stand: what holds when, and where it comes from.

use std::sync::Arc;

use futures::future::BoxFuture;
use platform::audit::{Change, Told};
use platform::house::House;
use platform::settings::{self, EDIT};
use platform::{Cx, Error, Id, Result};

pub mod pages;

/// The pack that comes with the program.
pub trait Supply: Send + Sync {
    /// Its name and version.
    fn name(&self) -> String;

    /// Writes all of it through the verbs that keep its rules, without keeping it yet.
    fn bring_in<'a>(&'a self, cx: &'a mut Cx) -> BoxFuture<'a, Result<()>>;
}

#[derive(Clone, Default)]
struct Supplied(Option<Arc<dyn Supply>>);

/// Puts the program's own pack into the house.
pub fn put(house: &House, supply: Arc<dyn Supply>) {
    house.kept.put(Arc::new(Supplied(Some(supply))));
}

/// The pack that could be brought in, for those who may: none where the office has one.
pub fn offered(cx: &Cx) -> Option<String> {
    if cx.house.settings.get("pack").is_some() || !cx.may(&EDIT) {
        return None;
    }
    cx.house.kept.get::<Supplied>().0.as_ref().map(|supply| supply.name())
}

/// Gives an office without a pack the program's own, without the register that may go with it. Whoever may set up the
/// office may do so, and it is all or nothing.
pub async fn bring_in(cx: &mut Cx) -> Result<()> {
    cx.require(&EDIT)?;
    if settings::held(cx, "pack").await?.is_some() {
        return Err(Error::conflict("pack-is-there"));
    }
    let supply = cx.house.kept.get::<Supplied>().0.clone().ok_or_else(|| Error::conflict("pack-not-supplied"))?;
    // Its tables are the machine's to fill, as on the command line; who asked for it is told beside.
    let asked_by = cx.actor.clone();
    cx.record(Change::new("pack.brought_in", "office", Id(1)).set("pack", Told::Text(supply.name())));
    cx.actor = Some(platform::permission::Actor {
        account: cx.account(),
        name: asked_by.as_ref().map_or_else(String::new, |actor| actor.name.clone()),
        ..platform::permission::Actor::operator("")
    });
    let done = supply.bring_in(cx).await;
    cx.renew_on_commit();
    cx.actor = asked_by;
    done
}
