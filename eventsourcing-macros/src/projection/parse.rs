use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Ident, ImplItem, ItemImpl, LitInt, LitStr, Meta, Path, Type};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::heard::{EventPath, EventPaths};
use crate::lint;
use crate::name;

static KEYS: Keys = Keys {
    attribute: "projection",
    known: &[
        ("name", "name = \"balances\""),
        ("version", "version = 1"),
        ("row", "row = BalanceRow"),
        ("tables", "tables(\"audit\")"),
        ("inline", "inline"),
        ("parallel_by", "parallel_by = field"),
        ("slices", "slices = 8"),
        ("changed", "changed = \"why the rows would be the same\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

/// `#[projection(..)]`
#[derive(Default)]
pub(super) struct ProjectionAttribute {
    pub(super) name: Slot<LitStr>,
    pub(super) version: Slot<u32>,
    pub(super) row: Slot<Type>,
    /// Those of a projection in SQL.
    pub(super) tables: Slot<Vec<LitStr>>,
    pub(super) inline: Slot<()>,
    pub(super) parallel_by: Slot<Ident>,
    pub(super) slices: Slot<u32>,
    pub(super) changed: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

impl ProjectionAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        let mut read = |entry: &crate::attr::Entry<'_>| match entry.name() {
            "name" => slots.name.set(entry, entry.value().and_then(checked_name)),
            "version" => slots
                .version
                .set(entry, entry.value().and_then(|version| checked_version(&version))),
            "row" => slots.row.set(entry, entry.value()),
            "tables" => slots.tables.set(entry, entry.list().and_then(checked_tables)),
            "inline" => slots.inline.set(entry, entry.flag()),
            "parallel_by" => slots.parallel_by.set(entry, entry.value()),
            "slices" => slots
                .slices
                .set(entry, entry.value().and_then(|slices| checked_slices(&slices))),
            "changed" => slots.changed.set(entry, entry.value().and_then(reason)),
            "crate" => slots.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        };
        let parsed =
            (|input: ParseStream<'_>| KEYS.read_entries(input, diagnostics, &mut read)).parse2(attribute);
        diagnostics.ok(parsed);
        slots
    }
}

fn checked_name(literal: LitStr) -> syn::Result<LitStr> {
    match name::check_projection(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

fn checked_tables(literals: Vec<LitStr>) -> syn::Result<Vec<LitStr>> {
    let wrong = literals.iter().enumerate().filter_map(|(at, literal)| {
        let name = literal.value();
        let is_given = literals[..at].iter().any(|other| other.value() == name);
        let rule = if is_given {
            format!("the table `{name}` is named twice; keep one of them")
        } else {
            name::check_projected_table(&name).err()?
        };
        Some(syn::Error::new(literal.span(), rule))
    });
    let all = wrong.reduce(|mut all, one| {
        all.combine(one);
        all
    });
    all.map_or(Ok(literals), Err)
}

fn checked_version(literal: &LitInt) -> syn::Result<u32> {
    match literal.base10_parse() {
        Ok(0) | Err(_) => Err(syn::Error::new(
            literal.span(),
            "a version is a number from 1 on: the first is 1, and each that makes other rows is one more",
        )),
        Ok(version) => Ok(version),
    }
}

fn checked_slices(literal: &LitInt) -> syn::Result<u32> {
    match literal.base10_parse() {
        Ok(slices @ 2..=64) => Ok(slices),
        Ok(1) => Err(syn::Error::new(
            literal.span(),
            "one slice is the whole projection; leave out `slices`",
        )),
        _ => Err(syn::Error::new(
            literal.span(),
            "a projection has from 2 to 64 slices",
        )),
    }
}

fn reason(literal: LitStr) -> syn::Result<LitStr> {
    if literal.value().trim().is_empty() {
        let message = "say why the rows would be the same: `changed = \"..\"`";
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(literal)
}

/// Whether an attribute says what a method handles.
pub(super) fn is_on(attribute: &Attribute) -> bool {
    attribute.path().is_ident("on")
}

/// Whether an attribute says that a method makes the tables.
pub(super) fn is_create(attribute: &Attribute) -> bool {
    attribute.path().is_ident("create")
}

/// The events in `#[on(Event::Variant)]`.
pub(super) fn events(attribute: &Attribute, diagnostics: &Diagnostics) -> Vec<EventPath> {
    let message = "`#[on]` names the event: `#[on(Event::Variant)]`";
    let Meta::List(list) = &attribute.meta else {
        diagnostics.error(&attribute.meta, message);
        return Vec::new();
    };
    if list.tokens.is_empty() {
        diagnostics.error(attribute.path(), message);
        return Vec::new();
    }
    let parse = |input: ParseStream<'_>| {
        let EventPaths(events) = input.parse()?;
        input.parse::<Option<syn::Token![,]>>()?;
        if input.is_empty() {
            Ok(events)
        } else {
            Err(input.error("`#[on(..)]` takes an event, or several in `[..]`, and nothing else"))
        }
    };
    diagnostics
        .ok(parse.parse2(list.tokens.clone()))
        .unwrap_or_default()
}

/// The block as the compiler is to see it.
pub(super) fn without_handler_attributes(item: &ItemImpl) -> ItemImpl {
    let mut item = item.clone();
    for part in &mut item.items {
        if let ImplItem::Fn(method) = part {
            let before = method.attrs.len();
            method
                .attrs
                .retain(|attribute| !is_on(attribute) && !is_create(attribute));
            if method.attrs.len() < before {
                method.attrs.push(lint::as_asked_for());
                if method.sig.asyncness.is_some() {
                    method
                        .attrs
                        .push(syn::parse_quote!(#[allow(clippy::unused_async)]));
                }
            }
        }
    }
    item
}
