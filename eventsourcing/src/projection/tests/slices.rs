//! With slices, a row belongs to the sequence that its key begins with.

use std::sync::Arc;

use super::world::{
    AccountEvent, AccountId, BalanceRow, World, account, closed, garbled, inherited, moved, opened, recorded,
};
use crate::prelude::*;
use crate::projection::batch::Batch;
use crate::projection::derived::Projects;
use crate::projection::{Batches as _, ProjectionFailure, RowChanges, RowError};

/// What `owner` says is done to the row of the account `b`, whoever is meant.
#[derive(Default)]
struct Meddling;

#[projection(name = "meddling", version = 1, row = BalanceRow, parallel_by = account, slices = 4)]
impl Meddling {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) -> Result<(), RowError> {
        let b = super::world::account("b");
        rows.entry(account).balance += 1;
        match owner {
            "changes" => rows.entry(&b).balance += 1,
            "looks" => drop(rows.get(&b).cloned()),
            "needs" => rows.existing(&b)?.balance += 1,
            "puts" => rows.put(super::world::row("b", "", 1)),
            "removes" => rows.remove(&b),
            _ => {}
        }
        Ok(())
    }

    #[on([AccountEvent::Closed, AccountEvent::Inherited])]
    fn closed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.remove(account);
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "days")]
struct DayRow {
    #[key]
    amount: i64,
    #[key]
    to: String,
    moves: u32,
}

/// By a number, which is only the first part of a key.
#[derive(Default)]
struct Days;

#[projection(name = "days", version = 1, row = DayRow, parallel_by = amount, slices = 4)]
impl Days {
    #[on(AccountEvent::Moved)]
    fn moved(&self, to: &AccountId, amount: &i64, rows: &mut Rows<DayRow>) {
        rows.entry((amount, to.0.as_str())).moves += 1;
        if to.0 == "other" {
            rows.entry((&(amount + 1), to.0.as_str())).moves += 1;
        }
    }
}

/// Of home streams. A large amount is noted for those who receive it, too.
#[derive(Default)]
struct Spent;

#[projection(name = "spent", version = 1, row = BalanceRow, slices = 4)]
impl Spent {
    #[on(AccountEvent::Moved)]
    fn moved(&self, from: &AccountId, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
        rows.entry(from).balance += amount;
        if *amount > 100 {
            rows.entry(to).balance -= amount;
        }
    }
}

/// Of home streams whatever their category: the key is the id of the stream.
#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "lengths")]
struct LengthRow {
    #[key]
    stream: StreamId,
    events: u32,
}

#[derive(Default)]
struct Lengths;

#[projection(name = "lengths", version = 1, row = LengthRow, slices = 4)]
impl Lengths {
    #[on(AccountEvent)]
    fn happened(&self, event: &Recorded<AccountEvent>, rows: &mut Rows<LengthRow>) {
        rows.entry(&event.as_stored().home.stream).events += 1;
    }
}

fn batch<P: Projects + Default>() -> Batch<P> {
    Batch::new(Arc::new(P::default()))
}

fn is_refused(failure: Option<&ProjectionFailure>, of: &str) -> bool {
    matches!(failure, Some(ProjectionFailure::Row(RowError::OfAnotherSequence { sequence, .. })) if sequence == of)
}

#[test]
fn an_event_has_to_do_with_the_rows_of_its_sequence_alone_and_may_not_even_look_at_others() {
    for deed in ["changes", "looks", "needs", "puts", "removes"] {
        let mut world = World::default();
        let projected = world.project(&mut batch::<Meddling>(), &recorded(&[opened("a", deed)]));
        assert!(
            is_refused(projected.failure.as_ref(), "a"),
            "{deed}: {projected:?}"
        );
        assert_eq!((projected.events, projected.changes), (0, RowChanges::default()));
        assert_eq!(
            world.loads.iter().sum::<usize>(),
            1,
            "{deed}: only its own row is read"
        );
        let projected = world.write(
            &mut batch::<Meddling>(),
            &[opened("b", "changes"), opened("b", deed)],
        );
        assert!(projected.failure.is_none(), "{deed}: {projected:?}");
    }
}

#[test]
fn events_of_several_sequences_in_one_batch_have_rows_of_their_own() {
    let mut world = World::default();
    let events = [
        opened("a", ""),
        opened("b", ""),
        opened("a", ""),
        inherited("b"),
        opened("c", ""),
        closed("a"),
    ];
    let projected = world.write(&mut batch::<Meddling>(), &events);
    assert!(projected.failure.is_none(), "{projected:?}");
    assert_eq!(
        world.rows().iter().map(|row| &row.account).collect::<Vec<_>>(),
        [&account("c")]
    );
}

#[test]
fn a_key_may_have_further_parts_and_a_sequence_may_be_a_number() {
    let mut world = World::default();
    let projected = world.project(
        &mut batch::<Days>(),
        &recorded(&[moved("a", "b", 7), moved("a", "c", 7), moved("b", "c", -8)]),
    );
    assert_eq!((projected.events, projected.changes.put.len()), (3, 3));
    let projected = world.project(&mut batch::<Days>(), &recorded(&[moved("a", "other", 7)]));
    assert!(is_refused(projected.failure.as_ref(), "7"), "{projected:?}");
}

#[test]
fn without_a_field_the_rows_of_an_event_are_those_of_its_home_stream() {
    let mut world = World::default();
    let projected = world.project(&mut batch::<Spent>(), &recorded(&[moved("a", "b", 7)]));
    assert_eq!((projected.events, projected.changes.put.len()), (1, 1));
    let projected = world.project(&mut batch::<Spent>(), &recorded(&[moved("a", "b", 700)]));
    assert!(
        is_refused(projected.failure.as_ref(), "account-a"),
        "{projected:?}"
    );

    let mut elsewhere = (*recorded(&[moved("a", "b", 7)]).remove(0)).clone();
    elsewhere.home.stream = StreamId::new("card-a").unwrap();
    let elsewhere = [Arc::new(elsewhere)];
    let projected = world.project(&mut batch::<Spent>(), &elsewhere);
    assert!(
        is_refused(projected.failure.as_ref(), "card-a"),
        "an account is no card: {projected:?}"
    );
    let projected = world.project(&mut batch::<Lengths>(), &elsewhere);
    assert_eq!((projected.events, projected.changes.put.len()), (1, 1));
}

#[test]
fn without_a_field_an_event_that_cannot_be_read_is_of_its_home_stream() {
    let unreadable = garbled(&recorded(&[moved("a", "b", 7)]).remove(0));
    let mut spent = batch::<Spent>();
    assert_eq!(spent.sequence(&unreadable).unwrap(), "account-a");
    let projected = World::default().project(&mut spent, &[unreadable]);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Decode(_))));
}

#[test]
fn an_event_that_does_not_say_whose_it_is_fails_even_if_nothing_is_parked() {
    let readable = recorded(&[opened("a", "")]).remove(0);
    let mut world = World::default();
    let projected = world.project(&mut batch::<Meddling>(), &[garbled(&readable)]);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Decode(_))));

    let nul = opened("a\0", "").encode().unwrap();
    let mut unnamed = (*readable).clone();
    unnamed.payload = nul.payload;
    let unnamed = Arc::new(unnamed);
    assert!(batch::<Meddling>().sequence(&unnamed).is_err());
    let projected = world.project(&mut batch::<Meddling>(), &[unnamed]);
    assert!(
        matches!(projected.failure, Some(ProjectionFailure::Sequence(_))),
        "{projected:?}"
    );
}
