//! What `emit!` calls: one method for each variant, whose bounds prove that the command may write to its streams.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type, WherePredicate, parse_quote_spanned};

use super::super::model::{Kind, Own, Variant};
use super::Expand;
use crate::ident;
use crate::stream_type::written;

/// What a command must prove to emit an event. Each proof has a marker type, which is inferred.
#[derive(Default)]
struct Proof {
    predicates: Vec<WherePredicate>,
    markers: Vec<Ident>,
}

impl Expand<'_> {
    pub(super) fn emit(&self) -> TokenStream {
        let methods = self.methods();
        let emittable = self.emittable();
        let emit_into = self.emit_into();
        let contains = self.contains();
        quote!(#methods #emittable #emit_into #contains)
    }

    fn methods(&self) -> TokenStream {
        let ident = self.ident();
        let (impl_generics, ty_generics, where_clause) = self.generics.split_for_impl();
        let methods = self
            .variants()
            .map(|(index, variant)| self.method(index, variant));
        quote! {
            #[automatically_derived]
            impl #impl_generics #ident #ty_generics #where_clause {
                #(#methods)*
            }
        }
    }

    fn method(&self, index: usize, variant: &Variant<'_>) -> TokenStream {
        let private = &self.private;
        let method = ident::emit_method(variant.ident);
        let Proof { predicates, markers } = self.proof([variant]);
        quote! {
            #[doc(hidden)]
            pub fn #method<__C, #(#markers,)* __L>(self, __cx: &mut #private::Decide<__C>)
            where
                __C: #private::Emits<Self, #index, __L>,
                #(#predicates,)*
            {
                __cx.__emit(&self);
            }
        }
    }

    /// What `emit!` asks of a value of which it cannot see the variant.
    fn emittable(&self) -> TokenStream {
        let private = &self.private;
        let itself = quote!(
            type Itself = Self;
        );
        self.implement(&quote!(#private::Emittable), &itself)
    }

    fn emit_into(&self) -> TokenStream {
        let private = &self.private;
        let Proof { predicates, markers } = self.proof(&self.model.variants);
        let mut generics = self.generics.clone();
        generics.params.push(syn::parse_quote!(__C: #private::Command));
        generics.params.extend(
            markers
                .iter()
                .map(|marker| -> syn::GenericParam { syn::parse_quote!(#marker) }),
        );
        generics.make_where_clause().predicates.extend(predicates);
        let of = quote!(#private::EmitInto<__C, (#(#markers,)*)>);
        self.implement_with(&generics, &of, &TokenStream::new())
    }

    fn contains(&self) -> TokenStream {
        let private = &self.private;
        let contains = self
            .model
            .wrapped()
            .map(|event| self.implement(&quote!(#private::Contains<#event>), &TokenStream::new()));
        contains.collect()
    }

    /// What a command must prove to emit each of these variants: once for each type of key.
    fn proof<'a>(&self, variants: impl IntoIterator<Item = &'a Variant<'a>>) -> Proof {
        let mut proof = Proof::default();
        let mut keys = Vec::new();
        let mut addressed = false;
        for variant in variants {
            match &variant.kind {
                Kind::Own(Own { streams, .. }) if streams.is_empty() => addressed = true,
                Kind::Own(Own { streams, .. }) => {
                    for stream in streams {
                        let key = written(stream.key);
                        if !keys.contains(&key) {
                            keys.push(key);
                            self.prove_key(stream.key, &mut proof);
                        }
                    }
                }
                Kind::Wrapper(event) => self.prove_wrapped(event, &mut proof),
            }
        }
        if addressed {
            let private = &self.private;
            proof
                .predicates
                .push(syn::parse_quote!(Self: #private::Addressed<__C>));
        }
        proof
    }

    fn prove_key(&self, key: &Type, proof: &mut Proof) {
        let private = self.paths.private_at(key.span());
        let marker = proof.marker();
        let declares = quote_spanned!(key.span()=> #private::Declares<#key, #marker>);
        proof
            .predicates
            .push(parse_quote_spanned!(key.span()=> __C: #declares));
        proof.predicates.push(parse_quote_spanned! {key.span()=>
            <__C as #declares>::Field: #private::WritableIn<__C, #key>
        });
    }

    fn prove_wrapped(&self, event: &Type, proof: &mut Proof) {
        let private = self.paths.private_at(event.span());
        let marker = proof.marker();
        proof
            .predicates
            .push(parse_quote_spanned!(event.span()=> #event: #private::EmitInto<__C, #marker>));
    }
}

impl Proof {
    fn marker(&mut self) -> Ident {
        let marker = format_ident!("__M{}", self.markers.len());
        self.markers.push(marker.clone());
        marker
    }
}
