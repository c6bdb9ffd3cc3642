//! What errors and panics say, as text.

use std::any::Any;
use std::error::Error;

/// What an error says, and what led to it, in one line: for logs.
///
/// ```
/// use eventsourcing::observe::chain;
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("the price list cannot be read")]
/// struct NoPrices(#[source] std::fmt::Error);
///
/// let told = chain(&NoPrices(std::fmt::Error));
/// assert!(told.starts_with("the price list cannot be read: "));
/// ```
pub fn chain(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    for cause in causes(error) {
        chain.push_str(": ");
        chain.push_str(&cause);
    }
    chain
}

/// What led to an error, the nearest first.
pub(crate) fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

/// What a panic says.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(without a message)").to_owned()
}
