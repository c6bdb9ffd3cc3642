//! What functions and blocks have in common: what they listen to, and what they send.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::model::Sent;
use super::super::parse::Start;
use super::{Expand, command_ident};
use crate::heard::shown;
use crate::stream_type;

impl Expand<'_> {
    /// `SendsCommand` for each command that may be sent. The only call that asks anything of the command.
    pub(super) fn sends_commands(&self) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        let impls = self.sends.iter().enumerate().map(|(number, sent)| {
            let alias = command_ident(number, *sent);
            let (command, span, name) = match sent {
                Sent::Listed(path) => (quote!(#path), path.span(), shown(path)),
                Sent::Returned(ty) => (quote!(#ty), ty.span(), stream_type::written(ty).replace(' ', "")),
            };
            let sending = {
                let private = self.paths.private_at(span);
                quote_spanned!(span=> #private::sending::<#alias>(#name))
            };
            let implement = quote_spanned! {Span::call_site().located_at(span)=>
                #[automatically_derived]
                impl #private::SendsCommand<#alias> for #manager
            };
            quote! {
                type #alias = #command;
                #implement {
                    const SENDING: #private::Sending<#alias> = #sending;
                }
            }
        });
        impls.collect()
    }

    /// `ProcessManager`: what is known before anything runs.
    pub(super) fn process_manager(
        &self,
        name: &str,
        ident: &str,
        on: &[TokenStream],
        behaviour: &TokenStream,
    ) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        let sends = self.sends.iter().enumerate().map(|(number, sent)| {
            let alias = command_ident(number, *sent);
            quote!(<Self as #private::SendsCommand<#alias>>::SENDING.sent)
        });
        let start = match self.start {
            Some(Start::Now) => quote!(#private::Start::Now),
            Some(Start::Beginning) | None => quote!(#private::Start::Beginning),
        };
        quote! {
            #[automatically_derived]
            impl #private::ProcessManager for #manager {
                const MANAGER: #private::Manager = #private::Manager {
                    name: #name,
                    origin: ::core::concat!(::core::module_path!(), "::", #ident),
                    on: &[#(#on.heard.listened),*],
                    sends: &[#(#sends),*],
                    start: #start,
                    behaviour: #behaviour,
                };
            }
        }
    }

    /// The constant that lists what it waits for.
    pub(super) fn on(&self) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        quote!(<#manager as #private::ProcessManager>::MANAGER.on)
    }
}
