use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(String);

mod first {
    use super::*;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account")]
    pub enum AccountEvent {
        Opened {
            #[stream]
            account: AccountId,
            owner: String,
        },
        Transferred {
            #[stream]
            from: AccountId,
            #[stream]
            to: AccountId,
            cents: i64,
        },
    }
}

mod evolved {
    use super::*;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account", retired("account.Printed"))]
    pub enum AccountEvent {
        #[event(version = 2, upcast(1 -> 2 = owners))]
        Opened {
            #[stream]
            account: AccountId,
            owners: Vec<String>,
        },

        #[event(alias = "account.Moved")]
        Transferred {
            #[stream]
            from: AccountId,
            #[stream]
            to: AccountId,
            cents: i64,
        },
    }

    #[derive(Deserialize)]
    struct OpenedV1 {
        account: AccountId,
        owner: String,
    }

    fn owners(old: OpenedV1) -> AccountEvent {
        AccountEvent::Opened {
            account: old.account,
            owners: vec![old.owner],
        }
    }
}

mod delegated {
    use super::*;

    #[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[event(name = "account.Frozen")]
    pub struct Frozen {
        #[stream]
        account: AccountId,
        reason: String,
    }

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "account")]
    pub enum AccountEvent {
        Opened {
            #[stream]
            account: AccountId,
        },
        Frozen(Frozen),
    }
}

#[test]
fn what_was_stored_yesterday_is_read_today() {
    use eventsourcing::event::Stored;

    let alice = AccountId("alice".into());
    let old = first::AccountEvent::Opened {
        account: alice.clone(),
        owner: "Alice".into(),
    };
    let stored = old.encode().unwrap();
    assert_eq!(&*stored.payload, br#"{"account":"alice","owner":"Alice"}"#);

    let new = evolved::AccountEvent::decode(stored.as_stored()).unwrap();
    assert_eq!(
        new,
        evolved::AccountEvent::Opened {
            account: alice.clone(),
            owners: vec!["Alice".into()]
        }
    );

    let moved = Stored {
        event_type: "account.Moved",
        schema_version: 1,
        content_type: "application/json",
        payload: br#"{"from":"alice","to":"bob","cents":5}"#,
    };
    let bob = AccountId("bob".into());
    assert_eq!(
        evolved::AccountEvent::decode(moved).unwrap(),
        evolved::AccountEvent::Transferred {
            from: alice,
            to: bob,
            cents: 5
        }
    );
    assert!(evolved::AccountEvent::TYPES.knows("account.Printed"));
    assert!(delegated::AccountEvent::TYPES.contains("account.Frozen"));
}
