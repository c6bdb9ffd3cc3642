//! Which streams an event belongs to.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use super::super::model::{Kind, Own};
use super::super::stream::Stream;
use super::Expand;
use crate::stream_type::Container;

impl Expand<'_> {
    /// `Event::streams`
    pub(super) fn streams(&self) -> TokenStream {
        let private = &self.private;
        let arms = self.variants().map(|(_, variant)| match &variant.kind {
            Kind::Own(own) => self.add_streams(variant.ident, own),
            Kind::Wrapper(_) => {
                let constructor = self.constructor(variant.ident);
                quote!(#constructor(event) => return #private::Event::streams(event),)
            }
        });
        quote! {
            fn streams(&self) -> #private::Result<#private::Vec<#private::StreamId>, #private::InvalidStreamId> {
                let mut streams = #private::Vec::new();
                match self {
                    #(#arms)*
                }
                #private::Ok(streams)
            }
        }
    }

    fn add_streams(&self, variant: &Ident, own: &Own<'_>) -> TokenStream {
        let private = &self.private;
        let constructor = self.constructor(variant);
        let bindings = (0..own.streams.len()).map(|index| format_ident!("__stream{index}"));
        let (patterns, calls): (Vec<_>, Vec<_>) = own
            .streams
            .iter()
            .zip(bindings)
            .map(|(Stream { ident, container, key }, binding)| {
                let keys = match container {
                    Container::One => quote!([#binding]),
                    Container::Option | Container::Vec => quote!(#binding),
                };
                // The turbofish is the user's type, so that a type that is no stream key is underlined.
                let add = quote_spanned!(key.span()=> #private::add_streams::<#key>);
                (quote!(#ident: #binding), quote!(#add(&mut streams, #keys)?;))
            })
            .unzip();
        quote!(#constructor { #(#patterns,)* .. } => { #(#calls)* })
    }
}
