//! Every page and every door for programs, walked by those who must not pass: nobody, somebody
//! without the right, and somebody to whom the record does not exist.
//!
//! The walk finds the routes itself. A new route under `/enterprises/{id}` is walked with no
//! further word; one with a key of a new kind fails here unless a page leads to a
//! record of that kind or has a form that makes one. `docs/ROUTES.md` says who may use what, for an auditor to read.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use platform::both_databases;
use platform::permission::{Actor, KeyLimits, Role, Scope, Tier};
use platform::testing::{Answer, Person};
use serde_json::Value;

#[path = "walk/cast.rs"]
mod cast;
#[path = "walk/forms.rs"]
mod forms;
#[path = "walk/made.rs"]
mod made;
#[path = "../src/rooms.rs"]
#[expect(dead_code, reason = "the walk builds its own house from the binary's list of rooms")]
mod rooms;
#[path = "walk/routes.rs"]
mod routes;
#[path = "walk/screened.rs"]
mod screened;
#[path = "walk/through.rs"]
mod through;

use cast::{OURS, Office, Records, THEIRS};
use routes::{OWN, PUBLIC, Route, ask, ask_of, asking, conditional, is_public, routes};
use through::Walk;

fn assert_none(what: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{what}\n  {}\n", faults.join("\n  "));
}

fn refused(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403 | 404)
}

#[both_databases]
async fn nobody_passes_but_where_everybody_may(office: Office) {
    let (routes, api) = routes(&office);
    let listed: BTreeSet<String> = office
        .listed
        .iter()
        .filter(|listed| listed.public)
        .map(|listed| format!("{} {}", listed.method, listed.path))
        .collect();
    assert_eq!(listed, PUBLIC.map(str::to_owned).into(), "what is public is said here too");
    let nobody = office.nobody();
    let mut faults = Vec::new();
    for route in routes.iter().filter(|route| !is_public(route)) {
        let path = route.path.replace(|c| matches!(c, '{' | '}'), "");
        let answer = ask(&office, &api, &nobody, route, &path).await;
        let turned_away = if route.reads() && !route.api {
            answer.status == 303 && answer.location().starts_with("/sign-in?back=")
        } else {
            answer.status == 401
        };
        if !turned_away {
            faults.push(format!("{} answered {}", route.name(), answer.status));
        }
    }
    assert_none("Nobody is asked to sign in by:", faults);
}

#[both_databases]
async fn somebody_without_a_role_reaches_only_their_own(office: Office) {
    let (routes, api) = routes(&office);
    let walk = Walk::through(&office, "Harbour Robotics", Tier::Public).await;
    let somebody = office.somebody(&[], Some(OURS)).await;
    let mut faults = Vec::new();
    for route in routes.iter().filter(|route| !is_public(route)) {
        let answer = ask(&office, &api, &somebody, route, &walk.filled(&office, route).await).await;
        let own = OWN.contains(&route.name().as_str());
        let empty = route.path.ends_with("/suggest") && answer.body == "[]";
        if !own && !empty && !refused(&answer) {
            faults.push(format!("{} answered {}", route.name(), answer.status));
        }
    }
    assert_none("No permission is asked for by:", faults);
}

#[both_databases]
async fn a_key_that_only_reads_changes_nothing(office: Office) {
    let (routes, api) = routes(&office);
    let walk = Walk::through(&office, "Harbour Robotics", Tier::Public).await;
    let limits = KeyLimits { id: None, scopes: vec!["*:read".to_owned()] };
    let mut faults = Vec::new();
    let writes = |route: &&Route| !route.reads() && !is_public(route) && !OWN.contains(&route.name().as_str());
    let director = office.somebody(&[Role::Director, Role::Administrator], None).await;
    let program = office.person_of(Actor { key: Some(limits), ..director.actor.clone() });
    for route in routes.iter().filter(writes) {
        let answer = ask(&office, &api, &program, route, &walk.filled(&office, route).await).await;
        if !refused(&answer) {
            faults.push(format!("{} answered {}", route.name(), answer.status));
        }
    }
    assert_none("A key that may only read is let in by:", faults);
}

