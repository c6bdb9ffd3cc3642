//! How an event becomes bytes, and comes back.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned;

use super::super::model::{Kind, Own};
use super::super::upcast;
use super::Expand;
use crate::ident;

impl Expand<'_> {
    /// `Event::encode`
    pub(super) fn encode(&self) -> TokenStream {
        let private = &self.private;
        let arms = self.variants().map(|(_, variant)| {
            let constructor = self.constructor(variant.ident);
            match &variant.kind {
                Kind::Own(Own { index, .. }) => {
                    quote!(#constructor { .. } => #private::encode_payload(self, __TYPES[#index]))
                }
                Kind::Wrapper(event) => {
                    let wrapped = self.wrapped(event);
                    quote!(#constructor(__event) => #wrapped::encode(__event))
                }
            }
        });
        quote! {
            fn encode(&self) -> #private::Result<#private::Encoded, #private::EncodeError> {
                match self {
                    #(#arms,)*
                }
            }
        }
    }

    /// `Event::decode`
    pub(super) fn decode(&self) -> TokenStream {
        let private = &self.private;
        let event = ident::text(self.ident());
        let arms = self.variants().map(|(index, variant)| match &variant.kind {
            Kind::Own(own) => self.decode_own(index, own),
            Kind::Wrapper(event) => {
                let (constructor, wrapped) = (self.constructor(variant.ident), self.wrapped(event));
                quote! {
                    __name if #wrapped::TYPES.contains(__name) => {
                        #wrapped::decode(__stored).map(#constructor)
                    }
                }
            }
        });
        quote! {
            fn decode(__stored: #private::Stored<'_>) -> #private::Result<Self, #private::DecodeFailure> {
                match __stored.event_type {
                    #(#arms)*
                    _ => #private::Err(#private::DecodeFailure::UnknownType { event: #event }),
                }
            }
        }
    }

    fn decode_own(&self, index: usize, own: &Own<'_>) -> TokenStream {
        let private = &self.private;
        let Own {
            name,
            version,
            aliases,
            upcasts,
            ..
        } = own;
        let newest = quote!(#private::decode_payload::<Self, #index>(__stored, #version));
        let older = (1..*version).map(|from| {
            let upcast = self.decode_older(index, &upcast::way(upcasts, from).collect::<Vec<_>>());
            quote!(#from => #upcast,)
        });
        let decode = if *version == 1 {
            newest
        } else {
            quote! {
                match __stored.schema_version {
                    #(#older)*
                    _ => #newest,
                }
            }
        };
        quote!(#name #(| #aliases)* => #decode,)
    }

    /// Each function carries its own span: what does not fit is underlined there.
    fn decode_older(&self, index: usize, way: &[&ExprPath]) -> TokenStream {
        let span = way.last().map_or_else(Span::call_site, Spanned::span);
        let private = self.paths.private_at(span);
        let upcast = match way {
            [only] => quote!(#only),
            steps => {
                let payload = quote!(__payload);
                let payload = steps.iter().fold(
                    payload,
                    |payload, step| quote_spanned!(step.span()=> #step(#payload)),
                );
                quote_spanned!(span=> |__payload| #payload)
            }
        };
        quote_spanned!(span=> #private::decode_older::<Self, #index, _, _>(__stored, #upcast))
    }
}
