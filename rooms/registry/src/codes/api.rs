//! The code lists for programs that look after them.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::codes::{self, Code, EDIT, Entry};
use platform::web::ApiRoutes;
use platform::{Cx, Error, Result};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::list_words;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)).routes(routes!(show, add)).routes(routes!(code, change)))
}

#[derive(Serialize, utoipa::ToSchema)]
struct CodeList {
    list: String,
    /// What it is called.
    name: String,
    /// How many codes hold today, and how many there are.
    in_force: usize,
    codes: usize,
}

#[utoipa::path(get, path = "/api/v1/codes", tag = "registry", responses((status = 200, body = Vec<CodeList>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let (view, today) = (cx.view(), cx.today());
    let lists = cx.house.codes.names().into_iter().map(|list| {
        let all = cx.house.codes.all(&list);
        let in_force = all.iter().filter(|code| code.holds_on(today)).count();
        CodeList { name: list_words(&view, &list), list, in_force, codes: all.len() }
    });
    let lists: Vec<CodeList> = lists.collect();
    cx.json(&lists).await
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Code)]
struct Told {
    list: String,
    code: String,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    #[schema(value_type = String, format = Date)]
    valid_from: Date,
    /// The last day it holds.
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<Date>,
    /// Its place in the list.
    position: i64,
    source: String,
    /// Other ways files write it.
    aliases: Vec<String>,
    /// What kind of thing it is within its list.
    group_code: String,
}

impl From<Code> for Told {
    fn from(code: Code) -> Self {
        Self {
            aliases: code.aliases.lines().map(str::to_owned).collect(),
            list: code.list,
            code: code.code,
            name_en: code.name_en,
            name_zh_hant: code.name_zh_hant,
            name_zh_hans: code.name_zh_hans,
            valid_from: code.valid_from,
            valid_to: code.valid_to,
            position: code.position,
            source: code.source,
            group_code: code.group_code,
        }
    }
}

#[utoipa::path(get, path = "/api/v1/codes/{list}", tag = "registry", params(("list" = String, Path)),
    responses((status = 200, body = Vec<Told>, description = "In their order, ended ones included"), (status = 404)))]
async fn show(mut cx: Cx, Path(list): Path<String>) -> Result<Response> {
    cx.require(&EDIT)?;
    let codes: Vec<Told> = cx.house.codes.all(&list).into_iter().map(Told::from).collect();
    if codes.is_empty() {
        return Err(Error::NotFound);
    }
    cx.json(&codes).await
}

/// What is said of a code. Records hold the code itself, so it stays; one that ends counts on for earlier days.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GivenCode)]
struct Given {
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    valid_from: String,
    #[serde(default)]
    valid_to: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    group_code: String,
}

impl Given {
    fn entry(self) -> Entry {
        Entry {
            name_en: self.name_en,
            name_zh_hant: self.name_zh_hant,
            name_zh_hans: self.name_zh_hans,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            source: self.source,
            aliases: self.aliases.join("\n"),
            group_code: self.group_code,
        }
    }
}

/// A new code: small letters, digits, `-` and `_`.
#[derive(Deserialize, utoipa::ToSchema)]
struct NewCode {
    code: String,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    valid_from: String,
    #[serde(default)]
    valid_to: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    group_code: String,
}

impl NewCode {
    fn parts(self) -> (String, Given) {
        let given = Given {
            name_en: self.name_en,
            name_zh_hant: self.name_zh_hant,
            name_zh_hans: self.name_zh_hans,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            source: self.source,
            aliases: self.aliases,
            group_code: self.group_code,
        };
        (self.code, given)
    }
}

#[utoipa::path(post, path = "/api/v1/codes/{list}", tag = "registry", params(("list" = String, Path)),
    request_body = NewCode, responses((status = 201, body = Told), (status = 404), (status = 422)))]
async fn add(mut cx: Cx, Path(list): Path<String>, Json(new): Json<NewCode>) -> Result<Response> {
    let (code, given) = new.parts();
    let code = codes::add(&mut cx, &list, &code, given.entry()).await?;
    let at = format!("/api/v1/codes/{list}/{}", code.code);
    cx.created(at, 1, &Told::from(code)).await
}

#[utoipa::path(get, path = "/api/v1/codes/{list}/{code}", tag = "registry",
    params(("list" = String, Path), ("code" = String, Path)), responses((status = 200, body = Told), (status = 404)))]
async fn code(mut cx: Cx, Path((list, code)): Path<(String, String)>) -> Result<Response> {
    cx.require(&EDIT)?;
    let held = cx.house.codes.get(&list, &code).map(Told::from).ok_or(Error::NotFound)?;
    cx.json(&held).await
}

#[utoipa::path(put, path = "/api/v1/codes/{list}/{code}", tag = "registry",
    params(("list" = String, Path), ("code" = String, Path)), request_body = Given,
    responses((status = 200, body = Told), (status = 404), (status = 422)))]
async fn change(mut cx: Cx, Path((list, code)): Path<(String, String)>, Json(given): Json<Given>) -> Result<Response> {
    let code = codes::change(&mut cx, &list, &code, given.entry()).await?;
    cx.json(&Told::from(code)).await
}
