//! How functions and methods are called.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use super::super::handler::Call;
use super::super::reply::Reply;
use super::Expand;
use crate::heard::{Takes, at, binding};

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
                Takes::Written => Ident::new("__cx", at(parameter.ty)),
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
