//! Who may do what, printed from what the rooms declare: docs/ROLES.md is that table.

use std::fs;
use std::path::Path;

use platform::permission::Permission;

/// Every room's permissions, and the platform's own. A room that is missing here fails the test
/// that compares the files.
async fn permissions() -> Vec<&'static Permission> {
    let folder = tempfile::tempdir().expect("a folder");
    let built = platform::house::House::build(platform::house::Plan {
        config: platform::house::Config {
            database: platform::db::Address::Sqlite(folder.path().join("oases.db")),
            data: folder.path().to_owned(),
            secure_cookies: false,
            public_url: None,
            trusted_proxies: Vec::new(),
        },
        clock: platform::clock::Clock::System,
        rooms: vec![identity::room(), directory::room(), projects::room(), reporting::room(), registry::room()],
        authenticator: Box::new(identity::Gatekeeper),
        shared_texts: ui::texts().to_vec(),
        asset: ui::asset,
        icon: ui::icon,
    })
    .await
    .expect("a house");
    let permissions = built.house.permissions.clone();
    built.house.close().await;
    permissions
}

#[tokio::test]
async fn the_table_of_roles_is_the_one_in_the_docs() {
    let printed = identity::roles::markdown(&permissions().await);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ROLES.md");
    if std::env::var_os("OASES_PRINT_ROLES").is_some() {
        fs::write(&file, &printed).expect("docs/ROLES.md");
    }
    let held = fs::read_to_string(&file).unwrap_or_default();
    assert!(held == printed, "docs/ROLES.md is not what the rooms declare; print it anew with OASES_PRINT_ROLES=1");
}

#[tokio::test]
async fn every_permission_is_declared_once_and_granted_to_somebody() {
    let permissions = permissions().await;
    let mut names: Vec<&str> = permissions.iter().map(|permission| permission.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "a name stands for one action");
    for permission in permissions {
        assert!(!permission.grants.is_empty(), "{} is granted to nobody", permission.name);
        assert!(permission.name.split('.').count() == 3, "{} is named room.noun.verb", permission.name);
    }
}
