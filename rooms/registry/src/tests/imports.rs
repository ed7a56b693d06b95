//! Imports by page: whose they are, how a file is read, what its rows came to, and taking them back.

use platform::both_databases;
use platform::permission::Role;
use platform::testing::Person;
use serde_json::json;

use super::Office;

const NAMES: [(&str, &str); 2] = [("column-0", "name_en"), ("column-1", "parent")];

impl Office {
    async fn brings(&self, person: &Person<'_>, kind: &str, bytes: &[u8]) -> String {
        let answer = person.upload("/imports", &[("kind", kind)], "list.csv", bytes).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.location().to_owned()
    }

    async fn checks(&self, person: &Person<'_>, path: &str, mapping: &[(&str, &str)]) -> String {
        let answer = person.post(&format!("{path}/mapping"), mapping).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.works().await;
        person.get(path).await.body
    }

    async fn does(&self, person: &Person<'_>, path: &str, what: &str) -> String {
        let answer = person.post(&format!("{path}/{what}"), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.works().await;
        person.get(path).await.body
    }

    /// A file of enterprises, kept.
    async fn keeps(&self, person: &Person<'_>, bytes: &[u8], mapping: &[(&str, &str)]) -> String {
        let path = self.brings(person, "enterprises", bytes).await;
        self.checks(person, &path, mapping).await;
        self.does(person, &path, "keep").await;
        path
    }
}

/// The figure that stands under a label.
fn figure(page: &str, label: &str) -> String {
    let rest = page.split(&format!("<li>{label}<strong>")).nth(1).unwrap_or_else(|| panic!("{label} in {page}"));
    rest.split('<').next().unwrap().to_owned()
}

fn count(page: &str) -> usize {
    page.matches("<tr data-href").count()
}

#[both_databases]
async fn an_import_is_its_importers_own(office: Office) {
    let (director, officer, auditor) = (office.director(), office.officer(None), office.person(Role::Auditor, None));
    let secret = "name,tier\nProject Mockingbird Ltd,named\n".as_bytes();
    let path = office.keeps(&director, secret, &[("column-0", "name_en"), ("column-1", "tier")]).await;
    for address in [path.clone(), format!("{path}/problems.csv")] {
        assert_eq!(officer.get(&address).await.status, 404);
    }
    for what in ["keep", "cancel", "undo", "mapping"] {
        assert_eq!(officer.post(&format!("{path}/{what}"), &[]).await.status, 404, "{what}");
    }
    assert!(!officer.get("/imports").await.body.contains("list.csv"));
    assert!(auditor.get("/imports").await.body.contains("list.csv"));
    let page = auditor.get(&path).await;
    assert!(page.status == 200 && page.body.contains("Mockingbird") && !page.body.contains("/undo"), "{}", page.body);
    assert_eq!(auditor.post(&format!("{path}/undo"), &[]).await.status, 403);
    assert_eq!(count(&director.get("/enterprises").await.body), 1);

    let own = office.brings(&officer, "enterprises", secret).await;
    let page = officer.get(&own).await.body;
    assert!(page.contains("The very same file") && !page.contains(&path), "told, and not to be opened: {page}");
    assert_eq!(
        office.director().post(&format!("{own}/cancel"), &[]).await.status,
        303,
        "who may do this to all records"
    );
}

#[both_databases]
async fn whatever_encoding_is_found_is_the_one_chosen(office: Office) {
    let officer = office.director();
    let chinese =
        "企业名称,总部\n华为技术有限公司,中国\n宁德时代新能源科技股份有限公司,中国\n北京百度网讯科技有限公司,中国\n";
    let russian = "название,заметка\nЯндекс Технологии,крупнейшая компания России\nКасперский,безопасность и защита\n";
    for (encoding, text, first) in [
        (encoding_rs::GBK, chinese, "华为技术有限公司"),
        (encoding_rs::GB18030, chinese, "华为技术有限公司"),
        (encoding_rs::WINDOWS_1251, russian, "Яндекс Технологии"),
    ] {
        let (bytes, _, _) = encoding.encode(text);
        let path = office.brings(&officer, "enterprises", &bytes).await;
        let page = officer.get(&path).await.body;
        let list = page.split("<select id=\"encoding\"").nth(1).unwrap().split("</select>").next().unwrap();
        let chosen = list.split("\" selected").next().unwrap().rsplit('"').next().unwrap().to_owned();
        assert!(list.contains(" selected") && page.contains(&format!("probably {chosen}")), "{list}");
        let page = office.checks(&officer, &path, &[("column-0", "name_other"), ("encoding", &chosen)]).await;
        assert_eq!(figure(&page, "Refused"), "0", "{page}");
        assert!(page.contains(first), "{page}");
    }
}

#[both_databases]
async fn an_undo_is_foretold_of_records_that_the_file_touched_twice_far_apart(office: Office) {
    let director = office.director();
    let between: String = (0..1_000).map(|number| format!("Filler {number:05},\n")).collect();
    let file = format!("name,parent\nDeep Child,Late Parent\n{between}Late Parent,\n");
    let path = office.keeps(&director, file.as_bytes(), &NAMES).await;
    let foreseen = director.get(&format!("/api/v1{path}/undo")).await.json();
    assert_eq!((&foreseen["records"], &foreseen["touched"]), (&json!(1_002), &json!(0)), "{foreseen}");
}

#[both_databases]
async fn what_came_of_rows_that_name_one_another_is_told(office: Office) {
    let officer = office.director();
    let file = "name,parent\nPar L8,Par L8\nPar A,Par B\nPar B,Par A\nPar C,Par D\nPar D,\n";
    let path = office.brings(&officer, "enterprises", file.as_bytes()).await;
    let page = office.checks(&officer, &path, &NAMES).await;
    assert_eq!((figure(&page, "New"), figure(&page, "Refused")), ("2".into(), "3".into()));
    assert!(page.contains("names itself") && page.contains("in a circle"), "{page}");
    let page = office.does(&officer, &path, "keep").await;
    assert_eq!((figure(&page, "New"), figure(&page, "Refused")), ("2".into(), "3".into()));
    assert!(page.contains("What was new") && page.contains("\">Par C"), "what was made is linked: {page}");
    assert_eq!(count(&officer.get("/enterprises").await.body), 2);

    // What is named further down is refused itself, and so never comes.
    let mapping = [("column-0", "name_en"), ("column-1", "parent"), ("column-2", "tier")];
    let path = office.brings(&officer, "enterprises", b"name,parent,tier\nPar Z,Par W,\nPar W,,sky\n").await;
    let page = office.checks(&officer, &path, &mapping).await;
    assert_eq!((figure(&page, "New"), figure(&page, "Refused")), ("1".into(), "1".into()));
    let page = office.does(&officer, &path, "keep").await;
    assert_eq!(figure(&page, "Kept without what they name further down"), "1", "{page}");

    // A circle that closes only by what is held shows when the rows are kept.
    office.keeps(&officer, b"name,parent\nPar 1,\nPar 2,\nPar 3,Par 1\n", &NAMES).await;
    let path = office.brings(&officer, "enterprises", b"name,parent\nPar 1,Par 2\nPar 2,Par 3\n").await;
    let page = office.checks(&officer, &path, &NAMES).await;
    assert_eq!(figure(&page, "Refused"), "0");
    let page = office.does(&officer, &path, "keep").await;
    assert_eq!((figure(&page, "Changed"), figure(&page, "Refused")), ("1".into(), "1".into()), "{page}");
}

#[both_databases]
async fn an_undo_that_left_something_may_be_tried_again(office: Office) {
    let officer = office.director();
    let mapping = [("column-0", "name_en"), ("column-1", "website")];
    let first = office.keeps(&officer, b"name,website\nLanyue,a.example\nQingchi,b.example\n", &mapping).await;
    let second = office.keeps(&officer, b"name,website\nLanyue,c.example\n", &mapping).await;
    let people = office.brings(&officer, "people", b"name,enterprise\nAnn Example,Qingchi\n").await;
    office.checks(&officer, &people, &[("column-0", "name"), ("column-1", "enterprise")]).await;
    let page = office.does(&officer, &people, "keep").await;
    assert_eq!(figure(&page, "New"), "1", "{page}");

    office.does(&officer, &second, "undo").await;
    let page = office.does(&officer, &first, "undo").await;
    assert_eq!(figure(&page, "Records taken back"), "1", "what only an undone import touched is untouched: {page}");
    assert!(page.contains("Kept</h2>") && page.contains("Qingchi") && page.contains("Try once more"));
    assert_eq!(count(&officer.get("/enterprises").await.body), 1, "an enterprise with people stays");

    let page = office.does(&officer, &people, "undo").await;
    assert_eq!((figure(&page, "Records taken back"), figure(&page, "Kept")), ("1".into(), "0".into()));
    let page = office.does(&officer, &first, "undo").await;
    assert_eq!((figure(&page, "Records taken back"), figure(&page, "Kept")), ("2".into(), "0".into()), "{page}");
    assert!(!page.contains("Try once more"));
    assert_eq!(count(&officer.get("/enterprises").await.body), 0);
    assert_eq!(officer.post(&format!("{first}/undo"), &[]).await.status, 409);
}

#[both_databases]
async fn a_file_to_mend_is_sent_as_often_as_it_takes(office: Office) {
    let officer = office.director();
    let mut file = "name,tier\nLanyue,sky\nQingchi,sky\n".as_bytes().to_vec();
    for left in [2, 2, 1] {
        let path = office.brings(&officer, "enterprises", &file).await;
        let page = office.checks(&officer, &path, &[("column-0", "name_en"), ("column-1", "tier")]).await;
        assert_eq!(figure(&page, "Refused"), left.to_string(), "{page}");
        let sent = officer.get(&format!("{path}/problems.csv")).await.body;
        assert!(sent.contains("name,tier,problems (Oases)"), "{sent}");
        file = sent
            .replacen(
                "Qingchi,sky",
                "Qingchi,office",
                if left == 2 && file.starts_with(b"\xEF\xBB\xBF") { 1 } else { 0 },
            )
            .into_bytes();
    }
}

#[both_databases]
async fn another_sheet_has_its_columns_mapped_anew(office: Office) {
    let officer = office.director();
    let path = office.brings(&officer, "enterprises", b"Our list;of things\nname;website\nLanyue;a.example\n").await;
    let page = officer.get(&path).await.body;
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(page.contains("<option value=\";\" selected>"), "{page}");
    let chosen = [("seen", seen.as_str()), ("column-0", ""), ("column-1", ""), ("delimiter", ";"), ("header_row", "2")];
    let answer = officer.post(&format!("{path}/mapping"), &chosen).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = officer.get(&path).await.body;
    assert!(page.contains("value=\"name\" selected") && page.contains("value=\"website\" selected"), "{page}");
    assert!(page.contains("name=\"header_row\" type=\"number\" min=\"1\" max=\"1000\" value=\"2\""), "{page}");
    let mapping = [("column-0", "name_en"), ("column-1", "website"), ("delimiter", ";"), ("header_row", "2")];
    let page = office.checks(&officer, &path, &mapping).await;
    assert_eq!((figure(&page, "New"), figure(&page, "Refused")), ("1".into(), "0".into()), "{page}");
}

#[both_databases]
async fn doubled_headers_may_be_left_out_and_a_mapping_outlives_a_new_column(office: Office) {
    let officer = office.director();
    let file = b"firm,note,note\nLanyue,x,a.example\n";
    let path = office.brings(&officer, "enterprises", file).await;
    let page = officer.get(&path).await.body;
    assert!(page.contains("stand over more than one column") && page.contains("note"), "{page}");
    let mapping = [("column-0", "name_en"), ("column-1", ""), ("column-2", "website")];
    let page = office.checks(&officer, &path, &mapping).await;
    assert!(figure(&page, "New") == "1" && page.contains("Lanyue · a.example</li>"), "{page}");
    office.does(&officer, &path, "keep").await;
    let path = office.brings(&officer, "enterprises", b"added,website,firm\n1,b.example,Qingchi\n").await;
    let page = officer.get(&path).await.body;
    assert!(page.contains("value=\"name_en\" selected") && page.contains("value=\"website\" selected"), "{page}");
    let refused = officer.post(&format!("{path}/mapping"), &[("column-0", "")]).await;
    assert_eq!(refused.status, 422);

    let path = office.brings(&officer, "relations", b"a,b\n1,2\n").await;
    let refused = officer.post(&format!("{path}/mapping"), &[("column-0", ""), ("column-1", "")]).await;
    let said = refused.body.split("role=\"alert\">").nth(1).unwrap().split("</div>").next().unwrap().to_owned();
    assert!(refused.status == 422 && said.matches("<p>").count() > 2, "every missing column is named: {said}");
}

#[both_databases]
async fn a_change_names_its_record_and_its_fields(office: Office) {
    use platform::text::Language;
    let officer = office.director();
    let mapping = [("column-0", "name_en"), ("column-1", "kind")];
    office.keeps(&officer, b"name,kind\nLanyue,legal_entity\n", &mapping).await;
    let path = office.brings(&officer, "enterprises", b"name,kind\nLanyue,group\n").await;
    office.checks(&officer, &path, &mapping).await;
    let page = officer.get_in(Language::Traditional, &path).await.body;
    let change = page.split("<details open>").nth(1).unwrap_or_else(|| panic!("{page}"));
    assert!(change.contains("\">Lanyue</a>") && change.contains("/enterprises/"), "{change}");
    assert!(!change.split("</details>").next().unwrap().contains("kind"), "{change}");
    let page = office.does(&officer, &path, "keep").await;
    assert!(page.contains("What was changed"), "{page}");
}
