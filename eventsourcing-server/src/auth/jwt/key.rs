use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, DecodingKey};

/// Shorter secrets can be guessed: [RFC 7518](https://www.rfc-editor.org/rfc/rfc7518#section-3.2).
const SHORTEST: usize = 32;

pub(super) fn read(key: &str) -> Result<(DecodingKey, Algorithm), InvalidKey> {
    // Fails if the program has chosen another one already, which then is used.
    let _ = aws_lc::DEFAULT_PROVIDER.install_default();
    let key = key.trim();
    if key.contains("-----BEGIN") {
        return public(key);
    }
    if key.len() < SHORTEST {
        return Err(InvalidKey::Short { bytes: key.len() });
    }
    Ok((DecodingKey::from_secret(key.as_bytes()), Algorithm::HS256))
}

fn public(pem: &str) -> Result<(DecodingKey, Algorithm), InvalidKey> {
    if !pem.contains("PUBLIC KEY-----") {
        return Err(InvalidKey::NotPublic);
    }
    let pem = pem.as_bytes();
    if let Ok(key) = DecodingKey::from_ed_pem(pem) {
        return Ok((key, Algorithm::EdDSA));
    }
    match DecodingKey::from_rsa_pem(pem) {
        Ok(key) => Ok((key, Algorithm::RS256)),
        Err(_) => Err(InvalidKey::NotPublic),
    }
}

/// Why a text is no key that confirms tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// There is no such variable in the environment.
    #[error("the environment variable `{variable}` with the key of tokens is missing, or not UTF-8")]
    Missing {
        /// The variable.
        variable: String,
    },
    /// The secret is too short.
    #[error("the secret has {bytes} bytes, at least {SHORTEST} are needed")]
    Short {
        /// How many it has.
        bytes: usize,
    },
    /// It is in PEM form, and not the public key of a known algorithm.
    #[error("the key in PEM form is not a public key of Ed25519 or RSA")]
    NotPublic,
}
