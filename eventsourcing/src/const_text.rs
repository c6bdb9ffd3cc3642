//! Messages of panics in constants, which cannot be formatted: they are put together from parts.

/// How long a message can be, in bytes; the rest is cut off.
const CAPACITY: usize = 1_000;

/// A text that is made while the program is compiled.
pub(crate) struct ConstText {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl ConstText {
    /// The parts, one after the other.
    pub(crate) const fn of(parts: &[&str]) -> Self {
        let mut text = Self {
            bytes: [0; CAPACITY],
            len: 0,
        };
        let mut at = 0;
        while at < parts.len() {
            text = text.with(parts[at]);
            at += 1;
        }
        text
    }

    /// This text, and one more part.
    pub(crate) const fn with(mut self, part: &str) -> Self {
        let part = part.as_bytes();
        let mut at = 0;
        while at < part.len() && self.len < CAPACITY {
            self.bytes[self.len] = part[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    /// What it says.
    pub(crate) const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "(a message that was cut off within a character)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined() {
        const TEXT: ConstText = ConstText::of(&["the name `", "x", "`"]).with(" is taken");
        assert_eq!(TEXT.as_str(), "the name `x` is taken");
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let text = ConstText::of(&["ab"; CAPACITY]);
        assert_eq!(text.as_str().len(), CAPACITY);
    }
}
