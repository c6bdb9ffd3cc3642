//! The rules between attributes.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Ident, Path};

use super::model::{Emitted, Model};
use super::parse::CommandAttribute;
use crate::diag::Diagnostics;
use crate::{ident, name};

pub(super) fn model(model: &Model<'_>, attribute: &CommandAttribute, diagnostics: &Diagnostics) {
    it_owns_what_it_holds(model, diagnostics);
    it_names_streams(model, diagnostics);
    it_says_what_it_emits(model, attribute, diagnostics);
    events_are_listed_once(model, diagnostics);
    listed_variants_are_of_concrete_enums(model, diagnostics);
    there_is_one_kind_of_state(model, diagnostics);
    its_own_state_is_folded_from_something(model, attribute, diagnostics);
    names_are_distinct(model, diagnostics);
    its_default_name_is_a_name(model, attribute, diagnostics);
}

/// It outlives its caller: it runs in a task of its own.
fn it_owns_what_it_holds(model: &Model<'_>, diagnostics: &Diagnostics) {
    for lifetime in model.input.generics.lifetimes() {
        diagnostics.error(
            lifetime,
            "a command owns what it holds; it has no lifetime parameters",
        );
    }
}

fn it_names_streams(model: &Model<'_>, diagnostics: &Diagnostics) {
    if model.streams.is_empty() {
        let message = "a command names the streams that it depends on; mark the fields that hold their keys with \
                       `#[stream]`";
        diagnostics.error(&model.input.ident, message);
    }
}

fn it_says_what_it_emits(model: &Model<'_>, attribute: &CommandAttribute, diagnostics: &Diagnostics) {
    let is_said = attribute.emits.key().is_some() || !model.emits.is_empty();
    let another_mistake_may_be_the_reason = !diagnostics.is_empty();
    if is_said || another_mistake_may_be_the_reason {
        return;
    }
    let which = if model.streams.iter().any(|stream| stream.state.is_some()) {
        "several states"
    } else {
        "no state"
    };
    let message =
        format!("a command with {which} says what it emits; add `#[command(emits(Event::Variant))]`");
    diagnostics.error(&model.input.ident, message);
}

/// Each entry is a way to prove that the command emits an event, and there must not be two.
fn events_are_listed_once(model: &Model<'_>, diagnostics: &Diagnostics) {
    let written = |path: &Path| path.to_token_stream().to_string();
    let whole: HashSet<_> = model
        .emits
        .iter()
        .filter_map(|emitted| match emitted {
            Emitted::Event(event) => Some(written(event)),
            Emitted::Variant { .. } | Emitted::FoldedBy(_) => None,
        })
        .collect();
    let mut seen = HashSet::new();
    for emitted in &model.emits {
        let (path, event) = match emitted {
            Emitted::Event(event) => (*event, None),
            Emitted::Variant { path, event, .. } => (*path, Some(event)),
            Emitted::FoldedBy(_) => continue,
        };
        if !seen.insert(written(path)) {
            diagnostics.error(path, "this is listed twice; keep one of them");
        } else if event.is_some_and(|event| whole.contains(&written(event))) {
            diagnostics.error(
                path,
                "the whole enum is listed, and with it this variant; keep one of them",
            );
        }
    }
}

/// The place of a variant is a constant, which cannot depend on a type parameter.
fn listed_variants_are_of_concrete_enums(model: &Model<'_>, diagnostics: &Diagnostics) {
    let parameters: Vec<&Ident> = model
        .input
        .generics
        .type_params()
        .map(|parameter| &parameter.ident)
        .collect();
    for emitted in &model.emits {
        if let Emitted::Variant { path, event, .. } = emitted
            && mentions_any(event.to_token_stream(), &parameters)
        {
            let message = "the variants of an enum with a type parameter of the command cannot be listed by themselves; \
                           list the whole enum";
            diagnostics.error(path, message);
        }
    }
}

fn mentions_any(tokens: TokenStream, names: &[&Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_any(group.stream(), names),
        TokenTree::Ident(ident) => names.iter().any(|name| **name == ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn there_is_one_kind_of_state(model: &Model<'_>, diagnostics: &Diagnostics) {
    if model.own_state.is_none() {
        return;
    }
    for state in model.streams.iter().filter_map(|stream| stream.state.as_ref()) {
        let message = "`#[command(state = ..)]` folds all streams, so a stream has no state by itself; \
                       leave one of them out";
        diagnostics.error(state, message);
    }
}

fn its_own_state_is_folded_from_something(
    model: &Model<'_>,
    attribute: &CommandAttribute,
    diagnostics: &Diagnostics,
) {
    if let Some(state) = attribute.state.key()
        && !model.streams.is_empty()
        && !model.reads()
    {
        let message = "a state is folded from what is read, and all streams are `append`; leave out `state`";
        diagnostics.error(state, message);
    }
}

/// They are the fields of the state.
fn names_are_distinct(model: &Model<'_>, diagnostics: &Diagnostics) {
    let mut taken = HashSet::new();
    for stream in &model.streams {
        if !taken.insert(ident::text(stream.ident)) {
            let name = ident::text(stream.ident);
            let message =
                format!("the state has a field `{name}` already; discover these streams under another name");
            diagnostics.error(stream.ident, message);
        }
    }
}

/// The names of types may hold letters that names on the wire may not.
fn its_default_name_is_a_name(model: &Model<'_>, attribute: &CommandAttribute, diagnostics: &Diagnostics) {
    if attribute.name.key().is_none()
        && let Err(rule) = name::check(&model.name)
    {
        let message = format!("{rule}; give the command another on the wire: `#[command(name = \"Name\")]`");
        diagnostics.error(&model.input.ident, message);
    }
}
