use eventsourcing::event::DecodeFailure;
use eventsourcing::prelude::*;

use super::{
    Account, AccountId, Log, Rules, RulesEvent, RulesId, account, deposited, recorded, slot, stream,
    transferred,
};

#[derive(Command)]
#[command(emits())]
struct All {
    #[stream(state = Account)]
    one: AccountId,
    #[stream(state = Account)]
    maybe: Option<AccountId>,
    #[stream(state = Account)]
    many: Vec<AccountId>,
    #[stream(read, state = Rules)]
    rules: RulesId,
    #[stream(state = Account)]
    untyped: StreamId,
    #[stream(state = Log)]
    log: AccountId,
}

fn all() -> All {
    All {
        one: account("a"),
        maybe: Some(account("b")),
        many: vec![account("c"), account("d")],
        rules: RulesId(7),
        untyped: stream("account-e"),
        log: account("f"),
    }
}

#[test]
fn there_is_a_state_for_each_key() {
    let AllState {
        one,
        maybe,
        many,
        rules,
        untyped,
        log,
    } = all().initial();
    assert_eq!(
        (one, maybe, untyped),
        (Account::default(), Some(Account::default()), Account::default())
    );
    assert_eq!(
        many,
        [
            (account("c"), Account::default()),
            (account("d"), Account::default())
        ]
    );
    assert_eq!((rules, log), (Rules::default(), Log::default()));

    let command = All {
        maybe: None,
        many: Vec::new(),
        ..all()
    };
    assert_eq!(
        (command.initial().maybe, command.initial().many),
        (None, Vec::new())
    );
}

#[test]
fn events_are_folded_into_the_state_of_their_slot() {
    let command = all();
    let mut state = command.initial();
    let mut fold = |field, index, id: &str, event| {
        command
            .fold(
                &mut state,
                slot(field, index),
                &stream(id),
                &[recorded(&event, 1)],
            )
            .unwrap();
    };
    fold(0, 0, "account-a", deposited("a", 1));
    fold(1, 0, "account-b", deposited("b", 2));
    fold(2, 1, "account-d", deposited("d", 4));
    fold(4, 0, "account-e", deposited("e", 5));
    assert_eq!(
        (state.one.balance, state.maybe),
        (1, Some(Account { balance: 2 }))
    );
    assert_eq!(
        (
            state.many[0].1.balance,
            state.many[1].1.balance,
            state.untyped.balance
        ),
        (0, 4, 5)
    );
}

#[test]
fn a_state_is_told_through_which_stream_an_event_is_read() {
    let command = All {
        untyped: stream("account-b"),
        ..all()
    };
    let mut state = command.initial();
    let both = [recorded(&transferred("a", "b", 30), 3)];
    command
        .fold(&mut state, slot(0, 0), &stream("account-a"), &both)
        .unwrap();
    command
        .fold(&mut state, slot(1, 0), &stream("account-b"), &both)
        .unwrap();
    command
        .fold(&mut state, slot(4, 0), &stream("account-b"), &both)
        .unwrap();
    assert_eq!(
        (state.one.balance, state.maybe, state.untyped.balance),
        (-30, Some(Account { balance: 30 }), 30)
    );
}

#[test]
fn a_state_of_any_stream_is_told_the_name_of_the_stream() {
    let command = all();
    let mut state = command.initial();
    command
        .fold(
            &mut state,
            slot(5, 0),
            &stream("account-f"),
            &[recorded(&deposited("f", 1), 8)],
        )
        .unwrap();
    assert_eq!(state.log.read, ["account-f@8"]);
}

#[test]
fn events_of_other_types_are_passed_over() {
    let command = all();
    let mut state = command.initial();
    let limit = RulesEvent::LimitSet {
        rules: RulesId(7),
        amount: 100,
    };
    let events = [recorded(&limit, 1), recorded(&deposited("a", 9), 2)];
    command
        .fold(&mut state, slot(0, 0), &stream("account-a"), &events)
        .unwrap();
    command
        .fold(&mut state, slot(3, 0), &stream("rules-7"), &events)
        .unwrap();
    assert_eq!((state.one.balance, state.rules.limit), (9, Some(100)));
}

#[test]
fn slots_without_a_state_are_passed_over() {
    let command = All { maybe: None, ..all() };
    let mut state = command.initial();
    for slot in [slot(1, 0), slot(2, 2), slot(6, 0)] {
        command
            .fold(
                &mut state,
                slot,
                &stream("account-b"),
                &[recorded(&deposited("b", 1), 1)],
            )
            .unwrap();
    }
    assert_eq!(state.maybe, None);
}

#[test]
fn a_stream_of_another_category_has_no_key_for_the_state() {
    let command = All {
        untyped: stream("rules-7"),
        ..all()
    };
    let events = [recorded(&deposited("e", 1), 1)];
    let failure = command
        .fold(&mut command.initial(), slot(4, 0), &stream("rules-7"), &events)
        .unwrap_err();
    let DecodeFailure::Payload(source) = failure.failure else {
        panic!("{failure:?}")
    };
    assert_eq!(
        source.to_string(),
        "`rules-7` is not a stream of the category `account`"
    );
}

#[test]
fn an_event_that_cannot_be_read_is_told() {
    let command = all();
    let mut event = (*recorded(&deposited("a", 1), 4)).clone();
    event.payload = b"{}".to_vec().into();
    let failure = command.fold(
        &mut command.initial(),
        slot(0, 0),
        &stream("account-a"),
        &[event.into()],
    );
    assert_eq!(failure.unwrap_err().version, Version::new(4));
}
