mod coding;
mod emit;
mod fallback;
mod payload;
mod schema;
mod streams;
mod types;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Generics, Ident, Type, parse_quote};

pub(super) use self::fallback::fallback;
use super::model::{Model, Variant};
use crate::paths::Paths;

pub(super) fn event(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let expand = Expand::new(model, paths);
    let types = expand.types();
    let payload = expand.payload();
    let event = expand.event();
    let distinct = expand.assert_distinct_names();
    let emit = expand.emit();
    quote! {
        #[allow(deprecated, non_snake_case)]
        const _: () = {
            #types
            #payload
            #event
            #distinct
            #emit
        };
    }
}

/// What all parts of the expansion need.
struct Expand<'a> {
    model: &'a Model<'a>,
    paths: &'a Paths,
    private: TokenStream,
    /// Those of the event, with the bounds of an event.
    generics: Generics,
}

impl<'a> Expand<'a> {
    fn new(model: &'a Model<'a>, paths: &'a Paths) -> Self {
        let private = paths.private();
        let generics = event_generics(model.input, &private);
        Self {
            model,
            paths,
            private,
            generics,
        }
    }

    fn event(&self) -> TokenStream {
        let private = &self.private;
        let types = self.types_consts();
        let streams = self.streams();
        let encode = self.encode();
        let decode = self.decode();
        self.implement(
            &quote!(#private::Event),
            &quote! {
                #types
                #streams
                #encode
                #decode
            },
        )
    }

    /// An impl of a trait for the event.
    fn implement(&self, of: &TokenStream, body: &TokenStream) -> TokenStream {
        self.implement_with(&self.generics, of, body)
    }

    /// An impl of a trait for the event, with more generics than its own.
    fn implement_with(&self, generics: &Generics, of: &TokenStream, body: &TokenStream) -> TokenStream {
        let ident = self.ident();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = self.generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #of for #ident #ty_generics #where_clause {
                #body
            }
        }
    }

    /// `<Wrapped as Event>`, where a type that is no event is underlined.
    fn wrapped(&self, event: &Type) -> TokenStream {
        let private = self.paths.private_at(event.span());
        quote_spanned!(event.span()=> <#event as #private::Event>)
    }

    fn ident(&self) -> &'a Ident {
        &self.model.input.ident
    }

    /// `Self::Variant`, or `Self` for a struct event.
    fn constructor(&self, variant: &Ident) -> TokenStream {
        if self.model.is_struct() {
            quote!(Self)
        } else {
            quote!(Self::#variant)
        }
    }

    fn variants(&self) -> impl Iterator<Item = (usize, &'a Variant<'a>)> {
        self.model.variants.iter().enumerate()
    }
}

/// Adds to each type parameter what a part of an event must be.
fn event_generics(input: &DeriveInput, private: &TokenStream) -> Generics {
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#private::EventParameter));
    }
    generics
}

/// A list of what is given, as a constant slice.
fn slice(items: impl IntoIterator<Item = impl ToTokens>) -> TokenStream {
    let items = items.into_iter();
    quote!(&[#(#items),*])
}
