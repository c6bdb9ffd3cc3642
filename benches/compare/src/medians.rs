use crate::record::{Figures, Outcome, Record};

/// The figures of those records that have some.
pub(crate) fn figures<'a>(records: &[&'a Record]) -> impl Iterator<Item = &'a Figures> {
    records
        .iter()
        .copied()
        .filter_map(|record| match &record.outcome {
            Outcome::Measured(figures) => Some(figures),
            _ => None,
        })
}

/// The middle one, or what lies between the two in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let lower = values.get(values.len().checked_sub(1)? / 2)?;
    let upper = values.get(values.len() / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[expect(clippy::cast_precision_loss, reason = "no command takes years")]
pub(crate) fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
