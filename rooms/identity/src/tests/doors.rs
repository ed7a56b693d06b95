//! Stories of the ways into an account, and of shutting them.

use platform::audit::read;
use platform::both_databases;
use platform::clock::At;
use platform::permission::Role;
use platform::testing::{Answer, Person};
use serde_json::Value;

use super::{Office, PASSWORD};
use crate::{account, secret};

const NEW: &str = "another four words here";

impl Office {
    async fn id_of(&self, email: &str) -> platform::Id {
        let mut cx = self.operator();
        let id = account::by_email(&mut cx, email).await.unwrap().unwrap();
        cx.undo().await.unwrap();
        id
    }

    async fn reset(&self, email: &str) -> String {
        let id = self.id_of(email).await;
        let mut cx = self.operator();
        let link = account::reset(&mut cx, id).await.unwrap();
        cx.commit().await.unwrap();
        link
    }

    async fn welcomed(&self, link: &str) -> Answer {
        self.nobody().post(link, &[("password", NEW), ("again", NEW)]).await
    }

    fn code_at(&self, held: &str, at: At) -> String {
        let bytes = data_encoding::BASE32_NOPAD.decode(held.as_bytes()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(bytes).with_skew(0).build().unwrap();
        totp.generate(u64::try_from(at.0 / 1_000_000).unwrap()).to_string()
    }

    /// Switches codes on for somebody who is signed in; answers the secret.
    async fn with_codes(&self, person: &Person<'_>) -> String {
        let held = secret::code_secret().unwrap();
        let code = self.code_at(&held, self.clock.now());
        let on = person.post("/account/codes", &[("secret", &held), ("code", &code)]).await;
        assert_eq!(on.status, 303, "{}", on.body);
        held
    }

    /// What an API key gets; `method` with nothing sent along.
    async fn by_key(&self, key: &str, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        let form = "application/x-www-form-urlencoded";
        let headers = [("authorization", bearer.as_str()), ("sec-fetch-site", "same-origin"), ("content-type", form)];
        self.nobody().call(method, path, &headers[..if method == "GET" { 1 } else { 2 }], Value::Null).await
    }
}

pub(super) async fn key_of(person: &Person<'_>, scope: &str) -> String {
    let key = [("label", "robot"), ("expires_on", "2027-01-31"), ("scopes", scope)];
    let made = person.post("/account/keys", &key).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let rest = made.body.split("<code>oases_").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    format!("oases_{rest}")
}

#[both_databases]
async fn a_key_does_nothing_to_the_account_it_acts_for(office: Office) {
    office.employs("ann@example.org", Role::Administrator).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = key_of(&ann, "*:write").await;
    let page = ann.get("/account").await.body;
    let ends = page.split("action=\"/account/keys/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(office.by_key(&key, "GET", "/api/v1/accounts").await.status, 200, "it acts for the account");
    let mut cx = ann.cx();
    cx.actor = platform::house::Authenticator::by_key(&crate::Gatekeeper, &office.house, &key)
        .await
        .unwrap()
        .map(|someone| someone.actor);
    let from = crate::session::From::default();
    let new = account::NewPassword { present: PASSWORD.into(), password: NEW.into(), again: NEW.into() };
    let held = secret::code_secret().unwrap();
    let code = office.code_at(&held, office.clock.now());
    let id: platform::Id = ends.split('/').next().unwrap().parse().unwrap();
    for refused in [
        account::own(&mut cx).await.map(drop),
        account::change_password(&mut cx, &new, &from).await,
        account::use_codes(&mut cx, PASSWORD, &held, &code, &from).await,
        crate::key::make(&mut cx, Default::default()).await.map(drop),
        crate::key::own(&mut cx).await.map(drop),
        crate::key::end(&mut cx, id).await,
        crate::session::own(&mut cx).await.map(drop),
        crate::session::end(&mut cx, id).await,
    ] {
        assert!(matches!(refused, Err(platform::Error::Forbidden(_))), "{refused:?}");
    }
    cx.undo().await.unwrap();
    for path in ["/account", "/account/codes"] {
        let refused = office.by_key(&key, "GET", path).await;
        assert!(refused.status == 403 && refused.body.contains("a person who is signed in"), "{path} {}", refused.body);
    }
}

#[both_databases]
async fn a_key_past_its_scope_hears_of_the_scope_and_one_past_its_role_of_the_role(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("ann@example.org", Role::Officer).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let unknown = [("label", "x"), ("expires_on", "2027-01-31"), ("scopes", "nosuch:write")];
    let refused = ann.post("/account/keys", &unknown).await;
    assert!(refused.status == 422 && refused.body.contains("There is no scope “nosuch:write”"), "{}", refused.body);
    let (narrow, plain) = (key_of(&root, "identity:read").await, key_of(&ann, "identity:write").await);
    let kept = office.by_key(&narrow, "POST", "/api/v1/accounts/1/restore").await;
    assert!(kept.status == 403 && kept.body.contains("it needs identity:write"), "{}", kept.body);
    let role = office.by_key(&plain, "GET", "/api/v1/accounts").await;
    assert!(role.status == 403 && role.body.contains("Your role does not allow it"), "{}", role.body);
}

#[both_databases]
async fn wrong_codes_count_however_often_the_password_is_right(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let held = office.with_codes(&ann).await;
    // What follows is later than the sign-in, which a still clock would not tell.
    office.clock.set(office.clock.now().plus_seconds(1));
    let half = office.signs_in("ann@example.org", PASSWORD).await;
    assert!(half.location().starts_with("/sign-in/code"));
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let page = root.get("/admin/sign-ins?q=ann%40example.org").await.body;
    assert!(page.contains("Password right, code awaited"), "{page}");
    assert_eq!(page.matches("badge good").count(), 1, "only the first one signed in: {page}");
    for _ in 0..5 {
        let half = office.signs_in("ann@example.org", PASSWORD).await;
        let half = office.with(&half);
        assert_eq!(half.post("/sign-in/code", &[("code", "000000")]).await.status, 422);
    }
    let stopped = office.signs_in("ann@example.org", PASSWORD).await;
    assert!(stopped.status == 422 && stopped.body.contains("15 minutes"), "{}", stopped.body);
    let now = office.clock.now().plus_seconds(60);
    office.clock.set(now);
    let code = office.code_at(&held, now);
    let late = office.with(&half).post("/sign-in/code", &[("code", &code)]).await;
    assert!(late.status == 409 && late.body.contains("15 minutes"), "the step itself is shut: {}", late.body);
    assert!(root.get("/admin/sign-ins").await.body.contains("ann@example.org: 5 failures"));
    let now = now.plus_seconds(16 * 60);
    office.clock.set(now);
    let half = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let done = half.post("/sign-in/code", &[("code", &office.code_at(&held, now))]).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

#[both_databases]
async fn a_reset_shuts_every_way_in_but_the_newest_link(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = key_of(&ann, "*:write").await;
    assert_eq!(office.by_key(&key, "GET", "/views").await.status, 200);
    let (older, newer) = (office.reset("ann@example.org").await, office.reset("ann@example.org").await);
    assert_eq!(ann.get("/account").await.status, 303, "the session has ended");
    assert_ne!(office.by_key(&key, "GET", "/views").await.status, 200, "the key has ended");
    assert_eq!(office.signs_in("ann@example.org", PASSWORD).await.status, 422, "the old password opens nothing");
    assert_eq!(office.nobody().get(&older).await.status, 404, "the older link is void");
    assert_eq!(office.welcomed(&older).await.status, 404);
    assert_eq!(office.welcomed(&newer).await.status, 303);
    assert_eq!(office.welcomed(&newer).await.status, 404);
    assert_eq!(office.signs_in("ann@example.org", NEW).await.status, 303);
    assert_ne!(office.by_key(&key, "GET", "/views").await.status, 200);
}

#[both_databases]
async fn what_ended_with_an_account_stays_ended_when_it_is_used_again(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let key = key_of(&ann, "*:write").await;
    let id = office.id_of("ann@example.org").await;
    let mut cx = office.operator();
    account::end(&mut cx, id, "left").await.unwrap();
    assert!(account::reset(&mut cx, id).await.is_err(), "a link to an ended account leads nowhere");
    account::restore(&mut cx, id).await.unwrap();
    cx.commit().await.unwrap();
    assert_ne!(office.by_key(&key, "GET", "/views").await.status, 200);
    assert_eq!(ann.get("/account").await.status, 303);
    assert_eq!(office.signs_in("ann@example.org", PASSWORD).await.status, 303);
}

#[both_databases]
async fn the_first_administrators_link_works_once_however_many_were_made(office: Office) {
    let mut cx = office.operator();
    let (one, two) = (crate::first_run(&mut cx).await.unwrap(), crate::first_run(&mut cx).await.unwrap());
    cx.commit().await.unwrap();
    let fields = [("name", "Ann"), ("email", "ann@example.org"), ("password", NEW), ("again", NEW)];
    assert_eq!(office.nobody().post(&one.unwrap(), &fields).await.status, 303);
    assert_eq!(office.nobody().get(&two.unwrap()).await.status, 404);
}

#[both_databases]
async fn codes_are_replaced_only_with_the_present_password(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let held = office.with_codes(&ann).await;
    // What follows is later than the sign-in, which a still clock would not tell.
    office.clock.set(office.clock.now().plus_seconds(1));
    assert!(ann.get("/account/codes").await.body.contains("name=\"present\""));
    let other = secret::code_secret().unwrap();
    let code = office.code_at(&other, office.clock.now());
    let fields = [("secret", other.as_str()), ("code", code.as_str())];
    for present in ["", "a guess"] {
        let refused = ann.post("/account/codes", &[&fields[..], &[("present", present)]].concat()).await;
        assert!(refused.status == 422 && refused.body.contains("not your present password"), "{}", refused.body);
    }
    let id = office.id_of("ann@example.org").await;
    let mut cx = office.operator();
    assert_eq!(account::get(&mut cx, id).await.unwrap().0.code_secret, Some(held));
    cx.undo().await.unwrap();
    assert_eq!(ann.post("/account/codes", &[&fields[..], &[("present", PASSWORD)]].concat()).await.status, 303);
    for _ in 0..3 {
        ann.post("/account/password", &[("present", "a guess"), ("password", NEW), ("again", NEW)]).await;
    }
    let stopped = ann.post("/account/password", &[("present", PASSWORD), ("password", NEW), ("again", NEW)]).await;
    assert!(stopped.status == 409 && stopped.body.contains("15 minutes"), "guesses count here too: {}", stopped.body);
}

#[both_databases]
async fn who_signs_in_or_sets_a_password_is_the_account_itself(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    assert_eq!(office.signs_in("ann@example.org", PASSWORD).await.status, 303);
    let link = office.reset("ann@example.org").await;
    assert_eq!(office.welcomed(&link).await.status, 303);
    let id = office.id_of("ann@example.org").await;
    let mut cx = office.operator();
    let told = read::history(&mut cx, "account", id, None, 20).await.unwrap();
    cx.undo().await.unwrap();
    let by =
        |verb: &str| told.iter().filter(|entry| entry.verb == verb).map(|entry| entry.actor_id).collect::<Vec<_>>();
    assert_eq!(by("account.signed_in"), [Some(id), Some(id)]);
    assert_eq!(by("account.password_set"), [Some(id)]);
    assert_eq!(by("account.reset"), [None], "the machine’s operator made the link");
}

#[both_databases]
async fn an_accounts_history_is_told_in_words(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let team = [("code", "space"), ("name_en", "Space"), ("name_zh_hant", "航天組"), ("name_zh_hans", "航天组")];
    let team = root.post("/admin/teams", &team).await.location().rsplit('/').next().unwrap().to_owned();
    let ann = [("name", "Ann"), ("email", "ann@example.org"), ("roles", "officer"), ("roles", "team_lead")];
    let made = root.post("/admin/accounts", &[&ann[..], &[("teams", team.as_str())]].concat()).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let link = made.body.split("<code>/welcome/").nth(1).unwrap().split('<').next().unwrap();
    let signed_in = office.welcomed(&format!("/welcome/{link}")).await;
    key_of(&office.with(&signed_in), "identity:read").await;
    let page = format!("/admin/accounts/{}", office.id_of("ann@example.org").await);
    let history = |body: &str| body.split("class=\"timeline\"").nth(1).unwrap().to_owned();
    let told = history(&root.get(&page).await.body);
    assert!(told.contains("Roles: Officer") && told.contains("Team lead") && told.contains("Teams: Space"), "{told}");
    assert!(told.contains("Key for: robot") && told.contains("Accounts, teams and views: read"), "{told}");
    assert!(told.contains("Last day: 31 Jan 2027"), "{told}");
    for code in ["team_lead", "scopes:", "expires_on", "label:"] {
        assert!(!told.contains(code), "{code}: {told}");
    }
    let told = history(&root.get_in(platform::text::Language::Traditional, &page).await.body);
    assert!(told.contains("權限範圍") && told.contains("最後一日") && !told.contains("Officer"), "{told}");
}

#[both_databases]
async fn what_a_browser_keeps_is_one_persons(office: Office) {
    let mut marks = std::collections::BTreeSet::new();
    for email in ["ann@example.org", "bob@example.org"] {
        office.employs(email, Role::Officer).await;
        let page = office.with(&office.signs_in(email, PASSWORD).await).get("/account").await.body;
        let mark = page.split("data-person=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let id = office.id_of(email).await.to_string();
        assert!(mark.len() == 24 && !mark.contains(&id) && page.contains("id=\"draft-kept\""), "{mark}");
        marks.insert(mark);
    }
    assert_eq!(marks.len(), 2);
}

#[both_databases]
async fn guesses_sent_at_once_are_no_more_than_guesses_in_turn(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let guesses = (0..12).map(async |number| {
        let password = if number == 11 { PASSWORD.to_owned() } else { format!("guess number {number}") };
        office.signs_in("ann@example.org", &password).await
    });
    let answers = futures::future::join_all(guesses).await;
    let stopped = answers.iter().filter(|answer| answer.status == 422 && answer.body.contains("15 minutes")).count();
    assert!(stopped >= 7, "{stopped} were not tried");
}

#[both_databases]
async fn a_create_sent_again_asks_who_sends_it_and_keeps_no_secret(office: Office) {
    office.employs("root@example.org", Role::Administrator).await;
    office.employs("chief@example.org", Role::Administrator).await;
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let new = serde_json::json!({"email": "new@example.org", "name": "New", "roles": ["officer"]});
    let again = [("idempotency-key", "account-number-1")];
    let made = root.call("POST", "/api/v1/accounts", &again, new.clone()).await;
    assert!(made.status == 201 && made.json()["link"].as_str().unwrap().starts_with("/welcome/"), "{}", made.body);
    let repeated = root.call("POST", "/api/v1/accounts", &again, new.clone()).await;
    assert_eq!((repeated.status, repeated.json()["id"].clone()), (201, made.json()["id"].clone()));
    assert!(repeated.json().get("link").is_none(), "{}", repeated.body);
    let mut cx = office.operator();
    let kept: Vec<(String,)> =
        platform::sql::Sql::new("SELECT body FROM idempotency_keys").fetch_all(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
    assert!(kept.len() == 1 && !kept[0].0.contains("welcome"), "{kept:?}");

    let by = async |key: &str, name: &str, body: &Value| {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", name)];
        office.nobody().call("POST", "/api/v1/accounts", &headers, body.clone()).await
    };
    let (narrow, wide) = (key_of(&root, "identity:read").await, key_of(&root, "identity:write").await);
    let refused = by(&narrow, "account-number-1", &new).await;
    assert_eq!(refused.status, 403, "another key's create is not told: {}", refused.body);
    let further = serde_json::json!({"email": "more@example.org", "name": "More", "roles": ["officer"]});
    assert_eq!(by(&wide, "account-number-2", &further).await.status, 201);
    assert_eq!(by(&wide, "account-number-2", &further).await.status, 201);
    let id = office.id_of("root@example.org").await;
    let mut cx = office.operator();
    let (account, _) = account::get(&mut cx, id).await.unwrap();
    let edit = account::Edit { name: account.name.clone(), roles: vec![Role::Officer], teams: Vec::new(), body: None };
    account::edit(&mut cx, id, account.version, edit).await.unwrap();
    cx.commit().await.unwrap();
    crate::session::forget();
    let late = by(&wide, "account-number-2", &further).await;
    assert_eq!(late.status, 403, "who may no longer do it is not told again: {}", late.body);
}

#[both_databases]
async fn a_sessions_token_is_no_key(office: Office) {
    office.employs("ann@example.org", Role::Administrator).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    assert_eq!(ann.get("/account").await.status, 200);
    let token = ann.cookie().split("oases_session=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(office.by_key(&token, "GET", "/api/v1/accounts").await.status, 401);
    let key = key_of(&ann, "*:write").await;
    assert_eq!(office.by_key(&key, "GET", "/api/v1/teams").await.status, 200);
    let forged = office.person_with_cookie(platform::permission::Actor::operator("x"), format!("oases_session={key}"));
    assert_eq!(forged.get("/account").await.status, 303);
}
