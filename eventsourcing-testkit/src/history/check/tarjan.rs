use super::graph::Graph;

/// The strongly connected components of more than one node: each of their nodes can be reached from each other.
///
/// Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM Journal on Computing 1, 1972), with a
/// stack of its own instead of recursion, since paths are as long as the history.
pub(super) fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut search = Search::new(graph);
    for root in 0..graph.node_count() {
        if search.order[root] == UNVISITED {
            search.visit(root);
        }
    }
    search.components
}

const UNVISITED: usize = usize::MAX;

struct Search<'a> {
    graph: &'a Graph,
    /// When each node was visited first.
    order: Vec<usize>,
    /// The earliest visited node, by `order`, that is known to be reachable from each node and not to be done with.
    lowest: Vec<usize>,
    visited: usize,
    /// Nodes that may still belong to a component that is not complete.
    open: Vec<usize>,
    is_open: Vec<bool>,
    components: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(graph: &'a Graph) -> Self {
        let nodes = graph.node_count();
        Self {
            graph,
            order: vec![UNVISITED; nodes],
            lowest: vec![UNVISITED; nodes],
            visited: 0,
            open: Vec::new(),
            is_open: vec![false; nodes],
            components: Vec::new(),
        }
    }

    fn visit(&mut self, root: usize) {
        // The path from the root, and which edge of each node on it comes next.
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some(edge) = self.graph.edges_from(node).get(*next) {
                *next += 1;
                let to = edge.to();
                if self.order[to] == UNVISITED {
                    self.enter(to);
                    path.push((to, 0));
                } else if self.is_open[to] {
                    self.lowest[node] = self.lowest[node].min(self.order[to]);
                }
            } else {
                path.pop();
                if let Some((parent, _)) = path.last() {
                    self.lowest[*parent] = self.lowest[*parent].min(self.lowest[node]);
                }
                if self.lowest[node] == self.order[node] {
                    self.close(node);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.order[node] = self.visited;
        self.lowest[node] = self.visited;
        self.visited += 1;
        self.open.push(node);
        self.is_open[node] = true;
    }

    /// The component that was entered through this node is complete.
    fn close(&mut self, node: usize) {
        let start = self
            .open
            .iter()
            .rposition(|open| *open == node)
            .unwrap_or_default();
        for open in &self.open[start..] {
            self.is_open[*open] = false;
        }
        if self.open.len() - start > 1 {
            self.components.push(self.open.split_off(start));
        } else {
            self.open.truncate(start);
        }
    }
}
