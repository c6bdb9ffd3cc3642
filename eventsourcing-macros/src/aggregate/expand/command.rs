//! A command: the struct that users see, and its impls.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, Ident, ReturnType};

use super::super::command::{Argument, Command, Field};
use super::super::derives;
use super::Expand;
use crate::ident;

impl Command<'_> {
    /// Under which it is compiled.
    pub(super) fn cfgs(&self) -> Vec<&Attribute> {
        self.attributes("cfg")
    }

    fn attributes(&self, name: &str) -> Vec<&Attribute> {
        let attributes = self.method.attrs.iter();
        attributes
            .filter(|attribute| attribute.path().is_ident(name))
            .collect()
    }
}

impl Expand<'_> {
    pub(super) fn command_struct(&self, command: &Command<'_>) -> TokenStream {
        let private = &self.private;
        let serde = self.paths.serde();
        let Command { method, ident, .. } = command;
        let vis = &method.vis;
        let cfgs = command.cfgs();
        let docs = command.attributes("doc");
        let id = self.types.id();
        let fields = command.fields().map(|field| self.field(command, field));
        let names: Vec<_> = command.fields().map(|field| field.ident).collect();
        let types = command.fields().map(|field| self.types.or_missing(field.ty));
        let further = self.model.derives.iter();
        let further = further.filter(|path| derives::of_commands(path).is_none());
        let name = &self.model.name;
        let of_method = format!("`{name}::{}`", ident::text(&method.sig.ident));
        let doc = docs.is_empty().then(|| {
            let doc = format!("The command that {of_method} decides.");
            quote!(#[doc = #doc])
        });
        let doc_id = format!("Which `{name}` it is for.");
        let doc_new = format!("The command for one `{name}`, with the parameters of {of_method}.");
        quote! {
            #(#cfgs)*
            #(#docs)*
            #doc
            #[derive(
                ::core::clone::Clone,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
                #private::serde::Serialize,
                #private::serde::Deserialize,
                #(#further,)*
            )]
            #[serde(crate = #serde)]
            #[allow(private_interfaces, clippy::struct_field_names)]
            #vis struct #ident {
                #[doc = #doc_id]
                pub id: #id,
                #(#fields)*
            }
            #(#cfgs)*
            #[automatically_derived]
            #[allow(dead_code, private_interfaces)]
            impl #ident {
                #[doc = #doc_new]
                #[must_use]
                pub fn new(id: #id, #(#names: #types),*) -> Self {
                    Self { id, #(#names),* }
                }
            }
        }
    }

    fn field(&self, command: &Command<'_>, field: &Field<'_>) -> TokenStream {
        let Field {
            ident, attributes, ..
        } = field;
        let ty = self.types.or_missing(field.ty);
        let has_doc = attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"));
        let doc = (!has_doc).then(|| {
            let method = ident::text(&command.method.sig.ident);
            let doc = format!(
                "The parameter `{}` of `{}::{method}`.",
                ident::text(ident),
                self.model.name
            );
            quote!(#[doc = #doc])
        });
        quote! {
            #doc
            #(#attributes)*
            pub #ident: #ty,
        }
    }

    pub(super) fn command_impl(&self, command: &Command<'_>) -> TokenStream {
        let private = &self.private;
        let Command { ident, name, .. } = command;
        let type_name = ident::text(ident);
        let cfgs = command.cfgs();
        // Where the aggregate is less visible than the command, the method is underlined.
        let vis = command.method.vis.span();
        let ty = crate::paths::respan(quote::ToTokens::to_token_stream(self.ty()), vis);
        let state = crate::paths::respan(self.state(), vis);
        let types_of_aggregate = quote_spanned! {vis=>
            type Origin = #ty;
            type State = #state;
        };
        let stream = quote!(<#ty as #private::Aggregate>::STREAM);
        let plan = self.unless_broken(quote!(#stream.plan(&self.id, __plan)));
        let initial = self.unless_broken(quote!(#stream.initial(&self.id)));
        let fold = self.unless_broken(quote!(#stream.fold(&self.id, __state, __slot, __stream, __events)));
        let folded = self.unless_broken(quote!(#stream.folded(__state, __slot)));
        let target = self.unless_broken(quote! {
            #private::StreamKey::to_stream_id(&self.id).map(#private::Some)
        });
        let (category, types) = if self.is_broken {
            (quote!(#private::None), TokenStream::new())
        } else {
            (quote!(#private::Some(__CATEGORY)), quote!(#stream.types()))
        };
        let emits = self.emits();
        let described = self.described_command(command);
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            impl #private::Command for #ident {
                const NAME: &'static str = #name;
                const CATEGORY: #private::Option<&'static str> = #category;
                const EMITS: &'static [&'static #private::EventTypes] = #emits;
                const READS: &'static [&'static #private::EventTypes] = &[#types];
                const ORIGIN: &'static str = ::core::concat!(::core::module_path!(), "::", #type_name);
                const COMMIT_ORDER: bool = false;

                #types_of_aggregate
                type Found = ();

                #described

                fn target(&self) -> #private::Result<#private::Option<#private::StreamId>, #private::InvalidStreamId> {
                    #target
                }

                fn plan(&self, __plan: &mut #private::Plan) -> #private::Result<(), #private::InvalidStreamField> {
                    #plan
                }

                fn initial(&self) -> Self::State {
                    #initial
                }

                fn fold(
                    &self,
                    __state: &mut Self::State,
                    __slot: #private::Slot,
                    __stream: &#private::StreamId,
                    __events: &[#private::Arc<#private::RecordedEvent>],
                ) -> #private::Result<(), #private::DecodeError> {
                    #fold
                }

                fn folded<'__s>(
                    &self,
                    __state: &'__s mut Self::State,
                    __slot: #private::Slot,
                ) -> #private::Option<&'__s mut dyn #private::Folded> {
                    #folded
                }
            }
        }
    }

    pub(super) fn command_logic(&self, command: &Command<'_>) -> TokenStream {
        let private = &self.private;
        let Command { ident, .. } = command;
        let cfgs = command.cfgs();
        let error = self.types.error();
        let handle = self.unless_broken(self.handle(command));
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            impl #private::CommandLogic for #ident {
                type Error = #error;

                fn handle(
                    &self,
                    __state: &Self::State,
                    __cx: &mut #private::Decide<Self>,
                ) -> #private::Result<(), Self::Error> {
                    #handle
                }
            }
        }
    }

    /// Calls the method. What does not fit is underlined in its signature.
    fn handle(&self, command: &Command<'_>) -> TokenStream {
        let private = &self.private;
        let method = &command.method.sig.ident;
        let ty = self.ty();
        let receiver = self.receiver();
        let (lend, take_back) = if command.has_context() {
            (
                quote!(let __lent = #private::lend(__cx, &self.id);),
                quote!(#private::take_back(__cx, __lent);),
            )
        } else {
            (TokenStream::new(), TokenStream::new())
        };
        let arguments = command.arguments.iter().map(|argument| match argument {
            Argument::Context(ty) => {
                let lent = Ident::new("__lent", Span::call_site().located_at(ty.span()));
                quote_spanned!(ty.span()=> &#lent)
            }
            Argument::Field(field) => {
                let ident = field.ident;
                quote!(::core::clone::Clone::clone(&self.#ident))
            }
        });
        let output = match &command.method.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.span(),
        };
        let decided = Ident::new("__decided", Span::call_site().located_at(output));
        quote! {
            #lend
            let #decided = <#ty>::#method(#receiver, #(#arguments),*);
            #take_back
            #private::conclude(__cx, #decided)
        }
    }
}
