use std::collections::HashMap;
use std::error::Error;

use bytes::BytesMut;
use eventsourcing_core::store::{Condition, Progress, StoreIdentity};
use eventsourcing_core::{ContentType, EventTypeName, NewEvent, StreamId, TypeFilter};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::Command;
use crate::dictionary::Dictionary;
use crate::history::is_known_by_id_alone;
use crate::row::bigint;
use crate::settle::known_by_progress;
use crate::tenant::Tenant;

/// A batch as the arrays that the function `append()` takes; see there. Numbers count from 1, as indexes do in SQL.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    s: Streams<'a>,
    c: Conditions,
    k: Keys,
    p: Readers<'a>,
    n: NewTypes<'a>,
    e: Events<'a>,
    l: Links,
}

#[derive(Default)]
struct Streams<'a> {
    heads: Heads<'a>,
    tenant: Vec<i32>,
    stream: Vec<&'a str>,
    /// How many places were given out in each stream.
    ranks: Vec<i64>,
}

/// The number of each stream.
type Heads<'a> = HashMap<(i32, &'a StreamId), i32>;

#[derive(Default)]
struct Conditions {
    command: Vec<i32>,
    head: Vec<i32>,
    seen: Vec<i64>,
    types: Vec<Option<String>>,
}

#[derive(Default)]
struct Keys {
    command: Vec<i32>,
    tenant: Vec<i32>,
    id: Vec<Uuid>,
    fingerprint: Vec<Uuid>,
    first: Vec<Option<i32>>,
    last: Vec<Option<i32>>,
}

#[derive(Default)]
struct Readers<'a> {
    command: Vec<i32>,
    tenant: Vec<i32>,
    id: Vec<Option<Uuid>>,
    reader: Vec<&'a str>,
    from_store: Vec<Option<Uuid>>,
    from_epoch: Vec<Option<Uuid>>,
    from: Vec<Option<i64>>,
    to: Vec<Option<i64>>,
}

#[derive(Default)]
struct NewTypes<'a> {
    tenant: Vec<i32>,
    category: Vec<&'a str>,
    name: Vec<&'a str>,
}

#[derive(Default)]
struct Events<'a> {
    command: Vec<i32>,
    head: Vec<i32>,
    rank: Vec<i64>,
    event_type: Vec<i32>,
    id: Vec<Uuid>,
    schema_version: Vec<i64>,
    content_type: Vec<Option<&'a str>>,
    payload: Vec<&'a [u8]>,
    metadata: Vec<&'a [u8]>,
    by_id: Vec<Option<bool>>,
    links: Vec<Option<String>>,
    first_link: Vec<Option<i32>>,
    last_link: Vec<Option<i32>>,
}

#[derive(Default)]
struct Links {
    event: Vec<i32>,
    head: Vec<i32>,
    rank: Vec<i64>,
    event_type: Vec<i32>,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(batch: &'a [Command], store: StoreIdentity) -> Self {
        let mut parameters = Self::default();
        for (command, number) in batch.iter().zip(1..) {
            parameters.add(command, number, store);
        }
        parameters
    }

