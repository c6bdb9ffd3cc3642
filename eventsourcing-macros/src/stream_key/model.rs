use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Member, Type};

use super::parse::StreamKeyAttribute;
use crate::diag::Diagnostics;
use crate::{ident, name};

/// A newtype that names the streams of a category.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) category: &'a LitStr,
    /// The field that holds the text of the key.
    pub(crate) member: Member,
    pub(crate) inner: &'a Type,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        input: &'a DeriveInput,
        attribute: &'a StreamKeyAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        require_category(input, attribute, diagnostics);
        refuse_generics(input, diagnostics);
        let (member, inner) = diagnostics.ok(newtype(input))?;
        Some(Self {
            ident: &input.ident,
            category: attribute.category.value()?,
            member,
            inner,
        })
    }
}

fn refuse_generics(input: &DeriveInput, diagnostics: &Diagnostics) {
    if !input.generics.params.is_empty() {
        let message = "a stream key has no generic parameters, since it stands for one category; \
                       write one key type for each category";
        diagnostics.error(&input.generics.params, message);
    }
}

fn require_category(input: &DeriveInput, attribute: &StreamKeyAttribute, diagnostics: &Diagnostics) {
    // After another mistake in the attribute, that may be the category, misspelled.
    if attribute.category.key().is_none() && diagnostics.is_empty() {
        let name = ident::text(&input.ident);
        let noun = name
            .strip_suffix("Id")
            .or_else(|| name.strip_suffix("Key"))
            .unwrap_or(&name);
        let category = name::snake_case(noun);
        let message = format!(
            "a stream key names the category of its streams; add `#[stream_key(category = \"{category}\")]`"
        );
        diagnostics.error(&input.ident, message);
    }
}

/// The only field of a struct.
fn newtype(input: &DeriveInput) -> syn::Result<(Member, &Type)> {
    let name = ident::text(&input.ident);
    let refuse = |at: &dyn ToTokens, what: &str| {
        let message =
            format!("a stream key is a struct with one field, {what}; write `struct {name}(String);`");
        syn::Error::new_spanned(at.to_token_stream(), message)
    };
    let data = match &input.data {
        Data::Struct(data) => data,
        Data::Enum(data) => return Err(refuse(&data.enum_token, "not an enum")),
        Data::Union(data) => return Err(refuse(&data.union_token, "not a union")),
    };
    let mut fields = data.fields.iter();
    match (fields.next(), fields.next()) {
        (Some(field), None) => {
            let member = field
                .ident
                .clone()
                .map_or_else(|| Member::Unnamed(0.into()), Member::Named);
            Ok((member, &field.ty))
        }
        (Some(_), Some(second)) => Err(refuse(second, "not more")),
        (None, _) => Err(refuse(
            &Shape(&data.fields, &input.ident),
            "and this one has none",
        )),
    }
}

/// What to underline of a struct without fields: its braces, or its name if it has none.
struct Shape<'a>(&'a Fields, &'a Ident);

impl ToTokens for Shape<'_> {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        match self.0 {
            Fields::Unit => self.1.to_tokens(tokens),
            fields => fields.to_tokens(tokens),
        }
    }
}
