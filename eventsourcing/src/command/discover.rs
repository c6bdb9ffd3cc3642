use super::Command;
use crate::stream::StreamKey;

/// A command that declares what it may discover: `#[command(discovers(name: Key, state = State))]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it may discover",
    label = "this command has no `discovers(..)`",
    note = "add `#[command(discovers(name: KeyType, state = StateType))]` to `{Self}`"
)]
pub trait Discovers: Command {}

/// Names streams that only the state can tell: a fee account that an account refers to, the members of a group.
///
/// It is asked again whenever more has been read, until it names nothing new. What it has named once is read and checked,
/// even if it does not name it again.
///
/// # Contract
/// `discover` is pure: the same state gives the same streams.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares `discovers(..)`, but nothing says which streams",
    label = "this command has no `StreamResolver`",
    note = "implement `StreamResolver` for `{Self}`: `fn discover(&self, state, found)`"
)]
pub trait StreamResolver: Discovers {
    /// Names further streams, by the methods of `found` that are called as in `discovers(..)`.
    fn discover(&self, state: &Self::State, found: &mut Self::Found);
}

/// The streams that were discovered under one name, each with its state, in the order in which they were found.
#[derive(Clone, Debug)]
pub struct Discovered<K, S> {
    found: Vec<(K, S)>,
}

impl<K: StreamKey, S> Discovered<K, S> {
    /// The state of a stream; `None` if it has not been named yet.
    pub fn get(&self, key: &K) -> Option<&S> {
        self.iter()
            .find_map(|(found, state)| (found == key).then_some(state))
    }

    /// The one that was found first, if any was.
    pub fn first(&self) -> Option<(&K, &S)> {
        self.iter().next()
    }

    /// All that were found.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &S)> {
        self.found.iter().map(|(key, state)| (key, state))
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.found.len()
    }
}

impl<K, S> Discovered<K, S> {
    /// A key and its state, by their place in the order of discovery.
    pub(super) fn entry(&mut self, index: u32) -> Option<(&K, &mut S)> {
        self.found
            .get_mut(index as usize)
            .map(|(key, state)| (&*key, state))
    }

    /// Takes a key that is new.
    pub(super) fn admit(&mut self, key: K)
    where
        S: Default,
    {
        self.found.push((key, S::default()));
    }
}

impl<K, S> Default for Discovered<K, S> {
    fn default() -> Self {
        Self { found: Vec::new() }
    }
}
