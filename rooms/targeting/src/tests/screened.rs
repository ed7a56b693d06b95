//! Screenings run, explained, compared, stopped; and what they must not tell.

use super::*;
use crate::screening::list;

#[both_databases]
async fn a_screening_ranks_explains_and_stays_as_it_was(office: Office) {
    office.knows((1..=120).map(company).collect());
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let path = format!("/targets/screenings/{id}");
    let page = officer.get(&path).await.body;
    assert!(
        page.contains("Harbour 115 Batteries") && page.contains("made up") && page.contains("1–50 of 60"),
        "{page}"
    );
    let next = officer.get(&format!("{path}?country=JP")).await.body;
    assert!(!next.contains("Harbour 115"), "an odd one is French: {next}");
    let explained = officer.get(&format!("{path}/companies/1")).await.body;
    for words in ["A register · 30 Jun 2026", "What would change the rank", "How firm the rank is"] {
        assert!(explained.contains(words), "{words}: {explained}");
    }
    // Another state of the universe changes nothing of what was found.
    office.knows(vec![company(7)]);
    assert!(officer.get(&path).await.body.contains("Harbour 115 Batteries"));
    let export = office.exported(&officer, "screening", &format!("screening={id}")).await;
    assert_eq!(export.lines().filter(|line| line.contains("Harbour")).count(), 60, "{export}");
    assert!(export.contains("size: 1"), "{export}");
    let api = officer.call("GET", &format!("/api/v1/screenings/{id}/companies/2"), &[], serde_json::Value::Null).await;
    assert_eq!(api.json()["ranked"]["rank"], 2, "{}", api.body);
    assert_eq!(officer.get(&format!("{path}/companies/61")).await.status, 404);
}

#[both_databases]
async fn another_weight_is_another_version_and_the_two_are_compared(office: Office) {
    office.knows((1..=120).map(company).collect());
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let before = office.screens(&officer, set, 1, 10).await;
    let mut cx = officer.cx();
    let changed = screening::Criteria::from_toml(&CRITERIA.replace("weight = 10", "weight = 900")).unwrap();
    crate::criteria::save(&mut cx, set, 1, changed, "").await.unwrap();
    cx.commit().await.unwrap();
    let after = office.screens(&officer, set, 2, 10).await;
    let page = officer.get(&format!("/targets/screenings/{after}/compare")).await.body;
    assert!(page.contains(&format!("/targets/screenings/{before}/companies/")) && page.contains("gone"), "{page}");
    let only = officer.get(&format!("/targets/screenings/{after}/compare?with={before}&fate=new")).await.body;
    assert!(only.contains("<span class=\"badge good\">new</span>") && !only.contains("badge danger\">gone"), "{only}");
    let path = format!("/api/v1/screenings/{after}/compare/{before}");
    let counts = officer.call("GET", &path, &[], serde_json::Value::Null).await.json()["counts"].clone();
    let count = |fate: &str| {
        counts.as_array().unwrap().iter().find(|one| one[0] == fate).map(|one| one[1].as_i64().unwrap()).unwrap()
    };
    assert_eq!(count("new"), count("gone"), "both rank ten: {counts}");
    assert!(count("new") > 0);
}

#[both_databases]
async fn a_screening_that_waits_is_stopped_and_stays_so(office: Office) {
    office.knows(vec![company(1)]);
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let asked = officer.post(&format!("/targets/criteria/{set}/screen"), &[("version", "1"), ("top", "5")]).await;
    let id = key(&asked);
    assert!(officer.get(&format!("/targets/screenings/{id}")).await.body.contains("data-poll"));
    assert_eq!(officer.post(&format!("/targets/screenings/{id}/cancel"), &[]).await.status, 303);
    jobs::run_all(&office.house).await.unwrap();
    let page = officer.get(&format!("/targets/screenings/{id}")).await.body;
    assert!(page.contains("The screening was stopped."), "{page}");
    assert_eq!(officer.post(&format!("/targets/screenings/{id}/cancel"), &[]).await.status, 409);
    let wrong = officer.post(&format!("/targets/criteria/{set}/screen"), &[("version", "1"), ("top", "0")]).await;
    assert_eq!(wrong.status, 422);
}

