use std::time::Duration;

/// How far the measuring is, and how long the rest will take if each case goes on as it did the last time.
#[derive(Debug)]
pub(crate) struct Progress {
    /// By case: how long it took the last time, and how often it is still to come.
    cases: Vec<(Option<Duration>, u32)>,
}

impl Progress {
    /// Before the first of so many cases in so many rounds.
    pub(crate) fn new(cases: usize, rounds: u32) -> Self {
        Self {
            cases: vec![(None, rounds); cases],
        }
    }

    /// A case was measured once more.
    pub(crate) fn done(&mut self, case: usize, took: Duration) {
        if let Some((last, left)) = self.cases.get_mut(case) {
            *last = Some(took);
            *left = left.saturating_sub(1);
        }
    }

    /// How long the rest will take; unknown before anything was measured. What was not yet measured counts as the mean of what was.
    pub(crate) fn left(&self) -> Option<Duration> {
        let known: Vec<_> = self.cases.iter().filter_map(|(last, _)| *last).collect();
        let mean = known
            .iter()
            .sum::<Duration>()
            .checked_div(u32::try_from(known.len()).ok()?)?;
        Some(
            self.cases
                .iter()
                .map(|(last, left)| last.unwrap_or(mean) * *left)
                .sum(),
        )
    }
}
