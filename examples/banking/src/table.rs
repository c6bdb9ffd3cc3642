//! Text in columns.

use std::fmt;

/// A table of texts, each column as wide as its longest text.
pub(crate) struct Table<const N: usize> {
    alignment: [Align; N],
    lines: Vec<Line<N>>,
}

/// On which side a column is flush.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Right,
}

enum Line<const N: usize> {
    Cells([String; N]),
    Rule,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(alignment: [Align; N]) -> Self {
        Self {
            alignment,
            lines: Vec::new(),
        }
    }

    pub(crate) fn line(&mut self, cells: [String; N]) {
        self.lines.push(Line::Cells(cells));
    }

    pub(crate) fn rule(&mut self) {
        self.lines.push(Line::Rule);
    }

    fn widths(&self) -> [usize; N] {
        let mut widths = [0; N];
        for line in &self.lines {
            if let Line::Cells(cells) = line {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = cell.chars().count().max(*width);
                }
            }
        }
        widths
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for line in &self.lines {
            let cells: [String; N] = std::array::from_fn(|at| {
                let width = widths[at];
                match (line, self.alignment[at]) {
                    (Line::Rule, _) => "-".repeat(width),
                    (Line::Cells(cells), Align::Left) => format!("{:<width$}", cells[at]),
                    (Line::Cells(cells), Align::Right) => format!("{:>width$}", cells[at]),
                }
            });
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
