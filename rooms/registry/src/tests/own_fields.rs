//! Fields of the office's own, from their definition to what becomes of what was said in them.

use identity::account::{self, NewAccount};
use identity::view::{self, NewView};
use platform::export::{Format, to_file};
use platform::own_field::{self, Definition, GivenChoice};
use platform::permission::Role;
use platform::testing::{Answer, Person};
use platform::text::Language;
use platform::{Cx, Error, both_databases};
use serde_json::{Value, json};

use super::Office;

const CHOICES: &str = "first | First round | 首輪 | 首轮\nsecond | Second round | 次輪 | 次轮";

fn labelled(en: &str, hant: &str, hans: &str) -> Definition {
    Definition {
        label_en: en.into(),
        label_zh_hant: hant.into(),
        label_zh_hans: hans.into(),
        filterable: true,
        ..Definition::default()
    }
}

impl Office {
    async fn defines(&self, code: &str, kind: &str, given: Definition) {
        let mut cx = self.operator();
        own_field::define(&mut cx, "enterprise", code, kind, given).await.unwrap();
        cx.commit().await.unwrap();
    }

    /// One field of each kind.
    async fn defines_all(&self) {
        let choices = GivenChoice::lines(CHOICES);
        self.defines("round", "choice", Definition { choices, ..labelled("Round", "輪次", "轮次") }).await;
        self.defines("lead_source", "text", labelled("Lead source", "線索來源", "线索来源")).await;
        self.defines("site_need", "number", labelled("Site need", "所需面積", "所需面积")).await;
        self.defines("visited_on", "day", labelled("Visited on", "到訪日期", "到访日期")).await;
        self.defines("keen", "yes_no", labelled("Keen", "意願強", "意愿强")).await;
    }

    /// Seen and edited by directors alone.
    async fn defines_a_secret(&self) {
        let role = Role::Director.code().to_owned();
        let given = labelled("Ceiling", "上限", "上限");
        self.defines("ceiling", "number", Definition { see_role: role.clone(), edit_role: role, ..given }).await;
    }

    async fn registers(&self, by: &Person<'_>, name: &str, own: Value) -> Value {
        let body = json!({ "names": [{ "name": name }], "distinct_from_resembling": true, "own": own });
        let made = by.call("POST", "/api/v1/enterprises", &[], body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()
    }
}

fn at(made: &Value) -> String {
    format!("/api/v1/enterprises/{}", made["id"])
}

fn page_of(made: &Value) -> String {
    format!("/enterprises/{}", made["id"])
}

async fn edits(by: &Person<'_>, made: &Value, own: Value) -> Answer {
    let version = by.get(&at(made)).await.json()["version"].to_string();
    let tag = format!("\"{version}\"");
    by.call("PATCH", &at(made), &[("if-match", &tag)], json!({ "own": own })).await
}

fn wrong(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    errors.iter().map(|error| (text(error, "field"), text(error, "key"))).collect()
}

fn is(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(field, key)| ((*field).to_owned(), (*key).to_owned())).collect()
}

