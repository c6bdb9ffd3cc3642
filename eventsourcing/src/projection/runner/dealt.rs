use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::super::slice::Slice;
use crate::Position;

/// So many events are remembered: more than slices that follow the log side by side are apart.
const KEPT: usize = 8_192;

/// Of which slices events are. All slices of a projection that a process follows share it, so that an event is read once to find it out,
/// and not once by each.
#[derive(Debug, Default)]
pub(super) struct Dealt {
    slices: Mutex<BTreeMap<Position, Slice>>,
}

impl Dealt {
    /// The slice of the event at a position, which is found out if it is not known.
    ///
    /// # Errors
    /// If it cannot be found out, which is not remembered.
    pub(super) fn slice_of<E>(
        &self,
        position: Position,
        find_out: impl FnOnce() -> Result<Slice, E>,
    ) -> Result<Slice, E> {
        if let Some(known) = self.known(position) {
            return Ok(known);
        }
        // Nobody waits meanwhile: if others find it out, too, it is the same.
        let found = find_out()?;
        let mut slices = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        slices.insert(position, found);
        if slices.len() > KEPT {
            slices.pop_first();
        }
        Ok(found)
    }

    fn known(&self, position: Position) -> Option<Slice> {
        let slices = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        slices.get(&position).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn slice(sequence: &str) -> Slice {
        Slice::of(sequence, NonZeroU32::new(1_000).unwrap())
    }

    #[test]
    fn what_was_found_out_is_not_asked_again() {
        let dealt = Dealt::default();
        for position in 1..=KEPT {
            let found = dealt.slice_of(position_of(position), || {
                Ok::<_, ()>(slice(&position.to_string()))
            });
            assert_eq!(found, Ok(slice(&position.to_string())));
        }
        for position in 1..=KEPT {
            let known = dealt.slice_of(position_of(position), || Err("it is not known"));
            assert_eq!(known, Ok(slice(&position.to_string())));
        }
    }

    #[test]
    fn what_cannot_be_found_out_is_asked_again() {
        let dealt = Dealt::default();
        assert_eq!(
            dealt.slice_of(position_of(1), || Err("unreadable")),
            Err("unreadable")
        );
        assert_eq!(
            dealt.slice_of(position_of(1), || Ok::<_, ()>(slice("a"))),
            Ok(slice("a"))
        );
    }

    #[test]
    fn no_more_is_remembered_than_is_of_use() {
        let dealt = Dealt::default();
        for position in 1..=KEPT + 10 {
            dealt
                .slice_of(position_of(position), || Ok::<_, ()>(slice("a")))
                .unwrap();
        }
        assert_eq!(dealt.slices.lock().unwrap().len(), KEPT);
        assert_eq!(dealt.known(position_of(10)), None);
        assert!(dealt.known(position_of(KEPT + 10)).is_some());
    }

    fn position_of(number: usize) -> Position {
        Position::new(u64::try_from(number).unwrap())
    }
}
