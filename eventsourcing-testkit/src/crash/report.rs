use std::fmt;
use std::str::FromStr;

use eventsourcing_core::{EventId, Position};

/// What a victim tells, in a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// An append was acknowledged.
    Acknowledged {
        /// The position of its last event.
        position: Position,
        /// Its events.
        events: Vec<EventId>,
    },
    /// An event was read from the feed.
    Seen {
        /// Where it lies.
        position: Position,
    },
}

/// Tells reports from whatever else is printed.
const MARK: &str = "report:";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged { position, events } => {
                write!(f, "{MARK} acknowledged {position}")?;
                events.iter().try_for_each(|event| write!(f, " {event}"))?;
                f.write_str(" .")
            }
            Self::Seen { position } => write!(f, "{MARK} seen {position} ."),
        }
    }
}

impl FromStr for Report {
    type Err = NoReport;

    /// Lines that were cut off are no reports, nor is anything else.
    fn from_str(line: &str) -> Result<Self, NoReport> {
        let report = line
            .strip_prefix(MARK)
            .and_then(|line| line.strip_suffix(" ."))
            .ok_or(NoReport)?;
        let mut words = report.split_whitespace();
        let kind = words.next();
        let position = words
            .next()
            .and_then(|position| position.parse().ok())
            .map(Position::new)
            .ok_or(NoReport)?;
        match kind {
            Some("acknowledged") => {
                let events = words.map(str::parse).collect::<Result<_, _>>();
                Ok(Self::Acknowledged {
                    position,
                    events: events.map_err(|_| NoReport)?,
                })
            }
            Some("seen") => Ok(Self::Seen { position }),
            _ => Err(NoReport),
        }
    }
}

/// The line is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line is not a report of a victim")]
pub struct NoReport;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let id = EventId::new(uuid::Uuid::from_u128(7));
        let position = Position::new(12);
        for report in [
            Report::Acknowledged {
                position,
                events: vec![id, id],
            },
            Report::Seen { position },
        ] {
            assert_eq!(report.to_string().parse(), Ok(report));
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_none() {
        let line = Report::Seen {
            position: Position::new(1_234),
        }
        .to_string();
        for end in 0..line.len() {
            assert_eq!(line[..end].parse::<Report>(), Err(NoReport), "{}", &line[..end]);
        }
    }
}
