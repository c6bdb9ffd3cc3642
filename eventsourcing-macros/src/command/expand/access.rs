//! Which streams `emit!` may write to, by key type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{GenericParam, Type};

use super::super::model::{Role, Stream};
use super::Expand;
use crate::ident;
use crate::stream_type::{same, written};

impl Expand<'_> {
    pub(super) fn discovers(&self) -> TokenStream {
        if self.model.discovered().next().is_none() {
            return TokenStream::new();
        }
        let private = &self.private;
        self.implement(&quote!(#private::Discovers), &TokenStream::new())
    }

    /// For each key type one stream: a writable one, if there is any.
    pub(super) fn declares(&self) -> TokenStream {
        let mut chosen: Vec<&Stream<'_>> = Vec::new();
        for stream in &self.model.streams {
            match chosen.iter_mut().find(|other| same(other.key, stream.key)) {
                Some(other) if matches!(other.role, Role::Read(_)) => *other = stream,
                Some(_) => {}
                None => chosen.push(stream),
            }
        }
        chosen.into_iter().enumerate().map(|(number, stream)| self.declare(number, stream)).collect()
    }

    fn declare(&self, number: usize, stream: &Stream<'_>) -> TokenStream {
        let private = &self.private;
        let key = stream.key;
        let marker = self.marker(key);
        let of = quote_spanned!(key.span()=> #private::Declares<#key, #marker>);
        let Role::Read(read) = stream.role else {
            return self.implement(&of, &quote!(type Field = #private::Writable;));
        };
        let field = format_ident!("__Field{number}");
        let writable = format_ident!("__Writable{number}", span = read);
        let declares = self.implement(&of, &quote!(type Field = #field;));
        let (name, key_text) = (ident::text(stream.ident), text_of(key));
        let message = format!(
            "`{{Self}}` only reads the `{key_text}` stream of its field `{name}`, so it cannot emit this event"
        );
        let label = format!("this event belongs to a `{key_text}` stream");
        let note = format!("write `#[stream]` instead of `#[stream(read)]` on the field `{name}` of `{{Self}}`");
        quote! {
            #declares
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #writable {}
            pub enum #field {}
            impl<__C: #writable> #private::WritableIn<__C, #key> for #field {}
        }
    }

    /// How the impl is told apart from those for other key types, which a type parameter could be.
    fn marker(&self, key: &Type) -> TokenStream {
        let private = &self.private;
        let parameters = self.generics().params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
        });
        match parameters.into_iter().position(|parameter| *parameter == written(key)) {
            Some(index) => quote!(#private::Generic<#index>),
            None => quote!(#private::Exact),
        }
    }
}

/// A type as a user would write it, in a message with placeholders.
fn text_of(ty: &Type) -> String {
    let text = written(ty);
    let tight = [(" :: ", "::"), (":: ", "::"), (" < ", "<"), (" >", ">"), (" ,", ",")];
    let text = tight.iter().fold(text, |text, (loose, tight)| text.replace(loose, tight));
    text.replace('{', "{{").replace('}', "}}")
}
