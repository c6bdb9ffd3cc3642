//! What names may look like. The runtime checks the same again in constants; here the message can say what to write.

use syn::LitStr;

/// The longest stored name of an event type, and the longest name of a command, in bytes.
const MAX_NAME_BYTES: usize = 120;
/// The longest category, in bytes.
const MAX_CATEGORY_BYTES: usize = 60;

/// Checks the stored name of an event type, or the name of a command on the wire; says which rule it breaks.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let follows = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.len() > MAX_NAME_BYTES {
        return Err(format!(
            "a name has at most {MAX_NAME_BYTES} bytes, this one has {}",
            name.len()
        ));
    }
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(follows) {
        return Ok(());
    }
    Err("a name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`".to_owned())
}

/// Takes the name of a command on the wire.
pub(crate) fn of_command(literal: LitStr) -> syn::Result<LitStr> {
    match check(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

/// Checks the category of a stream; says which rule it breaks.
fn check_category(category: &str) -> Result<(), String> {
    let follows = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if category.len() > MAX_CATEGORY_BYTES {
        return Err(format!(
            "a category has at most {MAX_CATEGORY_BYTES} bytes, this one has {}",
            category.len()
        ));
    }
    if category.starts_with(|c: char| c.is_ascii_lowercase()) && category.chars().all(follows) {
        return Ok(());
    }
    Err("a category is a lower-case ASCII letter, then lower-case letters, digits and `_`".to_owned())
}

/// Takes the category of a stream.
pub(crate) fn of_category(literal: LitStr) -> syn::Result<LitStr> {
    match check_category(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

/// The longest name of a table, in bytes.
const MAX_TABLE_BYTES: usize = 40;
/// The longest name of a column, in bytes.
const MAX_COLUMN_BYTES: usize = 48;
/// The longest name of a projection, in bytes.
const MAX_PROJECTION_BYTES: usize = 60;
/// The longest name of a state, in bytes.
const MAX_STATE_BYTES: usize = 60;

/// Names of tables that stores use themselves.
const TABLES_OF_STORES: &[&str] = &[
    "checkpoints",
    "commands",
    "event_types",
    "events",
    "inline_marks",
    "lease_epochs",
    "leases",
    "links",
    "log",
    "migrations",
    "projection_tables",
    "projections",
    "settled",
    "snapshots",
    "store",
    "tenants",
];

/// Checks the name of a table; says which rule it breaks.
pub(crate) fn check_table(name: &str) -> Result<(), String> {
    check_lower_case(name, "table", MAX_TABLE_BYTES, "_")?;
    let is_of_stores =
        TABLES_OF_STORES.contains(&name) || ["es_", "sqlite_"].iter().any(|prefix| name.starts_with(prefix));
    if is_of_stores {
        return Err(format!(
            "stores use the name `{name}` themselves; take another one"
        ));
    }
    let number = name.rsplit_once("_v").map(|(_, number)| number);
    if number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())) {
        return Err("the version of a table is that of its projection; leave it out of the name".to_owned());
    }
    Ok(())
}

/// The longest name of a table that a projection makes itself, in bytes.
const MAX_PROJECTED_TABLE_BYTES: usize = 33;

/// Checks the name of a table that a projection makes itself; says which rule it breaks.
pub(crate) fn check_projected_table(name: &str) -> Result<(), String> {
    check_table(name)?;
    if name.ends_with("_parked") {
        return Err("what projections have parked is in such tables; take another name".to_owned());
    }
    check_lower_case(
        name,
        "table that a projection makes",
        MAX_PROJECTED_TABLE_BYTES,
        "_",
    )
}

/// Checks the name of a column; says which rule it breaks.
pub(crate) fn check_column(name: &str) -> Result<(), String> {
    check_lower_case(name, "column", MAX_COLUMN_BYTES, "_")
}

/// Checks the name of a projection; says which rule it breaks.
pub(crate) fn check_projection(name: &str) -> Result<(), String> {
    check_lower_case(name, "projection", MAX_PROJECTION_BYTES, "_-")
}

/// Checks the name of a state; says which rule it breaks.
pub(crate) fn check_state(name: &str) -> Result<(), String> {
    check_lower_case(name, "state", MAX_STATE_BYTES, "_-")
}

fn check_lower_case(name: &str, what: &str, max: usize, also: &str) -> Result<(), String> {
    if name.len() > max {
        return Err(format!(
            "the name of a {what} has at most {max} bytes, this one has {}",
            name.len()
        ));
    }
    let follows = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(c);
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(follows) {
        return Ok(());
    }
    let also = if also.len() > 1 {
        "digits, `_` and `-`"
    } else {
        "digits and `_`"
    };
    Err(format!(
        "the name of a {what} is a lower-case ASCII letter, then lower-case letters, {also}"
    ))
}

/// Writes a name in lower case with `_` between its words: the form of a category.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Writes a name as those of types are written: `money_paid` as `MoneyPaid`.
pub(crate) fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect::<String>()
    });
    words.collect()
}
