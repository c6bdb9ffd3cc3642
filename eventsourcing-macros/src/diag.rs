//! All mistakes are reported at once: stages note them here and go on.

use std::cell::RefCell;

use quote::ToTokens;

/// Where the stages of a macro note mistakes.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: RefCell<Option<syn::Error>>,
}

impl Diagnostics {
    /// Notes a mistake at the tokens that make it.
    pub(crate) fn error(&self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.note(syn::Error::new_spanned(at, message));
    }

    /// Notes a mistake that a parser has found.
    pub(crate) fn note(&self, error: syn::Error) {
        let mut errors = self.errors.borrow_mut();
        match &mut *errors {
            Some(errors) => errors.combine(error),
            None => *errors = Some(error),
        }
    }

    /// Notes the mistake, if it is one, and goes on without the value.
    pub(crate) fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.note(error)).ok()
    }

    /// Whether no mistake was noted so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.borrow().is_none()
    }

    /// The mistakes, if any was noted.
    pub(crate) fn into_error(self) -> Option<syn::Error> {
        self.errors.into_inner()
    }
}
