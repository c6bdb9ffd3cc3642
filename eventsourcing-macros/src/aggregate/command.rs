//! Methods with `#[command]`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{
    Attribute, FnArg, GenericParam, Ident, ImplItemFn, LitStr, Pat, PatType, ReceiverKind, ReturnType, Type,
};

use super::item::{is_command, is_of_field};
use super::model::referred;
use super::parse::CommandAttribute;
use crate::diag::Diagnostics;
use crate::stream_type::written;
use crate::{ident, name};

/// A command that is made of a method.
pub(super) struct Command<'a> {
    pub(super) method: &'a ImplItemFn,
    /// The name of its type.
    pub(super) ident: Ident,
    /// Its name on the wire.
    pub(super) name: String,
    /// Where that is given, if it is.
    pub(super) given_name: Option<LitStr>,
    /// The parameters after `&self`.
    pub(super) arguments: Vec<Argument<'a>>,
}

/// What a method is called with.
pub(super) enum Argument<'a> {
    /// `cx: &Cx<Id>`, by its type.
    Context(&'a Type),
    Field(Field<'a>),
}

/// A parameter that is a field of the command.
pub(super) struct Field<'a> {
    pub(super) ident: &'a Ident,
    /// Missing if it cannot be the type of a field; then that was noted.
    pub(super) ty: Option<&'a Type>,
    pub(super) attributes: Vec<&'a Attribute>,
}

impl<'a> Command<'a> {
    pub(super) fn of_method(method: &'a ImplItemFn, diagnostics: &Diagnostics) -> Option<Self> {
        let attribute = method.attrs.iter().find(|attribute| is_command(attribute))?;
        let attribute = CommandAttribute::parse(attribute, diagnostics);
        it_decides_on_the_state(method, diagnostics);
        it_decides_at_once(method, diagnostics);
        it_says_what_it_returns(method, diagnostics);
        let ident = attribute.ty.value().cloned().unwrap_or_else(|| {
            let name = name::camel_case(&ident::text(&method.sig.ident));
            format_ident!("{name}", span = method.sig.ident.span())
        });
        let given_name = attribute.name.value().cloned();
        Some(Self {
            method,
            name: given_name
                .as_ref()
                .map_or_else(|| ident::text(&ident), LitStr::value),
            given_name,
            ident,
            arguments: arguments(method, diagnostics),
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::Field(field) => Some(field),
            Argument::Context(_) => None,
        })
    }

    /// Whether it asks for the context.
    pub(super) fn has_context(&self) -> bool {
        self.arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Context(_)))
    }
}

fn it_decides_on_the_state(method: &ImplItemFn, diagnostics: &Diagnostics) {
    match method.sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => match &receiver.kind {
            ReceiverKind::Reference(_, _, None) => {}
            ReceiverKind::Reference(..) => {
                let message = "a command decides, and does not change the state: events do, by `#[apply]`; take `&self`";
                diagnostics.error(receiver, message);
            }
            _ => diagnostics.error(receiver, "a command only looks at the state; take `&self`"),
        },
        _ => diagnostics.error(
            &method.sig.ident,
            "a command decides on the state; take `&self` as the first parameter",
        ),
    }
}

/// It is a plain function of what it is given.
fn it_decides_at_once(method: &ImplItemFn, diagnostics: &Diagnostics) {
    let signature = &method.sig;
    if let Some(asyncness) = &signature.asyncness {
        let message =
            "a command decides at once, on the state alone, and again after a conflict; leave out `async`";
        diagnostics.error(asyncness, message);
    }
    for parameter in &signature.generics.params {
        let message = match parameter {
            GenericParam::Lifetime(_) => "a command owns its parameters, so it needs no lifetimes",
            GenericParam::Type(_) | GenericParam::Const(_) => {
                "a command is one type by itself, so its method has no parameters of this kind; name the type"
            }
        };
        diagnostics.error(parameter, message);
    }
}

