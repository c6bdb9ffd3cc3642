//! Runs the bank: see the README beside it, or `cargo run -p banking -- --help`.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use banking::cli::Arguments;
use banking::report::Report;
use banking::rows::Rows;
use banking::run::run;
use clap::Parser as _;
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    match bank(&Arguments::parse()).await {
        Ok(report) => {
            write!(io::stdout().lock(), "{report}")?;
            Ok(if report.total_is_unchanged() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Err(error) => {
            explain(&*error)?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn bank(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let rows = Rows::parse(&arguments.read_file()?)?;
    let progress = progress_bar(rows.transfers.len() as u64 * u64::from(arguments.load.repeat.get()))?;
    let report = run(
        arguments.store.open(),
        &arguments.file_name(),
        rows,
        arguments.load,
        &progress,
    )
    .await?;
    progress.finish_and_clear();
    Ok(report)
}

/// Shows itself on standard error, if that is a terminal.
fn progress_bar(transfers: u64) -> Result<ProgressBar, Box<dyn Error>> {
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} transfers")?;
    Ok(ProgressBar::new(transfers).with_style(style))
}

/// Writes an error, and what led to it, to standard error.
fn explain(error: &dyn Error) -> io::Result<()> {
    let mut out = io::stderr().lock();
    write!(out, "error: {error}")?;
    let mut source = error.source();
    while let Some(cause) = source {
        write!(out, ": {cause}")?;
        source = cause.source();
    }
    writeln!(out)
}
