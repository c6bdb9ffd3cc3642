//! What the code that `#[process_manager]` writes calls, and what it comes to.

mod instance;
mod refusal;
mod stateful;
mod stateless;

pub use refusal::{HandlesRefusal, RefusalHandler, refusing};
pub use stateful::{Handler, Handles, Instances, KeyIn, StatefulManager, initial, instances, stateful};
pub use stateless::{Listener, Listens, StatelessManager, send, send_each, stateless};