    /// All parameters of the function, those that come before the arrays first.
    #[rustfmt::skip]
    pub(super) fn all<'p>(&'p self, first: [&'p (dyn ToSql + Sync); 4]) -> [&'p (dyn ToSql + Sync); 44] {
        let Self { s, c, k, p, n, e, l } = self;
        let [epoch, fence, commit, notify] = first;
        let versioned = e.schema_version.iter().any(|version| *version != 1);
        let typed = e.content_type.iter().any(Option::is_some);
        let sought = e.by_id.iter().any(Option::is_some);
        let linked = !l.event.is_empty();
        [
            epoch, fence, commit, notify,
            &s.tenant, &s.stream,
            filled(&c.command), filled(&c.head), filled(&c.seen), filled(&c.types),
            filled(&k.command), filled(&k.tenant), filled(&k.id), filled(&k.fingerprint), filled(&k.first), filled(&k.last),
            filled(&p.command), filled(&p.tenant), filled(&p.id), filled(&p.reader),
            filled(&p.from_store), filled(&p.from_epoch), filled(&p.from), filled(&p.to),
            filled(&n.tenant), filled(&n.category), filled(&n.name),
            filled(&e.command), filled(&e.head), filled(&e.rank), filled(&e.event_type), filled(&e.id),
            given(versioned, &e.schema_version), given(typed, &e.content_type), filled(&e.payload), filled(&e.metadata),
            given(sought, &e.by_id), given(linked, &e.links), given(linked, &e.first_link), given(linked, &e.last_link),
            filled(&l.event), filled(&l.head), filled(&l.rank), filled(&l.event_type),
        ]
    }

    /// The number of the stream that a condition is on. Conditions count from 1.
    pub(super) fn head_of_condition(&self, condition: usize) -> usize {
        index(self.c.head[condition - 1])
    }

    /// The number of the home stream of an event. Events count from 0.
    pub(super) fn head_of_event(&self, event: usize) -> usize {
        index(self.e.head[event])
    }

    /// The number of a linked stream. Links count from 0.
    pub(super) fn head_of_link(&self, link: usize) -> usize {
        index(self.l.head[link])
    }

    /// Whether there are event types that the dictionary of this tenant did not have.
    pub(super) fn has_new_types(&self, tenant: &Tenant) -> bool {
        self.n.tenant.contains(&tenant.key())
    }

    fn add(&mut self, command: &'a Command, number: i32, store: StoreIdentity) {
        let tenant = command.tenant.key();
        let dictionary = command.tenant.dictionary();
        let before = self.events();
        for condition in &command.append.conditions {
            self.add_condition(condition, tenant, number);
        }
        for event in &command.append.events {
            self.add_event(event, tenant, number, &dictionary);
        }
        if is_known_by_id_alone(&command.append) {
            self.e.by_id[index(before)] = Some(true);
        }
        if let Some(key) = command.append.command {
            let wrote = self.events() > before;
            self.k.command.push(number);
            self.k.tenant.push(tenant);
            self.k.id.push(key.id.get());
            self.k
                .fingerprint
                .push(Uuid::from_bytes(*key.fingerprint.as_bytes()));
            self.k.first.push(wrote.then_some(before + 1));
            self.k.last.push(wrote.then_some(self.events()));
        }
        if let Some(progress) = &command.append.progress {
            let id = known_by_progress(&command.append);
            self.add_progress(progress, id, tenant, number, store);
        }
    }

    fn events(&self) -> i32 {
        count(self.e.command.len())
    }

    fn add_condition(&mut self, condition: &'a Condition, tenant: i32, number: i32) {
        self.c.command.push(number);
        self.c.head.push(self.s.number(tenant, &condition.stream));
        self.c.seen.push(bigint(condition.seen.get()));
        self.c.types.push(names(&condition.types));
    }

    fn add_progress(
        &mut self,
        progress: &'a Progress,
        id: Option<Uuid>,
        tenant: i32,
        number: i32,
        store: StoreIdentity,
    ) {
        let Progress { reader, from, to } = progress;
        let goes_on_here = to.store == store;
        self.p.command.push(number);
        self.p.tenant.push(tenant);
        self.p.id.push(id);
        self.p.reader.push(reader);
        self.p.from_store.push(from.map(|from| from.store.id.get()));
        self.p.from_epoch.push(from.map(|from| from.store.epoch.get()));
        self.p.from.push(from.map(|from| bigint(from.position.get())));
        self.p.to.push(goes_on_here.then_some(bigint(to.position.get())));
    }

