//! Which events have had their effect in the transaction of their append, and whether one may now.
//!
//! The reader of an inline projection follows the log like any other, and passes over what is marked. As long as there is anything
//! before an event that it handles and that has had no effect yet, no event has its effect inline: it would come too early. That is
//! looked at twice, before the work, so that it is not done in vain, and under the lock of all appends, where it counts. In
//! between, the reader does nothing of its own: those who work inline hold a shared lock, and the reader takes it alone.

use std::collections::HashSet;
use std::fmt::Write as _;

use eventsourcing_core::Position;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::TableVersion;
use eventsourcing_core::store::sql::InlineReader;
use tokio_postgres::types::{ToSql, Type};

use super::PgTx;
use super::fault::nothing_done;
use crate::SchemaName;
use crate::row::{Columns as _, bigint, unsigned};

pub(super) struct Marks<'s> {
    pub(super) schema: &'s SchemaName,
    pub(super) tenant: i32,
}

type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

impl Marks<'_> {
    /// Whether the work of these readers may be done on new events, as far as can be told before.
    ///
    /// What is seen may be from before the readers were locked. That is no matter: what they have done since then was missing before.
    pub(super) async fn may_begin(
        &self,
        tx: &mut PgTx,
        readers: &[InlineReader],
    ) -> Result<bool, StoreError> {
        let names: Vec<&str> = readers.iter().map(|reader| &*reader.reader).collect();
        let gate = self.gate();
        let mut parameters: Vec<Parameter<'_>> = vec![(&self.tenant, Type::INT4)];
        for (number, reader) in readers.iter().enumerate() {
            parameters.extend(of_reader(&names[number], &reader.types, &reader.sequences));
        }
        let first = parameters.len() + 1;
        parameters.extend([(&gate as _, Type::TEXT), (&names as _, Type::TEXT_ARRAY)]);
        let mut text = format!(
            "select (select bool_and(pg_try_advisory_xact_lock_shared(hashtextextended(${first} || reader, 0))) \
                       from unnest(${}::text[]) r(reader))",
            first + 1
        );
        for (number, reader) in readers.iter().enumerate() {
            // Writing to a string never fails.
            let _ = write!(
                text,
                " and {}",
                is_complete(number, reader, "9223372036854775807")
            );
        }
        self.ask(tx, &text, &parameters).await
    }

    /// Marks the events of an append, unless they come too early for one of the readers. The lock of appends is held.
    pub(super) async fn set(
        &self,
        tx: &mut PgTx,
        readers: &[InlineReader],
        positions: &[Position],
    ) -> Result<bool, StoreError> {
        let of_reader_positions = |reader: &InlineReader| {
            let positions = reader.events.iter().filter_map(|event| positions.get(*event));
            positions
                .map(|position| bigint(position.get()))
                .collect::<Vec<i64>>()
        };
        let marks: Vec<Vec<i64>> = readers.iter().map(of_reader_positions).collect();
        let names: Vec<&str> = readers.iter().map(|reader| &*reader.reader).collect();
        let base = positions
            .iter()
            .map(|position| bigint(position.get()))
            .min()
            .unwrap_or_default()
            - 1;
        let mut text = String::from("with ");
        let mut counts = String::from("true");
        let mut parameters: Vec<Parameter<'_>> = vec![(&self.tenant, Type::INT4)];
        for (number, reader) in readers.iter().enumerate() {
            parameters.extend(of_reader(&names[number], &reader.types, &reader.sequences));
        }
        let first = parameters.len() + 1;
        parameters.push((&base, Type::INT8));
        for (number, reader) in readers.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            let given = first + 1 + number;
            parameters.push((&marks[number], Type::INT8_ARRAY));
            // Writing to a string never fails.
            let _ = write!(
                text,
                "{comma}set{number} as (insert into {{}}.inline_marks (tenant, reader, position) \
                 select $1, ${}, p from unnest(${given}::bigint[]) p where {} returning 1)",
                2 + 3 * number,
                is_complete(number, reader, &format!("${first}"))
            );
            let _ = write!(
                counts,
                " and (select count(*) from set{number}) = cardinality(${given})"
            );
        }
        text.push_str(" select ");
        text.push_str(&counts);
        self.ask(tx, &text, &parameters).await
    }

    /// Which of these events have had their effect. If any has not, nobody works inline until the transaction is over.
    pub(super) async fn of(
        &self,
        tx: &mut PgTx,
        reader: &str,
        positions: &[Position],
    ) -> Result<HashSet<Position>, StoreError> {
        let find =
            "select position from {}.inline_marks where tenant = $1 and reader = $2 and position = any($3)";
        let find = self.named(find);
        let asked: Vec<i64> = positions.iter().map(|position| bigint(position.get())).collect();
        let parameters: [Parameter<'_>; 3] = [
            (&self.tenant, Type::INT4),
            (&reader, Type::TEXT),
            (&asked, Type::INT8_ARRAY),
        ];
        let rows = tx.ask(&find, &parameters).await.map_err(nothing_done)?;
        let marked = rows.iter().map(|row| Ok(Position::new(unsigned(row.column(0)?))));
        let marked: HashSet<_> = marked.collect::<Result<_, StoreError>>()?;
        if marked.len() < positions.len() {
            let lock = "select pg_advisory_xact_lock(hashtextextended($1 || $2, 0))::text";
            let gate = self.gate();
            let parameters: [Parameter<'_>; 2] = [(&gate, Type::TEXT), (&reader, Type::TEXT)];
            tx.ask(lock, &parameters).await.map_err(nothing_done)?;
        }
        Ok(marked)
    }

    /// Takes away the marks up to a position, but for those of what is parked, which is to be known if it is tried again.
    pub(super) async fn clear(
        &self,
        tx: &mut PgTx,
        reader: &str,
        to: Position,
        parked: TableVersion,
    ) -> Result<(), StoreError> {
        let clear = self.named(&format!(
            "delete from {{}}.inline_marks m where m.tenant = $1 and m.reader = $2 and m.position <= $3 \
               and not exists (select from {{}}.\"{}\" p where p._tenant = $1 and p.position = m.position)",
            parked.name()
        ));
        let to = bigint(to.get());
        let parameters: [Parameter<'_>; 3] = [
            (&self.tenant, Type::INT4),
            (&reader, Type::TEXT),
            (&to, Type::INT8),
        ];
        tx.ask(&clear, &parameters).await.map_err(nothing_done).map(drop)
    }

    async fn ask(&self, tx: &mut PgTx, text: &str, parameters: &[Parameter<'_>]) -> Result<bool, StoreError> {
        let text = self.named(text);
        let rows = tx.ask_often(&text, parameters).await.map_err(nothing_done)?;
        rows.first().map_or(Ok(false), |row| row.column(0))
    }

    /// What the readers of this tenant are locked by, before their names.
    fn gate(&self) -> String {
        format!("eventsourcing inline {} {} ", self.schema, self.tenant)
    }

    fn named(&self, text: &str) -> String {
        text.replace("{}", &format!("\"{}\"", self.schema))
    }
}

/// The parameters of a reader: its name, its types, and the sequences of its events.
fn of_reader<'p>(
    name: &'p (dyn ToSql + Sync),
    types: &'p (dyn ToSql + Sync),
    sequences: &'p (dyn ToSql + Sync),
) -> [Parameter<'p>; 3] {
    [
        (name, Type::TEXT),
        (types, Type::TEXT_ARRAY),
        (sequences, Type::TEXT_ARRAY),
    ]
}