#[both_databases]
async fn a_field_is_defined_on_its_page_and_asked_for_at_once(office: Office) {
    let administrator = office.person(Role::Administrator, None);
    assert_eq!(office.director().get("/admin/own-fields").await.status, 403);
    let mut form = vec![
        ("subject", "enterprise"),
        ("code", "Round"),
        ("kind", "choice"),
        ("label_en", "Round"),
        ("label_zh_hant", "輪次"),
        ("label_zh_hans", "轮次"),
        ("note", "Of this year's call"),
        ("valid_from", "2026-11-24"),
        ("see_role", "read_only"),
        ("edit_role", "officer"),
        ("filterable", "yes"),
        ("choices", "first | First round"),
    ];
    let refused = administrator.post("/admin/own-fields", &form).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("#code") && refused.body.contains("#choices"), "{}", refused.body);
    form[1].1 = "round";
    form[11].1 = CHOICES;
    let made = administrator.post("/admin/own-fields", &form).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let page = administrator.get("/admin/own-fields/enterprise/round").await.body;
    assert!(page.contains("Own field defined") && page.contains("first | First round | 首輪 | 首轮"), "{page}");
    assert!(administrator.get_in(Language::Traditional, "/admin/own-fields").await.body.contains("輪次"));

    let officer = office.officer(None);
    let form = officer.get("/enterprises/new").await.body;
    for words in ["Round", "Of this year&#39;s call", "name=\"own.round\"", "Second round"] {
        assert!(form.contains(words), "{words}: {form}");
    }
    let new = [("name_en", "Harbour Robotics"), ("kind", "legal_entity"), ("tier", "office"), ("own.round", "second")];
    let made = officer.post("/enterprises", &new).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let path = made.location().to_owned();
    let shown = officer.get(&path).await.body;
    assert!(shown.contains("<dt>Round</dt><dd>Second round</dd>"), "{shown}");
    let form = officer.get(&format!("{path}/edit")).await.body;
    assert!(form.contains("value=\"second\" selected"), "{form}");
    let edit = [("version", "1"), ("own.round", "first")];
    assert_eq!(officer.post(&path, &edit).await.status, 303);
    let history = officer.get_in(Language::Traditional, &format!("{path}/history")).await.body;
    assert!(history.contains("輪次") && history.contains("首輪") && history.contains("次輪"), "{history}");
    let emptied = [("version", "2"), ("own.round", "")];
    assert_eq!(officer.post(&path, &emptied).await.status, 303);
    assert!(officer.get(&path).await.body.contains("<dt>Round</dt><dd>–</dd>"));
}

#[both_databases]
async fn programs_give_and_are_given_values_by_their_kinds(office: Office) {
    office.defines_all().await;
    let officer = office.officer(None);
    let own = json!({ "round": "Second round", "lead_source": " Trade fair ", "site_need": 12500.50, "visited_on":
        "2026-10-05", "keen": true });
    let made = office.registers(&officer, "Harbour Robotics", own).await;
    let kept = json!({ "round": "second", "lead_source": "Trade fair", "site_need": 12500.5, "visited_on": "2026-10-05",
        "keen": true });
    assert_eq!(made["own"], kept);
    assert_eq!(officer.get(&at(&made)).await.json()["own"], kept);
    assert_eq!(officer.get("/api/v1/enterprises").await.json()["items"][0]["own"], kept);
    let shown = officer.get(&page_of(&made)).await.body;
    assert!(shown.contains("12,500.5") && shown.contains("5 Oct 2026"), "{shown}");

    let bad = json!({ "round": "third", "lead_source": 5, "site_need": true, "visited_on": "soon", "keen": "perhaps",
        "budget": "1" });
    let told = wrong(&edits(&officer, &made, bad).await);
    assert_eq!(told, is(&[("own.lead_source", "problem-json-text"), ("own.site_need", "problem-json-number")]));
    let bad =
        json!({ "round": "third", "site_need": "1.0000001", "visited_on": "soon", "keen": "perhaps", "budget": "1" });
    let told = wrong(&edits(&officer, &made, bad).await);
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["own.budget", "own.keen", "own.round", "own.site_need", "own.visited_on"]);
    assert_eq!(told[0].1, "problem-field-unknown");
    let answer = officer.call("PATCH", &at(&made), &[("if-match", "\"1\"")], json!({ "own": ["round"] })).await;
    assert_eq!(wrong(&answer), is(&[("own", "problem-json-object")]));

    let changed = edits(&officer, &made, json!({ "site_need": "-3", "keen": null, "visited_on": "2026-10-05" })).await;
    let left = json!({ "round": "second", "lead_source": "Trade fair", "site_need": -3, "visited_on": "2026-10-05" });
    assert_eq!((changed.status, &changed.json()["own"]), (200, &left), "{}", changed.body);
    assert_eq!(
        edits(&officer, &made, json!({ "site_need": -3 })).await.json()["version"],
        2,
        "said again it is the same"
    );
    assert!(office.openapi.to_json().unwrap().contains("own.{code}"));
}

