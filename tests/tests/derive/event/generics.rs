//! Events with type parameters.

use std::marker::PhantomData;

use super::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "note")]
enum Note<K: StreamKey, T>
where
    T: Clone,
{
    Added {
        #[stream]
        to: K,
        text: T,
    },
    Linked {
        #[stream]
        from: K,
        #[stream]
        others: Vec<K>,
    },
    Signed(Signed<T>),
    Cleared,
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "note.Signed")]
struct Signed<T> {
    by: T,
    #[serde(skip)]
    kind: PhantomData<T>,
}

#[derive(Event, Clone, Debug, PartialEq)]
enum Sized<const N: usize> {
    Grown { by: u8 },
}

#[test]
fn a_generic_event_is_written_and_read_like_any_other() {
    type AccountNote = Note<AccountId, String>;
    let added = AccountNote::Added {
        to: account("alice"),
        text: "hi".into(),
    };
    assert_eq!(stored(&added), r#"{"to":"alice","text":"hi"}"#);
    assert_eq!(added.streams().unwrap(), ["account-alice"]);
    let linked = AccountNote::Linked {
        from: account("alice"),
        others: vec![account("bob"), account("carol")],
    };
    assert_eq!(
        linked.streams().unwrap(),
        ["account-alice", "account-bob", "account-carol"]
    );
    let signed = AccountNote::Signed(Signed {
        by: "bob".into(),
        kind: PhantomData,
    });
    for event in [added, linked, signed, Note::Cleared] {
        assert_eq!(read_back(&event), event);
    }
}

#[test]
fn the_types_do_not_depend_on_the_parameters() {
    assert_eq!(Note::<AccountId, u8>::TYPES, Note::<RulesId, String>::TYPES);
    assert!(Note::<RulesId, u8>::TYPES.contains("note.Signed"));
}

#[test]
fn constants_may_be_parameters() {
    assert_eq!(
        read_back(&Sized::<3>::Grown { by: 1 }),
        Sized::<3>::Grown { by: 1 }
    );
}
