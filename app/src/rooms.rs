//! The list of rooms: the only file that names them all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use platform::clock::Clock;
use platform::db::Address;
use platform::house::{BuildError, Built, Config, House, Plan};
use platform::room::Room;
use platform::web::origin::Network;

/// Every room, each on those before it.
pub fn all() -> Vec<Room> {
    vec![identity::room(), directory::room(), projects::room(), targeting::room(), reporting::room(), registry::room()]
}

/// Where an installation is: a folder, and perhaps a database elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub data: PathBuf,
    pub database: Option<String>,
    pub secure_cookies: bool,
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<Network>,
}

impl Place {
    pub fn database(&self) -> Address {
        match &self.database {
            Some(address) => Address::parse(address),
            None => Address::Sqlite(self.data.join("oases.db")),
        }
    }
}

impl Place {
    /// The folder of the universe, unless a command names another.
    pub fn universe(&self) -> PathBuf {
        self.data.join("universe")
    }
}

/// Puts the house together.
pub async fn build(place: &Place) -> Result<Built, BuildError> {
    build_at(place, Clock::System).await
}

/// As [`build`], going by this clock.
pub async fn build_at(place: &Place, clock: Clock) -> Result<Built, BuildError> {
    let built = House::build(Plan {
        config: Config {
            database: place.database(),
            data: place.data.clone(),
            secure_cookies: place.secure_cookies,
            public_url: place.public_url.clone(),
            trusted_proxies: place.trusted_proxies.clone(),
        },
        clock,
        rooms: all(),
        authenticator: Box::new(identity::Gatekeeper),
        shared_texts: ui::texts().to_vec(),
        asset: ui::asset,
        icon: ui::icon,
    })
    .await?;
    targeting::universe::put(&built.house, engine(&place.universe()));
    Ok(built)
}

/// What a screening's scan may hold.
#[cfg(feature = "engine")]
const SCAN_BYTES: usize = 1 << 30;

/// What screens the universe in a folder. Where the columnar engine is not built in, a plain scan gives the same.
pub fn engine(folder: &Path) -> Arc<dyn screening::Engine> {
    let universe = ::universe::Universe::at(folder);
    #[cfg(feature = "engine")]
    let universe = ::universe::DataFusion::new(universe, SCAN_BYTES);
    Arc::new(universe)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use platform::both_databases;
    use platform::sql::Sql;
    use platform::testing::{On, Story, TestHouse, TestPlan};

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

    struct Whole(TestHouse);

    impl Story for Whole {
        async fn open(on: On) -> Self {
            let rooms = super::all();
            Self(
                TestHouse::open(on, TestPlan { rooms, shared_texts: ui::texts().to_vec(), ..TestPlan::default() })
                    .await,
            )
        }
    }

    /// What points at an enterprise and is no part of it that a merge would have to count: the merge's
    /// own pointers and notes, and what is kept for a record whoever stands for it.
    /// What was decided of two records is of both.
    const NOT_COUNTED: [(&str, &str); 11] = [
        ("enterprises", "merged_into"),
        ("enterprise_merges", "loser_id"),
        ("enterprise_merges", "into_id"),
        ("enterprise_standings", "enterprise_id"),
        ("enterprise_standings", "survivor_id"),
        ("enterprise_facts", "enterprise_id"),
        ("enterprise_name_keys", "enterprise_id"),
        ("enterprise_resemblances", "low_id"),
        ("enterprise_resemblances", "high_id"),
        ("enterprise_resemblance_decisions", "low_id"),
        ("enterprise_resemblance_decisions", "high_id"),
    ];

    #[both_databases]
    async fn whatever_points_at_an_enterprise_says_how_a_merge_counts_it(house: Whole) {
        let house = house.0;
        let mut cx = house.operator();
        let references = match house.is_postgres() {
            true => {
                "SELECT c.relname::text, a.attname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) \
                 WHERE k.contype = 'f' AND k.confrelid = 'enterprises'::regclass"
            }
            false => {
                "SELECT m.name, f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
                 WHERE m.type = 'table' AND f.\"table\" = 'enterprises'"
            }
        };
        let named = match house.is_postgres() {
            true => {
                "SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                 WHERE c.relkind = 'r' AND a.attname = 'enterprise_id'"
            }
            false => {
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND c.name = 'enterprise_id'"
            }
        };
        let mut points: BTreeSet<(String, String)> = BTreeSet::new();
        for sql in [references, named] {
            points.extend(Sql::new(sql).fetch_all::<(String, String)>(&mut cx).await.unwrap());
        }
        assert!(points.contains(&("people".to_owned(), "enterprise_id".to_owned())), "{points:?}");
        let counted: BTreeSet<(String, String)> = house
            .house
            .relations
            .iter()
            .filter(|relation| relation.of == "enterprise")
            .map(|relation| (relation.table.to_owned(), relation.column.to_owned()))
            .chain(NOT_COUNTED.iter().map(|(table, column)| ((*table).to_owned(), (*column).to_owned())))
            .collect();
        let forgotten: Vec<_> = points.difference(&counted).collect();
        assert!(forgotten.is_empty(), "a merge would not count {forgotten:?}");
        let gone: Vec<_> = counted.difference(&points).collect();
        assert!(gone.is_empty(), "there is no {gone:?}");
        for relation in &house.house.relations {
            assert_eq!((relation.count)(&mut cx, &[platform::Id(1)]).await.unwrap(), 0, "{}", relation.table);
        }
    }
}
