/// How many keys a stream field holds, and so what its part of the state looks like.
///
/// The derive tells them apart by how the type of the field is written.
pub trait Container {
    /// The field.
    type Keys<K>;
    /// Its part of the state: one `S` for each key.
    type States<K, S>;

    /// The keys, in order.
    fn keys<K>(keys: &Self::Keys<K>) -> &[K];

    /// A new state for each key.
    fn initial<K: Clone, S: Default>(keys: &Self::Keys<K>) -> Self::States<K, S>;

    /// The state of the key at a place in the order; `None` if there is no such key.
    fn state<K, S>(states: &mut Self::States<K, S>, index: u32) -> Option<&mut S>;
}

/// A field of type `K`.
#[derive(Debug)]
pub enum One {}

/// A field of type `Option<K>`.
#[derive(Debug)]
pub enum Optional {}

/// A field of type `Vec<K>`.
#[derive(Debug)]
pub enum Many {}

impl Container for One {
    type Keys<K> = K;
    type States<K, S> = S;

    fn keys<K>(key: &K) -> &[K] {
        std::slice::from_ref(key)
    }

    fn initial<K: Clone, S: Default>(_: &K) -> S {
        S::default()
    }

    fn state<K, S>(state: &mut S, _: u32) -> Option<&mut S> {
        Some(state)
    }
}

impl Container for Optional {
    type Keys<K> = Option<K>;
    type States<K, S> = Option<S>;

    fn keys<K>(key: &Option<K>) -> &[K] {
        key.as_slice()
    }

    fn initial<K: Clone, S: Default>(key: &Option<K>) -> Option<S> {
        key.as_ref().map(|_| S::default())
    }

    fn state<K, S>(state: &mut Option<S>, _: u32) -> Option<&mut S> {
        state.as_mut()
    }
}

impl Container for Many {
    type Keys<K> = Vec<K>;
    type States<K, S> = Vec<(K, S)>;

    fn keys<K>(keys: &Vec<K>) -> &[K] {
        keys
    }

    fn initial<K: Clone, S: Default>(keys: &Vec<K>) -> Vec<(K, S)> {
        keys.iter().map(|key| (key.clone(), S::default())).collect()
    }

    fn state<K, S>(states: &mut Vec<(K, S)>, index: u32) -> Option<&mut S> {
        states.get_mut(index as usize).map(|(_, state)| state)
    }
}
