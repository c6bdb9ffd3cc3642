//! What is left of a command with mistakes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, GenericParam, Generics, parse_quote};

use super::super::parse::CommandAttribute;
use super::{command_generics, found_ident, state_ident};
use crate::paths::Paths;

/// Reports the mistakes, with impls that keep others from following.
///
/// The first mistake stands within the types of the state and of what is discovered. So the compiler knows that these are
/// wrong, and does not complain about how they are used.
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
    let others = errors.map(syn::Error::into_compile_error);
    let types = types(input, attribute, &first);
    let has_lifetimes = input.generics.lifetimes().next().is_some();
    let impls = (!has_lifetimes).then(|| impls(input, paths));
    quote! {
        #types
        #impls
        #(#others)*
    }
}

fn types(input: &DeriveInput, attribute: &CommandAttribute, error: &syn::Error) -> TokenStream {
    let state = state_ident(&input.ident);
    let vis = &input.vis;
    let (_, arguments, _) = input.generics.split_for_impl();
    let parameters = without_bounds(&input.generics);
    let lifetimes = input.generics.lifetimes().map(|parameter| &parameter.lifetime);
    let types = input.generics.type_params().map(|parameter| &parameter.ident);
    // In place of an expression it is an error that the type takes over; in place of a type it would be `()`.
    let error = error.to_compile_error();
    let found = (!attribute.discovers.is_empty()).then(|| {
        let found = found_ident(&input.ident);
        quote! {
            #[doc(hidden)]
            #vis type #found #parameters = #state #arguments;
        }
    });
    quote! {
        #[doc(hidden)]
        #vis type #state #parameters = (#(&#lifetimes (),)* fn(#(#types),*), [(); { #error }]);
        #found
    }
}

/// The parameters of an alias, where bounds have no effect.
fn without_bounds(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.where_clause = None;
    for parameter in &mut generics.params {
        match parameter {
            GenericParam::Type(parameter) => parameter.bounds.clear(),
            GenericParam::Lifetime(parameter) => parameter.bounds.clear(),
            GenericParam::Const(_) => {}
        }
    }
    generics
}

fn impls(input: &DeriveInput, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let command = &input.ident;
    let state = state_ident(command);
    let generics = command_generics(input, &private);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let mut any = generics.clone();
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
                const READS: &'static [&'static #private::EventTypes] = &[];
                const ORIGIN: &'static str = "";
                const COMMIT_ORDER: bool = false;

                type Origin = Self;
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
