use super::StreamKey;

/// The type of a `#[stream]` field: a key `K`, an `Option<K>` or a `Vec<K>`.
///
/// It says what part of the state belongs to the field: `S`, `Option<S>` or `Vec<(K, S)>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `#[stream]` field",
    label = "this type does not name streams",
    note = "a `#[stream]` field is a stream key `K`, `StreamId`, `Option<K>` or `Vec<K>`",
    note = "a newtype becomes a stream key by `#[derive(StreamKey)] #[stream_key(category = \"...\")]`"
)]
pub trait StreamField {
    /// The key in it.
    type Key: StreamKey;
    /// What a state `S` for each key adds up to.
    type Of<S>;

    /// The keys, in order.
    fn keys(&self) -> &[Self::Key];

    /// A new state for each key.
    fn initial<S: Default>(&self) -> Self::Of<S>;

    /// The state of one key.
    ///
    /// # Panics
    /// If there is no key of that index.
    fn state<S>(states: &mut Self::Of<S>, index: u32) -> &mut S;
}

#[diagnostic::do_not_recommend]
impl<K: StreamKey> StreamField for K {
    type Key = K;
    type Of<S> = S;

    fn keys(&self) -> &[K] {
        std::slice::from_ref(self)
    }

    fn initial<S: Default>(&self) -> S {
        S::default()
    }

    fn state<S>(state: &mut S, _: u32) -> &mut S {
        state
    }
}

impl<K: StreamKey> StreamField for Option<K> {
    type Key = K;
    type Of<S> = Option<S>;

    fn keys(&self) -> &[K] {
        self.as_slice()
    }

    fn initial<S: Default>(&self) -> Option<S> {
        self.as_ref().map(|_| S::default())
    }

    #[expect(clippy::expect_used, reason = "documented; slots are only made for keys that are there")]
    fn state<S>(state: &mut Option<S>, _: u32) -> &mut S {
        state.as_mut().expect("a slot of an absent key")
    }
}

impl<K: StreamKey> StreamField for Vec<K> {
    type Key = K;
    type Of<S> = Vec<(K, S)>;

    fn keys(&self) -> &[K] {
        self
    }

    fn initial<S: Default>(&self) -> Vec<(K, S)> {
        self.iter().map(|key| (key.clone(), S::default())).collect()
    }

    fn state<S>(states: &mut Vec<(K, S)>, index: u32) -> &mut S {
        &mut states[index as usize].1
    }
}
