use syn::{Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Meta, Type};

use super::parse::{self, ProjectionAttribute};
use crate::diag::Diagnostics;
use crate::heard::{EventPath, Of, Parameter, Takes};

/// A projection as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) item: &'a ItemImpl,
    /// What is not given is missing here, and is noted.
    pub(super) name: Option<&'a LitStr>,
    pub(super) version: Option<u32>,
    pub(super) row: Option<&'a Type>,
    /// The tables of a projection in SQL; none of one that edits rows.
    pub(super) tables: Option<&'a [LitStr]>,
    /// Whether its handlers run when an event is appended.
    pub(super) is_inline: bool,
    /// The methods that make them; one, if there is no mistake.
    pub(super) creates: Vec<Handler<'a>>,
    /// The field that tells the sequence of an event.
    pub(super) parallel_by: Option<&'a Ident>,
    /// How many parts are worked on side by side, if it is not one.
    pub(super) slices: Option<u32>,
    pub(super) changed: Option<&'a LitStr>,
    pub(super) handlers: Vec<Handler<'a>>,
}

/// A method that handles events.
pub(super) struct Handler<'a> {
    pub(super) method: &'a ImplItemFn,
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) events: Vec<EventPath>,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        item: &'a ItemImpl,
        attribute: &'a ProjectionAttribute,
        diagnostics: &Diagnostics,
    ) -> Self {
        let methods = || {
            item.items.iter().filter_map(|part| match part {
                ImplItem::Fn(method) => Some(method),
                _ => None,
            })
        };
        let is_inline = attribute.inline.key().is_some();
        let of = match attribute.tables.key() {
            Some(_) if is_inline => Of::Inline,
            Some(_) => Of::InSql,
            None => Of::Projected,
        };
        Self {
            item,
            name: attribute.name.value(),
            version: attribute.version.value().copied(),
            row: attribute.row.value(),
            tables: attribute.tables.value().map(Vec::as_slice),
            is_inline,
            creates: methods()
                .filter_map(|method| Handler::that_creates(method, of, diagnostics))
                .collect(),
            parallel_by: attribute.parallel_by.value(),
            slices: attribute.slices.value().copied(),
            changed: attribute.changed.value(),
            handlers: methods()
                .filter_map(|method| Handler::new(method, of, diagnostics))
                .collect(),
        }
    }
}

impl<'a> Handler<'a> {
    /// What `#[on(..)]` makes of a method, if it has that.
    fn new(method: &'a ImplItemFn, of: Of, diagnostics: &Diagnostics) -> Option<Self> {
        let mut on = method
            .attrs
            .iter()
            .filter(|attribute| parse::is_on(attribute))
            .peekable();
        on.peek()?;
        Some(Self {
            method,
            parameters: Parameter::all(&method.sig, of, diagnostics),
            events: on
                .flat_map(|attribute| parse::events(attribute, diagnostics))
                .collect(),
        })
    }

    /// What `#[create]` makes of a method, if it has that.
    fn that_creates(method: &'a ImplItemFn, of: Of, diagnostics: &Diagnostics) -> Option<Self> {
        let attribute = method
            .attrs
            .iter()
            .find(|attribute| parse::is_create(attribute))?;
        if !matches!(attribute.meta, Meta::Path(_)) {
            diagnostics.error(&attribute.meta, "`#[create]` stands alone");
        }
        Some(Self {
            method,
            parameters: Parameter::all(&method.sig, of, diagnostics),
            events: Vec::new(),
        })
    }

    /// The rows, or the transaction.
    pub(super) fn written(&self) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.is_written())
    }

    /// The fields of the event that it takes.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Ident> {
        self.parameters
            .iter()
            .filter_map(|parameter| match parameter.takes {
                Takes::Field(field) => Some(field),
                _ => None,
            })
    }
}
