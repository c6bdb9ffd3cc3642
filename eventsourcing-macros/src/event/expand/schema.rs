//! What payloads look like: JSON Schemas, made by `schemars` as payloads are written by serde.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Data, Field, Ident, Meta};

use super::super::model::Own;
use super::super::payload;
use super::Expand;
use crate::paths::Paths;

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
        let payload = self.payload_struct(variant, own);
        quote!(#private::describe_payload!(#event_type, __Payload<()>, #payload))
    }

    /// A struct with the fields of a variant. It has a schema if the types of its fields have one, and compiles if they have not: see
    /// `Described` in the facade.
    fn payload_struct(&self, variant: &Ident, own: &Own<'_>) -> TokenStream {
        let private = &self.private;
        let schemars = self.paths.exported("schemars");
        let about = kept(self.attributes_of(variant), &["doc", "deprecated"]);
        let shape = payload::of_struct(&self.model.serde, &own.serde);
        let fields: Vec<_> = own.fields.iter().enumerate().map(DescribedField::new).collect();
        let names = fields.iter().map(DescribedField::named_type);
        let bounded = fields.iter().filter(|field| field.has_bound());
        let bounds: Vec<_> = bounded.map(|field| field.bound(self.paths)).collect();
        let bounds = bounds.join(", ");
        let fields = fields.iter().map(|field| field.in_struct(self.paths));
        quote! {
            { #(#names)* }
            #(#about)*
            #[derive(#private::schemars::JsonSchema)]
            #[schemars(crate = #schemars, bound = #bounds)]
            #(#[serde(#shape)])*
            #[allow(dead_code)]
            struct __Payload<__X> {
                #(#fields,)*
                #[serde(skip)]
                __x: ::core::marker::PhantomData<__X>,
            }
        }
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

/// A field of a payload as `schemars` sees it.
struct DescribedField<'a> {
    field: &'a Field,
    /// A name for its type: a bound is written as text, which cannot hold every type.
    name: Ident,
    how: How,
}

/// How a field is described.
#[derive(PartialEq)]
enum How {
    /// As its type.
    ByType,
    /// As the user says.
    ByUser,
    /// Not: serde writes it in a way that only the user knows.
    Unknown,
    /// It is never written.
    Skipped,
}

impl<'a> DescribedField<'a> {
    fn new((number, field): (usize, &'a Field)) -> Self {
        let serde = payload::of_field(&field.attrs, "serde");
        let schemars = payload::of_field(&field.attrs, "schemars");
        let has = |metas: &[Meta], keys: &[&str]| {
            metas
                .iter()
                .any(|meta| keys.iter().any(|key| meta.path().is_ident(key)))
        };
        let how = if has(&serde, &["skip"]) || has(&schemars, &["skip"]) {
            How::Skipped
        } else if has(&schemars, &["with", "schema_with"]) {
            How::ByUser
        } else if has(&serde, &["with", "serialize_with", "deserialize_with"]) {
            How::Unknown
        } else {
            How::ByType
        };
        Self {
            field,
            name: format_ident!("__Field{number}"),
            how,
        }
    }

    /// Whether the payload has a schema only if the type of this field has one.
    fn has_bound(&self) -> bool {
        self.how == How::ByType
    }

    fn bound(&self, paths: &Paths) -> String {
        format!("{}: {}<__X>", self.name, paths.exported("Described"))
    }

    fn named_type(&self) -> TokenStream {
        let (name, ty) = (&self.name, &self.field.ty);
        quote! {
            #[allow(dead_code)]
            type #name = #ty;
        }
    }

    fn in_struct(&self, paths: &Paths) -> TokenStream {
        let Field { attrs, ident, .. } = self.field;
        let name = &self.name;
        let about = kept(attrs, &["doc", "deprecated", "schemars"]);
        let serde = payload::of_field(attrs, "serde").into_iter();
        let serde = serde.filter(|meta| payload::SHAPES_SCHEMA.iter().any(|key| meta.path().is_ident(key)));
        let described_as = match self.how {
            How::ByType => Some(format!(
                "<{name} as {}<__X>>::Itself",
                paths.exported("Described")
            )),
            How::Unknown => Some(paths.exported("serde_json::Value")),
            How::ByUser | How::Skipped => None,
        };
        let with = described_as.map(|ty| quote!(#[schemars(with = #ty)]));
        quote!(#(#about)* #(#[serde(#serde)])* #with #ident: #name)
    }
}

fn kept<'a>(attributes: &'a [Attribute], names: &[&str]) -> Vec<&'a Attribute> {
    let is_kept = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().filter(is_kept).collect()
}