#[both_databases]
async fn two_who_edit_at_once_are_told_where_they_differ(office: Office) {
    office.defines_all().await;
    let officer = office.officer(None);
    let made = office.registers(&officer, "Harbour Robotics", json!({})).await;
    let edit =
        async |own: Value| officer.call("PATCH", &at(&made), &[("if-match", "\"1\"")], json!({ "own": own })).await;
    assert_eq!(edit(json!({ "round": "first" })).await.status, 200);
    assert_eq!(edit(json!({ "keen": true })).await.status, 200, "other fields don't quarrel");
    let stale = edit(json!({ "round": "second" })).await;
    assert_eq!(stale.status, 412, "{}", stale.body);
    let both = json!([{ "field": "own.round", "yours": "second", "theirs": "first" }]);
    assert_eq!(stale.json()["versions"]["fields"], both);
    let page = officer.post(&page_of(&made), &[("version", "1"), ("own.round", "second")]).await;
    assert_eq!(page.status, 409);
    assert!(
        page.body.contains("<th scope=\"row\">Round</th><td>Second round</td><td>First round</td>"),
        "{}",
        page.body
    );
}

#[both_databases]
async fn what_a_role_does_not_see_is_nowhere(office: Office) {
    office.defines_all().await;
    office.defines_a_secret().await;
    let (director, officer) = (office.director(), office.officer(None));
    let made = office.registers(&director, "Harbour Robotics", json!({ "ceiling": 75, "round": "first" })).await;
    assert_eq!(made["own"], json!({ "ceiling": 75, "round": "first" }));
    assert_eq!(edits(&director, &made, json!({ "ceiling": 80 })).await.status, 200);
    for (reader, sees) in [(&director, true), (&office.person(Role::Auditor, None), true), (&officer, false)] {
        let given = reader.get(&at(&made)).await.json()["own"].clone();
        assert_eq!(given.get("ceiling").is_some(), sees, "{given}");
        assert_eq!(given["round"], "first");
        for path in [page_of(&made), format!("{}/history", page_of(&made))] {
            let page = reader.get(&path).await.body;
            assert_eq!(page.contains("Ceiling"), sees, "{path}: {page}");
        }
        let listed = reader.get("/api/v1/enterprises?own.ceiling=80").await;
        assert_eq!(listed.status, if sees { 200 } else { 422 }, "{}", listed.body);
        let listed = reader.get("/enterprises?own.ceiling=80").await;
        assert_eq!(listed.status, if sees { 200 } else { 422 });
        let file = reader.get("/exports/enterprises").await.body;
        assert_eq!(file.contains("own.ceiling"), sees, "{file}");
        assert!(file.contains("own.round"), "{file}");
    }
    // An entry that tells of nothing else is not there.
    let history = officer.get(&format!("{}/history", page_of(&made))).await.body;
    assert!(!history.contains("Enterprise edited") && history.contains("Round"), "{history}");
    assert!(director.get(&format!("{}/edit", page_of(&made))).await.body.contains("own.ceiling"));
    assert!(!officer.get(&format!("{}/edit", page_of(&made))).await.body.contains("own.ceiling"));
    let unknown = is(&[("own.ceiling", "problem-field-unknown")]);
    // The value that stands is refused as any other, and so is a field that is not there.
    for value in [json!(80), json!("80"), json!(1), json!(true)] {
        assert_eq!(wrong(&edits(&officer, &made, json!({ "ceiling": value })).await), unknown);
    }
    assert_eq!(
        wrong(&edits(&officer, &made, json!({ "floor": 1 })).await),
        is(&[("own.floor", "problem-field-unknown")])
    );
    let fields = officer.get("/api/v1/own-fields").await.json()["items"].as_array().unwrap().len();
    assert_eq!((fields, director.get("/api/v1/own-fields").await.json()["items"].as_array().unwrap().len()), (5, 6));
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(reader.get(&at(&made)).await.json()["own"], json!({ "round": "first" }));
}

