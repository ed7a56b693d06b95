//! What the walk knows of screening: a universe of one company, criteria, a screening that is done.

use platform::{Id, jobs};

use crate::cast::Office;

/// Criteria as a program composes them.
pub const COMPOSED: &str = r#"{"criteria":{"name":"Size","criterion":[{"key":"size","factor":"jobs","measure":"employees","weight":1,
    "curve":{"kind":"linear","from":0,"to":10}}]}}"#;

/// The only company of the walk's universe.
pub const COMPANY: &str = "1001";

pub fn universe() -> screening::Memory {
    let company = screening::Company { id: COMPANY.into(), name: "Walked Cells".into(), ..Default::default() };
    let about = screening::About { companies: 1, snapshot: "1".into(), ..Default::default() };
    screening::Memory { about, companies: vec![company] }
}

impl Office {
    /// A screening that is done.
    pub async fn screening(&self) -> Id {
        let given: serde_json::Value = serde_json::from_str(COMPOSED).expect("JSON");
        let criteria = screening::Criteria::from_json(&given["criteria"].to_string()).expect("criteria");
        let mut cx = self.operator();
        let set = targeting::criteria::compose(&mut cx, criteria, "").await.expect("a set of criteria").id;
        let screening = targeting::screening::run(&mut cx, set, 1, 5).await.expect("a screening").id;
        cx.commit().await.expect("the screening kept");
        jobs::run_all(&self.house).await.expect("the screening done");
        screening
    }
}
