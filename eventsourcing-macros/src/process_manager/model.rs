use syn::{FnArg, ImplItem, ItemFn, ItemImpl, LitStr, Path, Type};

use super::handler::{self, Call, Handler, Refusal};
use super::parse::{BlockAttribute, FunctionAttribute, Start};
use crate::diag::Diagnostics;
use crate::heard::{EventPath, Of};
use crate::ident;

/// A process manager that is a function, as the macro sees it.
pub(super) struct Function<'a> {
    pub(super) item: &'a ItemFn,
    pub(super) call: Call<'a>,
    pub(super) name: String,
    /// What is not given is missing here, and is noted.
    pub(super) on: &'a [EventPath],
    pub(super) start: Option<Start>,
    pub(super) sends: Vec<Sent<'a>>,
}

/// A process manager that is an `impl` block, as the macro sees it.
pub(super) struct Block<'a> {
    pub(super) item: &'a ItemImpl,
    /// What is not given is missing here, and is noted.
    pub(super) key: Option<&'a Type>,
    pub(super) category: Option<&'a LitStr>,
    pub(super) start: Option<Start>,
    pub(super) sends: Vec<Sent<'a>>,
    pub(super) handlers: Vec<Handler<'a>>,
    pub(super) refusals: Vec<Refusal<'a>>,
}

/// A command that may be sent.
#[derive(Clone, Copy)]
pub(super) enum Sent<'a> {
    /// It is listed.
    Listed(&'a Path),
    /// It is what the function returns.
    Returned(&'a Type),
}

impl<'a> Function<'a> {
    pub(super) fn new(item: &'a ItemFn, attribute: &'a FunctionAttribute, diagnostics: &Diagnostics) -> Self {
        let call = Call::new(&item.sig, Of::Event, diagnostics);
        let sends = match (attribute.sends.key(), call.reply.command()) {
            (None, Some(command)) => vec![Sent::Returned(command)],
            _ => listed(attribute.sends.value()),
        };
        let name = attribute
            .name
            .value()
            .map_or_else(|| ident::text(&item.sig.ident), LitStr::value);
        Self {
            item,
            call,
            name,
            on: attribute.on.value().map_or(&[], |on| &on.0),
            start: attribute.start.value().copied(),
            sends,
        }
    }

    /// Whether it stands in an `impl` block.
    pub(super) fn is_method(&self) -> bool {
        matches!(self.item.sig.inputs.first(), Some(FnArg::Receiver(_)))
    }
}

impl<'a> Block<'a> {
    pub(super) fn new(item: &'a ItemImpl, attribute: &'a BlockAttribute, diagnostics: &Diagnostics) -> Self {
        let (mut handlers, mut refusals) = (Vec::new(), Vec::new());
        for part in &item.items {
            if let ImplItem::Fn(method) = part {
                let (of_events, of_refusals) = handler::of_method(method, diagnostics);
                handlers.extend(of_events);
                refusals.extend(of_refusals);
            }
        }
        Self {
            item,
            key: attribute.key.value(),
            category: attribute.category.value(),
            start: attribute.start.value().copied(),
            sends: listed(attribute.sends.value()),
            handlers,
            refusals,
        }
    }
}

fn listed(sends: Option<&Vec<Path>>) -> Vec<Sent<'_>> {
    sends.into_iter().flatten().map(Sent::Listed).collect()
}
