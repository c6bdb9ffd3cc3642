use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use super::super::handler::{Call, Handler, Refusal};
use super::super::model::Block;
use super::super::parse::{Key, Role};
use super::Expand;
use crate::heard::{EventPath, at, binding, event_alias, event_ident, heard, heard_once, pattern};
use crate::ident;

impl Expand<'_> {
    pub(super) fn block(&self, model: &Block<'_>) -> TokenStream {
        let (Some(key), Some(category)) = (model.key, model.category) else {
            return TokenStream::new();
        };
        let (private, manager) = (&self.private, &self.manager);
        let events = || {
            let each = model
                .handlers
                .iter()
                .flat_map(|handler| handler.events.iter().map(move |event| (handler, event)));
            each.enumerate()
        };
        let aliases = events().map(|(number, (_, event))| event_alias(number, event));
        let handlers = events().map(|(number, (handler, event))| self.handler(number, event, handler));
        let names: Vec<_> = events()
            .map(|(number, _)| handler_ident(number))
            .map(|name| quote!(#name))
            .collect();
        let refusals = model
            .refusals
            .iter()
            .enumerate()
            .map(|(number, refusal)| self.refusal(number, refusal));
        let refusal_names = (0..model.refusals.len()).map(refusal_ident);
        let sends = self.sends_commands();
        let behaviour = quote!(#private::stateful::<Self>());
        let facts = self.process_manager(
            &category.value(),
            &name_of(&model.item.self_ty),
            &names,
            &behaviour,
        );
        let once = heard_once(events().map(|(_, (_, event))| event), &self.on(), self.paths);
        let instances = {
            let private = self.paths.private_at(key.span());
            quote_spanned!(key.span()=> #private::instances::<__Key>(#category))
        };
        let initial = {
            let ty = &model.item.self_ty;
            let private = self.paths.private_at(ty.span());
            quote_spanned!(at(ty)=> #private::initial::<#manager>())
        };
        quote! {
            const _: () = {
                type __Key = #key;
                #(#aliases)*
                #(#handlers)*
                #(#refusals)*
                #sends
                #facts
                #[automatically_derived]
                impl #private::StatefulManager for #manager {
                    type Key = __Key;

                    const INSTANCES: #private::Instances<__Key> = #instances;
                    const INITIAL: fn() -> Self = #initial;
                    const HANDLERS: &'static [&'static dyn #private::Handles<Self>] = &[#(&#names),*];
                    const REFUSALS: &'static [&'static dyn #private::HandlesRefusal<Self>] = &[#(&#refusal_names),*];
                }
                #once
            };
        }
    }

    fn handler(&self, number: usize, event: &EventPath, handler: &Handler<'_>) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        let (alias, name) = (event_ident(number, event), handler_ident(number));
        let heard = heard(number, event, self.paths);
        let role = match handler.role {
            Role::Start => quote!(#private::Role::Start),
            Role::Continue => quote!(#private::Role::Continue),
            Role::Stop => quote!(#private::Role::Stop),
        };
        let strict = handler.strict;
        let key = self.key(number, event, &handler.key);
        let pattern = pattern(number, event, handler.call.fields());
        let me = Ident::new("__me", Span::mixed_site());
        let called = self.call(&self.method(&handler.call), Some(quote!(#me)), &handler.call);
        let (event, cx) = (
            Ident::new("__event", Span::mixed_site()),
            Ident::new("__cx", Span::mixed_site()),
        );
        quote! {
            #[allow(deprecated, irrefutable_let_patterns, unused_variables)]
            const #name: #private::Handler<#manager, __Key, #alias> = #private::Handler {
                heard: #heard,
                role: #role,
                strict: #strict,
                key: #key,
                react: |#me, #event, #cx| if let #pattern = #private::Recorded::payload(#event) {
                    #called
                },
            };
        }
    }

    /// A method, which the compiler shows by its name.
    fn method(&self, call: &Call<'_>) -> TokenStream {
        let (manager, method) = (&self.manager, call.name());
        let span = Span::call_site().located_at(method.span());
        quote_spanned!(span=> <#manager>::#method)
    }

    /// Where an event has the key of its instance.
    fn key(&self, number: usize, event: &EventPath, key: &Key) -> TokenStream {
        let private = &self.private;
        let Key::Field(field) = key else {
            return quote!(|_| #private::KeyIn::Stream);
        };
        let pattern = pattern(number, event, std::iter::once(field));
        let binding = binding(field);
        let found = {
            let private = self.paths.private_at(field.span());
            quote_spanned!(field.span()=> #private::KeyIn::Field(#binding))
        };
        let event = Ident::new("__event", Span::mixed_site());
        quote! {
            |#event| if let #pattern = #private::Recorded::payload(#event) {
                #found
            } else {
                #private::KeyIn::Nothing
            }
        }
    }

    fn refusal(&self, number: usize, refusal: &Refusal<'_>) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        let (command, name) = (&refusal.command, refusal_ident(number));
        let alias = format_ident!(
            "__Refused{number}",
            span = Span::call_site().located_at(command.span())
        );
        let refusing = {
            let private = self.paths.private_at(command.span());
            quote_spanned!(command.span()=> #private::refusing::<#manager, #alias>())
        };
        let me = Ident::new("__me", Span::mixed_site());
        let called = self.call(&self.method(&refusal.call), Some(quote!(#me)), &refusal.call);
        let parameters =
            ["__me", "__command", "__rejection", "__cx"].map(|name| Ident::new(name, Span::mixed_site()));
        quote! {
            type #alias = #command;
            #[allow(unused_variables)]
            const #name: #private::RefusalHandler<#manager, #alias> = #private::RefusalHandler {
                command: #refusing,
                react: |#(#parameters),*| { #called },
            };
        }
    }
}

/// What the state is called where it is spoken of.
fn name_of(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| ident::text(&last.ident)),
        _ => None,
    }
    .unwrap_or_default()
}

fn handler_ident(number: usize) -> Ident {
    format_ident!("__HANDLER_{number}", span = Span::mixed_site())
}

fn refusal_ident(number: usize) -> Ident {
    format_ident!("__REFUSAL_{number}", span = Span::mixed_site())
}