fn it_says_what_it_returns(method: &ImplItemFn, diagnostics: &Diagnostics) {
    if matches!(method.sig.output, ReturnType::Default) {
        let message = "a command returns what happened, or why not; write `-> Result<Event, Error>`";
        diagnostics.error(&method.sig.ident, message);
    }
}

fn arguments<'a>(method: &'a ImplItemFn, diagnostics: &Diagnostics) -> Vec<Argument<'a>> {
    let mut arguments = Vec::new();
    let mut has_context = false;
    for argument in typed(method) {
        if is_context(argument, diagnostics) {
            if has_context {
                diagnostics.error(argument, "the command has its context already; keep one of them");
                continue;
            }
            has_context = true;
            arguments.push(Argument::Context(&argument.ty));
        } else if let Some(field) = field(argument, diagnostics) {
            arguments.push(Argument::Field(field));
        }
    }
    arguments
}

/// The parameters after the receiver.
pub(super) fn typed(method: &ImplItemFn) -> impl Iterator<Item = &PatType> {
    method.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    })
}

/// The name of a parameter, if it is no other pattern.
pub(super) fn name_of(argument: &PatType) -> Option<&Ident> {
    match &*argument.pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(&name.ident),
        _ => None,
    }
}

fn is_context(argument: &PatType, diagnostics: &Diagnostics) -> bool {
    let is_cx = |ty: &Type| match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Cx"),
        _ => false,
    };
    let by_reference = referred(&argument.ty).filter(|(name, _)| *name == "Cx");
    let is_lent = by_reference.is_some_and(|(_, reference)| reference.mutability.is_none());
    let is_context = by_reference.is_some() || is_cx(&argument.ty);
    if is_context && !is_lent {
        diagnostics.error(
            &argument.ty,
            "the context of a command is lent to it; take `&Cx<..>`",
        );
    }
    is_context
}

fn field<'a>(argument: &'a PatType, diagnostics: &Diagnostics) -> Option<Field<'a>> {
    let Some(ident) = name_of(argument) else {
        let message =
            "a parameter of a command is a field of it, and needs a name; take it apart in the method";
        diagnostics.error(&argument.pat, message);
        return None;
    };
    if ident == "id" {
        let message = "every command has an `id`: that of its aggregate; give this parameter another name, \
                       or take `cx: &Cx<..>` and call `cx.id()`";
        diagnostics.error(ident, message);
        return None;
    }
    let ty = match not_owned(&argument.ty) {
        None => Some(&*argument.ty),
        Some(message) => {
            diagnostics.error(&argument.ty, message);
            None
        }
    };
    Some(Field {
        ident,
        ty,
        attributes: argument
            .attrs
            .iter()
            .filter(|attribute| is_of_field(attribute))
            .collect(),
    })
}

/// Why a type cannot be that of a field, if it cannot.
fn not_owned(ty: &Type) -> Option<String> {
    let tokens = ty.to_token_stream();
    if contains(
        tokens.clone(),
        &|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '&'),
    ) {
        let owned = match ty {
            Type::Reference(reference) => owned(&reference.elem),
            _ => "types without `&`".to_owned(),
        };
        return Some(format!("a command owns its parameters; take {owned}"));
    }
    if contains(
        tokens.clone(),
        &|token| matches!(token, TokenTree::Ident(ident) if ident == "impl"),
    ) {
        return Some("a parameter of a command is a field of it; name its type".to_owned());
    }
    let is_self = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "Self");
    contains(tokens, &is_self).then(|| {
        "a parameter of a command is a field of it, where `Self` is the command; name the type".to_owned()
    })
}

fn owned(ty: &Type) -> String {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => "`String`".to_owned(),
        Type::Slice(slice) => format!("`Vec<{}>`", written(&slice.elem)),
        _ => format!("`{}`", written(ty)),
    }
}

fn contains(tokens: TokenStream, wanted: &impl Fn(&TokenTree) -> bool) -> bool {
    tokens.into_iter().any(|token| match &token {
        TokenTree::Group(group) => contains(group.stream(), wanted),
        _ => wanted(&token),
    })
}
