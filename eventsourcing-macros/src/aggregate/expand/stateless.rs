//! What is different where decisions depend on no state.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};

use super::Expand;
use crate::paths::respan;

impl Expand<'_> {
    /// What its commands are decided on.
    pub(super) fn state(&self) -> TokenStream {
        let (private, ty) = (&self.private, self.ty());
        if self.model.stateless.is_some() {
            quote!(#private::Stateless<#ty>)
        } else {
            quote!(#ty)
        }
    }

    /// The stream is not read.
    pub(super) fn stream(&self) -> Option<TokenStream> {
        self.model.stateless?;
        let (private, id) = (&self.private, self.types.id());
        Some(quote! {
            const STREAM: #private::Binding<#private::One, #id, Self::State> =
                #private::bind_stateless("id", 0);
        })
    }

    /// What a command emits; otherwise all that is read.
    pub(super) fn emits(&self) -> TokenStream {
        let (private, ty) = (&self.private, self.ty());
        if self.model.stateless.is_some() {
            quote!(&[#private::list_event::<<#ty as #private::Aggregate>::Event>()])
        } else {
            quote!(Self::READS)
        }
    }

    /// The only value that there is, to call methods on.
    pub(super) fn unit(&self) -> Option<TokenStream> {
        let at = self.model.stateless?.span();
        let ty = self.ty();
        let unit = respan(ty.to_token_stream(), at);
        Some(quote_spanned!(at=> const __STATE: #ty = #unit {};))
    }

    /// What methods are called on.
    pub(super) fn receiver(&self) -> TokenStream {
        if self.model.stateless.is_some() {
            quote!(&__STATE)
        } else {
            quote!(__state)
        }
    }
}
