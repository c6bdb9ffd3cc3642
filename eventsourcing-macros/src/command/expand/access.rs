//! Which streams `emit!` may write to, by key type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::super::model::Stream;
use super::Expand;
use crate::stream_type::{same, written};

impl Expand<'_> {
    pub(super) fn discovers(&self) -> TokenStream {
        if self.discovered().next().is_none() {
            return TokenStream::new();
        }
        let private = &self.private;
        self.implement(&quote!(#private::Discovers), &TokenStream::new())
    }

    /// For each key type one stream: a writable one, if there is any.
    pub(super) fn declares(&self) -> TokenStream {
        let mut chosen: Vec<&Stream<'_>> = Vec::new();
        for stream in &self.model.streams {
            match chosen.iter_mut().find(|other| same(other.key, stream.key)) {
                Some(other) if other.is_read_only() => *other = stream,
                Some(_) => {}
                None => chosen.push(stream),
            }
        }
        let read_only: Vec<_> = chosen
            .iter()
            .filter(|stream| stream.is_read_only())
            .map(|stream| {
                let field = stream.ident;
                quote_spanned!(field.span()=> pub enum #field {})
            })
            .collect();
        let fields = (!read_only.is_empty()).then(|| {
            quote! {
                #[allow(missing_debug_implementations, non_camel_case_types, unnameable_types, unreachable_pub)]
                mod __field {
                    #(#read_only)*
                }
            }
        });
        let declares = chosen.iter().map(|stream| self.declare(stream));
        quote!(#fields #(#declares)*)
    }

    /// Where the compiler says that a field is not writable, it shows the definition of the type that stands for it. That
    /// has the name and the place of the field.
    fn declare(&self, stream: &Stream<'_>) -> TokenStream {
        let span = stream.key.span();
        let private = self.paths.private_at(span);
        let (ident, key) = (stream.ident, stream.key);
        let marker = self.marker(key);
        let field = if stream.is_read_only() {
            quote!(__field::#ident)
        } else {
            quote!(#private::Writable)
        };
        let of = quote!(#private::Declares<#key, #marker>);
        self.implement_at(span, &self.generics, &of, &quote!(type Field = #field;))
    }

    /// How the impl is told apart from those for other key types, which a type parameter could be.
    fn marker(&self, key: &Type) -> TokenStream {
        let private = &self.private;
        let key = written(key);
        let parameter = self
            .generics
            .type_params()
            .position(|parameter| parameter.ident == key);
        parameter.map_or_else(
            || quote!(#private::Exact),
            |index| quote!(#private::Generic<#index>),
        )
    }
}
