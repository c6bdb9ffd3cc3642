use eventsourcing_core::EventId;

use super::Subject;
use super::claims::Claims;
use super::cycle;
use super::seen::Seen;
use super::stream::place_of;
use super::tarjan::components;
use super::timeline::Phase;
use crate::history::report::Findings;
use crate::history::{Action, Outcome, Violation};

/// What has to come before what, by versions alone: if that goes round in a circle, there is no order in which
/// everything could have happened one after the other.
///
/// The dependencies are those of Adya ("Weak Consistency: A Generalized Theory and Optimistic Implementations for
/// Distributed Transactions", MIT, 1999). As in Elle (Kingsbury and Alvaro, VLDB 2020) the order of calls and answers
/// goes in as well, through a chain of barriers, so that there are no more such edges than calls and answers.
pub(super) fn check(subject: &Subject<'_>, claims: &Claims, findings: &mut Findings) {
    let graph = Graph::new(subject, claims);
    for component in components(&graph) {
        if let Some(cycle) = cycle::find(subject, &graph, &component) {
            findings.add(Violation::Cycle(cycle));
        }
    }
}

/// Operations, events of strangers, and barriers; and what of them has to come before what.
pub(super) struct Graph {
    /// How many nodes are operations: the first ones, by their indices.
    operations: usize,
    /// The entries of the log that the nodes after those stand for. All further nodes are barriers.
    strangers: Vec<usize>,
    /// Where the edges of each node begin in `edges`; one more than there are nodes.
    starts: Vec<usize>,
    edges: Vec<Edge>,
}

/// What a node stands for.
pub(super) enum Node {
    Operation(usize),
    /// The entry of the log.
    Stranger(usize),
    Barrier,
}

/// One node has to come before another.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    /// In 32 bits, as there are several edges to each operation; so are the others.
    to: u32,
    pub(super) why: Why,
}

impl Edge {
    pub(super) fn to(&self) -> usize {
        self.to as usize
    }
}

/// Why one node has to come before another, with an index of a stream and one in its entries.
#[derive(Clone, Copy)]
pub(super) enum Why {
    /// The other has written this, and the one what comes before it.
    WriteWrite(u32, u32),
    /// The one has written this, and the other has seen it.
    WriteRead(u32, u32),
    /// The other has written this, and the one has not seen it.
    ReadWrite(u32, u32),
    /// The one had been answered when the other was called.
    RealTime,
}

impl Graph {
    fn new(subject: &Subject<'_>, claims: &Claims) -> Self {
        let mut builder = Builder::new(subject, claims);
        builder.add_writes();
        builder.add_reads();
        builder.add_real_time();
        builder.build()
    }

    pub(super) fn node_count(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn edges_from(&self, node: usize) -> &[Edge] {
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }

    pub(super) fn node(&self, node: usize) -> Node {
        match node.checked_sub(self.operations) {
            None => Node::Operation(node),
            Some(at) => self
                .strangers
                .get(at)
                .map_or(Node::Barrier, |entry| Node::Stranger(*entry)),
        }
    }
}

struct Builder<'a> {
    subject: &'a Subject<'a>,
    claims: &'a Claims,
    strangers: Vec<usize>,
    /// Of each entry of the log, the node that has written it.
    writers: Vec<usize>,
    nodes: usize,
    edges: Vec<(u32, Edge)>,
}

impl<'a> Builder<'a> {
    fn new(subject: &'a Subject<'a>, claims: &'a Claims) -> Self {
        let operations = subject.history.operations.len();
        let mut strangers = Vec::new();
        let mut writer = |entry| {
            claims.owner(entry).unwrap_or_else(|| {
                strangers.push(entry);
                operations + strangers.len() - 1
            })
        };
        let writers = (0..subject.log.entries.len()).map(&mut writer).collect();
        Self {
            subject,
            claims,
            nodes: operations + strangers.len(),
            strangers,
            writers,
            edges: Vec::new(),
        }
    }

