//! Makes the model of what the user wrote.

use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, GenericParam, Ident, LitStr, Meta};

use super::model::{Kind, Model, Own, Variant};
use super::parse::{EventAttribute, Place};
use super::{payload, stream, upcast};
use crate::diag::Diagnostics;
use crate::{ident, name};

/// Reads an event. Nothing comes back if there is nothing to check further.
pub(super) fn event<'a>(
    input: &'a DeriveInput,
    attribute: &'a EventAttribute,
    diagnostics: &Diagnostics,
) -> Option<Model<'a>> {
    Reader {
        input,
        attribute,
        diagnostics,
    }
    .model()
}

struct Reader<'a, 'd> {
    input: &'a DeriveInput,
    /// That of the enum or the struct.
    attribute: &'a EventAttribute,
    diagnostics: &'d Diagnostics,
}

impl<'a> Reader<'a, '_> {
    fn model(&self) -> Option<Model<'a>> {
        self.refuse_lifetimes();
        self.refuse_stream(&self.input.attrs, "`#[stream]` belongs on a field");
        let (mut variants, serde) = match &self.input.data {
            Data::Struct(data) => (vec![self.struct_event(&data.fields)?], Vec::new()),
            Data::Enum(data) => (
                self.variants(data),
                payload::of_enum(&self.input.attrs, self.diagnostics),
            ),
            Data::Union(data) => {
                self.diagnostics
                    .error(data.union_token, "an event is an enum or a struct, not a union");
                return None;
            }
        };
        number(&mut variants);
        let EventAttribute { retired, codec, .. } = self.attribute;
        Some(Model {
            input: self.input,
            variants,
            retired,
            codec: codec.value(),
            serde,
        })
    }

    fn struct_event(&self, fields: &'a Fields) -> Option<Variant<'a>> {
        let ident = &self.input.ident;
        if !matches!(fields, Fields::Named(_)) {
            let name = ident::text(ident);
            let message = format!(
                "an event has named fields, so that more can be added; write `struct {name} {{ .. }}`"
            );
            self.diagnostics.error(ident, message);
            return None;
        }
        if let (Some(_), Some(prefix)) = (self.attribute.name.key(), self.attribute.prefix.key()) {
            self.diagnostics
                .error(prefix, "`name` is the whole stored name; leave the prefix out");
        }
        let own = self.own(ident, fields, self.attribute, Vec::new())?;
        Some(Variant {
            ident,
            kind: Kind::Own(own),
        })
    }

    fn variants(&self, data: &'a DataEnum) -> Vec<Variant<'a>> {
        if data.variants.is_empty() {
            let message = "an event enum has a variant for each event type, and this one has none";
            self.diagnostics.error(&self.input.ident, message);
        }
        data.variants
            .iter()
            .filter_map(|variant| self.variant(variant))
            .collect()
    }

    fn variant(&self, variant: &'a syn::Variant) -> Option<Variant<'a>> {
        let (ident, fields) = (&variant.ident, &variant.fields);
        self.refuse_stream(&variant.attrs, "`#[stream]` belongs on a field");
        let kind = match fields {
            Fields::Unnamed(unnamed) => match unnamed.unnamed.first() {
                Some(field) if unnamed.unnamed.len() == 1 => self.wrapper(variant, field),
                _ => {
                    let name = ident::text(ident);
                    let message = format!(
                        "a variant has named fields, `{name} {{ .. }}`, or wraps one event, `{name}(SomeEvent)`"
                    );
                    self.diagnostics.error(unnamed, message);
                    return None;
                }
            },
            Fields::Named(_) | Fields::Unit => {
                let attribute = EventAttribute::parse(&variant.attrs, Place::Variant, self.diagnostics);
                let serde = payload::of_variant(&variant.attrs, self.diagnostics);
                Kind::Own(self.own(ident, fields, &attribute, serde)?)
            }
        };
        Some(Variant { ident, kind })
    }

    fn wrapper(&self, variant: &syn::Variant, field: &'a syn::Field) -> Kind<'a> {
        // It has no slot to fill; the keys that are there are told where they belong.
        EventAttribute::parse(&variant.attrs, Place::Wrapper, self.diagnostics);
        self.refuse_event(&field.attrs);
        self.refuse_stream(
            &field.attrs,
            "the streams of a wrapped event are its own; put `#[stream]` on its fields",
        );
        Kind::Wrapper(&field.ty)
    }

    fn own(
        &self,
        ident: &Ident,
        fields: &'a Fields,
        attribute: &EventAttribute,
        serde: Vec<Meta>,
    ) -> Option<Own<'a>> {
        fields.iter().for_each(|field| self.refuse_event(&field.attrs));
        upcast::check(attribute, self.diagnostics);
        let streams = stream::of_fields(fields, self.diagnostics);
        Some(Own {
            index: 0,
            name: self.stored_name(ident, attribute)?,
            version: attribute.version.value().copied().unwrap_or(1),
            aliases: attribute.aliases.clone(),
            upcasts: attribute.upcasts.value().cloned().unwrap_or_default(),
            streams,
            fields,
            serde,
        })
    }

    /// `name`, or the prefix and the name in Rust; nothing if either could not be read.
    fn stored_name(&self, ident: &Ident, attribute: &EventAttribute) -> Option<LitStr> {
        if attribute.name.key().is_some() {
            return attribute.name.value().cloned();
        }
        let prefix = &self.attribute.prefix;
        if prefix.is_broken() {
            return None;
        }
        let own = ident::text(ident);
        let name = prefix
            .value()
            .map_or_else(|| own.clone(), |prefix| format!("{}.{own}", prefix.value()));
        if let Err(rule) = name::check(&name) {
            let message = format!("`{name}` cannot be a stored name: {rule}; add `#[event(name = \"..\")]`");
            self.diagnostics.error(ident, message);
        }
        Some(LitStr::new(&name, ident.span()))
    }

    fn refuse_lifetimes(&self) {
        for parameter in &self.input.generics.params {
            if let GenericParam::Lifetime(parameter) = parameter {
                let message = "an event owns what it holds, since it is stored; write `String` for `&str`, `Vec` for slices";
                self.diagnostics.error(&parameter.lifetime, message);
            }
        }
    }

    fn refuse_stream(&self, attributes: &[Attribute], message: &str) {
        self.refuse("stream", attributes, message);
    }

    fn refuse_event(&self, attributes: &[Attribute]) {
        let message = "`#[event]` belongs on an enum, a variant or a struct; \
                       on a field, write `#[stream]` or `#[serde(..)]`";
        self.refuse("event", attributes, message);
    }

    fn refuse(&self, name: &str, attributes: &[Attribute], message: &str) {
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident(name))
        {
            self.diagnostics.error(attribute, message);
        }
    }
}

/// Counts the event types that are defined here.
fn number(variants: &mut [Variant<'_>]) {
    let own = variants.iter_mut().filter_map(|variant| match &mut variant.kind {
        Kind::Own(own) => Some(own),
        Kind::Wrapper(_) => None,
    });
    own.enumerate().for_each(|(index, own)| own.index = index);
}
