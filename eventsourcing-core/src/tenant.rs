use crate::text::{Text, text_newtype};

/// Who the data belongs to: the first part of every key in a store.
///
/// ASCII letters, digits, `_`, `-` and `.`; at most [`TenantId::MAX_BYTES`] bytes. Those who have but one tenant use
/// [`TenantId::DEFAULT`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Text);

impl TenantId {
    /// The tenant of everybody who does not name one.
    pub const DEFAULT: Self = Self(Text::Static("default"));
    /// The longest tenant id, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks and takes a tenant id.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidTenantId> {
        if text.is_empty() {
            return Err(InvalidTenantId::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidTenantId::TooLong { bytes: text.len() });
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        match text.bytes().position(|byte| !allowed(byte)) {
            Some(at) => Err(InvalidTenantId::Character { at }),
            None => Ok(Self(text.into())),
        }
    }
}

impl Default for TenantId {
    fn default() -> Self {
        Self::DEFAULT
    }
}

text_newtype!(TenantId, InvalidTenantId);

/// Why a text is not a [`TenantId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTenantId {
    /// There is no text.
    #[error("the tenant id is empty")]
    Empty,
    /// Longer than [`TenantId::MAX_BYTES`].
    #[error("the tenant id has {bytes} bytes, {max} are allowed", max = TenantId::MAX_BYTES)]
    TooLong {
        /// The length of the refused id.
        bytes: usize,
    },
    /// A character that a tenant id cannot hold.
    #[error("a tenant id is made of ASCII letters, digits, `_`, `-` and `.`; byte {at} is something else")]
    Character {
        /// The offset of the first such byte.
        at: usize,
    },
}