/// The reader may be so many events behind; else it is left to it to come to all of them.
const NEAR: u32 = 1_000;

/// Whether everything up to a position that a reader handles has had its effect, and nothing of the sequences of the events is
/// parked.
///
/// The events since the checkpoint and their marks are compared as sets: to look each event up among the marks is quadratic with
/// a plan from when there were none.
fn is_complete(number: usize, reader: &InlineReader, position: &str) -> String {
    let (name, types, sequences) = (2 + 3 * number, 3 + 3 * number, 4 + 3 * number);
    format!(
        "(with place as materialized (select coalesce(max(c.position), 0) as at from {{}}.checkpoints c \
                                       where c.tenant = $1 and c.name = ${name}), \
               handled as materialized (select e.position from place, {{}}.event_types t, \
                    lateral (select e.position from {{}}.events e \
                              where e.type = t.id and e.position > place.at and e.position <= {position} \
                              order by e.position limit {NEAR}) e \
                    where t.tenant = $1 and t.name = any(${types})) \
          select count(*) < {NEAR} \
                 and not exists (select position from handled \
                                 except select m.position from place, {{}}.inline_marks m \
                                         where m.tenant = $1 and m.reader = ${name} and m.position > place.at) \
            from handled) \
             and not exists (select from {{}}.\"{}\" p where p._tenant = $1 and p.sequence = any(${sequences}))",
        reader.parked.name()
    )
}
