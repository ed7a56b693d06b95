//! Stories of administration: teams, bodies, accounts, and who is signed in.

use platform::clock::At;
use platform::permission::Role;
use platform::sql::Sql;
use platform::testing::Person;
use platform::text::Language;
use platform::{Id, audit, both_databases};

use super::{Office, PASSWORD};
use crate::account;

impl Office {
    async fn administrator(&self) -> Person<'_> {
        self.employs("root@example.org", Role::Administrator).await;
        let answer = self.signs_in("root@example.org", PASSWORD).await;
        self.with(&answer)
    }
}

fn links(body: &str, before: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in body.split(&format!("data-href=\"{before}/")).skip(1) {
        found.extend(rest.split('"').next().map(str::to_owned));
    }
    found
}

#[both_databases]
async fn a_team_is_made_renamed_joined_and_ended(office: Office) {
    let root = office.administrator().await;
    office.employs("ann@example.org", Role::Officer).await;
    let wrong = root.post("/admin/teams", &[("code", "Not a code"), ("name_en", "")]).await;
    assert!(
        wrong.status == 422 && wrong.body.contains("small letters") && wrong.body.contains("Give a name"),
        "{}",
        wrong.body
    );
    let names = [("name_en", "Space"), ("name_zh_hant", "航天組"), ("name_zh_hans", "航天组")];
    let made = root.post("/admin/teams", &[names.as_slice(), &[("code", "space")]].concat()).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let team = made.location().to_owned();
    assert_eq!(root.post("/admin/teams", &[names.as_slice(), &[("code", "space")]].concat()).await.status, 422);

    let mut cx = office.operator();
    let ann = account::by_email(&mut cx, "ann@example.org").await.unwrap().unwrap().to_string();
    cx.undo().await.unwrap();
    assert_eq!(root.post(&format!("{team}/members"), &[("account", &ann)]).await.status, 303);
    let page = root.get(&team).await.body;
    assert!(page.contains("ann@example.org") && page.contains("Member added"), "{page}");
    let id = team.rsplit('/').next().unwrap();
    let list = root.get(&format!("/admin/accounts?team={id}")).await.body;
    assert_eq!(links(&list, "/admin/accounts"), [ann.as_str()]);
    assert_eq!(root.post(&format!("{team}/members/{ann}/leave"), &[]).await.status, 303);

    let ended = [names.as_slice(), &[("ended_on", "2026-11-23"), ("version", "1")]].concat();
    assert_eq!(root.post(&team, &ended).await.status, 303);
    let refused = root.post(&format!("{team}/members"), &[("account", &ann)]).await;
    assert_eq!(refused.status, 409);
    let chosen = format!("<option value=\"{ann}\" selected>");
    assert!(refused.body.contains(&chosen) && refused.body.contains("value=\"航天组\""), "{}", refused.body);
    assert!(refused.body.contains("class=\"rail\""), "{}", refused.body);
    assert!(!root.get("/admin/accounts/new").await.body.contains("Space"), "nobody can be put in it");
    assert!(root.get("/admin/teams").await.body.contains("23 Nov 2026"));
}

#[both_databases]
async fn a_partners_case_officer_belongs_to_a_body(office: Office) {
    let root = office.administrator().await;
    let body = [
        ("code", "itc"),
        ("kind", "department"),
        ("name_en", "Innovation Commission"),
        ("name_zh_hant", "創新署"),
        ("name_zh_hans", "创新署"),
        ("valid_from", "2000-07-01"),
        ("source", "a gazette"),
    ];
    assert_eq!(root.post("/admin/bodies", &body[..6]).await.status, 422, "a body has a source");
    assert_eq!(root.post("/admin/bodies", &body).await.status, 303);
    let list = root.get("/admin/bodies").await.body;
    let id = links(&list, "/admin/bodies").remove(0);
    let pat = [("name", "Pat"), ("email", "pat@example.org"), ("roles", "partner_officer")];
    let refused = root.post("/admin/accounts", &pat).await;
    assert!(refused.status == 422 && refused.body.contains("Choose the body"), "{}", refused.body);
    let invited = root.post("/admin/accounts", &[pat.as_slice(), &[("body", id.as_str())]].concat()).await;
    assert!(invited.status == 200 && invited.body.contains("/welcome/"), "{}", invited.body);
    assert_eq!(links(&root.get(&format!("/admin/accounts?body={id}")).await.body, "/admin/accounts").len(), 1);
    let ended = [&body[1..], &[("valid_to", "2026-11-01"), ("version", "1")]].concat();
    assert_eq!(root.post(&format!("/admin/bodies/{id}"), &ended).await.status, 303);
    let late = [("name", "Quin"), ("email", "quin@example.org"), ("roles", "partner_officer"), ("body", id.as_str())];
    assert_eq!(root.post("/admin/accounts", &late).await.status, 422, "a body that has ended takes nobody");
    let history = root.get(&format!("/admin/bodies/{id}")).await.body;
    assert!(history.contains("Body changed") && history.contains("1 Nov 2026"), "{history}");
}

