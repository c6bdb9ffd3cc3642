use syn::{Fields, Item, ItemStruct, LitStr, Type};

use super::Kind;
use super::parse::{Extern, Listed, ServiceAttribute};
use crate::diag::Diagnostics;
use crate::ident;

/// A service or a module as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) kind: Kind,
    pub(super) item: &'a ItemStruct,
    pub(super) parts: Vec<Part<'a>>,
    /// What has to be provided before it starts.
    pub(super) resources: Vec<&'a Type>,
}

/// Something that is listed.
pub(super) struct Part<'a> {
    pub(super) role: Role,
    pub(super) path: &'a Type,
    /// Why it is elsewhere, if it is.
    pub(super) reason: Option<&'a LitStr>,
}

/// What it is listed as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Aggregate,
    Command,
    ProcessManager,
    Projection,
    Query,
    Module,
    ExternEvents,
    ExternCommand,
}

impl Role {
    pub(super) const ALL: [Self; 8] = [
        Self::Aggregate,
        Self::Command,
        Self::ProcessManager,
        Self::Projection,
        Self::Query,
        Self::Module,
        Self::ExternEvents,
        Self::ExternCommand,
    ];
}

impl<'a> Model<'a> {
    pub(super) fn new(
        kind: Kind,
        item: &'a Item,
        attribute: &'a ServiceAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        let item = diagnostics.ok(unit_struct(kind, item))?;
        let named = [
            (Role::Aggregate, &attribute.aggregates),
            (Role::Command, &attribute.commands),
            (Role::ProcessManager, &attribute.process_managers),
            (Role::Projection, &attribute.projections),
            (Role::Query, &attribute.queries),
            (Role::Module, &attribute.modules),
        ];
        let elsewhere = [
            (Role::ExternEvents, &attribute.extern_events),
            (Role::ExternCommand, &attribute.extern_commands),
        ];
        let named = named.into_iter().flat_map(|(role, listed)| {
            let listed = listed.value().into_iter().flatten();
            listed.map(move |listed| Part::named(role, listed))
        });
        let elsewhere = elsewhere.into_iter().flat_map(|(role, listed)| {
            let listed = listed.value().into_iter().flatten();
            listed.map(move |listed| Part::elsewhere(role, listed))
        });
        let resources = attribute.resources.value().into_iter().flatten();
        Some(Self {
            kind,
            item,
            parts: named.chain(elsewhere).collect(),
            resources: resources.map(|resource| &resource.path).collect(),
        })
    }
}

impl<'a> Part<'a> {
    fn named(role: Role, listed: &'a Listed) -> Self {
        Self {
            role,
            path: &listed.path,
            reason: None,
        }
    }

    fn elsewhere(role: Role, listed: &'a Extern) -> Self {
        Self {
            role,
            path: &listed.path,
            reason: Some(&listed.reason),
        }
    }
}

fn unit_struct(kind: Kind, item: &Item) -> syn::Result<&ItemStruct> {
    let what = kind.name();
    let (at, name): (&dyn quote::ToTokens, _) = match item {
        Item::Struct(item) => match (&item.fields, item.generics.params.first()) {
            (Fields::Unit, None) => return Ok(item),
            (Fields::Unit, Some(_)) => {
                let message =
                    format!("a {what} is what it lists, all of which is known here; it has no generics");
                return Err(syn::Error::new_spanned(&item.generics, message));
            }
            (fields, _) => (fields, ident::text(&item.ident)),
        },
        Item::Enum(item) => (&item.enum_token, ident::text(&item.ident)),
        Item::Union(item) => (&item.union_token, ident::text(&item.ident)),
        Item::Fn(item) => (&item.sig, "App".to_owned()),
        item => (item, "App".to_owned()),
    };
    let message = format!("a {what} is a struct without fields; write `struct {name};`");
    Err(syn::Error::new_spanned(at.to_token_stream(), message))
}

impl Kind {
    /// What users call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Module => "module",
        }
    }
}
