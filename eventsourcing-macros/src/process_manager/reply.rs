//! What a handler returns.

use syn::{ReturnType, Signature, Type};

use crate::diag::Diagnostics;
use crate::stream_type::{self, Container};

/// What becomes of what a handler returns.
#[derive(Clone, Copy)]
pub(super) enum Reply<'a> {
    /// It returns nothing.
    Nothing,
    /// A command.
    One(&'a Type),
    /// Commands of one type, in an `Option` or a `Vec`.
    Each(&'a Type),
}

impl<'a> Reply<'a> {
    pub(super) fn of(signature: &'a Signature, diagnostics: &Diagnostics) -> Self {
        let ReturnType::Type(_, ty) = &signature.output else {
            return Self::Nothing;
        };
        match &**ty {
            Type::Tuple(tuple) if tuple.elems.is_empty() => return Self::Nothing,
            Type::ImplTrait(_) => {
                diagnostics.error(ty, "say which command it sends: return the type itself");
                return Self::Nothing;
            }
            Type::Path(path)
                if path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Result") =>
            {
                let message = "a process manager cannot refuse what has happened; return a command, an `Option` or a \
                               `Vec` of commands, or nothing";
                diagnostics.error(ty, message);
                return Self::Nothing;
            }
            _ => {}
        }
        match stream_type::split(ty) {
            (Container::One, command) => Self::One(command),
            (Container::Option | Container::Vec, command) => Self::Each(command),
        }
    }

    /// The type of the commands.
    pub(super) fn command(self) -> Option<&'a Type> {
        match self {
            Self::Nothing => None,
            Self::One(command) | Self::Each(command) => Some(command),
        }
    }
}
