//! Which streams `emit!` may write to, by key type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericParam, Type};

use super::super::model::Stream;
use super::Expand;
use crate::stream_type::{same, written};

impl Expand<'_> {
    pub(super) fn discovers(&self) -> TokenStream {
        if self.model.discovered().next().is_none() {
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
        let read_only = chosen
            .iter()
            .filter(|stream| stream.is_read_only())
            .map(|stream| stream.ident);
        let fields = quote! {
            #[allow(non_camel_case_types, unnameable_types, unreachable_pub)]
            mod __field {
                #(pub enum #read_only {})*
            }
        };
        let declares = chosen.iter().map(|stream| self.declare(stream));
        quote!(#fields #(#declares)*)
    }

    /// Where it says that a field is not writable, the compiler shows the definition of the type that stands for it. That
    /// carries the name and the place of the field.
    fn declare(&self, stream: &Stream<'_>) -> TokenStream {
        let private = &self.private;
        let key = stream.key;
        let marker = self.marker(key);
        let ident = stream.ident;
        let field = if stream.is_read_only() {
            quote!(__field::#ident)
        } else {
            quote!(#private::Writable)
        };
        let of = quote_spanned!(key.span()=> #private::Declares<#key, #marker>);
        self.implement(&of, &quote!(type Field = #field;))
    }

    /// How the impl is told apart from those for other key types, which a type parameter could be.
    fn marker(&self, key: &Type) -> TokenStream {
        let private = &self.private;
        let parameters = self
            .generics()
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
            });
        match parameters
            .into_iter()
            .position(|parameter| *parameter == written(key))
        {
            Some(index) => quote!(#private::Generic<#index>),
            None => quote!(#private::Exact),
        }
    }
}
