//! Which events `emit!` accepts.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Path, WherePredicate, parse_quote, parse_quote_spanned};

use super::super::model::Emitted;
use super::bindings::Part;
use super::{Expand, binding_ident};
use crate::ident;

impl Expand<'_> {
    pub(super) fn emits(&self) -> TokenStream {
        let impls = self
            .model
            .emits
            .iter()
            .enumerate()
            .map(|(entry, emitted)| self.emitted(entry, emitted));
        let once = self.listed_once();
        quote!(#(#impls)* #once)
    }

    /// The event types of each entry.
    pub(super) fn emits_types(&self) -> impl Iterator<Item = TokenStream> {
        let private = &self.private;
        self.model
            .emits
            .iter()
            .enumerate()
            .map(move |(entry, emitted)| match emitted {
                Emitted::Event(event) => quote_spanned!(event.span()=> #private::list_event::<#event>()),
                Emitted::Variant { .. } => {
                    let listing = listing_ident(entry);
                    quote!(#listing.types)
                }
                Emitted::FoldedBy(_) => self.folded_types(),
            })
    }

    /// The event types of the only state, which a stream that is folded into it knows.
    fn folded_types(&self) -> TokenStream {
        let folded = self
            .streams()
            .find(|(_, stream)| matches!(self.part(stream), Part::State(_) | Part::Own(_)));
        let binding = folded.map(|(number, _)| binding_ident(number));
        quote!(Self::#binding.types())
    }

    fn emitted(&self, entry: usize, emitted: &Emitted<'_>) -> TokenStream {
        let private = &self.private;
        let any = format_ident!("__E");
        match emitted {
            Emitted::Event(event) => {
                let predicate = parse_quote_spanned!(event.span()=> #event: #private::Contains<#any>);
                self.whole(entry, event.span(), &any, predicate)
            }
            Emitted::FoldedBy(state) => {
                let predicate = parse_quote_spanned!(state.span()=> #state: #private::Folds<#any>);
                self.whole(entry, state.span(), &any, predicate)
            }
            Emitted::Variant { event, variant, .. } => self.variant(entry, event, variant),
        }
    }

    /// All events that a predicate holds for.
    fn whole(&self, entry: usize, span: Span, any: &Ident, predicate: WherePredicate) -> TokenStream {
        let private = &self.private;
        let mut generics = self.generics.clone();
        generics.params.push(parse_quote!(#any));
        generics.params.push(parse_quote!(const __N: usize));
        generics.make_where_clause().predicates.push(predicate);
        let of = quote!(#private::Lists<#any, __N, #private::Listed<#entry>>);
        self.implement_at(span, &generics, &of, &TokenStream::new())
    }

    /// One variant. The pattern lets the compiler say that there is no such variant, and which there are.
    fn variant(&self, entry: usize, event: &Path, variant: &Ident) -> TokenStream {
        let private = &self.private;
        let listing = listing_ident(entry);
        let name = ident::text(variant);
        // Named once, an enum that does not exist is one mistake.
        let alias = format_ident!(
            "__Event{entry}",
            span = Span::call_site().located_at(event.span())
        );
        let list = quote_spanned!(event.span()=> #private::list_variant::<#alias>);
        let of = quote!(#private::Lists<#alias, { #listing.index }, #private::Listed<#entry>>);
        let lists = self.implement_at(event.span(), &self.generics, &of, &TokenStream::new());
        quote! {
            type #alias = #event;
            const #listing: #private::Listing = {
                #[allow(irrefutable_let_patterns, deprecated)]
                let _ = |__event: &#alias| if let #alias::#variant { .. } = __event {};
                #list(#name)
            };
            #lists
        }
    }

    /// An event that is part of another entry could be emitted by either, and the compiler would not choose.
    fn listed_once(&self) -> TokenStream {
        let private = &self.private;
        let mentions_parameters = self.generics.type_params().next().is_some();
        let events: Vec<_> = self
            .model
            .emits
            .iter()
            .filter_map(|emitted| match emitted {
                Emitted::Event(event) => Some(event),
                Emitted::Variant { .. } | Emitted::FoldedBy(_) => None,
            })
            .collect();
        if mentions_parameters || events.len() < 2 {
            return TokenStream::new();
        }
        let types = quote!(&[#(#private::list_event::<#events>()),*]);
        let checks = events.iter().enumerate().map(|(entry, event)| {
            let private = self.paths.private_at(event.span());
            quote_spanned!(event.span()=> const _: () = #private::assert_listed_once(__EVENTS, #entry);)
        });
        quote! {
            const __EVENTS: &[&#private::EventTypes] = #types;
            #(#checks)*
        }
    }
}

/// The constant that knows where a variant stands in its enum.
fn listing_ident(entry: usize) -> Ident {
    format_ident!("__LISTED_{entry}")
}
