mod sql;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, ReturnType, Type};

use super::model::{Handler, Model};
use crate::code;
use crate::heard::{EventPath, Takes, at, binding, event_alias, event_ident, heard, heard_once, pattern};
use crate::ident;
use crate::paths::Paths;

pub(super) fn projection(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let ty = &model.item.self_ty;
    Expand {
        model,
        paths,
        private: paths.private(),
        projection: quote!(#ty),
    }
    .projection()
}

struct Expand<'a> {
    model: &'a Model<'a>,
    paths: &'a Paths,
    private: TokenStream,
    /// Its type.
    projection: TokenStream,
}

/// What differs between projections that edit rows, and those in SQL.
struct Kind {
    row: TokenStream,
    /// Names of functions of the runtime.
    kept: TokenStream,
    parked: TokenStream,
    into_projector: TokenStream,
    /// The impl with the handlers.
    projects: TokenStream,
}

impl Expand<'_> {
    fn projection(&self) -> TokenStream {
        let (private, projection) = (&self.private, &self.projection);
        let (Some(name), Some(version)) = (self.model.name, self.model.version) else {
            return TokenStream::new();
        };
        let events = || {
            let each = self
                .model
                .handlers
                .iter()
                .flat_map(|handler| handler.events.iter().map(move |event| (handler, event)));
            each.enumerate()
        };
        let aliases = events().map(|(number, (_, event))| event_alias(number, event));
        let handlers = events().map(|(number, (handler, event))| self.handler(number, event, handler));
        let names: Vec<_> = events().map(|(number, _)| handler_ident(number)).collect();
        let on = quote!(<#projection as #private::Projection>::PROJECTION.on);
        let once = heard_once(events().map(|(_, (_, event))| event), &on, self.paths);
        let ident = name_of(&self.model.item.self_ty);
        let code = code::hash(&self.model.item.items);
        let changed = self.model.changed.map_or_else(
            || quote!(#private::None),
            |reason| quote!(#private::Some(#reason)),
        );
        let parallel_by = self.model.parallel_by.map_or_else(
            || quote!(#private::None),
            |field| {
                let field = ident::text(field);
                quote!(#private::Some(#field))
            },
        );
        let slices = self.model.slices.unwrap_or(1);
        let Kind {
            row,
            kept,
            parked,
            into_projector,
            projects,
        } = self.kind(&names);
        let tables = sql::table_consts(self.model, self.paths);
        quote! {
            const _: () = {
                #(#aliases)*
                #(#handlers)*
                #[automatically_derived]
                impl #private::Projection for #projection {
                    type Row = #row;

                    const PROJECTION: #private::ProjectionFacts = #private::ProjectionFacts {
                        name: #name,
                        version: #private::version(#version),
                        origin: ::core::concat!(::core::module_path!(), "::", #ident),
                        on: &[#(#names.heard.listened),*],
                        kept: #private::#kept::<Self>(),
                        parked: #private::#parked::<Self>(),
                        parallel_by: #parallel_by,
                        slices: #private::slices(#slices),
                        code: #code,
                        changed: #changed,
                    };

                    fn into_projector(self) -> #private::Box<dyn #private::Projector> {
                        #private::#into_projector(self)
                    }
                }
                #projects
                #once
                #tables
            };
        }
    }

    /// What differs between projections that edit rows, and those in SQL.
    fn kind(&self, handlers: &[Ident]) -> Kind {
        if self.model.tables.is_some() {
            return self.in_sql(handlers);
        }
        let (private, projection) = (&self.private, &self.projection);
        let row = self.model.row.map(ToTokens::to_token_stream);
        let is_of = self.rows_of_home_streams();
        Kind {
            row: row.unwrap_or_default(),
            kept: quote!(kept_in_rows),
            parked: quote!(parked_table_of),
            into_projector: quote!(projector_of),
            projects: quote! {
                #[automatically_derived]
                impl #private::Projects for #projection {
                    const HANDLERS: &'static [&'static dyn #private::Handling<Self>] = &[#(&#handlers),*];
                    #is_of
                }
            },
        }
    }

    /// Tells which rows are those of a home stream, if slices are told apart by that.
    fn rows_of_home_streams(&self) -> Option<TokenStream> {
        let private = &self.private;
        let by_home = self.model.slices.is_some() && self.model.parallel_by.is_none();
        let row = self.model.row.filter(|_| by_home)?;
        let is_of = {
            let private = self.paths.private_at(row.span());
            quote_spanned!(row.span()=> <#row as #private::KeyedByStream>::is_of)
        };
        Some(quote!(const IS_OF: #private::IsOf = #is_of;))
    }

    fn handler(&self, number: usize, event: &EventPath, handler: &Handler<'_>) -> TokenStream {
        let (private, projection) = (&self.private, &self.projection);
        let (alias, name) = (event_ident(number, event), handler_ident(number));
        let heard = heard(number, event, self.paths);
        let pattern = pattern(number, event, handler.fields());
        let called = self.call(handler);
        let parameters = ["__me", "__event", "__rows"].map(|name| Ident::new(name, Span::mixed_site()));
        let sequence = self.sequence(number, event);
        let payload = self.payload(&parameters[1]);
        let (handler, nothing) = if self.model.tables.is_some() {
            (quote!(SqlHandler), quote!(#private::nothing_in_sql()))
        } else {
            (quote!(ProjectionHandler), quote!(#private::Ok(())))
        };
        quote! {
            #[allow(deprecated, irrefutable_let_patterns, unused_variables)]
            const #name: #private::#handler<#projection, #alias> = #private::#handler {
                heard: #heard,
                project: |#(#parameters),*| if let #pattern = #payload {
                    #called
                } else {
                    #nothing
                },
                sequence: #sequence,
            };
        }
    }

    /// What happened, given what a handler is called with.
    fn payload(&self, event: &Ident) -> TokenStream {
        let private = &self.private;
        if self.model.is_inline {
            return quote!(#private::Pending::payload(#event));
        }
        let event = self.event(event);
        quote!(#private::Recorded::payload(#event))
    }

    /// The event as the method takes it.
    fn event(&self, event: &Ident) -> TokenStream {
        if self.model.tables.is_none() || self.model.is_inline {
            return quote!(#event);
        }
        let private = self.paths.private_at(event.span());
        quote_spanned!(event.span()=> #private::recorded_of(#event))
    }

    /// Tells the sequence of an event, if a field does.
    fn sequence(&self, number: usize, event: &EventPath) -> TokenStream {
        let private = &self.private;
        let Some(field) = self.model.parallel_by else {
            return quote!(#private::None);
        };
        let pattern = pattern(number, event, std::iter::once(field));
        let name = Ident::new("__event", Span::mixed_site());
        let told = {
            let private = self.paths.private_at(field.span());
            let binding = binding(field);
            let rows_of_slices = self.model.row.filter(|_| self.model.slices.is_some());
            rows_of_slices.map_or_else(
                || quote_spanned!(field.span()=> #private::sequence_of(#binding)),
                |row| quote_spanned!(field.span()=> #private::sequence_of_rows::<#row>(#binding)),
            )
        };
        quote! {
            #private::Some(|#name| if let #pattern = #private::Recorded::payload(#name) {
                #told
            } else {
                #private::Ok(#private::None)
            })
        }
    }

    /// Calls the method, and takes what it returns.
    fn call(&self, handler: &Handler<'_>) -> TokenStream {
        let (projection, method) = (&self.projection, &handler.method.sig.ident);
        let span = Span::call_site().located_at(method.span());
        let callee = quote_spanned!(span=> <#projection>::#method);
        let me = Ident::new("__me", Span::mixed_site());
        let arguments = handler.parameters.iter().map(|parameter| {
            let name = match parameter.takes {
                Takes::Event => return self.event(&Ident::new("__event", at(parameter.ty))),
                Takes::Written => Ident::new("__rows", at(parameter.ty)),
                Takes::Field(field) => {
                    let mut binding = binding(field);
                    binding.set_span(at(parameter.ty));
                    binding
                }
                // Of refusals, which a projection does not hear of.
                Takes::Rejection | Takes::Command => Ident::new("__nothing", at(parameter.ty)),
            };
            quote!(#name)
        });
        let called = quote_spanned!(span=> #callee(#me, #(#arguments),*));
        let said_at = match &handler.method.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => method.span(),
        };
        let private = self.paths.private_at(said_at);
        if self.model.tables.is_some() {
            quote_spanned!(said_at=> #private::in_sql(#called))
        } else {
            quote_spanned!(said_at=> #private::said(#called))
        }
    }
}

/// What is left of a projection with mistakes: an impl that is never used, so that others do not follow.
pub(super) fn fallback(model: &Model<'_>, paths: &Paths, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    // With parameters it could not be one: they need not be `'static`.
    if model.item.trait_.is_some() || !model.item.generics.params.is_empty() {
        return errors;
    }
    let (private, ty) = (paths.private(), &model.item.self_ty);
    let row = model
        .row
        .map_or_else(|| quote!(#private::NoRow), |row| quote!(#row));
    let tables = sql::table_consts(model, paths);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::Projection for #ty {
                type Row = #row;

                const PROJECTION: #private::ProjectionFacts = #private::no_projection();

                fn into_projector(self) -> #private::Box<dyn #private::Projector> {
                    #private::projector_of(self)
                }
            }

            #[automatically_derived]
            impl #private::Projects for #ty {
                const HANDLERS: &'static [&'static dyn #private::Handling<Self>] = &[];
            }

            #tables
        };
        #errors
    }
}

/// What the type is called where it is spoken of.
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
