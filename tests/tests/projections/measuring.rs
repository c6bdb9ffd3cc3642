//! Metrics: every one that the documentation names is recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use eventsourcing::memory::MemoryStore;
use eventsourcing::observe;
use eventsourcing::prelude::*;
use eventsourcing::processor::Batch;
use eventsourcing::wire::WireCommand;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use super::bank::{Move, hasty, transfer};

/// The name and labels of each metric, and its value.
#[derive(Clone, Debug, Default)]
struct Recorded(Arc<Mutex<BTreeMap<String, f64>>>);

#[derive(Debug)]
struct Metric {
    recorded: Recorded,
    name: String,
}

impl Recorded {
    fn metric(&self, key: &Key) -> Arc<Metric> {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let labels: Vec<_> = labels.collect();
        Arc::new(Metric {
            recorded: self.clone(),
            name: format!("{}{{{}}}", key.name(), labels.join(",")),
        })
    }

    fn names(&self) -> BTreeSet<String> {
        let recorded = self.0.lock().unwrap();
        let names = recorded.keys().filter_map(|name| name.split('{').next());
        names.map(str::to_owned).collect()
    }

    fn get(&self, name: &str) -> Option<f64> {
        self.0.lock().unwrap().get(name).copied()
    }
}

impl Metric {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut recorded = self.recorded.0.lock().unwrap();
        let value = recorded.entry(self.name.clone()).or_default();
        *value = change(*value);
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers of a test are small")]
impl CounterFn for Metric {
    fn increment(&self, value: u64) {
        self.change(|before| before + value as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|before| before.max(value as f64));
    }
}

impl GaugeFn for Metric {
    fn increment(&self, value: f64) {
        self.change(|before| before + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|before| before - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.metric(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.metric(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[process_manager(on = super::bank::AccountEvent::Closed, start = beginning)]
fn empty_what_is_closed(account: &super::bank::AccountId) -> Move {
    Move {
        from: account.clone(),
        to: super::bank::account("rest"),
        amount: 0,
    }
}

#[service(
    commands(super::bank::Open, Move, super::bank::Close),
    projections(super::bank::Balances, super::bank::Owners),
    process_managers(empty_what_is_closed)
)]
struct WatchedBank;

#[tokio::test(start_paused = true)]
async fn every_metric_that_the_documentation_names_is_recorded() {
    let recorded = Recorded::default();
    let _recording = metrics::set_default_local_recorder(&recorded);
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE));
    let builder = WatchedBank::builder(Arc::clone(&store)).projection_policy(hasty());
    let bank = builder.start().await.unwrap();
    let sink = bank
        .processor("sink")
        .start(|_: Batch| std::future::ready(Ok(())));
    let _sink = sink.await.unwrap();
    for amount in [1, 2] {
        store.script_appends([Some(Fault::Unavailable.into()), Some(Fault::Unavailable.into())]);
        transfer(&bank, "a", "b", amount).await;
    }
    bank.dispatch(WireCommand::from_bytes("Move", "{}")).await;
    bank.settled().await.unwrap();
    tokio::time::sleep(2 * observe::EVERY).await;

    let of_commands = "command=Move,outcome=succeeded";
    let of_balances = "projection=balances,version=1,tenant=default";
    let of_sink = "processor=sink,tenant=default";
    let of_manager = "manager=empty_what_is_closed,tenant=default,categories=";
    for (metric, labels, value) in [
        ("es_commands_total", of_commands, 2.0),
        ("es_commands_total", "command=Move,outcome=rejected", 1.0),
        ("es_command_retries_total", "command=Move", 4.0),
        ("es_commands_under_way", "", 0.0),
        ("es_projection_position", of_balances, 2.0),
        ("es_projection_lag_events", of_balances, 0.0),
        ("es_projection_lag_seconds", of_balances, 0.0),
        ("es_projection_events_total", of_balances, 2.0),
        ("es_projection_parked_events", of_balances, 0.0),
        ("es_projection_ready", of_balances, 1.0),
        ("es_processor_position", of_sink, 2.0),
        ("es_processor_lag_events", of_sink, 0.0),
        ("es_processor_lag_seconds", of_sink, 0.0),
        ("es_process_manager_position", of_manager, 2.0),
        ("es_process_manager_parked_events", of_manager, 0.0),
        ("es_process_manager_running", of_manager, 1.0),
    ] {
        let name = format!("{metric}{{{labels}}}");
        assert_eq!(recorded.get(&name), Some(value), "{name} of {recorded:#?}");
    }
    for (metric, labels) in [
        ("es_projection_state", of_balances),
        ("es_processor_state", of_sink),
    ] {
        assert_eq!(
            recorded.get(&format!("{metric}{{{labels},state=live}}")),
            Some(1.0)
        );
        assert_eq!(
            recorded.get(&format!("{metric}{{{labels},state=failed}}")),
            Some(0.0)
        );
    }
    for document in [
        include_str!("../../../eventsourcing/src/observe/mod.rs"),
        include_str!("../../../docs/guide/watching.md"),
    ] {
        assert_eq!(named(document), recorded.names());
    }
}

/// The metrics of the table in a document.
fn named(document: &str) -> BTreeSet<String> {
    let lines = document.lines().map(|line| line.trim_start_matches("//! "));
    let names = lines.filter_map(|line| line.strip_prefix("| `es_")?.split('`').next());
    names.map(|name| format!("es_{name}")).collect()
}
