use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use super::model::Model;
use super::parse::QueryAttribute;
use crate::ident;
use crate::paths::Paths;

pub(super) fn query(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let private = paths.private();
    let (ident, name, result) = (model.ident, &model.name, model.result);
    let rust_name = ident::text(ident);
    let of = model.of.iter().map(|projection| {
        let private = paths.private_at(projection.span());
        quote_spanned!(projection.span()=> #private::read_of::<#projection>())
    });
    let reads = model.of.iter().map(|projection| {
        let at = paths.private_at(projection.span());
        let row = quote_spanned!(projection.span()=> <#projection as #at::Projection>::Row);
        quote! {
            #[automatically_derived]
            impl #private::Reads<#row> for #ident {}
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::Query for #ident {
                type Result = #result;

                const NAME: &'static str = #name;
                const ORIGIN: &'static str = ::core::concat!(::core::module_path!(), "::", #rust_name);
                const OF: &'static [#private::ProjectionFacts] = &[#(#of),*];

                #private::describe_query! { #result }
            }

            #(#reads)*
        };
    }
}

/// Reports the mistakes, with a query that keeps others from following wherever it is used.
///
/// Where its result is not known, the first mistake stands within that type. So the compiler knows that it is wrong, and does not
/// complain about what is answered.
pub(super) fn fallback(
    input: &DeriveInput,
    attribute: &QueryAttribute,
    paths: &Paths,
    errors: Option<syn::Error>,
) -> TokenStream {
    let mut errors = errors.into_iter().flatten().map(syn::Error::into_compile_error);
    if !input.generics.params.is_empty() {
        return errors.collect();
    }
    let result = attribute.result.value().map_or_else(
        || {
            let error = errors.next();
            quote!([(); { #error }])
        },
        ToTokens::to_token_stream,
    );
    let private = paths.private();
    let ident = &input.ident;
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::Query for #ident {
                type Result = #result;

                const NAME: &'static str = "";
                const ORIGIN: &'static str = "";
                const OF: &'static [#private::ProjectionFacts] = &[];
            }

            #[automatically_derived]
            impl<__R> #private::Reads<__R> for #ident {}
        };
        #(#errors)*
    }
}
