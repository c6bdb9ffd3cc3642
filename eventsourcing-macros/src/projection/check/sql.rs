//! The rules of projections in SQL.

use syn::Signature;

use super::{Handler, Model, ProjectionAttribute, it_has_no_generics, it_takes_self, it_writes};
use crate::diag::Diagnostics;
use crate::heard::Parameter;

/// Whether SQL is meant: the tables are named, or would be, if they had not been forgotten.
pub(super) fn is_meant(model: &Model<'_>, attribute: &ProjectionAttribute) -> bool {
    let takes_transaction = |handler: &Handler<'_>| handler.written().is_some_and(Parameter::is_transaction);
    let looks_like_it = || !model.creates.is_empty() || model.handlers.iter().any(takes_transaction);
    attribute.tables.key().is_some() || (attribute.row.key().is_none() && looks_like_it())
}

pub(super) fn what_is_inline_is_in_sql(attribute: &ProjectionAttribute, diagnostics: &Diagnostics) {
    if let (Some(inline), None) = (attribute.inline.key(), attribute.tables.key()) {
        let message = "an inline projection runs SQL in the transaction of the append; name its tables: `tables(\"table\")`";
        diagnostics.error(inline, message);
    }
}

pub(super) fn rows_are_not_created(model: &Model<'_>, diagnostics: &Diagnostics) {
    for create in &model.creates {
        let message = "the store makes the table of rows; leave this out, or name tables of your own: `tables(\"table\")`";
        diagnostics.error(&create.method.sig.ident, message);
    }
}

pub(super) fn it_creates_its_tables(model: &Model<'_>, diagnostics: &Diagnostics) {
    let Some((first, others)) = model.creates.split_first() else {
        let message = "a projection in SQL makes its tables; mark a method with `#[create]`: \
                       `async fn create(&self, tx: &mut PgTx) -> Result<(), Error>`, or with `SqliteTx`";
        diagnostics.error(&model.item.self_ty, message);
        return;
    };
    for other in others {
        let message = "the tables are made already; keep one of these methods";
        diagnostics.error(&other.method.sig.ident, message);
    }
    create(first, diagnostics);
}

fn create(create: &Handler<'_>, diagnostics: &Diagnostics) {
    let signature = &create.method.sig;
    it_is_awaited(signature, diagnostics);
    it_has_no_generics(signature, diagnostics);
    it_takes_self(signature, diagnostics);
    it_writes(
        create,
        "the tables are made in a transaction: take `tx: &mut PgTx` or `tx: &mut SqliteTx`",
        diagnostics,
    );
    for parameter in &create.parameters {
        if !parameter.is_written() {
            let message = "tables are made before there is an event; leave this out";
            diagnostics.error(parameter.ty, message);
        }
    }
}

pub(super) fn it_is_awaited(signature: &Signature, diagnostics: &Diagnostics) {
    if signature.asyncness.is_none() {
        diagnostics.error(signature.fn_token, "SQL is awaited; write `async fn`");
    }
}
