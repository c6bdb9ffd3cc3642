use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, GenericParam, Ident, LitStr, Meta, Path, Type};

use super::parse::{EventAttribute, Place};
use super::payload;
use super::stream::{self, Stream};
use super::upcast::{self, Upcast};
use crate::attr::Slot;
use crate::diag::Diagnostics;
use crate::{ident, name};

/// An event enum, or a struct event, which is its own only variant.
pub(super) struct Model<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) variants: Vec<Variant<'a>>,
    pub(super) retired: &'a [LitStr],
    pub(super) codec: Option<&'a Path>,
    /// The serde attributes of an enum that shape the payloads of its variants.
    pub(super) serde: Vec<Meta>,
}

pub(super) struct Variant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) kind: Kind<'a>,
}

pub(super) enum Kind<'a> {
    /// An event type of its own.
    Own(Own<'a>),
    /// It wraps another event.
    Wrapper(&'a Type),
}

/// An event type that is defined here.
pub(super) struct Own<'a> {
    /// Its place among the event types that are defined here.
    pub(super) index: usize,
    /// The name under which it is stored; its span is where the user named it.
    pub(super) name: LitStr,
    pub(super) version: u32,
    pub(super) aliases: Vec<LitStr>,
    pub(super) upcasts: Vec<Upcast>,
    pub(super) streams: Vec<Stream<'a>>,
    pub(super) fields: &'a Fields,
    /// The serde attributes of the variant that shape its payload.
    pub(super) serde: Vec<Meta>,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        input: &'a DeriveInput,
        attribute: &'a EventAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        refuse_lifetimes(input, diagnostics);
        stream::refuse(&input.attrs, "`#[stream]` belongs on a field", diagnostics);
        let mut variants = match &input.data {
            Data::Struct(data) => vec![struct_event(input, &data.fields, attribute, diagnostics)?],
            Data::Enum(data) => enum_variants(input, data, attribute, diagnostics),
            Data::Union(data) => {
                diagnostics.error(data.union_token, "an event is an enum or a struct, not a union");
                return None;
            }
        };
        number(&mut variants);
        let serde = match &input.data {
            Data::Enum(_) => payload::of_enum(&input.attrs, diagnostics),
            _ => Vec::new(),
        };
        Some(Self {
            input,
            variants,
            retired: &attribute.retired,
            codec: attribute.codec.value(),
            serde,
        })
    }

    /// Whether it is a struct event.
    pub(super) fn is_struct(&self) -> bool {
        matches!(self.input.data, Data::Struct(_))
    }

    /// The event types that are defined here, each with its variant.
    pub(super) fn own(&self) -> impl Iterator<Item = (&'a Ident, &Own<'a>)> {
        self.variants.iter().filter_map(|variant| match &variant.kind {
            Kind::Own(own) => Some((variant.ident, own)),
            Kind::Wrapper(_) => None,
        })
    }

    /// The events that variants wrap.
    pub(super) fn wrapped(&self) -> impl Iterator<Item = &'a Type> {
        self.variants.iter().filter_map(|variant| match variant.kind {
            Kind::Own(_) => None,
            Kind::Wrapper(event) => Some(event),
        })
    }
}

fn number(variants: &mut [Variant<'_>]) {
    let own = variants.iter_mut().filter_map(|variant| match &mut variant.kind {
        Kind::Own(own) => Some(own),
        Kind::Wrapper(_) => None,
    });
    own.enumerate().for_each(|(index, own)| own.index = index);
}

fn refuse_lifetimes(input: &DeriveInput, diagnostics: &Diagnostics) {
    for parameter in &input.generics.params {
        if let GenericParam::Lifetime(parameter) = parameter {
            let message = "an event owns what it holds, since it is stored; write `String` for `&str`, `Vec` for slices";
            diagnostics.error(&parameter.lifetime, message);
        }
    }
}

fn struct_event<'a>(
    input: &'a DeriveInput,
    fields: &'a Fields,
    attribute: &EventAttribute,
    diagnostics: &Diagnostics,
) -> Option<Variant<'a>> {
    if !matches!(fields, Fields::Named(_)) {
        let name = ident::text(&input.ident);
        let message =
            format!("an event has named fields, so that more can be added; write `struct {name} {{ .. }}`");
        diagnostics.error(&input.ident, message);
        return None;
    }
    if let (Some(_), Some(prefix)) = (attribute.name.key(), attribute.prefix.key()) {
        diagnostics.error(prefix, "`name` is the whole stored name; leave the prefix out");
    }
    let own = own(
        &input.ident,
        fields,
        attribute,
        &attribute.prefix,
        Vec::new(),
        diagnostics,
    )?;
    Some(Variant {
        ident: &input.ident,
        kind: Kind::Own(own),
    })
}

