//! The rules between attributes.

use proc_macro2::Span;
use syn::Type;

use super::model::Model;
use super::parse::AggregateAttribute;
use crate::attr::Slot;
use crate::diag::Diagnostics;
use crate::{ident, name};

pub(super) fn model(model: &Model<'_>, attribute: &AggregateAttribute, diagnostics: &Diagnostics) {
    its_types_are_given(model, attribute, diagnostics);
    it_has_commands(model, diagnostics);
    commands_are_distinct(model, diagnostics);
    default_names_are_names(model, diagnostics);
    variants_are_applied_once(model, diagnostics);
}

fn its_types_are_given(model: &Model<'_>, attribute: &AggregateAttribute, diagnostics: &Diagnostics) {
    let name = &model.name;
    let is_missing = |slot: &Slot<Type>| slot.key().is_none();
    let missing: Vec<_> = [
        ("id", &attribute.id, "Id"),
        ("event", &attribute.event, "Event"),
        ("error", &attribute.error, "Error"),
    ]
    .into_iter()
    .filter(|(_, slot, _)| is_missing(slot))
    .map(|(key, _, suffix)| format!("{key} = {name}{suffix}"))
    .collect();
    if !missing.is_empty() && !attribute.is_broken {
        let message = format!(
            "an aggregate names the type of its id, of its events and of its errors; add `{}`",
            missing.join(", ")
        );
        diagnostics.note(syn::Error::new(Span::call_site(), message));
    }
}

fn it_has_commands(model: &Model<'_>, diagnostics: &Diagnostics) {
    if model.commands.is_empty() {
        let message = "an aggregate has commands; mark the methods that decide with `#[command]`";
        diagnostics.error(model.ty, message);
    }
}

/// Each is a type, and is found by its name.
fn commands_are_distinct(model: &Model<'_>, diagnostics: &Diagnostics) {
    for (at, command) in model.commands.iter().enumerate() {
        let before = &model.commands[..at];
        if let Some(other) = before.iter().find(|other| other.ident == command.ident) {
            let message = format!(
                "the method `{}` is the command `{}` already; give this one another type: `#[command(type = Name)]`",
                ident::text(&other.method.sig.ident),
                command.ident
            );
            diagnostics.error(&command.ident, message);
        } else if let Some(other) = before.iter().find(|other| other.name == command.name) {
            let message = format!(
                "the method `{}` is called `{}` on the wire already; give one of them another name: \
                 `#[command(name = \"Name\")]`",
                ident::text(&other.method.sig.ident),
                command.name
            );
            match &command.given_name {
                Some(name) => diagnostics.error(name, message),
                None => diagnostics.error(&command.ident, message),
            }
        }
    }
}

/// The names of types may hold letters that names on the wire may not.
fn default_names_are_names(model: &Model<'_>, diagnostics: &Diagnostics) {
    for command in &model.commands {
        if command.given_name.is_none()
            && let Err(rule) = name::check(&command.name)
        {
            let message =
                format!("{rule}; give the command another on the wire: `#[command(name = \"Name\")]`");
            diagnostics.error(&command.ident, message);
        }
    }
}

fn variants_are_applied_once(model: &Model<'_>, diagnostics: &Diagnostics) {
    for (at, applied) in model.applied.iter().enumerate() {
        let other = model.applied[..at]
            .iter()
            .find(|other| other.variant == applied.variant);
        if let Some(other) = other {
            let message = format!(
                "the method `{}` applies `{}` already; make it one method",
                ident::text(&other.method.sig.ident),
                applied.variant
            );
            diagnostics.error(&applied.variant, message);
        }
    }
}
