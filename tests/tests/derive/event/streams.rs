//! The streams of an event: its home first, then the streams that it is linked to.

use eventsourcing::InvalidStreamId;

use super::*;

#[derive(Event, Clone, Debug)]
enum AccountEvent {
    Transferred {
        amount: u64,
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
    },
    Ruled {
        #[stream]
        account: AccountId,
        #[stream]
        rules: Option<RulesId>,
        #[stream]
        watchers: Vec<AccountId>,
    },
    Moved {
        #[stream]
        anywhere: StreamId,
    },
    Noted {
        about: AccountId,
    },
}

#[test]
fn the_first_field_is_the_home() {
    let transferred = AccountEvent::Transferred {
        amount: 1,
        from: account("alice"),
        to: account("bob"),
    };
    assert_eq!(transferred.streams().unwrap(), ["account-alice", "account-bob"]);
}

#[test]
fn links_may_be_optional_or_many() {
    let ruled = |rules, watchers: &[&str]| AccountEvent::Ruled {
        account: account("alice"),
        rules,
        watchers: watchers.iter().map(|id| account(id)).collect(),
    };
    assert_eq!(ruled(None, &[]).streams().unwrap(), ["account-alice"]);
    assert_eq!(
        ruled(Some(RulesId(7)), &["bob", "carol"]).streams().unwrap(),
        ["account-alice", "rules-7", "account-bob", "account-carol"]
    );
}

#[test]
fn a_stream_id_names_any_stream() {
    let anywhere = StreamId::new("garden-7").unwrap();
    assert_eq!(
        AccountEvent::Moved {
            anywhere: anywhere.clone()
        }
        .streams()
        .unwrap(),
        [anywhere]
    );
}

#[test]
fn an_event_without_a_stream_field_names_none() {
    assert!(
        AccountEvent::Noted {
            about: account("alice")
        }
        .streams()
        .unwrap()
        .is_empty()
    );
}

#[test]
fn a_key_that_makes_no_stream_id_is_an_error() {
    let transferred = AccountEvent::Transferred {
        amount: 1,
        from: account("alice"),
        to: account(""),
    };
    assert_eq!(transferred.streams(), Err(InvalidStreamId::EmptyKey));
}
