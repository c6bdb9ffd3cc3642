//! Which event types there are: constants.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::model::{Kind, Own};
use super::{Expand, slice};
use crate::ident;

impl Expand<'_> {
    /// The event types that are defined here, in a table that everything else refers to.
    pub(super) fn types(&self) -> TokenStream {
        let private = &self.private;
        let table = slice(self.model.own().map(|(_, own)| {
            let Own { name, version, aliases, .. } = own;
            let aliases = slice(aliases);
            quote!(#private::EventType { name: #name, version: #version, aliases: #aliases })
        }));
        quote!(const __TYPES: &[#private::EventType] = #table;)
    }

    /// `Event::TYPES` and `Event::VARIANTS`.
    pub(super) fn types_consts(&self) -> TokenStream {
        let private = &self.private;
        let nested = slice(self.model.wrapped().map(|event| quote!(&<#event as #private::Event>::TYPES)));
        let retired = slice(self.model.retired);
        let variants = slice(self.variants().map(|(_, variant)| {
            let name = ident::text(variant.ident);
            let types = match &variant.kind {
                Kind::Own(Own { index, .. }) => {
                    quote!(&#private::EventTypes { own: &[__TYPES[#index]], nested: &[], retired: &[] })
                }
                Kind::Wrapper(event) => quote!(&<#event as #private::Event>::TYPES),
            };
            quote!(#private::Variant { name: #name, types: #types })
        }));
        let distinct = self.names_are_distinct();
        quote! {
            const TYPES: #private::EventTypes = {
                #distinct
                #private::EventTypes { own: __TYPES, nested: #nested, retired: #retired }
            };
            const VARIANTS: &'static [#private::Variant] = #variants;
        }
    }

    /// Names of wrapped events are only known to the compiler: it compares them with the others.
    fn names_are_distinct(&self) -> TokenStream {
        let private = &self.private;
        let checks = self.variants().filter_map(|(index, variant)| match &variant.kind {
            Kind::Own(_) => None,
            Kind::Wrapper(event) => {
                Some(quote_spanned!(event.span()=> #private::assert_distinct_names::<Self>(#index);))
            }
        });
        checks.collect()
    }
}
