//! `impl Command`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{Source, Stream};
use super::bindings::Part;
use super::{Expand, binding_ident};
use crate::ident;

impl<'a> Expand<'a> {
    pub(super) fn implementation(&self) -> TokenStream {
        let private = &self.private;
        let name = &self.model.name;
        let ident = ident::text(self.ident());
        let emits = self.emits_types();
        let bindings: Vec<_> = self.streams().map(|(number, _)| binding_ident(number)).collect();
        let commit_order = self.model.own_state.is_some();
        let state = self.state_type();
        let found = self.found_type();
        let methods = [
            self.plan(),
            self.initial(),
            self.fold(),
            self.folded(),
            self.seen(),
            self.discover(),
            self.found(),
        ];
        self.implement(
            &quote!(#private::Command),
            &quote! {
                const NAME: &'static str = #name;
                const EMITS: &'static [&'static #private::EventTypes] = &[#(#emits),*];
                const READS: &'static [&'static #private::EventTypes] = &[#(Self::#bindings.types()),*];
                const CATEGORIES: &'static [#private::Option<&'static str>] = &[#(Self::#bindings.category()),*];
                const ORIGIN: &'static str = ::core::concat!(::core::module_path!(), "::", #ident);
                const COMMIT_ORDER: bool = #commit_order;

                type Origin = Self;
                type State = #state;
                type Found = #found;

                #private::describe_command!();
                #(#methods)*
            },
        )
    }

    fn plan(&self) -> TokenStream {
        let private = &self.private;
        let fields = self.fields().map(|(number, stream)| {
            let (binding, field) = (binding_ident(number), stream.ident);
            quote!(Self::#binding.plan(&self.#field, __plan)?;)
        });
        quote! {
            fn plan(&self, __plan: &mut #private::Plan) -> #private::Result<(), #private::InvalidStreamField> {
                #(#fields)*
                #private::Ok(())
            }
        }
    }

    fn initial(&self) -> TokenStream {
        let private = &self.private;
        let initial = |number: u16, stream: &Stream<'_>| {
            let (binding, field) = (binding_ident(number), stream.ident);
            match stream.source {
                Source::Field(_) => quote!(Self::#binding.initial(&self.#field)),
                Source::Discovery => quote!(#private::Default::default()),
            }
        };
        let state = if self.model.own_state.is_some() {
            let first = self
                .streams()
                .find(|(_, stream)| matches!(self.part(stream), Part::Own(_)));
            first
                .map(|(number, stream)| initial(number, stream))
                .unwrap_or_default()
        } else {
            let ident = super::state_ident(self.ident());
            let fields = self.parts().map(|(number, stream)| {
                let (field, initial) = (stream.ident, initial(number, stream));
                quote!(#field: #initial,)
            });
            let marker = self.marker_value();
            quote!(#ident { #(#fields)* #marker })
        };
        quote! {
            fn initial(&self) -> Self::State {
                #state
            }
        }
    }

    fn fold(&self) -> TokenStream {
        let private = &self.private;
        let arms = self.arms(|number, stream| {
            let (binding, field) = (binding_ident(number), stream.ident);
            let part = self.part_place(stream)?;
            if matches!(self.part(stream), Part::Version) {
                return None;
            }
            let keys = match stream.source {
                Source::Field(_) => Some(quote!(&self.#field,)),
                Source::Discovery => None,
            };
            Some(quote!(Self::#binding.fold(#keys #part, __slot, __stream, __events)))
        });
        quote! {
            fn fold(
                &self,
                __state: &mut Self::State,
                __slot: #private::Slot,
                __stream: &#private::StreamId,
                __events: &[#private::Arc<#private::RecordedEvent>],
            ) -> #private::Result<(), #private::DecodeError> {
                match __slot.field {
                    #arms
                    _ => #private::Ok(()),
                }
            }
        }
    }

    fn folded(&self) -> TokenStream {
        let private = &self.private;
        let arms = self.arms(|number, stream| {
            let binding = binding_ident(number);
            let part = self.part_place(stream)?;
            matches!(self.part(stream), Part::State(_)).then(|| quote!(Self::#binding.folded(#part, __slot)))
        });
        if arms.is_empty() {
            return TokenStream::new();
        }
        quote! {
            fn folded<'__s>(
                &self,
                __state: &'__s mut Self::State,
                __slot: #private::Slot,
            ) -> #private::Option<&'__s mut dyn #private::Folded> {
                match __slot.field {
                    #arms
                    _ => #private::None,
                }
            }
        }
    }

    fn seen(&self) -> TokenStream {
        let private = &self.private;
        let arms = self.arms(|number, stream| {
            let binding = binding_ident(number);
            let part = self.part_place(stream)?;
            matches!(self.part(stream), Part::Version)
                .then(|| quote!(Self::#binding.seen(#part, __slot, __head)))
        });
        if arms.is_empty() {
            return TokenStream::new();
        }
        quote! {
            fn seen(&self, __state: &mut Self::State, __slot: #private::Slot, __head: #private::Version) {
                match __slot.field {
                    #arms
                    _ => {}
                }
            }
        }
    }

    fn discover(&self) -> TokenStream {
        let private = &self.private;
        let Some((_, first)) = self.discovered().next() else {
            return TokenStream::new();
        };
        let discover = quote_spanned!(first.ident.span()=> <Self as #private::StreamResolver>::discover);
        quote! {
            fn discover(&self, __state: &Self::State, __found: &mut Self::Found) {
                #discover(self, __state, __found);
            }
        }
    }

    fn found(&self) -> TokenStream {
        let private = &self.private;
        if self.discovered().next().is_none() {
            return TokenStream::new();
        }
        let found = self.discovered().map(|(number, stream)| {
            let (binding, name) = (binding_ident(number), stream.ident);
            let part = self.part_place(stream).unwrap_or_else(|| quote!(&mut ()));
            quote!(Self::#binding.found(__found.#name, #part, __plan)?;)
        });
        quote! {
            fn found(
                &self,
                __found: Self::Found,
                __state: &mut Self::State,
                __plan: &mut #private::Plan,
            ) -> #private::Result<(), #private::InvalidStreamField> {
                #(#found)*
                #private::Ok(())
            }
        }
    }

    /// Match arms by the number of the stream.
    fn arms(&self, arm: impl Fn(u16, &'a Stream<'a>) -> Option<TokenStream>) -> TokenStream {
        let arms = self.streams().filter_map(|(number, stream)| {
            let body = arm(number, stream)?;
            Some(quote!(#number => #body,))
        });
        arms.collect()
    }

    /// Where the part of the state lies that belongs to a stream.
    fn part_place(&self, stream: &'a Stream<'a>) -> Option<TokenStream> {
        let field = stream.ident;
        match self.part(stream) {
            Part::State(_) | Part::Version => Some(quote!(&mut __state.#field)),
            Part::Own(_) => Some(quote!(__state)),
            Part::Nothing => None,
        }
    }
}
