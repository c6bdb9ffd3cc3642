//! The state, folded by the methods with `#[apply]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, ImplItem, Path};

use super::super::apply::{Applied, Argument, What};
use super::super::parse::Target;
use super::Expand;
use crate::ident;
use crate::paths::respan;
use crate::state::{Named, snapshots};

impl Expand<'_> {
    pub(super) fn fold(&self) -> TokenStream {
        self.model
            .first_apply
            .map(|first| self.fold_at(first.path().span()))
            .unwrap_or_default()
    }

    /// Where there is another fold as well, the first `#[apply]` is underlined.
    fn fold_at(&self, first_apply: Span) -> TokenStream {
        let private = &self.private;
        let (id, event) = (self.types.id(), self.types.event());
        let apply = self.apply();
        let call = self.unless_broken(quote!(__APPLY(self, __event)));
        let snapshots = self.snapshots(first_apply);
        let body = quote! {
            type Key = #id;
            type Event = #event;

            fn apply(&mut self, _: &#id, __event: &#private::Recorded<#event>) {
                #call
            }

            #snapshots
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

    /// They are kept under the name of the category.
    fn snapshots(&self, first_apply: Span) -> Option<ImplItem> {
        let (version, _) = self.model.state_version.filter(|_| !self.is_broken)?;
        let named = Named {
            name: quote!(__CATEGORY),
            version,
            ty: self.ty(),
            code: self.model.code,
        };
        let of = Path::from(Ident::new("State", first_apply));
        Some(snapshots(&named, &of, self.paths))
    }

    /// One constant holds the match and the check that it is complete: where a variant has the wrong name, the compiler says
    /// only that.
    fn apply(&self) -> TokenStream {
        let Some(event) = self.model.event.filter(|_| !self.is_broken) else {
            return TokenStream::new();
        };
        let private = &self.private;
        let ty = self.ty();
        let fold = quote!(fn(&mut #ty, &#private::Recorded<#event>));
        let applied = &self.model.applied;
        if let Some(every) = applied.iter().find(|applied| matches!(applied.what, What::Every)) {
            let call = self.call(every, &[]);
            return quote!(const __APPLY: #fold = |__state, __event| #call;);
        }
        let names = applied.iter().filter_map(|applied| match &applied.what {
            What::Variant(variant) => Some(ident::text(variant)),
            What::Every => None,
        });
        let arms = applied.iter().map(|applied| self.arm(applied));
        let check_private = self.paths.private_at(event.span());
        let check_ty = respan(ty.to_token_stream(), event.span());
        let check = quote_spanned! {event.span()=>
            #check_private::assert_all_applied::<#check_ty>(&[#(#names),*])
        };
        quote! {
            const __APPLY: #fold = {
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

    fn arm(&self, applied: &Applied<'_>) -> Option<TokenStream> {
        let What::Variant(variant) = &applied.what else {
            return None;
        };
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
                    Argument::Recorded(_) | Argument::Whole(_) => None,
                });
        let (names, bound): (Vec<_>, Vec<_>) = fields.unzip();
        let pattern = match &applied.target {
            Target::OfMethod => quote!(__Event::#variant { #(#names: #bound,)* .. }),
            Target::Named(path) => quote!(#path { #(#names: #bound,)* .. }),
            Target::Wrapper(path, _) => quote!(#path(#(#bound)*)),
        };
        let call = self.call(applied, &bindings);
        Some(quote!(#pattern => #call,))
    }

    /// What does not fit is underlined where the method asks for it.
    fn call(&self, applied: &Applied<'_>, bindings: &[Ident]) -> TokenStream {
        let ty = self.ty();
        let method = &applied.method.sig.ident;
        let arguments = applied
            .arguments
            .iter()
            .enumerate()
            .map(|(at, argument)| match argument {
                Argument::Recorded(ty) => {
                    let event = Ident::new("__event", Span::call_site().located_at(ty.span()));
                    quote!(#event)
                }
                Argument::Whole(ty) => {
                    let event = Ident::new("__event", Span::call_site().located_at(ty.span()));
                    quote_spanned!(ty.span()=> #event.payload())
                }
                Argument::Field { ty, .. } => {
                    let mut binding = bindings[at].clone();
                    binding.set_span(binding.span().located_at(ty.span()));
                    quote!(#binding)
                }
            });
        quote!(<#ty>::#method(__state, #(#arguments),*))
    }
}