/// What one may not see is not found: a company whose enterprise is hidden looks like any other.
#[both_databases]
async fn a_screening_never_tells_that_a_hidden_enterprise_is_courted(office: Office) {
    let mut companies: Vec<Company> = (1..=6).map(company).collect();
    companies[5].lei = Some(lei(6));
    companies[4].lei = Some(lei(5));
    office.knows(companies);
    let hidden = office.enterprise("Secret Cells", Tier::Named, Some(lei(6))).await;
    office.targets(hidden, Tier::Named, "reserved").await;
    let open = office.enterprise("Open Cells", Tier::Office, Some(lei(5))).await;
    office.targets(open, Tier::Office, "declined").await;
    let (officer, director) = (office.officer(None), office.director());
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 10).await;
    let path = format!("/targets/screenings/{id}");
    let seen = officer.get(&path).await.body;
    assert!(seen.contains("Harbour 006") && !seen.contains("Secret"), "{seen}");
    assert!(!seen.contains("Harbour 005") && seen.contains("1 that the office already courts"), "{seen}");
    let seen = director.get(&path).await.body;
    assert!(!seen.contains("Harbour 006") && seen.contains("2 that the office already courts"), "{seen}");
    let all = officer.get(&format!("{path}?courted=all")).await.body;
    assert!(all.contains("Open Cells") && all.contains("declined") && !all.contains("Secret"), "{all}");
    let only = director.get(&format!("{path}?courted=only")).await.body;
    assert!(only.contains("Secret Cells") && only.contains("reserved"), "{only}");
    let page = officer.get(&format!("{path}/companies/3")).await.body;
    assert!(page.contains("Harbour 006") && !page.contains("Secret"), "{page}");
    let export = office.exported(&officer, "screening", &format!("screening={id}&courted=all")).await;
    assert!(export.contains("Harbour 006") && !export.contains("Secret"), "{export}");
    // The ranks are the same for both, so that a gap tells nothing.
    let rank = |body: &str| body.contains("companies/3\">Harbour 006");
    assert!(rank(&all) && rank(&only));
}

#[both_databases]
async fn how_far_a_company_is_from_those_here_counts_only_what_all_may_see(office: Office) {
    let mut cx = office.operator();
    let place = |code: &str, position: &str, feeds: &[&str]| crate::chain::Place {
        code: code.into(),
        industry: "energy".into(),
        position: position.into(),
        feeds: feeds.iter().map(|one| (*one).to_owned()).collect(),
    };
    let places =
        [place("batteries.cells", "midstream", &["batteries.packs"]), place("batteries.packs", "downstream", &[])];
    crate::chain::load(&mut cx, &places).await.unwrap();
    for (name, tier) in [("Hidden Cells", Tier::Named), ("Open Cells", Tier::Office)] {
        let before = crate::chain::context(&mut cx).await.unwrap();
        assert!(before.chain_distance.is_empty(), "nobody is seen to be here yet: {before:?}");
        let new = NewEnterprise {
            names: vec![NewName { name: name.into(), ..NewName::default() }],
            industries: vec!["energy".into()],
            value_chain: Loose("midstream".into()),
            tier: Loose(tier.code().into()),
            distinct_from_resembling: true,
            ..NewEnterprise::default()
        };
        let enterprise = enterprise::register(&mut cx, new).await.unwrap().id;
        let project = projects::project::NewProject {
            enterprise_id: Loose(enterprise.to_string()),
            title: Loose("A plant".into()),
            tier: Loose(tier.code().into()),
            ..Default::default()
        };
        let id = projects::project::start(&mut cx, project).await.unwrap().id;
        let today = cx.today();
        projects::project::advance(&mut cx, id, "landed", today, Some("told in a test".into()), None).await.unwrap();
    }
    let context = crate::chain::context(&mut cx).await.unwrap();
    let told = |table: &BTreeMap<String, i64>| table.iter().map(|(code, n)| format!("{code} {n}")).collect::<Vec<_>>();
    assert_eq!(told(&context.chain_distance), ["batteries.cells 0", "batteries.packs 1"]);
    assert_eq!(told(&context.chain_gap), ["batteries.cells 0", "batteries.packs 1"]);
}

