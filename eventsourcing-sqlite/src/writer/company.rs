use std::sync::atomic::{AtomicU32, Ordering};

/// Whether others are likely to hand something in at the same time.
///
/// Whoever lets them do so first shares a commit with them, and gives up its turn for it, which costs about as much as all else
/// that a small write does beside the commit. So those who were alone for some time do so only now and then: to find out
/// whether that is still the case, and because a thread that commits in place has other things to do, too.
#[derive(Default)]
pub(super) struct Company {
    /// How many in succession have met nobody.
    alone: AtomicU32,
}

impl Company {
    /// So many have to be alone before it is believed.
    const SURE: u32 = 8;
    /// Then, one out of so many looks again.
    const NOW_AND_THEN: u32 = 8;

    pub(super) fn is_likely(&self) -> bool {
        let alone = self.alone.load(Ordering::Relaxed);
        alone < Self::SURE || alone.is_multiple_of(Self::NOW_AND_THEN)
    }

    pub(super) fn met(&self) {
        self.alone.store(0, Ordering::Relaxed);
    }

    pub(super) fn was_alone(&self) {
        self.alone.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(company: &Company, writes: usize) -> usize {
        (0..writes)
            .filter(|_| {
                let looks = company.is_likely();
                company.was_alone();
                looks
            })
            .count()
    }

    #[test]
    fn at_first_company_is_likely() {
        assert_eq!(looks(&Company::default(), 8), 8);
    }

    #[test]
    fn those_who_are_alone_for_long_look_now_and_then() {
        let company = Company::default();
        looks(&company, 8);
        assert_eq!(looks(&company, 80), 10);
    }

    #[test]
    fn once_met_it_is_likely_again() {
        let company = Company::default();
        looks(&company, 100);
        company.met();
        assert_eq!(looks(&company, 8), 8);
    }
}
