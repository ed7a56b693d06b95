//! Whole imports as a person makes them, on both databases.

use axum::body::Body;
use axum::http::Request;
use platform::export::{Format, to_file};
use platform::permission::Role;
use platform::testing::{Answer, On, Person, Story, TestHouse, TestPlan};
use platform::{both_databases, jobs};

mod administration;
mod imports;
mod own_fields;
mod programs;
mod ways;

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
            rooms: vec![identity::room(), directory::room(), crate::room()],
            shared_texts: ui::texts().to_vec(),
            ..TestPlan::default()
        };
        Self(TestHouse::open(on, plan).await)
    }
}

pub(crate) const FILE: &str = "name,中文名稱,origin,Web\n\
    Harbour Robotics,海港機械人,,harbour.example\n\
    ,,,nameless.example\n\
    Peak Biologics,山頂生物,Atlantis,\n\
    Lantau Games,大嶼遊戲,,\n";

impl Office {
    /// Uploads a file as a browser does; answers the import's path.
    pub(crate) async fn uploads(&self, person: &Person<'_>, bytes: &[u8]) -> Answer {
        let mut body = b"--b\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\nenterprises\r\n--b\r\n\
            content-disposition: form-data; name=\"file\"; filename=\"../new.csv\"\r\n\r\n"
            .to_vec();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        let request = Request::post("/imports")
            .header("cookie", person.cookie())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn works(&self) {
        jobs::run_all(&self.house).await.unwrap();
    }
}

pub(crate) const MAPPING: [(&str, &str); 4] =
    [("column-0", "name_en"), ("column-1", "name_zh_hant"), ("column-2", "reporting_origin"), ("column-3", "website")];

#[both_databases]
async fn a_file_with_two_bad_rows_is_checked_kept_and_undone(office: Office) {
    let officer = office.director();
    let answer = office.uploads(&officer, FILE.as_bytes()).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let path = answer.location().to_owned();
    let page = officer.get(&path).await;
    assert!(page.body.contains("Harbour Robotics") && page.body.contains("new.csv"), "{}", page.body);
    assert!(!page.body.contains("../"));
    assert!(page.body.contains("value=\"name_zh_hant\" selected"), "headers are guessed");
    assert_eq!(officer.post(&format!("{path}/mapping"), &MAPPING).await.status, 303);
    office.works().await;
    let page = officer.get(&path).await;
    for words in ["Rows with problems", "Give a name.", "Atlantis"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(page.body.contains("<th scope=\"row\">3</th>") && page.body.contains("<th scope=\"row\">4</th>"));
    assert_eq!(officer.get("/enterprises").await.body.matches("<tr data-href").count(), 0, "a check keeps nothing");
    let file = officer.get(&format!("{path}/problems.csv")).await;
    assert!(
        file.body.contains("山頂生物") && file.body.contains("problems (Oases)") && !file.body.contains("Lantau"),
        "{}",
        file.body
    );

    assert_eq!(officer.post(&format!("{path}/keep"), &[]).await.status, 303);
    office.works().await;
    let list = officer.get("/enterprises").await;
    assert_eq!(list.body.matches("<tr data-href").count(), 2);
    assert!(officer.get("/search?q=%E6%B5%B7%E6%B8%AF").await.body.contains("<mark>海港</mark>機械人"));
    let found = officer.get("/search/suggest?q=lantau").await;
    assert_eq!(found.json()[0]["kind"], "enterprise");

    let id = found.json()[0]["href"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let edited = officer
        .call(
            "PATCH",
            &format!("/api/v1/enterprises/{id}"),
            &[("if-match", "\"1\"")],
            serde_json::json!({"website": "lantau.example"}),
        )
        .await;
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert_eq!(officer.post(&format!("{path}/undo"), &[]).await.status, 303);
    office.works().await;
    let page = officer.get(&path).await;
    assert!(
        page.body.contains("Undone") && page.body.contains("大嶼遊戲"),
        "what was worked on stays and is named: {}",
        page.body
    );
    assert_eq!(officer.get("/enterprises").await.body.matches("<tr data-href").count(), 1);
}

#[both_databases]
async fn a_big5_file_is_read_and_its_mapping_remembered(office: Office) {
    let officer = office.director();
    let text = "company,公司名稱\nHarbour Robotics,海港機械人有限公司\nPeak Biologics,山頂生物科技集團\n引進重點企業,重點企業辦公室\n";
    let (bytes, _, _) = platform_encoding(text);
    let path = office.uploads(&officer, &bytes).await.location().to_owned();
    let page = officer.get(&path).await;
    assert!(page.body.contains("海港機械人有限公司"), "{}", page.body);
    let mapping = [("column-0", "name_en"), ("column-1", "name_zh_hant"), ("encoding", "Big5")];
    assert_eq!(officer.post(&format!("{path}/mapping"), &mapping).await.status, 303);
    office.works().await;
    let again = office.uploads(&officer, &bytes).await.location().to_owned();
    assert!(officer.get(&again).await.body.contains("value=\"name_zh_hant\" selected"), "the mapping is remembered");
}

/// The text in Big5, by hand: the test needs no encoder of its own.
fn platform_encoding(text: &str) -> (Vec<u8>, (), ()) {
    let (bytes, _, _) = encoding_rs::BIG5.encode(text);
    (bytes.into_owned(), (), ())
}

#[both_databases]
async fn a_required_column_left_out_is_named(office: Office) {
    let officer = office.director();
    let path = office.uploads(&officer, FILE.as_bytes()).await.location().to_owned();
    let twice = [("column-0", "name_en"), ("column-1", "name_en")];
    let refused = officer.post(&format!("{path}/mapping"), &twice).await;
    assert!(refused.status == 422 && refused.body.contains("Two columns"), "{}", refused.body);
}

#[both_databases]
async fn nobody_and_those_who_only_read_bring_nothing_in(office: Office) {
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(office.uploads(&office.nobody(), FILE.as_bytes()).await.status, 401);
    assert_eq!(office.uploads(&reader, FILE.as_bytes()).await.status, 403);
    assert_eq!(reader.get("/imports").await.status, 403);
    assert_eq!(reader.get("/audit").await.status, 403);
    let path = office.uploads(&office.director(), FILE.as_bytes()).await.location().to_owned();
    assert_eq!(reader.get(&path).await.status, 404);
    assert_eq!(office.nobody().get(&path).await.status, 303);
}

#[both_databases]
async fn an_export_is_what_the_list_shows_and_leaves_an_entry(office: Office) {
    let director = office.director();
    let path = office.uploads(&director, FILE.as_bytes()).await.location().to_owned();
    director.post(&format!("{path}/mapping"), &MAPPING).await;
    office.works().await;
    director.post(&format!("{path}/keep"), &[]).await;
    office.works().await;
    let file = director.get("/exports/enterprises?format=csv&q=harbour").await;
    assert!(file.body.contains("海港機械人") && !file.body.contains("Lantau"), "{}", file.body);
    assert!(file.header("content-disposition").contains("enterprises-2026-11-24.csv"));
    assert!(director.get("/audit?verb=export.made").await.body.contains("enterprises"));
    assert_eq!(director.get("/exports/secrets").await.status, 404);
}

#[both_databases]
async fn a_program_is_told_of_a_filter_that_narrows_nothing(office: Office) {
    let director = office.director();
    for (query, field) in [
        ("tier=nope", "tier"),
        ("owner=abc", "owner"),
        ("retired=maybe", "retired"),
        ("sort=nope", "sort"),
        ("limit=abc", "limit"),
        ("team=x", "team"),
        ("industri=fintech", "industri"),
    ] {
        let answer = director.get(&format!("/api/v1/enterprises?{query}")).await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["field"].as_str()),
            (422, Some(field)),
            "{}",
            answer.body
        );
        // A page passes over what no form of it sends, and names a choice that there is none of.
        let forgives = matches!(field, "limit" | "industri");
        let status = if forgives { 200 } else { 422 };
        assert_eq!(director.get(&format!("/enterprises?{query}")).await.status, status, "{query}");
    }
    let fine = "tier=office&owner=me&retired=yes&sort=-updated&limit=10&q=";
    assert_eq!(director.get(&format!("/api/v1/enterprises?{fine}")).await.status, 200);
    assert_eq!(director.get("/api/v1/people?nope=1").await.status, 422);
    let kind = office.house.export_kind("enterprises").unwrap();
    for query in ["foo=1", "tier=nope", "columns=foo"] {
        let refused = to_file(&mut office.operator(), kind, query, Format::Csv).await;
        assert!(matches!(refused, Err(platform::Error::Invalid(_))), "{query}");
    }
    let query = "tier=office&columns=name,tier";
    to_file(&mut office.operator(), kind, query, Format::Csv).await.unwrap();
}

#[both_databases]
async fn the_packs_data_are_read_as_they_stand(office: Office) {
    use platform::holidays::{self, Holiday};
    let day = |text: &str| platform::clock::parse_day(text).unwrap();
    let holiday = |on: &str, name: &str| Holiday {
        day: day(on),
        name_en: name.to_owned(),
        name_zh_hant: "聖誕節".to_owned(),
        name_zh_hans: "圣诞节".to_owned(),
        source: "a gazette".to_owned(),
    };
    let administrator = office.person(Role::Administrator, None);
    assert!(administrator.get("/admin/pack?table=holidays").await.body.contains("No pack has been brought in yet."));
    let mut cx = office.operator();
    let list = [holiday("2026-12-25", "Christmas Day"), holiday("2025-12-25", "Christmas")];
    assert_eq!(holidays::load(&mut cx, list.to_vec()).await.unwrap(), 2);
    platform::settings::set(&mut cx, "rest-days", "saturday,sunday").await.unwrap();
    cx.commit().await.unwrap();
    office.house.holidays.reload(&mut cx).await.unwrap();
    office.house.settings.reload(&mut cx).await.unwrap();
    assert_eq!(holidays::load(&mut cx, list.to_vec()).await.unwrap(), 0, "a second time nothing is new");
    assert_eq!(holidays::load(&mut cx, vec![holiday("2025-12-25", "Christmas Day")]).await.unwrap(), 1);
    cx.commit().await.unwrap();
    office.house.holidays.reload(&mut cx).await.unwrap();
    cx.undo().await.unwrap();

    for language in platform::text::Language::ALL {
        for table in ["codes", "holidays", "bodies"] {
            let page = administrator.get_in(language, &format!("/admin/pack?table={table}")).await;
            assert!(page.status == 200 && !page.body.contains(">pack-"), "{table}: {}", page.body);
        }
    }
    let page = administrator.get("/admin/pack?table=holidays").await.body;
    assert_eq!(page.matches("Christmas Day").count(), 3, "two in the table, one still to come: {page}");
    let page = administrator.get("/admin/pack?table=holidays&on=2026-12-25").await.body;
    assert_eq!(page.matches("<td").count(), 5);
    assert_eq!(administrator.get("/admin/pack?table=luck").await.status, 404);
    assert_eq!(administrator.get("/admin/pack?on=2026-02-30").await.status, 422);
    assert_eq!(office.officer(None).get("/admin/pack").await.status, 403);
}

#[both_databases]
async fn the_list_of_imports_is_narrowed_sorted_and_paged(office: Office) {
    let (ann, bob) = (office.director(), office.director());
    for number in 0..53 {
        let name = format!("{}-{number:02}.csv", if number % 2 == 0 { "Even" } else { "odd" });
        let kind = if number < 3 { "people" } else { "enterprises" };
        let answer =
            ann.upload("/imports", &[("kind", kind)], &name, format!("name\nWorks {number}\n").as_bytes()).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
    assert_eq!(
        bob.upload("/imports", &[("kind", "flags")], "mine.csv", b"enterprise,flag,source\na,b,c\n").await.status,
        303
    );
    let files = async |query: &str| -> Vec<String> {
        let page = ann.get(&format!("/imports?{query}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let links = page.body.split("\"><span><a href=\"/imports/").skip(1);
        links.filter_map(|rest| rest.split('>').nth(1)?.split('<').next().map(str::to_owned)).collect()
    };
    let latest = files("").await;
    assert_eq!((latest.len(), latest[0].as_str()), (50, "mine.csv"));
    let page = ann.get("/imports").await.body;
    let next =
        page.split("rel=\"next\" href=\"/imports?").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(files(&next).await, ["odd-03.csv", "Even-02.csv", "odd-01.csv", "Even-00.csv"]);
    assert_eq!(files("kind=people").await.len(), 3);
    assert_eq!(files("q=EVEN").await.len(), 27);
    assert_eq!(files("state=kept").await.len(), 0);
    assert_eq!(files(&format!("by={}", bob.account())).await, ["mine.csv"]);
    assert_eq!(files("sort=file").await[..2], ["Even-00.csv", "Even-02.csv"]);
    assert_eq!(files("sort=-file").await[0], "odd-51.csv");
}

#[both_databases]
async fn a_form_without_its_file_comes_back_with_what_was_chosen(office: Office) {
    let director = office.director();
    let empty = office.uploads(&director, b"").await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("class=\"rail\"") && empty.body.contains("href=\"#file\""), "{}", empty.body);
    assert!(empty.body.contains("Choose a file.") && empty.body.contains("value=\"enterprises\" selected"));
}

#[both_databases]
async fn only_the_keys_that_a_reader_can_use_are_told(office: Office) {
    let told = |body: String| body.split("id=\"shortcuts\"").nth(1).unwrap().to_owned();
    let director = told(office.director().get("/search").await.body);
    assert!(director.contains("<kbd>a</kbd>") && !director.contains("<kbd>s</kbd>"), "{director}");
    let officer = told(office.officer(None).get("/search").await.body);
    assert!(officer.contains("<kbd>e</kbd>") && !officer.contains("<kbd>a</kbd>"), "{officer}");
}
