use std::sync::Arc;

use super::{CommandHandler, WireCommand};

/// Finds handlers for commands that the service itself does not list, or handles otherwise than by its own table: it is asked
/// first. A function is one.
///
/// ```
/// use std::sync::Arc;
/// use eventsourcing::wire::{CommandHandler, CommandRouter, WireCommand};
///
/// // Everything that plugins do has a prefix in its name.
/// fn router(plugins: Vec<Arc<dyn CommandHandler>>) -> impl CommandRouter {
///     move |command: &WireCommand| {
///         let name = command.name.strip_prefix("plugin.")?;
///         plugins.iter().find(|plugin| plugin.name() == name).cloned()
///     }
/// }
/// ```
pub trait CommandRouter: Send + Sync + 'static {
    /// The handler of a command; `None` leaves it to the table of the service.
    fn route(&self, command: &WireCommand) -> Option<Arc<dyn CommandHandler>>;
}

impl<F> CommandRouter for F
where
    F: Fn(&WireCommand) -> Option<Arc<dyn CommandHandler>> + Send + Sync + 'static,
{
    fn route(&self, command: &WireCommand) -> Option<Arc<dyn CommandHandler>> {
        self(command)
    }
}
