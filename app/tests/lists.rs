//! Lists as people use them, over all rooms and on both databases: what they show and in which
//! order, that they ask the database little, and that no list reads a whole table.

use identity::team;
use platform::permission::Role;
use platform::testing::Person;
use platform::{Id, both_databases};

#[path = "lists/office.rs"]
mod office;
#[path = "lists/plans.rs"]
mod plans;

use office::{Office, link, rows};

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
    assert!(counted.contains("1–50 of 1,002 records"), "{counted}");
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
