//! Runs the bank: see the README beside it, or `cargo run -p banking -- --help`.

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use banking::cli::Arguments;
use banking::domain::AccountId;
use banking::report::Report;
use banking::rows::Rows;
use banking::run::run;
use banking::statement::statement;
use clap::Parser as _;
use eventsourcing::StoreAddress;
use indicatif::style::TemplateError;
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let is_well = match &arguments.statement {
        Some(account) => show_statement(&arguments.store, account).await.map(|()| true),
        None => bank(&arguments).await.map(|report| report.total_is_unchanged()),
    };
    match is_well {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            explain(&*error);
            ExitCode::FAILURE
        }
    }
}

async fn show_statement(store: &StoreAddress, account: &str) -> Result<(), Box<dyn Error>> {
    let statement = statement(store.open().await?, AccountId::new(account)).await?;
    write!(io::stdout().lock(), "{statement}")?;
    Ok(())
}

async fn bank(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let rows = Rows::parse(&arguments.read_file()?)?;
    let store = arguments.store.open().await?;
    let progress = progress_bar(rows.transfers.len() as u64 * u64::from(arguments.load.repeat.get()))?;
    let report = run(store, &arguments.file_name(), rows, arguments.load, &progress).await?;
    progress.finish_and_clear();
    write!(io::stdout().lock(), "{report}{}", Whereabouts(&arguments.store))?;
    Ok(report)
}

/// Where the events are, now that the program ends.
struct Whereabouts<'a>(&'a StoreAddress);

impl fmt::Display for Whereabouts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            StoreAddress::Memory => writeln!(f, "the events were in memory, and are gone"),
            kept => writeln!(
                f,
                "the events are kept in {kept}: run it again, and nothing is done twice"
            ),
        }
    }
}

/// Shows itself on standard error, if that is a terminal.
fn progress_bar(transfers: u64) -> Result<ProgressBar, TemplateError> {
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} transfers")?;
    Ok(ProgressBar::new(transfers).with_style(style))
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
