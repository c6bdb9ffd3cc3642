//! Very many WebSocket clients on one server.
//!
//! ```text
//! cargo run -p sockets --release -- --clients 1000 --commands 10000 --idle 10000
//! ```
//!
//! The server is a process of its own. All clients receive all events, each once and in the order of the log, or the campaign
//! fails. First the commands are sent as fast as they are taken; then in rounds, one after another, and in every second round there
//! is a client that never reads. At the end a client that never reads is left alone with the server until it is cut off, and many
//! clients wait for one event.
//!
//! The result is JSON on the standard output: how fast the events were, how long they took in rounds with and without the client
//! that never reads, and how much memory the server had.

mod arguments;
mod campaign;
mod client;
mod error;
mod listener;
mod outcome;
mod server;
mod service;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;
use error::BoxError;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.serve {
        server::serve(&arguments).await
    } else {
        listen(&arguments).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is a program for the command line")]
            {
                eprintln!("sockets: {}", with_causes(&*error));
            }
            ExitCode::FAILURE
        }
    }
}

async fn listen(arguments: &Arguments) -> Result<(), BoxError> {
    let outcome = serde_json::to_string_pretty(&campaign::run(arguments).await?)?;
    #[expect(clippy::print_stdout, reason = "this is what the program is for")]
    {
        println!("{outcome}");
    }
    Ok(())
}

fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}
