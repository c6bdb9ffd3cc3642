//! What is left of a command with mistakes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, GenericParam, parse_quote};

use super::super::parse::CommandAttribute;
use super::{found_ident, state_ident};
use crate::paths::Paths;

/// Reports the mistakes, with impls that keep others from following.
///
/// The first mistake stands where a type should: as the state, and as what is discovered. So the compiler knows that
/// these types are wrong, and does not complain about how they are used.
pub(in crate::command) fn fallback(
    input: &DeriveInput,
    attribute: &CommandAttribute,
    paths: &Paths,
    errors: Option<syn::Error>,
) -> TokenStream {
    let mut errors = errors.into_iter().flatten();
    let Some(first) = errors.next() else {
        return TokenStream::new();
    };
    let others = errors.map(|error| error.into_compile_error());
    let types = types(input, attribute, &first);
    let impls = impls(input, paths);
    quote! {
        #types
        #impls
        #(#others)*
    }
}

fn types(input: &DeriveInput, attribute: &CommandAttribute, error: &syn::Error) -> TokenStream {
    let state = state_ident(&input.ident);
    let vis = &input.vis;
    let (_, generics, _) = input.generics.split_for_impl();
    let error = error.to_compile_error();
    let found = (!attribute.discovers.is_empty()).then(|| {
        let found = found_ident(&input.ident);
        quote! {
            #[doc(hidden)]
            #vis type #found #generics = #state #generics;
        }
    });
    quote! {
        #[doc(hidden)]
        #vis type #state #generics = #error;
        #found
    }
}

fn impls(input: &DeriveInput, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let command = &input.ident;
    let state = state_ident(command);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let mut any = input.generics.clone();
    any.params.push(parse_quote!(__T));
    let mut any_variant = any.clone();
    any_variant
        .params
        .push(GenericParam::Const(parse_quote!(const __N: usize)));
    let (any, ..) = any.split_for_impl();
    let (any_variant, ..) = any_variant.split_for_impl();
    let span = command.span();
    let of = quote_spanned!(span=> #private::Command);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #of for #command #ty_generics #where_clause {
                const NAME: &'static str = "";
                const EMITS: &'static [&'static #private::EventTypes] = &[];
                const COMMIT_ORDER: bool = false;

                type State = #state #ty_generics;
                type Found = #state #ty_generics;

                fn plan(&self, _: &mut #private::Plan) -> #private::Result<(), #private::InvalidStreamField> {
                    ::core::unreachable!()
                }

                fn initial(&self) -> Self::State {
                    ::core::unreachable!()
                }

                fn fold(
                    &self,
                    _: &mut Self::State,
                    _: #private::Slot,
                    _: &#private::StreamId,
                    _: &[#private::Arc<#private::RecordedEvent>],
                ) -> #private::Result<(), #private::DecodeError> {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #impl_generics #private::Discovers for #command #ty_generics #where_clause {}

            #[automatically_derived]
            impl #any #private::Declares<__T> for #command #ty_generics #where_clause {
                type Field = #private::Writable;
            }

            #[automatically_derived]
            impl #any_variant #private::Lists<__T, __N, #private::Listed<0>> for #command #ty_generics #where_clause {}
        };
    }
}
