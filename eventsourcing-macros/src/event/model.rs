use syn::{Data, DeriveInput, Fields, Ident, LitStr, Meta, Path, Type};

use super::stream::Stream;
use super::upcast::Upcast;

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
