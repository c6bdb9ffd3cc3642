//! What is left of a process manager with mistakes: impls that are never used, so that others do not follow.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, ItemFn, ItemImpl, parse_quote};

use super::function::marker;
use crate::paths::Paths;

pub(in crate::process_manager) fn function(item: &ItemFn, paths: &Paths, errors: &syn::Error) -> TokenStream {
    let (marker, ident) = (marker(item), &item.sig.ident);
    let impls = impls(&quote!(#ident), &Generics::default(), paths);
    let errors = errors.to_compile_error();
    quote!(#marker #impls #errors)
}

pub(in crate::process_manager) fn block(item: &ItemImpl, paths: &Paths, errors: &syn::Error) -> TokenStream {
    let ty = &item.self_ty;
    let impls = item
        .trait_
        .is_none()
        .then(|| impls(&quote!(#ty), &item.generics, paths));
    let errors = errors.to_compile_error();
    quote!(#impls #errors)
}

fn impls(manager: &TokenStream, generics: &Generics, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let mut any = generics.clone();
    any.params.push(parse_quote!(__C));
    let (any, _, where_clause) = any.split_for_impl();
    let sends = quote! {
        #[automatically_derived]
        impl #any #private::SendsCommand<__C> for #manager #where_clause {
            const SENDING: #private::Sending<__C> = #private::sending_nothing();
        }
    };
    // With parameters it could not be one: they need not be `'static`.
    let process_manager = generics.params.is_empty().then(|| {
        quote! {
            #[automatically_derived]
            impl #private::ProcessManager for #manager {
                const MANAGER: #private::Manager = #private::Manager {
                    name: "",
                    origin: "",
                    on: &[],
                    sends: &[],
                    start: #private::Start::Now,
                    behaviour: #private::stateless::<Self>(),
                };
            }

            #[automatically_derived]
            impl #private::StatelessManager for #manager {
                const LISTENERS: &'static [&'static dyn #private::Listens<Self>] = &[];
            }
        }
    });
    quote! {
        const _: () = {
            #sends
            #process_manager
        };
    }
}
