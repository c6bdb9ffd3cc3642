use quote::ToTokens as _;
use syn::{Ident, ImplItemFn, ItemImpl, Type};

use super::apply::Applied;
use super::command::Command;
use super::item;
use super::parse::AggregateAttribute;
use crate::diag::Diagnostics;
use crate::ident;

/// An aggregate as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) ty: &'a Type,
    /// What its type is called.
    pub(super) name: String,
    /// What is not given is missing here; then that was noted.
    pub(super) id: Option<&'a Type>,
    pub(super) event: Option<&'a Type>,
    pub(super) error: Option<&'a Type>,
    pub(super) commands: Vec<Command<'a>>,
    pub(super) applied: Vec<Applied<'a>>,
    /// The first `#[apply]`, if there is any: the macro writes the fold.
    pub(super) first_apply: Option<&'a syn::Attribute>,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        item: &'a ItemImpl,
        attribute: &'a AggregateAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        if let Some((of, _)) = &item.trait_ {
            let message = "the commands of an aggregate are methods of its own, not of a trait; write `impl Todo { .. }`";
            diagnostics.error(of, message);
            return None;
        }
        if !item.generics.params.is_empty() {
            let message = "an aggregate has no parameters, since its commands are types by themselves; \
                           derive `Command` for commands with parameters";
            diagnostics.error(&item.generics.params, message);
            return None;
        }
        let mut commands = Vec::new();
        let mut applied = Vec::new();
        for method in item::methods(item) {
            has_one_purpose(method, diagnostics);
            commands.extend(Command::of_method(method, diagnostics));
            applied.extend(Applied::of_method(method, diagnostics));
        }
        let first_apply = item::methods(item)
            .flat_map(|method| &method.attrs)
            .find(|attribute| item::is_apply(attribute));
        Some(Self {
            ty: &item.self_ty,
            name: name_of(&item.self_ty),
            id: attribute.id.value(),
            event: attribute.event.value(),
            error: attribute.error.value(),
            commands,
            applied,
            first_apply,
        })
    }
}

/// A method decides or applies, and a command is one command.
fn has_one_purpose(method: &ImplItemFn, diagnostics: &Diagnostics) {
    let mut attributes = method
        .attrs
        .iter()
        .filter(|attribute| item::is_command(attribute) || item::is_apply(attribute));
    let Some(first) = attributes.next() else { return };
    for other in attributes {
        if item::is_command(first) != item::is_command(other) {
            let message =
                "a method decides, as a `#[command]`, or changes the state, by `#[apply]`; make it two";
            diagnostics.error(other, message);
        } else if item::is_command(other) {
            let message = "this method is a `#[command]` already; write `name` and `type` in one";
            diagnostics.error(other, message);
        }
    }
}

/// What a type is called where it is spoken of.
fn name_of(ty: &Type) -> String {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    last.map_or_else(
        || ty.to_token_stream().to_string(),
        |last| ident::text(&last.ident),
    )
}

/// The last name of a type that is a reference to a path: `Cx` of `&Cx<Id>`.
pub(super) fn referred(ty: &Type) -> Option<(&Ident, &syn::TypeReference)> {
    let Type::Reference(reference) = ty else {
        return None;
    };
    let Type::Path(path) = &*reference.elem else {
        return None;
    };
    Some((&path.path.segments.last()?.ident, reference))
}
