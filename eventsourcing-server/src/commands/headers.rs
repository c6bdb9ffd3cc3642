//! What the headers say of a command.

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use eventsourcing::uuid::Uuid;
use eventsourcing::wire::WireMetadata;
use eventsourcing::{CommandId, TraceContext, Version};

use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");
pub(crate) const CAUSATION_ID: HeaderName = HeaderName::from_static("causation-id");
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The id of a command, and what is known of it besides. Who sends it, and whose data it works on, no header says.
pub(super) fn read(
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<(Option<CommandId>, WireMetadata), Problem> {
    let id = text(headers, &IDEMPOTENCY_KEY)?
        .map(|key| command_id(key, identity))
        .transpose()?;
    let metadata = WireMetadata {
        correlation_id: uuid(headers, &CORRELATION_ID)?.map(Into::into),
        causation_id: uuid(headers, &CAUSATION_ID)?.map(Into::into),
        actor: identity.actor.clone(),
        tenant: identity.tenant.clone(),
        trace: trace(headers),
        expected_version: expected_version(headers)?,
        ..WireMetadata::default()
    };
    Ok((id, metadata))
}

/// The value of a header that is given at most once.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed(format!("the header `{name}` is given more than once")));
    }
    match value.to_str() {
        Ok(value) => Ok(Some(value.trim())),
        Err(_) => Err(malformed(format!(
            "the header `{name}` holds more than visible ASCII"
        ))),
    }
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Malformed, detail)
}

fn uuid(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Uuid>, Problem> {
    let Some(value) = text(headers, name)? else {
        return Ok(None);
    };
    match Uuid::from_str(value) {
        Ok(uuid) => Ok(Some(uuid)),
        Err(_) => Err(malformed(format!("the header `{name}` is not a UUID"))),
    }
}

/// A UUID is the id itself. Any other text makes one, for this actor alone: what others call `1` is something else.
///
/// It may be a string as in [RFC 8941](https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3), in quotes, as the draft of the
/// header asks for.
fn command_id(value: &str, identity: &Identity) -> Result<CommandId, Problem> {
    const LONGEST: usize = 255;
    let Some(key) = unquoted(value).filter(|key| (1..=LONGEST).contains(&key.len())) else {
        return Err(malformed(
            "the header `idempotency-key` is a UUID, or 1 to 255 visible ASCII characters",
        ));
    };
    if let Ok(id) = Uuid::from_str(&key) {
        return Ok(CommandId::new(id));
    }
    let actor = identity.actor.as_ref().map_or("", |actor| actor.as_str());
    // No actor holds a line end, so no two of them share a key.
    Ok(CommandId::from_key(&format!("{actor}\n{key}")))
}

fn unquoted(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        return Some(value.to_owned());
    };
    let mut text = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => text.push(
                characters
                    .next()
                    .filter(|character| matches!(character, '"' | '\\'))?,
            ),
            character => text.push(character),
        }
    }
    characters.next().is_none().then_some(text)
}

/// `If-Match: "7"`, or `If-None-Match: *` for a stream that must not exist yet.
fn expected_version(headers: &HeaderMap) -> Result<Option<Version>, Problem> {
    match (
        text(headers, &header::IF_MATCH)?,
        text(headers, &header::IF_NONE_MATCH)?,
    ) {
        (None, None) => Ok(None),
        (Some(tag), None) => match version(tag) {
            Some(version) => Ok(Some(version)),
            None => Err(malformed("`If-Match` takes one version in quotes, as in `\"7\"`")),
        },
        (None, Some("*")) => Ok(Some(Version::ABSENT)),
        (None, Some(_)) => Err(malformed(
            "`If-None-Match` takes `*` alone: the stream must not exist",
        )),
        (Some(_), Some(_)) => Err(malformed("`If-Match` and `If-None-Match` exclude each other")),
    }
}

fn version(tag: &str) -> Option<Version> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok().map(Version::new))?
}

/// The version of a stream as an entity tag.
pub(crate) fn entity_tag(version: Version) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "digits in quotes are visible ASCII")]
    HeaderValue::from_str(&format!("\"{version}\"")).expect("a version makes a header")
}

