mod command;
mod fold;
mod id;
mod schema;
mod stateless;
mod types;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use self::types::Types;
use super::command::Command;
use super::model::Model;
use crate::paths::{Paths, respan};

/// The commands beside an `impl` block, and what makes them commands.
///
/// If there are mistakes, it reports them, with types and impls that keep others from following: what there is has its shape,
/// and is never run.
pub(super) fn aggregate(model: &Model<'_>, paths: &Paths, errors: Option<syn::Error>) -> TokenStream {
    let mut distinct: Vec<&Command<'_>> = Vec::new();
    for command in &model.commands {
        if !distinct.iter().any(|other| other.ident == command.ident) {
            distinct.push(command);
        }
    }
    let expand = Expand {
        model,
        commands: distinct,
        paths,
        private: paths.private(),
        types: Types::new(model, paths, errors.as_ref()),
        is_broken: errors.is_some(),
    };
    let errors = errors.map(syn::Error::into_compile_error);
    let structs = expand
        .commands
        .iter()
        .map(|command| expand.command_struct(command));
    let impls = expand
        .commands
        .iter()
        .flat_map(|command| [expand.command_impl(command), expand.command_logic(command)]);
    let id_struct = expand.id_struct();
    let id_impls = expand.id_impls();
    let aggregate = expand.aggregate();
    let fold = expand.fold();
    quote! {
        #errors
        #id_struct
        #(#structs)*
        #[allow(deprecated)]
        const _: () = {
            #id_impls
            #aggregate
            #fold
            #(#impls)*
        };
    }
}

/// What all parts of the expansion need.
struct Expand<'a> {
    model: &'a Model<'a>,
    /// Those whose types have names of their own.
    commands: Vec<&'a Command<'a>>,
    paths: &'a Paths,
    private: TokenStream,
    types: Types<'a>,
    /// Whether there are mistakes, so that nothing of it is ever run.
    is_broken: bool,
}

impl<'a> Expand<'a> {
    fn aggregate(&self) -> TokenStream {
        let private = &self.private;
        let ty = self.ty();
        let (id, event, error) = (self.types.id(), self.types.event(), self.types.error());
        let of = self.paths.private_at(ty.span());
        let of = quote_spanned!(ty.span()=> #of::Aggregate);
        let consts = if self.is_broken {
            quote! {
                const CATEGORY: &'static str = "";
                const ROUTES: &'static [#private::Route] = &[];
            }
        } else {
            let routes = self.commands.iter().map(|command| {
                let (cfgs, ident) = (command.cfgs(), &command.ident);
                quote!(#(#cfgs)* #private::aggregate_route::<#ident>(__CATEGORY))
            });
            quote! {
                const CATEGORY: &'static str = __CATEGORY;
                const ROUTES: &'static [#private::Route] = &[#(#routes),*];
            }
        };
        let category = self.category();
        let (state, stream, unit) = (self.state(), self.stream(), self.unit());
        quote! {
            #category
            #unit
            #[automatically_derived]
            impl #of for #ty {
                type Id = #id;
                type Event = #event;
                type Error = #error;
                type State = #state;
                #consts
                #stream
            }
        }
    }

    /// Where there is none, the id is underlined.
    fn category(&self) -> TokenStream {
        let Some(id) = self.model.id.filter(|_| !self.is_broken) else {
            return TokenStream::new();
        };
        let ty = respan(self.ty().to_token_stream(), id.span());
        let private = self.paths.private_at(id.span());
        quote_spanned!(id.span()=> const __CATEGORY: &str = #private::category::<#ty>();)
    }

    /// The type of the aggregate.
    fn ty(&self) -> &'a Type {
        self.model.ty
    }

    /// What stands in for a body that is never run.
    fn unless_broken(&self, body: TokenStream) -> TokenStream {
        if self.is_broken {
            quote!(::core::unreachable!())
        } else {
            body
        }
    }
}
