use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Meta, Path, Token, Type};

use super::id::Id;

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::{name, state};

static AGGREGATE: Keys = Keys {
    attribute: "aggregate",
    known: &[
        ("id", "id = TodoId(String)"),
        ("category", "category = \"todo\""),
        ("event", "event = TodoEvent"),
        ("error", "error = TodoError"),
        ("state_version", "state_version = 1"),
        ("stateless", "stateless"),
        ("derive", "derive(Eq)"),
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
    pub(super) id: Slot<Id>,
    pub(super) category: Slot<LitStr>,
    pub(super) event: Slot<Type>,
    pub(super) error: Slot<Type>,
    pub(super) state_version: Slot<u32>,
    pub(super) stateless: Slot<()>,
    pub(super) derive: Slot<Vec<Path>>,
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

/// `#[apply(..)]`: what a method applies.
#[derive(Clone)]
pub(super) enum Target {
    /// The variant that is called like the method, or every event.
    OfMethod,
    /// A variant, or the event itself.
    Named(Path),
    /// `Event::Variant(name)`
    Wrapper(Path, Ident),
}

impl AggregateAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        let parse = |input: ParseStream<'_>| {
            AGGREGATE.read_entries(input, diagnostics, &mut |entry| match entry.name() {
                "id" => slots.id.set(entry, entry.value()),
                "category" => slots
                    .category
                    .set(entry, entry.value().and_then(name::of_category)),
                "event" => slots.event.set(entry, entry.value()),
                "error" => slots.error.set(entry, entry.value()),
                "state_version" => slots.state_version.set(
                    entry,
                    entry.value().and_then(|version| state::checked_version(&version)),
                ),
                "stateless" => slots.stateless.set(entry, entry.flag()),
                "derive" => slots.derive.set(entry, entry.list()),
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
    pub(super) fn parse(attribute: &Attribute) -> syn::Result<Vec<Self>> {
        let misused = || {
            let message = "`#[apply]` names variants: `#[apply(Event::Variant)]`, or one that wraps an event, \
                           `#[apply(Event::Variant(name))]`";
            syn::Error::new_spanned(&attribute.meta, message)
        };
        let Meta::List(list) = &attribute.meta else {
            let is_bare = matches!(attribute.meta, Meta::Path(_));
            return is_bare.then(|| vec![Self::OfMethod]).ok_or_else(misused);
        };
        let parse = |input: ParseStream<'_>| {
            Punctuated::<_, Token![,]>::parse_terminated_with(input, Self::parse_named)
        };
        match list.parse_args_with(parse) {
            Ok(named) if !named.is_empty() => Ok(named.into_iter().collect()),
            _ => Err(misused()),
        }
    }

    fn parse_named(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.call(Path::parse_mod_style)?;
        if !input.peek(syn::token::Paren) {
            return Ok(Self::Named(path));
        }
        let content;
        syn::parenthesized!(content in input);
        Ok(Self::Wrapper(path, content.parse()?))
    }
}
