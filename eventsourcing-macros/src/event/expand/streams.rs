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
        let arms = self.variants().map(|(_, variant)| {
            let constructor = self.constructor(variant.ident);
            match &variant.kind {
                Kind::Own(own) => self.streams_of(&constructor, own),
                Kind::Wrapper(event) => {
                    let wrapped = self.wrapped(event);
                    quote!(#constructor(__event) => #wrapped::streams(__event))
                }
            }
        });
        quote! {
            fn streams(&self) -> #private::Result<#private::Vec<#private::StreamId>, #private::InvalidStreamId> {
                match self {
                    #(#arms,)*
                }
            }
        }
    }

    fn streams_of(&self, constructor: &TokenStream, own: &Own<'_>) -> TokenStream {
        let private = &self.private;
        let bindings = (0..own.streams.len()).map(|index| format_ident!("__stream{index}"));
        let (patterns, calls): (Vec<_>, Vec<_>) = own
            .streams
            .iter()
            .zip(bindings)
            .map(|(stream, binding)| self.add_streams(stream, &binding))
            .unzip();
        if calls.is_empty() {
            return quote!(#constructor { .. } => #private::Ok(#private::Vec::new()));
        }
        quote! {
            #constructor { #(#patterns,)* .. } => {
                let mut __streams = #private::Vec::new();
                #(#calls)*
                #private::Ok(__streams)
            }
        }
    }

    /// The pattern that takes the keys out of a field, and the call that adds them.
    fn add_streams(&self, stream: &Stream<'_>, binding: &Ident) -> (TokenStream, TokenStream) {
        let Stream {
            ident,
            container,
            key,
        } = stream;
        let keys = match container {
            Container::One => quote!([#binding]),
            Container::Option | Container::Vec => quote!(#binding),
        };
        // The turbofish is the user's type, so that a type that is no stream key is underlined.
        let private = self.paths.private_at(key.span());
        let add = quote_spanned!(key.span()=> #private::add_streams::<#key>);
        (quote!(#ident: #binding), quote!(#add(&mut __streams, #keys)?;))
    }
}
