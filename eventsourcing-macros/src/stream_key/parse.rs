use syn::{Attribute, LitStr, Path};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

static KEYS: Keys = Keys {
    attribute: "stream_key",
    known: &[
        ("category", "category = \"account\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

/// `#[stream_key(..)]`
#[derive(Default)]
pub(super) struct StreamKeyAttribute {
    pub(super) category: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

impl StreamKeyAttribute {
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        KEYS.read(attributes, diagnostics, |entry| match entry.name() {
            "category" => slots
                .category
                .set(entry, entry.value().and_then(name::of_category)),
            "crate" => slots.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        });
        slots
    }
}
