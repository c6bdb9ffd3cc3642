mod access;
mod bindings;
mod emits;
mod fallback;
mod implementation;
mod state;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Generics, Ident, parse_quote};

pub(super) use self::fallback::fallback;
use super::model::{Model, Source, Stream};
use crate::paths::Paths;

pub(super) fn command(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let generics = command_generics(model.input, &private);
    let expand = Expand {
        model,
        paths,
        private,
        generics,
    };
    let state = expand.state_struct();
    let found = expand.found_struct();
    let bindings = expand.bindings();
    let implementation = expand.implementation();
    let discovers = expand.discovers();
    let declares = expand.declares();
    let emits = expand.emits();
    quote! {
        #state
        #found
        const _: () = {
            #bindings
            #implementation
            #discovers
            #declares
            #emits
        };
    }
}

/// What all parts of the expansion need.
struct Expand<'a> {
    model: &'a Model<'a>,
    paths: &'a Paths,
    private: TokenStream,
    /// Those of the command, with the bounds of a command.
    generics: Generics,
}

impl<'a> Expand<'a> {
    fn ident(&self) -> &'a Ident {
        &self.model.input.ident
    }

    /// The type of the command.
    fn command(&self) -> TokenStream {
        let ident = self.ident();
        let (_, ty_generics, _) = self.generics.split_for_impl();
        quote!(#ident #ty_generics)
    }

    /// An impl of a trait for the command.
    fn implement(&self, of: &TokenStream, body: &TokenStream) -> TokenStream {
        self.implement_at(Span::call_site(), &self.generics, of, body)
    }

    /// An impl of a trait for the command, which the compiler shows at a place, and which may have more generics.
    fn implement_at(
        &self,
        span: Span,
        generics: &Generics,
        of: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let command = self.command();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote_spanned! {Span::call_site().located_at(span)=>
            #[automatically_derived]
            impl #impl_generics #of for #command #where_clause {
                #body
            }
        }
    }

    /// The streams, with their places.
    fn streams(&self) -> impl Iterator<Item = (u16, &'a Stream<'a>)> {
        (0..).zip(&self.model.streams)
    }

    /// The streams that fields name.
    fn fields(&self) -> impl Iterator<Item = (u16, &'a Stream<'a>)> {
        self.streams()
            .filter(|(_, stream)| matches!(stream.source, Source::Field(_)))
    }

    /// The streams that are discovered.
    fn discovered(&self) -> impl Iterator<Item = (u16, &'a Stream<'a>)> {
        self.streams()
            .filter(|(_, stream)| matches!(stream.source, Source::Discovery))
    }
}

/// Adds to each type parameter what a part of a command must be.
fn command_generics(input: &DeriveInput, private: &TokenStream) -> Generics {
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#private::CommandParameter));
    }
    generics
}

/// `<Name>State`
fn state_ident(command: &Ident) -> Ident {
    format_ident!("{command}State")
}

/// `<Name>Found`
fn found_ident(command: &Ident) -> Ident {
    format_ident!("{command}Found")
}

/// The constant that binds a stream to its part of the state.
fn binding_ident(number: u16) -> Ident {
    Ident::new(&format!("__STREAM_{number}"), Span::mixed_site())
}
