//! The id, if the macro writes it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Member;

use super::super::derives;
use super::super::id::WrittenId;
use super::Expand;
use crate::stream_key::{self, StreamKey};

impl Expand<'_> {
    pub(super) fn id_struct(&self) -> TokenStream {
        let Some(WrittenId {
            ident, inner, vis, ..
        }) = &self.model.written_id
        else {
            return TokenStream::new();
        };
        let private = &self.private;
        let serde = self.paths.serde();
        let further = self.model.derives.iter().filter(|path| !derives::is_of_ids(path));
        let doc = format!("Which `{}` it is.", self.model.name);
        quote! {
            #[doc = #doc]
            #[derive(
                ::core::clone::Clone,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq,
                ::core::cmp::PartialOrd,
                ::core::cmp::Ord,
                ::core::hash::Hash,
                #private::serde::Serialize,
                #private::serde::Deserialize,
                #(#further,)*
            )]
            #[serde(crate = #serde, transparent)]
            #vis struct #ident(#inner);
        }
    }

    /// It is a stream key, and goes to and from its text.
    pub(super) fn id_impls(&self) -> TokenStream {
        let Some(id @ WrittenId { ident, inner, .. }) = &self.model.written_id else {
            return TokenStream::new();
        };
        let private = &self.private;
        let key = match id.category.filter(|_| !self.is_broken) {
            Some(category) => stream_key::implementation(
                &StreamKey {
                    ident,
                    category,
                    member: Member::Unnamed(0.into()),
                    inner,
                },
                self.paths,
            ),
            None => stream_key::fallback(&syn::parse_quote!(struct #ident(#inner);), self.paths),
        };
        let display = self.unless_broken(quote! {
            ::core::fmt::Display::fmt(__KEYS.display(&self.0), __formatter)
        });
        let parse = self.unless_broken(quote!(__KEYS.parse(__text).map(Self)));
        let described = self.described_id(id);
        quote! {
            #key
            #described

            #[automatically_derived]
            impl ::core::fmt::Display for #ident {
                fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #display
                }
            }
            #[automatically_derived]
            impl ::core::str::FromStr for #ident {
                type Err = #private::Box<dyn ::core::error::Error + ::core::marker::Send + ::core::marker::Sync>;

                fn from_str(__text: &str) -> #private::Result<Self, Self::Err> {
                    #parse
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#inner> for #ident {
                fn from(__inner: #inner) -> Self {
                    Self(__inner)
                }
            }
            #[automatically_derived]
            impl<'__t> ::core::convert::From<&'__t str> for #ident
            where
                #inner: ::core::convert::From<&'__t str>,
            {
                fn from(__text: &'__t str) -> Self {
                    Self(::core::convert::From::from(__text))
                }
            }
        }
    }
}
