//! Lints against what a macro asks the user to write.

use syn::Attribute;

/// What the signature of a method or function has to be, whatever the lints of the user say.
pub(crate) fn as_asked_for() -> Attribute {
    syn::parse_quote!(#[allow(clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, clippy::unused_self)])
}
