//! The id of an aggregate: a type that there is, or `TodoId(String)`, which the macro writes.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, ItemImpl, LitStr, Token, Type, Visibility, parenthesized};

use super::item;
use super::parse::AggregateAttribute;

/// `id = ..`
pub(super) struct Id {
    pub(super) ty: Type,
    written: Option<Written>,
}

/// `pub TodoId(String)`
struct Written {
    vis: Option<Visibility>,
    ident: Ident,
    inner: Type,
}

/// An id that the macro writes.
pub(super) struct WrittenId<'a> {
    pub(super) ident: &'a Ident,
    /// What it wraps.
    pub(super) inner: &'a Type,
    /// Missing if it is not given, or wrong; then that was noted.
    pub(super) category: Option<&'a LitStr>,
    pub(super) vis: Visibility,
}

impl Parse for Id {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_written = input.peek(Token![pub]) || input.peek(Ident) && input.peek2(syn::token::Paren);
        if !is_written {
            return Ok(Self {
                ty: input.parse()?,
                written: None,
            });
        }
        let written: Written = input.parse()?;
        let ident = &written.ident;
        Ok(Self {
            ty: syn::parse_quote!(#ident),
            written: Some(written),
        })
    }
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let vis = input.peek(Token![pub]).then(|| input.parse()).transpose()?;
        let ident = input.parse()?;
        let content;
        parenthesized!(content in input);
        let inner = content.parse()?;
        let rest: TokenStream = content.parse()?;
        if !rest.is_empty() {
            return Err(syn::Error::new_spanned(
                rest,
                "an id that is written here wraps one type",
            ));
        }
        Ok(Self { vis, ident, inner })
    }
}

impl Id {
    /// The id as it is to be written, if it is.
    pub(super) fn written<'a>(
        &'a self,
        attribute: &'a AggregateAttribute,
        item: &ItemImpl,
    ) -> Option<WrittenId<'a>> {
        let Written { vis, ident, inner } = self.written.as_ref()?;
        Some(WrittenId {
            ident,
            inner,
            category: attribute.category.value(),
            vis: vis.clone().unwrap_or_else(|| widest(item)),
        })
    }
}

/// As visible as those commands are that most can see: they have it as a field.
fn widest(item: &ItemImpl) -> Visibility {
    let rank = |vis: &Visibility| match vis {
        Visibility::Public(_) => 3,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Inherited => 0,
    };
    item::methods(item)
        .filter(|method| method.attrs.iter().any(item::is_command))
        .map(|method| &method.vis)
        .max_by_key(|vis| rank(vis))
        .map_or(Visibility::Inherited, Visibility::clone)
}
