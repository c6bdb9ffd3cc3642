//! What the store costs and gains beside rusqlite used by hand, in one interleaved run.
//!
//! `cargo bench -p eventsourcing-sqlite [-- ROUNDS]`. A command loads one of 10,000 accounts, decides, and appends one event
//! under the condition that nobody else has. Files lie in the temporary folder (`TMPDIR`), which should be on a disk.

mod hand;
mod load;
mod store;

use std::time::Duration;

use hand::Hand;
use load::{Load, Subject, median};
use store::{Extra, Store};

fn main() {
    let rounds = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(9);
    print_head();
    for (setting, clients, commands) in [
        ("full", 1, 1_500),
        ("full", 16, 6_000),
        ("full", 64, 12_000),
        ("normal", 1, 6_000),
        ("normal", 64, 12_000),
    ] {
        let load = Load { clients, commands };
        let hand = Hand::new(setting);
        let plain = Store::new(setting, Extra::Nothing);
        let identified = Store::new(setting, Extra::CommandId);
        let linked = Store::new(setting, Extra::Link);
        let subjects: [(&str, &dyn Subject); 4] = [
            ("hand", &hand),
            ("store", &plain),
            ("store, with command ids", &identified),
            ("store, with a link", &linked),
        ];
        print(&compare(
            &format!("{setting}, {clients} clients"),
            load,
            rounds,
            &subjects,
        ));
    }
}

struct Line {
    load: String,
    subject: String,
    per_second: f64,
    ratio: f64,
    p50: Duration,
    p99: Duration,
}

/// Lets the subjects take turns, and compares each with the first within each round.
fn compare(name: &str, load: Load, rounds: usize, subjects: &[(&str, &dyn Subject)]) -> Vec<Line> {
    let mut runs = vec![vec![]; subjects.len()];
    for _ in 0..rounds {
        for (runs, (_, subject)) in runs.iter_mut().zip(subjects) {
            runs.push(subject.run(load));
        }
    }
    let reference = runs[0].clone();
    let line = |(runs, (subject, _)): (&Vec<load::Measured>, &(&str, _))| {
        let ratios = runs
            .iter()
            .zip(&reference)
            .map(|(run, hand)| run.per_second / hand.per_second);
        let mut latencies: Vec<_> = runs
            .iter()
            .flat_map(|run| run.latencies.iter().copied())
            .collect();
        latencies.sort_unstable();
        Line {
            load: name.into(),
            subject: (*subject).into(),
            per_second: median(runs.iter().map(|run| run.per_second)),
            ratio: median(ratios),
            p50: latencies[latencies.len() / 2],
            p99: latencies[latencies.len() * 99 / 100],
        }
    };
    runs.iter().zip(subjects).map(line).collect()
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print_head() {
    println!("| load | | commands/s | ratio | p50 us | p99 us |\n|---|---|---|---|---|---|");
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print(table: &[Line]) {
    for Line {
        load,
        subject,
        per_second,
        ratio,
        p50,
        p99,
    } in table
    {
        let (p50, p99) = (p50.as_micros(), p99.as_micros());
        println!("| {load} | {subject} | {per_second:.0} | {ratio:.2} | {p50} | {p99} |");
    }
}
