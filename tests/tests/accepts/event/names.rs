// Names of users do not get in the way, wherever the derive stands.

#![allow(dead_code, non_camel_case_types, unused_imports)]

use eventsourcing::stream::StreamKey;

// Types that are called like what generated code needs.
mod shadows {
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub trait Event {}
    pub trait Serialize {}
    pub trait Deserialize {}
}

mod shadowed {
    use super::shadows::*;

    #[derive(
        eventsourcing::stream::StreamKey,
        Clone,
        Debug,
        PartialEq,
        Eq,
        Hash,
        serde::Serialize,
        serde::Deserialize,
    )]
    #[stream_key(category = "c")]
    pub struct C(u32);

    #[derive(eventsourcing::event::Event)]
    pub enum L {
        M0 {
            #[stream]
            stored: C,
            #[stream]
            streams: std::vec::Vec<C>,
            event: u8,
            cx: u8,
            stream: u8,
        },
        Event {
            serializer: u8,
            deserializer: u8,
        },
        Option,
    }
}

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[stream_key(category = "raw")]
struct r#struct {
    r#fn: u32,
}

#[derive(eventsourcing::event::Event)]
#[event(prefix = "raw")]
enum r#enum {
    r#Type {
        #[stream]
        r#in: r#struct,
        #[stream]
        r#ref: Option<r#struct>,
    },
}

// A type that comes through a macro is still told from an `Option` of it.
macro_rules! event {
    ($name:ident, $key:ty, $links:ty) => {
        #[derive(eventsourcing::event::Event)]
        enum $name {
            Linked {
                #[stream]
                home: $key,
                #[stream]
                links: $links,
            },
        }
    };
}

event!(FromMacro, r#struct, Vec<r#struct>);

#[test]
fn it_runs() {
    #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
    #[stream_key(category = "local")]
    struct Local(String);

    #[derive(eventsourcing::event::Event)]
    enum LocalEvent {
        Happened {
            #[stream]
            local: Local,
        },
    }

    use eventsourcing::event::Event;
    assert!(LocalEvent::TYPES.contains("Happened"));
    assert!(r#enum::TYPES.contains("raw.Type"));
}
