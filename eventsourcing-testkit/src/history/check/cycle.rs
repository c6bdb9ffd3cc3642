use std::collections::{HashMap, VecDeque};
use std::fmt;

use eventsourcing_core::{Position, StreamId, Version};

use super::Subject;
use super::graph::{Edge, Graph, Node, Why};
use super::stream::version_of;
use crate::history::OperationRef;

/// Operations of which each has to come before the next, and the last before the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The steps that lead round.
    pub steps: Vec<Step>,
}

/// A step of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who has to come first.
    pub party: Party,
    /// Why it has to come before the party of the next step.
    pub dependency: Dependency,
}

/// Who takes part in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// An operation of the history.
    Operation(OperationRef),
    /// Who has written the event at this position, which is not in the history.
    Stranger(Position),
}

/// Why somebody has to come before somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// The other has written this version, and the one the version before it (`ww`).
    WriteWrite(StreamId, Version),
    /// The one has written this version, and the other has seen it (`wr`).
    WriteRead(StreamId, Version),
    /// The other has written this version, and the one has not seen it (`rw`, an anti-dependency).
    ReadWrite(StreamId, Version),
    /// The one had been answered when the other was called.
    RealTime,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("each of these has to come before the next:")?;
        for step in &self.steps {
            write!(f, " {} --({})->", step.party, step.dependency)?;
        }
        match self.steps.first() {
            Some(first) => write!(f, " {}", first.party),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => operation.fmt(f),
            Self::Stranger(position) => write!(f, "the writer of position {position}"),
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WriteWrite(stream, version) => write!(f, "ww `{stream}` {version}"),
            Self::WriteRead(stream, version) => write!(f, "wr `{stream}` {version}"),
            Self::ReadWrite(stream, version) => write!(f, "rw `{stream}` {version}"),
            Self::RealTime => f.write_str("real time"),
        }
    }
}

/// From how many operations of a component a short cycle is looked for.
const ATTEMPTS: usize = 8;

/// A short cycle of a strongly connected component.
pub(super) fn find(subject: &Subject<'_>, graph: &Graph, component: &[usize]) -> Option<Cycle> {
    let operations = component
        .iter()
        .filter(|node| matches!(graph.node(**node), Node::Operation(_)));
    let cycles = operations
        .take(ATTEMPTS)
        .filter_map(|start| shortest_through(graph, component, *start));
    let steps = cycles
        .map(|path| describe(subject, graph, &path))
        .min_by_key(Vec::len)?;
    Some(Cycle { steps })
}

/// The shortest way from a node back to it, as the node and the edge of each step: a breadth-first search.
fn shortest_through(graph: &Graph, component: &[usize], start: usize) -> Option<Vec<(usize, Edge)>> {
    let mut reached_by: HashMap<usize, Option<(usize, Edge)>> =
        component.iter().map(|node| (*node, None)).collect();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for edge in graph.edges_from(node) {
            if let Some(reached_by @ None) = reached_by.get_mut(&edge.to()) {
                *reached_by = Some((node, *edge));
                queue.push_back(edge.to());
            }
        }
        if reached_by[&start].is_some() {
            break;
        }
    }
    let mut path = Vec::new();
    let mut node = start;
    while let Some((from, edge)) = reached_by[&node] {
        path.push((from, edge));
        node = from;
        if node == start {
            path.reverse();
            return Some(path);
        }
    }
    None
}

/// The steps from one party to the next; barriers are passed over.
fn describe(subject: &Subject<'_>, graph: &Graph, path: &[(usize, Edge)]) -> Vec<Step> {
    let step = |(node, edge): &(usize, Edge)| {
        let party = match graph.node(*node) {
            Node::Operation(at) => Party::Operation(subject.name(at)),
            Node::Stranger(entry) => Party::Stranger(subject.log.entries[entry].position),
            Node::Barrier => return None,
        };
        let of = |stream: u32, place: u32| {
            (
                subject.log.streams[stream as usize].id.clone(),
                version_of(place as usize),
            )
        };
        let dependency = match edge.why {
            Why::WriteWrite(stream, place) => {
                let (stream, version) = of(stream, place);
                Dependency::WriteWrite(stream, version)
            }
            Why::WriteRead(stream, place) => {
                let (stream, version) = of(stream, place);
                Dependency::WriteRead(stream, version)
            }
            Why::ReadWrite(stream, place) => {
                let (stream, version) = of(stream, place);
                Dependency::ReadWrite(stream, version)
            }
            Why::RealTime => Dependency::RealTime,
        };
        Some(Step { party, dependency })
    };
    path.iter().filter_map(step).collect()
}
