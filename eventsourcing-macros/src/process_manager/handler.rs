//! What functions and methods that handle something have in common.

use syn::{FnArg, GenericParam, Ident, ImplItemFn, Path, Receiver, ReceiverKind, Signature};

use super::parse::{self, HandlerAttribute, Key, Role};
use super::reply::Reply;
use crate::diag::Diagnostics;
use crate::heard::{EventPath, Of, Parameter, Takes};

/// How a function is called.
pub(super) struct Call<'a> {
    pub(super) signature: &'a Signature,
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) reply: Reply<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn new(signature: &'a Signature, of: Of, diagnostics: &Diagnostics) -> Self {
        refuse_async(signature, diagnostics);
        refuse_generics(signature, diagnostics);
        Self {
            signature,
            parameters: Parameter::all(signature, of, diagnostics),
            reply: Reply::of(signature, diagnostics),
        }
    }

    pub(super) fn name(&self) -> &'a Ident {
        &self.signature.ident
    }

    /// The parameter through which it sends.
    pub(super) fn sends(&self) -> Option<&Parameter<'a>> {
        self.parameters
            .iter()
            .find(|parameter| matches!(parameter.takes, Takes::Written))
    }

    /// The fields of the event that it takes.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Ident> {
        self.parameters
            .iter()
            .filter_map(|parameter| match parameter.takes {
                Takes::Field(field) => Some(field),
                _ => None,
            })
    }
}

fn refuse_async(signature: &Signature, diagnostics: &Diagnostics) {
    if let Some(asyncness) = &signature.asyncness {
        let message = "a process manager is pure, since it runs again after a crash; leave out `async`, and let the \
                       command fetch what it needs, in `prepare`";
        diagnostics.error(asyncness, message);
    }
}

fn refuse_generics(signature: &Signature, diagnostics: &Diagnostics) {
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            let message = "nobody says what this is when the event comes; name the type";
            diagnostics.error(parameter, message);
        }
    }
}

/// A method that handles events.
pub(super) struct Handler<'a> {
    pub(super) call: Call<'a>,
    pub(super) role: Role,
    pub(super) events: Vec<EventPath>,
    pub(super) key: Key,
    pub(super) strict: bool,
}

/// A method that handles the refusal of a command.
pub(super) struct Refusal<'a> {
    pub(super) call: Call<'a>,
    pub(super) command: Path,
}

/// What the attributes of a method make of it.
pub(super) fn of_method<'a>(
    method: &'a ImplItemFn,
    diagnostics: &Diagnostics,
) -> (Vec<Handler<'a>>, Vec<Refusal<'a>>) {
    let (mut handlers, mut refusals) = (Vec::new(), Vec::new());
    for attribute in &method.attrs {
        if let Some(role) = Role::of(attribute) {
            let first = handlers.is_empty() && refusals.is_empty();
            let call = checked(method, Of::Event, first, diagnostics);
            if let Some(said) = HandlerAttribute::parse(role, attribute, diagnostics) {
                let HandlerAttribute {
                    role,
                    events,
                    key,
                    strict,
                } = said;
                handlers.push(Handler {
                    call,
                    role,
                    events,
                    key,
                    strict,
                });
            }
        } else if parse::is_on_rejected(attribute) {
            let first = handlers.is_empty() && refusals.is_empty();
            let call = checked(method, Of::Rejection, first, diagnostics);
            if let Some(command) = parse::refused_command(attribute, diagnostics) {
                refusals.push(Refusal { call, command });
            }
        }
    }
    (handlers, refusals)
}

/// The mistakes of a method with several attributes are reported with the first of them.
fn checked<'a>(method: &'a ImplItemFn, of: Of, first: bool, diagnostics: &Diagnostics) -> Call<'a> {
    if !first {
        return Call::new(&method.sig, of, &Diagnostics::default());
    }
    it_changes_the_state(&method.sig, diagnostics);
    Call::new(&method.sig, of, diagnostics)
}

fn it_changes_the_state(signature: &Signature, diagnostics: &Diagnostics) {
    match signature.inputs.first() {
        Some(FnArg::Receiver(Receiver {
            kind: ReceiverKind::Reference(..),
            ..
        })) => {}
        Some(FnArg::Receiver(receiver)) => {
            diagnostics.error(receiver, "the state goes on after the event; take `&mut self`");
        }
        _ => {
            let message =
                "a handler is told the state of its instance; take `&mut self` as the first parameter";
            diagnostics.error(&signature.ident, message);
        }
    }
}