#[both_databases]
async fn accounts_are_found_by_part_of_a_name_and_paged(office: Office) {
    let root = office.administrator().await;
    let mut cx = office.operator();
    for number in 0..120 {
        let new = account::NewAccount {
            email: format!("p{number}@example.org"),
            name: if number == 77 { "陳大文 Chan Tai Man".to_owned() } else { format!("Person {number:03}") },
            roles: vec![if number % 2 == 0 { Role::Officer } else { Role::ReadOnly }],
            ..account::NewAccount::default()
        };
        account::invite(&mut cx, new).await.unwrap();
    }
    cx.commit().await.unwrap();
    let first = root.get("/admin/accounts").await.body;
    assert!(first.contains("1–50 of 121 records") && links(&first, "/admin/accounts").len() == 50, "{first}");
    for typed in ["%E9%99%88%E5%A4%A7", "tai+man", "P77%40EXAMPLE"] {
        let found = root.get(&format!("/admin/accounts?q={typed}")).await.body;
        assert!(found.contains("陳大文") && links(&found, "/admin/accounts").len() == 1, "{typed}: {found}");
    }
    let officers = root.get("/admin/accounts?role=officer&state=invited").await.body;
    assert!(officers.contains("of 60 records"), "{officers}");
    assert!(root.get("/admin/accounts?state=ended").await.body.contains("No account matches"));
}

