// Nothing of the prelude is needed, and nothing that is called like it is taken for it.
#![no_implicit_prelude]

use ::eventsourcing::command::{Command, CommandLogic, Decide};
use ::eventsourcing::event::Event;
use ::eventsourcing::service::{module, service};
use ::eventsourcing::{StreamId, emit};
use ::serde::{Deserialize, Serialize};
use ::std::clone::Clone;

#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
struct Result;
#[allow(dead_code)]
struct Vec;
#[allow(dead_code)]
struct Service;
#[allow(dead_code)]
struct Module;

#[derive(Event)]
#[event(prefix = "note")]
enum NoteEvent {
    Taken {
        #[stream]
        note: StreamId,
    },
}

#[derive(Command, Serialize, Deserialize)]
#[command(emits(NoteEvent))]
struct Take {
    #[stream(append)]
    note: StreamId,
}

impl CommandLogic for Take {
    type Error = ::std::convert::Infallible;

    fn handle(&self, _: &TakeState, cx: &mut Decide<Self>) -> ::std::result::Result<(), Self::Error> {
        emit!(
            cx,
            NoteEvent::Taken {
                note: self.note.clone()
            }
        );
        ::std::result::Result::Ok(())
    }
}

#[module(commands(Take))]
struct Notes;

#[service(
    modules(Notes),
    extern_events(NoteEvent = "elsewhere"),
    extern_commands(Take = "elsewhere"),
    resources(::std::string::String)
)]
struct App;

#[::core::prelude::v1::test]
fn it_runs() {
    let _ = App::describe();
}