    fn add_event(&mut self, event: &'a NewEvent, tenant: i32, number: i32, dictionary: &Dictionary) {
        let (head, rank) = self.s.place(tenant, &event.home);
        self.e.command.push(number);
        self.e.head.push(head);
        self.e.rank.push(rank);
        self.e
            .event_type
            .push(self.n.number(tenant, &event.home, &event.event_type, dictionary));
        self.e.id.push(event.id.get());
        self.e.schema_version.push(event.schema_version.into());
        let content_type = &event.content_type;
        self.e
            .content_type
            .push((*content_type != ContentType::JSON).then_some(content_type.as_str()));
        self.e.payload.push(&event.payload);
        self.e.metadata.push(&event.metadata);
        self.e.by_id.push(None);
        let linked = !event.links.is_empty();
        let first_link = count(self.l.event.len()) + 1;
        for link in &event.links {
            let (head, rank) = self.s.place(tenant, link);
            self.l.event.push(count(self.e.command.len()));
            self.l.head.push(head);
            self.l.rank.push(rank);
            self.l
                .event_type
                .push(self.n.number(tenant, link, &event.event_type, dictionary));
        }
        self.e.links.push(linked.then(|| joined(&event.links)));
        self.e.first_link.push(linked.then_some(first_link));
        self.e.last_link.push(linked.then_some(count(self.l.event.len())));
    }
}

impl<'a> Streams<'a> {
    fn number(&mut self, tenant: i32, stream: &'a StreamId) -> i32 {
        *self.heads.entry((tenant, stream)).or_insert_with(|| {
            self.tenant.push(tenant);
            self.stream.push(stream.as_str());
            self.ranks.push(0);
            count(self.tenant.len())
        })
    }

    /// The next place in a stream: the number of the stream, and the rank in it.
    fn place(&mut self, tenant: i32, stream: &'a StreamId) -> (i32, i64) {
        let number = self.number(tenant, stream);
        let rank = &mut self.ranks[index(number) - 1];
        *rank += 1;
        (number, *rank)
    }
}

impl<'a> NewTypes<'a> {
    /// The number of an event type, below 0 if the dictionary does not have it.
    fn number(
        &mut self,
        tenant: i32,
        stream: &'a StreamId,
        event_type: &'a EventTypeName,
        dictionary: &Dictionary,
    ) -> i32 {
        let (category, name) = (stream.category(), event_type);
        if let Some(number) = dictionary.number(category, name) {
            return number;
        }
        let wanted = (tenant, category, name.as_str());
        let known = self.tenant.iter().zip(&self.category).zip(&self.name);
        let known = known.map(|((tenant, category), name)| (*tenant, *category, *name));
        let nth = known
            .clone()
            .position(|known| known == wanted)
            .unwrap_or_else(|| {
                self.tenant.push(tenant);
                self.category.push(category);
                self.name.push(name.as_str());
                self.tenant.len() - 1
            });
        -1 - count(nth)
    }
}

/// An array, or null if there is nothing in it.
fn filled<T>(array: &Vec<T>) -> &(dyn ToSql + Sync)
where
    Vec<T>: ToSql + Sync,
{
    given(!array.is_empty(), array)
}

fn given<T>(needed: bool, array: &Vec<T>) -> &(dyn ToSql + Sync)
where
    Vec<T>: ToSql + Sync,
{
    if needed { array } else { &Null }
}

/// Null, of whichever type.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Event type names have no commas in them.
fn names(types: &TypeFilter) -> Option<String> {
    let TypeFilter::Only(types) = types else {
        return None;
    };
    let mut names = String::new();
    types.for_each(&mut |name| {
        if !names.is_empty() {
            names.push(',');
        }
        names.push_str(name);
    });
    Some(names)
}

/// Stream ids have no control characters in them, so not this one either.
fn joined(links: &[StreamId]) -> String {
    let links: Vec<_> = links.iter().map(StreamId::as_str).collect();
    links.join("\u{1f}")
}

fn index(number: i32) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// A number of things in a batch. Limits keep it far below what fits.
fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
