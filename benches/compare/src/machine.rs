use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context as _, Result};

use crate::postgres::SETTINGS;

/// What is to be known about the figures.
#[derive(Debug)]
pub(crate) struct Conditions {
    /// Names and what they are.
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Conditions {
    pub(crate) fn look(postgres: &str, seconds: f64, rounds: u32) -> Result<Self> {
        let processors = available_parallelism().context("no processors")?;
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").context("not Linux")?;
        let compiler = Command::new("rustc")
            .arg("--version")
            .output()
            .context("no rustc")?;
        let facts = vec![
            ("Processor", format!("{} of {}", processors, processor()?)),
            ("Kernel", kernel.trim().to_owned()),
            (
                "Compiler",
                String::from_utf8_lossy(&compiler.stdout).trim().to_owned(),
            ),
            (
                "PostgreSQL",
                format!(
                    "{postgres}, on the same machine, over loopback; {}",
                    SETTINGS.join(", ")
                ),
            ),
            (
                "Rounds",
                format!("medians of {rounds}, {seconds} s each, everybody in turns, on fresh data"),
            ),
        ];
        Ok(Self { facts })
    }
}

fn processor() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo").context("not Linux")?;
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned()))
}
