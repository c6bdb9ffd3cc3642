use eventsourcing::Position;
use eventsourcing::query::{Revision, WireAnswer};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Tag;
use crate::problem::Problem;

/// What came of a query: for a request once, for a subscription each time that it differs.
#[derive(Serialize)]
#[serde(tag = "type", rename = "answer")]
pub(in crate::websocket) struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<&'a Tag>,
    #[serde(flatten)]
    answered: Option<Answered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a Problem>,
}

#[derive(Serialize)]
struct Answered {
    position: Position,
    revision: Revision,
}

impl<'a> Answer<'a> {
    /// To a request.
    pub(in crate::websocket) fn of_request(
        request: &'a Tag,
        answer: Result<&'a WireAnswer, &'a Problem>,
    ) -> Self {
        Self {
            request: Some(request),
            problem: answer.err(),
            ..answer.map_or_else(|_| Self::nothing(), Self::of)
        }
    }

    /// To a subscription.
    pub(in crate::websocket) fn of_subscription(subscription: &'a Tag, answer: &'a WireAnswer) -> Self {
        Self {
            subscription: Some(subscription),
            ..Self::of(answer)
        }
    }

    fn of(answer: &'a WireAnswer) -> Self {
        Self {
            answered: Some(Answered {
                position: answer.position,
                revision: answer.revision,
            }),
            result: serde_json::from_slice(&answer.result).ok(),
            ..Self::nothing()
        }
    }

    const fn nothing() -> Self {
        Self {
            request: None,
            subscription: None,
            answered: None,
            result: None,
            problem: None,
        }
    }

    pub(in crate::websocket) fn to_json(&self) -> String {
        #[expect(
            clippy::expect_used,
            reason = "text, numbers, and JSON that was written before"
        )]
        serde_json::to_string(self).expect("an answer has a JSON form")
    }
}
