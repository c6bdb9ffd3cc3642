use crate::medians::{figures, median, millis};
use crate::record::{Figures, Record};
use crate::workload::Workload;

/// What we want of a store, and whether these records show it, as rows of a table. Goals that were not measured are left out.
pub(crate) fn goals(records: &[Record]) -> Vec<String> {
    let at = |contestant, workload, clients| Runs::of(records, contestant, workload, clients);
    let speed = |a: &Runs<'_>, b: &Runs<'_>| Some(a.speed()? / b.speed()?);
    let deposits = |contestant, clients| at(contestant, Workload::W1, clients);
    let warm = deposits("ours:warm", 64);
    let transfers = |contestant| at(contestant, Workload::W2, 64);
    let (hot, hot_hand) = (at("ours", Workload::Hot, 64), at("hand", Workload::Hot, 64));
    let embedded = |clients| {
        speed(
            &deposits("ours-sqlite", clients),
            &deposits("hand-sqlite", clients),
        )
    };
    [
        least(
            "deposits, 1 client, to hand",
            1.0,
            speed(&deposits("ours", 1), &deposits("hand", 1)),
        ),
        least(
            "deposits, 64 clients, to hand",
            4.0,
            speed(&deposits("ours", 64), &deposits("hand", 64)),
        ),
        least(
            "deposits, 64 clients, without the cache, to hand",
            4.0,
            speed(&deposits("ours:no-cache", 64), &deposits("hand", 64)),
        ),
        least(
            "deposits, 64 clients, to eventcore",
            7.0,
            speed(&deposits("ours", 64), &deposits("eventcore", 64)),
        ),
        least(
            "deposits, 64 clients, without the cache, to eventcore",
            7.0,
            speed(&deposits("ours:no-cache", 64), &deposits("eventcore", 64)),
        ),
        least(
            "deposits, 64 clients, states in memory, to hand",
            7.0,
            speed(&warm, &deposits("hand", 64)),
        ),
        least(
            "deposits, 64 clients, states in memory, to eventcore",
            13.0,
            speed(&warm, &deposits("eventcore", 64)),
        ),
        least(
            "transfers, 64 clients, states in memory, to hand",
            6.0,
            speed(&transfers("ours:warm"), &transfers("hand")),
        ),
        least(
            "transfers, 64 clients, to hand",
            2.5,
            speed(&transfers("ours"), &transfers("hand")),
        ),
        least("10 hot accounts, to hand", 3.0, speed(&hot, &hot_hand)),
        most("10 hot accounts, p99, to hand", 0.25, || {
            Some(hot.p99()? / hot_hand.p99()?)
        }),
        most("10 hot accounts, failed commands", 0.0, || hot.failed()),
        most("4,000 events over 1,000 streams, ms", 100.0, || {
            at("ours", Workload::Bulk, 1).p99()
        }),
        least("SQLite, deposits, 1 client, to hand", 0.9, embedded(1)),
        least("SQLite, deposits, 64 clients, to hand", 2.5, embedded(64)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn least(what: &str, wanted: f64, measured: Option<f64>) -> Option<String> {
    let measured = measured?;
    Some(row(
        what,
        &format!("at least {wanted}"),
        measured,
        measured >= wanted,
    ))
}

fn most(what: &str, wanted: f64, measured: impl FnOnce() -> Option<f64>) -> Option<String> {
    let measured = measured()?;
    Some(row(
        what,
        &format!("at most {wanted}"),
        measured,
        measured <= wanted,
    ))
}

fn row(what: &str, wanted: &str, measured: f64, is_reached: bool) -> String {
    let verdict = if is_reached { "reached" } else { "**missed**" };
    format!("| {what} | {wanted} | {measured:.2} | {verdict} |")
}

/// All rounds of one case.
struct Runs<'a>(Vec<&'a Figures>);

impl<'a> Runs<'a> {
    fn of(records: &'a [Record], contestant: &str, workload: Workload, clients: usize) -> Self {
        let is_of = |record: &&Record| {
            (record.contestant, record.work, record.clients) == (contestant, workload, clients)
        };
        Self(figures(&records.iter().filter(is_of).collect::<Vec<_>>()).collect())
    }

    fn speed(&self) -> Option<f64> {
        median(self.0.iter().map(|figures| figures.per_second))
    }

    fn p99(&self) -> Option<f64> {
        median(self.0.iter().filter_map(|figures| figures.p99).map(millis))
    }

    /// Of all rounds together.
    fn failed(&self) -> Option<f64> {
        let failed = self
            .0
            .iter()
            .map(|figures| figures.failed)
            .reduce(|sum, failed| sum + failed)?;
        Some(f64::from(u32::try_from(failed).unwrap_or(u32::MAX)))
    }
}
