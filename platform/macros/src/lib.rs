//! `#[both_databases]`: one story, run on SQLite always, and on PostgreSQL when
//! `OASES_TEST_POSTGRES` gives an address; the gate gives one.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Marks `async fn story(house: House)` as a story. `House` is any type that implements
/// `platform::testing::Story`.
#[proc_macro_attribute]
pub fn both_databases(_: TokenStream, item: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let name = tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word.to_string() == "fn" => Some(name.to_string()),
        _ => None,
    });
    let house = tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let colon = inside.iter().position(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == ':'))?;
            Some(inside[colon + 1..].iter().cloned().collect::<TokenStream>().to_string())
        }
        _ => None,
    });
    let (Some(name), Some(house)) = (name, house) else {
        return "compile_error!(\"a story is `async fn name(house: House)`\");".parse().unwrap_or_default();
    };
    let house = house.trim_end_matches(',');
    let story = format!(
        "mod {name} {{
            #[allow(unused_imports)]
            use super::*;
            {item}
            #[test]
            fn on_sqlite() {{
                ::platform::testing::tell(::platform::testing::On::Sqlite, |house: {house}| {name}(house));
            }}
            #[test]
            fn on_postgres() {{
                ::platform::testing::tell(::platform::testing::On::Postgres, |house: {house}| {name}(house));
            }}
        }}"
    );
    story.parse().unwrap_or_default()
}
