use std::fmt;

use super::events::Events;
use super::render;
use crate::command::CommandLogic;
use crate::execute::ExecuteError;
use crate::{NewEvent, StreamId};

/// What a command decided.
#[must_use = "a scenario checks nothing until it comes to `then`"]
pub struct Outcome<C: CommandLogic> {
    result: Result<Vec<NewEvent>, ExecuteError<C::Error>>,
    /// The only stream of the command, if there is one: where the events of an aggregate are.
    home: Option<StreamId>,
}

impl<C: CommandLogic> Outcome<C> {
    pub(super) fn new(result: Result<Vec<NewEvent>, ExecuteError<C::Error>>, home: Option<StreamId>) -> Self {
        Self { result, home }
    }

    /// It emitted these events, in this order, and no others. Events of an aggregate that do not name a stream are to be in its
    /// own.
    ///
    /// # Panics
    /// If it did not, with the difference.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then(self, expected: impl Events) {
        let expected = render::written(&expected.written(self.home.as_ref()));
        match &self.result {
            Ok(events) => {
                let found = render::emitted(events);
                assert!(
                    expected == found,
                    "`{}` emitted other events than expected\n{}",
                    C::NAME,
                    render::diff(&expected, &found)
                );
            }
            Err(error) => panic!(
                "`{}` was to emit events, and failed: {}",
                C::NAME,
                render::chain(error)
            ),
        }
    }

    /// It emitted nothing, and was not rejected either.
    ///
    /// # Panics
    /// If it did, with the events.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then_nothing(self) {
        match &self.result {
            Ok(events) if events.is_empty() => {}
            Ok(events) => {
                panic!(
                    "`{}` was to emit nothing, and emitted\n{}",
                    C::NAME,
                    render::emitted(events)
                )
            }
            Err(error) => panic!(
                "`{}` was to emit nothing, and failed: {}",
                C::NAME,
                render::chain(error)
            ),
        }
    }

    /// It was rejected with this error.
    ///
    /// # Panics
    /// If it was not, with what happened instead.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a test reads better without `&`")]
    pub fn then_rejected(self, expected: C::Error)
    where
        C::Error: PartialEq,
    {
        let rejection = self.rejection();
        assert!(
            rejection == expected,
            "`{}` was rejected for another reason\n  expected: {expected:?}\n  found: {rejection:?}",
            C::NAME
        );
    }

    /// The error with which it was rejected, for errors that cannot be compared.
    ///
    /// # Panics
    /// If it was not rejected, with what happened instead.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn rejection(self) -> C::Error {
        match self.result {
            Err(ExecuteError::Rejected(rejection)) => rejection,
            Err(error) => panic!(
                "`{}` was to be rejected, and failed: {}",
                C::NAME,
                render::chain(&error)
            ),
            Ok(events) => {
                panic!(
                    "`{}` was to be rejected, and emitted\n{}",
                    C::NAME,
                    render::emitted(&events)
                )
            }
        }
    }

    /// What came of it, to look at.
    ///
    /// # Errors
    /// If the command was rejected, or could not be decided.
    pub fn result(self) -> Result<Vec<NewEvent>, ExecuteError<C::Error>> {
        self.result
    }
}

impl<C: CommandLogic> fmt::Debug for Outcome<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}