#[both_databases]
async fn what_is_out_of_reach_answers_as_if_it_were_not_there(office: Office) {
    let (routes, api) = routes(&office);
    let outsider = office.somebody(&[Role::Officer], Some(THEIRS)).await;
    let seen = Walk::through(&office, "Harbour Robotics", Tier::Office).await;
    let mut faults = Vec::new();
    for tier in [Tier::Team, Tier::Named] {
        let hidden = Walk::through(&office, "Zzyzx Secret", tier).await;
        let missing = Walk {
            records: Records {
                enterprise: platform::Id(11),
                person: platform::Id(12),
                project: platform::Id(13),
                milestone: platform::Id(14),
                entry: platform::Id(15),
            },
            nothing: true,
            ..Walk::through(&office, "Peak Biologics", Tier::Office).await
        };
        for route in routes.iter().filter(|route| route.secret()) {
            let (path, nowhere) = (hidden.filled(&office, route).await, missing.filled(&office, route).await);
            let answer = ask(&office, &api, &outsider, route, &path).await;
            let other = ask(&office, &api, &outsider, route, &nowhere).await;
            if answer.status != 404 {
                faults.push(format!("{} answered {} ({})", route.name(), answer.status, tier.code()));
            } else if answer.body.replace(&path, "") != other.body.replace(&nowhere, "") {
                faults.push(format!("{} answers otherwise than where nothing is", route.name()));
            }
        }
        // Through a record that may be seen, to one beneath another that may not.
        for route in routes.iter().filter(|route| route.secret() && route.path.matches('{').count() > 1) {
            let (of, to) = (hidden.filled(&office, route).await, seen.filled(&office, route).await);
            let keys = |address: &str| address.split('/').find(|part| part.parse::<i64>().is_ok()).map(str::to_owned);
            let (of_key, to_key) = (keys(&of).expect("a key"), keys(&to).expect("a key"));
            let answer = ask(&office, &api, &outsider, route, &of.replacen(&of_key, &to_key, 1)).await;
            if answer.status != 404 {
                faults.push(format!("{} answered {} beneath another record", route.name(), answer.status));
            }
        }
    }
    assert_none("A record out of reach shows at:", faults);
}

/// Every answer that somebody can get by reading, with what they might search for.
async fn everything_read(office: &Office, api: &Value, person: &Person<'_>, walk: &Walk) -> Vec<(String, Answer)> {
    let (routes, _) = routes(office);
    let metrics = person.call("GET", "/api/v1/figures", &[], Value::Null).await.json();
    let metrics: Vec<&str> =
        metrics["metrics"].as_array().expect("metrics").iter().filter_map(|one| one["metric"].as_str()).collect();
    let mut read = Vec::new();
    // What is made anew at each look, such as the secret of one-time codes, tells nothing.
    // Opening a paper's file leaves an entry in the project's history, which would tell of this walk.
    let own = |route: &Route| route.path.starts_with("/account") || route.path.ends_with("/file");
    for route in routes.iter().filter(|route| route.reads() && !is_public(route) && !own(route)) {
        let mut paths = match route.path.as_str() {
            "/exports/{kind}" => {
                let kinds = office.house.exports.iter().map(|kind| kind.name());
                kinds.map(|kind| format!("/exports/{kind}?format=csv")).collect()
            }
            _ => vec![walk.filled(office, route).await],
        };
        if route.path == "/figures/records" {
            paths = metrics.iter().map(|metric| format!("/figures/records?metric={metric}")).collect();
        } else if !route.keyed() {
            for query in ["q=Zzyzx", "q=z", "as_at=2026-11-20", "limit=1", "sort=name", "industry=ai-data-science"] {
                paths.push(format!("{}?{query}", route.path));
            }
        }
        for path in paths {
            let answer = ask(office, api, person, route, &path).await;
            read.push((path, answer));
        }
    }
    read
}

#[both_databases]
async fn records_out_of_reach_change_no_list_count_search_export_or_figure(office: Office) {
    let (routes, api) = routes(&office);
    let walk = Walk::through(&office, "Harbour Robotics", Tier::Public).await;
    // What has to be made for a walk stands before anything is read.
    for route in routes.iter().filter(|route| route.reads() && !is_public(route)) {
        walk.filled(&office, route).await;
    }
    let readers = [
        office.somebody(&[Role::Officer], Some(THEIRS)).await,
        office.somebody(&[Role::ReadOnly], None).await,
        office.somebody(&[Role::PartnerOfficer], None).await,
    ];
    let mut before = Vec::new();
    for reader in &readers {
        before.push(everything_read(&office, &api, reader, &walk).await);
    }
    // Hidden beneath hidden, hidden beneath seen, and seen beneath hidden.
    for tier in [Tier::Team, Tier::Named] {
        let hidden = office.records("Zzyzx Secret", tier).await;
        office.project(walk.records.enterprise, "Zzyzx Plan", tier).await;
        office.project(hidden.enterprise, "Zzyzx Site", Tier::Public).await;
    }
    let mut faults = Vec::new();
    for (reader, before) in readers.iter().zip(before) {
        let after = everything_read(&office, &api, reader, &walk).await;
        for ((path, was), (_, is)) in before.into_iter().zip(after) {
            if (was.status, &was.body) != (is.status, &is.body) {
                let changed = is.body.lines().find(|line| !was.body.contains(*line)).unwrap_or_default();
                faults.push(format!("{path}, to {}: {changed}", reader.actor.roles[0].code()));
            }
        }
    }
    // What resembles a hidden record is taken like any other.
    for reader in &readers {
        let fields = [("name_en", "Zzyzx Secret"), ("kind", "legal_entity"), ("tier", "office")];
        let answer = reader.post("/enterprises", &fields).await;
        let expected = if reader.actor.is(Role::Officer) { 303 } else { 403 };
        if answer.status != expected {
            faults.push(format!("registering the same name answers {}", answer.status));
        }
    }
    assert_none("What is out of reach can be told from:", faults);
    // The walk would see a difference: for a director there is one.
    let director = office.somebody(&[Role::Director], None).await;
    assert!(director.get("/enterprises?q=Zzyzx").await.body.contains("Zzyzx Secret"));
}

