//! Events with a codec of their own.

use std::error::Error;

use eventsourcing::event::Codec;
use serde::de::DeserializeOwned;

use super::*;

/// JSON, backwards.
struct Backwards;

impl Codec for Backwards {
    const CONTENT_TYPE: ContentType = ContentType::from_static("application/backwards");

    fn encode<T: Serialize>(payload: &T) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let mut bytes = serde_json::to_vec(payload)?;
        bytes.reverse();
        Ok(bytes)
    }

    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<dyn Error + Send + Sync>> {
        let forwards: Vec<u8> = bytes.iter().rev().copied().collect();
        Ok(serde_json::from_slice(&forwards)?)
    }
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(codec = Backwards)]
enum Said {
    #[event(version = 2, upcast(1 -> 2 = once))]
    Word {
        word: String,
        times: u32,
    },
    Nothing,
}

#[derive(Deserialize)]
struct WordV1 {
    word: String,
}

fn once(old: WordV1) -> Said {
    Said::Word {
        word: old.word,
        times: 1,
    }
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(codec = Backwards)]
struct Sung {
    song: String,
}

/// Wrapped events keep their codec.
#[derive(Event, Clone, Debug, PartialEq)]
enum Heard {
    Sung(Sung),
    Noise,
}

#[test]
fn payloads_are_written_and_read_with_the_codec() {
    let said = Said::Word {
        word: "hi".into(),
        times: 2,
    };
    let encoded = said.encode().unwrap();
    assert_eq!(&*encoded.payload, br#"}2:"semit","ih":"drow"{"#);
    assert_eq!(encoded.content_type, "application/backwards");
    assert_eq!(Said::decode(encoded.as_stored()).unwrap(), said);
    assert_eq!(read_back(&Said::Nothing), Said::Nothing);
    assert_eq!(stored(&Sung { song: "la".into() }), r#"}"al":"gnos"{"#);
}

#[test]
fn older_payloads_are_read_with_the_codec() {
    let v1 = Stored {
        event_type: "Word",
        schema_version: 1,
        content_type: "application/backwards",
        payload: br#"}"ih":"drow"{"#,
    };
    assert_eq!(
        Said::decode(v1).unwrap(),
        Said::Word {
            word: "hi".into(),
            times: 1
        }
    );
}

#[test]
fn wrapped_events_keep_their_codec() {
    let sung = Heard::Sung(Sung { song: "la".into() });
    assert_eq!(sung.encode().unwrap().content_type, "application/backwards");
    assert_eq!(Heard::Noise.encode().unwrap().content_type, ContentType::JSON);
    assert_eq!(read_back(&sung), sung);
}

#[test]
fn a_payload_of_another_content_type_is_an_error() {
    let failure = read::<Said>("Nothing", 1, &serde_json::json!({})).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "its content type is `application/json`, its type is read as `application/backwards`"
    );
}
