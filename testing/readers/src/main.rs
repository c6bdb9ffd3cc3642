//! Readers of long logs and long streams: how much memory they take, and whether they miss anything.
//!
//! ```text
//! cargo run -p readers --release -- --store sqlite
//! ```
//!
//! A log is filled. Then a process reads all of it into a projection; another one executes a command on a stream that is very long;
//! both tell how much their memory has grown at most. At last clients write at full speed, while readers follow by the bus, by the
//! log, as a processor and as a projection. Each of them has to be handed every event, once and in the order of the log, or the
//! campaign fails.
//!
//! The result is JSON on the standard output.

mod arguments;
mod bank;
mod campaign;
mod error;
mod follow;
mod memory;
mod outcome;
mod part;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;
use error::BoxError;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(outcome) => {
            #[expect(clippy::print_stdout, reason = "this is what the program is for")]
            {
                println!("{outcome}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is a program for the command line")]
            {
                eprintln!("readers: {}", with_causes(&*error));
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<String, BoxError> {
    Ok(match (arguments.part, &arguments.address) {
        (Some(part), Some(address)) => serde_json::to_string(&part::here(part, address).await?)?,
        _ => serde_json::to_string_pretty(&campaign::run(arguments).await?)?,
    })
}

fn with_causes(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}
