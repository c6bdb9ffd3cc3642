use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Ident, ImplItem, ItemFn, ItemImpl, LitStr, Meta, Path, Token, Type};

use crate::attr::{Entry, Keys, Slot};
use crate::diag::Diagnostics;
use crate::heard::{self, EventPath, EventPaths};
use crate::lint;
use crate::name;

static FUNCTION: Keys = Keys {
    attribute: "process_manager",
    known: &[
        ("on", "on = Event::Variant"),
        ("start", "start = beginning"),
        ("sends", "sends(Command, OtherCommand)"),
        ("name", "name = \"name\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static BLOCK: Keys = Keys {
    attribute: "process_manager",
    known: &[
        ("key", "key = OrderId"),
        ("category", "category = \"fulfilment\""),
        ("start", "start = beginning"),
        ("sends", "sends(Command, OtherCommand)"),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static ON_START: Keys = handler_keys("start");
static ON: Keys = handler_keys("on");
static ON_STOP: Keys = handler_keys("stop");

const fn handler_keys(attribute: &'static str) -> Keys {
    Keys {
        attribute,
        known: &[("key", "key = field"), ("strict", "strict")],
    }
}

/// `#[process_manager(..)]` on a function.
#[derive(Default)]
pub(super) struct FunctionAttribute {
    pub(super) on: Slot<EventPaths>,
    pub(super) start: Slot<Start>,
    pub(super) sends: Slot<Vec<Path>>,
    pub(super) name: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

/// `#[process_manager(..)]` on an `impl` block.
#[derive(Default)]
pub(super) struct BlockAttribute {
    pub(super) key: Slot<Type>,
    pub(super) category: Slot<LitStr>,
    pub(super) start: Slot<Start>,
    pub(super) sends: Slot<Vec<Path>>,
    pub(super) facade: Slot<Path>,
}

/// Which events it takes when it runs for the first time.
#[derive(Clone, Copy)]
pub(super) enum Start {
    Beginning,
    Now,
}

/// What an event does to an instance.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Start,
    Continue,
    Stop,
}

/// `#[start(..)]`, `#[on(..)]` or `#[stop(..)]` on a method.
pub(super) struct HandlerAttribute {
    pub(super) role: Role,
    pub(super) events: Vec<EventPath>,
    pub(super) key: Key,
    pub(super) strict: bool,
}

/// Where an event has the key of its instance.
pub(super) enum Key {
    Field(Ident),
    /// `event.stream()`
    Stream,
}

impl FunctionAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        read(&FUNCTION, attribute, diagnostics, |entry| match entry.name() {
            "on" => slots.on.set(entry, entry.value()),
            "start" => slots
                .start
                .set(entry, entry.value().and_then(|word| start(&word))),
            "sends" => slots.sends.set(entry, commands(entry)),
            "name" => slots.name.set(entry, entry.value().and_then(checked_name)),
            "crate" => slots.facade.set(entry, entry.value()),
            "key" | "category" => Err(of_other_form(entry, "the `impl` block of a state")),
            _ => Err(entry.unknown()),
        });
        slots
    }
}

impl BlockAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        read(&BLOCK, attribute, diagnostics, |entry| match entry.name() {
            "key" => slots.key.set(entry, entry.value()),
            "category" => slots
                .category
                .set(entry, entry.value().and_then(name::of_category)),
            "start" => slots
                .start
                .set(entry, entry.value().and_then(|word| start(&word))),
            "sends" => slots.sends.set(entry, commands(entry)),
            "crate" => slots.facade.set(entry, entry.value()),
            "on" => {
                let message = "in an `impl`, each method says what it handles; mark it with `#[on(Event::Variant, key = field)]`";
                Err(syn::Error::new(entry.key().span(), message))
            }
            "name" => {
                let message = "a process manager with state is called like its `category`; leave `name` out";
                Err(syn::Error::new(entry.key().span(), message))
            }
            _ => Err(entry.unknown()),
        });
        slots
    }
}

fn read(
    keys: &'static Keys,
    attribute: TokenStream,
    diagnostics: &Diagnostics,
    mut read: impl FnMut(&Entry<'_>) -> syn::Result<()>,
) {
    let parse = |input: ParseStream<'_>| keys.read_entries(input, diagnostics, &mut read);
    diagnostics.ok(parse.parse2(attribute));
}

fn of_other_form(entry: &Entry<'_>, form: &str) -> syn::Error {
    let message = format!("`{}` is for {form}; leave it out", entry.name());
    syn::Error::new(entry.key().span(), message)
}

fn start(word: &Ident) -> syn::Result<Start> {
    if word == "beginning" {
        Ok(Start::Beginning)
    } else if word == "now" {
        Ok(Start::Now)
    } else {
        let message = "`start` is `beginning`, with everything that is stored already, or `now`, with what happens \
                       once it runs";
        Err(syn::Error::new(word.span(), message))
    }
}

/// `sends(Command, OtherCommand)`
fn commands(entry: &Entry<'_>) -> syn::Result<Vec<Path>> {
    let commands = entry.list::<CommandPath>()?;
    Ok(commands.into_iter().map(|command| command.0).collect())
}

struct CommandPath(Path);

impl Parse for CommandPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let message = "a command is named by its type";
        heard::path(input)
            .map(Self)
            .ok_or_else(|| syn::Error::new(span, message))
    }
}