#[both_databases]
async fn one_who_declined_is_known_by_the_matcher_and_makes_room_for_another(office: Office) {
    let mut companies: Vec<Company> = (1..=60).map(company).collect();
    companies[52].name = "TOYOTA MOTOR CORPORATION".into();
    companies[51].name = "Lantern Optics".into();
    office.knows(companies);
    let declined = office.enterprise("Toyota Motor Corp.", Tier::Office, None).await;
    office.targets(declined, Tier::Office, "declined").await;
    let twins = [
        office.enterprise("Lantern Optics", Tier::Office, None).await,
        office.enterprise("Lantern Optics", Tier::Office, None).await,
    ];
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 5).await;
    let path = format!("/targets/screenings/{id}");
    let seen = officer.get(&path).await.body;
    assert!(!seen.contains("TOYOTA") && seen.contains("1 that the office already courts"), "{seen}");
    assert!(seen.contains("1–5 of 5"), "the sixth moved up: {seen}");
    let may_be = twins.iter().any(|twin| {
        let link = format!("maybe</span> <a href=\"/enterprises/{twin}\"");
        seen.contains(&link)
    });
    assert!(may_be, "{seen}");
    let all = officer.get(&format!("{path}?courted=all")).await.body;
    assert!(all.contains("1–6 of 6") && all.contains("declined"), "{all}");
    assert_eq!(officer.get(&format!("{path}/companies/6")).await.status, 200);
    assert_eq!(officer.get(&format!("{path}/companies/7")).await.status, 404);
    let companies = officer
        .call(
            "GET",
            &format!("/api{}/companies?courted=only", path.replace("targets", "v1")),
            &[],
            serde_json::Value::Null,
        )
        .await;
    assert_eq!(companies.json()["items"][0]["known"]["how"], "matcher", "{}", companies.body);
    // What a filter says of each code adds up to what the list shows.
    let mut cx = officer.cx();
    let screening = crate::screening::get(&mut cx, id).await.unwrap();
    let extent = list::extent(&mut cx, &screening).await.unwrap();
    for (courted, shown) in [(list::Courted::Without, 5), (list::Courted::Only, 1), (list::Courted::All, 6)] {
        let counts = list::choices(&mut cx, extent, list::Column::Country, courted).await.unwrap();
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), shown, "{courted:?}: {counts:?}");
    }
    cx.undo().await.unwrap();
}

#[both_databases]
async fn every_list_for_programs_is_told_so_many_at_a_time(office: Office) {
    office.knows((1..=9).map(company).collect());
    let officer = office.person_of(office.holder().await);
    let set = office.composes(&officer, CRITERIA).await;
    office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 5).await;
    office.screens(&officer, set, 1, 5).await;
    for name in ["One Lantern", "Two Harbours"] {
        let enterprise = office.enterprise(name, Tier::Office, None).await;
        office.targets(enterprise, Tier::Office, "proposed").await;
    }
    for list in ["targets", "criteria", "screenings", &format!("screenings/{id}/companies")] {
        let path = format!("/api/v1/{list}?limit=1");
        let first = officer.call("GET", &path, &[], serde_json::Value::Null).await;
        assert_eq!(first.status, 200, "{list}: {}", first.body);
        let first = first.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 1, "{list}");
        let mark = first["next"].as_str().unwrap();
        let second = officer.call("GET", &format!("{path}&after={mark}"), &[], serde_json::Value::Null).await.json();
        assert_eq!(second["items"].as_array().unwrap().len(), 1, "{list}");
        assert_ne!(first["items"][0], second["items"][0], "{list}");
        let wrong = officer.call("GET", &format!("/api/v1/{list}?limit=0"), &[], serde_json::Value::Null).await;
        assert_eq!(wrong.status, 422, "{list}");
    }
}

