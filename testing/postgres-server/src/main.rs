//! `postgres-server COMMAND ...` runs a command with `DATABASE_URL` set to a private PostgreSQL server.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use postgres_server::Server;

fn main() -> ExitCode {
    match run() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is a program for the command line")]
            {
                eprintln!("postgres-server: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<u8, Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments
        .next()
        .ok_or("which command? usage: postgres-server COMMAND ...")?;
    // An interrupt reaches the command as well; this process outlives it, to take the server down.
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        signal_hook::flag::register(signal, std::sync::Arc::default())?;
    }
    let server = Server::start()?;
    let status = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", server.url())
        .status()?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1))
}
