//! How new what is told has to be: the header `Prefer: wait=N` of [RFC 7240](https://www.rfc-editor.org/rfc/rfc7240), and the
//! position of what somebody has done.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use eventsourcing::Position;

use crate::problem::{Problem, ProblemKind};
use crate::settings::ServerLimits;

/// The position of an event: an answer has everything up to there in it.
pub(crate) const ES_POSITION: HeaderName = HeaderName::from_static("es-position");
pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");
pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// A preference to wait for so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    seconds: u64,
    /// The same, or as long as is allowed.
    pub(crate) at_most: Duration,
}

impl Wait {
    /// Reads `Prefer: wait=10`, among other preferences. What is not understood is passed over: so the RFC wants it.
    pub(crate) fn read(headers: &HeaderMap, limits: &ServerLimits) -> Option<Self> {
        let values = headers.get_all(PREFER).iter();
        let mut preferences = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        let seconds = preferences.find_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            let value = value.trim().trim_matches('"');
            let is_wait = name.trim().eq_ignore_ascii_case("wait");
            is_wait.then(|| value.parse::<u64>().ok()).flatten()
        })?;
        Some(Self {
            seconds,
            at_most: Duration::from_secs(seconds).min(limits.projection_timeout),
        })
    }

    /// Says that it was done.
    pub(crate) fn applied(self, headers: &mut HeaderMap) {
        if let Ok(applied) = HeaderValue::try_from(format!("wait={}", self.seconds)) {
            headers.insert(PREFERENCE_APPLIED, applied);
        }
    }
}

/// The position that an answer is to know of.
pub(crate) fn position(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let mut values = headers.get_all(ES_POSITION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let position = value.to_str().ok().filter(|text| is_number(text));
    match position.and_then(|text| text.parse().ok()) {
        Some(position) if values.next().is_none() => Ok(Some(Position::new(position))),
        _ => Err(Problem::new(
            ProblemKind::Malformed,
            "the header `es-position` is the `position` of an earlier answer",
        )),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Says up to which position everything is in an answer.
pub(crate) fn write_position(headers: &mut HeaderMap, position: Position) {
    headers.insert(ES_POSITION, position.get().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn wait(values: &[&str]) -> Option<Duration> {
        let limits = ServerLimits {
            projection_timeout: Duration::from_secs(10),
            ..ServerLimits::default()
        };
        Some(Wait::read(&headers(&PREFER, values), &limits)?.at_most)
    }

    #[test]
    fn a_wait_is_found_among_other_preferences_and_is_bounded() {
        for values in [
            &["wait=7"][..],
            &["respond-async, wait=7"],
            &["handling=lenient", "Wait = \"7\"; a=b"],
        ] {
            assert_eq!(wait(values), Some(Duration::from_secs(7)), "{values:?}");
        }
        assert_eq!(wait(&["wait=99999999999"]), Some(Duration::from_secs(10)));
        assert_eq!(wait(&["wait=0"]), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_no_wait_is_passed_over() {
        for values in [
            &[][..],
            &["wait"],
            &["wait=soon"],
            &["wait=-1"],
            &["waiting=7"],
            &["return=minimal"],
        ] {
            assert_eq!(wait(values), None, "{values:?}");
        }
    }

    #[test]
    fn a_position_is_a_number_and_given_once() {
        let read = |values: &[&str]| position(&headers(&ES_POSITION, values));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["7"]), Ok(Some(Position::new(7))));
        for values in [
            &[""][..],
            &["+7"],
            &["7.0"],
            &["end"],
            &["99999999999999999999"],
            &["7", "8"],
        ] {
            assert!(read(values).is_err(), "{values:?}");
        }
    }
}
