//! Lists as people use them, over all rooms and on both databases: what they show and in which
//! order, that they ask the database little, and that no list reads a whole table.

use std::collections::HashMap;

use directory::enterprise::import::Enterprises;
use identity::account::{self, NewAccount};
use identity::team::{self, NewTeam};
use platform::codes::{self, Code};
use platform::forms::Loose;
use platform::import::{ImportKind, Mode, Outcome, Row};
use platform::permission::{Actor, Role};
use platform::sql::Sql;
use platform::testing::{On, Person, Story, TestHouse, TestPlan};
use platform::{Id, both_databases};
use projects::project::{self, NewProject};
use time::macros::date;

struct Office(TestHouse);

impl std::ops::Deref for Office {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

const ENTERPRISES: u64 = 2_000;
const PROJECTS: usize = 150;

impl Story for Office {
    async fn open(on: On) -> Self {
        let plan = TestPlan {
            rooms: vec![identity::room(), directory::room(), projects::room(), reporting::room(), registry::room()],
            shared_texts: ui::texts().to_vec(),
            ..TestPlan::default()
        };
        let office = Self(TestHouse::open(on, plan).await);
        let mut cx = office.operator();
        let code = |list: &str, code: &str| Code {
            list: list.into(),
            code: code.into(),
            name_en: code.into(),
            name_zh_hant: code.into(),
            name_zh_hans: code.into(),
            valid_from: date!(2022 - 12 - 23),
            valid_to: None,
            position: 0,
            source: "a test".into(),
            aliases: String::new(),
            group_code: String::new(),
        };
        let lists = [
            code("industry", "ai"),
            code("industry", "fintech"),
            code("origin", "mainland"),
            code("origin", "france"),
            code("nature", "foothold"),
            code("nature", "expansion"),
        ];
        codes::load(&mut cx, lists.to_vec()).await.unwrap();
        let teams = ["one", "two"].map(|code| NewTeam {
            code: code.into(),
            name_en: format!("Team {code}"),
            name_zh_hant: code.into(),
            name_zh_hans: code.into(),
        });
        team::load(&mut cx, teams.to_vec()).await.unwrap();
        cx.commit().await.unwrap();
        office
    }
}

impl Office {
    /// Somebody with an account of their own, so that what they keep has an owner.
    async fn employs(&self, name: &str, role: Role, team: Option<&str>) -> Person<'_> {
        let mut cx = self.operator();
        let team = match team {
            Some(code) => team::by_code(&mut cx, code).await.unwrap(),
            None => None,
        };
        let email = format!("{}@example.org", name.to_lowercase());
        let new = NewAccount { email, name: name.into(), roles: vec![role], ..NewAccount::default() };
        let (account, _) = account::invite(&mut cx, new).await.unwrap();
        cx.commit().await.unwrap();
        self.person_of(Actor {
            account: Some(account.id),
            name: name.into(),
            roles: vec![role],
            teams: team.into_iter().collect(),
            ..Actor::operator(name)
        })
    }

    /// Enterprises by the importer, a batch at a time, as a file would bring them.
    async fn registers(&self, count: u64) -> Vec<Id> {
        let mut ids = Vec::new();
        let numbers: Vec<u64> = (0..count).collect();
        for batch in numbers.chunks(500) {
            let rows: Vec<Row> = batch.iter().map(|number| row(*number)).collect();
            let mut cx = self.operator();
            let outcomes = Enterprises.take(&mut cx, &rows, Mode::Keep).await.unwrap();
            cx.commit().await.unwrap();
            ids.extend(outcomes.into_iter().map(|outcome| match outcome {
                Outcome::Created(id) => id,
                other => panic!("{other:?}"),
            }));
        }
        ids
    }

    async fn starts(&self, enterprises: &[Id]) {
        let mut cx = self.operator();
        for (number, enterprise) in enterprises.iter().enumerate() {
            let new = NewProject {
                enterprise_id: Loose(enterprise.to_string()),
                title: Loose(format!("Project {number:04}")),
                nature: Loose::from(if number.is_multiple_of(3) { "expansion" } else { "foothold" }),
                ..NewProject::default()
            };
            project::start(&mut cx, new).await.unwrap();
        }
        cx.commit().await.unwrap();
    }
}

