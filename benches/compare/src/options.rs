use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::contestant::{CONTESTANTS, Contestant};
use crate::workload::Workload;

/// Compares event stores under the same load, in turns.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// A look rather than a measurement: one round of one second each, without 16 clients.
    #[arg(long)]
    quick: bool,
    /// Only these contestants, as in `hand,ours`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these workloads.
    #[arg(long, value_delimiter = ',')]
    work: Vec<Workload>,
    /// So many clients, one after another, where the workload does not say.
    #[arg(long, value_delimiter = ',')]
    clients: Vec<usize>,
    /// For how long each measurement goes on, in seconds; 5 by default.
    #[arg(long)]
    secs: Option<f64>,
    /// How many rounds; the table has their medians. 3 by default.
    #[arg(long)]
    reps: Option<u32>,
    /// Where to write the table.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

impl Options {
    pub(crate) fn contestants(&self) -> Result<Vec<&'static Contestant>> {
        if self.only.is_empty() {
            return Ok(CONTESTANTS.iter().collect());
        }
        let named = |name: &String| CONTESTANTS.iter().find(|contestant| contestant.name == name);
        let names = || {
            CONTESTANTS
                .each_ref()
                .map(|contestant| contestant.name)
                .join(", ")
        };
        let find = |name| named(name).with_context(|| format!("there is no `{name}`, only {}", names()));
        self.only.iter().map(find).collect()
    }

    pub(crate) fn workloads(&self) -> Vec<Workload> {
        if self.work.is_empty() {
            Workload::ALL.to_vec()
        } else {
            self.work.clone()
        }
    }

    pub(crate) fn clients(&self, workload: Workload) -> Vec<usize> {
        match workload.clients() {
            Some(clients) => vec![clients],
            None if !self.clients.is_empty() => self.clients.clone(),
            None if self.quick => vec![1, 64],
            None => vec![1, 16, 64],
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.secs.unwrap_or(if self.quick { 1.0 } else { 5.0 })
    }

    pub(crate) fn rounds(&self) -> u32 {
        self.reps.unwrap_or(if self.quick { 1 } else { 3 })
    }
}
