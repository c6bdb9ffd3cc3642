//! Runs the shop: see the README beside it, or `cargo run -p orders -- --help`.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use orders::cli::Arguments;
use orders::run::run;

#[tokio::main]
async fn main() -> ExitCode {
    let stop = async {
        // Without a signal it runs to its end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    match run(&Arguments::parse(), stop, &mut io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&*error);
            ExitCode::FAILURE
        }
    }
}

/// Writes an error, and what led to it, to standard error.
fn explain(error: &dyn Error) {
    let mut text = format!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    // If that does not work either, the exit code has to do.
    let _ = writeln!(io::stderr(), "{text}");
}
