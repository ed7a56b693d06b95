//! A form that a verb refused comes back with what was typed. Where somebody else saved meanwhile, it
//! says at each field that differs what stands there now; sent again, it means what now stands.

use platform::forms::Form;
use platform::{Cx, Error, Problems, Result};

pub(crate) async fn refused(cx: &mut Cx, error: Error, form: Form) -> Result<(u16, Form)> {
    cx.undo().await?;
    let conflict = match error {
        Error::Invalid(problems) => return Ok((422, form.with_problems(problems))),
        Error::Conflict(conflict) => conflict,
        error => return Err(error),
    };
    let Some(versions) = &conflict.versions else { return Err(Error::Conflict(conflict)) };
    let mut problems = Problems::default();
    for both in versions["fields"].as_array().into_iter().flatten() {
        let field = both["field"].as_str().unwrap_or_default();
        match both["theirs"].as_str().filter(|theirs| !theirs.is_empty()) {
            Some(theirs) => problems.add_with(field, "problem-set-meanwhile", &[("value", theirs.to_owned())]),
            None => problems.add(field, "problem-emptied-meanwhile"),
        }
    }
    let pairs: Vec<_> = form.pairs().iter().filter(|(name, _)| name != "version").cloned().collect();
    let form = Form::new(pairs).with("version", versions["version"].to_string());
    Ok((409, form.with_problems(problems)))
}
