//! The state, folded by the methods with `#[apply]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned as _;

use super::super::apply::{Applied, Argument};
use super::super::parse::Target;
use super::Expand;
use crate::ident;
use crate::paths::respan;

impl Expand<'_> {
    pub(super) fn fold(&self) -> TokenStream {
        self.model
            .first_apply
            .map(|first| self.state(first.path().span()))
            .unwrap_or_default()
    }

    /// Where there is another fold as well, the first `#[apply]` is underlined.
    fn state(&self, first_apply: Span) -> TokenStream {
        let private = &self.private;
        let (id, event) = (self.types.id(), self.types.event());
        let apply = self.apply();
        let call = self.unless_broken(quote!(__APPLY(self, __event)));
        let body = quote! {
            type Key = #id;
            type Event = #event;

            fn apply(&mut self, _: &#id, __event: &#private::Recorded<#event>) {
                #call
            }
        };
        let of = self.paths.private_at(first_apply);
        let ty = respan(self.ty().to_token_stream(), first_apply);
        let implementation = quote_spanned! {Span::call_site().located_at(first_apply)=>
            #[automatically_derived]
            impl #of::State for #ty {
                #body
            }
        };
        quote!(#apply #implementation)
    }

    /// One constant holds the match and the check that it is complete: where a variant has the wrong name, the compiler says
    /// only that.
    fn apply(&self) -> TokenStream {
        let Some(event) = self.model.event.filter(|_| !self.is_broken) else {
            return TokenStream::new();
        };
        let private = &self.private;
        let ty = self.ty();
        let names = self
            .model
            .applied
            .iter()
            .map(|applied| ident::text(&applied.variant));
        let arms = self.model.applied.iter().map(|applied| self.arm(applied));
        let check_private = self.paths.private_at(event.span());
        let check_ty = respan(ty.to_token_stream(), event.span());
        let check = quote_spanned! {event.span()=>
            #check_private::assert_all_applied::<#check_ty>(&[#(#names),*])
        };
        quote! {
            const __APPLY: fn(&mut #ty, &#private::Recorded<#event>) = {
                type __Event = #event;
                #check;
                #[allow(unreachable_patterns)]
                |__state, __event| match __event.payload() {
                    #(#arms)*
                    _ => {}
                }
            };
        }
    }

    fn arm(&self, applied: &Applied<'_>) -> TokenStream {
        let ty = self.ty();
        let method = &applied.method.sig.ident;
        let bindings: Vec<_> = (0..applied.arguments.len())
            .map(|number| format_ident!("__field_{number}", span = Span::mixed_site()))
            .collect();
        let fields =
            applied
                .arguments
                .iter()
                .zip(&bindings)
                .filter_map(|(argument, binding)| match argument {
                    Argument::Field { ident, .. } => Some((*ident, binding)),
                    Argument::Recorded(_) => None,
                });
        let (names, bound): (Vec<_>, Vec<_>) = fields.unzip();
        let variant = &applied.variant;
        let pattern = match &applied.target {
            Target::OfMethod => quote!(__Event::#variant { #(#names: #bound,)* .. }),
            Target::Variant(path) => quote!(#path { #(#names: #bound,)* .. }),
            Target::Wrapper(path, _) => quote!(#path(#(#bound)*)),
        };
        let arguments = applied
            .arguments
            .iter()
            .zip(&bindings)
            .map(|(argument, binding)| match argument {
                Argument::Recorded(ty) => {
                    let event = Ident::new("__event", Span::call_site().located_at(ty.span()));
                    quote!(#event)
                }
                Argument::Field { ty, .. } => {
                    let mut binding = binding.clone();
                    binding.set_span(binding.span().located_at(ty.span()));
                    quote!(#binding)
                }
            });
        quote!(#pattern => <#ty>::#method(__state, #(#arguments),*),)
    }
}