#[both_databases]
async fn an_administrator_sees_and_ends_sessions_and_keys(office: Office) {
    let root = office.administrator().await;
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = [("label", "robot"), ("expires_on", "2027-01-31"), ("scopes", "*:read")];
    assert_eq!(ann.post("/account/keys", &key).await.status, 200);
    assert_eq!(ann.get("/admin/sessions").await.status, 403);
    let sessions = root.get("/admin/sessions").await.body;
    assert_eq!(sessions.matches("/end\"").count(), 1, "one’s own is not ended here: {sessions}");
    let end = sessions.split("action=\"/admin/sessions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let keys = root.get("/admin/keys").await.body;
    assert!(keys.contains("robot") && keys.contains("Never"), "{keys}");
    let key = keys.split("action=\"/admin/keys/").nth(1).unwrap().split('"').next().unwrap().to_owned();

    assert_eq!(ann.post(&format!("/admin/sessions/{end}"), &[]).await.status, 403);
    assert_eq!(root.post(&format!("/admin/sessions/{end}"), &[]).await.status, 303);
    assert_eq!(ann.get("/account").await.status, 303, "it takes effect at once");
    assert_eq!(root.post(&format!("/admin/keys/{key}"), &[]).await.status, 303);
    assert!(root.get("/admin/keys").await.body.contains("Nobody has made a key"));
    let mut cx = office.operator();
    let told = platform::audit::read::search(&mut cx, &Default::default(), 3).await.unwrap();
    cx.undo().await.unwrap();
    let verbs: Vec<&str> = told.iter().map(|entry| entry.verb.as_str()).collect();
    assert_eq!(verbs[..2], ["key.ended", "session.ended_by_administrator"]);
    assert_eq!(told[0].actor_name, "Somebody");
}

#[both_databases]
async fn who_guesses_is_seen_and_stays_stopped_over_a_restart(office: Office) {
    let root = office.administrator().await;
    office.employs("ann@example.org", Role::Officer).await;
    for _ in 0..5 {
        assert_eq!(office.signs_in("ann@example.org", "guess").await.status, 422);
    }
    // What a process remembers is gone; the attempts stand in the database.
    crate::session::forget();
    assert!(office.signs_in("ann@example.org", PASSWORD).await.body.contains("15 minutes"));
    let page = root.get("/admin/sign-ins?failed=yes").await.body;
    assert!(page.contains("ann@example.org: 5 failures"), "{page}");
    assert_eq!(page.matches("badge danger").count(), 5);
    assert!(root.get("/admin/sign-ins?q=nobody%40example.org").await.body.contains("No attempt matches"));
    office.clock.set(At(office.clock.now().0 + 16 * 60 * 1_000_000));
    assert!(!root.get("/admin/sign-ins").await.body.contains("failures</li>"));
    assert_eq!(office.signs_in("ann@example.org", PASSWORD).await.status, 303);
}

#[both_databases]
async fn accounts_and_teams_are_administered_by_programs_too(office: Office) {
    let root = office.administrator().await;
    let json = serde_json::json!({"email": "bob@example.org", "name": "Bob", "roles": ["officer"]});
    let made = root.call("POST", "/api/v1/accounts", &[], json.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.json()["link"].as_str().unwrap().starts_with("/welcome/"));
    assert_eq!(root.call("POST", "/api/v1/accounts", &[], json).await.status, 409);
    let wrong = serde_json::json!({"email": "x@example.org", "name": "X", "roles": ["king"]});
    assert_eq!(root.call("POST", "/api/v1/accounts", &[], wrong).await.status, 422);
    let path = format!("/api/v1/accounts/{}", made.json()["id"]);
    let shown = root.call("GET", &path, &[], serde_json::Value::Null).await;
    assert!(!shown.body.contains("hash") && !shown.body.contains("secret"), "{}", shown.body);
    let team = serde_json::json!({"code": "x", "name_en": "X", "name_zh_hant": "X組", "name_zh_hans": "X组"});
    let team = root.call("POST", "/api/v1/teams", &[], team).await;
    assert_eq!(team.status, 201, "{}", team.body);
    let change = serde_json::json!({"teams": [team.json()["id"]]});
    assert_eq!(root.call("PATCH", &path, &[], change.clone()).await.status, 422, "a version is asked for");
    assert_eq!(root.call("PATCH", &path, &[("if-match", "\"9\"")], change.clone()).await.status, 412);
    let changed = root.call("PATCH", &path, &[("if-match", "\"1\"")], change).await;
    assert_eq!(changed.json()["teams"].as_array().unwrap().len(), 1, "{}", changed.body);
    assert_eq!(changed.json()["name"], "Bob", "what is absent stays");
    assert_eq!(root.call("POST", &format!("{path}/end"), &[], serde_json::json!({})).await.status, 422);
    let ended = root.call("POST", &format!("{path}/end"), &[], serde_json::json!({"reason": "left"})).await;
    assert_eq!(ended.json()["state"], "ended");
    let list = root.call("GET", "/api/v1/accounts?state=ended", &[], serde_json::Value::Null).await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 1);
    office.employs("eve@example.org", Role::Director).await;
    let eve = office.with(&office.signs_in("eve@example.org", PASSWORD).await);
    assert_eq!(eve.call("GET", "/api/v1/accounts", &[], serde_json::Value::Null).await.status, 403);
}

