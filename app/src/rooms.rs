//! The list of rooms: the only file that names them all.

use std::path::PathBuf;

use platform::clock::Clock;
use platform::db::Address;
use platform::house::{BuildError, Built, Config, House, Plan};
use platform::room::Room;

/// Every room, each on those before it.
pub fn all() -> Vec<Room> {
    vec![identity::room(), directory::room(), projects::room(), reporting::room(), registry::room()]
}

/// Where an installation is: a folder, and perhaps a database elsewhere.
#[derive(Clone, Debug)]
pub struct Place {
    pub data: PathBuf,
    pub database: Option<String>,
    pub secure_cookies: bool,
}

impl Place {
    pub fn database(&self) -> Address {
        match &self.database {
            Some(address) => Address::parse(address),
            None => Address::Sqlite(self.data.join("oases.db")),
        }
    }
}

/// Puts the house together.
pub async fn build(place: &Place) -> Result<Built, BuildError> {
    build_at(place, Clock::System).await
}

/// As [`build`], going by this clock.
pub async fn build_at(place: &Place, clock: Clock) -> Result<Built, BuildError> {
    House::build(Plan {
        config: Config { database: place.database(), data: place.data.clone(), secure_cookies: place.secure_cookies },
        clock,
        rooms: all(),
        authenticator: Box::new(identity::Gatekeeper),
        shared_texts: ui::texts().to_vec(),
        asset: ui::asset,
        icon: ui::icon,
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn no_two_rooms_take_the_same_number_for_a_migration() {
        let mut taken: BTreeMap<i64, &str> = BTreeMap::new();
        for room in super::all() {
            for step in &room.migrations {
                let before = taken.insert(step.version, room.name);
                assert_eq!(before, None, "{} of {}", step.version, room.name);
            }
        }
    }
}
