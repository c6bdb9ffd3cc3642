use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use eventsourcing::query::{Revision, WireAnswer, WireFollowed, WireQuery};
use futures_util::stream;
use tokio::time::{Instant, sleep};

use super::problem;
use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};
use crate::shared::Shared;
use crate::sse::{self, RETRY, STILL_HERE, ended, goodbye, until};

/// The result of a query, and each that differs: [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).
///
/// The id of each is the revision of the result, so whoever was interrupted hears nothing if nothing has changed. Results do not
/// queue: who reads slowly is sent the newest.
pub(super) async fn follow(
    shared: Shared,
    identity: &Identity,
    query: &WireQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let after = last_revision(headers)?;
    let queries = shared.runtime().queries();
    let mut followed = queries.follow(query, after).await.map_err(problem)?;
    // While the client can still be told by a status why there is no answer.
    let first = followed.look().await.map_err(problem)?;
    let mut greeting = RETRY.as_bytes().to_vec();
    if let Some(first) = first {
        write(&first, &mut greeting);
    }
    let follower = Follower {
        shared,
        followed,
        expires: identity.expires(),
    };
    let first = stream::once(async { Bytes::from(greeting) });
    let then = stream::unfold(Some(follower), |follower| async { Some(follower?.next().await) });
    Ok(sse::response(stream::StreamExt::chain(first, then)))
}

/// What the client has heard last: an `EventSource` connects to the same address again.
fn last_revision(headers: &HeaderMap) -> Result<Option<Revision>, Problem> {
    let Some(last) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let last = last.to_str().ok().and_then(|last| last.parse().ok());
    last.map(Some).ok_or_else(|| {
        let detail = "the header `last-event-id` is not the id of an event of ours";
        Problem::new(ProblemKind::Malformed, detail)
    })
}

struct Follower {
    shared: Shared,
    followed: WireFollowed,
    /// When nobody vouches any more for whoever listens.
    expires: Option<Instant>,
}

impl Follower {
    /// What to send next; with nobody to go on, it is the last.
    async fn next(mut self) -> (Bytes, Option<Self>) {
        tokio::select! {
            biased;
            () = self.shared.closing() => (goodbye("the server is shutting down"), None),
            () = until(self.expires) => (goodbye("who you are has to be shown again"), None),
            answer = self.followed.next() => match answer {
                Ok(answer) => {
                    let mut text = Vec::new();
                    write(&answer, &mut text);
                    (text.into(), Some(self))
                }
                Err(error) => (ended(&problem(error)), None),
            },
            () = sleep(self.shared.limits().keep_alive) => (STILL_HERE.into(), Some(self)),
        }
    }
}

fn write(answer: &WireAnswer, text: &mut Vec<u8>) {
    text.extend_from_slice(format!("id: {}\ndata: ", answer.revision).as_bytes());
    // A result may hold JSON of its own. Outside of strings, where JSON has none, a line end is as good as a space.
    let line = answer.result.iter().map(|byte| match byte {
        b'\n' | b'\r' => b' ',
        byte => *byte,
    });
    text.extend(line);
    text.extend_from_slice(b"\n\n");
}
