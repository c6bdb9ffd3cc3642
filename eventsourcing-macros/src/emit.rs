//! `emit!(cx, event)`

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Path, Token};

use crate::ident;

/// Expands to a call of the method that the event has for the variant which is written. The name of the variant is all that
/// can be seen of an imported one, and `Alias::Variant` does not tell the enum.
///
/// A method of the same name that every type has, and that steps back behind the event's own, takes what is not called like
/// a variant: variables, calls, and variants that were renamed by an import.
pub(crate) fn emit(input: TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(emit) => expand(&emit),
        Err(error) => error.into_compile_error(),
    }
}

/// `facade; cx, event`
struct Emit {
    facade: Path,
    cx: Expr,
    event: Expr,
}

impl Parse for Emit {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let facade = input.call(Path::parse_mod_style)?;
        input.parse::<Token![;]>()?;
        if input.is_empty() {
            let message = "say where to, and what: `emit!(cx, Event::Variant { .. })`";
            return Err(syn::Error::new(Span::call_site(), message));
        }
        let cx: Expr = input.parse()?;
        if input.is_empty() {
            return Err(syn::Error::new_spanned(&cx, missing(&cx)));
        }
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            return Err(syn::Error::new_spanned(&cx, missing(&cx)));
        }
        let event = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(input.error("`emit!` takes one event; write an `emit!` for each"));
        }
        Ok(Self { facade, cx, event })
    }
}

/// What is missing beside the only argument.
fn missing(argument: &Expr) -> &'static str {
    match argument {
        Expr::Struct(_) | Expr::Call(_) => {
            "`emit!` takes the context before the event: `emit!(cx, Event::Variant { .. })`"
        }
        _ => "`emit!` takes an event after the context: `emit!(cx, Event::Variant { .. })`",
    }
}

fn expand(Emit { facade, cx, event }: &Emit) -> TokenStream {
    let private = quote!(#facade::__private);
    let name = constructor(event);
    let span = Span::mixed_site().located_at(name.map_or_else(|| event.span(), Ident::span));
    let method = name.map_or_else(|| Ident::new("__emit", span), ident::emit_method);
    let context = Ident::new("__cx", span);
    let value = Ident::new("__event", span);
    let call = quote_spanned!(span=> #value.#method(#context));
    quote! {{
        #[allow(dead_code, non_snake_case)]
        trait __Value: ::core::marker::Sized {
            fn #method<C: #private::Command, L, M>(self, __cx: &mut #private::Decide<C>)
            where
                Self: #private::Emittable,
                C: #private::EmitsAll<Self::Itself, L>,
                Self::Itself: #private::EmitInto<C, M>,
            {
                #private::emit_value(&self, __cx)
            }
        }
        impl<E> __Value for E {}
        let #value = #event;
        let #context: &mut #private::Decide<_> = #cx;
        #call
    }}
}

/// The name of the variant or struct that an event is made with, as far as it can be seen.
fn constructor(event: &Expr) -> Option<&Ident> {
    let path = match event {
        Expr::Struct(event) => &event.path,
        Expr::Path(event) => &event.path,
        Expr::Call(event) => return constructor(&event.func),
        Expr::Group(event) => return constructor(&event.expr),
        Expr::Paren(event) => return constructor(&event.expr),
        _ => return None,
    };
    path.segments.last().map(|segment| &segment.ident)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_expansion, assert_only_names, errors};

    fn in_a_function(tokens: TokenStream) -> TokenStream {
        let expansion = emit(tokens);
        quote!(fn handle() { #expansion })
    }

    #[test]
    fn an_event_is_emitted_by_the_name_of_its_variant() {
        let event = quote!(facade; cx, AccountEvent::Opened { account: self.account.clone() });
        assert_expansion!(in_a_function(event));
    }

    #[test]
    fn the_name_is_the_last_that_is_written() {
        let method = |event: TokenStream| {
            let call = emit(quote!(facade; cx, #event)).to_string();
            call.split(" . ")
                .last()
                .and_then(|call| call.split(" (").next())
                .map(str::to_owned)
        };
        for event in [
            quote!(Opened),
            quote!(AccountEvent::Opened {}),
            quote!(bank::AccountEvent::<K>::Opened(event)),
            quote!((r#Opened {})),
        ] {
            assert_eq!(method(event).as_deref(), Some("__emit_Opened"));
        }
        for event in [quote!(self.event()), quote!({ event }), quote!(5)] {
            assert_eq!(method(event).as_deref(), Some("__emit"));
        }
    }

    #[test]
    fn the_facade_is_the_only_crate_named() {
        assert_only_names("facade", emit(quote!(facade; cx, event)));
    }

    #[test]
    fn misuse_is_explained() {
        let event_is_missing = "`emit!` takes an event after the context: `emit!(cx, Event::Variant { .. })`";
        for (misuse, message) in [
            (
                quote!(facade;),
                "say where to, and what: `emit!(cx, Event::Variant { .. })`",
            ),
            (quote!(facade; cx), event_is_missing),
            (quote!(facade; cx,), event_is_missing),
            (
                quote!(facade; Opened {}),
                "`emit!` takes the context before the event: `emit!(cx, Event::Variant { .. })`",
            ),
            (
                quote!(facade; cx, a, b),
                "`emit!` takes one event; write an `emit!` for each",
            ),
        ] {
            assert_eq!(errors(emit(misuse)), [message]);
        }
    }
}
