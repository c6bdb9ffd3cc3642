use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput};

use super::model::Model;
use crate::paths::Paths;

pub(super) fn key(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let implementation = implementation(model, paths);
    quote! {
        const _: () = {
            #implementation
        };
    }
}

/// The impl, beside the constant `__KEYS`, which reads and writes the text of the key.
pub(crate) fn implementation(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let Model {
        ident,
        category,
        member,
        inner,
    } = model;
    let private = paths.private();
    let keys = quote_spanned!(inner.span()=> #private::text_keys::<#inner>);
    quote! {
        const __KEYS: #private::TextKeys<#inner> = #keys(#category);

        #[automatically_derived]
        impl #private::StreamKey for #ident {
            const CATEGORY: #private::Option<#private::Category> =
                #private::Some(#private::Category::from_static(#category));

            fn to_stream_id(&self) -> #private::Result<#private::StreamId, #private::InvalidStreamId> {
                __KEYS.to_stream_id(&self.#member)
            }

            fn from_stream_id(
                __stream: &#private::StreamId,
            ) -> #private::Result<Self, #private::InvalidStreamKey> {
                #private::Ok(Self { #member: __KEYS.from_stream_id(__stream)? })
            }
        }

        #[automatically_derived]
        impl #private::RowValue for #ident {
            const TYPE: #private::ColumnType = #private::ColumnType::Text;

            fn to_value(&self) -> #private::Result<#private::Value, #private::InvalidValue> {
                #private::Ok(__KEYS.to_value(&self.#member))
            }

            fn from_value(__value: #private::Value) -> #private::Result<Self, #private::InvalidValue> {
                #private::Ok(Self { #member: __KEYS.from_value(__value)? })
            }
        }

        #[automatically_derived]
        impl #private::RowKey for #ident {}
    }
}

/// An impl that is never used, so that a mistake in the key is not followed by others wherever the key is used.
pub(crate) fn fallback(input: &DeriveInput, paths: &Paths) -> TokenStream {
    if matches!(input.data, Data::Union(_)) {
        // It cannot have what a key needs besides, and would be told so.
        return TokenStream::new();
    }
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

            #[automatically_derived]
            impl #impl_generics #private::RowValue for #ident #ty_generics #supertraits {
                const TYPE: #private::ColumnType = #private::ColumnType::Text;

                fn to_value(&self) -> #private::Result<#private::Value, #private::InvalidValue> {
                    ::core::unreachable!()
                }

                fn from_value(_: #private::Value) -> #private::Result<Self, #private::InvalidValue> {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #impl_generics #private::RowKey for #ident #ty_generics #supertraits {}
        };
    }
}
