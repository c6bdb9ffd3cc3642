use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
use syn::{Attribute, Ident, LitStr, Meta, Path, Token, Type};

use crate::attr::{Entry, Keys, Slot, skip_entry};
use crate::diag::Diagnostics;
use crate::name;

static COMMAND: Keys = Keys {
    attribute: "command",
    known: &[
        ("emits", "emits(Event::Variant, OtherEvent)"),
        ("state", "state = State"),
        ("discovers", "discovers(name: Key, state = State)"),
        ("name", "name = \"Name\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static STREAM: Keys = Keys {
    attribute: "stream",
    known: &[("state", "state = State"), ("read", "read"), ("append", "append")],
};

/// `#[command(..)]`
#[derive(Default)]
pub(super) struct CommandAttribute {
    pub(super) emits: Slot<Vec<EmitsEntry>>,
    pub(super) state: Slot<Type>,
    pub(super) discovers: Vec<DiscoversEntry>,
    pub(super) name: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

/// `state = S`, `read` and `append`: what a command does with a stream.
#[derive(Default)]
pub(super) struct StreamOptions {
    pub(super) state: Slot<Type>,
    pub(super) read: Slot<()>,
    pub(super) append: Slot<()>,
}

/// An event type in `emits(..)`, or a variant of one.
pub(super) struct EmitsEntry {
    pub(super) path: Path,
}

/// `discovers(name: Key, state = State)`
pub(super) struct DiscoversEntry {
    pub(super) name: Ident,
    pub(super) key: Type,
    pub(super) options: StreamOptions,
}

impl CommandAttribute {
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        COMMAND.read(attributes, diagnostics, |entry| match entry.name() {
            "emits" => slots.emits.set(entry, emits(entry, diagnostics)),
            "state" => slots.state.set(entry, entry.value()),
            "discovers" => {
                slots.discovers.push(discovers(entry, diagnostics)?);
                Ok(())
            }
            "name" => slots.name.set(entry, entry.value().and_then(name::of_command)),
            "crate" => slots.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        });
        slots
    }
}

impl StreamOptions {
    /// Reads `#[stream]` and `#[stream(..)]`; `None` if there is no such attribute.
    pub(super) fn of_field(attributes: &[Attribute], diagnostics: &Diagnostics) -> Option<Self> {
        let mut attributes = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("stream"));
        let first = attributes.next()?;
        let mut options = Self::default();
        if !matches!(first.meta, Meta::Path(_)) {
            STREAM.read(std::slice::from_ref(first), diagnostics, |entry| {
                options.set(entry)
            });
        }
        for again in attributes {
            diagnostics.error(
                again,
                "this field is a `#[stream]` already; write `state`, `read` and `append` in one",
            );
        }
        Some(options)
    }

    fn set(&mut self, entry: &Entry<'_>) -> syn::Result<()> {
        match entry.name() {
            "state" => self.state.set(entry, entry.value()),
            "read" => self.read.set(entry, entry.flag()),
            "append" => self.append.set(entry, entry.flag()),
            "write" => {
                let message = "a `#[stream]` is written to unless it says `read`; leave `write` out";
                Err(syn::Error::new(entry.key().span(), message))
            }
            _ => Err(entry.unknown()),
        }
    }
}

impl Parse for EmitsEntry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let rest: TokenStream = input.fork().parse()?;
        let path = match input.parse() {
            Ok(Type::Path(ty)) if ty.qself.is_none() => ty.path,
            _ => return Err(Self::misused(rest.into_iter().next())),
        };
        if input.is_empty() || input.peek(Token![,]) {
            Ok(Self { path })
        } else {
            Err(Self::misused(path))
        }
    }
}

impl EmitsEntry {
    fn misused(at: impl ToTokens) -> syn::Error {
        let message =
            "`emits(..)` lists events and variants by their paths: `emits(Event::Variant, OtherEvent)`";
        syn::Error::new_spanned(at, message)
    }
}

/// `emits(..)`, which may be empty.
fn emits(entry: &Entry<'_>, diagnostics: &Diagnostics) -> syn::Result<Vec<EmitsEntry>> {
    let input = entry.input();
    if !input.peek(Paren) {
        return Err(entry.misused(entry.key().span()));
    }
    let content;
    syn::parenthesized!(content in input);
    let mut entries = Vec::new();
    while !content.is_empty() {
        match content.parse() {
            Ok(listed) => entries.push(listed),
            Err(error) => {
                diagnostics.note(error);
                skip_entry(&content)?;
            }
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(entries)
}

fn discovers(entry: &Entry<'_>, diagnostics: &Diagnostics) -> syn::Result<DiscoversEntry> {
    let input = entry.input();
    if !input.peek(Paren) {
        return Err(entry.misused(entry.key().span()));
    }
    let content;
    syn::parenthesized!(content in input);
    let all: TokenStream = content.fork().parse()?;
    let (name, colon, key) = (content.parse(), content.parse::<Token![:]>(), content.parse());
    let (Ok(name), Ok(_), Ok(key)) = (name, colon, key) else {
        content.parse::<TokenStream>()?;
        if all.is_empty() {
            return Err(entry.misused(entry.key().span()));
        }
        let message =
            "`discovers` starts with a name and the type of its keys: `discovers(name: Key, state = State)`";
        return Err(syn::Error::new_spanned(all, message));
    };
    content.parse::<Option<Token![,]>>()?;
    let mut options = StreamOptions::default();
    STREAM.read_entries(&content, diagnostics, &mut |entry| options.set(entry))?;
    Ok(DiscoversEntry { name, key, options })
}
