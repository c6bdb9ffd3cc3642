use super::render;
use crate::process::{ProcessManager, SentBy};

/// Commands that a process manager may send, for a scenario: an array or a `Vec` of one type, or a tuple of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of commands that `{M}` sends",
    note = "give an array `[command, ..]`, a `Vec`, or a tuple `(command, ..)` of commands in its `sends(..)`"
)]
pub trait Commands<M>: sealed::Sealed {
    /// Each as it is sent, as text.
    #[doc(hidden)]
    fn shown(self) -> Vec<String>;
}

mod sealed {
    pub trait Sealed {}
}

/// A command as text, as [`render`] shows one that was sent.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a test that cannot even write its commands has failed"
)]
pub(super) fn shown<M, C: SentBy<M>>(command: &C) -> String {
    let sending = C::SENDING;
    let name = sending.sent.name;
    match sending.write(command) {
        Ok((target, payload)) => render::command(name, target.as_ref(), &payload),
        Err(error) => panic!("the command `{name}` cannot be written: {error}"),
    }
}

impl<C, const N: usize> sealed::Sealed for [C; N] {}
impl<M: ProcessManager, C: SentBy<M>, const N: usize> Commands<M> for [C; N] {
    fn shown(self) -> Vec<String> {
        self.iter().map(shown::<M, C>).collect()
    }
}

impl<C> sealed::Sealed for Vec<C> {}
impl<M: ProcessManager, C: SentBy<M>> Commands<M> for Vec<C> {
    fn shown(self) -> Vec<String> {
        self.iter().map(shown::<M, C>).collect()
    }
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name),+> sealed::Sealed for ($($name,)+) {}
        impl<M: ProcessManager, $($name: SentBy<M>),+> Commands<M> for ($($name,)+) {
            #[expect(non_snake_case, reason = "a value is named after its type")]
            fn shown(self) -> Vec<String> {
                let ($($name,)+) = &self;
                vec![$(shown::<M, $name>($name)),+]
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
