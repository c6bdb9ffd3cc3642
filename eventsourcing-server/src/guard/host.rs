use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::problem::{Problem, ProblemKind};

/// Under which names the server is asked for.
///
/// A page whose name is made to resolve to this machine could otherwise read what only this machine may: that is DNS rebinding.
/// The name it was loaded by gives it away.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    /// Names without ports, in lower case.
    pub(crate) listed: Arc<[String]>,
    /// Those of this machine, for this machine.
    pub(crate) loopback: bool,
}

impl Hosts {
    fn allow(&self, request: &Request) -> bool {
        if self.listed.is_empty() && !self.loopback {
            return true;
        }
        let Some(authority) = authority(request) else {
            return false;
        };
        let host = authority.host().to_ascii_lowercase();
        self.listed.contains(&host) || (self.loopback && is_loopback(&host))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Whom a request asks; nobody if that is unclear.
pub(super) fn authority(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).ok(),
        _ => None,
    }
}

pub(crate) async fn check_host(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if hosts.allow(&request) {
        return next.run(request).await;
    }
    let problem = Problem::new(
        ProblemKind::ForeignHost,
        "the header `Host` names none of the hosts that this server answers for",
    );
    problem.into_response()
}