#[both_databases]
async fn who_sees_a_field_does_not_always_edit_it(office: Office) {
    let edit_role = Role::TeamLead.code().to_owned();
    office.defines("grade", "text", Definition { edit_role, ..labelled("Grade", "評級", "评级") }).await;
    let (lead, officer) = (office.person(Role::TeamLead, None), office.officer(None));
    let made = office.registers(&lead, "Harbour Robotics", json!({ "grade": "A" })).await;
    assert_eq!(officer.get(&at(&made)).await.json()["own"]["grade"], "A");
    assert!(officer.get(&page_of(&made)).await.body.contains("<dt>Grade</dt><dd>A</dd>"));
    assert!(!officer.get(&format!("{}/edit", page_of(&made))).await.body.contains("own.grade"));
    let refused = edits(&officer, &made, json!({ "grade": "B" })).await;
    assert_eq!(wrong(&refused), is(&[("own.grade", "own-field-not-yours")]));
    let mut cx = office.operator();
    let open = Definition { personal: true, see_role: "read_only".into(), ..labelled("Note", "備註", "备注") };
    let Err(Error::Invalid(problems)) = own_field::define(&mut cx, "enterprise", "note", "text", open).await else {
        panic!("personal data is not for everybody");
    };
    assert_eq!(problems.all()[0].key, "own-field-personal-open");
}

#[both_databases]
async fn lists_are_narrowed_by_what_records_say(office: Office) {
    office.defines_all().await;
    office.defines("memo", "text", Definition { filterable: false, ..labelled("Memo", "備忘", "备忘") }).await;
    let officer = office.officer(None);
    let one = json!({ "round": "first", "lead_source": "貿易展覽", "site_need": 5, "keen": true });
    let one = office.registers(&officer, "Harbour Robotics", one).await;
    let other = office.registers(&officer, "Peak Biologics", json!({ "round": "second", "site_need": -5 })).await;
    office.registers(&officer, "Lantau Games", json!({})).await;
    let found = async |filter: &str| {
        let answer = officer.get(&format!("/api/v1/enterprises?{filter}")).await;
        assert_eq!(answer.status, 200, "{filter}: {}", answer.body);
        let items = answer.json()["items"].as_array().cloned().unwrap();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("own.round=first").await, ["Harbour Robotics"]);
    assert_eq!(found("own.round=%E6%AC%A1%E8%BC%AA").await, ["Peak Biologics"], "by its name in any language");
    // In the other script of Chinese.
    assert_eq!(found("own.lead_source=%E8%B4%B8%E6%98%93%E5%B1%95%E8%A7%88").await, ["Harbour Robotics"]);
    assert_eq!(found("own.site_need=5.0").await, ["Harbour Robotics"]);
    assert_eq!(found("own.site_need=-5").await, ["Peak Biologics"]);
    assert_eq!(found("own.keen=yes").await, ["Harbour Robotics"]);
    assert_eq!(found("own.keen=no").await.len(), 0);
    assert_eq!(found("own.round=first&own.keen=yes&sort=-updated").await, ["Harbour Robotics"]);
    assert_eq!(edits(&officer, &one, json!({ "round": "second" })).await.status, 200);
    assert_eq!(found("own.round=second").await, ["Harbour Robotics", "Peak Biologics"]);
    for (filter, field) in [("own.round=third", "own.round"), ("own.memo=x", "own.memo"), ("own.none=x", "own.none")] {
        let refused = officer.get(&format!("/api/v1/enterprises?{filter}")).await;
        assert_eq!(wrong(&refused)[0].0, field, "{}", refused.body);
    }
    let page = officer.get("/enterprises?own.round=second").await.body;
    assert!(page.contains("Round: Second round") && page.contains("Peak Biologics"), "{page}");
    assert!(!page.contains("Lantau") && page.contains("name=\"own.lead_source\""), "{page}");
    let file = officer.get("/exports/enterprises?own.round=second&columns=name,own.round,own.site_need").await.body;
    let lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines, ["name,own.round,own.site_need", "Harbour Robotics,second,5", "Peak Biologics,second,-5"]);
    let retired = json!({ "reason": "left" });
    assert_eq!(officer.call("POST", &format!("{}/retire", at(&other)), &[], retired).await.status, 403);
}

