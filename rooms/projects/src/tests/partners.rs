//! The real public register, through the importer a user has.

use platform::import::run::{self, Step};
use platform::import::{self, ImportKind, read};
use platform::{Way, both_databases};

use super::Office;

const REGISTER: &str = include_str!("../../../../packs/hong-kong/partners.csv");

async fn bring_in(office: &Office, text: &str) -> import::Import {
    let house = &office.house;
    let file = house.files.folder().with_extension("csv");
    std::fs::write(&file, text).unwrap();
    let received = house.files.receive_path(&file, 1 << 20).await.unwrap();
    let head = read::head(house.files.place(&received.digest), read::Reading::default()).await.unwrap();
    let mapping = read::guess(&head.headers, crate::partners::Partners.columns(), &house.texts);
    let mut cx = house.cx_operator("test", Way::Command);
    let actor = cx.actor.clone().unwrap();
    let kind = house.import_kind("partners").unwrap();
    let import = run::upload(&mut cx, kind, "partners.csv", received).await.unwrap();
    run::prepare(&mut cx, import.id, read::Reading { mapping, ..Default::default() }).await.unwrap();
    cx.commit().await.unwrap();
    run::work_through(house, &actor, import.id, Step::Check, None, |_| {}).await.unwrap();
    run::begin_keeping(&mut cx, import.id).await.unwrap();
    cx.commit().await.unwrap();
    run::work_through(house, &actor, import.id, Step::Keep, None, |_| {}).await.unwrap()
}

async fn signed(office: &Office) -> i64 {
    let mut cx = office.operator();
    let sql =
        platform::sql::Sql::new("SELECT COUNT(*) FROM milestones WHERE kind = 'signed' AND superseded_at IS NULL");
    sql.fetch_number(&mut cx).await.unwrap()
}

/// The lists that the register's words need, beyond the few of the cast.
async fn with_lists(office: &Office) {
    #[derive(serde::Deserialize)]
    struct Lists {
        code: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        list: String,
        code: String,
        name_en: String,
        #[serde(default)]
        aliases: Vec<String>,
    }
    let mut cx = office.operator();
    let mut codes = Vec::new();
    for text in [
        include_str!("../../../../packs/hong-kong/industries.toml"),
        include_str!("../../../../packs/hong-kong/origins.toml"),
    ] {
        let lists: Lists = toml::from_str(text).unwrap();
        for entry in lists.code {
            let mut code = super::code(&entry.list, &entry.code, "", &entry.aliases.join("\n"));
            code.name_en = entry.name_en;
            codes.push(code);
        }
    }
    platform::codes::load(&mut cx, codes).await.unwrap();
    cx.commit().await.unwrap();
    office.house.codes.reload(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
}

#[both_databases]
async fn the_register_comes_in_whole_and_once(office: Office) {
    with_lists(&office).await;
    let import = bring_in(&office, REGISTER).await;
    assert_eq!((import.created, import.refused, import.resembling), (35, 0, 0));
    assert_eq!(signed(&office).await, 31, "four are unconfirmed and not counted");
    let again = bring_in(&office, REGISTER).await;
    assert_eq!((again.created, again.to_leave), (0, 35));
    let mut cx = office.operator();
    let findings = (crate::project::check().run)(&mut cx).await.unwrap();
    assert_eq!(findings.wrong, Vec::<String>::new());
    cx.undo().await.unwrap();

    run_undo(&office, import.id).await;
    assert_eq!(office.director().get("/projects").await.body.matches("<tr data-href").count(), 0);
}

async fn run_undo(office: &Office, id: platform::Id) {
    let mut cx = office.operator();
    run::undo(&mut cx, id).await.unwrap();
    cx.commit().await.unwrap();
    platform::jobs::run_all(&office.house).await.unwrap();
    let mut cx = office.operator();
    assert_eq!(import::run::get(&mut cx, id).await.unwrap().0.state, "undone");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn bad_rows_are_named_and_the_rest_goes_in(office: Office) {
    with_lists(&office).await;
    let bad =
        "2024-02-31,Bad Day Ltd,,,Mainland,,a source,signed\n2024-03-20,Elsewhere Ltd,,,Atlantis,,a source,signed\n";
    let import = bring_in(&office, &format!("{REGISTER}{bad}")).await;
    assert_eq!((import.created, import.refused), (35, 2));
    let mut cx = office.operator();
    let problems = import::problems(&mut cx, import.id, 0, 10).await.unwrap();
    let named: Vec<(u64, &str, &str)> =
        problems.iter().map(|(row, problem)| (*row, problem.field.as_str(), problem.key.as_str())).collect();
    assert_eq!(named, [(37, "batch_date", "problem-day-none"), (38, "origin", "problem-code-unknown")]);
    cx.undo().await.unwrap();
}
