//! Imports for programs.

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request};
use axum::http::header;
use axum::response::Response;
use platform::api::{Json, Page};
use platform::forms::Form;
use platform::import::foresee::{self, Foreseen};
use platform::import::{list as imports, run};
use platform::order::Place;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::columns::{self, Asked};
use super::pages::kinds;
use super::told::{
    Told, ToldColumns, ToldField, ToldProblem, Whole, told, told_columns, told_fields, told_problem, whole,
};
use super::{list, receive};

pub(crate) fn routes() -> ApiRoutes {
    let receiving = OpenApiRouter::new().routes(routes!(index, upload)).layer(DefaultBodyLimit::disable());
    ApiRoutes(
        receiving
            .routes(routes!(kinds_of_import))
            .routes(routes!(show))
            .routes(routes!(head))
            .routes(routes!(read_as))
            .routes(routes!(map))
            .routes(routes!(problems))
            .routes(routes!(problem_file))
            .routes(routes!(keep))
            .routes(routes!(cancel))
            .routes(routes!(foresee_undo, undo)),
    )
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ImportKind)]
struct Kind {
    kind: &'static str,
    name: String,
    /// The columns that a file of it may have.
    fields: Vec<ToldField>,
    /// Whether it can leave rows that are likely the same as what is held for a person.
    tells_alike: bool,
}

#[utoipa::path(get, path = "/api/v1/import-kinds", tag = "registry",
    responses((status = 200, body = Vec<Kind>, description = "What the caller may bring in")))]
async fn kinds_of_import(mut cx: Cx) -> Result<Response> {
    let (view, kinds) = (cx.view(), kinds(&cx));
    if kinds.is_empty() {
        return Err(Error::Forbidden("import"));
    }
    let told = kinds.into_iter().map(|kind| Kind {
        kind: kind.name(),
        name: view.t(kind.key()),
        fields: told_fields(&view, &platform::import::columns(&cx, kind)),
        tells_alike: kind.tells_alike(),
    });
    let told: Vec<Kind> = told.collect();
    cx.json(&told).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    /// What the file's name begins with.
    q: Option<String>,
    kind: Option<String>,
    #[param(pattern = "^(uploaded|checking|checked|keeping|kept|failed|cancelled|undoing|undone)$")]
    state: Option<String>,
    /// The key of the account that brought it in.
    by: Option<i64>,
    /// `when` or `file`; with `-` in front the other way. The latest first when left out.
    #[param(pattern = "^-?(when|file)$")]
    sort: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/imports", tag = "registry", params(ListParams),
    responses((status = 200, body = Page<Told>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let (form, all) = (Form::new(params), list::listed(&cx)?);
    if let Some(kind) = form.optional("kind").filter(|kind| !all.iter().any(|one| one.name() == kind)) {
        let known: Vec<&str> = all.iter().map(|kind| kind.name()).collect();
        let mut problems = Problems::default();
        problems.add_with("kind", "problem-asked-other", &[("value", kind), ("known", known.join(", "))]);
        return Err(Error::Invalid(problems));
    }
    let limit = cx.limit(50);
    let page = imports::page(&mut cx, &list::wanted(&form, &all), limit).await?;
    let items = page.rows.into_iter().map(|import| told(&cx, import)).collect::<Result<Vec<_>>>()?;
    cx.json(&Page { items, next: page.next }).await
}

/// A file in a form: `kind` first, then `file` with its name.
#[derive(utoipa::ToSchema)]
#[schema(as = ImportUpload)]
#[allow(dead_code)] // Its shape is described; the parts are read as they come.
struct Upload {
    /// As under `import-kinds`.
    kind: String,
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

#[utoipa::path(post, path = "/api/v1/imports", tag = "registry",
    params(("kind" = Option<String>, Query, description = "As under `import-kinds`; a form may say it itself"),
           ("file_name" = Option<String>, Query, description = "What the file is called, where it is the whole body")),
    request_body(description = "The file as the whole body, or in a form", content(
        ("application/octet-stream"), (Upload = "multipart/form-data"))),
    responses((status = 201, body = Told), (status = 409, description = "Larger than 1 GB, or broken off"),
              (status = 422, description = "Problems by field")))]
async fn upload(mut cx: Cx, request: Request) -> Result<Response> {
    if kinds(&cx).is_empty() {
        return Err(Error::Forbidden("import"));
    }
    let form = Form::decode(&cx.view().query);
    let mut kind = form.text("kind");
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let import = if media.starts_with("multipart/form-data") {
        let parts = Multipart::from_request(request, &()).await.map_err(|_| Error::conflict("form-broken-off"))?;
        receive::parts(&mut cx, parts, &mut kind).await?
    } else {
        receive::whole(&mut cx, &kind, form.value("file_name"), request.into_body()).await?
    };
    let told = told(&cx, import)?;
    cx.created(format!("/api/v1/imports/{}", told.id), 1, &told).await
}

#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let whole = whole(&mut cx, id).await?;
    cx.json(&whole).await
}

