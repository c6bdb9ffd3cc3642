//! What commands and ids that the macro writes look like: JSON Schemas.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::command::Command;
use super::super::derives;
use super::super::id::WrittenId;
use super::Expand;
use crate::described::{DescribedField, payload_struct};

impl Expand<'_> {
    /// A command describes itself if it can, and else its fields do.
    pub(super) fn described_command(&self, command: &Command<'_>) -> TokenStream {
        let private = &self.private;
        if self.is_broken {
            return quote!(#private::describe_command!(););
        }
        let id = format_ident!("id");
        let id = DescribedField::new(0, Some(id), Vec::new(), self.types.id());
        let rest = command.fields().enumerate().map(|(number, field)| {
            let ty = self.types.or_missing(field.ty);
            let ident = field.ident.clone();
            DescribedField::new(number + 1, Some(ident), field.attributes.clone(), ty)
        });
        let fields: Vec<_> = std::iter::once(id).chain(rest).collect();
        let about: Vec<_> = command.method.attrs.iter().collect();
        let payload = payload_struct(&about, &[], &fields, self.paths);
        quote!(#private::describe_command!(__Payload<()>, #payload);)
    }

    /// An id is described as what it wraps.
    pub(super) fn described_id(&self, WrittenId { ident, inner, .. }: &WrittenId<'_>) -> TokenStream {
        if self.is_broken || self.model.derives.iter().any(derives::is_json_schema) {
            return TokenStream::new();
        }
        let private = &self.private;
        quote!(#private::describe_id!(#ident, #inner);)
    }
}
