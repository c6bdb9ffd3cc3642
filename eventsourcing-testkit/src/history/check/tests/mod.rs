//! Tiny histories, each with one thing wrong with it, or nothing.

mod appends;
mod command_ids;
mod cycles;
mod delivery;
mod moments;
mod reads;
mod report;
mod versions;
mod world;

/// Checks that such a violation is found.
macro_rules! assert_found {
    ($world:expr, $violation:pat) => {
        let report = $world.check();
        let found = report.has(|violation| matches!(violation, $violation));
        assert!(found, "{} was not found: {report}", stringify!($violation));
    };
}

use assert_found;
