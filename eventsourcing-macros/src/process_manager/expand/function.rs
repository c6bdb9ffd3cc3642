use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ItemFn};

use super::super::model::Function;
use super::Expand;
use crate::heard::{EventPath, event_alias, event_ident, heard, heard_once, pattern};
use crate::ident;

impl Expand<'_> {
    pub(super) fn function(&self, model: &Function<'_>) -> TokenStream {
        let private = &self.private;
        let marker = marker(model.item);
        let ident = &model.item.sig.ident;
        let aliases = model
            .on
            .iter()
            .enumerate()
            .map(|(number, event)| event_alias(number, event));
        let listeners = model
            .on
            .iter()
            .enumerate()
            .map(|(number, event)| self.listener(number, event, model));
        let names: Vec<_> = (0..model.on.len())
            .map(listener_ident)
            .map(|name| quote!(#name))
            .collect();
        let sends = self.sends_commands();
        let behaviour = quote!(#private::stateless::<Self>());
        let manager = self.process_manager(&model.name, &ident::text(ident), &names, &behaviour);
        let once = heard_once(model.on.iter(), &self.on(), self.paths);
        quote! {
            #marker
            const _: () = {
                #(#aliases)*
                #(#listeners)*
                #sends
                #manager
                #[automatically_derived]
                impl #private::StatelessManager for #ident {
                    const LISTENERS: &'static [&'static dyn #private::Listens<Self>] = &[#(&#names),*];
                }
                #once
            };
        }
    }

    fn listener(&self, number: usize, event: &EventPath, model: &Function<'_>) -> TokenStream {
        let (private, manager) = (&self.private, &self.manager);
        let (alias, listener) = (event_ident(number, event), listener_ident(number));
        let heard = heard(number, event, self.paths);
        let pattern = pattern(number, event, model.call.fields());
        let called = self.call(manager, None, &model.call);
        let (event, cx) = (
            Ident::new("__event", Span::mixed_site()),
            Ident::new("__cx", Span::mixed_site()),
        );
        quote! {
            #[allow(deprecated, irrefutable_let_patterns, unused_variables)]
            const #listener: #private::Listener<#manager, #alias> = #private::Listener {
                heard: #heard,
                react: |#event, #cx| if let #pattern = #private::Recorded::payload(#event) {
                    #called
                },
            };
        }
    }
}

/// The type that a service and a scenario name. It is called like the function, so that one import brings both.
pub(super) fn marker(item: &ItemFn) -> TokenStream {
    let (vis, ident) = (&item.vis, &item.sig.ident);
    quote! {
        #[doc(hidden)]
        #[allow(missing_debug_implementations, non_camel_case_types, unnameable_types, unreachable_pub)]
        #vis enum #ident {}
    }
}

fn listener_ident(number: usize) -> Ident {
    format_ident!("__LISTENER_{number}", span = Span::mixed_site())
}
