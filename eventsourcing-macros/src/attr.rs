//! Attributes such as `#[event(name = "..", version = 2)]`: keys, each of which is read into a typed slot.

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
                let result = Entry::new(self, &meta).and_then(|entry| entry.known().and_then(|()| read(&entry)));
                if let Err(error) = result {
                    diagnostics.note(error);
                    skip_entry(meta.input)?;
                }
                Ok(())
            });
            diagnostics.ok(parsed);
        }
    }

    fn example(&self, key: &str) -> Option<&'static str> {
        self.known.iter().find_map(|(known, example)| (*known == key).then_some(*example))
    }

    fn unknown(&self, key: &str) -> String {
        let nearest = self.known.iter().map(|(known, _)| (strsim::jaro_winkler(known, key), known));
        match nearest.max_by(|a, b| a.0.total_cmp(&b.0)) {
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
        input.parse::<proc_macro2::TokenTree>()?;
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

    fn known(&self) -> syn::Result<()> {
        match self.keys.example(&self.name) {
            Some(_) => Ok(()),
            None => Err(syn::Error::new(self.key.span(), self.keys.unknown(&self.name))),
        }
    }

    /// The name of the key.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    pub(crate) fn key(&self) -> &Ident {
        &self.key
    }

    /// The value of `key = value`.
    pub(crate) fn value<T: Parse>(&self) -> syn::Result<T> {
        if !self.input.peek(Token![=]) {
            return Err(self.misused(self.key.span()));
        }
        self.input.parse::<Token![=]>()?;
        let span = self.input.span();
        let value = self.input.parse().map_err(|_| self.misused(span))?;
        if self.input.is_empty() || self.input.peek(Token![,]) { Ok(value) } else { Err(self.misused(span)) }
    }

    /// The values of `key(value, ..)`.
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

    /// Says how the key is written.
    fn misused(&self, at: proc_macro2::Span) -> syn::Error {
        let example = self.keys.example(&self.name).unwrap_or_default();
        syn::Error::new(at, format!("`{}` is written `{example}`", self.name))
    }
}

/// A value that is given at most once.
pub(crate) struct Slot<T> {
    given: Option<(Ident, T)>,
}

impl<T> Slot<T> {
    /// Takes the value of an entry.
    pub(crate) fn set(&mut self, entry: &Entry<'_>, value: T) -> syn::Result<()> {
        if self.given.is_some() {
            let message = format!("`{}` is given twice; keep one of them", entry.name());
            return Err(syn::Error::new(entry.key().span(), message));
        }
        self.given = Some((entry.key().clone(), value));
        Ok(())
    }

    /// The value, if it was given.
    pub(crate) fn value(&self) -> Option<&T> {
        self.given.as_ref().map(|(_, value)| value)
    }

    /// The value, if it was given, and nothing else.
    pub(crate) fn into_value(self) -> Option<T> {
        self.given.map(|(_, value)| value)
    }

    /// The key, if it was given.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.given.as_ref().map(|(key, _)| key)
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { given: None }
    }
}
