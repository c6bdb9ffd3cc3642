//! What the types that the macro writes derive.

use syn::Path;

/// Every command.
const OF_COMMANDS: [&str; 5] = ["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"];

/// An id, besides.
const OF_IDS: [&str; 4] = ["Eq", "PartialOrd", "Ord", "Hash"];

/// What a path names that every command derives anyway.
pub(super) fn of_commands(path: &Path) -> Option<&'static str> {
    OF_COMMANDS.into_iter().find(|derived| names(path, derived))
}

/// Whether a path names what an id derives anyway.
pub(super) fn is_of_ids(path: &Path) -> bool {
    of_commands(path).is_some() || OF_IDS.iter().any(|derived| names(path, derived))
}

/// Whether a path names the derive of a JSON Schema.
pub(super) fn is_json_schema(path: &Path) -> bool {
    names(path, "JsonSchema")
}

fn names(path: &Path, derived: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == derived)
}
