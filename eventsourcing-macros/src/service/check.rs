//! The rules that can be checked without knowing the types.

use std::collections::HashSet;

use syn::Type;

use super::model::{Model, Role};
use super::parse::{ServiceAttribute, written};
use crate::diag::Diagnostics;

pub(super) fn model(model: &Model<'_>, attribute: &ServiceAttribute, diagnostics: &Diagnostics) {
    it_lists_something(model, attribute, diagnostics);
    for role in Role::ALL {
        let listed = model.parts.iter().filter(|part| part.role == role);
        names_are_listed_once(listed.map(|part| part.path), diagnostics);
    }
    names_are_listed_once(model.resources.iter().copied(), diagnostics);
}

fn it_lists_something(model: &Model<'_>, attribute: &ServiceAttribute, diagnostics: &Diagnostics) {
    let keys = [
        attribute.aggregates.key(),
        attribute.commands.key(),
        attribute.process_managers.key(),
        attribute.projections.key(),
        attribute.queries.key(),
        attribute.modules.key(),
    ];
    let another_mistake_may_be_the_reason = !diagnostics.is_empty();
    if keys.iter().any(Option::is_some) || another_mistake_may_be_the_reason {
        return;
    }
    let kind = model.kind.name();
    let message = format!(
        "a {kind} is what it lists: `#[{kind}(aggregates(Todo), commands(TransferMoney), modules(Billing))]`"
    );
    diagnostics.error(&model.item.ident, message);
}

#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
fn names_are_listed_once<'a>(names: impl Iterator<Item = &'a Type>, diagnostics: &Diagnostics) {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(written(name)) {
            diagnostics.error(name, "this is listed twice; keep one of them");
        }
    }
}
