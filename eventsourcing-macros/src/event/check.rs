//! The rules between variants.

use std::collections::HashMap;

use syn::{GenericParam, LitStr, Type};

use super::model::Model;
use super::parse::EventAttribute;
use crate::diag::Diagnostics;
use crate::ident;
use crate::stream_type::{same, written};

pub(super) fn model(model: &Model<'_>, attribute: &EventAttribute, diagnostics: &Diagnostics) {
    keys_have_an_effect(model, attribute, diagnostics);
    stored_names_are_distinct(model, diagnostics);
    wrapped_events_are_distinct(model, diagnostics);
    wrapped_events_are_concrete(model, diagnostics);
}

/// Prefix and codec are for event types that are defined here.
fn keys_have_an_effect(model: &Model<'_>, attribute: &EventAttribute, diagnostics: &Diagnostics) {
    if model.own().next().is_some() || model.wrapped().next().is_none() {
        return;
    }
    for key in [attribute.prefix.key(), attribute.codec.key()]
        .into_iter()
        .flatten()
    {
        let message =
            format!("`{key}` has no effect, since every variant wraps an event with its own; remove it");
        diagnostics.error(key, message);
    }
}

/// A stored event must be read as one event type, or passed over.
fn stored_names_are_distinct(model: &Model<'_>, diagnostics: &Diagnostics) {
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut take = |name: &LitStr, by: String| {
        if let Some(other) = taken.get(&name.value()) {
            let message = format!("the stored name `{}` is taken already, by {other}", name.value());
            diagnostics.error(name, message);
        } else {
            taken.insert(name.value(), by);
        }
    };
    for (variant, own) in model.own() {
        take(&own.name, format!("`{}`", ident::text(variant)));
    }
    for (variant, own) in model.own() {
        own.aliases
            .iter()
            .for_each(|alias| take(alias, format!("an alias of `{}`", ident::text(variant))));
    }
    model
        .retired
        .iter()
        .for_each(|retired| take(retired, "`retired`".to_owned()));
}

/// What is read must go back into the variant that it was stored from.
fn wrapped_events_are_distinct(model: &Model<'_>, diagnostics: &Diagnostics) {
    let wrapped: Vec<&Type> = model.wrapped().collect();
    for (at, event) in wrapped.iter().enumerate() {
        if wrapped[..at].iter().any(|earlier| same(earlier, event)) {
            let message = format!(
                "two variants wrap `{}`; its events could be read as either",
                written(event)
            );
            diagnostics.error(event, message);
        }
    }
}

/// Two type parameters could be the same type.
fn wrapped_events_are_concrete(model: &Model<'_>, diagnostics: &Diagnostics) {
    for event in model.wrapped() {
        let bare = model
            .input
            .generics
            .params
            .iter()
            .any(|parameter| match parameter {
                GenericParam::Type(parameter) => parameter.ident == written(event),
                GenericParam::Lifetime(_) | GenericParam::Const(_) => false,
            });
        if bare {
            let message =
                "a variant wraps a type that is known here, not a type parameter; name the event type";
            diagnostics.error(event, message);
        }
    }
}
