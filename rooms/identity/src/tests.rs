//! Stories of signing in, on both databases.

use platform::both_databases;
use platform::clock::At;
use platform::permission::Role;
use platform::testing::{Answer, On, Story, TestHouse, TestPlan};

use crate::account::{self, NewAccount};
use crate::{Gatekeeper, secret};

mod administration;
mod doors;
mod edge;
mod views;

pub(crate) struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![crate::room()],
            authenticator: Some(Box::new(Gatekeeper)),
            shared_texts: ui::texts().to_vec(),
        };
        Self(TestHouse::open(on, plan).await)
    }
}

pub(crate) const PASSWORD: &str = "four words in a row";

impl Office {
    pub(crate) async fn employs(&self, email: &str, role: Role) {
        let mut cx = self.operator();
        let new =
            NewAccount { email: email.into(), name: "Somebody".into(), roles: vec![role], ..NewAccount::default() };
        account::make(&mut cx, new, PASSWORD).await.unwrap();
        cx.commit().await.unwrap();
    }

    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> Answer {
        self.nobody().post("/sign-in", &[("email", email), ("password", password), ("back", "/account")]).await
    }

    pub(crate) fn with(&self, answer: &Answer) -> platform::testing::Person<'_> {
        let cookies: Vec<String> = answer
            .headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned))
            .filter(|pair| !pair.ends_with('='))
            .collect();
        self.person_with_cookie(platform::permission::Actor::operator("x"), cookies.join("; "))
    }
}