#[both_databases]
async fn a_file_fills_own_fields_and_its_undo_puts_them_back(office: Office) {
    office.defines_all().await;
    let director = office.director();
    let made = office.registers(&director, "Harbour Robotics", json!({ "round": "first" })).await;
    let file = format!(
        "reference,輪次,own.site_need,Keen,中文名稱\n{},次輪,\"12,000\",yes,\n,首輪,7,否,山頂生物\n,none such,x,,大嶼遊戲\n",
        made["reference"].as_str().unwrap()
    );
    let path = office.uploads(&director, file.as_bytes()).await.location().to_owned();
    let page = director.get(&path).await.body;
    for field in ["own.round", "own.site_need", "own.keen"] {
        assert!(page.contains(&format!("value=\"{field}\" selected")), "{field} is guessed: {page}");
    }
    let mapping = [
        ("column-0", "reference"),
        ("column-1", "own.round"),
        ("column-2", "own.site_need"),
        ("column-3", "own.keen"),
        ("column-4", "name_zh_hant"),
    ];
    assert_eq!(director.post(&format!("{path}/mapping"), &mapping).await.status, 303);
    office.works().await;
    let page = director.get(&path).await.body;
    assert!(page.contains("Round: First round → Second round") && page.contains("Site need: – → 12,000"), "{page}");
    assert!(page.contains("none such"), "{page}");
    let called = format!("<a href=\"{}\">{}</a>", page_of(&made), made["reference"].as_str().unwrap());
    assert!(page.contains(&called), "a row is called by the first of the standard columns: {page}");
    assert_eq!(director.post(&format!("{path}/keep"), &[]).await.status, 303);
    office.works().await;
    let own = async |address: &str| director.get(address).await.json()["own"].clone();
    assert_eq!(own(&at(&made)).await, json!({ "round": "second", "site_need": 12000, "keen": true }));
    let items = director.get("/api/v1/enterprises?own.site_need=7").await.json()["items"].clone();
    assert_eq!(items[0]["own"], json!({ "round": "first", "site_need": 7, "keen": false }));
    // A page takes a parameter as often as it is given; asked over and over, it is one question.
    let again = "own.site_need=7&".repeat(1_200);
    let page = director.get(&format!("/enterprises?{again}")).await.body;
    assert!(page.contains("山頂生物") && !page.contains("Harbour Robotics"), "{page}");
    let page = director.get(&format!("/enterprises?{again}own.site_need=12000")).await.body;
    assert!(!page.contains("山頂生物") && !page.contains("Harbour Robotics"), "{page}");

    // What was written while it was asked for is taken back when it no longer is.
    let mut cx = office.operator();
    own_field::retire(&mut cx, "enterprise", "keen", "nobody asks").await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(director.post(&format!("{path}/undo"), &[]).await.status, 303);
    office.works().await;
    assert_eq!(own(&at(&made)).await, json!({ "round": "first" }));
    let found = director.get("/api/v1/enterprises?own.site_need=12000").await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
}

