//! Whatever is done in whatever order, the store answers as the reference model does.

use std::fmt::Write;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::Subject;
use crate::model::{check, steps};

/// How many lists of steps are tried, unless the environment says otherwise.
const CASES: u32 = 64;
/// How long a list is at most.
const STEPS: usize = 40;

pub(super) async fn random_steps_are_answered_as_the_model_does(store: Subject) {
    let mut runner = TestRunner::new(config());
    let outcome = block_in_place(|| {
        runner.run(&steps(STEPS), |steps| {
            let checked = Handle::current().block_on(check(&store.store, &steps));
            checked.map_err(|disagreement| TestCaseError::fail(disagreement.to_string()))
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("the steps could not be taken: {reason}"),
        Err(TestError::Fail(disagreement, steps)) => {
            let mut listing = String::new();
            for (at, step) in steps.iter().enumerate() {
                writeln!(listing, "{:>4}. {step:?}", at + 1).expect("text can be written to a string");
            }
            panic!("{disagreement}\nafter as few steps as will do:\n{listing}");
        }
    }
}

fn config() -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    config
}
