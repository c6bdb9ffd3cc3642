mod block;
mod call;
mod fallback;
mod function;
mod manager;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;
use syn::spanned::Spanned as _;

pub(super) use self::fallback::{block as fallback_of_block, function as fallback_of_function};
use super::model::{Block, Function, Sent};
use super::parse::Start;
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
}

/// The alias of a command.
fn command_ident(number: usize, sent: Sent<'_>) -> Ident {
    let span = match sent {
        Sent::Listed(path) => path.span(),
        Sent::Returned(ty) => ty.span(),
    };
    format_ident!("__Command{number}", span = Span::call_site().located_at(span))
}
