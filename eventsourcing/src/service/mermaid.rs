use std::collections::HashMap;
use std::fmt::Write as _;

use super::{EventDescription, ServiceDescription};

impl ServiceDescription {
    /// A [Mermaid](https://mermaid.js.org/syntax/flowchart.html) flowchart: from commands to the events that they can emit,
    /// to the process managers and projections that wait for them, to the commands that process managers send. Dashed is what is
    /// elsewhere.
    pub fn to_mermaid(&self) -> String {
        let mut chart = Chart::default();
        for command in &self.commands {
            chart.node(&Node::Command(&command.name));
        }
        for event in &self.events {
            chart.event(event);
        }
        for manager in &self.process_managers {
            for command in &manager.sends {
                chart.arrow(&Node::Manager(&manager.name), &Node::Command(command));
            }
        }
        for command in &self.extern_commands {
            let node = chart.node(&Node::Command(&command.name));
            chart.line(&format!("class {node} elsewhere"));
        }
        chart.finish()
    }
}

/// What stands in a flowchart.
enum Node<'a> {
    Command(&'a str),
    Event(&'a str),
    Manager(&'a str),
    Projection(&'a str),
}

#[derive(Default)]
struct Chart {
    text: String,
    ids: HashMap<String, String>,
}

impl Chart {
    fn event(&mut self, event: &EventDescription) {
        let node = Node::Event(&event.name);
        for command in &event.emitted_by {
            self.arrow(&Node::Command(command), &node);
        }
        for manager in &event.handled_by {
            self.arrow(&node, &Node::Manager(manager));
        }
        for projection in &event.projected_by {
            self.arrow(&node, &Node::Projection(projection));
        }
        if event.emitted_by.is_empty() && event.emitted_elsewhere.is_some() {
            let node = self.node(&node);
            self.line(&format!("class {node} elsewhere"));
        }
    }

    /// The id of a node, which is drawn when it is first used.
    fn node(&mut self, node: &Node<'_>) -> String {
        let shape = match node {
            Node::Command(name) => format!("[\"{name}\"]"),
            Node::Event(name) => format!("([\"{name}\"])"),
            Node::Manager(name) => format!("{{{{\"{name}\"}}}}"),
            Node::Projection(name) => format!("[(\"{name}\")]"),
        };
        if let Some(id) = self.ids.get(&shape) {
            return id.clone();
        }
        let id = format!("n{}", self.ids.len());
        self.line(&format!("{id}{shape}"));
        self.ids.insert(shape, id.clone());
        id
    }

    fn arrow(&mut self, from: &Node<'_>, to: &Node<'_>) {
        let (from, to) = (self.node(from), self.node(to));
        self.line(&format!("{from} --> {to}"));
    }

    fn line(&mut self, line: &str) {
        // Writing to a text does not fail.
        let _ = writeln!(self.text, "    {line}");
    }

    fn finish(mut self) -> String {
        if self.text.contains(" elsewhere\n") {
            self.line("classDef elsewhere stroke-dasharray: 5 5");
        }
        format!("flowchart LR\n{}", self.text)
    }
}
