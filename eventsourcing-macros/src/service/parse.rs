use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::token::Paren;
use syn::{LitStr, Path, Token, Type};

use super::Kind;
use crate::attr::{Entry, Keys, Slot, skip_entry};
use crate::diag::Diagnostics;
use crate::stream_type;

static SERVICE: Keys = Keys {
    attribute: "service",
    known: &[
        ("aggregates", "aggregates(Todo, List)"),
        ("commands", "commands(TransferMoney)"),
        ("process_managers", "process_managers(list_every_todo)"),
        ("projections", "projections(Titles)"),
        ("queries", "queries(OpenTitles)"),
        ("modules", "modules(billing::Billing)"),
        ("extern_events", "extern_events(Paid = \"who emits it\")"),
        ("extern_commands", "extern_commands(Ship = \"who handles it\")"),
        ("resources", "resources(PriceList)"),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static MODULE: Keys = Keys {
    attribute: "module",
    known: &[
        ("aggregates", "aggregates(Todo, List)"),
        ("commands", "commands(TransferMoney)"),
        ("process_managers", "process_managers(list_every_todo)"),
        ("projections", "projections(Titles)"),
        ("queries", "queries(OpenTitles)"),
        ("modules", "modules(billing::Billing)"),
        ("extern_events", "extern_events(Paid = \"who emits it\")"),
        ("extern_commands", "extern_commands(Ship = \"who handles it\")"),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

/// What stands between the parentheses of `#[service(..)]` or `#[module(..)]`.
#[derive(Default)]
pub(super) struct ServiceAttribute {
    pub(super) aggregates: Slot<Vec<Listed>>,
    pub(super) commands: Slot<Vec<Listed>>,
    pub(super) process_managers: Slot<Vec<Listed>>,
    pub(super) projections: Slot<Vec<Listed>>,
    pub(super) queries: Slot<Vec<Listed>>,
    pub(super) modules: Slot<Vec<Listed>>,
    pub(super) extern_events: Slot<Vec<Extern>>,
    pub(super) extern_commands: Slot<Vec<Extern>>,
    pub(super) resources: Slot<Vec<Listed>>,
    pub(super) facade: Slot<Path>,
}

/// Something that is listed by its name.
pub(super) struct Listed {
    pub(super) path: Type,
}

/// Something that is elsewhere, and why that is right.
pub(super) struct Extern {
    pub(super) path: Type,
    pub(super) reason: LitStr,
}

impl ServiceAttribute {
    pub(super) fn parse(kind: Kind, attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        let keys = match kind {
            Kind::Service => &SERVICE,
            Kind::Module => &MODULE,
        };
        let mut read = |entry: &Entry<'_>| slots.set(kind, entry, diagnostics);
        let parsed =
            (|input: ParseStream<'_>| keys.read_entries(input, diagnostics, &mut read)).parse2(attribute);
        diagnostics.ok(parsed);
        slots
    }

    fn set(&mut self, kind: Kind, entry: &Entry<'_>, diagnostics: &Diagnostics) -> syn::Result<()> {
        match entry.name() {
            "aggregates" => self.aggregates.set(entry, list(entry, diagnostics)),
            "commands" => self.commands.set(entry, list(entry, diagnostics)),
            "process_managers" => self.process_managers.set(entry, list(entry, diagnostics)),
            "projections" => self.projections.set(entry, list(entry, diagnostics)),
            "queries" => self.queries.set(entry, list(entry, diagnostics)),
            "modules" => self.modules.set(entry, list(entry, diagnostics)),
            "extern_events" => self.extern_events.set(entry, list(entry, diagnostics)),
            "extern_commands" => self.extern_commands.set(entry, list(entry, diagnostics)),
            "resources" if matches!(kind, Kind::Service) => {
                self.resources.set(entry, list(entry, diagnostics))
            }
            "resources" => {
                let message = "resources are provided when a service starts; list them in its `#[service(resources(..))]`";
                Err(syn::Error::new(entry.key().span(), message))
            }
            "crate" => self.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        }
    }
}

impl Parse for Listed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = type_path(input)?;
        if input.is_empty() || input.peek(Token![,]) {
            Ok(Self { path })
        } else {
            Err(input.error("what is listed here is a list of names: `Todo, billing::Invoice`"))
        }
    }
}

impl Parse for Extern {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = type_path(input)?;
        let say_why = |at: &dyn quote::ToTokens| {
            let name = written(&path);
            let message = format!("say who does instead: `{name} = \"..\"`");
            Err(syn::Error::new_spanned(at.to_token_stream(), message))
        };
        if !input.peek(Token![=]) {
            return say_why(&path);
        }
        input.parse::<Token![=]>()?;
        match input.parse::<LitStr>() {
            Ok(reason) if reason.value().trim().is_empty() => say_why(&reason),
            Ok(reason) => Ok(Self { path, reason }),
            Err(_) => say_why(&path),
        }
    }
}

/// The values of `key(value, ..)`, those that can be read. At least one is written there.
fn list<T: Parse>(entry: &Entry<'_>, diagnostics: &Diagnostics) -> syn::Result<Vec<T>> {
    let input = entry.input();
    if !input.peek(Paren) {
        return Err(entry.misused(entry.key().span()));
    }
    let content;
    syn::parenthesized!(content in input);
    if content.is_empty() {
        return Err(entry.misused(entry.key().span()));
    }
    let mut values = Vec::new();
    while !content.is_empty() {
        match content.parse() {
            Ok(value) => values.push(value),
            Err(error) => {
                diagnostics.note(error);
                skip_entry(&content)?;
            }
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(values)
}

fn type_path(input: ParseStream<'_>) -> syn::Result<Type> {
    match input.fork().parse() {
        Ok(Type::Path(_) | Type::Group(_)) => input.parse(),
        _ => Err(input.error("a name is listed here, such as `Todo` or `billing::Invoice`")),
    }
}

/// A name as the user wrote it.
pub(super) fn written(path: &Type) -> String {
    let mut name = stream_type::written(path);
    for (spaced, joined) in [(" :: ", "::"), (" < ", "<"), (" >", ">"), (" ,", ",")] {
        name = name.replace(spaced, joined);
    }
    name
}
