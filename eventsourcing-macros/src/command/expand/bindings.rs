//! One constant for each stream: how it is bound to its part of the state. Each calls one function whose type arguments are
//! the user's types, so that a wrong type is one error, at that type.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
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
        let (impl_generics, _, where_clause) = self.generics.split_for_impl();
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
        let name = ident::text(stream.ident);
        let (key, part) = (stream.key, self.part_type(stream));
        let container = match stream.source {
            Source::Field(container) => Some(self.container(container)),
            Source::Discovery => None,
        };
        let ty = if let Some(container) = &container {
            quote!(#private::Binding<#container, #key, #part>)
        } else {
            quote!(#private::Discovery<#key, #part>)
        };
        let bind = self.bind(stream, container);
        let access = match stream.role {
            Role::ReadWrite => quote!(#private::Access::ReadWrite),
            Role::Read => quote!(#private::Access::Read),
            Role::Append => TokenStream::new(),
        };
        quote!(const #ident: #ty = #bind(#name, #number, #access);)
    }

    /// The function that binds a stream, with the user's types.
    fn bind(&self, stream: &'a Stream<'a>, container: Option<TokenStream>) -> TokenStream {
        let private = &self.private;
        let verb = if container.is_some() { "bind" } else { "discover" };
        let container = container.into_iter();
        let key = stream.key;
        let (what, state) = match self.part(stream) {
            Part::State(state) => ("state", state),
            Part::Own(state) => ("own", state),
            part @ (Part::Version | Part::Nothing) => {
                let what = if matches!(part, Part::Version) {
                    "version"
                } else {
                    "append"
                };
                let function = format_ident!("{verb}_{what}");
                return quote_spanned!(key.span()=> #private::#function::<#(#container,)* #key>);
            }
        };
        let function = format_ident!("{verb}_{what}");
        let marker = if is_stream_id(key) {
            quote!(#private::ParsedKey)
        } else {
            quote!(_)
        };
        quote_spanned!(state.span()=> #private::#function::<#(#container,)* #key, #state, #marker>)
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
