pub fn query_key(query: &str) -> Option<String> {
    Some(query.to_lowercase())
}
pub fn successor(_: &str) -> Option<String> {
    None
}
