//! Stories of the audit, jobs, code lists, settings, search and the palette.

use platform::audit::Change;
use platform::codes::{self, Code};
use platform::permission::Role;
use platform::{Id, both_databases, jobs};
use serde_json::{Value, json};
use time::macros::date;

use super::{FILE, MAPPING, Office};

impl Office {
    async fn brings_in_the_file(&self) {
        let director = self.director();
        let path = self.uploads(&director, FILE.as_bytes()).await.location().to_owned();
        director.post(&format!("{path}/mapping"), &MAPPING).await;
        self.works().await;
        director.post(&format!("{path}/keep"), &[]).await;
        self.works().await;
    }

    async fn has_a_list(&self) {
        let mut cx = self.operator();
        let code = Code {
            list: "industry".into(),
            code: "ai".into(),
            name_en: "Artificial intelligence".into(),
            name_zh_hant: "人工智能".into(),
            name_zh_hans: "人工智能".into(),
            valid_from: date!(2022 - 12 - 23),
            valid_to: None,
            position: 0,
            source: "a paper".into(),
            aliases: String::new(),
            group_code: String::new(),
        };
        codes::load(&mut cx, vec![code]).await.unwrap();
        cx.commit().await.unwrap();
    }
}

#[both_databases]
async fn the_audit_is_searched_by_whom_what_how_and_when(office: Office) {
    office.brings_in_the_file().await;
    let auditor = office.person(Role::Auditor, None);
    let count = async |query: &str| {
        let page = auditor.get(&format!("/audit?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        page.body.matches("<tr id=\"entry-").count()
    };
    assert_eq!(count("verb=enterprise.registered").await, 2);
    assert_eq!(count("kind=enterprise&way=import").await, 2);
    assert_eq!(count("q=%E5%A4%A7%E5%B1%BF").await, 1, "a Traditional name typed in Simplified");
    assert_eq!(count("since=2026-11-24&until=2026-11-24&kind=import").await, 2);
    assert_eq!(count("until=2026-11-23").await, 0);
    assert_eq!(count("since=2026-11-25").await, 0);
    let page = auditor.get("/audit?kind=enterprise").await.body;
    let only = page.split("subject=").nth(1).unwrap().split(['"', '&']).next().unwrap().to_owned();
    assert_eq!(count(&format!("kind=enterprise&subject={only}")).await, 1);
    // A name that is not the one it goes by finds it too.
    assert_eq!((count("q=Lantau+Games").await, count("q=Harbour+Robotics").await), (1, 1));
    let mut cx = office.operator();
    directory::enterprise::retire(&mut cx, only.parse().unwrap(), "Wound up, told 50% by Letter").await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(count("note=wound+50%25").await, 1);
    assert_eq!(count("note=wound+50_").await, 0, "a sign of patterns is taken as it stands");
    let days = ["since=2026-02-31", "until=soon", "since=2026-11-25&until=2026-11-24"];
    let words = ["actor=abc", "subject=abc", "import=abc", "kind=zz", "verb=zz", "way=zz"];
    for unread in days.into_iter().chain(words) {
        let page = auditor.get(&format!("/audit?{unread}")).await;
        assert_eq!((page.status, page.body.matches("<tr id=\"entry-").count()), (422, 0), "{unread}");
        assert_eq!(auditor.get(&format!("/exports/audit?format=csv&{unread}")).await.status, 422, "{unread}");
        let mut cx = office.operator();
        let export = office.house.export_kind("audit").unwrap();
        let refused = platform::export::to_file(&mut cx, export, unread, platform::export::Format::Csv).await;
        assert!(matches!(refused, Err(platform::Error::Invalid(_))), "{unread}");
        cx.undo().await.unwrap();
    }
    assert!(auditor.get("/audit?kind=zz").await.body.contains("“zz” is none of these"));
    assert_eq!(count("verb=key.made&kind=published").await, 0, "what the house has words for may be asked");
    assert_eq!(
        auditor.get("/exports/audit?format=pdf").await.status,
        422,
        "no file of another kind than was asked for"
    );
    let file = auditor.get("/exports/audit?format=csv&verb=enterprise.registered").await;
    assert_eq!(file.body.lines().count(), 3, "{}", file.body);
    assert_eq!(office.officer(None).get("/exports/audit?format=csv").await.status, 403);
}

#[both_databases]
async fn the_audit_is_paged_both_ways(office: Office) {
    let mut cx = office.operator();
    for _ in 0..120 {
        let id = cx.new_id();
        cx.record(platform::audit::Change::new("thing.done", "thing", id).label("A thing"));
    }
    cx.commit().await.unwrap();
    let auditor = office.person(Role::Auditor, None);
    let ids = |body: &str| -> Vec<String> {
        body.split("<tr id=\"entry-").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let link = |body: &str, rel: &str| {
        let rest = body.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
        Some(rest.split('"').next()?.replace("&amp;", "&"))
    };
    let first = auditor.get("/audit?verb=thing.done").await.body;
    let second = auditor.get(&link(&first, "next").unwrap()).await.body;
    let third = auditor.get(&link(&second, "next").unwrap()).await.body;
    assert_eq!((ids(&first).len(), ids(&second).len(), ids(&third).len()), (50, 50, 20));
    assert!(link(&third, "next").is_none() && link(&first, "prev").is_none());
    assert_eq!(ids(&auditor.get(&link(&third, "prev").unwrap()).await.body), ids(&second));
}

#[both_databases]
async fn who_has_looked_at_a_secret_is_one_link_away(office: Office) {
    let director = office.director();
    let new = serde_json::json!({"names": [{"name": "Secret Works"}], "tier": "named"});
    let made = director.call("POST", "/api/v1/enterprises", &[], new).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.json()["id"].to_string();
    for _ in 0..3 {
        assert_eq!(director.get(&format!("/enterprises/{id}")).await.status, 200);
    }
    let auditor = office.person(Role::Auditor, None);
    let page = auditor.get(&format!("/audit?kind=enterprise&subject={id}&verb=record.looked")).await.body;
    assert_eq!(page.matches("<tr id=\"entry-").count(), 1, "once an hour: {page}");
    assert!(page.contains("Looked at") && page.contains(&director.actor.name), "{page}");
}

#[both_databases]
async fn a_failed_job_says_why_and_is_tried_again(office: Office) {
    let mut cx = office.operator();
    let id = jobs::enqueue(&mut cx, "Do the impossible", serde_json::json!({}), None).await.unwrap();
    let later = cx.now().plus_seconds(3_600);
    let waiting = jobs::enqueue(&mut cx, "Do it later", serde_json::json!({}), Some(later)).await.unwrap();
    cx.commit().await.unwrap();
    office.works().await;
    let root = office.person(Role::Administrator, None);
    let failed = root.get("/admin/jobs?state=failed").await.body;
    assert!(failed.contains("Do the impossible") && failed.contains("no such kind of job"), "{failed}");
    assert!(!failed.contains("Do it later"));
    let director = office.director();
    assert!(!director.get("/admin/jobs").await.body.contains("/retry\""), "a director reads only");
    assert_eq!(director.post(&format!("/admin/jobs/{id}/retry"), &[]).await.status, 403);
    assert_eq!(office.officer(None).get("/admin/jobs").await.status, 403);
    assert_eq!(root.post(&format!("/admin/jobs/{id}/retry"), &[]).await.status, 303);
    assert_eq!(root.post(&format!("/admin/jobs/{id}/retry"), &[]).await.status, 409);
    assert_eq!(root.post(&format!("/admin/jobs/{waiting}/cancel"), &[]).await.status, 303);
    assert_eq!(root.post(&format!("/admin/jobs/{waiting}/cancel"), &[]).await.status, 409);
    assert!(root.get("/admin/jobs?state=cancelled").await.body.contains("Do it later"));
    let audit = office.person(Role::Auditor, None).get("/audit?kind=job").await.body;
    assert!(audit.contains("Job tried again") && audit.contains("Job cancelled"), "{audit}");
}

#[both_databases]
async fn a_code_is_added_renamed_and_ended_with_its_source(office: Office) {
    office.has_a_list().await;
    let root = office.person(Role::Administrator, None);
    let code = [
        ("code", "space"),
        ("name_en", "Space"),
        ("name_zh_hant", "航天"),
        ("name_zh_hans", "航天"),
        ("valid_from", "2026-11-01"),
        ("source", "Policy address"),
        ("aliases", "Aerospace\nspace tech"),
    ];
    let unsourced: Vec<(&str, &str)> = code.iter().filter(|(name, _)| *name != "source").copied().collect();
    let refused = root.post("/admin/codes/industry", &unsourced).await;
    assert!(refused.status == 422 && refused.body.contains("Say where it comes from"), "{}", refused.body);
    assert_eq!(root.post("/admin/codes/industry", &code).await.status, 303);
    assert_eq!(root.post("/admin/codes/industry", &code).await.status, 422, "a code is added once");
    assert_eq!(root.post("/admin/codes/secrets", &code).await.status, 404);
    assert_eq!(office.house.codes.written("industry", "AEROSPACE").unwrap().code, "space", "it can be used at once");

    let ended: Vec<(&str, &str)> = [("valid_to", "2026-11-20"), ("source", "Second paper")]
        .into_iter()
        .chain(code[1..5].iter().copied())
        .collect();
    assert_eq!(root.post("/admin/codes/industry/space", &ended).await.status, 303);
    let held = office.house.codes.get("industry", "space").unwrap();
    assert!(held.holds_on(date!(2026 - 11 - 20)) && !held.holds_on(date!(2026 - 11 - 21)));
    let list = root.get("/admin/codes/industry").await.body;
    assert!(list.contains("Not today") && list.contains("20 Nov 2026"), "{list}");
    let page = root.get("/admin/codes/industry/space").await.body;
    assert!(page.contains("Policy address → Second paper"), "its history: {page}");
    let backwards = [("valid_to", "2026-10-01")].into_iter().chain(code[1..6].iter().copied()).collect::<Vec<_>>();
    assert_eq!(root.post("/admin/codes/industry/space", &backwards).await.status, 422);
    for person in [office.director(), office.officer(None)] {
        assert_eq!(person.get("/admin/codes").await.status, 403);
        assert_eq!(person.post("/admin/codes/industry", &code).await.status, 403);
    }
}

#[both_databases]
async fn the_office_is_named_in_every_language(office: Office) {
    let root = office.person(Role::Administrator, None);
    let names =
        [("office-name-en", "The Office"), ("office-name-zh-hant", "辦公室"), ("office-name-zh-hans", "办公室")];
    assert_eq!(root.post("/admin/settings", &names[..2]).await.status, 422);
    assert_eq!(root.post("/admin/settings", &names).await.status, 303);
    let page = root.get("/admin/settings").await.body;
    assert!(page.contains("<small>The Office</small>") && page.contains("Office named"), "{page}");
    assert_eq!(office.director().get("/admin/settings").await.status, 403);
}

#[both_databases]
async fn search_groups_marks_and_says_when_there_is_nothing(office: Office) {
    office.brings_in_the_file().await;
    let officer = office.officer(None);
    let page = officer.get("/search?q=%E5%A4%A7%E5%B1%BF").await.body;
    assert!(page.contains("<h2 id=\"found-enterprise\">Enterprises</h2>"), "{page}");
    assert!(page.contains("<mark>大嶼</mark>遊戲"), "a Traditional name typed in Simplified: {page}");
    let page = officer.get("/search?q=lant").await.body;
    assert!(page.contains("<mark>Lant</mark>au Games"), "{page}");
    assert!(officer.get("/search?q=nothing+such").await.body.contains("Nothing found for “nothing such”"));
    assert!(officer.get("/search").await.body.contains("Type part of a name"));
    assert!(officer.get("/search?q=register").await.body.contains("href=\"/enterprises/new\""));
}

#[both_databases]
async fn the_palette_offers_what_one_may_do_in_ones_own_words(office: Office) {
    let officer = office.officer(None);
    let hrefs = |answer: platform::testing::Answer| -> Vec<String> {
        answer.json().as_array().unwrap().iter().map(|found| found["href"].as_str().unwrap().to_owned()).collect()
    };
    assert!(hrefs(officer.get("/search/suggest?q=register").await).contains(&"/enterprises/new".to_owned()));
    let chinese = officer.get_in(platform::text::Language::Traditional, "/search/suggest?q=%E6%96%B0%E5%A2%9E").await;
    assert!(hrefs(chinese).contains(&"/enterprises/new".to_owned()));
    let all = hrefs(officer.get("/search/suggest?q=").await);
    assert!(all.contains(&"/enterprises".to_owned()) && !all.iter().any(|href| href.starts_with("/admin")), "{all:?}");
    let reader = office.person(Role::ReadOnly, None);
    assert!(!hrefs(reader.get("/search/suggest?q=register").await).contains(&"/enterprises/new".to_owned()));
    let root = office.person(Role::Administrator, None);
    assert!(hrefs(root.get("/search/suggest?q=jobs").await).contains(&"/admin/jobs".to_owned()));
}

/// A pack of one setting.
struct Small;

impl crate::pack::Supply for Small {
    fn name(&self) -> String {
        "small 1".to_owned()
    }

    fn bring_in<'a>(&'a self, cx: &'a mut platform::Cx) -> futures::future::BoxFuture<'a, platform::Result<()>> {
        Box::pin(async move {
            platform::settings::set(cx, "pack", "small 1").await?;
            platform::settings::set(cx, "time-zone", "Asia/Hong_Kong").await
        })
    }
}

#[both_databases]
async fn an_administrator_gives_an_office_without_a_pack_the_programs_own(office: Office) {
    crate::pack::put(&office.house, std::sync::Arc::new(Small));
    let root = office.person(Role::Administrator, None);
    let page = root.get("/admin/pack").await.body;
    assert!(page.contains("oases load --office reference") && page.contains("Bring in the pack small 1"), "{page}");
    assert_eq!(office.officer(None).post("/admin/pack", &[]).await.status, 403);
    let evening = platform::testing::MORNING.plus_seconds(18 * 3_600);
    assert_eq!(office.house.zone.day_of(evening).day(), 24);
    assert_eq!(root.post("/admin/pack", &[]).await.status, 303);
    assert_eq!(office.house.zone.day_of(evening).day(), 25, "its days are the office's at once");
    assert_eq!(root.post("/admin/pack", &[]).await.status, 409);
    assert!(!root.get("/admin/pack").await.body.contains("Bring in"));
    let told = office.person(Role::Auditor, None).get("/audit?verb=pack.brought_in").await.body;
    assert!(told.contains("Pack brought in") && told.contains(&root.actor.name), "{told}");
}

#[both_databases]
async fn the_audit_links_only_where_its_reader_may_go(office: Office) {
    let mut cx = office.operator();
    cx.record(Change::new("account.ended", "account", Id(77)).label("Ann"));
    cx.commit().await.unwrap();
    let auditor = office.person(Role::Auditor, None).get("/audit").await.body;
    assert!(auditor.contains("Ann") && !auditor.contains("/admin/accounts/"), "{auditor}");
    let mut both = office.person(Role::Administrator, None).actor;
    both.roles.push(Role::Auditor);
    assert!(office.person_of(both).get("/audit").await.body.contains("/admin/accounts/77"));
}

#[both_databases]
async fn a_program_searches_the_audit_as_the_page_does(office: Office) {
    office.brings_in_the_file().await;
    let auditor = office.person(Role::Auditor, None);
    let get = async |query: &str| auditor.call("GET", &format!("/api/v1/audit?{query}"), &[], Value::Null).await;
    let found = get("verb=enterprise.registered&limit=1").await.json();
    let entry = &found["items"][0];
    assert_eq!((&entry["way"], &entry["subject_kind"]), (&json!("import"), &json!("enterprise")), "{found}");
    assert!(entry["import_id"].is_i64() && entry["hash"].as_str().unwrap().len() == 64, "{entry}");
    let after = found["next"].as_str().unwrap();
    let rest = get(&format!("verb=enterprise.registered&limit=1&after={after}")).await.json();
    assert!(rest["items"][0]["id"] != entry["id"] && rest["next"].is_null(), "{rest}");
    assert_eq!(get("q=Lantau+Games").await.json()["items"].as_array().unwrap().len(), 1);
    for query in
        ["verb=nothing.done", "way=pigeon", "since=yesterday", "since=2026-11-25&until=2026-11-24", "colour=red"]
    {
        assert_eq!(get(query).await.status, 422, "{query}");
    }
    let officer = office.officer(None);
    assert_eq!(officer.call("GET", "/api/v1/audit", &[], Value::Null).await.status, 403);
}

#[both_databases]
async fn a_program_names_the_office_and_keeps_its_lists(office: Office) {
    office.has_a_list().await;
    let root = office.person(Role::Administrator, None);
    let call = async |method: &str, path: &str, body: Value| root.call(method, path, &[], body).await;
    let names =
        json!({"office-name-en": "An office", "office-name-zh-hant": "辦公室", "office-name-zh-hans": "办公室"});
    let named = call("PUT", "/api/v1/settings", names).await;
    assert_eq!((named.status, &named.json()["office-name-en"]), (200, &json!("An office")), "{}", named.body);
    let refused = call("PUT", "/api/v1/settings", json!({"office-name-en": "An office"})).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("office-name-zh-hant")));
    let told = call("GET", "/api/v1/settings/history", Value::Null).await.json();
    assert_eq!(told["items"][0]["verb"], "office.named", "{told}");
    assert_eq!(call("GET", "/api/v1/settings", Value::Null).await.json()["currency"], "HKD");

    let lists = call("GET", "/api/v1/codes", Value::Null).await.json();
    assert_eq!((&lists[0]["list"], &lists[0]["in_force"]), (&json!("industry"), &json!(1)), "{lists}");
    let mut code = json!({"code": "quantum", "name_en": "Quantum", "name_zh_hant": "量子", "name_zh_hans": "量子",
        "valid_from": "2026-11-01", "source": "a paper", "aliases": ["Quantum Computing"]});
    let added = call("POST", "/api/v1/codes/industry", code.clone()).await;
    assert_eq!((added.status, added.location()), (201, "/api/v1/codes/industry/quantum"), "{}", added.body);
    assert_eq!(added.json()["aliases"], json!(["quantum computing"]));
    let twice = call("POST", "/api/v1/codes/industry", code.clone()).await;
    assert_eq!((twice.status, &twice.json()["errors"][0]["field"]), (422, &json!("code")));
    code.as_object_mut().unwrap().remove("code");
    code["valid_to"] = json!("2026-10-01");
    let backwards = call("PUT", added.location(), code.clone()).await;
    assert_eq!((backwards.status, &backwards.json()["errors"][0]["field"]), (422, &json!("valid_to")));
    code["valid_to"] = json!("2026-11-10");
    assert_eq!(call("PUT", added.location(), code).await.status, 200);
    let all = call("GET", "/api/v1/codes/industry", Value::Null).await.json();
    assert_eq!((&all[1]["code"], &all[1]["valid_to"]), (&json!("quantum"), &json!("2026-11-10")), "{all}");
    assert_eq!(call("GET", "/api/v1/codes/planets", Value::Null).await.status, 404);
    for path in ["/api/v1/settings", "/api/v1/codes", "/api/v1/codes/industry", "/api/v1/settings/history"] {
        assert_eq!(office.director().call("GET", path, &[], Value::Null).await.status, 403, "{path}");
    }
}