fn checked_name(literal: LitStr) -> syn::Result<LitStr> {
    match name::check(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

impl Role {
    /// What an attribute makes of a method, if it is one of a process manager.
    pub(super) fn of(attribute: &Attribute) -> Option<Self> {
        let path = attribute.path();
        if path.is_ident("start") {
            Some(Self::Start)
        } else if path.is_ident("on") {
            Some(Self::Continue)
        } else if path.is_ident("stop") {
            Some(Self::Stop)
        } else {
            None
        }
    }

    fn keys(self) -> &'static Keys {
        match self {
            Self::Start => &ON_START,
            Self::Continue => &ON,
            Self::Stop => &ON_STOP,
        }
    }
}

pub(super) fn is_on_rejected(attribute: &Attribute) -> bool {
    attribute.path().is_ident("on_rejected")
}

impl HandlerAttribute {
    pub(super) fn parse(role: Role, attribute: &Attribute, diagnostics: &Diagnostics) -> Option<Self> {
        let keys = role.keys();
        let name = keys.attribute;
        let Meta::List(list) = &attribute.meta else {
            diagnostics.error(&attribute.meta, no_event(name));
            return None;
        };
        let mut slots = (Slot::default(), Slot::default());
        let parse = |input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(syn::Error::new_spanned(attribute.path(), no_event(name)));
            }
            if input.peek2(Token![=]) || input.fork().parse::<Ident>().is_ok_and(|word| word == "strict") {
                return Err(input.error(no_event(name)));
            }
            let EventPaths(events) = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            keys.read_entries(input, diagnostics, &mut |entry| match entry.name() {
                "key" => slots.0.set(entry, key(entry)),
                "strict" => slots.1.set(entry, entry.flag()),
                _ => Err(entry.unknown()),
            })?;
            Ok(events)
        };
        let events = diagnostics.ok(parse.parse2(list.tokens.clone()))?;
        let (key, strict): (Slot<Key>, Slot<()>) = slots;
        if key.key().is_none() {
            let message = "say which field of the event names the instance: `key = field`";
            diagnostics.error(attribute.path(), message);
        }
        Some(Self {
            role,
            events,
            key: key.into_value()?,
            strict: strict.key().is_some(),
        })
    }
}

fn no_event(attribute: &str) -> String {
    format!("`#[{attribute}]` names the event first: `#[{attribute}(Event::Variant, key = field)]`")
}

/// `key = field`, or `key = event.stream()`.
fn key(entry: &Entry<'_>) -> syn::Result<Key> {
    let input = entry.input();
    if !input.peek(Token![=]) {
        return Err(entry.misused(entry.key().span()));
    }
    input.parse::<Token![=]>()?;
    let span = input.span();
    let Ok(field) = input.parse::<Ident>() else {
        return Err(entry.misused(span));
    };
    if !input.peek(Token![.]) {
        return Ok(Key::Field(field));
    }
    input.parse::<Token![.]>()?;
    let method: Ident = input.parse()?;
    let content;
    syn::parenthesized!(content in input);
    if field == "event" && method == "stream" && content.is_empty() {
        Ok(Key::Stream)
    } else {
        let message = "the key of an instance is a field of the event, `key = field`, or in the name of its home stream, \
                       `key = event.stream()`";
        Err(syn::Error::new(method.span(), message))
    }
}

/// The command in `#[on_rejected(Command)]`.
pub(super) fn refused_command(attribute: &Attribute, diagnostics: &Diagnostics) -> Option<Path> {
    let message = "`#[on_rejected]` names the command: `#[on_rejected(Command)]`";
    let Meta::List(list) = &attribute.meta else {
        diagnostics.error(&attribute.meta, message);
        return None;
    };
    if let Ok(CommandPath(path)) = list.parse_args() {
        Some(path)
    } else {
        diagnostics.error(&attribute.meta, message);
        None
    }
}

/// The function as the compiler is to see it.
pub(super) fn without_lints(item: &ItemFn) -> ItemFn {
    let mut item = item.clone();
    item.attrs.push(lint::as_asked_for());
    item
}

/// The block as the compiler is to see it.
pub(super) fn without_handler_attributes(item: &ItemImpl) -> ItemImpl {
    let mut item = item.clone();
    for part in &mut item.items {
        if let ImplItem::Fn(method) = part {
            let before = method.attrs.len();
            method
                .attrs
                .retain(|attribute| Role::of(attribute).is_none() && !is_on_rejected(attribute));
            if method.attrs.len() < before {
                method.attrs.push(lint::as_asked_for());
            }
        }
    }
    item
}
