mod block;
mod call;
mod fallback;
mod function;
mod manager;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

pub(super) use self::fallback::{block as fallback_of_block, function as fallback_of_function};
use super::event_path::EventPath;
use super::model::{Block, Function, Sent};
use super::parse::Start;
use crate::ident;
use crate::paths::Paths;

pub(super) fn function(model: &Function<'_>, paths: &Paths) -> TokenStream {
    let ident = &model.item.sig.ident;
    let expand = Expand::new(quote!(#ident), model.start, &model.sends, paths);
    expand.function(model)
}

pub(super) fn block(model: &Block<'_>, paths: &Paths) -> TokenStream {
    let ty = &model.item.self_ty;
    let expand = Expand::new(quote!(#ty), model.start, &model.sends, paths);
    expand.block(model)
}

/// What all parts of the expansion need.
struct Expand<'a> {
    /// The type of the process manager.
    manager: TokenStream,
    start: Option<Start>,
    sends: &'a [Sent<'a>],
    paths: &'a Paths,
    private: TokenStream,
}

impl<'a> Expand<'a> {
    fn new(manager: TokenStream, start: Option<Start>, sends: &'a [Sent<'a>], paths: &'a Paths) -> Self {
        Self {
            manager,
            start,
            sends,
            paths,
            private: paths.private(),
        }
    }

    /// The event types of an entry. The only call that asks anything of the event.
    fn heard(&self, number: usize, event: &EventPath) -> TokenStream {
        let alias = event_ident(number, event);
        let shown = event.shown();
        let private = self.paths.private_at(event.event.span());
        let Some(variant) = &event.variant else {
            return quote_spanned!(event.event.span()=> #private::hear_event::<#alias>(#shown));
        };
        let name = ident::text(variant);
        quote_spanned!(event.event.span()=> #private::hear_variant::<#alias>(#name, #shown))
    }
}

/// An event that is waited for, under one name: one that does not exist is one mistake.
fn event_alias(number: usize, event: &EventPath) -> TokenStream {
    let (alias, event) = (event_ident(number, event), &event.event);
    quote!(type #alias = #event;)
}

/// The alias of an event.
fn event_ident(number: usize, event: &EventPath) -> Ident {
    format_ident!(
        "__Event{number}",
        span = Span::call_site().located_at(event.event.span())
    )
}

/// The alias of a command.
fn command_ident(number: usize, sent: Sent<'_>) -> Ident {
    let span = match sent {
        Sent::Listed(path) => path.span(),
        Sent::Returned(ty) => ty.span(),
    };
    format_ident!("__Command{number}", span = Span::call_site().located_at(span))
}

/// Where the compiler shows what is wrong with a type.
fn at(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}
