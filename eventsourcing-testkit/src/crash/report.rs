use std::fmt;
use std::io::{Write, stdout};
use std::str::{FromStr, SplitWhitespace};

use eventsourcing_core::{EventId, Position};

use super::Point;

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
    /// The victim stands still, and waits to be killed.
    Stopped {
        /// Where it stands.
        point: Point,
    },
}

/// Tells reports from whatever else is printed.
const MARK: &str = "report:";

impl Report {
    /// Tells it to whoever has started this process, in one piece, past whatever captures the output of tests.
    ///
    /// # Panics
    /// If nobody listens.
    #[expect(clippy::expect_used, reason = "a victim whom nobody listens to should go")]
    pub fn tell(&self) {
        let line = format!("{self}\n");
        let mut out = stdout().lock();
        let told = out.write_all(line.as_bytes()).and_then(|()| out.flush());
        told.expect("whoever started this process listens");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged { position, events } => {
                write!(f, "{MARK} acknowledged {position}")?;
                events.iter().try_for_each(|event| write!(f, " {event}"))?;
                f.write_str(" .")
            }
            Self::Seen { position } => write!(f, "{MARK} seen {position} ."),
            Self::Stopped { point } => write!(f, "{MARK} stopped {point} ."),
        }
    }
}

impl FromStr for Report {
    type Err = NoReport;

    /// Lines that were cut off are no reports, nor is anything else. What a test runner has begun the line with, such as the
    /// name of the test, is passed over.
    fn from_str(line: &str) -> Result<Self, NoReport> {
        let report = line
            .split_once(MARK)
            .and_then(|(_, report)| report.strip_suffix(" ."))
            .ok_or(NoReport)?;
        let mut words = report.split_whitespace();
        match words.next() {
            Some("acknowledged") => Ok(Self::Acknowledged {
                position: position(&mut words)?,
                events: words
                    .map(str::parse)
                    .collect::<Result<_, _>>()
                    .map_err(|_| NoReport)?,
            }),
            Some("seen") => Ok(Self::Seen {
                position: position(&mut words)?,
            }),
            Some("stopped") => {
                let point = words.next().ok_or(NoReport)?;
                Ok(Self::Stopped {
                    point: point.parse().map_err(|_| NoReport)?,
                })
            }
            _ => Err(NoReport),
        }
    }
}

fn position(words: &mut SplitWhitespace<'_>) -> Result<Position, NoReport> {
    let position = words.next().and_then(|position| position.parse().ok());
    position.map(Position::new).ok_or(NoReport)
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
            Report::Stopped {
                point: Point::Appended,
            },
        ] {
            assert_eq!(report.to_string().parse(), Ok(report));
        }
    }

    #[test]
    fn a_report_is_read_after_the_name_of_the_test() {
        let report = Report::Seen {
            position: Position::new(3),
        };
        assert_eq!(format!("test kills::victim ... {report}").parse(), Ok(report));
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
