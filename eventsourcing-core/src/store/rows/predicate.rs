use super::{Column, ColumnName, Direction, ReadRows, SortBy, Test, Value};

/// What must hold of a row, in the logic of SQL: nothing in it compares with null, so that a comparison holds or does not.
///
/// Stores on a database write it down as it is; [`ReadRows::predicate`] has dealt with null and with pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate<'r> {
    /// All of these hold; true if there are none.
    All(Vec<Self>),
    /// One of these holds; false if there are none.
    Any(Vec<Self>),
    /// The value is null.
    IsNull(ColumnName),
    /// The value is not null.
    IsNotNull(ColumnName),
    /// The value is not null, and compares so. The other one is not null either.
    Compare(ColumnName, Sign, &'r Value),
    /// The value is one of these, none of which is null.
    OneOf(ColumnName, Vec<&'r Value>),
    /// The values of these columns, none of which can be null, compare so as a tuple.
    Tuple(Vec<ColumnName>, Sign, &'r [Value]),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Sign {
    /// As SQL writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl ReadRows {
    /// What must hold of a row to be among those that are read, if there were no limit. The read has been checked.
    pub fn predicate(&self) -> Predicate<'_> {
        let columns = self.filter.iter().filter_map(|comparison| {
            let column = self.table.table.column(comparison.column)?;
            Some(holds(column, &comparison.test))
        });
        let mut all: Vec<_> = columns.collect();
        if let Some(after) = &self.after {
            all.push(self.lies_after(after));
        }
        Predicate::All(all)
    }

    fn lies_after<'r>(&self, after: &'r [Value]) -> Predicate<'r> {
        let sorts: Vec<(SortBy, &Column)> = self
            .sort_columns()
            .into_iter()
            .filter_map(|sort| Some((sort, self.table.table.column(sort.column)?)))
            .collect();
        let is_tuple = sorts
            .iter()
            .all(|(sort, column)| sort.direction == sorts[0].0.direction && !column.nullable);
        if is_tuple {
            let columns = sorts.iter().map(|(sort, _)| sort.column).collect();
            return Predicate::Tuple(columns, beyond_sign(sorts[0].0.direction), after);
        }
        let mut equal = Vec::new();
        let mut ways = Vec::new();
        for ((sort, column), value) in sorts.iter().zip(after) {
            let mut way = equal.clone();
            way.push(lies_beyond(column, sort.direction, value));
            ways.push(Predicate::All(way));
            equal.push(is(column.name, value));
        }
        let mut all: Vec<_> = sorts
            .first()
            .zip(after.first())
            .and_then(|((sort, column), value)| starts_at(column, sort.direction, value))
            .into_iter()
            .collect();
        all.push(Predicate::Any(ways));
        Predicate::All(all)
    }
}

fn holds<'r>(column: &Column, test: &'r Test) -> Predicate<'r> {
    let name = column.name;
    match test {
        Test::Is(value) => is(name, value),
        Test::IsNot(Value::Null) => Predicate::IsNotNull(name),
        Test::IsNot(value) => or_null(column, Predicate::Compare(name, Sign::NotEqual, value)),
        Test::Below(value) => compare(name, Sign::Less, value),
        Test::AtMost(value) => compare(name, Sign::LessOrEqual, value),
        Test::Above(value) => compare(name, Sign::Greater, value),
        Test::AtLeast(value) => compare(name, Sign::GreaterOrEqual, value),
        Test::OneOf(values) => {
            let found: Vec<_> = values.iter().filter(|value| !value.is_null()).collect();
            let with_null = found.len() < values.len();
            let one_of = Predicate::OneOf(name, found);
            if with_null {
                or_null(column, one_of)
            } else {
                one_of
            }
        }
    }
}

fn is(column: ColumnName, value: &Value) -> Predicate<'_> {
    match value {
        Value::Null => Predicate::IsNull(column),
        value => Predicate::Compare(column, Sign::Equal, value),
    }
}

/// Nothing lies below or above null.
fn compare(column: ColumnName, sign: Sign, value: &Value) -> Predicate<'_> {
    match value {
        Value::Null => Predicate::Any(Vec::new()),
        value => Predicate::Compare(column, sign, value),
    }
}

fn or_null<'r>(column: &Column, predicate: Predicate<'r>) -> Predicate<'r> {
    if column.nullable {
        Predicate::Any(vec![predicate, Predicate::IsNull(column.name)])
    } else {
        predicate
    }
}

