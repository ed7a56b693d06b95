//! How little is asked of the database: few statements a page, and none that reads a whole table.

use identity::team;
use platform::permission::Role;
use platform::sql::Sql;
use platform::testing::Person;
use platform::{Id, both_databases};

use super::office::{Office, link, rows};

const ENTERPRISES: u64 = 2_000;
const PROJECTS: usize = 150;

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
    office.says_of_its_own(&ids[..3]).await;
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
        leaving("own.round=first", few),
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
        leaving("own.round=first", few),
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
