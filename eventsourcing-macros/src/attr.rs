//! Attributes such as `#[event(name = "..", version = 2)]`: keys, each of which is read into a typed slot.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Meta, Token};

use crate::diag::Diagnostics;

/// The keys that an attribute takes in one place.
pub(crate) struct Keys {
    /// The name of the attribute.
    pub(crate) attribute: &'static str,
    /// Each key, and an example of how it is written.
    pub(crate) known: &'static [(&'static str, &'static str)],
}

impl Keys {
    /// Reads every attribute of this name: calls `read` with each entry, and notes the mistakes of all of them.
    pub(crate) fn read(
        &'static self,
        attributes: &[Attribute],
        diagnostics: &Diagnostics,
        mut read: impl FnMut(&Entry<'_>) -> syn::Result<()>,
    ) {
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident(self.attribute))
        {
            let Meta::List(list) = &attribute.meta else {
                diagnostics.error(&attribute.meta, self.misused());
                continue;
            };
            let parsed = list
                .parse_args_with(|input: ParseStream<'_>| self.read_entries(input, diagnostics, &mut read));
            diagnostics.ok(parsed);
        }
    }

    /// Reads what stands between the parentheses of an attribute.
    pub(crate) fn read_entries(
        &'static self,
        input: ParseStream<'_>,
        diagnostics: &Diagnostics,
        read: &mut impl FnMut(&Entry<'_>) -> syn::Result<()>,
    ) -> syn::Result<()> {
        while !input.is_empty() {
            if let Err(error) = self.read_entry(input, read) {
                diagnostics.note(error);
                skip_entry(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    }

    fn read_entry(
        &'static self,
        input: ParseStream<'_>,
        read: &mut impl FnMut(&Entry<'_>) -> syn::Result<()>,
    ) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(self.misused()));
        }
        let key = input.call(Ident::parse_any)?;
        let name = key.unraw().to_string();
        let entry = Entry {
            keys: self,
            key,
            name,
            input,
        };
        read(&entry)?;
        if entry.is_at_end() {
            Ok(())
        } else {
            Err(entry.misused(input.span()))
        }
    }

    /// Says how the attribute is written.
    fn misused(&self) -> String {
        let example = self.known.first().map_or("..", |(_, example)| *example);
        format!("`#[{0}]` takes keys, as in `#[{0}({example})]`", self.attribute)
    }

    /// Whether there is such a key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.known.iter().any(|(known, _)| *known == key)
    }

    fn example(&self, key: &str) -> &'static str {
        self.known
            .iter()
            .find_map(|(known, example)| (*known == key).then_some(*example))
            .unwrap_or_default()
    }

    fn unknown(&self, key: &str) -> String {
        let likeness = |known: &str| strsim::jaro_winkler(known, key);
        let nearest = self
            .known
            .iter()
            .map(|(known, _)| (likeness(known), known))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((likeness, known)) if likeness > 0.8 => {
                format!("unknown key `{key}`; did you mean `{known}`?")
            }
            _ => {
                let known: Vec<_> = self.known.iter().map(|(known, _)| format!("`{known}`")).collect();
                format!(
                    "unknown key `{key}`; `#[{}(..)]` takes {} here",
                    self.attribute,
                    known.join(", ")
                )
            }
        }
    }
}

/// Goes on to the comma that ends an entry which could not be read.
pub(crate) fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// One entry of an attribute: a key, and what follows it.
pub(crate) struct Entry<'a> {
    keys: &'static Keys,
    key: Ident,
    name: String,
    input: ParseStream<'a>,
}

impl<'a> Entry<'a> {
    /// The name of the key.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    pub(crate) fn key(&self) -> &Ident {
        &self.key
    }

    /// What follows the key.
    pub(crate) fn input(&self) -> ParseStream<'a> {
        self.input
    }

    /// The value of `key = value`.
    pub(crate) fn value<T: Parse>(&self) -> syn::Result<T> {
        if !self.input.peek(Token![=]) {
            return Err(self.misused(self.key.span()));
        }
        self.input.parse::<Token![=]>()?;
        let span = self.input.span();
        match self.input.parse() {
            Ok(value) if self.is_at_end() => Ok(value),
            _ => Err(self.misused(span)),
        }
    }

    /// The values of `key(value, ..)`; at least one.
    pub(crate) fn list<T: Parse>(&self) -> syn::Result<Vec<T>> {
        if !self.input.peek(syn::token::Paren) {
            return Err(self.misused(self.key.span()));
        }
        let content;
        syn::parenthesized!(content in self.input);
        if content.is_empty() {
            return Err(self.misused(self.key.span()));
        }
        content.parse_terminated(T::parse, Token![,]).map_or_else(
            |error| {
                // What follows the mistake is not to be blamed for being there.
                content.parse::<TokenStream>()?;
                Err(error)
            },
            |values| Ok(values.into_iter().collect()),
        )
    }

    /// The values of `key = value` or `key(value, ..)`.
    pub(crate) fn value_or_list<T: Parse>(&self) -> syn::Result<Vec<T>> {
        if self.input.peek(syn::token::Paren) {
            self.list()
        } else {
            Ok(vec![self.value()?])
        }
    }

    /// A key that stands alone.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(self.misused(self.key.span()))
        }
    }

    /// Says how the key is written.
    pub(crate) fn misused(&self, at: Span) -> syn::Error {
        syn::Error::new(
            at,
            format!("`{}` is written `{}`", self.name, self.keys.example(&self.name)),
        )
    }

    /// Says which keys there are.
    pub(crate) fn unknown(&self) -> syn::Error {
        syn::Error::new(self.key.span(), self.keys.unknown(&self.name))
    }

    fn is_at_end(&self) -> bool {
        self.input.is_empty() || self.input.peek(Token![,])
    }
}

/// A value that is given at most once.
pub(crate) struct Slot<T> {
    key: Option<Ident>,
    value: Option<T>,
}

impl<T> Slot<T> {
    /// Takes the value of an entry. One that could not be read counts as given, so that nobody asks for it again.
    pub(crate) fn set(&mut self, entry: &Entry<'_>, value: syn::Result<T>) -> syn::Result<()> {
        if self.key.is_some() {
            let message = format!("`{}` is given twice; keep one of them", entry.name());
            return Err(syn::Error::new(entry.key().span(), message));
        }
        self.key = Some(entry.key().clone());
        self.value = Some(value?);
        Ok(())
    }

    /// The value, if it was given and could be read.
    pub(crate) fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The same, taken out.
    pub(crate) fn into_value(self) -> Option<T> {
        self.value
    }

    /// Whether a value was given that could not be read.
    pub(crate) fn is_broken(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }

    /// The key, if it was given.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.key.as_ref()
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            key: None,
            value: None,
        }
    }
}
