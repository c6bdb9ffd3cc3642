use syn::{Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Type};

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
        let methods = item.items.iter().filter_map(|part| match part {
            ImplItem::Fn(method) => Some(method),
            _ => None,
        });
        Self {
            item,
            name: attribute.name.value(),
            version: attribute.version.value().copied(),
            row: attribute.row.value(),
            parallel_by: attribute.parallel_by.value(),
            slices: attribute.slices.value().copied(),
            changed: attribute.changed.value(),
            handlers: methods
                .filter_map(|method| Handler::new(method, diagnostics))
                .collect(),
        }
    }
}

impl<'a> Handler<'a> {
    /// What `#[on(..)]` makes of a method, if it has that.
    fn new(method: &'a ImplItemFn, diagnostics: &Diagnostics) -> Option<Self> {
        let mut on = method
            .attrs
            .iter()
            .filter(|attribute| parse::is_on(attribute))
            .peekable();
        on.peek()?;
        Some(Self {
            method,
            parameters: Parameter::all(&method.sig, Of::Projected, diagnostics),
            events: on
                .flat_map(|attribute| parse::events(attribute, diagnostics))
                .collect(),
        })
    }

    /// The rows.
    pub(super) fn rows(&self) -> Option<&Parameter<'a>> {
        self.parameters
            .iter()
            .find(|parameter| matches!(parameter.takes, Takes::Written))
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
