//! One constant for each stream: how it is bound to its part of the state. Each calls one function whose type arguments are
//! the user's types, so that a wrong type is one error, at that type.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::super::model::{Role, Source, Stream};
use super::{Expand, binding_ident};
use crate::ident;
use crate::stream_type::Container;

/// The part of the state that belongs to a stream.
pub(super) enum Part<'a> {
    /// A field of the state: for each key a state.
    State(&'a Type),
    /// A field of the state: for each key a version.
    Version,
    /// The whole state.
    Own(&'a Type),
    Nothing,
}

impl<'a> Expand<'a> {
    pub(super) fn bindings(&self) -> TokenStream {
        let (impl_generics, _, where_clause) = self.generics().split_for_impl();
        let command = self.command();
        let bindings = self
            .streams()
            .map(|(number, stream)| self.binding(number, stream));
        quote! {
            #[automatically_derived]
            impl #impl_generics #command #where_clause {
                #(#bindings)*
            }
        }
    }

    fn binding(&self, number: u16, stream: &'a Stream<'a>) -> TokenStream {
        let private = &self.private;
        let ident = binding_ident(number);
        let key = stream.key;
        let part = self.part(stream);
        let part_type = self.part_type(stream);
        let (ty, container, verb) = match stream.source {
            Source::Field(container) => {
                let container = self.container(container);
                (
                    quote!(#private::Binding<#container, #key, #part_type>),
                    Some(container),
                    "bind",
                )
            }
            Source::Discovery => (quote!(#private::Discovery<#key, #part_type>), None, "discover"),
        };
        let (noun, state) = match part {
            Part::State(state) => ("state", Some(state)),
            Part::Own(state) => ("own", Some(state)),
            Part::Version => ("version", None),
            Part::Nothing => ("append", None),
        };
        let span = state.map_or_else(|| key.span(), syn::spanned::Spanned::span);
        let function = proc_macro2::Ident::new(&format!("{verb}_{noun}"), ident.span());
        let marker = state.map(|_| {
            if is_stream_id(key) {
                quote!(#private::ParsedKey)
            } else {
                quote!(_)
            }
        });
        let arguments = container.into_iter().chain([key.to_token_stream()]);
        let arguments = arguments
            .chain(state.map(|state| state.to_token_stream()))
            .chain(marker);
        let bind = quote_spanned!(span=> #private::#function::<#(#arguments),*>);
        let name = ident::text(stream.ident);
        let access = match stream.role {
            Role::ReadWrite => Some(quote!(#private::Access::ReadWrite)),
            Role::Read => Some(quote!(#private::Access::Read)),
            Role::Append => None,
        };
        let access = access.into_iter();
        quote!(const #ident: #ty = #bind(#name, #number #(, #access)*);)
    }

    pub(super) fn part(&self, stream: &'a Stream<'a>) -> Part<'a> {
        match (stream.role, self.model.own_state, &stream.state) {
            (Role::Append, _, _) => Part::Nothing,
            (_, Some(own), _) => Part::Own(own),
            (_, None, Some(state)) => Part::State(state),
            (_, None, None) => Part::Version,
        }
    }

    pub(super) fn part_type(&self, stream: &'a Stream<'a>) -> TokenStream {
        let private = &self.private;
        let key = stream.key;
        let each = match self.part(stream) {
            Part::State(state) => state.to_token_stream(),
            Part::Version => quote!(#private::Version),
            Part::Own(state) => return state.to_token_stream(),
            Part::Nothing => return quote!(()),
        };
        match stream.source {
            Source::Field(Container::One) => each,
            Source::Field(Container::Option) => quote!(#private::Option<#each>),
            Source::Field(Container::Vec) => quote!(#private::Vec<(#key, #each)>),
            Source::Discovery => quote!(#private::Discovered<#key, #each>),
        }
    }

    fn container(&self, container: Container) -> TokenStream {
        let private = &self.private;
        match container {
            Container::One => quote!(#private::One),
            Container::Option => quote!(#private::Optional),
            Container::Vec => quote!(#private::Many),
        }
    }
}

/// Whether a key is any stream, so that a state reads its own key from it.
fn is_stream_id(key: &Type) -> bool {
    let Type::Path(key) = key else { return false };
    key.path
        .segments
        .last()
        .is_some_and(|last| last.ident == "StreamId")
}
