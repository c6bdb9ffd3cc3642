use std::time::Duration;

/// How long to pause after so many failures: the first pause, which doubles each time, up to the longest.
pub(crate) fn doubled(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    first.saturating_mul(1 << doublings).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let [first, longest] = [Duration::from_millis(50), Duration::from_mins(1)];
        let pauses =
            [0, 1, 2, 3, 11, 12, u32::MAX].map(|failures| doubled(first, longest, failures).as_millis());
        assert_eq!(pauses, [50, 50, 100, 200, 51_200, 60_000, 60_000]);
        assert_eq!(doubled(Duration::MAX, longest, u32::MAX), longest);
    }
}