#[both_databases]
async fn every_page_answers_those_who_may_see_it(office: Office) {
    let (routes, api) = routes(&office);
    let walk = Walk::through(&office, "Harbour Robotics", Tier::Named).await;
    let everybody = office.somebody(&Role::ALL, Some(OURS)).await;
    let mut faults = Vec::new();
    for route in routes.iter().filter(|route| route.reads() && !is_public(route)) {
        // A kept view is its keeper's own.
        if OWN.contains(&route.name().as_str()) && route.keyed() {
            continue;
        }
        let path = format!("{}{}", walk.filled(&office, route).await, asking(&route.path));
        for language in platform::text::Language::ALL {
            let answer = if route.api {
                ask(&office, &api, &everybody, route, &path).await
            } else {
                everybody.get_in(language, &path).await
            };
            // Nothing of the walk's import is kept, so there is nothing to undo: it says so, and to those alone who may.
            let expected = if route.path == "/api/v1/imports/{id}/undo" { 409 } else { 200 };
            if answer.status != expected {
                faults.push(format!("{} answered {}", route.name(), answer.status));
            }
        }
    }
    assert_none("Those who may see it can't:", faults);
}

/// One person of each role in each team, with how far they reach.
#[both_databases]
async fn a_version_that_nobody_can_have_seen_changes_nothing(office: Office) {
    let (routes, api) = routes(&office);
    let walk = Walk::through(&office, "Harbour Robotics", Tier::Public).await;
    let everybody = office.somebody(&[Role::Administrator, Role::Director], None).await;
    let (mut faults, mut refused) = (Vec::new(), 0);
    let doors: Vec<&Route> = routes.iter().filter(|route| conditional(&api, route).is_some()).collect();
    for route in &doors {
        let answer = ask_of(&office, &api, &everybody, route, &walk.filled(&office, route).await, "\"900719\"").await;
        match answer.status {
            412 => refused += 1,
            // What the walk fills in did not fit, which is said first; nothing was changed either.
            404 | 409 | 422 => {}
            other => faults.push(format!("{} answers {other}: {}", route.name(), answer.body)),
        }
    }
    assert_none("doors that take a version still to come:", faults);
    assert!(refused * 2 > doors.len(), "{refused} of {} got as far as the version", doors.len());
}

async fn people(office: &Office) -> Vec<(Role, Scope, Person<'_>)> {
    let mut people = Vec::new();
    for role in Role::ALL {
        for (team, scope) in [(THEIRS, Scope::All), (OURS, Scope::Team)] {
            people.push((role, scope, office.somebody(&[role], Some(team)).await));
        }
    }
    people
}

/// Who may use a route: each role with how far it reaches.
async fn who_may(office: &Office, api: &Value, route: &Route, people: &[(Role, Scope, Person<'_>)]) -> Vec<String> {
    let mut may: Vec<String> = Vec::new();
    let mut walk = Walk::through(office, "Harbour Robotics", Tier::Public).await;
    let mut passed = None;
    for (role, scope, somebody) in people {
        if passed == Some(*role) {
            continue;
        }
        let answer = ask(office, api, somebody, route, &walk.filled(office, route).await).await;
        if refused(&answer) {
            continue;
        }
        passed = Some(*role);
        may.push(if *scope == Scope::All { role.code().to_owned() } else { format!("{} (team)", role.code()) });
        if !route.reads() && answer.status < 400 {
            walk = Walk::through(office, "Harbour Robotics", Tier::Public).await;
        }
    }
    may
}

#[both_databases]
async fn the_table_of_routes_says_who_may_use_what(office: Office) {
    let mut table = String::from(
        "# Who may use which page and which door\n\n\
         Written by `OASES_WRITE=1 cargo test -p app --test walk`; a test holds it. Asked about a record of the public\n\
         tier that another team holds; (team) says that only one of the reader's own team would do.\n\n\
         | way in | who |\n|---|---|\n",
    );
    let (routes, api) = routes(&office);
    let people = people(&office).await;
    for route in &routes {
        let may = if is_public(route) {
            "everybody, signed in or not".to_owned()
        } else if OWN.contains(&route.name().as_str()) {
            "everybody signed in, their own".to_owned()
        } else {
            let may = who_may(&office, &api, route, &people).await;
            if may.len() == Role::ALL.len() && !may.iter().any(|role| role.contains('(')) {
                "every role".to_owned()
            } else {
                may.join(", ")
            }
        };
        writeln!(table, "| `{}` | {may} |", route.name()).expect("a line");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ROUTES.md");
    if std::env::var_os("OASES_WRITE").is_some() {
        std::fs::write(&file, &table).expect("docs/ROUTES.md");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (kept, found) = (lines(&kept), lines(&table));
    let changes = found.difference(&kept).map(|line| format!("+ {line}"));
    let changes = changes.chain(kept.difference(&found).map(|line| format!("- {line}"))).collect();
    assert_none("docs/ROUTES.md says otherwise; if this is meant, write it anew with OASES_WRITE=1:", changes);
}