    fn add_writes(&mut self) {
        for (at, stream) in self.subject.log.streams.iter().enumerate() {
            for (place, pair) in stream.places.windows(2).enumerate() {
                let why = Why::WriteWrite(compact(at), compact(place + 1));
                self.add(self.writers[pair[0].entry], self.writers[pair[1].entry], why);
            }
        }
    }

    fn add_reads(&mut self) {
        for (at, operation) in self.subject.history.operations.iter().enumerate() {
            if let Some(outcome) = operation.told_outcome() {
                for event in &outcome.events {
                    self.add_seen_event(at, event.id);
                }
            } else if self.takes_part(at) {
                for seen in self.subject.seen.of(at) {
                    self.add_seen(at, *seen);
                }
            }
        }
    }

    fn add_seen(&mut self, operation: usize, seen: Seen<'_>) {
        if let Some(last) = seen.last {
            let why = Why::WriteRead(compact(last.stream), compact(last.place));
            self.add(self.writers[last.entry], operation, why);
        }
        if let Some(next) = seen.next {
            let why = Why::ReadWrite(compact(next.stream), compact(next.place));
            self.add(operation, self.writers[next.entry], why);
        }
    }

    /// Whoever was told that a command has run before comes after its events.
    fn add_seen_event(&mut self, operation: usize, event: EventId) {
        let log = &self.subject.log;
        if let Some(entry) = log.find(event)
            && let home = &log.entries[entry].home
            && let (Some(at), Some(place)) = (log.stream(&home.stream), place_of(home.version))
        {
            let why = Why::WriteRead(compact(at), compact(place));
            self.add(self.writers[entry], operation, why);
        }
    }

    fn add_real_time(&mut self) {
        let mut barrier = None;
        let mut has_been_passed = true;
        for mark in &self.subject.timeline.marks {
            if !self.takes_part(mark.operation) {
                continue;
            }
            match (mark.phase, barrier) {
                (Phase::Invoked, None) => {}
                (Phase::Invoked, Some(barrier)) => {
                    self.add(barrier, mark.operation, Why::RealTime);
                    has_been_passed = true;
                }
                (Phase::Returned, Some(barrier)) if !has_been_passed => {
                    self.add(mark.operation, barrier, Why::RealTime);
                }
                (Phase::Returned, previous) => {
                    let next = self.nodes;
                    self.nodes += 1;
                    if let Some(previous) = previous {
                        self.add(previous, next, Why::RealTime);
                    }
                    self.add(mark.operation, next, Why::RealTime);
                    barrier = Some(next);
                    has_been_passed = false;
                }
            }
        }
    }

    /// Whether an operation has taken effect at some moment.
    fn takes_part(&self, at: usize) -> bool {
        match &self.subject.history.operations[at].action {
            Action::Read(_) | Action::Settled(_) => true,
            Action::Feed(_) => false,
            Action::Command(command) => {
                matches!(command.outcome, Outcome::Acknowledged(_) | Outcome::Rejected)
                    || self.claims.written(at).is_some()
            }
        }
    }

    fn add(&mut self, from: usize, to: usize, why: Why) {
        if from != to {
            let edge = Edge { to: compact(to), why };
            self.edges.push((compact(from), edge));
        }
    }

    /// Sorts the edges by the node that they start from.
    fn build(self) -> Graph {
        let mut starts = vec![0; self.nodes + 1];
        for (from, _) in &self.edges {
            starts[*from as usize + 1] += 1;
        }
        for node in 0..self.nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let nowhere = Edge {
            to: 0,
            why: Why::RealTime,
        };
        let mut edges = vec![nowhere; self.edges.len()];
        for (from, edge) in self.edges {
            let at = &mut next[from as usize];
            edges[*at] = edge;
            *at += 1;
        }
        Graph {
            operations: self.subject.history.operations.len(),
            strangers: self.strangers,
            starts,
            edges,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "a history of four billion operations or events does not fit into memory"
)]
fn compact(index: usize) -> u32 {
    u32::try_from(index).expect("an index below 2^32")
}
