//! How functions and methods are called.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use super::super::event_path::EventPath;
use super::super::handler::Call;
use super::super::parameter::Takes;
use super::super::reply::Reply;
use super::{Expand, at, event_ident};
use crate::ident;

/// The pattern of an event that binds fields.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub(super) fn pattern<'f>(
    number: usize,
    event: &EventPath,
    fields: impl Iterator<Item = &'f Ident>,
) -> TokenStream {
    let alias = event_ident(number, event);
    let fields: Vec<_> = fields
        .map(|field| {
            let binding = binding(field);
            quote!(#field: #binding,)
        })
        .collect();
    match &event.variant {
        Some(variant) => quote!(#alias::#variant { #(#fields)* .. }),
        // Of an enum, which has no fields, all variants.
        None if fields.is_empty() => quote!(_),
        None => quote!(#alias { #(#fields)* .. }),
    }
}

impl Expand<'_> {
    /// Calls what handles something, and sends what it returns. `first` is its `self`, if it has one.
    pub(super) fn call(
        &self,
        callee: &TokenStream,
        first: Option<TokenStream>,
        call: &Call<'_>,
    ) -> TokenStream {
        let arguments = call.parameters.iter().map(|parameter| {
            let name = match parameter.takes {
                Takes::Event => Ident::new("__event", at(parameter.ty)),
                Takes::Sends => Ident::new("__cx", at(parameter.ty)),
                Takes::Rejection => Ident::new("__rejection", at(parameter.ty)),
                Takes::Command => Ident::new("__command", at(parameter.ty)),
                Takes::Field(field) => {
                    let mut binding = binding(field);
                    binding.set_span(at(parameter.ty));
                    binding
                }
            };
            quote!(#name)
        });
        let arguments = first.into_iter().chain(arguments);
        let called = quote!(#callee(#(#arguments),*));
        let cx = Ident::new("__cx", Span::mixed_site());
        let Some(command) = call.reply.command() else {
            return quote!(#called;);
        };
        let reply = Ident::new("__reply", at(command));
        let private = self.paths.private_at(command.span());
        let send = match call.reply {
            Reply::Each(_) => quote_spanned!(command.span()=> #private::send_each),
            Reply::One(_) | Reply::Nothing => quote_spanned!(command.span()=> #private::send),
        };
        quote! {
            let #reply = #called;
            #send(#cx, #reply);
        }
    }
}

/// The variable that holds a reference to a field.
pub(super) fn binding(field: &Ident) -> Ident {
    ident::derived("__field_", field)
}
