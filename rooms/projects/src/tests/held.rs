//! Stories of what a project holds and an edit does not touch: a code that has ended, a field that breaks today's rules.

use platform::audit::read::history;
use platform::codes::{self, Code};
use platform::sql::Sql;
use platform::{Id, both_databases};
use time::macros::date;

use super::{Office, code};
use crate::project::{self, Project};

async fn project_with(office: &Office, fields: &[(&str, &str)]) -> Id {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let fields = fields.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect();
    project::edit(&mut cx, id, 1, fields).await.unwrap();
    cx.commit().await.unwrap();
    id
}

async fn end(office: &Office, list: &str, name: &str) {
    let mut cx = office.operator();
    let ended = Code { valid_to: Some(date!(2026 - 06 - 30)), ..code(list, name, "", "") };
    codes::load(&mut cx, vec![ended]).await.unwrap();
    cx.commit().await.unwrap();
    office.house.codes.reload(&mut cx).await.unwrap();
    cx.undo().await.unwrap();
}

async fn held(office: &Office, id: Id) -> Project {
    project::get(&mut office.operator(), id).await.unwrap()
}

/// The fields that the latest change of a project tells.
async fn told(office: &Office, id: Id) -> Vec<String> {
    let latest = history(&mut office.operator(), "project", id, None, 1).await.unwrap().remove(0);
    latest.fields().into_iter().map(|change| change.field).collect()
}

#[both_databases]
async fn a_code_that_has_ended_stays_with_the_project_that_holds_it(office: Office) {
    let id = project_with(&office, &[("hq_kind", "regional"), ("activities", "rd-centre")]).await;
    end(&office, "hq_kind", "regional").await;
    end(&office, "activity", "rd-centre").await;
    let officer = office.officer(None);
    let form = officer.get(&format!("/projects/{id}/edit")).await.body;
    assert!(form.contains("<option value=\"regional\" selected>regional (ended)"), "{form}");
    assert!(form.contains("value=\"rd-centre\" checked>rd-centre (ended)"), "{form}");
    let fields = [
        ("version", "2"),
        ("title", "Harbour Robotics in Hong Kong"),
        ("hq_kind", "regional"),
        ("activities", "rd-centre"),
        ("description", "A laboratory."),
        ("tier", "office"),
    ];
    let saved = officer.post(&format!("/projects/{id}"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let project = held(&office, id).await;
    assert_eq!((project.hq_kind.as_deref(), project.activities.as_str()), (Some("regional"), "rd-centre"));
    assert_eq!(told(&office, id).await, ["description"]);
    let blank = officer.get("/projects/new").await.body;
    assert!(!blank.contains("value=\"regional\""), "nobody else is offered it: {blank}");
}

#[both_databases]
async fn a_project_that_breaks_the_rules_is_repaired_field_by_field_on_its_page(office: Office) {
    let id = project_with(&office, &[("activities", "rd-centre")]).await;
    let mut cx = office.operator();
    let mut sql = Sql::new("UPDATE projects SET title = '', proposal_received_on = '2031-01-01', nature = 'bogus', ");
    sql.push("hq_kind = 'gone', activities = 'rd-centre,bogus' WHERE id = ").bind(id);
    sql.execute(&mut cx).await.unwrap();
    cx.commit().await.unwrap();
    let officer = office.officer(None);
    let form = officer.get(&format!("/projects/{id}/edit")).await.body;
    for offered in ["value=\"bogus\" selected", "value=\"gone\" selected", "value=\"bogus\" checked"] {
        assert!(form.contains(offered), "{offered}: {form}");
    }
    let fields = [
        ("version", "2"),
        ("title", ""),
        ("nature", "bogus"),
        ("hq_kind", "gone"),
        // As a browser sends them: in the order of the page.
        ("activities", "bogus"),
        ("activities", "rd-centre"),
        ("proposal_received_on", "2031-01-01"),
        ("description", "A laboratory.\r\nAnd a school."),
        ("tier", "office"),
    ];
    let saved = officer.post(&format!("/projects/{id}"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let project = held(&office, id).await;
    assert_eq!(project.description.as_deref(), Some("A laboratory.\nAnd a school."));
    assert_eq!((project.nature.as_deref(), project.activities.as_str()), (Some("bogus"), "rd-centre,bogus"));
    assert_eq!(told(&office, id).await, ["description"]);
    let wrong = fields.map(|(field, value)| match field {
        "version" => (field, "3"),
        "nature" => (field, "another"),
        _ => (field, value),
    });
    let refused = officer.post(&format!("/projects/{id}"), &wrong).await;
    assert_eq!(refused.status, 422, "what is edited is checked");
    assert!(refused.body.contains("href=\"#nature\"") && !refused.body.contains("href=\"#title\""), "{}", refused.body);
}
