//! Attributes of serde on fields, variants and the enum shape payloads as they would shape a struct.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserializer, Serializer, de};

use super::*;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "shop")]
#[serde(rename_all_fields = "camelCase")]
enum ShopEvent {
    Priced {
        #[stream]
        account_id: AccountId,
        #[serde(rename = "PRICE", alias = "cost")]
        price_in_cents: u64,
    },
    #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
    Counted { how_many: u32 },
    Noted {
        #[serde(default, skip_serializing_if = "is_default")]
        note: String,
        #[serde(default = "ten", skip_serializing_if = "Option::is_none")]
        stars: Option<u8>,
        #[serde(skip)]
        cached: u8,
    },
    Weighed {
        #[serde(with = "as_text")]
        grams: u64,
        #[serde(
            serialize_with = "as_text::serialize",
            deserialize_with = "as_text::deserialize"
        )]
        pieces: u64,
    },
    Extended {
        id: u8,
        #[serde(flatten)]
        more: BTreeMap<String, u8>,
    },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
enum Strict {
    Said { word: String },
}

/// The enum has a `Serialize` of its own, which says nothing about what is stored.
#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    #[serde(rename = "loud")]
    Shouted { word: String },
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an `Option`")]
fn ten() -> Option<u8> {
    Some(10)
}

mod as_text {
    use super::*;

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[test]
fn fields_are_renamed() {
    let priced = ShopEvent::Priced {
        account_id: account("alice"),
        price_in_cents: 250,
    };
    assert_eq!(stored(&priced), r#"{"accountId":"alice","PRICE":250}"#);
    assert_eq!(read_back(&priced), priced);
    let aliased = serde_json::json!({ "accountId": "alice", "cost": 250 });
    assert_eq!(read::<ShopEvent>("shop.Priced", 1, &aliased).unwrap(), priced);
}

#[test]
fn a_variant_renames_its_fields_in_its_own_way() {
    let counted = ShopEvent::Counted { how_many: 2 };
    assert_eq!(stored(&counted), r#"{"HOW-MANY":2}"#);
    assert_eq!(read_back(&counted), counted);
}

#[test]
fn fields_are_skipped_and_defaulted() {
    let noted = ShopEvent::Noted {
        note: String::new(),
        stars: None,
        cached: 9,
    };
    assert_eq!(stored(&noted), "{}");
    assert_eq!(
        read_back(&noted),
        ShopEvent::Noted {
            note: String::new(),
            stars: Some(10),
            cached: 0
        }
    );
    let full = ShopEvent::Noted {
        note: "fine".into(),
        stars: Some(3),
        cached: 0,
    };
    assert_eq!(stored(&full), r#"{"note":"fine","stars":3}"#);
    assert_eq!(read_back(&full), full);
}

#[test]
fn fields_are_written_and_read_by_other_functions() {
    let weighed = ShopEvent::Weighed { grams: 5, pieces: 6 };
    assert_eq!(stored(&weighed), r#"{"grams":"5","pieces":"6"}"#);
    assert_eq!(read_back(&weighed), weighed);
}

#[test]
fn fields_are_flattened() {
    let extended = ShopEvent::Extended {
        id: 1,
        more: BTreeMap::from([("a".into(), 2), ("b".into(), 3)]),
    };
    assert_eq!(stored(&extended), r#"{"id":1,"a":2,"b":3}"#);
    assert_eq!(read_back(&extended), extended);
}

#[test]
fn unknown_fields_are_refused_if_the_enum_says_so() {
    assert!(read::<Strict>("Said", 1, &serde_json::json!({ "word": "hi" })).is_ok());
    assert!(read::<Strict>("Said", 1, &serde_json::json!({ "word": "hi", "by": "me" })).is_err());
}

#[test]
fn how_the_enum_itself_is_serialized_does_not_matter() {
    let shouted = Tagged::Shouted { word: "HI".into() };
    assert_eq!(
        serde_json::to_string(&shouted).unwrap(),
        r#"{"kind":"loud","word":"HI"}"#
    );
    assert_eq!(stored(&shouted), r#"{"word":"HI"}"#);
    assert_eq!(stored_type(&shouted), ("Shouted", 1));
    assert_eq!(read_back(&shouted), shouted);
}
