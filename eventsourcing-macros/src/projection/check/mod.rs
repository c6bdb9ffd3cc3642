//! The rules between attributes, and between them and signatures.

mod sql;

use quote::ToTokens;
use syn::{FnArg, GenericParam, Receiver, ReceiverKind, Signature};

use super::model::{Handler, Model};
use super::parse::ProjectionAttribute;
use crate::attr::Slot;
use crate::diag::Diagnostics;
use crate::heard::check::{event_is_of_one_type, events_are_taken_once};

pub(super) fn model(model: &Model<'_>, attribute: &ProjectionAttribute, diagnostics: &Diagnostics) {
    it_is_a_type_of_its_own(model, diagnostics);
    let ty = &*model.item.self_ty;
    missing(
        &attribute.name,
        ty,
        "a projection has a name, under which its progress is stored; add `name = \"name\"`",
        diagnostics,
    );
    missing(
        &attribute.version,
        ty,
        "a projection has a version, which is raised when it makes other rows; add `version = 1`",
        diagnostics,
    );
    it_keeps_rows_or_tables(model, attribute, diagnostics);
    what_is_in_sql_has_no_slices(attribute, diagnostics);
    sql::what_is_inline_is_in_sql(attribute, diagnostics);
    it_handles_something(model, diagnostics);
    events_are_taken_once(
        model.handlers.iter().flat_map(|handler| &handler.events),
        diagnostics,
    );
    let is_in_sql = sql::is_meant(model, attribute);
    if is_in_sql {
        sql::it_creates_its_tables(model, diagnostics);
    }
    for handler in &model.handlers {
        self::handler(handler, is_in_sql, diagnostics);
        event_is_of_one_type(&handler.parameters, &handler.events, diagnostics);
    }
}

fn it_keeps_rows_or_tables(model: &Model<'_>, attribute: &ProjectionAttribute, diagnostics: &Diagnostics) {
    match (attribute.row.key(), attribute.tables.key()) {
        (None, None) if sql::is_meant(model, attribute) => {
            let message = "a projection in SQL names the tables that it makes; add `tables(\"table\")`";
            diagnostics.error(&model.item.self_ty, message);
        }
        (None, None) => {
            let message = "a projection fills a table; add `row = Row`, with a `#[derive(Row)]`";
            diagnostics.error(&model.item.self_ty, message);
        }
        (Some(_), Some(tables)) => {
            let message = "a projection edits rows, or runs SQL on tables of its own; keep `row` or `tables`";
            diagnostics.error(tables, message);
        }
        (Some(_), None) => sql::rows_are_not_created(model, diagnostics),
        (None, Some(_)) => {}
    }
}

/// After another mistake in the attribute, that may be the key, misspelled.
fn missing<T>(slot: &Slot<T>, at: impl ToTokens, message: &str, diagnostics: &Diagnostics) {
    if slot.key().is_none() {
        diagnostics.error(at, message);
    }
}

fn it_is_a_type_of_its_own(model: &Model<'_>, diagnostics: &Diagnostics) {
    if let Some((of, _)) = &model.item.trait_ {
        let message = "the handlers of a projection are methods of its own, not of a trait; write `impl Projection { .. }`";
        diagnostics.error(of, message);
    }
    if !model.item.generics.params.is_empty() {
        let message = "a projection has no parameters, since its rows are stored under one name";
        diagnostics.error(&model.item.generics.params, message);
    }
}

fn what_is_in_sql_has_no_slices(attribute: &ProjectionAttribute, diagnostics: &Diagnostics) {
    if let (Some(slices), Some(_)) = (attribute.slices.key(), attribute.tables.key()) {
        let message =
            "nobody can tell which rows SQL touches, so a projection in SQL has no slices; leave this out";
        diagnostics.error(slices, message);
    }
}

fn it_handles_something(model: &Model<'_>, diagnostics: &Diagnostics) {
    // After another mistake, that may be the attribute of a handler.
    if diagnostics.is_empty() && model.handlers.is_empty() {
        let message = "a projection handles events; mark a method with `#[on(Event::Variant)]`";
        diagnostics.error(&model.item.self_ty, message);
    }
}

fn handler(handler: &Handler<'_>, is_in_sql: bool, diagnostics: &Diagnostics) {
    let signature = &handler.method.sig;
    if is_in_sql {
        sql::it_is_awaited(signature, diagnostics);
    } else {
        it_waits_for_nothing(signature, diagnostics);
    }
    it_has_no_generics(signature, diagnostics);
    it_takes_self(signature, diagnostics);
    let message = if is_in_sql {
        "a handler in SQL takes the transaction: `tx: &mut PgTx` or `tx: &mut SqliteTx`"
    } else {
        "a handler edits rows; take `rows: &mut Rows<Row>`"
    };
    it_writes(handler, message, diagnostics);
}

fn it_writes(handler: &Handler<'_>, message: &str, diagnostics: &Diagnostics) {
    let signature = &handler.method.sig;
    // A parameter that is none is noted; it may be this one.
    let all_are_known = handler.parameters.len() == signature.inputs.len().saturating_sub(1);
    if all_are_known && handler.written().is_none() {
        diagnostics.error(&signature.ident, message);
    }
}

fn it_waits_for_nothing(signature: &Signature, diagnostics: &Diagnostics) {
    if let Some(asyncness) = &signature.asyncness {
        let message = "a handler edits rows and does nothing else, since it may run several times for one event; leave out \
                       `async`";
        diagnostics.error(asyncness, message);
    }
}

fn it_has_no_generics(signature: &Signature, diagnostics: &Diagnostics) {
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            let message = "nobody says what this is when the event comes; name the type";
            diagnostics.error(parameter, message);
        }
    }
}

fn it_takes_self(signature: &Signature, diagnostics: &Diagnostics) {
    match signature.inputs.first() {
        Some(FnArg::Receiver(Receiver {
            kind: ReceiverKind::Reference(_, _, mutability),
            ..
        })) => {
            if let Some(mutability) = mutability {
                let message = "what a projection keeps is in its rows; take `&self`";
                diagnostics.error(mutability, message);
            }
        }
        Some(FnArg::Receiver(receiver)) => {
            diagnostics.error(receiver, "the projection goes on after the event; take `&self`");
        }
        _ => {
            let message = "a handler is a method; take `&self` as the first parameter";
            diagnostics.error(&signature.ident, message);
        }
    }
}
