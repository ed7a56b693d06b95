//! The real public register, through the importer a user has.

use directory::enterprise;
use platform::import::{self, ImportKind, Mode, Outcome, Row, run};
use platform::permission::{Role, Tier};
use platform::testing::Person;
use platform::{Id, audit, both_databases};

use super::Office;
use crate::milestone::NewMilestone;
use crate::{clearance, gate, milestone, project};

const REGISTER: &str = include_str!("../../../../packs/hong-kong/partners.csv");

async fn bring_in(office: &Office, text: &str) -> import::Import {
    office.brings_in("partners", text.as_bytes()).await.1
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

#[both_databases]
async fn only_the_registers_own_words_are_a_status(office: Office) {
    with_lists(&office).await;
    let row = |name: &str, status: &str| format!("2024-03-20,{name},,,Mainland,,a source,{status}\n");
    let header = REGISTER.lines().next().unwrap();
    let [signing, other, none] = [row("Lanyue Ltd", "Signed"), row("Qingchi Ltd", "landed"), row("Zhuwei Ltd", "")];
    let import = bring_in(&office, &format!("{header}\n{signing}{other}{none}")).await;
    assert_eq!((import.created, import.refused, signed(&office).await), (1, 2, 1));
    let mut cx = office.operator();
    let problems = import::problems(&mut cx, import.id, 0, 10).await.unwrap();
    cx.undo().await.unwrap();
    for ((row, problem), at) in problems.iter().zip([3, 4]) {
        assert_eq!((*row, problem.field.as_str(), problem.key.as_str()), (at, "status", "partner-status-unknown"));
    }
}

#[both_databases]
async fn what_is_exported_comes_in_again_unchanged(office: Office) {
    with_lists(&office).await;
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let attracted =
        NewMilestone { kind: "attracted".into(), effective_on: "2026-03-01".into(), ..NewMilestone::default() };
    milestone::record(&mut cx, id, attracted).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let kind = office.house.export_kind("partners").unwrap();
    let file = platform::export::to_file(&mut cx, kind, "", platform::export::Format::Csv).await.unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    cx.undo().await.unwrap();
    assert!(text.contains("Harbour Robotics"), "{text}");
    let import = bring_in(&office, &text).await;
    assert_eq!((import.created, import.refused, import.to_leave), (0, 0, 1));
    let unsourced = "batch_date,name_en,name_zh,source,status\n,Elsewhere Ltd,,,attracted\n";
    let import = bring_in(&office, unsourced).await;
    assert_eq!((import.created, import.refused), (0, 1), "what is new needs a source");
}

/// What becomes of a row that somebody brings in: a signing of that name.
async fn signs(by: &Person<'_>, name: &str) -> Result<Id, Vec<(String, String)>> {
    let cells = [("batch_date", "2025-10-09"), ("name_en", name), ("source", "a newspaper"), ("status", "signed")];
    let cells = cells.into_iter().map(|(field, cell)| (field, cell.to_owned())).collect();
    let row = Row { number: 2, cells };
    let mut told = Vec::new();
    for mode in [Mode::Check, Mode::Keep] {
        let mut cx = by.cx();
        let outcome =
            crate::partners::Partners.take(&mut cx, std::slice::from_ref(&row), mode).await.unwrap().remove(0);
        cx.commit().await.unwrap();
        told.push(match outcome {
            Outcome::Created(id) => Ok(id),
            Outcome::Refused(problems) => {
                Err(problems.all().iter().map(|problem| (problem.field.clone(), problem.key.clone())).collect())
            }
            _ => panic!("neither kept nor refused"),
        });
    }
    assert_eq!(told[0].is_ok(), told[1].is_ok(), "the check told what was kept");
    told.remove(1)
}

#[both_databases]
async fn the_register_goes_past_gates_and_clears_names_for_those_who_may(office: Office) {
    let refused = signs(&office.officer(None), "Walk Newco Limited").await.unwrap_err();
    for said in ["gate-needs-owner", "gate-needs-pledge", "partner-clears-name"] {
        assert!(refused.contains(&("status".to_owned(), said.to_owned())), "{said}: {refused:?}");
    }
    let without_team = signs(&office.person(Role::TeamLead, None), "Walk Newco Limited").await.unwrap_err();
    assert!(!without_team.iter().any(|(_, key)| key == "partner-clears-name"), "{without_team:?}");
    let mut cx = office.operator();
    assert_eq!(enterprise::named(&mut cx, "Walk Newco Limited").await.unwrap(), [], "nothing is half kept");
    cx.undo().await.unwrap();

    let team = "INSERT INTO teams (id, code, name_en, name_zh_hant, name_zh_hans) VALUES (3, 'x', 'X', 'X', 'X')";
    let mut cx = office.operator();
    platform::sql::Sql::new(team).execute(&mut cx).await.unwrap();
    cx.commit().await.unwrap();
    let lead = office.person(Role::TeamLead, Some(Id(3)));
    for (by, team, name) in [(office.director(), None, "Walk Newco Limited"), (lead, Some(Id(3)), "Peak Newco Limited")]
    {
        let id = signs(&by, name).await.unwrap();
        let mut cx = office.operator();
        let held = project::get(&mut cx, id).await.unwrap();
        assert_eq!((held.stage.as_str(), held.tier(), held.team_id), ("agreed", Tier::Public, team));
        let reason = Some("Register of partners: a newspaper");
        assert_eq!(held.override_reason.as_deref(), reason);
        let passage = gate::passages(&mut cx, id).await.unwrap().remove(0);
        assert_eq!(passage.override_reason.as_deref(), reason);
        assert!(passage.unmet.contains("pledge") && !passage.unmet.contains("attraction"), "{}", passage.unmet);
        assert!(clearance::standing(&mut cx, id).await.unwrap().is_some());
        assert_eq!(milestone::all(&mut cx, id).await.unwrap().len(), 2);
        let history = audit::read::history(&mut cx, "project", id, None, 20).await.unwrap();
        for verb in ["project.started", "milestone.recorded", "name.cleared", "project.moved_past_gate"] {
            assert!(history.iter().any(|entry| entry.verb == verb), "{verb}");
        }
        assert_eq!(history.iter().filter_map(|entry| entry.subject_version).max(), Some(held.version));
        for check in [project::check(), crate::ledger::check()] {
            assert_eq!((check.run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
        }
        cx.undo().await.unwrap();
    }
}

#[both_databases]
async fn a_partners_project_is_never_easier_to_see_than_its_enterprise(office: Office) {
    office.enterprise("Altamar Data").await;
    let id = signs(&office.director(), "Altamar Data").await.unwrap();
    let mut cx = office.operator();
    assert_eq!(project::get(&mut cx, id).await.unwrap().tier(), Tier::Office);
    cx.undo().await.unwrap();
}
