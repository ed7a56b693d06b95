//! Pages: what every page needs to draw its frame, and how one is sent.

use std::fmt::{self, Display};
use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Date;

use crate::clock::At;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::format;
use crate::house::House;
use crate::id::Id;
use crate::permission::Role;
use crate::text::Language;
use crate::web::cookies;

/// What a page's frame shows, and the reader's words, dates and numbers.
#[derive(Clone)]
pub struct View {
    pub lang: Language,
    pub path: String,
    pub query: String,
    form: Option<String>,
    pub actor: Option<ViewActor>,
    pub nav: Vec<NavItem>,
    pub office: String,
    pub sample: bool,
    pub flash: Option<Flash>,
    pub theme: &'static str,
    pub today: Date,
    house: Arc<House>,
}

#[derive(Clone, Debug)]
pub struct ViewActor {
    pub id: Id,
    pub name: String,
    pub role_key: &'static str,
}

impl ViewActor {
    /// Tells one person's things in a browser from another's, and tells nothing of the person.
    pub fn mark(&self) -> String {
        let digest = Sha256::digest(format!("oases browser {}", self.id));
        data_encoding::HEXLOWER.encode(&digest[..12])
    }
}

#[derive(Clone, Debug)]
pub struct NavItem {
    pub key: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub current: bool,
}

impl NavItem {
    /// The key that, after `g`, goes there.
    pub fn letter(&self) -> Option<&'static str> {
        Some(match self.key {
            "nav-day" => "h",
            "nav-enterprises" => "e",
            "nav-targets" => "t",
            "nav-projects" => "p",
            "nav-figures" => "f",
            "nav-audit" => "a",
            "nav-admin" => "s",
            _ => return None,
        })
    }
}

/// What is said once, on the next page: a text key with arguments, never a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub key: String,
    #[serde(default)]
    pub args: Vec<(String, String)>,
    /// Where to send the form that takes the thing back.
    #[serde(default)]
    pub undo: Option<String>,
}

impl Flash {
    pub fn new(key: &str, args: &[(&str, String)]) -> Self {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { key: key.to_owned(), args, undo: None }
    }

    pub fn with_undo(mut self, action: impl Into<String>) -> Self {
        self.undo = Some(action.into());
        self
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let flash: Self = serde_json::from_slice(&bytes).ok()?;
        // A cookie can be forged by whoever holds the browser; it may still lead nowhere else.
        flash.undo.as_deref().is_none_or(|undo| undo.starts_with('/') && !undo.starts_with("//")).then_some(flash)
    }

    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Markup that is already escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(pub String);

impl Html {
    /// Escapes plain text.
    pub fn escape(text: &str) -> Self {
        let mut safe = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '&' => safe.push_str("&amp;"),
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '"' => safe.push_str("&quot;"),
                '\'' => safe.push_str("&#39;"),
                other => safe.push(other),
            }
        }
        Self(safe)
    }
}

impl Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

