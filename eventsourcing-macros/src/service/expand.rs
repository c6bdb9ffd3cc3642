use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::Kind;
use super::model::{Model, Part, Role};
use super::parse::written;
use crate::ident;
use crate::paths::Paths;

pub(super) fn service(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let expand = Expand { model, paths };
    let parts = model.parts.iter().map(|part| expand.part(part));
    let checks = expand.checks();
    expand.with_parts(&quote!(&[#(#parts),*]), &checks)
}

/// A service or module of which nobody knows what it lists, so that a mistake in it is not followed by others wherever it is
/// used.
pub(super) fn fallback(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let unknown = quote!(&[#private::Part { name: "", content: #private::Content::Unknown }]);
    Expand { model, paths }.with_parts(&unknown, &TokenStream::new())
}

struct Expand<'a> {
    model: &'a Model<'a>,
    paths: &'a Paths,
}

impl Expand<'_> {
    fn with_parts(&self, parts: &TokenStream, checks: &TokenStream) -> TokenStream {
        let private = self.paths.private();
        let definition = self.definition();
        quote! {
            #[allow(long_running_const_eval)]
            const _: () = {
                const __PARTS: &[#private::Part] = #parts;
                const __COUNT: usize = #private::count_facts(__PARTS);
                const __FACTS: &[#private::Fact] = &#private::sorted_facts::<__COUNT>(__PARTS);
                #checks
                #definition
            };
        }
    }

    /// One call with the user's type: a type that cannot be listed is one error, at its name.
    fn part(&self, part: &Part<'_>) -> TokenStream {
        let (path, name, reason) = (part.path, written(part.path), part.reason);
        let reason = reason.map(|reason| quote!(, #reason));
        let generics = quote_spanned!(Span::call_site().located_at(ends(path).1)=> ::<#path>);
        self.call(path, part.role.list(), &generics, &quote!(#name #reason))
    }

    /// What only the compiler knows: each check of each part is a constant of its own, so that all mistakes are reported.
    fn checks(&self) -> TokenStream {
        let checks = self.model.parts.iter().enumerate().map(|(place, part)| {
            let taken = self.check(part, "assert_nothing_taken", &quote!(__PARTS, __FACTS, #place));
            let defined = self.check(part, "assert_defined_once", &quote!(__PARTS, __FACTS, #place));
            let is_service = matches!(self.model.kind, Kind::Service);
            let hears = matches!(part.role, Role::ProcessManager | Role::Projection | Role::Module);
            let sends = matches!(part.role, Role::ProcessManager | Role::Module);
            let asks = matches!(part.role, Role::Query | Role::Module);
            let arguments = quote!(&__PARTS[#place], __FACTS);
            let heard = (is_service && hears).then(|| self.check(part, "assert_all_heard", &arguments));
            let handled = (is_service && sends).then(|| self.check(part, "assert_all_handled", &arguments));
            let read = (is_service && asks).then(|| self.check(part, "assert_all_read", &arguments));
            quote!(#taken #defined #heard #handled #read)
        });
        checks.collect()
    }

    fn check(&self, part: &Part<'_>, function: &str, arguments: &TokenStream) -> TokenStream {
        let call = self.call(part.path, function, &TokenStream::new(), arguments);
        let head = quote_spanned!(Span::call_site().located_at(ends(part.path).0)=> const _: () =);
        quote!(#head #call;)
    }

    /// Calls a function from where a name stands: what is wrong is underlined there, from its beginning to its end.
    fn call(
        &self,
        at: &Type,
        function: &str,
        generics: &TokenStream,
        arguments: &TokenStream,
    ) -> TokenStream {
        let (first, last) = ends(at);
        let private = self.paths.private_at(first);
        let function = format_ident!("{function}", span = Span::call_site().located_at(first));
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments.clone());
        arguments.set_span(Span::call_site().located_at(last));
        quote!(#private::#function #generics #arguments)
    }

    fn definition(&self) -> TokenStream {
        let private = self.paths.private();
        let ident = &self.model.item.ident;
        let name = ident::text(ident);
        let part = quote! {
            const PART: #private::Part = #private::Part {
                name: #name,
                content: #private::Content::Module {
                    origin: ::core::concat!(::core::module_path!(), "::", #name),
                    parts: __PARTS,
                },
            };
        };
        // A projection that is less visible than what lists it is a mistake there.
        let visible = Span::call_site().located_at(self.model.item.vis.span());
        if let Kind::Module = self.model.kind {
            let projections = self.projections(quote!(__Rest));
            let projections = quote_spanned!(visible=> type Projections<__Rest> = #projections;);
            return quote! {
                #[automatically_derived]
                impl #private::Module for #ident {
                    #part
                    #projections
                }
            };
        }
        let resources = self.resources();
        let resources = quote_spanned!(visible=> type Resources = #resources;);
        let functions = self.functions();
        quote! {
            #[automatically_derived]
            impl #private::Service for #ident {
                #part
                const TABLE: #private::Table = #private::Table::of(__FACTS);
                #resources
            }
            #functions
        }
    }

    /// `Missing<First, Missing<Second, ()>>`: the resources, and then the projections.
    fn resources(&self) -> TokenStream {
        let private = self.paths.private();
        let mut list = self.projections(quote!(()));
        for resource in self.model.resources.iter().rev() {
            list = quote!(#private::Missing<#resource, #list>);
        }
        list
    }

    /// The projections that are listed, also by modules, before the rest.
    fn projections(&self, rest: TokenStream) -> TokenStream {
        let private = self.paths.private();
        let mut list = rest;
        for part in self.model.parts.iter().rev() {
            let path = part.path;
            list = match part.role {
                Role::Projection => quote!(#private::Missing<#private::ProjectionOf<#path>, #list>),
                Role::Module => quote!(<#path as #private::Module>::Projections<#list>),
                _ => list,
            };
        }
        list
    }

    /// What users call without naming a trait.
    fn functions(&self) -> TokenStream {
        let private = self.paths.private();
        let ident = &self.model.item.ident;
        let vis = &self.model.item.vis;
        quote! {
            #[automatically_derived]
            #[allow(dead_code, private_interfaces)]
            impl #ident {
                /// Builds the runtime of this service, on a store.
                #vis fn builder(
                    store: impl #private::EventStore,
                ) -> #private::RuntimeBuilder<Self, <Self as #private::Service>::Resources> {
                    #private::RuntimeBuilder::new(store)
                }

                /// Describes this service: what it handles, what happens then, and what follows from that.
                #vis fn describe() -> #private::ServiceDescription {
                    #private::ServiceDescription::of::<Self>()
                }
            }
        }
    }
}

impl Role {
    /// The function that makes a part of what is listed.
    fn list(self) -> &'static str {
        match self {
            Self::Aggregate => "list_aggregate",
            Self::Command => "list_command",
            Self::ProcessManager => "list_process_manager",
            Self::Projection => "list_projection",
            Self::Query => "list_query",
            Self::Module => "list_module",
            Self::ExternEvents => "list_extern_events",
            Self::ExternCommand => "list_extern_command",
        }
    }
}

/// Where a name begins and where it ends: the compiler underlines what lies between.
fn ends(path: &Type) -> (Span, Span) {
    let mut tokens = path.to_token_stream().into_iter();
    let first = tokens
        .next()
        .as_ref()
        .map_or_else(Span::call_site, TokenTree::span);
    let last = tokens.last().as_ref().map_or(first, TokenTree::span);
    (first, last)
}
