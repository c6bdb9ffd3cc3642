use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{ImplItem, Path, Type};

use crate::paths::Paths;

/// A state that has snapshots.
pub(crate) struct Named<'a> {
    /// An expression.
    pub(crate) name: TokenStream,
    pub(crate) version: u32,
    pub(crate) ty: &'a Type,
    /// A hash of what folds.
    pub(crate) code: u64,
}

/// What tells how its snapshots are known, written and read. A type that cannot be serialized is underlined; so is a trait that is
/// not `State`.
pub(crate) fn snapshots(named: &Named<'_>, of: &Path, paths: &Paths) -> ImplItem {
    let Named {
        name,
        version,
        ty,
        code,
    } = named;
    let private = paths.private();
    let at = Span::mixed_site().located_at(ty.span());
    let of_type = paths.private_at(ty.span());
    let snapshots = quote_spanned!(at=> #of_type::snapshots_of::<#ty>);
    let ident = quote_spanned!(Span::call_site().located_at(of.span())=> SNAPSHOTS);
    syn::parse_quote! {
        const #ident: #private::Option<#private::StateSnapshots> =
            #private::Some(#snapshots(#name, #version, #code));
    }
}