#[both_databases]
async fn two_administrators_on_one_team_body_or_account_hear_of_each_other(office: Office) {
    let root = office.administrator().await;
    let names =
        |name: &str| serde_json::json!({"code": "x", "name_en": name, "name_zh_hant": "X組", "name_zh_hans": "X组"});
    let mut body = names("Park");
    for (field, value) in [("kind", "park"), ("valid_from", "2020-01-01"), ("source", "a gazette")] {
        body[field] = value.into();
    }
    for (door, page, sent) in
        [("/api/v1/teams", "/admin/teams", names("Space")), ("/api/v1/bodies", "/admin/bodies", body)]
    {
        let made = root.call("POST", door, &[], sent.clone()).await;
        assert_eq!((made.status, made.header("etag")), (201, "\"1\""), "{}", made.body);
        let path = format!("{door}/{}", made.json()["id"]);
        let mut other = sent.clone();
        other["name_en"] = "First".into();
        assert_eq!(root.call("PUT", &path, &[], other.clone()).await.status, 422, "a version is asked for");
        for unseen in ["\"0\"", "\"2\""] {
            assert_eq!(root.call("PUT", &path, &[("if-match", unseen)], other.clone()).await.status, 412, "{unseen}");
        }
        let changed = root.call("PUT", &path, &[("if-match", "\"1\"")], other).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.body);
        let stale = root.call("PUT", &path, &[("if-match", "\"1\"")], sent.clone()).await;
        let field = &stale.json()["versions"]["fields"][0];
        assert_eq!((stale.status, &field["field"], &field["theirs"]), (412, &"name_en".into(), &"First".into()));
        // The form comes back with what was typed, says what stands, and goes through when sent again.
        let fields: Vec<(&str, &str)> =
            sent.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let page = format!("{page}/{}", made.json()["id"]);
        let late = root.post(&page, &[&fields[..], &[("version", "1")]].concat()).await;
        assert!(late.status == 409 && late.body.contains("Somebody saved “First” here"), "{}", late.body);
        assert!(late.body.contains("name=\"version\" value=\"2\""), "{}", late.body);
        assert_eq!(root.post(&page, &[&fields[..], &[("version", "2")]].concat()).await.status, 303);
    }
    office.employs("ann@example.org", Role::Officer).await;
    let mut cx = office.operator();
    let ann = account::by_email(&mut cx, "ann@example.org").await.unwrap().unwrap();
    let version = account::get(&mut cx, ann).await.unwrap().0.version;
    cx.undo().await.unwrap();
    let page = format!("/admin/accounts/{ann}");
    let (seen, unseen) = (version.to_string(), (version + 1).to_string());
    let form = |name: &'static str, version: &str| {
        [("name", name.to_owned()), ("roles", "officer".to_owned()), ("version", version.to_owned())]
    };
    for (name, version, status) in
        [("Ann A", &unseen, 409), ("Ann B", &seen, 303), ("Ann C", &seen, 409), ("Ann C", &unseen, 303)]
    {
        let fields = form(name, version);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let answer = root.post(&page, &fields).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
        if name == "Ann C" && status == 409 {
            assert!(answer.body.contains("Somebody saved “Ann B” here"), "{}", answer.body);
        }
    }
}

#[both_databases]
async fn the_table_of_roles_is_shown_to_administrators(office: Office) {
    let root = office.administrator().await;
    let page = root.get("/admin/roles").await.body;
    assert!(
        page.contains("identity.<wbr>account.<wbr>administer")
            && page.contains("Administer accounts, teams and bodies")
            && page.contains("Partner case officer"),
        "{page}"
    );
    let front = root.get("/admin").await.body;
    for place in ["/admin/accounts", "/admin/teams", "/admin/bodies", "/admin/sessions", "/admin/keys", "/admin/roles"]
    {
        assert!(front.contains(&format!("href=\"{place}\"")), "{place}");
    }
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    for place in ["/admin", "/admin/roles", "/admin/teams", "/admin/bodies", "/admin/keys", "/admin/sign-ins"] {
        assert_eq!(ann.get(place).await.status, 403, "{place}");
    }
}