fn enum_variants<'a>(
    input: &'a DeriveInput,
    data: &'a DataEnum,
    attribute: &EventAttribute,
    diagnostics: &Diagnostics,
) -> Vec<Variant<'a>> {
    if data.variants.is_empty() {
        diagnostics.error(
            &input.ident,
            "an event enum has a variant for each event type, and this one has none",
        );
    }
    let variants = data.variants.iter();
    variants
        .filter_map(|variant| variant_of(variant, &attribute.prefix, diagnostics))
        .collect()
}

fn variant_of<'a>(
    variant: &'a syn::Variant,
    prefix: &Slot<LitStr>,
    diagnostics: &Diagnostics,
) -> Option<Variant<'a>> {
    let (ident, fields) = (&variant.ident, &variant.fields);
    stream::refuse(&variant.attrs, "`#[stream]` belongs on a field", diagnostics);
    match fields {
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
            EventAttribute::parse(&variant.attrs, Place::Wrapper, diagnostics);
            let field = &unnamed.unnamed[0];
            let message = "the streams of a wrapped event are its own; put `#[stream]` on its fields";
            stream::refuse(&field.attrs, message, diagnostics);
            Some(Variant {
                ident,
                kind: Kind::Wrapper(&field.ty),
            })
        }
        Fields::Unnamed(unnamed) => {
            let name = ident::text(ident);
            let message = format!(
                "a variant has named fields, `{name} {{ .. }}`, or wraps one event, `{name}(SomeEvent)`"
            );
            diagnostics.error(unnamed, message);
            None
        }
        Fields::Named(_) | Fields::Unit => {
            let attribute = EventAttribute::parse(&variant.attrs, Place::Variant, diagnostics);
            let serde = payload::of_variant(&variant.attrs, diagnostics);
            let own = own(ident, fields, &attribute, prefix, serde, diagnostics)?;
            Some(Variant {
                ident,
                kind: Kind::Own(own),
            })
        }
    }
}

fn own<'a>(
    ident: &Ident,
    fields: &'a Fields,
    attribute: &EventAttribute,
    prefix: &Slot<LitStr>,
    serde: Vec<Meta>,
    diagnostics: &Diagnostics,
) -> Option<Own<'a>> {
    fields
        .iter()
        .for_each(|field| refuse_event_attribute(&field.attrs, diagnostics));
    upcast::check(attribute, diagnostics);
    let streams = stream::of_fields(fields, diagnostics);
    let name = stored_name(ident, attribute, prefix, diagnostics)?;
    Some(Own {
        index: 0,
        name,
        version: attribute.version.value().copied().unwrap_or(1),
        aliases: attribute.aliases.clone(),
        upcasts: attribute.upcasts.value().cloned().unwrap_or_default(),
        streams,
        fields,
        serde,
    })
}

fn refuse_event_attribute(attributes: &[Attribute], diagnostics: &Diagnostics) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("event"))
    {
        let message = "`#[event]` belongs on an enum, a variant or a struct; on a field, write `#[stream]` or `#[serde(..)]`";
        diagnostics.error(attribute, message);
    }
}

/// `name`, or the prefix and the name in Rust; nothing if either could not be read.
fn stored_name(
    ident: &Ident,
    attribute: &EventAttribute,
    prefix: &Slot<LitStr>,
    diagnostics: &Diagnostics,
) -> Option<LitStr> {
    if attribute.name.key().is_some() {
        return attribute.name.value().cloned();
    }
    if prefix.is_broken() {
        return None;
    }
    let own = ident::text(ident);
    let name = prefix
        .value()
        .map_or_else(|| own.clone(), |prefix| format!("{}.{own}", prefix.value()));
    if let Err(rule) = name::check(&name) {
        let message = format!("`{name}` cannot be a stored name: {rule}; add `#[event(name = \"..\")]`");
        diagnostics.error(ident, message);
    }
    Some(LitStr::new(&name, ident.span()))
}
