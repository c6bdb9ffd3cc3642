use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eventsourcing_core::store::{
    Checkpoint, DictionarySize, FeedError, FeedFilter, FeedPage, ReadFeed, StoreError, StoreIdentity,
};
use eventsourcing_core::{Position, RecordedEvent, TypeFilter};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::classify::store_error;
use crate::dictionary::Dictionary;
use crate::row::{EventColumns, bigint, unsigned};
use crate::session::{Link, Query, Session};
use crate::tenant::Tenant;

/// Reads feeds.
pub(crate) struct Feeds {
    link: Arc<Link>,
    identity: StoreIdentity,
    /// Whether there is more than one tenant with events. Once it is so, it stays so.
    shared: AtomicBool,
}

/// How a page is searched for.
enum Search {
    /// Along the log, which is all of this tenant.
    All,
    /// Along the events of these types.
    Types(Vec<i32>),
    /// Along these streams.
    Streams(Vec<String>),
}

/// A page as the database has answered.
struct Answer {
    head: Position,
    dictionary: u64,
    shared: bool,
    events: Vec<RecordedEvent>,
}

impl Feeds {
    pub(crate) fn new(link: &Arc<Link>, identity: StoreIdentity) -> Self {
        Self {
            link: Arc::clone(link),
            identity,
            shared: AtomicBool::new(false),
        }
    }

    pub(crate) async fn read(&self, tenant: &Tenant, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let session = self.link.session().await?;
        let after = read
            .after
            .map_or(Position::START, |checkpoint| checkpoint.position);
        let answer = loop {
            let dictionary = tenant.dictionary();
            let search = self.search(&read.filter, &dictionary);
            let rows = query(&session, tenant, after, read, &search).await?;
            if let Some(answer) = Answer::of_rows(&rows, tenant, &dictionary)? {
                self.shared.fetch_or(answer.shared, Ordering::Relaxed);
                if answer.shared && matches!(search, Search::All) {
                    continue;
                }
                break answer;
            }
            tenant.key_to_read(&self.link).await?;
            tenant.refresh(&session).await?;
        };
        if let Some(checkpoint) = read.after {
            checkpoint.check(self.identity, answer.head)?;
        }
        Ok(self.page(read, after, answer))
    }

    fn search(&self, filter: &FeedFilter, dictionary: &Dictionary) -> Search {
        let FeedFilter {
            types,
            categories,
            streams,
        } = filter;
        if let Some(streams) = streams {
            return Search::Streams(streams.iter().map(ToString::to_string).collect());
        }
        if *types == TypeFilter::All && categories.is_none() && !self.shared.load(Ordering::Relaxed) {
            return Search::All;
        }
        let wanted = |category: &str| {
            categories
                .as_ref()
                .is_none_or(|categories| categories.iter().any(|wanted| wanted == category))
        };
        Search::Types(dictionary.where_category(wanted, types))
    }

    /// Keeps what passes the filter, and as much as was asked for.
    fn page(&self, read: &ReadFeed, after: Position, answer: Answer) -> FeedPage {
        let found: usize = answer.events.iter().map(size).sum();
        // The database stops at so many events, and at the event that goes beyond the bytes.
        let mut is_cut = answer.events.len() == read.max_events.get() || found > read.max_bytes;
        let mut position = after;
        let mut bytes = 0;
        let mut events = Vec::new();
        for event in answer.events {
            let at = event.position;
            if read.filter.matches(&event) {
                bytes += size(&event);
                if bytes > read.max_bytes && !events.is_empty() {
                    is_cut = true;
                    break;
                }
                events.push(Arc::new(event));
            }
            position = at;
        }
        if !is_cut {
            position = answer.head;
        }
        FeedPage {
            events,
            scanned_to: Checkpoint {
                store: self.identity,
                position,
            },
            head: answer.head,
            dictionary: DictionarySize(answer.dictionary),
        }
    }
}

impl Answer {
    /// The answer, or `None` if the dictionary has grown since the query was written.
    fn of_rows(rows: &[Row], tenant: &Tenant, dictionary: &Dictionary) -> Result<Option<Self>, StoreError> {
        let Some(row) = rows.first() else {
            return Err(StoreError::broken("the feed has no end"));
        };
        let mut answer = Self {
            head: Position::new(unsigned(row.try_get(0).map_err(store_error)?)),
            dictionary: unsigned(
                row.try_get::<_, Option<i64>>(1)
                    .map_err(store_error)?
                    .unwrap_or_default(),
            ),
            shared: row.try_get(2).map_err(store_error)?,
            events: Vec::with_capacity(rows.len()),
        };
        if dictionary.size() < answer.dictionary {
            return Ok(None);
        }
        for row in rows {
            answer.events.extend(
                EventColumns {
                    row,
                    first: 3,
                    tenant: &tenant.id,
                    dictionary,
                }
                .read(None)?,
            );
        }
        if !answer.events.is_sorted_by_key(|event| event.position) {
            answer.events.sort_unstable_by_key(|event| event.position);
        }
        Ok(Some(answer))
    }
}

async fn query(
    session: &Session,
    tenant: &Tenant,
    after: Position,
    read: &ReadFeed,
    search: &Search,
) -> Result<Vec<Row>, StoreError> {
    let tenant = tenant.id.as_str();
    let after = bigint(after.get());
    let max_events = bigint(read.max_events.get() as u64);
    let max_bytes = bigint(read.max_bytes as u64);
    let bounds: [&(dyn ToSql + Sync); 4] = [&tenant, &after, &max_events, &max_bytes];
    let [tenant, after, events, bytes] = bounds;
    let rows = match search {
        Search::All => session.query(Query::FeedOfAll, &bounds).await,
        Search::Types(types) => {
            session
                .query(Query::FeedOfTypes, &[tenant, after, events, bytes, types])
                .await
        }
        Search::Streams(streams) => {
            session
                .query(Query::FeedOfStreams, &[tenant, after, events, bytes, streams])
                .await
        }
    };
    rows.map_err(store_error)
}

fn size(event: &RecordedEvent) -> usize {
    event.payload.len() + event.metadata.len()
}
