use serde::{Deserialize, Serialize};

/// A position in a distributed trace, as in [W3C Trace Context](https://www.w3.org/TR/trace-context/).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct TraceContext {
    traceparent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracestate: Option<String>,
}

impl TraceContext {
    /// Takes the values of the headers `traceparent` and `tracestate`.
    ///
    /// # Errors
    /// If `traceparent` does not have the form `00-<32 hex>-<16 hex>-<2 hex>` with ids other than zero, or `tracestate`
    /// has more than 512 bytes.
    pub fn new(traceparent: &str, tracestate: Option<&str>) -> Result<Self, InvalidTraceContext> {
        Unchecked {
            traceparent: traceparent.into(),
            tracestate: tracestate.map(Into::into),
        }
        .try_into()
    }

    /// The header `traceparent`.
    pub fn traceparent(&self) -> &str {
        &self.traceparent
    }

    /// The header `tracestate`, if there is one.
    pub fn tracestate(&self) -> Option<&str> {
        self.tracestate.as_deref()
    }
}

#[derive(Deserialize)]
struct Unchecked {
    traceparent: String,
    #[serde(default)]
    tracestate: Option<String>,
}

impl TryFrom<Unchecked> for TraceContext {
    type Error = InvalidTraceContext;

    fn try_from(
        Unchecked {
            traceparent,
            tracestate,
        }: Unchecked,
    ) -> Result<Self, InvalidTraceContext> {
        let parts: Vec<&str> = traceparent.split('-').collect();
        let hex = |part: &str, length: usize| {
            part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let id = |part: &str, length: usize| hex(part, length) && part.bytes().any(|byte| byte != b'0');
        let well_formed = matches!(
            parts.as_slice(),
            ["00", trace, parent, flags] if id(trace, 32) && id(parent, 16) && hex(flags, 2)
        );
        if !well_formed {
            return Err(InvalidTraceContext::Parent);
        }
        if tracestate.as_ref().is_some_and(|state| state.len() > 512) {
            return Err(InvalidTraceContext::State);
        }
        Ok(Self {
            traceparent,
            tracestate,
        })
    }
}

/// Why header values are not a [`TraceContext`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTraceContext {
    /// `traceparent` has another form.
    #[error("`traceparent` has the form 00-<32 hex>-<16 hex>-<2 hex>, with ids other than zero")]
    Parent,
    /// `tracestate` is too long.
    #[error("`tracestate` has more than 512 bytes")]
    State,
}
