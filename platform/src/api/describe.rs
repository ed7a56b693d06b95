//! The API's description, with what all of its doors share, and each door held to what its own description says it takes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Parameter as Declared, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, Object, OpenApi, Ref, RefOr, Required, Response as Answer, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use super::asked::{self, Parameter};
use crate::error::Error;
use crate::forms::Form;
use crate::house::House;
use crate::web::ApiRoutes;

/// What is wrong, as every refusal says it (RFC 9457).
#[derive(serde::Serialize, ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code)] // Its shape is described; the answers are written by `web::answer`.
struct ProblemBody {
    /// `urn:oases:problem:` and the kind of the error.
    r#type: String,
    /// In a few words, in the language of `Accept-Language`.
    title: String,
    status: u16,
    detail: String,
    /// Everything that is wrong, field by field.
    errors: Option<Vec<FieldProblem>>,
    /// For a stale change: both versions.
    versions: Option<serde_json::Value>,
    /// To quote to whoever runs the server, of what went wrong there.
    id: Option<String>,
}

#[derive(serde::Serialize, ToSchema)]
#[allow(dead_code)]
struct FieldProblem {
    field: String,
    /// Stays the same in every language.
    key: String,
    message: String,
}

type Rules = HashMap<String, Vec<Parameter>>;

/// The API's routes and their description.
pub fn described(api: ApiRoutes) -> (Router<Arc<House>>, OpenApi) {
    let (router, mut description) = api.0.split_for_parts();
    let mut rules = Rules::new();
    for (path, item) in &mut description.paths.paths {
        if let Some(get) = &mut item.get {
            allow_a_limit(get);
            rules.insert(path.clone(), taken(get));
        }
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            operation.operation_id = Some(operation_id(method, path));
            share(method, path, operation);
            if method == "post" {
                allow_again(operation);
            }
            say_what_is_answered(operation);
        }
    }
    let components = description.components.get_or_insert_with(Components::new);
    for (name, schema) in [("Problem", ProblemBody::schema()), ("FieldProblem", FieldProblem::schema())] {
        components.schemas.insert(name.to_owned(), schema);
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some("A key, made on the account's page and shown once.")).build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    description.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    let router =
        if router.has_routes() { router.route_layer(from_fn_with_state(Arc::new(rules), hold)) } else { router };
    (router, description)
}

/// What goes on by a mark is a list, and a list takes `limit`, which its door reads by [`Cx::limit`].
fn allow_a_limit(list: &mut Operation) {
    let declared = |name: &str| {
        let mut all = list.parameters.iter().flatten().filter_map(of_query);
        all.any(|(parameter, _)| parameter.name == name)
    };
    if !declared("after") || declared("limit") {
        return;
    }
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).build();
    let limit = ParameterBuilder::new()
        .name("limit")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("1 to 200 at a time"))
        .schema(Some(number))
        .build();
    list.parameters.get_or_insert_default().push(RefOr::T(limit));
}

/// The query parameters that an operation declares.
fn taken(operation: &Operation) -> Vec<Parameter> {
    let declared = operation.parameters.iter().flatten();
    declared
        .filter_map(of_query)
        .map(|(parameter, object)| {
            let pattern = object.and_then(|object| object.pattern.as_deref());
            Parameter::declared(&parameter.name, object.is_some_and(is_number), pattern)
        })
        .collect()
}

fn of_query(parameter: &RefOr<Declared>) -> Option<(&Declared, Option<&Object>)> {
    let RefOr::T(parameter) = parameter else { return None };
    if parameter.parameter_in != ParameterIn::Query {
        return None;
    }
    let object = match &parameter.schema {
        Some(RefOr::T(Schema::Object(object))) => Some(object),
        _ => None,
    };
    Some((parameter, object))
}

fn is_number(object: &Object) -> bool {
    match &object.schema_type {
        SchemaType::Type(one) => *one == Type::Integer,
        SchemaType::Array(several) => several.contains(&Type::Integer),
        SchemaType::AnyValue => false,
    }
}

