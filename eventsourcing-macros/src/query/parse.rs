use syn::{Attribute, LitStr, Path, Type};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

static QUERY: Keys = Keys {
    attribute: "query",
    known: &[
        ("result", "result = Vec<BalanceRow>"),
        ("of", "of(Balances)"),
        ("name", "name = \"Name\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

/// `#[query(..)]`
#[derive(Default)]
pub(super) struct QueryAttribute {
    pub(super) result: Slot<Type>,
    pub(super) of: Slot<Vec<Type>>,
    pub(super) name: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

impl QueryAttribute {
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        QUERY.read(attributes, diagnostics, |entry| match entry.name() {
            "result" => slots.result.set(entry, entry.value()),
            "of" => slots.of.set(entry, entry.list()),
            "name" => slots.name.set(entry, entry.value().and_then(name::of_command)),
            "crate" => slots.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        });
        slots
    }
}
