//! What is written for a projection in SQL.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use super::super::model::{Handler, Model};
use super::{Expand, Kind};
use crate::paths::Paths;

impl Expand<'_> {
    pub(super) fn in_sql(&self, handlers: &[Ident]) -> Kind {
        let (private, projection) = (&self.private, &self.projection);
        let tables = self.model.tables.into_iter().flatten().map(|table| {
            let private = self.paths.private_at(table.span());
            quote_spanned!(table.span()=> #private::TableName::from_static(#table))
        });
        let create = self.model.creates.first();
        let tx = create.and_then(transaction);
        let is_inline = if self.model.is_inline {
            quote!(#private::inline_in::<#tx>())
        } else {
            quote!(false)
        };
        let created = create.map(|create| self.call(create));
        let [me, tx_name] = ["__me", "__rows"].map(|name| Ident::new(name, Span::mixed_site()));
        Kind {
            row: quote!(#private::NoRow),
            kept: quote!(kept_in_sql),
            parked: quote!(parked_in_sql),
            into_projector: quote!(sql_projector),
            projects: quote! {
                #[automatically_derived]
                impl #private::ProjectsInSql for #projection {
                    type Tx = #tx;

                    const TABLES: &'static [#private::TableName] = &[#(#tables),*];

                    const INLINE: bool = #is_inline;

                    const HANDLERS: &'static [&'static dyn #private::HandlingInSql<Self>] = &[#(&#handlers),*];

                    fn create<'__a>(&'__a self, #tx_name: &'__a mut Self::Tx) -> #private::InSql<'__a> {
                        let #me = self;
                        #created
                    }
                }
            },
        }
    }
}

/// The transaction that a method takes.
fn transaction<'a>(create: &Handler<'a>) -> Option<&'a Type> {
    match create.written()?.ty {
        Type::Reference(reference) => Some(&reference.elem),
        _ => None,
    }
}

/// The tables of this version, by constants of the type.
pub(super) fn table_consts(model: &Model<'_>, paths: &Paths) -> TokenStream {
    let (Some(tables), Some(version)) = (model.tables, model.version) else {
        return TokenStream::new();
    };
    let (private, ty) = (paths.private(), &model.item.self_ty);
    let consts = tables.iter().map(|table| {
        let name = table.value();
        let ident = Ident::new(&name.to_uppercase(), table.span());
        let documented = format!("The table `{name}` of this version.");
        quote! {
            #[doc = #documented]
            pub const #ident: #private::SqlTable = #private::SqlTable {
                name: #private::TableName::from_static(#table),
                version: #private::version(#version),
            };
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code)]
        impl #ty {
            #(#consts)*
        }
    }
}
