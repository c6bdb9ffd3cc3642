//! Attributes such as `#[event(name = "..", version = 2)]`: keys, each of which is read into a typed slot.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Token};

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
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(self.attribute)) {
            let parsed = attribute.parse_nested_meta(|meta| {
                if let Err(error) = Entry::new(self, &meta).and_then(|entry| read(&entry)) {
                    diagnostics.note(error);
                    skip_entry(meta.input)?;
                }
                Ok(())
            });
            diagnostics.ok(parsed);
        }
    }

    /// Whether there is such a key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.known.iter().any(|(known, _)| *known == key)
    }

    fn example(&self, key: &str) -> &'static str {
        self.known.iter().find_map(|(known, example)| (*known == key).then_some(*example)).unwrap_or_default()
    }

    fn unknown(&self, key: &str) -> String {
        let likeness = |known: &str| strsim::jaro_winkler(known, key);
        let nearest = self.known.iter().map(|(known, _)| (likeness(known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((likeness, known)) if likeness > 0.8 => format!("unknown key `{key}`; did you mean `{known}`?"),
            _ => {
                let known: Vec<_> = self.known.iter().map(|(known, _)| format!("`{known}`")).collect();
                format!("unknown key `{key}`; `#[{}(..)]` takes {} here", self.attribute, known.join(", "))
            }
        }
    }
}

/// Goes on to the comma that ends an entry which could not be read.
fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
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
    fn new(keys: &'static Keys, meta: &ParseNestedMeta<'a>) -> syn::Result<Self> {
        let key = meta.path.require_ident()?.clone();
        let name = key.unraw().to_string();
        Ok(Self { keys, key, name, input: meta.input })
    }

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
        Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
    }

    /// The values of `key = value` or `key(value, ..)`.
    pub(crate) fn value_or_list<T: Parse>(&self) -> syn::Result<Vec<T>> {
        if self.input.peek(syn::token::Paren) { self.list() } else { Ok(vec![self.value()?]) }
    }

    /// A key that stands alone.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.misused(self.key.span())) }
    }

    /// Says how the key is written.
    pub(crate) fn misused(&self, at: Span) -> syn::Error {
        syn::Error::new(at, format!("`{}` is written `{}`", self.name, self.keys.example(&self.name)))
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

    /// The key, if it was given.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.key.as_ref()
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { key: None, value: None }
    }
}
