/// The part of a command's state that a stream is folded into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Which stream field of the command, in the order in which they are written.
    pub field: u16,
    /// Which of the keys in that field.
    pub index: u32,
}
