//! Runs all subjects in turns, and writes a table of what came of it.
//!
//! `cargo run --release -p compare -- --help` says what can be chosen. One line of JSON for each measurement goes to the
//! standard output, how far it is to the standard error, the page of tables to the file that `--out` names.

mod build;
mod contestant;
mod files;
mod goals;
mod machine;
mod measure;
mod medians;
mod options;
mod pgbench;
mod postgres;
mod process;
mod progress;
mod record;
mod table;
mod workload;

use std::collections::BTreeSet;
use std::io::{Write as _, stderr, stdout};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use tokio::time::Instant;

use crate::contestant::Contestant;
use crate::machine::Conditions;
use crate::measure::{Case, Comparison};
use crate::options::Options;
use crate::progress::Progress;
use crate::record::Record;

fn main() -> Result<()> {
    let options = Options::parse();
    let contestants = options.contestants()?;
    let cases = cases(&options, &contestants);
    let programs = build::build(&contestants)?;
    let comparison = Comparison::start(programs, &contestants, options.seconds())?;

    let mut records = vec![];
    let mut progress = Progress::new(cases.len(), options.rounds());
    for round in 1..=options.rounds() {
        for (nth, case) in cases.iter().enumerate() {
            let left = progress.left().map_or_else(String::new, rest);
            tell(&format!("round {round} of {}, {case}{left}", options.rounds()));
            let begun = Instant::now();
            let record = comparison.measure(case, round);
            progress.done(nth, begun.elapsed());
            serde_json::to_writer(stdout(), &record)?;
            writeln!(stdout())?;
            records.push(record);
        }
        // After each round: whoever stops it early keeps what was measured.
        if let Some(path) = &options.out {
            write_page(path, &records, &comparison.conditions(round)?)?;
        }
    }
    report_failures(&records);
    Ok(())
}

fn write_page(path: &Path, records: &[Record], conditions: &Conditions) -> Result<()> {
    let page = table::page(records, conditions);
    std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn rest(left: Duration) -> String {
    let seconds = left.as_secs();
    format!("; {} min {:02} s left", seconds / 60, seconds % 60)
}

/// What is measured in each round, so that those that are compared come one after another.
fn cases(options: &Options, contestants: &[&'static Contestant]) -> Vec<Case> {
    let mut cases = vec![];
    for workload in options.workloads() {
        for clients in options.clients(workload) {
            let fitting = contestants
                .iter()
                .filter(|contestant| contestant.takes(workload, clients));
            cases.extend(fitting.map(|contestant| Case {
                contestant,
                workload,
                clients,
            }));
        }
    }
    cases
}

fn report_failures(records: &[Record]) {
    let failures: BTreeSet<_> = records.iter().filter_map(Record::complaint).collect();
    for failure in failures {
        tell(&failure);
    }
}

/// Says how far it is, to whoever waits.
fn tell(text: &str) {
    // Nobody may listen.
    let _ = writeln!(stderr(), "compare: {text}");
}
