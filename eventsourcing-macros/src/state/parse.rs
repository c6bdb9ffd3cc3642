use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser as _};
use syn::{LitInt, LitStr, Path};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

static KEYS: Keys = Keys {
    attribute: "state",
    known: &[
        ("name", "name = \"account\""),
        ("version", "version = 1"),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

/// `#[state(..)]`
#[derive(Default)]
pub(super) struct StateAttribute {
    pub(super) name: Slot<LitStr>,
    pub(super) version: Slot<u32>,
    pub(super) facade: Slot<Path>,
    /// Whether there is a mistake in it, which may be the reason why something is missing.
    pub(super) is_broken: bool,
}

impl StateAttribute {
    pub(super) fn parse(attribute: TokenStream, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        let parse = |input: ParseStream<'_>| {
            KEYS.read_entries(input, diagnostics, &mut |entry| match entry.name() {
                "name" => slots.name.set(entry, entry.value().and_then(checked_name)),
                "version" => slots
                    .version
                    .set(entry, entry.value().and_then(|version| checked_version(&version))),
                "crate" => slots.facade.set(entry, entry.value()),
                _ => Err(entry.unknown()),
            })
        };
        diagnostics.ok(parse.parse2(attribute));
        slots.is_broken = !diagnostics.is_empty();
        slots
    }
}

fn checked_name(literal: LitStr) -> syn::Result<LitStr> {
    match name::check_state(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

/// Takes the version of a state.
pub(crate) fn checked_version(literal: &LitInt) -> syn::Result<u32> {
    match literal.base10_parse() {
        Ok(0) | Err(_) => Err(syn::Error::new(
            literal.span(),
            "a version is a number from 1 on: the first is 1, and each that folds otherwise is one more",
        )),
        Ok(version) => Ok(version),
    }
}
