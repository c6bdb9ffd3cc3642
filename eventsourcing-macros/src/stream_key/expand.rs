use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use super::model::Model;
use crate::paths::Paths;

pub(super) fn key(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let Model { ident, category, member, inner } = model;
    let private = paths.private();
    // The helpers carry the span of the inner type: it is what must display and parse.
    let to_stream = quote_spanned!(inner.span()=> #private::key_to_stream::<#inner>);
    let from_stream = quote_spanned!(inner.span()=> #private::key_from_stream::<#inner>);
    quote! {
        const _: () = {
            const CATEGORY: #private::Category = #private::Category::from_static(#category);

            #[automatically_derived]
            impl #private::StreamKey for #ident {
                const CATEGORY: #private::Option<#private::Category> = #private::Some(CATEGORY);

                fn to_stream_id(&self) -> #private::Result<#private::StreamId, #private::InvalidStreamId> {
                    #to_stream(#category, &self.#member)
                }

                fn from_stream_id(
                    stream: &#private::StreamId,
                ) -> #private::Result<Self, #private::InvalidStreamKey> {
                    #private::Ok(Self { #member: #from_stream(CATEGORY, stream)? })
                }
            }
        };
    }
}

/// An impl that is never used, so that a mistake in the key is not followed by others wherever the key is used.
pub(super) fn fallback(input: &DeriveInput, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let supertraits = (!input.generics.params.is_empty()).then(|| {
        let predicates = where_clause.map(|clause| &clause.predicates);
        quote! {
            where
                Self: ::core::clone::Clone + ::core::fmt::Debug + ::core::cmp::Eq + ::core::hash::Hash
                    + ::core::marker::Send + ::core::marker::Sync + 'static,
                #predicates
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #private::StreamKey for #ident #ty_generics #supertraits {
                const CATEGORY: #private::Option<#private::Category> = #private::None;

                fn to_stream_id(&self) -> #private::Result<#private::StreamId, #private::InvalidStreamId> {
                    ::core::unreachable!()
                }

                fn from_stream_id(_: &#private::StreamId) -> #private::Result<Self, #private::InvalidStreamKey> {
                    ::core::unreachable!()
                }
            }
        };
    }
}
