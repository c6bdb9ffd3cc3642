use super::past::Written;
use crate::event::Event;

/// Events for a scenario: an array or a `Vec` of one type, or a tuple of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of events",
    note = "give an array `[event, ..]`, a `Vec`, or a tuple `(event, ..)` of events of different types"
)]
pub trait Events: sealed::Sealed {
    #[doc(hidden)]
    fn written(self) -> Vec<Written>;
}

mod sealed {
    pub trait Sealed {}
}

impl<E: Event, const N: usize> sealed::Sealed for [E; N] {}
impl<E: Event, const N: usize> Events for [E; N] {
    fn written(self) -> Vec<Written> {
        self.iter().map(Written::of).collect()
    }
}

impl<E: Event> sealed::Sealed for Vec<E> {}
impl<E: Event> Events for Vec<E> {
    fn written(self) -> Vec<Written> {
        self.iter().map(Written::of).collect()
    }
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Event),+> sealed::Sealed for ($($name,)+) {}
        impl<$($name: Event),+> Events for ($($name,)+) {
            #[expect(non_snake_case, reason = "a value is named after its type")]
            fn written(self) -> Vec<Written> {
                let ($($name,)+) = &self;
                vec![$(Written::of($name)),+]
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