#[both_databases]
async fn the_right_password_opens_and_the_wrong_one_tells_nothing(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let right = office.signs_in(" Ann@Example.org ", PASSWORD).await;
    assert_eq!((right.status, right.location()), (303, "/account"));
    assert_eq!(office.with(&right).get("/account").await.status, 200);

    let wrong = office.signs_in("ann@example.org", "nearly right").await;
    let unknown = office.signs_in("bob@example.org", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!(wrong.body.replace("ann@", ""), unknown.body.replace("bob@", ""));
}

#[both_databases]
async fn guessing_is_stopped_and_begins_anew_after_a_while(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    for _ in 0..5 {
        assert_eq!(office.signs_in("ann@example.org", "guess").await.status, 422);
    }
    let stopped = office.signs_in("ann@example.org", PASSWORD).await;
    assert!(stopped.status == 422 && stopped.body.contains("15 minutes"), "{}", stopped.body);
    office.clock.set(At(office.clock.now().0 + 16 * 60 * 1_000_000));
    assert_eq!(office.signs_in("ann@example.org", PASSWORD).await.status, 303);
}

#[both_databases]
async fn a_one_time_code_is_asked_for_and_good_once(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let person = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let code_secret = secret::code_secret().unwrap();
    let code = |at: At| {
        let bytes = data_encoding::BASE32_NOPAD.decode(code_secret.as_bytes()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(bytes).with_skew(0).build().unwrap();
        totp.generate(u64::try_from(at.0 / 1_000_000).unwrap()).to_string()
    };
    let now = office.clock.now();
    let wrong = person.post("/account/codes", &[("secret", &code_secret), ("code", "12345")]).await;
    assert_eq!(wrong.status, 422);
    let on = person.post("/account/codes", &[("secret", &code_secret), ("code", &code(now))]).await;
    assert_eq!(on.status, 303, "{}", on.body);

    let half = office.signs_in("ann@example.org", PASSWORD).await;
    assert!(half.location().starts_with("/sign-in/code"));
    let half = office.with(&half);
    assert_eq!(half.get("/account").await.status, 303, "half a sign-in opens nothing");
    let replayed = half.post("/sign-in/code", &[("code", &code(now))]).await;
    assert_eq!(replayed.status, 422, "the code that switched codes on is used up");
    office.clock.set(now.plus_seconds(30));
    let done = half.post("/sign-in/code", &[("code", &code(now.plus_seconds(30))), ("back", "//evil.example")]).await;
    assert_eq!((done.status, done.location()), (303, "/"));
    assert_eq!(office.with(&done).get("/account").await.status, 200);
}

#[both_databases]
async fn an_ended_session_opens_nothing_and_others_cannot_end_it(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    office.employs("bob@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let bob = office.with(&office.signs_in("bob@example.org", PASSWORD).await);
    let mut cx = office.operator();
    let id = account::by_email(&mut cx, "ann@example.org").await.unwrap().unwrap();
    cx.actor = Some(platform::permission::Actor { account: Some(id), ..platform::permission::Actor::operator("ann") });
    let sessions = crate::session::own(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
    let path = format!("/account/sessions/{}/end", sessions[0].id);
    assert_eq!(bob.post(&path, &[]).await.status, 404);
    assert_eq!(ann.post(&path, &[]).await.status, 303);
    assert_eq!(ann.get("/account").await.status, 303);
    assert_eq!(bob.get("/account").await.status, 200);
}

#[both_databases]
async fn sessions_end_by_themselves(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    assert_eq!(ann.get("/account").await.status, 200);
    office.clock.set(office.clock.now().plus_seconds(13 * 3600));
    crate::session::forget();
    assert_eq!(ann.get("/account").await.status, 303);
}

#[both_databases]
async fn the_first_administrator_comes_by_a_link_that_works_once(office: Office) {
    let mut cx = office.operator();
    let path = crate::first_run(&mut cx).await.unwrap().unwrap();
    cx.commit().await.unwrap();
    let nobody = office.nobody();
    assert_eq!(nobody.get(&path).await.status, 200);
    let fields = [("name", "Ann"), ("email", "ann@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    let short =
        nobody.post(&path, &[("name", "Ann"), ("email", "a@b.org"), ("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, 422);
    let made = nobody.post(&path, &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    assert_eq!(office.with(&made).get("/admin/accounts").await.status, 200);
    assert_eq!(nobody.post(&path, &fields).await.status, 404);
    let mut cx = office.operator();
    assert!(crate::first_run(&mut cx).await.unwrap().is_none());
    cx.undo().await.unwrap();
}

#[both_databases]
async fn only_administrators_administer_and_the_last_one_stays(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    office.employs("root@example.org", Role::Administrator).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    assert_eq!(ann.get("/admin/accounts").await.status, 403);
    let root = office.with(&office.signs_in("root@example.org", PASSWORD).await);
    let mut cx = office.operator();
    let id = account::by_email(&mut cx, "root@example.org").await.unwrap().unwrap();
    cx.undo().await.unwrap();
    let refused = root.post(&format!("/admin/accounts/{id}/end"), &[("reason", "gone")]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(office.nobody().get("/admin/accounts").await.location(), "/sign-in?back=%2Fadmin%2Faccounts");
}

#[both_databases]
async fn a_key_is_shown_once_and_ends_on_its_day(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let refused =
        ann.post("/account/keys", &[("label", "robot"), ("expires_on", "2030-01-01"), ("scopes", "*:read")]).await;
    assert_eq!(refused.status, 422);
    let made =
        ann.post("/account/keys", &[("label", "robot"), ("expires_on", "2027-01-31"), ("scopes", "*:read")]).await;
    assert_eq!(made.status, 200);
    let key = made.body.split("<code>oases_").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let key = format!("oases_{key}");
    assert!(!ann.get("/account").await.body.contains(&key));
    let found = platform::house::Authenticator::by_key(&Gatekeeper, &office.house, &key).await.unwrap().unwrap();
    assert_eq!(found.actor.key.unwrap().scopes, ["*:read"]);
    office.clock.set(office.clock.now().plus_seconds(80 * 24 * 3600));
    crate::session::forget();
    assert!(platform::house::Authenticator::by_key(&Gatekeeper, &office.house, &key).await.unwrap().is_none());
}

#[both_databases]
async fn a_language_once_chosen_meets_one_in_every_browser(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let here = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let chosen = here.post("/language", &[("language", "zh-Hant"), ("back", "/account")]).await;
    assert_eq!((chosen.status, chosen.location()), (303, "/account"));
    let elsewhere = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    // A browser that has chosen nothing by itself.
    let bare = axum::http::Request::get("/account").header("cookie", elsewhere.cookie());
    let page = office.send(bare.body(axum::body::Body::empty()).unwrap()).await;
    assert!(page.body.contains("<html lang=\"zh-Hant-HK\""), "{}", page.body);
    let twice = here.post("/language", &[("language", "zh-Hant"), ("back", "/account")]).await;
    assert_eq!(twice.status, 303);
    let mut cx = office.operator();
    let entries = platform::audit::read::search(&mut cx, &Default::default(), 100).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.verb == "account.language_chosen").count(), 1);
    cx.undo().await.unwrap();
    let nobody = office.nobody().post("/language", &[("language", "zh-Hans"), ("back", "/sign-in")]).await;
    assert_eq!((nobody.status, nobody.location()), (303, "/sign-in"));
}

#[both_databases]
async fn the_audit_holds_no_secret(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    let answer = office.signs_in("ann@example.org", PASSWORD).await;
    let token = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let mut cx = office.operator();
    let entries = platform::audit::read::search(&mut cx, &Default::default(), 100).await.unwrap();
    assert!(entries.len() >= 2);
    let all = format!("{entries:?}");
    assert!(!all.contains(PASSWORD) && !all.contains(&token) && !all.contains("argon2"));
    cx.undo().await.unwrap();
}

#[both_databases]
async fn nobody_keeps_two_views_of_a_list_under_one_name(office: Office) {
    office.employs("ann@example.org", Role::Officer).await;
    office.employs("bob@example.org", Role::Officer).await;
    let ann = office.with(&office.signs_in("ann@example.org", PASSWORD).await);
    let keeps = [("path", "/projects"), ("query", "status=delayed"), ("name", "Late ones"), ("sharing", "private")];
    let saved = ann.post("/views", &keeps).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let mut twice = keeps;
    twice[2].1 = "late ONES";
    let refused = ann.post("/views", &twice).await;
    assert!(refused.status == 422 && refused.body.contains("under this name"), "{}", refused.body);
    let bob = office.with(&office.signs_in("bob@example.org", PASSWORD).await);
    assert_eq!(bob.post("/views", &keeps).await.status, 303, "each has names of their own");
    // One that is retired gives its name up, and comes back only once it is free.
    let view = saved.location().rsplit('=').next().unwrap().to_owned();
    assert_eq!(ann.post(&format!("/views/{view}/retire"), &[]).await.status, 303);
    assert_eq!(ann.post("/views", &keeps).await.status, 303);
    assert_eq!(ann.post(&format!("/views/{view}/restore"), &[]).await.status, 422);
}
