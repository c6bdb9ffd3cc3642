//! How serde writes and reads payloads.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Field, LitStr};

use super::super::model::{Kind, Own, Variant};
use super::Expand;

/// What serde calls on behalf of the event.
struct Serde {
    /// What has to be there for it.
    items: TokenStream,
    write: TokenStream,
    read: TokenStream,
}

impl Expand<'_> {
    pub(super) fn payload(&self) -> TokenStream {
        if self.model.own().next().is_none() {
            return TokenStream::new();
        }
        let private = &self.private;
        let codec = self
            .model
            .codec
            .map_or_else(|| quote!(#private::Json), |codec| quote!(#codec));
        let Serde { items, write, read } = if self.model.is_struct() {
            self.serde_itself()
        } else {
            self.serde_copies()
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
        quote!(#items #payload)
    }

    /// A struct event is written and read as it says itself.
    fn serde_itself(&self) -> Serde {
        let span = self.ident().span();
        let private = self.paths.private_at(span);
        Serde {
            items: TokenStream::new(),
            write: quote_spanned!(span=> #private::serde::Serialize::serialize(self, __serializer)),
            read: quote_spanned!(span=> #private::serde::Deserialize::deserialize(__deserializer)),
        }
    }

    /// An enum is written and read by two hidden copies of it: one is written without tags, the other is read as the
    /// variant that the stored name stands for.
    fn serde_copies(&self) -> Serde {
        let private = &self.private;
        let (_, generics, _) = self.generics.split_for_impl();
        let written = self.copy(&quote!(__Written), &quote!(Serialize), &quote!(untagged,));
        let read = self.copy(&quote!(__Read), &quote!(Deserialize), &TokenStream::new());
        Serde {
            // If serde refuses an attribute, its error is to be the only one.
            items: quote! {
                #written
                #read
                #[allow(unused_imports)]
                use #private::RefusedBySerde as _;
            },
            write: quote!(<__Written #generics>::serialize(self, __serializer)),
            read: quote!(<__Read #generics>::deserialize(#private::as_variant::<Self, _>(__variant, __deserializer))),
        }
    }

    /// A copy of the enum that derives a serde trait on its behalf. It has the fields of the event, and those of their
    /// serde attributes that shape payloads.
    fn copy(&self, name: &TokenStream, derive: &TokenStream, form: &TokenStream) -> TokenStream {
        let private = &self.private;
        let facade = self.paths.serde();
        let remote = LitStr::new(&self.ident().to_string(), self.ident().span());
        let (generics, shape) = (&self.model.input.generics, &self.model.serde);
        let where_clause = &generics.where_clause;
        let variants = self.model.variants.iter().map(copy_variant);
        quote! {
            #[derive(#private::serde::#derive)]
            #[serde(crate = #facade, remote = #remote, #form #(#shape),*)]
            enum #name #generics #where_clause {
                #(#variants),*
            }
        }
    }
}

fn copy_variant(Variant { ident, kind }: &Variant<'_>) -> TokenStream {
    match kind {
        Kind::Own(Own { fields, serde, .. }) => {
            let shape = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
            let fields = fields.iter().map(copy_field);
            quote!(#shape #ident { #(#fields),* })
        }
        Kind::Wrapper(event) => quote!(#[serde(skip)] #ident(#event)),
    }
}

fn copy_field(Field { attrs, ident, ty, .. }: &Field) -> TokenStream {
    let serde = attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    quote!(#(#serde)* #ident: #ty)
}