fn within(href: &str, path: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The places of the rail. A page belongs to the one that a room says, or whose address is the longest part of its own.
fn mark(
    offered: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
    belongs: &[(&'static str, &'static str)],
    path: &str,
) -> Vec<NavItem> {
    let path = belongs.iter().find(|(start, _)| within(start, path)).map_or(path, |(_, place)| place);
    let mut places: Vec<NavItem> =
        offered.map(|(key, href, icon)| NavItem { key, href, icon, current: within(href, path) }).collect();
    let longest = places.iter().filter(|place| place.current).map(|place| place.href.len()).max();
    for place in &mut places {
        place.current &= Some(place.href.len()) == longest;
    }
    places
}

impl View {
    pub fn of(cx: &Cx) -> Self {
        let house = cx.house.clone();
        let path = cx.page.path.clone();
        let offered = house.nav.iter().filter(|item| cx.may(item.permission));
        let nav = mark(offered.map(|item| (item.key, item.href, item.icon)), &house.belongs, &path);
        let office_name = match cx.language {
            Language::English => "office-name-en",
            Language::Traditional => "office-name-zh-hant",
            Language::Simplified => "office-name-zh-hans",
        };
        Self {
            lang: cx.language,
            path,
            query: cx.page.query.clone(),
            form: cx.page.form.clone(),
            actor: cx.actor.as_ref().map(|actor| ViewActor {
                id: actor.account.unwrap_or(Id(0)),
                name: actor.name.clone(),
                role_key: actor.roles.first().copied().unwrap_or(Role::ReadOnly).key(),
            }),
            nav,
            office: house.settings.get(office_name).unwrap_or_else(|| "Oases".to_owned()),
            sample: house.settings.is("office", "sample"),
            flash: cx.page.flash.clone(),
            theme: cx.page.theme,
            today: cx.today(),
            house,
        }
    }

    pub fn t(&self, key: &str) -> String {
        self.house.texts.get(self.lang, key, &[])
    }

    pub fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        self.house.texts.get(self.lang, key, &[(name, value.to_string())])
    }

    pub fn t2(&self, key: &str, name1: &str, value1: impl Display, name2: &str, value2: impl Display) -> String {
        self.house.texts.get(self.lang, key, &[(name1, value1.to_string()), (name2, value2.to_string())])
    }

    pub fn tn(&self, key: &str, args: &[(&str, String)]) -> String {
        self.house.texts.get(self.lang, key, args)
    }

    /// A kept key with its kept arguments.
    pub fn said(&self, key: &str, args: &[(String, String)]) -> String {
        let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        self.house.texts.get(self.lang, key, &args)
    }

    pub fn has(&self, key: &str) -> bool {
        self.house.texts.has(self.lang, key)
    }

    /// What the place at an address is called in the rail; one that is not there by its address.
    pub fn place(&self, path: &str) -> String {
        self.house.nav.iter().find(|item| item.href == path).map_or_else(|| path.to_owned(), |item| self.t(item.key))
    }

    /// The address of a file of the look: `oases.css`.
    pub fn asset(&self, name: &str) -> String {
        (self.house.asset)(name)
    }

    /// An icon of the look, by name.
    pub fn icon(&self, name: &str) -> Html {
        (self.house.icon)(name)
    }

    /// This very address, to come back to; in answer to a form that of its page, since what a form is sent to may be no page.
    pub fn here(&self) -> String {
        if let Some(form) = &self.form {
            return form.clone();
        }
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The name of an entry of a dated code list.
    pub fn code(&self, list: &str, code: &str) -> String {
        self.house.codes.name(list, code, self.lang)
    }

    /// The name of the entry that a text stands for: a code, or another way to write it. What no entry knows stays.
    pub fn code_written(&self, list: &str, text: &str) -> String {
        self.house.codes.written(list, text).map_or_else(|| text.to_owned(), |code| code.name(self.lang).to_owned())
    }

    /// A whole dated code list, ended codes included.
    pub fn codes(&self, list: &str) -> Vec<crate::codes::Code> {
        self.house.codes.all(list)
    }

    pub fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    pub fn languages(&self) -> Vec<(Language, &'static str, bool)> {
        Language::ALL.into_iter().map(|language| (language, language.own_name(), language == self.lang)).collect()
    }

    pub fn date(&self, day: Date) -> String {
        format::date(self.lang, day)
    }

    /// A day that may not be known: an en dash where it is not.
    pub fn date_or_dash(&self, day: &Option<Date>) -> String {
        day.map_or_else(|| "–".to_owned(), |day| self.date(day))
    }

    /// What is read as one word, such as a reference: never broken across two lines.
    pub fn unbroken(&self, words: &str) -> Html {
        unbroken(words)
    }

    /// A day as a page shows it: never broken across two lines.
    pub fn day(&self, day: Date) -> Html {
        unbroken(&self.date(day))
    }

    /// As [`View::day`]; an en dash where the day is not known.
    pub fn day_or_dash(&self, day: &Option<Date>) -> Html {
        unbroken(&self.date_or_dash(day))
    }

    /// A day and a time as a page shows them: never broken across two lines.
    pub fn moment(&self, at: At) -> Html {
        unbroken(&self.at(at))
    }

    /// Several things in a row, as the reader's language lists them.
    pub fn list<T: AsRef<str>>(&self, items: impl IntoIterator<Item = T>) -> String {
        format::list(self.lang, items)
    }

    /// Somebody's own words, in the reader's quotation marks.
    pub fn quoted(&self, words: &str) -> String {
        format::quoted(self.lang, words)
    }

    /// What stands between a label and what it labels.
    pub fn colon(&self) -> &'static str {
        format::colon(self.lang)
    }

    /// `label: value`, with the reader's colon.
    pub fn labelled(&self, label: impl Display, value: impl Display) -> String {
        format!("{label}{}{value}", self.colon())
    }

    /// A remark beside words, in the reader's brackets.
    pub fn bracketed(&self, words: impl AsRef<str>, remark: impl AsRef<str>) -> String {
        format::bracketed(self.lang, words.as_ref(), remark.as_ref())
    }

    /// The name of a language by its tag; a tag that has none of its own is told by its first part, then as it is.
    pub fn language(&self, tag: &str) -> String {
        let tag = tag.trim();
        let folded = tag.to_lowercase();
        let first = folded.split('-').next().unwrap_or_default();
        let named = [folded.as_str(), first].into_iter().map(|tag| format!("language-{tag}")).find(|key| self.has(key));
        named.map_or_else(|| tag.to_owned(), |key| self.t(&key))
    }

    /// The names of languages kept as tags between commas.
    pub fn language_list(&self, tags: &str) -> String {
        self.list(tags.split([',', '、', ';']).filter(|tag| !tag.trim().is_empty()).map(|tag| self.language(tag)))
    }

    pub fn at(&self, at: At) -> String {
        format::at(self.lang, at, &self.house.zone)
    }

    pub fn number(&self, value: i64) -> String {
        format::number(value)
    }

    pub fn percent(&self, basis_points: i64) -> String {
        format::percent(basis_points)
    }

    pub fn money(&self, minor: i64, currency: &str) -> String {
        format::money(self.lang, minor, currency, crate::units::decimals(currency))
    }

    /// Money as a headline says it, and whether that says all of it.
    pub fn money_short(&self, minor: i64, currency: &str) -> format::Short {
        format::money_short(self.lang, minor, currency, crate::units::decimals(currency))
    }

    /// Money as its source printed it; see [`format::money_printed`].
    pub fn money_printed(&self, thousandths: i64, scale: i64, currency: &str) -> String {
        format::money_printed(self.lang, thousandths, scale, currency, crate::units::decimals(currency))
    }

    /// Money for a table: short where nothing is lost by it.
    pub fn money_exact(&self, minor: i64, currency: &str) -> String {
        format::money_exact(self.lang, minor, currency, crate::units::decimals(currency))
    }

    /// What an axis of money counts in; see [`format::money_scale`].
    pub fn money_scale(&self, most: i64, currency: &str) -> (i64, String) {
        format::money_scale(self.lang, most, currency, crate::units::decimals(currency))
    }

    /// A value of the audit in the reader's words.
    pub fn told(&self, told: &crate::audit::Told) -> String {
        use crate::audit::Told;
        match told {
            Told::Nothing => "–".to_owned(),
            Told::Text(text) => self.reason(text),
            Told::Number(number) => self.number(*number),
            Told::Decimal(number) => format::decimal(number),
            Told::Yes(yes) => self.t(if *yes { "yes" } else { "no" }),
            Told::Day(day) => self.date(*day),
            Told::At(at) => self.at(*at),
            Told::Code { key, .. } => self.t(key),
            Told::Codes(codes) => self.list(codes.iter().map(|one| self.coded(one))),
            Told::Listed { list, code } => {
                code.split(", ").map(|code| self.code(list, code)).collect::<Vec<_>>().join(" · ")
            }
            Told::Languages(tags) => self.language_list(tags),
            Told::Money { minor, currency } => self.money(*minor, currency),
            Told::Amount { amount, unit } => self.amount(*amount, unit),
            Told::Record { name, .. } => name.clone(),
            Told::Records { records, .. } => self.list(records.iter().map(|(_, name)| name)),
        }
    }

    /// The words for a code; one that has none any more stands for itself.
    fn coded(&self, one: &crate::audit::Coded) -> String {
        if !self.has(&one.key) {
            return one.code.clone();
        }
        let args: Vec<(&str, String)> = one
            .args
            .iter()
            .map(|(name, value)| (name.as_str(), if self.has(value) { self.t(value) } else { value.clone() }))
            .collect();
        self.tn(&one.key, &args)
    }

    /// An amount in the smallest steps of its unit, with the unit's word.
    pub fn amount(&self, amount: i64, unit: &str) -> String {
        match crate::units::Unit::from_code(unit) {
            // An office without a pack counts in no currency yet.
            Some(crate::units::Unit::Money(currency)) if currency == crate::settings::NO_CURRENCY && amount == 0 => {
                "–".to_owned()
            }
            Some(crate::units::Unit::Money(currency)) => self.money(amount, &currency),
            Some(other) => {
                let written = format::scaled_short(amount, other.decimals());
                self.tn(other.key(), &[("n", written)])
            }
            None => format!("{} {unit}", format::number(amount)),
        }
    }
}