/// Names that sort in no particular order of their numbers.
fn row(number: u64) -> Row {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let cells = [
        ("name_en", format!("{} {mixed:07}-{number} Works", if number.is_multiple_of(2) { "Harbour" } else { "Peak" })),
        ("name_zh_hant", format!("海港{mixed:07}-{number}")),
        (
            "reporting_origin",
            if number.is_multiple_of(4) {
                ""
            } else if number % 4 == 1 {
                "france"
            } else {
                "mainland"
            }
            .into(),
        ),
        ("industry", if number.is_multiple_of(3) { "ai" } else { "fintech" }.into()),
        ("kind", if number.is_multiple_of(5) { "group" } else { "legal_entity" }.into()),
        ("tier", ["public", "office", "office", "team"][usize::try_from(number % 4).unwrap()].into()),
    ];
    Row { number: number + 2, cells: HashMap::from(cells) }
}

/// The addresses that rows of a page lead to, in order.
fn rows(body: &str) -> Vec<String> {
    body.split("<tr data-href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn link(body: &str, rel: &str) -> Option<String> {
    let rest = body.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

#[both_databases]
async fn every_order_shows_every_record_once_forwards_and_back(office: Office) {
    let ids = office.registers(230).await;
    office.starts(&ids[..120]).await;
    let director = office.director();
    for (path, sorts, count) in [
        ("/enterprises", ["name", "updated", "created", "reporting_origin", "tier"].as_slice(), 230),
        ("/projects", ["updated", "created", "title", "stage", "status", "nature", "tier"].as_slice(), 120),
    ] {
        for sort in sorts.iter().flat_map(|sort| [(*sort).to_owned(), format!("-{sort}")]) {
            let (mut seen, mut last) = (Vec::new(), String::new());
            let mut next = Some(format!("{path}?sort={sort}"));
            while let Some(address) = next {
                let page = director.get(&address).await;
                assert_eq!(page.status, 200, "{address}: {}", page.body);
                seen.extend(rows(&page.body));
                next = link(&page.body, "next");
                last = page.body;
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (count, count), "{path} by {sort}");
            // Back to the start by the other link.
            let mut back = rows(&last);
            while let Some(address) = link(&last, "prev") {
                last = director.get(&address).await.body;
                let mut page = rows(&last);
                page.extend(back);
                back = page;
            }
            assert_eq!(back, seen, "{path} by {sort}, going back");
            assert!(last.contains("1–50 of"), "the first page says that it is the first: {path} by {sort}");
        }
    }
    let up = rows(&director.get("/enterprises?sort=name").await.body);
    let mut all = Vec::new();
    let mut next = Some("/enterprises?sort=-name".to_owned());
    while let Some(address) = next {
        let page = director.get(&address).await;
        all.extend(rows(&page.body));
        next = link(&page.body, "next");
    }
    all.reverse();
    assert_eq!(all[..50], up[..], "the other direction is the other way round");
    assert_eq!(director.get("/enterprises?sort=name&after=nonsense").await.status, 422);
}

#[both_databases]
async fn filters_narrow_and_are_taken_off_by_their_chips(office: Office) {
    let ids = office.registers(60).await;
    office.starts(&ids[..6]).await;
    let director = office.director();
    let count = async |address: &str| rows(&director.get(address).await.body).len();
    assert_eq!(count("/enterprises?origin=france").await, 15);
    assert_eq!(count("/enterprises?origin=france&kind=group").await, 3);
    assert_eq!(count("/enterprises?industry=ai&sort=-updated").await, 20);
    assert_eq!(count("/enterprises?tier=team").await, 15);
    assert_eq!(count("/enterprises?q=%E6%B5%B7%E6%B8%AF&industry=ai").await, 20);
    assert_eq!(count("/enterprises?owner=none").await, 50, "a page");
    assert_eq!(count("/enterprises?owner=me").await, 0);
    assert_eq!(count("/enterprises?retired=yes").await, 0);
    assert_eq!(count("/projects?q=harbour").await, 3, "a project is found by its enterprise’s name");
    assert_eq!(count("/projects?nature=expansion").await, 2);
    assert_eq!(count(&format!("/projects?enterprise={}", ids[0])).await, 1);
    assert_eq!(count("/projects?batch=none+such").await, 0);
    let page = director.get("/enterprises?origin=france&kind=group&sort=-name").await.body;
    assert!(page.contains("/enterprises?origin=france&amp;sort=%2Dname"), "{page}");
    assert!(page.contains("aria-sort=\"descending\""));
    office.employs("Zoe", Role::Officer, None).await;
    let partner = office.person(Role::PartnerOfficer, None).get("/enterprises").await.body;
    assert!(page.contains("Mine") && partner.contains("Mine") && !partner.contains(">Zoe<"), "{partner}");
    assert!(director.get("/enterprises").await.body.contains(">Zoe<"));
    let officer = office.officer(None);
    let seen = officer.get("/enterprises?tier=team").await;
    assert!(rows(&seen.body).is_empty() && !seen.body.contains("of 15"), "what is out of reach is counted nowhere");
}

#[both_databases]
async fn a_long_list_is_counted_to_a_thousand_unless_asked(office: Office) {
    office.registers(1_002).await;
    let director = office.director();
    let page = director.get("/enterprises").await.body;
    assert!(page.contains("1–50 of more than 1,000 records") && page.contains("count=all"), "{page}");
    let counted = director.get("/enterprises?count=all").await.body;
    assert!(counted.contains("1–50 of 1002 records"), "{counted}");
}

#[both_databases]
async fn an_export_has_the_columns_the_rows_and_the_order_of_the_list(office: Office) {
    let ids = office.registers(6).await;
    let director = office.director();
    let page = director.get("/enterprises?columns=name,kind&kind=legal_entity&sort=-name").await.body;
    assert!(page.contains(">Kind</th>") && !page.contains(">Reference</th>"), "{page}");
    let export = page.split("href=\"/exports/enterprises?").nth(1).unwrap().split('"').next().unwrap();
    let export = format!("/exports/enterprises?{}", export.replace("&amp;", "&"));
    let file = director.get(&export).await;
    assert_eq!(file.status, 200, "{}", file.body);
    let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "name,kind");
    assert_eq!(lines.len() - 1, rows(&page).len());
    let mut down = lines[1..].to_vec();
    down.sort_unstable();
    down.reverse();
    assert_eq!(lines[1..], down[..]);
    let picked = director.get(&format!("/exports/enterprises?ids={}&ids={}&columns=reference", ids[0], ids[3])).await;
    assert_eq!(picked.body.lines().count(), 3, "{}", picked.body);
    let hidden = office.officer(None).get(&format!("/exports/enterprises?ids={}&columns=reference", ids[3])).await;
    assert_eq!(hidden.body.lines().count(), 1, "an export reaches no further than the list");
}

#[both_databases]
async fn what_is_set_on_several_leaves_an_entry_each_and_names_those_that_refuse(office: Office) {
    let ids = office.registers(4).await;
    let ann = office.employs("Ann", Role::Officer, None).await;
    let director = office.director();
    director.post(&format!("/enterprises/{}/retire", ids[1]), &[("reason", "gone")]).await;
    let me = ann.account().to_string();
    let texts: Vec<String> = ids.iter().map(Id::to_string).collect();
    let mut fields: Vec<(&str, &str)> = texts.iter().map(|id| ("ids", id.as_str())).collect();
    fields.extend([("set", "owner_id"), ("owner_id", me.as_str()), ("back", "/enterprises?kind=group")]);
    let answer = ann.post("/enterprises/selected", &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer.body.contains("2 enterprises were changed") && answer.body.contains("is retired"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains(&texts[3]), "a record out of reach is not named");
    assert!(answer.body.contains("href=\"/enterprises?kind=group\""));
    let audit = director.get("/audit?verb=enterprise.edited").await.body;
    assert_eq!(audit.matches("<tr id=\"entry-").count(), 2, "{audit}");
    assert_eq!(rows(&ann.get("/enterprises?owner=me").await.body).len(), 2);

    let none = [("ids", texts[0].as_str()), ("set", "owner_id"), ("owner_id", "none")];
    assert_eq!(ann.post("/enterprises/selected", &none).await.status, 303);
    assert_eq!(rows(&ann.get("/enterprises?owner=me").await.body).len(), 1);
    assert_eq!(ann.post("/enterprises/selected", &[("set", "owner_id"), ("owner_id", &me)]).await.status, 409);
    let odd = [("ids", texts[0].as_str()), ("set", "name"), ("name", "x")];
    assert_eq!(ann.post("/enterprises/selected", &odd).await.status, 404);
    let reader = office.person(Role::ReadOnly, None);
    assert_eq!(reader.post("/enterprises/selected", &none).await.status, 403);
}

#[both_databases]
async fn a_view_is_kept_shared_changed_and_retired(office: Office) {
    office.registers(8).await;
    let ann = office.employs("Ann", Role::Officer, Some("one")).await;
    let bob = office.employs("Bob", Role::Officer, Some("one")).await;
    let eve = office.employs("Eve", Role::Officer, Some("two")).await;
    let partner = office.person(Role::PartnerOfficer, None);
    let new = |name: &'static str, sharing: &str| {
        let sharing = sharing.to_owned();
        vec![
            ("path", "/enterprises".to_owned()),
            ("query", "origin=mainland&columns=name%2Ctier&after=x&from=51".to_owned()),
            ("name", name.to_owned()),
            ("sharing", sharing),
        ]
    };
    let post = async |person: &Person<'_>, path: &str, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        person.post(path, &fields).await
    };
    let mut cx = office.operator();
    let team = team::by_code(&mut cx, "one").await.unwrap().unwrap().to_string();
    cx.undo().await.unwrap();
    let kept = post(&ann, "/views", new("Mine alone", "private")).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    assert!(
        kept.location().starts_with("/enterprises?origin=mainland&columns=name%2Ctier&view="),
        "{}",
        kept.location()
    );
    assert_eq!(post(&ann, "/views", new("My team", &team)).await.status, 303);
    assert_eq!(post(&ann, "/views", new("Everybody", "office")).await.status, 303);
    assert_eq!(post(&eve, "/views", new("Not my team", &team)).await.status, 422);
    let odd = vec![("path", "//evil.example".to_owned()), ("name", "x".to_owned())];
    assert_eq!(post(&ann, "/views", odd).await.status, 422);
    let tabs = async |person: &Person<'_>| {
        let body = person.get("/enterprises").await.body;
        ["Mine alone", "My team", "Everybody"].map(|name| body.contains(&format!(">{name}")))
    };
    assert_eq!(tabs(&ann).await, [true, true, true]);
    assert_eq!(tabs(&bob).await, [false, true, true]);
    assert_eq!(tabs(&eve).await, [false, false, true]);
    assert_eq!(tabs(&partner).await, [false, false, false]);
    // The link works within the reader's own rights.
    let link = kept.location().to_owned();
    let (hers, theirs) = (office.director().get(&link).await.body, eve.get(&link).await.body);
    assert_eq!(rows(&hers).len(), 4, "{hers}");
    assert_eq!(rows(&theirs).len(), 2);
    assert!(theirs.contains(">Confidentiality</a>") && !theirs.contains(">Reference</th>"));

    let id = link.rsplit('=').next().unwrap();
    assert_eq!(bob.get(&format!("/views/{id}")).await.status, 404);
    assert_eq!(bob.post(&format!("/views/{id}/retire"), &[]).await.status, 404);
    let renamed = ann.post(&format!("/views/{id}"), &[("name", "Renamed"), ("sharing", "private")]).await;
    assert_eq!(renamed.status, 303);
    let changed = ann.get(&format!("/enterprises?origin=france&view={id}")).await.body;
    assert!(changed.contains("Update “Renamed”"), "{changed}");
    let moved = ann.post(&format!("/views/{id}/address"), &[("query", "origin=france")]).await;
    assert_eq!(moved.location(), format!("/enterprises?origin=france&view={id}"));
    assert!(!ann.get(moved.location()).await.body.contains("Update “"));
    assert_eq!(ann.post(&format!("/views/{id}/retire"), &[]).await.status, 303);
    assert!(!ann.get("/enterprises").await.body.contains(">Renamed"));
    assert!(ann.get("/views").await.body.contains("Renamed"));
    assert_eq!(ann.post(&format!("/views/{id}/restore"), &[]).await.status, 303);
    assert!(ann.get("/enterprises").await.body.contains(">Renamed"));
}

