use syn::{Attribute, Field, LitStr, Meta, Path};

use crate::attr::{Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

static ROW: Keys = Keys {
    attribute: "row",
    known: &[
        ("table", "table = \"balances\""),
        ("crate", "crate = path::to::eventsourcing"),
    ],
};

static COLUMN: Keys = Keys {
    attribute: "column",
    known: &[("json", "json"), ("name", "name = \"owner\"")],
};

/// `#[row(..)]`
#[derive(Default)]
pub(super) struct RowAttribute {
    pub(super) table: Slot<LitStr>,
    pub(super) facade: Slot<Path>,
}

/// The attributes of a field.
#[derive(Default)]
pub(super) struct FieldAttributes {
    /// `#[key]`
    pub(super) key: Option<Path>,
    /// `#[index]`
    pub(super) index: Option<Path>,
    /// `#[column(json)]`
    pub(super) json: Slot<()>,
    /// `#[column(name = "..")]`
    pub(super) name: Slot<LitStr>,
}

impl RowAttribute {
    pub(super) fn parse(attributes: &[Attribute], diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        ROW.read(attributes, diagnostics, |entry| match entry.name() {
            "table" => slots.table.set(entry, entry.value().and_then(table)),
            "crate" => slots.facade.set(entry, entry.value()),
            _ => Err(entry.unknown()),
        });
        slots
    }
}

impl FieldAttributes {
    pub(super) fn parse(field: &Field, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self {
            key: flag(field, "key", diagnostics),
            index: flag(field, "index", diagnostics),
            ..Self::default()
        };
        COLUMN.read(&field.attrs, diagnostics, |entry| match entry.name() {
            "json" => slots.json.set(entry, entry.flag()),
            "name" => slots.name.set(entry, entry.value().and_then(column)),
            _ => Err(entry.unknown()),
        });
        slots
    }
}

/// An attribute that stands alone.
fn flag(field: &Field, name: &str, diagnostics: &Diagnostics) -> Option<Path> {
    let mut found = None;
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        if !matches!(attribute.meta, Meta::Path(_)) {
            diagnostics.error(&attribute.meta, format!("`#[{name}]` stands alone"));
        } else if found.is_some() {
            diagnostics.error(attribute, format!("`#[{name}]` is given twice; keep one of them"));
        }
        found = Some(attribute.path().clone());
    }
    found
}

fn table(literal: LitStr) -> syn::Result<LitStr> {
    checked(literal, name::check_table)
}

fn column(literal: LitStr) -> syn::Result<LitStr> {
    checked(literal, name::check_column)
}

fn checked(literal: LitStr, check: fn(&str) -> Result<(), String>) -> syn::Result<LitStr> {
    match check(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}
