use std::time::Duration;

/// How many accounts there are.
pub(crate) const ACCOUNTS: usize = 10_000;

/// So many clients issue so many commands together.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) clients: usize,
    pub(crate) commands: usize,
}

/// What can be put under load.
pub(crate) trait Subject {
    fn run(&self, load: Load) -> Measured;
}

#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn new(took: Duration, latencies: Vec<Duration>) -> Self {
        Self {
            per_second: latencies.len() as f64 / took.as_secs_f64(),
            latencies,
        }
    }
}

pub(crate) fn any_account() -> String {
    account(fastrand::usize(..ACCOUNTS))
}

pub(crate) fn account(number: usize) -> String {
    format!("account-{number:06}")
}

pub(crate) const PAYLOAD: &str = r#"{"account":"001234","amount":1700,"note":"for the rent of March"}"#;

pub(crate) const METADATA: &str = r#"{"command_id":"0191b0a0-5a5a-7000-8000-000000000000","correlation_id":"0191b0a0-5a5a-7000-8000-000000000000","causation_id":"0191b0a0-5a5a-7000-8000-000000000000"}"#;

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
