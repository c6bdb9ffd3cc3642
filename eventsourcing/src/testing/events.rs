use super::past::Written;
use crate::StreamId;
use crate::event::Event;

/// Events for a scenario: an array or a `Vec` of one type, or a tuple of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of events",
    note = "give an array `[event, ..]`, a `Vec`, or a tuple `(event, ..)` of events of different types"
)]
pub trait Events: sealed::Sealed {
    /// The events as bytes; those that do not say which stream they belong to are of this one.
    #[doc(hidden)]
    fn written(self, unless_they_say: Option<&StreamId>) -> Vec<Written>;
}

mod sealed {
    pub trait Sealed {}
}

impl<E: Event, const N: usize> sealed::Sealed for [E; N] {}
impl<E: Event, const N: usize> Events for [E; N] {
    fn written(self, unless_they_say: Option<&StreamId>) -> Vec<Written> {
        self.iter()
            .map(|event| Written::of(event, unless_they_say))
            .collect()
    }
}

impl<E: Event> sealed::Sealed for Vec<E> {}
impl<E: Event> Events for Vec<E> {
    fn written(self, unless_they_say: Option<&StreamId>) -> Vec<Written> {
        self.iter()
            .map(|event| Written::of(event, unless_they_say))
            .collect()
    }
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Event),+> sealed::Sealed for ($($name,)+) {}
        impl<$($name: Event),+> Events for ($($name,)+) {
            #[expect(non_snake_case, reason = "a value is named after its type")]
            fn written(self, unless_they_say: Option<&StreamId>) -> Vec<Written> {
                let ($($name,)+) = &self;
                vec![$(Written::of($name, unless_they_say)),+]
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