#[utoipa::path(get, path = "/api/v1/imports/{id}/columns", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = ToldColumns), (status = 404),
              (status = 409, description = "It is kept already, or the file can't be read")))]
async fn head(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let found = columns::of(&mut cx, id).await?;
    let told = told_columns(&cx.view(), found);
    cx.json(&told).await
}

/// How a file is to be read; what is left out is found out from the file.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GivenImportReading)]
struct GivenReading {
    /// A label of the WHATWG, such as `big5`.
    encoding: Option<String>,
    /// One sign: `,`, `;`, a tab or `|`.
    delimiter: Option<String>,
    worksheet: Option<String>,
    /// The row of the headers, where titles stand above it.
    header_row: Option<u64>,
}

#[utoipa::path(put, path = "/api/v1/imports/{id}/reading", tag = "registry", params(("id" = i64, Path)),
    request_body = GivenReading,
    responses((status = 200, body = ToldColumns, description = "The columns that the file then has, mapped anew"),
              (status = 409, description = "It is kept already, or can't be read so"), (status = 422)))]
async fn read_as(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenReading>) -> Result<Response> {
    let GivenReading { encoding, delimiter, worksheet, header_row } = given;
    let asked = Asked { encoding, delimiter, worksheet, header_row };
    let found = columns::read_as(&mut cx, id, asked).await?;
    let told = told_columns(&cx.view(), found);
    cx.json(&told).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GivenImportMapped)]
struct GivenMapped {
    header: String,
    /// Empty leaves the column out.
    #[serde(default)]
    field: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = GivenImportMapping)]
struct GivenMapping {
    /// Left out, the columns are as `columns` tells them; a column that is not among those given is left out.
    mapping: Option<Vec<GivenMapped>>,
    /// Whether rows that are likely the same as what is held are left for a person.
    leaves_alike: Option<bool>,
}

#[utoipa::path(put, path = "/api/v1/imports/{id}/mapping", tag = "registry", params(("id" = i64, Path)),
    request_body = GivenMapping,
    responses((status = 200, body = Told, description = "Its rows are being checked; nothing is kept yet"),
              (status = 409, description = "It is kept already, or the file can't be read"), (status = 422)))]
async fn map(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenMapping>) -> Result<Response> {
    let mapping = given.mapping.map(|all| all.into_iter().map(|one| (one.header, one.field)).collect());
    columns::map(&mut cx, id, mapping, given.leaves_alike).await?;
    state(&mut cx, id).await
}

/// An import as it is now.
async fn state(cx: &mut Cx, id: Id) -> Result<Response> {
    let (import, _) = run::get(cx, id).await?;
    let told = told(cx, import)?;
    cx.json(&told).await
}

#[utoipa::path(get, path = "/api/v1/imports/{id}/problems", tag = "registry",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldProblem>, description = "In the order of the rows"), (status = 404)))]
async fn problems(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (import, kind) = run::get(&mut cx, id).await?;
    let view = cx.view();
    let place = Place::after(Form::decode(&view.query).optional("after").as_deref());
    let limit = cx.limit(100);
    let page = imports::problems(&mut cx, import.id, &place, limit).await?;
    let items = page.rows.into_iter().map(|problem| told_problem(&view, kind, problem)).collect();
    cx.json(&Page { items, next: page.next }).await
}

#[utoipa::path(get, path = "/api/v1/imports/{id}/problems.csv", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, description = "The rows with problems as they came, and what is wrong with each"),
              (status = 404), (status = 409, description = "The file can't be read")))]
async fn problem_file(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::problems::sent(&mut cx, id).await
}

#[utoipa::path(post, path = "/api/v1/imports/{id}/keep", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = Told, description = "It is being kept"), (status = 404),
              (status = 409, description = "It is not checked")))]
async fn keep(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::keep(&mut cx, id).await?;
    state(&mut cx, id).await
}

#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = Told, description = "It stops at its next batch; what is kept stays"),
              (status = 404), (status = 409, description = "It has ended")))]
async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::cancel(&mut cx, id).await?;
    state(&mut cx, id).await
}

#[utoipa::path(get, path = "/api/v1/imports/{id}/undo", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = Foreseen, description = "What an undo would take back now; nothing is changed"),
              (status = 404), (status = 409, description = "There is nothing to undo")))]
async fn foresee_undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let foreseen = foresee::undo(&mut cx, id).await?;
    cx.json(&foreseen).await
}

#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = Told, description = "It is being undone"), (status = 404),
              (status = 409, description = "There is nothing to undo")))]
async fn undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::undo(&mut cx, id).await?;
    state(&mut cx, id).await
}
