use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Field, Fields, Ident, Path, Token, Type};

use super::parse::{CommandAttribute, DiscoversEntry, EmitsEntry, StreamOptions};
use crate::diag::Diagnostics;
use crate::ident;
use crate::stream_type::{self, Container, same};

/// A command as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) input: &'a DeriveInput,
    /// Its name on the wire.
    pub(super) name: String,
    pub(super) streams: Vec<Stream<'a>>,
    /// The one state that folds all streams, if there is one.
    pub(super) own_state: Option<&'a Type>,
    pub(super) emits: Vec<Emitted<'a>>,
}

/// The streams that a field names, or that are discovered under one name.
pub(super) struct Stream<'a> {
    pub(super) ident: &'a Ident,
    pub(super) key: &'a Type,
    pub(super) source: Source,
    pub(super) role: Role,
    /// What each of the streams is folded into by itself.
    pub(super) state: Option<Type>,
}

/// Where the keys of streams come from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Field(Container),
    Discovery,
}

/// What a command may do with a stream.
#[derive(Clone, Copy)]
pub(super) enum Role {
    ReadWrite,
    Read,
    Append,
}

/// What a command emits.
pub(super) enum Emitted<'a> {
    /// All events of a type.
    Event(&'a Path),
    /// One variant of an enum.
    Variant {
        path: &'a Path,
        event: Path,
        variant: &'a Ident,
    },
    /// All events that a state is folded from.
    FoldedBy(Type),
}

impl<'a> Model<'a> {
    pub(super) fn new(
        input: &'a DeriveInput,
        attribute: &'a CommandAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        let fields = diagnostics.ok(named_fields(input))?;
        let of_fields = fields
            .iter()
            .filter_map(|field| Stream::of_field(field, diagnostics));
        let discovered = attribute
            .discovers
            .iter()
            .map(|entry| Stream::discovered(entry, diagnostics));
        let streams: Vec<_> = of_fields.chain(discovered).collect();
        let own_state = attribute.state.value();
        let emits = match attribute.emits.key() {
            Some(_) => attribute
                .emits
                .value()
                .into_iter()
                .flatten()
                .map(Emitted::new)
                .collect(),
            None => emitted_by_default(own_state, &streams),
        };
        let name = attribute
            .name
            .value()
            .map_or_else(|| ident::text(&input.ident), syn::LitStr::value);
        Some(Self {
            input,
            name,
            streams,
            own_state,
            emits,
        })
    }

    /// Whether there is anything that a state could be folded from.
    pub(super) fn reads(&self) -> bool {
        self.streams
            .iter()
            .any(|stream| !matches!(stream.role, Role::Append))
    }
}

/// The fields of a struct that has names for them.
fn named_fields(input: &DeriveInput) -> syn::Result<&Punctuated<Field, Token![,]>> {
    let refuse = |at: &dyn quote::ToTokens, what: &str| {
        let name = ident::text(&input.ident);
        let message = format!(
            "a command is a struct with named fields, {what}; write `struct {name} {{ #[stream] field: Key }}`"
        );
        Err(syn::Error::new_spanned(at.to_token_stream(), message))
    };
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(&fields.named),
            Fields::Unnamed(fields) => refuse(fields, "and these have none"),
            Fields::Unit => refuse(&input.ident, "and this one has no fields"),
        },
        Data::Enum(data) => refuse(&data.enum_token, "not an enum"),
        Data::Union(data) => refuse(&data.union_token, "not a union"),
    }
}

/// Without `emits(..)`, a command emits what its only state is folded from.
fn emitted_by_default<'a>(own_state: Option<&Type>, streams: &[Stream<'_>]) -> Vec<Emitted<'a>> {
    let mut states = own_state
        .into_iter()
        .chain(streams.iter().filter_map(|stream| stream.state.as_ref()));
    match states.next() {
        Some(first) if states.all(|other| same(first, other)) => vec![Emitted::FoldedBy(first.clone())],
        _ => Vec::new(),
    }
}

impl<'a> Stream<'a> {
    fn of_field(field: &'a Field, diagnostics: &Diagnostics) -> Option<Self> {
        let options = StreamOptions::of_field(&field.attrs, diagnostics)?;
        let (container, key) = stream_type::split(&field.ty);
        if container != Container::One && stream_type::split(key).0 != Container::One {
            let message =
                "a `#[stream]` field is a key `K`, an `Option<K>` or a `Vec<K>`, not one in the other";
            diagnostics.error(&field.ty, message);
        }
        Some(Self {
            ident: field.ident.as_ref()?,
            key,
            source: Source::Field(container),
            role: Role::new(&options, diagnostics),
            state: options.state.value().cloned(),
        })
    }

    fn discovered(entry: &'a DiscoversEntry, diagnostics: &Diagnostics) -> Self {
        if stream_type::split(&entry.key).0 != Container::One {
            let message = "`discovers` takes the type of one key; it may be found any number of times";
            diagnostics.error(&entry.key, message);
        }
        Self {
            ident: &entry.name,
            key: &entry.key,
            source: Source::Discovery,
            role: Role::new(&entry.options, diagnostics),
            state: entry.options.state.value().cloned(),
        }
    }

    pub(super) fn is_read_only(&self) -> bool {
        matches!(self.role, Role::Read)
    }
}

impl Role {
    fn new(options: &StreamOptions, diagnostics: &Diagnostics) -> Self {
        match (options.read.key(), options.append.key()) {
            (None, None) => Self::ReadWrite,
            (Some(_), None) => Self::Read,
            (read, Some(append)) => {
                if read.is_some() {
                    let message =
                        "`append` is for streams that are not read, so it excludes `read`; keep one of them";
                    diagnostics.error(append, message);
                }
                if let Some(state) = options.state.key() {
                    let message = "a state is folded from what is read, and `append` reads nothing; \
                                   leave out `append` or `state`";
                    diagnostics.error(state, message);
                }
                Self::Append
            }
        }
    }
}

impl<'a> Emitted<'a> {
    /// `Enum::Variant` is told apart from `module::Event` by the case of what comes before the last name.
    fn new(entry: &'a EmitsEntry) -> Self {
        let path = &entry.path;
        let mut segments: Vec<_> = path.segments.iter().collect();
        let Some(last) = segments.pop() else {
            return Self::Event(path);
        };
        let is_type = |name: &Ident| ident::text(name).starts_with(char::is_uppercase);
        match segments.last() {
            Some(before) if is_type(&before.ident) && last.arguments.is_none() => {
                let segments = segments.into_iter().cloned().collect();
                let event = Path {
                    leading_colon: path.leading_colon,
                    segments,
                };
                Self::Variant {
                    path,
                    event,
                    variant: &last.ident,
                }
            }
            _ => Self::Event(path),
        }
    }
}