/// What a generated client calls a door: the method and the words of its path, and so like no other.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// Says of each answer what its status means here, where the door says nothing of its own.
fn say_what_is_answered(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = match status.as_str() {
                "200" => "What was asked for",
                "201" => "It was made; `Location` says where it is, `ETag` its version",
                "202" => "It will be done later",
                "204" => "It was done; there is nothing to say",
                "304" => "It has not changed since",
                "400" => "The request can't be read",
                "404" => "There is none, or none within reach",
                "409" => "It does not fit the state of things, or somebody else was writing for too long",
                "412" => "Somebody changed the same since: both versions, field by field",
                "413" => "Too large",
                "422" => "Problems, field by field",
                _ => "As the status says",
            }
            .to_owned();
        }
    }
}

/// What every door may answer.
fn share(method: &str, path: &str, operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let mut may =
        vec![("401", "Nobody is signed in, or the key is none"), ("403", "Not for this account, or not with this key")];
    if path.contains('{') {
        may.push(("404", ""));
    }
    match method {
        "get" => may.push(("422", "Asked for what is not there to ask")),
        _ => may.extend([("409", ""), ("422", "")]),
    }
    for (status, words) in may {
        responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(words).build()));
    }
    let refused = |(status, _): &(&String, &mut RefOr<Answer>)| status.starts_with('4');
    for (_, answer) in responses.iter_mut().filter(refused) {
        if let RefOr::T(answer) = answer
            && answer.content.is_empty()
        {
            let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            answer.content =
                BTreeMap::from([("application/problem+json".to_owned(), problem.into())]).into_iter().collect();
        }
    }
}

/// A create may be sent again under its key, which is answered as the first was.
fn allow_again(operation: &mut Operation) {
    if !operation.responses.responses.contains_key("201") {
        return;
    }
    let parameters = operation.parameters.get_or_insert_with(Vec::new);
    let is_key = |one: &RefOr<Declared>| matches!(one, RefOr::T(one) if one.name == "Idempotency-Key");
    if parameters.iter().any(is_key) {
        return;
    }
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("8 to 200 characters; the same create sent again under it is answered as the first was"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    parameters.push(RefOr::T(key.build()));
}

/// Refuses what a door does not take.
async fn hold(State(rules): State<Arc<Rules>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let query = request.uri().query().unwrap_or_default();
    if request.method() == Method::GET
        && !query.is_empty()
        && let Some(known) = rules.get(&path)
        && let Err(error @ Error::Invalid(_)) = asked::problems(&Form::decode(query), known).into_result()
    {
        return error.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use utoipa_axum::router::OpenApiRouter;
    use utoipa_axum::routes;

    use super::*;
    use crate::error::Result;

    #[utoipa::path(get, path = "/api/v1/things", responses((status = 200)))]
    async fn index() -> Result<Response> {
        Err(Error::NotFound)
    }

    #[utoipa::path(get, path = "/api/v1/things/{id}", params(("id" = i64, Path)), responses((status = 200)))]
    async fn show() -> Result<Response> {
        Err(Error::NotFound)
    }

    #[utoipa::path(put, path = "/api/v1/things/{id}", params(("id" = i64, Path)),
        responses((status = 200), (status = 409, description = "Its own words")))]
    async fn change() -> Result<Response> {
        Err(Error::NotFound)
    }

    #[test]
    fn each_door_declares_what_the_house_may_refuse_at_it() {
        let routes = OpenApiRouter::new().routes(routes!(index)).routes(routes!(show, change));
        let (_, description) = described(ApiRoutes(routes));
        let description = serde_json::to_value(&description).unwrap();
        let declared = |path: &str, method: &str| {
            let answers = description["paths"][path][method]["responses"].as_object().unwrap();
            for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('4')) {
                assert_ne!(answer["description"], "", "{status}");
                assert!(answer["content"]["application/problem+json"].is_object(), "{status}: {answer}");
            }
            answers.keys().filter(|status| status.starts_with('4')).cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(declared("/api/v1/things", "get"), "401 403 422");
        assert_eq!(declared("/api/v1/things/{id}", "get"), "401 403 404 422");
        assert_eq!(declared("/api/v1/things/{id}", "put"), "401 403 404 409 422");
        let own = &description["paths"]["/api/v1/things/{id}"]["put"]["responses"]["409"]["description"];
        assert_eq!(own, "Its own words");
    }
}
