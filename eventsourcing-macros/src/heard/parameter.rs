//! What a handler is called with.

use quote::ToTokens as _;
use syn::{FnArg, Ident, Pat, PatType, Signature, Type};

use crate::diag::Diagnostics;
use crate::stream_type;

/// A parameter of a function, or of a method after `self`.
#[derive(Clone, Copy)]
pub(crate) struct Parameter<'a> {
    pub(crate) takes: Takes<'a>,
    pub(crate) ty: &'a Type,
}

/// What a parameter stands for.
#[derive(Clone, Copy)]
pub(crate) enum Takes<'a> {
    /// `event: &Recorded<Event>`, or `event: &Pending<Event>` of what is inline, by its type.
    Event,
    /// What it writes to, `cx: &mut Sends<..>` or `rows: &mut Rows<..>`: by `mut`.
    Written,
    /// `rejection: &Rejection`, by its type, where a command was rejected.
    Rejection,
    /// The command that was rejected.
    Command,
    /// A field of the event, by its name.
    Field(&'a Ident),
}

/// What is handled, and what for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// An event, for a process manager.
    Event,
    /// The refusal of a command, for a process manager.
    Rejection,
    /// An event, for a projection.
    Projected,
    /// An event, for a projection in SQL.
    InSql,
    /// An event that may be about to be appended, for an inline projection.
    Inline,
}

impl Of {
    /// The types that it may write to.
    fn written(self) -> &'static [&'static str] {
        match self {
            Self::Event | Self::Rejection => &["Sends"],
            Self::Projected => &["Rows"],
            Self::InSql | Self::Inline => &["PgTx", "SqliteTx"],
        }
    }

    /// What comes after the name of such a type.
    fn generics(self) -> &'static str {
        match self {
            Self::Event | Self::Rejection | Self::Projected => "<..>",
            Self::InSql | Self::Inline => "",
        }
    }

    /// How it is spoken of.
    fn writes(self) -> &'static str {
        match self {
            Self::Event | Self::Rejection => "what it sends",
            Self::Projected => "rows",
            Self::InSql | Self::Inline => "tables",
        }
    }
}

impl<'a> Parameter<'a> {
    /// Whether it is what is written to.
    pub(crate) fn is_written(&self) -> bool {
        matches!(self.takes, Takes::Written)
    }

    /// The parameters after `self`.
    pub(crate) fn all(signature: &'a Signature, of: Of, diagnostics: &Diagnostics) -> Vec<Self> {
        let mut parameters: Vec<Self> = Vec::new();
        for input in &signature.inputs {
            let FnArg::Typed(input) = input else { continue };
            let Some(parameter) = Self::new(input, of, diagnostics) else {
                continue;
            };
            if let Some(what) = parameter.takes.single(of)
                && parameters
                    .iter()
                    .any(|other| other.takes.single(of) == Some(what))
            {
                diagnostics.error(&input.ty, format!("there is one {what}; take it once"));
            }
            parameters.push(parameter);
        }
        parameters
    }

    fn new(input: &'a PatType, of: Of, diagnostics: &Diagnostics) -> Option<Self> {
        let ty = &*input.ty;
        let Type::Reference(reference) = ty else {
            diagnostics.error(ty, not_a_reference(ty, of));
            return None;
        };
        let takes = match (reference.mutability, last_name(&reference.elem), of) {
            (Some(_), ..) => Takes::Written,
            (None, Some(name), _) if of.written().contains(&name) => {
                let (what, generics) = (of.writes(), of.generics());
                let message = format!("a handler changes {what}; take `&mut {name}{generics}`");
                diagnostics.error(ty, message);
                return None;
            }
            (None, Some("Recorded"), Of::Event | Of::Projected | Of::InSql)
            | (None, Some("Pending"), Of::Inline) => Takes::Event,
            (None, Some("Recorded"), Of::Inline) => {
                let message = "what is inline sees an event before it has a version and a position; take `&Pending<..>`";
                diagnostics.error(ty, message);
                return None;
            }
            (None, Some("Rejection"), Of::Rejection) => Takes::Rejection,
            (None, _, Of::Rejection) => Takes::Command,
            (None, _, Of::Event | Of::Projected | Of::InSql | Of::Inline) => {
                let Some(name) = name_of(input) else {
                    let message =
                        "a parameter is called like a field of the event; take it apart in the body";
                    diagnostics.error(&input.pat, message);
                    return None;
                };
                Takes::Field(name)
            }
        };
        Some(Self { takes, ty })
    }
}

impl Parameter<'_> {
    /// Whether it is the transaction of a database.
    pub(crate) fn is_transaction(&self) -> bool {
        match self.ty {
            Type::Reference(reference) => {
                last_name(&reference.elem).is_some_and(|name| Of::InSql.written().contains(&name))
            }
            _ => false,
        }
    }
}

impl Takes<'_> {
    /// What there is only one of.
    fn single(self, of: Of) -> Option<&'static str> {
        match self {
            Self::Event => Some("event"),
            Self::Written if of == Of::Projected => Some("`Rows`"),
            Self::Written if matches!(of, Of::InSql | Of::Inline) => Some("transaction"),
            Self::Written => Some("`Sends`"),
            Self::Rejection => Some("rejection"),
            Self::Command => Some("command that was rejected"),
            Self::Field(_) => None,
        }
    }
}

fn not_a_reference(ty: &Type, of: Of) -> String {
    let written = ty
        .to_token_stream()
        .to_string()
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">");
    match last_name(ty) {
        Some(name) if of.written().contains(&name) => match of {
            Of::Projected => format!("a handler borrows the rows; take `&mut {written}`"),
            Of::InSql | Of::Inline => format!("a handler borrows the transaction; take `&mut {written}`"),
            Of::Event | Of::Rejection => {
                format!("a handler borrows what it sends through; take `&mut {written}`")
            }
        },
        _ => format!("a handler borrows what happened; take `&{written}`"),
    }
}

fn name_of(input: &PatType) -> Option<&Ident> {
    match &*input.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(&pattern.ident),
        _ => None,
    }
}

/// The last name of a path, where it is one that means something here.
fn last_name(ty: &Type) -> Option<&'static str> {
    let Type::Path(path) = stream_type::ungrouped(ty) else {
        return None;
    };
    let last = &path.path.segments.last()?.ident;
    [
        "Recorded",
        "Sends",
        "Rejection",
        "Rows",
        "PgTx",
        "SqliteTx",
        "Pending",
    ]
    .into_iter()
    .find(|name| last == name)
}