#[both_databases]
async fn an_account_that_may_do_what_nobody_gave_it_is_named(office: Office) {
    office.administrator().await;
    office.employs("ann@example.org", Role::Officer).await;
    let mut cx = office.operator();
    let ann = account::by_email(&mut cx, "ann@example.org").await.unwrap().unwrap();
    let edit = account::Edit { name: "Ann B".into(), roles: vec![Role::Officer, Role::TeamLead], ..Default::default() };
    let version = account::get(&mut cx, ann).await.unwrap().0.version;
    account::edit(&mut cx, ann, version, edit).await.unwrap();
    account::end(&mut cx, ann, "left").await.unwrap();
    account::restore(&mut cx, ann).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    let found = (account::check().run)(&mut cx).await.unwrap();
    assert_eq!((found.looked_at, found.wrong), (2, Vec::new()));
    for (statement, words) in [
        (
            "UPDATE accounts SET roles = 'administrator' WHERE id = ",
            "ann@example.org: roles is “administrator”, and the audit says “officer,team_lead”",
        ),
        (
            "UPDATE accounts SET email = 'a@b.example' WHERE id = ",
            "a@b.example: email is “a@b.example”, and the audit says “ann@example.org”",
        ),
        ("UPDATE accounts SET ended_at = 1 WHERE id = ", "ann@example.org has ended, and the audit says otherwise"),
    ] {
        let mut sql = Sql::new(statement);
        sql.bind(ann);
        assert_eq!(sql.execute(&mut cx).await.unwrap(), 1);
        assert_eq!((account::check().run)(&mut cx).await.unwrap().wrong, [words]);
        cx.undo().await.unwrap();
        cx = office.operator();
    }
    cx.undo().await.unwrap();
}

#[both_databases]
async fn histories_call_teams_as_their_readers_do(office: Office) {
    let root = office.administrator().await;
    office.employs("ann@example.org", Role::Officer).await;
    let names = [("code", "space"), ("name_en", "Space"), ("name_zh_hant", "航天組"), ("name_zh_hans", "航天组")];
    let team = root.post("/admin/teams", &names).await.location().to_owned();
    let team: Id = team.rsplit('/').next().unwrap().parse().unwrap();
    let body = [
        ("code", "fund"),
        ("kind", "fund"),
        ("name_en", "Fund"),
        ("name_zh_hant", "基金公司"),
        ("name_zh_hans", "基金公司"),
        ("valid_from", "2024-01-01"),
        ("source", "a law"),
    ];
    assert_eq!(root.post("/admin/bodies", &body).await.status, 303);
    let body: Id = links(&root.get("/admin/bodies").await.body, "/admin/bodies").remove(0).parse().unwrap();
    let mut cx = office.operator();
    let ann = account::by_email(&mut cx, "ann@example.org").await.unwrap().unwrap();
    let version = account::get(&mut cx, ann).await.unwrap().0.version;
    let (teams, body_id) = (vec![team], Some(body));
    let edit = account::Edit { name: "Ann".into(), roles: vec![Role::PartnerOfficer], teams, body: body_id };
    account::edit(&mut cx, ann, version, edit).await.unwrap();
    cx.commit().await.unwrap();
    for (language, team_name, body_name) in [
        (Language::English, "Space", "Fund"),
        (Language::Traditional, "航天組", "基金公司"),
        (Language::Simplified, "航天组", "基金公司"),
    ] {
        let mut cx = office.operator();
        cx.language = language;
        let view = cx.view();
        let edited = audit::read::history(&mut cx, "account", ann, None, 1).await.unwrap().remove(0);
        let said = |field: &str| {
            edited.fields().iter().find(|change| change.field == field).map(|change| view.told(&change.new)).unwrap()
        };
        assert_eq!((said("teams"), said("body")), (team_name.to_owned(), body_name.to_owned()));
        let wanted = audit::read::Search { subject: Some(ann), ..audit::read::Search::default() };
        let found = audit::read::search(&mut cx, &wanted, 1).await.unwrap().remove(0);
        assert_eq!(found.fields(), edited.fields(), "whoever searches the audit reads the same");
        for (kind, id, name) in [("team", team, "航天組"), ("body", body, "基金公司")] {
            let made = audit::read::history(&mut cx, kind, id, None, 9).await.unwrap().pop().unwrap();
            let told = made.fields().into_iter().find(|change| change.field == "name_zh_hant").unwrap();
            assert_eq!(view.told(&told.new), name);
        }
        cx.undo().await.unwrap();
    }
}