#[both_databases]
async fn a_merge_takes_what_is_chosen_and_an_unmerge_gives_it_back(office: Office) {
    office.defines_all().await;
    office.defines_a_secret().await;
    let (director, lead) = (office.director(), office.person(Role::TeamLead, None));
    let said = json!({ "round": "second", "site_need": 9, "ceiling": 30 });
    let loser = office.registers(&director, "Harbour Robots", said).await;
    let survivor = office.registers(&director, "Harbour Robotics", json!({ "round": "first", "site_need": 8 })).await;
    let page = lead.get(&format!("{}/merge?into={}", page_of(&loser), survivor["id"])).await.body;
    assert!(page.contains("value=\"own.round\"") && page.contains("Second round"), "{page}");
    assert!(!page.contains("own.ceiling") && !page.contains("Ceiling"), "{page}");
    let merge = async |take: Value| {
        let body = json!({ "into": survivor["id"], "take": take, "reason": "the same" });
        lead.call("POST", &format!("{}/merge", at(&loser)), &[], body).await
    };
    assert_eq!(wrong(&merge(json!(["own.ceiling"])).await), is(&[("take", "problem-field-unknown-named")]));
    let merged = merge(json!(["own.round"])).await;
    assert_eq!(merged.json()["own"], json!({ "round": "second", "site_need": 8 }), "{}", merged.body);
    let own = async |made: &Value| director.get(&at(made)).await.json()["own"].clone();
    let with_secret = json!({ "round": "second", "site_need": 8, "ceiling": 30 });
    assert_eq!(own(&survivor).await, with_secret, "what nobody was asked about goes where there is room");
    let listed = director.get("/api/v1/enterprises?own.round=second").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let history = lead.get(&format!("{}/history", page_of(&survivor))).await.body;
    assert!(history.contains("Second round") && !history.contains("Ceiling"), "{history}");

    assert_eq!(edits(&lead, &survivor, json!({ "site_need": 10 })).await.status, 200);
    let kept = lead.call("POST", &format!("{}/unmerge", at(&loser)), &[], Value::Null).await;
    assert_eq!((kept.status, kept.json()), (200, json!([])), "{}", kept.body);
    assert_eq!(own(&survivor).await, json!({ "round": "first", "site_need": 10 }));
    assert_eq!(own(&loser).await, json!({ "round": "second", "site_need": 9, "ceiling": 30 }));
    let listed = director.get("/api/v1/enterprises?own.ceiling=30").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

async fn employed<'o>(office: &'o Office, name: &str, role: Role) -> Person<'o> {
    let mut cx = office.operator();
    let email = format!("{name}@example.org").to_lowercase();
    let new = NewAccount { email, name: name.into(), roles: vec![role], ..NewAccount::default() };
    let (made, _) = account::invite(&mut cx, new).await.unwrap();
    cx.commit().await.unwrap();
    let mut actor = office.person(role, None).actor;
    actor.account = Some(made.id);
    office.person_of(actor)
}

async fn keeps(cx: &mut Cx, name: &str, query: &str, sharing: &str) {
    let new = NewView { path: "/enterprises".into(), query: query.into(), name: name.into(), sharing: sharing.into() };
    view::save(cx, new).await.unwrap();
    cx.commit().await.unwrap();
}

