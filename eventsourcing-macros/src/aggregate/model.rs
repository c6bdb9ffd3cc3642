use quote::ToTokens as _;
use syn::{Ident, ImplItemFn, ItemImpl, Path, Type};

use super::apply::Applied;
use super::command::Command;
use super::id::WrittenId;
use super::item;
use super::parse::AggregateAttribute;
use crate::diag::Diagnostics;
use crate::{code, ident};

/// An aggregate as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) ty: &'a Type,
    /// What its type is called.
    pub(super) name: String,
    /// What is not given is missing here; then that was noted.
    pub(super) id: Option<&'a Type>,
    /// The same, if the macro is to write it.
    pub(super) written_id: Option<WrittenId<'a>>,
    pub(super) event: Option<&'a Type>,
    pub(super) error: Option<&'a Type>,
    /// Whether that is what an aggregate that names none has.
    pub(super) has_default_error: bool,
    /// Where it says that it has no state.
    pub(super) stateless: Option<&'a Ident>,
    /// The version of its state, if that has snapshots, and where it is said.
    pub(super) state_version: Option<(u32, &'a Ident)>,
    /// A hash of the block but for its commands.
    pub(super) code: u64,
    /// What its types derive besides.
    pub(super) derives: &'a [Path],
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
            applied.extend(Applied::of_method(method, attribute.event.value(), diagnostics));
        }
        let first_apply = item::methods(item)
            .flat_map(|method| &method.attrs)
            .find(|attribute| item::is_apply(attribute));
        Some(Self {
            ty: &item.self_ty,
            name: name_of(&item.self_ty),
            id: attribute.id.value().map(|id| &id.ty),
            written_id: attribute.id.value().and_then(|id| id.written(attribute, item)),
            event: attribute.event.value(),
            error: attribute.error.value(),
            has_default_error: attribute.error.key().is_none(),
            stateless: attribute
                .stateless
                .value()
                .and_then(|()| attribute.stateless.key()),
            state_version: attribute
                .state_version
                .value()
                .copied()
                .zip(attribute.state_version.key()),
            code: code::hash(&item::beside_commands(item)),
            derives: attribute.derive.value().map_or(&[], Vec::as_slice),
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
    last_name(ty).map_or_else(|| ty.to_token_stream().to_string(), ident::text)
}

/// The last name of the path to a type.
pub(super) fn last_name(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else {
        return None;
    };
    Some(&path.path.segments.last()?.ident)
}

/// The last name of a type that is a reference to a path: `Cx` of `&Cx<Id>`.
pub(super) fn referred(ty: &Type) -> Option<(&Ident, &syn::TypeReference)> {
    let Type::Reference(reference) = ty else {
        return None;
    };
    Some((last_name(&reference.elem)?, reference))
}
