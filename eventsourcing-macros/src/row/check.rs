//! The rules between fields.

use std::collections::HashSet;

use super::model::Model;
use crate::diag::Diagnostics;
use crate::ident;

pub(super) fn model(model: &Model<'_>, diagnostics: &Diagnostics) {
    it_has_a_key(model, diagnostics);
    keys_and_indexes_are_not_json(model, diagnostics);
    the_key_is_an_index_already(model, diagnostics);
    columns_have_different_names(model, diagnostics);
}

fn it_has_a_key(model: &Model<'_>, diagnostics: &Diagnostics) {
    // After another mistake, that may be the key.
    if model.key().next().is_none() && diagnostics.is_empty() {
        let message = match model.fields.first() {
            Some(first) => format!(
                "a row has a key, by which it is found; mark its fields, as in `#[key] {}`",
                ident::text(first.ident)
            ),
            None => "a row has a key, by which it is found; add a field with `#[key]`".to_owned(),
        };
        diagnostics.error(model.ident, message);
    }
}

fn keys_and_indexes_are_not_json(model: &Model<'_>, diagnostics: &Diagnostics) {
    for field in &model.fields {
        if let (Some(json), Some(what)) = (
            field.attributes.json.key(),
            field.attributes.key.as_ref().or(field.attributes.index.as_ref()),
        ) {
            let what = crate::heard::shown(what);
            let message =
                format!("JSON cannot be compared, so it cannot be `#[{what}]`; leave one of them out");
            diagnostics.error(json, message);
        }
    }
}

fn the_key_is_an_index_already(model: &Model<'_>, diagnostics: &Diagnostics) {
    if let Some(first) = model.key().next()
        && let Some(index) = &first.attributes.index
    {
        let message = "rows are found by their key anyway; leave `#[index]` out";
        diagnostics.error(index, message);
    }
}

fn columns_have_different_names(model: &Model<'_>, diagnostics: &Diagnostics) {
    let mut seen = HashSet::new();
    for field in &model.fields {
        if !seen.insert(&field.column) {
            let message = format!(
                "another column is named `{}`; give one of them another name",
                field.column
            );
            match field.attributes.name.value() {
                Some(name) => diagnostics.error(name, message),
                None => diagnostics.error(field.ident, message),
            }
        }
    }
}
