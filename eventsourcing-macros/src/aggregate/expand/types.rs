//! The types that the user gives, and what stands in for those that are missing.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;

use super::super::model::Model;
use crate::paths::Paths;

pub(super) struct Types<'a> {
    model: &'a Model<'a>,
    private: TokenStream,
    /// Contains the first mistake, which is reported anyway. So the compiler knows that the type is wrong, and does not complain about
    /// how it is used.
    missing: TokenStream,
}

impl<'a> Types<'a> {
    pub(super) fn new(model: &'a Model<'a>, paths: &Paths, errors: Option<&syn::Error>) -> Self {
        let first = errors.and_then(|errors| errors.clone().into_iter().next());
        let first = first.map(syn::Error::into_compile_error);
        Self {
            model,
            private: paths.private(),
            missing: quote!([(); { #first }]),
        }
    }

    pub(super) fn id(&self) -> TokenStream {
        self.or_missing(self.model.id)
    }

    pub(super) fn event(&self) -> TokenStream {
        self.or_missing(self.model.event)
    }

    pub(super) fn error(&self) -> TokenStream {
        if self.model.has_default_error {
            let private = &self.private;
            return quote!(#private::Rejection);
        }
        self.or_missing(self.model.error)
    }

    pub(super) fn or_missing(&self, ty: Option<&Type>) -> TokenStream {
        ty.map_or_else(|| self.missing.clone(), Type::to_token_stream)
    }
}
