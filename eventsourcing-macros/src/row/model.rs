use syn::{Data, DeriveInput, Fields, Ident, LitStr, Type, Visibility};

use super::parse::{FieldAttributes, RowAttribute};
use crate::diag::Diagnostics;
use crate::{ident, name, stream_type};

/// A row as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) ident: &'a Ident,
    /// What is not given is missing here, and is noted.
    pub(super) table: Option<&'a LitStr>,
    /// The fields of the key first, otherwise in their order.
    pub(super) fields: Vec<Field<'a>>,
}

/// A field, and its column.
pub(super) struct Field<'a> {
    pub(super) ident: &'a Ident,
    pub(super) vis: &'a Visibility,
    pub(super) ty: &'a Type,
    /// The name of its column.
    pub(super) column: String,
    pub(super) attributes: FieldAttributes,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        input: &'a DeriveInput,
        attribute: &'a RowAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        require_table(input, attribute, diagnostics);
        if !input.generics.params.is_empty() {
            let message = "a row has no generic parameters, since it stands for one table";
            diagnostics.error(&input.generics.params, message);
        }
        let fields = diagnostics.ok(named_fields(input))?;
        let mut fields: Vec<_> = fields
            .iter()
            .filter_map(|field| Field::new(field, diagnostics))
            .collect();
        fields.sort_by_key(|field| !field.is_key());
        Some(Self {
            ident: &input.ident,
            table: attribute.table.value(),
            fields,
        })
    }

    /// The fields of the key.
    pub(super) fn key(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(|field| field.is_key())
    }
}

impl<'a> Field<'a> {
    pub(super) fn new(field: &'a syn::Field, diagnostics: &Diagnostics) -> Option<Self> {
        let attributes = FieldAttributes::parse(field, diagnostics);
        let ident = field.ident.as_ref()?;
        let column = attributes
            .name
            .value()
            .map_or_else(|| ident::text(ident), LitStr::value);
        if attributes.name.key().is_none()
            && let Err(rule) = name::check_column(&column)
        {
            let message = format!("{rule}; give the column another: `#[column(name = \"name\")]`");
            diagnostics.error(ident, message);
        }
        Some(Self {
            ident,
            vis: &field.vis,
            ty: &field.ty,
            column,
            attributes,
        })
    }

    pub(super) fn is_key(&self) -> bool {
        self.attributes.key.is_some()
    }

    pub(super) fn is_json(&self) -> bool {
        self.attributes.json.key().is_some()
    }

    /// Whether it is a `String`, as it is written: its key is a `&str`.
    pub(super) fn is_text(&self) -> bool {
        match stream_type::ungrouped(self.ty) {
            Type::Path(path) => path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "String" && last.arguments.is_none()),
            _ => false,
        }
    }
}

fn require_table(input: &DeriveInput, attribute: &RowAttribute, diagnostics: &Diagnostics) {
    // After another mistake in the attribute, that may be the table, misspelled.
    if attribute.table.key().is_none() && diagnostics.is_empty() {
        let name = ident::text(&input.ident);
        let noun = name.strip_suffix("Row").unwrap_or(&name);
        let table = format!("{}s", name::snake_case(noun));
        let message = format!("a row names its table; add `#[row(table = \"{table}\")]`");
        diagnostics.error(&input.ident, message);
    }
}

fn named_fields(input: &DeriveInput) -> syn::Result<&Fields> {
    let name = ident::text(&input.ident);
    let refuse = |at: &dyn quote::ToTokens| {
        let message = format!("a row has a field for each column; write `struct {name} {{ .. }}`");
        syn::Error::new_spanned(at.to_token_stream(), message)
    };
    match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => Ok(&data.fields),
        Data::Struct(_) => Err(refuse(&input.ident)),
        Data::Enum(data) => Err(refuse(&data.enum_token)),
        Data::Union(data) => Err(refuse(&data.union_token)),
    }
}
