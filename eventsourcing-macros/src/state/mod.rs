//! `#[state(..)]`

mod expand;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::{Item, ItemImpl};

pub(crate) use self::expand::{Named, snapshots};
pub(crate) use self::parse::checked_version;

use self::parse::StateAttribute;
use crate::diag::Diagnostics;
use crate::paths::Paths;

pub(crate) fn attribute(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = StateAttribute::parse(attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let expanded = of_item(item.clone(), &attribute, &paths, &diagnostics);
    let mut tokens = expanded.map_or(item, ItemImpl::into_token_stream);
    tokens.extend(diagnostics.into_error().map(syn::Error::into_compile_error));
    tokens
}

/// The block with what the macro adds. What the user wrote stays, whatever is wrong with it.
fn of_item(
    item: TokenStream,
    attribute: &StateAttribute,
    paths: &Paths,
    diagnostics: &Diagnostics,
) -> Option<ItemImpl> {
    let mut block = block(item, diagnostics)?;
    let (of, _) = block.trait_.as_ref()?;
    its_name_and_version_are_given(attribute, diagnostics);
    let named = Named {
        name: attribute.name.value()?.to_token_stream(),
        version: *attribute.version.value()?,
        ty: &block.self_ty,
        code: crate::code::hash(&block.items),
    };
    let snapshots = snapshots(&named, of, paths);
    block.items.push(snapshots);
    Some(block)
}

fn block(item: TokenStream, diagnostics: &Diagnostics) -> Option<ItemImpl> {
    let message = "`#[state(..)]` stands on the block that folds: `impl State for Account { .. }`";
    match diagnostics.ok(syn::parse2(item))? {
        Item::Impl(block) if block.trait_.is_some() => Some(block),
        Item::Impl(block) => {
            diagnostics.error(&block.self_ty, message);
            None
        }
        other => {
            let at = match &other {
                Item::Struct(item) => item.struct_token.to_token_stream(),
                Item::Enum(item) => item.enum_token.to_token_stream(),
                other => other.to_token_stream(),
            };
            diagnostics.error(at, message);
            None
        }
    }
}

fn its_name_and_version_are_given(attribute: &StateAttribute, diagnostics: &Diagnostics) {
    let missing: Vec<_> = [
        (attribute.name.key(), "name = \"account\""),
        (attribute.version.key(), "version = 1"),
    ]
    .into_iter()
    .filter(|(given, _)| given.is_none())
    .map(|(_, example)| example)
    .collect();
    if !missing.is_empty() && !attribute.is_broken {
        let message = format!(
            "a state has a name and a version, under which its snapshots are kept; add `{}`",
            missing.join(", ")
        );
        diagnostics.note(syn::Error::new(Span::call_site(), message));
    }
}
