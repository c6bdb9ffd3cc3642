//! What is written is read back, whatever it holds.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "sample")]
enum Sample {
    Texts {
        #[stream]
        account: AccountId,
        lines: Vec<String>,
        note: Option<String>,
    },
    #[event(version = 2, alias = "sample.Figures", upcast(1 -> 2 = unreachable_version))]
    Numbers {
        small: i8,
        large: i128,
        unsigned: u64,
        fraction: f64,
        letter: char,
    },
    #[serde(rename_all = "camelCase")]
    Nested {
        by_name: BTreeMap<String, (u8, bool)>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
    },
    Wrapped(Wrapped),
    Nothing,
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped {
    unit: (),
    bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Yes,
    Perhaps(String),
    No { because: Box<Self> },
}

fn unreachable_version(payload: Value) -> Value {
    payload
}

fn choice() -> impl Strategy<Value = Choice> {
    let leaf = prop_oneof![Just(Choice::Yes), any::<String>().prop_map(Choice::Perhaps)];
    leaf.prop_recursive(4, 8, 1, |inner| {
        inner.prop_map(|because| Choice::No {
            because: because.into(),
        })
    })
}

fn sample() -> impl Strategy<Value = Sample> {
    let texts = (
        any::<String>(),
        vec(any::<String>(), 0..4),
        option::of(any::<String>()),
    );
    let numbers = (
        any::<i8>(),
        any::<i128>(),
        any::<u64>(),
        proptest::num::f64::NORMAL | proptest::num::f64::ZERO,
        any::<char>(),
    );
    let nested = (
        btree_map(any::<String>(), any::<(u8, bool)>(), 0..4),
        vec(choice(), 0..3),
    );
    prop_oneof![
        texts.prop_map(|(id, lines, note)| Sample::Texts {
            account: AccountId(id),
            lines,
            note
        }),
        numbers.prop_map(|(small, large, unsigned, fraction, letter)| Sample::Numbers {
            small,
            large,
            unsigned,
            fraction,
            letter
        }),
        nested.prop_map(|(by_name, choices)| Sample::Nested { by_name, choices }),
        vec(any::<u8>(), 0..8).prop_map(|bytes| Sample::Wrapped(Wrapped { unit: (), bytes })),
        Just(Sample::Nothing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_event_comes_back_as_it_was(event in sample()) {
        prop_assert_eq!(read_back(&event), event);
    }
}

#[test]
fn a_fraction_keeps_its_last_bit() {
    let fraction = 0.924_119_763_269_553_9;
    let numbers = Sample::Numbers {
        small: 0,
        large: 0,
        unsigned: 0,
        fraction,
        letter: 'a',
    };
    assert_eq!(read_back(&numbers), numbers);
}
