use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident, LitStr, Meta, Path, Type};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

static AGGREGATE: Keys = Keys {
    attribute: "aggregate",
    known: &[
        ("id", "id = TodoId"),
        ("event", "event = TodoEvent"),
        ("error", "error = TodoError"),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static COMMAND: Keys = Keys {
    attribute: "command",
    known: &[("name", "name = \"Name\""), ("type", "type = Name")],
};

/// `#[aggregate(..)]`
#[derive(Default)]
pub(super) struct AggregateAttribute {
    pub(super) id: Slot<Type>,
    pub(super) event: Slot<Type>,
    pub(super) error: Slot<Type>,
    pub(super) facade: Slot<Path>,
    /// Whether there is a mistake in it, which may be the reason why something is missing.
    pub(super) is_broken: bool,
}

/// `#[command(..)]` on a method.
#[derive(Default)]
pub(super) struct CommandAttribute {
    pub(super) name: Slot<LitStr>,
    pub(super) ty: Slot<Ident>,
}

/// `#[apply(..)]`: which variant a method applies.
pub(super) enum Target {
    /// The one that is called like the method.
    OfMethod,
    Variant(Path),
    /// `Event::Variant(name)`
    Wrapper(Path, Ident),
}

impl AggregateAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        let parse = |input: ParseStream<'_>| {
            AGGREGATE.read_entries(input, diagnostics, &mut |entry| match entry.name() {
                "id" => slots.id.set(entry, entry.value()),
                "event" => slots.event.set(entry, entry.value()),
                "error" => slots.error.set(entry, entry.value()),
                "crate" => slots.facade.set(entry, entry.value()),
                _ => Err(entry.unknown()),
            })
        };
        diagnostics.ok(parse.parse2(attribute));
        slots.is_broken = !diagnostics.is_empty();
        slots
    }
}

impl CommandAttribute {
    pub(super) fn parse(attribute: &Attribute, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        if !matches!(attribute.meta, Meta::Path(_)) {
            COMMAND.read(
                std::slice::from_ref(attribute),
                diagnostics,
                |entry| match entry.name() {
                    "name" => slots.name.set(entry, entry.value().and_then(name::of_command)),
                    "type" => slots.ty.set(entry, entry.value()),
                    _ => Err(entry.unknown()),
                },
            );
        }
        slots
    }
}

impl Target {
    pub(super) fn parse(attribute: &Attribute) -> syn::Result<Self> {
        let misused = || {
            let message = "`#[apply]` names one variant: `#[apply(Event::Variant)]`, or if that wraps an event, \
                           `#[apply(Event::Variant(name))]`";
            syn::Error::new_spanned(&attribute.meta, message)
        };
        match &attribute.meta {
            Meta::Path(_) => Ok(Self::OfMethod),
            Meta::List(list) => list.parse_args_with(Self::parse_variant).map_err(|_| misused()),
            Meta::NameValue(_) => Err(misused()),
        }
    }

    fn parse_variant(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.call(Path::parse_mod_style)?;
        if !input.peek(syn::token::Paren) {
            return Ok(Self::Variant(path));
        }
        let content;
        syn::parenthesized!(content in input);
        Ok(Self::Wrapper(path, content.parse()?))
    }
}