#[both_databases]
async fn the_senders_team_is_chosen_before_they_send(office: Office) {
    office.knows((1..=9).map(company).collect());
    let mut cx = office.operator();
    let named = |code: &str| identity::team::NewTeam {
        code: code.into(),
        name_en: code.into(),
        name_zh_hant: code.into(),
        name_zh_hans: code.into(),
    };
    identity::team::load(&mut cx, vec![named("harbour"), named("lantern")]).await.unwrap();
    let mut teams = Vec::new();
    for code in ["harbour", "lantern"] {
        teams.push(identity::team::by_code(&mut cx, code).await.unwrap().unwrap());
    }
    cx.commit().await.unwrap();
    let lead = office.person_of(Actor { teams: teams.clone(), ..office.holder().await });
    let set = office.composes(&lead, CRITERIA).await;
    let id = office.screens(&lead, set, 1, 5).await;
    let page = lead.get(&format!("/targets/screenings/{id}")).await.body;
    let chosen = |value: &str| page.contains(&format!("<option value=\"{value}\" selected>"));
    assert!(chosen("team") && teams.iter().any(|team| chosen(&team.to_string())), "{page}");
    let alone = office.officer(None);
    let page = alone.get(&format!("/targets/screenings/{id}")).await.body;
    assert!(page.contains("<option value=\"named\" selected>"), "{page}");
}

#[both_databases]
async fn a_screening_is_narrowed_by_no_word_that_no_list_knows(office: Office) {
    office.knows((1..=60).map(company).collect());
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 60).await;
    let list = async |query: &str| {
        let page = officer.get(&format!("/targets/screenings/{id}?{query}")).await;
        let address = format!("/api/v1/screenings/{id}/companies?{query}");
        (page, officer.call("GET", &address, &[], serde_json::Value::Null).await)
    };
    for field in ["country", "industry", "listing", "chain", "courted"] {
        let (page, api) = list(&format!("{field}=QQQQ")).await;
        assert_eq!((page.status, api.status), (422, 422), "{field}");
        assert!(page.body.contains(&format!("href=\"#{field}\"")) && page.body.contains("QQQQ"), "{}", page.body);
        assert_eq!(api.json()["errors"][0]["field"], field, "{}", api.body);
    }
    assert_eq!(officer.get(&format!("/targets/screenings/{id}?sort=bogus")).await.status, 422);
    // What companies have is known whether or not the office lists it, and so is how its digits begin.
    for query in ["country=JP", "industry=27", "industry=2720", "listing=none", "courted=all", "country="] {
        let (page, api) = list(query).await;
        assert_eq!((page.status, api.status), (200, 200), "{query}: {}", api.body);
    }
}

#[both_databases]
async fn equals_below_the_end_of_the_list_are_told(office: Office) {
    let same = |number: i64| {
        let mut one = company(if number <= 3 { 90 - number * 3 } else { 30 });
        one.id = format!("c{number:04}");
        one
    };
    office.knows((1..=2_000).map(same).collect());
    let officer = office.officer(None);
    let set = office.composes(&officer, CRITERIA).await;
    let id = office.screens(&officer, set, 1, 8).await;
    let path = format!("screenings/{id}/companies");
    let person = &officer;
    let told = |path: String| async move { person.call("GET", &path, &[], serde_json::Value::Null).await.json() };
    let items = told(format!("/api/v1/{path}")).await["items"].clone();
    assert_eq!((&items[2]["level_to"], &items[2]["level_beyond"]), (&3.into(), &false.into()), "{items}");
    assert_eq!((&items[7]["level_from"], &items[7]["level_beyond"]), (&4.into(), &true.into()), "{items}");
    let one = told(format!("/api/v1/{path}/8")).await;
    assert_eq!((&one["level_from"], &one["level_beyond"]), (&4.into(), &true.into()), "{one}");
    let page = officer.get(&format!("/targets/{path}/8")).await.body;
    assert!(page.contains("companies beyond its end may have it too") && page.contains(", or below"), "{page}");
    assert!(officer.get(&format!("/targets/screenings/{id}")).await.body.contains(", or below"));
}