fn unbroken(words: &str) -> Html {
    Html(format!("<span class=\"nowrap\">{}</span>", Html::escape(words)))
}

impl Cx {
    pub fn view(&self) -> View {
        View::of(self)
    }

    /// Keeps what was done and sends the page; a page that is not a success keeps nothing.
    pub async fn page(&mut self, status: u16, page: impl Template) -> Result<Response> {
        let html = page.render().map_err(|error| Error::Unexpected(Box::new(error)))?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        if status.is_success() {
            self.commit().await?;
        } else {
            self.undo().await?;
        }
        let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
        if self.page.flash.is_some() && !self.page.fragment {
            let gone = cookies::set(&self.house.config, cookies::FLASH, "", Some(0), false);
            set_cookie(&mut response, &gone);
        }
        Ok(response)
    }

    /// Keeps what was done and sends the browser on.
    pub async fn see_other(&mut self, to: impl AsRef<str>) -> Result<Response> {
        self.commit().await?;
        Ok(Redirect::to(to.as_ref()).into_response())
    }

    /// As [`Cx::see_other`], with something to say on the next page.
    pub async fn see_other_saying(&mut self, to: impl AsRef<str>, flash: Flash) -> Result<Response> {
        let mut response = self.see_other(to).await?;
        let cookie = cookies::set(&self.house.config, cookies::FLASH, &flash.encode(), Some(60), false);
        set_cookie(&mut response, &cookie);
        Ok(response)
    }
}

/// Adds a cookie to an answer.
pub fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn one_place_of_the_rail_is_the_present_one() {
        let present = |path: &str| -> Vec<&str> {
            let offered = [("day", "/", ""), ("admin", "/admin", ""), ("pack", "/admin/pack", "")];
            let belongs = [("/packs", "/admin/pack")];
            mark(offered.into_iter(), &belongs, path)
                .into_iter()
                .filter(|place| place.current)
                .map(|place| place.key)
                .collect()
        };
        assert_eq!(present("/admin/pack"), ["pack"]);
        assert_eq!(present("/admin/packs"), ["admin"]);
        assert_eq!(present("/admin"), ["admin"]);
        assert_eq!(present("/"), ["day"]);
        assert!(present("/enterprises").is_empty());
        assert_eq!(present("/packs/7"), ["pack"]);
    }
}
