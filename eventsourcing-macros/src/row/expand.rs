use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Ident};

use super::model::{Field, Model};
use crate::ident;
use crate::paths::Paths;

pub(super) fn row(model: &Model<'_>, paths: &Paths) -> TokenStream {
    Expand {
        model,
        paths,
        private: paths.private(),
    }
    .row()
}

struct Expand<'a> {
    model: &'a Model<'a>,
    paths: &'a Paths,
    private: TokenStream,
}

impl Expand<'_> {
    fn row(&self) -> TokenStream {
        let (private, ident) = (&self.private, self.model.ident);
        let fields = self.fields().map(|(number, field)| self.field(number, field));
        let name = self.table_name();
        let table = self.table();
        let key = self.key_type();
        let new_of = self.new_of();
        let key_values = self.key_values();
        let to_values = self.fields().map(|(number, field)| {
            let (column, field) = (column(number, field), field.ident);
            quote!(#column.write(__NAME, &self.#field)?)
        });
        let from_values = self.fields().map(|(number, field)| {
            let (column, field) = (column(number, field), field.ident);
            quote!(#field: #column.read(__NAME, &mut __values)?,)
        });
        let columns = self
            .fields()
            .map(|(number, field)| self.typed_column(number, field));
        quote! {
            const _: () = {
                #name
                #(#fields)*

                #[automatically_derived]
                impl #private::Row for #ident {
                    type Key<'__k> = #key;

                    const TABLE: &'static #private::RowTable = &#table;

                    fn new_of(__key: Self::Key<'_>) -> Self {
                        #new_of
                    }

                    fn key_values(
                        __key: Self::Key<'_>,
                    ) -> #private::Result<#private::Vec<#private::Value>, #private::RowError> {
                        #key_values
                    }

                    fn to_values(&self) -> #private::Result<#private::Vec<#private::Value>, #private::RowError> {
                        #private::Ok(#private::From::from([#(#to_values),*]))
                    }

                    fn from_values(
                        __values: #private::Vec<#private::Value>,
                    ) -> #private::Result<Self, #private::RowError> {
                        let mut __values = #private::columns_of::<Self>(__values)?;
                        #private::Ok(Self { #(#from_values)* })
                    }
                }

                #[automatically_derived]
                #[allow(dead_code)]
                impl #ident {
                    #(#columns)*
                }
            };
        }
    }

    fn fields(&self) -> impl Iterator<Item = (usize, &Field<'_>)> {
        self.model.fields.iter().enumerate()
    }

    /// The name of the table. What is wrong with it is underlined there.
    fn table_name(&self) -> TokenStream {
        let Some(table) = self.model.table else {
            return TokenStream::new();
        };
        let private = self.paths.private_at(table.span());
        let name = quote_spanned!(table.span()=> #private::TableName::from_static(#table));
        let private = &self.private;
        quote!(const __NAME: #private::TableName = #name;)
    }

    /// How a field is written and read. The only call that asks anything of its type.
    fn field(&self, number: usize, field: &Field<'_>) -> TokenStream {
        let (private, ty, name) = (&self.private, field.ty, &field.column);
        let at = self.paths.private_at(ty.span());
        let constant = constant(number);
        if field.is_key() {
            let key = quote_spanned!(ty.span()=> #at::key_field::<#ty>(#name));
            return quote!(const #constant: #private::RowField<#ty> = #key;);
        }
        let made = if field.is_json() {
            quote_spanned!(ty.span()=> #at::json_field::<#ty>(#name))
        } else {
            quote_spanned!(ty.span()=> #at::plain_field::<#ty>(#name))
        };
        quote!(const #constant: #private::PlainField<#ty> = #made;)
    }

    fn table(&self) -> TokenStream {
        let private = &self.private;
        let part = |is_key: bool| {
            let fields = self.fields().filter(move |(_, field)| field.is_key() == is_key);
            fields.map(|(number, field)| {
                let column = column(number, field);
                quote!(#column.column)
            })
        };
        let (key, columns) = (part(true), part(false));
        let indexed = self
            .fields()
            .filter(|(_, field)| field.attributes.index.is_some());
        let indexes = indexed.map(|(number, field)| {
            let column = column(number, field);
            quote!(&[#column.column.name])
        });
        quote!(#private::RowTable::new(__NAME, &[#(#key),*], &[#(#columns),*], &[#(#indexes),*]))
    }

    /// A reference to the key, or a tuple of references.
    fn key_type(&self) -> TokenStream {
        let types: Vec<_> = self
            .model
            .key()
            .map(|field| {
                let ty = field.ty;
                if field.is_text() {
                    quote!(&'__k str)
                } else {
                    quote!(&'__k #ty)
                }
            })
            .collect();
        match &*types {
            [one] => one.clone(),
            several => quote!((#(#several),*)),
        }
    }

    fn new_of(&self) -> TokenStream {
        let private = &self.private;
        let mut part = KeyParts::of(self.model);
        let fields = self.fields().map(|(number, field)| {
            let name = field.ident;
            if field.is_key() {
                let part = part.next();
                quote!(#name: #private::ToOwned::to_owned(#part),)
            } else {
                let constant = constant(number);
                quote!(#name: (#constant.initial)(),)
            }
        });
        quote!(Self { #(#fields)* })
    }

    fn key_values(&self) -> TokenStream {
        let private = &self.private;
        let mut part = KeyParts::of(self.model);
        let values = self
            .fields()
            .filter(|(_, field)| field.is_key())
            .map(|(number, field)| {
                let (constant, part) = (constant(number), part.next());
                if field.is_text() {
                    quote!(#private::Value::Text(#private::ToOwned::to_owned(#part)))
                } else {
                    quote!(#constant.write(__NAME, #part)?)
                }
            });
        quote!(#private::Ok(#private::From::from([#(#values),*])))
    }

    fn typed_column(&self, number: usize, field: &Field<'_>) -> TokenStream {
        let private = &self.private;
        let (vis, ty, column) = (field.vis, field.ty, column(number, field));
        let name = ident::text(field.ident);
        let constant = format_ident!("{}", name.to_uppercase(), span = field.ident.span());
        let docs = format!("The column of `{name}`.");
        quote! {
            #[doc = #docs]
            #vis const #constant: #private::RowColumn<Self, #ty> = #column.typed();
        }
    }
}

/// The parts of a key, one after the other.
struct KeyParts {
    single: bool,
    at: usize,
}

impl KeyParts {
    fn of(model: &Model<'_>) -> Self {
        Self {
            single: model.key().nth(1).is_none(),
            at: 0,
        }
    }

    fn next(&mut self) -> TokenStream {
        let key = Ident::new("__key", Span::call_site());
        if self.single {
            return quote!(#key);
        }
        let at = syn::Index::from(self.at);
        self.at += 1;
        quote!(#key.#at)
    }
}

fn constant(number: usize) -> Ident {
    format_ident!("__FIELD_{number}")
}

/// What has the column of a field.
fn column(number: usize, field: &Field<'_>) -> TokenStream {
    let constant = constant(number);
    if field.is_key() {
        quote!(#constant)
    } else {
        quote!(#constant.field)
    }
}

/// An impl that is never used, so that a mistake in the row is not followed by others wherever the row is used.
pub(super) fn fallback(input: &DeriveInput, paths: &Paths) -> TokenStream {
    if matches!(input.data, Data::Union(_)) || !input.generics.params.is_empty() {
        // It cannot have what a row needs besides, and would be told so.
        return TokenStream::new();
    }
    let private = paths.private();
    let ident = &input.ident;
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::Row for #ident {
                type Key<'__k> = &'__k ();

                const TABLE: &'static #private::RowTable = &#private::no_table();

                fn new_of(_: Self::Key<'_>) -> Self {
                    ::core::unreachable!()
                }

                fn key_values(
                    _: Self::Key<'_>,
                ) -> #private::Result<#private::Vec<#private::Value>, #private::RowError> {
                    ::core::unreachable!()
                }

                fn to_values(&self) -> #private::Result<#private::Vec<#private::Value>, #private::RowError> {
                    ::core::unreachable!()
                }

                fn from_values(
                    _: #private::Vec<#private::Value>,
                ) -> #private::Result<Self, #private::RowError> {
                    ::core::unreachable!()
                }
            }
        };
    }
}
