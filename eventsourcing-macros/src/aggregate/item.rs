//! The `impl` block as the user wrote it.

use proc_macro2::TokenStream;
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, Item, ItemImpl};

use crate::diag::Diagnostics;
use crate::lint;

/// Reads the `impl` block of a type.
pub(super) fn parse(item: TokenStream, diagnostics: &Diagnostics) -> Option<ItemImpl> {
    let first = item.clone().into_iter().next();
    match syn::parse2(item) {
        Ok(Item::Impl(item)) => Some(item),
        Ok(_) => {
            let message =
                "`#[aggregate]` stands on the `impl` block with the commands of a state: `impl Todo { .. }`";
            diagnostics.error(first, message);
            None
        }
        Err(error) => {
            diagnostics.note(error);
            None
        }
    }
}

/// Takes away what only this macro understands, and the lints against what it asks for.
pub(super) fn strip(item: &mut ItemImpl) {
    for method in methods_mut(item) {
        let is_command = method.attrs.iter().any(is_command);
        if method.attrs.iter().any(is_command_or_apply) {
            method.attrs.retain(|attribute| !is_command_or_apply(attribute));
            method.attrs.push(lint::as_asked_for());
        }
        if is_command {
            for argument in &mut method.sig.inputs {
                if let FnArg::Typed(argument) = argument {
                    argument.attrs.retain(|attribute| !is_of_field(attribute));
                }
            }
        }
    }
}

fn methods_mut(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

/// The functions of an `impl` block.
pub(super) fn methods(item: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

/// What is in an `impl` block besides its commands.
pub(super) fn beside_commands(item: &ItemImpl) -> Vec<ImplItem> {
    let items = item.items.iter().filter(|item| match item {
        ImplItem::Fn(method) => !method.attrs.iter().any(is_command),
        _ => true,
    });
    items.cloned().collect()
}

pub(super) fn is_command(attribute: &Attribute) -> bool {
    attribute.path().is_ident("command")
}

pub(super) fn is_apply(attribute: &Attribute) -> bool {
    attribute.path().is_ident("apply")
}

fn is_command_or_apply(attribute: &Attribute) -> bool {
    is_command(attribute) || is_apply(attribute)
}

/// Whether what stands on a parameter is meant for the field that is made of it: everything that a parameter cannot have.
pub(super) fn is_of_field(attribute: &Attribute) -> bool {
    const OF_PARAMETERS: [&str; 7] = ["allow", "cfg", "cfg_attr", "deny", "expect", "forbid", "warn"];
    !OF_PARAMETERS.iter().any(|name| attribute.path().is_ident(name))
}
