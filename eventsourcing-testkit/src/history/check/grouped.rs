/// Some items for each operation, next to each other in memory: histories are long, and gone through more than once.
pub(super) struct Grouped<T> {
    items: Vec<T>,
    /// Where the items of each operation end.
    ends: Vec<usize>,
}

impl<T> Grouped<T> {
    pub(super) fn new() -> Self {
        Self {
            items: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Adds the items of the next operation.
    pub(super) fn push(&mut self, add: impl FnOnce(&mut Vec<T>)) {
        add(&mut self.items);
        self.ends.push(self.items.len());
    }

    /// The items of an operation.
    pub(super) fn of(&self, operation: usize) -> &[T] {
        let start = operation.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start..self.ends[operation]]
    }

    /// How many items there are in all.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}
