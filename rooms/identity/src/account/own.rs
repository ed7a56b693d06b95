//! What one does to one's own account. It takes a person who is signed in: no key may, whatever its
//! scopes.

use platform::audit::{Change, Told};
use platform::text::Language;
use platform::{Cx, Error, Problems, Result};

use super::{Account, store};
use crate::secret;
use crate::session::{self, From};

/// One's own account.
pub async fn own(cx: &mut Cx) -> Result<Account> {
    let id = cx.require_person()?;
    store::get(cx, id).await
}

/// A new password, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewPassword {
    pub present: String,
    pub password: String,
    pub again: String,
}

/// Changes one's own password, the present one proved; ends one's other sessions.
pub async fn change_password(cx: &mut Cx, new: &NewPassword, from: &From) -> Result<()> {
    let account = own(cx).await?;
    // The hashes take long: no transaction is held open over them.
    cx.undo().await?;
    let mut problems = Problems::default();
    if !session::is_holder(cx, &account, &new.present, from).await? {
        problems.add("present", "problem-password-wrong");
    }
    secret::check_password(&mut problems, "password", &new.password, &account.email);
    problems.require(new.password == new.again, "again", "problem-password-again");
    problems.into_result()?;
    let hash = secret::hash(&new.password).await?;
    store::set_password(cx, account.id, Some(&hash)).await?;
    let here = cx.actor.as_ref().and_then(|actor| actor.session);
    session::end_all(cx, account.id, here).await?;
    cx.record(Change::new("account.password_set", "account", account.id).label(account.name));
    Ok(())
}

/// Switches one-time codes on, once a first code shows that the secret arrived. Where they are on
/// already, the present password is asked for: a session left open must not hand the account over.
pub async fn use_codes(cx: &mut Cx, present: &str, code_secret: &str, code: &str, from: &From) -> Result<()> {
    let account = own(cx).await?;
    let mut problems = Problems::default();
    if account.code_secret.is_some() {
        cx.undo().await?;
        if !session::is_holder(cx, &account, present, from).await? {
            problems.add("present", "problem-password-wrong");
        }
    }
    let seconds = u64::try_from(cx.now().0 / 1_000_000).unwrap_or_default();
    let step = secret::code_step(code_secret, code, seconds, None);
    problems.require(step.is_some(), "code", "problem-code");
    problems.into_result()?;
    let Some(step) = step else { return Err(Error::invalid("code", "problem-code")) };
    store::set_code(cx, account.id, Some(code_secret)).await?;
    store::use_step(cx, account.id, step).await?;
    cx.record(Change::new("account.codes_on", "account", account.id).label(account.name));
    Ok(())
}

/// Keeps the language one reads in, which then goes with the account to every browser.
pub async fn choose_language(cx: &mut Cx, language: Language) -> Result<()> {
    let account = own(cx).await?;
    let before = account.language.as_deref().and_then(Language::from_code);
    if before == Some(language) {
        return Ok(());
    }
    store::set_language(cx, account.id, language).await?;
    let old = before.map_or(Told::Nothing, |language| Told::Text(language.own_name().to_owned()));
    let new = Told::Text(language.own_name().to_owned());
    cx.record(
        Change::new("account.language_chosen", "account", account.id).label(account.name).field("language", old, new),
    );
    session::forget();
    Ok(())
}
