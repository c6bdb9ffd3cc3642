//! Which event types there are: constants.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::super::model::{Kind, Own};
use super::{Expand, slice};
use crate::ident;

impl Expand<'_> {
    /// The event types that are defined here, in a table that everything else refers to, and where that is.
    pub(super) fn types(&self) -> TokenStream {
        let private = &self.private;
        let table = slice(self.model.own().map(|(variant, own)| {
            let Own {
                name,
                version,
                aliases,
                ..
            } = own;
            let aliases = slice(aliases);
            let event_type = quote!(#private::EventType::new(#name, #version, #aliases));
            self.described(event_type, variant, own)
        }));
        let name = ident::text(self.ident());
        quote! {
            const __ORIGIN: &str = ::core::concat!(::core::module_path!(), "::", #name);
            const __TYPES: &[#private::EventType] = #table;
        }
    }

    /// `Event::TYPES` and `Event::VARIANTS`.
    pub(super) fn types_consts(&self) -> TokenStream {
        let private = &self.private;
        let nested = slice(self.model.wrapped().map(|event| self.types_of(event)));
        let retired = slice(self.model.retired);
        let variants = slice(self.variants().map(|(_, variant)| {
            let name = ident::text(variant.ident);
            let types = match &variant.kind {
                Kind::Own(Own { index, .. }) => {
                    quote! {
                        &#private::EventTypes {
                            origin: __ORIGIN,
                            own: &[__TYPES[#index]],
                            nested: &[],
                            retired: &[],
                        }
                    }
                }
                Kind::Wrapper(event) => self.types_of(event),
            };
            quote!(#private::Variant { name: #name, types: #types })
        }));
        let distinct = if self.is_generic() {
            self.names_are_distinct(&quote!(Self))
        } else {
            TokenStream::new()
        };
        quote! {
            const TYPES: #private::EventTypes = {
                #distinct
                #private::EventTypes { origin: __ORIGIN, own: __TYPES, nested: #nested, retired: #retired }
            };
            const VARIANTS: &'static [#private::Variant] = #variants;
        }
    }

    /// Compares the stored names of wrapped events, which only the compiler knows, with the others. Constants of a
    /// generic event have no value before it is used; in all others, the mistake is found here.
    pub(super) fn assert_distinct_names(&self) -> TokenStream {
        if self.is_generic() || self.model.wrapped().next().is_none() {
            return TokenStream::new();
        }
        let distinct = self.names_are_distinct(self.ident());
        quote!(const _: () = { #distinct };)
    }

    fn names_are_distinct(&self, event: &impl ToTokens) -> TokenStream {
        let checks = self
            .variants()
            .filter_map(|(index, variant)| match &variant.kind {
                Kind::Own(_) => None,
                Kind::Wrapper(wrapped) => {
                    let private = self.paths.private_at(wrapped.span());
                    Some(quote_spanned!(wrapped.span()=> #private::assert_distinct_names::<#event>(#index);))
                }
            });
        checks.collect()
    }

    fn types_of(&self, event: &Type) -> TokenStream {
        let event = self.wrapped(event);
        quote!(&#event::TYPES)
    }

    pub(super) fn is_generic(&self) -> bool {
        !self.generics.params.is_empty()
    }
}
