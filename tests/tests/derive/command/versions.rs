use eventsourcing::prelude::*;

use super::{Account, AccountId, RulesId, account, deposited, recorded, slot, stream};

#[derive(Command)]
#[command(emits())]
struct Watch {
    #[stream]
    one: RulesId,
    #[stream(read)]
    maybe: Option<AccountId>,
    #[stream]
    many: Vec<StreamId>,
    #[stream(append)]
    appended: AccountId,
    #[stream(state = Account)]
    account: AccountId,
}

fn watch() -> Watch {
    Watch {
        one: RulesId(1),
        maybe: Some(account("b")),
        many: vec![stream("x"), stream("y")],
        appended: account("a"),
        account: account("a"),
    }
}

#[test]
fn streams_are_absent_until_they_are_seen() {
    let WatchState {
        one,
        maybe,
        many,
        account,
    } = watch().initial();
    assert_eq!((one, maybe), (Version::ABSENT, Some(Version::ABSENT)));
    assert_eq!(
        many,
        [(stream("x"), Version::ABSENT), (stream("y"), Version::ABSENT)]
    );
    assert_eq!(account, Account::default());
}

#[test]
fn a_stream_without_state_shows_its_version() {
    let command = watch();
    let mut state = command.initial();
    command.seen(&mut state, slot(0, 0), Version::new(3));
    command.seen(&mut state, slot(1, 0), Version::new(4));
    command.seen(&mut state, slot(2, 1), Version::new(5));
    assert_eq!((state.one, state.maybe), (Version::new(3), Some(Version::new(4))));
    assert_eq!(
        state.many,
        [(stream("x"), Version::ABSENT), (stream("y"), Version::new(5))]
    );
}

#[test]
fn what_is_not_a_version_takes_no_notice() {
    let command = Watch {
        maybe: None,
        ..watch()
    };
    let mut state = command.initial();
    for slot in [slot(1, 0), slot(2, 2), slot(3, 0), slot(4, 0)] {
        command.seen(&mut state, slot, Version::new(9));
        command.fold(&mut state, slot, &stream("account-z"), &[]).unwrap();
    }
    command
        .fold(
            &mut state,
            slot(0, 0),
            &stream("account-a"),
            &[recorded(&deposited("a", 1), 1)],
        )
        .unwrap();
    assert_eq!(
        (state.one, state.maybe, state.account),
        (Version::ABSENT, None, Account::default())
    );
}
