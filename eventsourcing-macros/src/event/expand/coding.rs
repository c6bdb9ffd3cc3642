//! How an event becomes bytes, and comes back.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprPath, Field, LitStr};

use super::super::model::{Kind, Own, Variant};
use super::super::upcast;
use super::Expand;
use crate::ident;

impl Expand<'_> {
    /// How serde writes and reads payloads. For an enum that is the work of two hidden copies of it: one is written
    /// without tags, the other is read as the variant that the stored name stands for.
    pub(super) fn payload(&self) -> TokenStream {
        if self.model.own().next().is_none() {
            return TokenStream::new();
        }
        let private = &self.private;
        let codec = self
            .model
            .codec
            .map_or_else(|| quote!(#private::Json), |codec| quote!(#codec));
        let (_, ty_generics, _) = self.generics.split_for_impl();
        let (copies, write, read) = if self.model.is_struct() {
            let span = self.ident().span();
            let here = self.paths.private_at(span);
            let write = quote_spanned!(span=> #here::serde::Serialize::serialize(self, __serializer));
            let read = quote_spanned!(span=> #here::serde::Deserialize::deserialize(__deserializer));
            (TokenStream::new(), write, read)
        } else {
            let written = self.copy(&quote!(__Written), &quote!(Serialize), &quote!(untagged,));
            let read = self.copy(&quote!(__Read), &quote!(Deserialize), &TokenStream::new());
            (
                // If serde refuses an attribute, its error is to be the only one.
                quote!(#written #read use #private::RefusedBySerde as _;),
                quote!(<__Written #ty_generics>::serialize(self, __serializer)),
                quote!(<__Read #ty_generics>::deserialize(#private::as_variant::<Self, _>(__variant, __deserializer))),
            )
        };
        let payload = self.implement(
            &quote!(#private::Payload),
            &quote! {
                type Codec = #codec;

                fn write<__S: #private::serde::Serializer>(
                    &self,
                    __serializer: __S,
                ) -> #private::Result<__S::Ok, __S::Error> {
                    #write
                }

                fn read<'de, __D: #private::serde::Deserializer<'de>>(
                    __variant: usize,
                    __deserializer: __D,
                ) -> #private::Result<Self, __D::Error> {
                    #read
                }
            },
        );
        quote!(#copies #payload)
    }

    /// A copy of the enum that derives a serde trait on its behalf. It has the fields of the event, and those of their
    /// serde attributes that shape payloads.
    fn copy(&self, name: &TokenStream, derive: &TokenStream, form: &TokenStream) -> TokenStream {
        let private = &self.private;
        let facade = self.paths.serde();
        let remote = LitStr::new(&self.ident().to_string(), self.ident().span());
        let (generics, shape) = (&self.model.input.generics, &self.model.serde);
        let where_clause = &generics.where_clause;
        let variants = self
            .model
            .variants
            .iter()
            .map(|Variant { ident, kind }| match kind {
                Kind::Own(Own { fields, serde, .. }) => {
                    let fields = fields.iter().map(copy_field);
                    let shape = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
                    quote!(#shape #ident { #(#fields),* })
                }
                Kind::Wrapper(event) => quote!(#[serde(skip)] #ident(#event)),
            });
        quote! {
            #[derive(#private::serde::#derive)]
            #[serde(crate = #facade, remote = #remote, #form #(#shape),*)]
            enum #name #generics #where_clause {
                #(#variants),*
            }
        }
    }

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
                    quote!(#constructor(event) => #wrapped::encode(event))
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
                    name if #wrapped::TYPES.contains(name) => {
                        #wrapped::decode(stored).map(#constructor)
                    }
                }
            }
        });
        quote! {
            fn decode(stored: #private::Stored<'_>) -> #private::Result<Self, #private::DecodeFailure> {
                match stored.event_type {
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
        let newest = quote!(#private::decode_payload::<Self, #index>(stored, #version));
        let older = (1..*version).map(|from| {
            let upcast = self.decode_older(index, &upcast::way(upcasts, from).collect::<Vec<_>>());
            quote!(#from => #upcast,)
        });
        let decode = if *version == 1 {
            newest
        } else {
            quote! {
                match stored.schema_version {
                    #(#older)*
                    _ => #newest,
                }
            }
        };
        quote!(#name #(| #aliases)* => #decode,)
    }

    /// Each call carries the span of the user's function: what does not fit is underlined there.
    fn decode_older(&self, index: usize, way: &[&ExprPath]) -> TokenStream {
        let steps = way.iter().fold(
            quote!(payload),
            |payload, function| quote_spanned!(function.span()=> #function(#payload)),
        );
        let span = way.last().map_or_else(Span::call_site, Spanned::span);
        let private = self.paths.private_at(span);
        quote_spanned!(span=> #private::decode_older::<Self, #index, _, _>(stored, |payload| #steps))
    }
}

fn copy_field(field: &Field) -> TokenStream {
    let serde = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    let (ident, ty) = (&field.ident, &field.ty);
    quote!(#(#serde)* #ident: #ty)
}