#[both_databases]
async fn a_retired_field_is_asked_no_more_and_loses_nothing(office: Office) {
    office.defines_all().await;
    let officer = employed(&office, "Ann", Role::Officer).await;
    let administrator = office.person(Role::Administrator, None);
    let made = office.registers(&officer, "Harbour Robotics", json!({ "round": "first", "keen": false })).await;
    keeps(&mut officer.cx(), "First round", "own.round=first", "office").await;
    keeps(&mut officer.cx(), "My own", "columns=name,own.round", "").await;
    keeps(&mut officer.cx(), "Another", "own.keen=true", "office").await;
    let path = office.uploads(&officer, "name,Round\nLantau Games,first\n".as_bytes()).await.location().to_owned();
    assert_eq!(
        officer.post(&format!("{path}/mapping"), &[("column-0", "name"), ("column-1", "own.round")]).await.status,
        303
    );

    let field = "/admin/own-fields/enterprise/round";
    let page = administrator.get(field).await.body;
    for words in ["Saved view “First round” of Ann", "A private view of Ann", "A remembered mapping of files of Ann"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("My own") && !page.contains("Another"), "{page}");
    let uses = administrator.get("/api/v1/own-fields/enterprise/round/uses").await.json();
    assert_eq!((uses["views"].as_array().unwrap().len(), &uses["mappings"][0]["count"]), (2, &json!(1)));
    assert_eq!(officer.get("/api/v1/own-fields/enterprise/round/uses").await.status, 403);
    assert_eq!(administrator.post(&format!("{field}/retire"), &[("reason", " ")]).await.status, 422);
    assert_eq!(administrator.post(&format!("{field}/retire"), &[("reason", "the call is over")]).await.status, 303);
    assert!(administrator.get(field).await.body.contains("Retired: the call is over"));

    assert!(!officer.get("/enterprises/new").await.body.contains("own.round"));
    assert!(!officer.get(&format!("{}/edit", page_of(&made))).await.body.contains("own.round"));
    let refused = edits(&officer, &made, json!({ "round": "second" })).await;
    assert_eq!(wrong(&refused), is(&[("own.round", "own-field-not-asked")]));
    assert_eq!(edits(&officer, &made, json!({ "keen": true, "round": "first" })).await.status, 200, "said again");
    let page = officer.get(&page_of(&made)).await.body;
    assert!(page.contains("Round (retired)") && page.contains("First round"), "{page}");
    assert_eq!(officer.get(&at(&made)).await.json()["own"]["round"], "first");
    assert!(officer.get(&format!("{}/history", page_of(&made))).await.body.contains("Round"));
    let kind = office.house.export_kind("enterprises").unwrap();
    let file = to_file(&mut officer.cx(), kind, "own.round=first&columns=own.round", Format::Csv).await.unwrap();
    assert!(std::fs::read_to_string(file.path()).unwrap().contains("first"));
    assert_eq!(administrator.post(&format!("{field}/restore"), &[]).await.status, 303);
    assert!(officer.get("/enterprises/new").await.body.contains("own.round"));
}

#[both_databases]
async fn a_field_is_changed_by_its_version_and_never_in_its_kind(office: Office) {
    office.defines_all().await;
    let administrator = office.person(Role::Administrator, None);
    let address = "/api/v1/own-fields/enterprise/round";
    let held = administrator.get(address).await;
    assert_eq!((held.status, held.header("etag")), (200, "\"1\""), "{}", held.body);
    let given = |see: &str, choices: Value| {
        json!({ "label_en": "Call", "label_zh_hant": "徵集", "label_zh_hans": "征集", "see_role": see,
            "edit_role": "officer", "filterable": true, "choices": choices })
    };
    let put = async |tag: &str, body: Value| administrator.call("PUT", address, &[("if-match", tag)], body).await;
    let third = json!([{ "code": "third", "name_en": "Third", "name_zh_hant": "三輪", "name_zh_hans": "三轮" }]);
    assert_eq!(wrong(&put("\"1\"", given("director", third.clone())).await)[0].0, "edit_role");
    let changed = put("\"1\"", given("officer", third.clone())).await;
    assert_eq!((changed.status, &changed.json()["version"]), (200, &json!(2)), "{}", changed.body);
    assert_eq!(put("\"1\"", given("read_only", json!([]))).await.status, 412);
    let officer = office.officer(None);
    let form = officer.get("/enterprises/new").await.body;
    assert!(form.contains(">Call<") && form.contains(">Third<") && form.contains(">First round<"), "{form}");
    let history = administrator.get("/admin/own-fields/enterprise/round").await.body;
    assert!(history.contains("Own field changed") && history.contains("Seen from this role up"), "{history}");
    let again = json!({ "subject": "enterprise", "code": "round", "kind": "text", "label_en": "a", "label_zh_hant": "b",
        "label_zh_hans": "c" });
    let refused = administrator.call("POST", "/api/v1/own-fields", &[], again).await;
    assert_eq!(wrong(&refused), is(&[("code", "own-field-code-held")]));
    assert_eq!(officer.call("POST", "/api/v1/own-fields", &[], json!({})).await.status, 403);
}