#[both_databases]
async fn a_program_sees_to_jobs_and_searches(office: Office) {
    office.brings_in_the_file().await;
    let mut cx = office.operator();
    let job = jobs::enqueue(&mut cx, "Do what nobody knows", json!({}), None).await.unwrap();
    cx.commit().await.unwrap();
    let (root, director) = (office.person(Role::Administrator, None), office.director());
    let listed = director.call("GET", "/api/v1/jobs?state=waiting", &[], Value::Null).await.json();
    assert_eq!(listed["items"][0]["id"], json!(job), "{listed}");
    let path = format!("/api/v1/jobs/{job}");
    assert_eq!(director.call("POST", &format!("{path}/cancel"), &[], Value::Null).await.status, 403);
    assert_eq!(root.call("POST", &format!("{path}/retry"), &[], Value::Null).await.status, 409);
    assert_eq!(root.call("POST", &format!("{path}/cancel"), &[], Value::Null).await.status, 200);
    assert_eq!(root.call("GET", "/api/v1/jobs?state=lost", &[], Value::Null).await.status, 422);

    let found = director.call("GET", "/api/v1/search?q=lantau", &[], Value::Null).await.json();
    assert_eq!((&found[0]["kind"], found[0]["more"].as_bool()), (&json!("enterprise"), Some(false)), "{found}");
    let empty = director.call("GET", "/api/v1/search", &[], Value::Null).await;
    assert_eq!((empty.status, &empty.json()["errors"][0]["field"]), (422, &json!("q")));
}
