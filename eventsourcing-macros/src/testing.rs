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

/// The messages of the compile errors in an expansion, wherever they stand.
pub(crate) fn errors(tokens: TokenStream) -> Vec<String> {
    let mut errors = Vec::new();
    collect_errors(tokens, &mut errors);
    errors
}

fn collect_errors(tokens: TokenStream, errors: &mut Vec<String>) {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "compile_error" => {
                let Some(TokenTree::Group(message)) = tokens.nth(1) else {
                    panic!("`compile_error` is a macro");
                };
                let message: syn::LitStr = syn::parse2(message.stream()).expect("a message is a text");
                errors.push(message.value());
            }
            TokenTree::Group(group) => collect_errors(group.stream(), errors),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
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
