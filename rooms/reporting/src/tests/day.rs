//! Stories of the front page.

use std::collections::BTreeMap;

use platform::both_databases;
use platform::import::read::{self, Reading};
use platform::import::run;
use platform::permission::Tier;
use projects::milestone::{self, NewMilestone};
use projects::project;

use super::{FIGURES, Office};

#[both_databases]
async fn the_front_page_holds_what_needs_its_reader(office: Office) {
    let officer = office.officer(None);
    let page = officer.get("/").await;
    assert!(
        page.body.contains("You have no projects of your own") && page.body.contains("No project has been started")
    );

    let harbour = office.enterprise("Harbour Robotics", "ai-data-science", "france").await;
    let owner = officer.actor.account.unwrap();
    let stale = office.project_of(harbour, Tier::Office).await;
    let delayed = office.project_of(harbour, Tier::Office).await;
    let met = office.project_of(harbour, Tier::Office).await;
    let elsewhere = office.project_of(harbour, Tier::Office).await;
    let mut cx = officer.cx();
    for id in [stale, delayed, met] {
        let version = project::get(&mut cx, id).await.unwrap().version;
        let owned = BTreeMap::from([("owner_id".to_owned(), Some(owner.to_string()))]);
        project::edit(&mut cx, id, version, owned).await.unwrap();
    }
    cx.commit().await.unwrap();
    office.clock.set(office.clock.now().plus_seconds(40 * 86_400));
    let mut cx = office.operator();
    let today = cx.today().to_string();
    for id in [delayed, elsewhere] {
        project::fare(&mut cx, id, "delayed", &today, "a long wait").await.unwrap();
    }
    let meeting = NewMilestone { kind: "met".into(), effective_on: today, ..NewMilestone::default() };
    milestone::record(&mut cx, met, meeting).await.unwrap();
    cx.commit().await.unwrap();
    let reference = async |id| {
        let mut cx = office.operator();
        let reference = project::get(&mut cx, id).await.unwrap().reference;
        cx.undo().await.unwrap();
        reference
    };
    let (stale, delayed, elsewhere) = (reference(stale).await, reference(delayed).await, reference(elsewhere).await);
    let met = reference(met).await;
    let section = |page: &str, id: &str| {
        let start = page.find(&format!("id=\"{id}\"")).map(|at| &page[at..]).unwrap_or_default();
        start.split("</section>").next().unwrap_or_default().to_owned()
    };
    let page = officer.get("/").await.body;
    assert!(section(&page, "stale").contains(&stale) && !section(&page, "stale").contains(&delayed));
    assert!(!section(&page, "stale").contains(&met), "a meeting is a change");
    assert!(section(&page, "delayed").contains(&delayed) && !section(&page, "delayed").contains(&stale));
    assert!(section(&page, "near").contains("Can move to “Contacted”"), "its owner is all the first gate asks for");
    assert!(!page.contains("id=\"others-delayed\""), "an officer answers for their own");
    assert!(section(&page, "recent").contains(&elsewhere));
    let director = office.director().get("/").await.body;
    assert!(section(&director, "others-delayed").contains(&elsewhere), "a director sees what waits elsewhere");
}

#[both_databases]
async fn an_import_waits_for_whoever_brought_it(office: Office) {
    let director = office.director();
    let mut cx = office.cx(director.actor.clone());
    let file = office.house.files.folder().with_extension("csv");
    std::fs::write(&file, FIGURES).unwrap();
    let received = office.house.files.receive_path(&file, 1 << 20).await.unwrap();
    let head = read::head(office.house.files.place(&received.digest), Reading::default()).await.unwrap();
    let kind = office.house.import_kind("figures").unwrap();
    let mapping = read::guess(&head.headers, kind.columns(), &office.house.texts);
    let import = run::upload(&mut cx, kind, "march.csv", received).await.unwrap();
    run::prepare(&mut cx, import.id, Reading { mapping, ..Reading::default() }).await.unwrap();
    cx.commit().await.unwrap();
    run::work_through(&office.house, &director.actor, import.id, run::Step::Check, None, |_| {}).await.unwrap();
    let page = director.get("/").await.body;
    assert!(page.contains("march.csv") && page.contains("166 to create"), "{page}");
    assert!(!office.director().get("/").await.body.contains("march.csv"), "it is not another's to decide");
}

#[both_databases]
async fn a_key_for_figures_reads_all_of_them_and_nothing_else(office: Office) {
    let limits = platform::permission::KeyLimits { id: None, scopes: vec!["reporting:read".to_owned()] };
    let robot = office.director().actor;
    let robot = office.person_of(platform::permission::Actor { key: Some(limits), ..robot });
    for path in [
        "/api/v1/figures",
        "/api/v1/crosstab?measure=enterprises_attracted&rows=industry",
        "/api/v1/crosstab/records?measure=enterprises_attracted",
        "/api/v1/reconciliation",
        "/figures",
        "/figures/reconciliation",
    ] {
        let answer = robot.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    for path in ["/api/v1/projects", "/api/v1/enterprises"] {
        assert_eq!(robot.get(path).await.status, 403, "{path}");
    }
}
