//! The rules between attributes.

use proc_macro2::Span;

use super::apply::What;
use super::derives;
use super::model::Model;
use super::parse::AggregateAttribute;
use crate::diag::Diagnostics;
use crate::{ident, name, stream_type};

pub(super) fn model(model: &Model<'_>, attribute: &AggregateAttribute, diagnostics: &Diagnostics) {
    its_types_are_given(model, attribute, diagnostics);
    its_id_has_one_category(model, attribute, diagnostics);
    what_it_derives_is_new(model, diagnostics);
    it_has_a_state_or_none(model, diagnostics);
    its_state_has_snapshots_where_it_is_folded(model, diagnostics);
    it_has_commands(model, diagnostics);
    commands_are_distinct(model, diagnostics);
    default_names_are_names(model, diagnostics);
    events_are_applied_once(model, diagnostics);
}

fn its_types_are_given(model: &Model<'_>, attribute: &AggregateAttribute, diagnostics: &Diagnostics) {
    let name = &model.name;
    let missing: Vec<_> = [
        ("id", attribute.id.key(), "Id"),
        ("event", attribute.event.key(), "Event"),
    ]
    .into_iter()
    .filter(|(_, given, _)| given.is_none())
    .map(|(key, _, suffix)| format!("{key} = {name}{suffix}"))
    .collect();
    if !missing.is_empty() && !attribute.is_broken {
        let message = format!(
            "an aggregate names the type of its id and of its events; add `{}`",
            missing.join(", ")
        );
        diagnostics.note(syn::Error::new(Span::call_site(), message));
    }
}

/// Where the macro writes it, or else the type has one.
fn its_id_has_one_category(model: &Model<'_>, attribute: &AggregateAttribute, diagnostics: &Diagnostics) {
    match (&model.written_id, attribute.category.key()) {
        (Some(id), None) if !attribute.is_broken => {
            let category = name::snake_case(&model.name);
            let message =
                format!("the streams of an aggregate are of one category; add `category = \"{category}\"`");
            diagnostics.error(id.ident, message);
        }
        (None, Some(category)) => {
            if let Some(ty) = model.id {
                let ty = stream_type::written(ty);
                let message = format!(
                    "`{ty}` says itself which category it is of; leave `category` out, or write the id here: \
                     `id = {ty}(String)`"
                );
                diagnostics.error(category, message);
            }
        }
        _ => {}
    }
}

fn what_it_derives_is_new(model: &Model<'_>, diagnostics: &Diagnostics) {
    for path in model.derives {
        if let Some(derived) = derives::of_commands(path) {
            diagnostics.error(path, format!("every command is `{derived}`; leave this out"));
        }
    }
}

/// It is folded, or it is nothing but a name.
fn it_has_a_state_or_none(model: &Model<'_>, diagnostics: &Diagnostics) {
    if let (Some(_), Some(apply)) = (model.stateless, model.first_apply) {
        let message =
            "a stateless aggregate is not folded from its events; leave out `#[apply]`, or `stateless`";
        diagnostics.error(apply, message);
    }
}

/// Where it is folded, it is known how.
fn its_state_has_snapshots_where_it_is_folded(model: &Model<'_>, diagnostics: &Diagnostics) {
    let Some((version, key)) = model.state_version else {
        return;
    };
    if model.stateless.is_some() {
        let message = "a stateless aggregate is not folded, so there is nothing to take a snapshot of; leave out \
                       `state_version`, or `stateless`";
        diagnostics.error(key, message);
    } else if model.first_apply.is_none() {
        let message = format!(
            "the fold is written elsewhere; say it there: `#[state(name = \"{}\", version = {version})] impl State for {} {{ .. }}`",
            name::snake_case(&model.name),
            model.name
        );
        diagnostics.error(key, message);
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

fn events_are_applied_once(model: &Model<'_>, diagnostics: &Diagnostics) {
    for (at, applied) in model.applied.iter().enumerate() {
        let Some(other) = model.applied[..at].iter().find(|other| other.meets(applied)) else {
            continue;
        };
        let method = ident::text(&other.method.sig.ident);
        let message = match (&other.what, &applied.what) {
            (What::Variant(variant), What::Variant(_)) => {
                format!("the method `{method}` applies `{variant}` already; make it one method")
            }
            (What::Every, _) => format!(
                "the method `{method}` applies every event, since it takes it whole; make it one method, \
                 or say which variants it applies: `#[apply(Event::Variant)]`"
            ),
            (What::Variant(variant), What::Every) => format!(
                "this method applies every event, since it takes it whole, and `{method}` applies `{variant}`; \
                 make it one method, or say which variants it applies: `#[apply(Event::Variant)]`"
            ),
        };
        match &applied.what {
            What::Variant(variant) => diagnostics.error(variant, message),
            What::Every => diagnostics.error(&applied.method.sig.ident, message),
        }
    }
}
