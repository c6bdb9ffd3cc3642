use std::task::{Context, Poll};

use eventsourcing::bus::BusSubscription;
use eventsourcing::query::{AskError, Revision, WireAnswer, WireFollowed, WireQuery};
use eventsourcing::store::{Checkpoint, FeedError, FeedFilter, FeedPage};
use eventsourcing::{Position, TenantId};
use futures_util::stream::{BoxStream, Stream, StreamExt as _, unfold};

use super::connection::{FeedKey, Opened, RenderedEvent, RenderedPage};
use super::message::After;
use crate::problem::Problem;
use crate::queries::problem;
use crate::shared::Shared;

/// The feeds of a connection. Each is read only when it is wanted, and not a page further.
#[derive(Default)]
pub(super) struct Feeds {
    all: Vec<Entry>,
    /// Which one is asked first.
    turn: usize,
}

struct Entry {
    key: FeedKey,
    is_wanted: bool,
    news: BoxStream<'static, News>,
}

/// What a feed has to tell.
pub(super) enum News {
    Opened(Result<Opened, Problem>),
    Page(Result<RenderedPage, Problem>),
    Following(Result<(), Problem>),
    Answer(Result<WireAnswer, Problem>),
}

impl Feeds {
    pub(super) fn add(&mut self, key: FeedKey, feed: Feed) {
        self.push(key, feed.into_stream().boxed());
    }

    pub(super) fn follow(&mut self, key: FeedKey, query: Followed) {
        self.push(key, query.into_stream().boxed());
    }

    fn push(&mut self, key: FeedKey, news: BoxStream<'static, News>) {
        self.all.push(Entry {
            key,
            is_wanted: false,
            news,
        });
    }

    pub(super) fn remove(&mut self, key: FeedKey) {
        self.all.retain(|entry| entry.key != key);
    }

    /// Says which feeds are to be read on.
    pub(super) fn want(&mut self, is_wanted: impl Fn(FeedKey) -> bool) {
        for entry in &mut self.all {
            entry.is_wanted = is_wanted(entry.key);
        }
    }

    /// The next news of any feed that is [wanted](Self::want). What was begun goes on when it is asked again.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<(FeedKey, News)> {
        let count = self.all.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            let entry = &mut self.all[index];
            if entry.is_wanted
                && let Poll::Ready(Some(news)) = entry.news.poll_next_unpin(cx)
            {
                self.turn = index + 1;
                return Poll::Ready((entry.key, news));
            }
        }
        Poll::Pending
    }
}

/// What a feed is to read.
pub(super) struct Feed {
    pub(super) shared: Shared,
    pub(super) tenant: TenantId,
    pub(super) after: After,
    pub(super) filter: FeedFilter,
}

enum Step {
    Open(Feed),
    Read(Shared, BusSubscription),
    End,
}

impl Feed {
    /// First how it was opened, then its pages, until it fails.
    fn into_stream(self) -> impl Stream<Item = News> {
        unfold(Step::Open(self), |step| async {
            match step {
                Step::Open(feed) => Some(match feed.open().await {
                    Ok((opened, step)) => (News::Opened(Ok(opened)), step),
                    Err(problem) => (News::Opened(Err(problem)), Step::End),
                }),
                Step::Read(shared, mut events) => Some(match events.next().await {
                    Ok(page) => (News::Page(Ok(render(&shared, &page))), Step::Read(shared, events)),
                    Err(error) => (News::Page(Err(error.into())), Step::End),
                }),
                Step::End => None,
            }
        })
    }

    async fn open(self) -> Result<(Opened, Step), Problem> {
        let bus = self.shared.runtime().bus_for(&self.filter)?;
        let end = bus.end(&self.tenant).await?;
        let after = match self.after {
            After::Beginning => Checkpoint {
                position: Position::START,
                ..end
            },
            After::End => end,
            After::Cursor(cursor) => {
                cursor.0.check(end.store, end.position).map_err(FeedError::from)?;
                cursor.0
            }
        };
        let events = bus
            .subscribe(&self.tenant, Some(after), self.filter)
            .with_max_bytes(self.shared.limits().page_bytes);
        let opened = Opened {
            after,
            end: end.position,
        };
        Ok((opened, Step::Read(self.shared, events)))
    }
}

/// A query that is to be followed.
pub(super) struct Followed {
    pub(super) shared: Shared,
    pub(super) query: WireQuery,
    pub(super) after: Option<Revision>,
}

enum Following {
    Begin(Followed),
    GoOn(WireFollowed),
    End,
}

impl Followed {
    /// First whether it is followed, then its results, until there is none.
    fn into_stream(self) -> impl Stream<Item = News> {
        unfold(Following::Begin(self), |step| async {
            match step {
                Following::Begin(query) => Some(match query.begin().await {
                    Ok(followed) => (News::Following(Ok(())), Following::GoOn(followed)),
                    Err(error) => (News::Following(Err(problem(error))), Following::End),
                }),
                Following::GoOn(mut followed) => Some(match followed.next().await {
                    Ok(answer) => (News::Answer(Ok(answer)), Following::GoOn(followed)),
                    Err(error) => (News::Answer(Err(problem(error))), Following::End),
                }),
                Following::End => None,
            }
        })
    }

    async fn begin(self) -> Result<WireFollowed, AskError> {
        let queries = self.shared.runtime().queries();
        queries.follow(&self.query, self.after).await
    }
}

fn render(shared: &Shared, page: &FeedPage) -> RenderedPage {
    RenderedPage {
        events: page
            .events
            .iter()
            .map(|event| RenderedEvent {
                position: event.position,
                json: shared.render(event),
            })
            .collect(),
        scanned_to: page.scanned_to,
    }
}
