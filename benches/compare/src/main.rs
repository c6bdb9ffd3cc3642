//! Runs all subjects in turns, and writes a table of what came of it.
//!
//! `cargo run --release -p compare -- --help` says what can be chosen. One line of JSON for each measurement goes to the
//! standard output, the table to the file that `--out` names.

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
mod record;
mod table;
mod workload;

use std::collections::BTreeSet;
use std::io::{Write as _, stderr, stdout};

use anyhow::{Context as _, Result};
use clap::Parser as _;

use crate::contestant::Contestant;
use crate::measure::{Case, Comparison};
use crate::options::Options;
use crate::record::Record;

fn main() -> Result<()> {
    let options = Options::parse();
    let contestants = options.contestants()?;
    let cases = cases(&options, &contestants);
    let programs = build::build(&contestants)?;
    let comparison = Comparison::start(programs, &contestants, options.seconds())?;

    let mut records = vec![];
    for round in 1..=options.rounds() {
        for case in &cases {
            tell(&format!("round {round}: {case}"));
            let record = comparison.measure(case, round);
            serde_json::to_writer(stdout(), &record)?;
            writeln!(stdout())?;
            records.push(record);
        }
    }
    if let Some(path) = &options.out {
        let text = table::page(&records, &comparison.conditions(options.rounds())?);
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    report_failures(&records);
    Ok(())
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
