//! Where generated code finds the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The path of the facade: `::eventsourcing`, or what `crate = path` says.
#[derive(Clone)]
pub(crate) struct Paths {
    facade: syn::Path,
}

impl Paths {
    /// Takes what `crate = path` says, if anything.
    pub(crate) fn new(facade: Option<syn::Path>) -> Self {
        Self {
            facade: facade.unwrap_or_else(|| syn::parse_quote!(::eventsourcing)),
        }
    }

    /// The module that holds everything that generated code names.
    pub(crate) fn private(&self) -> TokenStream {
        let facade = &self.facade;
        quote!(#facade::__private)
    }

    /// The same, placed where the user looks: what is wrong with it is underlined there.
    pub(crate) fn private_at(&self, span: Span) -> TokenStream {
        respan(self.private(), span)
    }

    /// What serde's `crate = ".."` wants.
    pub(crate) fn serde(&self) -> String {
        self.exported("serde")
    }

    /// The path of what the facade passes on, as text for the attributes of other derives.
    pub(crate) fn exported(&self, name: &str) -> String {
        let facade = self.facade.to_token_stream().to_string().replace(' ', "");
        format!("{facade}::__private::{name}")
    }
}

/// The same tokens at another place; they resolve as before.
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    tokens.collect()
}
