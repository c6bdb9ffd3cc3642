use std::cmp::Ordering;

use eventsourcing_core::store::rows::{Direction, ReadRows, Value};

/// Picks and sorts the rows that are wanted, by the words of the contract alone.
pub(crate) fn read(mut rows: Vec<&[Value]>, read: &ReadRows) -> Vec<Vec<Value>> {
    let table = read.table.table;
    let tests: Vec<_> = read
        .filter
        .iter()
        .filter_map(|comparison| Some((table.place_of(comparison.column)?, &comparison.test)))
        .collect();
    let order: Vec<_> = read
        .sort_columns()
        .into_iter()
        .filter_map(|sort| Some((table.place_of(sort.column)?, sort.direction)))
        .collect();
    let after = |row: &[Value]| {
        read.after.as_ref().is_none_or(|after| {
            let pairs = order.iter().zip(after);
            sorted(pairs.map(|((at, direction), other)| (&row[*at], other, *direction))) == Ordering::Greater
        })
    };
    rows.retain(|row| tests.iter().all(|(at, test)| test.holds(&row[*at])) && after(row));
    rows.sort_unstable_by(|left, right| {
        sorted(
            order
                .iter()
                .map(|(at, direction)| (&left[*at], &right[*at], *direction)),
        )
    });
    rows.truncate(read.limit.get());
    rows.into_iter().map(<[_]>::to_vec).collect()
}

fn sorted<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value, Direction)>) -> Ordering {
    let orders = pairs.map(|(left, right, direction)| match direction {
        Direction::Ascending => left.cmp(right),
        Direction::Descending => right.cmp(left),
    });
    orders.fold(Ordering::Equal, Ordering::then)
}