// --- How little is asked of the database --------------------------------------

#[both_databases]
async fn a_full_page_asks_no_more_than_a_short_one(office: Office) {
    let ids = office.registers(130).await;
    office.starts(&ids[..60]).await;
    let director = office.employs("Dora", Role::Director, Some("one")).await;
    let owner = director.account().to_string();
    let texts: Vec<String> = ids.iter().map(Id::to_string).collect();
    let mut set: Vec<(&str, &str)> = texts.iter().map(|id| ("ids", id.as_str())).collect();
    set.extend([("set", "owner_id"), ("owner_id", owner.as_str())]);
    assert_eq!(director.post("/enterprises/selected", &set).await.status, 303);
    let asked = async |address: &str| {
        let before = office.statements();
        let page = director.get(address).await;
        assert_eq!(page.status, 200, "{address}");
        (office.statements() - before, rows(&page.body).len())
    };
    let all =
        "columns=name,title,reference,second_name,industries,enterprise,reporting_origin,owner,team,batch,updated";
    for (full, short) in [
        (format!("/enterprises?{all}"), format!("/enterprises?{all}&q=harbour+{:07}", 0)),
        (format!("/projects?{all}"), format!("/projects?{all}&q=Project+0007")),
    ] {
        let ((many, shown), (few, little)) = (asked(&full).await, asked(&short).await);
        assert!(shown == 50 && little <= 1, "{full}: {shown} rows, {short}: {little}");
        assert!(many <= few + 3, "{full} asked {many} times for 50 rows, {few} times for one");
        assert!(many <= 16, "{full} asked {many} times");
    }
    for index in 0..60 {
        office.employs(&format!("Person{index}"), Role::Officer, Some("one")).await;
    }
    let administrator = office.person(Role::Administrator, None);
    for path in ["/admin/accounts", "/admin/teams", "/admin/sessions", "/admin/keys", "/admin/jobs", "/admin/sign-ins"]
    {
        let before = office.statements();
        assert_eq!(administrator.get(path).await.status, 200, "{path}");
        let asked = office.statements() - before;
        assert!(asked <= 12, "{path} asked {asked} times");
    }
}