/// Whether a value is sorted after another one; null is sorted before everything, or after it.
fn lies_beyond<'r>(column: &Column, direction: Direction, value: &'r Value) -> Predicate<'r> {
    let name = column.name;
    match (direction, value) {
        (Direction::Ascending, Value::Null) => Predicate::IsNotNull(name),
        (Direction::Descending, Value::Null) => Predicate::Any(Vec::new()),
        (Direction::Ascending, value) => Predicate::Compare(name, Sign::Greater, value),
        (Direction::Descending, value) => or_null(column, Predicate::Compare(name, Sign::Less, value)),
    }
}

/// Follows from what else must hold, and lets an index begin in the right place.
fn starts_at<'r>(column: &Column, direction: Direction, value: &'r Value) -> Option<Predicate<'r>> {
    match (direction, value) {
        (_, Value::Null) => None,
        (Direction::Ascending, value) => Some(Predicate::Compare(column.name, Sign::GreaterOrEqual, value)),
        (Direction::Descending, _) if column.nullable => None,
        (Direction::Descending, value) => Some(Predicate::Compare(column.name, Sign::LessOrEqual, value)),
    }
}

const fn beyond_sign(direction: Direction) -> Sign {
    match direction {
        Direction::Ascending => Sign::Greater,
        Direction::Descending => Sign::Less,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::store::rows::{ColumnType, Comparison, Table, TableName, TableVersion};

    const KEY: ColumnName = ColumnName::from_static("key");
    const SIZE: ColumnName = ColumnName::from_static("size");
    const NOTE: ColumnName = ColumnName::from_static("note");
    static TABLE: Table = Table::new(
        TableName::from_static("table"),
        &[Column::required(KEY, ColumnType::Integer)],
        &[
            Column::required(SIZE, ColumnType::Integer),
            Column::optional(NOTE, ColumnType::Integer),
        ],
        &[],
    );

    const ONE: Value = Value::Integer(1);
    const TWO: Value = Value::Integer(2);

    fn all() -> ReadRows {
        ReadRows::all(TableVersion {
            table: &TABLE,
            version: NonZeroU32::MIN,
        })
    }

    fn by(column: ColumnName, direction: Direction) -> SortBy {
        SortBy { column, direction }
    }

    #[test]
    fn nothing_compares_with_null() {
        let read = |test| ReadRows {
            filter: vec![Comparison { column: NOTE, test }],
            ..all()
        };
        let predicates = [
            (Test::Is(Value::Null), Predicate::IsNull(NOTE)),
            (Test::IsNot(Value::Null), Predicate::IsNotNull(NOTE)),
            (Test::Above(Value::Null), Predicate::Any(vec![])),
            (
                Test::IsNot(ONE),
                Predicate::Any(vec![
                    Predicate::Compare(NOTE, Sign::NotEqual, &ONE),
                    Predicate::IsNull(NOTE),
                ]),
            ),
            (
                Test::OneOf(vec![Value::Null, ONE]),
                Predicate::Any(vec![Predicate::OneOf(NOTE, vec![&ONE]), Predicate::IsNull(NOTE)]),
            ),
        ];
        for (test, expected) in predicates {
            assert_eq!(read(test).predicate(), Predicate::All(vec![expected]));
        }
    }

    #[test]
    fn a_page_in_one_direction_starts_after_a_tuple() {
        let read = ReadRows {
            order: vec![by(SIZE, Direction::Ascending)],
            after: Some(vec![ONE, TWO]),
            ..all()
        };
        let after = Predicate::Tuple(vec![SIZE, KEY], Sign::Greater, &[ONE, TWO]);
        assert_eq!(read.predicate(), Predicate::All(vec![after]));
    }

    #[test]
    fn a_page_in_mixed_directions_says_where_an_index_may_begin() {
        let read = ReadRows {
            order: vec![by(SIZE, Direction::Descending)],
            after: Some(vec![ONE, TWO]),
            ..all()
        };
        let size = |sign| Predicate::Compare(SIZE, sign, &ONE);
        let tie = vec![size(Sign::Equal), Predicate::Compare(KEY, Sign::Greater, &TWO)];
        let ways = [vec![size(Sign::Less)], tie].map(Predicate::All);
        let after = vec![size(Sign::LessOrEqual), Predicate::Any(ways.to_vec())];
        assert_eq!(read.predicate(), Predicate::All(vec![Predicate::All(after)]));
    }
}
