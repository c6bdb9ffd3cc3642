//! Methods with `#[apply]`.

use quote::format_ident;
use syn::{FnArg, Ident, ImplItemFn, PatType, Path, ReceiverKind, ReturnType, Type};

use super::command::{name_of, typed};
use super::item::{is_apply, is_command};
use super::model::{last_name, referred};
use super::parse::Target;
use crate::diag::Diagnostics;
use crate::stream_type;
use crate::{ident, name};

/// What a method applies to the state.
pub(super) struct Applied<'a> {
    pub(super) method: &'a ImplItemFn,
    pub(super) target: Target,
    pub(super) what: What,
    /// The parameters after `&mut self`.
    pub(super) arguments: Vec<Argument<'a>>,
}

pub(super) enum What {
    Every,
    Variant(Ident),
}

/// What a method is called with.
#[derive(Clone, Copy)]
pub(super) enum Argument<'a> {
    /// `event: &Recorded<Event>`, by its type.
    Recorded(&'a Type),
    /// `event: &Event`, by its type.
    Whole(&'a Type),
    /// A field of the variant, or the event that it wraps.
    Field { ident: &'a Ident, ty: &'a Type },
}

impl<'a> Applied<'a> {
    pub(super) fn of_method(
        method: &'a ImplItemFn,
        event: Option<&Type>,
        diagnostics: &Diagnostics,
    ) -> Vec<Self> {
        let mut attributes = method
            .attrs
            .iter()
            .filter(|attribute| is_apply(attribute))
            .peekable();
        let is_command = method.attrs.iter().any(is_command);
        if attributes.peek().is_none() || is_command {
            return Vec::new();
        }
        it_changes_the_state(method, diagnostics);
        it_cannot_fail(method, diagnostics);
        let arguments: Vec<_> = typed(method)
            .filter_map(|argument| Argument::new(argument, event, diagnostics))
            .collect();
        let targets = attributes.filter_map(|attribute| diagnostics.ok(Target::parse(attribute)));
        let applied = targets.flatten().filter_map(|target| {
            target.names_its_parameter(&arguments, diagnostics);
            Some(Self {
                method,
                what: target.what(method, event, &arguments)?,
                target,
                arguments: arguments.clone(),
            })
        });
        applied.collect()
    }

    /// Whether there are events that another method applies, too.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Variant(own), What::Variant(theirs)) => own == theirs,
            _ => true,
        }
    }
}

impl Target {
    /// A method that takes the event, and none of its fields, need not know which variant it is.
    fn what(&self, method: &ImplItemFn, event: Option<&Type>, arguments: &[Argument<'_>]) -> Option<What> {
        let has_fields = arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Field { .. }));
        let takes_whole = arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Whole(_)));
        Some(match self {
            Self::OfMethod if takes_whole && !has_fields => What::Every,
            Self::OfMethod => {
                let name = name::camel_case(&ident::text(&method.sig.ident));
                What::Variant(format_ident!("{name}", span = method.sig.ident.span()))
            }
            Self::Named(path) if !has_fields && event.is_some_and(|event| is_written(event, path)) => {
                What::Every
            }
            Self::Named(path) | Self::Wrapper(path, _) => What::Variant(path.segments.last()?.ident.clone()),
        })
    }

    fn names_its_parameter(&self, arguments: &[Argument<'_>], diagnostics: &Diagnostics) {
        let Self::Wrapper(_, name) = self else { return };
        let mut is_taken = false;
        for argument in arguments {
            match argument {
                Argument::Field { ident, .. } if *ident == name => is_taken = true,
                Argument::Field { ident, .. } => {
                    let message = format!(
                        "`#[apply]` calls the event `{name}`; call the parameter the same, or leave it out"
                    );
                    diagnostics.error(ident, message);
                    is_taken = true;
                }
                Argument::Recorded(_) | Argument::Whole(_) => {}
            }
        }
        if !is_taken {
            let message = format!("the method has no parameter `{name}`; take `{name}: &Event`");
            diagnostics.error(name, message);
        }
    }
}

impl<'a> Argument<'a> {
    fn new(argument: &'a PatType, event: Option<&Type>, diagnostics: &Diagnostics) -> Option<Self> {
        let Some(ident) = name_of(argument) else {
            let message = "a parameter of an `#[apply]` method is called like a field of the event; \
                           take it apart in the method";
            diagnostics.error(&argument.pat, message);
            return None;
        };
        let Type::Reference(reference) = &*argument.ty else {
            let ty = stream_type::written(&argument.ty);
            diagnostics.error(
                &argument.ty,
                format!("the event is lent to the methods that apply it; take `&{ty}`"),
            );
            return None;
        };
        if reference.mutability.is_some() {
            diagnostics.error(&argument.ty, "an event does not change any more; leave out `mut`");
            return None;
        }
        let name = referred(&argument.ty).map(|(name, _)| name);
        Some(if name.is_some_and(|name| name == "Recorded") {
            Self::Recorded(&argument.ty)
        } else if name.is_some() && name == event.and_then(last_name) {
            Self::Whole(&argument.ty)
        } else {
            Self::Field {
                ident,
                ty: &argument.ty,
            }
        })
    }
}

fn it_changes_the_state(method: &ImplItemFn, diagnostics: &Diagnostics) {
    match method.sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            if !matches!(&receiver.kind, ReceiverKind::Reference(_, _, Some(_))) {
                diagnostics.error(
                    receiver,
                    "an `#[apply]` method changes the state; take `&mut self`",
                );
            }
        }
        _ => diagnostics.error(
            &method.sig.ident,
            "an `#[apply]` method changes the state; take `&mut self` as the first parameter",
        ),
    }
    if let Some(asyncness) = &method.sig.asyncness {
        diagnostics.error(
            asyncness,
            "a state depends on its events alone; leave out `async`",
        );
    }
    for parameter in method.sig.generics.type_params() {
        diagnostics.error(
            parameter,
            "the fields of an event have their types; name the type",
        );
    }
}

fn it_cannot_fail(method: &ImplItemFn, diagnostics: &Diagnostics) {
    if let ReturnType::Type(_, ty) = &method.sig.output {
        let message = "what has happened cannot be refused any more; return nothing";
        diagnostics.error(ty, message);
    }
}

/// Whether a type is written as this path.
fn is_written(ty: &Type, path: &Path) -> bool {
    stream_type::same(ty, &syn::parse_quote!(#path))
}
