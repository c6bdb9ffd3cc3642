//! Names, versions and aliases.

use super::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account", retired("account.Audited", "account.Reviewed"))]
enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
    },
    #[event(
        name = "ledger.Closed",
        alias = "account.Terminated",
        alias("account.Ended", "account.Closed")
    )]
    Closed,
    r#Move,
}

#[derive(Event, Debug)]
enum Unprefixed {
    Happened,
}

#[derive(Event, Debug, Serialize, Deserialize)]
struct Unnamed {}

#[derive(Event, Debug, Serialize, Deserialize)]
#[event(prefix = "money", version = 3, upcast(1 -> 3 = keep, 2 -> 3 = keep))]
struct Prefixed {}

#[derive(Event, Debug, Serialize, Deserialize)]
#[event(name = "cash.Named", alias = "cash.Old", retired = "cash.Gone")]
struct Named {}

fn keep(payload: Value) -> Value {
    payload
}

#[test]
fn the_stored_name_is_the_prefix_and_the_variant() {
    assert_eq!(
        stored_type(&AccountEvent::Opened {
            account: account("alice")
        }),
        ("account.Opened", 1)
    );
    assert_eq!(stored_type(&AccountEvent::r#Move), ("account.Move", 1));
    assert_eq!(stored_type(&Unprefixed::Happened), ("Happened", 1));
}

#[test]
fn a_chosen_name_replaces_prefix_and_variant() {
    assert_eq!(stored_type(&AccountEvent::Closed), ("ledger.Closed", 1));
}

#[test]
fn a_struct_event_is_named_like_a_variant() {
    assert_eq!(stored_type(&Unnamed {}), ("Unnamed", 1));
    assert_eq!(stored_type(&Prefixed {}), ("money.Prefixed", 3));
    assert_eq!(stored_type(&Named {}), ("cash.Named", 1));
    assert!(Named::TYPES.contains("cash.Old") && Named::TYPES.knows("cash.Gone"));
}

#[test]
fn types_list_names_and_aliases() {
    let mut names = Vec::new();
    AccountEvent::TYPES.for_each_name(&mut |name| names.push(name));
    assert_eq!(
        names,
        [
            "account.Opened",
            "ledger.Closed",
            "account.Terminated",
            "account.Ended",
            "account.Closed",
            "account.Move"
        ]
    );
}

#[test]
fn retired_names_are_known_and_not_read() {
    for retired in ["account.Audited", "account.Reviewed"] {
        assert!(AccountEvent::TYPES.knows(retired) && !AccountEvent::TYPES.contains(retired));
        assert!(matches!(
            read::<AccountEvent>(retired, 1, &Value::Null),
            Err(DecodeFailure::UnknownType {
                event: "AccountEvent"
            })
        ));
    }
}

#[test]
fn an_alias_is_read_as_its_variant() {
    for name in [
        "ledger.Closed",
        "account.Terminated",
        "account.Ended",
        "account.Closed",
    ] {
        assert_eq!(
            read::<AccountEvent>(name, 1, &serde_json::json!({})).unwrap(),
            AccountEvent::Closed
        );
    }
}

#[test]
fn variants_are_listed_in_order_with_their_types() {
    let variants: Vec<_> = AccountEvent::VARIANTS
        .iter()
        .map(|variant| (variant.name, variant.types.own[0].name))
        .collect();
    assert_eq!(
        variants,
        [
            ("Opened", "account.Opened"),
            ("Closed", "ledger.Closed"),
            ("Move", "account.Move")
        ]
    );
    let [only] = Named::VARIANTS else {
        panic!("a struct is its own only variant")
    };
    assert_eq!((only.name, only.types.own[0].name), ("Named", "cash.Named"));
}

#[test]
fn an_unknown_name_is_an_error_that_says_where_it_is_stored() {
    let error = read_recorded::<AccountEvent>("account.Unheard", 1, "{}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read event 3 of stream `account-alice`, a `account.Unheard` of schema version 1 at position 17"
    );
    assert_eq!(
        error.failure.to_string(),
        "`AccountEvent` has no event type of this name; was it renamed without an `alias`?"
    );
}
