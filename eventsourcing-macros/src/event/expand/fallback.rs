use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, GenericParam, Ident, parse_quote};

use super::{event_generics, slice};
use crate::ident;
use crate::paths::Paths;

/// Impls that are never used, so that a mistake in the event is not followed by others wherever the event is used.
pub(in crate::event) fn fallback(input: &DeriveInput, paths: &Paths) -> TokenStream {
    if input
        .generics
        .params
        .iter()
        .any(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
    {
        return TokenStream::new();
    }
    let private = paths.private();
    let event = &input.ident;
    let generics = event_generics(input, &private);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let mut emit_into = generics.clone();
    emit_into.params.push(parse_quote!(__C));
    let (impl_emit_into, ..) = emit_into.split_for_impl();
    let idents = variants(input);
    let variants = slice(idents.iter().map(|variant| {
        let name = ident::text(variant);
        quote!(#private::Variant { name: #name, types: &#private::EventTypes::NONE })
    }));
    let methods = idents.iter().map(|variant| ident::emit_method(variant));
    quote! {
        #[allow(non_snake_case)]
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #private::Event for #event #ty_generics #where_clause {
                const TYPES: #private::EventTypes = #private::EventTypes::NONE;
                const VARIANTS: &'static [#private::Variant] = #variants;

                fn streams(&self) -> #private::Result<#private::Vec<#private::StreamId>, #private::InvalidStreamId> {
                    ::core::unreachable!()
                }

                fn encode(&self) -> #private::Result<#private::Encoded, #private::EncodeError> {
                    ::core::unreachable!()
                }

                fn decode(_: #private::Stored<'_>) -> #private::Result<Self, #private::DecodeFailure> {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #impl_generics #event #ty_generics #where_clause {
                #(
                    #[doc(hidden)]
                    pub fn #methods<__C>(self, _: &mut #private::Decide<__C>) {}
                )*
            }

            #[automatically_derived]
            impl #impl_generics #private::Emittable for #event #ty_generics #where_clause {
                type Itself = Self;
            }

            #[automatically_derived]
            impl #impl_emit_into #private::EmitInto<__C, ()> for #event #ty_generics #where_clause {}
        };
    }
}

fn variants(input: &DeriveInput) -> Vec<&Ident> {
    match &input.data {
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.ident).collect(),
        Data::Struct(_) | Data::Union(_) => vec![&input.ident],
    }
}
