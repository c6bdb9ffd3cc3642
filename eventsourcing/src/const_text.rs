//! Texts in constants: messages of panics, which cannot be formatted there and are put together from parts.

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
        while at < part.len() {
            self = self.with_byte(part[at]);
            at += 1;
        }
        self
    }

    /// This text, and the name of a type as that of a function: in lower case, with `_` between its words.
    pub(crate) const fn with_snake_case(self, name: &str) -> Self {
        let name = name.as_bytes();
        let mut text = self;
        let mut at = 0;
        while at < name.len() {
            if at > 0 && name[at].is_ascii_uppercase() {
                text = text.with_byte(b'_');
            }
            text = text.with_byte(name[at].to_ascii_lowercase());
            at += 1;
        }
        text
    }

    const fn with_byte(mut self, byte: u8) -> Self {
        if self.len < CAPACITY {
            self.bytes[self.len] = byte;
            self.len += 1;
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

/// `==` on texts, which is not `const` yet.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
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
    fn names_of_types_become_names_of_functions() {
        const TEXT: ConstText = ConstText::of(&["fn "]).with_snake_case("MoneyPaid");
        assert_eq!(TEXT.as_str(), "fn money_paid");
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let text = ConstText::of(&["ab"; CAPACITY]);
        assert_eq!(text.as_str().len(), CAPACITY);
    }
}
