//! What `oases check` finds of projects when somebody has written past the verbs.

use platform::both_databases;
use platform::sql::Sql;

use super::Office;

#[both_databases]
async fn each_fault_is_named_and_a_sound_project_has_none(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let found = async |faults: &[&'static str]| {
        let mut cx = office.operator();
        for text in faults {
            let mut sql = Sql::new(text);
            sql.bind(id);
            assert_eq!(sql.execute(&mut cx).await.unwrap(), 1, "{text}");
        }
        let findings = (crate::project::check().run)(&mut cx).await.unwrap();
        cx.undo().await.unwrap();
        findings.wrong.join("; ")
    };
    assert_eq!(found(&[]).await, "");
    let passage = "INSERT INTO gate_passages (id, project_id, from_stage, into_stage, effective_on, passed_at, passed_by_name, unmet)
                   SELECT id + 1, id, 'identified', 'contacted', '2026-01-01', 1, 'x', '' FROM projects WHERE id = ";
    let skipping = "INSERT INTO gate_passages (id, project_id, from_stage, into_stage, effective_on, passed_at, passed_by_name, unmet)
                    SELECT id + 2, id, 'negotiating', 'agreed', '2026-01-02', 1, 'x', '' FROM projects WHERE id = ";
    let commenced = "INSERT INTO milestones (id, project_id, kind, effective_on, recorded_at, recorded_by_name)
                     SELECT id + 4, id, 'commenced', '2026-01-02', 1, 'x' FROM projects WHERE id = ";
    let lease = "INSERT INTO evidence (id, project_id, kind, dated_on, reference, recorded_at, recorded_by_name)
                 SELECT id + 5, id, 'lease-start', '2026-02-01', 'a lease', 1, 'x' FROM projects WHERE id = ";
    let faults: [(&[&'static str], &str); 4] = [
        (&["UPDATE projects SET stage = 'engaged' WHERE id = "], "no passage led to"),
        (&[passage, skipping, "UPDATE projects SET stage = 'agreed' WHERE id = "], "had not entered"),
        (&[commenced], "commenced without evidence"),
        (&[commenced, lease], "commenced before what shows it"),
    ];
    for (planted, words) in faults {
        let said = found(planted).await;
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[both_databases]
async fn a_project_easier_to_see_than_was_told_is_named(office: Office) {
    let id = office.project("Harbour Robotics").await;
    let mut cx = office.operator();
    let check = crate::project::check_tiers();
    let found = (check.run)(&mut cx).await.unwrap();
    assert_eq!((found.looked_at, found.wrong), (1, Vec::new()));
    let mut sql = Sql::new("UPDATE projects SET tier = 0 WHERE id = ");
    sql.bind(id);
    sql.execute(&mut cx).await.unwrap();
    let wrong = (check.run)(&mut cx).await.unwrap().wrong;
    assert!(wrong[0].contains("tier is “public”, and the audit says “office”"), "{wrong:?}");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_project_of_a_secret_enterprise_is_told_as_secret(office: Office) {
    let held = office.enterprise("Harbour Robotics").await;
    let mut cx = office.operator();
    let secret = std::collections::BTreeMap::from([("tier".to_owned(), Some("team".to_owned()))]);
    directory::enterprise::edit(&mut cx, held, 1, secret).await.unwrap();
    let new = crate::project::NewProject {
        enterprise_id: held.to_string().as_str().into(),
        title: "Plant".into(),
        ..Default::default()
    };
    crate::project::start(&mut cx, new).await.unwrap();
    cx.commit().await.unwrap();
    let mut cx = office.operator();
    assert_eq!((crate::project::check_tiers().run)(&mut cx).await.unwrap().wrong, Vec::<String>::new());
}
