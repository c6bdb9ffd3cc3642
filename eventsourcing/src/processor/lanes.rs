use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::RecordedEvent;

/// Deals events out to so many lanes: those of a home stream to the same, in their order. Lanes without any are left out.
pub(super) fn deal(events: &[Arc<RecordedEvent>], lanes: NonZeroUsize) -> Vec<Vec<Arc<RecordedEvent>>> {
    if lanes == NonZeroUsize::MIN {
        return vec![events.to_vec()];
    }
    let mut dealt = vec![Vec::new(); lanes.get()];
    for event in events {
        let mut hasher = DefaultHasher::new();
        event.home.stream.as_str().hash(&mut hasher);
        let lanes = u64::try_from(lanes.get()).unwrap_or(u64::MAX);
        let lane = usize::try_from(hasher.finish() % lanes).unwrap_or_default();
        dealt[lane].push(Arc::clone(event));
    }
    dealt.retain(|lane| !lane.is_empty());
    dealt
}
