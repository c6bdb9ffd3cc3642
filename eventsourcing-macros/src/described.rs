//! What the macros write down is described by a hidden struct of the same form: `schemars` derives its JSON Schema.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Ident, Meta, Token};

use crate::paths::Paths;

/// Of serde's attributes of fields, those that say something of a schema besides its type.
const SHAPES_SCHEMA: [&str; 8] = [
    "rename",
    "default",
    "flatten",
    "skip",
    "skip_serializing",
    "skip_deserializing",
    "skip_serializing_if",
    "alias",
];

/// Names for the types of fields, in braces, and a struct `__Payload<()>` with these fields. It has a schema if the types of its
/// fields have one, and compiles if they have not: see `Described` in the facade.
pub(crate) fn payload_struct(
    about: &[&Attribute],
    serde: &[Meta],
    fields: &[DescribedField<'_>],
    paths: &Paths,
) -> TokenStream {
    let private = paths.private();
    let schemars = paths.exported("schemars");
    let about = kept(about, &["doc", "deprecated"]);
    let names = fields.iter().map(DescribedField::named_type);
    let bounded = fields.iter().filter(|field| field.has_bound());
    let bounds: Vec<_> = bounded.map(|field| field.bound(paths)).collect();
    let bounds = bounds.join(", ");
    let fields = fields.iter().map(|field| field.in_struct(paths));
    quote! {
        { #(#names)* }
        #(#about)*
        #[derive(#private::schemars::JsonSchema)]
        #[schemars(crate = #schemars, bound = #bounds)]
        #(#[serde(#serde)])*
        #[allow(dead_code)]
        struct __Payload<__X> {
            #(#fields,)*
            #[serde(skip)]
            __x: ::core::marker::PhantomData<__X>,
        }
    }
}

/// A field of a payload as `schemars` sees it.
pub(crate) struct DescribedField<'a> {
    ident: Option<Ident>,
    attributes: Vec<&'a Attribute>,
    ty: TokenStream,
    /// A name for its type: a bound is written as text, which cannot hold every type.
    name: Ident,
    how: How,
}

/// How a field is described.
#[derive(PartialEq)]
enum How {
    /// As its type.
    ByType,
    /// As the user says.
    ByUser,
    /// Not: serde writes it in a way that only the user knows.
    Unknown,
    /// It is never written.
    Skipped,
}

impl<'a> DescribedField<'a> {
    /// The field of a type that is there.
    pub(crate) fn of(number: usize, field: &'a Field) -> Self {
        let ty = field.ty.to_token_stream();
        Self::new(number, field.ident.clone(), field.attrs.iter().collect(), ty)
    }

    /// A field by its number among all.
    pub(crate) fn new(
        number: usize,
        ident: Option<Ident>,
        attributes: Vec<&'a Attribute>,
        ty: TokenStream,
    ) -> Self {
        let serde = metas(&attributes, "serde");
        let schemars = metas(&attributes, "schemars");
        let has = |metas: &[Meta], keys: &[&str]| {
            metas
                .iter()
                .any(|meta| keys.iter().any(|key| meta.path().is_ident(key)))
        };
        let how = if has(&serde, &["skip"]) || has(&schemars, &["skip"]) {
            How::Skipped
        } else if has(&schemars, &["with", "schema_with"]) {
            How::ByUser
        } else if has(&serde, &["with", "serialize_with", "deserialize_with"]) {
            How::Unknown
        } else {
            How::ByType
        };
        Self {
            ident,
            attributes,
            ty,
            name: format_ident!("__Field{number}"),
            how,
        }
    }

    /// Whether the payload has a schema only if the type of this field has one.
    fn has_bound(&self) -> bool {
        self.how == How::ByType
    }

    fn bound(&self, paths: &Paths) -> String {
        format!("{}: {}<__X>", self.name, paths.exported("Described"))
    }

    fn named_type(&self) -> TokenStream {
        let (name, ty) = (&self.name, &self.ty);
        quote! {
            #[allow(dead_code)]
            type #name = #ty;
        }
    }

    fn in_struct(&self, paths: &Paths) -> TokenStream {
        let (ident, name) = (&self.ident, &self.name);
        let about = kept(&self.attributes, &["doc", "deprecated", "schemars"]);
        let serde = metas(&self.attributes, "serde").into_iter();
        let serde = serde.filter(|meta| SHAPES_SCHEMA.iter().any(|key| meta.path().is_ident(key)));
        let described_as = match self.how {
            How::ByType => Some(format!(
                "<{name} as {}<__X>>::Itself",
                paths.exported("Described")
            )),
            How::Unknown => Some(paths.exported("serde_json::Value")),
            How::ByUser | How::Skipped => None,
        };
        let with = described_as.map(|ty| quote!(#[schemars(with = #ty)]));
        quote!(#(#about)* #(#[serde(#serde)])* #with #ident: #name)
    }
}

/// What stands in attributes for `serde` or `schemars`. What cannot be read, these say themselves.
fn metas(attributes: &[&Attribute], name: &str) -> Vec<Meta> {
    let of_name = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name));
    let lists = of_name.filter_map(|attribute| {
        let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        metas.ok()
    });
    lists.flatten().collect()
}

fn kept<'a>(attributes: &[&'a Attribute], names: &[&str]) -> Vec<&'a Attribute> {
    let is_kept = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().copied().filter(is_kept).collect()
}
