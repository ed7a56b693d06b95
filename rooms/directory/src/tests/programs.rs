//! What programs send and are told: a condition is met or refused, a field is asked for or refused, an amount comes back as
//! it was sent.

use platform::{Id, both_databases};
use serde_json::{Value, json};

use super::Office;

/// The version that stands at an enterprise's address, as a program is told it.
async fn tag(office: &Office, id: Id) -> String {
    format!("\"{}\"", office.get(id).await.version)
}

#[both_databases]
async fn a_step_means_the_version_that_it_names_or_is_refused(office: Office) {
    let (one, other) = (office.enterprise("One Ltd").await, office.enterprise("Other Ltd").await);
    let director = office.director();
    let api = format!("/api/v1/enterprises/{}", one.id);
    let made = director.call("POST", &format!("{api}/names"), &[], json!({ "name": "Uno" })).await.json();
    let withdraw = format!("/names/{}/withdraw", made["id"]);
    let reason = json!({ "reason": "a test" });
    let merge = json!({ "into": other.id, "reason": "the same" });
    let wrong = [("if-match", "\"999\"")];
    for (path, body) in [("/merge", &merge), ("/retire", &reason), (withdraw.as_str(), &reason)] {
        let answer = director.call("POST", &format!("{api}{path}"), &wrong, body.clone()).await;
        assert_eq!(answer.status, 412, "{path}: {}", answer.body);
    }
    // What is new has no version: a condition on it can't be met, and is not passed over.
    let answer = director.call("POST", &format!("{api}/names"), &wrong, json!({ "name": "Eins" })).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(answer.body.contains("If-Match"), "{}", answer.body);
    assert_eq!(director.get(&format!("{api}/names")).await.json().as_array().unwrap().len(), 2, "nothing was kept");

    let right = tag(&office, one.id).await;
    let merged = director.call("POST", &format!("{api}/merge"), &[("if-match", &right)], merge).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!(director.call("POST", &format!("{api}/unmerge"), &wrong, Value::Null).await.status, 412);
    // While it is merged, what stands at its address is the survivor.
    let right = tag(&office, one.id).await;
    assert_eq!(
        director.call("POST", &format!("{api}/unmerge"), &[("if-match", &right)], Value::Null).await.status,
        200
    );
    assert_eq!(director.call("POST", &format!("{api}/retire"), &[], reason.clone()).await.status, 200);
    assert_eq!(director.call("POST", &format!("{api}/restore"), &wrong, reason).await.status, 412);
}

#[both_databases]
async fn a_figure_comes_back_as_it_was_sent(office: Office) {
    let held = office.enterprise("Altamar").await;
    let officer = office.officer(None);
    let api = format!("/api/v1/enterprises/{}/measurements", held.id);
    let sent = json!({ "measure": "revenue", "year": 2024, "amount": "862100000000.5", "currency": "CNY", "source": "Report" });
    let made = officer.call("POST", &api, &[], sent.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!((&made["amount"], &made["currency"]), (&json!(862_100_000_000.5), &json!("CNY")));
    let whole = officer.get(&format!("/api/v1/enterprises/{}", held.id)).await.json();
    assert_eq!(whole["measurements"][0], made);
    // Sent back as it was told it is the same.
    let mut back = json!({});
    for field in ["measure", "year", "amount", "currency", "source"] {
        back[field] = made[field].clone();
    }
    let one = format!("{api}/{}", made["id"]);
    let same = officer.call("PUT", &one, &[("if-match", "\"1\"")], back).await;
    assert_eq!((same.status, same.json()["version"].clone()), (200, json!(1)), "{}", same.body);
    let heads = json!({ "measure": "headcount", "year": 2024, "amount": 100, "currency": null, "source": "Return" });
    let heads = officer.call("POST", &api, &[], heads).await.json();
    assert_eq!((&heads["amount"], &heads["currency"]), (&json!(100), &Value::Null));

    let mut unknown = sent;
    unknown["unit"] = json!("CNY");
    let refused = officer.call("POST", &api, &[], unknown).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("\"unit\"") && refused.body.contains("currency"), "{}", refused.body);
}
