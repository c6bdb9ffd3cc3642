//! What the tests of the macros share: expansions as text, and the messages of compile errors.

use proc_macro2::{TokenStream, TokenTree};

/// Compares an expansion with the snapshot that is named after the test.
macro_rules! assert_expansion {
    ($tokens:expr) => {{
        let mut settings = ::insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| ::insta::assert_snapshot!($crate::testing::expand($tokens)));
    }};
}

pub(crate) use assert_expansion;

/// An expansion as `rustfmt` would write it.
pub(crate) fn expand(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("an expansion is a list of items"))
}

/// The messages of the compile errors in an expansion.
pub(crate) fn errors(tokens: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(tokens).expect("an expansion is a list of items");
    let messages = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => item
            .mac
            .parse_body::<syn::LitStr>()
            .ok()
            .map(|message| message.value()),
        _ => None,
    });
    messages.collect()
}

/// Checks that an expansion with `crate = facade` does not name this crate: not even in a text.
pub(crate) fn assert_only_names(facade: &str, tokens: TokenStream) {
    let mut words = Vec::new();
    collect_words(tokens, &mut words);
    assert!(
        words.iter().any(|word| word == facade),
        "the facade is not named at all"
    );
    let banned: Vec<_> = words
        .iter()
        .filter(|word| word.contains("eventsourcing"))
        .collect();
    assert!(banned.is_empty(), "found {banned:?}");
}

fn collect_words(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_words(group.stream(), words),
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Literal(literal) => words.push(literal.to_string()),
            TokenTree::Punct(_) => {}
        }
    }
}