/// Whoever cannot read a trace context begins a new one, so says [W3C](https://www.w3.org/TR/trace-context/#processing-model);
/// it is no reason to refuse a command.
fn trace(headers: &HeaderMap) -> Option<TraceContext> {
    let parent = headers.get(TRACEPARENT)?.to_str().ok()?;
    let state = headers.get(TRACESTATE).and_then(|state| state.to_str().ok());
    TraceContext::new(parent, state)
        .or_else(|_| TraceContext::new(parent, None))
        .ok()
}

pub(super) fn write_trace(headers: &mut HeaderMap, trace: &TraceContext) {
    if let Ok(parent) = HeaderValue::from_str(trace.traceparent()) {
        headers.insert(TRACEPARENT, parent);
    }
}

#[cfg(test)]
mod tests {
    use eventsourcing::Actor;

    use super::*;

    fn headers(pairs: &[(&HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn id_of(key: &str, actor: &str) -> CommandId {
        let identity = Identity::of(Actor::new(actor).unwrap());
        command_id(key, &identity).unwrap()
    }

    #[test]
    fn a_uuid_is_the_id_itself() {
        let id = Uuid::from_u128(7);
        assert_eq!(id_of(&id.to_string(), "alice"), CommandId::new(id));
        assert_eq!(id_of(&format!("\"{id}\""), "bob"), CommandId::new(id));
    }

    #[test]
    fn any_other_key_is_that_of_its_actor() {
        assert_eq!(id_of("order 17", "alice"), id_of("\"order 17\"", "alice"));
        assert_ne!(id_of("order 17", "alice"), id_of("order 17", "bob"));
        assert_ne!(id_of("order 17", "alice"), id_of("order 18", "alice"));
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let long = "x".repeat(256);
        for key in ["", "\"\"", "\"open", "\"a\" b", "\"a\\n\"", &long, "sch\u{f6}n"] {
            let headers = headers(&[(&IDEMPOTENCY_KEY, key)]);
            let problem = read(&headers, &Identity::default()).expect_err(key);
            assert_eq!(problem.kind(), ProblemKind::Malformed);
        }
    }

    #[test]
    fn versions_are_expected_by_entity_tags() {
        let expected = |pairs: &[(&HeaderName, &str)]| expected_version(&headers(pairs));
        assert_eq!(expected(&[]), Ok(None));
        assert_eq!(
            expected(&[(&header::IF_MATCH, "\"7\"")]),
            Ok(Some(Version::new(7)))
        );
        assert_eq!(
            expected(&[(&header::IF_NONE_MATCH, "*")]),
            Ok(Some(Version::ABSENT))
        );
        for (name, value) in [
            (&header::IF_MATCH, "*"),
            (&header::IF_MATCH, "7"),
            (&header::IF_MATCH, "W/\"7\""),
            (&header::IF_MATCH, "\"7\", \"8\""),
            (&header::IF_MATCH, "\"+7\""),
            (&header::IF_MATCH, "\"99999999999999999999\""),
            (&header::IF_NONE_MATCH, "\"7\""),
        ] {
            assert!(expected(&[(name, value)]).is_err(), "{name}: {value}");
        }
        assert!(expected(&[(&header::IF_MATCH, "\"7\""), (&header::IF_MATCH, "\"7\"")]).is_err());
        assert!(expected(&[(&header::IF_MATCH, "\"7\""), (&header::IF_NONE_MATCH, "*")]).is_err());
    }

    #[test]
    fn a_trace_context_that_cannot_be_read_is_passed_over() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = |pairs: &[(&HeaderName, &str)]| trace(&headers(pairs));
        assert_eq!(read(&[(&TRACEPARENT, "nonsense")]), None);
        let long = "x".repeat(600);
        let kept = read(&[(&TRACEPARENT, parent), (&TRACESTATE, &long)]).unwrap();
        assert_eq!((kept.traceparent(), kept.tracestate()), (parent, None));
    }
}
