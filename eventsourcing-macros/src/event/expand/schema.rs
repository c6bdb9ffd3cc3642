//! What payloads look like: JSON Schemas, made by `schemars` as payloads are written by serde.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, Ident};

use super::super::model::Own;
use super::super::payload;
use super::Expand;
use crate::described::{DescribedField, payload_struct};

impl Expand<'_> {
    /// An event type, which describes its payload if that can be described.
    ///
    /// Of a generic event, the table of types stands outside of its parameters. What a codec of one's own writes is no JSON.
    pub(super) fn described(&self, event_type: TokenStream, variant: &Ident, own: &Own<'_>) -> TokenStream {
        if self.is_generic() || self.model.codec.is_some() {
            return event_type;
        }
        let private = &self.private;
        if self.model.is_struct() {
            // It is written as it says itself, and so it is described.
            let ident = self.ident();
            return quote!(#private::describe_payload!(#event_type, #ident));
        }
        let about: Vec<_> = self.attributes_of(variant).iter().collect();
        let shape = payload::of_struct(&self.model.serde, &own.serde);
        let fields = own.fields.iter().enumerate();
        let fields: Vec<_> = fields
            .map(|(number, field)| DescribedField::of(number, field))
            .collect();
        let payload = payload_struct(&about, &shape, &fields, self.paths);
        quote!(#private::describe_payload!(#event_type, __Payload<()>, #payload))
    }

    fn attributes_of(&self, variant: &Ident) -> &[Attribute] {
        match &self.model.input.data {
            Data::Enum(data) => {
                let found = data.variants.iter().find(|other| other.ident == *variant);
                found.map_or(&[], |variant| &variant.attrs)
            }
            Data::Struct(_) | Data::Union(_) => &[],
        }
    }
}
