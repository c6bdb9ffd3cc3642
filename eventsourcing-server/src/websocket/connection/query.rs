use super::follower::Follower;
use super::{Action, Connection, FeedKey, Phase};
use crate::problem::{Problem, ProblemKind};
use crate::websocket::message::{Asked, Follow, ServerMessage, Tag};

impl Connection {
    /// Takes a query, or answers at once why not.
    pub(super) fn query(&mut self, request: Tag, query: Asked) {
        if let Err(problem) = self.may_ask(&request) {
            return self.refuse_request(&request, &problem);
        }
        let query = query.of(&self.terms.identity.tenant);
        self.under_way.insert(request.clone());
        self.actions.push_back(Action::Ask { request, query });
    }

    fn may_ask(&self, request: &Tag) -> Result<(), Problem> {
        if self.under_way.contains(request) {
            let detail = "a request of this name is under way on this connection";
            return Err(Problem::new(ProblemKind::Malformed, detail));
        }
        if self.phase != Phase::Open {
            let detail = "the service is shutting down";
            return Err(Problem::new(ProblemKind::Unavailable, detail));
        }
        Ok(())
    }

    /// Follows a query, or says why not.
    pub(super) fn follow(&mut self, follow: Follow) {
        let tag = follow.subscription;
        let is_open = self.phase == Phase::Open;
        let added = self.subscriptions.add(&tag, is_open, &self.terms.limits, |feed| {
            Follower::new(tag.clone(), feed, follow.credits).into()
        });
        match added {
            Ok(feed) => self.actions.push_back(Action::Follow {
                feed,
                query: follow.query.of(&self.terms.identity.tenant),
                after: follow.after,
            }),
            Err(problem) => self.refuse_subscription(&tag, &problem),
        }
    }

    /// A query is followed, or not.
    pub(in crate::websocket) fn following(&mut self, feed: FeedKey, following: Result<(), Problem>) {
        match following {
            Err(problem) => self.failed(feed, &problem),
            Ok(()) => {
                if let Some(follower) = self.subscriptions.follower(feed) {
                    follower.opened();
                    let subscription = follower.tag.clone();
                    self.say(&ServerMessage::Following {
                        subscription: &subscription,
                    });
                }
            }
        }
    }

    /// A query that is followed has another result, or none any more.
    pub(in crate::websocket) fn answered(
        &mut self,
        feed: FeedKey,
        answer: Result<eventsourcing::query::WireAnswer, Problem>,
    ) {
        match answer {
            Err(problem) => self.failed(feed, &problem),
            Ok(answer) => {
                if let Some(follower) = self.subscriptions.follower(feed) {
                    follower.answered(answer);
                }
            }
        }
    }
}
