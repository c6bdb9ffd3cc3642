//! What the code that `#[process_manager]` writes calls, and what it comes to.

mod heard;
mod instance;
mod refusal;
mod stateful;
mod stateless;

pub use heard::{Heard, assert_heard_once, hear_event, hear_variant};
pub use refusal::{HandlesRefusal, RefusalHandler, refusing};
pub use stateful::{Handler, Handles, Instances, KeyIn, StatefulManager, initial, instances, stateful};
pub use stateless::{Listener, Listens, StatelessManager, send, send_each, stateless};
