//! Authentication by JSON Web Tokens, [RFC 7519](https://www.rfc-editor.org/rfc/rfc7519). Feature `jwt`.

mod key;
mod token;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use eventsourcing::{Actor, TenantId, Timestamp};
use futures_util::future::{Either, Ready, ready};
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Map, Value};
use tower::{Layer, Service};

pub use key::InvalidKey;

use super::Identity;
use crate::problem::{Problem, ProblemKind};

/// A layer that lets those through who bring a valid token: `server.auth(Jwt::from_env("JWT_KEY")?)`.
///
/// The claim `sub` names the actor. `exp` has to be there, and in the future. The algorithm is that of the key; what the token says of
/// it has to be the same.
///
/// The token is taken from `Authorization: Bearer ..`. Pages of a browser can set no headers on an `EventSource` or a `WebSocket`:
/// for them it is also taken from a [cookie](Self::cookie), and on `/ws` from a subprotocol `bearer.<token>`.
///
/// ```
/// use eventsourcing_server::jwt::Jwt;
///
/// # fn main() -> Result<(), eventsourcing_server::jwt::InvalidKey> {
/// let auth = Jwt::from_key("a secret of at least 32 characters")?
///     .audience("todo")
///     .tenant_claim("org");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Jwt {
    settings: Settings,
}

#[derive(Clone, Debug)]
struct Settings {
    key: DecodingKey,
    validation: Validation,
    tenant_claim: Option<String>,
    cookie: Option<String>,
}

impl Jwt {
    /// Takes tokens that the key in this environment variable confirms: see [`from_key`](Self::from_key).
    ///
    /// # Errors
    /// If there is no such variable, or no key in it.
    pub fn from_env(variable: &str) -> Result<Self, InvalidKey> {
        let key = std::env::var(variable).map_err(|_| InvalidKey::Missing {
            variable: variable.to_owned(),
        })?;
        Self::from_key(&key)
    }

    /// Takes tokens that a key confirms.
    ///
    /// | key | algorithm |
    /// |---|---|
    /// | `-----BEGIN PUBLIC KEY-----`, Ed25519 | `EdDSA` |
    /// | `-----BEGIN PUBLIC KEY-----`, RSA | `RS256` |
    /// | any other text of 32 bytes or more: a secret shared with whoever makes the tokens | `HS256` |
    ///
    /// # Errors
    /// If it is none of these.
    pub fn from_key(key: &str) -> Result<Self, InvalidKey> {
        let (key, algorithm) = key::read(key)?;
        let mut validation = Validation::new(algorithm);
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "sub"]);
        Ok(Self {
            settings: Settings {
                key,
                validation,
                tenant_claim: None,
                cookie: None,
            },
        })
    }

    /// The same, for tokens whose `aud` is this. Without it, tokens with an `aud` are not valid.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.settings.validation.set_audience(&[audience]);
        self.require("aud");
        self
    }

    /// The same, for tokens whose `iss` is this.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.settings.validation.set_issuer(&[issuer]);
        self.require("iss");
        self
    }

    /// The same, where clocks may differ by so much; a minute by default.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.settings.validation.leeway = leeway.as_secs();
        self
    }

    /// The same, with the tenant in this claim, without which a token is not valid. By default, everybody works on the data of
    /// [`TenantId::DEFAULT`].
    #[must_use]
    pub fn tenant_claim(mut self, claim: impl Into<String>) -> Self {
        self.settings.tenant_claim = Some(claim.into());
        self
    }

    /// The same, with the token in this cookie, if it is not in the header.
    ///
    /// Whoever sets the cookie does so with `HttpOnly`, `Secure` and `SameSite`. Pages of other sites are refused all the same: see
    /// [`Server::allow_origins`](crate::Server::allow_origins).
    #[must_use]
    pub fn cookie(mut self, name: impl Into<String>) -> Self {
        self.settings.cookie = Some(name.into());
        self
    }

    fn require(&mut self, claim: &str) {
        self.settings
            .validation
            .required_spec_claims
            .insert(claim.to_owned());
    }
}

impl Settings {
    /// Who asks: nobody if there is no token.
    fn identify(&self, request: &Request) -> Result<Option<Identity>, InvalidToken> {
        let Some(token) = token::of(request, self.cookie.as_deref()) else {
            return Ok(None);
        };
        let claims = decode::<Map<String, Value>>(token, &self.key, &self.validation)
            .map_err(|error| InvalidToken(error.to_string()))?
            .claims;
        let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
        let wrong =
            |claim: &str| InvalidToken(format!("the claim `{claim}` is missing or not what it should be"));
        let actor = text("sub")
            .and_then(|sub| Actor::new(sub).ok())
            .ok_or_else(|| wrong("sub"))?;
        let tenant = match &self.tenant_claim {
            None => TenantId::DEFAULT,
            Some(claim) => text(claim)
                .and_then(|tenant| TenantId::new(tenant).ok())
                .ok_or_else(|| wrong(claim))?,
        };
        let valid_until = claims
            .get("exp")
            .and_then(Value::as_f64)
            .ok_or_else(|| wrong("exp"))?;
        let valid_until = self.end_of(valid_until).ok_or_else(|| wrong("exp"))?;
        Ok(Some(
            Identity::of(actor)
                .with_tenant(tenant)
                .with_valid_until(valid_until),
        ))
    }

    /// When a token ends, of which `exp` says so: in seconds since 1970.
    fn end_of(&self, exp: f64) -> Option<Timestamp> {
        let exp = Duration::try_from_secs_f64(exp).ok()?;
        let leeway = Duration::from_secs(self.validation.leeway);
        Some(Timestamp::UNIX_EPOCH.after(exp.saturating_add(leeway)))
    }
}

/// Why a token is not valid: for the log, not for whoever has sent it.
#[derive(Debug)]
struct InvalidToken(String);

impl<S> Layer<S> for Jwt {
    type Service = JwtService<S>;

    fn layer(&self, inner: S) -> JwtService<S> {
        JwtService {
            settings: Arc::new(self.settings.clone()),
            inner,
        }
    }
}

/// What [`Jwt`] puts around a service.
#[derive(Clone, Debug)]
pub struct JwtService<S> {
    settings: Arc<Settings>,
    inner: S,
}

impl<S: Service<Request, Response = Response>> Service<Request> for JwtService<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = Either<Ready<Result<Response, S::Error>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        match self.settings.identify(&request) {
            Ok(identity) => {
                if let Some(identity) = identity {
                    request.extensions_mut().insert(identity);
                }
                Either::Right(self.inner.call(request))
            }
            Err(InvalidToken(why)) => {
                tracing::debug!(why, "a token is not valid");
                Either::Left(ready(Ok(refusal())))
            }
        }
    }
}

/// As [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750#section-3.1) has it.
fn refusal() -> Response {
    const INVALID: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    let problem = Problem::new(
        ProblemKind::Unauthenticated,
        "the token is not valid, or not any more",
    );
    let mut response = problem.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, INVALID);
    response
}
