//! The structs that users see: `<Name>State` and `<Name>Found`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::super::model::{Source, Stream};
use super::bindings::Part;
use super::{Expand, found_ident, state_ident};
use crate::ident;
use crate::stream_type::Container;

impl<'a> Expand<'a> {
    /// The type that the command decides on.
    pub(super) fn state_type(&self) -> TokenStream {
        if let Some(own) = self.model.own_state {
            return quote!(#own);
        }
        let ident = state_ident(self.ident());
        let (_, ty_generics, _) = self.generics.split_for_impl();
        quote!(#ident #ty_generics)
    }

    /// The streams that have a field of the composed state.
    pub(super) fn parts(&self) -> impl Iterator<Item = (u16, &'a Stream<'a>)> {
        self.streams()
            .filter(|(_, stream)| matches!(self.part(stream), Part::State(_) | Part::Version))
    }

    pub(super) fn state_struct(&self) -> TokenStream {
        if self.model.own_state.is_some() {
            return TokenStream::new();
        }
        let ident = state_ident(self.ident());
        let vis = &self.model.input.vis;
        let generics = &self.model.input.generics;
        let where_clause = &generics.where_clause;
        let doc = format!("What `{}` decides on.", self.ident());
        let fields = self.parts().map(|(_, stream)| {
            let field = stream.ident;
            let doc = self.part_doc(stream);
            let ty = self.part_type(stream);
            quote! {
                #[doc = #doc]
                pub #field: #ty,
            }
        });
        let marker = self.marker_field();
        let debug = self.debug(&ident);
        quote! {
            #[doc = #doc]
            #[allow(private_interfaces)]
            #vis struct #ident #generics #where_clause {
                #(#fields)*
                #marker
            }
            #debug
        }
    }

    fn part_doc(&self, stream: &'a Stream<'a>) -> String {
        let name = ident::text(stream.ident);
        let what = if matches!(self.part(stream), Part::Version) {
            "version"
        } else {
            "state"
        };
        match stream.source {
            Source::Field(Container::One) => format!("The {what} of the stream `{name}`."),
            Source::Field(Container::Option) => format!("The {what} of the stream `{name}`, if it is given."),
            Source::Field(Container::Vec) => format!("The streams `{name}`, each with its {what}."),
            Source::Discovery => {
                format!("The streams that were discovered as `{name}`, each with its {what}.")
            }
        }
    }

    /// The type that a `StreamResolver` names streams to.
    pub(super) fn found_type(&self) -> TokenStream {
        if self.discovered().next().is_none() {
            return quote!(());
        }
        let ident = found_ident(self.ident());
        let (_, ty_generics, _) = self.generics.split_for_impl();
        quote!(#ident #ty_generics)
    }

    pub(super) fn found_struct(&self) -> TokenStream {
        if self.discovered().next().is_none() {
            return TokenStream::new();
        }
        let private = &self.private;
        let ident = found_ident(self.ident());
        let vis = &self.model.input.vis;
        let generics = &self.model.input.generics;
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        let doc = format!("The streams that `{}` has discovered.", self.ident());
        let names: Vec<_> = self.discovered().map(|(_, stream)| stream.ident).collect();
        let keys = self.discovered().map(|(_, stream)| stream.key);
        let methods = self.discovered().map(|(_, stream)| {
            let (name, key) = (stream.ident, stream.key);
            let doc = format!("Names one of the streams `{}`.", ident::text(name));
            quote! {
                #[doc = #doc]
                pub fn #name(&mut self, key: #key) {
                    self.#name.push(key);
                }
            }
        });
        let marker = self.marker_field();
        let marker_value = self.marker_value();
        let debug = self.debug(&ident);
        quote! {
            #[doc = #doc]
            #[allow(private_interfaces)]
            #vis struct #ident #generics #where_clause {
                #(#names: #private::Vec<#keys>,)*
                #marker
            }
            #[allow(private_interfaces)]
            #[automatically_derived]
            impl #impl_generics #ident #ty_generics #where_clause {
                #(#methods)*
            }
            #[automatically_derived]
            impl #impl_generics #private::Default for #ident #ty_generics #where_clause {
                fn default() -> Self {
                    Self { #(#names: #private::Vec::new(),)* #marker_value }
                }
            }
            #debug
        }
    }

    /// Takes up the type parameters that no other field mentions.
    fn marker_field(&self) -> Option<TokenStream> {
        let command = self.command();
        self.has_type_parameters()
            .then(|| quote!(__command: ::core::marker::PhantomData<fn() -> #command>,))
    }

    pub(super) fn marker_value(&self) -> Option<TokenStream> {
        self.has_type_parameters()
            .then(|| quote!(__command: ::core::marker::PhantomData,))
    }

    fn has_type_parameters(&self) -> bool {
        self.generics.type_params().next().is_some()
    }

    /// `Debug` without bounds, since states need not have it.
    fn debug(&self, ident: &Ident) -> TokenStream {
        let (impl_generics, ty_generics, where_clause) = self.model.input.generics.split_for_impl();
        let name = ident::text(ident);
        quote! {
            #[automatically_derived]
            impl #impl_generics ::core::fmt::Debug for #ident #ty_generics #where_clause {
                fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    __f.debug_struct(#name).finish_non_exhaustive()
                }
            }
        }
    }
}