/// A filter, and the orders in which what it leaves may be sorted because it is little.
fn leaving<'a>(filter: impl Into<String>, may_sort_by: &'a [&'a str]) -> (String, &'a [&'a str]) {
    (filter.into(), may_sort_by)
}

/// What a plan must not say: that a list's own table is read whole, or sorted, when it can be read
/// in order by an index.
fn faults(plan: &str, postgres: bool, table: &str, alias: &str, may_sort: bool) -> Vec<String> {
    // SQLite keeps a table in the order of its keys: unsorted, a scan is a walk in that order.
    let by_key = !plan.contains("TEMP B-TREE");
    let whole = |line: &str| {
        if postgres {
            line.contains(&format!("Seq Scan on {table}"))
        } else {
            line.starts_with(&format!("SCAN {alias}")) && !line.contains("USING") && !by_key
        }
    };
    let sorted = |line: &str| {
        if postgres { line.contains("Sort Key") } else { line.contains("TEMP B-TREE FOR") && line.contains("ORDER BY") }
    };
    plan.lines().filter(|line| whole(line) || (sorted(line) && !may_sort)).map(str::to_owned).collect()
}

#[both_databases]
async fn no_list_reads_or_sorts_a_whole_table(office: Office) {
    let ids = office.registers(ENTERPRISES).await;
    office.starts(&ids[..PROJECTS]).await;
    if office.is_postgres() {
        office.analyse().await;
    }
    let mut cx = office.operator();
    let team = team::by_code(&mut cx, "one").await.unwrap().unwrap();
    cx.undo().await.unwrap();
    let officer = office.employs("Ann", Role::Officer, Some("one")).await;
    let director = office.director();
    let administrator = office.person(Role::Administrator, None);
    let auditor = office.person(Role::Auditor, None);
    let own = officer.account();
    // Filter, and the orders in which what it leaves may be sorted: few rows by its nature.
    let few: &[&str] =
        &["updated", "created", "name", "title", "reporting_origin", "kind", "tier", "stage", "status", "nature"];
    let enterprise_filters: Vec<(String, &[&str])> = vec![
        leaving("", &[]),
        leaving("q=harbour", few),
        leaving("industry=ai", &[]),
        leaving("origin=france", &[]),
        leaving("kind=group", &[]),
        leaving("tier=office", &[]),
        leaving("owner=me", few),
        leaving(format!("owner={own}"), few),
        leaving(format!("team={team}"), &[]),
        leaving("retired=yes", few),
        leaving("origin=france&kind=group&industry=ai", &[]),
    ];
    let project_filters: Vec<(String, &[&str])> = vec![
        leaving("", &[]),
        leaving("q=project", few),
        leaving("stage=identified", &[]),
        leaving("status=active", &[]),
        leaving("nature=foothold", &[]),
        leaving("tier=office", &[]),
        leaving("owner=me", few),
        leaving(format!("team={team}"), &[]),
        leaving(format!("enterprise={}", ids[0]), few),
        leaving("batch=2024", few),
        leaving("retired=yes", few),
        leaving("stage=identified&status=active&nature=foothold", &[]),
    ];
    let lists: [(&str, &str, &str, Vec<&str>, Vec<(String, &[&str])>, Vec<&Person<'_>>); 4] = [
        (
            "/enterprises",
            "enterprises",
            "e",
            vec!["name", "updated", "created", "reporting_origin", "tier"],
            enterprise_filters,
            vec![&director, &officer],
        ),
        (
            "/projects",
            "projects",
            "p",
            vec!["updated", "created", "title", "stage", "status", "nature", "tier"],
            project_filters,
            vec![&director, &officer],
        ),
        (
            "/admin/accounts",
            "accounts",
            "a",
            vec!["name", "created"],
            vec![
                leaving("", &[]),
                leaving("q=ann", &[]),
                leaving("role=officer", &[]),
                leaving("state=active", &[]),
                leaving(format!("team={team}"), few),
            ],
            vec![&administrator],
        ),
        (
            "/audit",
            "audit_entries",
            "audit_entries",
            vec!["at"],
            vec![
                leaving("", &[]),
                leaving(format!("actor={own}"), &[]),
                leaving("verb=enterprise.registered", &[]),
                leaving("kind=enterprise", &[]),
                leaving(format!("kind=enterprise&subject={}", ids[0]), &[]),
                leaving("way=import", &[]),
                leaving("since=2026-11-01&until=2026-11-30", &[]),
                leaving("q=harbour", &["at"]),
            ],
            vec![&auditor],
        ),
    ];
    let mut found = Vec::new();
    let mut looked_at = 0;
    for (path, table, alias, sorts, filters, people) in &lists {
        for (filter, may_sort_by) in filters {
            for sort in sorts.iter().flat_map(|sort| [(*sort).to_owned(), format!("-{sort}")]) {
                let person = people[looked_at % people.len()];
                let address = format!("{path}?sort={sort}&{filter}");
                office.listen();
                let page = person.get(&address).await;
                let heard = office.heard();
                assert_eq!(page.status, 200, "{address}: {}", page.body);
                let mut said: Vec<Sql> = heard.into_iter().filter(|sql| ordered(sql, table)).collect();
                assert!(!said.is_empty(), "{address} asked for no rows");
                // Where there is a second page, it is read from a mark.
                if let Some(next) = link(&page.body, "next") {
                    office.listen();
                    assert_eq!(person.get(&next).await.status, 200, "{next}");
                    said.extend(office.heard().into_iter().filter(|sql| ordered(sql, table)));
                }
                let may_sort = may_sort_by.contains(&sort.trim_start_matches('-'));
                for sql in said {
                    let plan = office.plan(&sql).await;
                    looked_at += 1;
                    for fault in faults(&plan, office.is_postgres(), table, alias, may_sort) {
                        found.push(format!(
                            "{address}: {fault}\n    {}\n    {}",
                            sql.text(),
                            plan.replace('\n', "\n    ")
                        ));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{} plans of {looked_at} read or sort a whole table:\n{}", found.len(), found.join("\n"));
    assert!(looked_at > 200, "{looked_at} plans were looked at");
}

/// Whether a statement reads the list's rows in an order.
fn ordered(sql: &Sql, table: &str) -> bool {
    sql.text().contains(&format!("FROM {table}")) && sql.text().contains(" ORDER BY ") && sql.text().contains(" LIMIT ")
}

#[test]
fn a_plan_that_reads_or_sorts_a_whole_table_is_seen() {
    let scan = "SCAN e\nUSE TEMP B-TREE FOR ORDER BY";
    assert_eq!(faults(scan, false, "enterprises", "e", false).len(), 2);
    assert!(faults("SCAN e", false, "enterprises", "e", false).is_empty());
    assert!(faults("SCAN e USING INDEX enterprises_by_name", false, "enterprises", "e", false).is_empty());
    let sort = "Limit\n  ->  Sort\n        Sort Key: e.name\n        ->  Seq Scan on enterprises e";
    assert_eq!(faults(sort, true, "enterprises", "e", false).len(), 2);
    assert_eq!(faults(sort, true, "enterprises", "e", true).len(), 1);
}
